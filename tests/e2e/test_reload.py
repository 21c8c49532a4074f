"""A changed configuration is taken over while the daemon runs; a wrong one changes nothing."""

from __future__ import annotations

import os
import signal
import threading
import time

from tests.e2e.documents import Story, rss
from tests.e2e.world import Daemon, Program, Publishers, a_free_port, wait_until

EDITS = 200


def has(daemon: Daemon, slug: str, titles: list[str]) -> None:
    wait_until(f"{slug} holds {titles}", lambda: daemon.titles(slug) == titles)


def test_a_saved_file_is_taken_over(program: Program, publishers: Publishers) -> None:
    one = publishers.serve("/one", rss("One", [Story("First", 1)]))
    two = publishers.serve("/two", rss("Two", [Story("Second", 2)]))
    program.follow(one)
    with program.daemon() as daemon:
        has(daemon, "news", ["First"])
        program.follow(one, two)
        has(daemon, "news", ["Second", "First"])
        program.follow(two)
        wait_until("the feed of the removed source is gone", lambda: daemon.get("feeds/news/one.atom").status == 404)
        has(daemon, "news", ["Second", "First"])
        asked = len([request for request in publishers.requests if request.path == "/one"])
        seen = len(publishers.requests)
        wait_until("others are polled", lambda: len(publishers.requests) > seen + 2)
        assert len([request for request in publishers.requests if request.path == "/one"]) == asked


def test_a_file_that_an_editor_replaces_is_taken_over(program: Program, publishers: Publishers) -> None:
    program.follow(publishers.serve("/one", rss("One", [Story("First", 1)])))
    with program.daemon() as daemon:
        has(daemon, "news", ["First"])
        old = program.config
        program.config = program.folder / ".config.yaml.swp"
        program.configure({"renamed": {"sources": [publishers.base + "/one"]}})
        os.replace(program.config, old)
        program.config = old
        has(daemon, "renamed", ["First"])
        wait_until("the old feed is gone", lambda: daemon.get("feeds/news.atom").status == 404)


def test_a_stop_soon_after_a_change_cuts_off_what_the_earlier_configuration_still_polls(
    program: Program, publishers: Publishers
) -> None:
    silent = publishers.say_nothing("/silent")
    program.follow(silent)
    with program.daemon() as daemon:
        wait_until("the silent one is asked", lambda: publishers.is_waited_for("/silent"))
        program.follow(silent, publishers.serve("/one", rss("One", [Story("First", 1)])))
        wait_until("it is taken over", lambda: "took over" in daemon.said())
        begun = time.monotonic()
        assert daemon.stop() == 0
        assert time.monotonic() - begun < 12  # the silent one has 20 seconds
        assert "Traceback" not in daemon.said()


def test_sighup_reloads_and_a_wrong_file_is_named_and_changes_nothing(program: Program, publishers: Publishers) -> None:
    program.follow(publishers.serve("/one", rss("One", [Story("First", 1)])))
    with program.daemon() as daemon:
        has(daemon, "news", ["First"])
        program.config.write_text("polling: {evrey: 1h}\ncategories: {news: {sources: [https://a.example/]}}\n")
        daemon.process.send_signal(signal.SIGHUP)
        wait_until("the fault is named", lambda: "config.yaml:1:11:" in daemon.said())
        wait_until("and what it means", lambda: "the last good one stays in force" in daemon.said())
        publishers.serve("/one", rss("One", [Story("Third", 3), Story("First", 1)]))
        has(daemon, "news", ["Third", "First"])


def test_a_moved_door_is_opened_before_the_old_one_is_closed(program: Program, publishers: Publishers) -> None:
    program.follow(publishers.serve("/one", rss("One", [Story("First", 1)])))
    with program.daemon() as daemon:
        has(daemon, "news", ["First"])
        program.port = a_free_port()
        program.follow(publishers.base + "/one")
        daemon.base = f"http://127.0.0.1:{program.port}/"
        wait_until("it answers there", lambda: answers(daemon))
        has(daemon, "news", ["First"])


def answers(daemon: Daemon) -> bool:
    try:
        return daemon.get("healthz").status == 200
    except OSError:
        return False


def test_two_hundred_edits_half_of_them_broken_lose_nothing(program: Program, publishers: Publishers) -> None:
    """While the sources publish and are polled; each edit is announced by SIGHUP or left to be noticed."""
    urls = [publishers.serve(f"/{name}", rss(name, [Story(f"{name} 0", 1)])) for name in ("a", "b", "c")]
    program.follow(*urls)
    told: set[str] = {f"{name} 0" for name in ("a", "b", "c")}
    with program.daemon() as daemon:
        pause = threading.Event()
        for edit in range(EDITS):
            if edit % 2:
                program.config.write_text("categories: {news: {sources: [" + "x" * edit)
            else:
                program.follow(*urls, publish={"limit": 500 + edit})
            if edit % 3 == 0:
                daemon.process.send_signal(signal.SIGHUP)
            if edit % 20 == 0:
                name = "abc"[edit // 20 % 3]
                told.add(f"{name} {edit}")
                mine = sorted(title for title in told if title.startswith(name))
                publishers.serve(f"/{name}", rss(name, [Story(title, number) for number, title in enumerate(mine, 1)]))
            pause.wait(0.03)
            assert daemon.process.poll() is None, daemon.said()
        program.follow(*urls, publish={"limit": 999})
        daemon.process.send_signal(signal.SIGHUP)
        wait_until("every story is published", lambda: set(daemon.titles("news")) == told)
        assert len(daemon.titles("news")) == len(told), "and none twice"
        assert "Traceback" not in daemon.said()
        assert daemon.stop() == 0
    assert program.select("PRAGMA integrity_check") == [("ok",)]


def test_an_included_file_is_watched_too_and_the_log_tells_what_changes(
    program: Program, publishers: Publishers
) -> None:
    one = publishers.serve("/one", rss("One", [Story("First", 1)]))
    two = publishers.serve("/two", rss("Two", [Story("Second", 2)]))
    folder = program.folder / "feeds"
    folder.mkdir()
    (folder / "news.yaml").write_text(f"categories: {{news: {{sources: [{{name: one, url: '{one}'}}]}}}}\n")
    program.follow(one)
    program.config.write_text("include: feeds\n" + program.config.read_text().partition("categories:")[0])
    with program.daemon() as daemon:
        has(daemon, "news", ["First"])
        (folder / "more.yaml").write_text(f"categories: {{more: {{sources: [{{name: two, url: '{two}'}}]}}}}\n")
        has(daemon, "more", ["Second"])
        wait_until("the source is told", lambda: "source added: more/two" in daemon.said())
        wait_until("the feed is told", lambda: "feed appears: feeds/more" in daemon.said())
        (folder / "more.yaml").write_text("categories: {more: {sources: [nonsense]}}\n")
        wait_until("the fault is named", lambda: "more.yaml:1:31:" in daemon.said())
        (folder / "more.yaml").unlink()
        wait_until("the feed is gone", lambda: daemon.get("feeds/more.atom").status == 404)
