"""JSON Feed 1.1 (jsonfeed.org), with our own `_aggregator` extension: where each story came from."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from aggregator.model.entry import Enclosure
from aggregator.model.feed import Feed, Item, Outlet
from aggregator.render.address import feed_url, hub_of, self_url, uri
from aggregator.render.facts import (
    author_of,
    enclosures_of,
    feed_title,
    html_of,
    language_tag,
    link_of,
    names,
    own_language,
    rfc3339,
    title_of,
)
from aggregator.render.galley import Galley
from aggregator.render.legal import legal, one_line

VERSION = "https://jsonfeed.org/version/1.1"


def render_json(feed: Feed, galley: Galley | None = None) -> bytes:
    """The feed as a JSON Feed document; what is unknown is left out, as the specification wants it."""
    frame = legal(replace(feed, items=()))
    entries = (galley or Galley(0)).entries(feed.items, frame, "json", _written)
    return b"".join((_json(_frame(frame)).removesuffix(b"]}"), b",".join(entries), b"]}\n"))


def _frame(feed: Feed) -> dict[str, Any]:
    """All but the items, which are to stand last."""
    return _known(
        {
            "version": VERSION,
            "title": feed_title(feed),
            "home_page_url": feed.base_url,
            # In an archive document, too, that of the feed: it is what the feed is known by.
            "feed_url": self_url(replace(feed, part=None), "json"),
            "next_url": feed_url(feed.base_url, feed.older, "json") if feed.older else None,
            "description": one_line(feed.subtitle),
            "language": language_tag(feed.language),
            "hubs": [{"type": "WebSub", "url": hub}] if (hub := hub_of(feed)) else [],
            "items": [],
        }
    )


def _written(item: Item, feed: Feed) -> bytes:
    return _json(_item(item, feed))


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _item(item: Item, feed: Feed) -> dict[str, Any]:
    return _known(
        {
            "id": item.id,
            "url": link_of(item),
            "title": title_of(item),
            "content_html": html_of(item),
            "summary": item.summary.strip(),
            "image": uri(item.image or item.thumbnail),
            "date_published": rfc3339(item.published),
            "date_modified": rfc3339(item.updated),
            "authors": [{"name": author_of(item)}],
            "tags": list(names(item.categories + item.tags)),
            "language": own_language(item, feed),
            "attachments": [_attachment(enclosure) for enclosure in enclosures_of(item)],
            "_aggregator": _provenance(item),
        }
    )


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return _known(
        {
            "url": enclosure.url,
            "mime_type": enclosure.type,
            "title": enclosure.title,
            "size_in_bytes": enclosure.length,
            "duration_in_seconds": enclosure.duration,
        }
    )


def _provenance(item: Item) -> dict[str, Any]:
    """Part of our contract with subscribers (docs/design.md, Outputs): every key is there, always."""
    return {
        "source": item.outlet.name,
        "sources": [_source(outlet) for outlet in (item.outlet, *item.also_in)],
        "categories": list(names(item.categories)),
        "first_seen": rfc3339(item.first_seen),
    }


def _source(outlet: Outlet) -> dict[str, Any]:
    return {"name": outlet.name, "url": uri(outlet.url), "link": uri(outlet.link) if outlet.link else None}


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what is unknown; an empty list of items is known to be empty."""
    return {key: value for key, value in fields.items() if key == "items" or value not in (None, "", [])}
