"""A rhythm in words and numbers, for `status`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from aggregator.decide.pace.rhythm import day_shares, hour_shares, rate
from aggregator.decide.pace.state import Pace
from aggregator.decide.pace.timetable import Timetable

DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
MOSTLY = 0.75  # share of the posts that "mostly" promises
LONG = 14  # hours; a stretch that holds them only if it is longer says nothing
ENOUGH, DAYS_ENOUGH = 8.0, 3.0  # items and days, before anything is said about hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """The learned rhythm of one source."""

    per_day: float  # posts, averaged over the week
    hours: tuple[float, ...]  # each hour of the day beside the average, which is 1; local hours
    weekend: float  # a weekend day beside a working day, which is 1
    timetable: str | None  # "daily at 09:00", if it keeps one
    sentence: str  # "about 12 posts a day, mostly 08–18 UTC"


def describe(pace: Pace, zone: tzinfo = UTC) -> Portrait:
    """What is learned of a source, with hours as they are in this time zone now."""
    days = day_shares(pace)
    return Portrait(
        per_day=rate(pace),
        hours=tuple(_local(hour_shares(pace), _offset(pace, zone))),
        weekend=(days[5] + days[6]) / 2 / (sum(days[:5]) / 5),
        timetable=_appointments(pace.timetable, zone) if pace.timetable else None,
        sentence=sentence(pace, zone),
    )


def sentence(pace: Pace, zone: tzinfo = UTC) -> str:
    """The rhythm in a few words."""
    if not pace.at:
        return "nothing yet"
    if pace.timetable:
        return f"by the clock, {_appointments(pace.timetable, zone)} {_name(zone)}"
    words = _often(rate(pace))
    if sum(pace.hours) < ENOUGH or pace.at - pace.since < DAYS_ENOUGH:
        return words
    stretch = _stretch(_local(pace.hours, _offset(pace, zone)))
    return f"{words}, mostly {stretch} {_name(zone)}" if stretch else words


def _often(per_day: float) -> str:
    for unit, days in (("day", 1.0), ("week", 7.0), ("month", 30.0), ("year", 365.0)):
        number = per_day * days
        if number >= 0.95 or unit == "year":
            rounded = f"{number:.0f}" if number >= 10 else f"{max(number, 1):.2g}"
            return f"about {rounded} post{'' if rounded == '1' else 's'} a {unit}"
    raise AssertionError(per_day)


def _stretch(hours: Sequence[float]) -> str | None:
    """The shortest stretch of the day that holds most posts: "08–18"."""
    enough, first, held = MOSTLY * sum(hours), 0, 0.0
    shortest, begin = LONG + 1, 0
    for end in range(48):
        held += hours[end % 24]
        while held >= enough:
            if end + 1 - first < shortest:
                shortest, begin = end + 1 - first, first
            held -= hours[first % 24]
            first += 1
    return f"{begin % 24:02}–{(begin + shortest) % 24:02}" if shortest <= LONG else None


def _appointments(table: Timetable, zone: tzinfo) -> str:
    when = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=table.phase) + timedelta(seconds=30)).astimezone(zone)
    hours = round(table.period * 24, 1)
    if hours == 168:
        return f"{DAYS[when.weekday()]} at {when:%H:%M}"
    if hours == 24:
        return f"daily at {when:%H:%M}"
    if hours <= 1:
        return "every half hour" if hours < 1 else f"hourly at :{when:%M}"
    return f"every {hours:.0f} hours, at {when:%H:%M}"


def _local(hours: Sequence[float], offset: int) -> list[float]:
    return [hours[(hour - offset) % 24] for hour in range(24)]


def _offset(pace: Pace, zone: tzinfo) -> int:
    """Whole hours that the zone is ahead of UTC at the last poll."""
    if zone is UTC:
        return 0
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=pace.at)
    return round((moment.astimezone(zone).utcoffset() or timedelta()) / timedelta(hours=1))


def _name(zone: tzinfo) -> str:
    return "UTC" if zone is UTC else str(zone)
