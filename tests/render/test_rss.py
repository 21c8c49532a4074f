"""RSS, where it cannot say what a title is."""

from __future__ import annotations

import html
from xml.etree import ElementTree

import pytest

from aggregator.model.article import SafeHtml
from aggregator.model.entry import Enclosure
from aggregator.render.atom import render_atom
from aggregator.render.graft import graft
from aggregator.render.rss import render_rss
from tests.builders import a_feed, an_item, an_outlet
from tests.render.strict import problems_of_atom, problems_of_rss


@pytest.mark.parametrize(
    "title",
    ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<x onclick=y>", "</title><svg>", "<!-- x -->"],
)
def test_a_title_that_a_browser_would_act_upon_is_escaped_once_more(title: str) -> None:
    [item] = ElementTree.fromstring(render_rss(a_feed(an_item(title=title)))).iter("item")
    assert item.findtext("title") == html.escape(title, quote=False)


@pytest.mark.parametrize("title", ["List<T> in C#", "a < b & c", "I <3 you", "x<y>z", "R&D", "Use <b> for bold"])
def test_a_title_that_only_looks_like_markup_is_what_it_is(title: str) -> None:
    [item] = ElementTree.fromstring(render_rss(a_feed(an_item(title=title)))).iter("item")
    assert item.findtext("title") == title


@pytest.mark.parametrize("title", ["Use <b>and</b> be bold", "</item>"])
def test_a_title_that_ends_an_element_is_escaped_once_more(title: str) -> None:
    document = render_rss(a_feed(an_item(title=title)))
    [item] = ElementTree.fromstring(document).iter("item")
    assert item.findtext("title") == html.escape(title, quote=False)
    assert problems_of_rss(document) == []


def test_plain_text_has_hexadecimal_references_and_its_value_stays() -> None:
    feed = a_feed(an_item(title="R&D: a <b", tags=("C&copy", "x</b>")), title="Q&A &amp; more", subtitle="<3 & &1")
    document = render_rss(feed)
    assert b"<title>R&#x26;D: a &#x3C;b</title>" in document
    channel = ElementTree.fromstring(document)[0]
    assert channel.findtext("title") == "Q&A &amp; more"
    assert channel.findtext("description") == "<3 & &1"
    assert [category.text for category in channel.iter("category")] == ["tech", "C&copy", "x< /b>"]
    assert problems_of_rss(document) == []


def test_references_stay_when_entries_are_grafted() -> None:
    document = render_rss(a_feed(an_item(title="List<T> & more")))
    grafted = graft(document, "rss", iter(()), [an_item().id])
    assert problems_of_rss(grafted) == []


def test_an_enclosure_that_the_validator_refuses_stands_in_media_rss() -> None:
    odd, good = (Enclosure(url=f"https://{host}/1.mp3", type="audio/mpeg") for host in ("my_host.example", "e.example"))
    document = render_rss(a_feed(an_item(enclosures=(odd, good))))
    [item] = ElementTree.fromstring(document).iter("item")
    assert [element.get("url") for element in item.iter("enclosure")] == [good.url]
    assert [element.get("url") for element in item.iter("{http://search.yahoo.com/mrss/}content")] == [odd.url]
    assert problems_of_rss(document) == []


def test_a_program_of_this_machine_is_no_source_with_an_address() -> None:
    item = an_item(outlet=an_outlet(url="exec:program"))
    assert b"<source" not in render_rss(a_feed(item))
    assert b"exec:" not in render_atom(a_feed(item))


def test_text_that_was_encoded_twice_is_read() -> None:
    item = an_item(title="RenÃ©", author="ZoÃ«", summary="Ã©tÃ©", body=SafeHtml("<p>naÃ¯ve</p>"))
    for render, problems in ((render_rss, problems_of_rss), (render_atom, problems_of_atom)):
        document = render(a_feed(item))
        assert problems(document) == []
        assert all(word in document.decode() for word in ("René", "Zoë", "été", "naïve"))
    assert "Ãnglish — Ã©" in render_rss(a_feed(an_item(title="Ãnglish — Ã©"))).decode()


def test_an_authors_address_is_not_shown_beside_the_name() -> None:
    assert b"<name>Ann</name>" in render_atom(a_feed(an_item(author="Ann <ann@news.example>")))
    assert b"<name>ann@news.example</name>" in render_atom(a_feed(an_item(author="<ann@news.example>")))


def test_names_in_atom_have_references_too() -> None:
    document = render_atom(a_feed(an_item(author="A &amp; B <3", outlet=an_outlet(title="C &lt D"))))
    assert problems_of_atom(document) == []
    assert b"<name>A &#x26;amp; B &#x3C;3</name>" in document


def test_a_body_of_an_empty_formula_is_said_in_text() -> None:
    item = an_item(body=SafeHtml("<math></math>"), summary="In words.")
    assert b'<content type="html">In words.</content>' in render_atom(a_feed(item))
    assert problems_of_rss(render_rss(a_feed(item))) == []
