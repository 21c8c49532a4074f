"""What every test of the whole program begins with: publishers to poll, and the program in an empty folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.world import Program, Publishers


@pytest.fixture
def publishers() -> Iterator[Publishers]:
    """A server of feeds."""
    with Publishers() as publishers:
        yield publishers


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program in an empty folder."""
    return Program(tmp_path)
