"""Files and commands as sources: real ones."""

from __future__ import annotations

import gzip
import os
import shlex
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from aggregator.fetch import Client, Fetcher
from aggregator.fetch.local import Commands, fetch_file
from aggregator.model.exchange import Failure, Fetched, FetchFailed, FetchResult, NotModified, Request

FEED = b"<rss>" + b"<item/>" * 200 + b"</rss>"


def url_of(path: Path) -> str:
    return f"file://{quote(str(path))}"


def read(path: Path, **other: Any) -> FetchResult:
    return fetch_file(Request(url=url_of(path), **other))


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Commands]:
    commands = Commands(tmp_path)
    yield commands
    commands.close()


@pytest.fixture
def run(commands: Commands) -> Callable[..., FetchResult]:
    """Runs a program in Python."""

    def run(program: str, seconds: float = 20, **other: Any) -> FetchResult:
        return commands.run(Request(url=python(program), timeout=timedelta(seconds=seconds), **other))

    return run


def python(program: str) -> str:
    return f"exec:{sys.executable} -c {shlex.quote(program)}"


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"  # a child of somebody who does not wait for it


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_file_is_read_and_shown_by_its_name_alone(tmp_path: Path) -> None:
    path = tmp_path / "my news 新.xml"
    path.write_bytes(FEED)
    result = read(path)
    assert isinstance(result, Fetched)
    assert result.body == FEED
    assert result.url == "file:my%20news%20%E6%96%B0.xml"


def test_a_file_is_read_again_only_when_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(FEED)
    first = read(path)
    assert isinstance(first, Fetched)
    assert isinstance(read(path, validators=first.validators), NotModified)
    path.write_bytes(FEED + b" ")
    assert isinstance(read(path, validators=first.validators), Fetched)
    other = tmp_path / "other.xml"
    other.write_bytes(FEED)
    assert isinstance(read(other, validators=first.validators), Fetched)


