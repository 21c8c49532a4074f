"""The search as its users meet it: in a shell, on the page, as a feed."""

from __future__ import annotations

import json
from urllib.parse import quote

from tests.e2e.documents import Story, rss
from tests.e2e.world import Program, Publishers, ask, titles_in, wait_until

STORIES = [
    Story("OpenAI发布GPT-5", 1, "<p>新模型被称为人工智能的里程碑。</p>", link="https://x.example/gpt"),
    Story("Ferries are running again", 2, "<p>The harbour reopens.</p>", link="https://x.example/ferry"),
]
LATER = Story("里程碑：长江大桥通车", 3, "<p>大桥今日通车。</p>", link="https://x.example/bridge")


def test_words_are_found_in_a_shell_on_the_page_and_as_a_feed(program: Program, publishers: Publishers) -> None:
    url = publishers.serve("/feed", rss("News", STORIES))
    program.configure({"news": {"sources": [{"name": "News", "url": url, "every": "5m"}]}})
    assert program("once").code == 0
    found = program("search", "里程碑")
    assert (found.code, found.said.count("\n")) == (0, 1)
    assert "https://x.example/gpt" in found.said
    assert json.loads(program("search", "ferry", "runs", "--json").said)["results"][0]["title"] == STORIES[1].title
    assert program("search", "zeppelin").code == 0

    with program.daemon() as daemon:
        page = ask(f"{daemon.base}search?q={quote('人工智能')}")
        assert (page.status, "<mark>人工智能</mark>" in page.body.decode()) == (200, True)
        feed = f"{daemon.base}feeds/search.json?q={quote('里程碑')}"
        assert titles_in(ask(feed).body) == [STORIES[0].title]
        publishers.serve("/feed", rss("News", [*STORIES, LATER]))
        assert program("once", "--all").code == 0
        other = f"{daemon.base}feeds/search?format=json&q={quote('里程碑')}"
        wait_until("the newer one is found", lambda: titles_in(ask(other).body) == [LATER.title, STORIES[0].title])
        assert ask(f"{daemon.base}feeds/search?q=").status == 400
