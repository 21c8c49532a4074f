"""Finding articles by their words: a part of the `Store` contract."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from aggregator.model.search import Match, Term
from aggregator.model.source import SourceId


class Search(Protocol):
    """An article is found by the words of its title, of its text, and of its author and tags, from the moment it is
    kept; what changes or goes is found as it is now. Only what was kept before there was a search waits."""

    def matches(
        self, wanted: Sequence[Term], unwanted: Sequence[Term], sources: Collection[SourceId], limit: int
    ) -> list[Match]:
        """Articles of these sources that hold all that is wanted and nothing that is not, the newest. With nothing
        wanted: all of these sources. Words in a title weigh more.

        Raises `SearchTooSlowError` rather than take longer than a few seconds.
        """

    def count_unsearchable(self) -> int:
        """How many articles wait: they cannot be found yet."""

    def make_searchable(self, limit: int) -> int:
        """Let so many of those that wait be found, the newest first; how many it were."""

    def search_afresh(self) -> None:
        """Forget what was cut into words; all articles wait."""
