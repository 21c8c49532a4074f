"""Whatever is wrong with the database, the disk or the rights: one sentence, the right code, and nothing destroyed."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import verdict

PROGRAM = [sys.executable, "-m", "aggregator"]
CONFIG = """
server: {{listen: "127.0.0.1:{port}"}}
storage: {{database: data/a.db}}
publish: {{folder: out}}
polling: {{allow_private: ["127.0.0.1:9"]}}
categories:
  a:
    sources: ["http://127.0.0.1:9/feed"]
"""
COMMANDS = (
    "run", "once", "check", "status", "why one", "search one", "publish", "import posts posts", "export posts out2",
    "regroup", "refine --all", "merge 1 2", "split 1 2", "backup copy.db", "diff config.yaml", "doctor",
)  # fmt: skip
WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""What keeps root from writing where it may not."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database in good order."""
    folder = tmp_path_factory.mktemp("filled")
    a_folder(folder)
    done = aggregator(folder, "import posts posts")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Iterator[Path]:
    there = tmp_path / "there"
    shutil.copytree(filled, there)
    yield there
    for name in ("data", "out"):
        if (there / name).is_dir():
            (there / name).chmod(0o700)


def a_folder(folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "config.yaml").write_text(CONFIG.format(port=port))
    (folder / "posts").mkdir()
    (folder / "posts" / "one.md").write_text("---\ntitle: One\ndate: 2026-01-01 00:00:00\ncategories: [a]\n---\nText\n")


