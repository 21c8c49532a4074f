"""What all tests share.

`needs(*programs)` skips where a program is missing, and fails in CI, where none may be. Hypothesis does not judge by
the clock: a machine that is busy with something else is no fault of ours, and time is measured in bench/.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("aggregator", deadline=None)
settings.load_profile("aggregator")

HEXO = Path(__file__).parent / "e2e" / "hexo" / "node_modules" / ".bin"
AXE = Path(__file__).parent / "web" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
REMEDY = "scripts/install-test-programs installs it"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Runs before the fixtures of a test, so that none of them starts what is not there."""
    wanted = [program for marker in item.iter_markers("needs") for program in marker.args]
    missing = [program for program in wanted if not installed(program)]
    if missing:
        verdict(f"{', '.join(missing)} not installed; {REMEDY}")


def installed(program: str) -> bool:
    """On the PATH, or among the packages that the tests install for themselves."""
    if program == "axe":
        return AXE.exists()
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}{os.pathsep}{HEXO}") is not None


def verdict(reason: str) -> None:
    """A skipped test in CI would be a green light for what nobody looked at."""
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
