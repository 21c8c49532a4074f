"""When a feed of ours is a podcast, and what it says of itself then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.compose.pictures import Pictures, with_pictures
from aggregator.compose.podcasts import with_podcast
from aggregator.model.entry import Enclosure
from aggregator.model.feed import Feed, Item
from aggregator.model.podcast import CATEGORIES, Podcast, is_category
from tests.builders import a_feed, an_item, an_outlet

SHOW = Podcast(
    author="The Team",
    owner_name="Ann",
    owner_email="ann@show.example",
    categories=(("News", "Tech News"), ("Technology",)),
    explicit=False,
    image="https://show.example/cover.jpg",
)
OTHER = Podcast(owner_email="bob@other.example", categories=(("Technology",), ("Comedy",)), explicit=False)
NOTHING = Podcast()
OURS = Podcast(owner_email="we@feeds.example")


def an_episode(number: int = 1, show: Podcast | None = SHOW, explicit: bool | None = None) -> Item:
    sound = Enclosure(url=f"https://show.example/{number}.mp3", type="audio/mpeg", explicit=explicit)
    return an_item(number, enclosures=(sound,), outlet=an_outlet(podcast=show))


def the_podcast(*items: Item, said: Podcast = NOTHING, **other: object) -> Podcast | None:
    return with_podcast(a_feed(*items, **other), said).podcast


def test_the_feed_of_one_podcast_says_what_that_says() -> None:
    assert the_podcast(an_episode(1), an_episode(2)) == SHOW


def test_of_several_podcasts_only_what_they_agree_in_is_known() -> None:
    assert the_podcast(an_episode(1), an_episode(2, OTHER)) is None
    merged = the_podcast(an_episode(1), an_episode(2, OTHER), said=OURS)
    assert merged == Podcast(
        owner_email="we@feeds.example",
        categories=(("Technology",), ("News", "Tech News"), ("Comedy",)),
        explicit=False,
    )


def test_what_the_owner_says_wins() -> None:
    said = Podcast(
        author="We", owner_name="Us", owner_email="we@feeds.example", categories=(("Arts",),), explicit=True, image="https://i"
    )  # fmt: skip
    assert the_podcast(an_episode(), said=said) == said


@pytest.mark.parametrize(
    ("shows", "explicit"),
    [((None, None), False), ((None, True), True), ((True, None), True), ((False, False), False)],
)
def test_one_explicit_episode_makes_it_explicit(shows: tuple[bool | None, ...], explicit: bool) -> None:
    podcast = the_podcast(*(an_episode(number, explicit=each) for number, each in enumerate(shows)))
    assert podcast is not None
    assert podcast.explicit is explicit


def test_a_show_that_does_not_say_whether_it_is_explicit_makes_no_podcast() -> None:
    silent = replace(SHOW, explicit=None)
    assert the_podcast(an_episode(1), an_episode(2, silent)) is None
    assert the_podcast(an_episode(1), an_episode(2, silent, explicit=True)) is not None
    assert the_podcast(an_episode(1, silent), said=replace(Podcast(), explicit=False)) is not None


@pytest.mark.parametrize("missing", ["owner_email", "categories", "explicit"])
def test_what_cannot_be_said_truthfully_makes_no_podcast(missing: str) -> None:
    empty = () if missing == "categories" else None
    assert the_podcast(an_episode(show=replace(SHOW, **{missing: empty}))) is None


def test_nothing_to_play_is_no_podcast() -> None:
    assert the_podcast(an_item(outlet=an_outlet(podcast=SHOW)), said=SHOW) is None


def test_a_podcast_has_the_language_of_its_stories_or_is_none() -> None:
    german = replace(an_episode(1), language="de")
    spoken: Feed = with_podcast(a_feed(german, language=None), Podcast())
    assert (spoken.language, spoken.podcast) == ("de", SHOW)
    mixed = with_podcast(a_feed(german, an_episode(2), language=None), Podcast())
    assert (mixed.language, mixed.podcast) == (None, None)


def test_its_pictures_come_from_where_all_others_do() -> None:
    sound = Enclosure(url="https://show.example/1.mp3", type="audio/mpeg", image="https://show.example/1.jpg")
    feed = with_podcast(a_feed(replace(an_episode(), enclosures=(sound,))), Podcast())
    none = with_pictures(feed, Pictures(body=lambda body: body, address=lambda url: ""))
    assert "show.example/cover" not in repr(none)
    assert "show.example/1.jpg" not in repr(none)
    assert none.podcast == none.items[0].outlet.podcast == replace(SHOW, image=None)
    assert none.items[0].enclosures[0].image is None
    ours = with_pictures(feed, Pictures(body=lambda body: body, address=lambda url: f"https://we/{url[-5:]}"))
    assert ours.podcast is not None
    assert ours.podcast.image == "https://we/r.jpg"
    assert ours.items[0].enclosures[0].image == "https://we/1.jpg"


def test_categories_are_those_of_apple() -> None:
    assert len(CATEGORIES) == 19
    assert is_category(("Technology",))
    assert is_category(("News", "Tech News"))
    assert not is_category(("Technology", "Podcasting"))
    assert not is_category(("Nonsense",))
    assert not is_category(())
