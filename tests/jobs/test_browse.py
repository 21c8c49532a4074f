"""What pages show of real stores."""

from __future__ import annotations

from dataclasses import replace

from aggregator.compose.pictures import Pictures
from aggregator.jobs.browse import activity, story, stretch
from aggregator.jobs.stories import join_stories
from aggregator.model.article import SafeHtml, StoryId
from aggregator.store import Store
from tests.builders import NOW
from tests.jobs.test_search import SOURCES, TITLE, add, shelves
from tests.jobs.test_search import store as store

SCOPE = shelves().scope


def test_a_story_that_two_sources_tell_is_listed_once_and_its_page_says_why_both_are_in_it(store: Store) -> None:
    add(store, "a", hours=9)
    add(store, "b", hours=2)
    add(store, "a", "The pier of Brest", "Another pier, in another town, was painted.", hours=5)
    join_stories(store)
    listed = stretch(store, SCOPE, None, 10, None)
    assert [(one.item.title, len(one.item.also_in)) for one in listed.stories] == [("The pier of Brest", 0), (TITLE, 1)]
    assert listed.older is None
    told = story(store, listed.stories[1].spot.story, SCOPE, None)
    assert told is not None
    assert [(one.outlet.name, one.how, one.rule, one.shown) for one in told.tellers] == [
        ("a", "began", "", True),
        ("b", "joined", "same text", False),
    ]
    assert told.tellers[1].outlet.link == "https://b.example/1"
    alone = story(store, listed.stories[0].spot.story, SCOPE, None)
    assert alone is not None
    assert [one.how for one in alone.tellers] == ["began"]


def test_a_story_is_found_by_the_id_that_it_had_before_it_joined_another(store: Store) -> None:
    add(store, "a", hours=9)
    add(store, "b", hours=2)
    own = [stored.story for stored in store.articles()]
    join_stories(store)
    found = {told.item.id for one in own if (told := story(store, one, SCOPE, None))}
    assert len(found) == 1


def test_what_may_not_be_shown_is_told_by_no_page(store: Store) -> None:
    add(store, "a", hours=9)
    add(store, "b", hours=2)
    add(store, "b", "The pier of Brest", "Another pier, in another town, was painted.", hours=5)
    join_stories(store)
    visible = replace(SCOPE, sources=(SOURCES["a"].id,))
    [listed] = stretch(store, visible, None, 10, None).stories
    told = story(store, listed.spot.story, visible, None)
    assert told is not None
    assert [one.outlet.name for one in told.tellers] == ["a"]
    assert (told.item.outlet.name, told.item.also_in) == ("a", ())
    [hidden] = [one.spot.story for one in stretch(store, SCOPE, None, 1, None).stories]
    assert story(store, hidden, visible, None) is None
    assert story(store, StoryId("urn:uuid:00000000-0000-5000-8000-00000000dead"), SCOPE, None) is None


def test_where_copies_are_not_one_each_is_listed_and_all_lead_to_one_page(store: Store) -> None:
    add(store, "a", hours=9)
    add(store, "b", hours=2)
    join_stories(store)
    address = replace(SCOPE, merge="off")
    listed = stretch(store, address, None, 10, None).stories
    assert [one.item.outlet.name for one in listed] == ["b", "a"]
    pages = [story(store, one.spot.story, SCOPE, None) for one in listed]
    assert pages[0] == pages[1] is not None


def test_a_row_goes_on_where_it_ended(store: Store) -> None:
    for hours in range(7):
        add(store, "a", f"Number {hours} of them", f"The text of number {hours} is about {hours * 'word '}.", hours)
    join_stories(store)
    seen: list[str] = []
    behind = None
    while True:
        row = stretch(store, SCOPE, behind, 3, None)
        seen += [one.item.title for one in row.stories]
        if (behind := row.older) is None:
            break
    assert seen == [f"Number {hours} of them" for hours in range(7)]


def test_pictures_are_those_that_the_owner_wants(store: Store) -> None:
    add(store, "a", hours=1)
    join_stories(store)
    none = Pictures(body=lambda body: SafeHtml("no pictures"), address=lambda url: "")
    [listed] = stretch(store, SCOPE, None, 1, none).stories
    told = story(store, listed.spot.story, SCOPE, none)
    assert told is not None
    assert (listed.item.body, told.item.body) == ("no pictures", "no pictures")


def test_activity_counts_by_hour_and_weekday(store: Store) -> None:
    add(store, "a", "One", hours=1)
    add(store, "a", "Two", hours=2)
    add(store, "b", "Old", hours=24 * 365)
    found = activity(store, NOW)
    assert found.keys() == {SOURCES["a"].id}
    of = found[SOURCES["a"].id]
    assert (of.articles, of.hours[10:12], of.weekdays) == (2, (1, 1), (2, 0, 0, 0, 0, 0, 0))
