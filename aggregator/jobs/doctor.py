"""What the surroundings of the program are like, judged: facts that somebody else gathered → findings. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

Verdict = Literal["fine", "warning", "wrong", "skipped"]

SANE = datetime(2025, 1, 1, tzinfo=UTC)  # older than this program no clock can be right
AHEAD = timedelta(days=1)  # a database of tomorrow was written by a clock that was wrong, or is wrong now
LITTLE = 1_000_000_000  # bytes
TOO_LITTLE = 50_000_000
FILES_BESIDE = 64  # that are open besides the connections: the database, the log, the server
PYTHON = (3, 11)
SQLITE = (3, 35)  # RETURNING
NETWORK = frozenset(("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs"))
_ROOM = "make room on this disk"
_CHOWN = "chown it, and the folder that it lies in, to the user that the program runs as"
SECRET = re.compile(r"token|secret|passw|api_?key|authorization", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    says: str  # a sentence
    remedy: str = ""  # what to do; empty where there is nothing to do


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFacts:
    """The file, as it loaded."""

    file: str
    sources: int
    categories: int
    problems: tuple[str, ...]  # errors: it cannot be used
    warnings: int
    readable_by_all: bool
    holds_secrets: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts:
    """The file, asked read-only."""

    file: str
    exists: bool
    error: str | None = None  # why it could not be asked
    damage: str | None = None  # what `PRAGMA quick_check` says; None: nothing, or not asked
    too_new: bool = False
    foreign: bool = False  # another program made it
    journal: str = "wal"
    size: int = 0  # bytes
    checked: bool = True  # False: too big to check within the time
    newest: datetime | None = None  # the last poll
    file_system: str | None = None
    writable: bool = True
    is_folder: bool = False
    full: bool = False  # nothing more can be written on its disk


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFacts:
    """A folder that we write into, or the nearest one above it that is there."""

    folder: str
    free: int  # bytes
    writable: bool
    owner: str
    user: str
    blocked_by: str | None = None  # a file where a folder would have to be
    read_only: bool = False  # what it lies on is mounted so


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFacts:
    """How names of hosts resolve."""

    asked: tuple[str, ...]  # hosts of sources
    answered: tuple[str, ...]
    in_time: bool = True
    proxy: bool = False
    offline: bool = False  # the machine has no way to any network


@dataclass(frozen=True, slots=True, kw_only=True)
class PortFacts:
    """Where the program listens."""

    host: str
    port: int
    state: Literal["free", "ours", "taken", "refused"]
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """systemd's unit of ours; None for what it does not know."""

    running_here: bool  # systemd is what started this machine
    installed: bool = False
    enabled: str = ""
    active: str = ""
    complaint: str = ""  # of systemd-analyze


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """The machine and its Python."""

    now: datetime
    zones: bool  # whether time zone data is there
    encoding: str
    python: tuple[int, ...]
    sqlite: tuple[int, ...]
    fts5: bool
    json: bool
    open_files: int  # that one process may have


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that was gathered; without a configuration that loads there is only the machine."""

    config: ConfigFacts
    machine: MachineFacts
    base_url: str = ""
    listens_on: str = ""
    concurrency: int = 0
    database: DatabaseFacts | None = None
    folders: tuple[FolderFacts, ...] = ()
    names: NameFacts | None = None
    port: PortFacts | None = None
    unit: UnitFacts | None = None
    holders: tuple[str, ...] = ()  # processes that poll at this moment


def examine(facts: Facts) -> tuple[Finding, ...]:
    """A finding for each thing, in the order in which to mend them."""
    return tuple(_examine(facts))


def _examine(facts: Facts) -> Iterator[Finding]:
    yield from _config(facts.config)
    yield from _machine(facts.machine, facts.concurrency)
    if facts.database is not None:
        yield from _database(facts.database, facts.machine.now)
    for folder in facts.folders:
        yield _folder(folder)
    if facts.names is not None:
        yield _names(facts.names)
    if facts.port is not None:
        yield _port(facts.port)
        yield from _base_url(facts.base_url, facts.listens_on)
    if facts.unit is not None:
        yield _unit(facts.unit)
    if facts.port is not None:
        yield _daemon(facts.port, facts.holders)


def _finder(what: str) -> Callable[..., Finding]:
    def found(verdict: Verdict, says: str, remedy: str = "") -> Finding:
        return Finding(what=what, verdict=verdict, says=says, remedy=remedy)

    return found


def _config(config: ConfigFacts) -> Iterator[Finding]:
    found = _finder("configuration")
    if config.problems:
        more = f", and {len(config.problems) - 1} more" if len(config.problems) > 1 else ""
        yield found("wrong", f"{config.problems[0]}{more}", "`aggregator check` shows each problem with its line")
        return
    sources = f"{config.sources} source{'' if config.sources == 1 else 's'}"
    counts = f"{config.file}: {sources} in {config.categories} categor{'y' if config.categories == 1 else 'ies'}"
    if config.warnings:
        warnings = f"{config.warnings} warning{'' if config.warnings == 1 else 's'}"
        yield found("warning", f"{counts}, {warnings}", "`aggregator check` shows them")
    else:
        yield found("fine", counts)
    secrets = _finder("secrets")
    if config.holds_secrets and config.readable_by_all:
        remedy = f"chmod 600 {config.file}, or write ${{NAME}} and put the secret into the environment"
        yield secrets("warning", f"everybody on this machine can read the secrets in {config.file}", remedy)


def _machine(machine: MachineFacts, concurrency: int) -> Iterator[Finding]:
    yield _versions(machine)
    clock = _finder("clock")
    told = f"{machine.now:%Y-%m-%d %H:%M} UTC"
    if machine.now < SANE:
        yield clock(
            "wrong", f"it is {told} here: that cannot be", "set the clock, best by NTP: timedatectl set-ntp true"
        )
    elif not machine.zones:
        yield clock("wrong", "there are no time zones here", "install the package tzdata")
    else:
        yield clock("fine", f"{told}; time zones are there")
    locale = _finder("locale")
    if machine.encoding.replace("-", "").lower() == "utf8":
        yield locale("fine", "UTF-8")
    else:
        remedy = "export LC_ALL=C.UTF-8"
        yield locale("warning", f"the terminal's encoding is {machine.encoding}: other signs are not shown", remedy)
    files, needed = _finder("open files"), concurrency + FILES_BESIDE
    if machine.open_files < needed:
        remedy = f"ulimit -n {max(1024, needed)}, LimitNOFILE= in the unit, or a smaller polling.concurrency"
        yield files("wrong", f"{machine.open_files} are allowed, {needed} may be needed", remedy)
    else:
        yield files("fine", f"{machine.open_files} are allowed, {needed} may be needed")


def _versions(machine: MachineFacts) -> Finding:
    found = _finder("versions")
    python, sqlite = (".".join(map(str, version)) for version in (machine.python, machine.sqlite))
    if machine.python[:2] < PYTHON:
        return found("wrong", f"Python {python} is too old", "install Python 3.11 or later")
    if machine.sqlite < SQLITE:
        return found("wrong", f"SQLite {sqlite} is too old", "install a Python with SQLite 3.35 or later")
    if missing := [name for name, there in (("FTS5", machine.fts5), ("JSON", machine.json)) if not there]:
        return found(
            "wrong", f"SQLite {sqlite} has no {' and no '.join(missing)}", "install a Python whose SQLite has it"
        )
    return found("fine", f"Python {python}, SQLite {sqlite} with FTS5 and JSON")


def _database(database: DatabaseFacts, now: datetime) -> Iterator[Finding]:
    found = _finder("database")
    if not database.exists:
        yield found("fine", f"{database.file} is made by the first poll")
    elif database.too_new:
        yield found("wrong", f"{database.file} was written by a later version", "install that version again")
    elif database.foreign:
        says = f"{database.file} is the database of another program"
        yield found("wrong", says, "write the name of another file into storage.database")
    elif database.is_folder:
        yield found("wrong", f"{database.file} is a folder", "write the name of a file into storage.database")
    elif database.error and database.full:
        yield found("wrong", f"{database.file}: there is no room left for it ({database.error})", _ROOM)
    elif database.error and not database.writable:
        yield found("wrong", f"{database.file} cannot be read and written: {database.error}", _CHOWN)
    elif database.error or database.damage:
        remedy = "restore a backup; or move the file away: the next polls fill a new one"
        says = database.error or f"damaged: {database.damage}"
        yield found(
            "wrong", f"{database.file}: {says}", remedy if "locked" not in says else "wait, or look who holds it"
        )
    elif not database.writable:
        yield found("wrong", f"{database.file} cannot be written", _CHOWN)
    elif database.newest is not None and database.newest > now + AHEAD:
        says = f"its last poll was {database.newest:%Y-%m-%d}, which is still to come"
        yield found("wrong", says, "one of the clocks was wrong: set this machine's, then `aggregator once --all`")
    else:
        whole = "whole" if database.checked else "too big to be checked now"
        yield found("fine", f"{database.file}: {whole}, {_bytes(database.size)}, {database.journal.upper()}")
    if database.file_system in NETWORK:
        says = f"it lies on a network file system ({database.file_system}), where SQLite's locks may not hold"
        yield found("warning", says, "put storage.database on a local disk")


def _folder(folder: FolderFacts) -> Finding:
    found = _finder("folder")
    if folder.blocked_by:
        says = f"{folder.folder} cannot be made: {folder.blocked_by} is a file"
        return found("wrong", says, f"move {folder.blocked_by} away, or write another folder into the configuration")
    if folder.read_only:
        remedy = "remount it for writing (`dmesg` may tell why it is not), or write another folder"
        return found("wrong", f"{folder.folder} lies on a disk that can only be read", remedy)
    if not folder.writable and folder.owner == folder.user:
        return found(
            "wrong", f"{folder.folder} cannot be written, not even by its owner", f"chmod u+rwx {folder.folder}"
        )
    if not folder.writable:
        says = f"{folder.folder} belongs to {folder.owner}, and {folder.user} may not write there"
        return found("wrong", says, f"chown -R {folder.user} {folder.folder}")
    if folder.free < TOO_LITTLE:
        return found("wrong", f"{folder.folder}: {_bytes(folder.free)} free", _ROOM)
    if folder.free < LITTLE:
        return found("warning", f"{folder.folder}: {_bytes(folder.free)} free", "make room on this disk soon")
    return found("fine", f"{folder.folder}: writable, {_bytes(folder.free)} free")


def _names(names: NameFacts) -> Finding:
    found = _finder("names (DNS)")
    if names.proxy:
        return found("skipped", "a proxy looks up the hosts")
    if not names.asked:
        return found("skipped", "no source names a host that must be looked up")
    if names.offline:
        return found("skipped", "this machine has no network at the moment")
    if names.answered:
        return found("fine", f"{names.answered[0]} was found")
    hosts = " or ".join(names.asked)
    says = f"{hosts} was not found" if names.in_time else f"nobody answered in time where {hosts} is"
    return found("wrong", says, "is there a network? look into /etc/resolv.conf, and try `getent hosts`")


def _port(port: PortFacts) -> Finding:
    found = _finder("port")
    address = f"{port.host or '*'}:{port.port}"
    match port.state:
        case "free":
            return found("fine", f"{address} is free")
        case "ours":
            return found("fine", f"{address} is ours: {port.detail}")
        case "taken":
            remedy = f"`ss -ltnp` shows by whom (sport = :{port.port}); stop that, or change server.listen"
            return found("wrong", f"{address} is in use by another program", remedy)
        case "refused":
            return found("wrong", f"{address}: {port.detail}", "write another address or port into server.listen")


def _base_url(base_url: str, listens_on: str) -> Iterator[Finding]:
    found = _finder("base_url")
    parts = urlsplit(base_url)
    if _is_loopback(parts.hostname or ""):
        if _is_loopback(listens_on):
            yield found("fine", f"{base_url}: for readers on this machine")
        else:
            says = f"{base_url} stands in the feeds, and only this machine can reach it"
            yield found("warning", says, "write the address that others see into publish.base_url")
    elif parts.scheme == "http":
        remedy = "put a web server with TLS in front, and write https:// (docs/operations.md)"
        yield found("warning", f"{base_url}: whoever is in between can read and change the feeds", remedy)
    else:
        yield found("fine", base_url)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unit(unit: UnitFacts) -> Finding:
    found = _finder("systemd")
    if not unit.running_here:
        return found("skipped", "systemd does not run this machine")
    if not unit.installed:
        return found("skipped", "no aggregator.service is installed; docs/operations.md tells how")
    if unit.complaint:
        return found("warning", f"aggregator.service: {unit.complaint}", "systemctl edit --full aggregator")
    if unit.active == "failed":
        return found("wrong", "aggregator.service failed", "journalctl -u aggregator -e")
    if unit.enabled != "enabled":
        return found("warning", f"aggregator.service is {unit.enabled}", "systemctl enable --now aggregator")
    if unit.active != "active":
        return found("warning", f"aggregator.service is {unit.active}", "systemctl start aggregator")
    return found("fine", "aggregator.service is enabled and active")


def _daemon(port: PortFacts, holders: tuple[str, ...]) -> Finding:
    found = _finder("daemon")
    polling = f"; polls are under way by {', '.join(holders)}" if holders else ""
    if port.state == "ours":
        if port.detail.startswith("healthy"):
            return found("fine", f"it runs{polling}")
        return found("warning", f"it runs, and says of itself: {port.detail}", "look into its log")
    return found("fine", f"none runs here{polling}")


def _bytes(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
