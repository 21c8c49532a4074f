"""Hostile sources beside good ones for some minutes: are the good ones polled on time, is memory flat?

    KIT/isolated.sh python bench/soak.py --kit KIT [--minutes 10] [--good 50]

KIT is a folder with `hostile_server.py` and `hostile_cases.json`. Run it only where nothing but loopback can be
reached: the kit's servers redirect to addresses of other people. Several cases of every class take part.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

import yaml

EVERY = 10  # seconds between polls of a good source
PER_CLASS = 4

ITEM = "<item><title>Story {n}</title><link>http://good.example/{n}</link><guid>{n}</guid></item>"
polls: dict[str, list[float]] = defaultdict(list)


class Good(BaseHTTPRequestHandler):
    """A feed that has a new story every minute, and remembers when it was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        polls[self.path].append(time.monotonic())
        first = int(time.time()) // 60
        items = "".join(ITEM.format(n=f"{self.path}-{minute}") for minute in range(first, first - 20, -1))
        body = f"<rss version='2.0'><channel><title>{self.path}</title>{items}</channel></rss>".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Only the times count."""


def main() -> None:
    """Run the daemon, watch it, say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kit", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--good", type=int, default=50)
    wishes = parser.parse_args()
    good = ThreadingHTTPServer(("127.0.0.1", 0), Good)
    threading.Thread(target=good.serve_forever, daemon=True).start()
    kit = subprocess.Popen([sys.executable, str(wishes.kit / "hostile_server.py")], stdout=subprocess.PIPE, text=True)
    try:
        ports = json.loads(kit.stdout.readline())  # type: ignore[union-attr]
        with tempfile.TemporaryDirectory() as folder:
            config = configure(Path(folder), good.server_port, ports, wishes)
            memory = live(config, wishes.minutes * 60)
        report(memory, wishes.good)
    finally:
        kit.terminate()


def configure(folder: Path, port: int, ports: dict[str, str], wishes: argparse.Namespace) -> Path:
    """Good sources on a timetable, hostile ones of every class."""
    sources = [
        {"name": f"good {n}", "url": f"http://127.0.0.1:{port}/{n}", "every": f"{EVERY}s"} for n in range(wishes.good)
    ]
    hostile = hostile_urls(wishes.kit, ports)
    sources += [{"name": f"hostile {n}", "url": url, "every": f"{EVERY}s"} for n, url in enumerate(hostile)]
    print(f"{wishes.good} good and {len(hostile)} hostile sources, each every {EVERY} s, {wishes.minutes} minutes")
    allowed = [f"127.0.0.1:{port}", ports["base_hostport"]]
    settings = {
        "publish": {"folder": "public"},
        "server": {"listen": "127.0.0.1:0"},
        "storage": {"database": "articles.db"},
        "polling": {"allow_private": allowed, "min": "1s", "timeout": "5s", "max_size": "10MB", "per_host": 8},
        "categories": {"soak": {"sources": sources}},
    }
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump(settings))
    return file


def hostile_urls(kit: Path, ports: dict[str, str]) -> list[str]:
    """The first URLs of some cases of every class."""
    cases = json.loads((kit / "hostile_cases.json").read_text())["cases"]
    taken: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        url = case.get("urls", ["{base}" + case["path"]])[0].format_map(defaultdict(str, ports))
        if url.startswith("http") and len(taken[case["class"]]) < PER_CLASS and url not in taken[case["class"]]:
            taken[case["class"]].append(url)
    return [url for urls in taken.values() for url in urls]


def live(config: Path, seconds: float) -> list[float]:
    """Its resident memory in MB, every five seconds of its life."""
    log = config.with_suffix(".log").open("w")
    daemon = subprocess.Popen(
        [sys.executable, "-m", "aggregator", "-c", str(config), "run"], stdout=log, stderr=log, env=dict(os.environ)
    )
    memory, end, pause = [], time.monotonic() + seconds, threading.Event()
    while time.monotonic() < end:
        pause.wait(5)
        assert daemon.poll() is None, config.with_suffix(".log").read_text()[-3000:]
        pages = int(Path(f"/proc/{daemon.pid}/statm").read_text().split()[1])
        memory.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
    daemon.send_signal(signal.SIGTERM)
    print(f"ended with {daemon.wait(30)}; tracebacks in its log: {tracebacks(config)}")
    return memory


def tracebacks(config: Path) -> int:
    """How often it met a fault of its own."""
    return config.with_suffix(".log").read_text().count("Traceback")


def report(memory: list[float], good: int) -> None:
    """What was seen."""
    gaps = [later - earlier for times in polls.values() for earlier, later in pairwise(times)]
    print(f"good sources polled: {len(polls)} of {good}, {sum(map(len, polls.values()))} polls")
    print(
        f"gap between polls: median {median(gaps):.1f} s, p99 {quantiles(gaps, n=100)[98]:.1f} s, max {max(gaps):.1f} s"
    )
    tenth = max(1, len(memory) // 10)
    parts = [f"{max(memory[start : start + tenth]):.0f}" for start in range(0, len(memory), tenth)]
    print(f"resident MB, highest in each tenth: {' '.join(parts)}")


if __name__ == "__main__":
    main()
