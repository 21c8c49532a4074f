"""What is old goes; its names stay, so that it never comes back."""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.store import Store


def prune(store: Store, keep: timedelta | None, now: datetime) -> int:
    """Delete articles older than `keep` (None: nothing); how many went."""
    return store.prune(now - keep) if keep is not None else 0
