"""The client, over real sockets on the loopback interface."""

from __future__ import annotations

import gzip
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pycurl
import pytest

from aggregator.fetch import Client
from aggregator.fetch.guard import Guard
from aggregator.fetch.transport import Ask, Settings, _Handle, _Job
from aggregator.model.exchange import Failure, Fetched, FetchFailed, FetchResult, NotModified, Request
from aggregator.model.source import Validators
from tests.fetch.servers import RESET, Answer, Asked, Web, redirect, reply
from tests.waiting import take_time, until

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
LOOPBACK = ["127.0.0.0/8"]
FEED = b"<rss>" + b"<item/>" * 200 + b"</rss>"
MB = 1_000_000

Clients = Callable[..., Client]


@pytest.fixture
def client() -> Iterator[Clients]:
    """Makes clients that may speak to the loopback interface, and closes them."""
    made: list[Client] = []

    def make(**other: Any) -> Client:
        made.append(Client(**{"user_agent": "test/1", "clock": lambda: NOW, "allow_private": LOOPBACK, **other}))
        return made[-1]

    yield make
    for each in made:
        each.close()


def get(client: Client, url: str, seconds: float = 5, **other: Any) -> FetchResult:
    return client.fetch(Request(url=url, timeout=timedelta(seconds=seconds), **other))


def fetched(client: Client, answer: Answer, **other: Any) -> Fetched:
    with Web(lambda _: answer) as web:
        result = get(client, web.url(), **other)
    assert isinstance(result, Fetched), result
    return result


def failed(client: Client, answer: Answer, **other: Any) -> FetchFailed:
    with Web(lambda _: answer) as web:
        result = get(client, web.url(), **other)
    assert isinstance(result, FetchFailed), result
    return result


# --- a document arrives ----------------------------------------------------------------------------------------------


def test_a_document_arrives_with_all_that_was_said_about_it(client: Clients) -> None:
    with Web(lambda _: reply(FEED, etag='"1"', content_type="text/xml", last_modified="x")) as web:
        result = get(client(), web.url())
    assert result == Fetched(
        url=web.url(),
        body=FEED,
        headers={"content-length": str(len(FEED)), "etag": '"1"', "content-type": "text/xml", "last-modified": "x"},
        validators=Validators(url=web.url(), etag='"1"', last_modified="x"),
    )


def test_the_request_names_us_and_what_we_want(client: Clients) -> None:
    with Web(lambda _: reply()) as web:
        get(client(), web.url("/a?b=c"))
    (asked,) = web.asked
    assert asked.target == "/a?b=c"
    assert asked.headers["user-agent"] == "test/1"
    assert asked.headers["accept"].startswith("application/atom+xml")
    assert asked.headers["accept-encoding"] == "gzip, deflate, br, zstd"
    assert set(asked.headers) == {"host", "user-agent", "accept", "accept-encoding"}


def test_a_source_sends_its_own_headers_and_nothing_that_breaks_lines(client: Clients) -> None:
    own = (("User-Agent", "mine"), ("X-Token", "t"), ("X-Bad", "a\r\nX-Injected: b"), ("Bad name", "x"), ("X-É", "x"))
    with Web(lambda _: reply()) as web:
        get(client(), web.url(), headers=own)
    assert web.asked[0].headers["user-agent"] == "mine"
    assert web.asked[0].headers["x-token"] == "t"
    assert not {"x-bad", "x-injected", "bad name", "x-é"} & set(web.asked[0].headers)


def test_credentials_in_the_url_are_basic_authentication_and_nothing_else(client: Clients) -> None:
    with Web(lambda _: reply(etag="1")) as web:
        result = get(client(), web.url().replace("http://", "http://alice:secret@"))
    assert web.asked[0].headers["authorization"] == "Basic YWxpY2U6c2VjcmV0"
    assert "secret" not in repr(result)


def test_a_compressed_document_is_unpacked(client: Clients) -> None:
    packed = reply(gzip.compress(FEED), content_encoding="gzip")
    assert fetched(client(), packed).body == FEED
    assert fetched(client(), reply(gzip.compress(FEED), content_type="application/gzip")).body == FEED


