"""Originals in the one SQLite file: the entry as JSON, compressed to a third."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from sqlite3 import Connection, Row
from typing import Any

from aggregator.model.article import SafeHtml
from aggregator.model.enrichment import PageOriginal
from aggregator.model.entry import Enclosure, Ends, Entry, Image, Markup
from aggregator.model.outcome import FeedFacts, Original, Save, StoredOriginal
from aggregator.model.source import SourceId
from aggregator.store.sqlite import rows, statements
from aggregator.store.sqlite.connect import Connections


class SqliteOriginals:
    """`store.originals.Originals`."""

    _connections: Connections

    def originals(self, after: int, limit: int) -> list[StoredOriginal]:
        with self._connections.reading() as db:
            return [_to_stored(row) for row in db.execute(statements.ORIGINALS, (after, limit))]

    def count_originals(self, after: int) -> int:
        with self._connections.reading() as db:
            count: int = db.execute(statements.COUNT_ORIGINALS, (after,)).fetchone()[0]
            return count

    def latest_originals(self, source: SourceId, limit: int) -> list[StoredOriginal]:
        with self._connections.reading() as db:
            return [_to_stored(row) for row in db.execute(statements.LATEST_ORIGINALS, (source, limit))]

    def rewrite(self, articles: Sequence[StoredOriginal]) -> None:
        with self._connections.writing() as db:
            for one in articles:
                stored = one.stored
                seen = {"id": stored.id, "changed": rows.to_text(stored.changed)}
                if db.execute(statements.REWRITE_ARTICLE, rows.from_article(stored.article) | seen).rowcount:
                    db.execute(statements.CHANGE_FEED_BODY, {"id": stored.id, "body": one.feed_body or ""})
                    db.execute(statements.TELLERS_CHANGED, {"id": EVERYONE, "story": stored.story})

    def ends(self, source: SourceId) -> Ends:
        with self._connections.reading() as db:
            row = db.execute(statements.ENDS, (source,)).fetchone()
        return rows.unpack_ends(row["ends"]) if row else ()

    def keep_ends(self, source: SourceId, ends: Ends) -> None:
        with self._connections.writing() as db:
            db.execute(statements.KEEP_ENDS, (source, rows.pack_ends(ends)))


EVERYONE = ""
"""No source has this id: so none is left out."""


def keep_original(db: Connection, article: int, save: Save) -> None:
    """Keep what an article was made from; what it was made from before is of no use then."""
    if save.original is not None:
        db.execute(statements.KEEP_ORIGINAL, (article, pack(save.original)))
    elif save.replaces is not None:
        db.execute(statements.FORGET_ORIGINAL, (article,))


def keep_page(db: Connection, article: int, page: PageOriginal | None) -> None:
    """Keep the page that it shows beside what its feed said, if that is kept; None: it is of no use any more."""
    db.execute(statements.KEEP_PAGE, (_packed(asdict(page)) if page else None, article))


def _to_stored(row: Row) -> StoredOriginal:
    return StoredOriginal(
        stored=rows.to_stored_article(row),
        original=unpack(row["entry"]),
        feed_body=row["feed_body"] and SafeHtml(row["feed_body"]),
        page=row["page"] and PageOriginal(**_unpacked(row["page"])),
    )


def pack(original: Original) -> bytes:
    """As it is kept."""
    facts = original.facts
    feed = {"title": facts.title, "link": facts.link, "language": facts.language}
    fields = {"feed": _said(feed), **_said(asdict(original.entry))}
    return _packed(fields)


def unpack(packed: bytes) -> Original:
    """What `pack` was given."""
    fields = _unpacked(packed)
    feed = fields.pop("feed")
    for name in ("title", "summary", "content"):
        if name in fields:
            fields[name] = Markup(**fields[name])
    for name in ("published", "updated"):
        if name in fields:
            fields[name] = datetime.fromisoformat(fields[name])
    for name, kind in (("enclosures", Enclosure), ("images", Image)):
        if name in fields:
            fields[name] = tuple(kind(**one) for one in fields[name])
    for name in ("authors", "tags"):
        if name in fields:
            fields[name] = tuple(fields[name])
    return Original(entry=Entry(**fields), facts=FeedFacts(**feed))


def _packed(fields: Mapping[str, Any]) -> bytes:
    return zlib.compress(rows.to_json(fields).encode("utf-8", "surrogatepass"))


def _unpacked(packed: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    return fields


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Without what was not given; times as text."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in fields.items()
        if value is not None and value != ()
    }
