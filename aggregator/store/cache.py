"""Files that can be had again: kept in a folder up to a size, those that were longest unused go first."""

from __future__ import annotations

import os
import secrets
import threading
from contextlib import suppress
from pathlib import Path

_PART = ".part"


class FileCache:
    """Thread-safe. Names are ours: letters, digits, `-` and `_`. Losing the folder loses nothing but time."""

    def __init__(self, folder: Path, limit: int) -> None:
        """`limit` is in bytes, of all files together."""
        self._folder = folder
        self._limit = limit
        self._lock = threading.Lock()
        self._files: dict[str, int] | None = None  # sizes, the longest unused first
        self._total = 0

    def get(self, name: str) -> bytes | None:
        """The file; None if we have it no more."""
        path = self._folder / name
        try:
            content = path.read_bytes()
        except OSError:
            return None
        with self._lock:
            files = self._index()
            if name in files:
                files[name] = files.pop(name)
        with suppress(OSError):
            os.utime(path)  # so that it is known after a restart
        return content

    def put(self, name: str, content: bytes) -> None:
        """Keep it: the whole of it, or nothing, whatever happens meanwhile. Raises OSError."""
        if len(content) > self._limit:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._lock:
            self._index()  # who looks first clears the folder of parts: not of ours
        part = self._folder / f"{secrets.token_hex(8)}{_PART}"
        try:
            part.write_bytes(content)
            part.replace(self._folder / name)
        finally:
            part.unlink(missing_ok=True)
        with self._lock:
            files = self._index()
            before = files.pop(name, None)
            self._total += len(content) - (before or 0)
            files[name] = len(content)
            self._make_room(files)

    def _make_room(self, files: dict[str, int]) -> None:
        while self._total > self._limit and files:
            oldest = next(iter(files))
            self._total -= files.pop(oldest)
            with suppress(OSError):
                (self._folder / oldest).unlink()

    def _index(self) -> dict[str, int]:
        """What is there, read from the disk once."""
        if self._files is None:
            found = []
            for entry in os.scandir(self._folder) if self._folder.is_dir() else ():
                if entry.name.endswith(_PART):  # of a process that was killed
                    with suppress(OSError):
                        os.unlink(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    found.append((entry.stat().st_mtime_ns, entry.name, entry.stat().st_size))
            self._files = {name: size for _, name, size in sorted(found)}
            self._total = sum(self._files.values())
        return self._files
