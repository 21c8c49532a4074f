"""What every format says of a feed and its items, decided once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import Final
from urllib.parse import urlsplit

from aggregator.model.entry import Enclosure
from aggregator.model.feed import Feed, Item
from aggregator.render.address import uri
from aggregator.render.legal import one_line

GENERATOR: Final = "aggregator"  # without a version: an upgrade must not change the bytes of every feed

# Our own table: the one of `mimetypes` differs between machines (/etc/mime.types) and Python versions.
_MEDIA_TYPES: Final = {
    "aac": "audio/aac", "aif": "audio/aiff", "flac": "audio/flac", "m4a": "audio/mp4", "m4b": "audio/mp4",
    "mid": "audio/midi", "mp3": "audio/mpeg", "oga": "audio/ogg", "ogg": "audio/ogg", "opus": "audio/ogg",
    "wav": "audio/wav", "weba": "audio/webm", "wma": "audio/x-ms-wma",
    "avi": "video/x-msvideo", "m4v": "video/mp4", "mkv": "video/x-matroska", "mov": "video/quicktime",
    "mp4": "video/mp4", "mpeg": "video/mpeg", "mpg": "video/mpeg", "ogv": "video/ogg", "webm": "video/webm",
    "wmv": "video/x-ms-wmv", "m3u8": "application/vnd.apple.mpegurl",
    "avif": "image/avif", "bmp": "image/bmp", "gif": "image/gif", "jpeg": "image/jpeg", "jpg": "image/jpeg",
    "png": "image/png", "svg": "image/svg+xml", "tif": "image/tiff", "tiff": "image/tiff", "webp": "image/webp",
    "csv": "text/csv", "htm": "text/html", "html": "text/html", "srt": "application/x-subrip", "txt": "text/plain",
    "vtt": "text/vtt", "xml": "application/xml",
    "doc": "application/msword", "epub": "application/epub+zip", "gz": "application/gzip", "json": "application/json",
    "pdf": "application/pdf", "ppt": "application/vnd.ms-powerpoint", "torrent": "application/x-bittorrent",
    "xls": "application/vnd.ms-excel", "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_MEDIA_TYPE = re.compile(r"[\w.+!#$&^-]+/[\w.+!#$&^-]+", re.ASCII)  # RFC 6838 §4.2, without parameters

_ISO_639_1 = re.compile(
    "a[abefkmnrsvyz]|b[aeghimnors]|c[aehorsuvy]|d[aevz]|e[elnostu]|f[afijory]|g[adlnuv]|"
    "h[aeiortuyz]|i[adegikostu]|j[av]|k[agijklmnorsuvwy]|l[abginotuv]|m[ghiklnrsty]|n[abdeglnorvy]|"
    "o[cjmrs]|p[ailst]|q[u]|r[mnouw]|s[acdeghiklmnoqrstuvw]|t[aeghiklnorstwy]|u[gkrz]|v[eio]|"
    "w[ao]|x[h]|y[io]|z[ahu]"
)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(-[A-Za-z0-9]{2,8})*")  # RFC 5646 §2.1, without extensions and private use


def title_of(item: Item) -> str:
    """Never empty: Atom and RSS want a title, and a reader needs something to click on."""
    return one_line(item.title) or one_line(item.summary)[:100] or item.link or item.id


def feed_title(feed: Feed) -> str:
    """Never empty (RFC 4287 §4.1.1, RSS 2.0)."""
    return one_line(feed.title) or feed.slug or GENERATOR


def author_of(item: Item) -> str:
    """Never empty: every Atom entry needs an author's name (RFC 4287 §4.1.2)."""
    return one_line(item.author) or outlet_title(item) or GENERATOR


def outlet_title(item: Item) -> str:
    """What the feed calls itself that an item came from."""
    return one_line(item.outlet.title) or one_line(item.outlet.name) or item.outlet.url


def link_of(item: Item) -> str | None:
    """The article itself."""
    return uri(item.link) if item.link else None


def html_of(item: Item) -> str:
    """The full content as HTML, never empty; text stands in where there is no body."""
    if item.body.strip():
        return shown(item.body)
    return escape(item.summary.strip() or title_of(item), quote=False)


def shown(html: str) -> str:
    """U+FFFD as a reference: it looks the same, and no validator takes it for a slip of ours."""
    return html.replace("\ufffd", "&#xFFFD;")


def image_of(item: Item) -> str | None:
    """The picture that readers show beside an item."""
    image = item.thumbnail or item.image
    return uri(image) if image else None


def names(words: tuple[str, ...]) -> Iterator[str]:
    """Categories or tags: each once, none empty."""
    return iter(dict.fromkeys(filter(None, map(one_line, words))))


def enclosures_of(item: Item) -> tuple[Enclosure, ...]:
    """Attached files by URI, each once, with a media type in any case: RSS and JSON Feed require one."""
    found: dict[str, Enclosure] = {}
    for enclosure in item.enclosures:
        url = uri(enclosure.url)
        found.setdefault(
            url,
            Enclosure(
                url=url,
                type=_media_type(url, enclosure.type),
                length=_positive(enclosure.length),
                title=one_line(enclosure.title or "") or None,
                duration=_positive(enclosure.duration),
            ),
        )
    return tuple(found.values())


def _media_type(url: str, given: str | None) -> str:
    stated = (given or "").partition(";")[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(stated):
        return stated
    name = urlsplit(url).path.rpartition("/")[2]
    return _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def _positive(number: int | None) -> int | None:
    return number if number is not None and number > 0 else None


def language_tag(language: str | None) -> str | None:
    """A language as RFC 5646 writes it, or None: a wrong one is an error in every validator, none at all is not."""
    tag = (language or "").strip().replace("_", "-")
    match = _LANGUAGE.fullmatch(tag)
    if match is None:
        return None
    primary = match[1].lower()
    return tag if len(primary) == 3 or _ISO_639_1.fullmatch(primary) else None


def own_language(item: Item, feed: Feed) -> str | None:
    """The language of an item, where it is not that of its feed."""
    tag = language_tag(item.language)
    return None if tag == language_tag(feed.language) else tag


def rfc3339(moment: datetime) -> str:
    """A date as Atom and JSON Feed write it (RFC 3339), in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
