"""What every store does with the archives of feeds."""

from __future__ import annotations

from datetime import timedelta

from aggregator.model.archive import Archive, Filed, Filing, Page
from aggregator.model.article import StoryId
from aggregator.store import Store
from tests.builders import EARLIER, NOW
from tests.store.stories import FIRST, SECOND, a_join, judged, keep

ONE, TWO, THREE = (StoryId(f"urn:uuid:00000000-0000-5000-8000-00000000000{n}") for n in (1, 2, 3))
EMPTY = Archive(slug="tech")


def filing(archive: Archive = EMPTY, **other: object) -> Filing:
    return Filing(**{"archive": archive, "shown": (), "filed": (), **other})  # type: ignore[arg-type]


class ArchivesContract:
    """Mixed into a store's tests beside `StoreContract`."""

    def test_a_feed_that_was_never_published_has_no_archive(self, store: Store) -> None:
        assert store.archive("tech") is None
        assert store.shown("tech") == []

    def test_an_archive_comes_back_as_it_was_filed(self, store: Store) -> None:
        pages = (Page(number=1, stories=2),)
        archive = Archive(slug="tech", pages=pages, size=2, last=1, upto=7, scope="s", base_url="https://a.example/")
        filed = ((Filed(story=TWO), 1, 0), (Filed(story=ONE, article=5), 1, 1))
        store.file(filing(archive, shown=(Filed(story=THREE, sort_at=NOW),), filed=filed))
        assert store.archive("tech") == archive
        assert store.shown("tech") == [Filed(story=THREE, sort_at=NOW)]
        assert store.filed("tech", 1, 1) == [Filed(story=TWO), Filed(story=ONE, article=5)]
        assert store.pages_of("tech", [ONE, TWO, THREE]) == {ONE: 1, TWO: 1}
        assert store.archive("other") is None

    def test_a_story_that_is_filed_is_shown_no_more(self, store: Store) -> None:
        store.file(filing(shown=(Filed(story=ONE, sort_at=NOW), Filed(story=TWO, sort_at=NOW))))
        filed = ((Filed(story=ONE, sort_at=NOW), 1, 0),)
        store.file(filing(Archive(slug="tech", pages=(Page(number=1, stories=1),), last=1), filed=filed))
        assert [one.story for one in store.shown("tech")] == [TWO]
        assert store.filed("tech", 1, 1) == [Filed(story=ONE)]

    def test_pages_that_were_given_up_are_none_of_the_archive(self, store: Store) -> None:
        pages = tuple(Page(number=number, stories=1) for number in (1, 2))
        first = Archive(slug="tech", pages=pages, size=1, last=2)
        store.file(filing(first, filed=((Filed(story=ONE), 1, 0), (Filed(story=TWO), 2, 0))))
        second = Archive(slug="tech", pages=pages[:1], size=1, last=2)
        store.file(filing(second, shown=(Filed(story=TWO, sort_at=NOW),), given_up=2))
        assert store.archive("tech") == second
        assert store.pages_of("tech", [ONE, TWO]) == {ONE: 1}

    def test_what_came_since_is_found_under_its_own_story_and_under_its_head(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        head, other = keep(store, FIRST, "head"), keep(store, SECOND, "other")
        store.judge([judged(head), judged(other, join=a_join(other, head))])
        assert store.last_article() == store.last_judged() == other.id
        both = [FIRST.id, SECOND.id]
        assert set(store.stories_since(both, 0, other.id)) == {head.story, other.story}
        assert store.heads_since(both, 0, other.id) == [head.story]
        assert store.heads_since([SECOND.id], 0, other.id) == [head.story]
        assert store.stories_since([FIRST.id], head.id, other.id) == []
        assert store.stories_since(both, 0, head.id) == [head.story]

    def test_what_waits_to_be_judged_ends_what_is_judged(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        one, two = keep(store, FIRST, "one"), keep(store, FIRST, "two")
        assert store.last_judged() == one.id - 1
        store.judge([judged(one)])
        assert (store.last_judged(), store.last_article()) == (one.id, two.id)

    def test_stories_are_put_in_the_reverse_of_the_order_of_a_feed(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        kept = [keep(store, FIRST, str(n), EARLIER - timedelta(hours=n)) for n in range(3)]
        gone = [Filed(story=story, sort_at=EARLIER + timedelta(hours=n)) for story, n in ((ONE, 2), (TWO, 1))]
        ordered = store.oldest_first([*(Filed(story=stored.story) for stored in kept), *gone])
        assert [one.story for one in ordered] == [TWO, ONE, *(stored.story for stored in reversed(kept))]
        by_article = [Filed(story=StoryId(ONE), article=kept[0].id), Filed(story=TWO, article=kept[1].id)]
        assert [one.story for one in store.oldest_first(by_article)] == [TWO, ONE]

    def test_what_may_separate_stories_lets_archives_look_at_every_article_again(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        stored = keep(store, FIRST, "one")
        for separate in (
            store.judge_again,
            lambda: store.part([stored.story]),
            lambda: store.keep_apart(stored.id, ONE, NOW),
            lambda: store.put_back([stored.id]),
            lambda: store.replace_stories([], [], stored.id),
        ):
            store.file(filing(Archive(slug="tech", scope="s", upto=5)))
            separate()
            archive = store.archive("tech")
            assert archive is not None
            assert archive.scope == ""
