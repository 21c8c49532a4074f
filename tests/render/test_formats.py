"""What subscribers rely on in every document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from aggregator.model.article import SafeHtml
from aggregator.model.entry import Enclosure
from aggregator.model.feed import Address, Feed
from aggregator.render import FORMATS, check, feed_url, render_opml
from aggregator.render.address import uri
from aggregator.render.facts import language_tag
from aggregator.render.legal import legal, one_line
from tests.builders import EARLIER, a_feed, an_item, an_outlet
from tests.render.strict import problems_of_atom, problems_of_json, problems_of_rss

PROBLEMS: dict[str, Callable[[bytes], list[str]]] = {
    "atom": problems_of_atom,
    "rss": problems_of_rss,
    "json": problems_of_json,
}
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"

RICH = an_item(
    1,
    title="𠮷野家 & <b>bold</b> – עברית – 🎧",
    link="https://news.example/新闻/1?q=a b",
    author="Ann Author <ann@news.example>, Bob",
    summary="1 < 2 & 3 > 2 \ufffd",
    body=SafeHtml('<p>]]&gt; <a href="https://news.example/">x</a> \ufffd</p>'),
    image="https://news.example/i.jpg",
    tags=("Café", "", "Café"),
    categories=("技术/安全",),
    enclosures=(
        Enclosure(url="https://news.example/1.mp3", length=10, duration=61),
        Enclosure(url="https://news.example/1.mp3"),
        Enclosure(url="https://news.example/paper.PDF", type="nonsense", title="The paper"),
        Enclosure(url="https://news.example/thing", length=0),
    ),
    language="zh_CN",
    comments_url="https://news.example/1#comments",
    also_in=(an_outlet("Other & Co", link="https://other.example/1"), an_outlet("No link", link=None)),
)
BARE = an_item(
    2, title="", link=None, author="", summary="", body=SafeHtml(""), tags=(), categories=(), language=None,
    outlet=an_outlet("Bare", title="", site=None, link=None),
)  # fmt: skip
LONG = an_item(3, title="长" * 10_000)


def rendered_item(name: str, **item: Any) -> Any:
    document = FORMATS[name].render(a_feed(an_item(**item)))
    if name == "json":
        return json.loads(document)["items"][0]
    return etree.fromstring(document).find({"atom": "{*}entry", "rss": "channel/item"}[name])


# Correct


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "feed",
    [
        a_feed(RICH, BARE, LONG),
        replace(a_feed(), items=()),
        a_feed(RICH, title="R&D <i>", subtitle="", language="xx", slug="技术/安全 50%"),
        a_feed(an_item(1, published=EARLIER, updated=EARLIER), an_item(2, published=EARLIER, updated=EARLIER)),
    ],
    ids=["rich, bare and long", "empty", "awkward feed", "same instant"],
)
def test_a_strict_reader_finds_nothing(name: str, feed: Feed) -> None:
    document = FORMATS[name].render(feed)
    problems = PROBLEMS[name](document)
    if name == "rss":  # RSS has no way to say that a title is text; only these words look like markup
        problems = [problem for problem in problems if "ContainsHTML" not in problem]
    assert problems == []
    assert check(document, name) is None


@pytest.mark.parametrize("name", FORMATS)
def test_a_feed_knows_its_own_address(name: str) -> None:
    document = FORMATS[name].render(a_feed(slug="技术/安全")).decode()
    assert f"http://127.0.0.1:8080/feeds/%E6%8A%80%E6%9C%AF/%E5%AE%89%E5%85%A8.{name}" in document
    assert FORMATS[name].suffix == f".{name}"


def test_an_item_without_a_link_has_a_guid_and_content() -> None:
    item = rendered_item("rss", link=None)
    assert item.find("link") is None
    assert item.find("guid").get("isPermaLink") == "false"
    assert rendered_item("atom", link=None).find("{*}content").text == "<p>A body.</p>"
    assert "url" not in rendered_item("json", link=None)


def test_an_item_without_text_shows_its_summary_or_title() -> None:
    assert rendered_item("atom", body=SafeHtml(""), summary="a < b").findtext("{*}content") == "a &lt; b"
    assert rendered_item("json", body=SafeHtml(""), summary="", title="T & U")["content_html"] == "T &amp; U"


def test_rss_description_is_html_and_stands_before_the_content() -> None:
    item = rendered_item("rss", summary="1 < 2")
    assert item.findtext("description") == "1 &lt; 2"
    tags = [child.tag for child in item]
    assert tags.index("description") < tags.index("{http://purl.org/rss/1.0/modules/content/}encoded")


def test_a_footnote_in_rss_leads_to_the_article() -> None:
    body = SafeHtml('<p><a class="x" href="#fn1">1</a> <a title="&quot; href=" rel="b">&lt;a href="#c"</a></p>')
    expected = body.replace('"#fn1"', '"https://news.example/1?a&amp;b#fn1"')
    item = rendered_item("rss", body=body, link="https://news.example/1?a&b#top")
    assert item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") == expected
    assert rendered_item("atom", body=body).findtext("{*}content") == body


def test_rss_has_one_enclosure_and_media_for_the_others() -> None:
    item = rendered_item("rss", enclosures=RICH.enclosures)
    assert [dict(enclosure.attrib) for enclosure in item.findall("enclosure")] == [
        {"url": "https://news.example/1.mp3", "length": "10", "type": "audio/mpeg"}
    ]
    assert [dict(content.attrib) for content in item.findall(f"{MEDIA}content")] == [
        {"url": "https://news.example/1.mp3", "type": "audio/mpeg", "fileSize": "10", "duration": "61"},
        {"url": "https://news.example/paper.PDF", "type": "application/pdf"},
        {"url": "https://news.example/thing", "type": "application/octet-stream"},
    ]


def test_an_rss_enclosure_of_unknown_length_says_zero() -> None:
    item = rendered_item("rss", enclosures=(Enclosure(url="https://news.example/1.ogg"),))
    assert item.find("enclosure").get("length") == "0"


def test_a_podcast_stays_playable_in_json() -> None:
    assert rendered_item("json", enclosures=RICH.enclosures[:1])["attachments"] == [
        {
            "url": "https://news.example/1.mp3",
            "mime_type": "audio/mpeg",
            "size_in_bytes": 10,
            "duration_in_seconds": 61,
        }
    ]


def test_atom_says_how_long_an_episode_plays_and_nothing_of_what_does_not() -> None:
    contents = rendered_item("atom", enclosures=RICH.enclosures).findall(f"{MEDIA}content")
    assert [dict(content.attrib) for content in contents] == [
        {"url": "https://news.example/1.mp3", "type": "audio/mpeg", "fileSize": "10", "duration": "61"}
    ]


def test_our_categories_are_told_from_the_publishers() -> None:
    categories = rendered_item("atom", categories=("技术/安全",), tags=("Linux",)).findall("{*}category")
    assert [dict(category.attrib) for category in categories] == [
        {"term": "技术/安全", "scheme": "http://127.0.0.1:8080/feeds/", "label": "技术/安全"},
        {"term": "Linux"},
    ]
    rss = rendered_item("rss", categories=("技术/安全",), tags=("Linux",)).findall("category")
    assert [(category.get("domain"), category.text) for category in rss] == [
        ("http://127.0.0.1:8080/feeds/", "技术/安全"),
        (None, "Linux"),
    ]


def test_a_story_names_everyone_who_tells_it() -> None:
    outlet, other = (
        an_outlet("Here"),
        an_outlet("There", url="https://there.example/feed", link="https://there.example/1"),
    )
    assert rendered_item("json", outlet=outlet, also_in=(other,))["_aggregator"] == {
        "source": "Here",
        "sources": [
            {"name": "Here", "url": "https://news.example/feed.xml", "link": "https://news.example/1"},
            {"name": "There", "url": "https://there.example/feed", "link": "https://there.example/1"},
        ],
        "categories": ["tech"],
        "first_seen": "2026-11-23T12:00:00Z",
    }
    related = rendered_item("atom", also_in=(other,)).find("{*}link[@rel='related']")
    assert (related.get("href"), related.get("title")) == ("https://there.example/1", "There")
    assert rendered_item("rss", outlet=an_outlet(title="Mine")).findtext("source") == "Mine"


def test_only_an_item_in_another_language_says_so() -> None:
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert rendered_item("atom", language="en").get(lang) is None
    assert rendered_item("atom", language="zh-CN").get(lang) == "zh-CN"
    assert rendered_item("rss", language="zh-CN").findtext(f"{DC}language") == "zh-CN"
    assert rendered_item("json", language="zh-CN")["language"] == "zh-CN"


def test_dates_are_written_in_utc() -> None:
    moment = datetime(2026, 1, 1, 1, 0, 0, 123, tzinfo=timezone(timedelta(hours=8)))
    assert rendered_item("rss", published=moment).findtext("pubDate") == "Wed, 31 Dec 2025 17:00:00 GMT"
    assert rendered_item("json", published=moment)["date_published"] == "2025-12-31T17:00:00Z"
    assert rendered_item("atom", published=moment).findtext("{*}published") == "2025-12-31T17:00:00+00:00"


def test_a_date_before_the_year_1000_keeps_its_zeros() -> None:
    assert rendered_item("json", published=datetime(999, 1, 2, tzinfo=EARLIER.tzinfo))["date_published"][:5] == "0999-"


def test_entries_of_one_instant_differ_by_a_fraction_that_never_changes() -> None:
    alone, together = (a_feed(*(an_item(n, updated=EARLIER) for n in numbers)) for numbers in ([1], [1, 2]))
    dates = [
        [date.text for date in etree.fromstring(FORMATS["atom"].render(feed)).findall("{*}entry/{*}updated")]
        for feed in (alone, together)
    ]
    assert dates[0][0] == dates[1][0] != dates[1][1]
    assert {date[:19] for date in dates[1]} == {"2026-11-23T09:00:00"}


# Stable


def test_two_machines_write_the_same_bytes() -> None:
    script = (
        "import sys, hashlib; from tests.render.test_formats import *\n"
        "feed = a_feed(RICH, BARE, LONG)\n"
        "print([hashlib.sha256(FORMATS[name].render(feed)).hexdigest() for name in FORMATS])"
    )
    root = Path(__file__).parents[2]
    machines: list[dict[str, str]] = [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8"},
        {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0"},
    ]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=root,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(root), **machine},
            capture_output=True,
            check=True,
        ).stdout
        for machine in machines
    }
    assert len(outputs) == 1


# Whatever publishers write

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


def parsed(name: str, feed: Feed) -> Any:
    return feedparser.parse(FORMATS[name].render(feed), sanitize_html=False, resolve_relative_uris=False)


@settings(deadline=None, max_examples=150)
@given(title=ANY_TEXT, author=ANY_TEXT, body=ANY_TEXT, summary=ANY_TEXT, tag=ANY_TEXT, url=ANY_TEXT)
def test_any_text_gives_a_readable_document(
    title: str, author: str, body: str, summary: str, tag: str, url: str
) -> None:
    item = an_item(
        title=title, author=author, body=SafeHtml(body), summary=summary, tags=(tag,), categories=(tag,),
        link=f"https://news.example/{url}", image=url, comments_url=f"https://news.example/{url}", language=tag,
        enclosures=(Enclosure(url=url, type=tag, title=title),),
        outlet=an_outlet(author, title=title, url=f"https://news.example/{url}"),
        also_in=(an_outlet(title, link=f"https://news.example/{url}"),),
    )  # fmt: skip
    feed = a_feed(item, an_item(2), title=title, subtitle=summary, slug=tag, language=tag)
    for name in FORMATS:
        assert check(FORMATS[name].render(feed), name) is None


AWKWARD = ANY_TEXT | st.sampled_from(
    [
        "长" * 10_000,
        "\u202eشبكة\u202c",
        "👩\u200d👩\u200d👧 🏴\U000e0067\U000e007f",
        "\ud800",
        "a\udfffb",
        "\x00\x0b\ufffe",
    ]
)


@settings(deadline=None, max_examples=100)
@given(title=AWKWARD, author=AWKWARD, summary=AWKWARD, tag=AWKWARD, path=ANY_TEXT)
def test_whatever_the_texts_are_the_strict_reader_finds_nothing(
    title: str, author: str, summary: str, tag: str, path: str
) -> None:
    item = an_item(
        title=title, author=author, summary=summary, tags=(tag, title), categories=(tag,), language=tag,
        link=f"https://news.example/{path}", thumbnail=f"https://news.example/{path}",
        outlet=an_outlet(author, title=title), also_in=(an_outlet(title, link=f"https://news.example/{path}"),),
        enclosures=(Enclosure(url=f"https://news.example/{path}", title=title, duration=61),),
    )  # fmt: skip
    feed = a_feed(item, an_item(2), title=title, subtitle=summary, language=tag)
    for name in FORMATS:
        problems = PROBLEMS[name](FORMATS[name].render(feed))
        assert [problem for problem in problems if name != "rss" or "ContainsHTML" not in problem] == []


@settings(deadline=None, max_examples=150)
@given(title=st.text(st.characters(exclude_categories=(), exclude_characters="<>&"), max_size=60))
@pytest.mark.parametrize("name", ["atom", "rss"])
def test_titles_and_ids_come_back(name: str, title: str) -> None:
    read = parsed(name, a_feed(an_item(1, title=title), an_item(2)))
    assert not read.bozo
    assert [entry.id for entry in read.entries] == [an_item(1).id, an_item(2).id]
    assert read.entries[0].title.strip() == (mended(one_line(legal(title)).strip()) or "A body.")


def mended(text: str) -> str:
    """As feedparser reads it: what looks like UTF-8 read as Latin-1 is read once more."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def test_a_title_with_markup_comes_back_from_atom() -> None:
    entry = parsed("atom", a_feed(an_item(title="if (a<b && c>d) </b> &amp;"))).entries[0]
    assert entry.title == "if (a&lt;b &amp;&amp; c&gt;d) &lt;/b&gt; &amp;amp;"
    assert entry.title_detail.type == "text/html"


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_a_feed_reader_sees_all_of_it(name: str) -> None:
    entry = parsed(name, a_feed(RICH)).entries[0]
    assert entry.link == "https://news.example/%E6%96%B0%E9%97%BB/1?q=a%20b"
    assert entry.author.startswith("Ann Author")
    assert entry.content[0].value.startswith("<p>]]&gt;")
    assert entry.published_parsed[:6] == RICH.published.timetuple()[:6]
    assert [enclosure.href for enclosure in entry.enclosures][:1] == ["https://news.example/1.mp3"]
    assert entry.source.title == "Example News – Front"
    assert "技术/安全" in [tag.term for tag in entry.tags]


