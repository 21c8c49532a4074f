"""Opening the file: one connection to write, one to read for each thread, every fault as an error of ours."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database

from aggregator.store.sqlite.faults import errors_of, refuse_foreign, refuse_place, too_new
from aggregator.store.sqlite.index import cut_as_today, give_words
from aggregator.store.sqlite.migrations import known_steps, migrations

PATIENCE = 30  # seconds that we wait for another process
BREATH = 0.25  # of these, so many at a time: nothing but SQLite is heard meanwhile, not even Ctrl-C


class Connections:
    """The connections to one database file. WAL: readers never wait for the writer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()  # writers of this process take turns
        self._register = threading.Lock()
        self._local = threading.local()
        self._readers: dict[threading.Thread, sqlite3.Connection] = {}
        with errors_of(path):
            refuse_place(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # URLs of sources may hold secrets; the files beside it get the same rights
            with _alone_in(path.parent):
                self._writer = self._open()
                with _closed_unless_ready(self._writer):
                    refuse_foreign(self._writer, path)
                    self._writer.execute("PRAGMA journal_mode = WAL")
                    give_words(self._writer)
                    _migrate(self._writer, path)
                    cut_as_today(self._writer)
                    self._writer.execute(f"PRAGMA busy_timeout = {BREATH * 1000:.0f}")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, or one step of this thread's batch: all of it, or nothing."""
        with self._lock, errors_of(self._path):
            if getattr(self._local, "in_batch", False):
                with self._step():
                    yield self._writer
            else:
                with self._transaction():
                    yield self._writer

    @contextmanager
    def batch(self) -> Iterator[None]:
        """One transaction around many steps of this thread, which see what those before them wrote.

        A step that fails is undone alone. What a power cut could take is what the batch has not finished. A batch
        within a batch is a part of it.
        """
        if getattr(self._local, "in_batch", False):
            yield
            return
        with self._lock, errors_of(self._path), self._transaction():
            self._local.in_batch = True
            try:
                yield
            finally:
                self._local.in_batch = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """This thread's own connection for reading; within its batch the one that writes."""
        with errors_of(self._path):
            yield self._writer if getattr(self._local, "in_batch", False) else self._reader()

    def close(self) -> None:
        """Close every connection of every thread."""
        with self._lock, self._register:
            for connection in (*self._readers.values(), self._writer):
                connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """It takes the lock of the file at its start, so that it cannot fail half-way for that."""
        self._begin()
        try:
            yield
        except BaseException:
            self._writer.rollback()
            raise
        self._writer.commit()

    def _begin(self) -> None:
        patient_until = time.monotonic() + PATIENCE
        while True:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patient_until:
                    raise
            else:
                return

    @contextmanager
    def _step(self) -> Iterator[None]:
        self._writer.execute("SAVEPOINT step")
        try:
            yield
        except BaseException:
            self._writer.execute("ROLLBACK TO step")
            self._writer.execute("RELEASE step")
            raise
        self._writer.execute("RELEASE step")

    def _reader(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._open()
            with _closed_unless_ready(connection):
                connection.execute("PRAGMA query_only = ON")
            self._local.connection = connection
            with self._register:
                self._close_what_is_left()
                self._readers[threading.current_thread()] = connection
        return connection

    def _close_what_is_left(self) -> None:
        """By threads that have ended: pools make and end them as they please, and each would keep files open."""
        for thread in [thread for thread in self._readers if not thread.is_alive()]:
            self._readers.pop(thread).close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        with _closed_unless_ready(connection):
            connection.row_factory = sqlite3.Row
            # FULL: an article whose validators were stored is never asked for again, so it must survive a power cut.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        return connection


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Two processes that begin with a new database, or one of an earlier version, prepare it one after the other.

    The folder is locked, not the file: closing any descriptor of the file would drop SQLite's own locks on it.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some file systems have no such lock; there, who comes second is told so by SQLite
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _closed_unless_ready(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    database = Database(connection, execute_plugins=False)
    if later := frozenset(step.name for step in migrations.applied(database)) - known_steps():
        raise too_new(path, later)
    if migrations.pending(database):
        migrations.apply(database)
