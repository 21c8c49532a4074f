"""Every way to write a date that we read, and what is no date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.dates import first_date, read_date

TEN = datetime(2020, 5, 4, 10, tzinfo=UTC)
BEIJING = timezone(timedelta(hours=8), "CST")


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 04 May 2020 10:00:00 GMT",
        "Mon,04 May 2020 10:00:00 +0000",
        "4 May 20 10:00 UT",
        "Mon, 04 May 2020 05:00:00 EST",
        "Mon, 04 May 2020 18:00:00 +08:00",
        "Mon, 04 May 2020 18:00:00 GMT+8",
        "Mon, 04 May 2020 12:00:00 +0200 (CEST)",
        "Mon, 04 May 2020 10:00:00 -9999",
        "Mon, 04 May 2020 10:00:00 XYZT",
        "Monday, 04-May-20 10:00:00 GMT",
        "Monday, 04 May 2020 10:00:00 +0000",
        "Mon May  4 10:00:00 2020",
        "Mon May 04 18:00:00 +0800 2020",
        "Mon May 04 2020 18:00:00 GMT+0800 (China Standard Time)",
        "May 4, 2020 10:00 AM",
        "May 4th, 2020 at 10:00 a.m.",
        "2020-05-04T10:00:00Z",
        "2020-05-04t10:00:00z",
        "2020-05-04T10:00:00.123456789+00:00",
        "2020-05-04 18:00:00 +0800",
        "2020-05-04T18:00+08",
        "20200504T100000Z",
        "2020-05-04 10:00",
        "2020-5-4 10:0:0",
        "2020/5/4 10:00",
        "2020.05.04 10:00:00",
        "2020. 5. 4. 10:00",
        "20-05-04 10:00",
        "2020-125T10:00:00Z",
        "2020-W19-1T10:00:00Z",
        "20200504100000",
        "1588586400",
        "1588586400000",
        "1588586400.25",
        "2020年5月4日 10:00:00",
        "2020年05月04日 上午10:00",
        "2020年5月4日 星期一 10时00分",
        "2020年5月4日(月) 10時",
        "令和2年5月4日 10:00",
        "二〇二〇年五月四日十时",
        "民國109年5月4日 10:00",
        "2020년 5월 4일 (월) 오전 10:00",
        "２０２０-０５-０４　１０：００",
        "٢٠٢٠-٠٥-٠٤T١٠:٠٠:٠٠Z",
        "lundi 4 mai 2020 10:00:00 +0000",
        "lunes, 4 de mayo de 2020 10:00",
        "Mo, 04. Mai 2020, 10:00 Uhr",
        "Пн, 04 мая 2020 13:00:00 +0300",
        "Δευ, 04 Μαϊ 2020 12:00:00 +0200",
        "4 Mayıs 2020 Pazartesi 10:00",
        "2020. május 4. 10:00",
        "4 مايو 2020 10:00",
        "Thứ hai, 04 tháng 5 năm 2020 10:00",
        "04.05.2020 10:00",
        "5/4/2020 10:00:00 AM",
    ],
)
def test_all_of_these_are_ten_o_clock(text: str) -> None:
    assert read_date(text) == TEN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-05-04T24:00:00Z", datetime(2020, 5, 5, tzinfo=UTC)),
        ("Sun, 01 Nov 2026 25:30:00 GMT", datetime(2026, 11, 2, 1, 30, tzinfo=UTC)),
        ("Sat, 31 Dec 2016 23:59:60 GMT", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2020年5月4日 下午3:05", datetime(2020, 5, 4, 15, 5, tzinfo=UTC)),
        ("2020-05-04 오후 11:23:17", datetime(2020, 5, 4, 23, 23, 17, tzinfo=UTC)),
        ("May 4, 2020 12:30 AM", datetime(2020, 5, 4, 0, 30, tzinfo=UTC)),
        ("04 Nov 94 10:00 GMT", datetime(1994, 11, 4, 10, tzinfo=UTC)),
        ("mar., 05 mai 2020 10:00:00", datetime(2020, 5, 5, 10, tzinfo=UTC)),
        ("13/05/2020", datetime(2020, 5, 13, tzinfo=UTC)),
        ("2020-05", datetime(2020, 5, 1, tzinfo=UTC)),
    ],
)
def test_what_rolls_over_and_what_is_half_said(text: str, expected: datetime) -> None:
    assert read_date(text) == expected


@pytest.mark.parametrize(
    "text", ["2020-05-04 18:00", "2020年5月4日 18:00", "Mon, 04 May 2020 18:00:00", "4.5.2020 18:00"]
)
def test_a_date_without_a_zone_is_read_in_the_zone_of_its_source(text: str) -> None:
    assert read_date(text, BEIJING) == TEN


def test_a_zone_whose_name_several_bear_is_the_source_s_own() -> None:
    assert read_date("Mon May 04 18:00:00 CST 2020", BEIJING) == TEN
    assert read_date("Mon May 04 04:00:00 CST 2020") == TEN


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "last Tuesday-ish",
            "10:00",
            "2020",
            "昨天 10:00",
            "3 hours ago",
            "Mon,",
            "-0001-11-30T00:00:00+00:00",
        ),
        *("Mon, 30 Feb 2026 10:00:00 GMT", "Mon, 02 Nov 2026 25:61:61 GMT", "Mon, 01 Jan 0000 00:00:00 GMT"),
        *("Fri, 31 Dec 9999 23:59:59 -1200", "2020-13-01", "2020-000", "9" * 400, "2026-W60-1"),
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    "text", ["9" * 10**6, "2026-" + "1" * 50_000 + ":", "Mon," + " " * 50_000 + "x", "1:" * 49, "(" * 99, "+1" * 49]
)
def test_a_hostile_string_costs_nothing(text: str) -> None:
    start = process_time()
    assert read_date(text) is None
    assert process_time() - start < 0.5


def test_the_first_of_several_that_can_be_read() -> None:
    assert first_date(["soon", "2020-05-04T10:00:00Z", "2021-01-01"]) == TEN
    assert first_date([]) is None


@given(st.one_of(st.text(max_size=120), st.from_regex(r"[0-9年月日:TZ+ ./,-]{0,40}(?:GMT|May|mai|AM)?[0-9: +-]{0,20}")))
def test_a_date_is_in_utc_or_none(text: str) -> None:
    for zone in (UTC, BEIJING):
        moment = read_date(text, zone)
        assert moment is None or (moment.tzinfo is UTC and moment.microsecond == 0)
