"""The Link header (RFC 8288): `<https://hub.example/>; rel="hub", <https://news.example/feed>; rel=self`."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MOST = 16_384  # characters that are looked at
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[^\s;,=<>\"]+(?:\s*=\s*(?:\"(?:[^\"\\]|\\.)*\"|[^\s;,<>\"]*))?)*)")
_PARAMETER = re.compile(r";\s*([^\s;,=<>\"]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;,<>\"]*))")


def link_of(header: str | None, rel: str) -> str | None:
    """The first link of this relation, as written; None if there is none."""
    return next((url for url, _ in links_of(header, rel)), None)


def links_of(header: str | None, rel: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The links of this relation, as written, each with its parameters.

    A link with an `anchor` is about another document (section 3.2), and is passed over.
    """
    for url, rest in _LINK.findall((header or "")[:_MOST]):
        parameters: dict[str, str] = {}
        for name, quoted, token in _PARAMETER.findall(rest):
            parameters.setdefault(name.lower(), quoted or token)  # section 3.3: the first rel counts
        if "anchor" not in parameters and rel in parameters.get("rel", "").lower().split() and url.strip():
            yield str(url).strip(), parameters
