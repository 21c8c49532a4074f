"""What it costs to find out which stories are one: CPU and bytes per article, with 10k, 100k and 1M in the index.

    python bench/similar.py [--sizes 10000 100000 1000000] [--feeds FOLDER] [--merges]

The index is filled with the keys of random articles, nine each; then new articles are judged by `jobs.stories` as the
program does it: fingerprint, look-up, comparison and writing. They are made up, half of them Chinese: originals, their
reprints, and as many that resemble nothing. `--feeds` takes the entries of real documents instead, each a source.
`--merges` lists what was merged, with the rule and the figures, for eyes. How well is measured by `bench/pairs`.
`--bytes` says what the rows of these articles take in the database beside the articles themselves, by table: as they
were written, source by source, and packed (VACUUM).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from sqlite3 import Connection, connect
from time import process_time

from aggregator.decide.identity import hints_of, identify, story_id
from aggregator.decide.similar import LENGTH, fingerprint
from aggregator.jobs.stories import join_stories
from aggregator.model.article import Alias, Article, SafeHtml
from aggregator.model.entry import Entry, Markup, ParsedFeed
from aggregator.model.outcome import FeedFacts, Save, Verdict
from aggregator.model.source import Source, SourceId, source_id
from aggregator.model.story import Judgement
from aggregator.parse import parse_feed
from aggregator.refine import refine
from aggregator.store.sqlite import SqliteStore
from aggregator.words.reading import reading

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.decide.reprints import reprints
from tests.decide.templates import BEGIN, Post

NEW = 600
AT_ONCE = 10_000  # articles whose keys are written in one transaction, while the index is filled
ROWS = {
    "stories": ("story_keys", "joins", "joins_by_head", "joins_by_time"),
    "names": ("aliases",),
    "order": ("articles_by_time", "articles_by_source", "articles_by_story"),
}
"""What is kept of an article to find out what it is one with, by which names its entry is known, where it stands."""

RANDOM = 100_000  # the first id of a random article: they are in the index alone


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--feeds", type=Path)
    parser.add_argument("--merges", action="store_true")
    parser.add_argument("--bytes", action="store_true")
    asked = parser.parse_args()
    new = made_up() if asked.feeds is None else real(asked.feeds)
    length = sum(len(text) for _, text in new) // len(new)
    began = process_time()
    keys = [fingerprint(article.title, text).keys for article, text in new]
    took = (process_time() - began) / len(new) * 1e6
    print(f"{len(new)} new articles of {length} characters: fingerprint {took:.0f} µs, {mean(keys):.1f} keys")
    with tempfile.TemporaryDirectory() as folder:
        if asked.merges:
            merges(Path(folder) / "merges.db", [article for article, _ in new])
            return
        if asked.bytes:
            bytes_of_rows(Path(folder) / "bytes.db", [article for article, _ in new])
            return
        print("articles in the index   bytes each   look-up µs   all µs   joined")
        for size in sorted(asked.sizes):
            print(measure(Path(folder) / f"{size}.db", size, [article for article, _ in new], keys))


def mean(keys: Sequence[Sequence[int]]) -> float:
    return sum(map(len, keys)) / len(keys)


def measure(path: Path, size: int, new: Sequence[Article], keys: Sequence[tuple[int, ...]]) -> str:
    """One line: an index of this size, and the new articles judged against it."""
    store = SqliteStore(path)
    empty = file_size(store, path)
    fill(store, size)
    each = (file_size(store, path) - empty) / size
    began = process_time()
    for some in keys:
        store.neighbours([some], 24)
    looked_up = (process_time() - began) / len(keys) * 1e6
    add(store, new)
    began = process_time()
    join_stories(store)
    took = (process_time() - began) / len(new) * 1e6
    stories = {stored.story for stored in store.articles()}
    heads = {head.story for head in store.heads(stories).values()}
    store.close()
    return f"{size:>21,}   {each:>10.0f}   {looked_up:>10.0f}   {took:>6.0f}   {len(stories) - len(heads):>6}"


def merges(path: Path, new: Sequence[Article]) -> None:
    """Every merge that these articles undergo as the sources of one category."""
    store = SqliteStore(path)
    add(store, new)
    join_stories(store)
    articles = {stored.id: stored for stored in store.articles()}
    stories = {stored.story for stored in articles.values()}
    heads = {head.story for head in store.heads(stories).values()}
    found = [join for head in sorted(heads) for join in store.joins_of(head)]
    for join in found:
        print(f"{join.rule}: {json.dumps(dict(join.figures))}")
        for number in (join.article, join.like):
            stored = articles[number]
            print(f"    {stored.article.author} | {stored.article.title} | {reading(stored.article.body, 150)[:150]}")
    print(f"{len(found)} merges of {len(articles)} articles")
    store.close()


def bytes_of_rows(path: Path, new: Sequence[Article]) -> None:
    """A line for every table and index that has a row for an article or a part of one."""
    store = SqliteStore(path)
    add(store, new)
    join_stories(store)
    file_size(store, path)
    store.close()
    with closing(connect(path)) as db:
        written = tables(db)
        db.execute("VACUUM")
        packed = tables(db)
    print(f"{'':<9} {'table or index':<20} {'rows':>5} {'bytes':>6} {'packed':>6}   of an article")
    for use, names in ROWS.items():
        found = [(name, packed[name][0], written[name][1], packed[name][1]) for name in names if packed[name][0]]
        for name, *figures in [*found, ("", *(sum(row[at] for row in found) for at in (1, 2, 3)))]:
            rows, loose, tight = (figure / len(new) for figure in figures)
            print(f"{use:<9} {name or 'in all':<20} {rows if name else '':>5.4} {loose:>6.1f} {tight:>6.1f}")


def tables(db: Connection) -> dict[str, tuple[int, int]]:
    """Of each its rows and the bytes of its pages."""
    found = db.execute("SELECT name, sum(ncell), sum(pgsize) FROM dbstat GROUP BY name").fetchall()
    return {name: (rows, size) for name, rows, size in found}  # in trees like these inner pages hold rows as well


def fill(store: SqliteStore, size: int) -> None:
    random = Random(size)
    for first in range(RANDOM, RANDOM + size, AT_ONCE):
        some = min(AT_ONCE, RANDOM + size - first)
        found = [
            Judgement(
                article=first + number,
                source=SourceId("0" * 16),
                keys=tuple(random.getrandbits(47) for _ in range(9)),
                join=None,
            )
            for number in range(some)
        ]
        store.judge(found)


def file_size(store: SqliteStore, path: Path) -> int:
    """With everything of the log in the file."""
    with store._connections.writing():
        pass
    store._connections._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.stat().st_size


def add(store: SqliteStore, new: Sequence[Article]) -> None:
    """Keep them, each under its source."""
    for number, article in enumerate(new):
        source = Source(id=source_id(article.author), url=article.author, name=article.author, category=("x",))
        store.add_source(source, BEGIN)
        assert article.date is not None
        save = Save(
            verdict=Verdict.NEW,
            article=article,
            replaces=None,
            aliases=(*named(article, number), *hints_of(article)),
            digest=b"",
            story=story_id(source.id, str(number), None, "", None),
            joins=False,
            first_seen=article.date,
            sort_at=article.date,
            position=0,
        )
        store.add(source.id, [save], article.date)


def named(article: Article, number: int) -> tuple[Alias, ...]:
    """The names that its entry has in a document where nothing stands twice."""
    link = article.link or f"https://{source_id(article.author)}.example/2026/03/{number}"
    entry = Entry(guid=article.guid or link, link=link, title=Markup(article.title, "text"), published=article.date)
    return identify([entry])[0].aliases


def made_up() -> list[tuple[Article, str]]:
    """A third of them originals, a third their reprints, a third by themselves; each with its text."""
    posts = [post for _, *both in reprints(NEW // 3, seed=1) for post in both]
    posts += [original for _, original, _ in reprints(NEW // 3, seed=2)]
    return [(an_article(post), post.text) for post in posts]


def an_article(post: Post) -> Article:
    body = "".join(f"<p>{part}</p>" for part in post.text.split("\n"))
    return Article(
        title=post.title,
        categories=(),
        headimg="",
        author=post.outlet,
        date=post.date,
        thumbnail="",
        body=SafeHtml(body),
    )


def real(folder: Path) -> list[tuple[Article, str]]:
    """The entries of these documents, as they are kept."""
    found = []
    for file in sorted(folder.iterdir()):
        feed = parse_feed(file.read_bytes(), None)
        if isinstance(feed, ParsedFeed):
            source = Source(id=source_id(file.name), url=f"https://{file.name}/", name=file.name, category=("x",))
            for entry in feed.entries:
                article = refine(entry, FeedFacts(title=feed.title), source)
                article = replace(article, author=file.name, date=article.date or BEGIN)
                found.append((article, reading(article.body, LENGTH)))
    return found


if __name__ == "__main__":
    main()
