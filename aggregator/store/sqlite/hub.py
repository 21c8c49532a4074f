"""Our hub's records in the one SQLite file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from sqlite3 import Connection, Row

from aggregator.model.hub import Announcement, Listener, Room, Version, Wish
from aggregator.store.sqlite import rows
from aggregator.store.sqlite.connect import Connections

_KEEP_WISH = """
    INSERT INTO hub_wishes (callback, topic, mode, host, document, lease, secret, challenge, tries, next_try_at)
    VALUES (:callback, :topic, :mode, :host, :document, :lease, :secret, :challenge, :tries, :next_try_at)
    ON CONFLICT DO UPDATE SET mode = excluded.mode, lease = excluded.lease, secret = excluded.secret,
        challenge = excluded.challenge, tries = excluded.tries, next_try_at = excluded.next_try_at,
        document = excluded.document
"""
_WISHES_DUE = """
    SELECT * FROM (
        SELECT *, row_number() OVER (PARTITION BY host ORDER BY tries, next_try_at) AS nth
        FROM hub_wishes WHERE next_try_at <= :now
    ) WHERE nth <= :of_host ORDER BY tries, next_try_at LIMIT :limit
"""
_GRANT = """
    INSERT INTO hub_listeners
        (callback, topic, host, document, secret, lease_until, told, failures, failing_since, next_try_at)
    VALUES (:callback, :topic, :host, :document, :secret, :lease_until, :told, 0, NULL, :next_try_at)
    ON CONFLICT DO UPDATE SET secret = excluded.secret, lease_until = excluded.lease_until, failures = 0,
        failing_since = NULL, next_try_at = excluded.next_try_at, document = excluded.document
"""
# A few of each host: the thousand callbacks of one that is slow must not hide those of others.
_LISTENERS_DUE = """
    SELECT * FROM (
        SELECT hub_listeners.*, row_number() OVER (
            PARTITION BY host ORDER BY hub_listeners.failures > 0, hub_listeners.next_try_at
        ) AS nth FROM hub_listeners JOIN hub_documents USING (document)
        WHERE told <> version AND hub_listeners.next_try_at <= :now AND lease_until > :now
    ) WHERE nth <= :of_host ORDER BY failures > 0, next_try_at LIMIT :limit
"""
_NOTE_VERSION = """
    INSERT INTO hub_documents (document, version, announced, failures, next_try_at)
    VALUES (:document, :version, :version, 0, :now)
    ON CONFLICT DO UPDATE SET version = excluded.version
"""
_ANNOUNCEMENTS_DUE = """
    SELECT * FROM hub_documents WHERE announced <> version AND next_try_at <= :now
    ORDER BY failures > 0, next_try_at LIMIT :limit
