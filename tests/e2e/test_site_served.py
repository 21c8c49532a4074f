"""The static site below a path of somebody's host, served by nginx, in a real browser."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest

from tests.e2e.documents import Story, atom, rss
from tests.e2e.world import Program, Publishers, ask, wait_until
from tests.web.browser import a_browser

pytestmark = pytest.mark.needs("chromium", "chromedriver", "nginx")

# The lines of docs/static-site.md, and what nginx needs to run as anybody.
NGINX = """
daemon off; user root; pid {home}/pid; error_log {home}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {home}/a; proxy_temp_path {home}/b; fastcgi_temp_path {home}/c;
    uwsgi_temp_path {home}/d; scgi_temp_path {home}/e;
    types {{ text/html html; text/css css; image/svg+xml svg; text/plain txt; text/x-opml opml; }}
    charset utf-8;
    server {{
        listen 127.0.0.1:{port};
        root {root};
        location /news/ {{ error_page 404 /news/404.html; }}
        location /news/feeds/ {{
            types {{ application/atom+xml atom; application/rss+xml rss; application/feed+json json; }}
            add_header Access-Control-Allow-Origin *;
            error_page 404 /news/404.html;
        }}
    }}
}}
"""

LINKS = "return [...document.querySelectorAll('a[href],link[href]')].map(link => [link.href, link.rel, link.type])"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def nginx(root: Path, home: Path, port: int) -> Iterator[None]:
    home.mkdir()
    (home / "nginx.conf").write_text(NGINX.format(home=home, root=root, port=port))
    command = [shutil.which("nginx") or "nginx", "-p", home, "-e", home / "error.log", "-c", home / "nginx.conf"]
    running = subprocess.Popen(command)
    try:

        def answers() -> bool:
            with socket.socket() as one:
                return one.connect_ex(("127.0.0.1", port)) == 0

        wait_until("nginx answers", answers)
        yield
    finally:
        running.terminate()
        running.wait(10)


def test_a_browser_finds_every_page_and_every_feed_below_a_path_and_what_is_missing_leads_back(
    program: Program, publishers: Publishers, tmp_path: Path
) -> None:
    port, root = free_port(), program.folder / "www"
    base = f"http://127.0.0.1:{port}/news/"
    broken = publishers.refuse("/broken", 500)
    publishers.serve("/a.atom", atom("A", [Story(f"第{number}条 <新闻>", number) for number in range(60)]))
    publishers.serve("/b.rss", rss("B", [Story("Night shift", 3), Story("100% ?new#thing", 4)]))
    publishers.serve("/c.rss", rss("C", [Story("A question?", 5)]))
    categories: dict[str, Any] = {
        "金融": {"sources": [{"name": "甲 100%", "url": f"{publishers.base}/a.atom"}]},
        "odd": {
            "slug": "100%25: what?",
            "sources": [{"name": 'q: <?> "x" * | con.', "url": f"{publishers.base}/c.rss"}],
        },
        "tech/a b": {"sources": [{"name": "b", "url": f"{publishers.base}/b.rss"}, {"name": "x", "url": broken}]},
    }
    program.configure(categories, publish={"folder": "public", "base_url": base, "site": "www/news", "limit": 40})
    for _ in range(3):
        assert program("once", "--all").code == 0
    with nginx(root, tmp_path / "nginx", port), a_browser() as browser:
        waiting, seen, feeds = [base], set[str](), set[str]()
        while waiting:
            page = waiting.pop()
            seen.add(page)
            browser.open(page)
            assert browser.complaints() == [], page
            assert browser.run("return getComputedStyle(document.body).margin") == "0px", "the style sheet is there"
            found = browser.run(LINKS)
            ours = [(href.partition("#")[0], rel, kind) for href, rel, kind in found if href.startswith(base)]
            feeds |= {href for href, rel, _ in ours if rel == "alternate"}
            for href, _, kind in ours:
                answer = ask(href)
                assert answer.status in (200, 301), f"{page} leads to {href}"
                if kind and kind.startswith("application/") and answer.status == 200:
                    assert answer.headers["content-type"].partition(";")[0] == kind
            if page.count("/s/") == 0:  # a few of the stories are enough
                pages = {href for href, _, kind in ours if href.endswith((".html", "/")) and not kind}
                stories = sorted(href for href in pages if "/s/" in href)[:2]
                waiting += sorted({href for href in pages if "/s/" not in href} | {*stories} - seen - {*waiting})
                waiting = [href for href in dict.fromkeys(waiting) if href not in seen]
        assert {f"{base}feeds/all.atom", f"{base}feeds/_health.json", f"{base}feeds.opml"} <= feeds
        assert len(seen) > 10
        events = json.loads(ask(f"{base}feeds/_health.json").body)["items"]
        [told] = [event for event in events if event["title"] == "x cannot be read"]
        browser.open(told["url"])  # the row of that very source
        row = browser.run("return document.querySelector(':target').textContent")
        assert "500" in row
        opml = ElementTree.fromstring(ask(f"{base}feeds.opml").body)
        named = [str(outline.get("xmlUrl")) for outline in opml.iter("outline") if outline.get("xmlUrl")]
        assert [url for url in named if ask(url).status != 200] == []
        for url in named:
            linked = {link.get("rel"): str(link.get("href")) for link in ElementTree.fromstring(ask(url).body)[:9]}
            assert linked["self"] == url
        assert not any("_health" in url for url in named)
        browser.complaints()
        for missing in ("c/nothing/", "c/a/b/c/d.html", "feeds/nothing.atom"):
            assert ask(base + missing).status == 404
            browser.open(base + missing)
            assert browser.run("return document.querySelector('main.message a').href") == base
            assert browser.run("return document.querySelector('link[rel=stylesheet]').sheet.cssRules.length") > 10
            assert urljoin(base, "404.html") not in seen
