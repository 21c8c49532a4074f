"""The gate: who comes in, and which links have a token."""

from __future__ import annotations

from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.access import STRANGER, Access, Rules
from aggregator.web.gate import Lobby, Login, Nonsense, Token, presented, without
from aggregator.web.personal import Key, is_ours, with_token

BASE = "https://feeds.example/news/"
KEY = Key("t&k-0123456789", BASE)
RULE = Access(tokens=(("alice", "alices-token-1"),))


def a_scope(query: bytes = b"", **headers: str) -> dict[str, object]:
    return {"query_string": query, "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (b"", None),
        (b"q=token", None),
        (b"token[]=abc", None),
        (b"q=a&token=abc", Token("abc", in_address=True)),
        (b"t%6fken=a%62c", Token("abc", in_address=True)),
        (b"token=", Nonsense()),
        (b"token=a&token=a", Nonsense()),
        (b"token=%C3%A9", Nonsense()),
        (b"token=%ff%fe", Nonsense()),
        (b"token=abc%00", Nonsense()),
        (b"token=a+b%20c", Nonsense()),
        (b"token=" + b"a" * 2000, Nonsense()),
    ],
)
def test_what_an_address_presents(query: bytes, found: object) -> None:
    assert presented(a_scope(query)) == found  # type: ignore[arg-type]


def test_what_a_header_presents() -> None:
    assert presented(a_scope(authorization="Basic Y2Fyb2w6cGFzczp3b3Jk")) == Login("carol", "pass:word")  # type: ignore[arg-type]
    assert presented(a_scope(authorization="bearer abc")) == Token("abc", in_address=False)  # type: ignore[arg-type]
    for wrong in ("Basic", "Basic !!!", "Basic Y2Fyb2w=", "Digest a", "Bearer ", "Basic /////w=="):
        assert presented(a_scope(authorization=wrong)) == Nonsense()  # type: ignore[arg-type]


@given(st.binary(max_size=60))
def test_nothing_of_what_is_presented_goes_on(query: bytes) -> None:
    scope = without(a_scope(query + b"&token=secret&tok%65n=secret", authorization="Bearer secret"))  # type: ignore[arg-type]
    assert b"secret" not in scope["query_string"]
    assert scope["headers"] == []


def test_a_category_and_all_below_it_are_refused_and_nothing_else() -> None:
    lobby = Lobby(rules=Rules(of={("a",): RULE, ("a", "b"): None}), slugs={("a",): ("a",), ("a", "b"): ("a", "b")})
    closed = (
        "/feeds/a.atom",
        "/feeds/a/Source.rss",
        "/feeds/a/_archive/1.json",
        "/feeds/%61.atom",
        "/feeds/a/c/d.atom",
    )
    opened = ("/feeds/ab.atom", "/feeds/all.atom", "/feeds/a/b.atom", "/feeds/a/b/Source.atom", "/", "/feeds/%ff.atom")
    assert [path for path in (*closed, *opened) if lobby.refuses(path.encode(), STRANGER)] == list(closed)
    assert not any(lobby.refuses(path.encode(), frozenset([RULE])) for path in closed)


def test_before_a_whole_server_only_what_says_nothing_is_open() -> None:
    lobby = Lobby(rules=Rules(default=RULE), slugs={})
    assert lobby.refuses(b"/", STRANGER)
    assert lobby.refuses(b"/feeds/all.atom", STRANGER)
    assert not any(lobby.refuses(path, STRANGER) for path in (b"/healthz", b"/static/x.css", b"/img/sig/url"))


def test_the_hub_that_public_feeds_announce_can_be_reached_before_a_whole_server() -> None:
    lobby = Lobby(rules=Rules(default=RULE, of={("open",): None}), slugs={("open",): ("open",)})
    assert not lobby.refuses(b"/feeds/open.atom", STRANGER)
    assert not lobby.refuses(b"/hub", STRANGER)
    assert all(lobby.refuses(path, STRANGER) for path in (b"/hub/", b"/hub/x", b"/hubs", b"/feeds/hub.atom"))


def test_the_links_of_a_feed_have_the_token_and_those_of_articles_have_not() -> None:
    atom = f'<feed><link href="{BASE}feeds/a.atom" rel="self"/><link href="{BASE}"/><title>{BASE}feeds/</title>'
    entry = f'<entry><link href="{BASE}feeds/a.atom"/></entry></feed>'
    said = with_token((atom + entry).encode(), b"application/atom+xml", KEY).decode()
    assert f'"{BASE}feeds/a.atom?token=t%26k-0123456789" rel="self"' in said
    assert f'"{BASE}?token=t%26k-0123456789"' in said
    assert said.endswith(entry)
    json = f'{{"feed_url":"{BASE}feeds/search.json?q=a","items":[{{"url":"{BASE}feeds/a.json"}}]}}'
    said = with_token(json.encode(), b"application/feed+json", KEY).decode()
    assert f'"{BASE}feeds/search.json?q=a&token=t%26k-0123456789"' in said
    assert said.endswith(f'[{{"url":"{BASE}feeds/a.json"}}]}}')


def test_the_links_and_forms_of_a_page_have_the_token() -> None:
    page = (
        '<form action="search" method="get"><input name="q"></form><a class="x" href="feeds/a.atom?b=1&amp;c=2#d">a</a>'
    )
    said = with_token(page.encode(), b"text/html; charset=utf-8", KEY).decode()
    assert '<input type="hidden" name="token" value="t&amp;k-0123456789">' in said
    typed = f'<input name="q" value="feeds/"><input readonly value="{BASE}feeds/a.atom" dir="ltr">'
    said += with_token(typed.encode(), b"text/html", KEY).decode()
    assert said.endswith(f'value="feeds/"><input readonly value="{BASE}feeds/a.atom?token=t%26k-0123456789" dir="ltr">')
    assert 'href="feeds/a.atom?b=1&amp;c=2&amp;token=t%26k-0123456789#d"' in said


PIECES = [*"/\\:.?#@ab\t\n x0%&;", "//", "https:", "javascript:", "evil.example"]
HREFS = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)


@given(HREFS)
def test_no_token_ever_goes_to_another_host(href: str) -> None:
    """As browsers resolve addresses: they drop tabs and line breaks, and take a backslash for a slash."""
    if is_ours(unescape(href), BASE):
        seen = unescape(href).strip("".join(map(chr, range(33))))
        for character in "\t\r\n":
            seen = seen.replace(character, "")
        target = urlsplit(urljoin(BASE, seen.replace("\\", "/")))
        assert (target.scheme, target.netloc) == ("https", "feeds.example")