"""


class SqliteHub:
    """`store.hub.HubRecords`."""

    _connections: Connections

    def keep_wish(self, wish: Wish, room: Room) -> bool:
        with self._connections.writing() as db:
            key = (wish.callback, wish.topic)
            known = db.execute("SELECT 1 FROM hub_wishes WHERE callback = ? AND topic = ?", key).fetchone()
            if not known and _is_full(db, "hub_wishes", wish.host, room.wishes, room.wishes_per_host):
                return False
            db.execute(_KEEP_WISH, _from_wish(wish))
            return True

    def wishes_due(self, now: datetime, limit: int, of_host: int) -> list[Wish]:
        with self._connections.reading() as db:
            found = db.execute(_WISHES_DUE, {"now": rows.to_text(now), "limit": limit, "of_host": of_host})
            return [_to_wish(row) for row in found]

    def put_off_wish(self, wish: Wish) -> None:
        with self._connections.writing() as db:
            db.execute(
                "UPDATE hub_wishes SET tries = :tries, next_try_at = :next_try_at "
                "WHERE callback = :callback AND topic = :topic AND challenge = :challenge",
                _from_wish(wish),
            )

    def drop_wish(self, wish: Wish) -> None:
        with self._connections.writing() as db:
            _drop_wish(db, wish)

    def grant(self, wish: Wish, listener: Listener, room: Room) -> bool:
        with self._connections.writing() as db:
            _drop_wish(db, wish)
            known = _listener(db, listener.callback, listener.topic)
            full = _is_full(db, "hub_listeners", listener.host, room.listeners, room.listeners_per_host)
            if known is None and full:
                return False
            db.execute(_GRANT, _from_listener(listener))
            return True

    def listener(self, callback: str, topic: str) -> Listener | None:
        with self._connections.reading() as db:
            return _listener(db, callback, topic)

    def keep_listener(self, listener: Listener) -> None:
        with self._connections.writing() as db:
            db.execute(
                "UPDATE hub_listeners SET told = :told, failures = :failures, failing_since = :failing_since, "
                "next_try_at = :next_try_at WHERE callback = :callback AND topic = :topic",
                _from_listener(listener),
            )

    def drop_listener(self, callback: str, topic: str) -> None:
        with self._connections.writing() as db:
            db.execute("DELETE FROM hub_listeners WHERE callback = ? AND topic = ?", (callback, topic))

    def drop_expired(self, now: datetime) -> int:
        with self._connections.reading() as db:  # mostly there are none: nobody needs to wait for the writer
            over = db.execute("SELECT 1 FROM hub_listeners WHERE lease_until <= ?", (rows.to_text(now),)).fetchone()
        if over is None:
            return 0
        with self._connections.writing() as db:
            return db.execute("DELETE FROM hub_listeners WHERE lease_until <= ?", (rows.to_text(now),)).rowcount

    def listened_to(self) -> frozenset[str]:
        with self._connections.reading() as db:
            return frozenset(row[0] for row in db.execute("SELECT DISTINCT document FROM hub_listeners"))

    def count_listeners(self) -> tuple[int, int]:
        with self._connections.reading() as db:
            listeners, failing = db.execute("SELECT count(*), total(failures > 0) FROM hub_listeners").fetchone()
        return listeners, int(failing)

    def listeners_of(self, document: str) -> list[Listener]:
        with self._connections.reading() as db:
            found = db.execute("SELECT * FROM hub_listeners WHERE document = ? ORDER BY callback", (document,))
            return [_to_listener(row) for row in found]

    def listeners_due(self, now: datetime, limit: int, of_host: int) -> list[Listener]:
        with self._connections.reading() as db:
            found = db.execute(_LISTENERS_DUE, {"now": rows.to_text(now), "limit": limit, "of_host": of_host})
            return [_to_listener(row) for row in found]

    def versions(self) -> dict[str, Version]:
        with self._connections.reading() as db:
            return {row["document"]: row["version"] for row in db.execute("SELECT * FROM hub_documents")}

    def note_versions(self, versions: Mapping[str, Version], now: datetime) -> None:
        at = rows.to_text(now)
        values = [{"document": name, "version": version, "now": at} for name, version in versions.items()]
        with self._connections.writing() as db:
            db.executemany(_NOTE_VERSION, values)

    def announcements_due(self, now: datetime, limit: int) -> list[Announcement]:
        with self._connections.reading() as db:
            found = db.execute(_ANNOUNCEMENTS_DUE, {"now": rows.to_text(now), "limit": limit})
            return [
                Announcement(
                    document=row["document"],
                    version=row["version"],
                    failures=row["failures"],
                    next_try=rows.to_time(row["next_try_at"]),
                )
                for row in found
            ]

    def announced(self, announcement: Announcement) -> None:
        with self._connections.writing() as db:
            db.execute(
                "UPDATE hub_documents SET announced = ?, failures = 0 WHERE document = ?",
                (announcement.version, announcement.document),
            )

    def put_off_announcement(self, announcement: Announcement) -> None:
        with self._connections.writing() as db:
            db.execute(
                "UPDATE hub_documents SET failures = ?, next_try_at = ? WHERE document = ?",
                (announcement.failures, rows.to_text(announcement.next_try), announcement.document),
            )

    def forget_documents(self, documents: Sequence[str]) -> None:
        with self._connections.writing() as db:
            for document in documents:
                db.execute("DELETE FROM hub_documents WHERE document = ?", (document,))
                db.execute("DELETE FROM hub_listeners WHERE document = ?", (document,))
                db.execute("DELETE FROM hub_wishes WHERE document = ? AND mode <> 'denied'", (document,))


def _is_full(db: Connection, table: str, host: str, most: int, most_of_host: int) -> bool:
    here = db.execute(f"SELECT count(*) FROM {table} WHERE host = ?", (host,)).fetchone()[0]  # noqa: S608 - ours
    return bool(here >= most_of_host or db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] >= most)  # noqa: S608


def _drop_wish(db: Connection, wish: Wish) -> None:
    db.execute(
        "DELETE FROM hub_wishes WHERE callback = ? AND topic = ? AND challenge = ?",
        (wish.callback, wish.topic, wish.challenge),
    )


def _listener(db: Connection, callback: str, topic: str) -> Listener | None:
    row = db.execute("SELECT * FROM hub_listeners WHERE callback = ? AND topic = ?", (callback, topic)).fetchone()
    return _to_listener(row) if row else None


def _from_wish(wish: Wish) -> dict[str, object]:
    return {
        "callback": wish.callback,
        "topic": wish.topic,
        "mode": wish.mode,
        "host": wish.host,
        "document": wish.document,
        "lease": int(wish.lease.total_seconds()),
        "secret": wish.secret,
        "challenge": wish.challenge,
        "tries": wish.tries,
        "next_try_at": rows.to_text(wish.next_try),
    }


def _to_wish(row: Row) -> Wish:
    return Wish(
        callback=row["callback"],
        topic=row["topic"],
        mode=row["mode"],
        host=row["host"],
        document=row["document"],
        lease=timedelta(seconds=row["lease"]),
        secret=row["secret"],
        challenge=row["challenge"],
        tries=row["tries"],
        next_try=rows.to_time(row["next_try_at"]),
    )


def _from_listener(listener: Listener) -> dict[str, object]:
    since = listener.failing_since
    return {
        "callback": listener.callback,
        "topic": listener.topic,
        "host": listener.host,
        "document": listener.document,
        "secret": listener.secret,
        "lease_until": rows.to_text(listener.lease_until),
        "told": listener.told,
        "failures": listener.failures,
        "failing_since": rows.to_text(since) if since else None,
        "next_try_at": rows.to_text(listener.next_try),
    }


def _to_listener(row: Row) -> Listener:
    return Listener(
        callback=row["callback"],
        topic=row["topic"],
        host=row["host"],
        document=row["document"],
        secret=row["secret"],
        lease_until=rows.to_time(row["lease_until"]),
        told=row["told"],
        failures=row["failures"],
        failing_since=rows.to_time(row["failing_since"]) if row["failing_since"] else None,
        next_try=rows.to_time(row["next_try_at"]),
    )
