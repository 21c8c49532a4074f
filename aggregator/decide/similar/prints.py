"""Candidate keys: articles that share one may tell the same story. A cheap way to find the few that are worth a look.

The first marks of a text are winnowed (Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003): the smallest mark of
every window of 24 is a key, so two texts that share a passage of 26 words in their beginnings share a key, wherever
it stands in them. Of the rest the three smallest are keys (Broder's bottom-k sketch), for texts that begin differently.
The title is one more, for texts that are short or were rewritten.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from aggregator.decide.similar.words import Words, title_words, words_of

HEAD = 96  # marks that are winnowed
WINDOW = 24
REST = 3  # keys of the rest
FEW = 12  # marks that are sorted to find them
KEY = 6  # bytes: among ten million keys one look-up in a million meets a stranger's by chance; SQLite keeps six


@dataclass(frozen=True, slots=True)
class Print:
    """The keys of one article; at most sixteen, nine or ten for most."""

    keys: tuple[int, ...]


def fingerprint(title: str, text: str) -> Print:
    """The keys of an article with this title and this plain text."""
    return print_of(title_words(title), words_of(text))


def print_of(title: Words, text: Words) -> Print:
    """The keys of an article whose words are known already."""
    chosen = {_key("text", mark) for mark in _winnowed(text.marks[:HEAD])}
    chosen |= {_key("text", mark) for mark in smallest(set(text.marks[HEAD:]))}
    if title.tokens:
        chosen.add(_key("title", *sorted(title.token_set)))
    return Print(tuple(sorted(chosen)))


def _winnowed(marks: Sequence[int]) -> set[int]:
    """The smallest of every window; of a text shorter than one, the smallest of all."""
    if not marks:
        return set()
    smallest = min(marks[:WINDOW])
    found = {smallest}
    for at, (gone, new) in enumerate(zip(marks, marks[WINDOW:], strict=False), start=1):
        if new < smallest:
            smallest = new
        elif gone == smallest:
            smallest = min(marks[at : at + WINDOW])
        found.add(smallest)
    return found


def smallest(marks: Collection[int]) -> list[int]:
    """The smallest of all: marks are spread evenly, so they are among the few that are small enough."""
    small = (FEW << 32) // (len(marks) or 1)
    few = [mark for mark in marks if mark < small]
    return sorted(few if len(few) >= REST else marks)[:REST]


def _key(kind: str, *parts: object) -> int:
    text = "\x1f".join((kind, *map(str, parts)))
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=KEY).digest(), signed=True)
