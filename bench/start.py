"""What it costs to start: processor seconds of the installed commands, each run in a process of its own.

    python bench/start.py [--sources 2000] [--runs 9]

A configuration of so many sources in fifty categories is written into a folder of its own, and its database is made by
a first `status`. Each command is then run so many times; the median of user and system time counts, which other work
on the machine changes less than the clock on the wall.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

TAB = "_AGGREGATOR_COMPLETE"
COMMANDS: tuple[tuple[str, tuple[str, ...], float], ...] = (  # its name, its words, the limit in seconds
    ("--version", ("--version",), 0.15),
    ("--help", ("--help",), 0.15),
    ("check", ("check",), 1.0),
    ("status", ("status",), 1.0),
    ("status --json", ("status", "--json"), 1.0),
)
LINES = ("aggregator st", "aggregator remove Blog", "aggregator status --category t", "aggregator once --")
PRESSED = 0.25  # seconds that Tab may take


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sources", type=int, default=2000)
    arguments.add_argument("--runs", type=int, default=9)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="start-") as folder:
        Path(folder, "config.yaml").write_text(configuration(given.sources), encoding="utf-8")
        cost(folder, ("status",), {})
        print(f"{given.sources} sources; processor seconds, the median of {given.runs} runs (least, most)")
        for name, words, limit in COMMANDS:
            tell(name, [cost(folder, words, {}) for _ in range(given.runs)], limit)
        for line in LINES:
            asked = {TAB: "bash_complete", "COMP_LINE": line}
            tell(f"{line}<Tab>", [cost(folder, (), asked) for _ in range(given.runs)], PRESSED)


def configuration(sources: int, categories: int = 50) -> str:
    """Every other source has a name of its own."""
    lines = ["categories:"]
    for category in range(categories):
        lines += [f"  topic-{category}:", "    sources:"]
        for number in range(category, sources, categories):
            url = f"https://blog{number}.example/feed.xml"
            lines += [f"      - url: {url}", f"        name: Blog {number}"] if number % 2 else [f"      - {url}"]
    return "\n".join((*lines, ""))


def cost(folder: str, words: tuple[str, ...], more: Mapping[str, str]) -> tuple[float, float]:
    """Processor seconds, and those on the clock."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    program = (sys.executable, "-m", "aggregator", *words)
    subprocess.run(program, cwd=folder, env={**os.environ, **more}, stdout=subprocess.DEVNULL, check=True)
    took, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, took


def tell(name: str, costs: list[tuple[float, float]], limit: float) -> None:
    """One line, with what it may cost at most."""
    seconds = [processor for processor, _ in costs]
    median, wall = statistics.median(seconds), statistics.median(took for _, took in costs)
    spread = f"({min(seconds):.2f}, {max(seconds):.2f})"
    verdict = "" if median <= limit else "  TOO MUCH"
    print(f"{name:36} {median:5.2f} {spread:14} of {limit:.2f}; on the clock {wall:5.2f}{verdict}")


if __name__ == "__main__":
    main()
