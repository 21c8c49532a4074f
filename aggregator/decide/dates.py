"""Which dates we believe."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before the first web page no entry was published: such a date is a fault (1970 is a zero, year 1 an empty field)."""

GRACE = timedelta(days=1)
"""A date this far ahead is a wrong time zone, not a wrong date."""


def settle(date: datetime | None, now: datetime) -> datetime:
    """The publication date of an entry first seen `now`: its own where that can be true, else now. Whole seconds."""
    return (believable(date, now) or now).replace(microsecond=0)


def believable(date: datetime | None, now: datetime) -> datetime | None:
    """The date in whole seconds, or None where it cannot be true."""
    if date is None or not EARLIEST <= date <= now + GRACE:
        return None
    return date.replace(microsecond=0)
