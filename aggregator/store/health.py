"""Events, as the store keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from aggregator.model.health import Event, Told
from aggregator.model.source import SourceId


class Health(Protocol):
    """What happened to sources; `Store.record` writes down what a visit made happen."""

    def told(self, source: SourceId) -> Told:
        """What was said of a source last."""

    def tell(self, events: Sequence[Event]) -> None:
        """Keep events that no visit made happen."""

    def events(self) -> list[tuple[int, Event]]:
        """The last events with their numbers, which stay theirs; the newest first, some hundreds."""
