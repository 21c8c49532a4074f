"""A successful poll teaches: how many items, at which hours, on which days."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from aggregator.decide.pace.state import Pace
from aggregator.decide.pace.timetable import find_timetable

DAY = 86400.0
MEMORY = 10 / math.log(2)  # days; what was seen ten days ago counts half
DATES, BATCH, LATEST = 16, 4 / 1440, 1 / 24
BURST = 40 / 1440  # days; how long one item makes more items likely


def observe(pace: Pace, *, now: datetime, previous: datetime | None, fresh: Sequence[datetime], window: int) -> Pace:
    """The pace after a successful poll.

    `fresh` holds the dates of the entries that are new since the poll at `previous`, `now` for those without a date;
    `window` counts the entries of the document. On the first poll (`previous` is None) `fresh` holds all dates of the
    document: they are the history from which a rate is known at once.
    """
    at = now.timestamp() / DAY
    since = None if previous is None else min(previous.timestamp() / DAY, at)
    times = [_appeared(date.timestamp() / DAY, since, at) for date in fresh]
    count, exposure = _watched(pace, at, since, times)
    dates = _punctual(pace, since, at, times)
    hours, days = list(pace.hours), list(pace.days)
    for time in times:
        hours[int(time * 24) % 24] += 1
        days[(int(time) + 3) % 7] += 1  # 1970 began on a Thursday
    return Pace(
        at=at,
        window=window,
        count=count,
        exposure=exposure,
        recent=_recent(pace, at, times),
        hours=tuple(hours),
        days=tuple(days),
        dates=dates,
        timetable=pace.timetable if dates is pace.dates else find_timetable(dates),
    )


def _appeared(time: float, since: float | None, at: float) -> float:
    """When an item came into the document: its date, unless it was not there at the last poll or is not yet due."""
    if since is None:
        return max(0.0, min(time, at))
    return time if since <= time < at else (since + at) / 2


def _watched(pace: Pace, at: float, since: float | None, times: Sequence[float]) -> tuple[float, float]:
    """Items and days of watching, both fading with MEMORY, so that the rate follows the source."""
    if since is None:
        span = at - min(times, default=at)
        return sum(math.exp((time - at) / MEMORY) for time in times), MEMORY * (1 - math.exp(-span / MEMORY))
    fade = math.exp((pace.at - at) / MEMORY) if pace.at < at else 1.0
    return pace.count * fade + len(times), pace.exposure * fade + MEMORY * (1 - fade)


def _recent(pace: Pace, at: float, times: Sequence[float]) -> float:
    fade = math.exp((pace.at - at) / BURST) if pace.at < at else 1.0
    return pace.recent * fade + sum(math.exp((time - at) / BURST) for time in times)


def _punctual(pace: Pace, since: float | None, at: float, times: Sequence[float]) -> tuple[float, ...]:
    """The last dates, one of each batch: many timers publish several items at once."""
    if not times:
        return pace.dates
    kept = list(pace.dates)
    for time in sorted(times):
        if time < at and (since is None or time != (since + at) / 2 or at - since < LATEST) and (
            not kept or time - kept[-1] > BATCH
        ):
            kept.append(time)
    return tuple(kept[-DATES:])
