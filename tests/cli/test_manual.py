"""The manual page that ships is the one that the commands make, and man has nothing against it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from aggregator.cli import main
from aggregator.cli.manual import render_manual

PAGE = Path(__file__).parents[2] / "docs" / "man" / "aggregator.1"


def test_the_page_is_that_of_today() -> None:
    assert PAGE.read_text() == render_manual(), "run `make docs`"


def test_every_command_stands_in_it() -> None:
    page = render_manual()
    assert [name for name in main.commands if f".SS aggregator {name}" not in page] == []


@pytest.mark.needs("mandoc")
def test_mandoc_renders_it_without_a_warning() -> None:
    told = subprocess.run(["mandoc", "-Tlint", "-Wwarning", PAGE], capture_output=True, text=True, check=False)
    assert (told.stdout, told.returncode) == ("", 0)
    shown = subprocess.run(["mandoc", "-Tascii", PAGE], capture_output=True, text=True, check=True)
    assert "aggregator" in shown.stdout
