"""`add` on a terminal: what it asks, and what stands in the file after each way to answer."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from tests.e2e.documents import Story, rss
from tests.e2e.world import Publishers
from tests.waiting import until

PAGE = (
    b'<html><head><link rel="alternate" type="application/rss+xml" title="News" href="/news.xml">'
    b'<link rel="alternate" type="application/rss+xml" title="Notices" href="/notices.xml"></head>'
    b"<body>Two feeds.</body></html>"
)
BEFORE = (
    "polling: {allow_private: [127.0.0.0/8], spacing: 0s}  # here only\ncategories:\n"
    "  tech:\n    sources:\n      - name: One\n        url: https://one.example/feed\n"
    "  世界:\n    sources:\n      - name: Two\n        url: https://two.example/feed\n"
)


@pytest.fixture
def site() -> Iterator[str]:
    with Publishers() as publishers:
        publishers.serve("/news.xml", rss("Town News", [Story("The bridge is open", 2)]))
        publishers.serve("/notices.xml", rss("Town Notices", [Story("No water on Monday", 3)]))
        yield publishers.serve("/", PAGE, "text/html; charset=utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(BEFORE, "utf-8")
    return tmp_path


class Terminal:
    """The program as somebody sees it who sits in front of it."""

    def __init__(self, process: subprocess.Popen[bytes], keyboard: int) -> None:
        self.process, self._keyboard = process, keyboard
        self._shown: list[bytes] = []
        self.reader = Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        try:
            while part := os.read(self._keyboard, 4096):
                self._shown.append(part)
        except OSError:  # the other side is closed
            pass

    @property
    def text(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", b"".join(self._shown).decode("utf-8", "replace"))

    def asked(self, question: str) -> None:
        """Wait for a question; what stood before it is seen by then."""
        until(f"{question!r} is asked", lambda: question in self.text or not self.reader.is_alive())
        assert question in self.text, self.text

    def type(self, keys: str) -> None:
        os.write(self._keyboard, keys.encode())

    def ended(self) -> int:
        """The exit code, when all that was said is seen."""
        code = self.process.wait(30)
        self.reader.join(10)
        return code


@contextmanager
def terminal(folder: Path, *arguments: str) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "aggregator", *arguments],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        env={**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", "COLUMNS": "200"},
    )
    os.close(theirs)
    shown = Terminal(process, ours)
    try:
        yield shown
    finally:
        process.kill()
        process.wait()
        shown.reader.join(10)
        os.close(ours)


def test_the_feed_the_category_and_the_lines_are_asked_for_and_then_written(folder: Path, site: str) -> None:
    with terminal(folder, "add", site) as seen:
        seen.asked("which one [1]:")
        assert re.search(r"1  Town News  .*/news\.xml\r\n +2  Town Notices  .*/notices\.xml", seen.text)
        seen.type("2\r")
        seen.asked("category (its number, its name or a new one):")
        assert "No water on Monday" in seen.text
        assert re.search(r"1  tech\r\n +2  世界", seen.text)
        seen.type("2\r")
        seen.asked("write this? [Y/n]:")
        assert "+      - name: Town Notices" in seen.text
        assert (folder / "config.yaml").read_text("utf-8") == BEFORE
        seen.type("\r")
        assert seen.ended() == 0
    added = f"      - name: Town Notices\n        url: {site}notices.xml\n"
    assert (folder / "config.yaml").read_text("utf-8") == BEFORE + added


def test_an_answer_that_is_none_is_asked_for_again_and_a_near_name_is_doubted(folder: Path, site: str) -> None:
    with terminal(folder, "add", site) as seen:
        seen.asked("which one [1]:")
        seen.type("7\r")
        until("it is asked again", lambda: seen.text.count("which one [1]:") == 2)
        seen.type("\r")
        seen.asked("category (its number, its name or a new one):")
        seen.type("tec\r")
        seen.asked("there is tech; make a new category tec? [y/N]:")
        seen.type("\r")
        until("it is asked again", lambda: seen.text.count("or a new one):") == 2)
        seen.type("tech\r")
        seen.asked("write this? [Y/n]:")
        seen.type("n\r")
        seen.asked("nothing was written")
        assert seen.ended() == 0
    assert (folder / "config.yaml").read_text("utf-8") == BEFORE


@pytest.mark.parametrize("answers", [(), ("1\r",), ("1\r", "tech\r")], ids=["which", "category", "write"])
def test_ctrl_c_at_a_question_leaves_the_file_as_it_was(folder: Path, site: str, answers: tuple[str, ...]) -> None:
    questions = ("which one [1]:", "or a new one):", "write this? [Y/n]:")
    with terminal(folder, "add", site) as seen:
        for question, answer in zip(questions, answers, strict=False):
            seen.asked(question)
            seen.type(answer)
        seen.asked(questions[len(answers)])
        seen.type("\x03")
        assert seen.ended() == 130
        assert "Traceback" not in seen.text
    assert (folder / "config.yaml").read_text("utf-8") == BEFORE
    assert os.listdir(folder) == ["config.yaml"]
