"""Posts in and out: real store, real files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.jobs.posts import export_posts, import_posts, post_files, publish_posts
from aggregator.model.outcome import Verdict
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, a_record, a_save, a_source, an_article
from tests.fakes import FakeClock

POST = """
---
title: '{title}'
categories:
 - tech
 - {source}
 - {source} – Front
headimg: ''
author: Ann Author
comments: false
date: {date}
thumbnail: ''
---

<div>
{body}

</div>
"""


class Shelf:
    """A store, and a folder for posts."""

    def __init__(self, folder: Path) -> None:
        self.store, self.clock = SqliteStore(folder / "articles.db"), FakeClock()
        self.folder = folder / "posts"
        self.folder.mkdir()

    def write(
        self,
        name: str,
        title: str = "A title",
        *,
        source: str = "Elsewhere",
        date: str = "Mon, 05 Jan 2026 09:40:14 GMT",
        body: str = "<p>A body.</p>",
    ) -> None:
        """A post of another program."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(POST.format(title=title, source=source, date=date, body=body), "utf-8")

    def take_in(self) -> tuple[int, int, list[str]]:
        """How many files, how many were added, and what was wrong."""
        *_, done = import_posts(self.store, post_files(self.folder), self.clock)
        return done.files, done.added, [f"{problem.file.name}:{problem.line}" for problem in done.problems]

    def titles(self) -> list[str]:
        return [stored.article.title for stored in self.store.articles()]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.store.close()


def names(folder: Path) -> list[str]:
    """The names of posts without the digits at their ends."""
    return sorted(path.name.rsplit("-", 1)[0] for path in folder.iterdir())


# in


def test_posts_are_found_in_every_folder_below_by_their_endings(shelf: Shelf) -> None:
    for name in ("b.md", "a/c.markdown", "a/d.TXT", "e.html", "picture.png", "notes.md.bak"):
        shelf.write(name)
    found = [path.relative_to(shelf.folder).as_posix() for path in post_files(shelf.folder)]
    assert found == ["a/c.markdown", "a/d.TXT", "b.md", "e.html"]


def test_one_file_alone_can_be_imported_whatever_its_ending(shelf: Shelf) -> None:
    shelf.write("seed.post")
    assert post_files(shelf.folder / "seed.post") == [shelf.folder / "seed.post"]


def test_the_same_post_in_two_files_is_one_article(shelf: Shelf) -> None:
    shelf.write("one.md")
    shelf.write("copy of one.md")
    assert shelf.take_in() == (2, 1, [])


def test_posts_of_one_title_are_told_apart_by_their_dates(shelf: Shelf) -> None:
    shelf.write("monday.md", "Weather", date="Mon, 05 Jan 2026 06:00:00 GMT")
    shelf.write("tuesday.md", "Weather", date="Tue, 06 Jan 2026 06:00:00 GMT")
    assert shelf.take_in() == (2, 2, [])


def test_importing_again_adds_nothing_and_changes_nothing(shelf: Shelf) -> None:
    shelf.write("one.md")
    shelf.write("two.md", "Undated", date="Invalid Date")
    shelf.take_in()
    before = list(shelf.store.articles())
    shelf.clock.pass_(timedelta(days=3))
    assert shelf.take_in() == (2, 0, [])
    assert list(shelf.store.articles()) == before


