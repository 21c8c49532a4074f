"""The text of sanitized HTML."""

from __future__ import annotations

import re
from html import unescape

INLINE = (
    """a abbr acronym b bdi bdo big cite code data del dfn em i ins kbd mark nobr q rb ruby s samp small span
    strike strong sub sup time tt u var wbr"""
).split()
"""Elements that stand within a line: they part no words."""

_MARKUP = re.compile("<(/?[a-z0-9-]+)[^<>]*>")
_PARTS_NO_WORDS = frozenset(f"{slash}{name}" for name in INLINE for slash in ("", "/"))
_UNREAD = re.compile(r"<(rt|rp|annotation)\b[^<>]*>[^<]*(?:</\1>)?")
_WINDOW = 2  # characters of HTML that mostly are enough for one of text


def reading(html: str, limit: int) -> str:
    """The text of sanitized HTML on one line, as far as `limit` characters and a little more. Blocks part words."""
    words, window = "", _WINDOW * limit
    while len(words) <= limit:
        end = html.rfind(">", 0, window) + 1 if window < len(html) else len(html)
        words = _words(html[: end or window])
        if window >= len(html):
            break
        window *= 4
    return words


def _words(html: str) -> str:
    if "<" not in html:
        return " ".join(unescape(html).split())
    if "<rt" in html or "<rp" in html or "<annotation" in html:
        html = _UNREAD.sub("", html)
    parts = _MARKUP.split(html)
    parts[1::2] = ["" if name in _PARTS_NO_WORDS else " " for name in parts[1::2]]
    # Blanks of all widths become one: Chinese paragraphs are indented with two.
    return " ".join(unescape("".join(parts)).split())
