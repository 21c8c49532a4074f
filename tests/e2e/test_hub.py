"""Our feeds tell their subscribers what is new (WebSub), from outside: the program as its users start it."""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.e2e.documents import Story, atom
from tests.e2e.test_websub import post
from tests.e2e.world import PATIENCE, Program, Publishers, wait_until

SECONDS = 8  # from a source's new entry to the delivery; polls come every second here
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SECRET = "a secret of 200 bytes at most"


@dataclass
class Callback:
    """A subscriber's end: confirms what it is asked, and keeps what is delivered."""

    says: str | None = None  # instead of the challenge
    status: int = 200  # of deliveries
    silent: bool = False
    huge: bool = False
    questions: list[dict[str, str]] = field(default_factory=list)
    deliveries: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        callback = self
        self._closing = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                callback.hold()
                asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                callback.questions.append(asked)
                self.say(200, (callback.says or asked.get("hub.challenge", "")).encode())

            def do_POST(self) -> None:
                callback.hold()
                body = self.rfile.read(int(self.headers["Content-Length"]))
                callback.deliveries.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.say(callback.status, b"x" * 50_000_000 if callback.huge else b"")

            def say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except ConnectionError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """The tests look at what is kept."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}).start()

    def hold(self) -> None:
        if self.silent:
            self._closing.wait(PATIENCE)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/inbox?for=me"

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def callback() -> Iterator[Callback]:
    callback = Callback()
    yield callback
    callback.close()


@pytest.fixture
def bystander() -> Iterator[Callback]:
    callback = Callback()
    yield callback
    callback.close()


@dataclass
class Station:
    """The program with a hub of its own, and one source."""

    program: Program
    publishers: Publishers

    def configure(self, hub: str = "own", **sections: Any) -> None:
        self.tell("One")
        base = f"http://127.0.0.1:{self.program.port}/"
        publish = {"folder": "public", "base_url": base, "hub": hub}
        self.program.follow(f"{self.publishers.base}/paper.atom", publish=publish, **sections)

    def tell(self, *titles: str) -> None:
        stories = [Story(title, number) for number, title in enumerate(titles)]
        self.publishers.serve("/paper.atom", atom("Paper", stories))

    @property
    def hub(self) -> str:
        return f"http://127.0.0.1:{self.program.port}/hub"

    def topic(self, name: str = "news.json") -> str:
        return f"http://127.0.0.1:{self.program.port}/feeds/{name}"

    def ask(self, callback: str, topic: str | None = None, mode: str = "subscribe", **more: str) -> int:
        fields = {"hub.mode": mode, "hub.callback": callback, "hub.topic": topic or self.topic()}
        fields |= {f"hub.{name}": value for name, value in more.items()}
        return post(self.hub, urlencode(fields).encode(), FORM)

    def subscribe(self, callback: Callback, topic: str | None = None, **more: str) -> None:
        assert self.ask(callback.url, topic, **more) == 202
        wait_until("the hub knows the subscriber", lambda: self.subscribed(callback))

    def subscribed(self, callback: Callback) -> bool:
        return bool(self.program.select("SELECT 1 FROM hub_listeners WHERE callback = ?", callback.url))


@pytest.fixture
def station(program: Program, publishers: Publishers) -> Station:
    return Station(program, publishers)


def titles(document: bytes) -> list[str]:
    return [item["title"] for item in json.loads(document)["items"]]


def test_a_subscriber_hears_of_a_new_story_within_seconds_and_can_check_who_says_so(
    station: Station, callback: Callback
) -> None:
    station.configure()
    with station.program.daemon() as daemon:
        wait_until("the first story is published", lambda: daemon.titles("news") == ["One"])
        station.subscribe(callback, secret=SECRET, lease_seconds="86400")
        question = callback.questions[0]
        assert question["hub.mode"] == "subscribe"
        assert question["hub.topic"] == station.topic()
        assert question["hub.lease_seconds"] == "86400"
        assert question["for"] == "me"
        began = time.monotonic()
        station.tell("One", "Two")
        wait_until("the story is delivered", lambda: callback.deliveries, SECONDS)
        print(f"from the source to the subscriber: {time.monotonic() - began:.2f} s")
        headers, body = callback.deliveries[0]
        assert sorted(titles(body)) == ["One", "Two"]
        assert body == daemon.get("feeds/news.json").body
        assert headers["content-type"] == "application/feed+json; charset=utf-8"
        assert headers["link"] == f'<{station.hub}>; rel="hub", <{station.topic()}>; rel="self"'
        assert headers["x-hub-signature"] == f"sha256={hmac.digest(SECRET.encode(), body, 'sha256').hex()}"
        assert station.ask(callback.url, mode="unsubscribe") == 202
        wait_until("the subscriber has left", lambda: not station.subscribed(callback))
        delivered = len(callback.deliveries)
        station.tell("One", "Two", "Three")
        wait_until("the third is published", lambda: "Three" in daemon.titles("news"))
        assert daemon.stop() == 0
        assert len(callback.deliveries) == delivered
        assert SECRET not in daemon.said()
        assert "Traceback" not in daemon.said()


def test_the_feeds_say_where_their_hub_is(station: Station) -> None:
    station.configure()
    with station.program.daemon() as daemon:
        wait_until("the first story is published", lambda: daemon.titles("news") == ["One"])
        for suffix in ("atom", "rss", "json"):
            answer = daemon.get(f"feeds/news.{suffix}")
            assert f'<{station.topic(f"news.{suffix}")}>; rel="self"' in answer.headers["link"]
        assert json.loads(daemon.get("feeds/news.json").body)["hubs"] == [{"type": "WebSub", "url": station.hub}]
        assert f'<link href="{station.hub}" rel="hub"/>'.encode() in daemon.get("feeds/news.atom").body
        assert b'rel="hub"' in daemon.get("feeds/news.rss").body


def test_news_that_came_while_the_daemon_was_away_is_told_when_it_is_back(station: Station, callback: Callback) -> None:
    station.configure()
    with station.program.daemon() as daemon:
        wait_until("the first story is published", lambda: daemon.titles("news") == ["One"])
        station.subscribe(callback)
        assert daemon.stop() == 0
    station.tell("One", "Two")
    assert station.program("once", "--all").code == 0
    assert callback.deliveries == []
    with station.program.daemon():
        wait_until("it is delivered", lambda: callback.deliveries, SECONDS)
        headers, body = callback.deliveries[0]
        assert sorted(titles(body)) == ["One", "Two"]
        assert "x-hub-signature" not in headers


def test_slow_silent_and_boundless_subscribers_delay_nobody(
    station: Station, callback: Callback, bystander: Callback
) -> None:
    station.configure()
    with station.program.daemon() as daemon:
        wait_until("the first story is published", lambda: daemon.titles("news") == ["One"])
        station.subscribe(bystander)
        for name in ("news.atom", "news.rss", "news.json", "all.atom", "all.rss", "all.json", "news/paper.atom.atom"):
            station.ask(callback.url, station.topic(name))
        wait_until("all are subscribed", lambda: len(callback.questions) == 7)
        wait_until("", lambda: station.program.select("SELECT count(*) FROM hub_wishes") == [(0,)])
        callback.silent = True
        station.tell("One", "Two")
        wait_until("the other one is told", lambda: bystander.deliveries, SECONDS)
        bystander.huge = True
        station.tell("One", "Two", "Three")
        wait_until("it is published", lambda: "Three" in daemon.titles("news"), SECONDS)
        wait_until("and told", lambda: len(bystander.deliveries) >= 2, SECONDS)


def test_who_does_not_say_the_challenge_is_told_nothing(station: Station, callback: Callback) -> None:
    station.configure()
    callback.says = "I say this to everybody"
    with station.program.daemon() as daemon:
        wait_until("the first story is published", lambda: daemon.titles("news") == ["One"])
        assert station.ask(callback.url) == 202
        wait_until("it was asked", lambda: callback.questions)
        wait_until("it is done with", lambda: station.program.select("SELECT count(*) FROM hub_wishes") == [(0,)])
        assert not station.subscribed(callback)


def test_a_callback_on_a_private_address_is_never_asked(station: Station, callback: Callback) -> None:
    port = urlsplit(station.publishers.base).port
    station.configure(polling={"allow_private": [f"127.0.0.1:{port}"]})
    with station.program.daemon() as daemon:
        wait_until("the first story is published", lambda: daemon.titles("news") == ["One"])
        assert station.ask(callback.url) == 202
        wait_until("it is done with", lambda: station.program.select("SELECT count(*) FROM hub_wishes") == [(0,)])
        assert callback.questions == []


def test_requests_that_make_no_sense_are_refused(station: Station, callback: Callback) -> None:
    station.configure()
    with station.program.daemon() as daemon:
        wait_until("the first story is published", lambda: daemon.titles("news") == ["One"])
        assert station.ask(callback.url, station.topic("nothing.atom")) == 400
        assert station.ask(callback.url, "https://elsewhere.example/feed") == 400
        assert station.ask(callback.url, station.topic("../../articles.db")) == 400
        assert station.ask("file:///etc/passwd") == 400
        assert station.ask("http://user:pass@127.0.0.1/") == 400
        assert station.ask(callback.url, secret="x" * 200) == 400
        assert station.ask(callback.url, lease_seconds="soon") == 400
        assert station.ask(callback.url, mode="publish") == 400
        assert post(station.hub, b"{}", {"Content-Type": "application/json"}) == 415
        assert post(station.hub, b"hub.mode=subscribe&" + b"a" * 20_000, FORM) == 413
        assert daemon.get("hub").status == 405
        for number in range(100):
            assert station.ask(callback.url, station.topic(f"{number}.atom")) == 400
        assert station.program.select("SELECT count(*) FROM hub_wishes") == [(0,)]


def test_without_the_setting_there_is_no_hub(station: Station, publishers: Publishers) -> None:
    station.tell("One")
    station.program.follow(f"{publishers.base}/paper.atom")
    with station.program.daemon() as daemon:
        assert station.ask("http://127.0.0.1:9/") in (404, 405)
        wait_until("the first story is published", lambda: daemon.titles("news") == ["One"])
        assert "link" not in daemon.get("feeds/news.atom").headers
        assert b"hub" not in daemon.get("feeds/news.atom").body


def test_a_hub_elsewhere_is_told_of_each_document_that_changed(station: Station, callback: Callback) -> None:
    """Nothing at first: a hub asks for a document when somebody subscribes to it."""
    elsewhere = callback.url.partition("?")[0]
    station.configure(hub=elsewhere)
    with station.program.daemon() as daemon:
        wait_until("the first story is published", lambda: daemon.titles("news") == ["One"])
        callback.deliveries.clear()
        station.tell("One", "Two")
        wanted = {station.topic(f"{slug}.{suffix}") for slug in ("news", "all") for suffix in ("atom", "rss", "json")}

        def told() -> set[str]:
            return {parse_qs(body.decode())["hub.url"][0] for _, body in callback.deliveries}

        wait_until("it is told", lambda: wanted <= told(), SECONDS)
        assert parse_qs(callback.deliveries[0][1].decode())["hub.mode"] == ["publish"]
        assert daemon.stop() == 0
    callback.deliveries.clear()
    station.tell("One", "Two", "Three")
    assert station.program("once", "--all").code == 0
    assert wanted <= told()


def test_the_hub_tells_nobody_of_a_protected_feed(
    station: Station, program: Program, publishers: Publishers, callback: Callback
) -> None:
    station.tell("One")
    hidden = publishers.serve("/hidden.atom", atom("Hidden", [Story("For members", 1)]))
    open_ = {"sources": [{"name": "paper", "url": f"{publishers.base}/paper.atom"}]}
    closed = {
        "access": {"tokens": {"ann": "a-long-token-for-ann-0123456789"}},
        "sources": [{"name": "h", "url": hidden}],
    }
    base = f"http://127.0.0.1:{program.port}/"
    program.configure({"news": open_, "closed": closed}, publish={"folder": "public", "base_url": base, "hub": "own"})
    with program.daemon() as daemon:
        wait_until("the first story is published", lambda: daemon.titles("news") == ["One"])
        assert station.ask(callback.url, station.topic("closed.json")) == 400
        private = list((program.folder / "public-private").rglob("closed.*"))
        assert private
        assert not [path for path in private if b'rel="hub"' in path.read_bytes() or b'"hubs"' in path.read_bytes()]
        station.subscribe(callback)
        station.tell("One", "Two")
        wait_until("what is for everybody is told", lambda: callback.deliveries, SECONDS)


def test_a_public_feed_of_a_shut_server_can_be_subscribed_to_and_no_other(station: Station, callback: Callback) -> None:
    station.tell("One")
    base = f"http://127.0.0.1:{station.program.port}/"
    station.program.configure(
        {"news": {"access": "public", "sources": [f"{station.publishers.base}/paper.atom"]}},
        publish={"folder": "public", "base_url": base, "hub": "own"},
        server={"access": {"tokens": {"alice": "alices-token-0123456789"}}},
    )
    with station.program.daemon() as daemon:
        wait_until("the story is published", lambda: daemon.titles("news") == ["One"])
        assert station.ask(callback.url, station.topic("all.atom")) == 400
        station.subscribe(callback, station.topic("news.atom"))
