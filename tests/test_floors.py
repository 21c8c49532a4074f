"""The house stands: imports go down, never up, never sideways among the rooms; pure rooms have no hands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent / "aggregator"

FLOORS = {
    "model": 0,
    "words": 0,
    **dict.fromkeys(("fetch", "parse", "refine", "decide", "store", "compose", "render", "publish"), 1),
    "jobs": 2,
    **dict.fromkeys(("opening", "runtime", "config", "web", "observe"), 3),
    **dict.fromkeys(("cli", "daemon", "demo", "__main__"), 4),
}
PURE = frozenset(("model", "words", "parse", "refine", "decide", "compose", "render"))
HANDS = frozenset(
    [
        "asyncio",
        "glob",
        "http",
        "multiprocessing",
        "os",
        "pycurl",
        "random",
        "requests",
        "secrets",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "sqlite_utils",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "urllib.request",
    ]
)
ONE_FILE_EACH = {
    "apscheduler": "daemon.py",
    "PIL": "refine/picture.py",
    "feedgen": "render/generator.py",
    "feedparser": "parse/xml.py",
    "nh3": "refine/sanitize.py",
    "pycurl": "fetch/transport.py",
    "regex": "compose/patterns.py",
    "readability": "refine/fulltext.py",
    "selectolax": "refine/html.py",
    "uvicorn": "web",
    "starlette": "web",
    "sqlite_utils": "store/sqlite",
    "pydantic": "config",
}


def imports_of(code: str) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything that a file imports."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def faults_of(room: str, code: str) -> list[str]:
    """What in this code of this room goes against the house."""
    faults = []
    for line, name in imports_of(code):
        parts = name.split(".")
        if parts[0] == "aggregator" and len(parts) > 1 and parts[1] in FLOORS and parts[1] != room:
            there, here = FLOORS[parts[1]], FLOORS[room]
            if there > here or there == here == 1:
                faults.append(f"line {line}: {room} (floor {here}) imports {parts[1]} (floor {there})")
        if room in PURE and (parts[0] in HANDS or ".".join(parts[:2]) in HANDS):
            faults.append(f"line {line}: {room} is pure and imports {name}")
        if room == "model" and parts[0] not in (*STANDARD_LIBRARY, "aggregator"):
            faults.append(f"line {line}: model imports {name}: standard library only")
    return faults


STANDARD_LIBRARY = ("__future__", "collections", "dataclasses", "datetime", "enum", "hashlib", "pathlib", "typing")

FILES = sorted(HOUSE.rglob("*.py"))


def room_of(file: Path) -> str:
    return file.relative_to(HOUSE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(HOUSE)))
def test_every_import_goes_down(file: Path) -> None:
    room = room_of(file)
    if room == "__init__":
        return
    assert room in FLOORS, f"{room} has no floor: give it one in docs/design.md and here"
    assert faults_of(room, file.read_text()) == []


@pytest.mark.parametrize(
    ("room", "code", "fault"),
    [
        ("model", "from aggregator.parse import parse_feed", "line 1: model (floor 0) imports parse (floor 1)"),
        ("parse", "import aggregator.refine", "line 1: parse (floor 1) imports refine (floor 1)"),
        (
            "store",
            "from aggregator.decide.identity import identify",
            "line 1: store (floor 1) imports decide (floor 1)",
        ),
        ("jobs", "from aggregator import runtime", "line 1: jobs (floor 2) imports runtime (floor 3)"),
        ("refine", "import socket", "line 1: refine is pure and imports socket"),
        ("decide", "from urllib.request import urlopen", "line 1: decide is pure and imports urllib.request.urlopen"),
        ("model", "import lxml", "line 1: model imports lxml: standard library only"),
    ],
)
def test_an_import_that_goes_up_or_sideways_is_found(room: str, code: str, fault: str) -> None:
    assert faults_of(room, code) == [fault]


@pytest.mark.parametrize(("library", "home"), ONE_FILE_EACH.items())
def test_one_library_is_imported_in_one_place(library: str, home: str) -> None:
    users = {
        str(file.relative_to(HOUSE))
        for file in FILES
        if any(name.split(".")[0] == library for _, name in imports_of(file.read_text()))
    }
    assert users, f"{library} is a dependency that nothing uses"
    assert all(user == home or user.startswith(f"{home}/") for user in users), users
