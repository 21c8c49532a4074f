"""What the C library gives back, in processes of their own: it is theirs as a whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.observe.memory import return_memory, share_arenas

glibc = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Linux alone says what a process holds")

HOLES = """
import os
from pathlib import Path
from aggregator.observe.memory import return_memory
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
blocks = [bytes(2_000) for _ in range(50_000)]
kept = blocks[::500]
del blocks
before = resident()
return_memory()
print(before - resident())
"""

THREADS = """
import ctypes, threading
from aggregator.observe.memory import share_arenas
share_arenas()
gate, kept = threading.Barrier(16), []
def work():
    gate.wait()
    kept.append([ctypes.CDLL(None).strdup(b"x" * 2_000) for _ in range(200)])
    gate.wait()
threads = [threading.Thread(target=work) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
ctypes.CDLL(None).malloc_stats()
"""


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )


@glibc
def test_free_memory_between_what_is_used_is_given_back() -> None:
    assert int(run(HOLES).stdout) > 50_000_000


@glibc
def test_many_threads_share_two_arenas() -> None:
    arenas = [line for line in run(THREADS).stderr.splitlines() if line.startswith("Arena")]
    assert arenas == ["Arena 0:", "Arena 1:"]


def test_where_there_is_no_glibc_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda name: object())
    share_arenas()
    return_memory()
