"""SQLite, on real files."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from aggregator.model.article import Alias
from aggregator.model.errors import SearchTooSlowError, StoreError, StoreTooNewError
from aggregator.model.source import SourceId
from aggregator.store import Store
from aggregator.store.sqlite import SqliteStore, index, rows
from aggregator.store.sqlite import browsing as sqlite_browsing
from aggregator.store.sqlite import search as sqlite_search
from aggregator.store.sqlite.migrations import migrations
from tests.builders import NOW, a_record, a_save, a_source, an_article
from tests.store.archives import ArchivesContract
from tests.store.browsing import BrowsingContract
from tests.store.contract import StoreContract
from tests.store.enrichments import EnrichmentsContract
from tests.store.health import HealthContract
from tests.store.hub import HubContract
from tests.store.originals import OriginalsContract
from tests.store.search import SearchContract
from tests.store.search import found as searched
from tests.store.stories import StoriesContract
from tests.store.subscriptions import SubscriptionsContract


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "articles.db"


@pytest.fixture
def make_store(file: Path) -> Iterator[Callable[[], SqliteStore]]:
    opened: list[SqliteStore] = []

    def make() -> SqliteStore:
        opened.append(SqliteStore(file))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


class TestSqliteStore(
    StoreContract,
    SubscriptionsContract,
    EnrichmentsContract,
    StoriesContract,
    OriginalsContract,
    SearchContract,
    ArchivesContract,
    HealthContract,
    BrowsingContract,
    HubContract,
):
    """The contract, over SQLite."""


def test_the_articles_table_has_the_front_matter_as_columns(make_store: Callable[[], Store], file: Path) -> None:
    make_store()
    with closing(Database(file)) as db:
        columns = db["articles"].columns_dict
    assert list(columns)[1:9] == [
        *("title", "categories", "headimg", "author", "comments", "date", "thumbnail", "body")
    ]


def test_a_person_can_query_the_file(make_store: Callable[[], Store], file: Path) -> None:
    store = make_store()
    store.sync([a_source()], NOW)
    store.record(a_record(a_save(an_article("标题"))))
    with closing(sqlite3.connect(file)) as db:
        rows = db.execute("SELECT title, json_extract(categories, '$[0]'), date FROM articles").fetchall()
    assert rows == [("标题", "tech", "2026-11-23T09:00:00Z")]


def test_a_record_is_written_whole_or_not_at_all(make_store: Callable[[], Store]) -> None:
    store = make_store()
    store.sync([a_source()], NOW)
    broken = a_save(an_article("Two", guid="2", link="https://news.example/2"), position=None)
    with pytest.raises(StoreError):
        store.record(a_record(a_save(), broken))
    assert list(store.articles()) == []
    assert store.status()[0].last_poll is None


def test_due_sources_are_found_through_the_index(make_store: Callable[[], Store], file: Path) -> None:
    from aggregator.store.sqlite import statements

    make_store()
    values = {"due_by": "", "now": "", "limit": 1}
    with closing(sqlite3.connect(file)) as db:
        plan = db.execute(f"EXPLAIN QUERY PLAN {statements.LONGEST_DUE}", values).fetchall()
    assert any("sources_due" in row[3] for row in plan), plan


def test_a_database_of_a_later_version_is_refused(make_store: Callable[[], Store], file: Path) -> None:
    make_store().close()
    with closing(Database(file)) as db:
        db["_sqlite_migrations"].insert({"migration_set": "aggregator", "name": "m999_future", "applied_at": "2030"})
    with pytest.raises(StoreTooNewError, match="m999_future"):
        make_store()


def test_a_file_that_is_no_database_is_refused_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Not a database, but long enough to be looked at as one." * 20)
    with pytest.raises(StoreError, match=r"notes\.txt"):
        SqliteStore(file)


def test_readers_in_other_threads_do_not_wait_for_the_writer(make_store: Callable[[], Store]) -> None:
    store = make_store()
    store.sync([a_source()], NOW)
    seen: list[int] = []
    with store._connections.writing():  # type: ignore[attr-defined]
        reader = threading.Thread(target=lambda: seen.append(len(store.status())))
        reader.start()
        reader.join(5)
    assert seen == [1]


def test_only_its_owner_may_read_it(make_store: Callable[[], Store], file: Path) -> None:
    make_store().sync([a_source()], NOW)
    assert {path.stat().st_mode & 0o077 for path in file.parent.iterdir()} == {0}


def test_a_backup_is_a_database_like_the_first(make_store: Callable[[], Store], tmp_path: Path) -> None:
    store = make_store()
    store.sync([a_source()], NOW)
    store.record(a_record(a_save()))
    store.backup(tmp_path / "copy.db")
    copy = SqliteStore(tmp_path / "copy.db")
    assert list(copy.articles()) == list(store.articles())
    copy.close()


def test_a_database_from_before_the_search_can_be_searched_little_by_little(
    make_store: Callable[[], SqliteStore], file: Path
) -> None:
    file.parent.mkdir(parents=True)
    old = Database(file, execute_plugins=False)
    migrations.apply(old, stop_before="m012_search")
    old.execute("INSERT INTO sources (id, url, name, category, configured) VALUES ('s', 'u', 'n', '[]', 1)")
    for title in ("harbour one", "harbour two"):
        row = rows.to_article_row(SourceId("s"), a_save(an_article(title)), NOW)
        names = [name for name in row if name not in ("id", "backlog")]
        columns, values = ", ".join(names), ", ".join(f":{name}" for name in names)
        old.execute(
            f"INSERT INTO articles ({columns}, id) VALUES ({values}, NULL)".replace(":changed", ":first_seen"), row
        )
    old.conn.commit()
    old.close()
    store = make_store()
    assert (store.count_unsearchable(), searched(store, "harbour", ["s"])) == (2, [])
    store.make_searchable(1)
    assert searched(store, "harbour", ["s"]) == ["harbour two"]


def test_in_an_earlier_database_the_copy_that_had_the_id_of_its_story_keeps_it(
    make_store: Callable[[], SqliteStore], file: Path
) -> None:
    file.parent.mkdir(parents=True)
    old = Database(file, execute_plugins=False)
    migrations.apply(old, stop_before="m012_search")
    for source, first_seen in (("s", "2026-11-20T10:00:00Z"), ("t", "2026-11-20T09:00:00Z")):
        old.execute(
            "INSERT INTO sources (id, url, name, category, configured) VALUES (?, ?, 'n', '[]', 1)", [source] * 2
        )
        row = rows.to_article_row(SourceId(source), a_save(an_article("One")), NOW) | {"first_seen": first_seen}
        names = [name for name in row if name not in ("id", "backlog")]
        columns, values = ", ".join(names), ", ".join(f":{name}" for name in names)
        old.execute(f"INSERT INTO articles ({columns}) VALUES ({values})".replace(":changed", ":first_seen"), row)
    old.execute("DELETE FROM unjudged")
    old.conn.commit()
    old.close()
    assert [(stored.source, stored.is_copy) for stored in make_store().articles()] == [("s", True), ("t", False)]


def test_a_database_of_long_names_knows_its_articles_by_short_ones(
    make_store: Callable[[], SqliteStore], file: Path
) -> None:
    file.parent.mkdir(parents=True)
    old = Database(file, execute_plugins=False)
    migrations.apply(old, stop_before="m019_short_names")
    name, other = bytes(range(16)), bytes(range(16, 32))
    for source in ("z", "a", "m"):
        old.execute(
            "INSERT INTO sources (id, url, name, category, configured) VALUES (?, ?, 'n', '[]', 1)", [source] * 2
        )
    old.conn.executemany("INSERT INTO aliases VALUES (?, ?, ?)", [("z", name, 7), ("a", name, 8), ("a", other, 9)])
    old.conn.commit()
    old.close()
    store = make_store()
    short = Alias(name[:8]), Alias(other[:8])
    found = {source: store.lookup(SourceId(source), short) for source in ("a", "m", "z")}
    assert {source: [known.id for known in names.values()] for source, names in found.items()} == {
        "a": [8, 9],
        "m": [],
        "z": [7],
    }
    assert store.aliases_of(SourceId("a"), 9) == {short[1]}
    store.add_source(a_source(), NOW)
    save = a_save()
    store.add(a_source().id, [save], NOW)
    assert {known.id for known in store.lookup(a_source().id, save.aliases).values()} == {1}
    assert store.lookup(SourceId("m"), save.aliases) == {}


def test_names_are_looked_up_through_their_index(make_store: Callable[[], Store], file: Path) -> None:
    from aggregator.store.sqlite import statements

    make_store()
    plan = sqlite3.connect(file).execute(f"EXPLAIN QUERY PLAN {statements.LOOKUP.format('?, ?')}", ("", b"", b""))
    assert any("SEARCH aliases USING PRIMARY KEY (source=? AND alias=?)" in row[3] for row in plan.fetchall())


def test_where_words_are_cut_otherwise_than_before_all_are_cut_afresh(
    make_store: Callable[[], SqliteStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store()
    store.sync([a_source()], NOW)
    store.record(a_record(a_save(an_article("harbour"))))
    assert make_store().count_unsearchable() == 0
    monkeypatch.setattr(index, "VERSION", "another")
    assert make_store().count_unsearchable() == 1
    assert make_store().make_searchable(9) == 1
    assert make_store().count_unsearchable() == 0


def test_the_index_is_whole_after_everything_that_happens_to_articles(
    make_store: Callable[[], SqliteStore], file: Path
) -> None:
    store = make_store()
    store.sync([a_source()], NOW)
    saves = [
        a_save(an_article(f"Title {n}", f"<p>中国人民 {n}</p>", guid=str(n), link=f"https://x/{n}")) for n in range(9)
    ]
    store.record(a_record(*saves))
    store.record(a_record(*(replace(save, replaces=n + 1) for n, save in enumerate(saves[:4]))))
    store.prune(NOW + timedelta(days=1))
    with store._connections.writing() as db:
        db.execute("INSERT INTO search (search) VALUES ('integrity-check')")
        assert db.execute("SELECT count(*) FROM searched").fetchone()[0] == 0
        db.execute("CREATE VIRTUAL TABLE left_over USING fts5vocab(search, row)")
        assert db.execute("SELECT count(*) FROM left_over").fetchone()[0] == 0
        db.execute("DROP TABLE left_over")


def test_a_search_that_takes_too_long_is_broken_off(
    make_store: Callable[[], SqliteStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store()
    store.sync([a_source()], NOW)
    store.add(
        a_source().id, [a_save(an_article(f"a {n}", guid=str(n), link=f"https://x/{n}")) for n in range(300)], NOW
    )
    monkeypatch.setattr(sqlite_search, "PATIENCE", -1.0)
    monkeypatch.setattr(sqlite_search, "_STEPS", 1)
    with pytest.raises(SearchTooSlowError, match="rarer words"):
        searched(store, "a", [a_source().id])
    monkeypatch.undo()
    assert len(searched(store, "a", [a_source().id], 500)) == 300  # the connection is as it was


@pytest.mark.parametrize("few", [0, 1, 64])
def test_stories_are_passed_in_the_same_order_whichever_way_they_are_looked_up(
    make_store: Callable[[], SqliteStore], monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(sqlite_browsing, "FEW", few)
    BrowsingContract().test_a_walk_from_place_to_place_passes_every_story_once_in_the_order_of_the_feed(make_store())


def test_a_database_that_knows_of_no_podcasts_learns_to(make_store: Callable[[], SqliteStore], file: Path) -> None:
    store = make_store()
    store.sync([a_source()], NOW)
    store.close()
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("ALTER TABLE sources DROP COLUMN podcast")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm017_podcasts'")
    [outlet] = make_store().outlets().values()
    assert outlet.podcast is None


def test_threads_that_have_ended_keep_no_files_open(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "articles.db")

    def read_in_a_thread() -> int:
        thread = threading.Thread(target=store.status)
        thread.start()
        thread.join()
        return len(list(Path("/proc/self/fd").iterdir()))

    first = read_in_a_thread()
    assert max(read_in_a_thread() for _ in range(20)) <= first + 4
    store.close()
