"""Gathers what `doctor` judges. Nothing is changed, and nothing takes longer than `PATIENCE`."""

from __future__ import annotations

import errno
import http.client
import json
import os
import pwd
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aggregator.cli.words import count
from aggregator.config import load
from aggregator.jobs import doctor
from aggregator.model.errors import ConfigError
from aggregator.model.settings import Configuration
from aggregator.opening import clock
from aggregator.store.sqlite.faults import is_full
from aggregator.store.sqlite.migrations import known_steps

PATIENCE = 5.0  # seconds for one question
SYSTEMD = Path("/run/systemd/system")  # is there where systemd runs the machine: sd_booted(3)
HOSTS = 3  # of sources that are looked up

T = TypeVar("T")


def gather(file: Path, environ: Mapping[str, str]) -> doctor.Facts:
    """All that can be known without changing anything."""
    machine = _machine()
    try:
        configuration = load(file, environ)
    except ConfigError as error:
        problems = tuple(map(str, error.problems))
        facts = doctor.ConfigFacts(
            file=str(file),
            sources=0,
            categories=0,
            problems=problems,
            warnings=0,
            readable_by_all=False,
            holds_secrets=False,
        )
        return doctor.Facts(config=facts, machine=machine, unit=_unit())
    return doctor.Facts(
        config=_config(configuration),
        machine=machine,
        base_url=configuration.publish.base_url,
        listens_on=configuration.server.host,
        concurrency=configuration.polling.concurrency,
        database=_database(configuration.storage.database),
        folders=tuple(_folders(configuration)),
        names=_names(configuration),
        port=_port(configuration),
        unit=_unit(),
        holders=_holders(configuration.storage.database),
    )


def _config(configuration: Configuration) -> doctor.ConfigFacts:
    file = configuration.path
    return doctor.ConfigFacts(
        file=str(file),
        sources=len(configuration.sources),
        categories=len(configuration.categories),
        problems=(),
        warnings=len(configuration.warnings),
        readable_by_all=bool(file.stat().st_mode & 0o004),
        holds_secrets=_holds_secrets(file),
    )


def _holds_secrets(file: Path) -> bool:
    """A line that names one, and does not take it from elsewhere; or a password in a URL."""
    lines = (line.partition(" #")[0] for line in file.read_text(encoding="utf-8").splitlines() if line[:1] != "#")
    return any("${" not in line and (doctor.SECRET.search(line) or _password(line)) for line in lines)


def _password(line: str) -> bool:
    _, scheme, rest = line.partition("://")
    return bool(scheme) and ":" in rest.partition("@")[0] and "@" in rest.partition("/")[0]


def _machine() -> doctor.MachineFacts:
    return doctor.MachineFacts(
        now=clock(),
        zones=_has_zones(),
        encoding=sys.stdout.encoding or "ascii",
        python=tuple(sys.version_info[:3]),
        sqlite=sqlite3.sqlite_version_info,
        fts5=_can("CREATE VIRTUAL TABLE t USING fts5(a)"),
        json=_can("""SELECT json('{"a": 1}')"""),
        open_files=resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    )


def _has_zones() -> bool:
    try:
        ZoneInfo("Asia/Shanghai")
    except (ZoneInfoNotFoundError, OSError):
        return False
    return True


def _can(statement: str) -> bool:
    with closing(sqlite3.connect(":memory:")) as db:
        try:
            db.execute(statement)
        except sqlite3.Error:
            return False
    return True


def _database(file: Path) -> doctor.DatabaseFacts:
    system = _file_system(file)
    try:
        if not file.exists():
            return doctor.DatabaseFacts(file=str(file), exists=False, file_system=system)
        with closing(_read_only(file)) as db:
            return _asked(file, db, system)
    except (sqlite3.Error, OSError) as error:
        says = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return doctor.DatabaseFacts(
            file=str(file),
            exists=True,
            error=says,
            file_system=system,
            writable=_is_writable(file),
            is_folder=file.is_dir(),
            full=is_full(file),
        )


def _asked(file: Path, db: sqlite3.Connection, system: str | None) -> doctor.DatabaseFacts:
    journal: str = db.execute("PRAGMA journal_mode").fetchone()[0]
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    steps = set()
    if "_sqlite_migrations" in tables:
        steps = {row[0] for row in db.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'aggregator'")}
    newest = None
    if "sources" in tables:
        newest = db.execute("SELECT max(last_poll_at) FROM sources").fetchone()[0]
    damage, checked = _quick_check(db)
    return doctor.DatabaseFacts(
        file=str(file),
        exists=True,
        damage=damage,
        checked=checked,
        too_new=bool(steps - known_steps()),
        journal=journal,
        size=file.stat().st_size,
        newest=datetime.fromisoformat(newest).replace(tzinfo=UTC) if newest else None,
        file_system=system,
        writable=_is_writable(file),
        foreign=bool(tables) and not steps,
    )


def _is_writable(file: Path) -> bool:
    return os.access(file, os.R_OK | os.W_OK) and os.access(file.parent, os.W_OK | os.X_OK)


def _quick_check(db: sqlite3.Connection) -> tuple[str | None, bool]:
    """What is wrong with it, and whether there was time to look at all of it."""
    until = time.monotonic() + PATIENCE
    db.set_progress_handler(lambda: time.monotonic() > until, 10_000)
    try:
        says: str = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        return None, False
    finally:
        db.set_progress_handler(None, 0)
    return (None if says == "ok" else " ".join(says.split())), True


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=PATIENCE)


