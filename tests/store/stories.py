"""What every store does with joined stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.model.article import StoredArticle, StoryId
from aggregator.model.source import Source
from aggregator.model.story import Join, Judgement
from aggregator.store import Store
from tests.builders import EARLIER, NOW, a_harvest, a_record, a_save, a_source, an_article

FIRST, SECOND, THIRD = (a_source(f"https://{name}.example/feed", name=name) for name in ("one", "two", "three"))


def keep(store: Store, source: Source, name: str, date: datetime | None = EARLIER) -> StoredArticle:
    """Add one article, of a story of its own."""
    article = an_article(name, link=f"https://x.example/{name}", guid=name, date=date)
    store.record(a_record(a_save(article), source=source, result=a_harvest(source)))
    return list(store.articles())[-1]


def judged(stored: StoredArticle, *keys: int, join: Join | None = None) -> Judgement:
    return Judgement(article=stored.id, source=stored.source, keys=keys, join=join)


def a_join(stored: StoredArticle, like: StoredArticle, **other: object) -> Join:
    fields = {
        "story": stored.story,
        "head": like.story,
        "article": stored.id,
        "like": like.id,
        "rule": "same text",
        "figures": {"jaccard": 0.9},
        "sort_at": like.sort_at,
        "position": 0,
    }
    return Join(**{**fields, **other})  # type: ignore[arg-type]


class StoriesContract:
    """Mixed into a store's tests beside `StoreContract`."""

    def test_what_is_added_waits_in_the_order_of_its_dates_whatever_came_first(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        late = keep(store, FIRST, "late")
        undated = keep(store, FIRST, "undated", None)
        early = keep(store, SECOND, "early", EARLIER - timedelta(hours=1))
        assert store.unjudged() == [early.id, late.id, undated.id]
        store.judge([judged(late)])
        assert store.unjudged() == [early.id, undated.id]

    def test_a_story_that_two_began_at_once_stands_where_it_is_put(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        one = keep(store, FIRST, "one")
        store.record(a_record(replace(a_save(one.article), joins=True), source=SECOND, result=a_harvest(SECOND)))
        alone = keep(store, FIRST, "alone")
        store.settle({one.story: NOW - timedelta(days=1), alone.story: NOW - timedelta(days=1)})
        assert [stored.sort_at for stored in store.articles()] == [*[NOW - timedelta(days=1)] * 2, alone.sort_at]

    def test_neighbours_share_keys_and_those_with_most_come_first(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        one, two, three = keep(store, FIRST, "1"), keep(store, FIRST, "2"), keep(store, SECOND, "3")
        store.judge([judged(one, 1, 2, -3), judged(two, 2), judged(three, 2**47 - 1)])
        assert [found.id for found in store.neighbours([[1, 2, -3]], 5)[0]] == [one.id, two.id]
        assert [found.id for found in store.neighbours([[1, 2, -3]], 1)[0]] == [one.id]
        [found] = store.neighbours([[2**47 - 1]], 5)[0]
        assert (found.source, found.story, found.date) == (SECOND.id, three.story, EARLIER)
        assert store.neighbours([[9]], 5)[0] == []

    def test_many_sets_of_keys_are_looked_up_at_once_each_for_itself(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        one, two, three = keep(store, FIRST, "1"), keep(store, FIRST, "2"), keep(store, SECOND, "3")
        store.judge([judged(one, -(2**47), 2), judged(two, 2), judged(three, 4)])
        found = store.neighbours([[4], [], [2, -(2**47)], [9], *[[number] for number in range(10, 2000)]], 5)
        assert [[near.id for near in nearest] for nearest in found[:4]] == [[three.id], [], [one.id, two.id], []]
        assert not any(found[4:])

    def test_of_a_key_that_very_many_have_the_newest_are_found(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        every = [keep(store, FIRST, str(number)) for number in range(70)]
        store.judge([judged(each, 1) for each in every])
        [found] = store.neighbours([[1]], 100)
        assert {near.id for near in found} == {each.id for each in every[-64:]}

    def test_an_article_is_read_as_it_is_judged(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        one = keep(store, FIRST, "one")
        [wording] = store.wordings([one.id, one.id + 1]).values()
        assert (wording.id, wording.source, wording.story) == (one.id, one.source, one.story)
        assert (wording.date, wording.first_seen, wording.sort_at) == (one.article.date, one.first_seen, one.sort_at)
        assert (wording.title, wording.body) == (one.article.title, one.article.body)

    def test_a_key_that_few_have_counts_for_more_than_those_of_a_form_that_many_fill(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        *others, wanted = (keep(store, FIRST, str(number)) for number in range(9))
        store.judge([judged(wanted, 1, 7), *(judged(other, 1, 2) for other in others)])
        assert next(iter(store.neighbours([[1, 2, 7]], 1)[0])).id == wanted.id

    def test_a_joined_story_is_told_under_its_head_at_its_place(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        head = keep(store, FIRST, "head", EARLIER - timedelta(hours=2))
        between = keep(store, FIRST, "between", EARLIER - timedelta(hours=1))
        copy = keep(store, SECOND, "copy")
        store.judge([judged(head), judged(between), judged(copy, join=a_join(copy, head))])
        assert store.heads_told([FIRST.id, SECOND.id], 9) == [between.story, head.story]
        assert store.heads_told([SECOND.id], 9) == [head.story]
        assert store.heads_told([FIRST.id, SECOND.id], 1) == [between.story]
        told = store.tellings_of_heads([between.story, head.story])
        assert [[stored.id for stored in told[story]] for story in told] == [[between.id], [head.id, copy.id]]
        assert store.stories([SECOND.id], 9) == [copy.story]  # the articles are as they were

    def test_what_waits_is_not_told(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        keep(store, FIRST, "new")
        assert store.heads_told([FIRST.id], 9) == store.heads_told([FIRST.id, SECOND.id], 9) == []
        assert store.judged_stories([next(store.articles()).story]) == set()

    def test_the_head_of_a_joined_story_is_the_one_that_it_joined(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        head, copy = keep(store, FIRST, "head"), keep(store, SECOND, "copy")
        join = a_join(copy, head, position=7)
        store.judge([judged(head), judged(copy, join=join)])
        heads = store.heads([head.story, copy.story])
        assert (heads[copy.story].story, heads[copy.story].position) == (head.story, 7)
        assert heads[head.story].sources == heads[copy.story].sources == {FIRST.id, SECOND.id}
        assert store.judged_stories([head.story, copy.story]) == {head.story, copy.story}
        assert store.joins_of(head.story) == [join]

    def test_two_that_join_each_other_at_once_stay_one_story_with_a_head(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        one, two = keep(store, FIRST, "one"), keep(store, SECOND, "two")
        store.judge([judged(two, 7, join=a_join(two, one))])
        store.judge([judged(one, 7, join=a_join(one, two))])  # by another process, which did not see the other join
        assert store.heads_told([FIRST.id, SECOND.id], 10) == [one.story]
        assert len(store.tellings_of_heads([one.story])[one.story]) == 2

    def test_a_join_and_a_change_touch_the_feeds_of_everyone_who_tells_it(self, store: Store) -> None:
        store.sync([FIRST, SECOND, THIRD], NOW)
        head, copy = keep(store, FIRST, "head"), keep(store, SECOND, "copy")
        store.judge([judged(head)])
        store.mark_published(store.unpublished())
        store.judge([judged(copy, join=a_join(copy, head))])
        assert set(store.unpublished()) == {FIRST.id, SECOND.id}
        store.mark_published(store.unpublished())
        edited = replace(a_save(an_article("copy!", guid="copy")), story=copy.story, replaces=copy.id)
        store.record(a_record(edited, source=SECOND, result=a_harvest(SECOND)))
        assert set(store.unpublished()) == {FIRST.id, SECOND.id}

    def test_everything_can_be_judged_again(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        head, copy = keep(store, FIRST, "head"), keep(store, SECOND, "copy")
        store.judge([judged(head, 1), judged(copy, 1, join=a_join(copy, head))])
        store.judge_again()
        assert len(store.unjudged()) == 2
        assert store.neighbours([[1]], 9)[0] == []
        assert store.joins_of(head.story) == []
        assert store.heads([copy.story])[copy.story].story == copy.story

    def test_what_is_pruned_leaves_no_key_and_lends_its_id_to_the_others(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        keep(store, FIRST, "waits")
        head = keep(store, FIRST, "head")
        article = an_article("copy", link="https://x.example/copy", guid="copy")
        later = replace(a_save(article), first_seen=NOW + timedelta(days=2))
        store.record(a_record(later, source=SECOND, result=a_harvest(SECOND)))
        copy = list(store.articles())[-1]
        store.judge([judged(head, 1), judged(copy, 2, join=a_join(copy, head))])
        assert store.prune(NOW + timedelta(days=1)) == 2
        assert store.unjudged() == []
        assert store.neighbours([[1]], 9)[0] == []
        assert store.heads_told([SECOND.id], 9) == [head.story]
        assert store.tellings_of_heads([head.story])[head.story] == [copy]
        assert store.prune(NOW + timedelta(days=3)) == 1
        assert store.joins_of(head.story) == []

    def test_united_stories_take_along_what_had_joined_them(self, store: Store) -> None:
        store.sync([FIRST, SECOND, THIRD], NOW)
        head, other, copy = keep(store, FIRST, "head"), keep(store, SECOND, "other"), keep(store, THIRD, "copy")
        store.judge([judged(head), judged(other), judged(copy, join=a_join(copy, other))])
        store.mark_published(store.unpublished())
        store.unite([a_join(other, head, position=3)])
        assert {join.story: (join.head, join.position) for join in store.joins_of(head.story)} == {
            other.story: (head.story, 3),
            copy.story: (head.story, 3),
        }
        assert set(store.unpublished()) == {FIRST.id, SECOND.id, THIRD.id}
        assert store.stories_with([copy.story]) == {copy.story: (head.story, *sorted((other.story, copy.story)))}
        assert store.stories_with([StoryId("urn:uuid:nobody's")]) == {}

    def test_parted_stories_wait_again_and_touch_the_feeds_of_all_that_told_them(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        head, copy = keep(store, FIRST, "head"), keep(store, SECOND, "copy")
        store.judge([judged(head, 1), judged(copy, 1, join=a_join(copy, head))])
        store.mark_published(store.unpublished())
        assert store.part([copy.story]) == [copy.id]
        assert store.unjudged() == [copy.id]
        assert list(store.joins()) == []
        assert [found.id for found in store.neighbours([[1]], 9)[0]] == [head.id]  # what waits is like nobody yet
        assert set(store.unpublished()) == {FIRST.id, SECOND.id}

    def test_a_copy_stays_one_also_while_it_is_kept_apart(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        one = keep(store, FIRST, "one")
        store.mark_copies([one.id])
        assert [stored.is_copy for stored in store.articles()] == [True]
        store.keep_apart(one.id, StoryId("urn:uuid:copy"), EARLIER)
        assert [stored.is_copy for stored in store.articles()] == [False]  # it tells a story of its own
        store.put_back([one.id])
        assert [stored.is_copy for stored in store.articles()] == [True]

    def test_who_is_judged_waits_no_more(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        one, two = keep(store, FIRST, "one"), keep(store, FIRST, "two")
        assert store.still_unjudged([one.id, two.id, 99]) == {one.id, two.id}
        store.judge([Judgement(article=one.id, source=FIRST.id, keys=(), join=None)])
        assert store.still_unjudged([one.id, two.id, 99]) == {two.id}

    def test_an_article_is_kept_apart_from_its_address_and_put_back(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        one = keep(store, FIRST, "one")
        store.record(a_record(replace(a_save(one.article), joins=True), source=SECOND, result=a_harvest(SECOND)))
        two = list(store.articles())[-1]
        copy, earlier = StoryId("urn:uuid:copy"), EARLIER - timedelta(days=1)
        store.keep_apart(two.id, copy, earlier)
        store.keep_apart(two.id, copy, earlier)  # said twice
        [apart] = store.tellings([copy])[copy]
        assert (apart.id, apart.sort_at) == (two.id, earlier)
        assert store.kept_apart() == {two.id: one.story}
        store.mark_published(store.unpublished())
        store.put_back([two.id])
        assert list(store.articles()) == [one, two]
        assert store.kept_apart() == {}
        assert set(store.unpublished()) == {FIRST.id, SECOND.id}

    def test_what_is_written_again_is_to_be_read_again_once(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        one = keep(store, FIRST, "one")
        change = replace(a_save(one.article), replaces=one.id)
        store.record(a_record(change, source=FIRST, result=a_harvest(FIRST)))
        assert store.edited() == []  # it was not read yet
        store.judge([judged(one, 1, 2, 3)])
        assert (store.keys_of(one.id, [1, 2, 9]), store.keys_of(one.id, [])) == (2, 0)
        store.record(a_record(change, source=FIRST, result=a_harvest(FIRST)))
        assert store.edited() == [one.id]
        store.judge([judged(one)])
        assert store.edited() == []

    def test_joins_and_keys_can_be_replaced_and_those_of_later_articles_follow(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        one, two, three = keep(store, FIRST, "1"), keep(store, SECOND, "2"), keep(store, SECOND, "3")
        store.judge([judged(one, 1), judged(two, 2), judged(three, 3, join=a_join(three, two))])
        store.mark_published(store.unpublished())
        join = a_join(two, one, position=5)
        store.replace_stories([join], [(7, one.id), (8, two.id)], upto=two.id)
        assert sorted(store.story_keys()) == [(3, three.id), (7, one.id), (8, two.id)]
        assert store.count_story_keys() == 3
        assert {found.story: (found.head, found.position) for found in store.joins()} == {
            two.story: (one.story, 5),
            three.story: (one.story, 5),
        }
        assert set(store.unpublished()) == {FIRST.id, SECOND.id}
        store.replace_stories([], [], upto=three.id)
        assert (list(store.joins()), list(store.story_keys())) == ([], [])
