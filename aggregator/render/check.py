"""The last look at a document before it replaces one that subscribers can read."""

from __future__ import annotations

import json

from lxml import etree

_ROOTS = {"atom": "{http://www.w3.org/2005/Atom}feed", "rss": "rss"}


def check(content: bytes, format: str) -> str | None:  # noqa: A002
    """What is wrong with a document of this format (a name in `FORMATS`), in one sentence; None if nothing is."""
    return _json_problem(content) if format == "json" else _xml_problem(content, _ROOTS[format])


def _xml_problem(content: bytes, root: str) -> str | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        found = etree.fromstring(content, parser).tag
    except etree.XMLSyntaxError as error:
        return f"not well-formed XML: {error.msg}"
    return None if found == root else f"the root element is {found}, not {root}"


def _json_problem(content: bytes) -> str | None:
    try:
        document = json.loads(content.decode())
    except ValueError as error:
        return f"not JSON in UTF-8: {error}"
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return "an object with a list of items is missing"
    return None
