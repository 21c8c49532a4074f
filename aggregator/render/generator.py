"""feedgen, put right. This is the only file that knows it.

What feedgen 1.0 does, and what is done about it here:

- the links of an entry lose `rel` and `type`, so that an enclosure becomes the article's link → `_restore_links`
- `atom:source` lacks id and updated; RSS knows no `dc:creator`, no media, one enclosure at most → `add`
- the link of an RSS channel is the last `link()` that was called → `Generator.add_links`
- titles and subtitles have no type, so that "<b> or <i>?" is anyone's guess → `_declare_type`
- `updated` and `lastBuildDate` are now unless told; RSS dates call `setlocale`, which is not safe between threads →
  RSS dates are made here, and feedgen is given none
- `add_entry` prepends, and shifts all others, and each document writes them anew → entries are written by themselves,
  and joined inside a document's frame: `atom_bytes`, `rss_bytes`
- an element of another namespace has a prefix of its own → `Namespaces`
- plain text has `&amp;` and `&lt;`, which the validator takes for HTML → `references.refer`
- one control character raises, and the feed is lost → `legal.legal`, before anything comes here
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any, Final, cast

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator.render.references import reads_as_reference, refer

MEDIA: Final = "{http://search.yahoo.com/mrss/}"
DUBLIN_CORE: Final = "{http://purl.org/dc/elements/1.1/}"
HISTORY: Final = "{http://purl.org/syndication/history/1.0}"
ITUNES: Final = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
ATOM: Final = "{http://www.w3.org/2005/Atom}"
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

_PREFIXES: Final = {  # that documents declare on their root
    "media": MEDIA[1:-1],
    "dc": DUBLIN_CORE[1:-1],
    "atom": ATOM[1:-1],
    "content": "http://purl.org/rss/1.0/modules/content/",
}
_ATOM_END: Final = b"</feed>\n"
_RSS_END: Final = b"  </channel>\n</rss>\n"

_LIKE_MARKUP = re.compile(r"</?[A-Za-z]|&#?\w+;|\ufffd")

Element = Any  # lxml's; it has no types of its own


class _Additions:
    """Elements that feedgen cannot write, kept until it has written the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.additions: list[Element] = []

    def add(self, tag: str, text: str | None = None, **attributes: str | None) -> Element:
        """One more element; attributes that are None are left out."""
        element = child(None, tag, text, **attributes)
        self.additions.append(element)
        return element

    def add_itunes(self, name: str, value: str | None = None, **attributes: str | None) -> Element:
        """One more element of Apple's."""
        element = etree.Element(f"{ITUNES}{name}", nsmap={"itunes": ITUNES[1:-1]})
        element.text = value
        for attribute, words in attributes.items():
            element.set(attribute, words)
        self.additions.append(element)
        return element

    def add_date(self, tag: str, moment: datetime) -> None:
        """A date as RFC 822 and RSS 2.0 write it: in English, in GMT, whatever the locale."""
        self.add(tag, format_datetime(moment.astimezone(UTC), usegmt=True))


class Entry(_Additions, FeedEntry):  # type: ignore[misc]
    """feedgen's entry, without its faults."""

    language: str | None = None  # if it is not that of the feed
    fraction: str = ""  # digits of a second that `updated` has besides

    def atom_entry(self, extensions: bool = True) -> Element:
        """The `atom:entry` element."""
        entry = super().atom_entry(extensions)
        _restore_links(entry, self.link() or [])
        entry.extend(self.additions)
        _declare_type(entry)
        if self.fraction:
            updated = entry.find("updated")
            updated.text = updated.text.replace("+", f".{self.fraction}+")
        if self.language:
            entry.set(XML_LANG, self.language)
        return entry

    def rss_entry(self, extensions: bool = True) -> Element:
        """The RSS `item` element."""
        item = super().rss_entry(extensions)
        item.extend(self.additions)
        if self.language:
            child(item, f"{DUBLIN_CORE}language", self.language)
        return item


