"""The world around the program: publishers on loopback, readers' HTTP, and the program itself as its users start it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import format_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import yaml

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds until a test gives up; nothing here takes a tenth of it on a quiet machine
STARTED = datetime(2026, 1, 1, tzinfo=UTC)
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host"}


def wait_until(what: str, is_true: Callable[[], object], patience: float = PATIENCE) -> None:
    """Look again and again; `AssertionError` when it did not become true in time."""
    end = time.monotonic() + patience
    pause = threading.Event()
    while not is_true():
        assert time.monotonic() < end, f"{what}: not within {patience} seconds"
        pause.wait(0.02)


def a_free_port() -> int:
    """A port of loopback where nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# publishers


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and how it was answered."""

    path: str
    headers: Message
    status: int
    method: str = "GET"


class Loopback:
    """An HTTP server on a free port of loopback that remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.loopback = self
        # Small polls of the loop: shutting down waits for one of them.
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def answer(self, method: str, path: str, headers: Message) -> Answer:
        """The answer to one request; subclasses know it."""
        raise NotImplementedError

    @property
    def base(self) -> str:
        """Its root, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    loopback: Loopback

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed hangs up without a word; anything else is a fault of the test and shows."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        loopback = self.server.loopback
        answer = loopback.answer(self.command, self.path, self.headers)
        loopback.requests.append(Asked(self.path, self.headers, answer.status, self.command))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304 and "Content-Length" not in answer.headers:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *_: Any) -> None:
        """The tests look at `requests`."""


@dataclass(frozen=True, slots=True)
class _Document:
    body: bytes
    media_type: str
    modified: datetime
    has_validators: bool
    status: int

    @property
    def validators(self) -> dict[str, str]:
        if not self.has_validators:
            return {}
        etag = sha256(self.body).hexdigest()[:16]
        return {"ETag": f'"{etag}"', "Last-Modified": format_datetime(self.modified, usegmt=True)}


class Publishers(Loopback):
    """Feeds by path. What they say can be switched while the program runs."""

    def __init__(self) -> None:
        self._documents: dict[str, _Document] = {}
        self._silent: set[str] = set()
        self._waited_for: set[str] = set()
        self._editions = 0
        self._closing = threading.Event()
        super().__init__()

    def serve(self, path: str, body: bytes, media_type: str = "application/xml", *, has_validators: bool = True) -> str:
        """From now on this is there; gives its URL."""
        self._editions += 1
        modified = STARTED + timedelta(minutes=self._editions)
        self._documents[path] = _Document(body, media_type, modified, has_validators, 200)
        return self.base + path

    def refuse(self, path: str, status: int) -> str:
        """From now on there is only an error."""
        self._documents[path] = _Document(b"no\n", "text/plain", STARTED, False, status)
        return self.base + path

    def say_nothing(self, path: str) -> str:
        """From now on a request waits for an answer as long as the server lives."""
        self._silent.add(path)
        return self.base + path

    def answer(self, method: str, path: str, headers: Message) -> Answer:
        """The document, or 304 to who has it."""
        if path in self._silent:
            self._waited_for.add(path)
            self._closing.wait(PATIENCE)
        document = self._documents.get(path)
        if document is None:
            return Answer(404, {})
        validators = document.validators
        asked = headers.get("If-None-Match") or headers.get("If-Modified-Since")
        if asked and asked in validators.values():
            return Answer(304, validators)
        return Answer(document.status, {"Content-Type": document.media_type, **validators}, document.body)

    def is_waited_for(self, path: str) -> bool:
        """Whether somebody has asked for what never comes."""
        return path in self._waited_for

    def statuses(self, since: int = 0) -> list[int]:
        """How the requests were answered, from one of them on."""
        return [asked.status for asked in self.requests[since:]]

    def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        super().close()


class Eavesdropper(Loopback):
    """A reverse proxy in front of the program: what readers ask for, and what they get, byte for byte."""

    def __init__(self) -> None:
        self.target = 0  # the port of the program
        super().__init__()

    def answer(self, method: str, path: str, headers: Message) -> Answer:
        """The program's own answer."""
        passed_on = {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}
        answer = ask(f"http://127.0.0.1:{self.target}{path}", passed_on, method)
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP}
        return Answer(answer.status, {name.title(): value for name, value in kept.items()}, answer.body)


# readers


