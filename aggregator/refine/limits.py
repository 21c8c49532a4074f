"""Bodies that no parser should be given as they are: parsing is quadratic in depth, attributes, and what is left open.

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
_MAX_FORMATTING = 12  # `<b>` and the like, open at a time: the parser opens them all again in each block

_NAME = r"[a-zA-Z][^\s<>\"'=/]*"
_VALUE = r"\"[^\"]*+\"|'[^']*+'|[^\s\"'<>=`]++"
_ATTRIBUTE = rf"[^\s<>\"'=/]++(?:\s*+=\s*+(?:{_VALUE}))?"
_ATTRIBUTES = rf"(?:[\s/]++{_ATTRIBUTE}){{0,{MAX_ATTRIBUTES}}}+"
_WELL_FORMED = re.compile(rf"<(/?{_NAME})(?:>|{_ATTRIBUTES}[\s/]*>)")
_COMMENT = re.compile(r"<!--[^-]*(?:-(?!-!?>)[^-]*)*-->")
_SCRIPT = re.compile(r"<(script|style)\b[^<>\"']*>[^<]*</\1>")
_TAG = rf"<(/?)({_NAME})({_ATTRIBUTES})[\s/]*>"
_PIECE = re.compile(rf"<!--.*?(?:-->|\Z)|<[!?][^>]*>?|{_TAG}|<(/?)([a-zA-Z][^\s<>/]*)[^<>]*>?", re.DOTALL)
_PAIR = re.compile(rf"([^\s<>\"'=/]+)(?:\s*=\s*({_VALUE}))?")
_INLINE_DATA = re.compile(r"data:[\w.+/-]{1,60};base64,[A-Za-z0-9+/=%]{100,}")

_KINDS = {
    "void": "area base br col embed frame hr img input link meta param source track wbr image keygen",
    "closed by others": "p li dt dd td th tr thead tbody tfoot rt rp rb rtc option optgroup colgroup caption",
    "formatting": "a b big code em font i nobr s small strike strong tt u",
    "phrasing": "abbr acronym bdi bdo cite data del dfn ins kbd label mark q samp span sub sup time var",
    "verbatim": "plaintext xmp listing",
    "raw": "iframe math noembed noframes noscript script select style svg template textarea title",
}


def _elements(*kinds: str) -> frozenset[str]:
    return frozenset(name for kind in kinds for name in _KINDS[kind].split())


_DO_NOT_NEST = _elements("void", "closed by others")
_FORMATTING = _elements("formatting")
_PART_NO_BLOCKS = _elements("formatting", "phrasing", "void")
_VERBATIM = _elements("verbatim")
_NOT_REWRITTEN = _elements("verbatim", "raw")


def bounded(html: str) -> str:
    """The same document, or as much of it as can be parsed in reasonable time and memory."""
    html = _cut(html)
    tags = html.count("<")
    if tags <= _FEW_TAGS and len(html) <= _SHORT:
        return html
    return html if tags <= MAX_TAGS and _is_orderly(html) else _rewritten(html)


def _cut(html: str) -> str:
    if len(html) > MAX_SIZE:
        html = _INLINE_DATA.sub("", html)
    if len(html) > MAX_SIZE:
        end = html.rfind("<", 0, MAX_SIZE)
        html = html[: end if end > MAX_SIZE // 2 else MAX_SIZE]
    return html


def _is_orderly(html: str) -> bool:
    """Every `<` begins a well-formed tag, and no more is open at any place than people write by hand."""
    if "<!--" in html:
        if html.count("<!--") > html.count("-->"):
            return False
        html = _COMMENT.sub("", html)
    tags = _WELL_FORMED.findall(html)
    if "script" in tags or "style" in tags:
        html = _SCRIPT.sub("", html)
        tags = _WELL_FORMED.findall(html)
    return len(tags) == html.count("<") and _is_shallow(tags)


def _is_shallow(tags: list[str]) -> bool:
    """Whether little is open at any place. An end tag closes the element that it follows, or nothing: what a parser
    would make of tags that cross each other is not asked, they count as left open."""
    names = {tag: tag.strip("/").lower() for tag in set(tags)}
    if not _VERBATIM.isdisjoint(names.values()):
        return False
    numbers = {name: number for number, name in enumerate(sorted({*names.values()} - _DO_NOT_NEST), 1)}
    steps = {tag: -numbers.get(name, 0) if tag[0] == "/" else numbers.get(name, 0) for tag, name in names.items()}
    formatting = {numbers[name] for name in _FORMATTING & numbers.keys()}
    open_tags = [0]
    for step in filter(None, map(steps.__getitem__, tags)):
        if step > 0:
            open_tags.append(step)
            if len(open_tags) > _MAX_FORMATTING and _is_too_much(open_tags, formatting):
                return False
        elif open_tags[-1] == -step:
            open_tags.pop()
    return True


def _is_too_much(open_tags: list[int], formatting: set[int]) -> bool:
    return len(open_tags) > MAX_DEPTH or sum(tag in formatting for tag in open_tags) >= _MAX_FORMATTING


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
        if name in _NOT_REWRITTEN:  # not worth keeping in a body that had to be rewritten
            self.silenced = name
            return
        if name not in _PART_NO_BLOCKS:
            self._close_formatting()
        if name not in _DO_NOT_NEST:
            if len(self.open_tags) >= MAX_DEPTH:
                return
            self.open_tags.append(name)
        self.out.append(f"<{name}{''.join(map(_attribute, _PAIR.findall(attributes)))}>")

    def close(self, name: str) -> None:
        if self.silenced is not None:
            self.silenced = None if name == self.silenced else self.silenced
        elif name in _DO_NOT_NEST:
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
