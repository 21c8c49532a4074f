"""Is it text or is it HTML? And HTML as one line of text."""

from __future__ import annotations

import html
import re

from aggregator.parse.characters import line

# HTML Living Standard, the index of elements, and the old ones that people still write.
_NAMES = """
a abbr acronym address area article aside audio b base bdi bdo big blink blockquote body br button canvas caption
center cite code col colgroup data dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font
footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label legend li link main
map mark marquee math menu meta meter nav nobr noscript object ol optgroup option output p param picture pre progress
q rp rt ruby s samp script section select slot small source span strike strong style sub summary sup svg table tbody
td template textarea tfoot th thead time title tr track tt u ul var video wbr
"""
_ELEMENTS = frozenset(_NAMES.split())
_VOID = frozenset({"br", "hr", "img", "wbr", "input", "embed"})
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})(?=[\s/>])")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ANY_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.DOTALL)


def looks_like_html(value: str) -> bool:
    """Whether a string that may be either is HTML. RSS 2.0 does not say what an item's title is, so people do both.

    It is, if it holds a reference that a browser would resolve, or a tag that somebody closed or that needs no
    closing, and if everything that looks like a tag is one: "vector<int>" and "a <b> c" stay text.
    """
    if "<" in value:
        tags = _TAG.findall(value)
        if any(name.lower() not in _ELEMENTS for _, name in tags):
            return False
        if any(end or name.lower() in _VOID for end, name in tags):
            return True
    return any(reference[0] != html.unescape(reference[0]) for reference in _REFERENCE.finditer(value))


def plain(value: str, limit: int) -> str:
    """One line of text from a string that may be HTML."""
    if looks_like_html(value):
        value = html.unescape(_ANY_TAG.sub("", value[: 8 * limit]))
    return line(value, limit)
