"""How long to wait until a poll is worth its price."""

from __future__ import annotations

import math
from collections.abc import Sequence

from aggregator.decide.pace.learn import BURST
from aggregator.decide.pace.rhythm import THURSDAY, day_shares, hour_shares, rate
from aggregator.decide.pace.state import Pace
from aggregator.decide.pace.timetable import Pulse, pulses

SPREAD = 0.3  # further items to expect per recent item
STRAYS = 0.2  # items off a timetable to expect while it lasts, before any is seen
SHORT = 5  # entries; a shorter document is not full, it is new
STEP = 1 / 48  # days
FINE = 1 / 288


def wait(pace: Pace, now: float, theta: float, longest: float) -> float:
    """Days until the expected waiting of unseen items, ∫ r(u)(t−u) du, reaches `theta`; at most `longest`.

    For a constant rate r this is the square-root law √(2θ/r), which spends a number of polls where they save most
    waiting (Sia, Cho & Cho, "Efficient monitoring algorithm for fast news alerts", IEEE TKDE 19(7), 2007). The poll
    comes earlier when the document would probably overflow: the expected items must stay so far below its window W
    that two standard deviations more still fit, a + 2√a ≤ W.
    """
    hours, days = hour_shares(pace), day_shares(pace)
    plan = _plan(pace, now, longest, hours, days)
    base, burst = _smooth(pace, now)
    room = (math.sqrt(max(pace.window, SHORT) + 1) - 1) ** 2
    passed = waiting = items = smooth = 0.0
    while passed < longest:
        step = _step(plan, now + passed)
        moment = now + passed + step / 2
        fade = math.exp(-step / BURST)
        smooth += base * hours[int(moment * 24) % 24] * days[(int(moment) + THURSDAY) % 7] * step + burst * (1 - fade)
        burst *= fade
        more = smooth + _appointed(plan, now + passed + step)
        worse = waiting + (items + more) / 2 * step
        if worse >= theta or more >= room:
            return min(longest, passed + _within(step, items, more, theta - waiting, room))
        passed, items, waiting = passed + step, more, worse
    return longest


def _plan(pace: Pace, now: float, longest: float, hours: Sequence[float], days: Sequence[float]) -> list[Pulse]:
    """The appointments to come, each with as many items as the source usually brings at once."""
    if pace.timetable is None:
        return []
    batch = max(1.0, rate(pace) * pace.timetable.period)
    return pulses(pace.timetable, pace.dates, (now, now + longest), batch, hours, days)


def _smooth(pace: Pace, now: float) -> tuple[float, float]:
    """What comes at any time: items per day, and further items of a burst that is going on."""
    if pace.timetable:
        return (pace.timetable.strays + STRAYS) / (max(0.0, now - pace.dates[0]) + pace.timetable.period), 0.0
    return rate(pace), pace.recent * SPREAD * math.exp(min(0.0, pace.at - now) / BURST)


def _step(plan: list[Pulse], begin: float) -> float:
    """Small steps where an appointment is near."""
    for pulse in plan:
        if begin > pulse.at - 8 * pulse.scale - STEP:
            if begin < pulse.at + 8 * pulse.scale:
                return FINE
        else:
            break
    return STEP


def _appointed(plan: list[Pulse], until: float) -> float:
    """Expected items of all appointments until then."""
    items = 0.0
    for pulse in plan:
        if until < pulse.at - 8 * pulse.scale:
            break
        items += pulse.items(until)
    return items


def _within(step: float, items: float, more: float, missing: float, room: float) -> float:
    """Where within a step theta or the window is reached, if items grow evenly from `items` to `more`."""
    r = max((more - items) / step, 1e-12)
    by_theta = (math.sqrt(items * items + 2 * r * max(missing, 0.0)) - items) / r
    return min(by_theta, max(room - items, 0.0) / r, step)