def test_a_post_without_a_date_that_can_be_read_gets_the_one_of_its_import(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.write("one.md", "Undated", date="Invalid Date")
    shelf.take_in()
    [stored] = shelf.store.articles()
    assert stored.article.date == NOW
    assert "'Undated' has no date that can be read ('Invalid Date')" in caplog.text


def test_bad_files_are_named_and_the_others_imported(shelf: Shelf) -> None:
    shelf.write("good.md")
    (shelf.folder / "letter.md").write_text("Dear reader,")
    (shelf.folder / "bytes.md").write_bytes(b"---\ntitle: a\nauthor: \xe4\xff\n---\n")
    assert shelf.take_in() == (3, 1, ["bytes.md:3", "letter.md:1"])


def test_a_body_is_cleaned_on_its_way_in(shelf: Shelf) -> None:
    shelf.write("one.md", body="<p onclick='x()'>kept</p><script>gone()</script><!-- gone -->")
    shelf.take_in()
    [stored] = shelf.store.articles()
    assert stored.article.body == "<p>kept</p>"


def test_posts_join_the_configured_source_of_their_name(shelf: Shelf) -> None:
    [source] = shelf.store.sync([a_source(name="Example News")], NOW)
    shelf.write("one.md", source="Example News")
    shelf.take_in()
    [stored] = shelf.store.articles()
    assert stored.source == source.id


def test_posts_of_a_source_that_nobody_follows_make_it_known(shelf: Shelf) -> None:
    shelf.write("one.md", "One")
    shelf.write("two.md", "Two")
    shelf.take_in()
    [status] = shelf.store.status()
    assert (status.name, status.category, status.configured, status.articles) == ("Elsewhere", ("tech",), False, 2)


def test_what_a_feed_brought_is_not_replaced_by_a_post_of_it(shelf: Shelf) -> None:
    shelf.store.sync([a_source()], NOW)
    shelf.store.record(a_record(a_save()))
    folder = shelf.folder / "out"
    list(export_posts(shelf.store, folder))
    [post] = folder.iterdir()
    post.write_text(post.read_text("utf-8").replace("A body.", "Another body."), "utf-8")
    before = list(shelf.store.articles())
    assert shelf.take_in() == (1, 0, [])
    assert list(shelf.store.articles()) == before


# out


def edit(shelf: Shelf, **changes: object) -> None:
    """The publisher edited the one article that there is."""
    [stored] = shelf.store.articles()
    article = replace(stored.article, **changes)  # type: ignore[arg-type]
    save = replace(a_save(article), verdict=Verdict.CHANGED, replaces=stored.id)
    later = shelf.clock.pass_(timedelta(hours=1))
    shelf.store.record(a_record(save, at=later))


@pytest.fixture
def one_article(shelf: Shelf) -> Shelf:
    shelf.store.sync([a_source()], NOW)
    shelf.store.record(a_record(a_save()))
    return shelf


def test_an_edited_title_replaces_the_older_post(one_article: Shelf) -> None:
    assert publish_posts(one_article.store, one_article.folder) == 1
    assert names(one_article.folder) == ["2026-11-23-A-title"]
    edit(one_article, title="A better title")
    assert publish_posts(one_article.store, one_article.folder) == 1
    assert names(one_article.folder) == ["2026-11-23-A-better-title"]


def test_exporting_replaces_the_older_post_as_well(one_article: Shelf) -> None:
    list(export_posts(one_article.store, one_article.folder))
    edit(one_article, title="A better title")
    assert list(export_posts(one_article.store, one_article.folder)) == [True]
    assert names(one_article.folder) == ["2026-11-23-A-better-title"]


def test_posts_that_did_not_change_are_not_touched(one_article: Shelf) -> None:
    publish_posts(one_article.store, one_article.folder)
    [post] = one_article.folder.iterdir()
    before = post.stat().st_ino
    assert publish_posts(one_article.store, one_article.folder) == 0
    assert list(export_posts(one_article.store, one_article.folder)) == [False]
    assert post.stat().st_ino == before


def test_another_folder_gets_everything(one_article: Shelf) -> None:
    publish_posts(one_article.store, one_article.folder)
    assert publish_posts(one_article.store, one_article.folder / "another") == 1


def test_the_posts_of_two_articles_of_one_title_and_day_do_not_meet(one_article: Shelf) -> None:
    other = an_article(guid="guid-2", link="https://news.example/2")
    one_article.store.record(a_record(a_save(other)))
    assert publish_posts(one_article.store, one_article.folder) == 2
    assert len(list(one_article.folder.iterdir())) == 2


def test_files_of_others_in_the_folder_are_left_alone(one_article: Shelf) -> None:
    one_article.write("about.md", "About us")
    publish_posts(one_article.store, one_article.folder)
    edit(one_article, title="A better title")
    publish_posts(one_article.store, one_article.folder)
    assert (one_article.folder / "about.md").exists()
    assert len(list(one_article.folder.iterdir())) == 2


def test_a_post_that_came_with_the_seven_keys_goes_out_with_them_alone(shelf: Shelf, tmp_path: Path) -> None:
    shelf.store.sync([a_source(name="Elsewhere")], NOW)  # which has an address of its own
    shelf.write("one.md")
    list(import_posts(shelf.store, post_files(shelf.folder), shelf.clock))
    list(export_posts(shelf.store, tmp_path / "out"))
    [file] = (tmp_path / "out").iterdir()
    keys = [
        line.partition(":")[0] for line in file.read_text("utf-8").split("---")[1].splitlines() if line[:1].isalpha()
    ]
    assert keys == ["title", "categories", "headimg", "author", "comments", "date", "thumbnail"]
