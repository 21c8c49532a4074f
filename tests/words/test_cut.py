"""Texts cut into words, and where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.words.cut import fold, phrase, phrases, spans, tokens, words


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("GPT-5发布会", "gpt 5 发布 布会 会"),
        ("the harbours are running", "the harbour ar run"),
        ("iPhone17 iPhone 17", "iphon 17 iphon 17"),
        ("C++, C# and F#; .NET, ASP.NET, internet", "c++ c# and f# .net asp .net internet"),
        ("Vitamin C, vb.net, network", "vitamin c vb .net network"),
        ("1,200,000 or 1,20", "1200000 or 1 20"),
        ("v3.11.7", "v 3 11 7"),
        ("Apple’s O'Reilly’s don't", "appl o reilli don t"),
        ("ＡＢＣ１２　ﬁsh", "abc 12 fish"),
        ("Café CAFÉ cafe\u0301", "cafe cafe cafe"),
        ("發佈 发布", "发布 布 发布 布"),
        ("がぎ ｶﾞ", "がぎ ぎ ガ"),
        ("한국어", "한국 국어 어"),
        ("so\u00adft hy\u200bphen", "soft hyphen"),
        ("snake_case", "snake case"),
        ("", ""),
        ("🚀 … \x00", ""),
    ],
)
def test_a_text_is_cut_into_words(text: str, cut: str) -> None:
    assert " ".join(words(text)) == cut


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("人工智能", ["人工 工智 智能"]),
        ("GPT-5发布", ["gpt 5", "发布"]),
        ("发布GPT-5", ["发布", "gpt 5"]),
        ("5月3日", ["5 月 3 日*"]),
        ("智", ["智*"]),
        ("🚀", []),
    ],
)
def test_a_word_without_blanks_may_ask_for_several(text: str, asked: list[str]) -> None:
    assert [" ".join(one.words) + "*" * one.open for one in phrases(text)] == asked


def test_a_quoted_text_is_one_phrase_across_scripts() -> None:
    found = phrase("发布 GPT-5 新版")
    assert found
    assert found.words == ("发布", "布", "gpt", "5", "新版")
    assert phrase("…") is None


@pytest.mark.parametrize(
    ("text", "asked", "marked"),
    [
        ("OpenAI 正式發布 GPT-5", "发布", ["發布"]),
        ("中国人民银行", "人民", ["人民"]),
        ("中国人民银行", "民", ["民"]),
        ("She ran on running shoes", "runs", ["running"]),
        ("Ｃａｆé at the ﬁre", "cafe", ["Ｃａｆé"]),
        ("The ﬁre", "fire", ["ﬁre"]),
        ("Straße", "strasse", ["Straße"]),
        ("cafe\u0301s", "cafe", ["cafe\u0301s"]),
        ("1,200,000 messages", "1200000", ["1,200,000"]),
    ],
)
def test_what_is_found_is_marked_as_it_is_written(text: str, asked: str, marked: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text, phrases(asked))] == marked


SAMPLES = "abcXYZ019 -.,+#'’中国人民银行發發カｶﾞがe\u0301ﬁß\ud800\x00한국\u1100\u1161"
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from(SAMPLES), st.just(" ")), max_size=60)


@given(TEXTS)
def test_any_text_is_cut_and_every_word_is_one_that_the_index_takes(text: str) -> None:
    for word in words(text):
        assert word
        assert not any(char.isspace() or char in "\"'()*:^" for char in word), word
        word.encode()  # no lone surrogate reaches SQLite
    for token in tokens(text):
        assert 0 <= token.start < token.end <= len(text)


@given(TEXTS)
def test_what_stands_in_a_text_is_found_in_it(text: str) -> None:
    """The index holds `words(text)`; whatever part of the text is asked for must be a part of that."""
    asked = phrase(text)
    kept = words(text)
    if asked is None:
        assert kept == []
    else:
        assert list(asked.words) in ([*kept], kept[:-1])


@given(st.text(st.sampled_from("abc 12中国人民"), max_size=30), st.text(st.sampled_from("abc 12中国人民"), max_size=30))
def test_a_phrase_is_found_wherever_it_stands_between_blanks(before: str, after: str) -> None:
    asked = phrase("人民 bank")
    assert asked
    assert spans(f"{before} 人民bank {after}", [asked])


@given(TEXTS)
def test_folding_twice_is_folding_once_for_what_is_looked_for(text: str) -> None:
    assert words(fold(text)) == words(text)


@given(st.text(st.sampled_from(SAMPLES.replace("\u1100", "").replace("\u1161", "")), max_size=60))
def test_words_and_their_places_are_cut_alike(text: str) -> None:
    assert [token.word for token in tokens(text)] == words(text)