def ask(url: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
    """One request, nothing decoded and nothing followed; names of headers in lower case."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), headers=dict(headers or {}))
        response = connection.getresponse()
        received = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, received, response.read())
    finally:
        connection.close()


# the program


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended."""

    code: int
    said: str  # stdout
    complained: str  # stderr

    def row(self, source: str) -> str:
        """The line of the table that begins with this name."""
        return next(line for line in self.said.splitlines() if line.startswith(source))

    def counts(self) -> dict[str, tuple[int, int, int]]:
        """new, changed, merged of each source in the table."""
        rows = re.findall(r"^(\S.*?) {2,}.*? (\d+) +(\d+) +(\d+) +\d+\.\d+ s$", self.said, re.MULTILINE)
        return {name: (int(new), int(changed), int(merged)) for name, new, changed, merged in rows}


@dataclass(slots=True)
class Daemon:
    """The running program."""

    process: subprocess.Popen[bytes]
    folder: Path  # of the program
    base: str  # of what it serves, with a slash at the end
    log: Path
    stopped_in: float = field(default=0.0)

    def said(self) -> str:
        """Its log."""
        return self.log.read_text("utf-8")

    def get(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
        """What it answers."""
        return ask(self.base + quote(path), headers, method)

    def titles(self, slug: str = "all") -> list[str]:
        """The titles in a published feed, in its order; nothing before it is there."""
        answer = self.get(f"feeds/{slug}.json")
        return titles_in(answer.body) if answer.status == 200 else []

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code after this signal."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self.stopped_in = time.monotonic() - began
        return code


def titles_in(json_document: bytes) -> list[str]:
    """The titles of a JSON Feed, in its order."""
    return [item["title"] for item in json.loads(json_document)["items"]]


class Program:
    """The installed program in a folder of its own, with its configuration, database and published files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.yaml"
        self.public = folder / "public"
        self.database = folder / "articles.db"
        self.port = a_free_port()

    def configure(self, categories: Mapping[str, Any], **sections: Mapping[str, Any]) -> None:
        """Write the configuration; a section is added to what every test wants."""
        usual: dict[str, dict[str, Any]] = {
            "publish": {"folder": "public", "base_url": f"http://127.0.0.1:{self.port}/"},
            "server": {"listen": f"127.0.0.1:{self.port}"},
            "storage": {"database": "articles.db", "keep": None},
            "polling": {"allow_private": ["127.0.0.0/8"], "min": "1s", "every": "1s", "timeout": "10s"},
        }
        for name, section in sections.items():
            usual[name] = {**usual[name], **section}
        text = yaml.safe_dump({**usual, "categories": categories}, allow_unicode=True, sort_keys=False)
        self.config.write_text(text, "utf-8")

    def follow(self, *urls: str, **sections: Mapping[str, Any]) -> None:
        """Configure one category, `news`, with these sources, named after the last part of their addresses."""
        sources = [{"name": url.rsplit("/", 1)[1], "url": url} for url in urls]
        self.configure({"news": {"sources": sources}}, **sections)

    def __call__(self, *arguments: str | Path, patience: float = PATIENCE) -> Ended:
        """Run a command to its end."""
        done = subprocess.run(
            self._command(arguments),
            cwd=self.folder,
            env=_environment(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=patience,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def running(self, *arguments: str, **environment: str) -> Iterator[Daemon]:
        """A command that runs while the context lasts; killed at its end if it has not ended by then."""
        log = self.folder / "daemon.log"
        with log.open("wb") as to:
            process = subprocess.Popen(
                self._command(arguments), cwd=self.folder, env=_environment(environment), stdout=to, stderr=to
            )
        try:
            yield Daemon(process, self.folder, f"http://127.0.0.1:{self.port}/", log)
        finally:
            process.kill()
            process.wait()

    @contextmanager
    def daemon(self, **environment: str) -> Iterator[Daemon]:
        """`run`, as soon as it answers."""
        with self.running("run", **environment) as daemon:
            wait_until("the daemon answers", lambda: _answers(daemon))
            yield daemon

    def files(self) -> dict[str, bytes]:
        """Every published file by its name below feeds/."""
        feeds = self.public / "feeds"
        return {path.relative_to(feeds).as_posix(): path.read_bytes() for path in feeds.rglob("*") if path.is_file()}

    def stamps(self) -> dict[str, tuple[int, int]]:
        """When each published file was written, and its inode: replacing a file by the same bytes shows."""
        feeds = self.public / "feeds"
        found = ((path.relative_to(feeds).as_posix(), path.stat()) for path in feeds.rglob("*") if path.is_file())
        return {name: (stat.st_mtime_ns, stat.st_ino) for name, stat in found}

    def feed(self, slug: str) -> dict[str, Any]:
        """A published JSON Feed."""
        feed: dict[str, Any] = json.loads((self.public / "feeds" / f"{slug}.json").read_bytes())
        return feed

    def titles(self, slug: str = "all") -> list[str]:
        """The titles in a published feed, in its order."""
        return [item["title"] for item in self.feed(slug)["items"]]

    def select(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of its database."""
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def _command(self, arguments: Sequence[str | Path]) -> list[str]:
        return [sys.executable, "-m", "aggregator", "-c", str(self.config), *map(str, arguments)]


def _environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    # Wide, so that no cell of a table is folded; the checkout first, so that it is what is tested.
    usual = {"COLUMNS": "250", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    return {**os.environ, **usual, **(more or {})}


def _answers(daemon: Daemon) -> bool:
    assert daemon.process.poll() is None, f"the daemon has ended:\n{daemon.said()}"
    try:
        return daemon.get("healthz").status == 200
    except OSError:
        return False
