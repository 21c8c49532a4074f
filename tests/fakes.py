"""Fakes that behave: a web of documents without sockets, and a clock that goes when it is told to."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from aggregator.model.exchange import Failure, Fetched, FetchFailed, FetchResult, NotModified, Request
from aggregator.model.source import Validators
from tests.builders import NOW


class FakeWeb:
    """Documents by URL, with ETags. `requests` remembers what was asked."""

    def __init__(self) -> None:
        self._documents: dict[str, bytes | Failure | FetchFailed | Exception] = {}
        self._moved: dict[str, str] = {}
        self.requests: list[Request] = []

    def serve(self, url: str, body: bytes | str) -> FakeWeb:
        self._documents[url] = body.encode() if isinstance(body, str) else body
        return self

    def fail(self, url: str, failure: Failure = Failure.TIMEOUT) -> FakeWeb:
        self._documents[url] = failure
        return self

    def refuse(self, url: str, status: int, retry_after: datetime | None = None, detail: str = "") -> FakeWeb:
        self._documents[url] = FetchFailed(
            url=url, failure=Failure.STATUS, status=status, retry_after=retry_after, detail=detail
        )
        return self

    def explode(self, url: str, error: Exception) -> FakeWeb:
        self._documents[url] = error
        return self

    def move(self, url: str, target: str) -> FakeWeb:
        self._moved[url] = target
        return self

    def fetch(self, request: Request) -> FetchResult:
        self.requests.append(request)
        moved_to = self._moved.get(request.url)
        url = moved_to or request.url
        document = self._documents.get(url, Failure.DNS)
        if isinstance(document, Exception):
            raise document
        if isinstance(document, FetchFailed):
            return document
        if isinstance(document, Failure):
            return FetchFailed(url=request.url, failure=document, detail="as the test wishes")
        validators = Validators(url=url, etag=f'"{sha256(document).hexdigest()[:8]}"')
        if request.validators == validators:
            return NotModified(url=url, validators=validators, moved_to=moved_to)
        return Fetched(url=url, body=document, validators=validators, moved_to=moved_to)


class FakeClock:
    """Says the same time until `pass_` is called."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, time: timedelta) -> datetime:
        self.now += time
        return self.now