def test_a_gzipped_file_is_unpacked_within_bounds(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml.gz"
    path.write_bytes(gzip.compress(FEED))
    result = read(path)
    assert isinstance(result, Fetched)
    assert result.body == FEED
    too_large = read(path, max_size=len(FEED) - 1)
    assert isinstance(too_large, FetchFailed)
    assert too_large.failure is Failure.TOO_LARGE


def test_a_file_may_be_as_large_as_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(FEED)
    assert isinstance(read(path, max_size=len(FEED)), Fetched)
    too_large = read(path, max_size=len(FEED) - 1)
    assert isinstance(too_large, FetchFailed)
    assert too_large.failure is Failure.TOO_LARGE


def test_what_is_no_file_is_a_failure_with_words(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, words in (("none.xml", "No such file"), (".", "Is a directory"), ("pipe", "it is a device or a pipe")):
        result = read(tmp_path / name)
        assert isinstance(result, FetchFailed)
        assert result.failure is Failure.FILE
        assert result.detail.startswith(words)
        assert str(tmp_path) not in result.url + result.detail
    nul = fetch_file(Request(url="file:///a%00b"))
    assert isinstance(nul, FetchFailed)
    assert nul.failure is Failure.FILE


# --- commands --------------------------------------------------------------------------------------------------------


def test_what_a_command_prints_is_the_document(run: Callable[..., FetchResult], tmp_path: Path) -> None:
    result = run("import os, sys; print(os.getcwd(), repr(sys.stdin.read()), end='')")
    assert isinstance(result, Fetched)
    assert result.body.decode() == f"{tmp_path.resolve()} ''"
    assert result.url == f"exec:{Path(sys.executable).name}"


def test_no_shell_reads_the_words(commands: Commands) -> None:
    result = commands.run(Request(url="exec:echo '$HOME' * ; echo 'two  words'"))
    assert isinstance(result, Fetched)
    assert result.body == b"$HOME * ; echo two  words\n"


def test_a_command_that_fails_says_why(run: Callable[..., FetchResult]) -> None:
    result = run("import sys; print('x'); print('first', file=sys.stderr); sys.exit('no such channel\\n')")
    assert isinstance(result, FetchFailed)
    assert (result.failure, result.detail) == (Failure.COMMAND, "exit code 1: no such channel")
    killed = run("import os; os.kill(os.getpid(), 9)")
    assert isinstance(killed, FetchFailed)
    assert killed.detail == "ended by signal 9"


def test_a_command_that_is_not_there_is_a_failure(commands: Commands) -> None:
    result = commands.run(Request(url="exec:/nowhere/to-be-found --x"))
    assert isinstance(result, FetchFailed)
    assert (result.failure, result.detail) == (Failure.COMMAND, "cannot be started: No such file or directory")


def test_a_command_that_prints_without_end_is_ended(run: Callable[..., FetchResult]) -> None:
    result = run("while True: print('x' * 1000)", max_size=100_000)
    assert isinstance(result, FetchFailed)
    assert result.failure is Failure.TOO_LARGE


def test_a_command_that_complains_without_end_is_read_and_forgotten(run: Callable[..., FetchResult]) -> None:
    result = run("import sys; sys.stderr.write('x' * 5_000_000); print('done', end='')")
    assert isinstance(result, Fetched)
    assert result.body == b"done"


SPAWNS = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']{pipes});"
    "open('pid', 'w').write(str(child.pid));"
)


@pytest.mark.parametrize("ending", ["time.sleep(60)", "sys.stdout.close(); sys.stderr.close(); time.sleep(60)"])
def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(
    run: Callable[..., FetchResult], tmp_path: Path, ending: str
) -> None:
    result = run(SPAWNS.format(pipes="") + ending, seconds=1)
    assert isinstance(result, FetchFailed)
    assert (result.failure, result.detail) == (Failure.TIMEOUT, "the command did not end within 1 s")
    wait_until(lambda: not is_alive(int((tmp_path / "pid").read_text())))


def test_what_a_command_leaves_running_is_ended(run: Callable[..., FetchResult], tmp_path: Path) -> None:
    pipes = ", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL"
    assert isinstance(run(SPAWNS.format(pipes=pipes) + "print('x')"), Fetched)
    wait_until(lambda: not is_alive(int((tmp_path / "pid").read_text())))


def test_closing_ends_what_runs_and_starts_nothing_more(commands: Commands, tmp_path: Path) -> None:
    results: list[FetchResult] = []
    program = python("import time; open('began', 'w'); time.sleep(60)")
    thread = threading.Thread(target=lambda: results.append(commands.run(Request(url=program))))
    thread.start()
    wait_until(lambda: (tmp_path / "began").exists())
    commands.close()
    thread.join(10)
    assert [result.detail for result in results if isinstance(result, FetchFailed)] == ["ended by signal 9"]
    assert isinstance(commands.run(Request(url=program)), FetchFailed)


def test_no_descriptor_is_left_open(run: Callable[..., FetchResult], tmp_path: Path) -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    def use_all() -> None:
        run("print(1)")
        run("raise SystemExit(1)")
        read(tmp_path)
        read(tmp_path / "none")

    use_all()
    before = descriptors()
    use_all()
    assert descriptors() == before


# --- only what the configuration names --------------------------------------------------------------------------------


def test_only_urls_of_the_configuration_reach_files_and_commands(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(FEED)
    (tmp_path / "b.xml").write_bytes(FEED)
    client = Client(user_agent="test/1", clock=lambda: datetime(2026, 5, 4, tzinfo=UTC))
    allowed = [url_of(tmp_path / "a.xml"), "exec:echo allowed"]
    with Fetcher(client, local=allowed, folder=tmp_path) as fetcher:
        for url in allowed:
            assert isinstance(fetcher.fetch(Request(url=url)), Fetched)
        for url in (url_of(tmp_path / "b.xml"), "exec:touch here", "FILE:///etc/passwd", "file:a.xml"):
            result = fetcher.fetch(Request(url=url))
            assert isinstance(result, FetchFailed)
            assert result.detail.startswith("only http and https are fetched")
    assert not (tmp_path / "here").exists()
