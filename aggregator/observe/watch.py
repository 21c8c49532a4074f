"""Notices that a file was saved, whichever way the editor does it."""

from __future__ import annotations

from pathlib import Path

Look = tuple[int, int, int] | None


GONE = 3
"""Looks in a row that see no file, until it counts as deleted: an editor's rename takes less."""


class FileWatch:
    """Looks at a path, not at an open file: an editor that writes a new file and renames it is noticed too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._taken = self._last = self._look()
        self._missed = 0

    def changed(self) -> bool:
        """True once after each change, as soon as two looks in a row see the same: nobody is writing any more."""
        now, before = self._look(), self._last
        self._last = now
        if now is None or now != before or now == self._taken:
            return False
        self._taken = now
        return True

    def vanished(self) -> bool:
        """True once after the file was deleted. For files that need not be there; asked instead of `changed` it is
        no more often true than the file goes."""
        self._missed = self._missed + 1 if self._look() is None and self._taken is not None else 0
        if self._missed < GONE:
            return False
        self._taken = None
        return True

    def _look(self) -> Look:
        try:
            seen = self._path.stat()
        except OSError:  # between the two halves of a rename
            return None
        return seen.st_mtime_ns, seen.st_size, seen.st_ino
