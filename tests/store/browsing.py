"""What every store tells the pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aggregator.model.article import StoryId
from aggregator.model.source import SourceId
from aggregator.model.story import Spot
from aggregator.store import Store
from tests.builders import NOW, a_save, a_source, an_article
from tests.store.stories import a_join, judged

ONE, TWO = (a_source(f"https://{name}.example/feed", name=name) for name in ("one", "two"))


def add(store: Store, number: int, hours: float, source: SourceId = ONE.id) -> StoryId:
    """Keep an article of a story of its own, so many hours old."""
    story = StoryId(f"urn:uuid:00000000-0000-5000-8000-{number:012d}")
    article = an_article(f"Title {number}", guid=f"g{number}", link=f"https://x.example/{number}")
    save = a_save(article, story=story, sort_at=NOW - timedelta(hours=hours), position=number % 3)
    store.add(source, [save], NOW)
    return story


def walk(store: Store, sources: list[SourceId], size: int, *, heads: bool = False) -> list[list[StoryId]]:
    """All pages, from the newest on."""
    pages: list[list[StoryId]] = []
    behind: Spot | None = None
    while spots := (store.head_spots if heads else store.spots)(sources, behind, size):
        pages.append([spot.story for spot in spots])
        behind = spots[-1]
    return pages


class BrowsingContract:
    """Mixed into a store's tests beside `StoreContract`."""

    def test_a_walk_from_place_to_place_passes_every_story_once_in_the_order_of_the_feed(self, store: Store) -> None:
        store.sync([ONE, TWO], NOW)
        for number in range(40):  # several at each time, of either source
            add(store, number, number // 5, (ONE, TWO)[number % 2].id)
        for sources in ([ONE.id], [TWO.id], [ONE.id, TWO.id]):
            for size in (1, 3, 7, 100):
                passed = [story for page in walk(store, sources, size) for story in page]
                assert passed == store.stories(sources, 100)
        articles = list(store.articles())
        joined = {one.id: a_join(one, articles[3]) for one in articles[20:36:3]}
        place = next(spot for spot in store.spots([ONE.id, TWO.id], None, 100) if spot.story == articles[3].story)
        there = {
            article: replace(join, sort_at=place.sort_at, position=place.position) for article, join in joined.items()
        }
        store.judge([judged(one, join=there.get(one.id)) for one in articles])
        assert len(store.heads_told([ONE.id, TWO.id], 100)) == 40 - len(joined)
        for sources in ([ONE.id], [ONE.id, TWO.id]):
            assert [story for page in walk(store, sources, 4, heads=True) for story in page] == store.heads_told(
                sources, 100
            )

    def test_what_comes_in_before_a_place_changes_nothing_behind_it(self, store: Store) -> None:
        store.sync([ONE], NOW)
        for number in range(9):
            add(store, number, number)
        place = store.spots([ONE.id], None, 3)[-1]
        before = store.spots([ONE.id], place, 100)
        add(store, 50, 0.5)
        assert store.spots([ONE.id], place, 100) == before
        assert len(before) == 6

    def test_what_waits_to_be_judged_is_no_head_yet(self, store: Store) -> None:
        store.sync([ONE], NOW)
        add(store, 1, 1)
        assert (store.head_spots([ONE.id], None, 9), len(store.spots([ONE.id], None, 9))) == ([], 1)

    def test_articles_are_counted_by_weekday_and_hour_since_a_time(self, store: Store) -> None:
        store.sync([ONE, TWO], NOW)
        for number, hours in enumerate((0, 0, 1, 24, 24 * 30)):  # NOW is a Monday, noon
            add(store, number, hours)
        add(store, 9, 12, TWO.id)
        assert store.posted(NOW - timedelta(days=7)) == {
            ONE.id: {(0, 12): 2, (0, 11): 1, (6, 12): 1},
            TWO.id: {(0, 0): 1},
        }
