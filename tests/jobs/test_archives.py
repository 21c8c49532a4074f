"""The archives of our feeds: real store, real rooms, real files, read as a reader does."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import etree

from aggregator.jobs.corrections import correct
from aggregator.jobs.prune import prune
from aggregator.jobs.publish import publish_changed, tidy
from aggregator.model.settings import Category, Configuration, PublishSettings
from aggregator.model.source import Source
from aggregator.model.story import Correction, Merge
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, a_record, a_save, a_source, an_article
from tests.render.strict import problems_of_atom, problems_of_json, problems_of_rss

ONE = a_source("https://one.example/feed", name="One", category=("news",))
TWO = a_source("https://two.example/feed", name="Two", category=("news",))
FORMATS = ("atom", "rss", "json")
STRICT = {"atom": problems_of_atom, "rss": problems_of_rss, "json": problems_of_json}


class Press:
    """A category with an archive that begins early."""

    def __init__(self, folder: Path, merge: Merge = "text") -> None:
        self.store = SqliteStore(folder / "articles.db")
        self.configuration = Configuration(
            path=folder / "config.yaml",
            publish=PublishSettings(folder=folder / "public", limit=5, merge=merge),
            categories=(Category(path=("news",), slug="news", title="News", merge=merge),),
            sources=(ONE, TWO),
        )
        self.store.sync(self.configuration.sources, NOW)
        self.folder = folder / "public" / "feeds"
        self.count = 0

    def add(self, number: int, source: Source = ONE) -> None:
        """One poll that brings so many articles, each an hour younger than the one before."""
        saves = []
        for _ in range(number):
            self.count += 1
            name = f"{source.name}-{self.count}"
            date = NOW - timedelta(days=300) + timedelta(hours=self.count)
            article = an_article(name, f"<p>{name}</p>", link=f"https://x.example/{name}", guid=name, date=date)
            saves.append(a_save(article))
        self.store.record(a_record(*saves, source=source))

    def publish(self) -> None:
        published = publish_changed(self.store, self.configuration)
        assert published.faults == ()

    def change(self, **publish: object) -> None:
        settings = replace(self.configuration.publish, **publish)  # type: ignore[arg-type]
        self.configuration = replace(self.configuration, publish=settings)

    def follow(self, format_name: str = "atom", slug: str = "news") -> list[list[str]]:
        """The titles of each document, from the feed's own back to the first."""
        base, found = self.configuration.publish.base_url + "feeds/", []
        url: str | None = f"{base}{slug}.{format_name}"
        while url is not None:
            assert url.startswith(base), url
            content = (self.folder / unquote(url.removeprefix(base))).read_bytes()
            assert STRICT[format_name](content) == []
            titles, older = read(content, format_name)
            found.append(titles)
            url = older
        return found

    def every(self) -> list[str]:
        return [title for document in self.follow() for title in document]

    def archived(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.folder / "news" / "_archive").glob("*")}


def read(content: bytes, format_name: str) -> tuple[list[str], str | None]:
    if format_name == "json":
        feed = json.loads(content)
        return [item["title"] for item in feed["items"]], feed.get("next_url")
    root = etree.fromstring(content)
    titles = [title.text for title in root.findall("{*}entry/{*}title" if format_name == "atom" else ".//item/title")]
    older = root.find(".//{http://www.w3.org/2005/Atom}link[@rel='prev-archive']")
    return titles, None if older is None else older.get("href")


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    press = Press(tmp_path)
    yield press
    press.store.close()


def expected(press: Press) -> list[str]:
    return [f"One-{number}" for number in range(press.count, 0, -1)]


@pytest.mark.parametrize("format_name", FORMATS)
def test_who_follows_the_links_back_gets_every_story_once_and_in_order(press: Press, format_name: str) -> None:
    press.add(300)
    press.publish()
    chain = press.follow(format_name)
    assert [len(titles) for titles in chain] == [5, 1, 2, 4, 32, 128, 128]
    assert [title for titles in chain for title in titles] == expected(press)


def test_a_feed_that_fits_into_its_document_has_no_archive(press: Press) -> None:
    press.add(5)
    press.publish()
    assert press.follow() == [["One-5", "One-4", "One-3", "One-2", "One-1"]]
    assert not (press.folder / "news" / "_archive").exists()


def test_what_comes_later_changes_no_document_of_the_archive(press: Press) -> None:
    seen: dict[str, bytes] = {}
    for number in (130, 1, 1, 7, 1, 40, 100):
        press.add(number)
        press.publish()
        now = press.archived()
        assert seen.items() <= now.items()
        seen = now
        assert press.every() == expected(press)


