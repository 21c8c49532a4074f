"""Who is next: a fair queue with a limit in all, a limit per host, and a pause between two starts at one host. Pure.

Hosts take turns, so one slow or popular host never holds up another one's feeds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Lane(Generic[T]):
    waiting: deque[T] = field(default_factory=deque)
    running: int = 0
    opens_at: float = float("-inf")  # when the next one may start
    queued: bool = False  # is among `_ready` or `_later`


class Lanes(Generic[T]):
    """Items by host. `put` one, `take` the next that may start, `free` its host when it has ended."""

    def __init__(self, *, total: int, per_host: int, spacing: float = 0.0) -> None:
        self._total = total
        self._per_host = per_host
        self._spacing = spacing
        self._running = 0
        self._lanes: dict[str, _Lane[T]] = {}
        self._ready: deque[str] = deque()
        self._later: list[tuple[float, str]] = []

    def put(self, host: str, item: T) -> None:
        """Add an item to its host's lane."""
        lane = self._lanes.setdefault(host, _Lane())
        lane.waiting.append(item)
        self._queue(host, lane)

    def take(self, now: float) -> T | None:
        """The next item that may start now; None if there is none, or no room."""
        while self._later and self._later[0][0] <= now:
            self._ready.append(heappop(self._later)[1])
        if not self._ready or self._running >= self._total:
            return None
        host = self._ready.popleft()
        lane = self._lanes[host]
        item = lane.waiting.popleft()
        lane.queued = False
        lane.running += 1
        lane.opens_at = now + self._spacing if self._spacing else lane.opens_at
        self._running += 1
        self._queue(host, lane)
        return item

    def free(self, host: str, now: float) -> None:
        """One of the host's items has ended."""
        lane = self._lanes[host]
        lane.running -= 1
        self._running -= 1
        self._queue(host, lane)
        if not lane.waiting and not lane.running and lane.opens_at <= now:
            del self._lanes[host]

    def opens_at(self) -> float | None:
        """When `take` may find something that it does not find now; None if only `put` or `free` can change that."""
        return self._later[0][0] if self._later and self._running < self._total else None

    def drain(self) -> list[T]:
        """Everything that waits; nothing of it will start."""
        waiting = [item for lane in self._lanes.values() for item in lane.waiting]
        self._lanes.clear()
        self._ready.clear()
        self._later.clear()
        return waiting

    def _queue(self, host: str, lane: _Lane[T]) -> None:
        if lane.queued or not lane.waiting or lane.running >= self._per_host:
            return
        lane.queued = True
        if lane.opens_at == float("-inf"):
            self._ready.append(host)
        else:
            heappush(self._later, (lane.opens_at, host))
