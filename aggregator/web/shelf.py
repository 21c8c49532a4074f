"""Published files in memory, in each encoding that is asked for: read and compressed once per version."""

from __future__ import annotations

import asyncio
import gzip
import os
import stat
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import formatdate
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

import brotli  # type: ignore[import-untyped]

from aggregator.compose.archives import FOLDER as ARCHIVE
from aggregator.web.answer import Answer, Headers
from aggregator.web.negotiate import Coding

Mark = tuple[int, ...]
Links = Callable[[str], Headers]

MEDIA_TYPES = {
    ".atom": b"application/atom+xml; charset=utf-8",
    ".rss": b"application/rss+xml; charset=utf-8",
    ".json": b"application/feed+json; charset=utf-8",
}

COMMON: Headers = [
    (b"cache-control", b"public, max-age=300"),
    (b"vary", b"accept, accept-encoding"),
    (b"access-control-allow-origin", b"*"),
]
"""On a feed and on its 304."""

FOR_EVER: Headers = [(b"cache-control", b"public, max-age=31536000, immutable"), *COMMON[1:]]
"""On a document of an archive: it never changes."""

GUARDED: Headers = [
    (b"access-control-expose-headers", b"etag"),
    (b"accept-ranges", b"none"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"referrer-policy", b"no-referrer"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One version of a file in one encoding, with every answer that it can give."""

    mark: Mark  # which version
    etag: bytes
    modified: int  # seconds since 1970
    whole: Answer  # 200
    unchanged: Answer  # 304

    @property
    def size(self) -> int:
        """What it takes in memory, about."""
        return len(self.whole.body) + 4_000


class Shelf:
    """The copies that were asked for last, at most `capacity` bytes of them. Belongs to one event loop."""

    def __init__(self, folder: Path, capacity: int, links: Links = lambda path: []) -> None:
        """`links` are headers that a file has for itself."""
        self._links = links
        self._root = os.path.realpath(folder)
        self._capacity = capacity
        self._copies: OrderedDict[tuple[str, Coding], Copy] = OrderedDict()
        self._size = 0
        self._loading: dict[tuple[str, Coding, Mark], asyncio.Future[Copy | None]] = {}
        # Two: compressing a large feed must not keep small ones waiting, and must not take every core either.
        self._hands = ThreadPoolExecutor(2, thread_name_prefix="shelf")

    def held(self, path: str, coding: Coding) -> Copy | None:
        """The file as it is now, if that is in memory; None means only that `take` must be asked."""
        copy = self._copies.get((path, coding))
        if copy is None or copy.mark != _mark_of(path):
            return None
        self._copies.move_to_end((path, coding))
        return copy

    async def take(self, path: str, coding: Coding) -> Copy | None:
        """The file as it is now, or None if there is none that may be shown."""
        copy = self.held(path, coding)
        if copy is not None:
            return copy
        mark = _mark_of(path)
        return None if mark is None else await self._load_once(path, coding, mark)

    async def _load_once(self, path: str, coding: Coding, mark: Mark) -> Copy | None:
        """A crowd that asks for a new version at the same moment waits for one and the same load."""
        key = (path, coding, mark)
        loading = self._loading.get(key)
        if loading is None:
            loop = asyncio.get_running_loop()
            loading = loop.run_in_executor(self._hands, _load, self._root, path, coding, self._links)
            self._loading[key] = loading
            loading.add_done_callback(partial(self._loaded, key))
        return await asyncio.shield(loading)

    def _loaded(self, key: tuple[str, Coding, Mark], done: asyncio.Future[Copy | None]) -> None:
        """Off one list and onto the other in one step, so that nobody comes between and loads it again."""
        self._loading.pop(key, None)
        if not done.cancelled() and done.exception() is None:
            self._keep(key[0], key[1], done.result())

    def _keep(self, path: str, coding: Coding, copy: Copy | None) -> None:
        before = self._copies.pop((path, coding), None)
        self._size -= before.size if before else 0
        if copy is None:
            return
        self._copies[path, coding] = copy
        self._size += copy.size
        while self._size > self._capacity:
            _, oldest = self._copies.popitem(last=False)
            self._size -= oldest.size


def _mark_of(path: str) -> Mark | None:
    try:
        return _mark(os.stat(path))
    except OSError:
        return None


def _mark(status: os.stat_result) -> Mark:
    """Changes whenever the file is replaced or written. The ctime sees even a file whose mtime was set by hand."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _load(root: str, path: str, coding: Coding, links: Links) -> Copy | None:
    read = _read(root, path)
    if read is None:
        return None
    status, content = read
    packed = pack(content, coding)
    tag = sha256(content).hexdigest()[:32] + ("" if coding == "identity" else f"-{coding}")
    etag, modified = f'"{tag}"'.encode(), int(status.st_mtime)
    common = FOR_EVER if os.path.basename(os.path.dirname(path)) == ARCHIVE else [*COMMON, *links(path)]
    validators = [(b"etag", etag), (b"last-modified", formatdate(modified, usegmt=True).encode())]
    about = [
        (b"content-type", MEDIA_TYPES[os.path.splitext(path)[1]]),
        (b"content-length", b"%d" % len(packed)),
        *([] if coding == "identity" else [(b"content-encoding", coding.encode())]),
    ]
    return Copy(
        mark=_mark(status),
        etag=etag,
        modified=modified,
        whole=Answer(HTTPStatus.OK, [*about, *validators, *common, *GUARDED], packed),
        unchanged=Answer(HTTPStatus.NOT_MODIFIED, [(b"etag", etag), *common]),
    )


def _read(root: str, path: str) -> tuple[os.stat_result, bytes] | None:
    """The content of a plain file below `root`, wherever symbolic links on the way lead."""
    real = os.path.realpath(path)
    if not real.startswith(root + os.sep):
        return None
    try:
        # O_NONBLOCK: opening a pipe must not wait for somebody who writes into it.
        handle = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return None
        with open(handle, "rb", closefd=False) as file:
            return status, file.read()
    finally:
        os.close(handle)


def pack(content: bytes, coding: Coding) -> bytes:
    """The content in an encoding: the same bytes whenever it is done."""
    match coding:
        case "br":
            return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=7))
        case "gzip":
            return gzip.compress(content, 9, mtime=0)
        case "identity":
            return content
