"""URLs as publishers write them → URLs that anyone can follow: absolute, http(s), ASCII, one line."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import quote, unquote, urljoin

from aggregator.refine.boilerplate import TRACKING

MAX_LENGTH = 8_000
"""Longer ones are data, not addresses."""

MAILING_SCHEMES = frozenset({"mailto", "tel", "xmpp", "magnet", "ftp"})
"""What a link in a body may also point to: nothing that a browser would run."""

# What needs no work at all: by far the most common case, and worth its own line for speed.
_LEGAL = r"(?:[A-Za-z0-9._~/+=,;:@!$&()*'-]++|%[0-9A-Fa-f]{2})*+"
_PLAIN = re.compile(rf"https?://[a-z0-9-]{{1,63}}(?:\.[a-z0-9-]{{1,63}})+(?:/{_LEGAL})?(?:\?{_LEGAL})?(?:#{_LEGAL})?")
# A path without dots at the beginning of a part: joining it to a base is writing it behind.
_PART = r"(?:[A-Za-z0-9_~+,=@!$&()*'-]|%[0-9A-Fa-f]{2})(?:[A-Za-z0-9._~+,=@!$&()*'-]|%[0-9A-Fa-f]{2})*+"
_PLAIN_PATH = re.compile(rf"/?{_PART}(?:/{_PART})*+/?(?:\?(?=[^#]){_LEGAL})?(?:#(?=.){_LEGAL})?")
_EDGES = "".join(map(chr, range(0x21))) + "\x7f\xa0\u3000\u2028\u2029\ufeff"
_INNER_BREAKS = str.maketrans("", "", "\t\n\r")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PARTS = re.compile(r"(https?)://([^/?#\\]*)([^?#]*)(\?[^#]*)?(#.*)?", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(?:.*@)?(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]*))?", re.DOTALL)
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_KEEP_IN_PATH = "%/:@!$&'()*+,;=~-._"
_KEEP_IN_QUERY = _KEEP_IN_PATH + "?"


def absolute(url: str | None, *bases: str | None) -> str | None:
    """The http(s) URL that `url` means, or None if it means none that is fit to be followed.

    `bases` go from the nearest to the farthest; each may itself be relative to those after it.
    """
    if not url:
        return None
    if len(url) < MAX_LENGTH and _PLAIN.fullmatch(url):
        return url
    text = _tidy(url)
    if not text or len(text) > MAX_LENGTH:
        return None
    if scheme := _SCHEME.match(text):
        return _canonical(text) if scheme[1].lower() in ("http", "https") else None
    base = base_of(*bases)
    if base is None:
        return None
    if _PLAIN_PATH.fullmatch(text):
        return _places(base)[text[0] == "/"] + text
    return _join(base, text)


@lru_cache(maxsize=256)  # all the entries of a feed have few
def _places(base: str) -> tuple[str, str]:
    """What a relative path and a path from the root are relative to: the folder, and the site."""
    folder, site = urljoin(base, "x"), urljoin(base, "/x")
    return folder[:-1], site[:-2]


def base_of(*bases: str | None) -> str | None:
    """The nearest base that can be made absolute with the help of those behind it."""
    for place, base in enumerate(bases):
        if found := absolute(base, *bases[place + 1 :]):
            return found
    return None


def link_target(href: str | None, base: str | None) -> str | None:
    """Where a link in a body may lead: an http(s) URL, or an address of another harmless scheme."""
    if found := absolute(href, base):
        return found
    text = _tidy(href or "")
    scheme = _SCHEME.match(text)
    if not scheme or scheme[1].lower() not in MAILING_SCHEMES or len(text) > MAX_LENGTH:
        return None
    rest = _quoted(text[scheme.end() :], _KEEP_IN_QUERY + "#")
    return f"{scheme[1].lower()}:{rest}" if rest else None


def untracked(url: str) -> str:
    """An absolute URL without the parameters that only tell its host where a reader comes from."""
    if "?" not in url and "#" not in url:
        return url
    address, mark, anchor = url.partition("#")
    page, _, query = address.partition("?")
    if TRACKING.fullmatch(anchor.partition("=")[0]):
        mark = anchor = ""
    if query:
        parts = query.split("&")
        kept = [part for part in parts if not TRACKING.fullmatch(part.partition("=")[0])]
        if len(kept) < len(parts):
            address = f"{page}?{'&'.join(kept)}" if kept else page
    return address + mark + anchor


def fragment(href: str | None) -> str | None:
    """The name behind `#`, decoded, if the link stays within the document: a footnote, a table of contents."""
    if not href or "#" not in href[:4]:  # a blank or two may stand before it
        return None
    text = _tidy(href)
    return unquote(text[1:]) if text.startswith("#") else None


def _tidy(url: str) -> str:
    """What a browser takes off before it reads a URL: so that no scheme hides behind it."""
    return _SURROGATES.sub("", url).strip(_EDGES).translate(_INNER_BREAKS)


def _join(base: str, relative: str) -> str | None:
    path, mark, tail = _before_query(relative)
    if path[:2] in ("\\\\", "/\\", "\\/"):  # browsers take these for `//`: another host in disguise
        return None
    try:
        joined = urljoin(base, path.replace("\\", "/") + mark + tail)
    except ValueError:  # an IPv6 address that is none, a host that is none after normalization
        return None
    return _canonical(joined)


def _before_query(url: str) -> tuple[str, str, str]:
    place = min((found for found in (url.find("?"), url.find("#")) if found >= 0), default=len(url))
    return url[:place], url[place : place + 1], url[place + 1 :]


def _canonical(url: str) -> str | None:
    parts = _PARTS.fullmatch(url)
    if not parts:
        return None
    scheme, authority, path, query, anchor = parts.groups()
    place = _authority(authority)
    if place is None or path.startswith("\\"):  # `http://trusted\@evil` reads as either, and is neither's mistake
        return None
    path = _quoted(path.replace("\\", "/"), _KEEP_IN_PATH)
    query = "?" + _quoted(query[1:], _KEEP_IN_QUERY) if query else ""
    anchor = "#" + _quoted(anchor[1:], _KEEP_IN_QUERY) if anchor else ""
    return f"{scheme.lower()}://{place}{path}{query}{anchor}"


def _authority(text: str) -> str | None:
    """Host and port; user names and passwords are taken off, they only serve to deceive."""
    parts = _AUTHORITY.fullmatch(text)
    if not parts:
        return None
    host, port = _host(parts[1]), (parts[2] or "").lstrip("0")
    if host is None or (parts[2] and not 1 <= int(port[:6] or 0) <= 65_535):
        return None
    return f"{host}:{port}" if port else host


def _host(text: str) -> str | None:
    if text.startswith("["):
        if "%" in text:  # a zone is of meaning on one machine only
            return None
        try:
            return f"[{IPv6Address(text[1:-1])}]"
        except AddressValueError:
            return None
    if len(text) > 253:
        return None
    if not text.isascii():
        try:
            text = text.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    text = text.lower()
    return text if _HOST.fullmatch(text) else None


def _quoted(text: str, keep: str) -> str:
    """Percent-encoded where a character may not stand in a URL; what is encoded already stays."""
    return quote(_BAD_PERCENT.sub("%25", text), safe=keep)
