"""`publish.images: proxy`: readers ask us, and publishers see only us."""

from __future__ import annotations

import re

from tests.e2e.documents import Story, rss
from tests.e2e.world import Program, Publishers
from tests.refine.test_picture import PLACE, a_picture, exif


def follow(program: Program, publishers: Publishers, images: str) -> None:
    publishers.serve("/boat.jpg", a_picture("JPEG", (200, 160), exif=exif()), "image/jpeg")
    story = Story("A boat", 1, f"<p>Look:</p><img src='{publishers.base}/boat.jpg' width=600 height=400>")
    program.follow(publishers.serve("/boats", rss("Boats", [story])), publish={"images": images})


def test_a_reader_gets_the_picture_from_us_without_its_place(program: Program, publishers: Publishers) -> None:
    follow(program, publishers, "proxy")
    assert program("once").code == 0
    documents = {name: body for name, body in program.files().items() if name.startswith("news.")}
    assert len(documents) == 3
    assert not any(b"boat.jpg" in body for body in documents.values())
    [source] = re.findall(r'src="([^"]*)"', program.feed("news")["items"][0]["content_html"])
    assert source == program.feed("news")["items"][0]["image"]
    with program.daemon() as daemon:
        assert source.startswith(f"{daemon.base}img/")
        answer = daemon.get(source.removeprefix(daemon.base))
        assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
        assert PLACE not in answer.body
        front = daemon.get("")
        assert b'src="img/' in front.body
        assert b"boat.jpg" not in front.body
        [page] = set(re.findall(r"s/[0-9a-f-]{36}/", front.body.decode()))
        story = daemon.get(page)
        assert b"boat.jpg" not in story.body
        [shown] = re.findall(r'src="../../(img/[^"]*)"', story.body.decode())
        assert daemon.get(shown).status == 200
        assert daemon.get(f"img/x{source.rpartition('img/')[2]}").status == 404


def test_none_shows_none_and_a_change_of_mind_writes_every_feed_again(program: Program, publishers: Publishers) -> None:
    follow(program, publishers, "none")
    assert program("once").code == 0
    assert program.feed("news")["items"][0]["content_html"] == "<p>Look:</p>"
    assert "image" not in program.feed("news")["items"][0]
    follow(program, publishers, "original")
    assert program("once").code == 0
    assert f"{publishers.base}/boat.jpg" in program.feed("news")["items"][0]["content_html"]


def test_each_category_has_its_own_way_with_pictures_and_those_below_follow(
    program: Program, publishers: Publishers
) -> None:
    publishers.serve("/boat.jpg", a_picture("JPEG", (200, 160), exif=exif()), "image/jpeg")
    body = f"<p>Look:</p><img src='{publishers.base}/boat.jpg' width=600 height=400>"

    def a_category(name: str, **settings: str) -> dict[str, object]:
        story = Story(f"A boat for {name}", 1, body, link=f"https://{name}.example/")
        url = publishers.serve(f"/{name}", rss("Boats", [story]))
        return {**settings, "sources": [{"name": "Boats", "url": url}]}

    categories = {
        "ours": a_category("ours", images="proxy"),
        "ours/below": a_category("below"),
        "ours/text": a_category("text", images="none"),
        "theirs": a_category("theirs"),
    }
    program.configure(categories)
    assert program("once").code == 0

    def shown(slug: str) -> set[str]:
        ways = (("img/", "proxy"), ("boat.jpg", "original"), ("<img", "some"))
        items = program.feed(slug)["items"]
        return {next((way for mark, way in ways if mark in item["content_html"]), "none") for item in items}

    assert shown("ours") == shown("ours/Boats") == shown("ours/below") == shown("ours/below/Boats") == {"proxy"}
    assert shown("ours/text") == shown("ours/text/Boats") == {"none"}
    assert shown("theirs") == shown("all") == {"original"}
    [source] = set(re.findall(r'src="([^"]*)"', program.feed("ours/below")["items"][0]["content_html"]))
    with program.daemon() as daemon:
        answer = daemon.get(source.removeprefix(daemon.base))
        assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
        assert b"boat.jpg" in daemon.get("").body
        # A story is shown as the strictest of its categories wants it, wherever a visitor comes from.
        for category, way in {"ours": b'"../../img/', "ours/text": b"<p>Look:</p>", "theirs": b"boat.jpg"}.items():
            pages = re.findall(r"s/[0-9a-f-]{36}/", daemon.get(f"c/{category}/Boats/").body.decode())
            story = daemon.get(pages[0]).body
            assert way in story
            assert (b"boat.jpg" in story) == (category == "theirs")
    program.configure(categories | {"theirs": a_category("theirs", images="none")}, publish={"images": "proxy"})
    assert program("once").code == 0
    assert (shown("theirs"), shown("all"), shown("ours/text")) == ({"none"}, {"proxy"}, {"none"})