def _holders(file: Path) -> tuple[str, ...]:
    """Who polls at this moment: `host:process`, of those that live as far as can be told."""
    if not file.exists():
        return ()
    asked = "SELECT DISTINCT claimed_by FROM sources WHERE claimed_by IS NOT NULL AND claimed_until > ?"
    with suppress(sqlite3.Error), closing(_read_only(file)) as db:
        now = f"{clock():%Y-%m-%dT%H:%M:%SZ}"
        return tuple(sorted({row[0].rpartition(":")[0] for row in db.execute(asked, (now,))}))
    return ()


def _folders(configuration: Configuration) -> Iterator[doctor.FolderFacts]:
    wanted = (configuration.storage.database.parent, configuration.publish.folder, configuration.publish.posts)
    for folder in dict.fromkeys(each for each in wanted if each is not None):
        there = next(each for each in (folder, *folder.parents) if each.exists())
        yield doctor.FolderFacts(
            folder=str(folder),
            free=shutil.disk_usage(there).free,
            writable=there.is_dir() and os.access(there, os.W_OK | os.X_OK),
            owner=_user(there.stat().st_uid),
            user=_user(os.geteuid()),
            blocked_by=None if there.is_dir() else str(there),
            read_only=bool(os.statvfs(there).f_flag & os.ST_RDONLY),
        )


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _file_system(file: Path) -> str | None:
    """What the nearest folder that is there lies on, as Linux tells it; None elsewhere."""
    there = next(each for each in (file.absolute().parent, *file.absolute().parents) if each.exists()).resolve()
    try:
        table = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    mounts = (line.split() for line in table.splitlines())
    above = [(len(where), kind) for _, where, kind, *_ in mounts if there.is_relative_to(where.replace("\\040", " "))]
    return max(above)[1] if above else None


def _names(configuration: Configuration) -> doctor.NameFacts:
    hosts = dict.fromkeys(urlsplit(source.url).hostname or "" for source in configuration.sources)
    asked = tuple(host for host in hosts if host and not _is_literal(host))[:HOSTS]
    if configuration.polling.proxy or not asked:
        return doctor.NameFacts(asked=asked, answered=(), proxy=bool(configuration.polling.proxy))
    if not _has_network():
        return doctor.NameFacts(asked=asked, answered=(), offline=True)
    answered = _in_time(lambda: tuple(host for host in asked if _resolves(host)))
    return doctor.NameFacts(asked=asked, answered=answered or (), in_time=answered is not None)


def _has_network() -> bool:
    """Whether there is a way out. To connect UDP sends nothing: it only asks for the way."""
    for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):  # of documentation
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
            return True
    return False


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def _resolves(host: str) -> bool:
    try:
        return bool(socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        return False


def _in_time(question: Callable[[], T]) -> T | None:
    """The answer, or None: the system's resolver may take a minute, and knows no deadline."""
    answers: SimpleQueue[T] = SimpleQueue()
    Thread(target=lambda: answers.put(question()), daemon=True).start()
    try:
        return answers.get(timeout=PATIENCE)
    except Empty:
        return None


def _port(configuration: Configuration) -> doctor.PortFacts:
    host, port = configuration.server.host, configuration.server.port
    try:
        _listen(host, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            return doctor.PortFacts(host=host, port=port, state="refused", detail=error.strerror or str(error))
        health = _health(host, port)
        return doctor.PortFacts(host=host, port=port, state="ours" if health else "taken", detail=health)
    return doctor.PortFacts(host=host, port=port, state="free")


def _listen(host: str, port: int) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(1)


def _health(host: str, port: int) -> str:
    """What our own program answers there; nothing if it is not ours."""
    everywhere = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing is bound here
    connection = http.client.HTTPConnection(everywhere.get(host, host), port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        answer = json.loads(connection.getresponse().read(10_000))
        problem, sources, failing = answer["problem"], answer["sources"], answer["failing"]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return ""
    finally:
        connection.close()
    return f"{problem}" if problem else f"healthy, {count(sources, 'source')}, {failing} of them failing"


def _unit() -> doctor.UnitFacts:
    if not SYSTEMD.is_dir() or shutil.which("systemctl") is None:
        return doctor.UnitFacts(running_here=False)
    shown = dict(
        line.partition("=")[::2]
        for line in _said(
            "systemctl", "show", "aggregator.service", "-p", "LoadState,UnitFileState,ActiveState,FragmentPath"
        )
    )
    installed = shown.get("LoadState") == "loaded"
    complaints = _said("systemd-analyze", "verify", "--man=no", shown["FragmentPath"]) if installed else []
    return doctor.UnitFacts(
        running_here=True,
        installed=installed,
        enabled=shown.get("UnitFileState", ""),
        active=shown.get("ActiveState", ""),
        complaint=complaints[0] if complaints else "",
    )


def _said(*command: str) -> list[str]:
    try:
        done = subprocess.run(  # noqa: S603 - words of ours, and a path of systemd's
            command, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return (done.stdout + done.stderr).splitlines()
