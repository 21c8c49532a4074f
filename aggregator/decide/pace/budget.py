"""Theta, the price of a poll, follows the budget: polls per source and day."""

from __future__ import annotations

import math

SMALLEST, LARGEST = 1e-7, 10.0  # days; far outside of what any budget needs
GAIN = 0.06  # per hour
SURPRISE = 1.0  # an error of more than e is treated as one of e: a night's outage must not undo what was learned


def first_theta(budget: float) -> float:
    """Where to begin: in days of waiting that a poll must save; what a mixed list of sources needed when simulated."""
    return min(LARGEST, max(SMALLEST, 0.29 / max(budget, 0.01) ** 2))


def tune(theta: float, *, rate: float, budget: float) -> float:
    """Theta for the next hour, after `rate` polls per source and day were spent in the last 24 hours.

    News has days and nights. A theta that forced every hour to spend the same would poll when there is nothing and
    save when there is much; so the rate is that of a whole day, and theta follows it so slowly that a day is nothing:
    polls fall with the root of theta, the measure lags by half a day, and a GAIN of 0.06 an hour is the largest that
    does not swing (0.06 · ½ · 12 h ≈ 1/e).
    """
    if budget <= 0:
        return LARGEST
    error = math.log(max(rate, 1e-9) / budget)
    return min(LARGEST, max(SMALLEST, theta * math.exp(GAIN * max(-SURPRISE, min(error, SURPRISE)))))
