"""The next poll: what is learned or configured, within limits, and no sooner than the publisher asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.decide.pace.foresee import wait
from aggregator.decide.pace.portray import sentence
from aggregator.decide.pace.state import DAY, Pace
from aggregator.model.entry import Rhythm
from aggregator.model.exchange import Failure, FetchFailed
from aggregator.model.outcome import NextPoll

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LONGEST_WISH = timedelta(days=7)  # a Retry-After beyond this is a mistake, and would lose a source
FIRST_RETRY = timedelta(minutes=15)  # then twice as long each time
PATIENT = 3  # failures up to which a Retry-After shortens our own back-off: the server knows better when it is back


@dataclass(frozen=True, slots=True)
class Limits:
    """`polling.min` and `polling.max`: no interval that we choose is shorter or longer."""

    min: timedelta = timedelta(minutes=5)
    max: timedelta = timedelta(days=1)

    def clamp(self, interval: timedelta) -> timedelta:
        """The interval, or the limit that it breaks."""
        return max(self.min, min(interval, self.max))

    def around(self, every: timedelta | None) -> Limits:
        """Limits that hold the interval which a source's owner fixed: the nearest setting wins."""
        return self if every is None else Limits(min(self.min, every), max(self.max, every))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the publisher asked for: the feed's own words, and HTTP's."""

    rhythm: Rhythm = Rhythm()
    not_before: datetime | None = None  # Cache-Control: max-age, Expires
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
    """When to ask again after a success, and why then.

    `every` is its owner's wish, whatever the limits are: only HTTP makes it longer (until max-age has passed, a cache
    would answer with the same document). A learned interval also gives way to the feed's ttl, sy:updatePeriod,
    skipHours and skipDays (RSS 2.0, "Optional channel elements"; RDF Site Summary 1.0 Modules: Syndication).
    `jitter`, from 0 to 1, keeps sources apart that began together.
    """
    limits = limits.around(every)
    rhythm = asked.rhythm if every is None else Rhythm()
    own = _own(pace, every, limits, theta, now)
    interval, reason = max(own, *_wishes(rhythm, asked.not_before, now), key=_length)
    interval = limits.clamp(limits.clamp(interval) + min(interval / 20, MINUTE) * jitter)
    rested = _outside(now + interval, rhythm, jitter) - now
    if rested > interval:
        interval, reason = limits.clamp(rested), "the feed asks for rest until then (skipHours, skipDays)"
    if asked.retry_after is not None and (wish := _wish(asked.retry_after, now, jitter)) > interval:
        interval, reason = wish, _told(now + wish)
    return NextPoll(at=now + interval, reason=reason, interval=interval)


def _wishes(rhythm: Rhythm, not_before: datetime | None, now: datetime) -> Iterator[tuple[timedelta, str]]:
    """Intervals that the publisher asks for; one that is shorter than ours asks for nothing."""
    yield timedelta(0), ""
    if rhythm.interval is not None:
        yield rhythm.interval, f"the feed asks to be read every {_short(rhythm.interval)}"
    if not_before is not None:
        yield not_before - now, f"the publisher asks to wait until {_clock(not_before)} (Cache-Control)"


def _length(wish: tuple[timedelta, str]) -> timedelta:
    return wish[0]


def _own(pace: Pace, every: timedelta | None, limits: Limits, theta: float, now: datetime) -> tuple[timedelta, str]:
    """What we would do if nobody asked for anything else."""
    if every is not None:
        return every, f"every {_short(every)}"
    days = wait(pace, now.timestamp() / DAY, theta, limits.max / timedelta(days=1))
    return timedelta(days=days), f"learned: {sentence(pace)}"


def _outside(at: datetime, rhythm: Rhythm, jitter: float) -> datetime:
    """The first time from `at` on that lies in no hour or day to be skipped; `at` if all of them are."""
    if not rhythm.skip_hours and not rhythm.skip_days:
        return at
    later = at.astimezone(UTC)
    for _ in range(8 * 24):
        if later.hour not in rhythm.skip_hours and later.weekday() not in rhythm.skip_days:
            return later
        later = later.replace(minute=0, second=0, microsecond=0) + HOUR + 5 * MINUTE * jitter
    return at


def retry(
    failures: int,
    *,
    failure: FetchFailed,
    every: timedelta | None,
    limits: Limits,
    now: datetime,
    jitter: float,
) -> NextPoll | None:
    """When to ask again after `failures` failures in a row, this one included; None after a 410: never.

    The wait doubles with each failure up to `max` and does not end: sources come back after weeks. Between half and the
    whole of it, by `jitter`, so that the feeds of a host that was down do not all come back at once.
    """
    if failure.failure is Failure.GONE or failure.status == 410:
        return None
    limits = limits.around(every)
    first = limits.clamp(FIRST_RETRY if every is None else every)
    interval = limits.clamp(min(limits.max, first * (1 << max(0, min(failures - 1, 20)))) * (0.5 + jitter / 2))
    reason = f"failing: try {failures + 1}, backing off"
    if failure.retry_after is not None:
        wish = max(_wish(failure.retry_after, now, jitter), limits.min)  # a Retry-After of 0 is no invitation
        if wish > interval or failures <= PATIENT:
            interval, reason = wish, _told(now + wish)
    return NextPoll(at=now + interval, reason=reason, interval=interval)


def _wish(retry_after: datetime, now: datetime, jitter: float) -> timedelta:
    """A Retry-After within sane bounds (RFC 9110, 10.2.3), and a little later: others were told the same."""
    wish = max(retry_after - now, MINUTE)
    return min(wish + min(wish / 10, 5 * MINUTE) * jitter, LONGEST_WISH)


def _told(until: datetime) -> str:
    return f"the publisher asks to wait until {_clock(until)} (Retry-After)"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _short(interval: timedelta) -> str:
    """As durations are written in the configuration: 90s, 15m, 2h, 7d."""
    seconds = round(interval.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s" if seconds < 120 else f"{seconds / 60:.0f}m"
