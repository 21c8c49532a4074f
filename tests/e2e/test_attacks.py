"""Attacks through the whole road: feed, database, every published format, the page; then a real browser looks at them.

What a careless reader would do is done: each body goes into a document as it is, each title too. A second run over the
untouched attacks shows that the detector sees them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from email.message import Message
from html import escape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.e2e.world import Answer, Loopback, Program, Publishers
from tests.waiting import until
from tests.web.browser import Browser, a_browser

pytestmark = pytest.mark.needs("chromium", "chromedriver")

BESIDE = Path(os.environ.get("ATTACKS", Path(__file__).parents[3] / "shared" / "xss" / "payloads.json"))
LOOK = "return new Promise(done => setTimeout(() => done([...hits]), 300))"
CHUNK = 60  # documents in one page of the browser

OWN = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<input autofocus onfocus=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<style>@keyframes x{}</style><p style=animation-name:x onanimationstart=alert(1)>x",
    "&lt;img src=x onerror=alert(1)&gt;",
    "<a href='java&#9;script:alert(1)' id=x>x</a><script>x.click()</script>",
    "<img src='x` `'\"`onerror=alert(1)//\">",
    "<marquee onstart=alert(1)>x</marquee>",
    "<template><img src=x onerror=alert(1)></template><script>alert(1)</script>",
    "<!--><img src=x onerror=alert(1)>-->",
]

DETECTOR = """<script>
  for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => parent.hits.add({number});
</script>"""
PAGE = """<!doctype html><meta charset=utf-8><script>
  window.hits = new Set();
  for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => hits.add(-1);
</script>{frames}"""


class Exhibition(Loopback):
    """Shows documents to a browser, each in a frame of its own that tells when something in it runs."""

    def __init__(self, bodies: Sequence[str]) -> None:
        self._bodies = bodies
        super().__init__()

    def answer(self, method: str, path: str, headers: Message) -> Answer:
        """/N: the Nth page."""
        number = path.strip("/")
        if not number.isdigit():
            return Answer(404, {})
        first = int(number) * CHUNK
        frames = (self._frame(at) for at in range(first, min(first + CHUNK, len(self._bodies))))
        page = PAGE.replace("{frames}", "".join(frames))
        return Answer(200, {"Content-Type": "text/html; charset=utf-8"}, page.encode("utf-8", "replace"))

    def _frame(self, number: int) -> str:
        document = DETECTOR.replace("{number}", str(number)) + self._bodies[number]
        return f'<iframe srcdoc="{escape(document)}"></iframe>'

    def pages(self) -> Iterator[str]:
        """Their addresses."""
        return (f"{self.base}/{at}" for at in range((len(self._bodies) + CHUNK - 1) // CHUNK))


def attacks() -> list[str]:
    """Ours, and those that lie beside the checkout."""
    beside = json.loads(BESIDE.read_text()) if BESIDE.exists() else []
    return OWN + [attack["payload"] for attack in beside]


def rss(payloads: Sequence[str]) -> bytes:
    """Each attack as body, as title, as author and as link."""
    items = "".join(
        f"<item><guid>{number}</guid><title>{xml(payload)}</title><author>{xml(payload)}</author>"
        f"<category>{xml(payload)}</category><link>{xml('javascript:alert(1)' if number % 2 else payload)}</link>"
        f"<description>{xml(payload)}</description></item>"
        for number, payload in enumerate(payloads)
    )
    return f"<rss version='2.0'><channel><title>{xml(OWN[1])}</title>{items}</channel></rss>".encode()


def xml(text: str) -> str:
    return escape("".join(char for char in text if char >= " " or char in "\t\n"))


def executed(browser: Browser, bodies: Sequence[str], enough: int = 1) -> set[int]:
    """The numbers of those in which something ran; -1 for what ran in a window that no detector watches.

    Ends at the first page after which there are enough: some attacks go on for ever.
    """
    hits: set[int] = set()
    with Exhibition(bodies) as exhibition:
        for page in exhibition.pages():
            if len(hits) >= enough:
                break
            for look in (lambda: browser.open(page), lambda: browser.run(LOOK)):  # noqa: B023 - called at once
                hits.update(without_prompts(look))
    return hits


def without_prompts(look: Callable[[], list[int] | None]) -> set[int]:
    """What is seen once every prompt that is in the way is dismissed."""
    prompts: set[int] = set()
    while True:
        try:
            return prompts | set(look() or ())
        except RuntimeError as error:
            if "alert" not in str(error):
                raise
            prompts.add(-1)


def published(program: Program) -> list[str]:
    """Everything that a reader might take for HTML, from all three formats."""
    feeds = program.public / "feeds"
    rss_items = ElementTree.parse(feeds / "news.rss").findall(".//item")
    atom = ElementTree.parse(feeds / "news.atom").iter("{http://www.w3.org/2005/Atom}entry")
    found = [item["content_html"] for item in program.feed("news")["items"]]
    for item in rss_items:
        found += [item.findtext(name) or "" for name in ("title", "description", "{*}encoded")]
    for entry in atom:
        found += [entry.findtext("{*}content") or ""]
        found += [title.text or "" for title in entry.findall("{*}title") if title.get("type") == "html"]
    return [text for text in dict.fromkeys(found) if "<" in text or "&" in text]


def test_the_detector_sees_attacks_that_nobody_cleaned() -> None:
    framed = [attack for attack in OWN if "<iframe" not in attack]  # a frame in a frame asks people, and waits for them
    with a_browser() as browser:
        assert len(executed(browser, framed)) >= 10


def test_nothing_runs_of_what_we_publish(program: Program, publishers: Publishers) -> None:
    payloads = attacks()
    program.follow(publishers.serve("/attacks", rss(payloads)), publish={"limit": 5000})
    assert program("once").code == 0
    stored = program.select("SELECT count(*) FROM articles")[0][0]
    assert stored >= len(payloads) * 0.99
    with a_browser() as browser:
        texts = published(program)
        assert [texts[number] for number in executed(browser, texts)] == []


def test_the_page_that_shows_them_keeps_its_own_policy(program: Program, publishers: Publishers) -> None:
    payloads = attacks()
    program.follow(publishers.serve("/attacks", rss(payloads)), polling={"every": "1h"})
    program("once")
    with program.daemon() as daemon, a_browser() as browser:
        until("the page is there", lambda: daemon.get("").status == 200)
        browser.open(daemon.base)
        complaints = [said for said in browser.complaints() if "Content Security Policy" in said]
        assert complaints == []
        assert (
            browser.run("return document.querySelectorAll('script, iframe, object, [onerror], [onload]').length") == 0
        )
