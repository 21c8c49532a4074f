from __future__ import annotations

import re
from datetime import timedelta

import pytest

from aggregator.web.words import WORDS, exact, moment
from tests.builders import NOW


def test_both_languages_say_the_same_with_the_same_gaps() -> None:
    english, chinese = WORDS["en"], WORDS["zh"]
    assert english.keys() == chinese.keys()
    for key, words in english.items():
        assert sorted(re.findall(r"{.*?}", words)) == sorted(re.findall(r"{.*?}", chinese[key])), key


@pytest.mark.parametrize(
    ("ahead", "english", "chinese"),
    [
        (timedelta(0), "just now", "刚刚"),
        (timedelta(seconds=30), "any moment", "马上"),
        (timedelta(minutes=-5), "5 min ago", "5 分钟前"),
        (timedelta(minutes=59, seconds=59), "in 59 min", "59 分钟后"),
        (timedelta(hours=-47), "47 h ago", "47 小时前"),
        (timedelta(days=6), "in 6 d", "6 天后"),
        (timedelta(days=-7), "16 Nov 2026", "2026年11月16日"),
    ],
)
def test_a_moment_is_near_or_has_a_date(ahead: timedelta, english: str, chinese: str) -> None:
    assert moment(NOW + ahead, NOW, "en") == english
    assert moment(NOW + ahead, NOW, "zh") == chinese


def test_an_exact_time_names_its_zone() -> None:
    assert exact(NOW, "en") == "23 Nov 2026 12:00 UTC"
    assert exact(NOW, "zh") == "2026年11月23日 12:00 UTC"
