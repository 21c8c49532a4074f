"""Facts about the surroundings, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator.jobs.doctor import (
    ConfigFacts,
    DatabaseFacts,
    Facts,
    Finding,
    FolderFacts,
    MachineFacts,
    NameFacts,
    PortFacts,
    UnitFacts,
    examine,
)

CONFIG = ConfigFacts(
    file="c.yaml", sources=2, categories=1, problems=(), warnings=0, readable_by_all=True, holds_secrets=False
)
MACHINE = MachineFacts(
    now=datetime(2026, 11, 23, tzinfo=UTC),
    zones=True,
    encoding="utf-8",
    python=(3, 11, 7),
    sqlite=(3, 40, 1),
    fts5=True,
    json=True,
    open_files=1024,
)
DATABASE = DatabaseFacts(file="a.db", exists=True, size=2_000_000)
FOLDER = FolderFacts(folder="out", free=10**10, writable=True, owner="me", user="me")
NAMES = NameFacts(asked=("a.example",), answered=("a.example",))
PORT = PortFacts(host="127.0.0.1", port=8080, state="free")
WELL = Facts(
    config=CONFIG,
    machine=MACHINE,
    base_url="https://feeds.example/",
    listens_on="127.0.0.1",
    concurrency=32,
    database=DATABASE,
    folders=(FOLDER,),
    names=NAMES,
    port=PORT,
    unit=UnitFacts(running_here=True, installed=True, enabled="enabled", active="active"),
)


def of(what: str, facts: Facts) -> Finding:
    return next(finding for finding in examine(facts) if finding.what == what)


def test_where_all_is_well_nothing_is_to_be_done() -> None:
    findings = examine(WELL)
    assert {finding.verdict for finding in findings} == {"fine"}
    assert all(finding.says and not finding.remedy for finding in findings)


@pytest.mark.parametrize(
    ("facts", "what", "verdict", "says"),
    [
        (
            replace(WELL, config=replace(CONFIG, problems=("c.yaml:1:1: wrong", "x"))),
            "configuration",
            "wrong",
            "1 more",
        ),
        (replace(WELL, config=replace(CONFIG, warnings=3)), "configuration", "warning", "3 warnings"),
        (replace(WELL, config=replace(CONFIG, holds_secrets=True)), "secrets", "warning", "everybody"),
        (replace(WELL, machine=replace(MACHINE, now=datetime(1970, 1, 1, tzinfo=UTC))), "clock", "wrong", "1970"),
        (replace(WELL, machine=replace(MACHINE, zones=False)), "clock", "wrong", "time zones"),
        (replace(WELL, machine=replace(MACHINE, encoding="ascii")), "locale", "warning", "ascii"),
        (replace(WELL, machine=replace(MACHINE, open_files=64)), "open files", "wrong", "96"),
        (replace(WELL, machine=replace(MACHINE, fts5=False, json=False)), "versions", "wrong", "FTS5 and no JSON"),
        (replace(WELL, machine=replace(MACHINE, python=(3, 10, 1))), "versions", "wrong", "3.10.1"),
        (replace(WELL, database=replace(DATABASE, exists=False)), "database", "fine", "first poll"),
        (replace(WELL, database=replace(DATABASE, too_new=True)), "database", "wrong", "later version"),
        (replace(WELL, database=replace(DATABASE, damage="row 7")), "database", "wrong", "row 7"),
        (replace(WELL, database=replace(DATABASE, error="database is locked")), "database", "wrong", "locked"),
        (replace(WELL, database=replace(DATABASE, writable=False)), "database", "wrong", "cannot be written"),
        (replace(WELL, database=replace(DATABASE, checked=False)), "database", "fine", "too big"),
        (
            replace(WELL, database=replace(DATABASE, newest=datetime(2030, 1, 1, tzinfo=UTC))),
            "database",
            "wrong",
            "2030",
        ),
        (replace(WELL, folders=(replace(FOLDER, free=10**8),)), "folder", "warning", "100 MB free"),
        (replace(WELL, folders=(replace(FOLDER, free=10**6),)), "folder", "wrong", "1 MB free"),
        (replace(WELL, folders=(replace(FOLDER, writable=False, owner="root"),)), "folder", "wrong", "root"),
        (replace(WELL, names=replace(NAMES, answered=())), "names (DNS)", "wrong", "a.example"),
        (replace(WELL, names=replace(NAMES, answered=(), in_time=False)), "names (DNS)", "wrong", "in time"),
        (replace(WELL, names=replace(NAMES, answered=(), offline=True)), "names (DNS)", "skipped", "no network"),
        (replace(WELL, names=replace(NAMES, answered=(), proxy=True)), "names (DNS)", "skipped", "proxy"),
        (replace(WELL, names=NameFacts(asked=(), answered=())), "names (DNS)", "skipped", "no source"),
        (replace(WELL, port=replace(PORT, state="taken")), "port", "wrong", "127.0.0.1:8080 is in use"),
        (replace(WELL, port=replace(PORT, state="refused", detail="no right")), "port", "wrong", "no right"),
        (replace(WELL, port=replace(PORT, state="ours", detail="disk full")), "daemon", "warning", "disk full"),
        (replace(WELL, port=replace(PORT, state="ours", detail="healthy, 2 sources")), "daemon", "fine", "it runs"),
        (replace(WELL, holders=("host:12",)), "daemon", "fine", "host:12"),
        (replace(WELL, base_url="http://127.0.0.1/"), "base_url", "fine", "on this machine"),
        (replace(WELL, base_url="http://localhost/", listens_on=""), "base_url", "warning", "only this machine"),
        (replace(WELL, base_url="http://feeds.example/"), "base_url", "warning", "in between"),
        (replace(WELL, unit=UnitFacts(running_here=False)), "systemd", "skipped", "does not run"),
        (replace(WELL, unit=UnitFacts(running_here=True)), "systemd", "skipped", "docs/operations.md"),
        (
            replace(WELL, unit=UnitFacts(running_here=True, installed=True, enabled="enabled", active="failed")),
            "systemd",
            "wrong",
            "failed",
        ),
        (
            replace(WELL, unit=UnitFacts(running_here=True, installed=True, enabled="disabled", active="inactive")),
            "systemd",
            "warning",
            "disabled",
        ),
    ],
)
def test_what_is_wrong_is_said_with_a_remedy(facts: Facts, what: str, verdict: str, says: str) -> None:
    finding = of(what, facts)
    assert (finding.verdict, says in finding.says) == (verdict, True), finding
    assert bool(finding.remedy) is (verdict in ("wrong", "warning"))


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_a_database_on_a_network_file_system_is_warned_of(kind: str) -> None:
    findings = examine(replace(WELL, database=replace(DATABASE, file_system=kind)))
    assert [(finding.what, finding.verdict) for finding in findings if finding.remedy] == [("database", "warning")]


def test_without_a_configuration_only_the_machine_is_judged() -> None:
    facts = Facts(config=replace(CONFIG, problems=("c.yaml:1:1: wrong",)), machine=MACHINE)
    assert [finding.what for finding in examine(facts)] == [
        "configuration",
        "versions",
        "clock",
        "locale",
        "open files",
    ]
