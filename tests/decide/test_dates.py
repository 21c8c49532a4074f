"""Which dates are believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.decide.dates import EARLIEST, GRACE, settle
from tests.builders import EARLIER, NOW


def test_a_date_that_can_be_true_is_kept_in_whole_seconds() -> None:
    assert settle(EARLIER.replace(microsecond=7), NOW) == EARLIER


def test_a_date_a_few_hours_ahead_is_a_wrong_zone_and_kept() -> None:
    assert settle(NOW + timedelta(hours=9), NOW) == NOW + timedelta(hours=9)


def test_a_date_beyond_a_day_ahead_becomes_the_first_sight() -> None:
    assert settle(NOW + timedelta(days=2), NOW) == NOW


def test_a_date_before_the_web_becomes_the_first_sight() -> None:
    assert settle(datetime(1970, 1, 1, tzinfo=UTC), NOW) == NOW


def test_no_date_becomes_the_first_sight() -> None:
    assert settle(None, NOW) == NOW


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_settled_date_is_sane(date: datetime) -> None:
    assert EARLIEST <= settle(date, NOW) <= NOW + GRACE
