"""What `status` shows, of which sources, and to whom."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner, Result

from aggregator.cli import main
from tests.waiting import until

CONFIG = """
storage: {database: a.db}
publish: {folder: out}
categories:
  news:
    sources:
      - {name: Harbour Post, url: "file:harbour.xml"}
      - {name: Gone, url: "file:gone.xml"}
  news/local: {sources: [{name: 江城晚报, url: "file:jiangcheng.xml"}]}
  科技: {sources: [{name: Machines, url: "file:machines.xml"}]}
"""
FEED = """<rss version="2.0"><channel><title>T</title><link>http://a.example/</link>
<item><title>One</title><link>http://a.example/1</link><description>Words.</description></item></channel></rss>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("status")
    (folder / "config.yaml").write_text(CONFIG)
    for name in ("harbour", "jiangcheng", "machines"):
        (folder / f"{name}.xml").write_text(FEED.replace("a.example", f"{name}.example"))
    once = CliRunner().invoke(main, ["-c", str(folder / "config.yaml"), "once", "--json"])
    assert once.exit_code == 0, once.output
    polls = {poll["source"]: poll["result"] for poll in json.loads(once.stdout)["polls"]}
    assert polls == {"Harbour Post": "entries", "Gone": "failed", "江城晚报": "entries", "Machines": "entries"}
    return folder


def status(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["-c", str(folder / "config.yaml"), "status", *arguments])


def names(folder: Path, *arguments: str) -> list[str]:
    done = status(folder, "--json", *arguments)
    assert done.exit_code == 0, done.output
    return [source["name"] for source in json.loads(done.stdout)["sources"]]


def test_what_fails_comes_first_and_the_rest_in_the_order_of_the_file(folder: Path) -> None:
    assert names(folder) == ["Gone", "Harbour Post", "江城晚报", "Machines"]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--failing"], ["Gone"]),
        (["--category", "news"], ["Gone", "Harbour Post", "江城晚报"]),
        (["--category", "news/local"], ["江城晚报"]),
        (["--category", "科技", "--failing"], []),
        (["harbour"], ["Harbour Post"]),
        (["江城", "Machines"], ["江城晚报", "Machines"]),
    ],
)
def test_it_shows_those_that_are_asked_for(folder: Path, arguments: list[str], found: list[str]) -> None:
    assert names(folder, *arguments) == found


def test_a_name_or_a_category_that_is_none_is_wrong_use(folder: Path) -> None:
    wrong = status(folder, "Machinse")
    assert (wrong.exit_code, "did you mean Machines?" in wrong.output) == (2, True)
    wrong = status(folder, "--category", "sport")
    assert (wrong.exit_code, "there are: news, news/local, 科技" in wrong.output) == (2, True)


def test_programs_get_all_of_it(folder: Path) -> None:
    said = json.loads(status(folder, "--json", "Gone", "Machines").stdout)
    gone, machines = said["sources"]
    assert said["faults"] == []
    assert (gone["health"], gone["failures"]) == ("failing", 1)
    assert gone["problem"]
    assert (machines["health"], machines["articles"], machines["category"]) == ("fine", 1, "科技")
    assert machines["last_poll"].endswith("Z")


def test_a_line_that_goes_to_a_program_is_not_folded(folder: Path) -> None:
    done = status(folder)
    assert len(done.stdout.splitlines()) == 5


def test_to_look_writes_nothing_once_the_sources_are_known(folder: Path) -> None:
    status(folder)
    before = (folder / "a.db").read_bytes()
    status(folder)
    assert (folder / "a.db").read_bytes() == before


def test_the_live_view_needs_a_terminal(folder: Path) -> None:
    assert status(folder, "--watch").exit_code == 2


@pytest.mark.parametrize(("key", "code"), [(b"q", 0), (b"\x03", 130)])
def test_the_live_view_is_shown_until_a_key_and_leaves_the_terminal_as_it_was(
    folder: Path, key: bytes, code: int
) -> None:
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 60, 0, 0))
    before = termios.tcgetattr(theirs)
    process = subprocess.Popen(
        [sys.executable, "-m", "aggregator", "status", "--watch"],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        env={**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8"},
    )
    shown: list[bytes] = []

    def read() -> None:
        try:
            while part := os.read(ours, 4096):
                shown.append(part)
        except OSError:
            pass

    reader = Thread(target=read)
    reader.start()
    until("the table is there", lambda: b"1 failing" in b"".join(shown) and "江城晚报".encode() in b"".join(shown))
    os.write(ours, key)
    assert process.wait(20) == code
    assert termios.tcgetattr(theirs) == before
    os.close(theirs)
    reader.join(10)
    text = b"".join(shown).decode()
    assert "Traceback" not in text
    assert "\x1b[?1049l" in text  # the screen from before is back
