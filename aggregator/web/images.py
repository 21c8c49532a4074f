"""Pictures of publishers under our own address: /img/<signature>/<encoded URL>.

    signature | what we hold | a turn | fetched

An address that we have not signed is refused before anything else is done. Who waits for a publisher waits without a
thread; only few fetch at a time, so that a page full of slow pictures keeps nobody from feeds and pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from aggregator.jobs.gallery import AT_ONCE
from aggregator.model.picture import NoPicture, Picture

WAITING = 200
"""Requests that may wait for their turn; more are told to come again."""

_COMMON = {
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "cross-origin",  # readers in a browser show it on their own pages
}
_FOR_EVER = _COMMON | {"cache-control": "public, max-age=31536000, immutable"}
_FOR_A_WHILE = _COMMON | {"cache-control": "public, max-age=300"}

UrlOf = Callable[[str, str], str | None]
"""Signature and encoded URL → the URL; None if we have not signed it."""


class Pictures(Protocol):
    """What the door asks of the rest of the program. Calls block."""

    def held(self, url: str) -> Picture | None:
        """The picture, if it is here already."""
        ...

    def take(self, url: str) -> Picture | NoPicture:
        """The picture; or why there is none that may be shown."""
        ...


class Images:
    """The endpoint."""

    def __init__(self, pictures: Pictures, url_of: UrlOf) -> None:
        self._pictures = pictures
        self._url_of = url_of
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def answer(self, request: Request) -> Response:
        """One picture."""
        signature = request.path_params["signature"]
        url = self._url_of(signature, request.path_params["address"])
        if url is None:
            return _refusal(404, "There is no such picture here.\n")
        etag = f'"{signature}"'
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=_FOR_EVER | {"etag": etag})
        picture: Picture | NoPicture | None = await run_in_threadpool(self._pictures.held, url)
        if picture is None:
            if self._waiting >= WAITING:
                return _refusal(503, "Please try again.\n", {"retry-after": "10", "cache-control": "no-store"})
            picture = await self._take(url)
        if isinstance(picture, NoPicture):
            return _missing(picture)
        headers = _FOR_EVER | {"etag": etag, "content-type": picture.media_type}
        return Response(picture.content, headers=headers)

    async def _take(self, url: str) -> Picture | NoPicture:
        self._waiting += 1
        try:
            async with self._turn:
                return await run_in_threadpool(self._pictures.take, url)
        finally:
            self._waiting -= 1


def _missing(why: NoPicture) -> Response:
    if why is NoPicture.UNREACHABLE:
        return _refusal(502, f"{why}\n", {"cache-control": "public, max-age=60", "retry-after": "60"})
    return _refusal(404, f"{why}\n")


def _refusal(status: int, words: str, more: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(words, status, _FOR_A_WHILE | (more or {}))
