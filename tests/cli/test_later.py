"""Commands are loaded when they are called, and are in the list what they are."""

from __future__ import annotations

import os
import subprocess
import sys

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


def test_help_needs_none_of_the_libraries() -> None:
    program = "import sys; from aggregator.cli import main; main(['--help'], standalone_mode=False); "
    program += "print([each for each in ('pydantic', 'yaml', 'rich', 'lxml') if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=os.environ, check=True)
    assert done.stdout.endswith("[]\n")
