"""What every store must do for originals; a part of the contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aggregator.model.article import Article, SafeHtml
from aggregator.model.enrichment import PageOriginal, PageResult, PageState
from aggregator.model.entry import Enclosure, Entry, Image, Markup
from aggregator.model.outcome import FeedFacts, Original, Save, StoredOriginal, Verdict
from aggregator.store import Store
from tests.builders import EARLIER, NOW, a_harvest, a_record, a_save, a_source, an_article
from tests.builders import a_candidate as candidate_of

A = a_source()
ENTRY = Entry(
    guid="guid-1",
    link="https://news.example/1",
    title=Markup("A title", "text"),
    summary=Markup("<i>Short</i>"),
    content=Markup("<p>As written \ud800 <script>x()</script></p>", base="https://news.example/base/"),
    authors=("Ann", "Bob"),
    published=EARLIER,
    updated=NOW,
    unread_date="yesterday",
    tags=("one", "two"),
    enclosures=(Enclosure(url="/e.mp3", type="audio/mpeg", length=3, title="E", duration=5),),
    images=(Image(url="/i.png", width=6, height=5), Image(url="/j.png")),
    language="en",
    comments="/1#comments",
)
ORIGINAL = Original(entry=ENTRY, facts=FeedFacts(title="Front", link="https://news.example/", language="en"))
BARE = Original(entry=Entry(), facts=FeedFacts())


def kept(number: int = 1, original: Original | None = ORIGINAL) -> Save:
    article = an_article(f"Title {number}", guid=f"guid-{number}", link=f"https://news.example/{number}")
    return a_save(article, original=original)


PAGE = PageOriginal(html="<p>All \ud800 of <script>x()</script> it.</p>", url="https://news.example/1?a=b")


def full_text_store(make_store: Callable[[], Store]) -> Store:
    """With one article whose page is due."""
    store = make_store()
    store.sync([replace(A, full_text=True)], NOW)
    store.record(a_record(kept()))
    return store


def visited(store: Store, state: PageState, page: PageOriginal | None, now: datetime = NOW) -> Article:
    """What the article that is due shows once its page was visited."""
    [errand] = store.claim_pages(holder="me", now=now, until=now + timedelta(hours=1), limit=1)
    article = replace(errand.article, body=SafeHtml("<p>All.</p>"))
    result = PageResult(article_id=errand.article_id, state=state, reason="", article=article, original=page)
    assert store.enrich(result, holder="me", now=now)
    return article


class OriginalsContract:
    """Each test reads as a sentence about a store."""

    @pytest.fixture
    def with_a_source(self, make_store: Callable[[], Store]) -> Store:
        """A store that knows one source."""
        store = make_store()
        store.sync([A], NOW)
        return store

    @pytest.mark.parametrize("original", [ORIGINAL, BARE])
    def test_an_original_comes_back_as_it_went_in(self, with_a_source: Store, original: Original) -> None:
        with_a_source.record(a_record(kept(original=original)))
        [found] = with_a_source.originals(0, 10)
        assert found.original == original
        assert found.stored == next(with_a_source.articles())

    def test_what_came_without_an_original_has_none(self, with_a_source: Store) -> None:
        with_a_source.add(A.id, [kept(original=None)], NOW)
        assert with_a_source.originals(0, 10) == []
        assert with_a_source.count_originals(0) == 0

    def test_originals_come_page_by_page_and_newest_first_for_one_source(self, with_a_source: Store) -> None:
        saves = [replace(kept(number), sort_at=NOW + timedelta(hours=number)) for number in (1, 2, 3)]
        with_a_source.record(a_record(*saves))
        first, second = with_a_source.originals(0, 2)
        assert [found.stored.article.title for found in (first, second)] == ["Title 1", "Title 2"]
        assert with_a_source.count_originals(second.stored.id) == 1
        assert [found.stored.article.title for found in with_a_source.originals(second.stored.id, 2)] == ["Title 3"]
        assert [found.stored.article.title for found in with_a_source.latest_originals(A.id, 2)] == [
            "Title 3",
            "Title 2",
        ]

    def test_a_changed_article_has_its_new_original_or_none(self, with_a_source: Store) -> None:
        with_a_source.record(a_record(kept()))
        changed = replace(kept(original=BARE), verdict=Verdict.CHANGED, replaces=next(with_a_source.articles()).id)
        with_a_source.record(a_record(changed))
        assert [found.original for found in with_a_source.originals(0, 10)] == [BARE]
        with_a_source.record(a_record(replace(changed, original=None)))
        assert with_a_source.originals(0, 10) == []

    def test_an_original_goes_with_its_article(self, with_a_source: Store) -> None:
        with_a_source.record(a_record(kept()))
        assert with_a_source.prune(NOW + timedelta(days=1)) == 1
        assert with_a_source.count_originals(0) == 0

    def test_what_is_rewritten_is_published_again_and_counts_as_unchanged(self, with_a_source: Store) -> None:
        with_a_source.record(a_record(kept(), kept(2)))
        with_a_source.mark_published(with_a_source.unpublished())
        [stored, other] = with_a_source.articles()
        again = replace(stored, article=replace(stored.article, body=SafeHtml("<p>Cleaner.</p>"), headimg="https://i/"))
        with_a_source.rewrite([StoredOriginal(stored=again, original=ORIGINAL)])
        assert list(with_a_source.articles()) == [again, other]
        assert set(with_a_source.unpublished()) == {A.id}
        assert list(with_a_source.changed_since(stored.changed + timedelta(seconds=1))) == []

    def test_what_an_article_is_known_by_is_not_rewritten(self, with_a_source: Store) -> None:
        with_a_source.record(a_record(kept()))
        [stored] = with_a_source.articles()
        moved = replace(stored.article, guid="other", link="https://elsewhere.example/", date=NOW, updated=NOW)
        with_a_source.rewrite([StoredOriginal(stored=replace(stored, article=moved), original=ORIGINAL)])
        assert list(with_a_source.articles()) == [stored]

    def test_what_changed_meanwhile_is_not_rewritten(self, with_a_source: Store) -> None:
        with_a_source.record(a_record(kept()))
        [seen] = with_a_source.articles()
        newer = a_save(an_article("Newer", link="https://news.example/1"), verdict=Verdict.CHANGED, replaces=seen.id)
        with_a_source.record(a_record(newer, at=NOW + timedelta(hours=1)))
        with_a_source.rewrite([StoredOriginal(stored=seen, original=ORIGINAL)])
        assert [stored.article.title for stored in with_a_source.articles()] == ["Newer"]

    def test_the_page_that_an_article_shows_comes_back_as_it_went_in_and_its_feed_s_version_is_rewritten_besides(
        self, make_store: Callable[[], Store]
    ) -> None:
        store = full_text_store(make_store)
        shown = visited(store, PageState.FULL, PAGE)
        [found] = store.originals(0, 10)
        assert (found.page, found.feed_body, found.stored.article.body) == (PAGE, "<p>A body.</p>", "<p>All.</p>")
        assert store.latest_originals(A.id, 9) == [found]
        again = replace(found.stored, article=replace(shown, body=SafeHtml("<p>All of it.</p>")))
        store.rewrite([replace(found, stored=again, feed_body=SafeHtml("<p>Cleaner.</p>"))])
        [after] = store.originals(0, 10)
        assert (after.feed_body, after.stored) == ("<p>Cleaner.</p>", again)

    @pytest.mark.parametrize(("state", "page"), [(PageState.KEPT, None), (PageState.FULL, None)])
    def test_a_page_that_is_shown_no_more_is_kept_no_more(
        self, make_store: Callable[[], Store], state: PageState, page: None
    ) -> None:
        store = full_text_store(make_store)
        visited(store, PageState.FULL, PAGE)
        changed = replace(kept(), verdict=Verdict.CHANGED, replaces=next(store.articles()).id)
        store.record(a_record(changed, at=NOW + timedelta(hours=2)))
        visited(store, state, page, NOW + timedelta(hours=3))
        assert [found.page for found in store.originals(0, 10)] == [None]

    def test_rewriting_nothing_changes_nothing(self, with_a_source: Store) -> None:
        with_a_source.rewrite([])
        assert with_a_source.originals(0, 10) == []

    def test_the_ends_of_articles_travel_with_the_claim(self, with_a_source: Store) -> None:
        ends = ((b"article1", frozenset((b"aaaaaaaa", b"bbbbbbbb"))), (b"article2", frozenset()))
        assert with_a_source.ends(A.id) == ()
        with_a_source.record(a_record(result=a_harvest(candidates=(candidate_of(),), ends=ends)))
        assert with_a_source.ends(A.id) == ends
        [claim] = with_a_source.claim(
            due_by=NOW + timedelta(days=9), holder="me", now=NOW, until=NOW + timedelta(minutes=1), limit=9
        )
        assert claim.ends == ends
        with_a_source.keep_ends(A.id, ends[:1])
        assert with_a_source.ends(A.id) == ends[:1]

    def test_a_document_with_nothing_new_leaves_the_ends_as_they_were(self, with_a_source: Store) -> None:
        with_a_source.keep_ends(A.id, ((b"article1", frozenset()),))
        with_a_source.record(a_record(result=a_harvest(ends=())))
        assert with_a_source.ends(A.id) == ((b"article1", frozenset()),)