# Addresses, languages, lists


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/a?b=c%20d#e", "https://news.example/a?b=c%20d#e"),
        ("https://news.example/?", "https://news.example/?"),
        ("https://例え.jp/パス", "https://xn--r8jz45g.jp/%E3%83%91%E3%82%B9"),
        ("https://news.example/a b|c[1]", "https://news.example/a%20b%7Cc%5B1%5D"),
        ("https://news.example/100%", "https://news.example/100%25"),
        ("https://news.example/#a#b", "https://news.example/#a%23b"),
        ("http://[::1]:80/é", "http://[::1]:80/%C3%A9"),
        ("http://[broken", "http://%5Bbroken"),
    ],
)
def test_every_address_is_a_uri(url: str, expected: str) -> None:
    assert uri(url) == expected
    assert uri(uri(url)) == expected


def test_a_feed_url_keeps_the_levels() -> None:
    assert feed_url("https://a.example/", "a b/ü?", "json") == "https://a.example/feeds/a%20b/%C3%BC%3F.json"


@pytest.mark.parametrize(
    ("given", "tag"),
    [("en", "en"), ("zh_CN", "zh-CN"), ("zh-Hant-TW", "zh-Hant-TW"), ("yue", "zh-yue"), ("fil", "fil"),
     ("qqq", None), ("xx", None), ("utf-8", None), ("", None), (None, None), ("English", None)],
)  # fmt: skip
def test_only_real_languages_are_declared(given: str | None, tag: str | None) -> None:
    assert language_tag(given) == tag


