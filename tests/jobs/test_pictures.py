"""What `publish.images` makes of pictures in what we publish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.compose.pictures import with_pictures
from aggregator.decide.pictures import picture_path
from aggregator.jobs.pictures import image_secret, pictures_of
from aggregator.model.entry import Enclosure
from aggregator.model.feed import Feed
from aggregator.refine.sanitize import sanitize
from aggregator.store.sqlite import SqliteStore
from tests.builders import a_feed, an_item

PICTURES = sanitize(
    "<p>Words.</p><figure><picture><source srcset='https://i.example/1.webp 1x, https://i.example/2.webp 2x'>"
    "<img src='https://i.example/1.jpg?a=1&amp;b=2' srcset='https://i.example/s.jpg 100w' alt='a > b'></picture>"
    "</figure><p><a href='https://news.example/1'><img src='https://i.example/2.jpg'></a></p>"
    "<figure><img src='https://i.example/3.jpg'><figcaption>Said.</figcaption></figure>"
    "<video poster='https://i.example/p.jpg' src='https://v.example/f.mp4'></video>"
    "<audio><source src='https://v.example/a.mp3'></audio><pre>\n  &lt;img src='https://i.example/no.jpg'&gt;</pre>"
)
FILES = (
    Enclosure(url="https://i.example/e.jpg", type="image/jpeg", length=5),
    Enclosure(url="https://v.example/a.mp3", type="audio/mpeg", length=7),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "articles.db")
    yield store
    store.close()


def published(store: SqliteStore, images: str) -> Feed:
    item = an_item(
        body=PICTURES, image="https://i.example/1.jpg", thumbnail="https://i.example/t.jpg", enclosures=FILES
    )
    return with_pictures(a_feed(item), pictures_of(store, images, "https://feeds.example/"))


def test_original_leaves_everything_as_it_is(store: SqliteStore) -> None:
    assert published(store, "original").items[0].body == PICTURES


def test_none_leaves_no_picture_and_every_word(store: SqliteStore) -> None:
    [item] = published(store, "none").items
    assert "i.example/1" not in item.body
    assert "<img" not in item.body
    assert "<picture" not in item.body
    assert "<p></p>" not in item.body
    assert item.body.startswith("<p>Words.</p><figure><figcaption>Said.</figcaption></figure>")
    assert "https://v.example/f.mp4" in item.body
    assert "https://v.example/a.mp3" in item.body
    assert "&lt;img src='https://i.example/no.jpg'&gt;" in item.body
    assert (item.image, item.thumbnail, item.enclosures) == ("", "", FILES[1:])


def test_proxy_signs_every_picture_and_nothing_else(store: SqliteStore) -> None:
    [item] = published(store, "proxy").items
    secret = image_secret(store)

    def ours(url: str) -> str:
        return f"https://feeds.example/{picture_path(secret, url)}"

    shown = item.body.partition("<pre>")[0]
    assert "i.example/" not in shown
    assert f'srcset="{ours("https://i.example/1.webp")} 1x, {ours("https://i.example/2.webp")} 2x"' in shown
    assert f'src="{ours("https://i.example/1.jpg?a=1&b=2")}"' in shown
    assert f'poster="{ours("https://i.example/p.jpg")}"' in shown
    assert 'href="https://news.example/1"' in shown
    assert 'src="https://v.example/f.mp4"' in shown
    assert item.image == ours("https://i.example/1.jpg")
    assert item.thumbnail == ours("https://i.example/t.jpg")
    assert item.enclosures == (replace(FILES[0], url=ours(FILES[0].url), length=None), FILES[1])


def test_the_secret_is_made_once(store: SqliteStore) -> None:
    assert len(image_secret(store)) == 32
    assert image_secret(store) == image_secret(store)


def test_a_body_without_pictures_is_not_touched(store: SqliteStore) -> None:
    body = sanitize("<p>Only <b>words</b>.</p>")
    for images in ("none", "proxy"):
        pictures = pictures_of(store, images, "https://feeds.example/")
        assert pictures is not None
        assert pictures.body(body) is body
