"""The static site, from outside: `publish.site`, served by a web server that knows nothing of us, and crawled."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

import pytest
from lxml import etree, html

from tests.e2e.documents import Story, atom, rss
from tests.e2e.world import Program, Publishers, ask, wait_until

BASE = "https://feeds.example.org/news/"
LINKS = (("a", "href"), ("link", "href"), ("img", "src"))


class Quiet(SimpleHTTPRequestHandler):
    """Python's own web server."""

    def log_message(self, *_: Any) -> None:
        """The tests look at what it answers."""


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """The root of a web server over a folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def links_of(page: str, body: bytes) -> set[str]:
    """Where a page leads, as absolute addresses."""
    tree = html.document_fromstring(body.decode())
    found = (element.get(name) for tag, name in LINKS for element in tree.iter(tag))
    return {urljoin(page, link) for link in found if link is not None}


def crawl(root: str) -> dict[str, bytes]:
    """Everything that can be reached from the start page by its links; a dead link is a failure."""
    waiting, seen = [root], dict[str, bytes]()
    while waiting:
        url = waiting.pop()
        answer = ask(url)
        assert answer.status == 200, f"{url} is a dead link"
        seen[url] = answer.body
        if url == root or url.endswith(".html"):
            inside = {urldefrag(link).url for link in links_of(url, answer.body) if link.startswith(root)}
            waiting += sorted(inside - seen.keys() - set(waiting))
    return seen


@pytest.fixture
def site(program: Program) -> Path:
    return program.folder / "site"


def configure(program: Program, publishers: Publishers, **publish: Any) -> None:
    stories = [Story(f"第{number}条 <新闻> & more", number) for number in range(90)]
    publishers.serve("/a.atom", atom("A", stories))
    publishers.serve("/b.rss", rss("B", [Story("Night shift", 3), Story("100% ?new#thing", 4)]))
    settings = {"folder": "public", "base_url": BASE, "site": "site", "limit": 50, **publish}
    program.configure(
        {
            "金融": {"language": "zh-CN", "sources": [{"name": "甲 100%", "url": f"{publishers.base}/a.atom"}]},
            "tech": {"sources": [{"name": "b", "url": f"{publishers.base}/b.rss"}]},
            "tech/a%20b: c?": {"sources": [{"name": "also", "url": f"{publishers.base}/b.rss?again"}]},
        },
        publish=settings,
    )


def test_every_link_of_the_site_leads_somewhere_and_none_to_the_daemon(
    program: Program, publishers: Publishers, site: Path
) -> None:
    configure(program, publishers)
    assert program("once").code == 0
    with hosted(site.parent) as root:  # below a path, as on most hosts
        start = f"{root}site/"
        seen = crawl(start)
        names = {unquote(url.removeprefix(start)) for url in seen}
        assert {"about/index.html", "sources/index.html", "c/金融/index.html", "c/tech/b/index.html"} <= names
        assert {"feeds/_health.atom", "feeds/_health.json"} <= names
        assert {"feeds.opml", "sources.opml", "feeds/all.atom", "feeds/金融.rss", "feeds/tech.json"} <= names
        assert sum(name.startswith("s/") for name in names) >= 80
        for url, body in seen.items():
            if url.endswith(".html"):
                ours = {link for link in links_of(url, body) if link.startswith(BASE)}
                tree = html.document_fromstring(body.decode())
                assert ours == {element.get("href") for element in tree.iterfind(".//link[@rel='canonical']")} & ours
                assert b"<form" not in body
                assert b"why?q=" not in body
            elif url.endswith((".atom", ".rss", ".opml")):
                etree.fromstring(body)
        assert json.loads(seen[f"{start}feeds/all.json"])["feed_url"] == f"{BASE}feeds/all.json"
    for name in ("all.atom", "金融.rss", "tech.json"):
        assert (site / "feeds" / name).read_bytes() == (program.public / "feeds" / name).read_bytes()


def test_older_stories_are_in_archives_that_lie_there_too(program: Program, publishers: Publishers, site: Path) -> None:
    configure(program, publishers)
    assert program("once").code == 0
    archives = [path.relative_to(program.public) for path in program.public.rglob("_archive/*")]
    assert archives
    assert all((site / path).read_bytes() == (program.public / path).read_bytes() for path in archives)


def test_links_lead_from_file_to_file_without_a_server(program: Program, publishers: Publishers, site: Path) -> None:
    configure(program, publishers)
    assert program("once").code == 0
    pages = [page for page in site.rglob("*.html") if page.name != "404.html"]  # which is for servers alone
    assert len(pages) > 80
    for page in pages:
        for link in links_of(page.as_uri(), page.read_bytes()):
            if urlsplit(link).scheme == "file":
                assert Path(unquote(urlsplit(link).path)).is_file(), f"{page}: {link}"


def test_only_what_changed_is_written_and_what_is_gone_is_removed(
    program: Program, publishers: Publishers, site: Path
) -> None:
    def stamps() -> dict[str, int]:
        return {str(path.relative_to(site)): path.stat().st_ino for path in site.rglob("*") if path.is_file()}

    configure(program, publishers)
    assert program("once").code == 0
    (site / "mine.txt").write_text("not theirs")
    before = stamps()
    assert program("publish").code == 0
    assert {name for name, inode in stamps().items() if before[name] != inode} <= {"sources/index.html"}
    publishers.serve("/b.rss", rss("B", [Story("Another title", 3), Story("100% ?new#thing", 4)]))
    assert program("once", "--all").code == 0
    changed = {name for name, inode in stamps().items() if before.get(name) != inode}
    assert "index.html" in changed or "c/tech/index.html" in changed
    assert not any(name.startswith(("c/金融", "feeds/金融")) for name in changed)
    program.configure(
        {"tech": {"sources": [{"name": "b", "url": f"{publishers.base}/b.rss"}]}},
        publish={"folder": "public", "base_url": BASE, "site": "site", "limit": 50},
    )
    assert program("publish").code == 0
    assert not (site / "c/金融/index.html").exists()
    assert not (site / "feeds/金融.atom").exists()
    assert (site / "mine.txt").read_text() == "not theirs"
    with hosted(site) as root:
        crawl(root)


def test_protected_categories_are_never_in_the_site(program: Program, publishers: Publishers, site: Path) -> None:
    open_, hidden = Story("For everybody", 1, site="open.example"), Story("For members", 2, site="closed.example")
    sources = {
        name: {"sources": [{"name": name, "url": publishers.serve(f"/{name}.atom", atom(name, [story]))}]}
        for name, story in (("open", open_), ("closed", hidden))
    }
    publish = {"folder": "public", "base_url": BASE, "site": "site"}
    program.configure(sources, publish=publish)
    assert program("once").code == 0
    assert any(b"For members" in path.read_bytes() for path in site.rglob("*") if path.is_file())
    sources["closed"]["access"] = {"tokens": {"ann": "a-long-token-for-ann-0123456789"}}  # type: ignore[assignment]
    program.configure(sources, publish=publish)
    assert program("publish").code == 0
    said = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    assert any(b"For everybody" in body for body in said.values())
    assert not [path for path, body in said.items() if b"For members" in body or b"closed" in body]


def test_the_daemon_keeps_the_site_up_to_date(program: Program, publishers: Publishers, site: Path) -> None:
    configure(program, publishers, site_language="en")
    with program.daemon() as daemon:
        wait_until("the site is there", lambda: (site / "s").is_dir() and (site / "feeds/tech.json").is_file())
        assert '<html lang="en">' in (site / "index.html").read_text()
        publishers.serve("/b.rss", rss("B", [Story("A new one", 2), Story("Night shift", 3)]))
        wait_until("the new story is in it", lambda: "A new one" in (site / "c/tech/index.html").read_text())
        assert daemon.stop() == 0
        assert "Traceback" not in daemon.said()


def test_pages_speak_the_language_of_the_first_category(program: Program, publishers: Publishers, site: Path) -> None:
    configure(program, publishers)
    assert program("once").code == 0
    assert '<html lang="zh' in (site / "index.html").read_text()
    assert quote("金融") in (site / "index.html").read_text()


@pytest.mark.parametrize(("formats", "suffix"), [(["json"], ".json"), (["json", "rss"], ".rss")])
def test_the_list_of_our_feeds_names_documents_that_there_are(
    program: Program, publishers: Publishers, formats: list[str], suffix: str
) -> None:
    publishers.serve("/a.atom", atom("A", [Story("One", 1)]))
    sources = [{"name": "A: x?", "url": f"{publishers.base}/a.atom"}]
    program.configure(
        {"news": {"sources": sources}},
        publish={"folder": "public", "site": "www", "base_url": BASE, "formats": formats},
    )
    assert program("once", "--all").code == 0
    root = program.folder / "www"
    outlines = list(etree.fromstring((root / "feeds.opml").read_bytes()).iter("outline"))
    named = [unquote(str(outline.get("xmlUrl")).removeprefix(BASE)) for outline in outlines]
    assert named == [f"feeds/{slug}{suffix}" for slug in ("all", "news", "news/A: x?")]
    assert [name for name in named if not (root / name).is_file()] == []
    with program.daemon() as daemon:
        served = etree.fromstring(ask(f"{daemon.base}opml").body)
        assert [outline.get("xmlUrl") for outline in served.iter("outline")] == [one.get("xmlUrl") for one in outlines]
