"""What every store must do with the pages of articles. A part of the contract."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aggregator.model.article import SafeHtml
from aggregator.model.enrichment import PageErrand, PageResult, PageState
from aggregator.model.outcome import Verdict
from aggregator.store import Store
from tests.builders import EARLIER, NOW, a_record, a_save, a_source, an_article

FULL = a_source(full_text=True)
LEASE = timedelta(minutes=10)
LATER = NOW + timedelta(minutes=1)


def a_save_of(number: int, host: str = "news.example", **other):
    article = an_article(f"Title {number}", guid=f"g{number}", link=f"https://{host}/{number}", **other)
    return replace(a_save(article), position=number)


def claim(store: Store, holder: str = "me", now=NOW, limit: int = 10) -> list[PageErrand]:
    return store.claim_pages(holder=holder, now=now, until=now + LEASE, limit=limit)


def found(errand: PageErrand, body: str = "<p>All of it.</p>", **other) -> PageResult:
    article = replace(errand.article, body=SafeHtml(body), **other)
    return PageResult(article_id=errand.article_id, state=PageState.FULL, reason="", article=article)


def bodies(store: Store) -> list[str]:
    return [stored.article.body for stored in store.articles()]


def publish(store: Store) -> None:
    store.mark_published(store.unpublished())


class EnrichmentsContract:
    """Each test reads as a sentence about a store."""

    def test_the_page_of_a_new_article_is_due_where_its_source_wants_that(self, store: Store) -> None:
        other = a_source("https://other.example/rss", name="Other")
        store.sync([FULL, other], NOW)
        store.record(a_record(a_save_of(1), source=FULL))
        store.record(a_record(a_save_of(2), source=other))
        assert store.count_pages(NOW) == 1
        assert [errand.article.title for errand in claim(store)] == ["Title 1"]

    def test_what_was_imported_has_no_page_to_fetch(self, store: Store) -> None:
        store.sync([FULL], NOW)
        store.add(FULL.id, [a_save_of(1)], NOW)
        assert store.count_pages(NOW) == 0

    def test_an_article_without_a_page_waits_for_none(self, store: Store) -> None:
        store.sync([FULL], NOW)
        store.record(a_record(a_save(an_article(link=None))))
        assert store.count_pages(NOW) == 0

    def test_the_first_poll_of_an_archive_is_no_crawl_of_its_site(self, store: Store) -> None:
        store.sync([FULL], NOW)
        old = [replace(a_save_of(n), sort_at=EARLIER - timedelta(days=n)) for n in range(150)]
        store.record(a_record(*old))
        assert store.count_pages(NOW) == 100
        assert claim(store)[0].article.title == "Title 0"

    def test_one_page_of_a_host_at_a_time(self, store: Store) -> None:
        store.sync([FULL], NOW)
        store.record(
            a_record(a_save_of(1), a_save_of(2), a_save_of(3, host="www.news.example"), a_save_of(4, "b.example"))
        )
        assert [errand.article.title for errand in claim(store)] == ["Title 1", "Title 4"]
        assert claim(store) == []

    def test_a_worker_that_died_loses_its_lease_and_no_article(self, store: Store) -> None:
        store.sync([FULL], NOW)
        store.record(a_record(a_save_of(1)))
        [errand] = claim(store, "dead")
        assert claim(store, "me", NOW + LEASE / 2) == []
        assert store.holders() == ("dead",)
        assert len(claim(store, "me", NOW + LEASE)) == 1
        assert not store.enrich(found(errand), holder="dead", now=LATER)
        store.release("me")
        assert len(claim(store, "you", NOW + LEASE)) == 1

    def test_an_article_seen_by_nobody_appears_complete_and_not_as_updated(self, store: Store) -> None:
        store.sync([FULL], NOW)
        store.record(a_record(a_save_of(1)))
        [errand] = claim(store)
        assert store.enrich(found(errand, headimg="https://i.example/1.jpg"), holder="me", now=LATER)
        [stored] = store.articles()
        assert (stored.article.body, stored.article.headimg) == ("<p>All of it.</p>", "https://i.example/1.jpg")
        assert (stored.article.updated, stored.changed, stored.sort_at) == (None, LATER, EARLIER)
        assert store.count_pages(NOW + timedelta(days=9)) == 0

    def test_an_article_that_was_published_is_updated_in_its_place(self, store: Store) -> None:
        store.sync([FULL], NOW)
        store.record(a_record(a_save_of(1)))
        publish(store)
        [errand] = claim(store)
        assert store.unpublished() == {}
        store.enrich(found(errand), holder="me", now=LATER)
        [stored] = store.articles()
        assert (stored.article.updated, stored.sort_at) == (LATER, EARLIER)
        assert set(store.unpublished()) == {FULL.id}

    def test_the_feed_s_version_stays_where_the_page_is_no_better(self, store: Store) -> None:
        store.sync([FULL], NOW)
        store.record(a_record(a_save_of(1)))
        publish(store)
        [errand] = claim(store)
        kept = PageResult(article_id=errand.article_id, state=PageState.KEPT, reason="it says no more")
        store.enrich(kept, holder="me", now=LATER)
        assert bodies(store) == ["<p>A body.</p>"]
        assert store.unpublished() == {}
        assert store.page_counts()[FULL.id].kept == 1

    def test_a_page_that_failed_is_due_when_it_was_planned_and_tells_why(self, store: Store) -> None:
        store.sync([FULL], NOW)
        store.record(a_record(a_save_of(1)))
        [errand] = claim(store)
        failed = PageResult(
            article_id=errand.article_id, state=PageState.WAITING, reason="took too long", next_at=NOW + LEASE, tries=1
        )
        store.enrich(failed, holder="me", now=LATER)
        assert claim(store, now=LATER) == []
        assert [again.tries for again in claim(store, now=NOW + LEASE)] == [1]
        assert (store.page_counts()[FULL.id].waiting, store.page_counts()[FULL.id].problem) == (1, "took too long")

    def test_a_page_that_was_given_up_is_never_due(self, store: Store) -> None:
        store.sync([FULL], NOW)
        store.record(a_record(a_save_of(1)))
        [errand] = claim(store)
        over = PageResult(article_id=errand.article_id, state=PageState.GIVEN_UP, reason="gone", tries=6)
        store.enrich(over, holder="me", now=LATER)
        assert store.count_pages(NOW + timedelta(days=99)) == 0
        assert store.page_counts()[FULL.id].given_up == 1

    def test_an_edit_in_the_feed_keeps_the_full_text_until_the_page_was_read_anew(self, store: Store) -> None:
        store.sync([FULL], NOW)
        store.record(a_record(a_save_of(1)))
        [errand] = claim(store)
        store.enrich(found(errand, headimg="https://i.example/1.jpg"), holder="me", now=NOW)
        edited = replace(
            a_save_of(1, body="<p>A new body.</p>"), verdict=Verdict.CHANGED, replaces=errand.article_id, digest=b"new"
        )
        store.record(a_record(edited))
        assert bodies(store) == ["<p>All of it.</p>"]
        assert [stored.article.headimg for stored in store.articles()] == ["https://i.example/1.jpg"]
        assert claim(store, now=NOW + timedelta(minutes=59)) == []
        [again] = claim(store, now=NOW + timedelta(hours=1))
        assert again.feed_body == "<p>A new body.</p>"
        kept = PageResult(article_id=again.article_id, state=PageState.KEPT, reason="its page says no more")
        store.enrich(kept, holder="me", now=NOW + timedelta(hours=1))
        assert bodies(store) == ["<p>A new body.</p>"]

    def test_what_a_visit_brings_is_not_written_over_a_later_edit(self, store: Store) -> None:
        store.sync([FULL], NOW)
        store.record(a_record(a_save_of(1)))
        [errand] = claim(store)
        edited = replace(a_save_of(1, body="<p>New.</p>"), verdict=Verdict.CHANGED, replaces=errand.article_id)
        store.record(a_record(edited))
        assert not store.enrich(found(errand), holder="me", now=LATER)
        assert bodies(store) == ["<p>New.</p>"]
        assert store.count_pages(NOW) == 1

    def test_a_source_that_wants_no_pages_any_more_has_none_waiting(self, store: Store) -> None:
        store.sync([FULL], NOW)
        store.record(a_record(a_save_of(1), a_save_of(2, "b.example")))
        store.enrich(found(claim(store)[0]), holder="me", now=LATER)
        store.sync([a_source()], NOW)
        assert store.page_counts() == {}
        assert bodies(store) == ["<p>All of it.</p>", "<p>A body.</p>"]

    def test_a_pruned_article_has_no_page(self, store: Store) -> None:
        store.sync([FULL], NOW)
        store.record(a_record(a_save_of(1)))
        [errand] = claim(store)
        store.prune(NOW + timedelta(days=1))
        assert not store.enrich(found(errand), holder="me", now=LATER)
        assert store.count_pages(LATER) == 0

    def test_a_host_that_wants_to_be_left_alone_is(self, store: Store) -> None:
        store.sync([FULL], NOW)
        store.record(a_record(a_save_of(1), a_save_of(2), a_save_of(3, "b.example")))
        store.rest_pages("news.example", NOW + LEASE)
        assert [errand.article.title for errand in claim(store)] == ["Title 3"]
        assert len(claim(store, now=NOW + LEASE)) >= 1
