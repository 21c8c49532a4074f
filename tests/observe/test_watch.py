"""A saved file is noticed, whichever way the editor does it, and once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aggregator.observe.watch import FileWatch


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text("one")
    return file


def looks(watch: FileWatch, count: int = 4) -> list[bool]:
    return [watch.changed() for _ in range(count)]


def test_nothing_happens_while_nothing_changes(file: Path) -> None:
    assert looks(FileWatch(file)) == [False] * 4


def test_a_file_that_is_written_in_place_is_noticed_once(file: Path) -> None:
    watch = FileWatch(file)
    file.write_text("another")
    assert looks(watch) == [False, True, False, False]


def test_a_file_that_is_replaced_by_a_rename_is_noticed_once(file: Path) -> None:
    watch = FileWatch(file)
    other = file.with_suffix(".tmp")
    other.write_text("two")
    os.replace(other, file)
    assert sum(looks(watch)) == 1


def test_a_file_that_is_gone_for_a_moment_is_noticed_when_it_is_back(file: Path) -> None:
    watch = FileWatch(file)
    file.rename(file.with_suffix(".bak"))
    assert looks(watch, 3) == [False] * 3
    file.write_text("back again")
    assert sum(looks(watch)) == 1


def test_a_file_that_is_still_being_written_is_left_alone(file: Path) -> None:
    watch = FileWatch(file)
    seen = []
    for length in range(5):
        file.write_text("x" * (length + 10))
        seen.append(watch.changed())
    assert seen == [False] * 5
    assert watch.changed()


def test_a_file_that_was_deleted_is_told_of_once_and_again_when_it_is_back(file: Path) -> None:
    watch = FileWatch(file)
    file.unlink()
    assert [watch.changed() or watch.vanished() for _ in range(6)] == [False, False, True, False, False, False]
    file.write_text("back")
    assert [watch.changed() or watch.vanished() for _ in range(4)] == [False, True, False, False]


def test_a_file_that_was_not_there_is_noticed_when_it_comes(tmp_path: Path) -> None:
    watch = FileWatch(tmp_path / "later.yaml")
    assert not any(watch.changed() or watch.vanished() for _ in range(5))
    (tmp_path / "later.yaml").write_text("now")
    assert [watch.changed() for _ in range(3)] == [False, True, False]
