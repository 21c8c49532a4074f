"""Titles and snippets with marks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.compose.snippet import LENGTH, marked, snippet
from aggregator.model.search import Phrase
from aggregator.words.cut import phrases

FILLER = "Nothing of interest stands in this sentence, and it is rather long. " * 10


def shown(text: str, asked: str) -> str:
    wanted = [one for word in asked.split() for one in phrases(word)]
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in snippet(text, wanted))


def test_a_title_is_shown_whole() -> None:
    assert "".join(piece.text for piece in marked("A running joke", phrases("run"))) == "A running joke"
    assert [piece.text for piece in marked("A running joke", phrases("run")) if piece.marked] == ["running"]


def test_a_snippet_stands_around_what_was_looked_for() -> None:
    found = shown(FILLER + "The harbour reopens. " + FILLER, "harbour")
    assert "The [harbour] reopens." in found
    assert found.startswith("…")
    assert found.endswith("…")
    assert len(found) < LENGTH * 1.5


def test_a_chinese_snippet_is_cut_behind_a_stop() -> None:
    text = (
        "这里没有什么可看的东西，只是一些文字。" * 20 + "中国人民银行宣布下调存款准备金率。" + "后面也没有什么。" * 40
    )
    found = shown(text, "准备金")
    assert "存款[准备金]率。" in found
    assert found.startswith("…")


def test_most_different_words_win_over_the_first_place() -> None:
    found = shown("A harbour. " + FILLER + "The harbour ferry sails. " + FILLER, "harbour ferry")
    assert "[harbour] [ferry]" in found


def test_without_a_match_the_beginning_is_shown() -> None:
    assert shown("Short text.", "harbour") == "Short text."
    assert shown(FILLER, "harbour").startswith("Nothing of interest")
    assert snippet("", [Phrase(("x",))]) == ()


@given(st.text(st.sampled_from("ab c。中国人民 \n"), max_size=400), st.sampled_from(["a", "b c", "中国", "民", "人民"]))
def test_a_snippet_is_a_part_of_the_text(text: str, asked: str) -> None:
    found = snippet(text, [one for word in asked.split() for one in phrases(word)])
    whole = "".join(piece.text for piece in found)
    assert whole.strip("…") in text
    assert len(whole) <= LENGTH + 2 + len(asked)
