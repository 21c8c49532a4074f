"""RSS for podcast apps: what Apple's elements say, and when there are none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from aggregator.model.entry import Enclosure
from aggregator.model.feed import Item
from aggregator.model.podcast import Podcast
from aggregator.render import FORMATS
from aggregator.render.graft import graft
from tests.builders import a_feed, an_item, an_outlet
from tests.render.strict import problems_of_atom, problems_of_rss

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = Podcast(
    author="The Team",
    owner_name="Ann & Bob",
    owner_email="ann@show.example",
    categories=(("News", "Tech News"), ("Technology",)),
    explicit=False,
    image="https://show.example/cover.jpg",
)
SOUND = Enclosure(
    url="https://show.example/1.mp3",
    type="audio/mpeg",
    length=10,
    duration=3723,
    image="https://show.example/1.jpg",
    explicit=True,
    season=2,
    episode=4,
    kind="bonus",
)


def an_episode(sound: Enclosure = SOUND, **other: Any) -> Item:
    return an_item(enclosures=(sound,), **other)


def the_channel(*items: Item, podcast: Podcast | None = PODCAST) -> Any:
    document = FORMATS["rss"].render(a_feed(*items, podcast=podcast))
    assert problems_of_rss(document) == []
    return etree.fromstring(document)[0]


def test_the_channel_says_all_that_apps_ask_of_it() -> None:
    channel = the_channel(an_episode())
    assert channel.findtext(f"{ITUNES}author") == "The Team"
    assert channel.findtext(f"{ITUNES}explicit") == "false"
    assert channel.find(f"{ITUNES}image").get("href") == "https://show.example/cover.jpg"
    assert channel.findtext(f"{ITUNES}owner/{ITUNES}name") == "Ann & Bob"
    assert channel.findtext(f"{ITUNES}owner/{ITUNES}email") == "ann@show.example"
    categories = [
        (one.get("text"), *(below.get("text") for below in one)) for one in channel.findall(f"{ITUNES}category")
    ]
    assert categories == [("News", "Tech News"), ("Technology",)]


def test_an_episode_says_how_long_it_plays_and_which_it_is() -> None:
    item = the_channel(an_episode()).find("item")
    said = {element.tag.removeprefix(ITUNES): element.text for element in item.findall(f"{ITUNES}*")}
    assert said == {
        "author": "Ann Author", "duration": "3723", "explicit": "true", "image": None, "season": "2", "episode": "4",
        "episodeType": "bonus",
    }  # fmt: skip
    assert item.find(f"{ITUNES}image").get("href") == "https://show.example/1.jpg"


def test_an_episode_without_a_picture_has_that_of_its_show() -> None:
    bare = replace(SOUND, image=None, explicit=None)
    item = the_channel(an_episode(bare, outlet=an_outlet(podcast=PODCAST))).find("item")
    assert item.find(f"{ITUNES}image").get("href") == "https://show.example/cover.jpg"
    assert item.findtext(f"{ITUNES}explicit") == "false"
    assert the_channel(an_episode(bare)).find(f"item/{ITUNES}image") is None


@pytest.mark.parametrize("url", ["https://show.example/1.ogg", "https://show.example/1.mp3?token=1"])
def test_a_file_that_the_validator_does_not_know_has_its_length_in_media_rss(url: str) -> None:
    item = the_channel(an_episode(replace(SOUND, url=url))).find("item")
    assert item.find(f"{ITUNES}*") is None
    assert item.find("enclosure").get("url") == url
    assert item.find("{http://search.yahoo.com/mrss/}content").get("duration") == "3723"


def test_a_feed_that_cannot_say_all_says_nothing() -> None:
    assert b"itunes" not in FORMATS["rss"].render(a_feed(an_episode()))


def test_atom_has_none() -> None:
    document = FORMATS["atom"].render(a_feed(an_episode(), podcast=PODCAST))
    assert b"itunes" not in document
    assert problems_of_atom(document) == []


def test_long_names_and_pictures_without_a_host_do_no_harm() -> None:
    odd = replace(PODCAST, author="</b>" * 100, owner_name="x" * 500, image="http://localhost/cover.jpg")
    channel = the_channel(an_episode(author="A&amp;B " * 100), podcast=odd)
    assert channel.find(f"{ITUNES}image") is None
    assert len(channel.findtext(f"{ITUNES}owner/{ITUNES}name")) == 255


def test_an_episode_that_is_grafted_into_a_feed_that_is_no_podcast_loses_them() -> None:
    plain = FORMATS["rss"].render(a_feed(an_item(2)))
    donor = FORMATS["rss"].render(a_feed(an_episode(), podcast=PODCAST))
    grafted = graft(plain, "rss", iter((donor,)), [an_item(1).id])
    assert problems_of_rss(grafted) == []
    assert b"<enclosure" in grafted
