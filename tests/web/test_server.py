from __future__ import annotations

import contextlib
import errno
import socket
import time
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from aggregator.web import protocol
from aggregator.web.protocol import Refused, check_head
from aggregator.web.server import serve
from tests.waiting import take_time
from tests.web.conftest import Site

GET = b"GET /feeds/tech.atom HTTP/1.1\r\nHost: localhost\r\n"
CLOSE = b"Connection: close\r\n\r\n"


def talk(port: int, *pieces: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        try:
            for piece in pieces:
                client.sendall(piece)
            return client.makefile("rb").read()
        except ConnectionError:
            return b""


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def test_a_taken_port_is_an_error_at_once(site: Site) -> None:
    with (
        pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{site.port}") as caught,
        serve(_hello, port=site.port),
    ):
        pass
    assert caught.value.errno == errno.EADDRINUSE


def test_it_serves_ipv6_where_there_is_some() -> None:
    if not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists():
        pytest.skip("no IPv6 here")
    with serve(_hello, "::1", 0) as listening:
        assert listening.url == f"http://[::1]:{listening.port}/"
        with socket.create_connection(("::1", listening.port), 5) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + CLOSE)
            assert client.recv(20).startswith(b"HTTP/1.1 200 OK")


def test_it_stops_within_three_seconds_whoever_is_connected(site: Site) -> None:
    with serve(_never, port=0) as listening:
        clients = [socket.create_connection(("127.0.0.1", listening.port), 5) for _ in range(20)]
        for number, client in enumerate(clients):
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + (b"\r\n" if number % 2 else b""))
        take_time(0.2)  # for requests to arrive; it must end in any case
        began = time.monotonic()
    assert time.monotonic() - began < 3.5
    for client in clients:
        client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", listening.port), 1)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),  # no host
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 60_000 + b"\r\n\r\n", 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    ],
)
def test_a_head_that_can_be_misread_is_refused(site: Site, head: bytes, expected: int) -> None:
    answer = talk(site.port, head)
    assert status(answer) == expected
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in answer


def test_a_request_line_without_end_is_cut_off(site: Site) -> None:
    began = time.monotonic()
    assert status(talk(site.port, b"GET /", *[b"a" * 10_000] * 100)) in (0, 431)
    assert time.monotonic() - began < 3


def test_requests_in_a_row_are_answered_in_order(site: Site) -> None:
    for name in ("a", "b"):
        site.publish(f"{name}.atom", name)
    row = b"".join(b"GET /feeds/%b.atom HTTP/1.1\r\nHost: localhost\r\n\r\n" % name for name in (b"a", b"b", b"a") * 10)
    answer = talk(site.port, row + GET.replace(b"tech", b"b") + CLOSE)
    bodies = [part[-1:] for part in answer.split(b"HTTP/1.1 200 OK")[1:]]
    assert b"".join(bodies) == b"aba" * 10 + b"b"


def test_nothing_is_answered_after_the_last_answer(site: Site) -> None:
    site.publish("tech.atom", "x")
    for _ in range(2):  # from the disk, then from memory
        answer = talk(site.port, GET + CLOSE + GET + CLOSE)
        assert answer.count(b"HTTP/1.1 200") == 1


def test_slow_clients_are_sent_away_while_others_are_served(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "REQUEST_SECONDS", 0.5)
    site.publish("tech.atom", "x")
    slow = [socket.create_connection(("127.0.0.1", site.port), 5) for _ in range(100)]
    for number, client in enumerate(slow):
        client.sendall(GET[: number % len(GET)])
    assert status(talk(site.port, GET + CLOSE)) == 200
    for client in slow:
        client.settimeout(4)
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""
        client.close()


def test_who_does_not_read_is_sent_away(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "READING_SECONDS", 0.5)
    site.publish("tech.atom", bytes(20_000_000))
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", site.port))
    client.sendall(GET + b"\r\n")
    take_time(3)  # as a reader who has fallen asleep
    assert len(_the_rest(client)) < 20_000_000  # what the kernel had taken already, and no more
    client.close()


def _the_rest(client: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while chunk := client.recv(1_000_000):
            received += chunk
    return received


def test_a_crowd_of_silent_connections_shuts_nobody_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "most_connections", lambda: 50)
    site.publish("tech.atom", "x")
    silent = [socket.create_connection(("127.0.0.1", site.port), 5) for _ in range(200)]
    assert status(talk(site.port, GET + CLOSE)) == 200
    gone = 0
    for client in silent:
        client.settimeout(0.05)
        try:
            gone += client.recv(1) == b""
        except ConnectionResetError:
            gone += 1
        except TimeoutError:
            pass
        client.close()
    assert gone >= 150


def test_a_head_as_browsers_send_it_is_fine() -> None:
    check_head("1.1", b"/", [(b"host", b"localhost"), (b"content-length", b"0")])
    check_head("1.0", b"/", [])


@pytest.mark.parametrize("value", [b"+5", b"-1", b"1_0", b"0x5", b"", b"5, 5", "٥".encode()])
def test_a_length_is_digits(value: bytes) -> None:
    with pytest.raises(Refused):
        check_head("1.1", b"/", [(b"host", b"localhost"), (b"content-length", value)])


async def _hello(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})


async def _never(scope: Scope, receive: Receive, send: Send) -> None:
    import asyncio

    await asyncio.sleep(60)
