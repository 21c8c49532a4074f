"""When a publisher's permanent redirect is believed.

Hotspots, captive portals and mistaken deployments answer 301 as well, and a client that believes the first one loses
the feed (Vienna#380, Liferea#915). So a move is adopted only after every poll for a week, several of them, was led to
the same place and found the feed there. The user's file is not touched: `status` and `check` tell the new address.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.model.source import Move

LASTING = timedelta(days=7)
SEVERAL = 4
"""Polls that must have been led to the same place."""

PATIENCE = 3
"""Failures in a row at the new place after which the old one is asked again."""


def follow(before: Move | None, moved_to: str | None, now: datetime) -> Move | None:
    """What is known of a move after a poll that found the feed; `moved_to` is where only permanent redirects led.

    A poll that was not redirected ends a move that was not yet adopted. One that is redirected from the adopted place
    begins anew at the configured address.
    """
    if moved_to is None:
        return before if before is not None and before.adopted else None
    if before is None or before.adopted or before.to != moved_to:
        return Move(to=moved_to, since=now, polls=1)
    again = replace(before, polls=before.polls + 1)
    return replace(again, adopted=again.polls >= SEVERAL and now - again.since >= LASTING)


def after_failure(before: Move | None, failures: int) -> Move | None:
    """The same after `failures` failed polls in a row: a place that fails is left again."""
    if before is not None and before.adopted and failures >= PATIENCE:
        return None
    return before
