"""What another configuration would change: told before it does, and as it then comes out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.jobs.diff import Changes, compare, in_words
from aggregator.jobs.publish import feed_addresses
from aggregator.jobs.stories import join_stories
from aggregator.model.settings import Configuration
from aggregator.store import Store
from aggregator.store.sqlite import SqliteStore
from tests.builders import a_save, an_article

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BEFORE = """
categories:
  a:
    sources:
      - {name: One, url: https://one.example/}
      - {name: Two, url: "https://two.example/?key=${KEY}", headers: {Authorization: old-password}}
  b: {slug: bee, merge: url, sources: [{name: Three, url: https://three.example/}]}
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = SqliteStore(tmp_path / "a.db")
    yield store
    store.close()


def read(folder: Path, text: str, **environ: str) -> Configuration:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file, {"KEY": "old-key", **environ})


def fill(store: Store, configuration: Configuration) -> None:
    """Two stories from each source."""
    for source in store.sync(configuration.sources, NOW):
        for number in (1, 2):
            article = an_article(f"{source.name} {number}", link=f"{source.url}{number}", guid=f"{source.name}{number}")
            store.add(source.id, [a_save(article)], NOW)
    join_stories(store)


def changed(folder: Path, store: Store | None, text: str, **environ: str) -> Changes:
    before = read(folder, BEFORE)
    if store is not None:
        fill(store, before)
    return compare(store, before, read(folder, text, **environ))


def test_the_same_changes_nothing(tmp_path: Path, store: Store) -> None:
    changes = changed(tmp_path, store, "# said otherwise\n" + BEFORE)
    assert not changes
    assert in_words(changes) == ()


def test_each_kind_of_change_is_told_and_no_secret(tmp_path: Path) -> None:
    after = """
publish: {limit: 7}
polling: {proxy: "http://me:pass-word@p.example:3128"}
categories:
  a:
    title: The A
    sources:
      - {name: Two, url: "https://two.example/?key=${KEY}", every: 1h, headers: {Authorization: new-password, B: c}}
      - {name: Uno, url: https://one.example/}
      - https://four.example/
  c: {sources: [{name: Three, url: https://moved.example/}]}
"""
    lines = in_words(changed(tmp_path, None, after, KEY="new-key"))
    assert lines[:7] == (
        "setting changed: publish.limit: 100 → 7",
        "setting changed: polling.proxy: none → http://p.example:3128",
        "setting changed: categories.a.title: a → The A",
        "source added: a/four.example (https://four.example/)",
        "source added: c/Three (https://moved.example/)",
        "source removed: b/Three (https://three.example/)",
        "source renamed: One → Uno (in a)",
    )
    assert "source changed: every: auto → 1h: a/Two" in lines
    assert "source changed: headers.Authorization: set → another value: a/Two" in lines
    assert "source changed: url: a secret → another one: a/Two" in lines
    for secret in ("password", "pass-word", "old-key", "new-key"):
        assert secret not in "\n".join(lines)


def test_who_may_read_and_what_podcasts_say_is_told_in_words_and_without_secrets(tmp_path: Path) -> None:
    def told(before: str, after: str) -> list[str]:
        [one, other] = (
            read(tmp_path, f"categories: {{a: {{{more}sources: [https://one.example/]}}}}") for more in (before, after)
        )
        return [line.partition("categories.a.")[2] for line in in_words(compare(None, one, other))]

    bob = "access: {tokens: {bob: bobs-secret-1}}, "
    assert told("", bob) == ["access: none → for bob"]
    assert told(bob, bob.replace("-1", "-2")) == ["access: for bob → for bob, with another secret"]
    assert told(bob, "access: {users: {ann: anns-secret}}, ") == ["access: for bob → for ann"]
    assert told("", "podcast: {author: Ann, explicit: false}, ") == ["podcast: none → {author: Ann, explicit: false}"]


def test_a_moved_source_takes_its_stories_along(tmp_path: Path, store: Store) -> None:
    after = """
categories:
  a: {sources: [{name: One, url: https://one.example/}]}
  b:
    slug: bee
    merge: url
    sources: [{name: Three, url: https://three.example/}, {name: Two, url: "https://two.example/?key=${KEY}"}]
"""
    changes = changed(tmp_path, store, after)
    lines = in_words(changes)
    assert "source moved: Two: a → b" in lines
    assert "feed changes its URL: feeds/a/Two → feeds/bee/Two; who has subscribed must do so again" in lines
    told = {feed.after: (len(feed.gained), len(feed.lost)) for feed in changes.feeds}
    assert told["bee"] == (2, 0)
    assert told["a"] == (0, 2)


def test_what_is_told_is_what_comes(tmp_path: Path, store: Store) -> None:
    after = BEFORE.replace("a:\n", "z:\n", 1).replace("slug: bee, ", "")
    before = read(tmp_path, BEFORE)
    fill(store, before)
    then = {address.slug for address in feed_addresses(store, before)}
    wanted = read(tmp_path, after)
    changes = compare(store, before, wanted)
    store.sync(wanted.sources, NOW)
    now = {address.slug for address in feed_addresses(store, wanted)}
    assert {feed.before for feed in changes.feeds if feed.before != feed.after} - {None} == then - now
    assert {feed.after for feed in changes.feeds if feed.before != feed.after} - {None} == now - then


def test_another_url_under_the_same_name_is_the_same_source(tmp_path: Path, store: Store) -> None:
    changes = changed(tmp_path, store, BEFORE.replace("https://one.example/", "https://one.example/new"))
    assert in_words(changes) == ("source has another URL: a/One: https://one.example/ → https://one.example/new",)


def test_a_removed_source_leaves_its_stories_in_the_feed_of_its_category(tmp_path: Path, store: Store) -> None:
    changes = changed(tmp_path, store, BEFORE.replace("      - {name: One, url: https://one.example/}\n", ""))
    assert in_words(changes) == (
        "source removed: a/One (https://one.example/)",
        "feed vanishes: feeds/a/One, 2 lost",
    )


def test_one_setting_of_many_sources_is_one_line(tmp_path: Path) -> None:
    sources = "".join(f"      - https://{number}.example/\n" for number in range(9))
    before = read(tmp_path, f"categories:\n  a:\n    sources:\n{sources}")
    after = read(tmp_path, f"polling: {{every: 1h}}\ncategories:\n  a:\n    sources:\n{sources}")
    [line] = in_words(compare(None, before, after))
    assert line.startswith("source changed: every: auto → 1h: a/0.example, ")
    assert line.endswith(" and 4 more")


def test_a_database_that_knows_nothing_yet_compares_as_well(tmp_path: Path, store: Store) -> None:
    before = read(tmp_path, BEFORE)
    assert in_words(compare(store, before, before)) == ()
