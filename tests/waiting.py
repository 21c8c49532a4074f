"""Waiting in tests: until something is true, or as a server that takes its time; never in the hope that it suffices."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PATIENCE = 30  # seconds until a test gives up


def until(what: str, is_true: Callable[[], object], patience: float = PATIENCE) -> None:
    """Look again and again; `AssertionError` when it did not become true in time."""
    end = time.monotonic() + patience
    while not is_true():
        assert time.monotonic() < end, f"{what}: not within {patience} seconds"
        take_time(0.02)


def take_time(seconds: float) -> None:
    """What a slow server or a slow step does."""
    threading.Event().wait(seconds)
