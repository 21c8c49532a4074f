"""Entries as they stand in documents: each is written once, however many documents of a run it stands in.

    feed.items | legal.legal | atom, rss, json: one entry ─► its bytes | joined, inside a document

What an entry looks like depends on the story, and of its feed on nothing but the base URL, the language, and whether it
is a podcast.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import fields
from hashlib import blake2b
from operator import attrgetter

from aggregator.model.entry import Enclosure
from aggregator.model.feed import Feed, Item, Outlet
from aggregator.render.facts import language_tag
from aggregator.render.legal import legal

ROOM = 24_000_000
"""Bytes. What comes when it is full is not kept: documents that hold the same are written one after another in the same
order, and to forget the oldest would forget each entry right before it is asked for."""


class Galley:
    """The entries of the documents that are written together. Not for several threads."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._entries: dict[tuple[str, str, str | None, bool, bytes], bytes] = {}
        self._items: tuple[Item, ...] = ()
        self._legal: dict[int, Item] = {}  # by place: what a document can carry of them
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
        context = format, frame.base_url, language_tag(frame.language), frame.podcast is not None
        for place, name in enumerate(self._names):
            key = *context, name
            entry = self._entries.get(key)
            if entry is None:
                entry = write(self._legal_item(place), frame)
                self._keep(key, entry)
            yield entry

    def _take(self, items: tuple[Item, ...]) -> None:
        """Three formats of one feed come one after another."""
        if self._items is not items:
            self._items, self._legal = items, {}
            self._names = tuple(map(_name, items)) if self._room else (b"",) * len(items)

    def _legal_item(self, place: int) -> Item:
        if place not in self._legal:
            self._legal[place] = legal(self._items[place])
        return self._legal[place]

    def _keep(self, key: tuple[str, str, str | None, bool, bytes], entry: bytes) -> None:
        if self._room >= len(entry):
            self._entries[key] = entry
            self._room -= len(entry)


_NESTED = frozenset({"outlet", "also_in", "enclosures"})
_parts = attrgetter(*(field.name for field in fields(Item) if field.name not in _NESTED))
_parts_of_outlet = attrgetter(*(field.name for field in fields(Outlet)))
_parts_of_file = attrgetter(*(field.name for field in fields(Enclosure)))


def _name(item: Item) -> bytes:
    """The same only for what is equal. By its parts, for dataclasses take five times as long."""
    parts = (
        _parts(item),
        _parts_of_outlet(item.outlet),
        *map(_parts_of_outlet, item.also_in),
        *map(_parts_of_file, item.enclosures),
    )
    return blake2b(pickle.dumps(parts, pickle.HIGHEST_PROTOCOL), digest_size=16).digest()
