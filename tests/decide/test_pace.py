"""When is a source polled next, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.decide.pace import (
    Asked,
    Limits,
    Pace,
    describe,
    dump,
    first_theta,
    load,
    new_pace,
    next_poll,
    observe,
    retry,
    tune,
)
from aggregator.model.entry import Rhythm
from aggregator.model.exchange import Failure, FetchFailed
from aggregator.model.outcome import NextPoll
from tests.builders import NOW

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LIMITS = Limits(5 * MINUTE, DAY)
THETA = first_theta(24)


def first_seen(dates: Sequence[datetime], now: datetime = NOW, window: int | None = None) -> Pace:
    return observe(new_pace(), now=now, previous=None, fresh=dates, window=len(dates) if window is None else window)


def every_so_often(gap: timedelta, count: int = 20, now: datetime = NOW) -> list[datetime]:
    """Dates about `gap` apart, as people's are: by no clock."""
    return [now - gap * (step + 0.35 * math.sin(7.3 * step * step)) for step in range(1, count + 1)]


def planned(
    pace: Pace,
    now: datetime = NOW,
    every: timedelta | None = None,
    asked: Asked = Asked(),  # noqa: B008
    theta: float = THETA,
    limits: Limits = LIMITS,
    jitter: float = 0.0,
) -> NextPoll:
    return next_poll(pace, every=every, limits=limits, theta=theta, asked=asked, now=now, jitter=jitter)


def failed(failure: Failure = Failure.TIMEOUT, **other: object) -> FetchFailed:
    return FetchFailed(url="https://news.example/feed.xml", failure=failure, detail="It failed.", **other)  # type: ignore[arg-type]


def tried(
    failures: int, failure: FetchFailed | None = None, every: timedelta | None = None, jitter: float = 1
) -> NextPoll:
    due = retry(failures, failure=failure or failed(), every=every, limits=LIMITS, now=NOW, jitter=jitter)
    assert due is not None
    return due


# what is learned


def test_a_busy_source_is_polled_sooner_than_a_quiet_one() -> None:
    gaps = [HOUR / 4, HOUR, 6 * HOUR, 2 * DAY, 30 * DAY]
    waits = [planned(first_seen(every_so_often(gap))).interval for gap in gaps]
    assert waits == sorted(waits)
    assert waits[0] < 15 * MINUTE
    assert waits[-1] > 4 * HOUR


def test_four_times_the_posts_halve_the_wait() -> None:
    """The square-root law, far from all limits and within the flat part of the day."""
    waits = [
        planned(Pace(at=20000.0, count=100.0 * times, exposure=20.0, window=100), MIDNIGHT).interval for times in (1, 4)
    ]
    assert waits[0] / waits[1] == pytest.approx(2, rel=0.05)


MIDNIGHT = datetime(1970, 1, 1, tzinfo=UTC) + 20000 * DAY


def test_a_source_that_falls_silent_is_polled_less_and_less() -> None:
    pace, now, previous = first_seen(every_so_often(2 * HOUR)), NOW, NOW
    first = planned(pace, now).interval
    while now < NOW + 28 * DAY:
        previous, now = now, planned(pace, now).at
        pace = observe(pace, now=now, previous=previous, fresh=[], window=20)
    assert now - previous > 3 * first


def test_a_silent_source_that_wakes_is_noticed() -> None:
    pace = first_seen(every_so_often(20 * DAY))
    before = planned(pace).interval
    now = NOW + HOUR
    pace = observe(pace, now=now, previous=NOW, fresh=[now - 20 * MINUTE, now - 10 * MINUTE], window=20)
    assert planned(pace, now).interval < before / 2


def test_nights_and_weekends_are_left_alone() -> None:
    monday = datetime(2026, 11, 2, tzinfo=UTC)
    office = [
        monday + day * DAY + timedelta(hours=9 + step, minutes=(day * 17 + step * 29) % 60)
        for day in range(28)
        if day % 7 < 5
        for step in range(9)
    ]
    now = monday + 28 * DAY
    pace = first_seen(office, now, window=100)
    at = {name: planned(pace, now + after).interval for name, after in CLOCK.items()}
    assert at["Monday 10:00"] < at["Monday 21:00"] / 4
    assert at["Monday 10:00"] < at["Saturday 10:00"] / 2
    portrait = describe(pace)
    assert portrait.sentence == "about 6 posts a day, mostly 09–16 UTC"
    assert portrait.weekend < 0.2


CLOCK = {
    "Monday 10:00": 10 * HOUR,
    "Monday 21:00": 21 * HOUR,
    "Saturday 10:00": 5 * DAY + 10 * HOUR,
}


