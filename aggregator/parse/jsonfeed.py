"""JSON Feed 1.0 and 1.1 (jsonfeed.org), tolerantly: a field of the wrong type is a field that is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Any

from aggregator.model.entry import Enclosure, Entry, Image, Markup, NotAFeed, ParsedFeed, ParseResult
from aggregator.parse.characters import address, block, identifier, line, whole_number
from aggregator.parse.dates import first_date
from aggregator.parse.entries import language_tag, media_type
from aggregator.parse.limits import LIMITS

Object = Mapping[str, Any]


def read_json(text: str, zone: tzinfo = UTC) -> ParseResult:
    """The feed in a JSON document, or what else it is."""
    text = text.lstrip("\ufeff \t\r\n")
    if sum(map(text.count, ",[{")) > LIMITS.json_values:
        return NotAFeed(f"JSON of more than {LIMITS.json_values} values")
    try:
        document = json.JSONDecoder(parse_int=_integer, strict=False).decode(text)
    except RecursionError:
        return NotAFeed("JSON that is nested too deeply")
    except ValueError as error:
        return NotAFeed(f"broken JSON ({line(str(error), 120)})")
    if not isinstance(document, dict) or not _is_feed(document):
        return NotAFeed(_other_kind(document))
    return _feed(document, zone)


def _integer(digits: str) -> int:
    """Python refuses to read numbers of thousands of digits; no count of ours needs more than these."""
    return int(digits[:20])


def _is_feed(document: Object) -> bool:
    """By its version, or, since many forget that, by items of the right shape."""
    items = document.get("items")
    if "jsonfeed.org/version/" in _text(document, "version"):
        return True
    if not isinstance(items, list) or not any(key in document for key in ("title", "home_page_url", "feed_url")):
        return False
    return all(isinstance(item, dict) and _ITEM_KEYS & item.keys() for item in items[:10])


_ITEM_KEYS = frozenset({"content_html", "content_text", "date_published", "external_url", "summary", "url"})


def _other_kind(document: object) -> str:
    if isinstance(document, dict):
        for key in ("error", "message", "errors", "detail", "title"):
            words = document.get(key)
            if isinstance(words, dict):
                words = words.get("message")
            if isinstance(words, str) and words.strip():
                return f"JSON, but no JSON Feed ({key}: {line(words, 120)})"
    return "JSON, but no JSON Feed"


def _feed(document: Object, zone: tzinfo) -> ParsedFeed:
    items = document.get("items")
    entries = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    authors = _authors(document)
    hubs = (_url(hub, "url") for hub in _objects(document, "hubs") if _text(hub, "type").lower() in ("", "websub"))
    return ParsedFeed(
        title=line(_text(document, "title"), LIMITS.title) or None,
        link=_url(document, "home_page_url"),
        description=line(_text(document, "description"), LIMITS.title) or None,
        language=language_tag(_text(document, "language")),
        author=authors[0] if authors else None,
        image=_url(document, "icon") or _url(document, "favicon"),
        hub=next((hub for hub in hubs if hub), None),
        self_url=_url(document, "feed_url"),
        entries=tuple(_entry(item, authors, zone) for item in entries[: LIMITS.entries]),
        warnings=tuple(_warnings(items, entries)),
    )


def _warnings(items: object, entries: Sequence[Object]) -> Iterator[str]:
    if not isinstance(items, list):
        yield "it has no list of items"
    elif len(entries) < len(items):
        yield "items that are no objects were left out"
    if len(entries) > LIMITS.entries:
        yield f"only the first {LIMITS.entries} entries were read"


def _entry(item: Object, inherited: tuple[str, ...], zone: tzinfo) -> Entry:
    guid = identifier(_text(item, "id"))
    published, updated = _text(item, "date_published"), _text(item, "date_modified")
    moment = first_date((published, updated), zone)
    permalink = address(guid) if guid and guid.lower().startswith(("http://", "https://")) else None
    return Entry(
        guid=guid,
        link=_url(item, "url") or _url(item, "external_url") or permalink,
        title=_markup(line(_text(item, "title"), LIMITS.title), "text"),
        summary=_markup(block(_text(item, "summary")), "text"),
        content=_markup(block(_text(item, "content_html")), "html")
        or _markup(block(_text(item, "content_text")), "text"),
        authors=_authors(item) or inherited,  # version 1.1: the feed's authors are those of items without their own
        published=moment,
        updated=first_date((updated,), zone),
        unread_date=line(published or updated, LIMITS.date) or None if moment is None else None,
        tags=_tags(item),
        enclosures=tuple(_attachments(item))[: LIMITS.files],
        images=tuple(Image(url=url) for url in dict.fromkeys((_url(item, "image"), _url(item, "banner_image"))) if url),
        language=language_tag(_text(item, "language")),
        comments=None,
    )


def _markup(value: str, kind: Any) -> Markup | None:
    return Markup(value, kind) if value else None


def _text(item: Object, key: str) -> str:
    """A string; numbers pass, for many write ids and dates so (version 1.1: "coerce it to a string")."""
    value = item.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _url(item: Object, key: str) -> str | None:
    value = item.get(key)
    return address(value) if isinstance(value, str) else None


def _objects(item: Object, key: str) -> list[Object]:
    value = item.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _authors(item: Object) -> tuple[str, ...]:
    """Version 1.1 has a list, 1.0 had one; some write only names."""
    one, several = item.get("author"), item.get("authors")
    everybody = [*(several if isinstance(several, list) else [several]), one]
    names = (
        line(_text(author, "name") if isinstance(author, dict) else author)
        for author in everybody
        if _is_author(author)
    )
    return tuple(list(dict.fromkeys(name for name in names if name))[: LIMITS.authors])


def _is_author(author: object) -> bool:
    return isinstance(author, dict | str)


def _tags(item: Object) -> tuple[str, ...]:
    tags = item.get("tags")
    words = (line(tag) for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()
    return tuple(list(dict.fromkeys(word for word in words if word))[: LIMITS.tags])


def _attachments(item: Object) -> Iterator[Enclosure]:
    seen = set()
    for attachment in _objects(item, "attachments"):
        url = _url(attachment, "url")
        if url and url not in seen:
            seen.add(url)
            yield Enclosure(
                url=url,
                type=media_type(_text(attachment, "mime_type")),
                length=whole_number(attachment.get("size_in_bytes")),
                title=line(_text(attachment, "title")) or None,
                duration=whole_number(attachment.get("duration_in_seconds"), 10**7),
            )
