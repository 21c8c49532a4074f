"""Dates that are told from the moment of asking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.entry import ParsedFeed
from aggregator.parse import parse_feed
from aggregator.parse.ago import read_ago
from tests.builders import NOW

SHANGHAI = ZoneInfo("Asia/Shanghai")  # where it is 20:00 now


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        *((text, timedelta()) for text in ("just now", "刚刚", "剛剛", "Now", "たった今", "방금")),
        *(
            (text, timedelta(minutes=5))
            for text in ("5 minutes ago", "5分钟前", "5 分鐘前", "5分前", "5분 전", "５分钟前", "vor 5 Minuten")
        ),
        *(
            (text, timedelta(hours=3))
            for text in (
                "3 hours ago",
                "3小时前",
                "3 個小時前",
                "3時間前",
                "三小时前",
                "il y a 3 heures",
                "hace 3 horas",
            )
        ),
        *((text, timedelta(hours=1)) for text in ("an hour ago", "一小时前", "1h ago", "about 1 hour ago")),
        *((text, timedelta(minutes=30)) for text in ("半小时前", "half an hour ago")),
        *((text, timedelta(days=2)) for text in ("2 days ago", "2天前", "2日前", "两天前", "vor zwei Tagen")),
        ("1 week ago", timedelta(weeks=1)),
    ],
)
def test_so_long_ago(text: str, ago: timedelta) -> None:
    assert read_ago(text, NOW, SHANGHAI) == NOW - ago


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天 12:30", "2026-11-23T12:30:00"),
        ("今天12:30", "2026-11-23T12:30:00"),
        ("昨天 下午3点05分", "2026-11-22T15:05:00"),
        ("昨天", "2026-11-22T00:00:00"),
        ("前天 08:00", "2026-11-21T08:00:00"),
        ("Today, 12:30", "2026-11-23T12:30:00"),
        ("Yesterday at 3:05 PM", "2026-11-22T15:05:00"),
        ("昨日 15:05", "2026-11-22T15:05:00"),
        ("어제 15:05", "2026-11-22T15:05:00"),
        ("11月20日 12:30", "2026-11-20T12:30:00"),
        ("11月20日", "2026-11-20T00:00:00"),
        ("11-20 12:30", "2026-11-20T12:30:00"),
        ("12月31日 12:30", "2025-12-31T12:30:00"),
    ],
)
def test_on_such_a_day_in_the_zone_of_the_source(text: str, expected: str) -> None:
    assert read_ago(text, NOW, SHANGHAI) == datetime.fromisoformat(f"{expected}+08:00")


def test_the_29th_of_february_is_the_last_one() -> None:
    assert read_ago("2月29日", datetime(2028, 3, 1, tzinfo=UTC)) == datetime(2028, 2, 29, tzinfo=UTC)
    assert read_ago("2月29日", datetime(2027, 3, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    "text", ["", "ago", "soon", "3", "3 hours", "3 apples ago", "前", "in 3 hours", "13月40日", "11-20", "9" * 500]
)
def test_what_says_nothing_is_none(text: str) -> None:
    assert read_ago(text, NOW) is None


@given(st.text(max_size=80) | st.from_regex(r"[0-9a半一天前小时分昨今日月 :]{0,30}"))
def test_it_never_raises_and_is_in_utc(text: str) -> None:
    moment = read_ago(text, NOW, SHANGHAI)
    assert moment is None or moment.utcoffset() == timedelta()


def test_a_feed_is_read_with_the_time_of_asking_and_without_it_says_what_it_could_not_read() -> None:
    item = "<item><title>T</title><pubDate>3小时前</pubDate></item>"
    document = f"<rss version='2.0'><channel><title>F</title>{item}</channel></rss>"
    asked, never = parse_feed(document.encode(), now=NOW), parse_feed(document.encode())
    assert isinstance(asked, ParsedFeed)
    assert isinstance(never, ParsedFeed)
    assert (asked.entries[0].published, asked.entries[0].unread_date) == (NOW - timedelta(hours=3), None)
    assert (never.entries[0].published, never.entries[0].unread_date) == (None, "3小时前")
