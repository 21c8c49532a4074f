"""What the owner wants shown, and how: `rules:` as values. What they mean to an article is in `compose.rules`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

Word = Literal["title", "author", "link", "text", "categories", "language", "source", "enclosure"]
"""A part of an article that patterns look at."""

Part = Literal["title", "author", "link", "language", "headimg", "thumbnail"]
"""A part of an article that a rule may write."""

Period = Literal["hour", "day", "week"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression, found anywhere in a text. Case does not matter, unless it is said to."""

    text: str
    case: bool = False


@dataclass(frozen=True, slots=True)
class Says:
    """One of the patterns is found in this part of the article."""

    part: Word
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Older:
    """Its date is longer ago than this."""

    than: timedelta


@dataclass(frozen=True, slots=True)
class Longer:
    """It has more words than this; a Chinese character counts as one."""

    than: int


@dataclass(frozen=True, slots=True)
class All:
    """All of them hold; with none, this always does."""

    of: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of them holds; with none, this never does."""

    of: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    of: Condition


Condition = Says | Older | Longer | All | AnyOf | Not

ALWAYS = All()


@dataclass(frozen=True, slots=True)
class Drop:
    """It is in no feed."""


@dataclass(frozen=True, slots=True)
class Keep:
    """What does not match is in no feed."""


@dataclass(frozen=True, slots=True)
class Tag:
    """It stands in the feeds of these categories as well, each a path as a key: "技术/AI"."""

    add: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What the pattern finds is replaced, each time that it is found."""

    part: Literal["title", "author"]
    pattern: Pattern
    by: str


@dataclass(frozen=True, slots=True)
class Put:
    """These parts of it are this text."""

    parts: tuple[tuple[Part, str], ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """Of each source so many: its newest, or the first of each period."""

    most: int
    per: Period | None = None


Action = Drop | Keep | Tag | Rewrite | Put | Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One of the owner's rules."""

    action: Action
    when: Condition = ALWAYS
    place: str = field(default="", compare=False, repr=False)  # where it is written: "config.yaml:12"
    words: str = field(default="", compare=False, repr=False)  # how: "drop {title: 广告|推广}"

    def __str__(self) -> str:
        return f"{self.words} ({self.place})" if self.place else self.words or type(self.action).__name__.lower()


def conditions(condition: Condition) -> Iterator[Condition]:
    """A condition and all within it."""
    yield condition
    match condition:
        case All(of=of) | AnyOf(of=of):
            for each in of:
                yield from conditions(each)
        case Not(of=one):
            yield from conditions(one)


def asks_for_age(rules: tuple[Rule, ...]) -> bool:
    """Whether time alone can change what they say."""
    return any(isinstance(each, Older) for rule in rules for each in conditions(rule.when))
