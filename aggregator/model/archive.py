"""The archive of a feed: what no longer stands in its document, in documents of their own that never change.

RFC 5005 §4. A feed is read backwards along `prev-archive`: its document, then these, the newest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.model.article import StoryId

SIZE = 128
"""Stories in a full page. A power of two, so that what a page is made of fits together to the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """One story, as it is shown in one feed."""

    story: StoryId  # the id that it has there
    article: int | None = None  # where every copy is a story of its own: the only article that tells it
    sort_at: datetime | None = None  # where it stands in the feed's document; None in an archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of an archive. Once it is full, nothing of it changes."""

    number: int  # from 1; one that was given up is never used again
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What is known of the archive of one feed."""

    slug: str
    pages: tuple[Page, ...] = ()  # the oldest first; all but the last are full
    size: int = SIZE  # of a full page; the one with which the archive began
    last: int = 0  # the highest page number that was ever used
    upto: int = 0  # articles with an id up to this have been looked at
    scope: str = ""  # what decided which stories the feed has; when that changes, every article is looked at again
    base_url: str = ""  # that stands in its documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What changes in an archive with one publication."""

    archive: Archive  # as it is from now on
    shown: tuple[Filed, ...]  # stand in the feed's document now, and did not
    filed: tuple[tuple[Filed, int, int], ...]  # with the page of each, and its place there, from 0
    given_up: int | None = None  # this page and all after it: some of their stories are in the feed's document again


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveDocument:
    """One document of an archive. Its name says which stories it holds, and never stands for others."""

    page: int
    start: int  # the places of its stories in the page: from this one
    end: int  # to the one before this
    name: str
    older: str | None  # the name of the one before it; it never changes either
