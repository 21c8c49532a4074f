"""Publishing what changed: real store, real rooms, real files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.jobs.faults import publication_faults
from aggregator.jobs.prune import prune
from aggregator.jobs.publish import publish_all, publish_changed
from aggregator.model.feed import Feed
from aggregator.model.settings import Category, Configuration, PublishSettings
from aggregator.model.source import Source, SourceId
from aggregator.model.story import Standing
from aggregator.render import FORMATS
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, a_record, a_save, a_source, an_article

TECH = a_source("https://tech.example/feed", name="Tech Today", category=("tech",))
SAFE = a_source("https://safe.example/feed", name="Safe", category=("tech", "security"))
FOOD = a_source("https://food.example/feed", name="Food", category=("food",))
CATEGORIES = (
    Category(path=("tech",), slug="tech", title="Technology"),
    Category(path=("tech", "security"), slug="tech/security", title="Security"),
    Category(path=("food",), slug="food", title="Food"),
)


class Press:
    """A store with a few sources, the folder that is published, and which files were written since the last look."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(folder / "articles.db")
        self.configuration = Configuration(
            path=folder / "config.yaml",
            publish=PublishSettings(folder=folder / "public"),
            categories=CATEGORIES,
            sources=(TECH, SAFE, FOOD),
        )
        self.store.sync(self.configuration.sources, NOW)
        self.feeds = folder / "public" / "feeds"
        self._seen: dict[str, int] = {}

    def add(self, source: Source, title: str, **other: object) -> None:
        """A poll of this source brought one article."""
        link = f"https://{source.url.split('/')[2]}/{title}"
        article = an_article(title, **{"link": link, "guid": link, **other})
        self.store.record(a_record(a_save(article), source=source))

    def written(self) -> set[str]:
        """The names of the files that are new, or other files than at the last look."""
        found = {path.relative_to(self.feeds).as_posix(): path.stat().st_ino for path in self.files()}
        written = {name for name, inode in found.items() if self._seen.get(name) != inode}
        self._seen = found
        return written

    def files(self) -> list[Path]:
        return [path for path in self.feeds.rglob("*") if path.is_file()]

    def titles(self, slug: str) -> list[str]:
        return [item["title"] for item in json.loads((self.feeds / f"{slug}.json").read_bytes())["items"]]

    def change(self, **publish: object) -> None:
        """The owner edited `publish:`."""
        settings = replace(self.configuration.publish, **publish)  # type: ignore[arg-type]
        self.configuration = replace(self.configuration, publish=settings)


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    press = Press(tmp_path)
    press.add(TECH, "chips")
    press.add(SAFE, "locks")
    press.add(FOOD, "soup")
    publish_changed(press.store, press.configuration)
    press.written()
    yield press
    press.store.close()


def names(*slugs: str) -> set[str]:
    return {f"{slug}{format_.suffix}" for slug in slugs for format_ in FORMATS.values()}


def publish(press: Press) -> int:
    return publish_changed(press.store, press.configuration).written


def test_the_first_time_every_feed_is_written(tmp_path: Path) -> None:
    press = Press(tmp_path)
    published = publish_changed(press.store, press.configuration)
    every = names("all", "tech", "tech/Tech Today", "tech/security", "tech/security/Safe", "food", "food/Food")
    assert press.written() == every
    assert (published.feeds, published.written, published.faults) == (7, 21, ())
    press.store.close()


def test_only_the_feeds_that_hold_what_changed_are_written(press: Press) -> None:
    press.add(SAFE, "keys")
    publish(press)
    assert press.written() == names("all", "tech", "tech/security", "tech/security/Safe")
    assert press.titles("tech/security") == ["keys", "locks"]


def test_nothing_is_composed_when_nothing_changed(press: Press) -> None:
    assert publish_changed(press.store, press.configuration).feeds == 0


def test_what_changed_and_reads_the_same_is_not_written(press: Press) -> None:
    """A feed whose document holds none of what changed has the same bytes; a category's says where its archive is."""
    press.change(limit=1)
    publish(press)
    press.written()
    press.add(SAFE, "an old find", date=NOW - timedelta(days=300))
    published = publish_changed(press.store, press.configuration)
    assert (published.feeds, published.written) == (4, 9)
    assert press.written().isdisjoint(names("tech/security/Safe"))


def test_a_missing_file_is_written_again_with_the_same_bytes(press: Press) -> None:
    gone = press.feeds / "tech" / "security.rss"
    before = gone.read_bytes()
    gone.unlink()
    assert publish(press) == 1
    assert gone.read_bytes() == before


