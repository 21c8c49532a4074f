"""What the owner keeps, what is left as it is, and what removals are told of."""

from __future__ import annotations

import pytest

from aggregator.model.entry import Entry, Markup
from aggregator.refine import Refined, refined
from tests.builders import a_source, some_facts

ARTICLE = "<p>" + "The article itself goes on for a while. " * 20 + "</p>"


def cleaned(html: str, **settings: object) -> Refined:
    entry = Entry(link="https://news.example/a/1", content=Markup(html))
    return refined(entry, some_facts(), a_source(**settings))


def body(html: str, **settings: object) -> str:
    return cleaned(html, **settings).article.body


# keep


@pytest.mark.parametrize(
    ("part", "selector"),
    [
        ('<div class="sharedaddy">Share this story</div>', ".sharedaddy"),
        ('<div class="sharedaddy">Share <b>this</b> story</div>', ".sharedaddy b"),
        ("<p>责任编辑：某某</p>", "p:last-child"),
        ('<div style="display:none">Answer: 42</div>', "div"),
        ('<div class="ad-box">Only here.</div>', "div:contains('Only here')"),
    ],
)
def test_no_rule_takes_out_what_is_to_be_kept(part: str, selector: str) -> None:
    gone, kept = body(ARTICLE + part), body(ARTICLE + part, keep=(selector,))
    assert len(gone) < len(kept)
    assert gone == ARTICLE.replace(". </p>", ". </p>")


def test_keep_is_stronger_than_remove() -> None:
    html = '<div class="box">one</div><div class="box mine">two</div>'
    assert body(html, remove=(".box",), keep=(".mine",)) == "<div>two</div>"


def test_what_is_kept_is_as_safe_as_all_else_and_its_addresses_lead_somewhere() -> None:
    html = '<div class="ad-box" onclick="x()"><script>x()</script><a href="/y">y</a><img src="z.png"></div>'
    kept = body(html + ARTICLE, keep=("*",))
    assert "script" not in kept
    assert "onclick" not in kept
    assert 'href="https://news.example/y"' in kept
    assert 'src="https://news.example/a/z.png"' in kept


def test_a_selector_that_nobody_understands_keeps_and_removes_nothing() -> None:
    assert body("<p>a</p>", keep=("p:frobnicate(",), remove=("::nonsense((",)) == "<p>a</p>"


# clean: minimal


def test_minimal_cleaning_leaves_everything_that_is_safe() -> None:
    html = (
        '<div class="sharedaddy">Share</div><p>责任编辑：某某</p><p></p>'
        '<img src="/p.gif" width="1" height="1"><a href="x">x</a><script>x()</script>'
    )
    kept = body(html, clean="minimal")
    assert "<div>Share</div><p>责任编辑：某某</p><p></p>" in kept
    assert 'src="https://news.example/p.gif"' in kept
    assert 'href="https://news.example/a/x"' in kept
    assert "script" not in kept


def test_minimal_cleaning_is_as_safe() -> None:
    html = '<a href="javascript:x">a</a><img src="javascript:x" onerror="x()"><iframe src="javascript:x"></iframe>'
    kept = body(html, clean="minimal")
    assert "javascript" not in kept
    assert "onerror" not in kept


def test_minimal_cleaning_shows_lazy_images_once_and_players_as_links() -> None:
    html = (
        '<img src="data:image/gif;base64,R0lG" data-src="/real.jpg"><noscript><img src="/real.jpg"></noscript>'
        '<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>'
        '<video data-src="/v.mp4"><source src="/w.mp4"></video><blockquote cite="/q">q</blockquote>'
        '<picture><source srcset="/s.webp"><img src="/s.png"></picture><object data="/o"></object>'
    )
    kept = body(html, clean="minimal")
    assert kept.count("https://news.example/real.jpg") == 1
    assert "https://www.youtube.com/watch?v=abcdefghijk" in kept
    for name in ("v.mp4", "w.mp4", "q", "s.webp", "s.png", "o"):
        assert f'"https://news.example/{name}"' in kept


def test_remove_holds_in_minimal_cleaning_as_well() -> None:
    assert body('<p class="x">a</p><p>b</p>', clean="minimal", remove=(".x",)) == "<p>b</p>"


# removals


def test_every_removal_is_told_with_its_rule_its_markup_and_its_place() -> None:
    found = cleaned(
        '<section><div class="sharedaddy">Share</div></section><!-- c --><p></p><p></p><script>x()</script>'
        '<img src="/p.gif" width="1" height="1"><p class="gone">x</p><p>责任编辑：某某</p>' + ARTICLE,
        remove=(".gone",),
    )
    told = [(removal.rule, removal.cut, removal.place) for removal in found.removals]
    assert ("no part of the article, by its name", '<div class="sharedaddy">Share</div>', "section") in told
    assert ("comment", "<!-- c -->", "") in told
    assert ("a script", "<script>x()</script>", "") in told
    assert ("remove: in the configuration", '<p class="gone">x</p>', "") in told
    assert ("names the editor", "<p>责任编辑：某某</p>", "") in told
    assert ("an image that shows nothing", '<img src="/p.gif" width="1" height="1">', "") in told
    assert ("empty", "3 elements that held nothing", "") in told


def test_what_is_told_is_bounded() -> None:
    found = cleaned(ARTICLE + "<!-- x -->" * 2_000 + f"<script>{'x' * 100_000}</script>")
    assert len(found.removals) <= 501
    assert all(len(removal.cut) <= 500 for removal in found.removals)


def test_nothing_is_told_where_nothing_was_removed() -> None:
    assert cleaned(ARTICLE).removals == ()
