"""What archives cost: a category of so many stories, published at once, and then a few stories at a time.

    python bench/archives.py [--stories 5000] [--rounds 100] [--new 3]

All in a temporary folder. Each round is a poll that brings a few new stories and the publication after it. Beside it
the same without archives. At the end the chain is followed in every format, and the older documents are compared.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch
from urllib.parse import unquote

from aggregator.jobs.publish import publish_changed
from aggregator.model.settings import Category, Configuration, PublishSettings
from aggregator.model.source import Source, SourceId
from aggregator.store.sqlite import SqliteStore
from tests.builders import a_record, a_save, an_article

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = "<p>" + "The ferry is late because of fog over the western pier. " * 40 + "</p>"


class World:
    """One category of four sources."""

    def __init__(self, folder: Path) -> None:
        self.sources = tuple(
            Source(id=SourceId(f"{n:016x}"), url=f"https://{n}.example/feed", name=f"Source {n}", category=("news",))
            for n in range(4)
        )
        self.store = SqliteStore(folder / "articles.db")
        self.configuration = Configuration(
            path=folder / "config.yaml",
            publish=PublishSettings(folder=folder / "public", merge="url"),
            categories=(Category(path=("news",), slug="news", title="News", merge="url"),),
            sources=self.sources,
        )
        self.store.sync(self.sources, BEGIN)
        self.folder = folder
        self.count = 0

    def add(self, number: int, source: Source) -> None:
        """A poll that brings so many stories."""
        saves = []
        for _ in range(number):
            self.count += 1
            name = f"{source.name}: {self.count}"
            date = BEGIN + timedelta(minutes=self.count)
            saves.append(
                a_save(an_article(name, TEXT + name, link=f"https://x.example/{self.count}", guid=name, date=date))
            )
        self.store.record(a_record(*saves, source=source, at=BEGIN + timedelta(days=400)))

    def publish(self) -> tuple[float, float]:
        """Seconds that it took, and those of the processor."""
        began, worked = time.perf_counter(), time.process_time()
        assert not publish_changed(self.store, self.configuration).faults
        return time.perf_counter() - began, time.process_time() - worked

    def hashes(self) -> dict[str, str]:
        found = (self.folder / "public").rglob("_archive/*")
        return {str(path): sha256(path.read_bytes()).hexdigest() for path in found}

    def follow(self) -> list[str]:
        """The ids of the category, along `next_url`."""
        base, ids = self.configuration.publish.base_url, []
        url = f"{base}feeds/news.json"
        while url:
            feed = json.loads((self.folder / "public" / unquote(url.removeprefix(base))).read_bytes())
            ids += [item["id"] for item in feed["items"]]
            url = feed.get("next_url", "")
        return ids


@contextmanager
def without_archives() -> Iterator[None]:
    with patch("aggregator.jobs.publish.has_archive", lambda address: False):
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--new", type=int, default=3)
    arguments = parser.parse_args()
    for name in ("with", "without"):
        with tempfile.TemporaryDirectory() as folder:
            world = World(Path(folder))
            for n in range(20):
                world.add(arguments.stories // 20, world.sources[n % 4])
            if name == "without":
                with without_archives():
                    measure(name, world, arguments)
            else:
                measure(name, world, arguments)
                verify(world)


def measure(name: str, world: World, arguments: argparse.Namespace) -> None:
    first, before = world.publish(), world.hashes()
    rounds = []
    for n in range(arguments.rounds):
        world.add(arguments.new, world.sources[n % 4])
        rounds.append(world.publish())
    after = world.hashes()
    size = sum(path.stat().st_size for path in (world.folder / "public").rglob("*") if path.is_file()) / 1e6
    print(
        f"{name} archives: first {first[0]:.2f} s (processor {first[1]:.2f}); each of {len(rounds)} rounds "
        f"{statistics.median(wall for wall, _ in rounds) * 1000:.0f} ms (processor "
        f"{statistics.median(cpu for _, cpu in rounds) * 1000:.0f}); {size:.0f} MB on disk; "
        f"{sum(after[path] != known for path, known in before.items())} of {len(before)} older documents changed"
    )


def verify(world: World) -> None:
    ids = world.follow()
    with sqlite3.connect(world.folder / "articles.db") as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [(rows,)] = db.execute("SELECT count(*) FROM archive_stories").fetchall()
        [(taken,)] = db.execute("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'archive%'").fetchall() or [(0,)]
    print(
        f"followed: {len(ids)} ids, {len(set(ids))} different, of {world.count}; {rows} rows take {taken / 1e6:.1f} MB"
    )


if __name__ == "__main__":
    main()
