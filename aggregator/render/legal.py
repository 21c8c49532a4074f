"""What a document can carry: one character that XML forbids makes a whole feed unreadable."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

# XML 1.0 §2.2: neither what it forbids (control characters, lone surrogates) nor what it discourages (U+007F–9F and
# noncharacters), for the validator warns of that.
_PLANES = "".join(f"{chr(plane)}-{chr(plane + 0xFFFD)}" for plane in range(0x10000, 0x110000, 0x10000))
_CHARACTERS = f"\t\n\r -~\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd{_PLANES}"
_LEGAL = re.compile(f"[{_CHARACTERS}]*+")  # 60 times as fast as to search for an illegal one
_ILLEGAL = re.compile(f"[^{_CHARACTERS}]")
_TWICE = re.compile("[\u00c2\u00c3][\u0080-\u00bf]")
_BLANKS = re.compile(r"[ \t\r\n]+")

T = TypeVar("T")


def legal(value: T) -> T:
    """The same value, with every text in it, however deep, free of what XML cannot carry."""
    if isinstance(value, str):
        return _replaced(value, "")  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(map(legal, value)) if value else value  # type: ignore[return-value]
    names = _names(type(value))  # type: ignore[arg-type]
    return _legal_fields(value, names) if names else value


def one_line(text: str) -> str:
    """A title or a name on one line; inside it, spaces that are not ASCII's stay: in Chinese they are part of the text.

    U+FFFD, which stands for a character that was lost on the way to us, becomes "?": the validator warns of it.
    """
    return _BLANKS.sub(" ", text).strip().replace("\ufffd", "?")


def _legal_fields(value: T, names: tuple[str, ...]) -> T:
    changed = {}
    for name in names:
        before = getattr(value, name)
        # Nothing may be taken out of checked HTML: what is left could close up to a tag or a `javascript:`.
        after = _replaced(before, " ") if name == "body" else legal(before)
        if after is not before and after != before:
            changed[name] = after
    return replace(value, **changed) if changed else value  # type: ignore[type-var]


def _replaced(text: str, substitute: str) -> str:
    text = _decoded(text) if _TWICE.search(text) else text
    return text if _LEGAL.fullmatch(text) else _ILLEGAL.sub(substitute, text)


def _decoded(text: str) -> str:
    """What a publisher encoded in UTF-8 twice ("RenÃ©"), where every character says so: the validator warns of it."""
    try:
        return text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return text


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """Of its fields; none if it has none."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
