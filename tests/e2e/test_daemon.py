"""`aggregator run`: polls, publishes and serves until it is told to stop."""

from __future__ import annotations

import gzip
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.documents import Story, rss
from tests.e2e.world import Daemon, Program, Publishers, wait_until

NEWS = [Story("Third", 3), Story("Second", 2), Story("第一", 1)]
TITLES = [story.title for story in NEWS]


@pytest.fixture
def program(program: Program, publishers: Publishers) -> Program:
    """Follows one source that is polled every second."""
    return follow_one(program, publishers)


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """One that has published its first poll, for the tests that only look."""
    with Publishers() as publishers:
        program = follow_one(Program(tmp_path_factory.mktemp("daemon")), publishers)
        with program.daemon() as daemon:
            wait_until("the last feed is published", lambda: daemon.titles("news/paper") == TITLES)
            yield daemon


def follow_one(program: Program, publishers: Publishers) -> Program:
    program.follow(publishers.serve("/paper", rss("Paper", NEWS)))
    return program


def wait_for(daemon: Daemon, titles: list[str]) -> None:
    wait_until(f"{titles} are published", lambda: daemon.titles("news") == titles)


def is_stored(program: Program) -> bool:
    return program.select("SELECT count(*) FROM articles") == [(len(NEWS),)]


def test_the_daemon_polls_publishes_and_serves(daemon: Daemon) -> None:
    page = daemon.get("")
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "第一" in page.body.decode()
    assert daemon.get("healthz").headers["content-type"] == "application/json"
    assert daemon.get("feeds/news.atom").headers["content-type"].startswith("application/atom+xml")
    assert daemon.get("feeds/news.rss").headers["content-type"].startswith("application/rss+xml")
    assert daemon.get("feeds/news.json").headers["content-type"].startswith("application/feed+json")
    assert b'xmlUrl="' in daemon.get("opml").body
    assert daemon.get("feeds/nothing.atom").status == 404


def test_a_new_entry_appears_after_its_source_changed(program: Program, publishers: Publishers) -> None:
    program("once")
    with program.daemon() as daemon:
        before = daemon.get("feeds/news.atom")
        publishers.serve("/paper", rss("Paper", [Story("Fourth", 4), *NEWS]))
        wait_for(daemon, ["Fourth", *TITLES])
        after = daemon.get("feeds/news.atom", {"If-None-Match": before.headers["etag"]})
        assert (after.status, b"Fourth" in after.body) == (200, True), "it is no longer the same version"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_soon_and_with_exit_code_0(
    program: Program, publishers: Publishers, number: signal.Signals
) -> None:
    publishers.say_nothing("/asleep")  # a visit under way must not hold it up
    program.follow(publishers.base + "/paper", publishers.base + "/asleep")
    with program.daemon() as daemon:
        wait_until("both visits have begun", lambda: is_stored(program) and publishers.is_waited_for("/asleep"))
        assert daemon.stop(number) == 0, daemon.said()
        assert daemon.stopped_in < 5
        assert "Traceback" not in daemon.said()
        assert daemon.said().rstrip().endswith("stopped")


def test_a_second_start_goes_on_where_the_first_ended(program: Program, publishers: Publishers) -> None:
    with program.daemon() as daemon:
        wait_until("the entries are stored", lambda: is_stored(program))
        daemon.stop()
    before, stamps, asked = program.files(), program.stamps(), len(publishers.requests)
    with program.daemon() as daemon:
        assert daemon.titles("news") == TITLES, "what was published is there from the first moment on"
        wait_until("it polls again", lambda: len(publishers.requests) > asked + 1)
        daemon.stop()
    assert set(publishers.statuses(asked)) == {304}, "the validators were kept"
    assert (program.files(), program.stamps()) == (before, stamps)
    assert program.select("SELECT count(*) FROM articles") == [(3,)]


def test_what_was_found_last_is_published_before_it_stops(program: Program) -> None:
    with program.daemon() as daemon:
        wait_until("the entries are stored", lambda: is_stored(program))
        daemon.stop()
    assert program.titles("news") == TITLES


def test_a_port_that_is_taken_is_one_sentence_and_exit_code_1(program: Program) -> None:
    with socket.create_server(("127.0.0.1", program.port)):
        ended = program("run")
    assert ended.code == 1
    sentences = [line for line in ended.complained.splitlines() if line.startswith("aggregator: ")]
    assert len(sentences) == 1
    assert f"127.0.0.1:{program.port}" in sentences[0]
    assert "Traceback" not in ended.complained


def test_a_wrong_configuration_keeps_it_from_starting(program: Program) -> None:
    program.config.write_text("categories: 5\n", "utf-8")
    ended = program("run")
    assert ended.code == 2
    assert re.search(r"config\.yaml:1:13: ", ended.complained)


def test_systemd_is_told_when_it_is_ready_and_when_it_stops(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
        door.bind(str(path))
        door.settimeout(30)
        with program.running("run", NOTIFY_SOCKET=str(path)) as daemon:
            ready = door.recv(4096).decode().splitlines()
            assert "READY=1" in ready
            assert daemon.get("healthz").status == 200, "ready means that it answers"
            daemon.process.terminate()
            assert "STOPPING=1" in door.recv(4096).decode().splitlines()


def test_who_has_a_feed_already_gets_304(daemon: Daemon) -> None:
    whole = daemon.get("feeds/news.atom")
    by_tag = daemon.get("feeds/news.atom", {"If-None-Match": whole.headers["etag"]})
    by_date = daemon.get("feeds/news.atom", {"If-Modified-Since": whole.headers["last-modified"]})
    assert [(answer.status, answer.body) for answer in (by_tag, by_date)] == [(304, b""), (304, b"")]
    assert by_tag.headers["etag"] == whole.headers["etag"]
    other = daemon.get("feeds/news.atom", {"If-None-Match": '"another"'})
    assert (other.status, other.body) == (200, whole.body)


def test_a_feed_is_packed_for_who_can_unpack_it(daemon: Daemon) -> None:
    plain = daemon.get("feeds/news.rss")
    packed = daemon.get("feeds/news.rss", {"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in packed.headers["vary"].lower()
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2


def test_head_says_what_get_would_say_without_the_body(daemon: Daemon) -> None:
    whole, head = daemon.get("feeds/news.json"), daemon.get("feeds/news.json", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))
    assert head.headers["etag"] == whole.headers["etag"]


def test_what_is_served_is_what_lies_in_the_folder(daemon: Daemon) -> None:
    public = daemon.folder / "public"
    files = [path for path in public.rglob("*") if path.is_file()]
    assert len(files) == 9
    for path in files:
        assert daemon.get(path.relative_to(public).as_posix()).body == path.read_bytes()


def test_a_source_that_fails_leaves_the_daemon_healthy(program: Program, publishers: Publishers) -> None:
    program.follow(publishers.base + "/paper", publishers.refuse("/broken", 500))
    with program.daemon() as daemon:
        wait_until("the failure is known", lambda: b'"failing":1' in daemon.get("healthz").body.replace(b" ", b""))
        health = daemon.get("healthz")
        assert health.status == 200
        assert "Traceback" not in daemon.said()
