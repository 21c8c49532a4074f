"""Copies of a story through the whole program: feeds in, one item out – or two, where there are two stories."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
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


def two_copies(publishers: Publishers) -> dict[str, Any]:
    """A whole one in one category, then an excerpt of it in the category below."""
    [(_, post, _)] = list(islice(reprints(1, seed=4), 1))
    later = replace(post, text=post.text[:300] + "…", date=post.date + timedelta(hours=2))
    urls = [
        publishers.serve(f"/{name}", rss(name, [a_story(copy, page)]))
        for page, (name, copy) in enumerate((("whole", post), ("excerpt", later)))
    ]
    return {
        "news": {"sources": [{"name": "Whole", "url": urls[0]}]},
        "news/brief": {"sources": [{"name": "Brief", "url": urls[1]}]},
    }


def test_one_copy_is_shown_and_the_other_is_named_in_every_format(program: Program, publishers: Publishers) -> None:
    categories = two_copies(publishers)
    program.configure(categories)
    assert program("once").code == 0
    [item] = items(program, "news")
    assert (item["_aggregator"]["source"], item["_aggregator"]["categories"]) == ("Whole", ["news", "news/brief"])
    assert [source["name"] for source in item["_aggregator"]["sources"]] == ["Whole", "Brief"]
    link = "https://outlet1.example/story/1"
    assert f'Also in: <a href="{link}"' in item["content_html"]
    for suffix in ("atom", "rss"):
        written = (program.public / "feeds" / f"news.{suffix}").read_text()
        assert f'rel="related" href="{link}"' in written or f'href="{link}" rel="related"' in written
        assert "Also in: " in written
        assert "news/brief" in written

    [below] = items(program, "news/brief")
    assert (below["id"], below["date_published"]) == (item["id"], item["date_published"])
    assert "Also in" not in below["content_html"], "whom the feed does not hold it does not name"


def test_an_operator_says_whose_copy_a_category_shows(program: Program, publishers: Publishers) -> None:
    categories = two_copies(publishers)
    categories["news"] |= {"prefer": ["Brief"], "also_in": "links"}
    program.configure(categories)
    assert program("once").code == 0
    [item], [everywhere] = items(program, "news"), items(program, "all")
    assert (item["id"], item["date_published"]) == (everywhere["id"], everywhere["date_published"])
    assert item["_aggregator"]["source"] == "Brief"
    assert "Also in" not in item["content_html"]
    assert everywhere["_aggregator"]["source"] == "Whole"
    assert "Also in: " in everywhere["content_html"]

    categories["news"]["prefer"] = ["Breif"]
    program.configure(categories)
    told = program("check")
    assert told.code == 2
    assert "prefer: Breif is no source of news; did you mean Brief?" in told.said + told.complained


def test_each_level_merges_by_its_own_measure(program: Program, publishers: Publishers) -> None:
    categories = two_copies(publishers)
    for upper, lower, above, everywhere in (("text", "off", 1, 1), ("off", "text", 2, 2), ("url", "text", 2, 1)):
        categories["news"]["merge"], categories["news/brief"]["merge"] = upper, lower
        program.configure(categories, publish={"merge": "off" if everywhere == 2 else "text"})
        assert program("once").code == 0
        assert len(items(program, "news")) == above
        assert len(items(program, "news/brief")) == 1
        assert len(items(program, "all")) == everywhere
