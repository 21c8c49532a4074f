"""What is to be saved of a visit. Judges only; the store acts.

identities of the document | match with what the store knows | Save(new) or Save(changed) or nothing
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from aggregator.decide.canonical import canonical_url, without_query
from aggregator.decide.dates import believable, settle
from aggregator.decide.identity import entry_story_id, story_id, title_alias
from aggregator.model.article import Alias, Article, StoryId
from aggregator.model.outcome import Candidate, Known, Place, Save, Verdict
from aggregator.model.source import SourceId


def names_of(candidate: Candidate) -> tuple[Alias, ...]:
    """Every name to look a candidate up by, strongest first."""
    return candidate.aliases + _title_names(candidate.article)


def possible_stories(source: SourceId, candidates: Iterable[Candidate]) -> frozenset[StoryId]:
    """The stories that these candidates might join."""
    return frozenset(_own_story(source, candidate) for candidate in candidates)


def plan_ingest(
    source: SourceId,
    candidates: Iterable[Candidate],
    known: Mapping[Alias, Known],
    places: Mapping[StoryId, Place],
    now: datetime,
) -> tuple[Save, ...]:
    """New and changed articles, in document order. What is known and unchanged, or was pruned, gives nothing.

    Each known article is claimed by one candidate at the most, so one document cannot overwrite an article twice.
    """
    claimed: set[int] = set()
    saves = []
    for candidate in candidates:
        before = _match(candidate, known, claimed)
        if before is None:
            saves.append(_new(source, candidate, places, now))
            continue
        claimed.add(before.id)
        if not before.pruned and (before.digest != candidate.digest or _gains_a_name(candidate, before)):
            saves.append(_changed(candidate, before, now))
    return tuple(saves)


def _match(candidate: Candidate, known: Mapping[Alias, Known], claimed: set[int]) -> Known | None:
    for alias in names_of(candidate):
        before = known.get(alias)
        if before is not None and before.id not in claimed and _is_same(candidate.article, before):
            return before
    return None


def _is_same(article: Article, before: Known) -> bool:
    """Whether a shared name means the same article; the guards against guids and links that are used again.

    A post without guid and link has only its title and date to be known by. A guid that comes back with another title,
    another page and another date was recycled. Another guid on the same page is an edit if title or date agree.
    """
    if (
        before.pruned
        or (before.guid is None and before.link is None)
        or (article.guid is None and article.link is None)
    ):
        return True
    same_page = _page(article.link) == _page(before.link)
    same_guid = (article.guid or "") == (before.guid or "")
    alike = _fold(article.title) == _fold(before.title) or article.date in (None, before.date)
    if same_guid:
        return same_page or alike
    return same_page and (alike or article.guid is None or before.guid is None)


def _gains_a_name(candidate: Candidate, before: Known) -> bool:
    """An imported post is met again in its feed: from now on it has the entry's link and guid."""
    article = candidate.article
    return (before.guid is None and article.guid is not None) or (before.link is None and article.link is not None)


def _new(source: SourceId, candidate: Candidate, places: Mapping[StoryId, Place], now: datetime) -> Save:
    date = settle(candidate.article.date, now)
    story = _own_story(source, candidate)
    place = places.get(story)
    if place is not None and source in place.sources:
        # Another article of this same source has the page already, and the guards said that it is not this one.
        article = candidate.article
        story, place = entry_story_id(source, article.guid, article.link, article.title, article.date), None
    return Save(
        verdict=Verdict.NEW,
        article=replace(candidate.article, date=date, updated=_updated(candidate.article.updated, date, now)),
        replaces=None,
        aliases=names_of(candidate),
        digest=candidate.digest,
        story=story,
        joins=place is not None,
        first_seen=now,
        sort_at=place.sort_at if place else min(date, now),
        position=place.position if place else candidate.position,
        original=candidate.original,
    )


def _changed(candidate: Candidate, before: Known, now: datetime) -> Save:
    """The same article with other content: its date, its place and its id stay."""
    updated = _updated(candidate.article.updated, before.updated or before.date, now)
    return Save(
        verdict=Verdict.CHANGED,
        article=replace(candidate.article, date=before.date, updated=updated or now.replace(microsecond=0)),
        replaces=before.id,
        aliases=candidate.aliases,
        digest=candidate.digest,
        story=before.story,
        joins=False,
        first_seen=before.first_seen,
        sort_at=before.sort_at,
        position=before.position,
        original=candidate.original,
    )


def _own_story(source: SourceId, candidate: Candidate) -> StoryId:
    article = candidate.article
    make = story_id if candidate.link_is_unique else entry_story_id
    return make(source, article.guid, article.link, article.title, article.date)


def _updated(updated: datetime | None, since: datetime, now: datetime) -> datetime | None:
    """The publisher's own date of an edit, where it can be true and says something."""
    updated = believable(updated, now)
    return updated if updated and updated > since else None


def _title_names(article: Article) -> tuple[Alias, ...]:
    return (title_alias(article.title, article.date),) if article.date else ()


def _page(link: str | None) -> str:
    return without_query(canonical_url(link) or "") if link else ""


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()
