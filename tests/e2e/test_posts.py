"""Hexo posts in and out, as docs/front-matter.md promises it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.documents import Story, rss
from tests.e2e.world import Program, Publishers

WRITTEN = Path(__file__).parent / "posts"  # files, since every blank in them belongs to their form

# All that is the same after a journey through files. What says when this database saw it is not, of course.
COLUMNS = (
    "title, categories, headimg, author, comments, date, thumbnail, body, link, guid, updated, language, enclosures, "
    "tags, summary, comments_url, source, story, sort_at"
)


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    """A folder of posts as another program wrote them."""
    folder = tmp_path / "posts"
    (folder / "2026").mkdir(parents=True)
    shutil.copy(WRITTEN / "harbour.md", folder / "2026")
    shutil.copy(WRITTEN / "text-only.txt", folder)
    return folder


def a_program(folder: Path, url: str | None = None, **sections: dict[str, Any]) -> Program:
    """An installation that follows this source, or one that has nothing to do with the posts."""
    folder.mkdir()
    program = Program(folder)
    source = {"name": "海湾财讯", "url": url} if url else {"name": "Nobody", "url": "http://127.0.0.1:9/nobody"}
    program.configure({"财经": {"sources": [source]}}, **sections)
    return program


def articles(program: Program) -> list[tuple[Any, ...]]:
    return program.select(f"SELECT {COLUMNS} FROM articles ORDER BY date, title")


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """When each file was written, and its inode."""
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.iterdir()}


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_post_that_is_imported_is_an_article_with_its_fields(tmp_path: Path, posts: Path) -> None:
    program = a_program(tmp_path / "one")
    ended = program("import", "posts", posts)
    assert (ended.code, ended.said) == (0, "2 files; 2 articles added\n"), ended.complained
    [harbour, plain] = program.select(
        "SELECT title, categories, headimg, author, comments, date, body FROM articles ORDER BY date"
    )
    assert harbour[:6] == (
        "港口夜班船'复航'：首日运客1204人次",
        '["财经","海湾财讯","海湾财讯－港口"]',
        "https://img.haiwan.example/2026/night-boat.jpg",
        "海湾财讯",
        0,
        "2026-01-05T09:40:14Z",
    )
    assert "{{ 票价 }} 为 12 元 &amp; 不变" in harbour[6]
    assert not [word for word in ("style", "data-track", "<!--", "ad {") if word in harbour[6]]
    assert plain[2:6] == ("", "王一", 1, "2026-01-06T02:28:26Z")


def test_an_article_that_was_exported_and_imported_is_the_same_article(tmp_path: Path, posts: Path) -> None:
    one, two = a_program(tmp_path / "one"), a_program(tmp_path / "two")
    one("import", "posts", posts)
    assert one("export", "posts", tmp_path / "out").code == 0
    assert two("import", "posts", tmp_path / "out").code == 0
    assert articles(two) == articles(one)
    assert len(articles(two)) == 2
    assert two("export", "posts", tmp_path / "again").code == 0
    assert files_in(tmp_path / "again") == files_in(tmp_path / "out")


def test_polled_articles_survive_the_journey_as_well(tmp_path: Path, publishers: Publishers) -> None:
    stories = [
        Story("港口 'quoted' & \"doubled\" {{ braces }}", 2, "<p>一</p>\n\n<pre>a\n\n  b</pre>", site="haiwan.example"),
        Story("null", 1, "<p><img src='/a.jpg' width='640' height='480'> {% raw %}</p>", site="haiwan.example"),
    ]
    url = publishers.serve("/haiwan", rss("海湾财讯－港口", stories))
    one, two = a_program(tmp_path / "one", url), a_program(tmp_path / "two", url)
    assert one("once").code == 0
    assert "2 posts in" in one("export", "posts", tmp_path / "out").said
    assert two("import", "posts", tmp_path / "out").code == 0
    assert articles(two) == articles(one)
    two("once", "--all")
    assert len(articles(two)) == 2, "the same entries, polled, are the same articles"


def test_exporting_twice_writes_the_same_bytes_and_touches_nothing(tmp_path: Path, posts: Path) -> None:
    program, out = a_program(tmp_path / "one"), tmp_path / "out"
    program("import", "posts", posts)
    program("export", "posts", out)
    before = stamps(out)
    assert "0 files changed" in program("export", "posts", out).said
    assert stamps(out) == before


def test_importing_twice_adds_nothing(tmp_path: Path, posts: Path) -> None:
    program = a_program(tmp_path / "one")
    program("import", "posts", posts)
    before = program.select("SELECT * FROM articles")
    assert program("import", "posts", posts).said == "2 files; 0 articles added\n"
    assert program.select("SELECT * FROM articles") == before


def test_files_that_are_no_posts_are_named_with_their_line_and_the_others_imported(tmp_path: Path, posts: Path) -> None:
    (posts / "broken.md").write_text("\n---\ntitle: never closed\n<div></div>\n", "utf-8")
    (posts / "letter.md").write_text("Dear reader,\n\nthis is no post.\n", "utf-8")
    program = a_program(tmp_path / "one")
    ended = program("import", "posts", posts)
    assert (ended.code, ended.said) == (1, "4 files; 2 articles added\n")
    complaints = ended.complained.splitlines()
    assert [line for line in complaints if "broken.md:2:" in line]
    assert [line for line in complaints if "letter.md:1:" in line]
    assert complaints[-1].startswith("aggregator: 2 files skipped")
    assert len(articles(program)) == 2


def test_a_post_and_the_entry_that_it_was_made_from_are_one_article(
    tmp_path: Path, posts: Path, publishers: Publishers
) -> None:
    """The post has no link and no guid: the source's name, the title and the date tell."""
    url = publishers.serve("/haiwan", rss("海湾财讯－港口", [Story("没有图片的一篇", 0, site="haiwan.example")]))
    program = a_program(tmp_path / "one", url)
    post = posts / "text-only.txt"
    post.write_text(post.read_text("utf-8").replace("2026-01-06 02:28:26", "Mon, 05 Jan 2026 08:00:00 GMT"), "utf-8")
    assert program("import", "posts", posts).said == "2 files; 2 articles added\n"
    program("once", "--all")
    titles = [title for (title,) in program.select("SELECT title FROM articles")]
    assert sorted(titles) == sorted(["没有图片的一篇", "港口夜班船'复航'：首日运客1204人次"])
    assert program.select("SELECT count(DISTINCT source) FROM articles") == [(1,)]
    assert program.select("SELECT link FROM articles WHERE title = '没有图片的一篇'") != [(None,)]
    assert len(program.titles("财经")) == 2


