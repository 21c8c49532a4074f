"""Pictures that say nothing to who cannot see them: a page gives each of them an alternative, if only an empty one.

What we publish stays as its publisher wrote it; this is for the page of a story alone.
"""

from __future__ import annotations

import re
from html import escape
from urllib.parse import unquote, urlsplit

from aggregator.model.article import SafeHtml
from aggregator.refine.sanitize import sanitize

_TAG = re.compile(r"""<(/?[a-z][a-z0-9-]*)((?:\s+[^\s=>"]+="[^"]*")*)\s*>""")
"""A tag as the sanitizer writes it: what stands in an attribute is never taken for one."""

_SOURCE = re.compile(r'\ssrc="([^"]*)"')


def with_alternatives(body: SafeHtml) -> SafeHtml:
    """The same body with `alt` on every picture: '' for what is decoration as far as anybody knows; in a link, the
    name of its file, as the link has no other."""
    if "<img" not in body:
        return body
    parts: list[str] = []
    end, in_link = 0, False
    for tag in _TAG.finditer(body):
        if tag[1] in ("a", "/a"):
            in_link = tag[1] == "a"
        elif tag[1] == "img" and not re.search(r'\salt="[^"]' if in_link else r'\salt="', tag[2]):
            attributes = re.sub(r'\salt=""', "", tag[2])
            parts += [body[end : tag.start()], f'<img{attributes} alt="{_name(attributes) if in_link else ""}">']
            end = tag.end()
    return sanitize("".join([*parts, body[end:]])) if parts else body


def _name(attributes: str) -> str:
    source = _SOURCE.search(attributes)
    try:
        name = unquote(urlsplit(source[1] if source else "").path.rpartition("/")[2], errors="replace")
    except ValueError:
        name = ""
    return escape(name[:80])
