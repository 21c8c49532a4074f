"""What happens to sources, as the owner reads it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.documents import Story, rss
from tests.e2e.world import Program, Publishers, ask, titles_in, wait_until

TOKEN = "alices-token-0123456789"


def test_what_breaks_and_comes_back_is_told_of_once_and_in_no_other_feed(
    program: Program, publishers: Publishers
) -> None:
    good = rss("News", [Story("Weather", 1, "<p>Rain.</p>")])
    open_url, shut = publishers.refuse("/open", 500), publishers.refuse("/shut", 500)
    program.configure({
        "news": {"sources": [{"name": "Open", "url": open_url, "every": "1h"}]},
        "inner": {"access": {"tokens": {"alice": TOKEN}}, "sources": [{"name": "Shut", "url": shut, "every": "1h"}]},
    })  # fmt: skip
    for _ in range(4):
        program("once", "--all")
    with program.daemon() as daemon:
        told = ask(f"{daemon.base}feeds/_health.json")
        assert titles_in(told.body) == ["Open cannot be read"]
        [item] = json.loads(told.body)["items"]
        assert "500" in item["summary"]
        assert item["url"].startswith(f"{daemon.base}sources#")
        assert item["url"].partition("#")[2] in ask(f"{daemon.base}sources").body.decode()
        assert ask(f"{daemon.base}feeds/_health.json", {"If-None-Match": told.headers["etag"]}).status == 304
        mine = ask(f"{daemon.base}feeds/_health.json?token={TOKEN}")
        assert sorted(titles_in(mine.body)) == ["Open cannot be read", "Shut cannot be read"]
        for name in ("atom", "rss"):
            assert b"Open cannot be read" in ask(f"{daemon.base}feeds/_health.{name}").body
        publishers.serve("/open", good)
        assert program("once", "--all").code == 0
        assert titles_in(ask(f"{daemon.base}feeds/_health.json").body) == ["Open is back", "Open cannot be read"]
        again = json.loads(ask(f"{daemon.base}feeds/_health.json").body)["items"]
        assert again[1]["id"] == item["id"]
        wait_until("the feed of all is published", lambda: daemon.titles() == ["Weather"])


def test_a_configuration_that_is_not_taken_over_is_told_of(program: Program, publishers: Publishers) -> None:
    url = publishers.serve("/open", rss("News", [Story("Weather", 1, "<p>Rain.</p>")]))
    program.follow(url)
    good = program.config.read_text()
    with program.daemon() as daemon:

        def titles() -> list[str]:
            return titles_in(ask(f"{daemon.base}feeds/_health.json").body)

        assert titles() == []
        Path(program.config).write_text(good + "wrong: 1\n")
        wait_until("it is told of", lambda: titles() == ["The changed configuration was not taken over"])
        Path(program.config).write_text(good)
        wait_until("it is over", lambda: titles()[:1] == ["The configuration is in force again"])
