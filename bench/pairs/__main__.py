# ruff: noqa: E501 - whole sentences, one a line, are easier to read than wrapped ones
"""How well stories are told apart and put together, by kind, on articles that the rule was not made from.

    python -m bench.pairs [--articles 300] [--seed 1] [--show KIND] [--dev FILE] [--once]

Real articles (English ones from the feeds, Chinese ones from the labelled pairs) are reprinted as other outlets reprint;
forms are filled in for articles that share their words and tell something else; flash news is worded by hand. Each side
is made into a feed of its own, parsed and cleaned as the program does it, then judged by its address and its text.
`--dev` judges labelled pairs of such a file as well. `--once` sends all through the installed program instead: each pair is
a category of two sources, and its feed has one item or two.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import pairwise
from pathlib import Path
from random import Random

import yaml

from aggregator.decide.canonical import canonical_url
from aggregator.decide.similar import LENGTH, Telling, print_of, same_story, telling
from aggregator.model.article import Article
from aggregator.model.entry import ParsedFeed
from aggregator.model.outcome import FeedFacts
from aggregator.model.source import Source, source_id
from aggregator.parse import parse_feed
from aggregator.refine import refine
from aggregator.words.reading import reading
from bench.pairs.copies import ADDRESSES, EDITS, Piece, byline, excerpt, footer, header, named, with_text, words
from bench.pairs.flashes import DIFFERENT, SAME
from bench.pairs.templates import FORMS, fill, refill

BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
BESIDE = Path(__file__).parents[2].parent / "shared"
FEEDS = BESIDE / "feeds" / "real"
DEV = BESIDE / "dedup" / "dedup_dev.json"


@dataclass(frozen=True)
class Side:
    """One article as its feed carries it."""

    outlet: str
    url: str
    title: str
    html: str
    date: datetime


@dataclass(frozen=True)
class Pair:
    """Two articles, and whether they tell the same."""

    kind: str
    same: bool
    one: Side
    two: Side


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=300, help="real articles that are reprinted")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", help="print the pairs of this kind that were judged wrongly; all: of every kind")
    parser.add_argument("--feeds", type=Path, default=FEEDS)
    parser.add_argument("--dev", type=Path)
    parser.add_argument("--figures", action="store_true", help="with every reason what was measured")
    parser.add_argument("--once", action="store_true")
    asked = parser.parse_args()
    pairs = labelled(asked.dev) if asked.dev else list(made_up(Random(asked.seed), asked.articles, asked.feeds))
    verdicts = through_the_program(pairs) if asked.once else [judged(pair) for pair in pairs]
    report(pairs, verdicts)
    for pair, (same, why) in zip(pairs, verdicts, strict=True):
        if same != pair.same and asked.show in (pair.kind, "all"):
            show(pair, why)


def report(pairs: Iterable[Pair], verdicts: Iterable[tuple[bool, str]]) -> None:
    """A line for each kind, and the figures of all."""
    counts: defaultdict[tuple[bool, str], Counter[str]] = defaultdict(Counter)
    right: Counter[tuple[bool, bool]] = Counter()
    for pair, (same, why) in zip(pairs, verdicts, strict=True):
        counts[pair.same, pair.kind][why if same != pair.same else ""] += 1
        right[pair.same, same] += 1
    for (same, kind), why in sorted(counts.items()):
        wrong = why.total() - why[""]
        reasons = ", ".join(f"{count} {reason}" for reason, count in why.most_common() if reason)
        print(f"{'same' if same else 'different':<10} {kind:<34} {why.total():>5} {wrong:>5} wrong   {reasons}")
    merged, found = right[True, True] + right[False, True], right[True, True] + right[True, False]
    print(f"precision {right[True, True] / max(merged, 1):.4f} ({right[False, True]} false of {merged})")
    print(f"recall    {right[True, True] / max(found, 1):.4f} ({right[True, False]} missed of {found})")


def show(pair: Pair, why: str) -> None:
    """Both sides, for eyes."""
    print(f"\n== {pair.kind}: {why}")
    for side in (pair.one, pair.two):
        print(f"   {side.outlet} | {side.title}\n      {reading(article_of(side).body, LENGTH)[:700]}")


# judging


def judged(pair: Pair) -> tuple[bool, str]:
    """Whether the two would be one, and why or why not."""
    if (one := canonical_url(pair.one.url)) and one == canonical_url(pair.two.url):
        return True, "one address"
    first, second = telling_of(pair.one), telling_of(pair.two)
    keys = [set(print_of(side.title, side.text).keys) for side in (first, second)]
    verdict = same_story(first, second)
    figures = " ".join(f"{name} {value}" for name, value in verdict.figures.as_numbers().items())
    if verdict.same and not keys[0] & keys[1]:
        return False, "no key in common"
    return verdict.same, f"{verdict.rule}" + (f" [{figures}]" if "--figures" in sys.argv else "")


def telling_of(side: Side) -> Telling:
    article = article_of(side)
    return telling(source_id(side.outlet), side.date, article.title, reading(article.body, LENGTH))


def article_of(side: Side) -> Article:
    feed = parse_feed(document(side), None)
    assert isinstance(feed, ParsedFeed)
    source = Source(id=source_id(side.outlet), url="https://a.example/", name=side.outlet, category=("x",))
    return refine(feed.entries[0], FeedFacts(title=feed.title), source)


def document(side: Side) -> bytes:
    """A feed of this one article."""
    return (
        f"<rss version='2.0'><channel><title>{escape(side.outlet)}</title><link>https://{site(side.url)}/</link><item>"
        f"<title>{escape(side.title)}</title><link>{escape(side.url)}</link><guid isPermaLink='false'>"
        f"{escape(side.url)}</guid><pubDate>{format_datetime(side.date)}</pubDate>"
        f"<description>{escape(side.html)}</description></item></channel></rss>"
    ).encode()


def site(url: str) -> str:
    return url.split("/")[2]


def through_the_program(pairs: list[Pair]) -> list[tuple[bool, str]]:
    """`aggregator once` over all of them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        categories = {}
        for number, pair in enumerate(pairs):
            sources = []
            for letter, side in (("a", pair.one), ("b", pair.two)):
                file = folder / f"{number}{letter}.xml"
                file.write_bytes(document(side))
                sources.append({"name": f"{number}{letter}", "url": file.as_uri()})
            categories[f"pair{number}"] = {"sources": sources}
        config = folder / "config.yaml"
        settings = {"publish": {"base_url": "http://127.0.0.1/", "folder": "public", "formats": ["json"]}}
        config.write_text(yaml.safe_dump({**settings, "storage": {"database": "a.db"}, "categories": categories}))
        subprocess.run([sys.executable, "-m", "aggregator", "-c", str(config), "once"], check=True, capture_output=True)
        feeds = folder / "public" / "feeds"
        counts = [len(json.loads((feeds / f"pair{n}.json").read_bytes())["items"]) for n in range(len(pairs))]
    return [(count == 1, f"{count} items") for count in counts]


