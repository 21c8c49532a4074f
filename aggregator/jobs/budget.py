"""Theta, the price of a poll, follows the budget: once an hour, by what was spent in the last day.

what the poller counted ─► the last 24 hours (a fact in the store) ─► decide.pace.tune ─► theta (another fact)
"""

from __future__ import annotations

import json

from aggregator.decide.pace import first_theta, tune
from aggregator.store import Store

HOURS = 24
_SPENT, _THETA = "polls by hour", "theta"


def theta_of(store: Store, budget: float) -> float:
    """Theta as it was last tuned; where it never was, what a mixed list of sources needs for this budget."""
    said = store.recall(_THETA)
    return float(said) if said else first_theta(budget)


def retune(store: Store, *, polls: int, sources: int, budget: float) -> float:
    """Theta for the next hour. `polls` were spent in the last one on `sources` whose interval is learned."""
    spent = [*json.loads(store.recall(_SPENT) or "[]"), polls][-HOURS:]
    store.remember(_SPENT, json.dumps(spent))
    rate = sum(spent) / len(spent) * 24 / max(sources, 1)
    theta = tune(theta_of(store, budget), rate=rate, budget=budget)
    store.remember(_THETA, repr(theta))
    return theta
