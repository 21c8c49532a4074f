"""Which image stands for an article, and what a srcset says."""

from __future__ import annotations

from aggregator.model.entry import Enclosure, Image
from aggregator.refine import refine
from aggregator.refine.images import is_beacon, joined, srcset
from tests.builders import a_source, an_entry, some_facts

BASE = "https://a.example/"


def heads(body: str = "", images: tuple[Image, ...] = (), enclosures: tuple[Enclosure, ...] = ()) -> tuple[str, str]:
    article = refine(an_entry(body=body or "<p>x</p>", images=images, enclosures=enclosures), some_facts(), a_source())
    return article.headimg, article.thumbnail


def test_the_first_real_image_of_the_body() -> None:
    body = (
        '<img src="https://a.example/emoji/1.png"><img src="https://a.example/avatar.jpg"><img src="/logo.svg">'
        '<img src="https://picsum.photos/400/300?random=1"><img src="/s.png" width="32" height="32">'
        '<img src="https://a.example/p.gif" width="1"><img src="/photo.jpg"><img src="/second.jpg">'
    )
    assert heads(body) == ("https://news.example/photo.jpg", "https://news.example/photo.jpg")


def test_what_the_feed_names_comes_first_the_largest_before_the_others() -> None:
    small, large = Image(url="/small.jpg", width=300, height=200), Image(url="/large.jpg", width=1200, height=800)
    assert heads('<img src="/body.jpg">', (small, large)) == (
        "https://news.example/large.jpg",
        "https://news.example/small.jpg",
    )


def test_a_tiny_named_image_is_a_thumbnail_only() -> None:
    named = (Image(url="/thumb.jpg", width=72, height=72),)
    assert heads('<img src="/body.jpg">', named) == ("https://news.example/body.jpg", "https://news.example/thumb.jpg")
    assert heads("", named) == ("https://news.example/thumb.jpg", "https://news.example/thumb.jpg")


def test_an_enclosed_image_counts() -> None:
    assert heads("", (), (Enclosure(url="/e.jpg", type="image/jpeg"),))[0] == "https://news.example/e.jpg"
    assert heads("", (), (Enclosure(url="/e.mp3", type="audio/mpeg"),)) == ("", "")


def test_no_image_is_the_empty_string() -> None:
    assert heads("", (Image(url="javascript:x"), Image(url="https://0.gravatar.com/avatar/x"))) == ("", "")


def test_srcset_with_commas_in_its_urls() -> None:
    value = "https://c.example/w_300,h_200/a.jpg 300w,https://c.example/b.jpg 600w, data:x 2x, c.jpg"
    assert joined(srcset(value, BASE)) == (
        "https://c.example/w_300,h_200/a.jpg 300w, https://c.example/b.jpg 600w, https://a.example/c.jpg"
    )
    assert srcset(",,, ,", BASE) == []
    assert srcset(None, BASE) == []


def test_images_of_real_sites_are_no_beacons() -> None:
    for url in ("https://ad.nl/photo.jpg", "https://a.example/pixel-art.png", "https://a.example/b.gif"):
        assert not is_beacon(url)
