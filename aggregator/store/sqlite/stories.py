"""Joined stories and candidate keys in the one SQLite file."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from heapq import merge
from itertools import pairwise
from sqlite3 import Connection, Row

from aggregator.model.article import StoredArticle, StoryId
from aggregator.model.source import SourceId
from aggregator.model.story import Head, Join, Judgement, Neighbour, Standing, Wording
from aggregator.store.sqlite import rows, statements
from aggregator.store.sqlite.connect import Connections

NEWEST = 64
"""Articles that are looked at of one key. A key that more have is of an outlet's own phrases, and tells little."""

_CHUNK = 500
_SLICE = 20_000  # articles whose keys are swept at once
_KEYS = 1 << 47  # keys lie between this and its negative


class SqliteStories:
    """`store.stories.Stories`."""

    _connections: Connections

    def unjudged(self) -> list[int]:
        with self._connections.reading() as db:
            return [row["id"] for row in db.execute(statements.UNJUDGED)]

    def still_unjudged(self, ids: Collection[int]) -> set[int]:
        with self._connections.reading() as db:
            return {row["article"] for row in _select(db, statements.STILL_UNJUDGED, ids)}

    def articles_of(self, ids: Collection[int]) -> dict[int, StoredArticle]:
        with self._connections.reading() as db:
            found = [rows.to_stored_article(row) for row in _select(db, statements.ARTICLES_OF, ids)]
        return {stored.id: stored for stored in found}

    def wordings(self, ids: Collection[int]) -> dict[int, Wording]:
        with self._connections.reading() as db:
            return {row["id"]: rows.to_wording(row) for row in _select(db, statements.WORDINGS, ids)}

    def neighbours(self, wanted: Sequence[Collection[int]], limit: int) -> list[list[Neighbour]]:
        with self._connections.reading() as db:
            having = _having(db, {key for keys in wanted for key in keys})
            nearest = [_nearest(keys, having, limit) for keys in wanted]
            found = {
                row["id"]: rows.to_neighbour(row)
                for row in _select(db, statements.NEIGHBOURS, {article for near in nearest for article in near})
            }
        return [[found[article] for article in near if article in found] for near in nearest]

    def judged_stories(self, stories: Collection[StoryId]) -> set[StoryId]:
        with self._connections.reading() as db:
            return {StoryId(row["story"]) for row in _select(db, statements.JUDGED_STORIES, stories)}

    def heads(self, stories: Collection[StoryId]) -> dict[StoryId, Head]:
        with self._connections.reading() as db:
            found = {story: _head(db, story) for story in stories}
        return {story: head for story, head in found.items() if head is not None}

    def settle(self, places: Mapping[StoryId, datetime]) -> None:
        values = [{"story": story, "sort_at": rows.to_text(sort_at)} for story, sort_at in places.items()]
        with self._connections.writing() as db:
            db.executemany(statements.SETTLE, values)

    def mark_copies(self, articles: Collection[int]) -> None:
        with self._connections.writing() as db:
            db.executemany(statements.IS_COPY, [(article,) for article in articles])

    def judge(self, judgements: Sequence[Judgement]) -> None:
        articles = [(judgement.article,) for judgement in judgements]
        joins = [judgement.join for judgement in judgements if judgement.join is not None]
        with self._connections.writing() as db:
            # In the order of the index: a page that takes several is read and written once.
            db.executemany(
                statements.ADD_STORY_KEY, sorted((key, one.article) for one in judgements for key in one.keys)
            )
            db.executemany(statements.ADD_JOIN, map(rows.from_join, joins))
            db.executemany(statements.TALE_CHANGED, [{"story": head} for head in {join.head for join in joins}])
            db.executemany(statements.IS_JUDGED, articles)
            db.executemany(statements.IS_READ_AGAIN, articles)
            db.executemany(statements.REVISE, [(source,) for source in {judgement.source for judgement in judgements}])

    def joins_of(self, head: StoryId) -> list[Join]:
        with self._connections.reading() as db:
            return [rows.to_join(row) for row in db.execute(statements.JOINS_OF, (head,))]

    def judge_again(self) -> None:
        with self._connections.writing() as db:
            for statement in statements.JUDGE_AGAIN:
                db.execute(statement)

    def unite(self, joins: Sequence[Join]) -> None:
        with self._connections.writing() as db:
            for join in joins:
                row = rows.from_join(join)
                db.execute(statements.TALE_CHANGED, {"story": join.story})
                db.execute(
                    statements.FOLLOW_JOIN, {name: row[name] for name in ("story", "head", "sort_at", "position")}
                )
                db.execute(statements.KEEP_JOIN, row)
                db.execute(statements.TALE_CHANGED, {"story": join.head})

    def part(self, stories: Collection[StoryId]) -> list[int]:
        parted: list[int] = []
        with self._connections.writing() as db:
            for story in stories:
                db.execute(statements.TALE_CHANGED, {"story": story})
                db.execute(statements.FORGET_JOIN, (story,))
                parted += [row["id"] for row in db.execute(statements.ARTICLES_OF_STORY, (story,))]
            db.executemany(statements.WAITS, [(article,) for article in parted])
            db.execute(statements.LOOK_AT_ALL)
        return parted

    def stories_with(self, stories: Collection[StoryId]) -> dict[StoryId, tuple[StoryId, ...]]:
        found: dict[StoryId, tuple[StoryId, ...]] = {}
        with self._connections.reading() as db:
            for story in stories:
                if (row := db.execute(statements.HEAD, {"story": story}).fetchone()) is not None:
                    told = (
                        StoryId(each["story"]) for each in db.execute(statements.STORIES_WITH, {"head": row["head"]})
                    )
                    found[story] = tuple(dict.fromkeys((StoryId(row["head"]), *told)))
        return found

    def keep_apart(self, article: int, copy: StoryId, sort_at: datetime) -> None:
        with self._connections.writing() as db:
            _tell_of(db, article)
            db.execute(statements.KEEP_APART, {"article": article})
            db.execute(statements.TELL_APART, {"article": article, "copy": copy, "sort_at": rows.to_text(sort_at)})
            db.execute(statements.LOOK_AT_ALL)

    def kept_apart(self) -> dict[int, StoryId]:
        with self._connections.reading() as db:
            return {row["article"]: StoryId(row["story"]) for row in db.execute(statements.KEPT_APART)}

    def put_back(self, articles: Collection[int]) -> None:
        with self._connections.writing() as db:
            for article in articles:
                db.execute(statements.PUT_BACK, {"article": article})
                db.execute(statements.IS_PUT_BACK, (article,))
                _tell_of(db, article)
            db.execute(statements.LOOK_AT_ALL)

    def edited(self) -> list[int]:
        with self._connections.reading() as db:
            return [row["article"] for row in db.execute(statements.EDITED)]

    def keys_of(self, article: int, keys: Collection[int]) -> int:
        with self._connections.reading() as db:
            return sum(db.execute(statements.HAS_KEY, (key, article)).fetchone()[0] for key in keys)

    def joins(self) -> Iterator[Join]:
        with self._connections.reading() as db:
            yield from (rows.to_join(row) for row in db.execute(statements.ALL_JOINS).fetchall())

    def story_keys(self) -> Iterator[tuple[int, int]]:
        last = (-_KEYS, 0)
        while True:
            with self._connections.reading() as db:
                page = [(row["key"], row["article"]) for row in db.execute(statements.STORY_KEYS, last)]
            if not page:
                return
            yield from page
            last = page[-1]

    def count_story_keys(self) -> int:
        with self._connections.reading() as db:
            count: int = db.execute(statements.COUNT_STORY_KEYS).fetchone()[0]
            return count

    def replace_stories(self, joins: Iterable[Join], keys: Iterable[tuple[int, int]], upto: int) -> None:
        with self._connections.writing() as db:
            before = {join.story: join for join in map(rows.to_join, db.execute(statements.ALL_JOINS).fetchall())}
            later = [join for join in before.values() if join.article > upto]
            db.execute(statements.LOOK_AT_ALL)
            after = {join.story: join for join in joins}
            for join in later:
                head = after.get(join.head)
                kept = (
                    join
                    if head is None
                    else replace(join, head=head.head, sort_at=head.sort_at, position=head.position)
                )
                after.setdefault(join.story, kept)
            for story in {*before, *after}:
                _retell(db, before.get(story), after.get(story))
            if db.execute(statements.HAS_LATER, (upto,)).fetchone() is None:
                db.execute(statements.FORGET_KEYS)
            else:
                db.execute(statements.FORGET_KEYS_UPTO, (upto,))
            db.executemany(statements.ADD_STORY_KEY, keys)

    def heads_told(self, sources: Collection[SourceId], limit: int) -> list[StoryId]:
        found: dict[StoryId, None] = {}
        with self._connections.reading() as db:
            for row in _walk(db, frozenset(sources)):
                if len(found) >= limit:
                    break
                found[StoryId(row["story"])] = None
        return list(found)

    def heads_standing(self, sources: Collection[SourceId]) -> Generator[Standing, None, None]:
        with self._connections.reading() as db:
            for row in _walk(db, frozenset(sources)):
                yield rows.to_standing(row)

    def tellings_of_heads(self, heads: Sequence[StoryId]) -> dict[StoryId, list[StoredArticle]]:
        found: dict[StoryId, list[StoredArticle]] = {head: [] for head in heads}
        with self._connections.reading() as db:
            for statement in (statements.TELLINGS_OF_HEADS, statements.TELLINGS_OF_JOINED):
                for row in _select(db, statement, heads):
                    found[StoryId(row["head"])].append(rows.to_stored_article(row))
        return {head: sorted(articles, key=lambda stored: stored.id) for head, articles in found.items()}


