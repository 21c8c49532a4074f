"""How much of what people could read is still there: refined bodies beside their originals, over whole feeds.

    python bench/kept.py FOLDER-OF-FEEDS… [--below 0.95] [--cuts]

Words of the original, as a browser would show them, that are in the refined body as well, weighed by their length. Each
article below the limit is listed with how much each rule removed. Every body is looked through for empty paragraphs,
relative addresses and pixels. With `--cuts`, what recurs is listed by source, to be read by eye.

Three figures: the mean of the articles; the same without the blocks that a source says in most of its articles, which
are no text of any; all articles as one text, in which a stub with a footer does not count as much as an essay.
"""

from __future__ import annotations

import argparse
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup

from aggregator.jobs.visit import refine_all
from aggregator.model.article import Removal
from aggregator.model.entry import Entry, ParsedFeed
from aggregator.model.outcome import FeedFacts
from aggregator.model.source import Source, SourceId
from aggregator.parse import parse_feed
from aggregator.refine.recurring import RULE
from aggregator.refine.text import as_html, legal

SOURCE = Source(id=SourceId("bench"), url="https://feed.example/", name="bench", category=("bench",))
FAULTS = {
    "an empty paragraph": re.compile(r"<p[^<>]*>(?:\s|<br>|&nbsp;)*</p>"),
    "a relative address": re.compile(
        r"<\w+(?: [^<>]*)? (?:src|href|poster|cite)=\"(?!https?:|mailto:|tel:|xmpp:|magnet:|ftp:|#)"
    ),
    "a pixel": re.compile(r"<img[^<>]* (?:width|height)=\"[01]\""),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folders", nargs="+", type=Path)
    arguments.add_argument("--below", type=float, default=0.95)
    arguments.add_argument("--cuts", action="store_true")
    given = arguments.parse_args()
    kept: list[Kept] = []
    faults = Counter[str]()
    for file in sorted(file for folder in given.folders for file in folder.iterdir()):
        of_source = list(_of_source(file))
        kept += of_source
        faults.update(name for one in of_source for name, fault in FAULTS.items() if fault.search(one.body))
        for one in of_source:
            if one.share < given.below:
                print(f"{one.share:6.1%} {file.name} {one.title[:50]!r}: {one.reasons()}")
        if given.cuts:
            _tell_cuts(file.name, of_source)
    original = sum(one.original for one in kept)
    print(f"{len(kept)} articles; text kept, mean of the articles: {_mean(one.share for one in kept):.4%}")
    print(f"without the blocks that recur: {_mean(one.own_share for one in kept):.4%}")
    print(f"all articles as one text: {sum(one.share * one.original for one in kept) / original:.4%}")
    print(
        f"below {given.below:.0%}: {sum(one.share < given.below for one in kept)}, of which without what recurs:",
        end=" ",
    )
    print(f"{sum(one.own_share < given.below for one in kept)}; faults: {dict(faults) or 'none'}")


@dataclass(frozen=True)
class Kept:
    """What became of one article."""

    title: str
    body: str
    original: int  # characters in words
    share: float  # of them that are still there
    own_share: float  # the same before what recurs was cut
    removals: tuple[Removal, ...]

    def reasons(self) -> str:
        """Which rule removed how much, the most first. Of a long cut only the beginning is known."""
        lost = Counter[str]()
        for removal in self.removals:
            lost[removal.rule] += _length(_words(removal.cut))
        told = (f"{rule} {length / self.original:.1%}" for rule, length in lost.most_common() if length)
        return "; ".join(told) or "nothing was cut: words were written otherwise"


def _of_source(file: Path) -> Iterator[Kept]:
    feed = parse_feed(file.read_bytes())
    if not isinstance(feed, ParsedFeed):
        return
    facts = FeedFacts(title=feed.title, link=feed.link)
    entries = [(str(at).encode().rjust(8), entry) for at, entry in enumerate(feed.entries)]
    for (_, entry), result in zip(entries, refine_all(entries, facts, SOURCE, ())[0], strict=True):
        if original := _words(_before(entry)):
            article = result.article
            share = _share(original, article.body)
            own = share if article.body == result.whole else _share(original, result.whole)
            yield Kept(article.title, article.body, _length(original), share, own, result.removals)


def _tell_cuts(name: str, of_source: list[Kept]) -> None:
    cuts: dict[str, list[str]] = {}
    for one in of_source:
        for removal in one.removals:
            if removal.rule == RULE:
                words = " ".join(re.sub(r"<[^<>]*>", " ", removal.cut).split())
                cuts.setdefault(words.replace(escape(one.title, quote=False), "TITLE"), []).append(removal.cut)
    if cuts:
        print(f"--- {name}: {len(of_source)} articles")
    for words, found in sorted(cuts.items(), key=lambda cut: -len(cut[1])):
        print(f"    {len(found):3} × {words[:150] or found[0][:150]}")


def _mean(shares: Iterable[float]) -> float:
    return statistics.fmean(shares)


def _before(entry: Entry) -> str:
    for markup in (entry.content, entry.summary):
        if markup is not None and markup.value:
            return legal(as_html(markup))
    return ""


def _words(html: str) -> Counter[str]:
    soup = BeautifulSoup(html, "lxml")
    for unseen in soup(["script", "style", "template", "noscript", "title", "iframe"]):
        unseen.decompose()
    return Counter(re.findall(r"[\u2e80-\u9fff\uac00-\ud7af]|\w+", soup.get_text(" ")))


def _share(original: Counter[str], body: str) -> float:
    return _length(original & _words(body)) / _length(original)


def _length(words: Counter[str]) -> int:
    return sum(len(word) * count for word, count in words.items())


if __name__ == "__main__":
    main()