def test_chunks_trailers_and_early_hints_are_understood(client: Clients) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: head\r\n\r\n"
    result = fetched(client(), [early + head, b"5\r\nhello\r\n", b"0\r\nX: trailer\r\n\r\n"])
    assert result.body == b"hello"
    assert result.headers == {"transfer-encoding": "chunked", "x": "head"}


def test_connections_are_kept_and_survive_a_server_that_lies_about_it(client: Clients) -> None:
    one = client()
    with Web(lambda _: reply()) as web:
        assert all(isinstance(get(one, web.url()), Fetched) for _ in range(3))
    assert web.connections == 1
    liar = reply()
    with Web(lambda _: iter([liar])) as web:  # an iterable: the server closes, without saying so
        assert all(isinstance(get(one, web.url()), Fetched) for _ in range(3))
    assert web.connections == 3


def test_bytes_after_the_answer_are_never_the_next_answer(client: Clients) -> None:
    one = client()
    with Web(lambda _: reply(b"good") + reply(b"POISON")) as web:
        bodies = [result.body for _ in range(3) if isinstance(result := get(one, web.url()), Fetched)]
    assert bodies
    assert set(bodies) == {b"good"}


def test_cookies_are_never_sent(client: Clients) -> None:
    one = client()
    with Web(lambda _: reply(set_cookie="a=b")) as web:
        get(one, web.url())
        get(one, web.url())
    assert all("cookie" not in asked.headers for asked in web.asked)


# --- conditional -----------------------------------------------------------------------------------------------------


def test_validators_are_echoed_byte_for_byte(client: Clients) -> None:
    one = client()
    with Web(lambda asked: reply(etag='W/"é,x"', last_modified="yesterday", status="200 OK")) as web:
        first = get(one, web.url())
        assert isinstance(first, Fetched)
        get(one, web.url(), validators=first.validators)
    assert b'If-None-Match: W/"\xe9,x"\r\n' in web.asked[1].head + b"\r\n"
    assert b"If-Modified-Since: yesterday" in web.asked[1].head


def test_a_304_keeps_the_validators_and_ignores_a_body(client: Clients) -> None:
    with Web(lambda _: [b"HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=900\r\n\r\nPOISON"]) as web:
        given = Validators(url=web.url(), etag='"1"')
        result = get(client(), web.url(), validators=given)
    assert result == NotModified(
        url=web.url(),
        headers={"cache-control": "max-age=900"},
        validators=given,
        fresh_until=NOW + timedelta(seconds=900),
    )


def test_validators_of_another_url_stay_at_home(client: Clients) -> None:
    with Web(lambda _: reply()) as web:
        get(client(), web.url(), validators=Validators(url=web.url("/other"), etag='"1"'))
    assert "if-none-match" not in web.asked[0].headers


def test_validators_go_to_the_url_that_gave_them_behind_a_redirect(client: Clients) -> None:
    def answer(asked: Asked) -> bytes:
        if asked.target == "/old":
            return redirect("/new")
        return reply(b"", "304 Not Modified") if "if-none-match" in asked.headers else reply(etag='"1"')

    one = client()
    with Web(answer) as web:
        first = get(one, web.url("/old"))
        assert isinstance(first, Fetched)
        assert first.validators == Validators(url=web.url("/new"), etag='"1"')
        assert isinstance(get(one, web.url("/old"), validators=first.validators), NotModified)
    assert ["if-none-match" in asked.headers for asked in web.asked] == [False, False, False, True]


@pytest.mark.parametrize("etag", ['"a"\rX-Injected: 1', "e" * 5000])
def test_a_304_to_validators_that_could_not_be_sent_is_odd(client: Clients, etag: str) -> None:
    with Web(lambda _: b"HTTP/1.1 304 Not Modified\r\n\r\n") as web:
        result = get(client(), web.url(), validators=Validators(url=web.url(), etag=etag))
    assert isinstance(result, FetchFailed)
    assert (result.failure, result.status) == (Failure.PROTOCOL, 304)
    assert set(web.asked[0].headers) == {"host", "user-agent", "accept", "accept-encoding"}


