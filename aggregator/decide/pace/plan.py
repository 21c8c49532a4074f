"""The next poll: what is learned or configured, within limits, and no sooner than the publisher asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.decide.pace.foresee import rate, wait
from aggregator.decide.pace.learn import DAY
from aggregator.decide.pace.state import Pace
from aggregator.model.entry import Rhythm
from aggregator.model.exchange import Failure, FetchFailed
from aggregator.model.outcome import NextPoll

HOUR = timedelta(hours=1)
LONGEST_RETRY_AFTER = timedelta(days=7)
SHORTEST_RETRY_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """`polling.min` and `polling.max`: no interval of ours is shorter or longer."""

    min: timedelta = timedelta(minutes=5)
    max: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the publisher asked for: the feed's own words, and HTTP's."""

    rhythm: Rhythm = Rhythm()
    not_before: datetime | None = None  # max-age, Expires
    retry_after: datetime | None = None  # the only wish that may exceed `max`


def next_poll(
    pace: Pace,
    *,
    every: timedelta | None,
    limits: Limits,
    theta: float,
    asked: Asked,
    now: datetime,
    jitter: float,
) -> NextPoll:
    """When to ask again after a success, and why then."""
    if every is not None:
        interval, reason = every, f"every {every}"
    else:
        days = wait(pace, now.timestamp() / DAY, theta, limits.max / timedelta(days=1))
        interval, reason = timedelta(days=days), f"learned: about {rate(pace):.3g} posts a day"
    if asked.not_before is not None and asked.not_before - now > interval:
        interval, reason = asked.not_before - now, "the publisher asks to wait"
    interval = max(limits.min, min(interval, limits.max))
    return NextPoll(at=now + interval, reason=reason, interval=interval)


def retry(
    failures: int,
    *,
    failure: FetchFailed,
    every: timedelta | None,
    limits: Limits,
    now: datetime,
    jitter: float,
) -> NextPoll | None:
    """When to ask again after `failures` failures in a row; None after a 410: never.

    The wait doubles with each failure up to `max`, and never ends: sources come back after weeks.
    """
    if failure.failure is Failure.GONE:
        return None
    base = max(limits.min, min(every or HOUR / 4, limits.max))
    interval = min(limits.max, base * (1 << min(failures - 1, 20)))
    interval = max(limits.min, interval * (0.75 + 0.25 * jitter))
    reason = f"failing: try {failures}, backing off"
    if failure.retry_after is not None:
        asked = min(max(failure.retry_after - now, SHORTEST_RETRY_AFTER), LONGEST_RETRY_AFTER)
        if asked > interval:
            until = (now + asked).astimezone(UTC)
            interval, reason = asked, f"the publisher asks to wait until {until:%Y-%m-%d %H:%M} UTC (Retry-After)"
    return NextPoll(at=now + interval, reason=reason, interval=interval)
