"""How much of what people could read is still there: refined bodies beside their originals, over whole feeds.

    python bench/kept.py FOLDER-OF-FEEDS… [--below 0.95]

Words of the original, as a browser would show them, that are in the refined body as well, weighed by their length. Each
article below the limit is listed with what was removed from it and by which rule. Every body is looked through for
empty paragraphs, relative addresses and pixels.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

from bs4 import BeautifulSoup

from aggregator.jobs.visit import refine_all
from aggregator.model.entry import Entry, ParsedFeed
from aggregator.model.outcome import FeedFacts
from aggregator.model.source import Source, SourceId
from aggregator.parse import parse_feed
from aggregator.refine import Refined
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
    given = arguments.parse_args()
    shares, faults, without_learned = [], Counter[str](), []
    for file in sorted(file for folder in given.folders for file in folder.iterdir()):
        feed = parse_feed(file.read_bytes())
        if not isinstance(feed, ParsedFeed):
            continue
        facts = FeedFacts(title=feed.title, link=feed.link)
        entries = [(str(at).encode().rjust(8), entry) for at, entry in enumerate(feed.entries)]
        for (_, entry), result in zip(entries, refine_all(entries, facts, SOURCE, ())[0], strict=True):
            if original := _words(_before(entry)):
                shares.append(_share(original, result.article.body))
                without_learned.append(_share(original, result.whole))
                if shares[-1] < given.below:
                    _tell(file.name, shares[-1], result)
                faults.update(name for name, fault in FAULTS.items() if fault.search(result.article.body))
    print(f"{len(shares)} articles; text kept {sum(shares) / len(shares):.4%} on average")
    print(f"before what recurs was removed: {sum(without_learned) / len(without_learned):.4%}")
    print(f"below {given.below:.0%}: {sum(share < given.below for share in shares)}; faults: {dict(faults) or 'none'}")


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
    kept = original & _words(body)
    return sum(len(word) * count for word, count in kept.items()) / sum(
        len(word) * count for word, count in original.items()
    )


def _tell(name: str, share: float, result: Refined) -> None:
    print(f"{share:6.1%} {name} {result.article.title[:50]!r}")
    rules = Counter(removal.rule for removal in result.removals)
    for removal in sorted(result.removals, key=lambda removal: removal.rule != RULE)[:3]:
        print(f"         {removal.rule} ({rules[removal.rule]}): {' '.join(removal.cut.split())[:110]!r}")


if __name__ == "__main__":
    main()
