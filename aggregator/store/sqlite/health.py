"""Events in the one SQLite file."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Connection, Row

from aggregator.model.health import Event, Told
from aggregator.model.source import SourceId
from aggregator.store.sqlite import rows
from aggregator.store.sqlite.connect import Connections

MOST = 500  # events that are kept

_ADD = """
    INSERT INTO health_events (kind, at, source, name, title, text)
    VALUES (:kind, :at, :source, :name, :title, :text)"""

_FORGET = "DELETE FROM health_events WHERE id <= (SELECT max(id) FROM health_events) - ?"

_TOLD = """
    INSERT OR REPLACE INTO health_told (source, trouble, moved_to, flooded_at)
    VALUES (:source, :trouble, :moved_to, :flooded_at)"""


class SqliteHealth:
    """`store.health.Health`."""

    _connections: Connections

    def told(self, source: SourceId) -> Told:
        with self._connections.reading() as db:
            row = db.execute("SELECT * FROM health_told WHERE source = ?", (source,)).fetchone()
        if row is None:
            return Told()
        flooded = rows.to_time(row["flooded_at"]) if row["flooded_at"] else None
        return Told(trouble=row["trouble"], moved_to=row["moved_to"], flooded_at=flooded)

    def tell(self, events: Sequence[Event]) -> None:
        with self._connections.writing() as db:
            write_events(db, events)

    def events(self) -> list[tuple[int, Event]]:
        with self._connections.reading() as db:
            return [(row["id"], _event(row)) for row in db.execute("SELECT * FROM health_events ORDER BY id DESC")]


def write_events(db: Connection, events: Sequence[Event]) -> None:
    """Within the transaction that is open."""
    if not events:
        return
    values = [
        {
            "kind": event.kind,
            "at": rows.to_text(event.at),
            "source": event.source,
            "name": event.name,
            "title": event.title,
            "text": event.text,
        }
        for event in events
    ]
    db.executemany(_ADD, values)
    db.execute(_FORGET, (MOST,))


def write_told(db: Connection, source: SourceId, told: Told) -> None:
    """Within the transaction that is open."""
    flooded = rows.to_text(told.flooded_at) if told.flooded_at else None
    row = {"source": source, "trouble": told.trouble, "moved_to": told.moved_to, "flooded_at": flooded}
    db.execute(_TOLD, row)


def _event(row: Row) -> Event:
    return Event(
        kind=row["kind"],
        at=rows.to_time(row["at"]),
        source=SourceId(row["source"]) if row["source"] else None,
        name=row["name"],
        title=row["title"],
        text=row["text"],
    )
