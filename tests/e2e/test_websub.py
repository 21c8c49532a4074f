"""WebSub, from outside: a hub of our own, and the program as its users start it. The hub reaches it over HTTP."""

from __future__ import annotations

import hmac
import http.client
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.e2e.documents import Story, atom
from tests.e2e.world import PATIENCE, Answer, Program, Publishers, ask, wait_until

SECONDS = 5  # within which what a hub delivers must be in the published feed
LEASE = 864_000


@dataclass
class Held:
    """A subscription as a hub knows it."""

    callback: str
    topic: str
    secret: str
    leases: int = 1  # how often it was verified


@dataclass
class Hub:
    """A WebSub hub: takes requests, verifies them after it has answered, delivers when it is told to."""

    server: ThreadingHTTPServer = field(init=False)
    held: dict[str, Held] = field(default_factory=dict)  # by topic
    asked: list[dict[str, str]] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)  # how verifications were answered that failed
    agents: set[str | None] = field(default_factory=set)

    def __post_init__(self) -> None:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                hub.agents.add(self.headers["User-Agent"])
                request = {name.removeprefix("hub."): values[0] for name, values in form.items()}
                hub.asked.append(request)
                self.send_response(202)
                self.end_headers()
                threading.Thread(target=hub.verify, args=(request,)).start()

            def log_message(self, *_: Any) -> None:
                """The tests look at `asked`."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hub"

    def verify(self, request: dict[str, str]) -> None:
        """Ask the subscriber whether it means it (section 5.3)."""
        answer = self.question(request["callback"], request["mode"], request["topic"])
        if (answer.status, answer.body) != (200, b"a challenge"):
            self.refused.append(answer.status)
        elif request["mode"] == "unsubscribe":
            self.held.pop(request["topic"], None)
        elif (held := self.held.get(request["topic"])) is not None and held.callback == request["callback"]:
            held.leases += 1
        else:
            self.held[request["topic"]] = Held(request["callback"], request["topic"], request["secret"])

    def question(self, callback: str, mode: str, topic: str, lease: int = LEASE) -> Answer:
        query = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": "a challenge", "hub.lease_seconds": str(lease)}
        return ask(f"{callback}?{urlencode(query)}")

    def deliver(self, topic: str, document: bytes, secret: str | None = None, method: str = "sha256") -> int:
        """Post a document as a hub does (section 7); the status of the answer."""
        held = self.held[topic]
        digest = hmac.new((secret or held.secret).encode(), document, method).hexdigest()
        return post(
            held.callback,
            document,
            {
                "Content-Type": "application/atom+xml",
                "Link": f'<{self.url}>; rel="hub", <{topic}>; rel="self"',
                "X-Hub-Signature": f"{method}={digest}",
            },
        )

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request("POST", parts.path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    yield hub
    hub.close()


@dataclass
class Paper:
    """A source that announces the hub, and its current edition."""

    publishers: Publishers
    hub: Hub
    path: str = "/paper.atom"
    url: str = ""

    def publish(self, *titles: str) -> None:
        self.url = self.publishers.serve(self.path, self.document(*titles))

    def document(self, *titles: str) -> bytes:
        stories = [Story(title, number) for number, title in enumerate(titles)]
        links = f'<link rel="hub" href="{self.hub.url}"/><link rel="self" href="{self.publishers.base}{self.path}"/>'
        return atom("Paper", stories).replace(b"</title>", b"</title>" + links.encode(), 1)

    def polls(self) -> int:
        return len(self.publishers.requests)


@pytest.fixture
def paper(publishers: Publishers, hub: Hub) -> Paper:
    paper = Paper(publishers, hub)
    paper.publish("One")
    return paper


def follow(program: Program, *urls: str, public: bool = True, every: str = "1h") -> None:
    base = f"http://127.0.0.1:{program.port}/"
    server = {"public_url": base} if public else {}
    program.follow(*urls, server=server, polling={"every": every})


def pass_time(program: Program, column: str, before: timedelta) -> None:
    """As if that much time had gone by for the subscription."""
    then = (datetime.now(UTC) - before).strftime("%Y-%m-%dT%H:%M:%SZ")
    connection = sqlite3.connect(program.database, timeout=PATIENCE)
    with connection:
        connection.execute(f"UPDATE subscriptions SET {column} = ?", (then,))
    connection.close()


def test_news_arrives_within_seconds_without_a_poll(program: Program, paper: Paper, hub: Hub) -> None:
    follow(program, paper.url)
    with program.daemon() as daemon:
        wait_until("the subscription is verified", lambda: paper.url in hub.held)
        polls = paper.polls()
        waits = []
        for number, method in enumerate(("sha1", "sha256", "sha384", "sha512")):
            began = time.monotonic()
            assert hub.deliver(paper.url, paper.document(f"News {number}"), method=method) == 202
            wait_until("it is published", lambda title=f"News {number}": title in daemon.titles(), SECONDS)
            waits.append(time.monotonic() - began)
        print("from delivery to feed:", ", ".join(f"{wait:.2f} s" for wait in waits))
        assert paper.polls() == polls
        assert sorted(daemon.titles()) == ["News 0", "News 1", "News 2", "News 3", "One"]
        assert "pushed" in program("status").row("news")
        held = hub.held[paper.url]
        assert daemon.stop() == 0
        assert held.secret not in daemon.said()
        assert held.callback.rpartition("/")[2] not in daemon.said()
        assert "Traceback" not in daemon.said()


def test_a_forged_delivery_changes_nothing(program: Program, paper: Paper, hub: Hub) -> None:
    follow(program, paper.url)
    with program.daemon() as daemon:
        wait_until("the subscription is verified", lambda: paper.url in hub.held)
        held = hub.held[paper.url]
        assert hub.deliver(paper.url, paper.document("Forged"), secret="guessed") == 202
        assert post(held.callback, paper.document("Unsigned"), {"Content-Type": "application/atom+xml"}) == 202
        assert post(held.callback[:-1] + "_", paper.document("Lost"), {}) == 410
        assert hub.question(held.callback, "unsubscribe", paper.url).status == 404
        assert hub.question(held.callback, "subscribe", "http://evil.example/").status == 404
        assert hub.question(held.callback, "subscribe", paper.url, lease=-1).status == 404
        assert hub.deliver(paper.url, paper.document("True")) == 202
        wait_until("the true one is published", lambda: "True" in daemon.titles(), SECONDS)
        assert sorted(daemon.titles()) == ["One", "True"]
        assert daemon.said().count("is ignored") == 1


def test_a_lease_is_renewed_and_outlives_a_restart(program: Program, paper: Paper, hub: Hub) -> None:
    follow(program, paper.url)
    with program.daemon() as daemon:
        wait_until("the subscription is verified", lambda: paper.url in hub.held)
        pass_time(program, "next_request_at", timedelta(seconds=1))
        wait_until("it is renewed", lambda: hub.held[paper.url].leases == 2)
        assert daemon.stop() == 0
    with program.daemon() as daemon:
        assert hub.deliver(paper.url, paper.document("After the restart")) == 202
        wait_until("it is published", lambda: "After the restart" in daemon.titles(), SECONDS)
    assert len({request["callback"] for request in hub.asked}) == 1
    assert all(request["mode"] == "subscribe" for request in hub.asked)


def test_a_hub_that_dies_stops_no_news(program: Program, paper: Paper, hub: Hub) -> None:
    follow(program, paper.url, every="1s")
    with program.daemon() as daemon:
        wait_until("the subscription is verified", lambda: paper.url in hub.held)
        assert hub.deliver(paper.url, paper.document("Delivered")) == 202
        wait_until("it is polled rarely", lambda: "polled as a check" in program("status").row("news"))
        hub.close()
        pass_time(program, "next_request_at", timedelta(seconds=1))
        paper.publish("Polled", "Delivered", "One")
        wait_until("a poll finds it", lambda: "Polled" in daemon.titles())
        wait_until("the status says so", lambda: "polled as a check" not in program("status").row("news"))
        assert daemon.process.poll() is None


def test_polls_are_rare_while_a_hub_delivers(program: Program, paper: Paper, hub: Hub) -> None:
    follow(program, paper.url, every="1s")
    with program.daemon():
        wait_until("the subscription is verified", lambda: paper.url in hub.held)
        assert hub.deliver(paper.url, paper.document("Delivered")) == 202
        wait_until("it is polled rarely", lambda: "polled as a check" in program("status").row("news"))
        before = paper.polls()
        threading.Event().wait(6)
        assert paper.polls() - before <= 1  # a second's interval, and every twelve seconds now


def test_a_source_that_is_taken_out_is_unsubscribed(
    program: Program, paper: Paper, hub: Hub, publishers: Publishers
) -> None:
    other = publishers.serve("/other.atom", atom("Other", [Story("Elsewhere", 1)]))
    follow(program, paper.url, other)
    with program.daemon() as daemon:
        wait_until("the subscription is verified", lambda: paper.url in hub.held)
        callback = hub.held[paper.url].callback
        follow(program, other)
        wait_until("the hub has let go", lambda: not hub.held)
        assert post(callback, b"x", {}) == 410
        assert daemon.process.poll() is None


def test_without_a_public_address_no_hub_is_ever_asked(program: Program, paper: Paper, hub: Hub) -> None:
    follow(program, paper.url, public=False)
    with program.daemon() as daemon:
        wait_until("the source is polled", lambda: "One" in daemon.titles())
        threading.Event().wait(6)
        assert hub.asked == []
        assert daemon.get("websub/" + "x" * 43).status == 404


def test_a_hub_on_a_private_address_is_not_asked(program: Program, paper: Paper, hub: Hub) -> None:
    base = f"http://127.0.0.1:{program.port}/"
    port = paper.url.split(":")[2].split("/")[0]
    program.follow(paper.url, server={"public_url": base}, polling={"allow_private": [f"127.0.0.1:{port}"]})
    with program.daemon():
        wait_until("the hub is refused", lambda: "not pushed: blocked" in program("status").row("news"))
        assert hub.asked == []
