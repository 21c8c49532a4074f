"""Tab in three shells: commands, options, categories and sources."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shlex
import subprocess
import sys
import termios
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from aggregator.cli import main
from tests.waiting import until

CONFIG = """
categories:
  News:
    sources:
      - {name: "Harbour Post: World", url: https://harbour.example/feed}
      - {name: "Harbour & Sons", url: https://sons.example/feed}
      - {name: It's here, url: https://here.example/feed}
  科技/安全:
    sources: [{name: 新浪 财经, url: "https://sina.example/feed?token=${TOKEN}"}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG)
    program = tmp_path / "bin" / "aggregator"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m aggregator "$@"\n')
    program.chmod(0o755)
    return tmp_path


def run(folder: Path, *command: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    return subprocess.run(command, input=text, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def in_bash(folder: Path, line: str) -> list[str]:
    """What bash would put in the place of the last of its words."""
    script = f"""
eval "$(aggregator completion bash)"
compopt() {{ :; }}
COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)} COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
COMP_WORDS=(x {shlex.quote(line.rpartition(" ")[2])}) COMP_CWORD=1
_aggregator_completion aggregator
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = run(folder, "bash", "--norc", "-c", script)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_commands_and_options_are_completed(folder: Path) -> None:
    assert in_bash(folder, "aggregator stat") == ["status"]
    assert in_bash(folder, "aggregator once --a") == ["--all"]
    assert in_bash(folder, "aggregator import po") == ["posts"]
    assert {"init", "doctor", "why"} - set(in_bash(folder, "aggregator ")) <= {"doctor"}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("aggregator search --category ", ["News", "科技", "科技/安全"]),
        ("aggregator search --category 科技/", ["科技/安全"]),
        ("aggregator search --category=Ne", ["News"]),
        ("aggregator try 新浪", ["新浪\\ 财经"]),
        ("aggregator try harbour\\ ", ["Harbour\\ Post:\\ World", "Harbour\\ \\&\\ Sons"]),
        ("aggregator try Harbour\\ Post:", ["\\ World"]),
        ("aggregator try 'Harbour P", ["Harbour Post: World"]),
        ("aggregator try It", ["It\\'s\\ here"]),
        ("aggregator try https://sina", ["//sina.example/feed?token=${TOKEN}".replace("$", "\\$")]),
        ("aggregator try nothing", []),
    ],
)
def test_names_of_the_configuration_are_completed_and_quoted(folder: Path, line: str, found: list[str]) -> None:
    expected = [each.replace("{", "\\{").replace("}", "\\}").replace("?", "\\?") for each in found]
    assert [line for line in in_bash(folder, line) if line] == expected


def test_what_bash_inserts_is_one_word_again(folder: Path) -> None:
    inserted = in_bash(folder, "aggregator try ")
    names = ["Harbour Post: World", "Harbour & Sons", "It's here", "新浪 财经"]
    assert [shlex.split(each) for each in inserted] == [[name] for name in names]


def test_another_configuration_is_read_and_a_broken_one_makes_no_noise(folder: Path) -> None:
    (folder / "other file.yaml").write_text("categories: {Sport: {sources: [https://s.example/]}}")
    assert in_bash(folder, "aggregator -c other\\ file.yaml search --category ") == ["Sport"]
    (folder / "config.yaml").write_text("categories: [}")
    assert in_bash(folder, "aggregator search --category ") == [""]
    (folder / "config.yaml").unlink()
    assert in_bash(folder, "aggregator try ") == [""]


@pytest.mark.needs("zsh")
def test_the_script_for_zsh_is_one_and_the_protocol_knows_our_names(folder: Path) -> None:
    script = run(folder, "aggregator", "completion", "zsh")
    assert run(folder, "zsh", "--no-rcs", "-n", text=script.stdout).stderr == ""
    words = "COMP_WORDS='aggregator search --category ' COMP_CWORD=3 _AGGREGATOR_COMPLETE=zsh_complete aggregator"
    asked = run(folder, "zsh", "--no-rcs", "-c", words)
    assert [line for line in asked.stdout.splitlines() if line not in ("plain", "_")] == ["News", "科技", "科技/安全"]


@pytest.mark.needs("zsh")
def test_tab_in_a_zsh_that_somebody_sits_at_inserts_one_word(folder: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {
        **os.environ,
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    shell = subprocess.Popen(
        ["zsh", "--no-rcs", "-i"],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    shown: list[bytes] = []
    reader = Thread(target=_read, args=(ours, shown))
    reader.start()

    def sees(text: str) -> bool:
        return text in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", b"".join(shown).decode("utf-8", "replace"))

    try:
        os.write(ours, b'autoload -Uz compinit && compinit -u -D; eval "$(aggregator completion zsh)"; print re""ady\r')
        until("zsh is ready", lambda: sees("ready"))
        for typed, inserted in (
            ("aggregator search --category Ne", "--category News "),
            ("aggregator try Harbour\\ P", "try Harbour\\ Post:\\ World "),
            ("aggregator try 新", "try 新浪\\ 财经 "),
            ("aggregator stat", "aggregator status "),
        ):
            os.write(ours, f"\x15{typed}\t".encode())
            until(f"{inserted} is inserted", lambda inserted=inserted: sees(inserted))  # type: ignore[misc]
    finally:
        shell.kill()
        shell.wait()
        reader.join(10)
        os.close(ours)


def _read(terminal: int, shown: list[bytes]) -> None:
    try:
        while part := os.read(terminal, 4096):
            shown.append(part)
    except OSError:  # the other end is closed
        pass


@pytest.mark.needs("fish")
def test_fish_completes_names(folder: Path) -> None:
    def complete(line: str) -> list[str]:
        command = f"aggregator completion fish | source; complete --do-complete {shlex.quote(line)}"
        return run(folder, "fish", "--no-config", "-c", command).stdout.splitlines()

    assert complete("aggregator search --category ") == ["News", "科技", "科技/安全"]
    assert complete("aggregator try Harbour") == ["Harbour & Sons", "Harbour Post: World"]
    assert [line.split("\t")[0] for line in complete("aggregator stat")] == ["status"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_names_the_program_whatever_it_was_called_as(shell: str) -> None:
    done = CliRunner().invoke(main, ["completion", shell], prog_name="python -m aggregator")
    assert "_AGGREGATOR_COMPLETE" in done.output
    assert "python" not in done.output
