"""Clockwork: many sources are written by a timer – hourly, daily at 9:00, Mondays – and can be met at the door."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

PERIODS = tuple(hours / 24 for hours in (0.5, 1, 2, 3, 4, 6, 8, 12, 24, 168))
"""Days. What timers are set to; a period that divides neither a day nor a week is no timetable of people's."""

FEWEST = 5  # dates; fewer prove nothing
TIGHTEST, LOOSEST = 1.5 / 1440, 1 / 24  # days; how punctual a timer is at best, and at worst
MANY = 100  # appointments to look ahead
SURE = 0.97  # no appointment is surer than this
STRAY = 0.1  # share of items that may be off the timetable
PROOF = 5.0  # log-likelihood ratio above which a timetable is believed


class Timetable(NamedTuple):
    """Items come at `phase` + k · `period`, give or take `sd` days; `strays` of the dates did not."""

    period: float
    phase: float
    sd: float
    strays: int


def find_timetable(dates: Sequence[float]) -> Timetable | None:
    """The timetable that these ascending dates keep, if they keep one."""
    if len(dates) < FEWEST:
        return None
    gap = (dates[-1] - dates[0]) / (len(dates) - 1)
    best, proof = None, PROOF
    for period in PERIODS:
        if 0.25 * gap <= period <= 1.3 * gap:
            table, evidence = _fit(dates, period)
            if evidence > proof:
                best, proof = table, evidence
    return best


def _fit(dates: Sequence[float], period: float) -> tuple[Timetable, float]:
    """The best timetable of this period, and its log-likelihood against items at any time of the period."""
    turn = 2 * math.pi / period
    first = dates[0]
    angle = math.atan2(
        math.fsum(math.sin((date - first) * turn) for date in dates),
        math.fsum(math.cos((date - first) * turn) for date in dates),
    )
    phase = first + angle / turn
    late = [_off(date, phase, period) for date in dates]
    shift = sorted(late)[len(late) // 2]
    phase, late = phase + shift, [one - shift for one in late]
    typical = 1.48 * sorted(map(abs, late))[len(late) // 2]
    if typical > min(LOOSEST, period / 6):
        return Timetable(period, phase, typical, len(dates)), -math.inf
    near = [one for one in late if abs(one) <= 3 * max(typical, TIGHTEST)]
    mean = math.fsum(near) / len(near)
    sd = max(TIGHTEST, math.sqrt(math.fsum((one - mean) ** 2 for one in near) / max(len(near) - 1, 1)))
    peak = (1 - STRAY) * period / (sd * math.sqrt(2 * math.pi))
    evidence = math.fsum(math.log(STRAY + peak * math.exp(-0.5 * ((one - mean) / sd) ** 2)) for one in late)
    return Timetable(period, (phase + mean) % period, sd, len(late) - len(near)), evidence


def _off(date: float, phase: float, period: float) -> float:
    return (date - phase + period / 2) % period - period / 2


class Pulse(NamedTuple):
    """One appointment: the items to expect from now to t are `weight` · (F(t) − F(now)), F logistic."""

    at: float
    scale: float
    weight: float
    before: float  # F(now)

    def items(self, t: float) -> float:
        """Expected items from now to t."""
        return self.weight * (_logistic((t - self.at) / self.scale) - self.before)


def _logistic(z: float) -> float:
    return 0.5 + 0.5 * math.tanh(z / 2)


def pulses(
    table: Timetable,
    dates: Sequence[float],
    between: tuple[float, float],
    batch: float,
    hours: Sequence[float],
    days: Sequence[float],
) -> list[Pulse]:
    """The appointments between now and then, `batch` items each.

    One whose item was seen is over; one that is late is still expected, if less and less. A timer that rests at night
    or on weekends shows in `hours` and `days`, the shares of the rate.
    """
    now, end = between
    period, phase, sd, strays = table
    kept = (len(dates) - strays + 0.5) / (max(0.0, now - dates[0]) / period + 1.5)
    scale = sd * math.sqrt(1 + 1 / len(dates)) / 1.81  # a logistic distribution's sd is 1.81 times its scale
    turn = max(math.floor((dates[-1] - phase) / period + 0.5) + 1, math.ceil((now - phase) / period - 0.5))
    result: list[Pulse] = []
    while len(result) < MANY and (at := phase + turn * period) < end:
        share = days[(int(at) + 3) % 7] if period <= 1 else 1.0
        chance = min(SURE, kept * share * (hours[int(at * 24) % 24] if period < 1 else 1.0))
        before = _logistic((now - at) / scale)
        result.append(Pulse(at, scale, batch * chance / (1 - chance * before), before))
        turn += 1
    return result
