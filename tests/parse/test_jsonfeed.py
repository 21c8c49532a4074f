"""JSON Feed 1.0 and 1.1, and what people take for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from aggregator.model.entry import Enclosure, Image, Markup
from tests.parse.documents import entry_of, feed_of, reason_of

VERSION = "https://jsonfeed.org/version/1.1"


def document(*items: Any, **feed: Any) -> str:
    return json.dumps({"version": VERSION, "title": "News", "items": items, **feed})


def test_a_whole_feed() -> None:
    feed = feed_of(
        document(
            home_page_url="https://e.org/",
            feed_url="https://e.org/feed.json",
            description="All news",
            icon="https://e.org/i.png",
            language="zh-CN",
            authors=[{"name": "Ann"}],
            hubs=[{"type": "rssCloud", "url": "x"}, {"type": "WebSub", "url": "https://hub.org/"}],
        )
    )
    assert (feed.title, feed.link, feed.self_url) == ("News", "https://e.org/", "https://e.org/feed.json")
    assert (feed.description, feed.image, feed.language) == ("All news", "https://e.org/i.png", "zh-CN")
    assert (feed.author, feed.hub, feed.entries) == ("Ann", "https://hub.org/", ())


def test_a_whole_item() -> None:
    entry = entry_of(
        document(
            {
                "id": "1",
                "url": "https://e.org/1",
                "title": "A <b>",
                "summary": "short",
                "content_html": "<p>long</p>",
                "content_text": "long",
                "image": "https://e.org/i.png",
                "banner_image": "https://e.org/b.png",
                "date_published": "2020-05-04T10:00:00Z",
                "date_modified": "2020-05-05T10:00:00Z",
                "authors": [{"name": "Ann"}, {"name": "Ben"}],
                "tags": ["a", "b", "a"],
                "language": "en",
                "attachments": [
                    {
                        "url": "https://e.org/a.mp3",
                        "mime_type": "audio/mpeg",
                        "size_in_bytes": 9,
                        "duration_in_seconds": 60.5,
                    }
                ],
            }
        )
    )
    assert (entry.guid, entry.link, entry.title) == ("1", "https://e.org/1", Markup("A <b>", "text"))
    assert (entry.summary, entry.content) == (Markup("short", "text"), Markup("<p>long</p>", "html"))
    assert entry.published == datetime(2020, 5, 4, 10, tzinfo=UTC)
    assert entry.updated == datetime(2020, 5, 5, 10, tzinfo=UTC)
    assert (entry.authors, entry.tags, entry.language) == (("Ann", "Ben"), ("a", "b"), "en")
    assert entry.images == (Image(url="https://e.org/i.png"), Image(url="https://e.org/b.png"))
    assert entry.enclosures == (Enclosure(url="https://e.org/a.mp3", type="audio/mpeg", length=9, duration=60),)


def test_what_people_get_wrong() -> None:
    one, two = feed_of(
        document(
            {"id": 17, "external_url": "https://e.org/17", "content_text": "x", "date_published": "soon", "tags": "a"},
            "not an item",
            {
                "id": "https://e.org/2",
                "author": {"name": "Ann"},
                "date_published": 1588586400,
                "attachments": None,
                "title": None,
            },
            authors=[{"name": "Editor"}],
        )
    ).entries
    assert (one.guid, one.link, one.content, one.authors) == (
        "17",
        "https://e.org/17",
        Markup("x", "text"),
        ("Editor",),
    )
    assert (one.published, one.unread_date, one.tags) == (None, "soon", ())
    assert (two.link, two.authors, two.title) == ("https://e.org/2", ("Ann",), None)
    assert two.published == datetime(2020, 5, 4, 10, tzinfo=UTC)


def test_a_feed_that_forgets_its_version() -> None:
    assert feed_of('\ufeff {"title": "News", "items": [{"id": "1", "content_text": "x"}]}').title == "News"
    assert reason_of('{"title": "Search", "items": [{"id": "1", "name": "x"}]}').startswith("JSON, but no JSON Feed")


def test_characters_that_xml_cannot_carry_are_gone() -> None:
    entry = entry_of(document({"id": "a\x00\ud800b", "title": "\x1b[31mred\ufffe\x7f"}))
    assert (entry.guid, entry.title) == ("ab", Markup("[31mred", "text"))


def test_hostile_json() -> None:
    assert reason_of("[" * 400_000) == "JSON that is nested too deeply"
    assert reason_of("[" + "[]," * 1_000_000 + "[]]").startswith("JSON of more than")
    assert (
        entry_of('{"version": "https://jsonfeed.org/version/1", "items": [{"id": ' + "9" * 100_000 + "}]}").guid
        == "9" * 20
    )
