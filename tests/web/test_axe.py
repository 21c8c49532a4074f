"""Every page in a real browser: on a phone and on a desk, light and dark, in both languages.

axe-core looks for what keeps people with disabilities out. It is put beside the page by the debugger, so that the page
keeps its own policy.
"""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from aggregator.model.article import SafeHtml, StoryId
from aggregator.model.browsing import Activity, Story, Teller
from aggregator.model.entry import Enclosure
from aggregator.model.story import Spot
from tests.builders import NOW, an_item, an_outlet
from tests.conftest import AXE
from tests.web.browser import Browser
from tests.web.conftest import Site
from tests.web.library import a_status
from tests.web.test_page import furnish

pytestmark = pytest.mark.needs("chromium", "chromedriver", "axe")

LONG = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 20
TOLD = "00000000-0000-5000-8000-000000000002"
PAGES = {
    "start": "",
    "category": "c/技术/",
    "further back": "c/finance/_before/20261123T085500Z-0-00000000-0000-5000-8000-000000000005/",
    "source": "c/技术/LWN/",
    "story": f"s/{TOLD}/",
    "sources": "sources/",
    "about": "about/",
    "feed": "feeds/finance.atom",
    "search": "search?q=found",
    "why": "why",
    "nothing": "nowhere/",
}
BODY = """<h2>Heading</h2><p>A <a href="https://news.example/x">link</a>, <code>code</code>, <mark>a mark</mark>.</p>
<blockquote><p>Said.</p></blockquote><ul><li>One</li></ul><pre><code>%s = 1</code></pre>
<figure><img src="%s" width="640" height="480" alt=""><figcaption>A caption</figcaption></figure>
<table><thead><tr><th>Name</th><th>%s</th></tr></thead><tbody><tr><td>a</td><td>b</td></tr></tbody></table>"""


def fill(site: Site, stories: int = 50) -> None:
    """Something of everything: long, foreign, right to left, broken, empty."""
    library = site.library
    furnish(library)
    picture = f"{site.url}favicon.svg"  # no test leaves this machine
    library.stories = [
        an_item(1, title=LONG, summary=LONG, thumbnail=picture, image=picture, outlet=an_outlet(LONG)),
        an_item(2, title="مستقبل الطاقة", language="ar", thumbnail=picture, also_in=(an_outlet("Other News"),)),
        an_item(3, title="长" * 300, language="zh"),
        *(an_item(number, published=NOW - timedelta(hours=3 * number)) for number in range(4, stories)),
    ]
    library.answers = {"found": library.stories[:4]}
    hours = tuple(number % 7 for number in range(24))
    library.active = {library.known[0].id: Activity(days=84, hours=hours, weekdays=(5, 3, 0, 9, 1, 2, 2))}
    library.known.append(a_status(LONG, moved_to=f"https://moved.example/{LONG}", why_next=LONG, category=("技术",)))
    item = an_item(
        2,
        title=LONG,
        image=picture,
        author=LONG,
        body=SafeHtml(BODY % (LONG, picture, LONG)),
        tags=("one", "二", LONG),
        comments_url="https://news.example/talk",
        enclosures=(Enclosure(url="https://127.0.0.1:9/one.mp3", type="audio/mpeg", length=9_000_000),),
    )
    tellers = (
        Teller(outlet=an_outlet(), title=LONG, published=NOW, first_seen=NOW, how="began", shown=True),
        Teller(outlet=an_outlet(LONG), title="二", published=NOW, first_seen=NOW, how="joined", rule="published again"),
    )
    spot = Spot(sort_at=NOW, position=0, story=item.id)
    library.told = {StoryId(f"urn:uuid:{TOLD}"): Story(item=item, spot=spot, tellers=tellers)}


def findings(browser: Browser) -> list[Any]:
    """What axe-core takes for serious or critical, each with the first place where it is so."""
    browser.run(AXE.read_text("utf-8"))
    found: list[Any] = browser.run(
        "return axe.run({resultTypes: ['violations']}).then(result => result.violations"
        ".filter(one => ['serious', 'critical'].includes(one.impact))"
        ".map(one => [one.id, one.nodes[0].html.slice(0, 200), one.nodes[0].failureSummary]))"
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nobody_is_kept_out_of_any_page(site: Site, browser: Browser, language: str, scheme: str) -> None:
    fill(site, stories=8)
    browser.size(1280, 900)
    browser.prefer(scheme)  # type: ignore[arg-type]
    browser.language(language)
    found = {}
    for name, path in PAGES.items():
        browser.open(site.url + path)
        assert browser.run("return document.documentElement.lang") == {"en": "en", "zh": "zh-CN"}[language]
        found[name] = findings(browser)
    browser.language("en")
    assert found == {name: [] for name in PAGES}


def test_what_keeps_people_out_would_be_found(site: Site, browser: Browser) -> None:
    fill(site, stories=4)
    browser.open(site.url)
    browser.run("document.querySelector('.story img').removeAttribute('alt')")
    browser.run("document.querySelector('.search input').removeAttribute('aria-label')")
    browser.run("document.querySelector('.search input').removeAttribute('placeholder')")
    assert {kind for kind, *_ in findings(browser)} == {"image-alt", "label"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(320, 740), (360, 740), (1280, 900)], ids=lambda size: str(size[0]))
def test_every_page_fits_its_screen_breaks_no_policy_and_runs_nothing(
    site: Site, browser: Browser, size: tuple[int, int], scheme: str
) -> None:
    fill(site)
    browser.size(*size)
    browser.prefer(scheme)  # type: ignore[arg-type]
    browser.complaints()
    for name, path in PAGES.items():
        browser.open(site.url + path)
        assert browser.run("return document.documentElement.scrollWidth") <= size[0], name
        assert browser.run("return [document.styleSheets.length, document.scripts.length]") == [1, 0], name
        assert browser.run("return document.querySelectorAll('[style], style').length") == 0, name
        said = [one for one in browser.complaints() if "404" not in one]  # the sound, and the page that is not there
        assert said == [], name


def test_every_page_has_one_heading_one_main_part_and_levels_without_a_gap(site: Site, browser: Browser) -> None:
    fill(site)
    for name, path in PAGES.items():
        browser.open(site.url + path)
        assert browser.run("return document.querySelectorAll('h1').length") == 1, name
        assert browser.run("return document.querySelectorAll('main').length") == 1, name
        levels = browser.run("return [...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), name
        ids = browser.run("return [...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), name


def test_every_link_of_a_page_to_us_is_relative_and_leads_to_something(site: Site, browser: Browser) -> None:
    fill(site)
    for form in ("atom", "rss", "json"):
        for slug in ("all", "finance", "技术", "技术/安全", "技术/LWN"):
            site.publish(f"{slug}.{form}", "a document")
    seen: set[str] = set()
    for path in PAGES.values():
        browser.open(site.url + path)
        given = browser.run(
            "return [...document.querySelectorAll('[href]')].map(e => [e.getAttribute('href'), e.href])"
        )
        assert not [href for href, _ in given if href.startswith("/")]
        seen |= {url.partition("#")[0] for _, url in given if url.startswith(site.url)}
    stories = {url for url in seen if "/s/" in url and TOLD not in url} | {url for url in seen if "why?" in url}
    dead = [url for url in seen - stories if site.get(url.removeprefix(site.url)).status_code != 200]
    assert dead == []
