"""One spelling for every address of the same page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.decide.canonical import canonical_url, host_of, names_a_page, without_query


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.example/x", "https://a.example/x"),
        ("https://www.a.example/x", "https://a.example/x"),
        ("https://m.a.example/x", "https://a.example/x"),
        ("https://a.example/x/", "https://a.example/x"),
        ("https://a.example/x/amp/", "https://a.example/x"),
        ("https://a.example:443/x", "https://a.example/x"),
        ("https://A.Example/x", "https://a.example/x"),
        ("https://a.example./x", "https://a.example/x"),
        ("https://a.example/x?utm_source=rss&utm_medium=feed", "https://a.example/x"),
        ("https://a.example/x?b=2&a=1", "https://a.example/x?a=1&b=2"),
        ("https://a.example/x?id=7&fbclid=abc", "https://a.example/x?id=7"),
        ("https://a.example/x#utm_source=rss", "https://a.example/x"),
        ("https://a.example/x#:~:text=word", "https://a.example/x"),
        ("https://a.example/x#", "https://a.example/x"),
        ("https://a.example/x#comments", "https://a.example/x"),
        ("https://a.example/x?ref=rss", "https://a.example/x"),
        ("https://a.example/x?from=RSS&id=7", "https://a.example/x?id=7"),
        ("https://a.example/x?amp=1", "https://a.example/x"),
        ("https://a.example/x?amp", "https://a.example/x"),
        ("https://a.example/x?id=7&outputType=amp", "https://a.example/x?id=7"),
        ("https://a.example/x?ns_mchannel=rss&ito=1490", "https://a.example/x"),
        ("https://a.example/x?from=timeline&isappinstalled=0", "https://a.example/x"),
        ("https://a.example/%E4%B8%AD", "https://a.example/中"),
        ("https://a.example/a%7Eb", "https://a.example/a~b"),
    ],
)
def test_two_spellings_of_one_page_are_one(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x", "https://a.example/X"),
        ("https://a.example/x", "https://b.example/x"),
        ("https://a.example/?p=1", "https://a.example/?p=2"),
        ("https://a.example/log#2026-11-01", "https://a.example/log#2026-11-02"),
        ("https://a.example/x#comment-1", "https://a.example/x"),
        ("https://a.example/x?ref=1", "https://a.example/x"),
        ("https://a.example/x?amp=2", "https://a.example/x"),
        ("https://a.example/x?format=pdf", "https://a.example/x"),
        ("https://a.example/x?from=page2", "https://a.example/x"),
        ("https://a.example/x?source=bbc", "https://a.example/x"),
        ("https://m.example/x", "https://example/x"),
        ("https://a.example/camp", "https://a.example/c"),
        ("https://a.example/a%2Fb", "https://a.example/a/c"),
    ],
)
def test_two_pages_stay_two(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "mailto:a@b.example", "/x", "http://", "http://[::1", "https://a.example/\ud800"]
)
def test_what_is_no_web_address_has_none(url: str) -> None:
    assert canonical_url(url) is None


def test_the_bare_root_of_a_site_names_no_page() -> None:
    assert not names_a_page(canonical_url("https://www.a.example/") or "")
    assert names_a_page(canonical_url("https://a.example/?p=1") or "")
    assert names_a_page(canonical_url("https://a.example/x") or "")


def test_a_token_in_the_query_does_not_touch_the_rest() -> None:
    assert without_query("a.example/x?token=1#y") == without_query("a.example/x?token=2") == "a.example/x"


def test_a_host_is_found_in_every_spelling() -> None:
    assert host_of("https://www.a.example:443?x=1") == host_of("http://a.example/y") == "a.example"
    assert host_of("nonsense") == ""


@given(st.text(max_size=200))
def test_anything_can_be_asked(url: str) -> None:
    canonical_url(url)
    canonical_url("https://a.example/" + url)


@given(st.from_regex(r"https://[a-z]{1,9}\.example/[ -~中é]{0,30}", fullmatch=True))
def test_a_canonical_address_is_its_own(url: str) -> None:
    once = canonical_url(url)
    assert once is None or canonical_url("https://" + once) == once
