"""One visit to one source.

    Errand ─► fetch | parse | identify | refine ─► VisitResult

Everything that crosses this function is a frozen value that pickles, so it runs in a thread, in a worker process or on
another machine. It needs no database: what the store knows of the source's last document travels with the errand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from zoneinfo import ZoneInfo

from aggregator.decide.identity import Identity, hints_of, identify
from aggregator.model.entry import Ends, Entry, NotAFeed, ParsedFeed
from aggregator.model.exchange import Failure, Fetched, FetchFailed, FetchResult, NotModified, Request
from aggregator.model.outcome import Candidate, Failed, FeedFacts, Harvest, Original, Unchanged, VisitResult
from aggregator.model.podcast import Podcast
from aggregator.model.source import Errand, Source
from aggregator.parse import parse_feed
from aggregator.parse.linkheader import link_of
from aggregator.refine import Refined, refined
from aggregator.refine.recurring import latest, recurring
from aggregator.refine.urls import absolute

Fetch = Callable[[Request], FetchResult]


def visit(errand: Errand, fetch: Fetch) -> VisitResult:
    """Ask the source once, conditionally, and bring back what is new in it. Raises nothing that a publisher causes."""
    source = errand.source
    match fetch(request_of(errand)):
        case FetchFailed() as failed:
            return Failed(source=source.id, failed=failed)
        case NotModified() as same:
            return Unchanged(
                source=source.id,
                url=same.url,
                moved_to=same.moved_to,
                validators=same.validators or errand.validators,
                not_before=same.fresh_until,
                retry_after=same.retry_after,
            )
        case Fetched() as fetched:
            return take_in(errand, fetched)


def request_of(errand: Errand) -> Request:
    """What is asked of the server."""
    source = errand.source
    agent = (("User-Agent", source.user_agent),) if source.user_agent else ()
    return Request(
        url=source.url,
        headers=(*source.headers, *agent),
        proxy=source.proxy,
        validators=errand.validators,
        timeout=source.timeout,
        max_size=source.max_size,
    )


def take_in(errand: Errand, fetched: Fetched, kept: FeedFacts | None = None) -> VisitResult:
    """What is new in a document that has arrived.

    `kept` is what the source's own document said of itself, where this is another one: a hub's.
    """
    digest = sha256(fetched.body).digest()
    if digest == errand.body_digest:
        return Unchanged(
            source=errand.source.id,
            url=fetched.url,
            moved_to=fetched.moved_to,
            validators=fetched.validators,
            not_before=fetched.fresh_until,
            retry_after=fetched.retry_after,
        )
    match parse_feed(fetched.body, fetched.content_type, zone=ZoneInfo(errand.source.time_zone), now=errand.at):
        case NotAFeed(reason=reason):
            failed = FetchFailed(
                url=fetched.url, failure=Failure.NOT_A_FEED, detail=reason, retry_after=fetched.retry_after
            )
            return Failed(source=errand.source.id, failed=failed)
        case ParsedFeed() as feed:
            facts = _facts(feed, fetched)
            if kept is not None:
                facts = replace(facts, title=kept.title or facts.title, link=kept.link or facts.link)
            return _harvest(errand, fetched, feed, facts, digest)


def _harvest(errand: Errand, fetched: Fetched, feed: ParsedFeed, facts: FeedFacts, digest: bytes) -> Harvest:
    source = errand.source
    bases = [base for base in (facts.link, fetched.url) if base]
    entries = [_with_absolute_link(entry, bases) for entry in feed.entries]
    identities = identify(entries)
    new = [
        (position, entry, identity)
        for position, (entry, identity) in enumerate(zip(entries, identities, strict=True))
        if not identity.repeats and identity.fingerprint not in errand.known
    ]
    found, ends = refine_all([(identity.aliases[0], entry) for _, entry, identity in new], facts, source, errand.ends)
    return Harvest(
        source=source.id,
        url=fetched.url,
        moved_to=fetched.moved_to,
        facts=facts,
        candidates=tuple(
            _candidate(position, result, identity, Original(entry=entry, facts=facts) if source.keep_original else None)
            for (position, entry, identity), result in zip(new, found, strict=True)
        ),
        known=frozenset(identity.fingerprint for identity in identities),
        entries=len(entries),
        body_digest=digest,
        validators=fetched.validators,
        warnings=(*feed.warnings, *_unread_dates(entries)),
        not_before=fetched.fresh_until,
        retry_after=fetched.retry_after,
        ends=ends,
        standing=frozenset(alias for identity in identities for alias in identity.aliases),
    )


def refine_all(
    entries: Sequence[tuple[bytes, Entry]], facts: FeedFacts, source: Source, ends: Ends
) -> tuple[list[Refined], Ends]:
    """Entries of one source, newest first, each with a name that it keeps; and the ends of its latest articles then.

    What recurs shows only when all of them are seen. Where they teach us something, those that it concerns are refined
    a second time: so the very first document of a source comes out clean.
    """
    learned = recurring(ends)
    found = [refined(entry, facts, source, learned) for _, entry in entries]
    if source.clean == "minimal":
        return found, ends
    edges = [result.edges() for result in found]
    ends = latest(ends, [(name[:8], own) for (name, _), own in zip(reversed(entries), reversed(edges), strict=True)])
    now_learned = recurring(ends)
    differs = learned ^ now_learned
    again = [
        refined(entry, facts, source, now_learned) if own & differs else result
        for (_, entry), own, result in zip(entries, edges, found, strict=True)
    ]
    return again, ends


def _candidate(position: int, result: Refined, identity: Identity, original: Original | None) -> Candidate:
    return Candidate(
        article=result.article,
        original=original,
        aliases=identity.aliases,
        digest=identity.digest,
        link_is_unique=identity.link_is_unique,
        position=position,
        hints=hints_of(result.article),
    )


def _facts(feed: ParsedFeed, fetched: Fetched) -> FeedFacts:
    url = fetched.url
    links = fetched.headers.get("link")
    hub = link_of(links, "hub") or feed.hub  # the header goes first: WebSub section 4
    self_url = link_of(links, "self") or feed.self_url
    return FeedFacts(
        title=feed.title,
        link=absolute(feed.link, url) if feed.link else None,
        description=feed.description,
        language=feed.language,
        image=absolute(feed.image, url) if feed.image else None,
        podcast=_podcast(feed.podcast, url),
        hub=absolute(hub, url) if hub else None,
        self_url=absolute(self_url, url) if self_url else None,
        rhythm=feed.rhythm,
    )


def _podcast(podcast: Podcast | None, url: str) -> Podcast | None:
    return replace(podcast, image=absolute(podcast.image, url)) if podcast and podcast.image else podcast


def _with_absolute_link(entry: Entry, bases: list[str]) -> Entry:
    return replace(entry, link=absolute(entry.link, *bases) if entry.link else None)


def _unread_dates(entries: list[Entry]) -> list[str]:
    return [f"cannot read the date {entry.unread_date!r}" for entry in entries if entry.unread_date is not None]
