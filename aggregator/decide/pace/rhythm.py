"""The rhythm that a Pace holds: items a day, the hours of the day, the days of the week."""

from __future__ import annotations

import math
from collections.abc import Sequence

from aggregator.decide.pace.state import Pace

SHAPE = 0.5
KINDS = ((200.0, 0.15), (20.0, 0.2), (5.0, 0.3), (0.5, 0.25), (0.05, 0.1))
"""What a source may be before anything of it is seen: a gamma distribution of rates with SHAPE and so many days of
watching each, and its share of all sources, from dormant to a news agency's wire. Rates of feeds span five orders of
magnitude; one gamma distribution alone either learns a wire too slowly or polls the dead too often."""

_PRIOR = [(days, math.log(share) + SHAPE * math.log(days)) for days, share in KINDS]

FAITH_HOURS = 12.0  # so many items must be seen before an hour's share counts half
FAITH_WEEKEND = 12.0
WEEKEND = 0.8  # share of a weekend day beside a working day's 1, before anything is seen
THURSDAY = 3  # 1970 began on one; Monday is 0


def rate(pace: Pace) -> float:
    """Items per day, averaged over the week and the last weeks: the posterior mean under KINDS."""
    count, exposure = SHAPE + pace.count, pace.exposure
    logs = [prior - count * math.log(days + exposure) for days, prior in _PRIOR]
    top = max(logs)
    weights = [math.exp(one - top) for one in logs]
    means = [count / (days + exposure) for days, _ in KINDS]
    return sum(map(float.__mul__, weights, means)) / sum(weights)


def hour_shares(pace: Pace) -> list[float]:
    """How the rate of each hour of the day, UTC, compares to the average, which is 1."""
    hours, total = pace.hours, sum(pace.hours)
    if not total or pace.at <= pace.since:
        return [1.0] * 24
    usual = total / (pace.at - pace.since)  # items a day
    faith = FAITH_HOURS / 24
    watched = _watched(pace.since, pace.at, 24)
    smooth = [hours[hour - 1] / 4 + hours[hour] / 2 + hours[hour - 23] / 4 for hour in range(24)]
    return _normal([(smooth[hour] + faith) / (usual * watched[hour] + faith) for hour in range(24)])


def day_shares(pace: Pace) -> list[float]:
    """How the rate of each day of the week, Monday first, compares to the average, which is 1.

    Working days are one kind and the weekend is another: to tell seven apart takes more weeks than habits last.
    """
    days, total = pace.days, sum(pace.days)
    work, rest = 1.0, WEEKEND
    if total and pace.at > pace.since:
        usual = total / (pace.at - pace.since)
        watched = _watched(pace.since, pace.at, 7)
        idle = (watched[5 - THURSDAY] + watched[6 - THURSDAY]) * usual
        work = (sum(days[:5]) + FAITH_WEEKEND) / (sum(watched) * usual - idle + FAITH_WEEKEND)
        rest = (days[5] + days[6] + FAITH_WEEKEND * WEEKEND) / (idle + FAITH_WEEKEND)
    return _normal([work] * 5 + [rest] * 2)


def _watched(begin: float, end: float, bins: int) -> list[float]:
    """Days that each hour (24 bins) or day (7 bins, Thursday first) was watched between two times.

    Without it, a source first read on a Tuesday would seem to rest on Sundays.
    """
    unit = 1 / 24 if bins == 24 else 1.0
    begin, end = begin / unit, end / unit
    first, last = int(begin), int(end)
    whole, more = divmod(last - first, bins)
    watched = [float(whole)] * bins
    for step in range(more):
        watched[(first + step) % bins] += 1
    watched[first % bins] -= begin - first
    watched[last % bins] += end - last
    return [one * unit for one in watched]


def _normal(shares: Sequence[float]) -> list[float]:
    factor = len(shares) / sum(shares)
    return [share * factor for share in shares]
