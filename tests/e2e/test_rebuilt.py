"""A database that is lost, and the same documents again: the same feeds, whoever answers first, whoever polls."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from email.message import Message

import pytest

from tests.e2e.documents import Story, atom, rdf, rss
from tests.e2e.world import Answer, Program, Publishers, wait_until

WIRE = "<p>" + " ".join(f"The harbour board decided on measure {n} of its plan for the old pier." for n in "abcdefgh")
FERRY = [Story("The ferry is back", 6, link="https://ferry.example/back?utm_source=a"), Story("Fog until noon", 1)]
LAMPS = [Story("The ferry is back!", 5, link="https://www.ferry.example/back/"), Story("Plan for the pier", 8, WIRE)]
MOSS = [
    Story("Plan for the pier decided", 7, f"{WIRE} And more.", site="moss.example"),
    Story("Leeks", 2, site="moss.example"),
]


class Unequal(Publishers):
    """Publishers of whom some are slow."""

    def __init__(self) -> None:
        self.slow: tuple[str, ...] = ()
        self._never = threading.Event()
        super().__init__()

    def answer(self, method: str, path: str, headers: Message) -> Answer:
        if path in self.slow:
            self._never.wait(1.2)
        return super().answer(method, path, headers)


@pytest.fixture
def unequal() -> Iterator[Unequal]:
    with Unequal() as publishers:
        yield publishers


def follow(program: Program, publishers: Publishers, merge: str) -> None:
    documents = {"/a": rss("A", FERRY), "/b": atom("B", LAMPS), "/c": rdf("C", MOSS)}
    sources = [{"name": path[1:], "url": publishers.serve(path, body)} for path, body in documents.items()]
    program.configure(
        {"One": {"sources": sources[:2]}, "Two": {"sources": sources[2:]}},
        publish={"merge": merge, "formats": ["atom", "rss"]},
    )


def lose_everything(program: Program) -> None:
    for path in program.database.parent.glob(f"{program.database.name}*"):
        path.unlink()
    shutil.rmtree(program.public)


@pytest.mark.parametrize("merge", ["text", "url"])
def test_who_answers_first_changes_no_byte(program: Program, unequal: Unequal, merge: str) -> None:
    follow(program, unequal, merge)
    found = []
    for slow in (("/a",), ("/b", "/c"), ("/a", "/c")):
        unequal.slow = slow
        assert program("once").code == 0
        found.append(program.files())
        lose_everything(program)
    assert found[0] == found[1] == found[2]


def test_a_daemon_on_an_empty_database_publishes_what_once_does(program: Program, unequal: Unequal) -> None:
    follow(program, unequal, "text")
    assert program("once").code == 0
    expected = program.files()
    for slow in (("/a",), ("/b",)):
        lose_everything(program)
        unequal.slow = slow
        with program.daemon() as daemon:
            assert daemon.get("").status == daemon.get("feeds/all.atom").status == 200, "it answers meanwhile"
            wait_until("it has published", lambda: b"<entry" in program.files().get("all.atom", b""))
            assert daemon.stop() == 0
        assert program.files() == expected


def test_a_source_that_never_answers_keeps_the_others_waiting_for_seconds(
    program: Program, publishers: Publishers
) -> None:
    program.follow(publishers.serve("/a", rss("A", FERRY)), publishers.say_nothing("/b"))
    with program.daemon() as daemon:
        wait_until("the others are published", lambda: "Fog until noon" in daemon.titles(), patience=15)
