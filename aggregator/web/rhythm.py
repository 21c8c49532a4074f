"""When a source posts, as a small chart: what an SVG needs, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aggregator.model.browsing import Activity
from aggregator.web.words import WEEKDAYS, WORDS, Language

HEIGHT = 40
_HOUR, _DAY, _GAP = 8, 14, 2  # widths
_APART = 14  # between hours and weekdays
WIDTH = 24 * _HOUR + _APART + 7 * _DAY
_BUSIEST = 3  # hours that are named


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; the chart is `WIDTH` × `HEIGHT`, with room below for labels."""

    x: int
    y: float
    width: int
    height: float
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A label below the bars, around this place."""

    x: int
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of hours, then of weekdays; each of the two has its own scale."""

    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    caption: str
    words: str  # for who cannot see it


def chart(activity: Activity, language: Language) -> Chart:
    """The chart of one source."""
    weekdays = WEEKDAYS[language]
    start = 24 * _HOUR + _APART
    return Chart(
        bars=(*_bars(activity.hours, 0, _HOUR), *_bars(activity.weekdays, start, _DAY)),
        marks=(
            *(Mark(hour * _HOUR + _HOUR // 2, str(hour)) for hour in (0, 6, 12, 18)),
            *(Mark(start + day * _DAY + _DAY // 2, name[0]) for day, name in enumerate(weekdays.narrow)),
        ),
        caption=WORDS[language]["rhythm" + _one(activity)].format(count=activity.articles, days=activity.days),
        words=_words(activity, language),
    )


def _bars(counts: Sequence[int], start: int, width: int) -> Iterator[Bar]:
    most = max(counts) or 1
    for at, count in enumerate(counts):
        height = max(round(HEIGHT * count / most, 1), 2.0 if count else 1.0)
        yield Bar(start + at * width, round(HEIGHT - height, 1), width - _GAP, height, not count)


def _one(activity: Activity) -> str:
    return "_one" if activity.articles == 1 else ""


def _words(activity: Activity, language: Language) -> str:
    words = WORDS[language]
    hours = sorted(range(24), key=lambda hour: (-activity.hours[hour], hour))
    busiest = sorted(hour for hour in hours[:_BUSIEST] if activity.hours[hour])
    day = max(range(7), key=lambda one: activity.weekdays[one])
    return words["rhythm_words" + _one(activity)].format(
        count=activity.articles,
        days=activity.days,
        hours=words["and"].join(f"{hour}:00" for hour in busiest),
        weekday=WEEKDAYS[language].full[day],
    )
