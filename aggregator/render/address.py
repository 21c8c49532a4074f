"""URLs, as feeds may hold them: RFC 3986, ASCII only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote, urlsplit, urlunsplit

from aggregator.model.feed import Feed

_PART = r"(?:[A-Za-z0-9;/?:@&=+$.\-_!~*'(),]|%[0-9A-Fa-f]{2})*"
_URI = re.compile(f"{_PART}(?:#{_PART})?")
_ALLOWED = "/?:@!$&'()*+,;=~-._%"  # RFC 3986 §2.2 and §2.3 without "#" and "[]", and "%" where it is an escape
_NO_PATH = re.compile(r"^(https?://[^/?#]+)(?=[?#])", re.IGNORECASE)  # "https://host?x" (RFC 3986 §6.2.3)
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def feed_url(base_url: str, slug: str, format: str) -> str:  # noqa: A002
    """Where the document of a feed is found; `format` is a name in `FORMATS`. A "/" in the slug stays one."""
    return f"{base_url}feeds/{quote(slug, errors='replace')}.{format}"


def self_url(feed: Feed, format: str) -> str:  # noqa: A002
    """Where this very document is found."""
    return feed.base_url + feed.place if feed.place else feed_url(feed.base_url, feed.part or feed.slug, format)


def history_links(feed: Feed, format: str) -> Iterator[tuple[str, str]]:  # noqa: A002
    """Links of RFC 5005 §4, as relation and address.

    What comes after a document is not known when that is written, and it never changes: only the oldest has a
    `next-archive`, to the feed's own document, from where all others are reached. The validator wants an archive to
    lead somewhere (ArchiveIncomplete), and from the oldest there is no way back.
    """
    if feed.part is not None:
        yield "current", feed_url(feed.base_url, feed.slug, format)
    if feed.older is not None:
        yield "prev-archive", feed_url(feed.base_url, feed.older, format)
    elif feed.part is not None:
        yield "next-archive", feed_url(feed.base_url, feed.slug, format)


def hub_of(feed: Feed) -> str | None:
    """The hub that a document announces (W3C WebSub §4). One of an archive never changes, and has none."""
    return uri(feed.hub) if feed.hub is not None and feed.part is None else None


def uri(url: str) -> str:
    """The URI of an IRI (RFC 3987 §3.1): RSS and OPML know no others, and the validator asks it of Atom too.

    What is a URI already stays as it is, byte for byte: an escape that the publisher wrote may mean something to him.
    """
    url = _NO_PATH.sub(r"\1/", url.strip())
    if _URI.fullmatch(url):
        return url
    try:
        scheme, authority, path, query, fragment = urlsplit(url)
    except ValueError:  # brackets that hold no IPv6 address
        return _escaped(url)
    return urlunsplit((scheme, _authority(authority), _escaped(path), _escaped(query), _escaped(fragment)))


def _escaped(part: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe=_ALLOWED, errors="replace")


def _authority(authority: str) -> str:
    with suppress(UnicodeError):  # no name that DNS could know; escaped it is at least a URI
        authority = authority.encode("idna").decode("ascii")
    return quote(authority, safe=":@[]!$&'()*+,;=~-._%", errors="replace")
