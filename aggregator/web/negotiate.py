"""What a request's headers ask for. Pure, and bounded in time for every header that can arrive."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Literal

Coding = Literal["br", "gzip", "identity"]

_TAG = re.compile(rb'(?:W/)?("[^"]*")')
_LONGEST = 1000  # bytes of a negotiation header; a longer one is no browser's, and is not read


@lru_cache(maxsize=256)
def coding(accept_encoding: bytes) -> Coding:
    """The best encoding that the client takes and that we have; of equals the smaller one."""
    weights = _weights(accept_encoding)
    rest = weights.get("*", 0.0)
    brotli, gzip = weights.get("br", rest), weights.get("gzip", weights.get("x-gzip", rest))
    if brotli > 0 and brotli >= gzip:
        return "br"
    return "gzip" if gzip > 0 else "identity"


@lru_cache(maxsize=256)
def language(accept_language: bytes) -> Literal["en", "zh"]:
    """The language of the interface: the one that the visitor likes best, English if neither is named."""
    weights = _weights(accept_language)
    chinese = max((weight for tag, weight in weights.items() if tag.partition("-")[0] == "zh"), default=0.0)
    english = max((weight for tag, weight in weights.items() if tag.partition("-")[0] == "en"), default=0.0)
    return "zh" if chinese > english else "en"


_FEEDS = ("atom+xml", "rss+xml", "rdf+xml", "feed+json")
_DOCUMENTS = ("application/xml", "text/xml", "application/json")
_READERS = re.compile(rb"rss|feed|reader|thunderbird|newsboat|podcast|miniflux|bot\b|curl|wget", re.IGNORECASE)


@lru_cache(maxsize=256)
def likes_pages(accept: bytes) -> bool:
    """Whether this is what a browser asks for where somebody goes to an address: `text/html` by name, before XML, and
    no type of a feed. Whatever a reader of feeds sends names one of these, or just anything (`*/*`)."""
    weights = _weights(accept)
    html = weights.get("text/html", 0.0)
    names_feed = any(name.endswith(_FEEDS) for name in weights)
    return not names_feed and html > max((weights.get(name, 0.0) for name in _DOCUMENTS), default=0.0)


def navigates(accept: bytes, destination: bytes | None, agent: bytes) -> bool:
    """Whether a person goes to this address with a browser. Some readers of feeds say `Accept` as browsers do (an old
    Thunderbird), so what they are called counts too. Browsers say Sec-Fetch-Dest, but only to hosts that they trust."""
    if destination is not None and destination != b"document":
        return False
    return likes_pages(accept) and not _READERS.search(agent[:_LONGEST])


def _weights(header: bytes) -> dict[str, float]:
    if len(header) > _LONGEST:
        return {}
    weights = {}
    for part in header.decode("latin-1").lower().split(","):
        name, _, parameter = part.partition(";")
        weights[name.strip()] = _weight(parameter.strip())
    return weights


def _weight(parameter: str) -> float:
    """The q of one choice. What cannot be read counts as not wanted: identity is always right."""
    if not parameter:
        return 1.0
    found = re.fullmatch(r"q\s*=\s*([01](?:\.\d{0,3})?)", parameter)
    return float(found[1]) if found else 0.0


def same_version(etag: bytes, modified: int, if_none_match: bytes | None, if_modified_since: bytes | None) -> bool:
    """Whether the client already holds this version (RFC 9110, 13.1 and 13.2.2: If-None-Match wins)."""
    if if_none_match is not None:
        return if_none_match == etag or if_none_match.strip() == b"*" or etag in _TAG.findall(if_none_match)
    if if_modified_since is None:
        return False
    try:
        # Not cached: the header is the client's own, and a conditional request without an ETag is rare.
        return modified <= parsedate_to_datetime(if_modified_since.decode("latin-1")).timestamp()
    except (ValueError, OverflowError):
        return False
