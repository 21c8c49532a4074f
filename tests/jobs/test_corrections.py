"""A person's corrections: at once, for ever, and again after the database was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aggregator.decide.corrections import rulings_of
from aggregator.decide.identity import telling_id
from aggregator.jobs.corrections import correct
from aggregator.jobs.stories import BY_HAND, join_stories, told
from aggregator.model.article import StoryId
from aggregator.model.feed import Address
from aggregator.model.story import Correction
from aggregator.store import Store
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, a_harvest, a_record, a_save, a_source, an_article
from tests.decide.test_similar import MORE, STORY

SOURCES = {name: a_source(f"https://{name}.example/feed", name=name) for name in "abcdef"}
TITLE = "Galway gets a new pier"
TEXTS = {"a": STORY, "b": STORY, "c": f"By Staff Writer. {STORY}", "d": MORE, "e": MORE, "f": "Something else."}
"""a, b and c tell one story by the rules; d and e another; f its own."""

MakeStore = Callable[[], Store]


@pytest.fixture
def make_store(tmp_path: Path) -> Iterator[MakeStore]:
    opened: list[Store] = []
    numbers = count()

    def make() -> Store:
        opened.append(SqliteStore(tmp_path / f"{next(numbers)}.db"))
        opened[-1].sync(tuple(SOURCES.values()), NOW)
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(make_store: MakeStore) -> Store:
    return make_store()


def poll(store: Store, names: Sequence[str] = "abcdef", *, page: str | None = None) -> dict[str, StoryId]:
    """Each source brings its article; the later in the alphabet, the younger. The stories of all that are kept."""
    for name in names:
        hours = 20 - 2 * "abcdef".index(name)
        link = page or f"https://{name}.example/1"
        title = TITLE if TEXTS[name] != MORE else "Yachts"
        article = an_article(title, f"<p>{TEXTS[name]}</p>", link=link, guid=name, date=NOW - timedelta(hours=hours))
        source = SOURCES[name]
        store.record(a_record(a_save(article), source=source, result=a_harvest(source)))
    return {stored.article.guid or "": stored.story for stored in store.articles()}


def merge(*stories: StoryId) -> Correction:
    return Correction(verb="merge", stories=stories)


def split(*stories: StoryId) -> Correction:
    return Correction(verb="split", stories=stories)


def shown(store: Store, level: str = "text") -> dict[StoryId, str]:
    """The id of each story, and who tells it."""
    address = Address(slug="x", title="X", sources=tuple(s.id for s in SOURCES.values()), merge=level)  # type: ignore[arg-type]
    names = {source.id: name for name, source in SOURCES.items()}
    return {group[0].story: "".join(sorted(names[one.source] for one in group)) for group in told(store, address, 99)}


def test_merged_stories_are_one_under_the_id_and_place_of_the_first(store: Store) -> None:
    ids = poll(store)
    join_stories(store)
    assert shown(store) == {ids["a"]: "abc", ids["d"]: "de", ids["f"]: "f"}
    store.mark_published(store.unpublished())
    assert correct(store, [merge(ids["f"], ids["b"])])
    assert shown(store) == {ids["a"]: "abcf", ids["d"]: "de"}
    assert {SOURCES[name].id for name in "abcf"} <= set(store.unpublished())
    assert [join.rule for join in store.joins_of(ids["a"]) if join.story == ids["f"]] == [BY_HAND]


def test_a_merge_joins_all_that_the_two_hold(store: Store) -> None:
    ids = poll(store)
    join_stories(store)
    correct(store, [merge(ids["e"], ids["c"])])
    assert shown(store) == {ids["a"]: "abcde", ids["f"]: "f"}


def test_a_merge_costs_neither_story_a_teller(store: Store) -> None:
    """Though a source tells both now."""
    [one, two, three] = [SOURCES[name] for name in "abc"]
    ids = {}
    for source, number, title, text, hours in (
        (one, 1, TITLE, STORY, 9),
        (two, 2, TITLE, STORY, 8),
        (two, 3, "Yachts", MORE, 7),
        (three, 4, "Yachts", MORE, 6),
        (one, 5, "Yachts", MORE, 5),
    ):
        link, date = f"https://{source.name}.example/{number}", NOW - timedelta(hours=hours)
        article = an_article(title, f"<p>{text}</p>", link=link, guid=str(number), date=date)
        store.record(a_record(a_save(article), source=source, result=a_harvest(source)))
        ids[number] = list(store.articles())[-1].story
    join_stories(store)
    assert shown(store) == {ids[1]: "ab", ids[3]: "abc"}
    correct(store, [merge(ids[1], ids[3])])
    assert shown(store) == {ids[1]: "aabbc"}


def test_a_merge_waits_for_what_is_not_there_yet(store: Store, make_store: MakeStore) -> None:
    ids = poll(make_store())
    correct(store, [merge(ids["f"], ids["a"])])
    poll(store, "ab")
    join_stories(store)
    poll(store, "f")
    join_stories(store)
    assert shown(store) == {ids["a"]: "abf"}


def test_what_is_split_stays_apart_though_a_third_is_like_both(store: Store) -> None:
    ids = poll(store)
    join_stories(store)
    places = {one.story: one.sort_at for one in store.articles()}
    correct(store, [split(ids["a"], ids["b"])])
    assert shown(store) in ({ids["a"]: "ac", ids["b"]: "b"} | rest(ids), {ids["a"]: "a", ids["b"]: "bc"} | rest(ids))
    assert {one.story: one.sort_at for one in store.articles()} == places


def rest(ids: dict[str, StoryId]) -> dict[StoryId, str]:
    return {ids["d"]: "de", ids["f"]: "f"}


def test_withdrawn_corrections_leave_nothing_behind(store: Store) -> None:
    ids = poll(store)
    join_stories(store)
    before = shown(store)
    correct(store, [split(ids["a"], ids["b"]), merge(ids["d"], ids["f"])])
    assert shown(store) != before
    assert correct(store, [])
    assert shown(store) == before
    assert not correct(store, [])


def test_the_later_of_two_contrary_corrections_counts(store: Store) -> None:
    ids = poll(store)
    join_stories(store)
    correct(store, [merge(ids["a"], ids["f"]), split(ids["f"], ids["a"])])
    assert shown(store)[ids["f"]] == "f"
    correct(store, [split(ids["f"], ids["a"]), merge(ids["a"], ids["f"])])
    assert shown(store)[ids["a"]] == "abcf"


@pytest.mark.parametrize("level", ["text", "url"])
def test_copies_of_one_address_are_split_under_the_id_that_a_copy_has(store: Store, level: str) -> None:
    [page] = {*poll(store, "abc", page="https://wire.example/pier").values()}
    join_stories(store)
    assert shown(store, level) == {page: "abc"}
    copy = telling_id(page, SOURCES["b"].id)
    correct(store, [split(page, copy)])
    assert shown(store, level) == {page: "ac", copy: "b"}
    poll(store, "d", page="https://wire.example/pier")
    join_stories(store)
    assert shown(store, level) == {page: "acd", copy: "b"}
    correct(store, [merge(page, copy)])
    assert shown(store, level) == {page: "abcd"}


def test_a_copy_is_split_off_before_anybody_is_shown_it(store: Store, make_store: MakeStore) -> None:
    [page] = {*poll(make_store(), "ab", page="https://wire.example/pier").values()}
    copy = telling_id(page, SOURCES["b"].id)
    correct(store, [split(page, copy)])
    poll(store, "ab", page="https://wire.example/pier")
    join_stories(store)
    assert shown(store) == shown(store, "url") == {page: "a", copy: "b"}


def test_whoever_comes_first_each_part_of_a_split_address_stands_where_it_would_by_itself(
    make_store: MakeStore,
) -> None:
    page, dates = "https://wire.example/1", {"e": NOW - timedelta(hours=12), "f": NOW - timedelta(hours=10)}
    story = poll(make_store(), "e", page=page)["e"]
    for names in ("ef", "fe"):
        store = make_store()
        correct(store, [split(story, telling_id(story, SOURCES["f"].id))])
        for name in names:  # who comes later has the place of the one that was there
            save = a_save(an_article("Yachts", f"<p>{MORE}</p>", link=page, guid=name, date=dates[name]))
            save = replace(save, sort_at=dates[names[0]])
            store.record(a_record(save, source=SOURCES[name], result=a_harvest(SOURCES[name])))
        join_stories(store)
        assert {stored.article.guid: stored.sort_at for stored in store.articles()} == dates


def test_a_changed_article_whose_text_is_another_now_is_judged_again(store: Store) -> None:
    ids = poll(store, "af")
    join_stories(store)
    edit(store, "f", STORY)
    join_stories(store)
    assert shown(store) == {ids["a"]: "af"}


def test_an_edit_takes_nothing_away_that_others_have_joined(store: Store) -> None:
    ids = poll(store, "abd")
    join_stories(store)
    edit(store, "a", MORE)
    join_stories(store)
    assert shown(store) == {ids["a"]: "ab", ids["d"]: "d"}
    poll(store, "e")  # what comes later finds it by what it says now
    assert store.edited() == []


def edit(store: Store, name: str, text: str) -> None:
    [before] = [one for one in store.articles() if one.article.guid == name]
    save = a_save(an_article(TITLE, f"<p>{text}</p>", link=before.article.link, guid=name, date=before.article.date))
    source = SOURCES[name]
    store.record(
        a_record(replace(save, replaces=before.id, story=before.story), source=source, result=a_harvest(source))
    )


def test_a_head_of_which_nobody_says_anything_does_not_draw_what_stood_before_it(
    store: Store, make_store: MakeStore
) -> None:
    ids = poll(store)
    join_stories(store)
    corrections = [split(ids["b"], ids["e"]), merge(ids["c"], ids["e"]), split(ids["a"], ids["d"])]
    for end in range(1, len(corrections) + 1):
        correct(store, corrections[:end])
    new = make_store()
    correct(new, corrections)
    poll(new)
    join_stories(new)
    assert shown(store) == {ids["a"]: "ab", ids["d"]: "cde", ids["f"]: "f"}
    assert shown(new) == {ids["a"]: "ab", ids["c"]: "cde", ids["f"]: "f"}


def test_a_story_keeps_the_id_that_was_published_though_an_older_article_joins_it(store: Store) -> None:
    ids = poll(store)
    join_stories(store)
    correct(store, [split(ids["a"], ids["b"]), merge(ids["b"], ids["d"])])
    assert shown(store) == {ids["a"]: "ac", ids["d"]: "bde", ids["f"]: "f"}
    [join] = [join for join in store.joins_of(ids["d"]) if join.story == ids["b"]]
    assert join.rule == BY_HAND
    assert store.unjudged() == []


def _a_correction() -> st.SearchStrategy[tuple[str, str, str]]:
    pairs = st.lists(st.sampled_from("abcdef"), min_size=2, max_size=2, unique=True)
    return st.tuples(st.sampled_from(["merge", "split"]), pairs).map(lambda drawn: (drawn[0], *sorted(drawn[1])))  # type: ignore[return-value,arg-type]


@settings(deadline=None, max_examples=15)
@given(said=st.lists(_a_correction(), max_size=4, unique_by=lambda one: one[1:]), data=st.data())
def test_corrections_in_any_order_at_any_time_give_the_stories_of_a_new_database(
    said: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder, ExitStack() as opened:
        live, new, again = (SqliteStore(Path(folder) / f"{number}.db") for number in range(3))
        for each in (live, new, again):
            opened.callback(each.close)
            each.sync(tuple(SOURCES.values()), NOW)
        ids = poll(live)
        join_stories(live)
        corrections = [Correction(verb=verb, stories=(ids[one], ids[two])) for verb, one, two in said]  # type: ignore[arg-type]
        assume(not rulings_of(corrections).overruled and not rulings_of(corrections[::-1]).overruled)
        for end in range(1, len(corrections) + 1):
            correct(live, corrections[:end])
        for each in (new, again):
            correct(each, data.draw(st.permutations(corrections)))
            poll(each, data.draw(st.permutations("abcdef")))
            join_stories(each)
        assert shown(new) == shown(again)
        # What was published meanwhile keeps the id that it had: it is compared by who tells what together.
        assert sorted(shown(live).values()) == sorted(shown(new).values())
        for verb, one, two in said:
            assert any({one, two} <= set(names) for names in shown(new).values()) == (verb == "merge")
