"""Searching real stores: stories once, nothing that waits in a feed, nothing of sources that may not be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.decide.search import parse_query
from aggregator.jobs.search import MOST, Shelves, make_searchable, search, search_feed
from aggregator.jobs.stories import join_stories
from aggregator.model.feed import Address
from aggregator.model.story import Merge
from aggregator.store import Store
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, a_harvest, a_record, a_save, a_source, an_article
from tests.decide.test_similar import STORY

SOURCES = {name: a_source(f"https://{name}.example/feed", name=name, category=(name,)) for name in "ab"}
TITLE = "Galway gets a new pier"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = SqliteStore(tmp_path / "articles.db")
    opened.sync(tuple(SOURCES.values()), NOW)
    yield opened
    opened.close()


def add(store: Store, name: str, title: str = TITLE, text: str = STORY, hours: float = 9) -> None:
    source, number = SOURCES[name], sum(1 for _ in store.articles())
    link = f"https://{name}.example/{number}"
    article = an_article(title, f"<p>{text}</p>", link=link, guid=link, date=NOW - timedelta(hours=hours))
    store.record(a_record(a_save(article), source=source, result=a_harvest(source)))


def shelves(merge: Merge = "text", names: str = "ab") -> Shelves:
    sources = tuple(SOURCES[name].id for name in names)
    return Shelves(
        scope=Address(slug="all", title="", sources=sources, merge=merge), categories=(), base_url="https://f.example/"
    )


def test_a_story_that_several_tell_is_found_once_at_its_place(store: Store) -> None:
    add(store, "a", hours=9)
    add(store, "b", hours=2)
    add(store, "a", "The pier of Brest", "Another pier, in another town, was painted.", hours=5)
    join_stories(store)
    feed = search_feed(store, parse_query("pier"), shelves(), limit=9)
    assert [(item.title, len(item.also_in)) for item in feed.items] == [("The pier of Brest", 0), (TITLE, 1)]
    results = search(store, parse_query("pier galway"), shelves(), NOW, limit=9)
    assert (results.total, len(results.found)) == (1, 1)
    assert len(search_feed(store, parse_query("pier"), shelves("url"), limit=9).items) == 3


def test_what_waits_to_be_judged_is_found_but_not_published(store: Store) -> None:
    add(store, "a")
    asked = parse_query("pier")
    assert search(store, asked, shelves(), NOW, limit=9).total == 1
    assert search_feed(store, asked, shelves(), limit=9).items == ()
    assert len(search_feed(store, asked, shelves("url"), limit=9).items) == 1  # nobody judges then


def test_a_copy_of_a_source_that_may_not_be_shown_is_not_named_either(store: Store) -> None:
    add(store, "a", hours=9)
    add(store, "b", hours=2)
    join_stories(store)
    [found] = search(store, parse_query("pier"), shelves(names="b"), NOW, limit=9).found
    assert (found.item.outlet.name, found.item.also_in) == ("b", ())
    assert search(store, parse_query("pier source:a"), shelves(names="b"), NOW, limit=9).found == ()


def test_the_id_of_a_feed_is_that_of_all_who_ask_the_same(store: Store) -> None:
    ids = {search_feed(store, parse_query(words), shelves(), limit=9).id for words in ("pier  galway", "GALWAY pier")}
    assert len(ids) == 1
    assert search_feed(store, parse_query("pier"), shelves(), limit=9).id not in ids


def test_pages_follow_one_another(store: Store) -> None:
    for number in range(5):
        add(store, "a", f"Pier {number}", f"Text of pier number {number}.", hours=number)
    pages = [search(store, parse_query("pier"), shelves(), NOW, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [len(page.found) for page in pages] == [2, 2, 1, 0]
    assert {page.total for page in pages} == {5}
    assert len({one.item.id for page in pages for one in page.found}) == 5


def test_of_very_many_the_newest_are_put_in_order(store: Store) -> None:
    saves = [
        a_save(
            an_article(f"Pier {number}", link=f"https://x.example/{number}", guid=str(number)),
            sort_at=NOW - timedelta(minutes=number),
        )
        for number in range(MOST + 5)
    ]
    store.add(SOURCES["a"].id, saves, NOW)
    results = search(store, parse_query("pier"), shelves(), NOW, limit=1)
    assert (results.total, results.many) == (MOST, True)


def test_articles_from_before_there_was_a_search_can_be_found_after_a_while(store: Store) -> None:
    for number in range(3):
        add(store, "a", f"Pier {number}")
    store.search_afresh()
    assert search(store, parse_query("pier"), shelves(), NOW, limit=9).waiting == 3
    assert sum(make_searchable(store)) == 3
    assert search(store, parse_query("pier"), shelves(), NOW, limit=9).total == 3


def test_an_empty_query_finds_nothing(store: Store) -> None:
    add(store, "a")
    for words in ("", "-pier", "🚀"):
        assert search(store, parse_query(words), replace(shelves()), NOW, limit=9).found == ()
