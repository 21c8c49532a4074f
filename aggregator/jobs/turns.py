"""Whose turn it is at a host: a few visits at a time, and none while the host wants to be left alone.

The client has lanes of its own, which count connections. But whoever stands in a lane asks when its turn comes; who
waits here can still be sent away, when one of those before it is told that we come too often.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime


class Turns:
    """Thread-safe."""

    def __init__(self, per_host: int) -> None:
        self._per_host = per_host
        self._lock = threading.Lock()
        self._places: dict[str, tuple[threading.Semaphore, list[None]]] = {}  # with one None for each who is there
        self._resting: dict[str, datetime] = {}

    @contextmanager
    def at(self, host: str) -> Iterator[None]:
        """Wait for a turn, and have it while the context lasts. Where there is no host, it is everyone's turn."""
        if not host:
            yield
            return
        with self._lock:
            semaphore, present = self._places.setdefault(host, (threading.Semaphore(self._per_host), []))
            present.append(None)
        try:
            with semaphore:
                yield
        finally:
            with self._lock:
                present.pop()
                if not present:
                    del self._places[host]

    def rest(self, host: str, until: datetime) -> None:
        """This host is to be left alone until then."""
        with self._lock:
            self._resting[host] = max(until, self._resting.get(host, until))

    def rests_until(self, host: str, now: datetime) -> datetime | None:
        """Until when it is; None if it is not."""
        with self._lock:
            until = self._resting.get(host)
            if until is not None and until <= now:
                del self._resting[host]
                return None
            return until
