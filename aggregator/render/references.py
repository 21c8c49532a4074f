"""Plain text in XML as the RSS profile wants it: "&" and "<" as `&#x26;` and `&#x3C;` (RSS Best Practices, 4.1.1.20.4).

A reader that takes a title for HTML cannot tell "&amp;lt;" from markup, and the W3C validator warns of each
(ContainsHTML, CharacterData) unless it finds hexadecimal references on the line: they say that it is meant.
"""

from __future__ import annotations

import re
from html.entities import name2codepoint
from typing import Any

from lxml import etree

_IN_ATOM = ("name", "{http://www.w3.org/2005/Atom}name")  # feedgen's elements get their namespace when written
_ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
_IN_RSS = ("title", "description", "category", "source", *(_ITUNES + name for name in ("author", "name")))
_WORD = re.compile(r"&(#?\w+)")
_SPECIAL = re.compile(r"([&<])")
_REFERENCES = {"&": "#x26", "<": "#x3C"}


def reads_as_reference(text: str) -> bool:
    """Whether the validator finds an HTML character reference in a text: it asks for no ";"."""
    words: list[str] = _WORD.findall(text) if "&" in text else []
    return any(word in name2codepoint or word == "apos" or not word.isalpha() for word in words)


def refer(root: Any) -> None:
    """Every plain text of a document that has "&" or "<" in it gets references in their place; its value stays."""
    for element in root.iter(*(_IN_RSS if root.tag == "rss" else _IN_ATOM)):
        if not len(element) and element.text and not _is_html(element) and _SPECIAL.search(element.text):
            _write(element, _SPECIAL.split(element.text))


def _is_html(element: Any) -> bool:
    return bool(element.tag == "description" and element.getparent().tag == "item")


def _write(element: Any, parts: list[str]) -> None:
    element.text = parts[0]
    for special, after in zip(parts[1::2], parts[2::2], strict=True):
        reference = etree.Entity(_REFERENCES[special])
        element.append(reference)
        reference.tail = after
