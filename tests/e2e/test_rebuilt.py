"""A database that is lost, and the same documents again: the same feeds, whoever answers first, whoever polls."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
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


@pytest.mark.parametrize("merge", ["text", "url", "off"])
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


def test_where_nothing_is_merged_the_copies_of_one_address_and_date_have_the_same_ids_whoever_comes_first(
    program: Program, unequal: Unequal
) -> None:
    follow(program, unequal, "off")
    for path, title in (("/a", "A"), ("/b", "B"), ("/c", "C")):
        unequal.serve(path, rss(title, [FERRY[0]]))
    found = []
    for slow in (("/a",), ("/b", "/c")):
        unequal.slow = slow
        assert program("once").code == 0
        found.append(program.files())
        assert len(ids(program)) == 3
        lose_everything(program)
    assert found[0] == found[1]


def test_a_copy_keeps_its_id_when_the_one_that_began_the_story_is_pruned(
    program: Program, publishers: Publishers
) -> None:
    follow(program, publishers, "off")
    publishers.serve("/a", rss("A", [FERRY[0]]))
    publishers.serve("/b", rss("B", [FERRY[0]]))
    assert program("once").code == 0
    before = ids(program)
    with closing(sqlite3.connect(program.database)) as database, database:
        database.create_function("words_of_line", 1, str)
        database.create_function("words_of_body", 2, lambda body, summary: str(body))
        database.execute("DELETE FROM articles WHERE copy = 0 AND title = 'The ferry is back'")
    assert program("publish").code == 0
    assert len(before) == 2
    assert len(ids(program)) == 1
    assert ids(program) < before


def ids(program: Program) -> set[str]:
    """Of the entries about the ferry."""
    entries = program.files()["all.atom"].decode().split("<entry")[1:]
    told = [entry for entry in entries if "<title>The ferry is back</title>" in entry]
    found = {entry.split("<id>")[1].split("</id>")[0] for entry in told}
    assert len(found) == len(told)
    return found


@pytest.mark.parametrize("merge", ["text", "off"])
def test_two_processes_that_share_the_polling_publish_what_one_would(
    program: Program, unequal: Unequal, merge: str
) -> None:
    documents = {f"/many{number}": rss(f"Many {number}", [*MOSS, *LAMPS, *FERRY][number % 5 :]) for number in range(24)}
    sources = [{"name": path[1:], "url": unequal.serve(path, body)} for path, body in documents.items()]
    program.configure(
        {"One": {"sources": sources}},
        publish={"merge": merge, "formats": ["atom", "rss"]},
        polling={"concurrency": 4, "per_host": 4, "spacing": "0s", "every": "1h", "min": "1h"},
    )
    assert program("once").code == 0
    expected = program.files()
    for _ in range(2):
        lose_everything(program)
        unequal.slow = tuple(sorted(documents))[::2]
        with ThreadPoolExecutor(2) as both:
            ended = [started.result() for started in [both.submit(program, "once") for _ in range(2)]]
        assert [each.code for each in ended] == [0, 0], ended
        assert sum("many" in each.said for each in ended) == 2, "both have polled"
        assert program.files() == expected
