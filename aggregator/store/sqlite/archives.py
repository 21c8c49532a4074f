"""Archives in the one SQLite file. A story takes thirty bytes for each archive that it is in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from sqlite3 import Connection, Row
from uuid import UUID

from aggregator.model.archive import Archive, Filed, Filing, Page
from aggregator.model.article import StoryId
from aggregator.model.source import SourceId
from aggregator.store.sqlite import rows, statements
from aggregator.store.sqlite.connect import Connections

_CHUNK = 500
_PUNCTUATION = re.compile("[^0-9]")
_Place = tuple[int, int, str]


class SqliteArchives:
    """`store.archives.Archives`."""

    _connections: Connections

    def archive(self, slug: str) -> Archive | None:
        with self._connections.reading() as db:
            row = db.execute(statements.ARCHIVE, (slug,)).fetchone()
            if row is None:
                return None
            found = db.execute(statements.ARCHIVE_PAGES, (row["id"],)).fetchall()
        return Archive(
            slug=slug,
            pages=tuple(Page(number=page["page"], stories=page["stories"]) for page in found),
            size=row["size"],
            last=row["last"],
            upto=row["upto"],
            scope=row["scope"],
            base_url=row["base_url"],
        )

    def shown(self, slug: str) -> list[Filed]:
        with self._connections.reading() as db:
            return [_to_filed(row) for row in db.execute(statements.SHOWN_STORIES, (slug,))]

    def pages_of(self, slug: str, stories: Collection[StoryId]) -> dict[StoryId, int]:
        packed = [_packed(story) for story in stories]
        with self._connections.reading() as db:
            found = [row for chunk in _chunks(packed) for row in _select(db, statements.PAGES_OF, chunk, slug)]
        return {_unpacked(row["story"]): row["page"] for row in found}

    def filed(self, slug: str, first: int, last: int) -> list[Filed]:
        values = {"slug": slug, "first": first, "last": last}
        with self._connections.reading() as db:
            return [_to_filed(row) for row in db.execute(statements.PAGE_STORIES, values)]

    def file(self, filing: Filing) -> None:
        archive = filing.archive
        values = {
            "slug": archive.slug,
            "size": archive.size,
            "last": archive.last,
            "upto": archive.upto,
            "scope": archive.scope,
            "base_url": archive.base_url,
        }
        with self._connections.writing() as db:
            [key] = db.execute(statements.KEEP_ARCHIVE, values).fetchone()
            if filing.given_up is not None:
                db.execute(statements.GIVE_UP_PAGES, (key, filing.given_up))
            shown = [(*_named(key, one), None, None, rows.optional_text(one.sort_at)) for one in filing.shown]
            filed = [(*_named(key, one), page, place, None) for one, page, place in filing.filed]
            db.executemany(statements.FILE_STORY, [*shown, *filed])
            numbers = {page for _, page, _ in filing.filed}
            changed = [(key, page.number, page.stories) for page in archive.pages if page.number in numbers]
            db.executemany(statements.KEEP_ARCHIVE_PAGE, changed)

    def last_article(self) -> int:
        return self._number("SELECT coalesce(max(id), 0) FROM articles")

    def last_judged(self) -> int:
        return self._number(statements.LAST_JUDGED)

    def stories_since(self, sources: Collection[SourceId], after: int, upto: int) -> list[StoryId]:
        return self._since(statements.STORIES_SINCE, sources, after, upto)

    def heads_since(self, sources: Collection[SourceId], after: int, upto: int) -> list[StoryId]:
        return self._since(statements.HEADS_SINCE, sources, after, upto)

    def oldest_first(self, stories: Sequence[Filed]) -> list[Filed]:
        with self._connections.reading() as db:
            by_story: dict[object, _Place] = {}
            for chunk in _chunks([one.story for one in stories if one.article is None]):
                for row in _select(db, statements.STORY_PLACES, chunk):
                    by_story.setdefault(row["story"], _place(row))
            for chunk in _chunks([one.article for one in stories if one.article is not None]):
                by_story |= {row["id"]: _place(row) for row in _select(db, statements.ARTICLE_PLACES, chunk)}
        unknown = [one for one in stories if _key(one) not in by_story]
        known = [one for one in stories if _key(one) in by_story]
        unknown.sort(key=lambda one: (one.sort_at is not None, one.sort_at, one.story))
        return unknown + sorted(known, key=lambda one: (*by_story[_key(one)][:2], one.story), reverse=True)

    def _since(self, statement: str, sources: Collection[SourceId], after: int, upto: int) -> list[StoryId]:
        wanted = frozenset(sources)
        with self._connections.reading() as db:
            found = db.execute(statement, (after, upto))
            return list(dict.fromkeys(StoryId(row["story"]) for row in found if row["source"] in wanted))

    def _number(self, statement: str) -> int:
        with self._connections.reading() as db:
            number: int = db.execute(statement).fetchone()[0]
        return number


def _key(one: Filed) -> object:
    return one.story if one.article is None else one.article


def _place(row: Row) -> _Place:
    """As `sqlite.stories` orders a feed: the smallest is the newest."""
    return -int(_PUNCTUATION.sub("", row["sort_at"])), row["position"], row["story"]


def _to_filed(row: Row) -> Filed:
    sort_at = row["sort_at"] and rows.to_time(row["sort_at"])
    return Filed(story=_unpacked(row["story"]), article=row["article"], sort_at=sort_at)


def _named(archive: int, one: Filed) -> tuple[int, bytes, int | None]:
    return archive, _packed(one.story), one.article


def _packed(story: StoryId) -> bytes:
    return UUID(story).bytes


def _unpacked(story: bytes) -> StoryId:
    return StoryId(UUID(bytes=story).urn)


def _chunks(values: Sequence[object]) -> Iterator[Sequence[object]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _select(db: Connection, statement: str, values: Sequence[object], *before: object) -> Iterator[Row]:
    yield from db.execute(statement.format(",".join("?" * len(values))), (*before, *values))
