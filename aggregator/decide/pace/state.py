"""What is learned of one source, and the text in which the store keeps it."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from aggregator.decide.pace.timetable import Timetable

DAY = 86400.0  # seconds

VERSION = 2
"""First number of the text. A text of another version is forgotten: a source is learned again in a few days."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What is learned of one source: about forty numbers. Times are days since 1970 (UTC), rates are items per day."""

    at: float = 0.0  # of the last successful poll; 0: never
    since: float = 0.0  # `hours` and `days` were counted from here
    window: int = 0  # entries in the document
    count: float = 0.0  # items seen, the older the less
    exposure: float = 0.0  # days watched, the older the less
    recent: float = 0.0  # items of the last hour or so, decayed
    hours: tuple[float, ...] = (0.0,) * 24  # items by hour of the day, UTC
    days: tuple[float, ...] = (0.0,) * 7  # items by day of the week, Monday first
    dates: tuple[float, ...] = ()  # of the last items, oldest first, one of each batch
    timetable: Timetable | None = None  # that `dates` keep, if they keep one


_NAMES = tuple(field.name for field in fields(Pace))
_TIMES = {"at", "since", "dates", "timetable"}  # kept to the second; of the rest four digits are enough
MOST = 1e9  # no number of a Pace is larger


def new_pace() -> Pace:
    """The pace of a source that was never polled."""
    return Pace()


def dump(pace: Pace) -> str:
    """The pace as compact text for one database column; what `load` makes of it dumps the same again."""
    values = [_short(getattr(pace, name), name in _TIMES) for name in _NAMES]
    return json.dumps([VERSION, *values], separators=(",", ":"))


def _short(value: Any, is_time: bool) -> Any:
    if isinstance(value, tuple):
        return [_short(one, is_time) for one in value]
    if value is None or isinstance(value, int):
        return value
    return round(value, 5) if is_time else float(f"{value:.4g}")


def load(text: str | None) -> Pace:
    """The pace that `dump` wrote; a new one where the text is missing or is no such thing."""
    try:
        version, at, since, window, count, exposure, recent, hours, days, dates, table = json.loads(text or "")
        if version != VERSION:
            return Pace()
        return Pace(
            at=_number(at),
            since=_number(since),
            window=int(_number(window)),
            count=_number(count),
            exposure=_number(exposure),
            recent=_number(recent),
            hours=_numbers(hours, 24),
            days=_numbers(days, 7),
            dates=_numbers(dates, len(dates)),
            timetable=_timetable(table) if dates else None,
        )
    except (ValueError, TypeError, RecursionError):
        return Pace()


def _timetable(value: Any) -> Timetable | None:
    if value is None:
        return None
    period, phase, sd, strays = map(_number, value)
    if not period or not sd:
        raise ValueError(value)
    return Timetable(period, phase, sd, int(strays))


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < MOST:
        raise ValueError(value)
    return value


def _numbers(values: Any, length: int) -> tuple[float, ...]:
    if not isinstance(values, list) or len(values) != length:
        raise ValueError(values)
    return tuple(map(_number, values))
