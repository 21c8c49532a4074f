"""CPU per article: the whole of `refine`, beside nh3 alone and a walk with beautifulsoup4, on the same bodies.

    python bench/refine.py FOLDER-OF-FEEDS…   [--rounds N]

Every round measures each of them over all bodies; the median of the rounds counts, so that a busy machine disturbs all
alike. "nh3 alone" is the sanitizer with our policy and nothing else; "nh3 as it comes" is `nh3.clean` with its own.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import nh3
from bs4 import BeautifulSoup, Comment

from aggregator.model.entry import Entry, ParsedFeed
from aggregator.model.outcome import FeedFacts
from aggregator.model.source import Source, SourceId
from aggregator.parse import parse_feed
from aggregator.refine import refine
from aggregator.refine.sanitize import sanitize
from aggregator.refine.text import as_html, legal

SOURCE = Source(id=SourceId("bench"), url="https://feed.example/", name="bench", category=("bench",))
FACTS = FeedFacts(title="bench", link="https://feed.example/")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folders", nargs="+", type=Path)
    arguments.add_argument("--rounds", type=int, default=7)
    given = arguments.parse_args()
    entries = [entry for folder in given.folders for entry in _entries(folder)]
    bodies = [_body(entry) for entry in entries]
    print(f"{len(bodies)} bodies, mean {sum(map(len, bodies)) / len(bodies):,.0f} characters")
    gc.freeze()  # what the harness holds costs none of them anything
    found = _measure(
        {
            "refine, whole": lambda: _drain(refine(entry, FACTS, SOURCE) for entry in entries),
            "nh3 alone": lambda: _drain(map(sanitize, bodies)),
            "nh3 as it comes": lambda: _drain(map(nh3.clean, bodies)),
            "beautifulsoup4 walk": lambda: _drain(nh3.clean(_walked(body)) for body in bodies),
        },
        given.rounds,
    )
    whole = found["refine, whole"]
    for name, seconds in found.items():
        print(f"{name:20} {1000 * seconds / len(bodies):7.3f} ms per article   {seconds / whole:6.2f} × refine")
    times, slower = whole / found["nh3 alone"], found["beautifulsoup4 walk"] / whole
    print(f"refine is {times:.2f} × nh3 alone; bs4 is {slower:.1f} × refine")


def _entries(folder: Path) -> Iterator[Entry]:
    for file in sorted(folder.iterdir()):
        feed = parse_feed(file.read_bytes())
        if isinstance(feed, ParsedFeed):
            yield from (entry for entry in feed.entries if entry.content or entry.summary)


def _body(entry: Entry) -> str:
    markup = entry.content or entry.summary
    assert markup is not None
    return legal(as_html(markup))


def _measure(ways: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, run in ways.items():
            if name.startswith("beautifulsoup4") and len(took[name]) >= 3:
                continue  # it takes as long as all others together
            began = time.process_time()
            run()
            took[name].append(time.process_time() - began)
    return {name: statistics.median(seconds) for name, seconds in took.items()}


def _drain(results: Iterable[object]) -> None:
    deque(results, maxlen=0)


def _walked(html: str) -> str:
    """The least that would have to be done: comments, scripts and blank paragraphs out, URLs absolute."""
    soup = BeautifulSoup(html, "lxml")
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for node in soup.find_all(True):
        if node.decomposed:
            continue
        if node.name in ("script", "style", "iframe", "form") or (
            node.name in ("p", "div", "span") and not node.get_text(strip=True) and node.find("img") is None
        ):
            node.decompose()
            continue
        for name in ("href", "src"):
            if isinstance(value := node.get(name), str):
                node[name] = urljoin("https://feed.example/", value)
    return str(soup)


if __name__ == "__main__":
    main()