def test_the_list_of_our_feeds() -> None:
    document = render_opml(
        "Our feeds",
        "https://a.example/",
        [
            Address(slug="all", title="All & more", sources=()),
            Address(slug="技术/安全", title="安全\x00", sources=(), language="zh-CN", path=("技术", "安全")),
        ],
    )
    outlines = etree.fromstring(document).findall("body/outline")
    assert [dict(outline.attrib) for outline in outlines] == [
        {
            "type": "rss", "text": "All & more", "title": "All & more",
            "xmlUrl": "https://a.example/feeds/all.atom", "htmlUrl": "https://a.example/",
        },
        {
            "type": "rss", "text": "安全", "title": "安全",
            "xmlUrl": "https://a.example/feeds/%E6%8A%80%E6%9C%AF/%E5%AE%89%E5%85%A8.atom",
            "htmlUrl": "https://a.example/", "category": "/技术/安全", "language": "zh-CN",
        },
    ]  # fmt: skip


# The last look


@pytest.mark.parametrize(
    ("content", "name", "problem"),
    [
        (b"<feed", "atom", "not well-formed XML: Couldn't find end of Start Tag feed line 1, line 1, column 6"),
        (b"<rss/>", "atom", "the root element is rss, not {http://www.w3.org/2005/Atom}feed"),
        (b"\xff", "json", "not JSON in UTF-8: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (b"[]", "json", "an object with a list of items is missing"),
    ],
)
def test_a_broken_document_is_noticed(content: bytes, name: str, problem: str) -> None:
    assert check(content, name) == problem


def test_a_document_that_was_cut_off_is_noticed() -> None:
    for name in FORMATS:
        assert check(FORMATS[name].render(a_feed())[:-10], name) is not None
