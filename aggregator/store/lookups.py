"""What whoever asks for one article wants to know: a part of the `Store` contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from aggregator.model.article import Alias, StoredArticle
from aggregator.model.enrichment import PageState
from aggregator.model.outcome import Original
from aggregator.model.source import SourceId


class Lookups(Protocol):
    """Reads only. Each verb may take time in proportion to what is kept: nothing here is for a poll."""

    def aliases_of(self, source: SourceId, article: int) -> frozenset[Alias]:
        """Every name under which an article is known."""

    def titled(self, words: Sequence[str], limit: int) -> list[StoredArticle]:
        """Articles in whose titles all of these stand, the newest first. ASCII letters of either case are one."""

    def titled_like(self, words: Sequence[str], limit: int) -> list[StoredArticle]:
        """The articles whose titles hold most of these words, in whatever case; of equal ones the newest first."""

    def links(self) -> Iterator[tuple[int, SourceId, str, str | None]]:
        """Of every article: id, source, story, link."""

    def pruned_at(self, article: int) -> datetime | None:
        """When an article was pruned; None where it was not, or before that was written down."""

    def original_of(self, article: int) -> Original | None:
        """What an article was made from, if that is kept."""

    def page_of(self, article: int) -> tuple[PageState, str] | None:
        """What became of its page, and why; None where its page is not wanted."""

    def waits(self, article: int) -> bool:
        """Whether it is still to be compared with others."""
