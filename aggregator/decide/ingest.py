"""What is to be saved of a visit. Judges only; the store acts.

names of the document | match with what the store knows | Save(new) or Save(changed) or nothing
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.decide.dates import believable, settle
from aggregator.decide.edits import is_edit
from aggregator.decide.identity import entry_story_id, recycled_story_id, story_id
from aggregator.decide.match import is_stranger, match
from aggregator.model.article import Alias, Article, StoryId
from aggregator.model.outcome import Candidate, Known, Place, Save, Verdict
from aggregator.model.source import SourceId

REST = timedelta(hours=6)
"""An article gets new names no more often than this after it was written: some feeds make new guids at every visit."""

CROWD = timedelta(minutes=10)
"""Articles that carry dates so near to each other may be a dump that was dated when it was made."""

OVERLAP = timedelta(days=1)
"""Dates up to this before the last visit are news: publishers are late, and their zones are wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """How much a source may bring at once (`max_new`)."""

    most: int | None = None  # None: no limit
    last_success: datetime | None = None  # of its polls that brought anything; None: it is new to us
    backlog: int = 1  # what becomes of the rest (`Standing.backlog`)


UNLIMITED = Intake()


def names_of(candidate: Candidate) -> tuple[Alias, ...]:
    """Every name to look a candidate up by, strongest first."""
    return tuple(dict.fromkeys((*candidate.aliases, *candidate.hints)))


def possible_stories(source: SourceId, candidates: Iterable[Candidate]) -> frozenset[StoryId]:
    """The stories that these candidates might join."""
    return frozenset(story for candidate in candidates for story in _own_stories(source, candidate))


def edited(candidates: Sequence[Candidate], known: Mapping[Alias, Known]) -> frozenset[int]:
    """The articles that may be saved as changed: to say how much they changed, it must be known what they say."""
    return frozenset(
        before.id
        for candidate in candidates
        for name in names_of(candidate)
        if (before := known.get(name)) is not None and not before.pruned and before.digest != candidate.digest
    )


def plan_ingest(
    source: SourceId,
    candidates: Sequence[Candidate],
    known: Mapping[Alias, Known],
    places: Mapping[StoryId, Place],
    now: datetime,
    *,
    standing: Mapping[int, Known] | None = None,
    said: Mapping[int, Article] | None = None,
    rewritten: Mapping[int, Known] | None = None,
    intake: Intake = UNLIMITED,
) -> tuple[Save, ...]:
    """New and changed articles, in document order. What is known and unchanged, or was pruned, gives nothing, but where
    a pruned one has other names or another text by now: by these it is to be known when the rest changes, too
    (`Verdict.GONE`).

    One document cannot overwrite an article twice.
    `standing`, `rewritten`: see `match`. `said`: what articles say as yet; what is missing there counts as edited.
    """
    saves = []
    seen: set[int] = set()
    for candidate, before in zip(candidates, match(candidates, known, standing, said, rewritten), strict=True):
        if before is None:
            saves.append(_new(source, candidate, places, now))
        elif before.id in seen:
            continue  # the same article under an older name: a site that moves shows both for a while
        elif not before.pruned and (before.digest != candidate.digest or _is_renamed(candidate, before, known, now)):
            saves.append(_changed(candidate, before, (said or {}).get(before.id), now))
        elif before.pruned and _is_told_otherwise(candidate, known):
            saves.append(_gone(candidate, before, known, now))
        if before is not None:
            seen.add(before.id)
    return _with_backlog(saves, intake)


def _is_told_otherwise(candidate: Candidate, known: Mapping[Alias, Known]) -> bool:
    """New guids alone are not remembered of what is gone: some feeds make them at every visit."""
    return is_stranger(candidate, known) or any(hint not in known for hint in candidate.hints)


def _gone(candidate: Candidate, before: Known, known: Mapping[Alias, Known], now: datetime) -> Save:
    """The names that it has got since it was pruned, but for those of others."""
    names = tuple(name for name in names_of(candidate) if name not in known)
    return replace(
        _changed(candidate, before, candidate.article, now),
        verdict=Verdict.GONE,
        aliases=names,
    )


def _is_renamed(candidate: Candidate, before: Known, known: Mapping[Alias, Known], now: datetime) -> bool:
    """Whether it has names by which it would not be found if the others went.

    An imported post is met again in its feed: from now on it has the entry's link and guid.
    """
    article = candidate.article
    if (before.guid is None and article.guid is not None) or (before.link is None and article.link is not None):
        return True
    if before.changed > before.first_seen and now - before.changed < REST:
        return False
    return any(alias not in known or known[alias].id != before.id for alias in candidate.aliases)


def _new(source: SourceId, candidate: Candidate, places: Mapping[StoryId, Place], now: datetime) -> Save:
    date = settle(candidate.article.date, now)
    story, *others = _own_stories(source, candidate)
    place = places.get(story)
    if place is not None and source in place.sources:
        # Another article of this same source has the page or the guid, and the guards said that it is not this one.
        free = (other for other in others if other not in places or source not in places[other].sources)
        story, place = next(free, others[-1]), None
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


def _changed(candidate: Candidate, before: Known, said: Article | None, now: datetime) -> Save:
    """The same article with other content: its date, its place and its id stay. Its `updated` tells of real edits."""
    updated = before.updated
    if before.digest != candidate.digest and (said is None or is_edit(said, candidate.article)):
        updated = _updated(candidate.article.updated, before.updated or before.date, now) or now.replace(microsecond=0)
    return Save(
        verdict=Verdict.CHANGED,
        article=replace(candidate.article, date=before.date, updated=updated),
        replaces=before.id,
        aliases=names_of(candidate),
        digest=candidate.digest,
        story=before.story,
        joins=False,
        first_seen=before.first_seen,
        sort_at=before.sort_at,
        position=before.position,
        original=candidate.original,
    )


def _with_backlog(saves: Sequence[Save], intake: Intake) -> tuple[Save, ...]:
    """Of what a source brings at once, the newest are news; the rest is backlog, which no feed that is full has room
    for. What was published since the last visit is news, however much it is, unless too much of it is of one moment."""
    most = intake.most
    if most is None:
        return tuple(saves)
    new = [save for save in saves if save.replaces is None]
    crowds = Counter(map(_moment, new))
    doubtful = [save for save in new if _is_old(save, intake.last_success) or crowds[_moment(save)] > most]
    ranked = sorted(doubtful, key=lambda save: (-_date(save).timestamp(), save.position))
    backlog = {id(save) for save in ranked[most:]}
    return tuple(replace(save, backlog=intake.backlog) if id(save) in backlog else save for save in saves)


def _is_old(save: Save, last_success: datetime | None) -> bool:
    return last_success is None or _date(save) < last_success - OVERLAP


def _moment(save: Save) -> int:
    return int(_date(save).timestamp() // CROWD.total_seconds())


def _date(save: Save) -> datetime:
    return save.article.date or save.first_seen


def _own_stories(source: SourceId, candidate: Candidate) -> tuple[StoryId, ...]:
    """The ids that it may have: the first that no other article of its source has."""
    article = candidate.article
    named = source, article.guid, article.link, article.title, article.date
    by_entry = entry_story_id(*named), recycled_story_id(*named)
    return (story_id(*named), *by_entry) if candidate.link_is_unique else by_entry


def _updated(updated: datetime | None, since: datetime, now: datetime) -> datetime | None:
    """The publisher's own date of an edit, where it can be true and says something."""
    updated = believable(updated, now)
    return updated if updated and updated > since else None
