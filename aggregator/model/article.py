"""An entry as we keep it: in the front-matter schema, cleaned, absolute, safe to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from aggregator.model.entry import Enclosure
from aggregator.model.source import SourceId

SafeHtml = NewType("SafeHtml", str)
"""HTML that came out of `refine.sanitize` as its last step. Nothing else may make one, but the store that kept it."""

Alias = NewType("Alias", bytes)
"""Sixteen bytes: one name under which an article is known within its source (by guid, link, or title and date)."""

StoryId = NewType("StoryId", str)
"""`urn:uuid:…`, the permanent id under which a story is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The first eight fields are the front matter (docs/front-matter.md); the rest is what else we know."""

    title: str  # plain text, never empty: a title is made from the body where there is none
    categories: tuple[str, ...]  # a path: category levels · source name · the feed's own title
    headimg: str  # absolute URL; '' where there is none
    author: str  # all authors, ", " between; the source's name where none is given
    comments: bool = False
    date: datetime | None  # UTC, whole seconds; None only until `decide` has settled it
    thumbnail: str  # absolute URL; '' where there is none
    body: SafeHtml

    link: str | None = None  # absolute, http(s)
    guid: str | None = None
    updated: datetime | None = None  # UTC, as published
    language: str | None = None  # BCP 47
    enclosures: tuple[Enclosure, ...] = ()  # absolute, http(s)
    tags: tuple[str, ...] = ()  # the publisher's own categories, plain text
    summary: str = ""  # plain text, at most 500 characters
    comments_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """Names that an article may share with others of its source: what is left where a feed changed all the names."""

    dated: Alias | None = None  # its title and date
    text: Alias | None = None  # its title and text
    path: Alias | None = None  # its page without the host; of a guid, where there is no page
    is_telling: bool = False  # the text is long enough to be no phrase that stands in many

    def __iter__(self) -> Iterator[Alias]:
        """Those that there are."""
        return (name for name in (self.dated, self.text, self.path) if name is not None)


@dataclass(frozen=True, slots=True)
class Removal:
    """A part of an entry that is no part of the article."""

    rule: str  # why, in plain words
    cut: str  # the markup that was taken out; untrusted, and only its beginning where it is long
    place: str = ""  # the elements around it, from the outermost inwards: "div > ul"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article as the store holds it."""

    id: int  # grows with every article that is added; never used again
    source: SourceId
    story: StoryId
    article: Article
    first_seen: datetime
    changed: datetime  # when its content last differed; first_seen if never
    sort_at: datetime  # fixed at first sight
    hidden: bool = False  # a rule keeps it out of the feed that it was read for; a story may have begun with it
    tagged: tuple[str, ...] = ()  # categories of ours that rules have added
    backlog: bool = False  # it came with more than its source may bring at once (`max_new`); fixed at first sight
    is_copy: bool = False  # another article had begun its story when it was judged; fixed then
