"""The store in one SQLite file, made with sqlite-utils; it opens in `sqlite3` and Datasette and reads well there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection, Row
from typing import TypeVar

from aggregator.model.article import Alias, Article, StoredArticle, StoryId
from aggregator.model.feed import Outlet
from aggregator.model.outcome import Failed, Harvest, Known, Place, Record, Save, Unchanged
from aggregator.model.source import Claim, Lease, Source, SourceId, Validators
from aggregator.model.status import SourceStatus
from aggregator.model.story import Standing
from aggregator.model.subscription import Token
from aggregator.store.sqlite import rows, statements
from aggregator.store.sqlite.archives import SqliteArchives
from aggregator.store.sqlite.browsing import SqliteBrowsing
from aggregator.store.sqlite.connect import Connections
from aggregator.store.sqlite.enrichments import SqliteEnrichments, queue_pages
from aggregator.store.sqlite.health import SqliteHealth, write_events, write_told
from aggregator.store.sqlite.hub import SqliteHub
from aggregator.store.sqlite.lookups import SqliteLookups
from aggregator.store.sqlite.originals import SqliteOriginals, keep_original
from aggregator.store.sqlite.search import SqliteSearch
from aggregator.store.sqlite.stories import SqliteStories, sweep_stories
from aggregator.store.sqlite.subscriptions import SqliteSubscriptions, change_in
from aggregator.store.subscriptions import Change

T = TypeVar("T")

BACKUP_PART = 8_000_000
"""Bytes that are copied at a time: between two parts somebody may be told how far it is, or say stop."""

_CHUNK = 500  # values in one IN (…): SQLite's own limit is 32766, and short statements are planned faster


class SqliteStore(
    SqliteSubscriptions,
    SqliteStories,
    SqliteEnrichments,
    SqliteOriginals,
    SqliteLookups,
    SqliteSearch,
    SqliteArchives,
    SqliteBrowsing,
    SqliteHub,
    SqliteHealth,
):
    """`Store` over one file. Any thread may call it; writers take turns."""

    def __init__(self, path: Path) -> None:
        self._connections = Connections(path)

    # the sources

    def sync(self, sources: Sequence[Source], now: datetime) -> tuple[Source, ...]:
        with self._connections.writing() as db:
            kept = _keep_ids(sources, db.execute(statements.SOURCES).fetchall())
            before = {row["id"] for row in db.execute(statements.SOURCES) if row["configured"]}
            for source in kept:
                db.execute(statements.CONFIGURE_SOURCE, rows.to_source_row(source))
                if source.every:
                    db.execute(statements.HASTEN, {"id": source.id, "latest": rows.to_text(now + source.every)})
            for gone in before - {source.id for source in kept}:
                db.execute("UPDATE sources SET configured = 0, revision = revision + 1 WHERE id = ?", (gone,))
            db.execute(statements.FORGET_UNWANTED_PAGES)
        return kept

    def make_due(self, now: datetime) -> None:
        with self._connections.writing() as db:
            db.execute(statements.MAKE_DUE, {"now": rows.to_text(now)})

    def postpone(self, until: Mapping[SourceId, datetime], reason: str) -> None:
        values = [{"id": source, "until": rows.to_text(time), "why_next": reason} for source, time in until.items()]
        with self._connections.writing() as db:
            db.executemany(statements.POSTPONE, values)

    def claim(self, *, due_by: datetime, holder: str, now: datetime, until: datetime, limit: int) -> list[Claim]:
        values = _due(due_by, now) | {"holder": holder, "until": rows.to_text(until), "limit": limit}
        with self._connections.writing() as db:
            return [rows.to_claim(row) for row in db.execute(statements.CLAIM, values).fetchall()]

    def count_due(self, *, due_by: datetime, now: datetime) -> int:
        with self._connections.reading() as db:
            count: int = db.execute(statements.COUNT_DUE, _due(due_by, now)).fetchone()[0]
            return count

    def give_back(self, sources: Collection[SourceId]) -> None:
        with self._connections.writing() as db:
            db.executemany(statements.GIVE_BACK, [(source,) for source in sources])

    def release(self, holder: str) -> None:
        with self._connections.writing() as db:
            db.execute(statements.RELEASE, {"holder": holder})
            db.execute(statements.RELEASE_PAGES, {"holder": holder})

    def leases(self, now: datetime) -> frozenset[Lease]:
        with self._connections.reading() as db:
            return frozenset(
                Lease(source=row["id"], holder=row["claimed_by"], until=rows.to_time(row["claimed_until"]))
                for row in db.execute(statements.LEASES, (rows.to_text(now),))
            )

    def holders(self) -> tuple[str, ...]:
        with self._connections.reading() as db:
            return tuple(row[0] for row in db.execute(statements.HOLDERS))

    def status(self) -> tuple[SourceStatus, ...]:
        with self._connections.reading() as db:
            found = [rows.to_status(row) for row in db.execute(statements.STATUS)]
        return tuple(_never_is_none(status) for status in found)

    # the articles

    def lookup(self, source: SourceId, aliases: Iterable[Alias]) -> dict[Alias, Known]:
        with self._connections.reading() as db:
            return {
                Alias(row["alias"]): rows.to_known(row)
                for chunk in _chunks(list(aliases))
                for row in db.execute(_filled(statements.LOOKUP, chunk), (source, *chunk))
            }

    def said(self, articles: Collection[int]) -> dict[int, Article]:
        with self._connections.reading() as db:
            return {
                row["id"]: rows.to_said(row)
                for chunk in _chunks(list(articles))
                for row in db.execute(_filled(statements.SAID, chunk), chunk)
            }

    def places(self, stories: Collection[StoryId]) -> dict[StoryId, Place]:
        found: dict[StoryId, Place] = {}
        with self._connections.reading() as db:
            for chunk in _chunks(list(stories)):
                for row in db.execute(_filled(statements.PLACES, chunk), chunk):
                    _add_place(found, row)
        return found

    def record(self, record: Record) -> None:
        at = rows.to_text(record.at)
        source = _source_of(record)
        with self._connections.writing() as db:
            _write_outcome(db, record, source, at)
            queue_pages(db, source, _write_articles(db, source, record.saves, record.at), record.at)
            for save in record.gone:
                db.executemany(statements.ADD_ALIAS, [(source, alias, save.replaces) for alias in save.aliases])
            if record.missed is not None:
                db.execute(statements.MISSED, {"id": source, "missed": record.missed})
            write_events(db, record.events)
            if record.told is not None:
                write_told(db, source, record.told)
            due = record.next_poll
            db.execute(
                statements.POLLED,
                {
                    "id": source,
                    "at": at,
                    "next_poll_at": rows.to_text(due.at) if due else statements.NEVER,
                    "why_next": due.reason if due else "gone: the publisher says that this feed is no more (410)",
                    "pace": record.pace,
                    **rows.from_move(record.move),
                },
            )

    def add(self, source: SourceId, saves: Sequence[Save], at: datetime) -> None:
        with self._connections.writing() as db:
            _write_articles(db, source, saves, at)

    def deliver(self, token: Token, saves: Sequence[Save], change: Change, at: datetime) -> None:
        with self._connections.writing() as db:
            if (subscription := change_in(db, token, change)) is not None:
                source = subscription.source
                queue_pages(db, source, _write_articles(db, source, saves, at), at)

    def add_source(self, source: Source, now: datetime) -> None:
        with self._connections.writing() as db:
            db.execute(statements.ADD_SOURCE, rows.to_source_row(source) | {"configured": 0})

    def prune(self, before: datetime) -> int:
        with self._connections.writing() as db:
            pruned = db.execute(statements.PRUNE, {"before": rows.to_text(before)}).fetchall()
            db.executemany(statements.WAS_PRUNED, [(row["id"],) for row in pruned])
            for source in {row["source"] for row in pruned}:
                db.execute("UPDATE sources SET revision = revision + 1 WHERE id = ?", (source,))
        if pruned:
            sweep_stories(self._connections)
        return len(pruned)

    # what is published

    def stories(self, sources: Collection[SourceId], limit: int) -> list[StoryId]:
        found: dict[StoryId, None] = {}
        wanted = frozenset(sources)
        with self._connections.reading() as db:
            for row in _walk(db, wanted):
                if len(found) >= limit:
                    break
                found[StoryId(row["story"])] = None
        return list(found)

    def standing(self, sources: Collection[SourceId]) -> Generator[Standing, None, None]:
        with self._connections.reading() as db:
            for row in _walk(db, frozenset(sources)):
                yield rows.to_standing(row)

    def tellings(self, stories: Sequence[StoryId]) -> dict[StoryId, list[StoredArticle]]:
        found: dict[StoryId, list[StoredArticle]] = {story: [] for story in stories}
        with self._connections.reading() as db:
            for chunk in _chunks(list(stories)):
                for row in db.execute(_filled(statements.TELLINGS, chunk), chunk):
                    found[StoryId(row["story"])].append(rows.to_stored_article(row))
        return found

    def outlets(self) -> dict[SourceId, Outlet]:
        with self._connections.reading() as db:
            return {SourceId(row["id"]): rows.to_outlet(row) for row in db.execute(statements.OUTLETS)}

    def articles_between(
        self, source: SourceId, since: datetime | None, until: datetime | None
    ) -> Generator[StoredArticle, None, None]:
        ends = rows.to_text(since) if since else "", rows.to_text(until) if until else "~"
        with self._connections.reading() as db:
            for row in db.execute(statements.ARTICLES_BETWEEN, (source, *ends)):
                yield rows.to_stored_article(row)

    def articles(self) -> Iterator[StoredArticle]:
        last = 0
        while True:
            with self._connections.reading() as db:
                page = [rows.to_stored_article(row) for row in db.execute(statements.ARTICLES, (last,))]
            if not page:
                return
            yield from page
            last = page[-1].id

    def changed_since(self, time: datetime) -> Iterator[StoredArticle]:
        with self._connections.reading() as db:
            for row in db.execute(statements.CHANGED_ARTICLES, (rows.to_text(time),)):
                yield rows.to_stored_article(row)

    def unpublished(self) -> dict[SourceId, int]:
        with self._connections.reading() as db:
            return {SourceId(row["id"]): row["revision"] for row in db.execute(statements.UNPUBLISHED)}

    def mark_published(self, revisions: Mapping[SourceId, int]) -> None:
        with self._connections.writing() as db:
            db.executemany(
                statements.PUBLISHED, [{"id": source, "revision": revision} for source, revision in revisions.items()]
            )

    # the database itself

    def remember(self, key: str, value: str) -> None:
        with self._connections.writing() as db:
            db.execute(statements.REMEMBER, {"key": key, "value": value})

    def recall(self, key: str) -> str | None:
        with self._connections.reading() as db:
            row = db.execute(statements.RECALL, (key,)).fetchone()
        return row[0] if row else None

    def backup(self, path: Path, watch: Callable[[int, int], None] = lambda done, total: None) -> None:
        with self._connections.reading() as db:
            page = int(db.execute("PRAGMA page_size").fetchone()[0])
            path.touch(mode=0o600)  # as the database itself
            db.execute("BEGIN")  # what others write meanwhile would make it begin again, between two parts
            try:
                db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                with closing(sqlite3.connect(path)) as target:
                    db.backup(
                        target,
                        pages=BACKUP_PART // page,
                        progress=lambda _, left, total: watch((total - left) * page, total * page),
                    )
            finally:
                db.execute("ROLLBACK")

    def batch(self) -> AbstractContextManager[None]:
        return self._connections.batch()

    def close(self) -> None:
        self._connections.close()


# what one record writes


def _write_outcome(db: Connection, record: Record, source: SourceId, at: str) -> None:
    match record.result:
        case Failed(failed=failed):
            problem = f"{failed.failure}: {failed.detail}" if failed.detail else str(failed.failure)
            db.execute(statements.FAILED, {"id": source, "problem": problem})
        case Unchanged() as unchanged:
            _write_success(db, source, unchanged.validators, at)
        case Harvest() as harvest:
            _write_success(db, source, harvest.validators, at)
            db.execute(
                statements.TAKEN_IN,
                {
                    "id": source,
                    "body_digest": harvest.body_digest,
                    "known": rows.pack_known(harvest.known),
                    "rhythm": rows.from_rhythm(harvest.facts.rhythm),
                    "title": harvest.facts.title,
                    "site": harvest.facts.link,
                    "podcast": rows.from_podcast(harvest.facts.podcast),
                    **rows.from_announcement(harvest),
                },
            )
            if harvest.candidates:
                db.execute(statements.KEEP_ENDS, (source, rows.pack_ends(harvest.ends)))


def _write_success(db: Connection, source: SourceId, validators: Validators | None, at: str) -> None:
    db.execute(
        statements.SUCCEEDED,
        {
            "id": source,
            "at": at,
            "validators_url": validators.url if validators else None,
            "etag": validators.etag if validators else None,
            "last_modified": validators.last_modified if validators else None,
        },
    )


def _write_articles(db: Connection, source: SourceId, saves: Sequence[Save], at: datetime) -> list[tuple[int, Save]]:
    """Each of them with the id under which it is kept."""
    written: list[tuple[int, Save]] = []
    for save in saves:
        row = rows.to_article_row(source, save, at)
        if save.replaces is None:
            article = db.execute(statements.ADD_ARTICLE, row).lastrowid
            db.execute(statements.WAITS, (article,))
        else:
            db.execute(statements.CHANGE_ARTICLE, row)
            db.execute(statements.CHANGE_FEED_BODY, row)
            db.execute(statements.IS_EDITED, {"id": save.replaces})
            article = save.replaces
        assert article is not None, "what was added has an id"
        written.append((article, save))
        keep_original(db, article, save)
        # The last that came with a name has it: a guid that is used again is the newer article's.
        db.executemany(statements.ADD_ALIAS, [(source, alias, article) for alias in save.aliases])
        db.execute(statements.TELLERS_CHANGED, {"id": source, "story": save.story})
    if saves:
        db.execute(statements.BROUGHT_SOMETHING, {"id": source, "at": rows.to_text(at)})
    return written


def _source_of(record: Record) -> SourceId:
    return record.result.source


# reading


def _walk(db: Connection, wanted: frozenset[SourceId]) -> Iterator[Row]:
    """Articles of these sources, newest first. Of many sources: along the index of all, which ends early."""
    if len(wanted) == 1:
        yield from db.execute(statements.STORIES_OF_ONE, tuple(wanted))
        return
    for row in db.execute(statements.STORIES_OF_MANY):
        if row["source"] in wanted:
            yield row


def _add_place(found: dict[StoryId, Place], row: Row) -> None:
    story = StoryId(row["story"])
    place = found.get(story) or Place(
        story=story, sort_at=rows.to_time(row["sort_at"]), position=row["position"], sources=frozenset()
    )
    found[story] = replace(place, sources=place.sources | {SourceId(row["source"])})


def _never_is_none(status: SourceStatus) -> SourceStatus:
    never = status.next_poll is not None and rows.to_text(status.next_poll) == statements.NEVER
    return replace(status, next_poll=None) if never else status


def _due(due_by: datetime, now: datetime) -> dict[str, object]:
    return {"due_by": rows.to_text(due_by), "now": rows.to_text(now)}


def _chunks(values: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _filled(statement: str, values: Sequence[object]) -> str:
    return statement.format(",".join("?" * len(values)))


# which id a configured source has


def _keep_ids(sources: Sequence[Source], known: Sequence[Row]) -> tuple[Source, ...]:
    """Each source under the id that it has in the store, also if its URL was changed in the configuration."""
    by_url = {row["url"]: row["id"] for row in known if row["url"]}
    wanted = {source.url for source in sources}
    vacant = [row for row in known if row["url"] not in wanted]
    taken: set[str] = set()
    kept = []
    for source in sources:
        found = by_url.get(source.url) or _predecessor(source, vacant, taken) or source.id
        taken.add(found)
        kept.append(replace(source, id=SourceId(found)))
    return tuple(kept)


def _predecessor(source: Source, vacant: Sequence[Row], taken: set[str]) -> str | None:
    """The one source that no configured URL claims and that only got a new secret, or else the one of the same name:
    it was moved, or so far only imported."""
    free = [row for row in vacant if row["id"] not in taken]
    same = [row["id"] for row in free if "${" in source.public_url and row["public_url"] == source.public_url]
    named = [
        row["id"]
        for row in free
        if row["name"] == source.name and (not row["url"] or tuple(json.loads(row["category"])) == source.category)
    ]
    return next((found[0] for found in (same, named) if len(found) == 1), None)
