"""What we follow, and the errand of visiting it once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NewType

from aggregator.model.entry import Rhythm

SourceId = NewType("SourceId", str)
"""Sixteen hex digits, made from the URL under which the source was first configured; kept when the URL changes."""


def source_id(url: str) -> SourceId:
    """The id of a source that is configured under this URL for the first time."""
    return SourceId(sha256(url.encode()).hexdigest()[:16])


CategoryPath = tuple[str, ...]
"""A category from its top level down: ("技术", "安全"). Never empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed that we follow, as its owner configured it: defaults, category and source settings already folded in."""

    id: SourceId
    url: str
    name: str  # shown to people; unique within its category
    category: CategoryPath
    language: str | None = None  # BCP 47; what the feed itself declares wins
    every: timedelta | None = None  # a fixed interval between polls; None: learned
    timeout: timedelta = timedelta(seconds=20)  # for the whole exchange, every redirect included
    max_size: int = 15_000_000  # bytes, after decompression
    headers: tuple[tuple[str, str], ...] = ()  # sent to this source's own origin only
    remove: tuple[str, ...] = ()  # CSS selectors of what the owner wants cut from each body
    full_text: bool = False  # fetch each article's page as well
    time_zone: str = "UTC"  # IANA name; read into dates that name no zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave us to ask conditionally with; echoed byte for byte, to the URL that gave it alone."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """All that a worker needs to visit one source, here or on another machine: it needs no database."""

    source: Source
    validators: Validators | None = None
    body_digest: bytes | None = None  # of the last document that we took in; equal bytes are not parsed again
    known: frozenset[bytes] = frozenset()  # fingerprints of the entries in that document; these are not refined again


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a source's permanent redirects (301, 308) lead."""

    to: str
    since: datetime  # when they were first met
    polls: int  # that were led there, one after another
    adopted: bool = False  # we ask there at once; the configured address only when that fails


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A source that we have leased from the store, with all that the store remembers for its next visit."""

    source: SourceId
    url: str  # as configured, or where it has moved to for good
    validators: Validators | None
    body_digest: bytes | None
    known: frozenset[bytes]
    failures: int  # in a row
    pace: str | None  # what was learned of its rhythm, in `decide.pace`'s own words
    rhythm: Rhythm  # what its last document said of its rhythm
    last_success: datetime | None
    move: Move | None = None
