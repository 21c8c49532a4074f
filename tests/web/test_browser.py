from __future__ import annotations

import itertools

import pytest

from tests.builders import an_item, an_outlet
from tests.web.browser import Browser
from tests.web.conftest import Site
from tests.web.test_page import HOSTILE, furnish

pytestmark = pytest.mark.needs("chromium", "chromedriver")

LONG = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 8


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_fits_every_screen_and_breaks_no_policy(site: Site, browser: Browser, width: int, scheme: str) -> None:
    furnish(site.library)
    # The pictures are ours: no test leaves this machine.
    picture = f"{site.url}favicon.svg"
    site.library.stories = [
        an_item(1, title=LONG, summary=LONG, thumbnail=picture, image=picture, outlet=an_outlet(LONG)),
        an_item(2, title="مستقبل الطاقة", language="ar", thumbnail=picture),
        an_item(3, title="长" * 300, language="zh"),
    ]
    browser.size(width, 800)
    browser.prefer(scheme)  # type: ignore[arg-type]
    browser.complaints()
    browser.open(site.url)
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run("return document.styleSheets.length") == 1
    assert browser.run("return document.images[0].naturalWidth") > 0
    assert browser.complaints() == []


def test_hostile_names_are_shown_as_text(site: Site, browser: Browser) -> None:
    furnish(site.library)
    site.library.name = HOSTILE
    site.library.stories = [an_item(1, title=HOSTILE, summary=HOSTILE, link="javascript:alert(1)")]
    browser.size(1280, 800)
    browser.complaints()
    browser.open(site.url)
    assert browser.run("return document.querySelector('h1').innerText") == HOSTILE
    assert browser.run("return document.querySelector('.story h3').innerText") == HOSTILE
    assert browser.run("return document.scripts.length") == 0
    assert browser.run("return document.querySelectorAll('a[href^=javascript]').length") == 0
    assert browser.complaints() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(site: Site, browser: Browser, scheme: str) -> None:
    """WCAG 2.2, 1.4.3 (AA): 4.5 to 1."""
    furnish(site.library)
    browser.size(1280, 800)
    browser.prefer(scheme)  # type: ignore[arg-type]
    browser.open(site.url)
    weak = browser.run(CONTRAST)
    assert weak == []


def test_the_page_can_be_used_without_a_mouse(site: Site, browser: Browser) -> None:
    furnish(site.library)
    browser.size(390, 800)
    browser.open(site.url)
    assert browser.run("return document.querySelector('a').className") == "skip"
    assert browser.run("return document.querySelectorAll('main').length") == 1
    assert browser.run("return document.querySelectorAll('h1').length") == 1
    levels = browser.run("return [...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = browser.run("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    broken = browser.run(
        "return [...document.querySelectorAll('a[href^=\"#\"]')].filter(a => !document.querySelector(a.hash)).length"
    )
    assert broken == 0


CONTRAST = """
const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const ground = e => { for (; e; e = e.parentElement) {
  const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; }
  return [255, 255, 255]; };
return [...document.querySelectorAll('body *')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .map(e => { const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    return [e.className || e.tagName, (a + 0.05) / (b + 0.05)]; })
  .filter(([, ratio]) => ratio < 4.5);
"""


STEP = """
const here = document.activeElement, style = getComputedStyle(here);
const box = here.closest('main') ? 'stories' : here.closest('.side') ? 'categories' : here.closest('form') ? 'search'
  : here.closest('.menu') ? 'menu' : here.className === 'skip' ? 'skip' : here === document.body ? 'end' : 'head';
here.scrollIntoView({ block: 'nearest', behavior: 'instant' });  // as the browser does, smoothly
const { top, left, bottom, right } = here.getBoundingClientRect();
const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
return [box, ring, bottom > 0 && right > 0 && top < innerHeight && left < innerWidth];
"""


@pytest.mark.parametrize("path", ["", "c/finance/", "sources", "about", "search?q=x"])
def test_the_tab_key_reaches_everything_and_what_it_reaches_is_seen(site: Site, browser: Browser, path: str) -> None:
    furnish(site.library)
    browser.size(1280, 800)
    browser.open(site.url + path)
    steps = []
    for _ in range(200):
        browser.press("Tab")
        box, has_ring, is_seen = browser.run(STEP)
        if box == "end":
            break
        assert has_ring, f"nobody sees where {box} has the focus"
        assert is_seen, f"{box} has the focus outside of the window"
        steps.append(box)
    order = list(dict.fromkeys(steps))
    assert order[0] == "skip"
    assert order.index("menu") < order.index("search") or path == ""
    assert {"menu", "search"} <= set(order)
    if path == "":
        assert order[-3:] == ["stories", "categories", "head"] or order.index("stories") < order.index("categories")


def test_the_first_tab_and_enter_lead_past_the_menu(site: Site, browser: Browser) -> None:
    furnish(site.library)
    browser.open(site.url)
    browser.press("Tab")
    browser.press("Enter")
    assert browser.run("return document.activeElement.id") == "stories"
    browser.press("Tab")
    assert browser.run("return document.activeElement.closest('main') !== null")


def test_pages_of_errors_break_no_policy_either(site: Site, browser: Browser) -> None:
    furnish(site.library)
    for path in ("nothing/at/all", "feeds/nothing.atom", "c/%E5%8C%BA/", "s/x"):
        browser.open(site.url + path)
        assert [said for said in browser.complaints() if "Content Security" in said] == []
        assert browser.run("return document.styleSheets[0].cssRules.length") > 10
        assert browser.run("return document.querySelector('.button').href") == site.url
