#!/usr/bin/env python3
"""Requests per CPU second of our server, of nginx and of Python's http.server, on the same file, in one run.

    python bench/serve.py [--rounds 7]

Needs wrk and nginx. Each round lasts a second for each server; the median counts, as the machine may be busy. Only the
CPU time of the server's own process is counted. Then a thousand half-open connections: what they cost in memory, and
how long others wait meanwhile.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

import requests

HOME = Path(__file__).resolve().parent.parent
OURS = """
import sys, time
from pathlib import Path
from aggregator.web.feeds import Feeds
from aggregator.web.server import serve
with serve(Feeds(Path(sys.argv[1]), otherwise=None), port=int(sys.argv[2])):
    time.sleep(3600)
"""
NGINX = """
worker_processes 1; daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.err;
events {{ worker_connections 2048; }}
http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; gzip_static on;
  types {{ application/atom+xml atom; }}
  server {{ listen 127.0.0.1:{port}; root {folder}; add_header Cache-Control "public, max-age=300"; }} }}
"""


@dataclass(frozen=True)
class Contestant:
    """A server that runs."""

    name: str
    pid: int
    url: str

    def cpu(self) -> float:
        """Seconds of CPU that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Resident, in MB."""
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text())
        assert found
        return int(found[1]) // 1000


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        write_feed(folder / "feeds")
        contestants = [stack.enter_context(running(*command)) for command in commands(folder)]
        for conditional in (False, True):
            compare(contestants, conditional, rounds)
        half_open(contestants[0])


def write_feed(folder: Path) -> None:
    """About 200 kB of text in a feed, and the same packed for nginx."""
    folder.mkdir()
    chance = Random(1)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(3000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]  # as frequent as words are in a language
    entries = (
        f"<entry><content>{' '.join(chance.choices(words, weights, k=330))}</content></entry>" for _ in range(120)
    )
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'>{''.join(entries)}</feed>"[:200_000]
    (folder / "all.atom").write_text(feed)
    subprocess.run(["gzip", "-9", "-k", folder / "all.atom"], check=True)


def commands(folder: Path) -> Iterator[tuple[str, int, list[str]]]:
    """How each of them is started."""
    port = free_port()
    yield "ours", port, [sys.executable, "-c", OURS, str(folder), str(port)]
    port = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    yield "nginx", port, ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.err")]
    port = free_port()
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(folder), str(port)]
    yield "http.server", port, [*command, "--protocol", "HTTP/1.1"]


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(name: str, port: int, command: list[str]) -> Iterator[Contestant]:
    """The server, once it answers."""
    process = subprocess.Popen(command, cwd=HOME, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    contestant = Contestant(name, process.pid, f"http://127.0.0.1:{port}/feeds/all.atom")
    try:
        for _ in range(100):
            try:
                requests.get(contestant.url, timeout=5).raise_for_status()
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield contestant
    finally:
        process.terminate()
        process.wait(10)


def compare(contestants: list[Contestant], conditional: bool, rounds: int) -> None:
    """All of them in turn, so that a busy moment hits each."""
    costs: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for _ in range(rounds):
        for contestant in contestants:
            costs[contestant.name].append(cost(contestant, conditional))
    print("304" if conditional else "200, gzip where it can")
    for name, spent in costs.items():
        ratio = median(costs["nginx"]) / median(spent)
        print(f"  {name:12} {1e6 / median(spent):8.0f} requests per CPU second, {ratio:.2f} of nginx")


def cost(contestant: Contestant, conditional: bool) -> float:
    """Microseconds of CPU for one request."""
    headers = {"Accept-Encoding": "gzip"}
    if conditional:
        answer = requests.get(contestant.url, headers=headers, timeout=5)
        validator = "ETag" if "ETag" in answer.headers else "Last-Modified"
        headers["If-None-Match" if validator == "ETag" else "If-Modified-Since"] = answer.headers[validator]
    options = [option for header in headers.items() for option in ("-H", ": ".join(header))]
    before = contestant.cpu()
    output = subprocess.run(
        ["wrk", "-t1", "-c16", "-d1s", *options, contestant.url], check=True, capture_output=True, text=True
    ).stdout
    found = re.search(r"(\d+) requests in", output)
    assert found, output
    assert conditional or "Non-2xx" not in output, output
    return (contestant.cpu() - before) / int(found[1]) * 1e6


def half_open(ours: Contestant) -> None:
    """A thousand clients that never finish their request."""
    port = int(ours.url.split(":")[2].split("/")[0])
    before = ours.memory()
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(1000)]
    for client in clients:
        client.sendall(b"GET /feeds/all.atom HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    began = time.monotonic()
    requests.get(ours.url, timeout=5).raise_for_status()
    waited = (time.monotonic() - began) * 1000
    print(f"1,000 half-open connections: {before} MB before, {ours.memory()} MB with them, others wait {waited:.0f} ms")
    for client in clients:
        client.close()


if __name__ == "__main__":
    main()
