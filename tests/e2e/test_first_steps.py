"""The first five minutes of README, and the recorded session: both are what really happens."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.demo import serve_samples
from tests.waiting import until

ROOT = Path(__file__).parents[2]


def without_widths(text: str) -> str:
    """Columns are as wide as what stands in them, and a busy machine takes 10 s where another takes 9."""
    return re.sub(r" {2,}", "  ", text)


CLOCK = """
from datetime import UTC, datetime, timedelta
from aggregator import opening
opening.clock = lambda: datetime.now(UTC) + timedelta(days={days})
"""
"""A `sitecustomize`: what Python loads before anything else; here, of a machine whose clock shows another day."""


@pytest.mark.parametrize("days", [0, 463, 3650], ids=["today", "next year", "in ten years"])
def test_the_recorded_session_is_what_happens_on_any_day(tmp_path: Path, days: int) -> None:
    """The samples are as old as they are; what they show must not depend on when somebody looks."""
    (tmp_path / "sitecustomize.py").write_text(CLOCK.format(days=days))
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    recording = [sys.executable, ROOT / "scripts" / "record-session"]
    done = subprocess.run(recording, env=environment, capture_output=True, text=True, check=True)
    recorded = (ROOT / "docs" / "session.md").read_text()
    assert without_widths(done.stdout) == without_widths(recorded), "scripts/record-session > docs/session.md"


@pytest.fixture
def samples() -> Iterator[str]:
    with serve_samples() as url:
        yield url


def steps() -> list[list[str]]:
    """The commands of README, step by step."""
    text = (ROOT / "README.md").read_text().split("## The first five minutes")[1].split("\n## ")[0]
    return [block.split("\n") for block in re.findall(r"^ +```sh\n(.*?)\n +```$", text, re.DOTALL | re.MULTILINE)]


def is_up(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{address}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.needs("newsboat")
def test_the_five_steps_lead_from_nothing_to_a_subscribed_reader(tmp_path: Path, samples: str) -> None:
    """As they stand there; only the feeds are samples, and the port is one that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    program = tmp_path / "bin" / "aggregator"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m aggregator "$@"\n')
    program.chmod(0o755)
    (tmp_path / ".newsboat").mkdir()
    environment = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    environment |= {"PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}

    def shell(command: str) -> str:
        done = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    (init,), (add,), looks, (run,), reads = ([line.strip() for line in step] for step in steps())
    shell(f"{init} {samples}/harbour-post.rss")
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text().replace("127.0.0.1:8080", address))
    shell(add.replace("https://www.ruanyifeng.com/blog/", f"{samples}/small-machines.json"))
    polled, status = (shell(command) for command in looks)
    assert "2 sources polled" in polled
    assert len([line for line in status.splitlines() if "fine" in line]) == 2
    daemon = subprocess.Popen(shlex.split(f"exec {run}")[1:], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL)
    try:
        until("the daemon answers", lambda: is_up(address))
        for command in reads:
            shell(command.replace("127.0.0.1:8080", address))
        assert int(shell("newsboat -x print-unread").split()[0]) > 5
    finally:
        daemon.terminate()
        assert daemon.wait(30) == 0