def test_the_folder_of_posts_is_kept_up_to_date(tmp_path: Path, publishers: Publishers) -> None:
    stories = [Story("第一篇", 1, site="haiwan.example"), Story("第二篇", 2, site="haiwan.example")]
    url = publishers.serve("/haiwan", rss("海湾财讯－港口", stories))
    program = a_program(tmp_path / "one", url, publish={"posts": "hexo/source/_posts"})
    folder = program.folder / "hexo" / "source" / "_posts"
    program("once")
    assert [name.rsplit("-", 1)[0] for name in sorted(files_in(folder))] == ["2026-01-05-第一篇", "2026-01-05-第二篇"]
    edited = Story("第二篇 (更正)", 2, link=stories[1].url, site="haiwan.example")
    publishers.serve("/haiwan", rss("海湾财讯－港口", [stories[0], edited]))
    before = stamps(folder)
    assert program("once", "--all").counts() == {"海湾财讯": (0, 1, 0)}
    names = [name.rsplit("-", 1)[0] for name in sorted(files_in(folder))]
    assert names == ["2026-01-05-第一篇", "2026-01-05-第二篇-更正"]
    first = next(name for name in before if "第一篇" in name)
    assert stamps(folder)[first] == before[first]


def test_an_exported_folder_is_what_publish_posts_writes(tmp_path: Path, posts: Path) -> None:
    program = a_program(tmp_path / "one", publish={"posts": "posts"})
    program("import", "posts", posts)
    program("export", "posts", tmp_path / "out")
    assert files_in(program.folder / "posts") == files_in(tmp_path / "out")
