"""Which events a visit makes of a source: judged from what was told of it before, and what is known after the visit.

    fine ─► broken ─► gone          fine ─► silent
       ▲───────┴────────┘              ▲───────┘ recovered

Between two troubles of one kind there is always a recovery, and a recovery follows a trouble.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.model.health import Event, Kind, Told
from aggregator.model.source import SourceId

PATIENCE = 3
"""Failures in a row until a source is called broken. One is a hiccup, and the second comes so soon after the first that
it may be the same; the third is later than most restarts and deployments take."""

QUIET = 5.0
"""A source is silent when it has said nothing for so many times the longest pause that it made lately."""

LEAST_SILENCE = timedelta(days=3)  # holidays and weekends are no news
PAUSES = 4  # that must be known of a source before its silence means anything
FLOOD = 2  # times `max_new` articles at once
FLOOD_REST = timedelta(days=1)  # until a flood is told of again


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a source after a visit."""

    source: SourceId
    name: str
    failures: int  # in a row; 0: it was fine
    gone: bool  # 410: it is not asked again
    problem: str  # of a failure, in words
    last_success: datetime | None  # before this visit
    moved_to: str | None  # where it redirects for good, as it may be shown
    new: int  # articles that it brought now
    max_new: int
    posted: Sequence[float]  # when its last articles are from, in days since 1970, the oldest first


def judge(told: Told, seen: Seen, now: datetime) -> tuple[tuple[Event, ...], Told]:
    """What is to be told of this visit, in this order, and what was told after that."""
    if seen.failures:
        return _of_failure(told, seen, now)
    events: list[Event] = []
    if told.trouble in ("broken", "gone") or (told.trouble == "silent" and seen.new):
        events.append(_event(seen, now, "recovered", "is back", _back(told, seen)))
        told = replace(told, trouble=None)
    if seen.moved_to is not None and seen.moved_to != told.moved_to:
        text = (
            f"It redirects for good (301 or 308) to {seen.moved_to}. Write that address into the configuration; if the "
            "redirect lasts, it is asked there at once."
        )
        events.append(_event(seen, now, "moved", "has moved", text))
        told = replace(told, moved_to=seen.moved_to)
    if _floods(told, seen, now):
        text = (
            f"It brought {seen.new} articles at once. Only its newest {seen.max_new} count in feeds of several sources "
            "(max_new). It may have changed all its ids, or come back with its archive; `aggregator try` shows it."
        )
        events.append(_event(seen, now, "flooded", f"brought {seen.new} articles at once", text))
        told = replace(told, flooded_at=now)
    if told.trouble is None and (silence := _silence(seen, now)) is not None:
        events.append(_event(seen, now, "silent", f"has been silent for {silence.days} days", _SILENT))
        told = replace(told, trouble="silent")
    return tuple(events), told


def _of_failure(told: Told, seen: Seen, now: datetime) -> tuple[tuple[Event, ...], Told]:
    if seen.gone and told.trouble != "gone":
        text = (
            f"Its publisher says that this feed is no more ({seen.problem}). It is not asked again. Remove it from the "
            "configuration, or find where it went."
        )
        return (_event(seen, now, "gone", "is gone", text),), replace(told, trouble="gone")
    if seen.failures >= PATIENCE and told.trouble not in ("broken", "gone"):
        since = f"since {_day(seen.last_success)}" if seen.last_success else "yet"
        text = (
            f"{seen.problem}. It has failed {seen.failures} times in a row, and has not been read {since}. It is asked "
            "again, less and less often. `aggregator try` shows what it answers."
        )
        return (_event(seen, now, "broken", "cannot be read", text),), replace(told, trouble="broken")
    return (), told


def _event(seen: Seen, now: datetime, kind: Kind, what: str, text: str) -> Event:
    return Event(kind=kind, at=now, source=seen.source, name=seen.name, title=f"{seen.name} {what}", text=text)


def _back(told: Told, seen: Seen) -> str:
    if told.trouble == "silent":
        return f"It posts again: {seen.new} new."
    since = f" It was last read {_day(seen.last_success)}." if seen.last_success else ""
    return f"It can be read again, with {seen.new} new articles.{since}"


_SILENT = (
    "It answers, but has had nothing new for much longer than it ever paused lately. It may have ended, or moved "
    "without saying so: look at its website."
)


def _floods(told: Told, seen: Seen, now: datetime) -> bool:
    rested = told.flooded_at is None or now - told.flooded_at >= FLOOD_REST
    return seen.last_success is not None and seen.new > FLOOD * seen.max_new and rested


def _silence(seen: Seen, now: datetime) -> timedelta | None:
    """How long it has been silent, if that is unusual."""
    if seen.new or len(seen.posted) <= PAUSES:
        return None
    pauses = [later - earlier for earlier, later in zip(seen.posted, seen.posted[1:], strict=False)]
    silence = timedelta(days=now.timestamp() / 86_400 - seen.posted[-1])
    return silence if silence > max(LEAST_SILENCE, timedelta(days=QUIET * max(pauses))) else None


def _day(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
