"""What the pages show: stories in a row, one story with all who tell it, when a source posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aggregator.model.feed import Item, Outlet
from aggregator.model.story import Spot


@dataclass(frozen=True, slots=True)
class Listed:
    """A story in a row of others."""

    item: Item
    spot: Spot


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some of the stories of a feed, one after another, the newest first."""

    stories: tuple[Listed, ...] = ()
    older: Spot | None = None  # where to go on; None: these are the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """An article that tells a story, and why it does."""

    outlet: Outlet
    title: str
    published: datetime
    first_seen: datetime
    how: Literal["began", "address", "joined"]  # it was the first; it has the same address; its text is alike
    rule: str = ""  # of what joined
    shown: bool = False  # its copy is the one that is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story, with all that tell it in the order in which they were first seen."""

    item: Item
    spot: Spot
    tellers: tuple[Teller, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """When a source posted, in the last `days`: articles by hour and by weekday, in UTC."""

    days: int
    hours: tuple[int, ...]  # 24, from midnight
    weekdays: tuple[int, ...]  # 7, from Monday

    @property
    def articles(self) -> int:
        """How many it were."""
        return sum(self.hours)
