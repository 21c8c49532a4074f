"""An item as its publisher wrote it, and the document that it stood in. Nothing here is trusted or cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from aggregator.model.podcast import Podcast


@dataclass(frozen=True, slots=True)
class Markup:
    """A text construct: what the publisher wrote, and whether it is to be read as text or as HTML."""

    value: str
    kind: Literal["text", "html"] = "html"
    base: str | None = None  # xml:base in scope, if the document had one; absolute or relative


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that comes with an entry: a podcast episode, a PDF."""

    url: str
    type: str | None = None  # MIME type
    length: int | None = None  # bytes
    title: str | None = None
    duration: int | None = None  # seconds
    # Of an episode of a podcast:
    image: str | None = None
    explicit: bool | None = None
    season: int | None = None
    episode: int | None = None  # its number
    kind: Literal["full", "trailer", "bonus"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image that the publisher named for an entry (media:content, itunes:image, JSON Feed image, …)."""

    url: str
    width: int | None = None  # CSS pixels, as declared
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item, in the publisher's own words. Strings are legal XML text of bounded length; URLs may be relative."""

    guid: str | None = None  # never resolved against anything: a bare guid must not change when a feed moves host
    link: str | None = None  # the alternate link; a guid that is a permalink where there is no link
    title: Markup | None = None
    summary: Markup | None = None
    content: Markup | None = None  # the full body; where a feed gives only a summary, None
    authors: tuple[str, ...] = ()  # names, or e-mail addresses where there is no name
    published: datetime | None = None  # UTC; None also if it could not be read
    is_relative: bool = False  # `published` was told from the time of asking: it is another one every time
    updated: datetime | None = None
    unread_date: str | None = None  # a date that was given and that nothing could read, for the log
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    images: tuple[Image, ...] = ()
    language: str | None = None
    comments: str | None = None  # URL of the discussion


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What a feed says about how often it wants to be asked (ttl, sy:*, skipHours, skipDays)."""

    interval: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()  # 0–23, UTC
    skip_days: frozenset[int] = frozenset()  # Monday is 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A document that is a feed; one without entries is a feed too."""

    title: str | None = None  # plain text
    link: str | None = None  # the site; may be relative
    description: str | None = None  # plain text
    language: str | None = None
    author: str | None = None
    image: str | None = None
    podcast: Podcast | None = None  # what it says of itself as one
    hub: str | None = None  # WebSub
    self_url: str | None = None
    rhythm: Rhythm = Rhythm()
    entries: tuple[Entry, ...] = ()  # in document order
    warnings: tuple[str, ...] = ()  # what was mended to read it


@dataclass(frozen=True, slots=True)
class NotAFeed:
    """A document of another kind: an HTML page, an error in JSON, a picture."""

    reason: str  # one sentence, e.g. "an HTML page (title: Just a moment...)"


ParseResult = ParsedFeed | NotAFeed

Edges = frozenset[bytes]
"""Blocks of text at the head and the foot of a body, by hash: what may turn out to stand in every article."""

Ends = tuple[tuple[bytes, Edges], ...]
"""The edges of a source's latest articles, each under a name of its article: compared to learn what recurs."""
