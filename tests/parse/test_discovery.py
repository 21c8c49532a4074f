"""Where feeds are: what a page names, and what is certain of a site."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.discovery import address_of, common_addresses, hidden_feeds, known_addresses, page_links

CHANNEL = "UC" + "x" * 22


@pytest.mark.parametrize(
    ("typed", "feed"),
    [
        ("https://github.com/python/cpython", "https://github.com/python/cpython/releases.atom"),
        ("https://github.com/python/cpython/tags", "https://github.com/python/cpython/tags.atom"),
        ("https://github.com/a/b/commits/main", "https://github.com/a/b/commits/main.atom"),
        (
            f"https://www.youtube.com/channel/{CHANNEL}",
            f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}",
        ),
        (
            "https://youtube.com/playlist?list=PL1234567890",
            "https://www.youtube.com/feeds/videos.xml?playlist_id=PL1234567890",
        ),
        ("@user@mastodon.example", "https://mastodon.example/@user.rss"),
        ("r/python", "https://www.reddit.com/r/python/.rss"),
        ("https://medium.com/@ev", "https://medium.com/feed/@ev"),
        ("name.substack.com", "https://name.substack.com/feed"),
        ("https://name.tumblr.com/", "https://name.tumblr.com/rss"),
        ("https://bsky.app/profile/a.example", "https://bsky.app/profile/a.example/rss"),
        (
            "https://stackoverflow.com/questions/tagged/python",
            "https://stackoverflow.com/feeds/tag?tagnames=python&sort=newest",
        ),
        ("https://gitlab.com/g/p/-/tree/main", "https://gitlab.com/g/p/-/releases.atom"),
    ],
)
def test_the_place_of_a_feed_is_known_without_asking(typed: str, feed: str) -> None:
    assert known_addresses(address_of(typed)).feeds[0].url == feed


def test_what_is_no_address_is_no_fault() -> None:
    assert known_addresses(address_of("https://[x")).feeds == ()


def test_who_has_no_feeds_is_named() -> None:
    assert "RSSHub" in known_addresses("https://space.bilibili.com/1").note


def test_links_come_in_the_order_of_the_page_and_comments_last() -> None:
    page = (
        "<base href='https://cdn.example/b/'><!-- <link rel=alternate type=application/rss+xml href=/no.xml> -->"
        '<link rel="alternate" type="application/rss+xml" title="Blog » Comments" href="/comments">'
        "<link href='atom.xml?a=1&amp;b=2' type='application/atom+xml' rel='alternate' title='Blog'>"
        '<link rel="alternate" type="text/html" hreflang="de" href="/de"><a href="/feed/">RSS</a>'
    )
    header = '<https://h.example/f>; rel="alternate"; type="application/rss+xml"'
    assert [link.url for link in page_links(page, "https://x.example/", header)] == [
        "https://h.example/f",
        "https://cdn.example/b/atom.xml?a=1&b=2",
        "https://cdn.example/comments",
        "https://cdn.example/feed/",
    ]


def test_data_for_programs_names_the_feed() -> None:
    page = f'<script>{{"externalId":"{CHANNEL}"}}</script>'
    assert hidden_feeds(page, "https://www.youtube.com/@name")[0].url.endswith(f"channel_id={CHANNEL}")
    apple = '{"feedUrl":"https:\\/\\/pod.example\\/feed"}'
    assert hidden_feeds(apple, "https://podcasts.apple.com/us/podcast/x/id1")[0].url == "https://pod.example/feed"


def test_usual_places_begin_below_the_page() -> None:
    assert common_addresses("https://x.example/blog/")[0] == "https://x.example/blog/feed/"
    assert common_addresses("https://x.example/a.html")[0] == "https://x.example/feed"


@given(st.text(max_size=300))
def test_no_page_breaks_it(text: str) -> None:
    page_links(f"<link rel=alternate type=application/rss+xml href='{text}'>{text}", "https://x.example/", text)
    hidden_feeds(text, "https://www.youtube.com/@x")
    known_addresses(address_of(text))
