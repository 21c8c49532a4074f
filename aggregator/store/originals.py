"""What articles were made from, and what is learned of it: a part of the `Store` contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from aggregator.model.entry import Ends
from aggregator.model.outcome import StoredOriginal
from aggregator.model.source import SourceId


class Originals(Protocol):
    """Each verb is one transaction."""

    def originals(self, after: int, limit: int) -> list[StoredOriginal]:
        """Articles whose original is kept, in the order of their ids, those after this id."""

    def count_originals(self, after: int) -> int:
        """How many `originals` has to give."""

    def latest_originals(self, source: SourceId, limit: int) -> list[StoredOriginal]:
        """The newest articles of one source whose original is kept, newest first."""

    def rewrite(self, articles: Sequence[StoredOriginal]) -> None:
        """The same content in other words: feeds are to be written again, but nothing counts as changed.

        Where an article shows its page, `feed_body` is written besides.
        What an article is known by – guid, link and dates – stays as it is. One that changed meanwhile is left alone.
        """

    def ends(self, source: SourceId) -> Ends:
        """How the latest articles of a source begin and end."""

    def keep_ends(self, source: SourceId, ends: Ends) -> None:
        """Remember that."""
