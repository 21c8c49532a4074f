"""What the pages ask for beside the feeds: a part of the `Store` contract."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from aggregator.model.source import SourceId
from aggregator.model.story import Spot


class Browsing(Protocol):
    """Reads only."""

    def spots(self, sources: Collection[SourceId], behind: Spot | None, limit: int) -> list[Spot]:
        """The newest of the stories that these sources tell, with their places; only those that stand behind this one.

        What came in meanwhile shifts nothing: a story is behind a place, or it is not.
        """

    def head_spots(self, sources: Collection[SourceId], behind: Spot | None, limit: int) -> list[Spot]:
        """The same with joined stories as one, at the place of their head. Articles that wait to be judged are left
        out."""

    def posted(self, since: datetime) -> Mapping[SourceId, Mapping[tuple[int, int], int]]:
        """How many articles of each source stand at a time since then, by weekday (0: Monday) and hour, in UTC."""
