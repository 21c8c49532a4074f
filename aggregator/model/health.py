"""What happens to sources, and to the program itself, that its owner wants to hear of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aggregator.model.source import SourceId

Kind = Literal["broken", "gone", "silent", "recovered", "moved", "flooded", "configuration", "storage"]
Trouble = Literal["broken", "gone", "silent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, once."""

    kind: Kind
    at: datetime
    source: SourceId | None  # None: to the program itself
    name: str  # of the source, as it was called then
    title: str  # plain text: what happened
    text: str  # plain text: since when, why, and what to do


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was said of a source last: nothing is said twice."""

    trouble: Trouble | None = None  # that still lasts, as far as was said
    moved_to: str | None = None
    flooded_at: datetime | None = None
