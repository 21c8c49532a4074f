"""kill -9 at any moment: nothing is lost, nothing is there twice, and no reader ever sees half a file."""

from __future__ import annotations

import json
import random
import signal
import threading
import time

from lxml import etree

from tests.e2e.documents import Story, rss
from tests.e2e.test_once import CHECKS
from tests.e2e.world import PATIENCE, Program, Publishers, wait_until

ROUNDS = 20
SOURCES = 6
FRESH, WINDOW = 3, 8  # new entries in each round, of so many in a document: what is missed twice is lost


class Chronicle:
    """Publishers whose documents change in every round, and all that they ever said."""

    def __init__(self, program: Program, publishers: Publishers) -> None:
        self.program, self.publishers = program, publishers
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
            self.publishers.serve(f"/source-{number}", rss(f"Source {number}", told[:-WINDOW:-1]))

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


def assert_valid(program: Program) -> None:
    """Every document is what the specifications ask for, and nothing else lies in the folder."""
    for name, body in program.files().items():
        assert CHECKS[f".{name.rpartition('.')[2]}"](body) == [], name


def test_kill_9_in_the_middle_of_once_loses_nothing_and_repeats_nothing(
    program: Program, publishers: Publishers
) -> None:
    chance = random.Random(20261123)
    chronicle = Chronicle(program, publishers)
    chronicle.go_on()
    work = time_of_work(program, publishers)
    killed = 0
    for _ in range(ROUNDS):
        chronicle.go_on()
        killed += kill_while_polling(program, publishers, ["once", "--all"], chance.uniform(0, work))
        assert_well_formed(program)
        ended = program("once", "--all")
        assert ended.code == 0, ended.complained
        assert chronicle.kept() == chronicle.titles()
        assert_well_formed(program)
        for number, told in enumerate(chronicle.told):
            shown = program.titles(f"news/source-{number}")
            assert shown == [story.title for story in reversed(told)][:100]
    assert killed >= ROUNDS / 2, "most of the moments were in the middle"
    assert_valid(program)
    assert "0 files changed" in program("publish").said, "what lies there is what the database says"
    assert program.select("PRAGMA integrity_check") == [("ok",)]


def test_kill_9_of_the_daemon_loses_nothing_and_repeats_nothing(program: Program, publishers: Publishers) -> None:
    chance = random.Random(1123)
    chronicle = Chronicle(program, publishers)
    for _ in range(4):
        chronicle.go_on()
        assert kill_while_polling(program, publishers, ["run"], chance.uniform(0, 0.5))
        assert_well_formed(program)
    with program.daemon() as daemon:
        wait_until("all is kept", lambda: chronicle.kept() == chronicle.titles())
        assert daemon.stop() == 0, daemon.said()
    assert sorted(program.titles("all")) == chronicle.titles()
    assert_valid(program)
