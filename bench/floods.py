"""CPU and memory of bodies made to be expensive, each through the whole of `refine` in a process of its own.

    python bench/floods.py [--megabytes 0.05 0.5 5]

Each flood in several sizes: a body may be as large as `polling.max_size` lets a document be. Memory is the peak of the
process above that of one which refines a word, the flood itself included.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import time
from pathlib import Path

from aggregator.model.entry import Entry, Markup
from aggregator.model.outcome import FeedFacts
from aggregator.model.source import Source, SourceId
from aggregator.refine import refined

SOURCE = Source(id=SourceId("bench"), url="https://feed.example/", name="bench", category=("bench",))
FACTS = FeedFacts(title="bench", link="https://feed.example/")

UNITS = {
    "nested div": ("<div>", ""),
    "nested div, with other ends": ("<div></x>", ""),
    "nested span around div": ("<span><div></span></div>", ""),
    "nested blockquote, closed": ("<blockquote>", "</blockquote>"),
    "open formatting, paragraphs": ("<b><i><a href=x><p>x", ""),
    "open formatting, each its own": ("<b a{n}><p>x", ""),
    "formatting, ended by others": ("<b a{n}></i>", ""),
    "nested font and table": ("<table><tr><td><font>", ""),
    "tables between": ("<div><table><td></div></table>", ""),
    "one tag, many attributes": ("<p {}>", "a{n}=b "),
    "less-than": ("<", ""),
    "less-than, parted": ("< ", ""),
    "half tags": ("<a<a", ""),
    "comments, open": ("<!--", ""),
    "comments, half": ("<!-- - -- ->", ""),
    "comments, whole": ("<!-- x -->", ""),
    "declarations": ("<![", ""),
    "CDATA": ("<![CDATA[", ""),
    "scripts, open": ("<script>", ""),
    "styles": ("<style>@import url(x)", "</style>"),
    "references": ("&#", ""),
    "ampersands": ("&amp", ""),
    "a wide table": ("<tr><td>1", ""),
    "quoted ends": ('<div a="</div>">', ""),
    "escaped": ("&lt;p&gt;", ""),
    "images": ("<img src=x>", ""),
    "lazy images": ("<img src=data:x data-src=y{n}.png srcset='a 1x, b 2x'>", ""),
    "links": ("<a href=x{n}#y>z</a>", ""),
    "targets": ("<a id=n{n} href=#n{n}>z</a>", ""),
    "frames": ("<iframe src=//x.example/{n}></iframe>", ""),
    "noscript": ("<img src=data:,x><noscript><img src=y></noscript>", ""),
    "forms": ("<form><input>", ""),
    "classes": ("<p class='c{n} share-bar'>x</p>", ""),
    "hidden": ("<p style='display:none'>x</p>", ""),
    "MathML": ("<math><mi>x</mi>", ""),
    "SVG": ("<svg><path d=x />", ""),
    "blank paragraphs": ("<p> </p>", ""),
    "blank lines": ("\n \n", ""),
    "code": ("<pre><code>x\n\n</code></pre>", ""),
    "editor's line": ("<div>责任编辑：某人", ""),
    "words": ("word ", ""),
    "line breaks": ("x<br>", ""),
    "one srcset": ("<img srcset='{}'>", "a, "),
    "one link": ("<a href='{}'>x</a>", "a/../"),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--megabytes", type=float, nargs="*", default=[0.05, 0.5, 5])
    given = arguments.parse_args()
    base = _measured("<p>word</p>", "", 1)[1]
    print(f"{'':34}" + "".join(f"{size:>9g} MB       " for size in given.megabytes))
    worst, most = 0.0, 0.0
    for name, (unit, end) in UNITS.items():
        cells = ""
        for size in given.megabytes:
            seconds, memory = _measured(unit, end, int(size * 1_000_000))
            worst, most = max(worst, seconds), max(most, memory - base)
            cells += f"{seconds:7.2f} s {memory - base:5.0f} MB "
        print(f"{name:34}{cells}", flush=True)
    print(f"worst: {worst:.2f} CPU s; most: {most:.0f} MB above the {base:.0f} MB of the program")


def _flood(unit: str, end: str, size: int) -> str:
    if "{}" in unit:
        return unit.replace("{}", _repeated(end, size))
    html = _repeated(unit, size if end != "</blockquote>" else size // 2)
    return html + end * (html.count(unit) if end else 0)


def _repeated(unit: str, size: int) -> str:
    if "{n}" not in unit:
        return unit * (size // len(unit))
    return "".join(unit.replace("{n}", str(number)) for number in range(size // (len(unit) + 2)))


def _measured(unit: str, end: str, size: int) -> tuple[float, float]:
    """CPU seconds, and the peak of memory in MB."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_cost, (unit, end, size))


def _cost(unit: str, end: str, size: int) -> tuple[float, float]:
    entry = Entry(title=Markup("t"), link="https://feed.example/1", content=Markup(_flood(unit, end, size)))
    began = time.process_time()
    refined(entry, FACTS, SOURCE).edges()
    seconds = time.process_time() - began
    # Not what `resource` tells: that begins with the peak of the process which started this one.
    peak = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    return seconds, int(peak[1]) / 1024 if peak else 0.0


if __name__ == "__main__":
    main()
