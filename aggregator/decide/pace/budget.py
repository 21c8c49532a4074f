"""Theta, the price of a poll, follows the budget."""

from __future__ import annotations

import math

SMALLEST, LARGEST = 1e-7, 10.0  # days; far outside of what any budget needs


def first_theta(budget: float) -> float:
    """Where to begin: with `budget` polls per source and day, theta falls with the budget's square."""
    return 0.3 / max(budget, 0.1) ** 2


def tune(theta: float, *, rate: float, budget: float) -> float:
    """Theta for the next hour, after `rate` polls per source and day were spent where `budget` were allowed."""
    error = math.log(max(rate, budget / 8) / budget) if rate > 0 else -2.0
    return min(LARGEST, max(SMALLEST, theta * math.exp(0.5 * max(-0.7, min(error, 0.7)))))
