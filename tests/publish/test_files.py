"""Files that are there whole or not at all, and never outside the folder."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.publish import (
    Batch,
    Listing,
    Same,
    Written,
    adopt,
    file_name,
    list_folder,
    path_of,
    publish,
    read,
    remove,
    sweep,
)
from aggregator.publish.files import name_of

NAME = "feeds/金融/新浪财经.atom"


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_a_file_lies_under_its_readable_name(tmp_path: Path) -> None:
    assert publish(tmp_path / "public", NAME, b"one") == Written(tmp_path / "public/feeds/金融/新浪财经.atom")
    assert everything(tmp_path) == ["public/feeds/金融/新浪财经.atom"]
    assert path_of(tmp_path, NAME).name == "新浪财经.atom"


def test_the_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    path = publish(tmp_path, NAME, b"one").path
    before = path.stat()
    assert publish(tmp_path, NAME, b"one") == Same(path)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


@pytest.mark.parametrize("content", [b"two", b"three", b""])
def test_other_bytes_replace_the_file(tmp_path: Path, content: bytes) -> None:
    publish(tmp_path, NAME, b"one")
    assert publish(tmp_path, NAME, content) == Written(path_of(tmp_path, NAME))
    assert path_of(tmp_path, NAME).read_bytes() == content
    assert len(everything(tmp_path)) == 1


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_a_web_server_may_read_it_unless_the_umask_forbids(tmp_path: Path, mask: int, mode: int) -> None:
    os.umask(mask)
    assert stat.S_IMODE(publish(tmp_path, NAME, b"one").path.stat().st_mode) == mode


def test_a_reader_sees_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    versions = [bytes([letter]) * 300_000 for letter in b"ab"]
    path = publish(tmp_path, NAME, versions[0]).path
    done = threading.Event()
    seen: set[bytes] = set()

    def read() -> None:
        while not done.is_set():
            seen.add(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 41):
        publish(tmp_path, NAME, versions[number % 2])
    done.set()
    reader.join()
    assert seen <= set(versions)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, NAME, b"one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        publish(tmp_path, NAME, b"two")
    assert everything(tmp_path) == [NAME]
    assert path_of(tmp_path, NAME).read_bytes() == b"one"


# What a killed process leaves


KILLED = """
import os, sys, time
from pathlib import Path
from aggregator.publish import publish
fsync = os.fsync
def stop(descriptor):
    fsync(descriptor)
    if os.fstat(descriptor).st_size == 3:
        print("writing", flush=True)
        time.sleep(60)
