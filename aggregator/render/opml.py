"""OPML 2.0: the list of our feeds, for a reader to subscribe to all of them at once; and of our sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from lxml import etree

from aggregator.model.feed import Address
from aggregator.model.status import SourceStatus
from aggregator.render.address import feed_url, uri
from aggregator.render.facts import language_tag
from aggregator.render.legal import legal, one_line


def render_opml(title: str, base_url: str, feeds: Iterable[Address], format: str = "atom") -> bytes:  # noqa: A002
    """One outline per feed, in the given order: `xmlUrl` is its document of this format, `htmlUrl` our page."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = one_line(legal(title))
    body = etree.SubElement(root, "body")
    for feed in map(legal, feeds):
        etree.SubElement(body, "outline", _outline(feed, base_url, format))
    return cast(bytes, etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def render_sources(title: str, sources: Iterable[SourceStatus]) -> bytes:
    """What we follow, in its categories, as outlines within outlines. Only what others can fetch: no file of this
    machine, and no address with a secret in it, of which only ${NAME} may be shown."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = one_line(legal(title))
    body = etree.SubElement(root, "body")
    levels: dict[tuple[str, ...], etree._Element] = {(): body}
    for source in map(legal, sources):
        if source.url.startswith(("http://", "https://")) and "${" not in source.url:
            etree.SubElement(_level(levels, source.category), "outline", _source(source))
    return cast(bytes, etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _level(levels: dict[tuple[str, ...], etree._Element], path: tuple[str, ...]) -> etree._Element:
    if path not in levels:
        name = one_line(path[-1])
        levels[path] = etree.SubElement(_level(levels, path[:-1]), "outline", text=name, title=name)
    return levels[path]


def _source(source: SourceStatus) -> dict[str, str]:
    name = one_line(source.name) or source.url
    outline = {"type": "rss", "text": name, "title": name, "xmlUrl": uri(source.url)}
    if source.site and source.site.startswith(("http://", "https://")):
        outline["htmlUrl"] = uri(source.site)
    return outline


def _outline(feed: Address, base_url: str, format: str) -> dict[str, str]:  # noqa: A002
    name = one_line(feed.title) or feed.slug
    outline = {
        "type": "rss",  # whatever the format: the specification knows no other word
        "text": name,
        "title": name,
        "xmlUrl": feed_url(base_url, feed.slug, format),
        "htmlUrl": base_url,
    }
    if feed.path:
        outline["category"] = "/" + "/".join(map(one_line, feed.path))
    if language := language_tag(feed.language):
        outline["language"] = language
    return outline
