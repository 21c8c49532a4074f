"""What SQLite and the disk complain of, as errors of ours: what is wrong, where, and what to do."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aggregator.model.errors import StoreBusyError, StoreError, StoreTooNewError

_RIGHTS = "whoever runs this must be able to write the file and the folder that it lies in"
_ROOM = "make room on this disk; what was stored before is safe"
_REMEDIES = {  # by SQLite's primary result codes; of any other it is a fault of ours, or nobody knows
    sqlite3.SQLITE_NOTADB: "storage.database must name another file, or this one be moved away: then a new one is made",
    sqlite3.SQLITE_CORRUPT: "stop the program and restore a backup, or move the file away: then a new one is made",
    sqlite3.SQLITE_READONLY: _RIGHTS,
    sqlite3.SQLITE_CANTOPEN: _RIGHTS,
    sqlite3.SQLITE_PERM: _RIGHTS,
    sqlite3.SQLITE_FULL: _ROOM,
    sqlite3.SQLITE_IOERR: "`dmesg` may tell whether the disk fails; restore a backup on another if it does",
}
_REMEDIES_OF_DISK = {
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "this disk can only be read; storage.database must lie on another",
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
}
_LEAST = 100_000  # bytes, for the files that SQLite keeps beside its own
_OURS = "_sqlite_migrations"


@contextmanager
def errors_of(path: Path) -> Iterator[None]:
    """SQLite's errors as ours. Mistakes in our SQL are not among them: those stay what they are."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # there is none where Python itself complains
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StoreBusyError(f"{path} is held by another process") from error
        full = code == sqlite3.SQLITE_IOERR and is_full(path)  # where there is no room for its journal, it says so
        remedy = _ROOM if full else _REMEDIES.get(code, "")
        raise StoreError(_sentence(path, "the disk is full" if full else str(error), remedy)) from error
    except OSError as error:
        where = f" ({error.filename})" if error.filename and Path(error.filename) != path else ""
        remedy = _REMEDIES_OF_DISK.get(error.errno or 0, "")
        raise StoreError(_sentence(path, f"{error.strerror or error}{where}", remedy)) from error


def is_full(path: Path) -> bool:
    """Whether nothing can be written there any more."""
    return shutil.disk_usage(path.parent).free < _LEAST


def _sentence(path: Path, complaint: str, remedy: str) -> str:
    return f"{path}: {complaint}; {remedy}" if remedy else f"{path}: {complaint}"


def refuse_place(path: Path) -> None:
    """StoreError where a folder is in the place of the file, or a file in the place of its folder."""
    if path.is_dir():
        raise StoreError(
            f"{path}: this is a directory; storage.database names a file, such as {path / 'aggregator.db'}"
        )
    above = next(each for each in path.absolute().parents if each.exists())
    if not above.is_dir():
        raise StoreError(f"{path}: {above} is a file and no folder; storage.database must name a file elsewhere")


def refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    """StoreError for a database that another program made: there we change nothing."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return
    if _OURS in tables:
        steps = connection.execute(f"SELECT migration_set FROM {_OURS}").fetchall()  # noqa: S608 - a name of ours
        if "aggregator" in {row[0] for row in steps} or tables == {_OURS}:
            return
    some = ", ".join(sorted(tables)[:3]) + (", …" if len(tables) > 3 else "")
    raise StoreError(
        f"{path}: this is the database of another program (its tables: {some}), and stays as it is; "
        "storage.database must name another file"
    )


def too_new(path: Path, steps: frozenset[str]) -> StoreTooNewError:
    """It stays as it is as well."""
    return StoreTooNewError(
        f"{path} was written by a later version of aggregator, which made these steps: {', '.join(sorted(steps))}; "
        "install that version, or restore a backup from before"
    )
