"""What we remember. `Store` is the contract; `sqlite/` keeps it in one file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from aggregator.model.article import Alias, Article, StoredArticle, StoryId
from aggregator.model.feed import Outlet
from aggregator.model.outcome import Known, Place, Record, Save
from aggregator.model.source import Claim, Lease, Source, SourceId
from aggregator.model.status import SourceStatus
from aggregator.model.story import Standing
from aggregator.store.archives import Archives
from aggregator.store.browsing import Browsing
from aggregator.store.enrichments import Enrichments
from aggregator.store.health import Health
from aggregator.store.hub import HubRecords
from aggregator.store.lookups import Lookups
from aggregator.store.originals import Originals
from aggregator.store.search import Search
from aggregator.store.stories import Stories
from aggregator.store.subscriptions import Subscriptions


class Store(
    Subscriptions, Stories, Enrichments, Originals, Lookups, Search, Archives, Browsing, HubRecords, Health, Protocol
):
    """Verbs that the jobs need. Each is one transaction; all are safe to call from any thread.

    Raises `StoreBusyError` where another process holds the database for too long, `StoreError` for what it cannot do.
    """

    # the sources

    def sync(self, sources: Sequence[Source], now: datetime) -> tuple[Source, ...]:
        """Take over the configured sources; those no longer configured stop, and keep their articles.

        The sources come back with the ids under which they are kept: one that changed only its URL, or that was so far
        known from imported posts alone, keeps the id that it had.
        """

    def make_due(self, now: datetime) -> None:
        """Every configured source is due now, those that are gone included."""

    def postpone(self, until: Mapping[SourceId, datetime], reason: str) -> None:
        """These sources are due at their time at the earliest; what is due later anyway stays so, with its reason."""

    def claim(self, *, due_by: datetime, holder: str, now: datetime, until: datetime, limit: int) -> list[Claim]:
        """Lease configured sources that are due by then, the longest due first.

        A source that somebody else has leased is left to them until their lease ends.
        """

    def count_due(self, *, due_by: datetime, now: datetime) -> int:
        """How many sources `claim` could give."""

    def give_back(self, sources: Collection[SourceId]) -> None:
        """End the leases of these: they were not visited after all."""

    def release(self, holder: str) -> None:
        """Give back every lease of this holder: it has ended."""

    def leases(self, now: datetime) -> frozenset[Lease]:
        """Which sources are being visited."""

    def holders(self) -> tuple[str, ...]:
        """Who holds leases."""

    def status(self) -> tuple[SourceStatus, ...]:
        """Every source that we know, in the order of their categories and names."""

    # the articles

    def lookup(self, source: SourceId, aliases: Iterable[Alias]) -> dict[Alias, Known]:
        """What is known within this source under these names."""

    def said(self, articles: Collection[int]) -> dict[int, Article]:
        """What their feeds last said in these articles, also where they show their pages."""

    def places(self, stories: Collection[StoryId]) -> dict[StoryId, Place]:
        """Where these stories stand already."""

    def record(self, record: Record) -> None:
        """Write all that a visit changes, validators included, and release the lease: in one transaction."""

    def add(self, source: SourceId, saves: Sequence[Save], at: datetime) -> None:
        """Keep articles that did not come from a poll."""

    def add_source(self, source: Source, now: datetime) -> None:
        """Make an unconfigured source known, for articles that are imported."""

    def prune(self, before: datetime) -> int:
        """Delete articles that sort before this instant and were first seen before it (an archive that was imported
        yesterday is kept), and how many. Their names stay, so that they never come back."""

    # what is published

    def stories(self, sources: Collection[SourceId], limit: int) -> list[StoryId]:
        """The newest stories that these sources tell, newest first."""

    def standing(self, sources: Collection[SourceId]) -> Generator[Standing, None, None]:
        """The same for each article that tells them, as far as it is asked for: close it."""

    def tellings(self, stories: Sequence[StoryId]) -> dict[StoryId, list[StoredArticle]]:
        """All articles of these stories, each story's in the order in which they were first seen."""

    def outlets(self) -> dict[SourceId, Outlet]:
        """Every source as the origin of an item; link and date of the article are to be filled in."""

    def articles_between(
        self, source: SourceId, since: datetime | None, until: datetime | None
    ) -> Generator[StoredArticle, None, None]:
        """The articles of a source that stand at `since` or later and before `until`, newest first, as far as it is
        asked for: close it."""

    def articles(self) -> Iterator[StoredArticle]:
        """Every article, oldest first."""

    def changed_since(self, time: datetime) -> Iterator[StoredArticle]:
        """Articles that are new or changed since then (included), in that order."""

    def unpublished(self) -> dict[SourceId, int]:
        """Sources whose articles changed since their feeds were last published, with the revision they are at."""

    def mark_published(self, revisions: Mapping[SourceId, int]) -> None:
        """Their feeds are written, as of these revisions."""

    # the database itself

    def remember(self, key: str, value: str) -> None:
        """Keep one fact about this installation."""

    def recall(self, key: str) -> str | None:
        """A fact that was kept."""

    def batch(self) -> AbstractContextManager[None]:
        """One durable write around many verbs of this thread. Each of them is all or nothing still, and sees what those
        before it wrote; what is not finished with the batch may be lost with the power, and was then never written."""

    def backup(self, path: Path, watch: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Write a consistent copy while others go on reading and writing. `watch` is told the bytes that are written,
        and of how many."""

    def close(self) -> None:
        """Let go of the database."""
