"""What the owner is told of the program itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.compose.health import compose_health
from aggregator.jobs.health import health_feed, storage_problem, tell_configuration, tell_storage
from aggregator.model.health import Event
from aggregator.render import FORMATS, check
from aggregator.store import Store
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, a_source


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = SqliteStore(tmp_path / "articles.db")
    yield store
    store.close()


def titles(store: Store) -> list[str]:
    return [event.title for _, event in store.events()]


def test_what_goes_wrong_here_is_told_when_it_begins_and_when_it_is_over(store: Store) -> None:
    for problem in (None, "2 mistakes", "1 mistake", None, None):
        tell_configuration(store, problem, NOW)
    assert titles(store) == ["The configuration is in force again", "The changed configuration was not taken over"]
    tell_storage(store, "only 3 MB are left on the disk", NOW)
    assert store.events()[0][1].text.startswith("only 3 MB are left on the disk. ")


def test_a_disk_that_is_nearly_full_is_told_of_until_there_is_room(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def has(free: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda place: type("Usage", (), {"free": free}))

    for free, wrong in ((250, False), (150, False), (99, True), (150, True), (201, False), (150, False)):
        has(free * 1_000_000)
        problem = storage_problem(store, [tmp_path / "not" / "there"], ())
        tell_storage(store, problem, NOW)
        assert (problem is not None) is wrong, free
    assert storage_problem(store, [tmp_path], ["feeds/secret was not replaced"]) == "1 document could not be replaced"


def test_every_format_of_the_feed_is_good_and_hidden_sources_are_not_in_it(store: Store) -> None:
    store.sync([a_source()], NOW)
    text = "timeout: <b>&amp; more"
    event = Event(kind="broken", at=NOW, source=a_source().id, name="News", title="News <i> cannot be read", text=text)
    store.tell([event])
    feed = health_feed(store, (), "https://feeds.example/", 100)
    assert feed.items[0].link == f"https://feeds.example/sources#{a_source().id}"
    for name, written in FORMATS.items():
        assert check(written.render(feed), name) is None
    assert health_feed(store, [a_source().id], "https://feeds.example/", 100).items == ()
    assert compose_health([], {}, feed_id="urn:uuid:00000000-0000-5000-8000-000000000001", base_url="x").items == ()
