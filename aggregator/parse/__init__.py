"""Bytes to untrusted values: feeds, lists of feeds, posts. Pure: no socket, file or clock.

bytes | charset.decode | characters.legal | sniff | xml.read_xml or jsonfeed.read_json | ParsedFeed or NotAFeed
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from aggregator.model.entry import Entry, NotAFeed, ParseResult
from aggregator.parse import sniff
from aggregator.parse.ago import read_ago
from aggregator.parse.characters import legal
from aggregator.parse.charset import decode
from aggregator.parse.jsonfeed import read_json
from aggregator.parse.xml import read_xml

__all__ = ["parse_feed"]


def parse_feed(
    body: bytes, content_type: str | None = None, *, zone: tzinfo = UTC, now: datetime | None = None
) -> ParseResult:
    """What a document says, whatever it is. Never raises.

    `content_type` is the HTTP header, of which only the charset is believed, and that not much: feeds are sent as
    text/html, and error pages as application/rss+xml. `zone` is that of dates which name none, `now` the time
    from which "3 hours ago" is told; without it nobody knows.
    """
    if not body.strip(b"\0\t\n\r \xef\xbb\xbf"):
        return NotAFeed("an empty document")
    kind = sniff.binary_kind(body)
    if kind:
        return NotAFeed(kind)
    text, doubt = decode(body, content_type)
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        result = read_json(text, zone)
    else:
        result = _read_markup(legal(text), zone)
    if isinstance(result, NotAFeed):
        return result
    if now is not None and any(entry.unread_date for entry in result.entries):
        result = replace(result, entries=tuple(_told_from(now, zone, entry) for entry in result.entries))
    return replace(result, warnings=(doubt, *result.warnings)) if doubt else result


def _told_from(now: datetime, zone: tzinfo, entry: Entry) -> Entry:
    moment = read_ago(entry.unread_date, now, zone) if entry.unread_date else None
    return replace(entry, published=moment, is_relative=True, unread_date=None) if moment else entry


def _read_markup(text: str, zone: tzinfo) -> ParseResult:
    start = sniff.feed_start(text)
    return NotAFeed(sniff.other_kind(text)) if start is None else read_xml(text, start, zone)