# --- statuses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "failure", "words"),
    [
        ("204 No Content", Failure.PROTOCOL, "204 No Content: not the whole document"),
        ("206 Partial Content", Failure.PROTOCOL, "206 Partial Content: not the whole document"),
        ("304 Not Modified", Failure.PROTOCOL, "304 Not Modified, but we did not ask conditionally"),
        ("302 Found", Failure.PROTOCOL, "a redirect (302) that says not where to"),
        ("300 Multiple Choices", Failure.STATUS, "300 Multiple Choices"),
        (
            "401 Unauthorized",
            Failure.STATUS,
            "401 Unauthorized: the publisher wants a password; write it into the URL or into headers, as ${NAME}",
        ),
        (
            "404 Not Found",
            Failure.STATUS,
            "404 Not Found: the feed is not there any more; look for its new address",
        ),
        ("410 Gone", Failure.GONE, "410 Gone: the publisher says that this feed has ended for good"),
        ("429 Slow", Failure.STATUS, "429 Too Many Requests: we are asked to come less often"),
        ("500 Oops", Failure.STATUS, "500 Internal Server Error: the server has a fault"),
        ("499 Odd", Failure.STATUS, "499: the server refuses the request"),
        ("999 Go Away", Failure.STATUS, "999"),
    ],
)
def test_other_statuses_have_their_own_words(client: Clients, status: str, failure: Failure, words: str) -> None:
    result = failed(client(), reply(b"" if status[:3] in ("204", "304") else FEED, status))
    assert (result.failure, result.detail, result.status) == (failure, words, int(status[:3]))


def test_a_203_is_the_document(client: Clients) -> None:
    assert fetched(client(), reply(FEED, "203 Non-Authoritative")).body == FEED


def test_a_challenge_for_browsers_is_called_one(client: Clients) -> None:
    assert "challenge" in failed(client(), reply(b"<title>Just a moment...</title>", "403 Forbidden")).detail
    packed = gzip.compress(b"<title>Just a moment...</title>" + random.Random(1).randbytes(200_000))  # never read whole
    assert "challenge" in failed(client(), reply(packed, "403 Forbidden", content_encoding="gzip")).detail
    assert "challenge" in failed(client(), reply(b"", "403 Forbidden", cf_mitigated="challenge")).detail


@pytest.mark.parametrize(
    ("status", "said", "seconds"),
    [
        ("429 Too Many Requests", {"retry_after": "7200"}, 7200),
        ("429 Too Many Requests", {"retry_after": "soon"}, 60),
        ("429 Too Many Requests", {}, 60),
        ("503 Service Unavailable", {"retry_after": "9" * 30}, 7 * 86400),
        ("503 Service Unavailable", {}, None),
        ("200 OK", {"cache_control": "max-age=600", "retry_after": "900"}, 900),
        ("200 OK", {"cache_control": "max-age=600"}, None),
        ("200 OK", {}, None),
    ],
)
def test_a_wish_to_be_left_alone_is_passed_on(
    client: Clients, status: str, said: dict[str, str], seconds: int | None
) -> None:
    with Web(lambda _: reply(FEED, status, **said)) as web:
        result = get(client(), web.url())
    assert result.retry_after == (None if seconds is None else NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({"cache_control": "max-age=600", "retry_after": "900"}, 600),
        ({"expires": "Mon, 04 May 2026 13:00:00 GMT"}, 3600),
        ({}, None),
    ],
)
def test_how_long_a_document_is_fresh_is_passed_on(client: Clients, said: dict[str, str], seconds: int | None) -> None:
    result = fetched(client(), reply(FEED, **said))
    assert result.fresh_until == (None if seconds is None else NOW + timedelta(seconds=seconds))


def test_a_refusal_counts_even_if_its_page_never_ends(client: Clients) -> None:
    head = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 600\r\n\r\n"
    with Web(lambda _: web.drip([head] + [b"x"] * 100)) as web:
        slow = get(client(), web.url(), seconds=0.3)
    endless = failed(client(), (head if first else b"x" * 65536 for first in [True] + [False] * 1000))
    for result in (slow, endless):
        assert isinstance(result, FetchFailed)
        assert (result.failure, result.status) == (Failure.STATUS, 429)
        assert result.retry_after == NOW + timedelta(seconds=600)


# --- redirects -------------------------------------------------------------------------------------------------------


def routes(pages: dict[str, bytes]) -> Callable[[Asked], bytes]:
    return lambda asked: pages.get(asked.target, reply(b"", "404 Not Found"))


