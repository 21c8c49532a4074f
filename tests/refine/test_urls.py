"""Only URLs that can be followed come out: absolute, http(s), ASCII."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.refine.urls import absolute, base_of, fragment, link_target

BASE = "https://site.example/dir/page"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://a.example/x?y=1#z", "https://a.example/x?y=1#z"),
        ("HTTP://A.Example", "http://a.example"),
        ("//cdn.example/a.png", "https://cdn.example/a.png"),
        ("/root", "https://site.example/root"),
        ("file.html", "https://site.example/dir/file.html"),
        ("../up", "https://site.example/up"),
        ("?q=1", "https://site.example/dir/page?q=1"),
        ("#part", "https://site.example/dir/page#part"),
        ("  /padded \n", "https://site.example/padded"),
        ("/bro\nken\t/line", "https://site.example/broken/line"),
        ("/a b", "https://site.example/a%20b"),
        ('/"<>|{}', "https://site.example/%22%3C%3E%7C%7B%7D"),
        ("/a%20b%zz", "https://site.example/a%20b%25zz"),
        ("/新闻?关=键#节", "https://site.example/%E6%96%B0%E9%97%BB?%E5%85%B3=%E9%94%AE#%E8%8A%82"),
        ("https://münchen.example/", "https://xn--mnchen-3ya.example/"),
        ("https://a.example:8443/x", "https://a.example:8443/x"),
        ("https://a.example:/x", "https://a.example/x"),
        ("https://user:secret@a.example/", "https://a.example/"),
        ("https://[2001:db8::1]:80/", "https://[2001:db8::1]:80/"),
        ("images\\a.png", "https://site.example/dir/images/a.png"),
        ("/lone\ud800", "https://site.example/lone"),
    ],
)
def test_what_is_meant(written: str, meant: str) -> None:
    assert absolute(written, BASE) == meant


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        " ",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        " \x01javascript:alert(1)",
        "\u3000javascript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "blob:https://a.example/x",
        "mailto:a@b.example",
        "http:relative",
        "https:///no-host",
        "https://",
        "https://a..example/",
        "https://a b.example/",
        "https://%65.example/",
        "https://a.example:99999/",
        "https://a.example:0/",
        "https://a.example:8a/",
        "https://[::z]/",
        "https://[fe80::1%eth0]/",
        "https://xn--\u2044.example/",
        "https://" + "a" * 300 + ".example/",
        "https://" + "ü" * 300 + ".example/",
        "https://trusted.example\\@evil.example/",
        "\\\\evil.example\\x",
        "/\\evil.example",
        "https:\\\\evil.example",
        "/" + "a" * 9000,
    ],
)
def test_what_is_refused(written: str | None) -> None:
    assert absolute(written, BASE) is None


def test_a_relative_url_without_a_base_is_none() -> None:
    assert absolute("/x") is None
    assert absolute("/x", None, "javascript:x", "also/relative") is None


def test_bases_are_resolved_against_those_behind_them() -> None:
    assert absolute("x", "sub/", "/dir/page", "https://site.example/feed") == "https://site.example/dir/sub/x"
    assert base_of("javascript:", None, "https://site.example/") == "https://site.example/"


def test_links_may_also_lead_to_people() -> None:
    assert link_target("mailto:a@b.example?subject=a b", None) == "mailto:a@b.example?subject=a%20b"
    assert link_target("TEL:+49 1", None) == "tel:+49%201"
    assert link_target("mailto:", None) is None
    assert link_target("javascript:x", BASE) is None


def test_fragments_stay_within_the_document() -> None:
    assert fragment("#fn%3A1") == "fn:1"
    assert fragment(" #x") == "x"
    assert fragment("/page#x") is None
    assert fragment(None) is None


@given(
    st.lists(st.sampled_from([*"/.?#%:=;ab2-~", "%2e", "..", "./", "x.png"]), min_size=1, max_size=7).map("".join),
    st.sampled_from(["https://a.example/", "https://a.example/b/c?d#e", "http://a.example:8080/b/c/"]),
)
def test_a_relative_address_leads_where_the_standard_says(relative: str, base: str) -> None:
    found = absolute(relative, base)
    if found is not None and not {":", "%"} & {*relative} and relative.count("#") < 2 and relative[:2] != "//":
        assert found.rstrip("?#") == urljoin(base, relative).rstrip("?#")
