"""Header fields: dates and durations that cannot hurt, validators that come back as they were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.headers import (
    LONGEST_WAIT,
    SHORTEST_WAIT,
    as_text,
    conditions,
    fresh_until,
    parse_block,
    retry_after,
    usable,
    validators_of,
)
from aggregator.model.source import Validators

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
URL = "https://example.org/feed"


def in_seconds(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("120", in_seconds(120)),
        (" 7200 ", in_seconds(7200)),
        ("1", in_seconds(60)),
        ("0", in_seconds(60)),
        ("-5", in_seconds(60)),
        ("soon", in_seconds(60)),
        ("", in_seconds(60)),
        ("1e9", in_seconds(60)),
        ("١٢٠", in_seconds(60)),
        ("315360000", NOW + LONGEST_WAIT),
        ("9" * 400, NOW + LONGEST_WAIT),
        ("Mon, 04 May 2026 14:00:00 GMT", in_seconds(7200)),
        ("Monday, 04-May-26 14:00:00 GMT", in_seconds(7200)),
        ("Mon May  4 14:00:00 2026", in_seconds(7200)),
        ("Mon, 04 May 2020 14:00:00 GMT", in_seconds(60)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", NOW + LONGEST_WAIT),
        ("Fri, 31 Dec 9999 23:59:59 -2359", in_seconds(60)),
    ],
)
def test_retry_after_is_obeyed_within_sane_bounds(value: str, moment: datetime) -> None:
    assert retry_after({"retry-after": value}, NOW) == moment


def test_no_retry_after_asks_for_nothing() -> None:
    assert retry_after({}, NOW) is None


@pytest.mark.parametrize(
    ("headers", "moment"),
    [
        ({"cache-control": "max-age=600"}, in_seconds(600)),
        ({"cache-control": 'public, MAX-AGE = "600"'}, in_seconds(600)),
        ({"cache-control": "max-age=600", "age": "100"}, in_seconds(500)),
        ({"cache-control": "max-age=600", "age": "601"}, None),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "max-age=-1"}, None),
        ({"cache-control": "max-age=0", "expires": "Mon, 04 May 2026 14:00:00 GMT"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "max-age=" + "9" * 18}, NOW + LONGEST_WAIT),
        ({"expires": "Mon, 04 May 2026 14:00:00 GMT"}, in_seconds(7200)),
        (  # a server whose clock is wrong says how fresh it is all the same
            {"expires": "Mon, 04 May 2020 14:00:00 GMT", "date": "Mon, 04 May 2020 13:00:00 GMT"},
            in_seconds(3600),
        ),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, NOW + LONGEST_WAIT),
        ({"expires": "0"}, None),
        ({"expires": "never"}, None),
        ({}, None),
    ],
)
def test_freshness_is_a_hint_within_sane_bounds(headers: dict[str, str], moment: datetime | None) -> None:
    assert fresh_until(headers, NOW) == moment


@given(st.fixed_dictionaries({}, optional={name: st.text(max_size=120) for name in
       ("retry-after", "cache-control", "expires", "age", "date")}))  # fmt: skip
def test_times_never_raise_and_are_always_clamped(headers: dict[str, str]) -> None:
    fresh, retry = fresh_until(headers, NOW), retry_after(headers, NOW)
    assert fresh is None or NOW < fresh <= NOW + LONGEST_WAIT
    assert retry is None or NOW + SHORTEST_WAIT <= retry <= NOW + LONGEST_WAIT


@given(st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_any_date_is_clamped(date: datetime) -> None:
    headers = {"retry-after": format_datetime(date, usegmt=True), "expires": format_datetime(date, usegmt=True)}
    assert retry_after(headers, NOW) == min(max(date.replace(microsecond=0), NOW + SHORTEST_WAIT), NOW + LONGEST_WAIT)
    fresh = fresh_until(headers, NOW)
    assert fresh is None or NOW < fresh <= NOW + LONGEST_WAIT


@given(st.integers(0, 10**12))
def test_any_max_age_is_clamped(seconds: int) -> None:
    fresh = fresh_until({"cache-control": f"max-age={seconds}"}, NOW)
    assert fresh == (in_seconds(min(seconds, 7 * 86400)) if seconds else None)


def test_a_block_keeps_the_last_of_repeated_fields_and_joins_lists() -> None:
    lines = [
        b"ETag: a",
        b"etag: b",
        b"Content-Encoding: gzip",
        b"Content-Encoding: br",
        b"Link: <h>; rel=hub",
        b"Link: <s>; rel=self",
        b"X: one",
        b"\ttwo",
        b"no colon",
        b": nothing",
    ]
    assert parse_block(line + b"\r\n" for line in lines) == {
        "etag": "b",
        "content-encoding": "gzip, br",
        "link": "<h>; rel=hub, <s>; rel=self",
        "x": "one two",
    }


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_any_block_is_read(lines: list[bytes]) -> None:
    for name in parse_block(lines):
        assert name == name.strip().lower() != ""


def test_utf8_in_a_field_is_read_as_such() -> None:
    assert as_text(parse_block(["Location: /新".encode()])["location"]) == "/新"
    assert as_text("caf\xe9") == "café"


@pytest.mark.parametrize("etag", ['"abc"', "abc-123", 'W/"x,y"', '"\xe9\xff"', '"a\tb"', "x" * 4096])
def test_a_validator_is_echoed_byte_for_byte(etag: str) -> None:
    (held,) = [validators_of(URL, parse_block([b"ETag: " + etag.encode("latin-1") + b"\r\n"]))]
    assert conditions(held) == [b"If-None-Match: " + etag.encode("latin-1")]


@pytest.mark.parametrize("value", [None, "", "a\rb", "a\nX-Injected: b", "a\0b", "a\x7fb", "x" * 4097, "日本"])
def test_a_validator_that_could_do_harm_is_dropped(value: str | None) -> None:
    assert usable(value) is None
    assert conditions(Validators(url=URL, etag=value, last_modified=value)) == []


@given(st.text(max_size=100))
def test_no_validator_breaks_out_of_its_line(value: str) -> None:
    for line in conditions(Validators(url=URL, etag=value, last_modified=value)):
        assert not set(line) & {0, 10, 13}


def test_a_304_renews_what_it_names_and_keeps_the_rest() -> None:
    older = Validators(url=URL, etag='"1"', last_modified="Mon, 04 May 2026 14:00:00 GMT")
    renewed = validators_of(URL, {"etag": '"2"'}, older)
    assert renewed == Validators(url=URL, etag='"2"', last_modified="Mon, 04 May 2026 14:00:00 GMT")
