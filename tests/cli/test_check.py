"""`check` and `diff` through the command line: what they print, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from aggregator.cli import main

GOOD = "storage: {database: data/a.db}\ncategories: {a: {sources: [https://a.example/]}}\n"


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["-c", str(folder / "config.yaml"), *arguments])


def write(folder: Path, text: str, name: str = "config.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_right_file_is_counted(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    result = run(tmp_path, "check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.replace("\n", "").endswith("config.yaml: 1 source in 1 category")


def test_a_wrong_file_is_shown_with_carets_and_exits_2(tmp_path: Path) -> None:
    file = write(tmp_path, "polling:\n  evrey: 1h\n" + GOOD)
    result = run(tmp_path, "check")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"{file}:2:3: evrey: is not a key here; did you mean every?",
        "2 |   evrey: 1h",
        "  |   ^~~~~",
    ]


def test_editors_get_an_array(tmp_path: Path) -> None:
    file = write(tmp_path, "polling:\n  evrey: 1h\ninclude: none*.yaml\n" + GOOD)
    result = run(tmp_path, "check", "--format", "json")
    assert result.exit_code == 2
    assert json.loads(result.stdout) == [
        {
            "file": str(file), "line": 2, "column": 3, "end_line": 2, "end_column": 8,
            "key": "polling.evrey", "path": ["polling", "evrey"],
            "message": "evrey: is not a key here; did you mean every?", "suggestion": "every", "severity": "error",
        },
        {
            "file": str(file), "line": 3, "column": 10, "end_line": 3, "end_column": 20,
            "key": "include", "path": ["include"],
            "message": "include: none*.yaml matches no file; that is fine as long as none is meant to be there",
            "suggestion": None, "severity": "warning",
        },
    ]  # fmt: skip


def test_warnings_do_not_fail(tmp_path: Path) -> None:
    file = write(tmp_path, "include: none*.yaml\n" + GOOD)
    assert run(tmp_path, "check").exit_code == 0
    assert f"{file}:1:10: warning: include" in run(tmp_path, "check").stderr
    as_json = run(tmp_path, "check", "--format", "json")
    assert (as_json.exit_code, [each["severity"] for each in json.loads(as_json.stdout)]) == (0, ["warning"])


def test_nothing_wrong_is_an_empty_array_and_another_file_can_be_named(tmp_path: Path) -> None:
    write(tmp_path, "wrong: 1\n")
    other = write(tmp_path, GOOD, "other.yaml")
    result = run(tmp_path, "check", str(other), "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])


def test_json_is_of_the_file_alone(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert run(tmp_path, "check", "--online", "--format", "json").exit_code == 2


def test_diff_tells_what_would_change_and_makes_no_database(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    (tmp_path / "elsewhere").mkdir()
    new = write(tmp_path, GOOD.replace("a.example", "b.example") + "publish: {limit: 7}\n", "elsewhere/new.yaml")
    result = run(tmp_path, "diff", str(new))
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "setting changed: publish.limit: 100 → 7",
        "source added: a/b.example (https://b.example/)",
        "source removed: a/a.example (https://a.example/)",
        "feed vanishes: feeds/a/a.example",
        "feed appears: feeds/a/b.example",
    ]
    assert not (tmp_path / "data").exists()
    told = json.loads(run(tmp_path, "diff", "--json", str(new)).stdout)
    assert [source["url"] for source in told["sources"]["added"]] == ["https://b.example/"]
    assert told["feeds"] == {"appear": ["a/b.example"], "vanish": ["a/a.example"], "change_url": []}


def test_diff_of_the_same_says_so(tmp_path: Path) -> None:
    same = write(tmp_path, GOOD)
    assert run(tmp_path, "diff", str(same)).stdout == "nothing changes\n"


def test_diff_with_a_wrong_file_exits_2(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    result = run(tmp_path, "diff", str(write(tmp_path, "x: 1\n", "new.yaml")))
    assert result.exit_code == 2
    assert "new.yaml:1:1: x: is not a key here" in result.stderr
