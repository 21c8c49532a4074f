"""What it costs until feeds are out: nothing new, and one new article among so many sources.

    python -m bench.publishing [--sources 95] [--categories 5] [--each 30] [--rounds 15] [--profile]

All in a temporary folder. Each round is a poll that brings one article, and the publication after it: joining it to
other stories, and writing the feeds that it stands in. Milliseconds of the processor, the median of all rounds.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from aggregator.jobs.publish import Published, publish_changed
from aggregator.jobs.stories import join_stories
from aggregator.model.settings import Category, Configuration, PublishSettings
from aggregator.model.source import Source, SourceId
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, a_record, a_save, an_article

CHANCE = random.Random(1)
WORDS = ["".join(CHANCE.choices("abcdefghijklmnop", k=CHANCE.randint(3, 9))) for _ in range(5000)]


class World:
    """Sources in categories, with articles of two thousand characters that have nothing in common."""

    def __init__(self, folder: Path, sources: int, categories: int) -> None:
        names = [f"category {number}" for number in range(categories)]
        self.sources = tuple(
            Source(
                id=SourceId(f"{number:016x}"),
                url=f"https://{number}.example/feed",
                name=f"Source {number}",
                category=(names[number % categories],),
            )
            for number in range(sources)
        )
        self.configuration = Configuration(
            path=folder / "config.yaml",
            publish=PublishSettings(folder=folder / "public"),
            categories=tuple(Category(path=(name,), slug=name, title=name) for name in names),
            sources=self.sources,
        )
        self.store = SqliteStore(folder / "articles.db")
        self.store.sync(self.sources, NOW)
        self.count = 0

    def add(self, source: Source, number: int = 1) -> None:
        """A poll that brings so many articles."""
        saves = []
        for _ in range(number):
            self.count += 1
            title, body = (" ".join(CHANCE.choices(WORDS, k=words)) for words in (8, 300))
            date = NOW - timedelta(days=300) + timedelta(minutes=self.count)
            link = f"https://x.example/{self.count}"
            saves.append(a_save(an_article(title, f"<p>{body}</p>", link=link, guid=str(self.count), date=date)))
        self.store.record(a_record(*saves, source=source))

    def publish(self) -> Published:
        """What the daemon does when something has come."""
        published = publish_changed(self.store, self.configuration)
        assert not published.faults
        return published


def main() -> None:
    """Fill a store, publish it, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=95)
    parser.add_argument("--categories", type=int, default=5)
    parser.add_argument("--each", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--profile", action="store_true")
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), wishes.sources, wishes.categories)
        for source in world.sources:
            world.add(source, wishes.each)
        print(f"joining {world.count} articles: {cost(lambda: join_stories(world.store)):.0f} ms")
        print(f"all feeds for the first time: {cost(world.publish):.0f} ms")
        print(f"nothing new: {statistics.median(cost(world.publish) for _ in range(wishes.rounds)):.0f} ms")
        profile = cProfile.Profile(time.process_time)
        print(f"one new article: {statistics.median(rounds(world, wishes, profile)):.0f} ms")
        if wishes.profile:
            pstats.Stats(profile).sort_stats("cumtime").print_stats(50)


def rounds(world: World, wishes: argparse.Namespace, profile: cProfile.Profile) -> list[float]:
    """Each with an article of another source."""
    found = []
    for number in range(wishes.rounds):
        world.add(world.sources[number * 7 % len(world.sources)])
        if wishes.profile:
            profile.enable()
        found.append(cost(world.publish))
        profile.disable()
    return found


def cost(work: Callable[[], object]) -> float:
    """Milliseconds of the processor."""
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


if __name__ == "__main__":
    main()
