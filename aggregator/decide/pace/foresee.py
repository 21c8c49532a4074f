"""The rate that a Pace foresees, and how long to wait until a poll is worth its price."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from aggregator.decide.pace.learn import BURST
from aggregator.decide.pace.state import Pace

PRIOR_COUNT, PRIOR_DAYS = 0.375, 1.5  # a source of which nothing is known: 0.25 items a day
FAITH = 12.0  # so many items must be seen before an hour's or a day's share counts half
SPREAD = 0.25  # expected further items per recent item
STEP = 1 / 48  # days
HORIZON = 48 * 30  # steps


def rate(pace: Pace) -> float:
    """Items per day, averaged over the week."""
    return (PRIOR_COUNT + pace.count) / (PRIOR_DAYS + pace.exposure)


def hour_shares(pace: Pace) -> list[float]:
    """How much of the average rate falls into each hour of the day, UTC; the mean is 1."""
    hours, total = pace.hours, sum(pace.hours)
    factor = 24 / (total + FAITH)
    return [factor * (hours[hour - 1] / 4 + hours[hour] / 2 + hours[hour - 23] / 4 + FAITH / 24) for hour in range(24)]


def day_shares(pace: Pace) -> list[float]:
    """How much of the average rate falls on a working day and on a weekend day, Monday first; the mean is 1."""
    total = sum(pace.days)
    weekend = (pace.days[5] + pace.days[6] + FAITH * 2 / 7) / (total + FAITH)
    return [(1 - weekend) * 7 / 5] * 5 + [weekend * 7 / 2] * 2


class Pulse(NamedTuple):
    """One appointment of a timetable: the expected items until t are `weight` · (F(t) − F(now)), F logistic."""

    at: float
    scale: float
    weight: float
    done: float  # F(now)
    soft: float  # scale · softplus((now − at) / scale)

    def ahead(self, now: float, t: float) -> tuple[float, float]:
        """Expected items, and their expected waiting, from now to t."""
        z = (t - self.at) / self.scale
        if z > 30:
            share, soft = 1.0, z
        else:
            e = math.exp(z)
            share, soft = e / (1 + e), math.log1p(e)
        return self.weight * (share - self.done), self.weight * (self.scale * soft - self.soft - self.done * (t - now))


def pulses(pace: Pace, now: float, longest: float, hours: Sequence[float], days: Sequence[float]) -> list[Pulse]:
    table = pace.timetable
    if table is None:
        return []
    period, phase, sd, strays = table
    n = len(pace.dates)
    cycles = (now - pace.dates[0]) / period + 1
    kept = min(0.97, (n - strays + 0.5) / (cycles + 0.5))
    scale = sd * math.sqrt(1 + 1 / n) / 1.81
    k = max(math.floor((pace.dates[-1] - phase) / period + 0.5) + 1, math.ceil((now - phase) / period - 0.5))
    result = []
    while (at := phase + k * period) < now + longest:
        k += 1
        share = days[(int(at) + 3) % 7] if period <= 1 else 1.0
        if period < 1:
            share *= hours[int(at * 24) % 24]
        q = min(0.97, kept * share)
        z = min(30.0, (now - at) / scale)
        e = math.exp(z)
        done = e / (1 + e)
        result.append(Pulse(at, scale, q / (1 - q * done), done, scale * math.log1p(e)))
    return result


def wait(pace: Pace, now: float, theta: float, longest: float) -> float:
    """Days until the expected waiting of unseen items, ∫ r(u)(t−u) du, reaches `theta`; at most `longest`.

    For a constant rate r this is the square-root law √(2θ/r), which spends a number of polls where it finds most
    (Cho & Garcia-Molina, "Effective page refresh policies for web crawlers", 2003). The poll comes earlier when
    the document would probably overflow: the expected items must stay so far below its window W that two standard
    deviations more still fit, a + 2√a ≤ W.
    """
    base, hours, days = rate(pace), hour_shares(pace), day_shares(pace)
    if pace.timetable is not None:
        return wait_clock(pace, now, theta, longest)
    room = (math.sqrt(max(pace.window, 1) + 1) - 1) ** 2
    burst = pace.recent * SPREAD * math.exp((pace.at - now) / BURST) if now > pace.at else pace.recent * SPREAD
    fade = math.exp(-STEP / BURST)
    passed = waiting = items = 0.0
    while passed < longest:
        moment = now + passed + STEP / 2
        r = base * hours[int(moment * 24) % 24] * days[(int(moment) + 3) % 7] + burst * (1 - fade) / STEP
        burst *= fade
        more = items + r * STEP
        worse = waiting + (items + more) / 2 * STEP
        if worse >= theta or more >= room:
            return min(longest, passed + _within(items, waiting, r, theta, room))
        passed, items, waiting = passed + STEP, more, worse
    return longest


def _within(items: float, waiting: float, r: float, theta: float, room: float) -> float:
    by_theta = (math.sqrt(items * items + 2 * r * max(theta - waiting, 0.0)) - items) / r
    return min(by_theta, max(room - items, 0.0) / r, STEP)


def wait_clock(pace: Pace, now: float, theta: float, longest: float) -> float:
    hours, days = hour_shares(pace), day_shares(pace)
    table = pace.timetable
    base = (table.strays + 0.2) / (now - pace.dates[0] + table.period)
    room = (math.sqrt(max(pace.window, 1) + 1) - 1) ** 2
    plan = pulses(pace, now, longest, hours, days)
    step = min(STEP, max(table.sd, 1/288))
    passed = waiting = items = before = 0.0
    worse = 0.0
    while passed < longest:
        moment = now + passed + step / 2
        r = base * hours[int(moment * 24) % 24] * days[(int(moment) + 3) % 7]
        waiting += (items + r * step / 2) * step
        items += r * step
        passed += step
        n, j = items, waiting
        for pulse in plan:
            if now + passed < pulse.at - 12 * pulse.scale:
                break
            a, b = pulse.ahead(now, now + passed)
            n += a
            j += b
        if j >= theta or n >= room:
            return min(longest, passed - step * (1 - (theta - before) / (j - before)) if j >= theta else passed)
        before = j
    return longest
