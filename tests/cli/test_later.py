"""Commands are loaded when they are called, and are in the list what they are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from aggregator.cli import main
from aggregator.cli.later import Later


@pytest.mark.parametrize("name", sorted(main.commands))
def test_the_list_says_of_a_command_what_it_says_itself(name: str) -> None:
    listed = main.commands[name]
    assert isinstance(listed, Later)
    assert listed.real().name == name
    assert listed.get_short_help_str(200) == listed.real().get_short_help_str(100)


@pytest.mark.parametrize("name", sorted(main.commands))
def test_its_help_is_its_own(name: str) -> None:
    listed = main.commands[name]
    assert isinstance(listed, Later)
    shown = CliRunner().invoke(main, [name, "--help"])
    assert shown.exit_code == 0
    own = listed.real().help or ""
    assert (
        own.split("\n")[0].split()[:3] == [word for line in shown.output.splitlines()[2:] for word in line.split()][:3]
    )
    if isinstance(real := listed.real(), click.Group):
        assert all(sub in shown.output for sub in real.commands)


def commands(called: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    real = command.real() if isinstance(command, Later) else command
    if isinstance(real, click.Group):
        for name, sub in real.commands.items():
            yield from commands(f"{called} {name}", sub)
    else:
        yield called, real


def test_the_help_of_every_command_has_an_example() -> None:
    every = [pair for name, command in main.commands.items() for pair in commands(f"aggregator {name}", command)]
    without = [
        called
        for called, command in every
        if not re.search(rf"aggregator (-c \S+ )?{called.split(' ', 1)[1]}", (command.help or "").partition("\b\n")[2])
    ]
    assert without == []


def test_every_command_stands_in_a_section() -> None:
    assert [title for title, _ in main.sections if title == "More"] == []


def test_help_needs_none_of_the_libraries() -> None:
    program = "import sys; from aggregator.cli import main; main(['--help'], standalone_mode=False); "
    program += "print([each for each in ('pydantic', 'yaml', 'rich', 'lxml') if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=os.environ, check=True)
    assert done.stdout.endswith("[]\n")
