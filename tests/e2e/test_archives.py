"""A reader that follows the archives gets every story, each once, and what it has read never changes."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from tests.e2e.documents import Story, atom, json_feed, rss
from tests.e2e.world import Daemon, Program, Publishers
from tests.render.strict import problems_of_atom, problems_of_json, problems_of_rss
from tests.waiting import until

STRICT = {"atom": problems_of_atom, "rss": problems_of_rss, "json": problems_of_json}
WORDS = "amber basin cliff drift ember flint gorge heath inlet jetty knoll ledge marsh notch ocean pebble quarry ridge"


def stories(name: str, number: int, *, hour: int = -30_000) -> list[Story]:
    """All about something else, one every hour from then on, the newest first, as feeds have them."""
    chance = random.Random(f"{name} {hour}")
    texts = [" ".join(chance.choices(WORDS.split(), k=30)) for _ in range(number)]
    site = f"{name}.example"
    told = [
        Story(f"{name} {hour + n}: {text[:30].strip()}", hour + n, f"<p>{text}</p>", site=site)
        for n, text in enumerate(texts)
    ]
    return told[::-1]


def follow(daemon: Daemon, slug: str, format_name: str) -> list[tuple[str, bytes]]:
    """Every document from the feed's own back to the first, over HTTP, with its path."""
    found: list[tuple[str, bytes]] = []
    path: str | None = f"feeds/{slug}.{format_name}"
    while path is not None:
        answer = daemon.get(path)
        assert answer.status == 200, path
        if found:
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert STRICT[format_name](answer.body) == []
        found.append((path, answer.body))
        older = older_than(answer.body, format_name)
        path = unquote(urlsplit(older).path)[1:] if older else None
    return found


def older_than(document: bytes, format_name: str) -> str | None:
    if format_name == "json":
        url: str | None = json.loads(document).get("next_url")
        return url
    link = etree.fromstring(document).find(".//{http://www.w3.org/2005/Atom}link[@rel='prev-archive']")
    return None if link is None else link.get("href")


def titles(document: bytes, format_name: str) -> list[str]:
    if format_name == "json":
        return [item["title"] for item in json.loads(document)["items"]]
    root = etree.fromstring(document)
    found: list[Any] = root.findall("{*}entry/{*}title" if format_name == "atom" else "channel/item/title")
    return [title.text for title in found]


def every_title(chain: Sequence[tuple[str, bytes]], format_name: str) -> list[str]:
    return [title for _, document in chain for title in titles(document, format_name)]


def test_five_thousand_stories_each_once_in_every_format_and_a_hundred_more(
    program: Program, publishers: Publishers
) -> None:
    large, many = stories("single", 4000), [stories(name, 250) for name in ("first", "second", "third", "fourth")]
    writers = (rss, atom, json_feed, rss)
    sources = [
        {"name": f"Source {n}", "url": publishers.serve(f"/{n}", write(f"Source {n}", told))}
        for n, (write, told) in enumerate(zip(writers, many, strict=True))
    ]
    archive = {"name": "Archive", "url": publishers.serve("/single", rss("Archive", large))}
    program.configure({"news": {"sources": sources}, "news/single": {"slug": "news/one", "sources": [archive]}})
    assert program("once", "--all", patience=300).code == 0
    with program.daemon() as daemon:
        before = {}
        for format_name in STRICT:
            chain = follow(daemon, "news", format_name)
            found = every_title(chain, format_name)
            assert len(found) == 5000
            assert set(found) == {story.title for story in (*large, *(story for told in many for story in told))}
            assert all(len(titles(document, format_name)) <= 128 for _, document in chain)
            alone = every_title(follow(daemon, "news/one", format_name), format_name)
            assert alone == [story.title for story in large]
            before |= {path: sha256(document).digest() for path, document in chain[1:]}
        news = stories("first", 100, hour=-1_000)
        publishers.serve("/0", rss("Source 0", news))
        until("the new ones are published", lambda: news[0].title in daemon.titles("news"))
        for format_name in STRICT:
            chain = follow(daemon, "news", format_name)
            assert len(set(every_title(chain, format_name))) == len(every_title(chain, format_name)) == 5100
        after = {path: sha256(daemon.get(path).body).digest() for path in before}
    assert after == before


def test_a_web_server_needs_nothing_but_the_folder(program: Program, publishers: Publishers) -> None:
    program.follow(publishers.serve("/many", rss("Many", stories("many", 300))), publish={"limit": 20})
    assert program("once", "--all").code == 0
    assert Path(program.public / "feeds" / "news" / "_archive" / "1.atom").is_file()
    files = program.files()
    name, found = "news.json", list[str]()
    while name:
        found += titles(files[name], "json")
        name = unquote(urlsplit(older_than(files[name], "json") or "").path.removeprefix("/feeds/"))
    assert found == [story.title for story in stories("many", 300)]
    assert program("publish").said.endswith("0 files changed\n")
    assert program.files() == files
