"""The surroundings of this machine, really asked."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from aggregator.cli import main, probing
from tests.waiting import until


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


@pytest.fixture
def config(tmp_path: Path, port: int) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(f"""
server: {{listen: "127.0.0.1:{port}"}}
storage: {{database: a.db}}
publish: {{folder: out}}
polling: {{allow_private: ["127.0.0.1:9"]}}
categories: {{a: {{sources: ["http://127.0.0.1:9/feed"]}}}}
""")
    return file


def findings(config: Path) -> tuple[int, dict[str, tuple[str, str]]]:
    done = CliRunner().invoke(main, ["-c", str(config), "doctor", "--json"])
    said = json.loads(done.stdout)
    assert said["healthy"] is (done.exit_code == 0)
    return done.exit_code, {one["what"]: (one["verdict"], one["says"]) for one in said["findings"]}


def test_nothing_is_wrong_on_a_machine_where_the_tests_run_and_nothing_is_made(config: Path) -> None:
    code, found = findings(config)
    assert code == 0, found
    assert found["database"][0] == found["port"][0] == found["folder"][0] == "fine"
    assert found["names (DNS)"][0] == "skipped"
    assert [file.name for file in config.parent.iterdir()] == ["config.yaml"]


def test_the_table_has_a_sign_for_each_and_fits_nothing_when_it_is_piped(config: Path) -> None:
    done = CliRunner().invoke(main, ["-c", str(config), "doctor"])
    assert done.exit_code == 0
    assert any(line.startswith("✓  port") for line in done.output.splitlines())


def test_a_port_that_another_program_has_is_wrong(config: Path, port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        other.settimeout(0.1)
        code, found = findings(config)
    assert code == 1
    assert found["port"][0] == "wrong"


def test_a_damaged_database_is_wrong_and_stays_as_it_is(config: Path) -> None:
    CliRunner().invoke(main, ["-c", str(config), "status"])
    assert findings(config)[1]["database"][0] == "fine"
    file = config.with_name("a.db")
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = bytearray(file.read_bytes())
    raw[4096 : 4096 + 2000] = b"\xff" * 2000
    file.write_bytes(raw)
    code, found = findings(config)
    assert (code, found["database"][0]) == (1, "wrong")
    assert file.read_bytes() == bytes(raw)


def test_a_configuration_that_is_wrong_is_the_first_finding(config: Path) -> None:
    config.write_text("categoris: {}")
    code, found = findings(config)
    assert code == 1
    assert next(iter(found)) == "configuration"
    assert "did you mean categories" in found["configuration"][1]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [("headers: {Authorization: abc}", "warning"), ("headers: {Authorization: '${TOKEN}'}", None)],
)
def test_a_secret_in_a_file_that_everybody_reads_is_warned_of(
    config: Path, line: str, verdict: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "secret")
    config.write_text(config.read_text().replace("{a: {sources", "{a: {" + line + ", sources"))
    config.chmod(0o644)
    assert findings(config)[1].get("secrets", (None,))[0] == verdict
    config.chmod(0o600)
    assert "secrets" not in findings(config)[1]


SYSTEMCTL = """#!/bin/sh
[ "$1 $2" = "show aggregator.service" ] || exit 1
cat "$(dirname "$0")/state"
"""
STATES = {
    "fine": ("loaded", "enabled", "active", "fine", "enabled and active"),
    "failed": ("loaded", "enabled", "failed", "wrong", "failed"),
    "stopped": ("loaded", "enabled", "inactive", "warning", "is inactive"),
    "disabled": ("loaded", "disabled", "inactive", "warning", "is disabled"),
    "absent": ("not-found", "", "inactive", "skipped", "no aggregator.service is installed"),
}


@pytest.mark.parametrize("state", STATES)
def test_what_systemd_says_of_the_service_is_judged(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    load, enabled, active, verdict, says = STATES[state]
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, script in (("systemctl", SYSTEMCTL), ("systemd-analyze", "#!/bin/sh\n")):
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    shown = f"LoadState={load}\nUnitFileState={enabled}\nActiveState={active}\nFragmentPath=/etc/systemd/system/a\n"
    (programs / "state").write_text(shown)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setattr(probing, "SYSTEMD", tmp_path)
    found = findings(config)[1]["systemd"]
    assert (found[0], says in found[1]) == (verdict, True), found


def test_where_systemd_does_not_run_the_machine_it_is_not_asked(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "SYSTEMD", tmp_path / "nowhere")
    assert findings(config)[1]["systemd"][0] == "skipped"


def test_a_port_that_our_own_daemon_has_is_fine(config: Path, port: int) -> None:
    daemon = subprocess.Popen([sys.executable, "-m", "aggregator", "-c", str(config), "run"], stderr=subprocess.DEVNULL)
    try:
        until("the daemon listens", lambda: findings(config)[1]["port"][0] == "fine" and is_taken(port))
        found = findings(config)[1]
    finally:
        daemon.terminate()
        assert daemon.wait(60) == 0
    assert "is ours" in found["port"][1]
    assert found["daemon"][1].startswith("it runs")


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
