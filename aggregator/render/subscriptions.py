"""OPML 2.0 of what we follow, for other programs and for ourselves: folders are categories.

Attributes of our own namespace hold what OPML has no words for: whether a name was given, and a source's settings.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from aggregator.render.legal import legal, one_line

_NAMESPACE = "urn:aggregator:opml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One source, as its owner wrote it."""

    url: str
    name: str
    given: bool  # whether the name stands in the file
    category: tuple[str, ...]
    settings: Mapping[str, object] = field(default_factory=dict)


def render_subscriptions(categories: Iterable[tuple[str, ...]], sources: Iterable[Exported]) -> bytes:
    """Folders and feeds in the given order; parents come before their children."""
    root = etree.Element("opml", version="2.0", nsmap={"aggregator": _NAMESPACE})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "aggregator"
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], etree._Element] = {(): body}
    for path in categories:
        name = one_line(legal(path[-1]))
        folders[path] = etree.SubElement(folders[path[:-1]], "outline", {"text": name, "title": name})
    for source in sources:
        etree.SubElement(folders[source.category], "outline", _attributes(source))
    return cast(bytes, etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _attributes(source: Exported) -> dict[str, str]:
    name = one_line(legal(source.name))
    attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": legal(source.url)}
    if not source.given:
        attributes[f"{{{_NAMESPACE}}}name"] = ""
    if source.settings:
        attributes[f"{{{_NAMESPACE}}}settings"] = json.dumps(source.settings, ensure_ascii=False, sort_keys=True)
    return attributes