class Generator(_Additions, FeedGenerator):  # type: ignore[misc]
    """feedgen's feed, without its faults."""

    def __init__(self) -> None:
        super().__init__()
        # The date of its birth, written with setlocale(); nothing in its interface can take it away.
        self._FeedGenerator__rss_lastBuildDate = None
        self.register_extension("namespaces", _Namespaces, BaseEntryExtension)

    def add_links(self, home: str, self_url: str, media_type: str) -> None:
        """The page that the feed is about, and the feed itself; in this order, for RSS takes the last for its own."""
        self.link(href=self_url, rel="self", type=media_type)
        self.link(href=home, rel="alternate", type="text/html")

    def declare_itunes(self) -> None:
        """Apple's prefix on the root, where `rss_bytes` expects it if an item uses it."""
        self.register_extension("itunes", _Itunes, BaseEntryExtension)

    def mark_archive(self) -> None:
        """This document is a part of an archive (RFC 5005 §4)."""
        self.additions.append(etree.Element(f"{HISTORY}archive", nsmap={"fh": HISTORY[1:-1]}))

    def atom(self, entries: Iterable[bytes]) -> bytes:
        """The whole document as Atom, with these entries, as `atom_bytes` gives them, behind everything else."""
        feed, document = self._create_atom()
        _declare_type(feed)
        feed.extend(self.additions)
        refer(feed)
        return _filled(_serialized(document), entries, _ATOM_END)

    def rss(self, entries: Iterable[bytes]) -> bytes:
        """The whole document as RSS 2.0, with these items, as `rss_bytes` gives them, behind everything else."""
        root, document = self._create_rss()
        root[0].extend(self.additions)
        refer(root)
        return _filled(_serialized(document), entries, _RSS_END)


class _Namespaces(BaseExtension):  # type: ignore[misc]
    """The prefixes that people know these namespaces by."""

    def extend_ns(self) -> dict[str, str]:
        return {"media": MEDIA[1:-1], "dc": DUBLIN_CORE[1:-1]}


class _Itunes(BaseExtension):  # type: ignore[misc]
    """The same of podcasts."""

    def extend_ns(self) -> dict[str, str]:
        return {"itunes": ITUNES[1:-1]}


def atom_bytes(entry: Entry) -> bytes:
    """The entry as it stands in a document of `Generator.atom`."""
    root = etree.Element("feed", nsmap=_PREFIXES)
    root.append(entry.atom_entry())
    return _inside(root, b">\n", _ATOM_END)


def rss_bytes(entry: Entry) -> bytes:
    """The item as it stands in a document of `Generator.rss`."""
    root = etree.Element("rss", nsmap={**_PREFIXES, "itunes": ITUNES[1:-1]})
    etree.SubElement(root, "channel").append(entry.rss_entry())
    return _inside(root, b"<channel>\n", _RSS_END)


def _inside(root: Element, start: bytes, end: bytes) -> bytes:
    """What a document holds between these; an lxml element by itself would declare its namespaces once more."""
    refer(root)
    document = cast(bytes, etree.tostring(root, encoding="UTF-8", xml_declaration=False, pretty_print=True))
    return document[document.index(start) + len(start) : -len(end)]


def _filled(document: bytes, entries: Iterable[bytes], end: bytes) -> bytes:
    return b"".join((document.removesuffix(end), *entries, end))


def child(parent: Element | None, tag: str, text: str | None = None, **attributes: str | None) -> Element:
    """A new element in its parent; attributes that are None are left out."""
    given = {name: value for name, value in attributes.items() if value is not None}
    element = etree.Element(tag, given) if parent is None else etree.SubElement(parent, tag, given)
    element.text = text
    return element


def text_child(parent: Element, tag: str, text: str) -> None:
    """A text construct (RFC 4287 §3.1) in an element that feedgen knows nothing of."""
    child(parent, tag, text)
    _declare_type(parent)


def _restore_links(entry: Element, links: list[dict[str, str]]) -> None:
    for element, link in zip(entry.iterfind("link"), links, strict=True):
        for name in ("rel", "type", "hreflang", "title", "length"):
            if link.get(name):
                element.set(name, link[name])


def _declare_type(parent: Element) -> None:
    # Plain text that looks like markup is shown as markup by some readers, as text by others; escaped HTML means the
    # same to nearly all of them (RFC 4287 §3.1.1.2). "R&D" stays text: sfeed shows escapes as they are.
    for element in parent.iterchildren("title", "subtitle", "summary"):
        text = element.text
        if element.get("type") != "html" and (_LIKE_MARKUP.search(text) or reads_as_reference(text)):
            element.text = escape(text, quote=False).replace("\ufffd", "&#xFFFD;")
            element.set("type", "html")


def _serialized(document: Element) -> bytes:
    return cast(bytes, etree.tostring(document, encoding="UTF-8", xml_declaration=True, pretty_print=True))
