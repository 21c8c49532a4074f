"""What is known of stories beside their articles: which of them are one, why, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from aggregator.model.article import StoryId
from aggregator.model.source import SourceId

Merge = Literal["off", "url", "text"]
"""What makes two articles one story in a feed: nothing, one address, or that they say the same."""

AlsoIn = Literal["body", "links"]
"""How a feed names the others that tell a story: in a line for people as well, or only in what programs read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person says of stories, against whatever the rules say; a line of `corrections.yaml`."""

    verb: Literal["merge", "split"]
    stories: tuple[StoryId, ...]  # two or more, by the ids that their addresses give them; or one source's copy of one
    note: str = ""  # for people


@dataclass(frozen=True, slots=True)
class Standing:
    """A story that a source tells, at its place."""

    story: StoryId
    backlog: int  # 0: news; 1: it came with more than its source may bring at once; 2: and feeds stood there already


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """The place of a story among others, the newest first: by time, then by position, then by id. It never changes."""

    sort_at: datetime
    position: int
    story: StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """An article as far as it is judged: what it says, and where its story stands."""

    id: int
    source: SourceId
    story: StoryId
    date: datetime  # of publication; of its arrival, if nobody says
    first_seen: datetime
    sort_at: datetime
    title: str
    body: str = field(repr=False)  # sanitized HTML


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """An article that may tell the same story as another."""

    id: int
    source: SourceId
    story: StoryId
    date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The story under whose id others are published, too."""

    story: StoryId
    sort_at: datetime  # where all of them stand
    position: int
    sources: frozenset[SourceId]  # who tells one of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """One story was found to be another, by the texts of two articles."""

    story: StoryId  # that joined
    head: StoryId  # under whose id it is published from now on
    article: int  # of the story that joined
    like: int  # the article that it is like: of the head, or of a story that has joined it as well
    rule: str
    figures: Mapping[str, float]
    sort_at: datetime  # of the head
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One article was compared with those that are like it."""

    article: int
    source: SourceId
    keys: tuple[int, ...] = field(repr=False)  # by which it is found from now on
    join: Join | None
