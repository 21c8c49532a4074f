"""Entries from documents of ours into another: what was published stays so when its article is kept no longer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from aggregator.render.itunes import without_itunes
from aggregator.render.references import refer

_ATOM = "{http://www.w3.org/2005/Atom}"
_ENTRIES = {"atom": (f"{_ATOM}entry", f"{_ATOM}id"), "rss": ("channel/item", "guid")}


def graft(document: bytes, format: str, donors: Iterator[bytes], order: Sequence[str]) -> bytes:  # noqa: A002
    """The document with exactly these entries, in this order, by id. Those that it does not have are taken from the
    donors, which are read until nothing is missing; what none of them has is left out. All are ours, of one format."""
    entries = (_JsonEntries if format == "json" else _XmlEntries)(document, format)
    missing = set(order) - entries.found.keys()
    for donor in donors:
        if not missing:
            break
        for name, entry in type(entries)(donor, format).found.items():
            if name in missing:
                entries.found[name] = entry
                missing.discard(name)
    return entries.serialized([entries.found[name] for name in order if name in entries.found])


class _XmlEntries:
    def __init__(self, document: bytes, format: str) -> None:  # noqa: A002
        path, key = _ENTRIES[format]
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        self._root = etree.fromstring(document, parser)
        self._parent = self._root if format == "atom" else self._root[0]
        self.found: dict[str, Any] = {entry.findtext(key): entry for entry in self._root.findall(path)}

    def serialized(self, entries: list[Any]) -> bytes:
        for entry in self.found.values():
            if (parent := entry.getparent()) is not None:
                parent.remove(entry)
        for entry in entries:
            entry.tail = "\n"
            self._parent.append(entry)
        if self._parent is not self._root:
            without_itunes(self._parent)
        refer(self._root)
        return bytes(etree.tostring(self._root.getroottree(), encoding="UTF-8", xml_declaration=True))


class _JsonEntries:
    def __init__(self, document: bytes, _: str) -> None:
        self._document = json.loads(document)
        self.found: dict[str, Any] = {item["id"]: item for item in self._document["items"]}

    def serialized(self, entries: list[Any]) -> bytes:
        text = json.dumps({**self._document, "items": entries}, ensure_ascii=False, separators=(",", ":"))
        return text.encode() + b"\n"
