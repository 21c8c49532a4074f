"""What a visit found, what is to be saved, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.model.article import Alias, Article, Hints, SafeHtml, StoredArticle, StoryId
from aggregator.model.enrichment import PageOriginal
from aggregator.model.entry import Ends, Entry, Rhythm
from aggregator.model.exchange import FetchFailed
from aggregator.model.health import Event, Told
from aggregator.model.podcast import Podcast
from aggregator.model.source import Move, SourceId, Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A refined article with every name that identity can know it by, strongest first."""

    article: Article
    aliases: tuple[Alias, ...]
    digest: bytes  # of the entry's content, dates left out: a feed that re-dates everything changes nothing
    link_is_unique: bool  # no other entry of the document has the same canonical link
    position: int  # in the document, from 0
    hints: Hints = Hints()  # names that it may share with others: what is left of it in a feed that changed all
    original: Original | None = None  # None: it did not come from a feed


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """What a document says about itself, apart from its entries."""

    title: str | None = None
    link: str | None = None  # the site, absolute
    description: str | None = None
    language: str | None = None
    image: str | None = None
    podcast: Podcast | None = None
    hub: str | None = None
    self_url: str | None = None
    rhythm: Rhythm = Rhythm()


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """All that is needed to refine an article again."""

    entry: Entry  # with its link made absolute
    facts: FeedFacts  # of the document that it stood in


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOriginal:
    """An article with what it was made from."""

    stored: StoredArticle
    original: Original
    feed_body: SafeHtml | None = None  # what its feed says, where the article shows its page
    page: PageOriginal | None = None  # what that was made from, if it was kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """The document was new to us."""

    source: SourceId
    url: str  # where it came from
    moved_to: str | None  # the permanent redirects' target, if there were only such
    facts: FeedFacts
    candidates: tuple[Candidate, ...]  # only of entries that `known` did not hold
    known: frozenset[bytes]  # fingerprints of all entries of the document, for the next errand
    entries: int  # how many the document had
    body_digest: bytes
    validators: Validators | None
    warnings: tuple[str, ...] = ()
    not_before: datetime | None = None  # the server's wish (max-age, Expires)
    retry_after: datetime | None = None  # and its order
    ends: Ends = ()  # of the source's latest articles, for the next errand
    standing: frozenset[Alias] = frozenset()  # the names of all entries of the document, old ones included


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """A 304, or the same bytes again."""

    source: SourceId
    url: str
    moved_to: str | None
    validators: Validators | None
    not_before: datetime | None = None
    retry_after: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Nothing usable arrived; what we hold stays as it is."""

    source: SourceId
    failed: FetchFailed


VisitResult = Harvest | Unchanged | Failed


class Verdict(StrEnum):
    """What became of an article."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"  # it was pruned, and stands there under other names: these are remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """One article that the store should keep, and why."""

    verdict: Verdict
    article: Article  # its date is settled
    replaces: int | None  # the id of the stored article, if it changed
    aliases: tuple[Alias, ...]  # all names by which it is to be found from now on
    digest: bytes
    story: StoryId  # its own new one, or that of the story it joins
    joins: bool  # another source already tells this story
    first_seen: datetime
    sort_at: datetime  # fixed at first sight
    position: int  # orders what has the same sort_at; fixed at first sight
    backlog: int = 0  # its `Standing.backlog`; fixed at first sight
    original: Original | None = None  # kept beside it, where originals are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What identity needs to know of an article that the store has, or once had."""

    id: int
    pruned: bool  # only its names are left: it must not come back
    story: StoryId
    title: str
    guid: str | None
    link: str | None
    digest: bytes
    date: datetime
    updated: datetime | None
    first_seen: datetime
    sort_at: datetime
    position: int
    changed: datetime  # when it was last written


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a story stands; fixed when its first article is seen, and kept when it gains others."""

    story: StoryId
    sort_at: datetime
    position: int
    sources: frozenset[SourceId]  # who tells it


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPoll:
    """When a source is asked again, and why then."""

    at: datetime
    reason: str  # for `status`, e.g. "every 15m", "publisher asked to wait (Retry-After)"
    interval: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that one visit changes in the store: written in one transaction, or not at all."""

    result: VisitResult
    saves: tuple[Save, ...]
    at: datetime
    next_poll: NextPoll | None  # None: never again (410)
    pace: str | None = None  # what is now known of the source's rhythm
    move: Move | None = None  # and of where it has moved to
    gone: tuple[Save, ...] = ()  # of articles that were pruned: their new names alone
    missed: int | None = None  # `Subscription.missed` from now on; None: as it was
    events: tuple[Event, ...] = ()  # that the owner is told of
    told: Told | None = None  # what was then said of the source; None: as it was
