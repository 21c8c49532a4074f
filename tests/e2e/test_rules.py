"""A rule whose pattern never ends, in the daemon: nobody waits for it, and it is named."""

from __future__ import annotations

import json
import time
from html import unescape

from tests.e2e.documents import Story, rss
from tests.e2e.world import Program, Publishers, wait_until

CATASTROPHE = "(a|aa)+$"
SOON = 2.0  # seconds within which everything answers; it takes hundredths where nothing is in the way


def test_a_pattern_that_never_ends_holds_up_neither_polls_nor_pages(program: Program, publishers: Publishers) -> None:
    stories = [Story(f"{'a' * 60}{number}b", number) for number in range(40)]
    program.follow(publishers.serve("/slow", rss("Slow", [*stories, Story("spam", 50)])))
    assert program("once").code == 0
    program.config.write_text(
        f"rules:\n  - drop: {{title: '{CATASTROPHE}'}}\n  - drop: {{title: ^spam}}\n" + program.config.read_text()
    )
    with program.daemon() as daemon:
        waited = []

        def look() -> None:
            for path in ("", "healthz", "feeds/all.atom", "feeds/news.json"):
                begun = time.monotonic()
                assert daemon.get(path).status == 200, path
                waited.append(time.monotonic() - begun)

        def is_named() -> bool:
            look()
            return "takes too long for 5 articles" in daemon.said()

        wait_until("the rule is named in the log", is_named)
        publishers.serve("/slow", rss("Slow", [*stories, Story("fresh", 51), Story("spam 2", 52)]))

        def is_polled() -> bool:
            look()
            return "fresh" in daemon.titles()

        wait_until("what is new is polled and shown", is_polled)
        assert max(waited) < SOON
        assert len(daemon.titles()) == 41  # what could not be matched is shown; the rule behind it works
        name = f"the rule drop {{title: {CATASTROPHE}}} ({program.config.name}:2) takes too long"
        assert name in program("status").said.replace("\n", " ")
        [fault] = json.loads(program("status", "--json").said)["faults"]
        assert fault.startswith(name)
        assert name in unescape(daemon.get("sources").body.decode())  # to the owner, and no trouble of the program:
        assert daemon.get("healthz").status == 200