def aggregator(folder: Path, words: str, *before: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "300"}
    return subprocess.run(
        [*before, *PROGRAM, *words.split()],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=90, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def without_rights() -> tuple[str, ...]:
    """Root may write everywhere; everybody else needs no help to be refused."""
    if os.geteuid() != 0:
        return ()
    tried = (
        subprocess.run([*WITHOUT_RIGHTS, "true"], capture_output=True, check=False) if shutil.which("setpriv") else None
    )
    if tried is None or tried.returncode:
        verdict("root cannot give up its rights here")
    return WITHOUT_RIGHTS


def garbage(file: Path) -> None:
    file.write_text("Not a database, but long enough to be taken for one." * 100)


def torn(file: Path) -> None:
    raw = bytearray(file.read_bytes())
    for page in range(4096, len(raw), 4096):
        raw[page : page + 200] = b"\xff" * 200
    file.write_bytes(raw)


def a_folder_instead(file: Path) -> None:
    file.unlink()
    file.mkdir()


def of_another_program(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE bookmarks (url TEXT)")


def with_our_words(file: Path) -> None:
    """Of another program that has articles as well, and makes its tables as we do."""
    file.unlink()
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE articles (url TEXT)")
        database.execute("CREATE TABLE _sqlite_migrations (migration_set TEXT, name TEXT, applied_at TEXT)")
        database.execute("INSERT INTO _sqlite_migrations VALUES ('diary', 'm001_sources', '2026')")


def later(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        statement = (
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('aggregator', 'm999', '2030')"
        )
        database.execute(statement)


SPOILT: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "garbage": (garbage, "file is not a database; storage.database must name another file", "file is not a database"),
    "torn": (torn, "restore a backup", "restore a backup"),
    "a folder": (a_folder_instead, "is a directory; storage.database names a file", "is a folder"),
    "foreign": (of_another_program, "another program (its tables: bookmarks)", "the database of another program"),
    "nearly ours": (with_our_words, "another program", "the database of another program"),
    "later": (later, "later version of aggregator", "later version"),
}


def a_copy(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


@pytest.mark.parametrize("spoilt", SPOILT)
@pytest.mark.parametrize("command", ["once", "status", "backup copy.db", "doctor"])
def test_a_database_that_cannot_be_used_is_a_sentence_and_stays_as_it_is(
    folder: Path, spoilt: str, command: str
) -> None:
    spoil, says, doctor_says = SPOILT[spoilt]
    file = folder / "data" / "a.db"
    spoil(file)
    before = a_copy(file)
    done = aggregator(folder, command)
    assert done.returncode == 1
    assert a_copy(file) == before
    if command == "doctor":
        (line,) = [line for line in done.stdout.splitlines() if line.startswith(("✗", "X")) and "database" in line]
        assert doctor_says in line
        assert " → " in line
    else:
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"aggregator: {file}{' ' if spoilt == 'later' else ': '}")
        assert says in line
    assert not (folder / "copy.db").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_that_the_file_is_no_database(folder: Path, command: str) -> None:
    garbage(folder / "data" / "a.db")
    done = aggregator(folder, command)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert "file is not a database" in (done.stdout if command == "doctor" else done.stderr)


def test_an_empty_file_is_a_new_database(folder: Path) -> None:
    (folder / "data" / "a.db").write_bytes(b"")
    assert aggregator(folder, "status").returncode == 0
    assert aggregator(folder, "doctor").returncode == 0


def test_a_file_where_the_folder_should_be_is_named(folder: Path) -> None:
    shutil.rmtree(folder / "data")
    (folder / "data").write_text("mine")
    done = aggregator(folder, "once")
    assert done.returncode == 1
    assert f"{folder / 'data'} is a file and no folder" in done.stderr
    assert f"{folder / 'data'} is a file → move" in aggregator(folder, "doctor").stdout
    assert (folder / "data").read_text() == "mine"


@pytest.mark.parametrize(
    ("path", "mode"),
    [("data/a.db", 0o400), ("data", 0o500), ("data/a.db", 0o000)],
    ids=["file", "folder", "unreadable"],
)
@pytest.mark.parametrize("command", ["once", "import posts posts"])
def test_without_the_right_to_write_the_database_it_says_what_is_needed(
    folder: Path, path: str, mode: int, command: str
) -> None:
    rights = without_rights()
    (folder / path).chmod(mode)
    done = aggregator(folder, command, *rights)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "must be able to write the file and the folder" in done.stderr


def test_who_may_only_read_the_file_may_look(folder: Path) -> None:
    assert aggregator(folder, "status").returncode == 0  # what is to be written is written now
    rights = without_rights()
    (folder / "data" / "a.db").chmod(0o400)
    done = aggregator(folder, "status", *rights)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("path", "mode"), [("data/a.db", 0o400), ("data", 0o500), ("data/a.db", 0o000)])
def test_doctor_asks_for_rights_and_for_no_backup_where_only_rights_are_missing(
    folder: Path, path: str, mode: int
) -> None:
    rights = without_rights()
    (folder / path).chmod(mode)
    done = aggregator(folder, "doctor --json", *rights)
    assert done.returncode == 1
    (finding,) = [one for one in json.loads(done.stdout)["findings"] if one["what"] == "database"]
    assert (finding["verdict"], "chown" in finding["remedy"]) == ("wrong", True), finding


@pytest.mark.parametrize("command", ["publish", "import posts posts"])
def test_a_folder_that_cannot_be_written_is_said_once_however_many_documents_it_holds(
    folder: Path, command: str
) -> None:
    shutil.rmtree(folder / "out", ignore_errors=True)
    (folder / "out").write_text("mine")
    (folder / "posts" / "two.md").write_text("---\ntitle: Two\ndate: 2026-01-02 00:00:00\ncategories: [a]\n---\nText\n")
    done = aggregator(folder, command)
    assert done.returncode == 1
    first, second = done.stderr.splitlines()
    assert first.startswith("aggregator: feeds/all.atom was not replaced: ")
    assert "more likewise" in first
    assert "aggregator doctor" in second
    assert (folder / "out").read_text() == "mine"


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """The folder of the database on a disk of its own."""
    data = folder / "data"
    kept = (data / "a.db").read_bytes()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", data], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    (data / "a.db").write_bytes(kept)
    try:
        yield data
    finally:
        subprocess.run(["umount", data], check=True)


@pytest.mark.parametrize("command", ["once", "status", "import posts posts", "doctor"])
def test_a_full_disk_is_a_sentence_and_what_is_stored_stays(small_disk: Path, command: str) -> None:
    fill(small_disk / "filling")
    before = (small_disk / "a.db").read_bytes()
    done = aggregator(small_disk.parent, command)
    assert done.returncode == 1
    if command == "doctor":
        assert "no room left" in done.stdout
    else:
        (line,) = done.stderr.splitlines()
        assert "full" in line
        assert "make room on this disk" in line
    assert (small_disk / "a.db").read_bytes() == before
    (small_disk / "filling").unlink()
    assert aggregator(small_disk.parent, "status").returncode == 0


def fill(file: Path) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(descriptor, bytes(4096)):
            pass
    except OSError:
        os.close(descriptor)


@pytest.mark.parametrize("command", ["once", "status"])
def test_a_disk_that_can_only_be_read_is_a_sentence(small_disk: Path, command: str) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    done = aggregator(small_disk.parent, command)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "storage.database must lie on another" in done.stderr
    assert "on a disk that can only be read" in aggregator(small_disk.parent, "doctor").stdout


def test_a_port_that_is_taken_is_a_sentence(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        config = folder / "config.yaml"
        config.write_text(config.read_text().replace("server: {listen: ", f"server: {{listen: '{address}'}} #"))
        done = aggregator(folder, "run")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert address in last
    assert "server.listen" in last
