"""Two machines that follow the same feeds publish the same bytes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.e2e.documents import Story, atom, json_feed, rdf, rss
from tests.e2e.world import PATIENCE, ROOT, Program, Publishers

MACHINES: tuple[dict[str, str], ...] = (
    {"TZ": "Asia/Shanghai", "LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8", "PYTHONHASHSEED": "1", "USER": "ann"},
    {"TZ": "America/St_Johns", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "2", "USER": "bob"},
)
ARRIVAL = re.compile(rb'"first_seen":"[^"]*"')  # when it came: that is not the publisher's, and differs


def stories(name: str, number: int) -> list[Story]:
    return [Story(f"{name} {n}: 山前 łódź {n * 7919 % 1000}", n, f"<p>{name} {n}</p>") for n in range(number, 0, -1)]


def published(folder: Path, publishers: Publishers, machine: dict[str, str]) -> dict[str, bytes]:
    folder.mkdir()
    program = Program(folder)
    program.port = 1  # so that both have the same address; nothing listens there
    program.configure(
        {
            "News": {"title": "新闻", "sources": [f"{publishers.base}/a", f"{publishers.base}/b"]},
            "News/Deep": {"sources": [f"{publishers.base}/c", {"name": "山", "url": f"{publishers.base}/d"}]},
        },
        publish={"limit": 30},
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), **machine}
    command = [sys.executable, "-m", "aggregator", "-c", str(program.config), "once", "--all"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return {name: ARRIVAL.sub(b"", content) for name, content in program.files().items()}


def test_zone_language_hash_seed_and_user_change_no_byte(tmp_path: Path, publishers: Publishers) -> None:
    for path, write, number in (("/a", rss, 90), ("/b", atom, 80), ("/c", json_feed, 70), ("/d", rdf, 60)):
        publishers.serve(path, write(path, stories(path, number)))
    one, two = (published(tmp_path / machine["USER"], publishers, machine) for machine in MACHINES)
    assert one.keys() == two.keys()
    assert {name for name in one if one[name] != two[name]} == set()
    assert "News/_archive/1.atom" in one