publish(Path(sys.argv[1]), "feeds/all.atom", b"")
os.fsync = stop
publish(Path(sys.argv[1]), "feeds/all.atom", b"two")
"""


def test_what_a_killed_process_left_is_swept_and_what_is_being_written_is_not(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(arguments, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        assert sweep(tmp_path) == 0
        process.kill()
    assert len(everything(tmp_path)) == 2
    assert sweep(tmp_path) == 1
    assert everything(tmp_path) == ["feeds/all.atom"]
    assert path_of(tmp_path, "feeds/all.atom").read_bytes() == b""


def test_a_temporary_file_is_hidden_from_web_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda old, new, **where: (names.append(old), replace(old, new, **where)))
    publish(tmp_path, NAME, b"one")
    assert names[0].startswith(".")


def test_nothing_but_our_temporary_files_is_swept(tmp_path: Path) -> None:
    for name in (".htaccess", ".publish-notes.tmp", "publish-0123456789abcdef.tmp", ".publish-0123456789abcdef.tmp~"):
        (tmp_path / name).write_text("mine")
    assert sweep(tmp_path) == 0
    assert len(everything(tmp_path)) == 4


def test_sweeping_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    assert sweep(tmp_path / "public") == 0


# Removing


def test_removing_takes_empty_directories_along_but_not_the_folder(tmp_path: Path) -> None:
    publish(tmp_path, "feeds/a/b/c.atom", b"one")
    publish(tmp_path, "feeds/a.atom", b"two")
    assert remove(tmp_path, "feeds/a/b/c.atom") is True
    assert remove(tmp_path, "feeds/a/b/c.atom") is False
    assert everything(tmp_path) == ["feeds/a.atom"]
    assert not (tmp_path / "feeds/a").exists()
    remove(tmp_path, "feeds/a.atom")
    assert list(tmp_path.iterdir()) == []


def test_removing_from_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert remove(tmp_path / "public", NAME) is False


# Never outside


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "feeds/../../secret", "..", ".", "", "/", "a//b", "\0", "~"]
)
def test_no_name_leads_outside(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "a/public"
    path = publish(folder, name, b"one").path
    assert path.resolve().is_relative_to(folder.resolve())
    assert path.read_bytes() == b"one"
    assert [path] == [path for path in tmp_path.rglob("*") if path.is_file()]
    assert remove(folder, name)


def test_a_link_to_a_directory_elsewhere_is_not_followed(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "public", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "feeds").symlink_to(elsewhere)
    with pytest.raises(OSError, match="feeds"):
        publish(folder, "feeds/all.atom", b"one")
    (elsewhere / "all.atom").write_bytes(b"mine")
    with pytest.raises(OSError, match="feeds"):
        remove(folder, "feeds/all.atom")
    (elsewhere / ".publish-0123456789abcdef.tmp").write_bytes(b"mine")
    assert sweep(folder) == 0
    assert len(everything(elsewhere)) == 2


def test_a_link_in_place_of_the_file_is_replaced_not_written_through(tmp_path: Path) -> None:
    folder, victim = tmp_path / "public", tmp_path / "victim"
    victim.write_bytes(b"one")
    folder.mkdir()
    (folder / "all.atom").symlink_to(victim)
    assert publish(folder, "all.atom", b"one") == Written(folder / "all.atom")
    publish(folder, "all.atom", b"two")
    assert victim.read_bytes() == b"one"
    assert not (folder / "all.atom").is_symlink()


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "public").symlink_to(tmp_path / "disk")
    publish(tmp_path / "public", NAME, b"one")
    (tmp_path / "disk/.publish-0123456789abcdef.tmp").touch()
    assert sweep(tmp_path / "public") == 1
    assert everything(tmp_path / "disk") == [NAME]


@pytest.mark.parametrize("obstacle", ["directory", "pipe"])
def test_an_obstacle_does_not_hang_us(tmp_path: Path, obstacle: str) -> None:
    started = time.monotonic()
    if obstacle == "directory":
        (tmp_path / "all.atom").mkdir()
        with pytest.raises(IsADirectoryError):
            publish(tmp_path, "all.atom", b"one")
    else:
        os.mkfifo(tmp_path / "all.atom")
        assert publish(tmp_path, "all.atom", b"one") == Written(tmp_path / "all.atom")
    assert time.monotonic() - started < 5


# What files are called


@pytest.mark.parametrize(
    ("level", "name"),
    [
        ("新浪财经.atom", "新浪财经.atom"),
        ("Node.js & friends", "Node.js & friends"),
        ("100%", "100%"),
        ("100%25", "100%25"),
        ("..", r"\2E."),
        (".hidden", r"\2Ehidden"),
        ("C:", "C:"),
        ("what?", "what?"),
        ('<a> "b" | *', '<a> "b" | *'),
        ("a/b", r"a\2Fb"),
        ("a\\b", r"a\5Cb"),
        ("a\0b", r"a\00b"),
        ("é\x85", r"é\C2\85"),
        ("end. ", "end. "),
        ("con", "con"),
        ("NUL.atom", "NUL.atom"),
        ("", "\\"),
        ("%", "%"),
    ],
)
def test_a_level_is_called_itself_where_that_is_safe(level: str, name: str) -> None:
    assert file_name(level) == name


def test_a_long_name_keeps_its_start_and_suffix_and_differs_from_others() -> None:
    names = [file_name("图" * 200 + end + ".atom") for end in ("", "a", "b")]
    assert len(set(names)) == 3
    for name in names:
        assert len(name.encode()) <= 255
        assert name.startswith("图" * 60)
        assert name.endswith(".atom")


def test_what_lies_in_a_folder_is_listed_without_what_is_no_file(tmp_path: Path) -> None:
    publish(tmp_path, "feeds/a/1.atom", b"one")
    publish(tmp_path, "feeds/a/below/2.atom", b"two")
    (tmp_path / "feeds" / "a" / "link.atom").symlink_to(tmp_path / "feeds" / "a" / "1.atom")
    assert list_folder(tmp_path, "feeds/a") == {"1.atom"}
    assert list_folder(tmp_path, "feeds/none") == list_folder(tmp_path, "feeds/a/1.atom") == frozenset()


def test_a_file_is_read_and_never_through_a_symbolic_link(tmp_path: Path) -> None:
    publish(tmp_path, "feeds/a.atom", b"one")
    (tmp_path / "feeds" / "link.atom").symlink_to(tmp_path / "feeds" / "a.atom")
    (tmp_path / "other").symlink_to(tmp_path / "feeds")
    assert read(tmp_path, "feeds/a.atom") == b"one"
    assert read(tmp_path, "feeds/none.atom") is None
    assert read(tmp_path, "feeds/link.atom") is None
    assert read(tmp_path, "other/a.atom") is None


LEVELS = st.text(st.characters(exclude_categories=()), max_size=300) | st.text("\\2Ff~./% con", max_size=8)


@given(level=LEVELS)
@example(level="\\~" + "0" * 32)
@example(level="x" * 255)
def test_a_name_can_be_read_back_and_is_always_safe(level: str) -> None:
    name = file_name(level)
    assert len(name.encode()) <= 255
    assert not name.startswith(".")
    assert not {"/", "\0"} & set(name)
    if "\\~" not in name and level:
        read_back = re.sub(rb"\\([0-9A-F]{2})", lambda found: bytes.fromhex(found[1].decode()), name.encode())
        assert read_back == level.encode(errors="surrogatepass")


@given(level=LEVELS.filter(lambda level: "/" not in level and not any("\ud800" <= each <= "\udfff" for each in level)))
def test_the_name_of_a_file_is_known_from_its_path(level: str) -> None:
    folder = Path("public")
    name = name_of(folder, path_of(folder, f"feeds/{level}"))
    assert name == (None if "\\~" in file_name(level) or not level else f"feeds/{level}")


@pytest.mark.parametrize(
    ("once", "name"),
    [
        ("feeds/C%3A.atom", "feeds/C:.atom"),
        ("feeds/a%3A b/_archive/1.atom", "feeds/a: b/_archive/1.atom"),
        ("feeds/100%2525/%63on/x.json", "feeds/100%25/con/x.json"),
        ("feeds/end%2E/a.atom", "feeds/end./a.atom"),
    ],
)
def test_what_an_earlier_version_called_otherwise_gets_its_name_of_today(tmp_path: Path, once: str, name: str) -> None:
    publish(tmp_path, once, b"one")
    adopt(tmp_path, name)
    assert everything(tmp_path) == [name]
    publish(tmp_path, once, b"stale")
    adopt(tmp_path, "feeds/none: at all.atom")
    adopt(tmp_path / "none", name)
    adopt(tmp_path, name)
    if name.count("/") == 1:  # files by both names; of a directory, nothing is thrown away
        assert everything(tmp_path) == [name]
    assert read(tmp_path, name) == b"one"


@given(first=LEVELS, second=LEVELS)
def test_different_levels_have_different_names(first: str, second: str) -> None:
    assert (first == second) == (file_name(first) == file_name(second))


def test_a_listing_says_which_files_there_are(tmp_path: Path) -> None:
    publish(tmp_path, "feeds/金融/a:b.atom", b"1")
    publish(tmp_path, "feeds/all.atom", b"1")
    listing = Listing(tmp_path)
    assert listing.has("feeds/金融/a:b.atom")
    assert listing.has("feeds/all.atom")
    assert not any(map(listing.has, ("feeds/金融", "feeds/all.rss", "feeds/none/all.atom", "feeds/all.atom/x", "none")))


def test_a_listing_of_a_folder_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    assert not Listing(tmp_path / "none").has("feeds/all.atom")
    (tmp_path / "feeds").symlink_to(tmp_path)
    (tmp_path / "all.atom").touch()
    assert not Listing(tmp_path).has("feeds/all.atom")


def test_a_batch_waits_for_each_directory_once_when_all_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, "a/0.atom", b"0")
    publish(tmp_path, "b/0.atom", b"0")
    synced: list[str] = []
    fsync = os.fsync

    def note(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}").removeprefix(f"{tmp_path}/"))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    with Batch() as batch:
        for name in ("a/1.atom", "b/1.atom", "a/2.atom", "a/2.atom"):
            batch.publish(tmp_path, name, b"1")
    *files, one, two = synced
    assert [name.partition("/.publish-")[0] for name in files] == ["a", "b", "a"]
    assert (one, two) == ("a", "b")
    assert everything(tmp_path) == ["a/0.atom", "a/1.atom", "a/2.atom", "b/0.atom", "b/1.atom"]
