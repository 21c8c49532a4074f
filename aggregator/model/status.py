"""What an operator asks about a source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.model.source import CategoryPath, SourceId
from aggregator.model.subscription import PushStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """How one source is doing."""

    id: SourceId
    name: str
    url: str
    category: CategoryPath
    configured: bool  # False: came from imported posts, or was taken out of the configuration
    title: str | None  # the feed's own
    site: str | None
    articles: int
    last_poll: datetime | None
    last_success: datetime | None
    last_change: datetime | None  # when it last brought something new
    next_poll: datetime | None  # None: never again
    why_next: str
    failures: int  # in a row; 0 is healthy
    problem: str | None  # the last failure in words; None if healthy
    moved_to: str | None
    pace: str | None = None  # what was learned of its rhythm, in `decide.pace`'s own words
    push: PushStatus | None = None  # None: it announces no hub, or we do not subscribe
    polled_until: datetime | None = None  # a poll is under way, and ends by then at the latest

    def is_being_polled(self, now: datetime) -> bool:
        """Whether a poll is under way; what a dead process began counts until its time is over."""
        return self.polled_until is not None and self.polled_until > now
