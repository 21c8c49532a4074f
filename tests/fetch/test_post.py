"""A form is posted with the same limits and the same guard as a document is fetched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from aggregator.fetch import Client
from aggregator.model.exchange import Failure, Fetched, FetchFailed, FetchResult, Request

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
FORM = b"hub.mode=subscribe&hub.secret=hidden"


class Handler(BaseHTTPRequestHandler):
    """Answers as its path says: /202 is accepted, /307/x is sent on to /x."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, str, bytes, str | None]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.asked.append((self.command, self.path, body, self.headers.get("Content-Type")))
        _, status, *rest = self.path.split("/")
        self.send_response(int(status))
        if rest:
            self.send_header("Location", "/" + "/".join(rest))
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST  # noqa: N815 - the name that http.server calls

    def log_message(self, *_: Any) -> None:
        """Silence."""


class Hub:
    """A server that takes forms, and a client that may speak to it."""

    def __init__(self, server: ThreadingHTTPServer, client: Client) -> None:
        self.base = f"http://127.0.0.1:{server.server_port}"
        self.client = client
        self.asked = Handler.asked

    def send(self, path: str, form: bytes | None = FORM) -> FetchResult:
        return self.client.fetch(Request(url=self.base + path, form=form, timeout=timedelta(seconds=5)))


@pytest.fixture
def hub() -> Iterator[Hub]:
    Handler.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    with Client(user_agent="test/1", clock=lambda: NOW, allow_private=["127.0.0.0/8"], per_host=1) as client:
        yield Hub(server, client)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("status", [200, 202, 204])
def test_every_success_is_one(hub: Hub, status: int) -> None:
    assert isinstance(hub.send(f"/{status}"), Fetched)
    assert hub.asked == [("POST", f"/{status}", FORM, "application/x-www-form-urlencoded")]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_takes_the_form_along(hub: Hub, status: int) -> None:
    assert isinstance(hub.send(f"/{status}/202"), Fetched)
    assert [(method, path, body) for method, path, body, _ in hub.asked] == [
        ("POST", f"/{status}/202", FORM),
        ("POST", "/202", FORM),
    ]


def test_who_asks_for_a_get_instead_gets_nothing(hub: Hub) -> None:
    result = hub.send("/303/202")
    assert isinstance(result, FetchFailed)
    assert (result.failure, len(hub.asked)) == (Failure.REDIRECT, 1)


def test_a_refusal_is_a_failure_with_its_status_and_without_the_form(hub: Hub) -> None:
    result = hub.send("/403")
    assert isinstance(result, FetchFailed)
    assert (result.failure, result.status) == (Failure.STATUS, 403)
    assert "hidden" not in repr(result)


def test_a_get_after_a_post_is_a_get_again(hub: Hub) -> None:
    hub.send("/202")
    hub.send("/200", form=None)
    hub.send("/202")
    hub.send("/200", form=None)
    assert [(method, body) for method, _, body, _ in hub.asked] == [("POST", FORM), ("GET", b"")] * 2


def test_the_guard_holds_for_posts(hub: Hub) -> None:
    with Client(user_agent="test/1", clock=lambda: NOW) as guarded:
        result = guarded.fetch(Request(url=hub.base + "/202", form=FORM))
    assert isinstance(result, FetchFailed)
    assert result.failure is Failure.BLOCKED
    assert hub.asked == []


def test_a_request_never_shows_its_form() -> None:
    assert "hidden" not in repr(Request(url="https://hub.example/", form=FORM))
