"""Other people's pictures, from our own address.

cache | fetch, if it is not there | refine.clean_picture | cache
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from hashlib import sha256

from aggregator.jobs.visit import Fetch
from aggregator.model.exchange import Fetched, Request
from aggregator.model.picture import Picture
from aggregator.store.cache import FileCache

MAX_SIZE = 15_000_000  # bytes of one picture
TIMEOUT = timedelta(seconds=20)
ACCEPT = "image/avif, image/webp, image/png, image/jpeg, image/gif;q=0.9, */*;q=0.1"
AT_ONCE = 8  # pictures that are fetched at the same time
CACHE = 1_000_000_000  # bytes of all that are kept
_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif")

log = logging.getLogger(__name__)


class Gallery:
    """Pictures by the URL under which their publishers have them. Thread-safe; calls block."""

    def __init__(self, fetch: Fetch, cache: FileCache) -> None:
        self._fetch = fetch
        self._cache = cache
        self._easel = threading.Lock()  # one picture is decoded at a time: a large one takes a hundred megabytes

    def held(self, url: str) -> Picture | None:
        """The picture, if it is here already."""
        packed = self._cache.get(_name(url))
        if not packed or packed[0] >= len(_TYPES):
            return None
        return Picture(packed[1:], _TYPES[packed[0]])

    def take(self, url: str) -> Picture | None:
        """The picture, fetched if need be; None if there is none that we would show."""
        return self.held(url) or self._get(url)

    def _get(self, url: str) -> Picture | None:
        try:
            answer = self._fetch(Request(url=url, accept=ACCEPT, max_size=MAX_SIZE, timeout=TIMEOUT))
        except RuntimeError:  # the client was closed a moment ago: we are about to stop
            return None
        if not isinstance(answer, Fetched):
            return None
        from aggregator.refine.picture import (
            NotAPicture,
            clean_picture,
        )  # few need it: every start would pay for Pillow

        with self._easel:
            found = clean_picture(answer.body)
        if isinstance(found, NotAPicture):
            log.debug("%s is not passed on: %s", url, found.reason)
            return None
        try:
            self._cache.put(_name(url), bytes((_TYPES.index(found.media_type),)) + found.content)
        except OSError as error:
            log.warning("cannot keep a picture: %s", error)
        return Picture(found.content, found.media_type)


def _name(url: str) -> str:
    return sha256(url.encode("utf-8", "replace")).hexdigest()
