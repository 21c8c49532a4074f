"""What the search costs: bytes and CPU per article, what it adds to a poll, how long queries take.

    python bench/search.py --feeds FOLDER [--size 100000]

The articles are the entries of real documents in `--feeds`, as the program would keep them, and Chinese ones that are
made up; repeated under other names until there are `--size`, each with its sentences in another order, so that
words are as frequent as they are and phrases are not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time

from aggregator.decide.identity import story_id
from aggregator.decide.search import parse_query
from aggregator.jobs.search import Shelves, make_searchable, search
from aggregator.model.article import Article, SafeHtml
from aggregator.model.entry import ParsedFeed
from aggregator.model.feed import Address
from aggregator.model.outcome import FeedFacts, Save, Verdict
from aggregator.model.source import Source, source_id
from aggregator.parse import parse_feed
from aggregator.refine import refine
from aggregator.store.sqlite import SqliteStore
from aggregator.store.sqlite.index import words_of_body
from aggregator.words.reading import reading

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.decide.reprints import reprints

AT_ONCE = 20  # articles of one poll
NOW = datetime(2026, 11, 23, tzinfo=UTC)
SOURCE = Source(
    id=source_id("https://bench.example/feed"), url="https://bench.example/feed", name="Bench", category=("x",)
)
QUERIES = (
    "interest rates", "running", "linux kernel", '"open source"', "the", "a -the", "title:new", "zeppelin aubergine",
    "人工智能", "银行", "中国", "的", "GPT-5", "category:x",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--feeds", type=Path, required=True)
    asked = parser.parse_args()
    kinds = {"real feeds": list(real(asked.feeds)), "Chinese": [a for a in made_up() if _is_chinese(a)]}
    print("                articles  characters  µs to cut  bytes of index  µs to index, in polls of 20 (and without)")
    for name, articles in kinds.items():
        print(f"{name:15} {cost(articles)}")
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "large.db")
        fill(store, [article for articles in kinds.values() for article in articles], asked.size)
        print(f"\n{asked.size} articles of both; making them searchable from nothing: {afresh(store)}")
        print("query                     found   ms, median of 5 (first)")
        for query in QUERIES:
            print(f"{query:22} {ask(store, query)}")
        store.close()


def cost(articles: Sequence[Article]) -> str:
    texts = [reading(article.body, 10**6) for article in articles]
    began = process_time()
    for article in articles:
        words_of_body(article.body, article.summary)
    cut = (process_time() - began) / len(articles) * 1e6
    with tempfile.TemporaryDirectory() as folder:
        kept, size = poll(Path(folder) / "with.db", articles, searched=True)
        bare, _ = poll(Path(folder) / "without.db", articles, searched=False)
    length = sum(map(len, texts)) // len(texts)
    return f"{len(articles):9} {length:11} {cut:10.0f} {size:15.0f} {kept - bare:12.0f} ({bare:.0f})"


def poll(path: Path, articles: Sequence[Article], *, searched: bool) -> tuple[float, float]:
    """CPU µs per article that is kept, in transactions like those of polls; bytes of the index per article."""
    store = SqliteStore(path)
    store.sync([SOURCE], NOW)
    if not searched:
        with store._connections.writing() as db:
            db.execute("DROP TRIGGER search_added")
    began = process_time()
    fill(store, articles, len(articles))
    took = (process_time() - began) / len(articles) * 1e6
    with store._connections.reading() as db:
        size = db.execute("SELECT coalesce(sum(length(block)), 0) FROM search_data").fetchone()[0]
        size += 40 * len(articles)  # `searched` and `search_docsize`
    store.close()
    return took, size / len(articles)


def afresh(store: SqliteStore) -> str:
    store.search_afresh()
    began, wall = process_time(), perf_counter()
    done = sum(make_searchable(store))
    took = process_time() - began
    return f"{took:.0f} s of CPU, {perf_counter() - wall:.0f} s, {took / done * 1e6:.0f} µs each"


def ask(store: SqliteStore, words: str) -> str:
    shelves = Shelves(scope=Address(slug="all", title="", sources=(SOURCE.id,)), categories=(), base_url="https://x/")
    times = []
    for _ in range(6):
        began = perf_counter()
        results = search(store, parse_query(words), shelves, NOW, limit=20)
        times.append((perf_counter() - began) * 1e3)
    return f"{results.total:8}{'+' if results.many else ' '} {median(times[1:]):8.1f} ({times[0]:.1f})"


def fill(store: SqliteStore, articles: Sequence[Article], size: int) -> None:
    store.sync([SOURCE], NOW)
    saves = list(varied(articles, size))
    for start in range(0, size, AT_ONCE):
        store.add(SOURCE.id, saves[start : start + AT_ONCE], NOW)


def varied(articles: Sequence[Article], size: int) -> Iterator[Save]:
    chance = Random(1)
    for number in range(size):
        article = articles[number % len(articles)]
        if number >= len(articles):
            sentences = reading(article.body, 10**6).replace("。", "。\x00").replace(". ", ". \x00").split("\x00")
            chance.shuffle(sentences)
            article = replace(article, body=SafeHtml("<p>" + "".join(sentences).replace("<", "&lt;") + "</p>"))
        date = NOW - timedelta(minutes=size - number)
        link = f"https://bench.example/{number}"
        yield Save(
            article=replace(article, link=link, guid=link, date=date),
            verdict=Verdict.NEW,
            replaces=None,
            joins=False,
            aliases=(),
            story=story_id(SOURCE.id, link, link, article.title, date),
            digest=b"",
            first_seen=date,
            sort_at=date,
            position=0,
        )


def real(folder: Path) -> Iterator[Article]:
    """The entries of these documents, as they are kept."""
    for file in sorted(folder.iterdir()):
        feed = parse_feed(file.read_bytes(), None)
        if isinstance(feed, ParsedFeed):
            source = replace(SOURCE, url=f"https://{file.name}/", name=file.name)
            yield from (refine(entry, FeedFacts(title=feed.title), source) for entry in feed.entries)


def made_up() -> Iterator[Article]:
    for _, post, _ in reprints(800, seed=3):
        body = "".join(f"<p>{part}</p>" for part in post.text.split("\n"))
        yield Article(
            title=post.title,
            categories=(),
            headimg="",
            author=post.outlet,
            date=post.date,
            thumbnail="",
            body=SafeHtml(body),
        )


def _is_chinese(article: Article) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in article.title)


if __name__ == "__main__":
    main()