def test_a_timer_is_met_just_after_its_appointment() -> None:
    nine = datetime(2026, 11, 22, 9, tzinfo=UTC)
    now = nine + 10 * MINUTE
    pace = first_seen([nine - day * DAY for day in range(12)], now)
    assert planned(pace, now).reason == "learned: by the clock, daily at 09:00 UTC"
    polls = 0
    while now < nine + DAY:
        previous, now, polls = now, planned(pace, now).at, polls + 1
        pace = observe(pace, now=now, previous=previous, fresh=[], window=12)
    assert now < nine + DAY + 15 * MINUTE
    assert polls < 8  # the rest of the day only sees strays


def test_an_item_that_a_timer_owes_is_waited_for() -> None:
    nine = datetime(2026, 11, 22, 9, tzinfo=UTC)
    pace = first_seen([nine - day * DAY for day in range(1, 12)], nine - HOUR)
    late = nine + MINUTE
    owing = observe(pace, now=late, previous=nine - HOUR, fresh=[], window=12)
    given_ = observe(pace, now=late, previous=nine - HOUR, fresh=[nine], window=12)
    assert planned(owing, late).interval < 20 * MINUTE < planned(given_, late).interval


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (HOUR, "hourly at :00"),
        (3 * HOUR, "every 3 hours, at 00:00"),
        (DAY, "daily at 09:00"),
        (7 * DAY, "Mondays at 09:00"),
    ],
)
def test_timetables_are_told_in_words(period: timedelta, words: str) -> None:
    monday = datetime(2026, 11, 23, 9, tzinfo=UTC)
    portrait = describe(first_seen([monday - step * period for step in range(10)], NOW))
    assert portrait.timetable == words


def test_a_timetable_is_told_in_the_readers_zone() -> None:
    nine = datetime(2026, 11, 23, 9, tzinfo=UTC)
    pace = first_seen([nine - day * DAY for day in range(12)])
    assert describe(pace, ZoneInfo("Asia/Shanghai")).timetable == "daily at 17:00"


def test_a_timetable_that_is_broken_is_given_up() -> None:
    nine = datetime(2026, 11, 22, 9, tzinfo=UTC)
    now = nine + HOUR
    pace = first_seen([nine - day * DAY for day in range(12)], now)
    for step, date in enumerate(sorted(every_so_often(5 * HOUR, 30, now + 7 * DAY))):
        assert step < 29 or pace.timetable is None
        if date > now:
            pace = observe(pace, now=date + MINUTE, previous=now, fresh=[date], window=20)
            now = date + MINUTE
    assert pace.timetable is None


def test_a_batch_is_worth_more_than_an_item() -> None:
    """A timer that brings forty items at once into a document of fifty."""
    hours = [NOW - step * HOUR - 30 * MINUTE for step in range(12)]
    one, forty = first_seen(hours), first_seen([hour for hour in hours for _ in range(40)], window=50)
    assert one.timetable == forty.timetable is not None
    now = NOW + 29 * MINUTE
    assert planned(forty, now, theta=0.05).at < NOW + HOUR < planned(one, now, theta=0.05).at


def test_people_keep_no_timetable() -> None:
    assert first_seen(every_so_often(DAY)).timetable is None
    assert first_seen(every_so_often(HOUR)).timetable is None


def test_undated_entries_of_the_first_document_are_no_history() -> None:
    assert planned(first_seen([NOW] * 20)) == planned(first_seen([], window=20))


def test_dates_before_the_last_poll_are_when_the_item_came() -> None:
    """A publisher that dates everything at midnight does not publish at midnight."""
    pace = first_seen([])
    pace = observe(pace, now=NOW + HOUR, previous=NOW, fresh=[NOW.replace(hour=0)], window=5)
    assert pace.hours[12] == 1


def test_a_full_document_is_read_before_it_overflows() -> None:
    pace = Pace(at=20000.0, count=2880.0, exposure=10.0, window=10)  # 288 a day: 10 in 50 minutes
    assert planned(pace, MIDNIGHT, theta=1.0).interval < 30 * MINUTE


def test_a_paces_text_that_is_lost_is_learned_again() -> None:
    pace = observe(load(None), now=NOW, previous=NOW - HOUR, fresh=[NOW - MINUTE], window=20)
    assert pace.exposure == pytest.approx(1 / 24, rel=0.01)
    assert planned(pace).interval < DAY


# what is asked for


def test_a_fixed_interval_is_kept() -> None:
    due = planned(new_pace(), every=15 * MINUTE)
    assert due == NextPoll(at=NOW + 15 * MINUTE, reason="every 15m", interval=15 * MINUTE)


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        (90 * MINUTE, "every 90m"),
        (2 * HOUR, "every 2h"),
        (DAY, "every 1d"),
        (9 * DAY, "every 9d"),
        (MINUTE, "every 1m"),
    ],
)
def test_a_fixed_interval_is_told_as_it_was_written(interval: timedelta, words: str) -> None:
    assert planned(new_pace(), every=interval).reason == words


