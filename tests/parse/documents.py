"""Feeds around the one detail that a test is about."""

from __future__ import annotations

from aggregator.model.entry import Entry, NotAFeed, ParsedFeed
from aggregator.parse import parse_feed

DECLARED = '<?xml version="1.0" encoding="{}"?>'
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
)


def rss(*items: str, channel: str = "", head: str = "") -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'{head}<rss version="2.0" {NAMESPACES}><channel><title>News</title>{channel}{inside}</channel></rss>'


def atom(*entries: str, feed: str = "", attributes: str = "") -> str:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>News</title>{feed}{inside}</feed>'


def feed_of(document: str | bytes, content_type: str | None = None) -> ParsedFeed:
    body = document if isinstance(document, bytes) else document.encode()
    feed = parse_feed(body, content_type)
    assert isinstance(feed, ParsedFeed), feed
    return feed


def entry_of(document: str | bytes, content_type: str | None = None) -> Entry:
    (entry,) = feed_of(document, content_type).entries
    return entry


def title_of(document: str | bytes, content_type: str | None = None) -> str:
    title = entry_of(document, content_type).title
    return title.value if title else ""


def reason_of(document: str | bytes, content_type: str | None = None) -> str:
    body = document if isinstance(document, bytes) else document.encode()
    result = parse_feed(body, content_type)
    assert isinstance(result, NotAFeed), result
    return result.reason
