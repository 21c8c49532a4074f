"""--json: each example of docs/terminal.md is run, and gives what the page says and nothing else."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aggregator.cli import main
from tests.e2e.documents import Story, rss

ROOT = Path(__file__).parents[2]
CONFIG = """\
polling: {spacing: 0s}
categories:
  news:
    sources:
      - {name: Local, url: "file:feed.xml"}
  politics:
    sources: [https://other.example/feed]
"""
LIST = '<opml><body><outline text="A" xmlUrl="https://a.example/"/><outline text="B" xmlUrl="b"/></body></opml>'
ROWS = re.findall(
    r"^\| `aggregator ([^`]*--json)` \| (.*?) \|$", (ROOT / "docs/terminal.md").read_text("utf-8"), re.MULTILINE
)
SAME = {"move": "add", "rename": "add", "remove": "add", "split": "merge"}


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration whose sources were polled, and what the examples name."""
    folder = tmp_path_factory.mktemp("polled")
    (folder / "config.yaml").write_text(CONFIG)
    (folder / "new.yaml").write_text(CONFIG.replace("politics", "world"))
    (folder / "list.opml").write_text(LIST)
    stories = [Story("The bridge is open", 2), Story("The harbour is closed for a week", 3)]
    (folder / "feed.xml").write_bytes(rss("Local", stories))
    (folder / "posts").mkdir()
    (folder / "posts/one.md").write_text("---\ntitle: One\ndate: 2026-11-01 10:00:00\n---\nText of a post.\n")
    run(folder, "once", "--all")
    return folder


@pytest.fixture
def folder(polled: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(polled, tmp_path / "copy")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "FORCE_COLOR": "1", "https_proxy": ""}
    command = [sys.executable, "-m", "aggregator", *arguments]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def documented(example: str, says: str) -> set[str]:
    if says == "the same":
        command = SAME[example.split()[0]]
        says = next(text for row, text in ROWS if row.split()[0] == command)
    first = re.search(r"`([^`]*)`", says)
    assert first is not None
    return set(first[1].split())


def keys_in(value: object) -> Iterator[str]:
    match value:
        case dict():
            for key, each in value.items():
                yield key
                yield from keys_in(each)
        case list():
            for each in value:
                yield from keys_in(each)


@pytest.mark.parametrize(("example", "says"), ROWS, ids=[row.split(" --")[0] for row, _ in ROWS])
def test_an_example_gives_the_object_that_the_page_describes(folder: Path, example: str, says: str) -> None:
    if example.startswith("split"):
        run(folder, "merge", "1", "2")
    done = run(folder, *shlex.split(example))
    found: dict[str, Any] = json.loads(done.stdout)
    expected = documented(example, says)
    assert expected <= found.keys() if example.startswith("why") else expected == found.keys()
    assert [key for key in keys_in(found) if not re.fullmatch(r"[a-z0-9_]+", key)] == []
    assert "\x1b" not in done.stdout
    assert "Traceback" not in done.stderr
    assert [text for text in re.findall(r"\d{4}-\d\d-\d\dT[^\"]*", done.stdout) if not text.endswith("Z")] == []


def test_every_command_that_has_the_option_has_an_example() -> None:
    def named(group: Any, path: str) -> Iterator[str]:
        for name in group.commands:
            command = group.commands[name]
            command = command.real() if hasattr(command, "real") else command
            if hasattr(command, "commands"):
                yield from named(command, f"{path}{name} ")
            elif any("--json" in parameter.opts for parameter in command.params):
                yield f"{path}{name}"

    examples = [row for row, _ in ROWS]
    assert [name for name in named(main, "") if not any(row.startswith(f"{name} ") for row in examples)] == []


def test_an_edit_that_is_told_is_written_and_a_dry_one_is_not(folder: Path) -> None:
    told = json.loads(run(folder, "rename", "Local", "Town", "--dry-run", "--json").stdout)
    assert told["written"] is False
    assert (folder / "config.yaml").read_text() == CONFIG
    told = json.loads(run(folder, "rename", "Local", "Town", "--json").stdout)
    assert told["changes"] == [
        {"action": "renamed", "from": "Local", "name": "Town", "url": "file:feed.xml", "category": "news"}
    ]
    assert (folder / "config.yaml").read_text() == CONFIG.replace("Local", "Town")


def test_one_is_one_and_two_are_two(folder: Path) -> None:
    assert "2 sources in 2 categories" in run(folder, "check").stdout
    (folder / "config.yaml").write_text(CONFIG[: CONFIG.index("  politics")])
    assert "1 source in 1 category" in run(folder, "check").stdout
    assert "1 file; 1 article added" in run(folder, "import", "posts", "posts").stdout
    assert re.search(r"\d+ feeds; 0 files changed", run(folder, "publish").stdout)
    assert "1 source in out.opml" in run(folder, "export", "opml", "out.opml").stderr


def test_a_backup_is_whole_replaces_the_last_one_and_finds_its_name_in_a_folder(folder: Path) -> None:
    copy = folder / "copy.db"
    copy.write_text("the last one")
    assert run(folder, "backup", "copy.db").returncode == 0
    with sqlite3.connect(copy) as database:
        assert database.execute("SELECT count(*) FROM articles").fetchone() == (2,)
    (folder / "kept").mkdir()
    assert run(folder, "backup", "kept").returncode == 0
    [name] = os.listdir(folder / "kept")
    assert re.fullmatch(r"aggregator-\d{4}-\d\d-\d\d-\d{6}\.db", name)


@pytest.mark.parametrize("path", ["data/aggregator.db", "nowhere/copy.db"])
def test_a_backup_that_cannot_be_is_a_sentence(folder: Path, path: str) -> None:
    done = run(folder, "backup", path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
