"""Which library finds the article on its page: words found, words too many, and what it costs.

    python bench/fulltext.py FOLDER [--more FILE] [--articles 80]

FOLDER holds feeds with whole articles in them, FILE a JSON list of objects with `title` and `html`: half of the articles
are taken from each. Each body is put into pages as sites make them: navigation, cookie
banners, share bars, related links, comments, in English and in Chinese, with and without elements that say what is what.
Words are those that are visible, a Chinese character being one; a library that is not installed is left out. `kept` is
how many of the article's images, links, code blocks and tables come back where a library gives HTML.
"""

# ruff: noqa: E501 - pages are data

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from lxml import html as lxml_html

from aggregator.model.entry import Entry, Markup, ParsedFeed
from aggregator.model.outcome import FeedFacts
from aggregator.model.source import Source, source_id
from aggregator.parse import parse_feed
from aggregator.refine import refine

SOURCE = Source(id=source_id("https://bench.example/"), url="https://bench.example/", name="Bench", category=("bench",))
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
KEPT = ("img", "a", "pre", "table")


@dataclass(frozen=True, slots=True)
class Piece:
    """One article of a real feed."""

    title: str
    body: str
    chinese: bool


@dataclass(slots=True)
class Score:
    """What one library did with all pages."""

    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    f1: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)
    gives_html: bool = True
    failures: int = 0


# ------------------------------------------------------------------------------------------------ articles


def pieces(folder: Path, most: int) -> list[Piece]:
    """Articles that are long enough to be a page of their own; a few of each feed."""
    found = []
    for file in sorted(folder.iterdir()):
        feed = parse_feed(file.read_bytes(), None)
        if not isinstance(feed, ParsedFeed):
            continue
        facts = FeedFacts(title=feed.title, link=feed.link)
        good = [piece for entry in feed.entries[:12] if (piece := _piece(refine(entry, facts, SOURCE)))]
        found += good[:4]
    random.Random(1).shuffle(found)
    return found[:most]


def more_pieces(file: Path, most: int) -> list[Piece]:
    """Articles from a list."""
    entries = [
        Entry(title=Markup(each["title"], "text"), content=Markup(each["html"]))
        for each in json.loads(file.read_text())
    ]
    found = [piece for entry in entries if (piece := _piece(refine(entry, FeedFacts(), SOURCE)))]
    random.Random(1).shuffle(found)
    return found[:most]


def _piece(article) -> Piece | None:
    words = words_of(article.body)
    if not 150 <= len(words) <= 6_000:
        return None
    chinese = sum(len(word) == 1 and word >= "\u3040" for word in words) > len(words) / 2
    return Piece(article.title, article.body, chinese)


def words_of(html: str) -> list[str]:
    """What is visible, in words."""
    if not html.strip():
        return []
    tree = lxml_html.fromstring(f"<div>{html}</div>")
    for hidden in tree.xpath("//script|//style|//noscript"):
        hidden.drop_tree()
    return WORD.findall(" ".join(tree.itertext()).lower())


# ------------------------------------------------------------------------------------------------ pages

WORDS = {
    False: {
        "nav": "Home World Politics Business Technology Science Health Sport Arts Travel Opinion Video Podcasts".split(),
        "cookie": "We and our 842 partners use cookies and similar technologies to store and access information on your "
        "device, to show you personalised content and to measure how it performs. You can change your choice at any time.",
        "accept": "Accept all cookies", "share": "Share on Facebook|Share on X|Share by e-mail|Copy link|Print",
        "related": "Read more|You may also like|Most read",
        "headlines": "Council votes to close the old bridge for a year|Ten ways to cook a leek|Why the night train is "
        "back|Scientists count every moth on the island|Harbour master resigns after storm|The quiet return of the fax",
        "comments": "I was there when it happened and it was nothing like this.|Great article, thank you for writing it!|"
        "First.|You forgot to mention that the earlier version had the same problem, and nobody fixed it then either.",
        "newsletter": "Sign up for our newsletter and never miss a story. By signing up you agree to our terms of service "
        "and privacy policy.", "about": "About the author writes about everything that other people do not write about. "
        "Before that a gardener.", "foot": "Copyright 2026 The Daily Example. All rights reserved. Terms of use Privacy "
        "policy Contact us Advertise Careers Help centre",
    },
    True: {
        "nav": "首页 国内 国际 财经 科技 体育 娱乐 军事 汽车 房产 健康 教育 视频".split(),
        "cookie": "本网站使用 Cookie 来改善您的浏览体验并提供个性化内容。继续浏览即表示您同意我们使用 Cookie，您可以随时在设置中更改您的选择。",
        "accept": "全部接受", "share": "分享到微信|分享到微博|分享到QQ空间|复制链接|打印本页",
        "related": "相关阅读|热门推荐|猜你喜欢",
        "headlines": "老桥明日起封闭施工 市民出行受影响|这十种蔬菜秋天一定要吃|夜班火车为什么又回来了|科学家数清了岛上的每一只飞蛾|"
        "港务局长在风暴后辞职|传真机悄然回归",
        "comments": "我当时就在现场，根本不是这样的。|写得真好，支持一下！|沙发。|楼主忘了说，上一个版本也有同样的问题，一直没有人修。",
        "newsletter": "扫描二维码关注我们的公众号，第一时间获取最新消息。", "about": "作者简介：资深编辑，长期关注身边小事，业余种花。",
        "foot": "版权所有 2026 示例日报 未经授权不得转载 关于我们 联系方式 广告服务 网站地图 备案号 12345678",
    },
}  # fmt: skip


