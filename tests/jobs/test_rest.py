"""How long nobody looks again."""

from __future__ import annotations

from datetime import timedelta

from aggregator.jobs.rest import Rest
from tests.builders import NOW

SECOND = timedelta(seconds=1)


def test_a_look_is_followed_by_a_rest_of_several_times_as_long() -> None:
    rest = Rest(9)
    assert rest.is_over(NOW)
    rest.begin(NOW, NOW + SECOND)
    assert not rest.is_over(NOW + 9 * SECOND)
    assert rest.is_over(NOW + 10 * SECOND)


def test_a_rest_has_an_end_however_long_the_look_took() -> None:
    rest = Rest(9, longest=5 * SECOND)
    rest.begin(NOW, NOW + 60 * SECOND)
    assert not rest.is_over(NOW + 4 * SECOND)
    assert rest.is_over(NOW + 5 * SECOND)


def test_a_clock_that_is_set_back_ends_a_rest() -> None:
    rest = Rest(9)
    rest.begin(NOW, NOW + SECOND)
    assert rest.is_over(NOW - timedelta(hours=1))
