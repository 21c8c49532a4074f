"""What the sample feeds and some hard ones are published as, on any machine: the digests in golden.sha256.

    python -m tests.e2e.golden > tests/e2e/golden.sha256

writes them anew, after a change that is meant to change what we publish. Nothing is asked of a network: a source is
what `cat` prints, so that its address is the same everywhere.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from aggregator.demo import CONFIG, FEEDS, SAMPLES
from tests.e2e.documents import Story, atom, json_feed, rdf, rss
from tests.e2e.world import Program

GOLDEN = Path(__file__).with_suffix(".sha256")
ARRIVAL = re.compile(rb'"first_seen":"[^"]*"')  # when it came: that is not the publisher's, and differs

WRITERS = {"rss": rss, "atom": atom, "json": json_feed, "rdf": rdf}
BODY = "<p>A line.</p><p>Another &amp; a picture: <img src='/p.png' alt='p'></p>"
HARD = [
    Story("Letters that Unicode has since 15.0, 15.1 and 16: \U00031350 \U0002ebf0 \ua7dc", 1, BODY),
    Story("Zoe\u0308 und STRASSE, Straße, İSTANBUL, ﬁn", 2, BODY),
    Story("👩‍👩‍👧‍👦 🇨🇳 a family and a flag", 3, BODY),
    Story("أخبار المرفأ \u200f(עברית) 12", 4, "<p dir='rtl'>نص قصير.</p>"),
    Story("A title without end " * 500, 5, BODY),
    Story(
        "Of all that parsers differ about", 6, "<!--> <b>bold</b> --!> <p>&nbsp;&notit;&Aacute;<![CDATA[x]]><?pi?> end"
    ),
    Story("A script", 7, "<script><!-- <script> </script> --> alert(1)</script><p onclick=x>after</p>"),
    Story("Tabs\tand  blanks\u3000everywhere", 8, "<pre>a\tb\r\nc</pre><table><tr><td>1<td>2</table>"),
    Story("A link of its own", 9, "<a href='HTTP://Example.ORG:80/%7ea/../b?x=1&amp;y=%E4%B8%AD#中'>there</a>"),
]


def lines(name: str, number: int) -> list[Story]:
    """So many that some of them stand in the archive."""
    return [Story(f"{name} {n}: 山前 łódź {n * 7919 % 1000}", n, f"<p>{name} {n}</p>") for n in range(number, 0, -1)]


def published(folder: Path) -> dict[str, bytes]:
    """Every feed, archive and post, without the times of arrival."""
    program = Program(folder)
    categories = _categories(folder)
    program.configure(
        categories,
        publish={"base_url": "https://feeds.example/", "limit": 30, "posts": "posts"},
        polling={"allow_exec": True},
    )
    ended = program("once", "--all")
    assert ended.code == 0, ended.complained
    posts = folder / "posts"
    written = {f"posts/{file.relative_to(posts).as_posix()}": file.read_bytes() for file in posts.rglob("*.md")}
    feeds = {f"feeds/{name}": content for name, content in program.files().items()}
    return {name: ARRIVAL.sub(b"", content) for name, content in {**feeds, **written}.items()}


def digests(files: Mapping[str, bytes]) -> str:
    """As `sha256sum` writes them, in the order of the names."""
    return "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))


def _categories(folder: Path) -> dict[str, Any]:
    """The samples of the demo and our own, dated where no clock that is right has not been yet."""
    documents = {file.name: file.read_bytes() for file in SAMPLES.iterdir() if file.suffix in FEEDS}
    ours = {f"many.{kind}": write(kind, lines(kind, 40)) for kind, write in WRITERS.items()}
    ours["hard.atom"] = atom("Hard", HARD)
    for name, content in {**documents, **ours}.items():
        (folder / name).write_bytes(content.replace(b"2026", b"2021"))
    demo = CONFIG.format(samples="exec:cat .", samples_host="h", port=1)
    categories: dict[str, Any] = yaml.safe_load(demo)["categories"]
    sources = [{"name": name, "url": f"exec:cat ./{name}"} for name in sorted(ours)]
    categories["Hard/困难"] = {"slug": "hard", "sources": sources}
    return categories


if __name__ == "__main__":
    with TemporaryDirectory() as somewhere:
        sys.stdout.write(digests(published(Path(somewhere))))