@pytest.mark.parametrize(
    ("statuses", "adopted"),
    [
        (["301 x"], True),
        (["308 x", "301 x"], True),
        (["302 x"], False),
        (["301 x", "307 x"], False),
        (["303 x"], False),
    ],
)
def test_only_a_permanent_move_is_reported_as_one(client: Clients, statuses: list[str], adopted: bool) -> None:
    pages = {f"/{hop}": redirect(f"/{hop + 1}", status) for hop, status in enumerate(statuses)}
    last = f"/{len(statuses)}"
    with Web(routes({**pages, last: reply()})) as web:
        result = get(client(), web.url("/0"))
    assert isinstance(result, Fetched)
    assert result.url == web.url(last)
    assert result.moved_to == (web.url(last) if adopted else None)


@pytest.mark.parametrize("location", ["/new", "new", "./x/../new", "/new#part", "?x", "/新"])
def test_every_form_of_location_is_followed(client: Clients, location: str) -> None:
    pages = {"/new": reply(), "/old?x": reply(), "/%E6%96%B0": reply()}
    with Web(routes({"/old": redirect(location), **pages})) as web:
        assert isinstance(get(client(), web.url("/old")), Fetched)


@pytest.mark.parametrize(
    "location",
    [
        "data:text/xml,POISON",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/",
        "file:///etc/passwd",
        "http://[::1",
        "http://x:y/",
    ],
)
def test_only_http_is_followed(client: Clients, location: str) -> None:
    result = failed(client(), redirect(location))
    assert result.failure is Failure.PROTOCOL
    assert "redirected to what cannot be asked" in result.detail


def test_circles_and_chains_end(client: Clients) -> None:
    with Web(routes({"/a": redirect("/b"), "/b": redirect("/a")})) as web:
        result = get(client(), web.url("/a"))
    assert isinstance(result, FetchFailed)
    assert result.failure is Failure.REDIRECT
    assert len(web.asked) == 2
    with Web(lambda asked: redirect(asked.target + "x")) as web:
        result = get(client(max_redirects=3), web.url("/"))
    assert isinstance(result, FetchFailed)
    assert (result.failure, result.detail) == (Failure.REDIRECT, "more than 3 redirects")
    assert len(web.asked) == 4


def test_credentials_stay_with_their_origin(client: Clients) -> None:
    private = (("Authorization", "Bearer t"), ("X-Key", "k"))
    with Web(lambda asked: reply() if asked.target == "/end" else redirect(f"http://{home.hostport}/end")) as away:
        pages = {"/in": redirect("/start"), "/start": redirect(f"http://{away.hostport}/x")}
        with Web(lambda asked: pages.get(asked.target, reply())) as home:
            get(client(), home.url("/in"), headers=private)
    assert ["authorization" in asked.headers for asked in home.asked] == [True, True, False]  # not even on the way back
    assert ["x-key" in asked.headers for asked in away.asked] == [False]


def test_the_deadline_covers_all_hops(client: Clients) -> None:
    with Web(lambda asked: web.drip([b"", redirect(asked.target + "x")], 0.2)) as web:
        started = time.monotonic()
        result = get(client(), web.url("/"), seconds=0.5)
    assert isinstance(result, FetchFailed)
    assert result.failure is Failure.TIMEOUT
    assert time.monotonic() - started < 2


# --- hostile transports ----------------------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nETag: x\r\n"


