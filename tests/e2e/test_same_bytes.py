"""Two machines, two users and two Pythons that follow the same feeds publish the same bytes.

scripts/same-bytes runs this with every Python that it finds: golden.sha256 says to each what it has to come to.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import mkdtemp

import pytest
import yaml

from tests.conftest import verdict
from tests.e2e.documents import Story, atom, json_feed, rdf, rss
from tests.e2e.golden import ARRIVAL, GOLDEN, digests
from tests.e2e.golden import published as as_anywhere
from tests.e2e.world import PATIENCE, ROOT, Program, Publishers

MACHINES: tuple[dict[str, str], ...] = (
    {"TZ": "Asia/Shanghai", "LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8", "PYTHONHASHSEED": "1", "USER": "ann"},
    {"TZ": "America/St_Johns", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "2", "USER": "bob"},
)
ANN, BOB, WEB = 61001, 61002, 61003  # numbers that no account of the machine has; the last is a web server's
TO_READ = ("", "dac_read_search", "dac_override")  # what may be needed where Python lies in a home that is closed


def stories(name: str, number: int) -> list[Story]:
    return [Story(f"{name} {n}: 山前 łódź {n * 7919 % 1000}", n, f"<p>{name} {n}</p>") for n in range(number, 0, -1)]


def follow(program: Program, publishers: Publishers, **publish: object) -> None:
    """Two feeds in each of two categories; the program has the same address wherever it runs."""
    for path, write, number in (("/a", rss, 90), ("/b", atom, 80), ("/c", json_feed, 70), ("/d", rdf, 60)):
        publishers.serve(path, write(path, stories(path, number)))
    program.port = 1  # nothing listens there
    program.configure(
        {
            "News": {"title": "新闻", "sources": [f"{publishers.base}/a", f"{publishers.base}/b"]},
            "News/Deep": {"sources": [f"{publishers.base}/c", {"name": "山", "url": f"{publishers.base}/d"}]},
        },
        publish={"limit": 30, **publish},
    )


def run(program: Program, machine: dict[str, str], *command: str, above: Sequence[str] = (), umask: int = -1) -> None:
    """A command of the program, in another environment than ours."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(program.folder), **machine}
    whole = [*above, sys.executable, "-m", "aggregator", "-c", str(program.config), *command]
    done = subprocess.run(
        whole, cwd=program.folder, env=environment, umask=umask, capture_output=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr


def without_arrivals(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: ARRIVAL.sub(b"", content) for name, content in files.items()}


def differing(one: dict[str, bytes], two: dict[str, bytes]) -> set[str]:
    """The names of files that only one of them has, or that are not the same."""
    return {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)}


def test_zone_language_hash_seed_and_user_change_no_byte(tmp_path: Path, publishers: Publishers) -> None:
    found = []
    for machine in MACHINES:
        program = Program(tmp_path / machine["USER"])
        program.folder.mkdir()
        follow(program, publishers)
        run(program, machine, "once", "--all")
        found.append(without_arrivals(program.files()))
    assert differing(*found) == set()
    assert "News/_archive/1.atom" in found[0]


def test_a_copied_database_is_published_the_same_to_the_last_byte_of_the_site(
    tmp_path: Path, publishers: Publishers
) -> None:
    """Nothing is left out of the comparison: times of arrival are in the database as well."""
    first, copy = Program(tmp_path / "first"), Program(tmp_path / "copy")
    for program in (first, copy):
        program.folder.mkdir()
        follow(program, publishers, site="site", posts="posts")
    run(first, MACHINES[0], "once", "--all")
    shutil.copy(first.database, copy.database)
    run(copy, MACHINES[1], "publish")
    run(first, MACHINES[0], "publish")
    assert differing(everything_in(first), everything_in(copy)) == set()
    assert {"public", "site", "posts"} == {name.partition("/")[0] for name in everything_in(first)}


def everything_in(program: Program) -> dict[str, bytes]:
    """All that is written for others than the program itself."""
    files = (file for name in ("public", "site", "posts") for file in (program.folder / name).rglob("*"))
    return {file.relative_to(program.folder).as_posix(): file.read_bytes() for file in files if file.is_file()}


