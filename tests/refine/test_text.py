"""Titles, names, tags and summaries are plain text, as people are to read them."""

from __future__ import annotations

import pytest

from aggregator.model.entry import Markup
from aggregator.refine.text import as_html, authors, bare, legal, one_line, plain, shortened, tags
from aggregator.words.reading import reading


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("A &amp; B", "A & B"),
        ("A &amp;amp; B &amp;#8217;s", "A & B ’s"),
        ("AT&T", "AT&T"),
        ("<b>Bold</b> and <i class=x>slanted</i>", "Bold and slanted"),
        ("&lt;b&gt;Escaped twice&lt;/b&gt;", "Escaped twice"),
        ("What <b> does", "What <b> does"),
        ("Vec<T> in Rust", "Vec<T> in Rust"),
        ("1 < 2 > 0", "1 < 2 > 0"),
        ("One<br>Two", "One Two"),
        ("<script>alert(1)</script>News", "News"),
        ("<img src=x onerror=alert(1)>News", "News"),
        ("  many\n\t blanks\xa0 ", "many blanks"),
        ("全角　空格", "全角　空格"),
        ("bell\x07 \x1b[31m\ud800\ufffe", "bell [31m"),
        ("&#0;&#1;x", "\ufffdx"),
    ],
)
def test_html_titles(written: str, read: str) -> None:
    assert plain(Markup(written)) == read


@pytest.mark.parametrize(
    ("written", "read"), [("a <b> &amp; c", "a <b> &amp; c"), ("It&#8217;s", "It’s"), ("<p>x</p>", "<p>x</p>")]
)
def test_text_is_taken_literally(written: str, read: str) -> None:
    assert plain(Markup(written, "text")) == read


def test_no_title_is_no_text() -> None:
    assert plain(None) == ""


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ann@news.example (Ann Author)", "Ann Author"),
        ("Ann Author <ann@news.example>", "Ann Author"),
        ('"Ann Author" (ann@news.example)', "Ann Author"),
        ("ann@news.example", "ann@news.example"),
        ("Ann (Paris)", "Ann (Paris)"),
        ("<a href='/ann'>Ann</a> &amp; Bob", "Ann & Bob"),
        ("noreply@blogger.com (Bob)", "Bob"),
        ("noreply@news.example", "The Source"),
        ("  ", "The Source"),
    ],
)
def test_authors_are_names(written: str, name: str) -> None:
    assert authors((written,), otherwise="The Source") == name


def test_every_author_once() -> None:
    assert authors(("Ann", "Bob", "ANN"), otherwise="") == "ANN, Bob"


def test_tags_are_plain_distinct_and_not_too_many() -> None:
    assert tags(("Tech &amp; Art", "tech & art", "<b>x</b>", "", "y" * 200)) == ("Tech & Art", "x")
    assert len(tags(f"tag {number}" for number in range(1_000))) == 50


def test_shortening_cuts_between_words() -> None:
    assert shortened("short", 80) == "short"
    assert shortened("word " * 40, 80) == "word " * 15 + "word…"
    assert shortened("中文，" * 40, 80) == ("中文，" * 26) + "中…"
    assert len(shortened("x" * 600, 500)) == 500


def test_plain_text_becomes_paragraphs() -> None:
    assert as_html(Markup("a <b>\nc\n\n\nd & e", "text")) == "<p>a &lt;b&gt;<br>c</p>\n<p>d &amp; e</p>"
    assert as_html(Markup("one\r\n\r\ntwo &amp; three")) == "<p>one</p>\n<p>two &amp; three</p>"
    assert as_html(Markup("one line")) == "one line"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("&lt;p&gt;Hello &lt;b&gt;you&lt;/b&gt;&lt;/p&gt;", "<p>Hello <b>you</b></p>"),
        ("<p>&lt;p&gt;Hello&lt;/p&gt;</p>", "<p><p>Hello</p></p>"),
        ("&amp;lt;p&amp;gt;Twice&amp;lt;/p&amp;gt;".replace("&amp;", "&"), "<p>Twice</p>"),
        ("Text&lt;br /&gt;more&lt;br /&gt;and more", "Text<br />more<br />and more"),
        ('&lt;a href="https://a.example"&gt;x&lt;/a&gt;', '<a href="https://a.example">x</a>'),
        ("<![CDATA[<p>x</p>]]>", "<p>x</p>"),
    ],
)
def test_html_that_was_escaped_once_too_often(written: str, meant: str) -> None:
    assert as_html(Markup(written)) == meant


@pytest.mark.parametrize(
    "about_html",
    [
        "The &lt;p&gt; element makes a paragraph, &lt;div&gt; does not.",
        "<p>Write &lt;p&gt;text&lt;/p&gt; for a paragraph.</p>",
        "<pre>&lt;p&gt;text&lt;/p&gt;\n</pre><p>shows a paragraph</p>",
        "Write &lt;b&gt;bold&lt;/b&gt; to be seen",
        "&lt;p&gt; is short for paragraph",
    ],
)
def test_a_text_about_html_stays_one(about_html: str) -> None:
    assert as_html(Markup(about_html)) == about_html


def test_only_legal_characters() -> None:
    assert legal("a\x00b\x0bc\ud800d\ufffee\uffff\tf\ng") == "abcde\tf\ng"
    assert one_line("a\u2028b\x85c") == "a b c"


def test_reading_parts_blocks_and_not_words() -> None:
    assert reading("<p>One <b>t</b>wo</p><p>three</p>", 80) == "One two three"
    assert reading("<p>　　中<b>文</b></p>\n<p>　　第二</p>", 80) == "中文 第二"
    assert reading("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>字", 80) == "漢字"
    assert reading('<img alt="a &gt; b" src="https://a.example/x">text &lt;b&gt;', 80) == "text <b>"
    assert len(reading("<p>word </p>" * 10_000, 80)) >= 80


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (Markup("Two  words\nand a&nbsp;third &#8230;"), "Two words and a third …"),
        (Markup("literally &amp; so", "text"), "literally &amp; so"),
        (Markup("a\x01 &#1;b"), "a b"),
        (Markup("<b>markup</b>"), ""),
        (Markup("&lt;p&gt;escaped&lt;/p&gt;"), ""),
        (Markup("&#60;b&#62; is a tag"), "<b> is a tag"),
    ],
)
def test_words_without_markup_need_no_sanitizer(markup: Markup, words: str) -> None:
    assert bare(markup) == words
