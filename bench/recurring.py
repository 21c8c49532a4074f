"""How well recurring boilerplate is found: sources made of real articles, with heads and feet put around them.

    python bench/recurring.py FOLDER-OF-FEEDS… [--sources 60] [--articles 25] [--seed 1]

Each source takes articles of many feeds (so that they have nothing in common by themselves) and gives them boilerplate
of one to three blocks at the head, the foot, or both, in a share of the articles; some blocks name the article or link
to it, some stand in boxes. Besides, decoys: blocks at the same places that differ in each article, and headings that
stand above something of the article's own. Everything goes the whole road: parsed entry, cleaned, learned, cut.

Counted by block: put in and gone (found), put in and still there (missed), an article's own and gone (lost).
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from aggregator.jobs.visit import refine_all
from aggregator.model.entry import Entry, Markup, ParsedFeed
from aggregator.model.outcome import FeedFacts
from aggregator.model.source import Source, SourceId
from aggregator.parse import parse_feed
from aggregator.refine import refined
from aggregator.refine.text import as_html, plain
from aggregator.words.reading import reading

SOURCE = Source(id=SourceId("bench"), url="https://feed.example/", name="bench", category=("bench",))
FACTS = FeedFacts(title="bench", link="https://feed.example/")
HEADS = [
    '<p>This article was first published in <a href="https://{name}.example/">{name}</a>, the paper of record.</p>',
    "<div class='intro'><p>You are reading the free edition of {name}.</p><p>Support us and read it all.</p></div>",
    '<p><img src="https://{name}.example/banner-{name}.png" width="600" height="90"></p>',
    "<p>{name}通讯员综合报道，未经授权不得转载本文内容。</p>",
    "<p><em>Disclosure: some links of {name} are affiliate links, for which we are paid.</em></p>",
]
FEET = [
    '<p>The post <a href="{link}">{title}</a> appeared first on <a href="https://{name}.example/">{name}</a>.</p>',
    '<p><a href="{link}">Read the full story at {name}</a></p>',
    "<hr><p>{name} is a reader-supported publication. To receive new posts, consider becoming a subscriber.</p>",
    "<div><h3>About the author</h3><p>The author has written for {name} since it began.</p></div>",
    '<ul><li><a href="https://{name}.example/f">Follow us</a></li><li><a href="https://{name}.example/m">Mail</a></li></ul>',
    "<p>版权声明：本文为{name}原创，转载请注明出处。</p>",
    "<p>© {name} and its licensors. All rights reserved, in this world and in others.</p>",
]
DECOYS = [
    "<p>Photograph number {number} was taken by the staff on the spot.</p>",
    '<p><a href="https://player.example/{number}">Listen to this article</a></p>',
    "<h2>What else I have been reading</h2><p>Book number {number}, which is not to be missed by anybody.</p>",
    "<p><strong>Ingredients you will need:</strong></p><ul><li>{number} eggs</li><li>{number} g of flour</li></ul>",
    "<table><tr><td>Director of the film</td><td>Person {number}</td></tr></table>",
]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folders", nargs="+", type=Path)
    arguments.add_argument("--sources", type=int, default=60)
    arguments.add_argument("--articles", type=int, default=25)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    chance = random.Random(given.seed)
    pool = [entry for folder in given.folders for entry in _entries(folder)]
    total: Counter[str] = Counter()
    for number in range(given.sources):
        total += _one_source(chance, chance.sample(pool, given.articles), f"paper{number}")
    found, missed, lost = total["found"], total["missed"], total["lost"]
    print(f"{given.sources} sources of {given.articles} articles; {len(pool)} articles to take from")
    print(
        f"blocks put in: {found + missed}; gone {found}; still there {missed}; own blocks {total['own']}; lost {lost}"
    )
    print(f"precision {found / max(1, found + lost):.4f}; recall {found / max(1, found + missed):.4f}")
    short = total["missed in what is mostly boilerplate"]
    others = found / max(1, found + missed - short)
    print(f"missed because most of the article would go: {short}; recall of the others {others:.4f}")


def _entries(folder: Path) -> Iterator[Entry]:
    """Articles with something to read, cleaned once, so that only what is put in is boilerplate."""
    for file in sorted(folder.iterdir()):
        feed = parse_feed(file.read_bytes())
        if isinstance(feed, ParsedFeed):
            entries = [(str(at).encode().rjust(8), entry) for at, entry in enumerate(feed.entries[:30])]
            for (_, entry), result in zip(entries, refine_all(entries, FACTS, SOURCE, ())[0], strict=True):
                if len(reading(result.article.body, 200)) > 100 and entry.link:
                    yield replace(entry, content=Markup(result.article.body), summary=None)


def _one_source(chance: random.Random, articles: list[Entry], name: str) -> Counter[str]:
    head = chance.sample(HEADS, chance.choice((0, 1, 1, 2)))
    foot = chance.sample(FEET, chance.choice((1, 1, 2, 3)) if not head else chance.choice((0, 1, 2)))
    decoys = chance.sample(DECOYS, chance.choice((0, 1, 2)))
    share = chance.choice((1.0, 1.0, 0.9, 0.75))
    entries, parts = [], []
    for number, article in enumerate(articles):
        has = chance.random() < share
        values = {"name": name, "link": article.link, "title": plain(article.title), "number": str(number)}
        around = [_filled(part, values) for part in head] if has else []
        below = [_filled(part, values) for part in foot] if has else []
        own = [_filled(part, values) for part in decoys]
        assert article.content is not None
        body = "".join((*around, *own[:1], as_html(article.content), *own[1:], *below))
        entries.append((str(number).encode().rjust(8), replace(article, content=Markup(body))))
        parts.append((around + below, own))
    results, _ = refine_all(entries, FACTS, SOURCE, ())
    counts: Counter[str] = Counter()
    for (_, entry), (put_in, _), result in zip(entries, parts, results, strict=True):
        counts += _judged(entry, put_in, result.article.body)
    return counts


def _filled(part: str, values: dict[str, str | None]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]] or "", part)


def _judged(entry: Entry, put_in: list[str], after: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    before = Counter(_blocks(refined(entry, FACTS, SOURCE).article.body))
    planted = Counter(block for part in put_in for block in _blocks(_alone(part, entry)))
    left = Counter(_blocks(after))
    gone = before - left
    counts["found"] = (gone & planted).total()
    counts["missed"] = (planted & left).total()
    counts["lost"] = (gone - planted).total()
    counts["own"] = (before - planted).total()
    if counts["missed"] and 2 * sum(map(len, planted.elements())) > sum(map(len, before.elements())):
        counts["missed in what is mostly boilerplate"] = counts["missed"]
    if gone - planted:
        print("lost:", list(gone - planted)[:3])
    return counts


def _alone(part: str, entry: Entry) -> str:
    return refined(replace(entry, content=Markup(part)), FACTS, SOURCE).article.body


def _blocks(html: str) -> list[str]:
    """What stands between the tags of blocks, as words, or as the address of an image."""
    pieces = re.split(
        r"</?(?:p|div|h\d|ul|ol|li|table|tbody|thead|tr|td|th|hr|section|blockquote|figure|pre)\b[^<>]*>", html
    )
    words = [" ".join(re.sub(r"<img[^<>]*src=\"([^\"]*)\"[^<>]*>|<[^<>]*>", r"\1", piece).split()) for piece in pieces]
    return [word for word in words if word]


if __name__ == "__main__":
    main()
