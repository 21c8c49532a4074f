"""However a command ends: a sentence, an exit code, and no traceback."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from threading import Event, Thread

import pytest
from click.testing import CliRunner

from aggregator.cli import main, show
from aggregator.cli.show import Bar, Screen
from tests.e2e.documents import Story, rss
from tests.waiting import until

PROGRAM = [sys.executable, "-m", "aggregator"]
CONFIG = """
storage: {{database: a.db}}
publish: {{folder: out}}
polling: {{allow_private: ["{host}"]}}
categories:
  a:
    sources: ["http://{host}/feed"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG.format(host="127.0.0.1:9"))
    return tmp_path


def aggregator(folder: Path, *arguments: str, shell: str = "") -> subprocess.CompletedProcess[str]:
    command = ["bash", "-c", f'"$@" {shell}', "bash", *PROGRAM, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", [["--help"], ["status"], ["schema"], ["check"], ["status", "--help"], ["once"]])
def test_a_reader_that_goes_away_is_no_failure(folder: Path, command: list[str]) -> None:
    done = aggregator(folder, *command, shell="| true; exit ${PIPESTATUS[0]}")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_closed_standard_output_is_left_closed_and_no_file_of_ours_takes_its_place(folder: Path) -> None:
    done = aggregator(folder, "once", shell=">&-")
    assert (done.returncode, done.stderr) == (0, "")
    with closing(sqlite3.connect(folder / "a.db")) as database, database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("command", ["status", "schema", "check"])
def test_a_full_disk_is_a_sentence(folder: Path, command: str) -> None:
    done = aggregator(folder, command, shell="> /dev/full")
    assert (done.returncode, done.stderr) == (1, "aggregator: No space left on device\n")


def test_without_a_configuration_it_says_how_to_make_one(tmp_path: Path) -> None:
    done = aggregator(tmp_path, "status")
    assert done.returncode == 2
    assert "`aggregator init`" in done.stderr
    assert os.listdir(tmp_path) == []


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    done = aggregator(tmp_path, "-c", ".", "status")
    assert done.returncode == 2
    assert "is a directory" in done.stderr


def test_what_is_misspelt_is_named_right(folder: Path) -> None:
    for wrong, meant in ((["statsu"], "status"), (["once", "--al"], "--all"), (["check", "--onlien"], "--online")):
        done = aggregator(folder, *wrong)
        assert done.returncode == 2
        assert f"{meant}'" in done.stderr


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda file: file.write_text("garbage " * 100), "file is not a database"),
        (lambda file: file.mkdir(), "unable to open database file"),
    ],
)
def test_a_database_that_is_none_is_a_sentence(folder: Path, spoil: object, sentence: str) -> None:
    assert callable(spoil)
    spoil(folder / "a.db")
    done = aggregator(folder, "status")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert sentence in done.stderr or "directory" in done.stderr


def test_a_database_of_a_later_version_is_a_sentence(folder: Path) -> None:
    aggregator(folder, "status")
    with closing(sqlite3.connect(folder / "a.db")) as database, database:
        table = "_sqlite_migrations"
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        last = dict(zip(columns, database.execute(f"SELECT * FROM {table}").fetchone(), strict=True))
        last["name"] = "m999_flying_cars"
        last.pop("id", None)
        marks = ", ".join("?" for _ in last)
        database.execute(f"INSERT INTO {table} ({', '.join(last)}) VALUES ({marks})", tuple(last.values()))
    done = aggregator(folder, "status")
    assert done.returncode == 1
    assert "later version" in done.stderr
    assert "m999_flying_cars" in done.stderr


class _Slow(BaseHTTPRequestHandler):
    """Says nothing until the test is over."""

    asked, over = Event(), Event()

    def do_GET(self) -> None:
        self.asked.set()
        self.over.wait(60)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def slow_host() -> Iterator[str]:
    _Slow.asked.clear()
    _Slow.over.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Slow)
    server.daemon_threads = True
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
    yield f"127.0.0.1:{server.server_port}"
    _Slow.over.set()
    server.shutdown()
    server.server_close()


def test_ctrl_c_on_a_terminal_ends_a_poll_at_once_and_leaves_everything_whole(folder: Path, slow_host: str) -> None:
    (folder / "config.yaml").write_text(CONFIG.format(host=slow_host))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "once"],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0),
    )
    os.close(theirs)
    shown: list[bytes] = []
    reader = Thread(target=_read_all, args=(ours, shown))
    reader.start()
    assert _Slow.asked.wait(30)
    os.write(ours, b"\x03")
    assert process.wait(20) == 130
    reader.join(10)
    text = b"".join(shown).decode()
    assert "stopped" in text
    assert "Traceback" not in text
    with closing(sqlite3.connect(folder / "a.db")) as database, database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) FROM sources WHERE claimed_by IS NOT NULL").fetchone() == (0,)
    assert not [file for file in (folder / "out").rglob("*") if file.name.endswith(".tmp")]