def sweep_stories(connections: Connections) -> None:
    """Keys and joins of articles that are gone go, too: a slice at a time, so that nobody waits long to write. What is
    left of them between is not found by anybody."""
    with connections.writing() as db:
        db.execute(statements.SWEEP_JOINS)
        slices = 1 + db.execute("SELECT count(*) FROM articles").fetchone()[0] // _SLICE
    ends = [-_KEYS + 2 * _KEYS * number // slices for number in range(slices + 1)]
    for first, end in pairwise(ends):
        with connections.writing() as db:
            db.execute(statements.SWEEP_KEYS, {"first": first, "end": end})


def _tell_of(db: Connection, article: int) -> None:
    """Whoever tells the story of this article has it differently now."""
    row = db.execute(statements.STORY_OF, (article,)).fetchone()
    if row is not None:
        db.execute(statements.TALE_CHANGED, {"story": row["story"]})


def _retell(db: Connection, before: Join | None, after: Join | None) -> None:
    """One story has joined this from now on, instead of that."""
    if before == after:
        return
    if before is not None:
        db.execute(statements.TALE_CHANGED, {"story": before.story})
        db.execute(statements.FORGET_JOIN, (before.story,))
    if after is not None:
        db.execute(statements.TALE_CHANGED, {"story": after.story})
        db.execute(statements.KEEP_JOIN, rows.from_join(after))
        db.execute(statements.TALE_CHANGED, {"story": after.head})


def _head(db: Connection, story: StoryId) -> Head | None:
    row = db.execute(statements.HEAD, {"story": story}).fetchone()
    if row is None:
        return None
    head = StoryId(row["head"])
    tellers = db.execute(statements.TELLERS_OF_HEAD, {"head": head})
    return Head(
        story=head,
        sort_at=rows.to_time(row["sort_at"]),
        position=row["position"],
        sources=frozenset(SourceId(teller["source"]) for teller in tellers),
    )


def _walk(db: Connection, wanted: frozenset[SourceId]) -> Iterator[Row]:
    """Stories of these sources, newest first: those that have joined none along an index that ends early, and between
    them the few that have, at their head's place."""
    if len(wanted) == 1:
        [source] = wanted
        alone = db.execute(statements.ALONE_OF_ONE, (source,))
        joined = db.execute(statements.JOINED_OF_ONE, (source,))
    else:
        alone, joined = db.execute(statements.ALONE_OF_MANY), db.execute(statements.JOINED_OF_MANY)
    for row in merge(alone, joined, key=rows.place):
        if row["source"] in wanted:
            yield row


def _having(db: Connection, keys: Collection[int]) -> dict[int, tuple[int, ...]]:
    """By key the newest articles that have it, the oldest of these first. All keys at once: one by one they cost more
    than what they find."""
    found = db.execute(statements.ARTICLES_WITH_KEYS, {"keys": rows.to_json(sorted(keys)), "newest": NEWEST})
    return {key: tuple(map(int, reversed(articles.split(",")))) for key, articles in found}


def _nearest(keys: Collection[int], having: Mapping[int, Sequence[int]], limit: int) -> list[int]:
    """Those that weigh most, by their keys. A key that few have tells more than one of a form that many are filled
    into."""
    weights: dict[int, float] = {}
    for key in keys:
        if articles := having.get(key):
            weight = 1 / len(articles)
            for article in articles:
                weights[article] = weights.get(article, 0.0) + weight
    return sorted(weights, key=weights.__getitem__, reverse=True)[:limit]


def _select(db: Connection, statement: str, values: Collection[object]) -> Iterator[Row]:
    listed = list(values)
    for start in range(0, len(listed), _CHUNK):
        chunk = listed[start : start + _CHUNK]
        yield from db.execute(statement.format(",".join("?" * len(chunk))), chunk)
