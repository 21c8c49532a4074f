"""What feedgen does wrong, and we do not. Each test would fail with feedgen as it is."""

from __future__ import annotations

import locale
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from lxml import etree

from aggregator.model.article import SafeHtml
from aggregator.model.entry import Enclosure
from aggregator.model.feed import Feed
from aggregator.render import FORMATS
from tests.builders import EARLIER, a_feed, an_item, an_outlet

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MP3 = Enclosure(url="https://news.example/1.mp3", type="audio/mpeg", length=10)


def atom(feed: Feed) -> Any:
    return etree.fromstring(FORMATS["atom"].render(feed))


def channel(feed: Feed) -> Any:
    return etree.fromstring(FORMATS["rss"].render(feed))[0]


def test_an_enclosure_does_not_become_the_articles_link() -> None:
    links = atom(a_feed(an_item(enclosures=(MP3,)))).find(f"{ATOM}entry").findall(f"{ATOM}link")
    assert [(link.get("rel"), link.get("href")) for link in links] == [
        ("alternate", "https://news.example/1"),
        ("enclosure", "https://news.example/1.mp3"),
    ]


def test_a_link_keeps_its_type_and_length() -> None:
    enclosure = atom(a_feed(an_item(enclosures=(MP3,)))).find(f"{ATOM}entry/{ATOM}link[@rel='enclosure']")
    assert dict(enclosure.attrib) == {"href": MP3.url, "rel": "enclosure", "type": "audio/mpeg", "length": "10"}


def test_an_atom_source_has_id_title_updated_and_links() -> None:
    source = atom(a_feed(an_item(outlet=an_outlet(title="The Source")))).find(f"{ATOM}entry/{ATOM}source")
    assert source.findtext(f"{ATOM}id").startswith("urn:uuid:")
    assert source.findtext(f"{ATOM}title") == "The Source"
    assert source.findtext(f"{ATOM}updated") == "2026-11-23T09:00:00Z"
    assert [(link.get("rel"), link.get("href")) for link in source.findall(f"{ATOM}link")] == [
        ("self", "https://news.example/feed.xml"),
        ("alternate", "https://news.example/"),
    ]


def test_the_id_of_a_source_is_the_same_in_every_entry_and_feed() -> None:
    first, second = (
        atom(feed).findtext(f"{ATOM}entry/{ATOM}source/{ATOM}id")
        for feed in (a_feed(an_item(1)), a_feed(an_item(2), slug="other"))
    )
    assert first == second


def test_several_authors_make_one_creator_and_no_rss_author() -> None:
    item = channel(a_feed(an_item(author="Ann Author, Bob Byline"))).find("item")
    assert item.find("author") is None
    assert [creator.text for creator in item.findall(f"{DC}creator")] == ["Ann Author, Bob Byline"]


def test_the_channel_link_is_the_home_page_not_the_last_link() -> None:
    assert channel(a_feed()).findtext("link") == "http://127.0.0.1:8080/"


@pytest.mark.parametrize("name", FORMATS)
def test_one_control_character_does_not_lose_the_feed(name: str) -> None:
    bad = "a\x00b\x1bc\ud800d\uffffe\U0001fffff\x85"
    outlet = an_outlet(bad, title=bad, url=f"https://news.example/{bad}", site=f"https://news.example/{bad}", link=bad)
    feed = a_feed(
        an_item(
            title=bad, author=bad, summary=bad, body=SafeHtml(bad), link=f"https://news.example/{bad}", tags=(bad,),
            categories=(bad,), image=f"https://news.example/{bad}", comments_url=bad, outlet=outlet, also_in=(outlet,),
            enclosures=(Enclosure(url=f"https://news.example/{bad}", type=bad, title=bad),), language=bad,
        ),
        title=bad, subtitle=bad, slug=bad, language=bad,
    )  # fmt: skip
    assert "abcdef" in FORMATS[name].render(feed).decode()


def test_nothing_is_joined_where_a_character_left_the_html() -> None:
    """`java\\x80script:` is harmless; it must not become a scheme by what we take away."""
    document = FORMATS["json"].render(a_feed(an_item(body=SafeHtml('<a href="java\x80script:alert(1)">x</a>'))))
    assert b"java script:" in document


def test_updated_is_that_of_the_feed_and_never_now() -> None:
    feed = a_feed()
    assert atom(feed).findtext(f"{ATOM}updated") == "2026-11-23T09:00:00+00:00"
    assert channel(feed).findtext("lastBuildDate") == "Mon, 23 Nov 2026 09:00:00 GMT"


def test_an_empty_feed_is_dated_as_given() -> None:
    feed = Feed(
        id="urn:uuid:00000000-0000-5000-9000-000000000001", slug="all", title="All", subtitle="",
        base_url="http://127.0.0.1:8080/", language=None, updated=EARLIER, items=(),
    )  # fmt: skip
    assert [FORMATS[name].render(feed) for name in FORMATS] == [FORMATS[name].render(feed) for name in FORMATS]
    assert b"2026-11-23T09:00:00+00:00" in FORMATS["atom"].render(feed)


def test_rendering_never_touches_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """setlocale is of the whole process: two threads that render would write each other's dates in French."""

    def refuse(*_: object) -> None:
        raise AssertionError("setlocale was called")

    monkeypatch.setattr(locale, "setlocale", refuse)
    for name in FORMATS:
        FORMATS[name].render(a_feed())


def test_threads_render_the_same_bytes() -> None:
    feed = a_feed(*(an_item(number) for number in range(20)))
    expected = FORMATS["rss"].render(feed)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(FORMATS["rss"].render, [feed] * 64)) == {expected}


@pytest.mark.parametrize(("name", "path"), [("atom", f"{{*}}entry/{ATOM}title"), ("rss", "channel/item/title")])
def test_items_come_in_the_order_of_the_feed(name: str, path: str) -> None:
    document = etree.fromstring(FORMATS[name].render(a_feed(an_item(3), an_item(1), an_item(2))))
    assert [title.text for title in document.findall(path)] == ["Title 3", "Title 1", "Title 2"]


def test_comments_are_replies_although_feedgen_refuses_that_relation() -> None:
    link = atom(a_feed(an_item(comments_url="https://news.example/1#talk"))).find(
        f"{ATOM}entry/{ATOM}link[@rel='replies']"
    )
    assert (link.get("href"), link.get("type")) == ("https://news.example/1#talk", "text/html")


def test_media_elements_stand_alone_not_in_a_group_of_one() -> None:
    item = channel(a_feed(an_item(thumbnail="https://news.example/t.jpg"))).find("item")
    assert item.find("{http://search.yahoo.com/mrss/}thumbnail").get("url") == "https://news.example/t.jpg"
    assert item.find("{http://search.yahoo.com/mrss/}group") is None


@pytest.mark.parametrize("text", ["R&D", "1 < 2 && 3 > 2", "AT&T <3"])
def test_a_title_that_is_clearly_text_stays_text(text: str) -> None:
    title = atom(a_feed(an_item(title=text))).find(f"{ATOM}entry/{ATOM}title")
    assert (title.get("type", "text"), title.text) == ("text", text)


def test_a_title_that_looks_like_markup_says_what_it_is() -> None:
    title = atom(a_feed(an_item(title="Why <b> & not <strong></strong>?"))).find(f"{ATOM}entry/{ATOM}title")
    assert title.get("type") == "html"
    assert title.text == "Why &lt;b&gt; &amp; not &lt;strong&gt;&lt;/strong&gt;?"
