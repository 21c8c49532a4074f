"""CPU per conditional poll: our client beside bare pycurl, plain requests, and requests with one shared TLS context.

    python bench/fetch.py [--hosts 600] [--rounds 1] [--only ours-tls,requests-tls]

Every poll goes to a loopback address of its own (127.1.0.1, 127.1.0.2, …) and is answered with a 304, 32 at once. The
certificates are verified against the system's CA bundle plus one CA made for the run. Each client runs in a process
of its own, and only that process's CPU is counted (getrusage). With `--rounds`, later rounds meet warm pools.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ETAG = '"bench"'
AT_ONCE = 32
CLIENTS = ("ours", "pycurl", "requests-shared", "requests")


def addresses(count: int) -> list[str]:
    return [f"127.1.{number // 250}.{number % 250 + 1}" for number in range(count)]


# --- the server ------------------------------------------------------------------------------------------------------


class Feed(asyncio.Protocol):
    """Answers every conditional GET with a 304."""

    asked = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.data = b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while b"\r\n\r\n" in self.data:
            head, _, self.data = self.data.partition(b"\r\n\r\n")
            conditional = b"if-none-match" in head.lower()
            status = b"304 Not Modified" if conditional else b"200 OK\r\nContent-Length: 0"
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nETag: " + ETAG.encode() + b"\r\n\r\n")  # type: ignore[attr-defined]


async def serve(count: int, folder: Path) -> None:
    import trustme

    loop = asyncio.get_running_loop()
    authority = trustme.CA()
    system = Path(ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt")
    bundle = folder / "ca.pem"
    bundle.write_bytes((system.read_bytes() if system.is_file() else b"") + authority.cert_pem.bytes())
    plain = await loop.create_server(Feed, "127.1.0.1", 0, backlog=512)
    port = plain.sockets[0].getsockname()[1]
    secure_port = 0
    for number, address in enumerate(addresses(count)):
        if number:
            await loop.create_server(Feed, address, port, backlog=64)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(address).configure_cert(context)
        secure = await loop.create_server(Feed, address, secure_port, ssl=context, backlog=64)
        secure_port = secure.sockets[0].getsockname()[1]
    print(json.dumps({"http": port, "https": secure_port, "ca": str(bundle)}), flush=True)
    await asyncio.Event().wait()


# --- the clients: each polls all URLs, and returns how many 304s it got ----------------------------------------------


def in_threads(poll: Callable[[str], bool]) -> Callable[[list[str]], int]:
    pool = ThreadPoolExecutor(AT_ONCE)
    return lambda urls: sum(pool.map(poll, urls))


def ours(ca: str) -> Callable[[list[str]], int]:
    from aggregator.fetch import Client
    from aggregator.model.exchange import NotModified, Request
    from aggregator.model.source import Validators

    client = Client(
        user_agent="bench", allow_private=["127.0.0.0/8"], clock=lambda: datetime.now(UTC), ca_file=Path(ca)
    )

    def poll(url: str) -> bool:
        return isinstance(client.fetch(Request(url=url, validators=Validators(url=url, etag=ETAG))), NotModified)

    return in_threads(poll)


def plain_requests(ca: str) -> Callable[[list[str]], int]:
    import requests

    local = threading.local()

    def poll(url: str) -> bool:
        if not hasattr(local, "session"):
            local.session = requests.Session()
        with local.session.get(url, headers={"If-None-Match": ETAG}, timeout=20, verify=ca) as response:
            return bool(response.status_code == 304)

    return in_threads(poll)


def shared_requests(ca: str) -> Callable[[list[str]], int]:
    import requests
    from requests.adapters import HTTPAdapter

    context = ssl.create_default_context(cafile=ca)

    class Shared(HTTPAdapter):
        def build_connection_pool_key_attributes(self, request, verify, cert=None):  # type: ignore[no-untyped-def]
            host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
            return host, {"ssl_context": context} if host["scheme"] == "https" else pool

        def cert_verify(self, conn, url, verify, cert):  # type: ignore[no-untyped-def]
            """The context has loaded the bundle already."""

    local = threading.local()

    def poll(url: str) -> bool:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            local.session.mount("http://", Shared())
            local.session.mount("https://", Shared())
        with local.session.get(url, headers={"If-None-Match": ETAG}, timeout=20) as response:
            return bool(response.status_code == 304)

    return in_threads(poll)


def bare_pycurl(ca: str) -> Callable[[list[str]], int]:
    import pycurl

    multi = pycurl.CurlMulti()

    def new() -> pycurl.Curl:
        curl = pycurl.Curl()
        curl.setopt(pycurl.HTTPHEADER, [f"If-None-Match: {ETAG}"])
        curl.setopt(pycurl.CAINFO, ca)
        curl.setopt(pycurl.TIMEOUT, 20)
        curl.setopt(pycurl.WRITEFUNCTION, lambda data: None)
        curl.setopt(pycurl.PROXY, "")
        return curl

    idle = [new() for _ in range(AT_ONCE)]

    def poll_all(urls: list[str]) -> int:
        left, running, good = urls[::-1], 0, 0
        while left or running:
            while left and idle:
                curl = idle.pop()
                curl.setopt(pycurl.URL, left.pop())
                multi.add_handle(curl)
                running += 1
            multi.perform()
            _, done, failed = multi.info_read()
            for curl in [*done, *(entry[0] for entry in failed)]:
                good += curl.getinfo(pycurl.RESPONSE_CODE) == 304
                multi.remove_handle(curl)
                idle.append(curl)
                running -= 1
            if running:
                multi.select(1.0)
        return good

    return poll_all


MAKERS = {"ours": ours, "pycurl": bare_pycurl, "requests": plain_requests, "requests-shared": shared_requests}


def measure(name: str, scheme: str, where: dict[str, str], count: int, rounds: int) -> None:
    urls = [f"{scheme}://{address}:{where[scheme]}/feed.xml" for address in addresses(count)]
    poll_all = MAKERS[name](where["ca"])
    for _ in range(rounds):
        before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        good = poll_all(urls)
        wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        figures = f"{cpu / count * 1000:8.3f} ms CPU a poll {wall / count * 1000:8.3f} ms wall"
        print(f"{name:16} {scheme:5} {figures} {after.ru_maxrss // 1024:5} MB  {good}/{count}", flush=True)
    sys.stdout.flush()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--hosts", type=int, default=600)
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--only", default="", help="of " + ",".join(f"{name}-http(s)" for name in CLIENTS))
    arguments.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    arguments.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.serve:
        asyncio.run(serve(given.hosts, given.serve))
    elif given.measure:
        name, scheme, where = given.measure
        measure(name, scheme, json.loads(where), given.hosts, given.rounds)
    else:
        compare(given.hosts, given.rounds, given.only)


def compare(hosts: int, rounds: int, only: str) -> None:
    own = [sys.executable, __file__, "--hosts", str(hosts), "--rounds", str(rounds)]
    wanted = only.split(",") if only else [f"{name}-{scheme}" for scheme in ("http", "https") for name in CLIENTS]
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen([*own, "--serve", folder], stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            where = server.stdout.readline()
            for each in wanted:
                name, _, scheme = each.rpartition("-")
                subprocess.run([*own, "--measure", name, scheme, where], check=True)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
