"""A site that can be exchanged while the server runs."""

from __future__ import annotations

from starlette.types import Receive, Scope, Send
from uvicorn._types import HTTPScope

from aggregator.web.answer import Answer
from aggregator.web.feeds import Feeds
from aggregator.web.gate import Gate
from aggregator.web.websub import WebSub


class Switch:
    """Hands every request to the site that is in force; a request that has begun stays with the one it began with."""

    def __init__(self, site: Feeds | Gate | WebSub) -> None:
        self._site = site

    def to(self, other: Switch) -> None:
        """From now on, what `other` serves."""
        self._site = other._site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        await self._site(scope, receive, send)

    def at_once(self, scope: HTTPScope) -> Answer | None:
        """The answer, if it needs no waiting."""
        return self._site.at_once(scope)

    def most_body(self, raw_path: bytes) -> int | None:
        """How much a request to this path may bring; None: as much as any other."""
        return self._site.most_body(raw_path) if isinstance(self._site, WebSub) else None
