"""Bodies that no parser should be given as they are: HTML parsing is quadratic in depth, in attributes, in what is left open.

A body that is short, or orderly, passes untouched. Any other is written anew with every element closed, nothing nested
deeper than `MAX_DEPTH`, and few attributes: it looks the same, and costs every parser linear time.
"""

from __future__ import annotations

import re
from html import escape, unescape

MAX_SIZE = 1_000_000
"""Characters of a body; what is beyond is cut off."""

MAX_TAGS = 30_000
MAX_DEPTH = 150
MAX_ATTRIBUTES = 60
_SHORT = 50_000  # characters and …
_FEW_TAGS = 400  # … tags, below which the worst case stays far under a second

_NAME = r"[a-zA-Z][^\s<>\"'=/]*"
_VALUE = r"\"[^\"]*\"|'[^']*'|[^\s\"'<>=`]+"
_ATTRIBUTE = rf"[^\s<>\"'=/]+(?:\s*=\s*(?:{_VALUE}))?"
_TAG = rf"<(/?)({_NAME})((?:[\s/]+{_ATTRIBUTE}){{0,{MAX_ATTRIBUTES}}})[\s/]*>"
_HIDDEN = r"<(?:script|style)\b[^<>\"']*>[^<]*</(?:script|style)>|<!--[^<>]*-->"
_WELL_FORMED = re.compile(f"{_HIDDEN}|{_TAG}")
_PIECE = re.compile(rf"<!--.*?(?:-->|\Z)|<[!?][^>]*>?|{_TAG}|<(/?)([a-zA-Z][^\s<>/]*)[^<>]*>?", re.DOTALL)
_PAIR = re.compile(rf"([^\s<>\"'=/]+)(?:\s*=\s*({_VALUE}))?")
_INLINE_DATA = re.compile(r"data:[\w.+/-]{1,60};base64,[A-Za-z0-9+/=%]{100,}")

_VOID = frozenset("area base br col embed frame hr img input link meta param source track wbr image keygen".split())
_CLOSED_BY_OTHERS = frozenset(
    "p li dt dd td th tr thead tbody tfoot rt rp rb rtc option optgroup colgroup caption".split()
)
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_PHRASING = frozenset("abbr acronym bdi bdo cite data del dfn ins kbd label mark q samp span sub sup time var".split())
_MAX_FORMATTING = 6  # formatting elements open where a block begins: the parser opens them all again in each block
_RAW_TEXT = frozenset(
    "iframe math noembed noframes noscript plaintext script select style svg template textarea title xmp".split()
)


def bounded(html: str) -> str:
    """The same document, or as much of it as can be parsed in reasonable time and memory."""
    html = _cut(html)
    tags = html.count("<")
    if tags <= _FEW_TAGS and len(html) <= _SHORT:
        return html
    return html if _is_orderly(html, tags) else _rewritten(html)


def _cut(html: str) -> str:
    if len(html) > MAX_SIZE:
        html = _INLINE_DATA.sub("", html)
    if len(html) > MAX_SIZE:
        end = html.rfind("<", 0, MAX_SIZE)
        html = html[: end if end > MAX_SIZE // 2 else MAX_SIZE]
    return html


def _is_orderly(html: str, tags: int) -> bool:
    """Every `<` begins a well-formed tag, and no more is open at any place than people write by hand."""
    found = _WELL_FORMED.findall(html)
    hidden = html.count("<!--") + sum(html.count(end) for end in ("</script>", "</style>"))
    if tags > MAX_TAGS or len(found) + hidden < tags:
        return False
    depth = formatting = 0
    for closing, name, _ in found:
        tag = name.lower()
        if not tag or tag in _VOID:
            continue
        if tag in _FORMATTING:
            formatting += -1 if closing else 1
        elif tag not in _PHRASING and not -_MAX_FORMATTING < formatting < _MAX_FORMATTING:
            return False
        if tag not in _CLOSED_BY_OTHERS:
            depth += -1 if closing else 1
        if not -MAX_DEPTH < depth < MAX_DEPTH or tag in ("xmp", "plaintext"):
            return False
    return True


def _rewritten(html: str) -> str:
    writer, at = _Writer(), 0
    for count, piece in enumerate(_PIECE.finditer(html)):
        writer.text(html[at : piece.start()])
        at = piece.end()
        if count >= MAX_TAGS:
            break
        name = (piece[2] or piece[5] or "").lower()
        if name and (piece[1] or piece[4]):
            writer.close(name)
        elif name:
            writer.open(name, piece[3] or "")
    else:
        writer.text(html[at:])
    return writer.finish()


class _Writer:
    """Writes tags that are always properly nested, whatever it is told."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.open_tags: list[str] = []
        self.silenced: str | None = None  # the element whose content is being left out

    def text(self, text: str) -> None:
        if text and self.silenced is None:
            self.out.append(text.replace("<", "&lt;"))

    def open(self, name: str, attributes: str) -> None:
        if self.silenced is not None or not name.isascii() or not name.isalnum():
            return
        if name in _RAW_TEXT:  # not worth keeping in a body that had to be rewritten
            self.silenced = name
            return
        if name not in _FORMATTING and name not in _PHRASING and name not in _VOID:
            self._close_formatting()
        if name not in _VOID and name not in _CLOSED_BY_OTHERS:
            if len(self.open_tags) >= MAX_DEPTH:
                return
            self.open_tags.append(name)
        self.out.append(f"<{name}{''.join(map(_attribute, _PAIR.findall(attributes)))}>")

    def close(self, name: str) -> None:
        if self.silenced is not None:
            self.silenced = None if name == self.silenced else self.silenced
        elif name in _CLOSED_BY_OTHERS:
            self._close_formatting()
            self.out.append(f"</{name}>")
        elif name in self.open_tags:
            self._close_down_to(name)

    def finish(self) -> str:
        while self.open_tags:
            self.out.append(f"</{self.open_tags.pop()}>")
        return "".join(self.out)

    def _close_down_to(self, name: str) -> None:
        closed = ""
        while closed != name:
            closed = self.open_tags.pop()
            self.out.append(f"</{closed}>")

    def _close_formatting(self) -> None:
        """What stays open across blocks is opened again by the parser in each of them: the way to a huge tree."""
        while self.open_tags and self.open_tags[-1] in _FORMATTING:
            self.out.append(f"</{self.open_tags.pop()}>")


def _attribute(pair: tuple[str, str]) -> str:
    name, value = pair
    bare = value[1:-1] if value[:1] in ("'", '"') else value
    return f' {name}="{escape(unescape(bare))}"'
