"""HTML as feed readers and the W3C feed validator know it: what they do not know is said in what they do.

The bodies are ours, out of a serializer: no comment, every `<` in a text escaped, every value in double quotes.
The validator warns of MathML, `rb` and `rtc` (NotHtml), of `bdo` (SecurityRisk) and of `controls` (SecurityRiskAttr).
Most readers take MathML out and leave a heap of letters. JSON Feed and our pages keep all of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import unquote, urlsplit

_TAG = re.compile(r'<(/?)([a-z][a-z0-9-]*)((?: [A-Za-z][\w:-]*="[^"]*")*)>')
_UNKNOWN = re.compile(r"<(?:math|bdo|rb|rtc)[ >]|<(?:audio|video)[ >]")
_SRC = re.compile(r' src="([^"]*)"')
_PLAYED = ("audio", "video")


def known_html(body: str) -> str:
    """The same body in known elements and attributes only; one that has no others comes back as it is."""
    return _Translation(body).result() if _UNKNOWN.search(body) else body


class _Translation:
    def __init__(self, body: str) -> None:
        self._body = body
        self._out: list[str] = []
        self._links = 0  # `a` elements that are open
        self._played: str | None = None  # the address of the sound or film whose element is open
        self._formula: _Formula | None = None

    def result(self) -> str:
        end = 0
        for tag in _TAG.finditer(self._body):
            self._text(self._body[end : tag.start()])
            self._tag(tag)
            end = tag.end()
        self._text(self._body[end:])
        return "".join(self._out)

    def _text(self, text: str) -> None:
        if self._formula is not None:
            self._formula.text(text)
        else:
            self._out.append(text)

    def _tag(self, tag: re.Match[str]) -> None:
        closing, name = bool(tag[1]), tag[2]
        if self._formula is None and name == "math" and not closing:
            self._formula = _Formula()
        elif self._formula is not None:
            self._formula.tag(name, closing)
            if self._formula.is_whole:
                self._out.append(self._formula.html())
                self._formula = None
        elif name == "bdo":
            self._out.append(f"<{tag[1]}span{tag[3]}>")
        elif name not in ("rb", "rtc"):
            self._kept(tag, closing, name)

    def _kept(self, tag: re.Match[str], closing: bool, name: str) -> None:
        self._links += (name == "a") * (-1 if closing else 1)
        if name not in _PLAYED:
            self._out.append(tag[0])
        elif closing:
            self._out.append(tag[0] + self._way_to_play())
        else:
            attributes = tag[3].replace(' controls=""', "")
            self._out.append(f"<{name}{attributes}>")
            self._played = ""
        if self._played == "" and name in (*_PLAYED, "source") and (source := _SRC.search(tag[3])):
            self._played = source[1]

    def _way_to_play(self) -> str:
        """A link: without `controls`, a sound would be nowhere to be seen in readers that add none."""
        address, self._played = self._played, None
        if not address or self._links:
            return ""
        file = unquote(urlsplit(unescape(address)).path).rpartition("/")[2] or unescape(address)
        return f' <a href="{address}" rel="noopener noreferrer">▶ {escape(file, quote=False)}</a>'


@dataclass(slots=True)
class _Node:
    name: str
    children: list[_Node | str] = field(default_factory=list)


_MOST_DEEP = 100
_GLUED = frozenset({"msup", "msub", "msubsup", "munder", "mover", "munderover"})
_BELOW = frozenset({"msub", "munder"})
_UNSEEN = frozenset({"annotation", "mphantom"})
_VOID = frozenset("br col hr img source track wbr".split())
_EMPTY = frozenset({"none", "mprescripts", "mspace"})


class _Formula:
    """MathML (Core, W3C) in HTML: fractions with a stroke, roots with a sign, and what stands above and below."""

    def __init__(self) -> None:
        self._root = _Node("math")
        self._open = [self._root]
        self._skipped = 0  # elements that are open and that nothing is made from

    @property
    def is_whole(self) -> bool:
        return not self._open

    def text(self, text: str) -> None:
        if words := " ".join(text.split()):
            self._open[-1].children.append(words)

    def tag(self, name: str, closing: bool) -> None:
        if name in _VOID:
            return
        if self._skipped:
            self._skipped += -1 if closing else 1
        elif closing:
            self._open.pop()
        elif name in _EMPTY or len(self._open) >= _MOST_DEEP:
            self._skipped = 1
        else:
            self._open.append(_Node(name))
            self._open[-2].children.append(self._open[-1])

    def html(self) -> str:
        shown = _shown(self._root).strip()
        return f"<i>{shown}</i>" if shown else ""


def _shown(node: _Node | str) -> str:
    if isinstance(node, str):
        return node
    parts = [_shown(child) for child in node.children]
    match node.name:
        case name if name in _UNSEEN:
            return ""
        case "mo":
            sign = "".join(parts)
            return sign if sign in tuple("()[]{}|,;.!′⁡⁢⁣") else f" {sign} "
        case "mfrac" if len(parts) == 2:
            return f"{_held(parts[0])}/{_held(parts[1])}"
        case "msqrt":
            return f"√{_held(''.join(parts))}"
        case "mroot" if len(parts) == 2:
            return f"<sup>{parts[1].strip()}</sup>√{_held(parts[0])}"
        case name if name in _GLUED and len(parts) > 1:
            return _with_scripts(name, parts)
        case "mtr":
            return " ".join(part.strip() for part in parts)
        case "mtable":
            return "; ".join(part.strip() for part in parts)
        case _:
            return "".join(parts)


def _with_scripts(name: str, parts: list[str]) -> str:
    base, *scripts = (part.strip() for part in parts)
    if len(scripts) == 2:
        return f"{base}<sub>{scripts[0]}</sub><sup>{scripts[1]}</sup>"
    mark = "sub" if name in _BELOW else "sup"
    return f"{base}<{mark}>{''.join(scripts)}</{mark}>"


def _held(part: str) -> str:
    """In brackets, where it is more than one sign."""
    part = part.strip()
    return part if len(part) <= 1 or part.isalnum() else f"({part})"