def links(words: list[str], random_: random.Random, tag: str = "li") -> str:
    """A list of links."""
    return "".join(f"<{tag}><a href='/{random_.randrange(9999)}'>{escape(word)}</a></{tag}>" for word in words)


def blog(piece: Piece, say: dict, chance: random.Random) -> str:
    """A blog's theme: elements and classes say what is what."""
    comments = "".join(
        f"<li class=comment><div class=comment-author>reader{n}</div><div class=comment-content><p>{words}</p></div></li>"
        for n, words in enumerate(say["comments"].split("|"))
    )
    return f"""<header class=site-header><nav class=main-navigation><ul>{links(say["nav"], chance)}</ul></nav></header>
    <div id=content><main><article class="post hentry"><header class=entry-header><h1 class=entry-title>{escape(piece.title)}
    </h1></header><div class=entry-content>{piece.body}</div><div class=sharedaddy><ul>{links(say["share"].split("|"), chance)}
    </ul></div><footer class=entry-footer>{links(say["nav"][:4], chance, "span")}</footer></article>
    <div class=author-box><p>{say["about"]}</p></div><section id=comments class=comments-area><ol>{comments}</ol></section>
    </main><aside class=sidebar><section class=widget><h2>{say["related"].split("|")[0]}</h2><ul>
    {links(say["headlines"].split("|"), chance)}</ul></section><section class=widget><p>{say["newsletter"]}</p></section>
    </aside></div><footer class=site-footer><p>{say["foot"]}</p></footer>"""


def portal(piece: Piece, say: dict, chance: random.Random) -> str:
    """An old portal: tables, few classes, lists of links above, beside and below."""
    cells = "".join(f"<td><a href='/{n}'>{word}</a></td>" for n, word in enumerate(say["nav"]))
    lists = "".join(
        f"<table><tr><td><b>{words}</b></td></tr>"
        + "".join(
            f"<tr><td>· <a href='/a{n}'>{line}</a></td></tr>" for n, line in enumerate(say["headlines"].split("|"))
        )
        + "</table>"
        for words in say["related"].split("|")
    )
    return f"""<table width=950><tr>{cells}</tr></table><table width=950><tr><td width=640 valign=top>
    <table><tr><td><font size=5><b>{escape(piece.title)}</b></font></td></tr><tr><td>2026-11-23 09:00 &nbsp;
    {" ".join(say["share"].split("|"))}</td></tr><tr><td class=text id=zoom>{piece.body}</td></tr></table>
    <div>{say["newsletter"]}</div></td><td width=310 valign=top>{lists}</td></tr></table>
    <center>{say["foot"]}</center>"""


