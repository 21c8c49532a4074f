"""The search in the one SQLite file, by FTS5."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from sqlite3 import Connection
from time import monotonic

from aggregator.model.errors import SearchTooSlowError
from aggregator.model.search import Match, Phrase, Term
from aggregator.model.source import SourceId
from aggregator.store.sqlite import rows, statements
from aggregator.store.sqlite.connect import Connections
from aggregator.store.sqlite.index import forget

PATIENCE = 5.0  # seconds for one search
_STEPS = 2_000  # of SQLite's machine between two looks at the clock
_CHUNK = 500


class SqliteSearch:
    """`store.search.Search`."""

    _connections: Connections

    def matches(
        self, wanted: Sequence[Term], unwanted: Sequence[Term], sources: Collection[SourceId], limit: int
    ) -> list[Match]:
        values = {
            "wanted": _expression(wanted, unwanted),
            "unwanted": _any_of(unwanted),
            "sources": rows.to_json(sorted(sources)),
            "limit": limit,
        }
        statement = statements.MATCHES if wanted else statements.ALL_BUT if unwanted else statements.ALL_OF
        with self._connections.reading() as db, _patience(db):
            relevance = {row["article"]: row["relevance"] for row in db.execute(statement, values)}
            found = _placed(db, list(relevance))
            return [rows.to_match(row, relevance[row["id"]]) for row in found]

    def count_unsearchable(self) -> int:
        with self._connections.reading() as db:
            count: int = db.execute(statements.COUNT_UNSEARCHABLE).fetchone()[0]
            return count

    def make_searchable(self, limit: int) -> int:
        with self._connections.writing() as db:
            waiting = [row[0] for row in db.execute(statements.UNSEARCHABLE, (limit,))]
            for article in waiting:
                for statement in statements.MAKE_SEARCHABLE:
                    db.execute(statement, (article,))
        return len(waiting)

    def search_afresh(self) -> None:
        with self._connections.writing() as db:
            forget(db)


@contextmanager
def _patience(db: Connection) -> Iterator[None]:
    """What takes too long is broken off, and so the next one need not wait for it."""
    end = monotonic() + PATIENCE
    db.set_progress_handler(lambda: monotonic() > end, _STEPS)
    try:
        yield
    except sqlite3.OperationalError as error:
        if monotonic() <= end:  # what was broken off has many names: "interrupted", "vtable constructor failed"
            raise
        raise SearchTooSlowError(f"the search took longer than {PATIENCE:.0f} s: look for rarer words") from error
    finally:
        db.set_progress_handler(None, 0)


def _placed(db: Connection, articles: Sequence[int]) -> Iterator[sqlite3.Row]:
    for start in range(0, len(articles), _CHUNK):
        chunk = articles[start : start + _CHUNK]
        yield from db.execute(statements.PLACED.format(",".join("?" * len(chunk))), chunk)


def _expression(wanted: Sequence[Term], unwanted: Sequence[Term]) -> str:
    """In FTS5's own language, where every word stands in quotes: none can be taken for a part of it."""
    every = " AND ".join(map(_term, wanted))
    return f"({every}) NOT ({_any_of(unwanted)})" if unwanted else every


def _any_of(terms: Sequence[Term]) -> str:
    return " OR ".join(map(_term, terms))


def _term(term: Term) -> str:
    return f"({'title : ' if term.part == 'title' else ''}{_phrase(term.phrase)})"


def _phrase(phrase: Phrase) -> str:
    text = " ".join(phrase.words).replace('"', "")
    return f'"{text}"*' if phrase.open else f'"{text}"'
