"""The door of our own WebSub hub: a form is posted to /hub, and its callback is asked later (W3C WebSub, section 5)."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from aggregator.model.errors import AggregatorError
from aggregator.model.hub import NoRoom, Refusal, Reply, Taken

LONGEST = 16_000  # bytes of a form

log = logging.getLogger(__name__)

_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_LATER = {"retry-after": "300"}


class HubDesk(Protocol):
    """What the door asks of the rest of the program. The call blocks, but waits for no subscriber."""

    def take(self, form: bytes) -> Reply:
        """Take a request."""
        ...


class HubDoor:
    """Answers to requests of subscribers."""

    def __init__(self, desk: HubDesk) -> None:
        self._desk = desk

    async def answer(self, request: Request) -> Response:
        """202 if the request will be looked into (section 5.2)."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            return _said(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A request is a form (application/x-www-form-urlencoded).")
        try:
            form = await request.body()  # the server takes in no more than 64 kB
        except ClientDisconnect:
            return _said(HTTPStatus.BAD_REQUEST, "The request has no end.")
        if len(form) > LONGEST:
            return _said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too long.")
        try:
            reply = await run_in_threadpool(self._desk.take, form)
        except AggregatorError as error:
            log.error("our hub cannot take a request: %s", error)
            reply = NoRoom()
        match reply:
            case Taken():
                return Response(status_code=HTTPStatus.ACCEPTED, headers=_HEADERS)
            case Refusal(words=words):
                return _said(HTTPStatus.BAD_REQUEST, f"Not taken: {words}.")
            case NoRoom():
                return _said(HTTPStatus.SERVICE_UNAVAILABLE, "Too many requests wait here; please try again.", _LATER)


def _said(status: HTTPStatus, words: str, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{words}\n", status, _HEADERS | (headers or {}))
