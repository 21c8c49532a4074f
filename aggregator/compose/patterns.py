"""Regular expressions that people write: found anywhere, whatever the case, and never for longer than they may.

The `regex` library knows all that `re` does, stops when its time is over, and lets other threads work meanwhile.
Docs: docs/rules.md says how the two differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import regex

from aggregator.model.rules import Pattern

PATIENCE = 0.1  # seconds for one pattern and one text
LONGEST = 2_000  # characters of a pattern

_FLAGS = regex.VERSION0 | regex.UNICODE
_PROBES = ("", "a", "Zz 09", "漢字かな", "—", "a\nb", "user@example.org/x?y=1")


class TooSlowError(Exception):
    """The pattern ran out of time."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is no pattern."""

    message: str
    at: int | None  # in the pattern, from 0


def fault_of(pattern: Pattern) -> Fault | None:
    """What is wrong with it; None if it can be used."""
    if len(pattern.text) > LONGEST:
        return Fault(f"it is longer than {LONGEST} characters", None)
    try:
        _compiled(pattern)
    except regex.error as error:
        return Fault(getattr(error, "msg", str(error)), getattr(error, "pos", None))
    except (OverflowError, RecursionError, ValueError, MemoryError):
        return Fault("it is too big", None)
    return None


def found(pattern: Pattern, text: str) -> bool:
    """Whether it is found in the text. Raises TooSlowError."""
    try:
        return _compiled(pattern).search(text, timeout=PATIENCE, concurrent=True) is not None
    except TimeoutError as error:
        raise TooSlowError from error


def replaced(pattern: Pattern, by: str, text: str) -> str:
    """The text with all that is found replaced. Raises TooSlowError."""
    try:
        return _compiled(pattern).sub(by, text, timeout=PATIENCE, concurrent=True)
    except TimeoutError as error:
        raise TooSlowError from error


def fault_of_replacement(pattern: Pattern, by: str) -> str | None:
    """What is wrong with a text that is to replace what a good pattern finds."""
    try:
        regex.compile(rf"(?:{pattern.text})|", _FLAGS).sub(by, "", timeout=PATIENCE)
    except (regex.error, IndexError) as error:
        return str(error)
    except TimeoutError:
        return None
    return None


def finds_everything(pattern: Pattern) -> bool:
    """Whether every text matches, as far as that can be known: `.*`, or an empty alternative, as in `a|`."""
    try:
        return all(found(pattern, probe) for probe in _PROBES)
    except TooSlowError:
        return False


def finds_nothing(pattern: Pattern) -> bool:
    """Whether no text can match, as far as that can be known: something is to follow the end, or stand before the
    beginning, or to be of an empty class."""
    text = pattern.text
    if "(?!)" in text or r"[^\s\S]" in text or r"[^\d\D]" in text or r"[^\w\W]" in text:
        return "|" not in text
    if "|" in text or "(" in text or regex.search(r"\(\?[a-zA-Z]*m", text):
        return False
    return any(
        (one == "$" and _is_literal(other)) or (_is_literal(one) and other == "^")
        for one, other in pairwise(_signs(text))
    )


def _signs(text: str) -> Iterator[str]:
    """A pattern without groups, sign by sign: an escape or a class is one."""
    return (match[0] for match in regex.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", text, regex.DOTALL))


def _is_literal(sign: str) -> bool:
    """Whether it stands for one character; what may be followed by `*` is told from it by what follows: nobody
    writes that behind an anchor."""
    return (len(sign) > 1 and sign[1:] not in set("bBAZzGmM")) or sign.isalnum()


@lru_cache(maxsize=4096)
def _compiled(pattern: Pattern) -> regex.Pattern[str]:
    return regex.compile(pattern.text, _FLAGS if pattern.case else _FLAGS | regex.IGNORECASE)
