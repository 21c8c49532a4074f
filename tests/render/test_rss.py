"""RSS, where it cannot say what a title is."""

from __future__ import annotations

import html
from xml.etree import ElementTree

import pytest

from aggregator.render.rss import render_rss
from tests.builders import a_feed, an_item


@pytest.mark.parametrize(
    "title",
    ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<x onclick=y>", "</title><svg>", "<!-- x -->"],
)
def test_a_title_that_a_browser_would_act_upon_is_escaped_once_more(title: str) -> None:
    [item] = ElementTree.fromstring(render_rss(a_feed(an_item(title=title)))).iter("item")
    assert item.findtext("title") == html.escape(title, quote=False)


@pytest.mark.parametrize("title", ["List<T> in C#", "a < b & c", "I <3 you", "x<y>z", "R&D", "Use <b> for bold"])
def test_a_title_that_only_looks_like_markup_is_what_it_is(title: str) -> None:
    [item] = ElementTree.fromstring(render_rss(a_feed(an_item(title=title)))).iter("item")
    assert item.findtext("title") == title
