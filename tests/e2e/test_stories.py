"""Copies of a story through the whole program: feeds in, one item out – or two, where there are two stories."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from tests.decide.reprints import reprints
from tests.decide.templates import FAMILIES, Post, templated
from tests.e2e.documents import FIRST, Story, rss
from tests.e2e.world import Program, Publishers

SAME = 40
OTHER = len(FAMILIES) * 2


def a_story(post: Post, number: int) -> Story:
    paragraphs = "".join(f"<p>{part}</p>" for part in post.text.split("\n"))
    hour = int((post.date - FIRST).total_seconds() // 3600)
    return Story(post.title, hour, paragraphs, link=f"https://outlet{number}.example/story/{number}")


def pairs() -> Iterator[tuple[str, Post, Post]]:
    """Reprints, and pairs of articles that were made from one template."""
    for number, (_, original, reprint) in enumerate(islice(reprints(SAME, seed=11), SAME)):
        yield f"same {number}", original, reprint
    posts = templated(40 * len(FAMILIES), seed=11)
    posts.sort(key=lambda post: (post.text[:14], post.title[:4]))
    for number in range(OTHER):
        yield f"other {number}", posts[number * 20], posts[number * 20 + 1]


def follow_all(publishers: Publishers) -> dict[str, Any]:
    """Each pair as two sources of one category."""
    categories = {}
    for number, (name, *both) in enumerate(pairs()):
        sources = []
        for side, post in enumerate(both):
            body = rss(post.outlet, [a_story(post, 2 * number + side)])
            sources.append({"name": f"side {side}", "url": publishers.serve(f"/{number}/{side}", body)})
        categories[name] = {"sources": sources}
    return categories


def items(program: Program, category: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((program.public / "feeds" / f"{category}.json").read_bytes())["items"]
    return found


def test_reprints_are_one_item_and_templated_articles_are_two(program: Program, publishers: Publishers) -> None:
    program.configure(follow_all(publishers))
    assert program("once").code == 0
    told = {name: len(items(program, name)) for name, *_ in pairs()}
    assert {name for name in told if name.startswith("other") and told[name] != 2} == set()
    assert sum(told[name] != 1 for name in told if name.startswith("same")) <= 1
    assert {source["name"] for source in items(program, "same 0")[0]["_aggregator"]["sources"]} == {"side 0", "side 1"}

    before = {path.name: path.read_bytes() for path in (program.public / "feeds").rglob("*.atom")}
    for path in program.folder.glob("articles.db*"):
        path.unlink()
    assert program("once").code == 0
    after = {path.name: path.read_bytes() for path in (program.public / "feeds").rglob("*.atom")}
    assert after == before


def test_a_category_says_what_makes_one_story(program: Program, publishers: Publishers) -> None:
    [(_, one, two)] = list(islice(reprints(1, seed=4), 1))
    urls = [
        {"name": f"{number}", "url": publishers.serve(f"/{number}", rss(f"{number}", [a_story(post, page)]))}
        for number, (post, page) in enumerate(((one, 1), (two, 2), (two, 2)))
    ]
    for level, count in (("text", 1), ("url", 2), ("off", 3)):
        program.configure({"news": {"sources": urls, "merge": level}}, publish={"merge": "url"})
        assert program("once").code == 0
        found = items(program, "news")
        assert len({item["id"] for item in found}) == len(found) == count, level
        assert len(items(program, "all")) == 2
