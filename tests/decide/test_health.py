"""Which events visits make of a source."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aggregator.decide.health import PATIENCE, Seen, judge
from aggregator.model.health import Event, Told
from aggregator.model.source import SourceId
from tests.builders import NOW

HOUR = timedelta(hours=1)


def seen(**other: Any) -> Seen:
    fields: dict[str, Any] = {
        "source": SourceId("a" * 16), "name": "News", "failures": 0, "gone": False, "problem": "timeout",
        "last_success": NOW - HOUR, "moved_to": None, "new": 0, "max_new": 30, "posted": (),
    }  # fmt: skip
    return Seen(**{**fields, **other})


def kinds(*visits: Seen, every: timedelta = HOUR) -> list[str]:
    told, found = Told(), []
    for number, visit in enumerate(visits):
        events, told = judge(told, visit, NOW + number * every)
        found += [event.kind for event in events]
    return found


def test_a_source_is_broken_once_and_comes_back_once() -> None:
    failing = [seen(failures=count) for count in range(1, 9)]
    assert kinds(*failing[: PATIENCE - 1], seen()) == []
    assert kinds(*failing) == ["broken"]
    assert kinds(*failing, seen(new=2), seen(), *failing) == ["broken", "recovered", "broken"]


def test_what_is_gone_is_told_of_at_once_and_once() -> None:
    assert kinds(seen(failures=1, gone=True), seen(failures=2, gone=True), seen()) == ["gone", "recovered"]
    assert kinds(*[seen(failures=count) for count in (1, 2, 3)], seen(failures=4, gone=True)) == ["broken", "gone"]


def test_each_place_that_it_moves_to_is_told_of_once() -> None:
    there, elsewhere = seen(moved_to="https://a.example/f"), seen(moved_to="https://b.example/f")
    assert kinds(there, there, seen(), there, elsewhere) == ["moved", "moved"]


def test_a_flood_is_more_than_twice_what_it_may_bring_and_no_first_visit() -> None:
    assert kinds(seen(new=500, last_success=None), seen(new=60)) == []
    assert kinds(seen(new=61), seen(new=61), every=HOUR) == ["flooded"]
    assert kinds(seen(new=61), seen(new=61), every=timedelta(days=2)) == ["flooded", "flooded"]


def test_silence_is_measured_by_the_pauses_that_it_makes() -> None:
    today = NOW.timestamp() / 86_400
    daily = tuple(today - 30 + day for day in range(20))  # the last one ten days ago
    weekly = tuple(today - 45 + 7 * week for week in range(6))  # the last one ten days ago
    assert kinds(seen(posted=daily), seen(posted=daily)) == ["silent"]
    assert kinds(seen(posted=weekly)) == []
    assert kinds(seen(posted=daily[:3])) == []
    assert kinds(seen(posted=daily), seen(posted=daily, new=1)) == ["silent", "recovered"]


def test_an_event_says_what_happened_since_when_and_what_to_do() -> None:
    (event,), _ = judge(Told(), seen(failures=3), NOW)
    assert event.title == "News cannot be read"
    assert event.text.startswith(
        "timeout. It has failed 3 times in a row, and has not been read since 2026-11-23 11:00 UTC."
    )
    assert "aggregator try" in event.text


VISITS = st.lists(
    st.one_of(
        st.builds(lambda gone: ("fail", gone), st.booleans()),
        st.builds(lambda new, old: ("fine", new, old), st.sampled_from([0, 1, 99]), st.booleans()),
    ),
    max_size=25,
)


@given(VISITS, st.sampled_from([timedelta(minutes=5), timedelta(hours=7), timedelta(days=2)]))
def test_never_two_equal_troubles_in_a_row_and_a_recovery_follows_one(visits: list[Any], every: timedelta) -> None:
    told, failures, events = Told(), 0, list[Event]()
    for number, visit in enumerate(visits):
        now = NOW + number * every
        failures = failures + 1 if visit[0] == "fail" else 0
        posted = tuple(now.timestamp() / 86_400 - 30 + day for day in range(20))
        after = (
            seen(failures=failures, gone=visit[1])
            if failures
            else seen(new=visit[1], posted=posted if visit[2] else (), moved_to="https://b.example/")
        )
        made, told = judge(told, after, now)
        events += made
    troubles = [event.kind for event in events if event.kind not in ("moved", "flooded")]
    assert all(one != other for one, other in pairwise(troubles))
    assert all(
        troubles[at - 1 : at] not in ([], ["recovered"]) for at, kind in enumerate(troubles) if kind == "recovered"
    )
    assert [event.kind for event in events].count("moved") <= 1
    floods = [event.at for event in events if event.kind == "flooded"]
    assert all(later - earlier >= timedelta(days=1) for earlier, later in pairwise(floods))
