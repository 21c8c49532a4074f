"""URLs: one reading only, and no credentials where they do not belong."""

from __future__ import annotations

import base64
import contextlib
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.target import BadTargetError, follow, parse, without_credentials


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://Example.ORG", "http://example.org/"),
        ("https://example.org:443/a?b=c#d", "https://example.org/a?b=c"),
        ("http://example.org:8080/a b", "http://example.org:8080/a%20b"),
        ("http://example.org/中文?q=新闻", "http://example.org/%E4%B8%AD%E6%96%87?q=%E6%96%B0%E9%97%BB"),
        ("http://example.org/%E4%B8%AD%2f", "http://example.org/%E4%B8%AD%2f"),
        ("http://例え.jp/", "http://xn--r8jz45g.jp/"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
        ("http://①②⑦.0.0.1/", "http://127.0.0.1/"),
        ("http://[::FFFF:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
        ("http://example.org.:80/", "http://example.org./"),
        ("  http://example.org/\n", "http://example.org/"),
        ("http://my_host/", "http://my_host/"),
        ("http://example.org?x", "http://example.org/?x"),
    ],
)
def test_a_url_is_asked_in_one_form(url: str, asked: str) -> None:
    assert parse(url).url == asked


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "data:text/xml,<rss/>",
        "http://",
        "http:///path",
        "http://exa mple.org/",
        "http://allowed\\@127.0.0.1/",
        "http://[::1/",
        "http://[::1%25lo]/",
        "http://[v1.x]/",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://example.org:x/",
        "http://" + "a" * 300 + "/",
        "http://a..b/",
        "http://example.org/" + "a" * 9000,
    ],
)
def test_what_cannot_be_asked_says_so(url: str) -> None:
    with pytest.raises(BadTargetError):
        parse(url)


def test_credentials_become_a_header_and_leave_the_url() -> None:
    target = parse("http://alice:s%40cret@example.org/feed")
    assert target.url == "http://example.org/feed"
    assert target.credentials == "Basic " + base64.b64encode(b"alice:s@cret").decode()


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("/new", "http://example.org/new"),
        ("new", "http://example.org/a/new"),
        ("../new?x#y", "http://example.org/new?x"),
        ("//other.example/x", "http://other.example/x"),
        ("https://other.example", "https://other.example/"),
        ("?page=2", "http://example.org/a/b?page=2"),
        ("/新", "http://example.org/%E6%96%B0"),
    ],
)
def test_a_location_is_followed_from_where_it_was_said(location: str, there: str) -> None:
    assert follow(parse("http://example.org/a/b?c"), location).url == there


def test_credentials_in_a_location_are_not_ours_to_send() -> None:
    assert follow(parse("http://a.example/"), "http://alice:secret@b.example/").credentials is None


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("http://alice:secret@example.org/a@b", "http://example.org/a@b"),
        ("http://alice:se@cret@example.org", "http://example.org"),
        ("http://example.org/?mail=a@b", "http://example.org/?mail=a@b"),
        ("ftp://u:p@host/x", "ftp://host/x"),
        ("http:/alice:secret@example.org/", "http:/example.org/"),
        ("http:\\\\alice:secret@example.org/", "http:\\\\example.org/"),
        ("alice:secret@example.org/", "alice:example.org/"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_url_is_shown_without_credentials(url: str, public: str) -> None:
    assert without_credentials(url) == public


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_a_target_or_a_reason(authority: str, location: str) -> None:
    with contextlib.suppress(BadTargetError):
        target = parse("http://" + authority)
        assert target.url.isascii()
        assert parse(target.url).url == target.url  # one reading
        assert urlsplit(target.url).hostname == target.host
        assert follow(target, location).url.startswith(("http://", "https://"))
