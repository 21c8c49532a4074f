"""Notices that a file was saved, whichever way the editor does it."""

from __future__ import annotations

from pathlib import Path

Look = tuple[int, int, int] | None


class FileWatch:
    """Looks at a path, not at an open file: an editor that writes a new file and renames it is noticed too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._taken = self._last = self._look()

    def changed(self) -> bool:
        """True once after each change, as soon as two looks in a row see the same: nobody is writing any more."""
        now, before = self._look(), self._last
        self._last = now
        if now is None or now != before or now == self._taken:
            return False
        self._taken = now
        return True

    def _look(self) -> Look:
        try:
            seen = self._path.stat()
        except OSError:  # between the two halves of a rename
            return None
        return seen.st_mtime_ns, seen.st_size, seen.st_ino
