"""The last step, and the only gate: what leaves here is safe to show. The policy is the data below.

Whatever happened before this file is of no consequence to safety: nh3 parses again and keeps only what is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from itertools import islice

import nh3

from aggregator.model.article import SafeHtml

_TEXT = """a abbr acronym b bdi bdo big br cite code data del dfn em i ins kbd mark q rb rp rt rtc ruby s samp small
span strike strong sub sup time tt u var wbr"""
_BLOCKS = """address article aside blockquote center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6
header hgroup hr li main menu nav ol p pre section summary ul"""
_TABLES = "caption col colgroup table tbody td tfoot th thead tr"
_MEDIA = "audio img picture source track video"
_MATHS = """annotation math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow
ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics"""

TAGS = frozenset(" ".join((_TEXT, _BLOCKS, _TABLES, _MEDIA, _MATHS)).split())
"""All other elements go; their text stays, unless they are among these:"""

_DROPPED = """annotation-xml applet canvas embed frame frameset iframe noembed noframes object script select style svg
template textarea title"""
DROPPED_WITH_CONTENT = frozenset(_DROPPED.split())

_MATH_ATTRIBUTES = """accent accentunder align alttext columnalign columnlines columnspacing columnspan depth dir
display displaystyle encoding fence form frame height largeop linethickness lspace mathvariant maxsize minsize
movablelimits notation rowalign rowlines rowspacing rowspan rspace scriptlevel separator stretchy symmetric voffset
width"""

ATTRIBUTES = {
    tag: frozenset(names.split())
    for tag, names in {
        "*": "dir id lang title",
        "a": "href hreflang type",
        "audio": "src controls preload loop muted",
        "blockquote": "cite",
        "code": "class",
        "col": "align span",
        "colgroup": "align span",
        "data": "value",
        "del": "cite datetime",
        "details": "open",
        "img": "src srcset sizes alt width height referrerpolicy",
        "ins": "cite datetime",
        "li": "value",
        "ol": "start reversed type",
        "pre": "class",
        "q": "cite",
        "source": "src srcset sizes media type width height",
        "table": "summary",
        "td": "align valign colspan rowspan headers",
        "th": "align valign colspan rowspan headers scope abbr",
        "time": "datetime",
        "tr": "align valign",
        "track": "src kind srclang label default",
        "ul": "type",
        "video": "src controls preload poster width height loop muted playsinline",
        **dict.fromkeys(_MATHS.split(), _MATH_ATTRIBUTES),
    }.items()
}

_SET = {"img": {"referrerpolicy": "no-referrer"}}  # many image hosts refuse a request that names another site
# One attribute at most for each element: nh3 writes several in another order in every process.

_SAFE_HREF = re.compile(r"https?://[!-~]+|#\S*|(?:mailto|tel|xmpp|magnet|ftp):[!-~]+")
_SAFE_URL = re.compile(r"https?://[!-~]+")
_SAFE_SRCSET = re.compile(r"https?://[!-~]+(?: [0-9.]+[wxh])*(?:, https?://[!-~]+(?: [0-9.]+[wxh])*)*")
_SIZE = re.compile(r"\d{1,5}(?:\.\d+)?%?")
_ID = re.compile(r"[^\s\"'<>&]{1,200}")
_LANGUAGE_CLASS = re.compile(r"(?:language|lang|highlight-source)-[\w+#.-]{1,40}")

_START = re.compile(r"<([A-Za-z][^\s/>]*)")
_STAYING = TAGS | DROPPED_WITH_CONTENT
_LOST_BREAKS = re.compile(r"(<pre\b[^<>]*>)\n+")  # every parser takes one away here: none is left to the next

_VALUES = {
    "cite": _SAFE_URL,
    "height": _SIZE,
    "href": _SAFE_HREF,
    "id": _ID,
    "poster": _SAFE_URL,
    "src": _SAFE_URL,
    "srcset": _SAFE_SRCSET,
    "width": _SIZE,
}
"""What the value of an attribute must be, whole; otherwise the attribute goes. (MathML has sizes of its own.)"""


def sanitize(html: str) -> SafeHtml:
    """Only what the policy names. Takes legal XML text; sanitizing again changes nothing."""
    html = _with_bounded_references(html)
    safe = _CLEANER.clean(html)
    if _is_unwrapped(html) or ("<pre" in safe and _LOST_BREAKS.search(safe)):
        safe = _CLEANER.clean(_LOST_BREAKS.sub(r"\1", safe))
    return SafeHtml(safe.strip(" \t\r\n"))


def _is_unwrapped(html: str) -> bool:
    """Whether an element went and its content stayed: "<p><form><p>" is no way to nest without the form, and another
    parser makes something else of it (W3C NotHtml)."""
    return not {name.lower() for name in _START.findall(html)} <= _STAYING


MAX_REFERENCES = 100_000
"""`&…;` of one body. nh3 takes time by the square of those that stand in one text: these, half a second."""

_REFERENCE = re.compile("[&\xa0]")  # the second becomes one


def _with_bounded_references(html: str) -> str:
    if html.count("&") + html.count("\xa0") <= MAX_REFERENCES:
        return html
    first = next(islice(_REFERENCE.finditer(html), MAX_REFERENCES, None))
    return html[: first.start()]


def _value(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(token for token in value.split() if _LANGUAGE_CLASS.fullmatch(token)) or None
    expected = _VALUES.get(name)
    if expected is None or (expected is _SIZE and tag.startswith("m")):
        return value
    return value if expected.fullmatch(value) else None


def _cleaner(tags: AbstractSet[str], value: Callable[[str, str, str], str | None]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(tags),
        clean_content_tags=DROPPED_WITH_CONTENT,
        attributes={tag: names for tag, names in ATTRIBUTES.items() if tag == "*" or tag in tags},
        attribute_filter=value,
        set_tag_attribute_values=_SET if "img" in tags else {},
        url_schemes={"http", "https", "mailto", "tel", "xmpp", "magnet", "ftp"},
        link_rel="noopener noreferrer",
    )


_CLEANER = _cleaner(TAGS, _value)


# ------------------------------------------------------------------------------------------------ published pictures

Address = Callable[[str], str]
"""Another address for a picture; '' for none."""

_PICTURES = frozenset({("img", "src"), ("img", "srcset"), ("source", "srcset"), ("video", "poster")})
_OUR = r"(?:\.\./)*img/[\w/-]+(?: [0-9.]+[wxh])*"
_OURS = re.compile(f"{_OUR}(?:, {_OUR})*", re.ASCII)
"""Pictures at our own address, relative to a page."""

_EMPTY_SOURCE = re.compile(r"<source(?: (?:sizes|media|type|width|height)=\"[^\"]*\")*>")
_EMPTY = re.compile(r"<(p|figure|a|div|li|ul|center)(?: [\w-]+=\"[^\"]*\")*>\s*</\1>")


def readdressed(address: Address) -> Callable[[SafeHtml], SafeHtml]:
    """What gives the pictures of a body other addresses; those without one lose theirs."""

    def value(tag: str, name: str, given: str) -> str | None:
        if (tag, name) not in _PICTURES:
            return _value(tag, name, given)
        new = _new_set(given, address) if name == "srcset" else address(given)
        return new if _OURS.fullmatch(new) else _value(tag, name, new) if new else None

    return _republisher(TAGS, value)


def without_pictures() -> Callable[[SafeHtml], SafeHtml]:
    """What takes the pictures out of a body, with the boxes that held nothing else."""

    def value(tag: str, name: str, given: str) -> str | None:
        return None if (tag, name) in _PICTURES else _value(tag, name, given)

    clean = _republisher(TAGS - {"img", "picture"}, value)

    def emptied(body: SafeHtml) -> SafeHtml:
        html: str = clean(body)
        if html == body:
            return body
        html = _EMPTY_SOURCE.sub("", html)
        for _ in range(4):  # a picture in a link in a figure in a paragraph
            html = _EMPTY.sub("", html)
        return sanitize(html)

    return emptied


def _republisher(
    tags: AbstractSet[str], value: Callable[[str, str, str], str | None]
) -> Callable[[SafeHtml], SafeHtml]:
    cleaner = _cleaner(tags, value)

    def republish(body: SafeHtml) -> SafeHtml:
        if not any(mark in body for mark in ("<img", "<source", " poster=")):
            return body
        return SafeHtml(cleaner.clean(_LOST_BREAKS.sub(r"\1", body)).strip(" \t\r\n"))

    return republish


def _new_set(given: str, address: Address) -> str:
    """A `srcset` that passed `_SAFE_SRCSET`: ", " parts its candidates."""
    parts = (candidate.partition(" ") for candidate in given.split(", "))
    found = ((address(url), size) for url, _, size in parts)
    return ", ".join(f"{url} {size}".strip() for url, size in found if url)
