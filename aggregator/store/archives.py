"""What stands in the archive of each feed: a part of the `Store` contract."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from aggregator.model.archive import Archive, Filed, Filing
from aggregator.model.article import StoryId
from aggregator.model.source import SourceId


class Archives(Protocol):
    """A story is in a feed's document or in one page of its archive, or the feed never had it."""

    def archive(self, slug: str) -> Archive | None:
        """As the last publication left it."""

    def shown(self, slug: str) -> list[Filed]:
        """What stood in the feed's document then, in no order."""

    def pages_of(self, slug: str, stories: Collection[StoryId]) -> dict[StoryId, int]:
        """The page of each of them that is in one."""

    def filed(self, slug: str, first: int, last: int) -> list[Filed]:
        """The stories of these pages (last included), in their order."""

    def file(self, filing: Filing) -> None:
        """Keep it, in one transaction."""

    def last_article(self) -> int:
        """The highest id of an article; 0 if there is none."""

    def last_judged(self) -> int:
        """The highest id up to which no article waits to be judged."""

    def stories_since(self, sources: Collection[SourceId], after: int, upto: int) -> list[StoryId]:
        """The stories of the articles of these sources with such ids (after < id <= upto), in no order."""

    def heads_since(self, sources: Collection[SourceId], after: int, upto: int) -> list[StoryId]:
        """Like `stories_since`, with joined stories under the id of their head."""

    def oldest_first(self, stories: Sequence[Filed]) -> list[Filed]:
        """In the reverse of the order in which a feed shows them; first those of which nothing is kept any more."""
