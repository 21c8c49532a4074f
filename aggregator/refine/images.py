"""Images: what a lazy page hides in `data-*`, what only counts readers, which one stands for the article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from aggregator.model.entry import Enclosure, Image
from aggregator.refine import boilerplate
from aggregator.refine.boilerplate import NO_HEAD_IMAGE, PLACEHOLDER_FILE
from aggregator.refine.urls import absolute

ICON_SIZE = 64
"""Declared pixels up to which an image is an icon."""

THUMBNAIL_SIZE = 150
"""Declared pixels up to which an image that the feed names is small beside those in the body."""

_LAZY_CERTAIN = """data-src data-original data-lazy-src data-actualsrc data-original-src data-orig-src data-lazy
data-lazyload data-echo data-hi-res-src data-src-large data-img-src data-image-src data-ks-lazyload data-croporisrc
data-backsrc real_src _src""".split()
"""Attributes that hold the image while `src` holds a stand-in."""

_LAZY_LIKELY = (
    "data-url data-imgsrc nitro-lazy-src data-cfsrc data-pin-media data-large-file data-orig-file data-full-url"
)
"""These hold something else as well; they count only where `src` shows nothing."""

_LAZY = [*_LAZY_CERTAIN, *_LAZY_LIKELY.split()]
_CERTAIN = frozenset(_LAZY_CERTAIN)
_IS_LAZY = frozenset(_LAZY)
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "data-original-set", "nitro-lazy-srcset", "data-cfsrcset")
_SETS = (*_LAZY_SETS, "srcset")
_HOLDS_SETS = frozenset(_SETS)
_IN_SETS = (*_SETS, "data-src", "src")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_STYLE_SIZE = re.compile(r"(?:^|[;\s])(?:width|height)\s*:\s*([01])(?:\.\d+)?px", re.IGNORECASE)
_SIZE = re.compile(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*")
_DESCRIPTOR = re.compile(r"\d{1,6}(?:\.\d{1,4})?[wxh]")
_IMAGE_FILE = re.compile(r"[^?#]*\.(?:jpe?g|png|webp|gif|avif|bmp)(?:[?#]|\Z)", re.IGNORECASE)
_TOKEN = re.compile(r"[\s,]*+(\S++)")
_MAX_SET = 16  # addresses

Attributes = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that the cleaned body shows."""

    url: str
    width: int | None
    height: int | None
    words: str  # its alternative text and classes


@dataclass(frozen=True, slots=True)
class Mended:
    """An image, and what is to be changed in its attributes; None takes one off."""

    picture: Picture
    changes: dict[str, str | None]


def mended(given: Attributes, base: str | None) -> Mended | str:
    """What to make of an `img`: give it its real, absolute address, or put a text in its place, '' for none."""
    if _stands_for_a_character(given):
        return given.get("alt") or ""
    candidates = [] if _HOLDS_SETS.isdisjoint(given) else srcset(_first(given, _SETS), base)
    url = _address(given, base) or _largest(candidates)
    if url is None:
        return _alternative(given)
    if is_pixel(url, given):
        return ""
    width, height = size(given.get("width")), size(given.get("height"))
    picture = Picture(url, width, height, f"{given.get('alt') or ''} {given.get('class') or ''}")
    changes: dict[str, str | None] = {"src": url, "srcset": joined(candidates) or None}
    for name, pixels in (("width", width), ("height", height)):
        if pixels is not None:
            changes[name] = str(pixels)
    return Mended(picture, {name: value for name, value in changes.items() if value != given.get(name)})


def mended_set(given: Attributes, base: str | None) -> str:
    """The `srcset` of a `source` in a `picture`, absolute; '' if it leads nowhere."""
    return joined(srcset(_first(given, _IN_SETS), base))


def shows_something(given: Attributes, base: str | None) -> bool:
    """Whether an `img` has an address of its own, and not just a stand-in until a script comes."""
    return _address(given, base) is not None


def is_pixel(url: str, given: Attributes) -> bool:
    """Whether an image is there to count readers, or to keep a distance: one pixel, unseen, or of a known counter."""
    sizes = [pixels for pixels in (size(given.get("width")), size(given.get("height"))) if pixels is not None]
    if sizes and (min(sizes) <= 1 or (len(sizes) == 2 and max(sizes) <= 2)):
        return True
    style = given.get("style") or ""
    if style and (_STYLE_SIZE.search(style) or (_HIDDEN.search(style) and _IS_LAZY.isdisjoint(given))):
        return True
    return is_beacon(url)


def is_beacon(url: str) -> bool:
    """Whether an absolute URL is that of a known counter of readers."""
    address = url.partition("://")[2]
    if address.startswith(boilerplate.BEACON_ADDRESSES):
        return True
    path, mark, _ = address.partition("?")
    host, _, rest = path.partition("/")
    file = rest.rpartition("/")[2]
    if boilerplate.BEACON_FILE.fullmatch(file) or (mark and boilerplate.BEACON_FILE.fullmatch(file + mark)):
        return True
    return _counts_readers(host)