def test_a_category_that_vanished_takes_its_files_along(press: Press) -> None:
    sources = (TECH, FOOD)
    press.store.sync(sources, NOW)
    press.configuration = replace(press.configuration, categories=(CATEGORIES[0], CATEGORIES[2]), sources=sources)
    publish(press)
    left = {path.relative_to(press.feeds).as_posix() for path in press.files()}
    assert left == names("all", "tech", "tech/Tech Today", "food", "food/Food")
    assert not (press.feeds / "tech" / "security").exists()
    assert "locks" in press.titles("all"), "what was kept of it is still shown until it is pruned"


def test_a_format_that_is_no_longer_wanted_goes(press: Press) -> None:
    press.change(formats=("atom",))
    publish(press)
    assert {path.suffix for path in press.files()} == {".atom"}


def test_another_base_url_changes_every_document(press: Press) -> None:
    press.change(base_url="https://feeds.example/")
    assert publish(press) == 21
    assert b"https://feeds.example/feeds/all.atom" in (press.feeds / "all.atom").read_bytes()


def test_another_title_of_a_category_is_published(press: Press) -> None:
    renamed = (*CATEGORIES[:2], replace(CATEGORIES[2], title="Kitchen"))
    press.configuration = replace(press.configuration, categories=renamed)
    publish(press)
    assert press.written() == names("food")
    assert json.loads((press.feeds / "food.json").read_bytes())["title"] == "Kitchen"


def test_what_was_pruned_leaves_the_feeds(press: Press) -> None:
    press.add(FOOD, "stale bread", date=NOW - timedelta(days=400))
    publish(press)
    assert press.titles("food") == ["soup", "stale bread"]
    prune(press.store, timedelta(days=365), NOW + timedelta(days=366))
    publish(press)
    assert press.titles("food") == []


def break_rendering(monkeypatch: pytest.MonkeyPatch, render: Callable[[Feed], bytes]) -> None:
    broken = {**FORMATS, "rss": replace(FORMATS["rss"], render=render)}
    monkeypatch.setattr("aggregator.jobs.publish.FORMATS", broken)


def not_well_formed(feed: Feed) -> bytes:
    return b"<rss><channel>"


def explodes(feed: Feed) -> bytes:
    raise ZeroDivisionError("a fault of ours")


@pytest.mark.parametrize("render", [not_well_formed, explodes])
def test_a_fault_leaves_the_last_good_file_and_is_told(
    press: Press, monkeypatch: pytest.MonkeyPatch, render: Callable[[Feed], bytes]
) -> None:
    before = (press.feeds / "food.rss").read_bytes()
    press.add(FOOD, "bread")
    with monkeypatch.context() as broken:
        break_rendering(broken, render)
        published = publish_changed(press.store, press.configuration)
    assert [fault.split(" was not replaced")[0] for fault in published.faults] == [
        "feeds/all.rss",
        "feeds/food.rss",
        "feeds/food/Food.rss",
    ]
    assert publication_faults(press.store) == published.faults
    assert (press.feeds / "food.rss").read_bytes() == before
    assert set(press.titles("food")) == {"bread", "soup"}, "the other formats are as new as they can be"
    assert publish(press) == 3, "the next time they are written"
    assert b"bread" in (press.feeds / "food.rss").read_bytes()
    assert publication_faults(press.store) == ()


def test_what_changes_while_it_is_published_is_published_the_next_time(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A revision is marked as published as it was read: never one that came meanwhile."""
    told, late = press.store.heads_standing, iter(["late"])

    def meanwhile(sources: Sequence[SourceId]) -> Iterator[Standing]:
        yield from list(told(sources))
        for title in late:
            press.add(FOOD, title)

    press.add(FOOD, "bread")
    monkeypatch.setattr(press.store, "heads_standing", meanwhile)
    publish(press)
    assert "late" not in press.titles("all")
    publish(press)
    assert "late" in press.titles("all")
    assert publish(press) == 0


def test_half_written_files_of_a_killed_process_are_swept(press: Press) -> None:
    half = press.feeds / ".publish-0123456789abcdef.tmp"
    half.write_bytes(b"<rss>")
    press.add(FOOD, "bread")
    publish(press)
    assert not half.exists()


def test_publishing_all_writes_only_what_differs(press: Press) -> None:
    (press.feeds / "all.atom").write_bytes(b"somebody else's")
    published = publish_all(press.store, press.configuration)
    assert (published.feeds, published.written) == (7, 1)
    assert press.written() == {"all.atom"}