def test_an_old_story_that_comes_late_goes_straight_into_the_archive(press: Press) -> None:
    press.add(10)
    press.publish()
    press.store.record(a_record(a_save(an_article("late", guid="late", date=NOW - timedelta(days=400))), source=TWO))
    press.publish()
    assert [len(titles) for titles in press.follow()] == [5, 2, 4]
    assert sorted(press.every()) == sorted([*expected(press), "late"])


@pytest.mark.parametrize("merge", ["off", "url", "text"])
def test_every_way_to_tell_stories_has_a_whole_archive(tmp_path: Path, merge: Merge) -> None:
    press = Press(tmp_path, merge)
    for source in (ONE, TWO):
        saves = [
            a_save(an_article(f"Title {n}", f"<p>{n}</p>", guid=f"{n}", link=f"https://x.example/{n}"))
            for n in range(20)
        ]
        if source is TWO:
            saves = [replace(save, joins=True) for save in saves]
        press.store.record(a_record(*saves, source=source))
        press.publish()
    press.add(10)
    press.publish()
    found = press.every()
    assert len(found) == {"off": 50, "url": 30, "text": 30}[merge]
    ids = [item for document in press.folder.rglob("news*.json") for item in json.loads(document.read_bytes())["items"]]
    assert len({item["id"] for item in ids}) == len(ids)
    press.store.close()


def test_a_story_that_a_person_merged_with_another_is_not_told_by_itself_in_the_archive(press: Press) -> None:
    press.add(3)
    press.publish()
    stored = {one.article.title: one.story for one in press.store.articles()}
    correct(press.store, [Correction(verb="merge", stories=(stored["One-1"], stored["One-2"]))])
    press.publish()
    assert press.every() == ["One-3", "One-1"]
    correct(press.store, [])
    press.publish()
    assert press.every() == expected(press)


def test_what_is_pruned_stays_in_the_archive(press: Press) -> None:
    press.add(40)
    press.publish()
    prune(press.store, timedelta(days=1), NOW + timedelta(days=365))
    press.publish()
    assert press.follow()[0] == []
    assert press.every() == expected(press), "also what stood in the feed's document"
    press.add(100)
    press.publish()
    assert press.every() == expected(press), "also when its document becomes a part of a larger one"
    for format_name in FORMATS:
        assert sum(map(len, press.follow(format_name))) == 140


def test_an_edit_changes_no_document_of_the_archive(press: Press) -> None:
    press.add(140)
    press.publish()
    before = press.archived()
    [stored] = [one for one in press.store.articles() if one.article.title == "One-1"]
    edited = replace(stored.article, title="Edited", updated=NOW)
    press.store.record(a_record(a_save(edited, replaces=stored.id, story=stored.story), source=ONE))
    press.publish()
    assert press.archived() == before


def test_a_document_that_was_lost_is_made_again(press: Press) -> None:
    press.add(140)
    press.publish()
    before = press.archived()
    (press.folder / "news" / "_archive" / "1.rss").unlink()
    press.publish()
    assert press.archived() == before


def test_a_higher_limit_takes_stories_back_and_every_story_is_there_once(press: Press) -> None:
    press.add(200)
    press.publish()
    before = press.archived()
    press.change(limit=90)
    press.publish()
    assert len(press.follow()[0]) == 90
    assert press.every() == expected(press)
    assert before.items() <= press.archived().items()
    press.change(limit=2)
    press.publish()
    press.add(3)
    press.publish()
    assert press.every() == expected(press)
    assert before.items() <= press.archived().items()


def test_a_source_that_leaves_its_category_leaves_its_stories_where_they_are(press: Press) -> None:
    press.add(100, ONE)
    press.add(100, TWO)
    press.publish()
    everything = set(press.every())
    away = replace(TWO, category=("other",))
    press.store.sync((ONE, away), NOW)
    other = Category(path=("other",), slug="other", title="Other")
    press.configuration = replace(
        press.configuration, sources=(ONE, away), categories=(*press.configuration.categories, other)
    )
    press.publish()
    assert press.follow()[0] == [f"One-{n}" for n in range(100, 95, -1)]
    found = press.every()
    assert len(found) == len(set(found))
    assert set(found) == everything
    assert sum(map(len, press.follow(slug="other"))) == 100


