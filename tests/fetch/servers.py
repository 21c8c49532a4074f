"""Small servers on the loopback interface that say exactly what a test tells them, and remember what was asked."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType

RESET = b"\0reset\0"  # in an answer: break the connection off here, without a farewell


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    target: str
    headers: dict[str, str]  # names in lower case
    head: bytes


Answer = bytes | Iterable[bytes]
"""Bytes: a whole response, after which the connection stays open. An iterable: pieces, after which it is closed."""


def reply(body: bytes = b"<rss/>", status: str = "200 OK", **headers: str) -> bytes:
    """A complete response; `retry_after="5"` is the header Retry-After."""
    fields = {"content-length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    """A redirect; the Location goes out as UTF-8."""
    return f"HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


class Web:
    """A server. `answer` decides from the request what is said; it runs in a thread per connection."""

    def __init__(
        self,
        answer: Callable[[Asked], Answer],
        *,
        address: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        greeting: bytes = b"",
    ) -> None:
        """A `greeting` is sent to whoever connects, instead of waiting for a request."""
        self._greeting = greeting
        self._answer = answer
        self._tls = tls
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listener = socket.create_server((address, 0), family=family, backlog=128)
        self.address, self.port = self._listener.getsockname()[:2]
        self.asked: list[Asked] = []
        self.connections = 0
        self.most_at_once = 0
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.stopped = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def hostport(self) -> str:
        return f"{self.address}:{self.port}"

    def url(self, path: str = "/feed") -> str:
        return f"{'https' if self._tls else 'http'}://{self.hostport}{path}"

    def drip(self, pieces: Iterable[bytes], pause: float = 0.05) -> Iterator[bytes]:
        """The pieces, slowly."""
        for piece in pieces:
            yield piece
            if self.stopped.wait(pause):
                return

    def hang(self) -> Iterator[bytes]:
        """Never a byte."""
        self.stopped.wait(20)
        yield from ()

    def __enter__(self) -> Web:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(connection)
                self.most_at_once = max(self.most_at_once, len(self._open))
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        talking = connection
        try:
            if self._tls:
                talking = self._tls.wrap_socket(connection, server_side=True)
                with self._lock:
                    self._open.discard(connection)
                    self._open.add(talking)
            if self._greeting:
                talking.sendall(self._greeting)
            else:
                self._talk(talking)
        except OSError:  # a client that gives up is part of most tests
            pass
        finally:
            talking.close()
            with self._lock:
                self._open.discard(talking)
                self._open.discard(connection)

    def _talk(self, connection: socket.socket) -> None:
        data = b""
        while True:
            while b"\r\n\r\n" not in data:
                received = connection.recv(65536)
                if not received:
                    return
                data += received
            head, _, data = data.partition(b"\r\n\r\n")
            asked = _read(head)
            self.asked.append(asked)
            answer = self._answer(asked)
            if isinstance(answer, bytes):
                connection.sendall(answer)
                continue
            for piece in answer:
                if piece == RESET:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                connection.sendall(piece)
            return


def _read(head: bytes) -> Asked:
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Asked(target=first.split(" ")[1], headers=headers, head=head)
