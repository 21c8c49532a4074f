"""Looking for one article in the one SQLite file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from aggregator.model.article import Alias, StoredArticle
from aggregator.model.enrichment import PageState
from aggregator.model.outcome import Original
from aggregator.model.source import SourceId
from aggregator.store.sqlite import rows, statements
from aggregator.store.sqlite.connect import Connections
from aggregator.store.sqlite.originals import unpack

_ESCAPES = str.maketrans({"%": "\\%", "_": "\\_", "\\": "\\\\"})


_HOLDS = "title LIKE ? ESCAPE '\\'"


def _anywhere(word: str) -> str:
    return f"%{word.translate(_ESCAPES)}%"


class SqliteLookups:
    """`store.lookups.Lookups`."""

    _connections: Connections

    def aliases_of(self, source: SourceId, article: int) -> frozenset[Alias]:
        with self._connections.reading() as db:
            return frozenset(Alias(row["alias"]) for row in db.execute(statements.ALIASES_OF, (source, article)))

    def titled(self, words: Sequence[str], limit: int) -> list[StoredArticle]:
        if not words:
            return []
        wanted = " AND ".join([_HOLDS] * len(words))
        with self._connections.reading() as db:
            found = db.execute(statements.TITLED.format(wanted), (*map(_anywhere, words), limit))
            return [rows.to_stored_article(row) for row in found]

    def titled_like(self, words: Sequence[str], limit: int) -> list[StoredArticle]:
        if not words:
            return []
        count = " + ".join([f"({_HOLDS})"] * len(words))
        with self._connections.reading() as db:
            found = db.execute(statements.TITLED_LIKE.format(count), (*map(_anywhere, words), limit))
            return [rows.to_stored_article(row) for row in found]

    def links(self) -> Iterator[tuple[int, SourceId, str, str | None]]:
        with self._connections.reading() as db:
            for row in db.execute(statements.LINKS):
                yield row["id"], SourceId(row["source"]), row["story"], row["link"]

    def pruned_at(self, article: int) -> datetime | None:
        with self._connections.reading() as db:
            row = db.execute(statements.PRUNED_AT, (article,)).fetchone()
        return rows.to_time(row["at"]) if row else None

    def original_of(self, article: int) -> Original | None:
        with self._connections.reading() as db:
            row = db.execute(statements.ORIGINAL_OF, (article,)).fetchone()
        return unpack(row["entry"]) if row else None

    def page_of(self, article: int) -> tuple[PageState, str] | None:
        with self._connections.reading() as db:
            row = db.execute(statements.PAGE_OF, (article,)).fetchone()
        return (PageState(row["state"]), row["reason"]) if row else None

    def waits(self, article: int) -> bool:
        with self._connections.reading() as db:
            return db.execute(statements.IS_WAITING, (article,)).fetchone() is not None
