"""Finding out which stories are one: real store, real texts, whatever came first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from random import Random
from zlib import crc32

import pytest

from aggregator.jobs.stories import BATCH, join_stories, told
from aggregator.model.article import StoryId
from aggregator.model.feed import Address
from aggregator.model.source import Source
from aggregator.model.story import Merge
from aggregator.store import Store
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, a_harvest, a_record, a_save, a_source, an_article
from tests.decide.reprints import reprints
from tests.decide.templates import Post, templated
from tests.decide.test_similar import MORE, STORY

SOURCES = {name: a_source(f"https://{name}.example/feed", name=name) for name in "abcd"}


TITLE, TITLES = "Galway gets a new pier", {"d": "Yachts and fishermen"}
OTHER = "The mayor was absent, being on a visit to a town in Brittany that has a pier of the same kind since long ago."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = SqliteStore(tmp_path / "articles.db")
    opened.sync(tuple(SOURCES.values()), NOW)
    yield opened
    opened.close()


def add(store: Store, name: str, text: str = STORY, *, title: str = TITLE, hours: float = 9) -> StoryId:
    """A poll of this source brought an article that is so many hours old."""
    source = SOURCES[name]
    number = sum(1 for _ in store.articles())
    link = f"https://{name}.example/{number}"
    article = an_article(title, f"<p>{text}</p>", link=link, guid=link, date=NOW - timedelta(hours=hours))
    save = a_save(article)
    store.record(a_record(save, source=source, result=a_harvest(source)))
    return save.story


def shown(store: Store, merge: Merge = "text", *names: str) -> list[tuple[str, int]]:
    """The id of each story in a feed of these sources, and how many tell it."""
    sources = tuple(SOURCES[name].id for name in names or SOURCES)
    return [
        (group[0].story, len(group))
        for group in told(store, Address(slug="x", title="X", sources=sources, merge=merge), 999)
    ]


def test_a_reprint_joins_the_story_under_its_id(store: Store) -> None:
    first, _ = add(store, "a"), add(store, "b", f"By Staff Writer. {STORY}", hours=5)
    assert join_stories(store) == 2
    assert shown(store) == [(first, 2)]
    [join] = store.joins_of(first)
    assert (join.rule, join.figures["hours_apart"], join.head) == ("same text", 4.0, first)
    assert join.figures["containment"] > 0.9
    assert join_stories(store) == 0


def test_a_story_that_was_shown_keeps_its_id_and_place_whoever_tells_it_later(store: Store) -> None:
    shown_first, other = add(store, "b", hours=5), add(store, "c", MORE, title="Yachts", hours=3)
    join_stories(store)
    assert shown(store) == [(other, 1), (shown_first, 1)]
    add(store, "a", hours=9)
    add(store, "d", hours=1)
    join_stories(store)
    assert shown(store) == [(other, 1), (shown_first, 3)]


@pytest.mark.parametrize("order", list(permutations("abcd")))
def test_what_comes_at_once_gives_the_same_stories_in_whatever_order(store: Store, order: tuple[str, ...]) -> None:
    """As after a database was lost: the one that was published first begins the story."""
    texts = {"a": STORY, "b": f"{STORY} {OTHER}", "c": f"{STORY[:230]}… Read more", "d": MORE}
    ages = {"a": 5, "b": 9, "c": 7, "d": 6}
    for name in order:
        keep(store, name, Post(name, TITLES.get(name, TITLE), texts[name], NOW - timedelta(hours=ages[name])))
    join_stories(store)
    stories = {stored.source: stored.story for stored in store.articles()}
    assert shown(store) == [(stories[SOURCES["d"].id], 1), (stories[SOURCES["b"].id], 3)]


def test_one_address_at_once_stands_where_its_first_date_says_whoever_answered_first(store: Store) -> None:
    for name, hours in (("a", 2), ("b", 8)):
        article = an_article("One page", "<p>x</p>", guid=name, date=NOW - timedelta(hours=hours))
        store.record(a_record(a_save(article), source=SOURCES[name], result=a_harvest(SOURCES[name])))
    join_stories(store)
    assert {stored.sort_at for stored in store.articles()} == {NOW - timedelta(hours=8)}
    [[begun, _]] = told(store, Address(slug="x", title="X", sources=tuple(s.id for s in SOURCES.values())), 9)
    assert begun.article.date == NOW - timedelta(hours=8)


def test_what_fills_one_form_a_hundred_times_hides_neither_a_copy_nor_its_own_repetition(store: Store) -> None:
    forms = [STORY.replace("Galway", town) for town in ("Ostend", "Bremen", "Calais", "Gdansk", "Aarhus") * 6]
    for number, text in enumerate(forms):
        add(store, "a", f"{text} Ferry {number} sails at {number}.", title=f"A pier for ferry {number}", hours=5)
    copied = f"{forms[3]} Ferry 3 sails at 3."
    add(store, "b", copied, title="A pier for ferry 3", hours=4)
    add(store, "a", copied, title="A pier for ferry 3", hours=3)
    join_stories(store)
    assert sorted(size for _, size in shown(store)) == [*[1] * 29, 3]


def test_each_feed_has_its_own_level(store: Store) -> None:
    first, second = add(store, "a"), add(store, "b", hours=5)
    same = an_article(TITLE, f"<p>{STORY}</p>", link="https://a.example/0", guid="x")
    store.record(a_record(a_save(same), source=SOURCES["c"], result=a_harvest(SOURCES["c"])))
    join_stories(store)
    assert shown(store, "text") == [(first, 3)]
    assert sorted(shown(store, "url")) == sorted([(second, 1), (first, 2)])
    off = shown(store, "off")
    assert len({story for story, _ in off}) == 3
    assert {first, second} < {story for story, _ in off}
    # A copy has the same id in the feed of its source alone.
    assert set(shown(store, "off", "c")) < set(off)
    assert [story for story, _ in shown(store, "text", "b")] == [first]


def test_the_reports_of_one_source_stay_apart_though_another_prints_them_all(store: Store) -> None:
    report = "The council met on Monday and spoke of {} for two hours, " + MORE
    for hours, name, words in ((30, "a", "roads"), (29, "b", "roads"), (5, "a", "roads"), (4, "b", "roads")):
        add(store, name, report.format(words), title="The council met", hours=hours)
    join_stories(store)
    for source in "ab":
        stories = {stored.story for stored in store.articles() if stored.source == SOURCES[source].id}
        assert len({store.heads([story])[story].story for story in stories}) == 2


def test_a_chain_reaches_no_further_than_two_may_be_apart(store: Store) -> None:
    first = add(store, "a", hours=24 * 16)
    add(store, "b", hours=24 * 8)
    add(store, "c", hours=1)
    join_stories(store)
    counts = dict(shown(store))
    assert counts[first] == 2
    assert len(counts) == 2


def test_many_at_once_are_judged_in_turns_and_found_across_them(store: Store) -> None:
    pairs = list(reprints(BATCH // 2 + 30, seed=5))
    posts = [(side, post) for _, *both in pairs for side, post in zip("ab", both, strict=True)]
    Random(3).shuffle(posts)
    for side, post in posts:
        keep(store, side, post)
    assert join_stories(store) == len(posts) > BATCH
    assert len(pairs) <= len(shown(store)) <= len(pairs) * 1.03


def test_templated_articles_of_many_outlets_stay_apart(store: Store) -> None:
    sources = tuple(a_source(f"https://outlet{number}.example/feed", name=str(number)) for number in range(20))
    store.sync(sources, NOW)
    for number, post in enumerate(templated(400, seed=7)):
        keep(store, sources[number % 20], post)
    join_stories(store)
    address = Address(slug="x", title="X", sources=tuple(source.id for source in sources))
    assert len(told(store, address, 1_000)) == 400


def keep(store: Store, source: Source | str, post: Post) -> None:
    """A poll of this source brought this article."""
    if isinstance(source, str):
        source = SOURCES[source]
    link = f"https://{source.name}.example/{crc32(f'{post.title} {post.text}'.encode())}"
    article = an_article(post.title, f"<p>{post.text}</p>", link=link, guid=link, date=post.date)
    store.record(a_record(a_save(article), source=source, result=a_harvest(source)))
