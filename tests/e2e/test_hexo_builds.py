"""A folder of exported posts is the source of a Hexo site: `hexo generate` builds it, and nothing is lost in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from aggregator.model.article import Article, SafeHtml
from aggregator.model.entry import Enclosure
from aggregator.parse.hexo import parse_post
from aggregator.render.hexo import post_name, render_post
from tests.builders import an_article

pytestmark = pytest.mark.needs("hexo")

HERE = Path(__file__).parent
HEXO = HERE / "hexo"
FOUND = HERE.parent / "parse" / "posts" / "from-another-program.md"
SOURCE = "https://news.example/feed.xml"

PATHS = (
    ("金融", "新浪财经", "新浪财经－国內"),
    ("金融", "海湾财讯", "海湾财讯: 'A/B' #1"),
    ("技术", "安全", "Example News", "Example – Front"),
    ("金融",),
)
TITLES = (
    "It's 3/4: 'yes' & \"no\" \\n",
    "- [x] {{ title }} {% raw %}",
    "# @ * ! | > % `tick`",
    "2021-10-12",
    "null",
    "日本語のタイトル 😀",
    "It\x92s from Windows",
)
BODIES = (
    "<p>{{ x }} {% raw %} {# comment #} {% nonsense 'x %} }} {</p>",
    "<p>&amp;#123; &amp;lt;b&amp;gt;</p>",
    "<pre><code>a\n\n    four *blanks*\n\n\n# no heading\n- no list\n</code></pre>\n\n    <p>_indented_</p>",
    "<p>```js\n1 &lt; 2\n```\n~~~\nx\n~~~\n</p>",
    "---\n<p>dashes</p>\n---\ntitle: 'other'\n---",
    "<p>&lt;!--swig\ufffc0--&gt; &lt;!--code\ufffc1--&gt; &lt;!-- more --&gt; &lt;escape&gt;</p>",
    'plain text with *stars* and <em>markup</em>\n\n1. one\n\n[a](b) ![c](d) <a href="https://a.example/?q=%7B%7Bx">l</a>',
    '<p title="a\n\nb {{ c }}">attribute</p>',
    "",
)


def some_articles() -> list[Article]:
    """Every title, every body and every path at least once."""
    return [
        an_article(
            TITLES[number % len(TITLES)],
            BODIES[number % len(BODIES)],
            guid=f"guid-{number}",
            categories=PATHS[number % len(PATHS)],
            date=datetime(2026, 11, 1, number, tzinfo=UTC),
            updated=datetime(2026, 11, 2, number, tzinfo=UTC),
            headimg=f"https://n.example/{number}.png",
            tags=("C#", "a: b", "null"),
            language="no",
            enclosures=(Enclosure(url="https://n.example/a.mp3", title='"{{ x }}"\x85', length=1),),
        )
        for number in range(len(TITLES) + len(BODIES))
    ]


def the_found_article() -> Article:
    """A post of another program: comments, empty lines, indents. The one thing cut is what no reference works in."""
    post = parse_post(FOUND.read_bytes(), FOUND)
    return post.with_body(SafeHtml(re.sub("<style>.*?</style>", "", post.body, flags=re.DOTALL))).article


def make_site(site: Path, articles: list[Article]) -> None:
    shutil.copytree(HEXO / "theme", site / "themes" / "plain")
    shutil.copy(HEXO / "_config.yml", site)
    package = json.loads((HEXO / "package.json").read_text("utf-8"))
    (site / "package.json").write_text(json.dumps({**package, "hexo": {"version": "8"}}))  # the mark of a site
    (site / "node_modules").symlink_to(HEXO / "node_modules", target_is_directory=True)
    posts = site / "source" / "_posts"
    posts.mkdir(parents=True)
    for article in articles:
        (posts / post_name(article)).write_bytes(render_post(article, SOURCE))


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return [*some_articles(), the_found_article()]


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory, articles: list[Article]) -> Path:
    """The built site."""
    site = tmp_path_factory.mktemp("site")
    make_site(site, articles)
    done = subprocess.run(
        [site / "node_modules" / ".bin" / "hexo", "generate", "--bail"],
        cwd=site,
        env={**os.environ, "TZ": "UTC", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert not [line for line in said.splitlines() if line.startswith(("ERROR", "WARN", "FATAL"))], said
    return site / "public"


def page(public: Path, article: Article) -> LexborHTMLParser:
    assert article.date is not None
    file = public / f"{article.date:%Y/%m/%d}" / post_name(article).removesuffix(".md") / "index.html"
    return LexborHTMLParser(file.read_text("utf-8"))


def the(shown: LexborHTMLParser, selector: str) -> LexborNode:
    node = shown.css_first(selector)
    assert node is not None
    return node


def as_a_browser_reads(html: str) -> str:
    return str(the(LexborHTMLParser(f"<!doctype html><main><div>   \n{html}\n  \n</div>\n</main>"), "main").html)


def test_every_body_is_on_its_page_as_it_was(public: Path, articles: list[Article]) -> None:
    for article in articles:
        assert the(page(public, article), "main").html == as_a_browser_reads(article.body)


def test_titles_dates_and_images_arrive(public: Path, articles: list[Article]) -> None:
    for article in articles:
        shown = page(public, article)
        assert article.date is not None
        assert the(shown, "title").text() == article.title
        assert the(shown, "time").text() == f"{article.date:%Y-%m-%dT%H:%M:%S}.000Z"
        assert the(shown, "img").attributes["src"] == article.headimg


def test_the_category_tree_is_the_category_path(public: Path, articles: list[Article]) -> None:
    categories = public / "categories"
    listed = {
        file.parent.relative_to(categories).as_posix(): titles_of(file) for file in categories.rglob("index.html")
    }
    slugs = {path: "/".join(SLUGS.get(name, name) for name in path) for path in levels(articles)}
    assert listed == {slug: titles_below(articles, path) for path, slug in slugs.items()}
    assert set(listed) > {"金融", "金融/新浪财经", "金融/新浪财经/新浪财经－国內", "技术/安全/Example-News"}


SLUGS = {  # how Hexo writes a category's name into a path
    "海湾财讯: 'A/B' #1": "海湾财讯-A-B-1",
    "Example News": "Example-News",
    "Example – Front": "Example-–-Front",
}


def levels(articles: list[Article]) -> set[tuple[str, ...]]:
    """Every category of the tree, as the path to it."""
    paths = {article.categories for article in articles}
    return {path[: depth + 1] for path in paths for depth in range(len(path))}


def titles_below(articles: list[Article], path: tuple[str, ...]) -> list[str]:
    return sorted(article.title for article in articles if article.categories[: len(path)] == path)


def titles_of(file: Path) -> list[str]:
    return sorted(link.text() for link in LexborHTMLParser(file.read_text("utf-8")).css("a"))
