"""What is looked for, and what is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aggregator.model.article import StoryId
from aggregator.model.feed import Item

Part = Literal["anywhere", "title"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words, as `words.cut` makes them, that stand one after another."""

    words: tuple[str, ...]  # never empty
    open: bool = False  # the last one is only the beginning of a word: a single Chinese character


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase, and where it is to stand."""

    phrase: Phrase
    part: Part = "anywhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What somebody looks for: articles that hold all of `wanted` and nothing of `unwanted`."""

    text: str = ""  # in its normal form: the same for all who ask the same
    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    sources: tuple[str, ...] = ()  # names, or parts of them, folded; the article is of one of these
    categories: tuple[str, ...] = ()  # keys, slugs or titles, folded; the article is in one of these
    not_sources: tuple[str, ...] = ()
    not_categories: tuple[str, ...] = ()
    within: str | None = None  # and in this category as well, whatever `categories` says
    cut: bool = False  # there was more than is looked for

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing of what is to be found; what is not to be found alone does not."""
        return not (self.wanted or self.sources or self.categories)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An article that was found."""

    article: int
    story: StoryId
    head: StoryId  # under which it is published with those that have been joined; itself, where there are none
    sort_at: datetime  # of the head
    position: int  # of the head
    relevance: float  # the higher, the better
    waits: bool  # to be judged: nobody knows yet whether it is a part of another story


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that is shown."""

    text: str
    marked: bool = False  # it is what was looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A story that was found, as it is shown."""

    item: Item
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]  # around what was looked for, or the beginning


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One page of what was found, the best first."""

    query: Query
    found: tuple[Found, ...] = ()
    total: int = 0  # stories, on all pages
    many: bool = False  # more was found than is put in order; of that, only the newest
    waiting: int = 0  # articles that cannot be found yet
