"""`add`, `remove`, `move` and `rename` as people use them, and what they do to a large file of somebody's own style."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from click.testing import CliRunner, Result

from aggregator.cli import main
from aggregator.config import load

ODD = Path(__file__).parent / "odd.yaml"
RSS = (
    '<rss version="2.0"><channel><title>{}</title><link>https://x.example/</link><language>en</language>'
    "<item><title>First</title><guid>{}</guid><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"
)
Run = Callable[..., Result]


class _Site(BaseHTTPRequestHandler):
    PAGES: ClassVar = {
        "/": '<html><head><link rel="alternate" type="application/rss+xml" title="Comments" href="comments.xml">'
        '<link rel="alternate" type="application/rss+xml" title="News" href="/news.xml"></head><body>x</body></html>',
        "/news.xml": RSS.format("新闻 News", "n"),
        "/comments.xml": RSS.format("Comments on News", "c"),
        "/bare/": "<html><body>nothing here</body></html>",
        "/rss.xml": RSS.format("By its path", "p"),
    }

    def do_GET(self) -> None:
        body = self.PAGES.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((body or "<html>no</html>").encode())

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(
        "polling: {allow_private: [127.0.0.0/8], spacing: 0s}\ncategories:\n"
        "  tech:\n    sources:\n      - name: One\n        url: https://one.example/feed\n"
        "  world:\n    sources:\n      - https://two.example/feed\n"
    )
    return file


@pytest.fixture
def run(file: Path) -> Run:
    return lambda *arguments: CliRunner().invoke(main, ["-c", str(file), *arguments])


def test_the_feed_behind_a_page_is_followed(run: Run, file: Path, site: str) -> None:
    result = run("add", site, "--category", "tech")
    assert result.exit_code == 0, result.output
    assert "2026-11-02  First" in result.output
    assert f"      - name: 新闻 News\n        url: {site}/news.xml\n  world:" in file.read_text()
    again = run("add", f"{site}/news.xml", "--category", "world")
    assert again.exit_code == 1
    assert f"is followed already: 新闻 News in tech ({file}:7)" in again.output


def test_without_links_the_usual_places_are_tried(run: Run, file: Path, site: str) -> None:
    assert run("add", f"{site}/bare/", "--category", "world").exit_code == 0
    assert file.read_text().endswith(f"      - https://two.example/feed\n      - {site}/rss.xml\n")


def test_who_cannot_be_asked_is_told_which_categories_there_are(run: Run, file: Path) -> None:
    before = file.read_text()
    result = run("add", "https://three.example/feed", "--offline")
    assert result.exit_code == 2
    assert "say where to put it with --category: one of tech, world, or a new one" in result.output
    assert file.read_text() == before


def test_a_page_without_a_feed_changes_nothing(run: Run, file: Path, site: str) -> None:
    before = file.read_text()
    result = run("add", f"{site}/missing", "--category", "tech")
    assert result.exit_code == 1
    assert "404" in result.output
    assert file.read_text() == before


def test_a_dry_run_shows_the_lines_and_writes_nothing(run: Run, file: Path) -> None:
    before = file.read_text()
    result = run("add", "https://three.example/feed", "--offline", "--category", "tech", "--dry-run")
    assert "+      - https://three.example/feed\n" in result.output
    assert "nothing was written" in result.output
    assert file.read_text() == before


def test_who_is_meant_is_asked_where_several_are(run: Run, file: Path) -> None:
    run("add", "https://three.example/a", "--offline", "--category", "world", "--name", "One")
    result = run("remove", "One")
    assert result.exit_code == 1
    assert "tech/One  https://one.example/feed" in result.output
    assert "world/One  https://three.example/a" in result.output
    assert run("remove", "world/One").exit_code == 0
    assert "did you mean One?" in run("remove", "Onn").output


def test_several_move_at_once_and_an_emptied_category_stays(run: Run, file: Path) -> None:
    assert run("move", "One", "https://two.example/feed", "new").exit_code == 0
    data = yaml.safe_load(file.read_text())["categories"]
    assert data["tech"] == data["world"] == {"sources": []}
    assert [each["url"] if isinstance(each, dict) else each for each in data["new"]["sources"]] == [
        "https://one.example/feed",
        "https://two.example/feed",
    ]


def test_a_source_that_opens_a_category_keeps_its_lines_and_comments(run: Run, file: Path) -> None:
    one = "      # the first of all\n      - name: One  # quiet\n        url: https://one.example/feed\n"
    before = file.read_text().replace("      - name: One\n        url: https://one.example/feed\n", one)
    file.write_text(before)
    assert run("move", "One", "new").exit_code == 0
    assert file.read_text().endswith(f"      - https://two.example/feed\n  new:\n    sources:\n{one}")
    assert run("move", "One", "tech").exit_code == 0
    assert file.read_text() == before + "  new:\n    sources: []\n"


def test_a_renamed_category_keeps_the_address_of_its_feed(run: Run, file: Path) -> None:
    result = run("rename", "tech", "技术")
    assert result.exit_code == 0, result.output
    assert "slug: tech" in result.output
    assert "  技术:\n    slug: tech\n    sources:\n" in file.read_text()
    assert run("rename", "One", "第一").exit_code == 0
    assert "      - name: 第一\n        url: https://one.example/feed\n" in file.read_text()


@pytest.mark.parametrize(
    ("arguments", "gone", "came"),
    [
        (["add", "https://new.example/f", "--offline", "--category", "金融"], 0, 1),
        (["add", "https://new.example/f", "--offline", "--category", "技术/安全", "--name", "新: 来"], 0, 2),
        (["add", "https://new.example/f", "--offline", "--category", "flow"], 1, 1),
        (["remove", "路透 7"], 4, 0),
        (["remove", "https://feeds.example/finance/3"], 1, 0),
        (["move", "路透 7", "技术/安全"], 4, 4),
        (["rename", "路透 7", "路透社"], 1, 1),
        (["rename", "金融", "财经"], 1, 1),
    ],
)
def test_on_a_large_file_only_the_lines_change_that_must(
    run: Run, file: Path, arguments: list[str], gone: int, came: int
) -> None:
    shutil.copy(ODD, file)
    before = file.read_bytes().split(b"\n")
    assert len(before) > 300
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    after = file.read_bytes().split(b"\n")
    assert (len(_without(before, after)), len(_without(after, before))) == (gone, came)
    assert run("check").exit_code == 0


def _without(lines: list[bytes], others: list[bytes]) -> list[bytes]:
    """Lines that there are fewer of in the others."""
    left = list(others)
    gone = []
    for line in lines:
        if line in left:
            left.remove(line)
        else:
            gone.append(line)
    return gone


def test_a_moved_source_is_the_same_source(run: Run, file: Path) -> None:
    before = {source.id: source.name for source in load(file, {}).sources}
    assert run("move", "One", "world").exit_code == 0
    assert {source.id: source.name for source in load(file, {}).sources} == before
