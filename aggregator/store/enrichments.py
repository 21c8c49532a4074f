"""What is remembered of articles' pages: a part of the `Store` contract."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from aggregator.model.enrichment import PageCounts, PageErrand, PageResult
from aggregator.model.source import SourceId


class Enrichments(Protocol):
    """The queue of pages that are to be fetched. Each verb is one transaction.

    `record` and `deliver` put the articles that they write into it where the source wants full text; an article that
    changes in its feed is put there again, and shows the text of its page until that was fetched anew.
    """

    def claim_pages(self, *, holder: str, now: datetime, until: datetime, limit: int) -> list[PageErrand]:
        """Lease pages that are due, the longest due first: one of each host, none of a host of which one is leased."""

    def count_pages(self, now: datetime) -> int:
        """How many pages are due and not leased."""

    def enrich(self, result: PageResult, *, holder: str, now: datetime) -> bool:
        """Write what came of a visit and end its lease; False, and nothing is written, where the lease is ours no more:
        the article has changed since, or is gone.

        An article that subscribers have seen without this text is marked as updated; one that they have not, is not.
        """

    def rest_pages(self, host: str, until: datetime) -> None:
        """No page of this host is due before then."""

    def page_counts(self) -> dict[SourceId, PageCounts]:
        """How the pages of each source stand that has any."""
