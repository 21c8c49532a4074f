"""Attacks through the whole road: feed, database, every published format, the page; then a real browser looks at them.

What a careless reader would do is done (exhibition.py): each body goes into a document as it is, each title too. A run
over the untouched attacks shows that the detector sees them.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree

import pytest

from aggregator.config import load
from aggregator.model.browsing import Listed, Stretch
from aggregator.model.feed import Address
from aggregator.model.story import Spot
from aggregator.runtime import StoreLibrary, clock, open_runtime
from aggregator.web.facts import STORIES, feed_page, front, sources_page, story_page, subscribing
from aggregator.web.page import Pages
from tests.e2e.exhibition import a_detector, look_at, look_at_all
from tests.e2e.world import Program, Publishers
from tests.waiting import until
from tests.web.browser import Browser

pytestmark = pytest.mark.needs("chromium", "chromedriver")

T = TypeVar("T")

BESIDE = Path(os.environ.get("ATTACKS", Path(__file__).parents[3] / "shared" / "xss" / "payloads.json"))

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
    "<iframe srcdoc='<iframe srcdoc=&quot;<script>alert(1)</script>&quot;></iframe>'></iframe>",
    "<iframe src='data:text/html,<script>alert(1)</script>'></iframe>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<style>@keyframes x{}</style><p style=animation-name:x onanimationstart=alert(1)>x",
    "<a href='java&#9;script:alert(1)' id=x>x</a><script>x.click()</script>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='&#1;JavaScript&colon;alert(1)'>x</a>",
    "<svg><a href='javascript:alert(1)'><text>x</text></a></svg>",
    "<form action='javascript:alert(1)'><button>x</button></form>",
    "<form><button formaction='javascript:alert(1)'>x</button></form>",
    "<p onmouseover=alert(1) onpointerrawupdate=alert(1)>x</p>",
    "<template><img src=x onerror=alert(1)></template><script>alert(1)</script>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<img src=x onerror='print()'>",
    "<p popover id=p onbeforetoggle=alert(1)>x</p><button popovertarget=p>x</button>",
]
"""Each of them runs in the browser of our tests if nobody cleans it."""

SLY = [
    "<object data='javascript:alert(1)'></object>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "&lt;img src=x onerror=alert(1)&gt;",
    "&amp;lt;img src=x onerror=alert(1)&amp;gt;",
    "<img src='x` `'\"`onerror=alert(1)//\">",
    "<marquee onstart=alert(1)>x</marquee>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)></annotation-xml></math>",
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<img src="https://news.example/a.png" title=\'"><img src=x onerror=alert(1)>\'>',
    "<a href='https://news.example/&quot;onmouseover=&quot;alert(1)'>x</a>",
    "<base href='javascript:alert(1)//'><a href='x'>x</a>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href='data:text/css,body{background:red}'>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<pre>\n\n<code class='language-x onload=alert(1)'><img src=x onerror=alert(1)></code></pre>",
    "]]><script>alert(1)</script><![CDATA[",
]
"""For old browsers, or aimed at programs between the publisher and the browser: at us."""

ADDRESSES = [
    "javascript:alert(1)",
    " java\tscript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "blob:https://news.example/1",
    "file:///etc/passwd",
    'https://news.example/"onerror="alert(1)',
    "https://news.example/'><script>alert(1)</script>",
    "//news.example/<img src=x onerror=alert(1)>",
    "view-source:javascript:alert(1)",
    "\x01javascript:alert(1)",
]

NAMESPACES = (
    "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:media='http://search.yahoo.com/mrss/' "
    "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests."""
    with a_detector() as browser:
        yield browser


def payloads() -> list[str]:
    """Those that lie beside the checkout."""
    return [attack["payload"] for attack in json.loads(BESIDE.read_text())] if BESIDE.exists() else []


def rss(title: str, attacks: Sequence[str]) -> bytes:
    """Each attack in everything that an item can say."""
    items = "".join(map(_item, range(len(attacks)), attacks))
    channel = f"<title>{xml(title)}</title><description>{xml(title)}</description><link>{xml(title)}</link>"
    return f"<rss version='2.0' {NAMESPACES}><channel>{channel}{items}</channel></rss>".encode()


