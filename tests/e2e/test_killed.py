"""kill -9 at any moment: nothing is lost, nothing is there twice, and no reader ever sees half a file."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lxml import etree

from tests.e2e.documents import Story, rss
from tests.e2e.test_once import CHECKS
from tests.e2e.world import PATIENCE, Program, Publishers, wait_until

ROUNDS = 20
SOURCES = 6
FRESH = 3  # new entries of each source in each round


class Chronicle:
    """Publishers whose documents change in every round, and all that they ever said."""

    def __init__(self, program: Program, publishers: Publishers, window: int) -> None:
        self.program, self.publishers = program, publishers
        self.window = window  # entries in a document: what nobody has seen by then is lost
        self.told: list[list[Story]] = [[] for _ in range(SOURCES)]
        program.follow(*(f"{publishers.base}/source-{number}" for number in range(SOURCES)))

    def go_on(self) -> None:
        """Each source has something new; the newest of its older entries is edited."""
        for number, told in enumerate(self.told):
            if told:
                told[-1] = Story(f"{told[-1].title.split(' (')[0]} (corrected)", told[-1].hour, link=told[-1].url)
            first = len(told)
            told.extend(
                Story(f"Source {number} on hour {hour}", hour, link=f"https://source-{number}.example/{hour}")
                for hour in range(first, first + FRESH)
            )
            self.publishers.serve(f"/source-{number}", rss(f"Source {number}", told[::-1][: self.window]))

    def titles(self) -> list[str]:
        """Every title that the database must hold."""
        return sorted(story.title for told in self.told for story in told)

    def kept(self) -> list[str]:
        """Every title that it holds."""
        return sorted(title for (title,) in self.program.select("SELECT title FROM articles"))


def kill_while_polling(program: Program, publishers: Publishers, command: list[str], delay: float) -> bool:
    """Start the program, kill it so long after its first request; whether it was alive."""
    asked = len(publishers.requests)
    with program.running(*command) as running:
        wait_until("it polls", lambda: len(publishers.requests) > asked)
        threading.Event().wait(delay)
        running.process.kill()
        return running.process.wait(PATIENCE) == -signal.SIGKILL


def time_of_work(program: Program, publishers: Publishers) -> float:
    """How long an undisturbed `once` takes from its first request to the last file that it writes."""
    asked = len(publishers.requests)
    with program.running("once", "--all") as running:
        wait_until("it polls", lambda: len(publishers.requests) > asked)
        began = time.time_ns()
        assert running.process.wait(PATIENCE) == 0, running.said()
    return (max(written for written, _ in program.stamps().values()) - began) / 1e9


def assert_well_formed(program: Program) -> None:
    """Every document under a published name is whole."""
    for name, body in program.files().items():
        if name.endswith(".json"):
            json.loads(body)
        elif not name.rsplit("/", 1)[-1].startswith("."):
            etree.fromstring(body)


def assert_published(program: Program, chronicle: Chronicle) -> None:
    """Every story that was ever told stands in its feed, once, newest first."""
    assert_well_formed(program)
    for number, told in enumerate(chronicle.told):
        assert program.titles(f"news/source-{number}") == [story.title for story in reversed(told)]


def assert_valid(program: Program) -> None:
    """Every document is what the specifications ask for, and nothing else lies in the folder."""
    for name, body in program.files().items():
        assert CHECKS[f".{name.rpartition('.')[2]}"](body) == [], name


def live_through(folder: Path, seed: int) -> int:
    """Half of the rounds, in a world of their own; how many kills met the program alive."""
    folder.mkdir()
    program, chance, killed = Program(folder), random.Random(seed), 0
    with Publishers() as publishers:
        chronicle = Chronicle(program, publishers, window=2 * FRESH)
        chronicle.go_on()
        work = time_of_work(program, publishers)
        for _ in range(ROUNDS // 2):
            chronicle.go_on()
            killed += kill_while_polling(program, publishers, ["once", "--all"], chance.uniform(0, 1.2 * work))
            assert_well_formed(program)
            ended = program("once", "--all")
            assert ended.code == 0, ended.complained
            assert chronicle.kept() == chronicle.titles()
            assert_published(program, chronicle)
    assert_valid(program)
    assert "0 files changed" in program("publish").said, "what lies there is what the database says"
    assert program.select("PRAGMA integrity_check") == [("ok",)]
    return killed


def test_kill_9_in_the_middle_of_once_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as both:  # two worlds at once: most of the time goes into starting the program
        killed = sum(both.map(live_through, (tmp_path / "one", tmp_path / "two"), (20261123, 1123)))
    assert killed >= ROUNDS / 2, "most of the moments were in the middle"


def test_kill_9_of_the_daemon_loses_nothing_and_repeats_nothing(program: Program, publishers: Publishers) -> None:
    chance = random.Random(1123)
    chronicle = Chronicle(program, publishers, window=100)  # no start may live long enough to see all of them
    for _ in range(4):
        chronicle.go_on()
        assert kill_while_polling(program, publishers, ["run"], chance.uniform(0, 0.5))
        assert_well_formed(program)
    with program.daemon() as daemon:
        wait_until("all is kept", lambda: chronicle.kept() == chronicle.titles())
        assert daemon.stop() == 0, daemon.said()
    assert sorted(program.titles("all")) == chronicle.titles()
    assert_valid(program)
