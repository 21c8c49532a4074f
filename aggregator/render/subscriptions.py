"""OPML 2.0 of what we follow, for other programs and for ourselves: folders are categories.

Attributes of our own namespace hold what OPML has no words for: exact names, the settings of each source and each
category, and in the head what all sources start from. Other programs pass over them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from aggregator.render.legal import legal, one_line

_NAMESPACE = "urn:aggregator:opml"
_SHORT = 200  # characters; of a longer text, programs read the beginning


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One source, as its owner wrote it."""

    url: str
    name: str  # as people see it
    given: str | None  # as it stands in the file; None: it does not
    category: tuple[str, ...]
    settings: Mapping[str, object] = field(default_factory=dict)
    without: tuple[str, ...] = ()  # the settings whose secrets stay at home


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedCategory:
    """One category."""

    path: tuple[str, ...]
    settings: Mapping[str, object] | None  # None: only those below it stand in the file
    without: tuple[str, ...] = ()
    place: int = 0  # among the categories of the file


def render_subscriptions(
    categories: Iterable[ExportedCategory], sources: Iterable[Exported], shared: Mapping[str, object]
) -> bytes:
    """Folders and feeds in the given order; parents come before their children."""
    root = etree.Element("opml", version="2.0", nsmap={"aggregator": _NAMESPACE})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = "aggregator"
    if shared:
        etree.SubElement(head, _own("settings")).text = _json(shared)
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], etree._Element] = {(): body}
    for category in categories:
        parent = folders[category.path[:-1]]
        folders[category.path] = etree.SubElement(parent, "outline", _attributes_of_category(category))
    for source in sources:
        etree.SubElement(folders[source.category], "outline", _attributes(source))
    return cast(bytes, etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _attributes_of_category(category: ExportedCategory) -> dict[str, str]:
    level = category.path[-1]
    name = one_line(legal(level))
    attributes = {"text": name, "title": name}
    if level != name or len(name) > _SHORT:
        attributes[_own("name")] = legal(level)
    if category.settings is not None:
        attributes[_own("settings")] = _json(category.settings)
        attributes[_own("place")] = str(category.place)
    if category.without:
        attributes[_own("without")] = "\n".join(category.without)
    return attributes


def _attributes(source: Exported) -> dict[str, str]:
    name = one_line(legal(source.name))
    attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": legal(source.url)}
    if source.given != name or len(name) > _SHORT:
        attributes[_own("name")] = legal(source.given or "")
    attributes[_own("settings")] = _json(source.settings)
    if source.without:
        attributes[_own("without")] = "\n".join(source.without)
    return attributes


def _own(key: str) -> str:
    return f"{{{_NAMESPACE}}}{key}"


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if legal(text) == text else json.dumps(value)
