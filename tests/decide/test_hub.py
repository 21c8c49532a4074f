"""What our own hub makes of requests, answers and failures."""

from __future__ import annotations

import hmac
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.decide import hub
from aggregator.decide.hub import Asked
from aggregator.model.exchange import Failure, Fetched, FetchFailed
from aggregator.model.hub import Refusal
from tests.builders import NOW
from tests.store.hub import a_listener, a_wish

BASE = "https://me.example/news/"
TOPIC = f"{BASE}feeds/%E9%87%91%E8%9E%8D/a.atom"
CALLBACK = "https://reader.example:8443/inbox?id=7"


def form(**fields: str) -> bytes:
    usual = {"mode": "subscribe", "callback": CALLBACK, "topic": TOPIC}
    return urlencode({f"hub.{name}": value for name, value in (usual | fields).items()}).encode()


def asked(**fields: str) -> Asked:
    found = hub.read(form(**fields), BASE)
    assert isinstance(found, Asked)
    return found


def failure(kind: Failure = Failure.STATUS, status: int | None = 500, **other: object) -> FetchFailed:
    return FetchFailed(url=CALLBACK, failure=kind, detail="as the test wishes", status=status, **other)  # type: ignore[arg-type]


def test_a_request_names_a_document_of_ours() -> None:
    found = asked(secret="s", lease_seconds="3600")
    assert found.document == "feeds/金融/a.atom"
    assert found.topic == TOPIC
    assert found.host == "reader.example:8443"
    assert found.lease == timedelta(hours=1)
    assert found.secret == "s"


@pytest.mark.parametrize(
    ("lease", "granted"),
    [("", "10 days"), ("1", "5 minutes"), ("0", "5 minutes"), ("999999999999999", "30 days"), ("86400", "1 day")],
)
def test_a_lease_is_neither_too_short_nor_for_ever(lease: str, granted: str) -> None:
    number, unit = granted.split()
    assert asked(lease_seconds=lease).lease == timedelta(**{unit.rstrip("s") + "s": int(number)})


@pytest.mark.parametrize(
    "fields",
    [
        {"mode": "publish"},
        {"mode": ""},
        {"callback": ""},
        {"callback": "ftp://reader.example/"},
        {"callback": "https://me:secret@reader.example/"},
        {"callback": "https://reader.example/#part"},
        {"callback": "https://reader.example/\r\nX: y"},
        {"callback": "https://reader.example:99999/"},
        {"callback": "https://reader.example/" + "x" * 2_000},
        {"callback": "https://リーダー.example/"},
        {"topic": "https://elsewhere.example/feeds/a.atom"},
        {"topic": f"{BASE}opml"},
        {"topic": f"{BASE}feeds/a%2Fb.atom"},
        {"topic": f"{BASE}feeds/tech/_archive/1.atom"},
        {"topic": f"{BASE}feeds/%ff.atom"},
        {"lease_seconds": "-1"},
        {"lease_seconds": "soon"},
        {"secret": "é" * 100},
    ],
)
def test_what_makes_no_sense_is_refused_in_words(fields: dict[str, str]) -> None:
    found = hub.read(form(**fields), BASE)
    assert isinstance(found, Refusal)
    assert "hub." in found.words


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(junk: bytes) -> None:
    assert isinstance(hub.read(junk, BASE), Refusal)
    assert isinstance(hub.read(form() + b"&" + junk, BASE), Asked | Refusal)


def test_a_field_that_comes_twice_is_refused() -> None:
    assert isinstance(hub.read(form() + b"&hub.callback=https://other.example/", BASE), Refusal)


def test_the_question_leaves_the_query_of_the_callback_as_it_is() -> None:
    url = hub.question(a_wish(CALLBACK, challenge="c&d"))
    fields = parse_qs(urlsplit(url).query)
    assert url.startswith(f"{CALLBACK}&hub.mode=subscribe")
    assert fields["hub.challenge"] == ["c&d"]
    assert fields["hub.lease_seconds"] == ["3600"]
    assert "hub.lease_seconds" not in hub.question(a_wish(mode="unsubscribe"))
    assert "hub.challenge" not in hub.question(a_wish(mode="denied"))


def test_only_the_challenge_itself_confirms() -> None:
    wish = a_wish(challenge="abc")
    assert hub.is_confirmed(wish, Fetched(url=CALLBACK, body=b"abc\n"))
    assert not hub.is_confirmed(wish, Fetched(url=CALLBACK, body=b"<p>abc</p>"))
    assert not hub.is_confirmed(wish, Fetched(url=CALLBACK, body=b""))


def test_who_is_silent_is_asked_again_and_who_says_no_is_not() -> None:
    wish = a_wish()
    tries = 0
    while (again := hub.asked_again(wish, failure(Failure.TIMEOUT, None), NOW)) is not None:
        wish, tries = again, tries + 1
        assert wish.next_try > NOW
    assert tries == hub.TRIES - 1
    assert hub.asked_again(a_wish(), failure(status=404), NOW) is None
    assert hub.asked_again(a_wish(), failure(Failure.BLOCKED, None), NOW) is None
    assert hub.asked_again(a_wish(), failure(status=503), NOW) is not None


def test_a_delivery_is_signed_for_who_gave_a_secret() -> None:
    headers = hub.delivery_headers(a_listener(secret="s"), "https://me.example/hub", "application/atom+xml", b"body")
    assert headers["X-Hub-Signature"] == f"sha256={hmac.digest(b's', b'body', 'sha256').hex()}"
    assert "X-Hub-Signature" not in hub.delivery_headers(a_listener(secret=""), "h", "t", b"body")


def test_who_fails_is_left_alone_for_longer_each_time_and_given_up_after_days() -> None:
    listener, now, waits = a_listener(), NOW, []
    while (after := hub.failed(listener, failure(), now, 0.5)) is not None:
        waits.append(after.next_try - now)
        listener, now = after, after.next_try
    assert waits[0] == hub.FIRST_WAIT
    assert waits == sorted(waits)
    assert waits[-1] == hub.LONGEST_WAIT
    assert hub.PATIENCE <= now - NOW < hub.PATIENCE + hub.LONGEST_WAIT
    assert hub.told(listener, "new", now).failures == 0


def test_who_is_gone_or_must_not_be_asked_is_given_up_at_once() -> None:
    assert hub.failed(a_listener(), failure(Failure.GONE, 410), NOW, 0.5) is None
    assert hub.failed(a_listener(), failure(Failure.BLOCKED, None), NOW, 0.5) is None


def test_a_subscriber_that_asks_for_time_gets_it_within_reason() -> None:
    asks = failure(status=429, retry_after=NOW + timedelta(hours=1))
    assert hub.wait_after(1, asks, NOW, 0.5) == timedelta(hours=1)
    asks = failure(status=429, retry_after=NOW + timedelta(days=30))
    assert hub.wait_after(1, asks, NOW, 0.5) == hub.LONGEST_WAIT


def test_a_document_and_its_address_name_each_other() -> None:
    assert hub.topic_of("feeds/金融/a.atom", BASE) == TOPIC
    assert hub.document_of(TOPIC, BASE) == "feeds/金融/a.atom"
