"""The database and the clock of the running program: all that those commands need which only look.

`runtime` wires the rest; it takes longer to load.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aggregator.model.settings import Configuration
from aggregator.model.source import Source, SourceId
from aggregator.store import Store
from aggregator.store.sqlite import SqliteStore

CONCEALED = "concealed"
"""The fact under which `jobs.conceal` remembers what it did."""


def clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The parts of the running program."""

    configuration: Configuration
    store: Store
    sources: Mapping[SourceId, Source]


@contextmanager
def open_store(configuration: Configuration) -> Iterator[Store]:
    """The database, while the context lasts."""
    store = SqliteStore(configuration.storage.database)
    try:
        _release_the_dead(store)
        yield store
    finally:
        store.close()


@contextmanager
def open_copy(path: Path) -> Iterator[Store]:
    """A copy of the database, while the context lasts."""
    store = SqliteStore(path)
    try:
        yield store
    finally:
        store.close()


def take_over(store: Store, configuration: Configuration) -> Runtime:
    """The store follows the configured sources from now on."""
    from aggregator.jobs.corrections import correct  # who only looks seldom comes here

    sources = store.sync(configuration.sources, clock())
    correct(store, configuration.corrections)
    return Runtime(configuration=configuration, store=store, sources={source.id: source for source in sources})


@contextmanager
def open_runtime(configuration: Configuration) -> Iterator[Runtime]:
    """The database, with the configured sources taken over, while the context lasts."""
    with open_store(configuration) as store:
        runtime = take_over(store, configuration)
        conceal_what_is_protected(store, configuration)
        yield runtime


def conceal_what_is_protected(store: Store, configuration: Configuration) -> None:
    """Before anything is published or served: take away what not everybody may read any more."""
    if configuration.rules.protect_something or store.recall(CONCEALED) is not None:
        from aggregator.jobs.conceal import conceal  # few protect anything, and this loads all that publishes

        conceal(store, configuration)


def _release_the_dead(store: Store) -> None:
    """A process that was killed on this machine holds nothing any more; we need not wait for its leases to end."""
    for holder in store.holders():
        host, pid, _ = holder.rsplit(":", 2)
        if host == socket.gethostname() and (int(pid) == os.getpid() or not _is_alive(int(pid))):
            store.release(holder)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
