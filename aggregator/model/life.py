"""The life of an article: what is known of it, from the feed that brought it to the feeds that it stands in.

Facts only; how they are said is for whoever shows them (`web/life.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from aggregator.model.article import Removal, StoryId
from aggregator.model.enrichment import PageState
from aggregator.model.source import CategoryPath
from aggregator.model.story import Correction, Merge

Hindrance = Literal["rule", "person", "source", "distance"]
"""What keeps two articles apart: what they say; a person; that the source tells that story already; that the story
began too long before or after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An article, as one names it to people."""

    id: int
    title: str
    link: str | None
    source: str  # its name
    story: StoryId  # its own; see `Life.story`
    date: datetime
    first_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The source that brought an article."""

    name: str
    category: CategoryPath
    url: str  # of its feed, as it may be shown
    followed: bool
    last_poll: datetime | None
    problem: str | None  # of the last poll; None: it was fine


@dataclass(frozen=True, slots=True, kw_only=True)
class Dating:
    """The dates of an article."""

    used: datetime  # never changes
    came: datetime | None  # the publisher's own, as far as it could be read
    unread: str | None  # what could not be
    is_known: bool  # whether the last two are: what the publisher wrote is kept
    first_seen: datetime
    changed: datetime | None  # when its content last differed; None: never
    sort_at: datetime  # where it stands


@dataclass(frozen=True, slots=True)
class Name:
    """A name by which its source's documents are recognised to speak of this article."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of the articles that tell a story, and why it is one of them."""

    article: Listed
    how: Literal["began", "address", "joined"]
    rule: str | None = None  # if it joined
    figures: Mapping[str, float] = field(default_factory=dict)
    like: Listed | None = None  # the article that it was found to be like


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """An article that shares words with this one, and tells another story."""

    article: Listed
    rule: str
    figures: Mapping[str, float]
    hindrance: Hindrance


Deed = Literal["dropped", "limited", "tagged", "changed", "slow"]
"""What a rule did to an article; "slow": it ran out of time, and did nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One of the owner's rules that concerns an article."""

    did: Deed
    rule: str  # as it is written: "drop {title: 广告|推广}"
    place: str  # where: "config.yaml:12"
    tags: tuple[str, ...] = ()  # the categories that it added


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A feed that an article belongs to, and where it stands there."""

    slug: str
    place: int | None  # from 1; None: it is not among the newest
    stories: int  # in the document
    limit: int
    merge: Merge
    id: StoryId | None  # under which it stands
    shown: str | None  # the source whose copy is shown
    kept_out: Ruling | None = None  # by this rule; another copy of its story may be shown
    is_guest: bool = False  # it stands there because a rule tagged it


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """All that is known of one article."""

    article: Listed
    origin: Origin
    dating: Dating
    names: tuple[Name, ...]
    earlier_names: int  # that it was known by before its guid, link or title changed, or that cannot be told
    story: StoryId  # under which it is published
    waits: bool  # it was not compared with others yet
    is_backlog: bool  # it came with more than its source may bring at once
    members: tuple[Member, ...]  # of the story, the one that began it first
    nearest: tuple[Near, ...]
    corrections: tuple[Correction, ...]  # that name one of the story
    removals: tuple[Removal, ...] | None  # by cleaning; None: what the publisher wrote is not kept
    page: PageState | None  # of its own page, where the full text is wanted
    page_reason: str
    standings: tuple[Standing, ...]
    rulings: tuple[Ruling, ...] = ()  # in the order in which the rules were asked
    changes: tuple[tuple[str, str], ...] = ()  # parts of it, and what rules show in their place


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """More than one article may be meant."""

    asked: str
    candidates: tuple[Listed, ...]  # the newest first
    is_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """An article that was pruned: its names are remembered, so that it does not come back."""

    asked: str
    id: int
    source: str | None
    at: datetime | None  # when; None: before that was written down


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """A source of the host that was asked for."""

    origin: Origin
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nothing of that name was ever kept."""

    asked: str
    host: str  # '' where no address was asked for
    sources: tuple[Neighbourhood, ...]  # of that host
    nearest: tuple[Listed, ...]  # by title


Answer = Life | Several | Gone | Unknown
