"""The unit that ships is one that systemd takes without a word."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.world import PATIENCE, ROOT

UNIT = ROOT / "systemd" / "aggregator.service"


def verify(unit: Path) -> str:
    """What systemd has against a unit; its exit code is 0 whatever it finds."""
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """A copy of the unit that starts a program which is installed here."""
    # Not a link into this environment: where that lies may be out of systemd's sight.
    program = tmp_path / "aggregator"
    program.write_text(f"#!{sys.executable}\nfrom aggregator.cli import main\nmain()\n")
    program.chmod(0o755)
    copy = tmp_path / UNIT.name
    text, times = re.subn(r"(?m)^(ExecStart=)\S+", rf"\g<1>{program}", UNIT.read_text("utf-8"))
    assert times == 1
    copy.write_text(text, "utf-8")
    return copy


@pytest.mark.needs("systemd-analyze")
def test_systemd_has_nothing_against_the_unit(unit: Path) -> None:
    assert verify(unit) == ""


@pytest.mark.needs("systemd-analyze")
def test_systemd_would_tell_of_a_misspelt_key(unit: Path) -> None:
    """Or its silence would mean nothing."""
    unit.write_text(unit.read_text("utf-8").replace("Restart=", "Restrat="), "utf-8")
    assert "Restrat" in verify(unit)


def test_the_command_of_the_unit_is_one_that_the_program_knows(tmp_path: Path) -> None:
    """With the arguments of the unit it asks for the configuration that the unit names, and for nothing else."""
    command = next(line for line in UNIT.read_text("utf-8").splitlines() if line.startswith("ExecStart="))
    arguments = command.partition("=")[2].split()[1:]
    config = tmp_path / "none.yaml"
    arguments[arguments.index("--config") + 1] = str(config)
    program = shutil.which(sys.executable)
    assert program is not None
    done = subprocess.run(
        [program, "-m", "aggregator", *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (done.returncode, str(config) in done.stderr) == (2, True), done.stderr
