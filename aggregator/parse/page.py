"""The text of an article's page, if it is one."""

from __future__ import annotations

import re

from aggregator.parse.charset import decode

_HTML = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "")
_META = re.compile(rb"<meta\s[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_MARKUP = re.compile(rb"<(?:!doctype html|html|head|body|article|div|p|main|section|table)[\s>]", re.IGNORECASE)
_LOOKED_AT = 4_096  # bytes; a <meta charset> must stand in the first 1,024, and does not always


def page_text(body: bytes, content_type: str | None) -> str | None:
    """The page in characters; None if it is no HTML: a PDF, a picture, data for programs."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    beginning = body[: 16 * _LOOKED_AT].replace(b"\0", b"")  # which every second byte of UTF-16 is
    if kind not in _HTML or not _MARKUP.search(beginning):
        return None
    declared = content_type or ""
    if "charset" not in declared.lower() and (meta := _META.search(body[:_LOOKED_AT])):
        declared = f"text/html; charset={meta[1].decode('ascii')}"
    return decode(body, declared)[0]
