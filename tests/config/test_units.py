"""Durations and sizes: what is written is read as the same."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config.units import read_duration, read_size, write_duration, write_size


@given(st.integers(0, 999_999_999))
def test_every_duration_survives_being_written(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert read_duration(write_duration(duration)) == duration


@given(st.integers(0, 999_999_999_999))
def test_every_size_survives_being_written(size: int) -> None:
    assert read_size(write_size(size)) == size


@given(st.integers(0, 999_999_999), st.sampled_from("smhd"))
def test_every_duration_that_is_read_is_written_back_as_the_same_length(number: int, unit: str) -> None:
    duration = read_duration(f"{number}{unit}")
    assert duration is not None
    assert read_duration(write_duration(duration)) in (duration, None)  # None: more seconds than digits allow


@given(st.text())
def test_no_text_makes_them_fail(text: str) -> None:
    read_duration(text)
    read_size(text)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7_200), ("7d", 604_800), ("15 m", 900), ("0s", 0)]
)
def test_durations(text: str, seconds: int) -> None:
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "size"), [("500kB", 500_000), ("15MB", 15_000_000), ("15mb", 15_000_000), ("1 GB", 10**9), ("7B", 7)]
)
def test_sizes(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "15", "m", "15M", "1.5h", "-3m", "1h30m", "15 min", "٣m", "1234567890s"])
def test_what_is_no_duration(text: str) -> None:
    assert read_duration(text) is None


@pytest.mark.parametrize("text", ["", "15", "MB", "15MiB", "15M", "1.5MB", "-1kB", "15 megabytes"])
def test_what_is_no_size(text: str) -> None:
    assert read_size(text) is None


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (60, "1m"), (61, "61s"), (86_400, "1d"), (5_400, "90m")])
def test_durations_are_written_in_the_largest_unit(seconds: int, text: str) -> None:
    assert write_duration(timedelta(seconds=seconds)) == text
