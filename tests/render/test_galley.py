"""Entries that several documents share are the same bytes that each of them would have written by itself."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from aggregator.model.article import SafeHtml, StoryId
from aggregator.model.entry import Enclosure
from aggregator.model.feed import Feed, Item
from aggregator.render import FORMATS, Galley
from aggregator.render.references import refer
from tests.builders import a_feed, an_item, an_outlet

FILE = Enclosure(url="https://x.example/1.mp3", type="audio/mpeg", length=10, title="One", duration=60)
RICH = replace(
    an_item(1, title="R&D <b>\x07", also_in=(an_outlet("Other", link="https://o.example/1"),), enclosures=(FILE,)),
    comments_url="https://x.example/1#comments",
    language="de",
)
OTHERWISE: dict[str, Any] = {
    "id": StoryId("urn:uuid:00000000-0000-4000-8000-00000000ffff"),
    "title": "Another title",
    "link": "https://elsewhere.example/",
    "author": "Somebody else",
    "published": RICH.published - timedelta(days=2),
    "updated": RICH.updated + timedelta(days=2),
    "first_seen": RICH.first_seen + timedelta(days=2),
    "summary": "Other words",
    "body": SafeHtml("<p>Other text</p>"),
    "image": "https://x.example/other.jpg",
    "thumbnail": "https://x.example/other-thumb.jpg",
    "tags": ("other",),
    "categories": ("other",),
    "enclosures": (replace(FILE, length=11),),
    "language": "fr",
    "comments_url": None,
    "outlet": an_outlet("Another outlet"),
    "also_in": (an_outlet("Third", link="https://third.example/1"),),
}


def feed_of(*items: Item, **changes: Any) -> Feed:
    return replace(a_feed(), items=items, **changes)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("field", [field.name for field in fields(Item)])
def test_stories_that_differ_in_anything_are_told_apart(name: str, field: str) -> None:
    galley, other = Galley(), replace(RICH, **{field: OTHERWISE[field]})
    render = FORMATS[name].render
    for feed in (feed_of(RICH), feed_of(other), feed_of(other, RICH)):
        assert render(feed, galley) == render(feed)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_story_in_feeds_of_other_languages_and_addresses_is_as_each_wants_it(name: str) -> None:
    galley, render = Galley(), FORMATS[name].render
    for changes in ({}, {"language": "de"}, {"language": "d\x00e"}, {"base_url": "https://b.example/"}, {"slug": "x"}):
        feed = feed_of(RICH, **changes)
        assert render(feed, galley) == render(feed)


@pytest.mark.parametrize("name", FORMATS)
def test_what_does_not_fit_any_more_is_written_each_time(name: str) -> None:
    galley, render = Galley(2_000), FORMATS[name].render
    feeds = [feed_of(*(an_item(n) for n in range(first, first + 5))) for first in (1, 3, 1)]
    for feed in feeds:
        assert render(feed, galley) == render(feed)


def test_a_story_is_written_once_for_all_feeds_that_it_stands_in() -> None:
    galley, written = Galley(), []

    def write(item: Item, frame: Feed) -> bytes:
        written.append(item.id)
        return item.id.encode()

    one, two = an_item(1), an_item(2)
    for items in ((one,), (two, one), (one, two)):
        assert b"".join(galley.entries(items, feed_of(), "atom", write)) == "".join(i.id for i in items).encode()
    assert written == [one.id, two.id]


@pytest.mark.parametrize("name", ["atom", "rss"])
@pytest.mark.parametrize("items", [(), (RICH,), (RICH, an_item(2), an_item(3))])
def test_a_document_is_laid_out_as_if_it_were_written_at_once(name: str, items: tuple[Item, ...]) -> None:
    document = FORMATS[name].render(feed_of(*items, part="tech/_archive/2", older="tech/_archive/1"))
    document = document.replace(b' xmlns="http://www.w3.org/2005/Atom"', b"")  # an attribute like others, to feedgen
    parser = etree.XMLParser(remove_blank_text=True)
    root = etree.fromstring(document, parser)
    refer(root)
    again = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True, pretty_print=True)
    assert again == document