@pytest.mark.parametrize(
    ("start", "then"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (HEAD + b"Content-Length: 9999\r\n\r\n", b"x"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5", b";ext=x"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: trailer\r\n"),
        (HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"", mtime=0)),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_slow_bytes_meet_the_deadline(client: Clients, start: bytes, then: bytes) -> None:
    with Web(lambda _: web.drip([start] + [then] * 500, 0.02)) as web:
        began = time.monotonic()
        result = get(client(), web.url(), seconds=0.3)
        took = time.monotonic() - began
    assert isinstance(result, FetchFailed)
    assert result.failure is Failure.TIMEOUT
    assert took < 5  # half of what the bytes take: a busy machine may be late


@pytest.mark.parametrize(
    ("start", "then", "failure"),
    [
        (HEAD + b"\r\n", b"x" * 65536, Failure.TOO_LARGE),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n", Failure.TOO_LARGE),
        (HEAD, b"X: " + b"y" * 1000 + b"\r\n", Failure.TOO_LARGE),
        (HEAD, b"X: y\r\n" * 1000, Failure.TOO_LARGE),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, Failure.TOO_LARGE),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: trailer\r\n" * 100, Failure.TOO_LARGE),
    ],
)
def test_what_never_ends_is_cut(client: Clients, start: bytes, then: bytes, failure: Failure) -> None:
    result = failed(client(), (start if first else then for first in [True] + [False] * 5000), max_size=MB)
    assert result.failure is failure


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ([], Failure.CONNECT),
        ([RESET], Failure.CONNECT),
        ([HEAD + b"Content-Length: 10\r\n\r\nabc"], Failure.PROTOCOL),
        ([HEAD + b"Content-Length: 10\r\n\r\nabc", RESET], Failure.PROTOCOL),
        ([HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"], Failure.PROTOCOL),
        ([HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab"], Failure.PROTOCOL),
        ([HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nab"], Failure.PROTOCOL),
        ([HEAD + b"Content-Length: 99999999999\r\n\r\nabc"], Failure.TOO_LARGE),
        ([HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(FEED)[:-9]], Failure.PROTOCOL),
        ([HEAD + b"Content-Encoding: zstd\r\n\r\n\x28\xb5\x2f\xfd"], Failure.PROTOCOL),
        ([HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(2 * MB))], Failure.TOO_LARGE),
        ([b"<rss>no status line</rss>"], Failure.PROTOCOL),
        ([b"HTTP/1.1 abc\r\n\r\n"], Failure.PROTOCOL),
        ([b"HTTP/1.1 101 Switching Protocols\r\n\r\n"], Failure.PROTOCOL),
        ([b"\x15\x03\x01\x00\x02\x02\x28"], Failure.PROTOCOL),
    ],
)
def test_what_is_not_whole_is_a_failure(client: Clients, answer: Sequence[bytes], failure: Failure) -> None:
    result = failed(client(), answer, max_size=MB)
    assert result.failure is failure, result
    assert result.detail


def test_a_port_where_nobody_listens_is_no_connection(client: Clients) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    result = get(client(), f"http://127.0.0.1:{port}/")
    assert isinstance(result, FetchFailed)
    assert result.failure is Failure.CONNECT


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://u:secret@/", "ftp://u:secret@127.0.0.1/", "nonsense", ""]
)
def test_what_is_no_web_address_is_a_failure(client: Clients, url: str) -> None:
    result = get(client(), url)
    assert isinstance(result, FetchFailed)
    assert result.failure is Failure.PROTOCOL
    assert "secret" not in repr(result)


# --- the guard, at the socket ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "017700000001", "127.1", "①②⑦.1"])
def test_no_notation_of_a_private_address_is_connected_to(client: Clients, host: str) -> None:
    with Web(lambda _: reply()) as canary:
        result = get(client(allow_private=[]), f"http://{host}:{canary.port}/")
    assert isinstance(result, FetchFailed)
    assert result.failure is Failure.BLOCKED
    assert result.detail.count("is a private address")
    assert "is a private address (loopback)" in result.detail
    assert canary.connections == 0


def test_a_redirect_does_not_lead_inwards(client: Clients) -> None:
    with Web(lambda _: reply()) as canary, Web(lambda _: redirect(canary.url())) as web:
        result = get(client(allow_private=[web.hostport]), web.url())
    assert isinstance(result, FetchFailed)
    assert result.failure is Failure.BLOCKED
    assert canary.connections == 0


def test_a_name_that_changes_its_mind_is_not_followed_inwards(client: Clients) -> None:
    """DNS rebinding, with 127.0.0.2 in the part of the public host: the first answer is good, the second is inside."""
    answers = iter([["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1"]])
    with Web(lambda _: iter([reply()]), address="127.0.0.2") as web:
        one = client(allow_private=["127.0.0.2/32"], resolve=lambda host, port: next(answers))
        assert isinstance(get(one, f"http://feed.example:{web.port}/"), Fetched)
        with socket.create_server(("127.0.0.1", web.port)) as listener:
            for _ in range(2):
                result = get(one, f"http://feed.example:{web.port}/")
                assert isinstance(result, FetchFailed)
                assert result.failure is Failure.BLOCKED
            listener.setblocking(False)
            with pytest.raises(BlockingIOError):
                listener.accept()


def test_the_socket_is_refused_whatever_the_resolver_said_before() -> None:
    settings = Settings(guard=Guard(), concurrency=1, per_host=1, spacing=0, ca_file=None)
    handle = _Handle(settings)
    try:
        handle.begin(_Job(Ask(url="http://h/", host="h", port=80, headers=(), timeout=1, max_size=1)))
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        assert isinstance(handle._on_open(0, (*kind, ("93.184.216.34", 80))), socket.socket)
        assert handle._on_open(0, (*kind, ("127.0.0.1", 80))) == pycurl.SOCKET_BAD
        assert handle._on_open(0, (socket.AF_INET6, *kind[1:], ("::1", 80, 0, 0))) == pycurl.SOCKET_BAD
        assert handle._on_request("93.184.216.34", "", 80, 0) == pycurl.PREREQFUNC_OK
        assert handle._on_request("10.0.0.1", "", 80, 0) == pycurl.PREREQFUNC_ABORT
    finally:
        handle.close()


def test_ipv6_is_judged_alike(client: Clients) -> None:
    try:
        web = Web(lambda _: reply(), address="::1")
    except OSError:
        pytest.skip("no IPv6 on the loopback interface")
    with web:
        url = f"http://feed.example:{web.port}/"
        blocked = get(client(allow_private=[], resolve=lambda host, port: ["::1"]), url)
        assert isinstance(blocked, FetchFailed)
        assert blocked.detail.startswith("feed.example at ::1 is a private address (loopback)")
        assert web.connections == 0
        assert isinstance(
            get(client(allow_private=[f"[::1]:{web.port}"], resolve=lambda host, port: ["::1"]), url), Fetched
        )
        assert isinstance(get(client(allow_private=["::1/128"]), f"http://[::1]:{web.port}/"), Fetched)


def test_a_user_agent_is_one_line() -> None:
    with pytest.raises(ValueError, match="one line"):
        Client(user_agent="a\r\nX-Injected: b", clock=lambda: NOW)


def test_of_several_addresses_only_the_permitted_ones_are_tried(client: Clients) -> None:
    with Web(lambda _: reply(), address="127.0.0.2") as web:
        one = client(allow_private=["127.0.0.2/32"], resolve=lambda host, port: ["127.0.0.1", "127.0.0.2"])
        assert isinstance(get(one, f"http://feed.example:{web.port}/"), Fetched)


def test_a_name_that_is_not_found_says_so(client: Clients) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    result = get(client(resolve=resolve), "http://nowhere.example/")
    assert isinstance(result, FetchFailed)
    assert result.failure is Failure.DNS
    assert "nowhere.example" in result.detail


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_proxies_of_the_environment_are_not_used(client: Clients, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Web(lambda _: reply(b"proxy")) as proxy:
        monkeypatch.setenv(name, f"http://{proxy.hostport}")
        assert fetched(client(), reply(b"direct")).body == b"direct"
    assert proxy.connections == 0


def test_a_source_may_have_a_proxy_of_its_own(client: Clients) -> None:
    one = client()
    with Web(lambda _: reply(b"proxy")) as proxy, Web(lambda _: reply(b"direct")) as web:
        through = [get(one, web.url(), proxy=given) for given in (None, f"http://{proxy.hostport}", None)]
        with client(proxy=f"http://{proxy.hostport}") as proxied:
            through += [get(proxied, web.url(), proxy=given) for given in (None, "", None)]
    bodies = [result.body for result in through if isinstance(result, Fetched)]
    assert bodies == [b"direct", b"proxy", b"direct", b"proxy", b"direct", b"proxy"]


def test_a_configured_proxy_is_used_and_literal_addresses_stay_judged(client: Clients) -> None:
    with Web(lambda _: reply(b"proxy")) as proxy:
        one = client(allow_private=[], proxy=f"http://{proxy.hostport}")
        result = get(one, "http://feed.example/x")
        blocked = get(one, "http://10.0.0.1/")
    assert isinstance(result, Fetched)
    assert proxy.asked[0].target == "http://feed.example/x"
    assert isinstance(blocked, FetchFailed)
    assert blocked.failure is Failure.BLOCKED


# --- many at once ----------------------------------------------------------------------------------------------------


def fetch_all(client: Client, urls: Sequence[str], seconds: float = 5) -> list[FetchResult]:
    with ThreadPoolExecutor(len(urls)) as pool:
        return list(pool.map(lambda url: get(client, url, seconds), urls))


def test_a_host_never_sees_more_connections_than_configured_and_waiting_costs_no_time(client: Clients) -> None:
    def answer(_: Asked) -> bytes:  # and keep the connection: one that the server closes would be counted twice
        take_time(0.15)
        return reply()

    with Web(answer) as web:
        results = fetch_all(client(per_host=2), [web.url(f"/{number}") for number in range(12)], seconds=0.8)
    assert [type(result) for result in results] == [Fetched] * 12
    assert web.most_at_once == 2


def test_the_total_is_limited(client: Clients) -> None:
    running: list[int] = [0, 0]
    lock = threading.Lock()

    def answer(_: Asked) -> Iterator[bytes]:
        with lock:
            running[0] += 1
            running[1] = max(running)
        take_time(0.05)
        with lock:
            running[0] -= 1
        yield reply()

    webs = [Web(answer, address=f"127.0.0.{number}") for number in range(1, 9)]
    try:
        results = fetch_all(client(concurrency=3), [web.url() for web in webs])
    finally:
        for web in webs:
            web.__exit__(None, None, None)
    assert [type(result) for result in results] == [Fetched] * 8
    assert 1 < running[1] <= 3


def test_a_host_that_hangs_does_not_hold_up_another(client: Clients) -> None:
    one = client(concurrency=4, per_host=2)
    with (
        Web(lambda _: slow.hang()) as slow,
        Web(lambda _: reply(), address="127.0.0.2") as quick,
        ThreadPoolExecutor(4) as pool,
    ):
        stuck = [pool.submit(get, one, slow.url(f"/{number}"), 20.0) for number in range(4)]
        until("two of them are asked", lambda: len(slow.asked) == 2)
        assert isinstance(get(one, quick.url()), Fetched)
        assert not any(future.done() for future in stuck)
        slow.stopped.set()
        assert all(isinstance(future.result(), FetchFailed) for future in stuck)


def test_starts_at_one_host_are_spaced(client: Clients) -> None:
    started = time.monotonic()
    with Web(lambda _: reply()) as web:
        fetch_all(client(spacing=timedelta(seconds=0.1)), [web.url(f"/{number}") for number in range(3)])
    assert time.monotonic() - started >= 0.2


def test_closing_ends_what_runs_and_what_waits() -> None:
    with Web(lambda _: web.hang()) as web:
        one = Client(user_agent="test", clock=lambda: NOW, allow_private=LOOPBACK, per_host=1)
        with ThreadPoolExecutor(2) as pool:
            stuck = [pool.submit(get, one, web.url(f"/{number}")) for number in range(2)]
            until("one of them is asked", lambda: len(web.asked) == 1)
            one.close()
            results = [future.result(2) for future in stuck]
    assert all(isinstance(result, FetchFailed) and result.failure is Failure.OURS for result in results)
    with pytest.raises(RuntimeError, match="closed"):
        get(one, web.url())
    one.close()


def test_a_request_that_libcurl_refuses_harms_no_other(client: Clients) -> None:
    one = client()
    refused = get(one, "http://127.0.0.1/", proxy="http://127.0.0.1\0/")
    assert isinstance(refused, FetchFailed)
    assert refused.failure is Failure.OURS
    with Web(lambda _: reply()) as web:
        assert isinstance(get(one, web.url()), Fetched)


def test_nothing_is_left_open(client: Clients) -> None:
    def open_files() -> int:
        return len(os.listdir("/proc/self/fd"))

    before = open_files()
    one = client(concurrency=4)
    with Web(lambda asked: reply() if asked.target == "/good" else [RESET]) as web:
        for number in range(60):
            get(one, web.url("/good" if number % 3 else "/bad"))
            get(one, "http://10.0.0.1/")
    one.close()
    assert open_files() <= before
