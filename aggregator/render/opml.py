"""OPML 2.0: the list of our feeds, for a reader to subscribe to all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from lxml import etree

from aggregator.model.feed import Address
from aggregator.render.address import feed_url
from aggregator.render.facts import language_tag
from aggregator.render.legal import legal, one_line


def render_opml(title: str, base_url: str, feeds: Iterable[Address]) -> bytes:
    """One outline per feed, in the given order: `xmlUrl` is its Atom document, `htmlUrl` our page."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = one_line(legal(title))
    body = etree.SubElement(root, "body")
    for feed in map(legal, feeds):
        etree.SubElement(body, "outline", _outline(feed, base_url))
    return cast(bytes, etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _outline(feed: Address, base_url: str) -> dict[str, str]:
    name = one_line(feed.title) or feed.slug
    outline = {
        "type": "rss",  # whatever the format: the specification knows no other word
        "text": name,
        "title": name,
        "xmlUrl": feed_url(base_url, feed.slug, "atom"),
        "htmlUrl": base_url,
    }
    if feed.path:
        outline["category"] = "/" + "/".join(map(one_line, feed.path))
    if language := language_tag(feed.language):
        outline["language"] = language
    return outline
