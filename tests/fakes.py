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
        self._documents: dict[str, bytes | Failure | Exception] = {}
        self.requests: list[Request] = []

    def serve(self, url: str, body: bytes | str) -> FakeWeb:
        self._documents[url] = body.encode() if isinstance(body, str) else body
        return self

    def fail(self, url: str, failure: Failure = Failure.TIMEOUT) -> FakeWeb:
        self._documents[url] = failure
        return self

    def explode(self, url: str, error: Exception) -> FakeWeb:
        self._documents[url] = error
        return self

    def fetch(self, request: Request) -> FetchResult:
        self.requests.append(request)
        document = self._documents.get(request.url, Failure.DNS)
        if isinstance(document, Exception):
            raise document
        if isinstance(document, Failure):
            return FetchFailed(url=request.url, failure=document, detail="as the test wishes")
        validators = Validators(url=request.url, etag=f'"{sha256(document).hexdigest()[:8]}"')
        if request.validators == validators:
            return NotModified(url=request.url, validators=validators)
        return Fetched(url=request.url, body=document, validators=validators)


class FakeClock:
    """Says the same time until `pass_` is called."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, time: timedelta) -> datetime:
        self.now += time
        return self.now
