"""Other people's pictures, from our own address.

cache | fetch, if it is not there | refine.clean_picture | cache
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from aggregator.jobs.visit import Fetch
from aggregator.model.exchange import Failure, Fetched, FetchFailed, FetchResult, Request
from aggregator.model.picture import NoPicture, Picture
from aggregator.store.cache import FileCache

MAX_SIZE = 15_000_000  # bytes of one picture
TIMEOUT = timedelta(seconds=20)
ACCEPT = "image/avif, image/webp, image/png, image/jpeg, image/gif;q=0.9, */*;q=0.1"
AT_ONCE = 8  # pictures that are fetched at the same time
CACHE = 1_000_000_000  # bytes of all that are kept
AGAIN = {NoPicture.NONE: timedelta(minutes=5), NoPicture.UNREACHABLE: timedelta(minutes=1)}
MISSING = 10_000  # addresses without a picture that are remembered
_FINAL = frozenset({Failure.BLOCKED, Failure.TOO_LARGE, Failure.GONE, Failure.REDIRECT})
_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif")

log = logging.getLogger(__name__)


class Gallery:
    """Pictures by the URL under which their publishers have them. Thread-safe; calls block."""

    def __init__(self, fetch: Fetch, cache: FileCache, clock: Callable[[], datetime]) -> None:
        self._fetch = fetch
        self._cache = cache
        self._clock = clock
        self._missing: dict[str, tuple[NoPicture, datetime]] = {}  # until when it is not asked for again
        self._lock = threading.Lock()
        self._easel = threading.Lock()  # one picture is decoded at a time: a large one takes a hundred megabytes

    def held(self, url: str) -> Picture | None:
        """The picture, if it is here already."""
        packed = self._cache.get(_name(url))
        if not packed or packed[0] >= len(_TYPES):
            return None
        return Picture(packed[1:], _TYPES[packed[0]])

    def take(self, url: str) -> Picture | NoPicture:
        """The picture, fetched if need be; or why there is none that we would show, which holds for a while: a page
        that many read must not ask for a dead picture as many times."""
        if (held := self.held(url)) is not None:
            return held
        with self._lock:
            missing, until = self._missing.get(url, (NoPicture.NONE, None))
        if until is not None and self._clock() < until:
            return missing
        found = self._get(url)
        if isinstance(found, NoPicture):
            self._remember(url, found)
        return found

    def _remember(self, url: str, missing: NoPicture) -> None:
        with self._lock:
            self._missing.pop(url, None)
            self._missing[url] = (missing, self._clock() + AGAIN[missing])
            if len(self._missing) > MISSING:
                del self._missing[next(iter(self._missing))]

    def _get(self, url: str) -> Picture | NoPicture:
        try:
            answer = self._fetch(Request(url=url, accept=ACCEPT, max_size=MAX_SIZE, timeout=TIMEOUT))
        except RuntimeError:  # the client was closed a moment ago: we are about to stop
            return NoPicture.UNREACHABLE
        if not isinstance(answer, Fetched):
            return _why(answer)
        from aggregator.refine.picture import (
            NotAPicture,
            clean_picture,
        )  # few need it: every start would pay for Pillow

        with self._easel:
            found = clean_picture(answer.body)
        if isinstance(found, NotAPicture):
            log.debug("%s is not passed on: %s", url, found.reason)
            return NoPicture.NONE
        try:
            self._cache.put(_name(url), bytes((_TYPES.index(found.media_type),)) + found.content)
        except OSError as error:
            log.warning("cannot keep a picture: %s", error)
        return Picture(found.content, found.media_type)


def _why(answer: FetchResult) -> NoPicture:
    """A refusal is an answer; silence, a fault of the server or an order to wait is none."""
    if not isinstance(answer, FetchFailed) or answer.failure in _FINAL:
        return NoPicture.NONE
    refused = answer.failure is Failure.STATUS and (answer.status or 500) < 500 and answer.status != 429
    return NoPicture.NONE if refused else NoPicture.UNREACHABLE


def _name(url: str) -> str:
    return sha256(url.encode("utf-8", "replace")).hexdigest()
