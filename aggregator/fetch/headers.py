"""What a response's header block says: fields, validators, and when to come back. Pure, and never raises.

Bytes are read as latin-1 throughout: it is reversible, so an ETag goes back as the very bytes that came.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from aggregator.model.source import Validators

SHORTEST_WAIT = timedelta(seconds=60)
LONGEST_WAIT = timedelta(days=7)
_MAX_VALIDATOR = 4096  # longer ones buy nothing, and servers refuse requests with such headers
# Lists, even where they are sent as several lines (RFC 9110 section 5.3); Link names hub and self of a feed.
_JOINED = frozenset({"content-encoding", "cache-control", "link"})
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,20})", re.IGNORECASE)
_UNUSABLE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")  # controls, and what is no byte: it could start a header of its own


def parse_block(lines: Iterable[bytes]) -> dict[str, str]:
    """Header lines without the status line, as lower-case name → value; the last of repeated ones, lists joined."""
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        text = line.rstrip(b"\r\n").decode("latin-1")
        if text[:1] in (" ", "\t") and name:  # obsolete folding, RFC 9112 section 5.2
            fields[name] = f"{fields[name]} {text.strip()}"
            continue
        name, colon, value = text.partition(":")
        name = name.strip().lower() if colon else ""
        if not name:
            continue
        value = value.strip(" \t")
        fields[name] = f"{fields[name]}, {value}" if name in _JOINED and name in fields else value
    return fields


def as_text(value: str) -> str:
    """A field that was meant as UTF-8 (a Location with Chinese in it), as such; else as latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def validators_of(url: str, headers: Mapping[str, str], older: Validators | None = None) -> Validators | None:
    """What to ask conditionally with next time (RFC 9110 section 8.8); `older` fills in what a 304 leaves out."""
    etag = usable(headers.get("etag")) or (older.etag if older else None)
    last_modified = usable(headers.get("last-modified")) or (older.last_modified if older else None)
    if etag is None and last_modified is None:
        return None
    return Validators(url=url, etag=etag, last_modified=last_modified)


def usable(value: str | None) -> str | None:
    """The validator, if it can be sent back exactly and cannot break out of its header line."""
    if not value or len(value) > _MAX_VALIDATOR or _UNUSABLE.search(value):
        return None
    return value


def conditions(validators: Validators | None) -> list[bytes]:
    """If-None-Match and If-Modified-Since, byte for byte as the server gave them (RFC 9110 section 13.1)."""
    if validators is None:
        return []
    pairs = (("If-None-Match", usable(validators.etag)), ("If-Modified-Since", usable(validators.last_modified)))
    return [f"{name}: {value}".encode("latin-1") for name, value in pairs if value is not None]


def fresh_until(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When a stored copy turns stale (RFC 9111 section 4.2), as a hint not to ask before; at most a week ahead."""
    if "no-cache" in headers.get("cache-control", "").lower():
        return None
    lifetime = _lifetime(headers, now)
    if lifetime is None:
        return None
    left = min(lifetime - _seconds(headers.get("age", ""), default=timedelta(0)), LONGEST_WAIT)
    return now + left if left > timedelta(0) else None


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Retry-After (RFC 9110 section 10.2.3), between a minute and a week ahead; None if the response has none."""
    value = headers.get("retry-after")
    if value is None:
        return None
    wait = SHORTEST_WAIT  # also for what cannot be read: the server did ask for a pause
    if value.strip().isdigit() and value.strip().isascii():
        wait = _seconds(value, default=SHORTEST_WAIT)
    elif (date := http_date(value)) is not None:
        wait = date - now
    return now + min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)


def http_date(value: str) -> datetime | None:
    """A date of RFC 9110 section 5.6.7, in UTC; None if it is none."""
    if len(value) > 100:
        return None
    try:
        date = parsedate_to_datetime(value)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _lifetime(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    if found := _MAX_AGE.search(headers.get("cache-control", "")):
        return _seconds(found[1], default=timedelta(0))
    expires = http_date(headers.get("expires", ""))
    if expires is None:
        return None
    return expires - (http_date(headers.get("date", "")) or now)


def _seconds(text: str, *, default: timedelta) -> timedelta:
    """A number of seconds; absurd ones count as a year, which every caller cuts down further."""
    text = text.strip()
    if not (text.isascii() and text.isdigit()):
        return default
    return timedelta(seconds=int(text)) if len(text) < 9 else timedelta(days=365)