def test_a_feeds_wish_lengthens_a_learned_interval() -> None:
    due = planned(first_seen(every_so_often(HOUR / 4)), asked=Asked(Rhythm(interval=HOUR)))
    assert due.interval == HOUR
    assert due.reason == "the feed asks to be read every 1h"


def test_a_feeds_wish_shortens_nothing() -> None:
    quiet = first_seen(every_so_often(10 * DAY))
    assert planned(quiet, asked=Asked(Rhythm(interval=MINUTE))) == planned(quiet)


def test_a_feeds_wish_does_not_overrule_its_reader() -> None:
    assert planned(new_pace(), every=15 * MINUTE, asked=Asked(Rhythm(interval=HOUR))).interval == 15 * MINUTE


@pytest.mark.parametrize("every", [None, 15 * MINUTE])
def test_a_fresh_cache_is_not_asked(every: timedelta | None) -> None:
    busy = first_seen(every_so_often(HOUR / 4))
    due = planned(busy, every=every, asked=Asked(not_before=NOW + 2 * HOUR))
    assert due.at == NOW + 2 * HOUR
    assert due.reason == "the publisher asks to wait until 2026-11-23 14:00 UTC (Cache-Control)"


@pytest.mark.parametrize("wish", [Asked(Rhythm(interval=30 * DAY)), Asked(not_before=NOW + 30 * DAY)])
def test_no_wish_makes_us_forget_a_source(wish: Asked) -> None:
    assert planned(new_pace(), asked=wish).interval == DAY


def test_skipped_hours_are_left_alone() -> None:
    wish = Asked(Rhythm(skip_hours=frozenset({12, 13, 14})))
    due = planned(first_seen(every_so_often(HOUR / 4)), asked=wish)
    assert due.at == NOW.replace(hour=15)
    assert due.reason == "the feed asks for rest until then (skipHours, skipDays)"


def test_skipped_days_are_left_alone_as_far_as_max_allows() -> None:
    wish = Asked(Rhythm(skip_days=frozenset({0})))  # NOW is a Monday
    busy = first_seen(every_so_often(HOUR / 4))
    assert planned(busy, asked=wish).at == datetime(2026, 11, 24, tzinfo=UTC)
    most = Asked(Rhythm(skip_days=frozenset(range(6))))
    assert planned(busy, asked=most).interval == DAY


def test_a_feed_that_skips_everything_is_not_believed() -> None:
    busy = first_seen(every_so_often(HOUR / 4))
    assert planned(busy, asked=Asked(Rhythm(skip_hours=frozenset(range(24))))).at == planned(busy).at


def test_retry_after_wins_over_everything() -> None:
    due = planned(new_pace(), every=15 * MINUTE, asked=Asked(retry_after=NOW + 3 * DAY))
    assert due.at == NOW + 3 * DAY
    assert due.reason.endswith("(Retry-After)")


# failures


def test_waits_double_up_to_max_and_never_end() -> None:
    waits = [tried(failures).interval for failures in (1, 2, 3, 4, 5, 6, 7, 8, 100, 10**6)]
    assert waits == [HOUR / 4, HOUR / 2, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, DAY, DAY]
    assert tried(2).reason == "failing: try 3, backing off"


def test_a_failing_hosts_feeds_come_back_apart() -> None:
    waits = [tried(4, jitter=jitter / 10).interval for jitter in range(11)]
    assert min(waits) == HOUR
    assert max(waits) == 2 * HOUR
    assert len(set(waits)) == 11


def test_gone_is_gone() -> None:
    for gone in (failed(Failure.GONE), failed(Failure.STATUS, status=410)):
        assert retry(1, failure=gone, every=None, limits=LIMITS, now=NOW, jitter=0.5) is None


def test_retry_after_is_honoured_within_sane_bounds() -> None:
    def waited(asked: timedelta, failures: int = 1) -> timedelta:
        return tried(failures, failed(Failure.STATUS, status=429, retry_after=NOW + asked), jitter=0).interval

    assert waited(2 * HOUR) == 2 * HOUR
    assert waited(365 * DAY) == 7 * DAY
    assert waited(-HOUR) == LIMITS.min
    assert waited(6 * MINUTE) == 6 * MINUTE  # the server knows when it is back
    assert waited(6 * MINUTE, failures=8) == DAY / 2  # it said so too often


# the budget


