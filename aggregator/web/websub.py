"""The door for WebSub hubs: /websub/<token>, one address for each subscription (W3C WebSub).

GET asks whether we mean it (section 5.3) or tells us no (5.2); POST delivers (section 7). What blocks is done in a
thread. Bodies are read only for who names a subscription, and only as much at a time as there is room for.
"""

from __future__ import annotations

import asyncio
import logging
import re
from http import HTTPStatus
from typing import Protocol
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send
from uvicorn._types import HTTPScope

from aggregator.model.errors import AggregatorError
from aggregator.model.subscription import Delivery, Question, Receipt, Token
from aggregator.web.answer import Answer, plain
from aggregator.web.feeds import Feeds
from aggregator.web.gate import Gate

PREFIX = b"/websub/"
ROOM = 2  # deliveries of the largest size that are held in memory at a time; of small ones, many more
AT_ONCE = 4  # that are taken in at a time: the pages need threads, too
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")

log = logging.getLogger(__name__)


class Mailbox(Protocol):
    """What the door asks of the rest of the program. Calls block."""

    def knows(self, token: Token) -> bool:
        """Whether there is such a subscription."""
        ...

    def answer(self, token: Token, question: Question) -> str | None:
        """What to say to a hub; None: no."""
        ...

    def take(self, token: Token, delivery: Delivery) -> Receipt:
        """Keep what is new in it."""
        ...


class WebSub:
    """Answers below /websub/; other paths go on to the feeds."""

    def __init__(self, mailbox: Mailbox, otherwise: Feeds | Gate, *, max_size: int) -> None:
        self._mailbox = mailbox
        self._otherwise = otherwise
        self._max_size = max_size
        self._held = 0  # bytes that are here or have been announced
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] != "http" or not scope["raw_path"].startswith(PREFIX):
            await self._otherwise(scope, receive, send)
            return
        try:
            answer = await self._answer(scope, receive)
        except AggregatorError as error:
            log.error("cannot answer a hub: %s", error)
            answer = _BUSY
        await answer.send(send)

    def at_once(self, scope: HTTPScope) -> Answer | None:
        """The answer, if it needs no waiting."""
        return self._otherwise.at_once(scope)

    def most_body(self, raw_path: bytes) -> int | None:
        """How much a request to this path may bring; None: as much as any other."""
        return self._max_size if raw_path.startswith(PREFIX) else None

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        token = Token(scope["raw_path"][len(PREFIX) :].decode("ascii", "replace"))
        known = _TOKEN.fullmatch(token) is not None and await run_in_threadpool(self._mailbox.knows, token)
        if scope["method"] == "POST":
            return await self._deliver(token, scope, receive) if known else _GONE
        if scope["method"] != "GET":
            return _WRONG_METHOD
        question = _question(scope["query_string"]) if known else None
        words = await run_in_threadpool(self._mailbox.answer, token, question) if question else None
        return _NO if words is None else _plain(HTTPStatus.OK, words)

    async def _deliver(self, token: Token, scope: Scope, receive: Receive) -> Answer:
        said = {name: value.decode("latin-1") for name, value in scope["headers"]}
        size = int(said.get(b"content-length", self._max_size))  # chunked: it may be anything
        if self._held + size > ROOM * self._max_size:
            return _BUSY
        self._held += size
        try:
            body = await _read(receive, self._max_size)
            if body is None:
                return _TOO_LARGE
            delivery = Delivery(
                body=body, content_type=said.get(b"content-type"), signature=said.get(b"x-hub-signature")
            )
            async with self._turn:
                return _RECEIPTS[await run_in_threadpool(self._mailbox.take, token, delivery)]
        finally:
            self._held -= size


async def _read(receive: Receive, most: int) -> bytes | None:
    """The body; None if it is too long, or its sender has gone before its end."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > most:
            return None
        if not message.get("more_body", False):
            return b"".join(pieces)


def _question(query: bytes) -> Question | None:
    """What a hub asks in its query; None if it asks nothing that we understand."""
    try:
        found = parse_qs(query.decode("ascii"), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return None
    said = {name: values[0] for name, values in found.items() if len(values) == 1}
    return Question(
        mode=said.get("hub.mode", ""),
        topic=said.get("hub.topic", ""),
        challenge=said.get("hub.challenge", ""),
        lease=said.get("hub.lease_seconds"),
        reason=said.get("hub.reason", ""),
    )


def _plain(status: HTTPStatus, words: str, *headers: tuple[bytes, bytes]) -> Answer:
    return plain(status, words, (b"cache-control", b"no-store"), *headers)


_CLOSE = (b"connection", b"close")  # there may be a body on its way that nobody is going to read
_NO = _plain(HTTPStatus.NOT_FOUND, "We do not want that.\n")
_GONE = _plain(HTTPStatus.GONE, "There is no such subscription.\n", _CLOSE)
_BUSY = _plain(HTTPStatus.SERVICE_UNAVAILABLE, "Please try again.\n", (b"retry-after", b"60"), _CLOSE)
_TOO_LARGE = _plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The content is too long.\n", _CLOSE)
_WRONG_METHOD = _plain(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET and POST.\n", (b"allow", b"GET, POST"), _CLOSE)
_RECEIPTS = {
    Receipt.TAKEN: _plain(HTTPStatus.ACCEPTED, ""),
    Receipt.GONE: _GONE,
    Receipt.BUSY: _BUSY,
}
