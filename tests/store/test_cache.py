"""Files that can be had again, up to a size."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.store.cache import FileCache


def test_what_was_put_is_there_also_after_a_restart(tmp_path: Path) -> None:
    FileCache(tmp_path / "images", 100).put("a", b"one")
    assert FileCache(tmp_path / "images", 100).get("a") == b"one"
    assert FileCache(tmp_path / "images", 100).get("b") is None


def test_the_longest_unused_go_first(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 30)
    for name in "abc":
        cache.put(name, name.encode() * 10)
    assert cache.get("a")
    cache.put("d", b"d" * 10)
    assert [name for name in "abcd" if cache.get(name)] == ["a", "c", "d"]
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) == 30


def test_what_is_too_large_is_not_kept(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 30)
    cache.put("a", b"a" * 10)
    cache.put("b", b"b" * 31)
    assert (cache.get("a"), cache.get("b")) == (b"a" * 10, None)


def test_the_same_name_again_replaces(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 30)
    for _ in range(9):
        cache.put("a", b"a" * 10)
    cache.put("b", b"b" * 20)
    assert cache.get("a")
    assert cache.get("b")


def test_half_a_file_of_a_killed_process_is_swept(tmp_path: Path) -> None:
    (tmp_path / "x.part").write_bytes(b"half")
    FileCache(tmp_path, 30).put("a", b"a")
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_somebody_deleted_is_made_again(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "images", 30)
    cache.put("a", b"a" * 20)
    (tmp_path / "images" / "a").unlink()
    (tmp_path / "images").rmdir()
    assert cache.get("a") is None
    cache.put("b", b"b" * 20)
    assert cache.get("b")


def test_who_looks_first_leaves_what_is_being_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FileCache(tmp_path, 100).put("old", b"old")
    cache, write = FileCache(tmp_path, 100), Path.write_bytes

    def write_while_others_read(path: Path, content: bytes) -> int:
        written = write(path, content)
        assert cache.get("old") == b"old"
        return written

    monkeypatch.setattr(Path, "write_bytes", write_while_others_read)
    cache.put("new", b"new")
    assert cache.get("new") == b"new"