def test_theta_follows_the_budget() -> None:
    assert tune(0.01, rate=24, budget=24) == pytest.approx(0.01)
    assert tune(0.01, rate=48, budget=24) > 0.01 > tune(0.01, rate=12, budget=24)
    assert first_theta(8) > first_theta(24)


def test_theta_settles_without_swinging() -> None:
    """A population whose polls fall with the root of theta, begun ten times too dear."""
    theta, polls, right = 0.01, [], 0.001
    for _ in range(24 * 14):
        polls.append(24 * math.sqrt(right / theta))
        theta = tune(theta, rate=sum(polls[-24:]) / len(polls[-24:]), budget=24)
    assert theta == pytest.approx(right, rel=0.1)


@given(st.floats(1e-9, 1e9), st.floats(0, 1e12), st.floats(-1, 1e6))
def test_theta_stays_a_price(theta: float, rate: float, budget: float) -> None:
    assert 0 < tune(theta, rate=rate, budget=budget) < math.inf


# what holds for every history

moments = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
intervals = st.timedeltas(timedelta(seconds=1), timedelta(days=30))
drifting = st.timedeltas(timedelta(days=-3), timedelta(days=400))  # clocks are set back, too
passing = st.timedeltas(timedelta(0), timedelta(days=400))
visits = st.lists(
    st.tuples(drifting, st.lists(st.one_of(moments, passing), max_size=40), st.integers(0, 10**6)),
    min_size=1,
    max_size=6,
)


def lived(now: datetime, history: Sequence[tuple[timedelta, list[datetime | timedelta], int]]) -> tuple[Pace, datetime]:
    pace, previous = new_pace(), None
    for passed, dates, window in history:
        now += passed
        fresh = [date if isinstance(date, datetime) else now - date for date in dates]
        pace = load(dump(observe(pace, now=now, previous=previous, fresh=fresh, window=window)))
        previous = now
    return pace, now


rhythms = st.builds(
    Rhythm,
    interval=st.none() | passing,
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)
starts = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(starts, visits, rhythms, st.none() | passing, st.floats(1e-7, 10), st.floats(0, 1), st.none() | intervals)
def test_the_next_poll_is_always_within_limits(
    start: datetime,
    history: list[tuple[timedelta, list[datetime | timedelta], int]],
    rhythm: Rhythm,
    cached: timedelta | None,
    theta: float,
    jitter: float,
    every: timedelta | None,
) -> None:
    pace, now = lived(start, history)
    asked = Asked(rhythm, None if cached is None else now + cached)
    due = planned(pace, now, every, asked, theta, jitter=jitter)
    assert min(LIMITS.min, every or DAY) <= due.interval <= max(LIMITS.max, every or DAY)
    assert due.at == now + due.interval
    assert due.reason


@given(starts, visits, st.floats(1e-7, 10), st.floats(1, 100))
def test_a_dearer_poll_never_comes_earlier(
    start: datetime, history: list[tuple[timedelta, list[datetime | timedelta], int]], theta: float, dearer: float
) -> None:
    pace, now = lived(start, history)
    assert planned(pace, now, theta=theta).at <= planned(pace, now, theta=theta * dearer).at + MINUTE / 60


@given(starts, visits)
def test_a_pace_survives_the_store(
    start: datetime, history: list[tuple[timedelta, list[datetime | timedelta], int]]
) -> None:
    pace, _ = lived(start, history)
    assert load(dump(pace)) == pace
    assert len(dump(pace)) < 1000
    assert describe(pace).sentence


@given(st.text() | st.none() | st.just("[" * 100_000))
def test_a_garbled_text_is_a_new_pace(text: str | None) -> None:
    assert load(text) == new_pace()


@given(starts, visits, st.floats(0, 1000))
def test_more_posts_at_the_same_hours_never_mean_a_later_poll(
    start: datetime, history: list[tuple[timedelta, list[datetime | timedelta], int]], more: float
) -> None:
    pace, now = lived(start, history)
    busier = replace(pace, count=pace.count + more)
    assert planned(busier, now).at <= planned(pace, now).at + MINUTE / 60


@given(st.integers(1, 10**9), st.none() | st.timedeltas(-DAY, 4000 * DAY), st.none() | intervals, st.floats(0, 1))
def test_a_retry_is_within_limits_or_as_the_server_asked(
    failures: int, asked: timedelta | None, every: timedelta | None, jitter: float
) -> None:
    failure = failed(Failure.STATUS, status=503, retry_after=None if asked is None else NOW + asked)
    due = tried(failures, failure, every, jitter)
    longest = max(LIMITS.max if asked is None or asked < DAY / 2 else 7 * DAY, every or DAY)
    assert min(LIMITS.min, every or DAY) <= due.interval <= longest