# pairs


def labelled(file: Path) -> list[Pair]:
    """The pairs of a file of labelled ones."""
    return [
        Pair(
            found["kind"],
            found["label"] == "same",
            *(
                Side(one["source"], one["url"], one["title"], one["html"], datetime.fromisoformat(one["date"]))
                for one in found["pair"]
            ),
        )
        for found in json.loads(file.read_bytes())
    ]


def made_up(r: Random, count: int, feeds: Path) -> Iterator[Pair]:
    """All pairs of one seed."""
    english, chinese = english_articles(feeds), chinese_articles(DEV)
    for piece in r.sample(english, min(count, len(english))) + r.sample(chinese, min(count // 2, len(chinese))):
        yield from reprinted(r, piece)
    for pieces in (english, chinese):
        yield from around(r, pieces, count // 3)
    yield from filled_in(r)
    for number, (one, two) in enumerate(SAME):
        yield Pair("flash", True, *sides(flash(one, number, "a"), flash(two, number, "b")))
    for number, (one, two) in enumerate(DIFFERENT):
        yield Pair("flash", False, *sides(flash(one, number, "a"), flash(two, number, "b")))


def english_articles(feeds: Path) -> list[Piece]:
    """Entries of real feeds that have something to say, paragraph by paragraph."""
    found = []
    for file in sorted(feeds.iterdir()):
        feed = parse_feed(file.read_bytes(), None)
        if not isinstance(feed, ParsedFeed):
            continue
        source = Source(id=source_id(file.name), url=f"https://{file.name}/", name=file.name, category=("x",))
        for number, entry in enumerate(feed.entries[:12]):
            article = refine(entry, FeedFacts(title=feed.title), source)
            parts = paragraphs(article.body)
            url = article.link or f"https://{file.stem}.example/story/{number}"
            piece = Piece(feed.title or file.stem, url, article.title, parts, BEGIN)
            if parts and piece.length >= 200 and len(article.title.split()) > 2:
                found.append(piece)
    return found


def chinese_articles(file: Path) -> list[Piece]:
    found: dict[str, Piece] = {}
    for pair in labelled(file):
        body = article_of(pair.one)
        parts = paragraphs(body.body)
        piece = Piece(pair.one.outlet, pair.one.url, body.title, parts, BEGIN)
        if parts and piece.chinese and piece.length > 100 and "http" in piece.url:
            found.setdefault(piece.paragraphs[0][:20], piece)
    return list(found.values())


def paragraphs(html: str) -> tuple[str, ...]:
    blocks = html.replace("<br>", "</p>").replace("</li>", "</p>").replace("</div>", "</p>").split("</p>")
    return tuple(text for block in blocks[:60] if (text := reading(block, 4_000).strip()))


def moved(r: Random, piece: Piece, *, hours: float = 0) -> Piece:
    """At another outlet, some hours later."""
    later = timedelta(hours=hours or r.uniform(0.1, 40))
    number = r.randrange(10**8)
    outlet = f"Outlet {number}"
    return replace(piece, outlet=outlet, url=f"https://outlet{number}.example/story/{number}", date=piece.date + later)


def reprinted(r: Random, piece: Piece) -> Iterator[Pair]:
    """One article in other outlets."""
    language = "zh" if piece.chinese else "en"
    for name in r.sample(sorted(EDITS), 3):
        yield Pair(f"{name} {language}", True, *sides(piece, moved(r, EDITS[name](r, piece))))
    for count in (2, 4):
        other = piece
        names = r.sample(sorted(EDITS.keys() - {"excerpt", "shortened"}), count)
        for name in [*["excerpt"] * (r.random() < 0.3), *names]:
            other = EDITS[name](r, other)
        yield Pair(f"{count} edits {language}", True, *sides(piece, moved(r, other)))
    one, two = (EDITS[r.choice(sorted(EDITS.keys() - {"excerpt", "shortened"}))](r, piece) for _ in "ab")
    yield Pair(f"two reprints {language}", True, *sides(moved(r, one), moved(r, two)))
    name = r.choice(sorted(ADDRESSES))
    yield Pair(
        f"address: {name}", True, *sides(piece, replace(moved(r, excerpt(r, piece)), url=ADDRESSES[name](piece.url)))
    )


def around(r: Random, pieces: list[Piece], count: int) -> Iterator[Pair]:
    """What stands around articles, or takes from them, and is not the same story."""
    language = "zh" if pieces[0].chinese else "en"
    long = [piece for piece in pieces if len(piece.paragraphs) >= 6] or pieces
    for _ in range(count):
        one, two, three, four = r.sample(pieces, 4)
        edits = r.sample((header, footer, byline), 2)
        seed = r.random()
        sames = [with_edits(Random(seed), piece, edits) for piece in (one, two)]
        yield Pair(f"one header and footer {language}", False, *sides(moved(r, sames[0]), moved(r, sames[1])))
        yield Pair(f"digest {language}", False, *sides(one, moved(r, digest(r, one, two, three, four))))
        yield Pair(f"about the company {language}", False, *sides(*(moved(r, about(piece)) for piece in (one, two))))
        story = r.choice(long)
        yield Pair(f"follow-up {language}", False, *sides(story, moved(r, follow_up(r, story, two))))
        yield Pair(f"opinion that quotes {language}", False, *sides(story, moved(r, opinion(r, story, two, three))))
        yield Pair(f"stub {language}", False, *sides(*(moved(r, stub(Random(seed), piece)) for piece in (one, two))))
    by_outlet: defaultdict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_outlet[piece.outlet].append(piece)
    for some in by_outlet.values():
        for one, two in pairwise(some):
            if one.title == two.title:
                continue  # they may be one indeed
            yield Pair(f"neighbours in a feed {language}", False, *sides(moved(r, one), moved(r, two)))


def with_edits(r: Random, piece: Piece, edits: Iterable[object]) -> Piece:
    for edit in edits:
        piece = edit(r, piece)  # type: ignore[operator]
    return piece


def digest(r: Random, one: Piece, *others: Piece) -> Piece:
    """A round-up that holds the beginnings of several articles, or all of them."""
    whole = r.random() < 0.5
    parts = []
    for number, piece in enumerate(r.sample((one, *others), len(others) + 1), 1):
        own = piece.paragraphs if whole else piece.paragraphs[: max(2, len(piece.paragraphs) // 3)]
        parts += [r.choice((f"{number}. {piece.title}", piece.title, f"■ {piece.title}")), *own]
    title = (
        r.choice(("早报：今天值得关注的事", "一周要闻回顾", "新闻联播速览"))
        if one.chinese
        else r.choice(
            ("Morning briefing: five things to know", "Weekend reading", "What we read this week", "Newsletter #128")
        )
    )
    return replace(with_text(one, *parts), title=title)


def about(piece: Piece) -> Piece:
    """A short text before a long one that all have."""
    tail = (
        "关于我们：本公司成立于一九九八年，总部位于上海，是国内领先的综合服务提供商，业务遍及全国三十多个省市，服务客户超过十万家。"
        "公司始终坚持以客户为中心、以创新为动力的发展理念，先后荣获多项国家级荣誉称号。前瞻性声明：本新闻稿中包含的前瞻性陈述涉及风险和不确定因素，"
        "实际结果可能与预期存在重大差异，公司不承担更新前瞻性陈述的义务。媒体联系人：品牌公关部，欢迎垂询。"
        if piece.chinese
        else "About the group: founded in the previous century, the group is a leading provider of services to customers in more"
        " than forty countries. It employs several thousand people and is listed on two exchanges. Forward-looking statements:"
        " this release contains statements that involve risks and uncertainties which may cause actual results to differ"
        " materially from those expressed or implied, and the group undertakes no obligation to update them except as required"
        " by law. Readers are cautioned not to place undue reliance on them. Media contact: the press office is open on weekdays"
        " and can be reached through the website, where pictures and earlier releases can be found."
    )
    lead = next((part for part in piece.paragraphs if len(part) > 60), piece.paragraphs[0])
    return with_text(piece, lead[:260], tail)


def follow_up(r: Random, story: Piece, other: Piece) -> Piece:
    """The next day's report: news first, then the background of the day before."""
    news = list(other.paragraphs[:3])
    if sum(map(len, news)) < (120 if story.chinese else 400):
        news += list(other.paragraphs[3:8])
    background = story.paragraphs[len(story.paragraphs) // 2 :]
    while len(background) > 1 and sum(map(len, background)) > 2 * sum(map(len, news)):
        background = background[1:]
    subject = " ".join(story.title.split()[:2]) if not story.chinese else story.title[:4]
    return replace(with_text(story, *news, *background), title=f"{subject}: {other.title}")


def opinion(r: Random, story: Piece, *others: Piece) -> Piece:
    """Someone's thoughts, with a quotation of one or two paragraphs."""
    own = list(others[0].paragraphs[:5]) + list(others[1].paragraphs[:5])
    at = r.randint(1, max(1, len(own) - 1))
    lead = [part[: story.length // 3] for part in story.paragraphs[: 1 + (len(story.paragraphs[0]) < 120)]]
    name = "我看" if story.chinese else "Thoughts on "
    return replace(with_text(story, *own[:at], *lead, *own[at:]), title=name + story.title)


def stub(r: Random, piece: Piece) -> Piece:
    lines = (
        (
            "本文为付费内容，订阅后可阅读全文。现在订阅，首月仅需九元，随时可取消，更多权益等你来领取。",
            "请点击上方视频观看完整内容，喜欢的话别忘了点赞收藏关注，我们下期再见。",
        )
        if piece.chinese
        else (
            "This article is for subscribers only. Subscribe now to read the whole story and to support independent journalism in your town.",
            "Click through to see the photo gallery, and do not forget to tell us in the comments which one of them you like best.",
            "The post can be found on our website. Please enable JavaScript and disable any ad blocker to continue to the page.",
        )
    )
    return with_text(piece, r.choice(lines))


def filled_in(r: Random) -> Iterator[Pair]:
    """Articles that share their form."""
    for number, form in enumerate(form for form in FORMS for _ in range(12)):
        filling = fill(form, r)
        one = form_piece(form.written(filling), number, "a")
        for near in (False, True):
            other = form_piece(form.written(refill(form, filling, r, near=near)), number, "b")
            kind = f"{'near ' if near else ''}form: {form.name}"
            yield Pair(kind, False, *sides(one, other))
            edited = with_edits(r, other, r.sample((byline, footer, named, header), 2))
            yield Pair(f"{kind}, edited", False, *sides(one, edited))
        copy = with_edits(r, one, r.sample((byline, footer, named, header, words, *EDITS.values()), 2))
        yield Pair("filled form, reprinted " + ("zh" if one.chinese else "en"), True, *sides(one, moved(r, copy)))


def form_piece(told: tuple[str, str], number: int, letter: str) -> Piece:
    title, text = told
    url = f"https://{letter}{number}.example/{number}"
    return Piece(f"{letter} {number}", url, title, tuple(text.split("\n")), BEGIN + timedelta(hours=ord(letter) - 97))


def flash(told: tuple[str, str], number: int, letter: str) -> Piece:
    return form_piece(told, 10_000 + number, letter)


def sides(*pieces: Piece) -> tuple[Side, Side]:
    one, two = (Side(piece.outlet, piece.url, piece.title, piece.html, piece.date) for piece in pieces)
    return one, two


if __name__ == "__main__":
    main()
