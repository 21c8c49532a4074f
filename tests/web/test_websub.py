"""The door for hubs, over real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from aggregator.model.errors import StoreBusyError
from aggregator.model.subscription import Delivery, Question, Receipt, Token
from aggregator.web import protocol
from aggregator.web.app import create_app
from aggregator.web.server import serve
from tests.web.library import FakeLibrary

TOKEN = "t" * 43
BIG = 300_000


@dataclass
class FakeMailbox:
    """Knows one subscription; remembers what came."""

    says: str | None = "yes"
    receipt: Receipt = Receipt.TAKEN
    questions: list[Question] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    error: Exception | None = None
    go_on: threading.Event = field(default_factory=threading.Event)
    entered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __post_init__(self) -> None:
        self.go_on.set()

    def knows(self, token: Token) -> bool:
        if self.error:
            raise self.error
        return token == TOKEN

    def answer(self, token: Token, question: Question) -> str | None:
        self.questions.append(question)
        return self.says

    def take(self, token: Token, delivery: Delivery) -> Receipt:
        self.entered.release()
        self.go_on.wait(10)
        self.deliveries.append(delivery)
        return self.receipt


@dataclass
class Door:
    port: int
    mailbox: FakeMailbox

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/websub/{TOKEN}"

    def talk(self, data: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), 10) as client:
            try:
                client.sendall(data)
                return client.makefile("rb").read()
            except ConnectionError:
                return b""


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    mailbox = FakeMailbox()
    app = create_app(
        FakeLibrary(), tmp_path, base_url="https://feeds.example/", mailbox=mailbox, max_delivery=BIG, keep_page=0
    )
    with serve(app, port=0) as listening:
        yield Door(listening.port, mailbox)


def test_a_question_is_answered_word_for_word(door: Door) -> None:
    door.mailbox.says = '<script>"挑战"</script>'
    query = {"hub.mode": "subscribe", "hub.topic": "https://x/?a=1&b=2", "hub.challenge": "c", "hub.lease_seconds": "9"}
    answer = requests.get(door.url, params=query, timeout=10)
    assert (answer.status_code, answer.content.decode()) == (200, '<script>"挑战"</script>')
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert door.mailbox.questions == [
        Question(mode="subscribe", topic="https://x/?a=1&b=2", challenge="c", lease="9", reason="")
    ]


def test_what_we_do_not_want_is_not_found(door: Door) -> None:
    door.mailbox.says = None
    assert requests.get(door.url, params={"hub.mode": "subscribe"}, timeout=10).status_code == 404


@pytest.mark.parametrize("path", ["", "short", "u" * 43, TOKEN + "/", TOKEN + "%00", "../healthz", "%2e%2e/x"])
def test_who_knows_no_subscription_learns_nothing(door: Door, path: str) -> None:
    head = f"{{}} /websub/{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n".encode()
    assert door.talk(head.replace(b"{}", b"GET") + b"\r\n").split()[1] == b"404"
    assert door.talk(head.replace(b"{}", b"POST") + b"Content-Length: 1\r\n\r\nx").split()[1] == b"410"
    assert door.mailbox.questions == []
    assert door.mailbox.deliveries == []


def test_a_question_asked_twice_is_not_understood(door: Door) -> None:
    requests.get(door.url + "?hub.mode=subscribe&hub.mode=unsubscribe&mode=denied", timeout=10)
    assert door.mailbox.questions[0].mode == ""


def test_a_delivery_is_handed_over_as_it_came(door: Door) -> None:
    body = bytes(range(256)) * 1_000  # larger than any other request may be
    headers = {"Content-Type": "application/atom+xml", "X-Hub-Signature": "sha256=abc"}
    answer = requests.post(door.url, data=body, headers=headers, timeout=10)
    assert (answer.status_code, answer.content) == (202, b"")
    assert door.mailbox.deliveries == [Delivery(body=body, content_type="application/atom+xml", signature="sha256=abc")]


def test_a_delivery_may_come_in_chunks(door: Door) -> None:
    answer = requests.post(door.url, data=iter([b"a" * 100_000, b"b" * 100_000]), timeout=10)
    assert answer.status_code == 202
    assert door.mailbox.deliveries[0].body == b"a" * 100_000 + b"b" * 100_000


@pytest.mark.parametrize(("receipt", "status"), [(Receipt.GONE, 410), (Receipt.BUSY, 503)])
def test_what_cannot_be_taken_is_said(door: Door, receipt: Receipt, status: int) -> None:
    door.mailbox.receipt = receipt
    assert requests.post(door.url, data=b"x", timeout=10).status_code == status


def test_a_delivery_that_is_too_long_is_refused_before_it_is_sent(door: Door) -> None:
    head = f"POST /websub/{TOKEN} HTTP/1.1\r\nHost: a\r\nContent-Length: {BIG + 1}\r\n\r\n".encode()
    assert door.talk(head).split()[1] == b"413"


def test_chunks_without_end_are_cut_off(door: Door) -> None:
    head = f"POST /websub/{TOKEN} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    answer = door.talk(head + chunk * 40)
    assert not answer or answer.split()[1] in (b"413", b"431")
    assert door.mailbox.deliveries == []


def test_a_body_with_two_lengths_is_refused(door: Door) -> None:
    head = f"POST /websub/{TOKEN} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
    assert door.talk(head.encode() + b"0\r\n\r\n").split()[1] == b"400"


@pytest.mark.parametrize("path", ["/", "/feeds/a.atom", "/websu"])
def test_no_other_path_may_bring_more_than_before(door: Door, path: str) -> None:
    answer = door.talk(f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n".encode())
    assert answer.split()[1] == b"413"
    answer = door.talk(f"POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    assert answer.split()[1] == b"501"


def test_more_than_there_is_room_for_waits_at_the_hub(door: Door) -> None:
    door.mailbox.go_on.clear()
    statuses: list[int] = []

    def send() -> None:
        statuses.append(requests.post(door.url, data=b"x" * BIG, timeout=20).status_code)

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for _ in senders:
        assert door.mailbox.entered.acquire(timeout=10)
    refused = requests.post(door.url, data=b"x", timeout=10)
    door.mailbox.go_on.set()
    for sender in senders:
        sender.join()
    assert (refused.status_code, refused.headers["retry-after"], statuses) == (503, "60", [202, 202])
    assert requests.post(door.url, data=b"x", timeout=10).status_code == 202


def test_who_stops_in_the_middle_leaves_no_trace(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "BODY_SECONDS", 0.5)
    head = f"POST /websub/{TOKEN} HTTP/1.1\r\nHost: a\r\nContent-Length: {BIG}\r\n\r\n".encode()
    for _ in range(4):  # more than there is room for, were they counted for ever
        assert door.talk(head + b"x" * 1_000) == b""
    assert requests.post(door.url, data=b"x", timeout=10).status_code == 202
    assert len(door.mailbox.deliveries) == 1


def test_a_database_that_is_busy_is_no_fault_of_the_hub(door: Door) -> None:
    door.mailbox.error = StoreBusyError("held")
    assert requests.get(door.url, timeout=10).status_code == 503
    assert requests.post(door.url, data=b"x", timeout=10).status_code == 503


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS"])
def test_other_methods_mean_nothing(door: Door, method: str) -> None:
    assert requests.request(method, door.url, timeout=10).status_code == 405


def test_the_rest_of_the_site_is_where_it_was(door: Door) -> None:
    base = f"http://127.0.0.1:{door.port}/"
    assert requests.get(base, timeout=10).status_code == 200
    assert requests.get(base + "feeds/none.atom", timeout=10).status_code == 404
    assert requests.get(base + "websub", timeout=10).status_code == 404


def test_without_a_mailbox_there_is_no_such_door(site) -> None:
    assert requests.post(f"{site.url}websub/{TOKEN}", data=b"x", timeout=10).status_code in (404, 405)
