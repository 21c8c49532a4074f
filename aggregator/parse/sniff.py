"""What kind of document is this? Its own first element decides, never its Content-Type."""

from __future__ import annotations

import html
import re

from aggregator.parse.characters import line

_MAGIC = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"RIFF", "a picture or a sound (RIFF)"),
    (b"\0\0\1\0", "a picture (icon)"),
    (b"%PDF", "a PDF document"),
    (b"PK\3\4", "a ZIP archive"),
    (b"\x1f\x8b", "compressed data (gzip)"),
    (b"\x28\xb5\x2f\xfd", "compressed data (zstd)"),
    (b"ID3", "a sound (MP3)"),
    (b"OggS", "a sound (Ogg)"),
    (b"\x7fELF", "a program"),
)


def binary_kind(body: bytes) -> str | None:
    """The name of a binary format by its signature (WHATWG MIME Sniffing section 6), if it has one."""
    kind = next((name for magic, name in _MAGIC if body.startswith(magic)), None)
    if kind is None and b"\0" not in body[:4] and body[:2] not in (b"\xff\xfe", b"\xfe\xff"):  # those may be UTF-16
        sample = body[:4096]
        control = len(sample) - len(sample.translate(None, _CONTROLS))
        return "binary data" if control * 20 > len(sample) else None
    return kind


_CONTROLS = bytes(code for code in range(1, 32) if code not in b"\t\n\f\r\x1b")


# Of another vocabulary, the roots that are worth a name of their own.
_OTHERS = {
    "opml": "a list of feeds (OPML)",
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap",
    "html": "an HTML page",
}
_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "item", "entry"})
_PAGE = frozenset(
    {"html", "head", "body", "title", "meta", "div", "p", "script", "style", "h1", "h2", "table", "center", "form"}
    | {"main", "section", "article", "span", "a", "img", "br", "b"}
)
_PROLOG = re.compile(
    r"(?:[^<]++|<!--(?:[^-]++|-(?!->))*+-->|<\?(?:[^?]++|\?(?!>))*+\?>|<!(?!--|\[CDATA\[)(?:[^\[\]<>\"']++|\"[^\"]*+\"|'[^']*+'"
    r"|\[(?:[^\]\"'<]++|\"[^\"]*+\"|'[^']*+'|<!--(?:[^-]++|-(?!->))*+-->|<)*+\])*+>)*+"
)
_TAG = re.compile(r"<(?:[A-Za-z_][\w.-]{0,63}:)?([A-Za-z_][\w.-]{0,63})(?=[\s/>])")
_FEED_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,63}:)?(?:rss|feed|rdf)(?=[\s>])[^<>]{0,8192}>", re.IGNORECASE)
_XML = re.compile(r"<\?xml\s")
_ITEMS = re.compile(r"<(?:[A-Za-z_][\w.-]{0,63}:)?(?:item|entry)[\s/>]", re.IGNORECASE)


def feed_start(text: str) -> int | None:
    """Where the feed begins in a document, None if there is none in it.

    Junk before the root (a byte order mark, blank lines, the warnings of a script) is passed over.
    """
    start = _PROLOG.match(text).end()  # type: ignore[union-attr]  # it matches the empty string
    first = _TAG.match(text, start)
    name = first[1].lower() if first else ""
    if name in _ROOTS - {"rdf"} or (name not in _PAGE and name not in _OTHERS and _unknown_root_of_feed(text, name)):
        return 0
    if name == "html" or re.match(r"\s*<!doctype\s+html", text, re.IGNORECASE):
        return None
    if name in _OTHERS or name in ("svg", "rdf"):
        return None
    # Something else comes first: the feed, if there is one, begins at its own declaration or root.
    root = _FEED_ROOT.search(text, 0, 1 << 20)
    if root is None or (root[0].startswith("<feed") and not _is_atom(root[0])):
        return None
    declarations = [match.start() for match in _XML.finditer(text, 0, root.start())]
    return declarations[-1] if declarations else root.start()


def _unknown_root_of_feed(text: str, name: str) -> bool:
    """An RDF document is a feed if it has items; so is what somebody wrapped in an element of their own."""
    if name == "rdf":
        return _ITEMS.search(text) is not None or "purl.org/rss/" in text or "netscape.com/rdf" in text
    return bool(name) and "<channel" in text and _ITEMS.search(text) is not None


def _is_atom(tag: str) -> bool:
    return "xmlns" in tag


def other_kind(text: str) -> str:
    """What a text that is no feed is instead, in a few words."""
    start = _PROLOG.match(text).end()  # type: ignore[union-attr]
    first = _TAG.match(text, start)
    name = first[1].lower() if first else ""
    if name in _PAGE or re.match(r"\s*<!doctype\s+html", text, re.IGNORECASE):
        title = page_title(text)
        return f"an HTML page (title: {title})" if title else "an HTML page"
    if name in _OTHERS:
        return _OTHERS[name]
    if name:
        return f"an XML document of another kind ({line(name)})"
    return "plain text"


def page_title(text: str) -> str:
    """The title of an HTML page, "Just a moment..." for example; '' if it has none near its beginning."""
    match = re.search(r"<title\b[^>]{0,200}>([^<]{1,400})", text[: 1 << 18], re.IGNORECASE)
    return line(html.unescape(match[1]), 120) if match else ""
