"""An entry becomes an article: every field of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from aggregator.model.article import Article
from aggregator.model.entry import Enclosure, Entry, Markup
from aggregator.refine import refine
from tests.builders import EARLIER, a_source, an_entry, some_facts

AUDIO = Enclosure(url="/e.mp3", type="Audio/MPEG", length=-5)


def article(**fields: object) -> Article:
    return refine(Entry(**fields), some_facts(), a_source())  # type: ignore[arg-type]


def test_an_entry_becomes_an_article() -> None:
    entry = an_entry(
        title="A title",
        body='<p>Text <a href="/x">link</a></p><script>alert(1)</script>',
        authors=("ann@news.example (Ann)", "Bob"),
        tags=("One", "one", "Two"),
        comments="/1#comments",
        language="en_GB",
        enclosures=(AUDIO, Enclosure(url="javascript:x"), Enclosure(url="/e.mp3")),
    )
    assert refine(entry, some_facts(), a_source()) == Article(
        title="A title",
        categories=("tech", "Example News", "Example News – Front"),
        headimg="",
        author="Ann, Bob",
        date=EARLIER,
        thumbnail="",
        body='<p>Text <a href="https://news.example/x" rel="noopener noreferrer">link</a></p>',  # type: ignore[arg-type]
        link="https://news.example/1",
        guid="guid-1",
        language="en-GB",
        enclosures=(Enclosure(url="https://news.example/e.mp3", type="audio/mpeg"),),
        tags=("One", "Two"),
        summary="Text link",
        comments_url="https://news.example/1#comments",
    )


def test_links_are_resolved_against_the_site_then_the_feed() -> None:
    entry = Entry(link="posts/1")
    assert (
        refine(entry, some_facts(link="https://site.example/blog/"), a_source()).link
        == "https://site.example/blog/posts/1"
    )
    assert refine(entry, some_facts(link="/blog/"), a_source()).link == "https://news.example/blog/posts/1"
    assert refine(entry, some_facts(link=None), a_source()).link == "https://news.example/posts/1"


def test_the_summary_is_the_body_where_there_is_no_other() -> None:
    assert article(summary=Markup("<p>Only this.</p>")).body == "<p>Only this.</p>"
    assert article(summary=Markup("<p>This.</p>"), content=Markup("<!-- nothing -->")).body == "<p>This.</p>"
    assert article().body == ""


def test_the_summary_is_the_publishers_own() -> None:
    both = article(summary=Markup("In <b>short</b>."), content=Markup("<p>At length.</p>"))
    assert (both.summary, both.body) == ("In short.", "<p>At length.</p>")
    long = article(content=Markup("<p>" + "一二三四五。" * 200 + "</p>"))
    assert len(long.summary) == 500
    assert long.summary.endswith("…")


def test_a_title_is_made_where_there_is_none() -> None:
    made = article(title=Markup(" "), content=Markup("<h2>Heading</h2><p>" + "word " * 40))
    assert made.title.startswith("Heading word")
    assert len(made.title) <= 80
    assert article(link="https://news.example/x").title == "Example News: news.example/x"
    assert article().title == "Example News"
    assert len(article(title=Markup("x" * 5_000_000)).title) == 500


def test_a_title_that_is_cut_stands_in_the_body_where_there_is_none() -> None:
    words = " ".join(f"word{number}" for number in range(1_000)) + " <end>"
    made = article(title=Markup(words, "text"))
    assert made.title.endswith("…")
    assert made.body == f"<p>{words.replace('<end>', '&lt;end&gt;')}</p>"
    assert article(title=Markup(words, "text"), summary=Markup("<p>S</p>")).body == "<p>S</p>"
    assert article(title=Markup("short", "text")).body == ""


def test_names_and_languages_have_their_fallbacks() -> None:
    source = replace(a_source(), language="zh-CN")
    bare = refine(Entry(language="no such language!"), some_facts(title=None, language=None), source)
    assert bare.author == "Example News"
    assert bare.categories == ("tech", "Example News", "Example News")
    assert bare.language == "zh-CN"
    assert refine(Entry(), some_facts(language="de"), source).language == "de"


def test_dates_are_whole_seconds() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    assert article(published=moment, updated=moment).date == moment.replace(microsecond=0)
    assert article().date is None


def test_a_guid_is_never_resolved() -> None:
    assert article(guid=" g1\x00 ").guid == "g1"
    assert article(guid=" ").guid is None
