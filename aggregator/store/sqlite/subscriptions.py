"""Subscriptions in the one SQLite file."""

from __future__ import annotations

from datetime import datetime
from sqlite3 import Connection

from aggregator.model.outcome import FeedFacts
from aggregator.model.source import SourceId
from aggregator.model.subscription import Subscription, Token, Topic
from aggregator.store.sqlite import rows, statements
from aggregator.store.sqlite.connect import Connections
from aggregator.store.subscriptions import Change


class SqliteSubscriptions:
    """`store.subscriptions.Subscriptions`, all but `deliver`, which writes articles."""

    _connections: Connections

    def unsubscribed(self) -> list[Topic]:
        with self._connections.reading() as db:
            return [
                Topic(source=SourceId(row["id"]), hub=row["hub"], topic=row["topic"])
                for row in db.execute(statements.UNSUBSCRIBED)
            ]

    def obsolete(self, base: str) -> list[Subscription]:
        with self._connections.reading() as db:
            return [rows.to_subscription(row) for row in db.execute(statements.OBSOLETE, {"base": base})]

    def subscriptions_due(self, now: datetime) -> list[Subscription]:
        with self._connections.reading() as db:
            found = db.execute(statements.SUBSCRIPTIONS_DUE, {"now": rows.to_text(now)})
            return [rows.to_subscription(row) for row in found]

    def subscribe(self, subscription: Subscription) -> None:
        with self._connections.writing() as db:
            db.execute(statements.KEEP_SUBSCRIPTION, rows.from_subscription(subscription))

    def subscription(self, token: Token) -> Subscription | None:
        with self._connections.reading() as db:
            return _one(db, statements.SUBSCRIPTION, token)

    def subscription_of(self, source: SourceId) -> Subscription | None:
        with self._connections.reading() as db:
            return _one(db, statements.SUBSCRIPTION_OF, source)

    def change_subscription(self, token: Token, change: Change) -> Subscription | None:
        with self._connections.writing() as db:
            return change_in(db, token, change)

    def forget_subscriptions(self) -> None:
        with self._connections.writing() as db:
            db.execute("DELETE FROM subscriptions")

    def facts(self, source: SourceId) -> FeedFacts:
        with self._connections.reading() as db:
            row = db.execute(statements.FACTS, (source,)).fetchone()
        return rows.to_facts(row) if row else FeedFacts()

    def dates_since(self, source: SourceId, time: datetime) -> list[datetime]:
        with self._connections.reading() as db:
            found = db.execute(statements.DATES_SINCE, (source, rows.to_text(time)))
            return [rows.to_time(row["date"]) for row in found]

    def poll_by(self, source: SourceId, at: datetime, why: str) -> None:
        with self._connections.writing() as db:
            db.execute(statements.POLL_BY, {"source": source, "at": rows.to_text(at), "why": why})

    def poll_subscribed_by(self, at: datetime, why: str) -> None:
        with self._connections.writing() as db:
            db.execute(statements.POLL_SUBSCRIBED_BY, {"at": rows.to_text(at), "why": why})


def change_in(db: Connection, token: Token, change: Change) -> Subscription | None:
    """Within the transaction that is open: read, change, write."""
    before = _one(db, statements.SUBSCRIPTION, token)
    after = change(before) if before is not None else None
    if after is not None:
        db.execute(statements.KEEP_SUBSCRIPTION, rows.from_subscription(after))
    elif before is not None:
        db.execute("DELETE FROM subscriptions WHERE token = ?", (token,))
    return after


def _one(db: Connection, statement: str, value: str) -> Subscription | None:
    row = db.execute(statement, (value,)).fetchone()
    return rows.to_subscription(row) if row else None
