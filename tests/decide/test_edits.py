"""Which edits readers are shown again."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.decide.edits import is_edit
from aggregator.model.entry import Enclosure
from tests.builders import an_article

WORDS = " ".join(f"word{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(120))
LONG = f"<p>The harbour bridge was closed on Monday after a barge struck it. {WORDS}</p>"
CHINESE = "<p>记者从市政府获悉，新建成的跨海大桥将于下周正式通车，届时两岸之间的车程将大为缩短，市民出行更加方便。</p>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LONG, LONG.replace("<p>", "<p>\n  ").replace("Monday", "<b>Monday</b>")),
        (LONG, LONG.replace("it.", "it!").replace("Monday", "Monday,")),
        (LONG, LONG.replace("barge", "brage")),
        (LONG, LONG.replace("after a barge", "after the barge")),
        (LONG, f"{LONG}<p>12 comments</p>"),
        ("<p>Points: 12</p><p># Comments: 3</p>", "<p>Points: 99</p><p># Comments: 41</p>"),
        ("<p>Seen 3 minutes ago</p>", "<p>Seen 2 hours ago</p>"),
        (CHINESE, CHINESE.replace("。", "！").replace("，", ",")),
        (CHINESE, CHINESE.replace("大为", "大大")),
        (f"{CHINESE}阅读 1.2万 3小时前", f"{CHINESE}阅读 3.5万 刚刚"),
        (f'{LONG}<img src="https://cdn.a/x.jpg?token=1">', f'{LONG}<img src="https://cdn.b/w640/x.jpg?token=2">'),
        (f'{LONG}<a href="https://a.example/1?s=1">more</a>', f'{LONG}<a href="https://a.example/1?s=2">more</a>'),
    ],
)
def test_a_small_edit_is_none(before: str, after: str) -> None:
    assert not is_edit(an_article(body=before), an_article(body=after))
    assert not is_edit(an_article(body=after), an_article(body=before))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LONG, LONG.replace("Monday", "Monday, killing 5,")),
        (LONG, f"{LONG}<p>Correction: the bridge was open again by the evening.</p>"),
        ("<p>The team won with 98 points.</p>", "<p>The team won with 96 points.</p>"),
        (CHINESE, CHINESE.replace("将于下周正式通车", "因台风推迟开放")),
        (f"{CHINESE}5人受伤", f"{CHINESE}7人受伤"),
        ("<p>Short.</p>", "<p>Short, and then a great deal more than that.</p>"),
        (LONG, f'{LONG}<img src="https://cdn.a/new.jpg">'),
        ("", LONG),
    ],
)
def test_what_the_article_says_is_an_edit(before: str, after: str) -> None:
    assert is_edit(an_article(body=before), an_article(body=after))
    assert is_edit(an_article(body=after), an_article(body=before))


@pytest.mark.parametrize(
    ("before", "after", "edited"),
    [
        ("Bridge closed after colision", "Bridge closed after collision", False),
        ("Bridge closed", "BRIDGE CLOSED!", False),
        ("Bridge closed", "Bridge open", True),
        ("5 dead in storm", "7 dead in storm", True),
        ("大桥封闭", "大桥开放", True),
    ],
)
def test_a_title_may_have_one_slip(before: str, after: str, *, edited: bool) -> None:
    assert is_edit(an_article(before), an_article(after)) is edited


def test_another_file_is_an_edit_and_another_token_of_it_is_none() -> None:
    def episode(url: str):
        return an_article(enclosures=(Enclosure(url=url),))

    assert is_edit(episode("https://a/1.mp3"), episode("https://a/2.mp3"))
    assert not is_edit(episode("https://a/1.mp3?t=1"), episode("https://b/1.mp3?t=2"))


words = st.lists(st.sampled_from(["a", "the", "bridge", "bridges", "5", "大", "桥"]), max_size=40).map(" ".join)


@given(words)
def test_the_same_is_never_an_edit(text: str) -> None:
    assert not is_edit(an_article(body=text), an_article(body=f"<p>{text} </p>"))


@given(words, words)
def test_another_number_of_numbers_always_is(one: str, other: str) -> None:
    if one.count("5") != other.count("5"):
        assert is_edit(an_article(body=one), an_article(body=other))


def test_a_hostile_text_costs_little() -> None:
    one, other = "a " * 60_000, "a " * 59_999 + "b"
    start = process_time()
    is_edit(an_article(body=one), an_article(body=other))
    is_edit(an_article(body="1 " * 30_000), an_article(body="comment " * 30_000))
    is_edit(an_article(body="<" * 30_000), an_article(body="(" * 30_000 + "9" * 30_000))
    assert process_time() - start < 4