def _item(number: int, attack: str) -> str:
    said, address = xml(attack), xml(ADDRESSES[number % len(ADDRESSES)] if number % 2 else attack)
    return (
        f"<item><guid isPermaLink='{'true' if number % 3 else 'false'}'>{said}{number}</guid><title>{said}</title>"
        f"<author>{said}</author><dc:creator>{said}</dc:creator><category domain='{said}'>{said}</category>"
        f"<link>{address}</link><comments>{address}</comments><source url='{address}'>{said}</source>"
        f"<enclosure url='{address}' type='{said}' length='{said}'/><itunes:image href='{address}'/>"
        f"<media:content url='{address}' medium='image' type='image/png'><media:title>{said}</media:title>"
        f"</media:content><media:thumbnail url='{address}'/>"
        f"<description>{said}</description><content:encoded>{xml(f'<p>{number}</p>')}{said}</content:encoded></item>"
    )


def xml(text: str) -> str:
    """Text as it may stand in XML."""
    return escape("".join(char for char in text if char >= " " or char in "\t\n"))


def follow(program: Program, publishers: Publishers, attacks: Sequence[str]) -> None:
    """One source with all of them, and one for each of ours that is called like it; its category, too."""
    sources = [{"name": "attacks", "url": publishers.serve("/attacks", rss(OWN[1], attacks))}]
    for number, attack in enumerate(OWN + SLY[:9]):
        url = publishers.serve(f"/{number}", rss(attack, [attack]))
        sources.append({"name": f"{attack.replace(chr(10), ' ')} {number}", "url": url})
    category = {"title": OWN[0], "sources": sources}
    program.configure({"news": category}, publish={"limit": 5_000, "merge": "off"}, polling={"every": "1h"})


def published(program: Program) -> list[str]:
    """Everything that a reader might take for HTML, from all three formats."""
    feeds = program.public / "feeds"
    found: list[str] = [item["content_html"] for item in program.feed("news")["items"]]
    for item in ElementTree.parse(feeds / "news.rss").findall(".//item"):
        found += [item.findtext(name) or "" for name in ("title", "description", "{*}encoded")]
    for entry in ElementTree.parse(feeds / "news.atom").iter("{http://www.w3.org/2005/Atom}entry"):
        found += [part.text or "" for part in entry.iter() if part.get("type") == "html"]
    return [text for text in dict.fromkeys(found) if "<" in text or "&" in text]


def addresses_in(program: Program) -> set[str]:
    """Everything that a reader might follow or load, from all three formats."""
    feeds = program.public / "feeds"
    found: set[str] = set()
    for name in ("news.rss", "news.atom"):
        for part in ElementTree.parse(feeds / name).iter():
            kind = part.tag.rpartition("}")[2]
            found |= {part.get(attribute, "") for attribute in ("href", "url", "src", "uri")}
            found.add(part.text or "" if kind in ("link", "comments", "uri", "url", "logo", "icon") else "")
    found |= set(_urls_of(json.loads((feeds / "news.json").read_text())))
    return {url for url in found if url.strip()}


def _urls_of(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str) and (name.endswith("url") or name in ("image", "banner_image", "link")):
                yield inner
            yield from _urls_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _urls_of(inner)


class Shown(StoreLibrary):
    """What the start page would show if these were the newest."""

    def __init__(self, real: StoreLibrary, stories: Sequence[Listed]) -> None:
        vars(self).update(vars(real))
        self._stories = stories

    def stretch(self, address: Address, behind: Spot | None, limit: int, up: str) -> Stretch:
        return Stretch(tuple(self._stories))


def pages_of(program: Program) -> Iterable[str]:
    """The start page and that of a category with each of the stories at some time among the newest; the page of every
    fourth story; those of the sources and of each feed."""
    configuration = load(program.config, {})
    pages = Pages(configuration.publish.base_url, ["atom", "rss", "json"], has_opml=True)
    with open_runtime(configuration) as runtime:
        library, now = StoreLibrary(runtime), clock()
        [everything, *_] = library.addresses()
        stories = library.stretch(everything, None, 5_000, "").stories
        for first in range(0, len(stories), STORIES):
            shown = Shown(library, stories[first : first + STORIES])
            yield pages.front(front(shown), now, "en")
            yield pages.feed(found(feed_page(shown, "news", None, "../../")), now, "en", "../../")
        for one in dict.fromkeys(listed.spot.story for listed in stories[::4]):
            yield pages.story(found(story_page(library, one, "../../")), now, "en", "../../")
        yield pages.sources(sources_page(library), now, "en", "../")
        for address in library.addresses():
            yield pages.subscribe(found(subscribing(library, address.slug, "atom", "../")), now, "en", "../")


