"""Two programs on one database: `once` beside the daemon, a delivery beside a poll. No entry is kept twice."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.decide.pace import Limits
from aggregator.jobs.poll import Pacing, errand_of, judge, plan, visit_safely
from aggregator.jobs.visit import take_in
from aggregator.model.exchange import Fetched
from aggregator.model.outcome import Harvest
from aggregator.model.source import Errand
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, a_source
from tests.fakes import FakeWeb

A = a_source("https://a.example/feed", name="A")
ROUNDS, ENTRIES = 12, 5


def document(number: int) -> bytes:
    items = "".join(
        f"<item><title>{number} {n}</title><link>https://a.example/{number}/{n}</link><guid>{number}-{n}</guid>"
        f"<pubDate>Mon, 23 Nov 2026 08:0{n}:00 GMT</pubDate></item>"
        for n in range(ENTRIES)
    )
    return f"<rss version='2.0'><channel><title>A</title>{items}</channel></rss>".encode()


def poll(database: Path, meet: Callable[[], object]) -> None:
    """As `Poller` records what it visited."""
    store, web = SqliteStore(database), FakeWeb()
    for number in range(ROUNDS):
        web.serve(A.url, document(number))
        meet()
        store.make_due(NOW)
        late = NOW + timedelta(minutes=20 * (number + 1))  # the lease of the other has ended
        claims = store.claim(due_by=late, holder=f"{id(store)}", now=late, until=late, limit=1)
        for claim in claims:
            result = visit_safely(errand_of(claim, A), web.fetch)
            with store.batch():
                record = judge(store, claim, A, result, Pacing(limits=Limits(), theta=0.001), late, 0.5)
                store.record(record)
    store.close()


def be_delivered(database: Path, meet: Callable[[], object]) -> None:
    """As `Subscriber` keeps what a hub delivers, and `import_posts` what it reads."""
    store = SqliteStore(database)
    for number in range(ROUNDS):
        meet()
        harvest = take_in(Errand(source=A), Fetched(url=A.url, body=document(number)))
        assert isinstance(harvest, Harvest)
        with store.batch():
            store.add(A.id, [save for save in plan(store, harvest, NOW) if save.replaces is None], NOW)
    store.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    store = SqliteStore(tmp_path / "articles.db")
    store.sync([A], NOW)
    store.close()
    return tmp_path / "articles.db"


def titles(database: Path) -> list[str]:
    store = SqliteStore(database)
    try:
        return sorted(stored.article.title for stored in store.articles())
    finally:
        store.close()


def begin(database: Path, meet: Callable[[], object]) -> None:
    meet()
    SqliteStore(database).close()


def test_processes_that_begin_with_one_new_database_all_begin(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    for number in range(3):
        barrier = context.Barrier(3)
        database = tmp_path / f"{number}.db"
        processes = [context.Process(target=begin, args=(database, barrier.wait)) for _ in range(3)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0, 0, 0]


EXPECTED = sorted(f"{number} {n}" for number in range(ROUNDS) for n in range(ENTRIES))


@pytest.mark.parametrize("other", [poll, be_delivered])
def test_in_two_threads_every_entry_is_kept_once(
    database: Path, other: Callable[[Path, Callable[[], object]], None]
) -> None:
    barrier = threading.Barrier(2)
    threads = [threading.Thread(target=work, args=(database, barrier.wait)) for work in (poll, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert titles(database) == EXPECTED


@pytest.mark.parametrize("other", [poll, be_delivered])
def test_in_two_processes_every_entry_is_kept_once(
    database: Path, other: Callable[[Path, Callable[[], object]], None]
) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    processes = [context.Process(target=work, args=(database, barrier.wait)) for work in (poll, other)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert titles(database) == EXPECTED
