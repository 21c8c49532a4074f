"""A rhythm in words and numbers, for `status`."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aggregator.decide.pace.foresee import day_shares, hour_shares, rate
from aggregator.decide.pace.state import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """The learned rhythm of one source."""

    per_day: float  # posts, averaged over the week
    hours: tuple[float, ...]  # 24 shares of it, local hours, mean 1
    days: tuple[float, ...]  # 7 shares of it, Monday first, mean 1
    sentence: str


def describe(pace: Pace, zone: str = "UTC") -> Portrait:
    """What is learned of a source, with hours in this time zone."""
    per_day = rate(pace)
    ZoneInfo(zone)
    return Portrait(
        per_day=per_day,
        hours=tuple(hour_shares(pace)),
        days=tuple(day_shares(pace)),
        sentence=f"about {per_day:.3g} posts a day",
    )
