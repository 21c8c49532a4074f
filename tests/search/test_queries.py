"""The test set: what each query finds, in both languages, through the whole road from a feed to the results."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
import yaml

from aggregator.decide.ingest import plan_ingest
from aggregator.decide.search import parse_query
from aggregator.jobs.search import Shelves, search, search_feed
from aggregator.jobs.stories import join_stories
from aggregator.jobs.visit import visit
from aggregator.model.feed import Address
from aggregator.model.outcome import Harvest
from aggregator.model.source import Errand
from aggregator.store import Store
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, a_record, a_source
from tests.fakes import FakeWeb

SET = yaml.safe_load((Path(__file__).parent / "queries.yaml").read_text())
QUERIES: dict[str, list[str]] = {str(query): expected for query, expected in SET["queries"].items()}
SOURCE = a_source()
SHELVES = Shelves(
    scope=Address(slug="all", title="All", sources=(SOURCE.id,)), categories=(), base_url="https://f.example/"
)


def a_feed_of_the_set() -> str:
    items = "".join(
        f"<item><guid>{name}</guid><title>{escape(one['title'])}</title><link>https://news.example/{name}</link>"
        f"<description>{escape(one['body'])}</description><author>{one.get('author', 'Staff')}</author>"
        + "".join(f"<category>{tag}</category>" for tag in one.get("tags", ()))
        + "</item>"
        for name, one in SET["articles"].items()
    )
    return f"<rss version='2.0'><channel><title>News</title><link>https://news.example/</link>{items}</channel></rss>"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = SqliteStore(tmp_path_factory.mktemp("search") / "a.db")
    store.sync([SOURCE], NOW)
    result = visit(Errand(source=SOURCE), FakeWeb().serve(SOURCE.url, a_feed_of_the_set()).fetch)
    assert isinstance(result, Harvest)
    saves = plan_ingest(SOURCE.id, result.candidates, {}, {}, NOW)
    store.record(a_record(*saves, result=result))
    join_stories(store)
    yield store
    store.close()


def found(store: Store, words: str) -> set[str]:
    results = search(store, parse_query(words), SHELVES, NOW, limit=100)
    return {(one.item.link or "").rpartition("/")[2] for one in results.found}


def test_the_set_is_as_large_as_it_should_be() -> None:
    chinese = [query for query in QUERIES if any("\u4e00" <= char <= "\u9fff" for char in query)]
    assert len(chinese) >= 15
    assert len(QUERIES) - len(chinese) >= 15


@pytest.mark.parametrize("words", QUERIES)
def test_a_query_finds_what_it_should_and_nothing_else(store: Store, words: str) -> None:
    assert found(store, words) == set(QUERIES[words])


@pytest.mark.parametrize("words", [words for words, expected in QUERIES.items() if expected])
def test_what_was_looked_for_is_marked(store: Store, words: str) -> None:
    if words.startswith(("航天", "berger", "spaceflight")):
        return  # tags and authors are not shown
    for one in search(store, parse_query(words), SHELVES, NOW, limit=100).found:
        assert any(piece.marked for piece in (*one.title, *one.snippet)), one.item.title


@pytest.mark.parametrize("words", ["人工智能", "cafe"])
def test_a_feed_of_a_search_holds_the_same(store: Store, words: str) -> None:
    feed = search_feed(store, parse_query(words), SHELVES, limit=100)
    assert {(item.link or "").rpartition("/")[2] for item in feed.items} == set(QUERIES[words])
