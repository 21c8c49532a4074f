"""One HTTP exchange: what was asked, and what came back. The outcomes are a union, and are matched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.model.source import Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One polite, bounded, guarded GET, or a POST of a form where there is one."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()  # withheld after a redirect to another origin
    validators: Validators | None = None  # sent only if their URL is this URL
    timeout: timedelta = timedelta(seconds=20)  # over the whole exchange: DNS, TLS, every redirect, every slow byte
    max_size: int = 15_000_000  # bytes, after decompression
    accept: str = (
        "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
        "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
    )
    form: bytes | None = field(default=None, repr=False)  # application/x-www-form-urlencoded; it may hold a secret
    proxy: str | None = None  # an http or socks5 proxy's URL; None: the client's own, or none; "": none


class Failure(StrEnum):
    """Why an exchange, or the document that it brought, gave us nothing. Each has its own words in `status`."""

    DNS = "name not found"
    CONNECT = "no connection"
    TLS = "TLS failed"
    TIMEOUT = "took too long"
    TOO_LARGE = "too large"
    BLOCKED = "blocked"
    REDIRECT = "redirects without end"
    PROTOCOL = "not HTTP"
    STATUS = "refused by the server"
    GONE = "gone (410)"
    FILE = "cannot read the file"
    COMMAND = "the command failed"
    NOT_A_FEED = "not a feed"
    OURS = "our fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A whole document arrived: status 200, complete, within all limits. Of a POST: it was accepted (2xx)."""

    url: str  # where it came from, after redirects
    body: bytes  # decompressed
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case; the last of repeated ones
    validators: Validators | None = None  # to ask with next time
    moved_to: str | None = None  # set if every redirect on the way was permanent (301, 308)
    retry_after: datetime | None = None  # the server asked not to be polled before then (Retry-After)
    fresh_until: datetime | None = None  # until when a cache would give this document again (max-age, Expires)

    @property
    def content_type(self) -> str | None:
        """The Content-Type header as sent, parameters included."""
        return self.headers.get("content-type")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304, in answer to validators that we sent. Its body, if any, was ignored."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    validators: Validators | None = None  # those that we sent, or the newer ones of the 304
    moved_to: str | None = None
    retry_after: datetime | None = None
    fresh_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """Nothing usable arrived. Never raised: a publisher's mistake is a value, recorded on its source."""

    url: str
    failure: Failure
    detail: str  # one sentence for the operator; holds no credentials
    status: int | None = None  # HTTP status, if one came
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after: datetime | None = None


FetchResult = Fetched | NotModified | FetchFailed
