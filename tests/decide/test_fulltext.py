"""When the page's text is to be shown, and when it is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.decide.fulltext import LONGEST_WAIT, MAX_TRIES, next_try, why_keep
from aggregator.model.exchange import Failure, FetchFailed
from tests.builders import NOW

WORDS = (
    "the harbour master wrote down what the gauge by the pier said before he lit the lamp and went home again".split()
)
STORY = " ".join(f"{word}{number}" for number in range(20) for word in WORDS)
TITLE = "The harbour master's gauge"
MENU = "Home World Politics Sport Weather Podcasts Newsletter Subscribe Login " * 60


def part(begin: int, end: int) -> str:
    return " ".join(STORY.split()[begin:end])


@pytest.mark.parametrize(
    ("feed", "page"),
    [
        ("", f"The harbour master. {STORY}"),
        (part(0, 30), STORY),
        (part(0, 60) + " …", STORY),
        (part(0, 300), part(0, 100) + " Picture: somebody. " + part(100, 400)),
        ("harbour0 master0 lamp0 gauge0 in short", STORY),  # a summary in other words
        ("短讯：港务局长点亮了灯。", "港务局长见过许多风暴，今晚他又点亮了码头的灯，写下水位。" * 5),
    ],
)
def test_a_page_that_says_more_is_shown(feed: str, page: str) -> None:
    assert why_keep(feed, page, TITLE if feed.isascii() else "港务局长点灯") is None


@pytest.mark.parametrize(
    ("feed", "page", "reason"),
    [
        (part(0, 30), "", "its page holds no text that could be told from the rest"),
        (STORY, part(0, 200), "its page says no more than its feed"),
        (STORY, STORY, "its page says no more than its feed"),
        (part(0, 200), part(100, 399), "the text of its page lacks the beginning"),
        (part(0, 100), MENU, "its page tells something else"),
        ("The gauge and the lamp of the pier", MENU, "its page tells something else"),
        (
            "港务局长点亮了灯。",
            "扫描二维码关注我们，第一时间获取最新消息与热门推荐。" * 5,
            "its page tells something else",
        ),
    ],
)
def test_a_page_that_says_less_or_something_else_is_not(feed: str, page: str, reason: str) -> None:
    assert why_keep(feed, page, TITLE if feed.isascii() else "港务局长点灯") == reason


def failed(failure: Failure = Failure.TIMEOUT, **other) -> FetchFailed:
    return FetchFailed(url="https://news.example/1", failure=failure, detail="", **other)


def test_the_waits_grow_and_end() -> None:
    waits = []
    for tries in range(1, MAX_TRIES):
        again = next_try(tries, failed(), NOW, 0.0)
        assert again is not None
        waits.append(again - NOW)
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=5)
    assert waits[-1] <= LONGEST_WAIT
    assert next_try(MAX_TRIES, failed(), NOW, 0.0) is None


def test_what_seldom_changes_is_asked_three_times() -> None:
    missing = failed(Failure.STATUS, status=404)
    assert next_try(2, missing, NOW, 0.0) is not None
    assert next_try(3, missing, NOW, 0.0) is None


@pytest.mark.parametrize("failure", [Failure.BLOCKED, Failure.TOO_LARGE, Failure.GONE])
def test_what_never_changes_is_asked_once(failure: Failure) -> None:
    assert next_try(1, failed(failure), NOW, 0.0) is None


def test_a_server_s_wish_is_heeded_within_reason() -> None:
    assert next_try(1, failed(retry_after=NOW + timedelta(hours=3)), NOW, 0.0) == NOW + timedelta(hours=3)
    assert next_try(1, failed(retry_after=NOW + timedelta(days=300)), NOW, 0.0) == NOW + LONGEST_WAIT


def test_pages_that_fail_together_do_not_come_back_together() -> None:
    first, second = (next_try(1, failed(), NOW, chance) for chance in (0.0, 0.5))
    assert first != second
