"""A page that is made at most once in a few seconds, however many ask for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from aggregator.web.negotiate import Coding
from aggregator.web.shelf import pack
from aggregator.web.words import Language


class Kept:
    """The page in each language, and packed in each encoding, as somebody needs it.

    Without this a crowd of visitors would take the processor from those who fetch feeds: rendering a page costs as much
    as serving a hundred of them.
    """

    def __init__(self, make: Callable[[Language], str], seconds: float) -> None:
        self._make = make
        self._seconds = seconds
        self._lock = Lock()  # one maker at a time; the others wait for what he makes
        self._pages: dict[Language, tuple[float, dict[Coding, bytes]]] = {}

    def take(self, language: Language, coding: Coding) -> bytes:
        """The page, at most as old as it may be. What `make` raises is raised here, and nothing is kept."""
        with self._lock:
            packed = self._fresh(language)
            if coding not in packed:
                packed[coding] = pack(packed["identity"], coding)
            return packed[coding]

    def _fresh(self, language: Language) -> dict[Coding, bytes]:
        made, packed = self._pages.get(language, (0.0, {}))
        if not packed or time.monotonic() - made >= self._seconds:
            packed = {"identity": self._make(language).encode()}
            self._pages[language] = time.monotonic(), packed
        return packed
