"""What is learned of one source, and the text in which the store keeps it."""

from __future__ import annotations

import json
import math
from dataclasses import astuple, dataclass

from aggregator.decide.pace.timetable import Timetable

VERSION = 1
"""First number of the text. A text of another version is forgotten: a source is learned again in a few days."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What is learned of one source: about forty numbers. Times are days since 1970 (UTC), rates are items per day."""

    at: float = 0.0  # of the last successful poll; 0: never
    window: int = 0  # entries in the document
    count: float = 0.0  # items seen, the older the less
    exposure: float = 0.0  # days watched, the older the less
    recent: float = 0.0  # items of the last hour or so, decayed
    hours: tuple[float, ...] = (0.0,) * 24  # items by hour of the day, UTC
    days: tuple[float, ...] = (0.0,) * 7  # items by day of the week, Monday first
    dates: tuple[float, ...] = ()  # of the last items, oldest first, one of each batch
    timetable: Timetable | None = None  # that `dates` keep, if they keep one


def new_pace() -> Pace:
    """The pace of a source that was never polled."""
    return Pace()


def dump(pace: Pace) -> str:
    """The pace as compact text for one database column."""
    at, window, *rest = astuple(pace)
    return json.dumps([VERSION, round(at, 5), window, *map(_short, rest)], separators=(",", ":"))


def _short(value: float | tuple[float, ...]) -> object:
    return [_short(one) for one in value] if isinstance(value, tuple) else float(f"{value:.4g}")


def load(text: str | None) -> Pace:
    """The pace that `dump` wrote; a new one where the text is missing or is no such thing."""
    try:
        version, at, window, count, exposure, recent, hours, days = json.loads(text or "")
        if version != VERSION:
            return Pace()
        return Pace(
            at=_number(at),
            window=int(_number(window)),
            count=_number(count),
            exposure=_number(exposure),
            recent=_number(recent),
            hours=_numbers(hours, 24),
            days=_numbers(days, 7),
        )
    except (ValueError, TypeError, RecursionError):
        return Pace()


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ValueError(value)
    return value


def _numbers(values: object, length: int) -> tuple[float, ...]:
    if not isinstance(values, list) or len(values) != length:
        raise ValueError(values)
    return tuple(map(_number, values))