def magazine(piece: Piece, say: dict, chance: random.Random) -> str:
    """A news site: boxes and a newsletter form between the paragraphs, banner, comments, names that a machine made."""
    inner = _interrupted(
        piece.body,
        f"<aside class=css-1q2w><h3>{say['related'].split('|')[0]}</h3><ul>{links(say['headlines'].split('|')[:3], chance)}"
        f"</ul></aside>",
        f"<div class=newsletter-signup><p>{say['newsletter']}</p><form><input type=email><button>OK</button></form></div>",
    )
    comments = "".join(
        f"<div class=css-c{n}><p>{words}</p><button>Reply</button></div>"
        for n, words in enumerate(say["comments"].split("|") * 3)
    )
    return f"""<div id=cookie-banner role=dialog><p>{say["cookie"]}</p><button>{say["accept"]}</button></div>
    <div class=css-x1><div class=css-x2>{links(say["nav"], chance, "div")}</div></div><div class=css-y><h1>
    {escape(piece.title)}</h1><div class=share-bar>{links(say["share"].split("|"), chance, "span")}</div>
    <section class=css-body>{inner}</section><div class=share-bar>{links(say["share"].split("|"), chance, "span")}</div>
    </div><div class=css-z><h2>{say["related"].split("|")[1]}</h2>{links(say["headlines"].split("|"), chance, "div")}</div>
    <div class=css-w>{comments}</div><div class=css-f>{say["foot"]}</div>"""


def soup(piece: Piece, say: dict, chance: random.Random) -> str:
    """Nothing but boxes, and not one name that helps."""
    return f"""<div><div>{links(say["nav"], chance, "div")}</div><div><div><div>{escape(piece.title)}</div><div>
    {piece.body}</div><div>{links(say["share"].split("|"), chance, "span")}</div><div><div>{say["about"]}</div></div>
    <div>{"".join(f"<div><div>{words}</div></div>" for words in say["comments"].split("|"))}</div></div>
    <div><div>{say["related"].split("|")[2]}</div>{links(say["headlines"].split("|"), chance, "div")}</div></div>
    <div>{say["foot"]}</div><div><div>{say["cookie"]}</div><div>{say["accept"]}</div></div></div>"""


def _interrupted(body: str, *boxes: str) -> str:
    """Boxes after the third part of the paragraphs, and after two thirds."""
    parts = body.split("</p>")
    for number, box in reversed(list(enumerate(boxes, 1))):
        at = len(parts) * number // (len(boxes) + 1)
        if 0 < at < len(parts):
            parts[at] = box + parts[at]
    return "</p>".join(parts)


STYLES: dict[str, Callable[[Piece, dict, random.Random], str]] = {
    "blog": blog, "portal": portal, "magazine": magazine, "soup": soup,
}  # fmt: skip


def page_of(piece: Piece, style: str) -> str:
    """The whole page."""
    content = STYLES[style](piece, WORDS[piece.chinese], random.Random(piece.title))
    language = "zh-CN" if piece.chinese else "en"
    return (
        f"<!doctype html><html lang={language}><head><meta charset=utf-8><title>{escape(piece.title)} - Example</title>"
        f"<script>var a = 'not an article';</script><style>p {{ color: red }}</style></head><body>{content}</body></html>"
    )


# ------------------------------------------------------------------------------------------------ libraries


def libraries() -> Iterator[tuple[str, Callable[[str], str], bool]]:
    """Name, the call, and whether it gives HTML; those that are installed."""
    for make in (_ours, _everything, _trafilatura, _readability, _newspaper, _goose, _resiliparse, _justext, _boilerpy):
        try:
            yield from make()
        except ImportError as error:
            print(f"left out: {error.name}", file=sys.stderr)


def _ours():
    from aggregator.refine.fulltext import main_content

    yield "aggregator.refine.fulltext", lambda page: main_content(page, "https://bench.example/1"), True


def _everything():
    yield "(the whole page)", lambda page: page.partition("<body>")[2], True


def _trafilatura():
    import trafilatura

    def call(**more):
        return lambda page: trafilatura.extract(
            page, output_format="html", include_images=True, include_links=True, include_comments=False, **more
        ) or ""  # fmt: skip

    yield "trafilatura", call(), True
    yield "trafilatura, recall", call(favor_recall=True), True
    yield "trafilatura, precision", call(favor_precision=True), True
    yield "trafilatura, fast", call(fast=True), True


def _readability():
    from readability import Document

    yield (
        "readability-lxml",
        lambda page: Document(page, url="https://bench.example/1").summary(html_partial=True),
        True,
    )


def _newspaper():
    import newspaper

    def call(page: str) -> str:
        article = newspaper.Article("https://bench.example/1", fetch_images=False)
        article.download(input_html=page)
        article.parse()
        return article.article_html or ""

    yield "newspaper4k", call, True


def _goose():
    from goose3 import Goose

    goose = Goose({"enable_image_fetching": False})
    yield "goose3", lambda page: escape(goose.extract(raw_html=page).cleaned_text), False


