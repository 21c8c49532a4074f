"""`aggregator search` as people and programs see it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from aggregator.cli import finding, main
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, a_harvest, a_record, a_save, a_source, an_article

CONFIG = """
storage: {database: a.db}
categories:
  技术: {slug: tech, sources: [{name: Tech, url: "https://tech.example/feed"}]}
  world: {sources: [{name: World, url: "https://world.example/feed"}]}
"""
TECH = a_source("https://tech.example/feed", name="Tech", category=("技术",))
WORLD = a_source("https://world.example/feed", name="World", category=("world",))
Search = Callable[..., Result]


@pytest.fixture
def search(tmp_path: Path) -> Search:
    (tmp_path / "config.yaml").write_text(CONFIG)
    store = SqliteStore(tmp_path / "a.db")
    store.sync([TECH, WORLD], NOW)
    for source, title, body in (
        (TECH, "OpenAI发布GPT-5", "<p>人工智能的里程碑，\x1b[31m来自山姆。</p>"),
        (TECH, "Ferries [red] run again", "<p>The harbour reopens.</p>"),
        (WORLD, "Harbour closed", "<p>No ferry runs.</p>"),
    ):
        article = an_article(title, body, link=f"https://x.example/{title[:3]}", guid=title)
        store.record(a_record(a_save(article), source=source, result=a_harvest(source)))
    store.close()

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["-c", str(tmp_path / "config.yaml"), "search", *arguments])

    return run


def test_one_story_a_line_in_a_pipe(search: Search) -> None:
    result = search("人工智能")
    assert result.exit_code == 0
    [line] = result.stdout.splitlines()
    assert line.split("\t") == [
        *("2026-11-23", "Tech", "OpenAI发布GPT-5"),
        *("https://x.example/Ope", "人工智能的里程碑， [31m来自山姆。"),
    ]


def test_all_words_count_and_some_are_left_out(search: Search) -> None:
    assert len(search("ferry", "harbour").stdout.splitlines()) == 2
    assert "World" in search("ferry", "-reopens").stdout
    assert "Tech" not in search("ferry", "-reopens").stdout
    assert len(search("harbour", "-hello", "-c").stdout.splitlines()) == 2  # words, no options


def test_a_limit_and_a_category(search: Search) -> None:
    assert len(search("ferry", "--limit", "1").stdout.splitlines()) == 1
    for key in ("技术", "tech"):
        assert [line.split("\t")[1] for line in search("ferry", "--category", key).stdout.splitlines()] == ["Tech"]
    wrong = search("ferry", "--category", "sports")
    assert wrong.exit_code == 2
    assert "there is no category 'sports'; there are: 技术, world" in wrong.output


def test_for_programs(search: Search) -> None:
    told = json.loads(search("title:harbour", "--json").stdout)
    assert told["total"] == 1
    [found] = told["results"]
    assert (found["title"], found["source"], found["categories"]) == ("Harbour closed", "World", ["world"])
    assert found["marked"] == ["Harbour"]
    assert found["published"] == "2026-11-23T09:00:00Z"
    assert json.loads(search("zeppelin", "--json").stdout)["results"] == []


@pytest.mark.parametrize("words", ["zeppelin", "🚀", "", '"', "(((", "x" * 10_000, "NEAR(", "*", "a\x00b", "title:"])
def test_finding_nothing_is_no_error_and_is_told_with_hints(search: Search, words: str) -> None:
    result = search(words)
    assert result.exit_code == 0
    assert result.stdout.startswith(("Nothing was found", "There is no word to look for"))
    assert "Fewer words find more" in result.output


def test_a_database_from_before_is_made_searchable_first(search: Search, tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "a.db")
    store.search_afresh()
    store.close()
    assert len(search("ferry").stdout.splitlines()) == 2


def test_words_are_marked_on_a_terminal_and_nothing_else_is_markup(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = StringIO()
    terminal = Console(file=screen, force_terminal=True, width=100, color_system="standard", highlight=False)
    monkeypatch.setattr(finding, "out", terminal)
    search("ferry", "title:red")
    assert "\x1b[1;7mFerries\x1b[0m" in screen.getvalue()
    assert "Ferries [red] run" in re.sub("\x1b\\[[0-9;]*m", "", screen.getvalue())
    assert "1 of 1 story" in screen.getvalue()
