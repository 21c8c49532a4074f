"""Notices that a file was saved, whichever way the editor does it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

Look = tuple[object, ...] | None
"""What is seen of a path; None where there is nothing."""

GONE = 3
"""Looks in a row that see no file, until it counts as deleted: an editor's rename takes less."""


class FileWatch:
    """Looks at paths, not at open files: an editor that writes a new file and renames it is noticed too.

    The first path is waited for while it is gone. The others may come and go, and that is a change as well; of a
    folder, the YAML files in it count, not what else is written there.
    """

    def __init__(self, path: Path, others: Iterable[Path] = ()) -> None:
        self._path = path.absolute()
        self._paths = (self._path, *others)
        self._taken = self._last = self._look()
        self._missed = 0

    def follow(self, paths: Iterable[Path]) -> None:
        """Look at these from now on, and at the first one still."""
        others = dict.fromkeys(path.absolute() for path in paths)
        others.pop(self._path, None)
        self._paths = (self._path, *others)
        new = {path: _look(path) for path in others}
        self._taken = {path: self._taken.get(path, look) for path, look in new.items()} | self._of_first(self._taken)
        self._last = new | self._of_first(self._last)

    def changed(self) -> bool:
        """True once after each change, as soon as two looks in a row see the same: nobody is writing any more."""
        now, before = self._look(), self._last
        self._last = now
        if now[self._path] is None or now != before or now == self._taken:
            return False
        self._taken = now
        return True

    def vanished(self) -> bool:
        """True once after the first path was deleted. For files that need not be there; asked instead of `changed` it
        is no more often true than the file goes."""
        gone = _look(self._path) is None and self._taken[self._path] is not None
        self._missed = self._missed + 1 if gone else 0
        if self._missed < GONE:
            return False
        self._taken = {**self._taken, self._path: None}
        return True

    def _look(self) -> dict[Path, Look]:
        return {path: _look(path) for path in self._paths}

    def _of_first(self, looks: dict[Path, Look]) -> dict[Path, Look]:
        return {self._path: looks[self._path]}


def _look(path: Path) -> Look:
    try:
        if path.is_dir():
            return tuple(sorted(each.name for each in path.iterdir() if each.suffix in (".yaml", ".yml")))
        seen = path.stat()
    except OSError:  # between the two halves of a rename
        return None
    return seen.st_mtime_ns, seen.st_size, seen.st_ino