def _read_all(terminal: int, shown: list[bytes]) -> None:
    try:
        while part := os.read(terminal, 4096):
            shown.append(part)
    except OSError:  # the other end is closed
        pass


@pytest.mark.skipif(shutil.which("bash") is None, reason="a shell is needed")
def test_colours_go_where_they_are_wanted(folder: Path) -> None:
    (folder / "bad.yaml").write_text("categoris: {}\n")
    plain = aggregator(folder, "-c", "bad.yaml", "check")
    assert "\x1b" not in plain.stderr
    for setting, coloured in (("FORCE_COLOR=1", True), ("FORCE_COLOR=1 NO_COLOR=1", False), ("TERM=dumb", False)):
        command = f"{setting} {' '.join(PROGRAM)} -c bad.yaml check"
        done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
        assert ("\x1b[3" in done.stderr) is coloured, setting


def test_stopped_by_a_signal_it_says_so(folder: Path, slow_host: str) -> None:
    (folder / "config.yaml").write_text(CONFIG.format(host=slow_host))
    process = subprocess.Popen([*PROGRAM, "check", "--online"], cwd=folder, stderr=subprocess.PIPE, text=True)
    assert _Slow.asked.wait(30)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in said


def on_a_terminal(folder: Path, *arguments: str) -> tuple[subprocess.Popen[bytes], int, list[bytes], Thread]:
    """The program, its keyboard, and what it shows."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0),
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(theirs)
    shown: list[bytes] = []
    reader = Thread(target=_read_all, args=(ours, shown))
    reader.start()
    return process, ours, shown, reader


@pytest.mark.parametrize("command", [["publish"], ["refine", "--all"], ["import", "posts", "."]])
def test_ctrl_c_is_heard_at_once_while_another_process_holds_the_database(folder: Path, command: list[str]) -> None:
    aggregator(folder, "status")
    with sqlite3.connect(folder / "a.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        process, keyboard, shown, reader = on_a_terminal(folder, *command)
        until("a bar is shown", lambda: b"opening the database" in b"".join(shown) or process.poll() is not None)
        pressed = time.monotonic()
        os.write(keyboard, b"\x03")
        assert process.wait(20) == 130
        assert time.monotonic() - pressed < 10  # it would wait for half a minute
        other.execute("ROLLBACK")
    reader.join(10)
    os.close(keyboard)
    assert b"stopped" in b"".join(shown)
    assert b"Traceback" not in b"".join(shown)


@pytest.mark.parametrize(
    "command",
    [["publish"], ["regroup"], ["refine", "--all"], ["backup", "copy.db"], ["import", "posts", "posts"]],
    ids=lambda command: command[0],
)
def test_stopped_half_way_nothing_half_written_is_left(
    folder: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "feed.xml").write_bytes(rss("A", [Story("One", 1), Story("Two", 2)]))
    (folder / "posts").mkdir()
    (folder / "posts/one.md").write_text("---\ntitle: One\n---\nText.\n")
    (folder / "config.yaml").write_text(
        "storage: {database: a.db}\npublish: {folder: out}\ncategories: {a: {sources: ['file:feed.xml']}}\n"
    )
    assert CliRunner().invoke(main, ["-c", str(folder / "config.yaml"), "once", "--all"]).exit_code == 0
    before = {file.relative_to(folder) for file in folder.rglob("*")}

    def press_ctrl_c(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Bar, "at", press_ctrl_c)
    monkeypatch.chdir(folder)
    stopped = CliRunner().invoke(main, ["-c", "config.yaml", *command])
    assert stopped.exit_code == 130, stopped.output
    assert "stopped" in stopped.stderr
    after = {file.relative_to(folder) for file in folder.rglob("*")}
    assert [each for each in after - before if not each.name.startswith("a.db")] == []
    with sqlite3.connect(folder / "a.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_bar_shows_how_far_it_is_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    terminal = Screen(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr(show, "err", terminal)
    monkeypatch.setattr(show, "SOON", 0.0)
    monkeypatch.setattr(sys, "stderr", FakeTerminal())
    with show.progress("counting", 4) as bar:
        until("it is shown", lambda: "counting" in screen.getvalue())
        bar.at(3)
    assert "3/4" in screen.getvalue()
    monkeypatch.setattr(sys, "stderr", StringIO())
    screen.truncate(0)
    with show.progress("counting", 4) as bar:
        bar.at(3)
    assert screen.getvalue() == ""


class FakeTerminal(StringIO):
    """Says that it is one."""

    def isatty(self) -> bool:
        return True
