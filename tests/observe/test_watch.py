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


def test_further_files_are_watched_and_may_come_and_go(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "more" / "a.yaml"
    watch = FileWatch(file)
    watch.follow([file, other.parent, other])
    assert looks(watch) == [False] * 4
    other.parent.mkdir()
    other.write_text("one")
    assert sum(looks(watch)) == 1
    other.unlink()
    assert sum(looks(watch)) == 1


def test_a_new_file_in_a_folder_is_noticed_unless_it_is_no_yaml(file: Path, tmp_path: Path) -> None:
    watch = FileWatch(file)
    watch.follow([tmp_path])
    (tmp_path / "data.db-wal").write_text("x")
    assert looks(watch) == [False] * 4
    (tmp_path / "new.yaml").write_text("x")
    assert sum(looks(watch)) == 1


def test_to_follow_more_forgets_no_change_of_what_was_followed(file: Path, tmp_path: Path) -> None:
    watch = FileWatch(file)
    file.write_text("changed meanwhile")
    watch.follow([file, tmp_path / "b.yaml"])
    assert sum(looks(watch)) == 1
