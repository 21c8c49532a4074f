"""A successful poll teaches: how many items, at which hours, on which days, by which timetable."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from aggregator.decide.pace.state import DAY, Pace
from aggregator.decide.pace.timetable import find_timetable

MEMORY = 10 / math.log(2)  # days; what was seen ten days ago counts half
BURST = 60 / 1440  # days; so long one item makes more items likely
EMPTY = 10.0  # days that a first document without any entry stands for: it would hold older ones too, if there were any
LONG = 90.0  # days after which half of what is known of hours and days is forgotten: time zones and habits change
DATES = 16  # as many last dates are kept: enough to prove a timetable, few enough to follow when it is moved
BATCH = 4 / 1440  # days; items so close together were published at once
VAGUE = 1 / 24  # days; an item found after a longer gap, without a date of its own, says nothing about a timetable


def observe(pace: Pace, *, now: datetime, previous: datetime | None, fresh: Sequence[datetime], window: int) -> Pace:
    """The pace after a successful poll.

    `fresh` holds the dates of the entries that are new since the poll at `previous`, `now` for those without a date;
    `window` counts the entries of the document. On the first poll (`previous` is None) `fresh` holds all dates of the
    document: they are the history from which a rate is known at once.
    """
    at = now.timestamp() / DAY
    if previous is None:
        return _begin(sorted(time for date in fresh if 0 < (time := date.timestamp() / DAY) < at), at, window)
    since = min(previous.timestamp() / DAY, at)
    times = sorted(_appeared(date.timestamp() / DAY, since, at) for date in fresh)
    return _go_on(pace if pace.at else Pace(at=since, since=since), times, since, at, window)


def _begin(times: list[float], at: float, window: int) -> Pace:
    """The dates of the first document are a history, watched since the oldest of them."""
    span = at - times[0] if times else EMPTY if not window else 0.0
    dates = _apart((), times)
    hours, days = _counted((0.0,) * 24, (0.0,) * 7, times)
    return Pace(
        at=at,
        since=times[0] if times else at,
        window=window,
        count=_decayed(times, at, MEMORY),
        exposure=MEMORY * (1 - math.exp(-span / MEMORY)),
        recent=_decayed(times, at, BURST),
        hours=hours,
        days=days,
        dates=dates,
        timetable=find_timetable(dates),
    )


def _go_on(pace: Pace, times: list[float], since: float, at: float, window: int) -> Pace:
    passed = max(0.0, at - pace.at)
    fade = math.exp(-passed / MEMORY)
    begun, hours, days = (pace.since, pace.hours, pace.days) if at - pace.since < LONG else _forgetful(pace, at)
    hours, days = _counted(hours, days, times)
    middle = (since + at) / 2
    dates = _apart(pace.dates, [time for time in times if time != middle or at - since < VAGUE])
    return Pace(
        at=max(at, pace.at),
        since=begun,
        window=window,
        count=pace.count * fade + len(times),
        exposure=pace.exposure * fade + MEMORY * (1 - fade),
        recent=pace.recent * math.exp(-passed / BURST) + _decayed(times, at, BURST),
        hours=hours,
        days=days,
        dates=dates,
        timetable=pace.timetable if dates == pace.dates else find_timetable(dates),
    )


def _appeared(time: float, since: float, at: float) -> float:
    """When a new item came into the document: its date, unless that cannot be.

    A date before the last poll was not there then, and one that is not over is a wish; both came in between.
    """
    return time if since <= time < at else (since + at) / 2


def _decayed(times: Sequence[float], at: float, memory: float) -> float:
    return math.fsum(math.exp((time - at) / memory) for time in times)


def _counted(
    hours: tuple[float, ...], days: tuple[float, ...], times: Sequence[float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if not times:
        return hours, days
    by_hour, by_day = list(hours), list(days)
    for time in times:
        by_hour[int(time * 24) % 24] += 1
        by_day[(int(time) + 3) % 7] += 1  # 1970 began on a Thursday
    return tuple(by_hour), tuple(by_day)


def _forgetful(pace: Pace, at: float) -> tuple[float, tuple[float, ...], tuple[float, ...]]:
    """Half of the counts, over half of the time."""
    begun = at - (at - pace.since) / 2
    return begun, tuple(count / 2 for count in pace.hours), tuple(count / 2 for count in pace.days)


def _apart(dates: tuple[float, ...], times: Sequence[float]) -> tuple[float, ...]:
    """The last dates, one of each batch: many timers publish several items at once."""
    kept = list(dates)
    for time in times:
        if not kept or time - kept[-1] > BATCH:
            kept.append(time)
    return dates if len(kept) == len(dates) else tuple(kept[-DATES:])
