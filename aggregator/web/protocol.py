"""One connection of a client that may be slow, broken or hostile.

uvicorn bounds neither the size of a request's head nor the time that a client takes to send a request or to read an
answer; this does. Instead of a timer for each connection, the server looks at all of them once a second (`tend`).
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Any

from uvicorn._types import ASGI3Application, HTTPScope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from aggregator.web.answer import Answer

REQUEST_SECONDS = 10.0  # from the first byte of a request, or from connecting, to its end
READING_SECONDS = 20.0  # without reading a single byte of an answer that waits to be sent
MAX_HEAD = 32_768  # bytes of request line and headers
MAX_HEADERS = 100
MAX_PIPELINE = 60  # requests sent before the first of them is answered
MAX_CONNECTIONS = 1_024
MAX_BODY = 65_536  # bytes that we take in and throw away, unless the app wants more at a path
BODY_SECONDS = 60.0  # for a request that may bring more

AtOnce = Callable[[HTTPScope], Answer | None]
"""What an app may have beside its ASGI entry: an answer that needs no waiting, or None where it must be asked."""

MostBody = Callable[[bytes], int | None]
"""What an app may have besides: how many bytes a request to a path may bring, or None for the usual."""


class Refused(Exception):  # noqa: N818 - it is an answer, not a mistake of ours
    """A request that is answered without being understood; the connection ends with it."""

    def __init__(self, status: HTTPStatus, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with limits."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        super().connection_made(transport)  # type: ignore[arg-type]  # it is a Transport, says uvicorn too
        self.active = self.loop.time()  # when it last sent a whole request, or came
        self._waiting_since: float | None = self.active  # for the rest of a request; None: it is our turn
        self._taken = 0  # bytes of the request that is arriving
        self._most_body = MAX_BODY  # that it may bring
        self._reason: Refused | None = None
        self._unread = 0  # bytes of our answer that the client had yet to read when we looked last
        self._stuck_since = self.active
        if len(self.connections) > most_connections():
            # The client that has done nothing useful for the longest makes room: a crowd of silent connections
            # can shut nobody out, and cannot use up the file descriptors that polling needs.
            _drop(min(self.connections, key=_activity))

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request, or of several."""
        if self._waiting_since is None and self.cycle is not None and self.cycle.response_complete:
            self._waiting_since = self.loop.time()
        self._taken += len(data)
        super().data_received(data)
        if self._taken > MAX_HEAD + self._most_body:
            self._refuse(Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The request is too large."))

    def on_headers_complete(self) -> None:
        """The head of a request is here."""
        try:
            if len(self.pipeline) > MAX_PIPELINE:
                raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests at once.")
            self._most_body = self._wanted_body()
            check_head(self.parser.get_http_version(), self.url, self.headers, self._most_body)
        except Refused as refused:
            self._reason = refused
            raise  # ends the parsing; uvicorn then calls send_400_response
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """A whole request is here."""
        self._taken = 0
        self._most_body = MAX_BODY
        self._waiting_since = None
        self.active = self.loop.time()
        super().on_message_complete()

    def _wanted_body(self) -> int:
        ask: MostBody | None = getattr(self.app, "most_body", None)
        wanted = ask(self.url) if ask is not None else None
        return MAX_BODY if wanted is None else max(wanted, MAX_BODY)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        if self.transport.is_closing():
            return  # the answer to an earlier request said that it is the last
        at_once: AtOnce | None = getattr(app, "at_once", None)
        answer = at_once and at_once(cycle.scope)
        if answer and not self.flow.write_paused:
            self._send(answer, cycle)
        else:
            super()._start_asgi_task(cycle, app)

    def _send(self, answer: Answer, cycle: RequestResponseCycle) -> None:
        """A ready answer needs no task and no check of its headers, which take longer than all the rest."""
        date = b"".join(b"%b: %b\r\n" % header for header in self.server_state.default_headers)
        end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
        body = b"" if cycle.scope["method"] == "HEAD" else answer.body
        cycle.response_started = cycle.response_complete = True
        self.transport.writelines((answer.head, date, end, body))
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """uvicorn's word for whatever its parser, or one of the callbacks above, could not take."""
        self._refuse(self._reason or Refused(HTTPStatus.BAD_REQUEST, msg))

    def _refuse(self, refused: Refused) -> None:
        if self.transport.is_closing():
            return
        # An earlier request of the same connection may be in the middle of being answered: a refusal between its
        # bytes would be taken for a part of it.
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(_refusal(refused))
        self.transport.close()

    def tend(self, now: float) -> None:
        """End the connection if its client has kept us waiting for too long."""
        unread = self.transport.get_write_buffer_size()
        if unread == 0 or unread != self._unread:
            self._unread, self._stuck_since = unread, now
        elif now - self._stuck_since > READING_SECONDS:
            self.transport.abort()
        patience = REQUEST_SECONDS if self._most_body == MAX_BODY else BODY_SECONDS
        if self._waiting_since is not None and now - self._waiting_since > patience:
            self.transport.abort()


@cache
def most_connections() -> int:
    """How many we hold at a time: at most half of the file descriptors that the process may have."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_CONNECTIONS if soft == resource.RLIM_INFINITY else min(MAX_CONNECTIONS, soft // 2)


def _activity(connection: Any) -> float:
    return float(connection.active)


def _drop(connection: Any) -> None:
    connection.connections.discard(connection)
    connection.transport.abort()


def check_head(version: str, url: bytes, headers: list[tuple[bytes, bytes]], most_body: int = MAX_BODY) -> None:
    """Raise `Refused` for a head that no honest client sends, or that two servers could read in two ways."""
    if version not in ("1.0", "1.1"):
        raise Refused(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "This server speaks HTTP/1.1.")
    if len(headers) > MAX_HEADERS or len(url) + sum(len(name) + len(value) for name, value in headers) > MAX_HEAD:
        raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The head of the request is too large.")
    hosts = lengths = 0
    for name, value in headers:
        if name == b"host":
            hosts += 1
        elif name == b"content-length":
            lengths += 1
            _check_length(value, lengths, most_body)
        elif name == b"transfer-encoding" and (most_body == MAX_BODY or value.lower() != b"chunked"):
            raise Refused(HTTPStatus.NOT_IMPLEMENTED, "Content can be sent only with its length.")
        elif name == b"transfer-encoding":
            lengths += 1  # with a length besides, two servers could read two requests
    if lengths > 1:
        raise Refused(HTTPStatus.BAD_REQUEST, "The length of the content is unclear.")
    if hosts > 1 or (hosts == 0 and version == "1.1"):
        raise Refused(HTTPStatus.BAD_REQUEST, "A request names its host, once.")


def _check_length(value: bytes, nth: int, most: int) -> None:
    if nth > 1 or not value.isdigit():
        raise Refused(HTTPStatus.BAD_REQUEST, "The length of the content is unclear.")
    if len(value) > 9 or int(value) > most:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The content is too long.")


def _refusal(refused: Refused) -> bytes:
    words = (refused.words + "\n").encode()
    return (
        f"HTTP/1.1 {refused.status.value} {refused.status.phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
        f"content-length: {len(words)}\r\nconnection: close\r\n\r\n"
    ).encode() + words