def _resiliparse():
    from resiliparse.extract.html2text import extract_plain_text

    yield "resiliparse", lambda page: escape(extract_plain_text(page, main_content=True, alt_texts=False)), False


def _justext():
    import justext

    def call(page: str) -> str:
        language = "English" if "lang=en" in page[:60] else None
        words = justext.get_stoplist(language) if language else frozenset()
        settings = {} if language else {"stopwords_low": 0, "stopwords_high": 0, "length_low": 20, "length_high": 60}
        found = justext.justext(page, words, **settings)
        return "\n".join(escape(each.text) for each in found if not each.is_boilerplate)

    yield "justext", call, False


def _boilerpy():
    from boilerpy3 import extractors

    extractor = extractors.ArticleExtractor()
    yield "boilerpy3", lambda page: escape(extractor.get_content(page)), False


# ------------------------------------------------------------------------------------------------ measuring


def measure(call: Callable[[str], str], articles: list[Piece], style: str, score: Score) -> None:
    """Every article as a page of this style."""
    for piece in articles:
        page, truth = page_of(piece, style), Counter(words_of(piece.body))
        began = time.process_time()
        try:
            html = call(page)
        except Exception:  # noqa: BLE001 - a library may stumble over anything, and that is counted
            html = ""
            score.failures += 1
        score.seconds.append(time.process_time() - began)
        found = Counter(words_of(html))
        title = Counter(words_of(escape(piece.title)))
        found -= title - truth  # with the title or without: both are right
        same = (found & truth).total()
        precision, recall = same / max(found.total(), 1), same / truth.total()
        score.precision.append(precision)
        score.recall.append(recall)
        score.f1.append(2 * precision * recall / max(precision + recall, 1e-9))
        for tag in KEPT:
            there = len(re.findall(rf"<{tag}[\s>]", piece.body))
            score.kept[tag, "there"] += there
            score.kept[tag, "kept"] += min(there, len(re.findall(rf"<{tag}[\s>]", html)))


def row(name: str, score: Score) -> str:
    """One line of the table."""
    mean = [f"{statistics.mean(values):.3f}" for values in (score.precision, score.recall, score.f1)]
    worst = sum(value < 0.8 for value in score.f1) / len(score.f1)
    kept = [
        f"{100 * score.kept[tag, 'kept'] / max(score.kept[tag, 'there'], 1):.0f}" if score.gives_html else "–"
        for tag in KEPT
    ]
    middle = 1000 * statistics.mean(score.seconds)
    return " | ".join(["", name, *mean, f"{100 * worst:.0f} %", " / ".join(kept), f"{middle:.1f}", ""]).strip()


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--more", type=Path)
    arguments.add_argument("--articles", type=int, default=80)
    given = arguments.parse_args()
    warnings.simplefilter("ignore")
    added = more_pieces(given.more, given.articles // 2) if given.more else []
    articles = pieces(given.folder, given.articles - len(added)) + added
    chinese = sum(piece.chinese for piece in articles)
    print(f"{len(articles)} articles, {chinese} of them Chinese or Japanese, in {len(STYLES)} styles of page\n")
    print("| library | precision | recall | F1 | pages below 0.8 | kept % img / a / pre / table | CPU ms a page |")
    print("|---|---|---|---|---|---|---|")
    by_style: dict[str, dict[str, float]] = {}
    for name, call, gives_html in libraries():
        score = Score(gives_html=gives_html)
        for style in STYLES:
            before = len(score.f1)
            measure(call, articles, style, score)
            by_style.setdefault(name, {})[style] = statistics.mean(score.f1[before:])
        language = [statistics.mean([f1 for f1, piece in zip(score.f1, articles * len(STYLES), strict=True)
                                     if piece.chinese == wanted] or [0]) for wanted in (False, True)]  # fmt: skip
        by_style[name] |= {"English": language[0], "Chinese": language[1]}
        print("|", row(name, score).lstrip("| "), f" {score.failures} failed" if score.failures else "", flush=True)
    print("\n| F1 by style |", " | ".join([*STYLES, "English", "Chinese"]), "|")
    print("|---" * (len(STYLES) + 3) + "|")
    for name, scores in by_style.items():
        print(f"| {name} |", " | ".join(f"{value:.3f}" for value in scores.values()), "|")


if __name__ == "__main__":
    main()
