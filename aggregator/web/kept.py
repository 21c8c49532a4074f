"""Pages that are made at most once in a few seconds, however many ask for them."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from aggregator.web.negotiate import Coding
from aggregator.web.shelf import pack

MOST = 64  # pages that are kept


@dataclass(slots=True)
class _Page:
    made: float
    packed: dict[Coding, bytes] = field(default_factory=dict)


class Kept:
    """Pages by name, packed in each encoding, as somebody needs it.

    Without this a crowd of visitors would take the processor from those who fetch feeds: rendering a page costs as much
    as serving a hundred of them.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = Lock()  # one maker at a time; the others wait for what he makes
        self._pages: OrderedDict[str, _Page] = OrderedDict()

    def take(self, name: str, make: Callable[[], str], coding: Coding) -> bytes:
        """The page, at most as old as it may be. What `make` raises is raised here, and nothing is kept."""
        with self._lock:
            packed = self._fresh(name, make).packed
            if coding not in packed:
                packed[coding] = pack(packed["identity"], coding)
            return packed[coding]

    def _fresh(self, name: str, make: Callable[[], str]) -> _Page:
        page = self._pages.get(name)
        if page is None or time.monotonic() - page.made >= self._seconds:
            content = make().encode(errors="replace")
            page = self._pages[name] = _Page(time.monotonic(), {"identity": content})
            while len(self._pages) > MOST:
                self._pages.popitem(last=False)
        self._pages.move_to_end(name)
        return page


class Recent:
    """What `make` made of a name a moment ago, for who asks again; at most `most` of them."""

    def __init__(self, make: Callable[[str], bytes | None], seconds: float, most: int = 64) -> None:
        self._make = make
        self._seconds = seconds
        self._most = most
        self._lock = Lock()
        self._made: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def take(self, name: str) -> bytes | None:
        """It; None, which is not kept, if there is no such thing."""
        with self._lock:
            at, content = self._made.get(name, (0.0, b""))
            if content and time.monotonic() - at < self._seconds:
                return content
        made = self._make(name)
        if made is not None:
            with self._lock:
                self._made[name] = time.monotonic(), made
                self._made.move_to_end(name)
                while len(self._made) > self._most:
                    self._made.popitem(last=False)
        return made