@lru_cache(maxsize=1024)  # a source has its images on few hosts
def _counts_readers(host: str) -> bool:
    if boilerplate.BEACON_HOST.fullmatch(host):
        return True
    return any(domain in boilerplate.BEACON_DOMAINS for domain in _domains(host))


def _domains(host: str) -> Iterator[str]:
    """The host and all that it lies below."""
    while "." in host:
        yield host
        host = host.partition(".")[2]


def srcset(value: str | None, base: str | None) -> list[tuple[str, str]]:
    """Addresses with their descriptors. A comma parts them only where HTML says so: addresses hold commas, too."""
    candidates: list[tuple[str, str]] = []
    at = 0
    while value and len(candidates) < _MAX_SET and (found := _TOKEN.match(value, at)):
        token, at = found[1], found.end()
        descriptor = ""
        if not token.endswith(","):
            end = value.find(",", at)
            end = len(value) if end < 0 else end
            descriptor, at = value[at:end].strip(), end + 1
        if descriptor and not _DESCRIPTOR.fullmatch(descriptor.partition(" ")[0]):
            continue  # as browsers do: most often a blank in an address, of which we have the beginning
        if url := absolute(token.rstrip(","), base):
            candidates.append((url, descriptor.partition(" ")[0]))
    return candidates


def joined(candidates: Iterable[tuple[str, str]]) -> str:
    """A `srcset` again."""
    return ", ".join(f"{url} {descriptor}".rstrip() for url, descriptor in candidates)


def size(value: str | None) -> int | None:
    """A declared width or height in pixels."""
    found = _SIZE.fullmatch(value or "")
    return int(found[1]) if found else None


def head_image(
    named: tuple[Image, ...], enclosures: tuple[Enclosure, ...], pictures: tuple[Picture, ...], base: str | None
) -> tuple[str, str]:
    """The head image and the thumbnail, '' where there is none: what the feed names, then what the body shows."""
    declared = [found for image in named if (found := _named(image, base))]
    declared.sort(key=lambda picture: -(picture.width or 0) * (picture.height or picture.width or 0))
    small = [
        picture for picture in declared if (picture.width or picture.height or THUMBNAIL_SIZE + 1) <= THUMBNAIL_SIZE
    ]
    attached = [Picture(file.url, None, None, "") for file in enclosures if _is_image(file)]
    ranked = [picture for picture in declared if picture not in small] + attached + list(pictures) + small
    head = next((picture.url for picture in ranked if _stands_for_article(picture)), "")
    sized = (picture for picture in reversed(declared) if picture.width or picture.height)
    return head, next((picture.url for picture in sized if _stands_for_article(picture)), head)


def _named(image: Image, base: str | None) -> Picture | None:
    url = absolute(image.url, base)
    return Picture(url, image.width, image.height, "") if url else None


def _is_image(file: Enclosure) -> bool:
    return file.type.startswith("image/") if file.type else _IMAGE_FILE.match(file.url) is not None


def _stands_for_article(picture: Picture) -> bool:
    sizes = [pixels for pixels in (picture.width, picture.height) if pixels is not None]
    if sizes and min(sizes) <= ICON_SIZE:
        return False
    address = picture.url.partition("?")[0]
    return not (is_beacon(picture.url) or NO_HEAD_IMAGE.search(address) or "二维码" in picture.words)


def _first(given: Attributes, names: Iterable[str]) -> str | None:
    return next((value for name in names if (value := given.get(name))), None)


def _address(given: Attributes, base: str | None) -> str | None:
    """The address that a script would have set, else the one that is set already, else one that is only likely."""
    src = given.get("src")
    shown = None if not src or _is_placeholder(src) else absolute(src, base)
    for name in () if _IS_LAZY.isdisjoint(given) else _LAZY:
        value = given.get(name)
        if value and (name in _CERTAIN or shown is None) and (found := _lazy_address(value, base)):
            return found
    return shown or (absolute(src, base) if not _first(given, _SETS) else None)


def _is_placeholder(src: str) -> bool:
    if src[:6].lower().startswith(("data:", "about:")):
        return True
    return PLACEHOLDER_FILE.search(src.partition("?")[0].rpartition("/")[2]) is not None


def _lazy_address(value: str, base: str | None) -> str | None:
    """Such attributes also hold flags, numbers, templates and JSON."""
    if "{" in value or _is_placeholder(value) or not ("/" in value or _IMAGE_FILE.match(value)):
        return None
    return absolute(value, base)


def _largest(candidates: list[tuple[str, str]]) -> str | None:
    def weight(candidate: tuple[str, str]) -> float:
        return float(candidate[1][:-1]) if candidate[1] else 1.0

    return max(candidates, key=weight)[0] if candidates else None


def _stands_for_a_character(given: Attributes) -> bool:
    alt, classes = given.get("alt") or "", (given.get("class") or "").lower()
    return 0 < len(alt) <= 8 and ("emoji" in classes or "wp-smiley" in classes) and not alt.startswith(":")


def _alternative(given: Attributes) -> str:
    """What an image without an address says is kept as text."""
    alt = (given.get("alt") or "").strip()
    return "" if _IMAGE_FILE.match(alt) else alt
