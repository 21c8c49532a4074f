"""The whole program against the kit of hostile servers that lies beside the checkout.

The kit moves itself into a network namespace that has nothing but loopback: its servers redirect to other people.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import verdict

ROOT = Path(__file__).parents[2]
KIT = Path(os.environ.get("HOSTILE_KIT", ROOT.parent / "shared" / "hostile"))


def test_every_hostile_case_ends_as_it_should(tmp_path: Path) -> None:
    runner = KIT / "run_kit.py"
    if not runner.exists():
        verdict("the kit of hostile servers is not beside the checkout; HOSTILE_KIT may name it")
    adapter = f"{sys.executable} {ROOT / 'tests' / 'hostile' / 'adapter.py'}"
    # Other tests run beside it: twice the time for each case, or a crowded machine would look like one that hangs.
    command = [
        sys.executable,
        str(runner),
        "--adapter",
        adapter,
        "--jobs",
        str((os.cpu_count() or 2) + 1),
        "--wall",
        "60",
    ]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "kit.json")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
    )
    failed = [line for line in done.stdout.splitlines() if "] FAIL " in line]
    assert failed == [], done.stderr[-2000:]
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    tally = re.search(r"^(\d+)/(\d+) pass", done.stdout, re.MULTILINE)
    assert tally is not None, "the kit came to no result"
    assert tally[1] == tally[2], tally[0]
    assert int(tally[2]) > 200, "the kit has more cases than that: it did not run them"
