"""How telling others is going, for those who ask for the status: written by the hub, read by `status` and the page.

It holds no address of anybody: a callback may have a token in it, and what a server said may repeat that.
"""

from __future__ import annotations

import json
import threading
from datetime import datetime

from aggregator.model.exchange import FetchFailed
from aggregator.model.hub import Hub, HubStatus
from aggregator.store import Store

_FACT = "what our hub did"


class Ledger:
    """What was told last, and what failed last. Thread-safe; written down now and then, not with each delivery."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._said: dict[str, str] = _read(store)
        self._is_new = False
        self._lock = threading.Lock()

    def told(self, now: datetime) -> None:
        """Somebody has taken the news."""
        self._note({"told_at": now.isoformat()})

    def failed(self, host: str, failed: FetchFailed, now: datetime) -> None:
        """Somebody, by their host, has not."""
        words = f"{failed.failure}: {failed.status}" if failed.status else str(failed.failure)
        self._note({"failed_at": now.isoformat(), "host": host, "problem": words})

    def _note(self, said: dict[str, str]) -> None:
        with self._lock:
            self._said |= said
            self._is_new = True

    def write(self) -> None:
        """Write down what is new."""
        with self._lock:
            said, is_new, self._is_new = json.dumps(self._said), self._is_new, False
        if is_new:
            self._store.remember(_FACT, said)


def hub_status(store: Store, hub: Hub | None) -> HubStatus | None:
    """How the hub is doing that the feeds announce; None where they announce none."""
    if hub is None:
        return None
    said = _read(store)
    listeners, failing = store.count_listeners() if hub.is_ours else (0, 0)
    return HubStatus(
        hub=hub,
        listeners=listeners,
        failing=failing,
        told=_time(said.get("told_at")),
        failed=_time(said.get("failed_at")),
        host=said.get("host", ""),
        problem=said.get("problem", ""),
    )


def _read(store: Store) -> dict[str, str]:
    return dict(json.loads(store.recall(_FACT) or "{}"))


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
