"""Entries as they stand in documents: each is written once, however many documents of a run it stands in.

    feed.items | legal.legal | atom, rss, json: one entry ─► its bytes | joined, inside a document

What an entry looks like depends on the story, and of its feed on nothing but the base URL and the language.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from hashlib import blake2b

from aggregator.model.feed import Feed, Item
from aggregator.render.facts import language_tag
from aggregator.render.legal import legal

ROOM = 24_000_000
"""Bytes. What comes when it is full is not kept: documents that hold the same are written one after another in the same
order, and to forget the oldest would forget each entry right before it is asked for."""


class Galley:
    """The entries of the documents that are written together. Not for several threads."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._entries: dict[tuple[str, str, str | None, bytes], bytes] = {}
        self._of: tuple[Item, ...] = ()
        self._items: tuple[Item, ...] = ()  # the same, as a document can carry them
        self._names: tuple[bytes, ...] = ()

    def entries(
        self,
        items: tuple[Item, ...],
        frame: Feed,
        format: str,  # noqa: A002
        write: Callable[[Item, Feed], bytes],
    ) -> Iterator[bytes]:
        """These items in this format, in their order, inside this feed; `write` makes those that are not here yet."""
        self._take(items)
        context = format, frame.base_url, language_tag(frame.language)
        for item, name in zip(self._items, self._names, strict=True):
            key = *context, name
            entry = self._entries.get(key) if name else None
            if entry is None:
                entry = write(item, frame)
                if name and self._room >= len(entry):
                    self._entries[key] = entry
                    self._room -= len(entry)
            yield entry

    def _take(self, items: tuple[Item, ...]) -> None:
        """Three formats of one feed come one after another."""
        if self._of is not items:
            self._of, self._items = items, tuple(map(legal, items))
            self._names = tuple(map(_name, items)) if self._room else (b"",) * len(items)


def _name(item: Item) -> bytes:
    """The same only for what is equal."""
    return blake2b(pickle.dumps(item, pickle.HIGHEST_PROTOCOL), digest_size=16).digest()