def test_this_python_publishes_what_every_python_does(tmp_path: Path) -> None:
    found = digests(as_anywhere(tmp_path)).splitlines()
    others = set(found) ^ set(GOLDEN.read_text("utf-8").splitlines())
    told = "these files are new, gone or other; if that is meant, golden.py says how to write their digests anew"
    assert sorted({line[66:] for line in others}) == [], told


# as other users


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """pytest's own folders are closed to other users."""
    if os.getuid() != 0:
        verdict("only root can become other users")
    folder = Path(mkdtemp(prefix="two-users-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def becoming(user: int, may: str = "") -> list[str]:
    """What to put above a command, so that it runs as this user."""
    rights = [f"--inh-caps=+{may}", f"--ambient-caps=+{may}"] if may else ["--inh-caps=-all"]
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *rights]


def as_user(user: int) -> list[str]:
    """The same, for our Python; with the right to read everything where it could not be started else."""
    for may in TO_READ:
        probe = [*becoming(user, may), sys.executable, "-c", f"open({str(ROOT / 'pyproject.toml')!r}).close()"]
        if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return becoming(user, may)
    verdict("Python or the checkout lies where other users cannot read it")
    raise AssertionError


def can_read(user: int, file: Path) -> bool:
    return subprocess.run([*becoming(user), "cat", str(file)], capture_output=True, check=False).returncode == 0


def modes(folder: Path) -> set[str]:
    """Who may do what with the files and folders in it."""
    return {stat.filemode(each.lstat().st_mode) for each in folder.rglob("*")}


def a_user(folder: Path, user: int, publishers: Publishers) -> Program:
    """The program in a home of its own, with a category that not everybody may read."""
    program = Program(folder / str(user))
    program.folder.mkdir()
    follow(program, publishers)
    settings = yaml.safe_load(program.config.read_text("utf-8"))
    settings["categories"]["News/Deep"]["access"] = {"tokens": {"carol": "Zq3-a-token-that-nobody-guesses"}}
    program.config.write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), "utf-8")
    os.chown(program.folder, user, user)
    return program


@pytest.mark.needs("setpriv")
def test_two_users_publish_the_same_for_a_web_server_and_keep_the_rest_to_themselves(
    open_folder: Path, publishers: Publishers
) -> None:
    ann, bob = (a_user(open_folder, user, publishers) for user in (ANN, BOB))
    for program, user, machine in ((ann, ANN, MACHINES[0]), (bob, BOB, MACHINES[1])):
        run(program, machine, "once", "--all", above=as_user(user), umask=0o022)
        assert {each.stat().st_uid for each in program.public.rglob("*")} == {user}
        assert modes(program.public) == {"drwxr-xr-x", "-rw-r--r--"}
        documents = [*program.public.rglob("*.atom")]
        assert documents
        assert all(can_read(WEB, file) for file in documents)
        private = program.folder / "public-private"
        kept = [program.database, *private.rglob("*.atom")]
        assert len(kept) > 1
        assert [(can_read(user, file), can_read(WEB, file)) for file in kept] == [(True, False)] * len(kept)
        assert [stat.S_IMODE(each.stat().st_mode) for each in (program.database, private)] == [0o600, 0o700]
    assert differing(without_arrivals(ann.files()), without_arrivals(bob.files())) == set()


@pytest.mark.needs("setpriv")
def test_who_forbids_it_by_the_umask_is_read_by_nobody_else(open_folder: Path, publishers: Publishers) -> None:
    ann, bob = (a_user(open_folder, user, publishers) for user in (ANN, BOB))
    run(ann, MACHINES[0], "once", "--all", above=as_user(ANN), umask=0o022)
    run(bob, MACHINES[1], "once", "--all", above=as_user(BOB), umask=0o077)
    assert modes(bob.public) == {"drwx------", "-rw-------"}
    assert not any(can_read(WEB, file) for file in bob.folder.rglob("*.atom"))
    assert differing(without_arrivals(ann.files()), without_arrivals(bob.files())) == set()