def found(page: T | None) -> T:
    """A page that is there."""
    assert page is not None
    return page


def test_the_detector_sees_every_attack_of_ours_that_nobody_cleaned(browser: Browser) -> None:
    seen = look_at(browser, OWN)
    assert [attack for number, attack in enumerate(OWN) if number not in seen.ran] == []


@pytest.mark.skipif(not BESIDE.exists(), reason="the attacks that others have collected do not lie beside the checkout")
def test_the_detector_sees_a_hundred_attacks_of_others_that_nobody_cleaned(browser: Browser) -> None:
    seen = look_at(browser, [payload for payload in payloads() if "alert" in payload])
    assert len(seen.ran) >= 100


def test_nothing_harmless_is_taken_for_an_attack(browser: Browser) -> None:
    harmless = (
        "<p>alert(1) &lt;script&gt;</p><img src='https://news.example/a.png'><a href='https://news.example/'>x</a>"
    )
    seen = look_at(browser, [harmless] * 3)
    assert (seen.ran, seen.reported) == (frozenset(), {})


def test_one_attack_is_found_among_many_texts_even_behind_one_that_hides_it(browser: Browser) -> None:
    harmless = [f"<p>{number}</p>" for number in range(50)]
    assert look_at_all(browser, [*harmless, OWN[1], *harmless]).ran == {50}
    assert look_at_all(browser, [*harmless, "<textarea>", OWN[1], *harmless]).ran == {51}


def test_nothing_of_an_attack_is_left_in_what_we_publish(
    program: Program, publishers: Publishers, browser: Browser
) -> None:
    everything = OWN + SLY + payloads()
    follow(program, publishers, everything)
    assert program("once").code == 0
    assert program.select("SELECT count(*) FROM articles")[0][0] >= len(everything) * 0.99
    texts = published(program)
    assert len(texts) >= len(everything)
    seen = look_at_all(browser, texts)
    assert [texts[number] for number in seen.ran] == []
    assert [(said, texts[number][:500]) for number, said in seen.reported.items()] == []
    pages = list(pages_of(program))
    seen = look_at_all(browser, pages)
    assert (seen.ran, seen.reported) == (frozenset(), {})
    strange = [url for url in addresses_in(program) if not re.match(r"https?://[!-~]+$", url)]
    assert strange == []


def test_the_page_that_shows_both_sides_of_a_feed_runs_neither(
    program: Program, publishers: Publishers, browser: Browser
) -> None:
    feed = publishers.serve("/attacks", rss(OWN[1], OWN + SLY + payloads()))
    program.follow(feed)
    page = program.folder / "page.html"
    assert program("try", feed, "--entries", "1000", "--html", str(page)).code == 0
    html = page.read_text("utf-8")
    assert escape(OWN[0]) in html
    without_policy = re.sub(r"<meta http-equiv[^>]*>", "", html, count=1)
    assert len(without_policy) < len(html)
    assert look_at(browser, [html, without_policy]).ran == frozenset()


def test_the_page_that_shows_them_keeps_its_own_policy(
    program: Program, publishers: Publishers, browser: Browser
) -> None:
    follow(program, publishers, OWN + SLY)
    program("once")
    with program.daemon() as daemon:
        until("the page is there", lambda: daemon.get("").status == 200)
        browser.complaints()
        browser.open(daemon.base)
        complaints = [said for said in browser.complaints() if "Content Security Policy" in said]
        assert complaints == []
        active = "script, iframe, object, embed, style, form[action*=':'], a[href^='javascript' i], [onerror], [onload]"
        assert browser.run(f"return document.querySelectorAll({json.dumps(active)}).length") == 0
