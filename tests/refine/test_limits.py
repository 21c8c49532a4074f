"""Bodies made to be expensive cost little; large ones of good faith are not touched."""

from __future__ import annotations

import pytest

from aggregator.model.entry import Entry, Markup
from aggregator.refine import refine
from aggregator.refine.limits import MAX_DEPTH, bounded
from tests.builders import a_source, some_facts

FLOODS = {
    "depth": "<div>" * 30_000 + "x",
    "formatting": "<b><i><a href=x>" * 3_000 + "<p>x" * 3_000,
    "formatting, each its own": "<p>" + "".join(f"<b a{number}>" for number in range(700)) + "<p>x" * 700,
    "formatting, few of it": "<p>" + "".join(f"<b a{number}>" for number in range(180)) + "<p>x" * 180,
    "attributes": "<p " + " ".join(f"a{number}=b" for number in range(50_000)) + ">x</p>",
    "less-than": "<" * 200_000,
    "half tags": "<a<a" * 40_000,
    "comments": "<!--" * 40_000,
    "declarations": "<![" * 40_000,
    "references": "&#" * 100_000,
    "references, more than a body can hold": "&" * 3_000_000,
    "blanks that do not break": "\xa0" * 900_000,
    "a wide table": "<table>" + "<tr><td>1" * 200_000,
    "strange ends": "<span>" * 20_000 + "</x>" * 20_000,
    "ends of something else": "<div></x>" * 15_000,
    "ends that do not reach": "<span><div></span></div>" * 7_000,
    "tables between": "<div><table><td></div></table>" * 5_000,
    "formatting, ended by others": "".join(f"<b a{number}></i>" for number in range(5_000)) + "<p>x" * 5_000,
    "quoted ends": '<div a="</div>">' * 20_000,
    "escaped": "&lt;p&gt;" * 50_000,
    "images": "<img src=x>" * 50_000,
    "srcset": "<img srcset='" + "a," * 200_000 + "'>",
    "boxes around one line": "<div>" * 1_400 + "责任编辑：某人",
}


@pytest.mark.parametrize("kind", FLOODS)
def test_floods_end(kind: str) -> None:
    article = refine(Entry(content=Markup(FLOODS[kind])), some_facts(), a_source())
    assert len(article.body) < 5_000_000


def test_what_is_rewritten_says_the_same() -> None:
    text = "<p>one <b>two</b><br>three &amp; <a href='/x?a=1&amp;b=2' title=t>four</a> < five <i>six"
    safe = bounded("<p =disorder>" * 500 + text)
    assert safe.endswith(
        '<p>one <b>two</b><br>three &amp; <a href="/x?a=1&amp;b=2" title="t">four</a> &lt; five <i>six</i>'
    )
    assert bounded(safe) == safe


def test_nothing_is_nested_too_deep() -> None:
    assert bounded("<div>" * 500 + "text").count("<div>") == MAX_DEPTH


@pytest.mark.parametrize("end", ["</x>", "</span>", "</p>", "<br/>"])
def test_what_does_not_end_an_element_does_not_hide_that_it_is_open(end: str) -> None:
    assert bounded(f"<div>{end}" * 1_000).count("<div>") == MAX_DEPTH


@pytest.mark.parametrize(
    "html",
    [
        "<p>A paragraph with <b>bold</b> and <a href='/x'>a link</a>.</p>" * 2_000,
        "<ul>" + "<li>one<li>two" * 500 + "</ul>",
        "<!-- <p> -->" + '<pre><code><span class="k">x</span></code></pre>' * 500 + "<script>var a = 1;</script>",
        '<p>x<br/><img src="a>b.png" alt=\'"\'></p>' * 500,
    ],
)
def test_orderly_bodies_pass_untouched(html: str) -> None:
    assert bounded(html) == html


def test_pictures_in_the_text_do_not_cost_the_text() -> None:
    assert bounded(f'<img src="data:image/png;base64,{"A" * 2_000_000}"><p>text</p>').endswith("<p>text</p>")


def test_a_giant_is_cut_between_tags() -> None:
    assert bounded("<p>word</p>" * 200_000).endswith("</p>")
