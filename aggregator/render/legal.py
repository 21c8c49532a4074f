"""What a document can carry: one character that XML forbids makes a whole feed unreadable."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from aggregator.model.article import SafeHtml
from aggregator.model.feed import Item

_NONCHARACTERS = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_ILLEGAL = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f"  # XML 1.0 §2.2 forbids them, even escaped
    "\x7f-\x9f"  # discouraged there; the validator warns of them
    "\ud800-\udfff"  # lone surrogates: no UTF-8 can hold them
    f"\ufdd0-\ufdef{_NONCHARACTERS}"
    "]"
)
_BLANKS = re.compile(r"[ \t\r\n]+")

T = TypeVar("T")


def legal(value: T) -> T:
    """The same value, with every text in it, however deep, free of what XML cannot carry."""
    match value:
        case str():
            return _ILLEGAL.sub("", value)  # type: ignore[return-value]
        case tuple():
            return tuple(map(legal, value))  # type: ignore[return-value]
        case Item():
            # Nothing may be taken out of checked HTML: what is left could close up to a tag or a `javascript:`.
            return replace(_legal_fields(value), body=SafeHtml(_ILLEGAL.sub(" ", value.body)))
        case _ if is_dataclass(value):
            return _legal_fields(value)
        case _:
            return value


def _legal_fields(value: T) -> T:
    changed = {}
    for field in fields(value):  # type: ignore[arg-type]
        before = getattr(value, field.name)
        after = legal(before)
        if after is not before and after != before:
            changed[field.name] = after
    return replace(value, **changed) if changed else value  # type: ignore[type-var]


def one_line(text: str) -> str:
    """A title or a name on one line; spaces that are not ASCII's stay, for in Chinese they are part of the text."""
    return _BLANKS.sub(" ", text).strip(" ")