def test_another_base_url_moves_the_archive_pruned_stories_and_all(press: Press) -> None:
    press.add(150)
    press.publish()
    prune(press.store, timedelta(days=1), NOW)
    press.change(base_url="https://feeds.example/")
    press.publish()
    for format_name in FORMATS:
        assert sum(map(len, press.follow(format_name))) == 150
    assert not any(b"127.0.0.1" in content for content in press.archived().values())


def test_a_category_that_comes_back_has_the_same_archive(press: Press) -> None:
    press.add(150)
    press.publish()
    before = press.archived()
    whole = press.configuration
    press.configuration = replace(whole, categories=())
    press.publish()
    assert not (press.folder / "news").exists()
    press.configuration = whole
    press.publish()
    assert press.archived() == before


def test_a_format_that_is_no_longer_wanted_takes_its_archive_along(press: Press) -> None:
    press.add(150)
    press.publish()
    press.change(formats=("atom",))
    press.publish()
    assert {Path(name).suffix for name in press.archived()} == {".atom"}
    press.change(formats=("atom", "json"))
    press.publish()
    assert [title for titles in press.follow("json") for title in titles] == expected(press)


def test_a_database_that_was_lost_gives_the_same_archive(tmp_path: Path) -> None:
    found = []
    for name in ("first", "second"):
        press = Press(tmp_path / name)
        press.add(200)
        press.publish()
        found.append(press.archived())
        press.store.close()
    assert found[0] == found[1] != {}


def test_parts_that_larger_ones_replaced_go_after_a_day(press: Press) -> None:
    press.add(12)  # seven of them archived: 4 + 2 + 1
    press.publish()
    press.add(2)  # nine: 8 + 1
    press.publish()
    written = {"1-1-4", "1-5-6", "1-7-7", "1-1-8", "1-9-9"}
    assert {name.partition(".")[0] for name in press.archived()} == written
    now = NOW.timestamp()
    for path in (press.folder / "news" / "_archive").glob("*"):
        os.utime(path, (now, now))
    tidy(press.store, press.configuration, NOW + timedelta(hours=23))
    assert {name.partition(".")[0] for name in press.archived()} == written
    tidy(press.store, press.configuration, NOW + timedelta(hours=25))
    assert {name.partition(".")[0] for name in press.archived()} == {"1-1-8", "1-9-9"}
    assert press.every() == expected(press)


def test_stopped_between_the_books_and_the_files_it_goes_on_where_it_was(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    press.add(150)
    with monkeypatch.context() as killed:
        killed.setattr("aggregator.jobs.publish.write_documents", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish_changed(press.store, press.configuration)
    press.publish()
    assert press.every() == expected(press)


def test_a_feed_never_links_to_a_document_that_could_not_be_written(press: Press) -> None:
    press.add(5)
    press.publish()
    before = (press.folder / "news.atom").read_bytes()
    (press.folder / "news" / "_archive").write_text("in the way")
    press.add(5)
    published = publish_changed(press.store, press.configuration)
    assert any("feeds/news/_archive/1-1-4.atom was not replaced" in fault for fault in published.faults)
    assert (press.folder / "news.atom").read_bytes() == before
    (press.folder / "news" / "_archive").unlink()
    press.publish()
    assert press.every() == expected(press)


def test_a_disk_that_does_not_confirm_an_archive_is_a_fault_of_its_feed(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def fails_for_the_archive(descriptor: int) -> None:
        if os.readlink(f"/proc/self/fd/{descriptor}").endswith("/_archive"):
            raise OSError(5, "Input/output error")
        fsync(descriptor)

    press.add(20)
    monkeypatch.setattr(os, "fsync", fails_for_the_archive)
    faults = publish_changed(press.store, press.configuration).faults
    assert "feeds/news/_archive may not be on the disk: Input/output error" in faults
    monkeypatch.undo()
    press.publish()
    assert press.every() == expected(press)


def test_an_archive_that_an_earlier_version_wrote_below_an_escaped_name_is_found_again(press: Press) -> None:
    odd = replace(press.configuration.categories[0], slug="Q&A: what?")
    press.configuration = replace(press.configuration, categories=(odd,))
    press.add(150)
    press.publish()
    titles = press.follow(slug="Q&A: what?")
    for path in sorted(press.folder.glob("Q*")):  # as version 0.1 called them
        path.rename(path.with_name(path.name.replace(":", "%3A").replace("?", "%3F")))
    press.store.remember("published shape", "of an earlier version")
    prune(press.store, timedelta(days=1), NOW)  # what is gone from the database stands in the archive alone
    press.publish()
    assert press.follow(slug="Q&A: what?")[1:] == titles[1:]
    assert [path.name for path in press.folder.rglob("*%3A*")] == []
