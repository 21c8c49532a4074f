"""A full conditional cycle of the whole program: 1,000 sources on 50 hosts, each answer 100 ms late.

    python bench/cycle.py [--sources 1000] [--hosts 50] [--latency 0.1] [--concurrency 32]

Hosts are addresses 127.0.1.1 … of loopback. The server counts, for each host, how many connections are open at once,
and takes the time from the first request of a cycle to its last answer. Ideal is sources × latency ÷ concurrency.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import yaml

FEED = """<rss version="2.0"><channel><title>{name}</title><link>http://{name}.example/</link>
{items}</channel></rss>"""
ITEM = """<item><title>{name} story {n}</title><link>http://{name}.example/{n}</link><guid>{name}-{n}</guid>
<pubDate>Mon, 02 Nov 2026 10:{n:02d}:00 GMT</pubDate>
<description>Something about {name} and {n}.</description></item>"""


class Hosts:
    """Feeds on many addresses, with latency, and an eye on every connection."""

    def __init__(self, hosts: int, latency: float) -> None:
        self.latency = latency
        self.addresses = [f"127.0.1.{number + 1}" for number in range(hosts)]
        self.open: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.times: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.port = 0
        self._ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        self._ready.wait()

    def reset(self) -> None:
        self.most.clear()
        self.times.clear()
        self.statuses.clear()

    async def _serve(self) -> None:
        first = await asyncio.start_server(self._talk, self.addresses[0], 0, backlog=1000)
        self.port = first.sockets[0].getsockname()[1]
        for address in self.addresses[1:]:
            await asyncio.start_server(self._talk, address, self.port, backlog=1000)
        self._ready.set()
        await asyncio.Event().wait()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        self.open[host] += 1
        self.most[host] = max(self.most[host], self.open[host])
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._answer(head, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open[host] -= 1
            writer.close()

    async def _answer(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        self.times.append(time.monotonic())
        await asyncio.sleep(self.latency)
        name = head.split(b" ", 2)[1].decode().strip("/")
        etag = f'"{name}"'
        if f"if-none-match: {etag}" in head.decode("latin-1").lower():
            self.statuses[304] += 1
            writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode())
        else:
            self.statuses[200] += 1
            body = FEED.format(name=name, items="".join(ITEM.format(name=name, n=n) for n in range(10))).encode()
            writer.write(
                f"HTTP/1.1 200 OK\r\nETag: {etag}\r\nContent-Type: application/rss+xml\r\n"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
        await writer.drain()
        self.times.append(time.monotonic())


def main() -> None:
    """Run a cold cycle and two conditional ones."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--per-host", type=int, default=2)
    wishes = parser.parse_args()
    hosts = Hosts(wishes.hosts, wishes.latency)
    ideal = wishes.sources * wishes.latency / wishes.concurrency
    with tempfile.TemporaryDirectory() as folder:
        config = configure(Path(folder), hosts, wishes)
        print(f"{wishes.sources} sources, {wishes.hosts} hosts, {wishes.latency * 1000:.0f} ms: ideal {ideal:.2f} s")
        for cycle in ("cold", "conditional", "conditional"):
            hosts.reset()
            cpu = poll(config)
            took = max(hosts.times) - min(hosts.times)
            print(
                f"{cycle:12} {took:5.2f} s = {took / ideal:.2f} x ideal; {dict(hosts.statuses)}; "
                f"at most {max(hosts.most.values())} connections to a host; "
                f"{cpu / wishes.sources * 1000:.2f} ms CPU a source"
            )


def configure(folder: Path, hosts: Hosts, wishes: argparse.Namespace) -> Path:
    """A configuration that follows every host's feeds."""
    sources = [
        f"http://{hosts.addresses[number % wishes.hosts]}:{hosts.port}/s{number}" for number in range(wishes.sources)
    ]
    file = folder / "config.yaml"
    settings = {
        "publish": {"folder": "public", "formats": ["atom"]},
        "storage": {"database": "articles.db", "keep": None},
        "polling": {
            "allow_private": ["127.0.0.0/8"],
            "concurrency": wishes.concurrency,
            "per_host": wishes.per_host,
        },
        "categories": {"bench": {"sources": sources}},
    }
    file.write_text(yaml.safe_dump(settings))
    return file


def poll(config: Path) -> float:
    """`once --all`; its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "aggregator", "-c", str(config), "once", "--all"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "COLUMNS": "200"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
