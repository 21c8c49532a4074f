"""Refining again: what is stored comes out by the rules of today, and for readers nothing has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.jobs import again as job
from aggregator.jobs.again import Again, learn_again, refine_again
from aggregator.jobs.enrich import Enricher, PageLines
from aggregator.jobs.poll import plan
from aggregator.jobs.turns import Turns
from aggregator.jobs.visit import take_in
from aggregator.model.article import StoredArticle
from aggregator.model.exchange import Fetched
from aggregator.model.outcome import Harvest, Record
from aggregator.model.source import Errand, Source
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, a_source
from tests.fakes import FakeClock, FakeWeb

FOOT = "&lt;p&gt;Follow us wherever you are, and tell everybody.&lt;/p&gt;"
TEXT = "&lt;p&gt;Paragraph of article {0}: {1}&lt;/p&gt;&lt;p class=aside&gt;An aside of {0}.&lt;/p&gt;"
SOURCE = a_source()


def rss(first: int, last: int, foot: str = FOOT) -> bytes:
    items = "".join(
        f"<item><title>Title {number}</title><link>https://news.example/{number}</link><guid>{number}</guid>"
        f"<pubDate>Mon, 23 Nov 2026 {number % 12:02}:00:00 GMT</pubDate>"
        f"<description>{TEXT.format(number, 'words of its own ' * 9)}{foot}</description></item>"
        for number in range(last, first - 1, -1)
    )
    return f"<rss version='2.0'><channel><title>News</title><link>https://news.example/</link>{items}</channel></rss>".encode()


class Shelf:
    """A store, and documents that it takes in."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(folder / "articles.db")
        self.follow(SOURCE)

    def follow(self, source: Source) -> None:
        self.source = source
        self.store.sync([source], NOW)

    def take(self, document: bytes) -> Harvest:
        errand = Errand(source=self.source, ends=self.store.ends(self.source.id))
        harvest = take_in(errand, Fetched(url=self.source.url, body=document))
        assert isinstance(harvest, Harvest)
        self.store.record(Record(result=harvest, saves=plan(self.store, harvest, NOW), at=NOW, next_poll=None))
        return harvest

    def again(self, version: str = "1") -> list[Again]:
        return list(refine_again(self.store, {self.source.id: self.source}, version))

    def articles(self) -> list[StoredArticle]:
        return list(self.store.articles())


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    found = Shelf(tmp_path)
    yield found
    found.store.close()


def test_by_the_same_rules_nothing_differs(shelf: Shelf) -> None:
    shelf.take(rss(1, 7))
    before = shelf.articles()
    assert shelf.again()[-1] == Again(looked_at=7, rewritten=0, remaining=0)
    assert shelf.articles() == before


def test_a_new_setting_is_applied_to_what_is_stored_and_nothing_counts_as_changed(shelf: Shelf) -> None:
    shelf.take(rss(1, 7))
    before = shelf.articles()
    shelf.store.mark_published(shelf.store.unpublished())
    shelf.follow(replace(SOURCE, remove=(".aside",)))
    assert shelf.again()[-1].rewritten == 7
    after = shelf.articles()
    assert not any("aside" in stored.article.body for stored in after)
    assert [(stored.changed, stored.sort_at, stored.article.updated, stored.article.date) for stored in after] == [
        (stored.changed, stored.sort_at, stored.article.updated, stored.article.date) for stored in before
    ]
    assert SOURCE.id in shelf.store.unpublished()
    shelf.follow(SOURCE)
    shelf.again()
    assert shelf.articles() == before


def test_what_was_stored_before_it_was_learned_is_cleaned(shelf: Shelf) -> None:
    for number in range(1, 8):
        shelf.take(rss(number, number))
    with_foot = [stored.article.title for stored in shelf.articles() if "Follow us" in stored.article.body]
    assert with_foot == ["Title 1", "Title 2", "Title 3", "Title 4"]
    assert shelf.again()[-1].rewritten == 4
    assert not any("Follow us" in stored.article.body for stored in shelf.articles())


def test_what_recurs_is_learned_from_the_originals_where_it_never_was(shelf: Shelf) -> None:
    shelf.take(rss(1, 7))
    learned = shelf.store.ends(SOURCE.id)
    shelf.store.keep_ends(SOURCE.id, ())
    learn_again(shelf.store, {SOURCE.id: SOURCE})
    assert dict(shelf.store.ends(SOURCE.id)) == dict(learned)


def test_little_cleaning_learns_nothing(shelf: Shelf) -> None:
    shelf.follow(replace(SOURCE, clean="minimal"))
    shelf.take(rss(1, 7))
    learn_again(shelf.store, {SOURCE.id: shelf.source})
    assert shelf.store.ends(SOURCE.id) == ()
    assert all("Follow us" in stored.article.body for stored in shelf.articles())


def test_interrupted_it_goes_on_where_it_was(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "BATCH", 3)
    shelf.take(rss(1, 7))
    shelf.follow(replace(SOURCE, remove=(".aside",)))
    steps = refine_again(shelf.store, {SOURCE.id: shelf.source}, "1")
    assert next(steps) == Again(remaining=7)
    assert next(steps) == Again(looked_at=3, rewritten=3, remaining=4)
    steps.close()
    assert shelf.again()[0] == Again(remaining=4)
    assert not any("aside" in stored.article.body for stored in shelf.articles())
    assert shelf.again()[0] == Again(remaining=7)


def test_with_other_rules_it_begins_anew(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "BATCH", 3)
    shelf.take(rss(1, 7))
    for version, settings in (("2", {}), ("1", {"keep": (".aside",)})):
        steps = refine_again(shelf.store, {SOURCE.id: SOURCE}, "1")
        next(steps)
        next(steps)
        steps.close()
        shelf.follow(replace(SOURCE, **settings))
        assert shelf.again(version)[0].remaining == 7


def test_sources_that_are_followed_no_longer_are_refined_with_the_defaults(shelf: Shelf) -> None:
    shelf.follow(replace(SOURCE, remove=(".aside",)))
    shelf.take(rss(1, 7))
    shelf.store.sync([], NOW)
    assert list(refine_again(shelf.store, {}, "1"))[-1].rewritten == 7


def test_without_originals_there_is_nothing_to_do(shelf: Shelf) -> None:
    shelf.follow(replace(SOURCE, keep_original=False))
    shelf.take(rss(1, 7))
    assert shelf.again() == [Again()]


# articles that show their pages

FULL = replace(SOURCE, full_text=True)
PAGE = (
    "<html><head><base href='https://images.example/'></head><body><nav><a href='/'>Home</a></nav><article>"
    "<p class=aside>An aside of the page.</p>{}<p><img src='boat.jpg' width=600 height=400></p></article></body></html>"
).format("".join(f"<p>Sentence {n} of the page, which has many of them, and tells it all.</p>" for n in range(12)))


def complete(shelf: Shelf, page: str = PAGE) -> FakeWeb:
    """Fetch the pages that are due."""
    web = FakeWeb()
    for number in range(1, 8):
        web.serve(f"https://news.example/{number}", page.replace("Sentence 0", "Paragraph of article " + str(number)))
    lines = PageLines(fetch=web.fetch, hang_up=lambda: None, clock=FakeClock(), chance=lambda: 0.0, holder="me")
    enricher = Enricher(shelf.store, {shelf.source.id: shelf.source}, Turns(2), lines)
    enricher.finish()
    enricher.stop()
    return web


@pytest.mark.parametrize("content", [None, "article"])
def test_by_the_same_rules_the_text_of_a_page_comes_out_the_same(shelf: Shelf, content: str | None) -> None:
    shelf.follow(replace(FULL, content=content))
    shelf.take(rss(1, 7))
    complete(shelf)
    before = shelf.articles()
    assert all("Sentence 11" in stored.article.body for stored in before)
    assert all("https://images.example/boat.jpg" in stored.article.body for stored in before)
    assert shelf.again()[-1] == Again(looked_at=7, rewritten=0, remaining=0)
    assert shelf.articles() == before


def test_a_new_setting_is_applied_to_the_text_of_pages_and_to_what_feeds_said_without_fetching(shelf: Shelf) -> None:
    shelf.follow(FULL)
    shelf.take(rss(1, 7))
    web = complete(shelf)
    asked = len(web.requests)
    before = shelf.articles()
    assert all("An aside of the page" in stored.article.body for stored in before)
    shelf.follow(replace(FULL, remove=(".aside",), name="Renamed"))
    assert shelf.again()[-1] == Again(looked_at=7, rewritten=7, remaining=0)
    after = shelf.articles()
    assert all("Sentence 11" in stored.article.body and "aside" not in stored.article.body for stored in after)
    assert all(stored.article.author == "Renamed" for stored in after)
    assert [(one.changed, one.article.updated, one.article.headimg) for one in after] == [
        (one.changed, one.article.updated, one.article.headimg) for one in before
    ]
    assert not any("aside" in (one.feed_body or "") for one in shelf.store.originals(0, 99))
    assert len(web.requests) == asked
    assert set(shelf.store.unpublished()) == {SOURCE.id}


def test_where_the_page_was_not_kept_its_text_stays_and_the_rest_follows(shelf: Shelf) -> None:
    shelf.follow(replace(FULL, name="Before"))
    shelf.take(rss(1, 7))
    shelf.source = replace(shelf.source, keep_original=False)
    complete(shelf)
    bodies = [stored.article.body for stored in shelf.articles()]
    shelf.follow(replace(FULL, remove=(".aside",), name="After"))
    assert shelf.again()[-1].rewritten == 7
    assert [stored.article.body for stored in shelf.articles()] == bodies
    assert {stored.article.author for stored in shelf.articles()} == {"After"}


def test_a_rule_that_leaves_nothing_of_a_page_leaves_the_page_as_it_was(shelf: Shelf) -> None:
    shelf.follow(FULL)
    shelf.take(rss(1, 7))
    complete(shelf)
    bodies = [stored.article.body for stored in shelf.articles()]
    shelf.follow(replace(FULL, remove=("p", "div")))
    shelf.again()
    assert [stored.article.body for stored in shelf.articles()] == bodies


def test_without_full_text_the_feed_s_own_version_comes_back(shelf: Shelf) -> None:
    shelf.follow(FULL)
    shelf.take(rss(1, 7))
    complete(shelf)
    shelf.follow(SOURCE)
    shelf.again()
    assert not any("Sentence" in stored.article.body for stored in shelf.articles())


# what visits learn


def test_the_first_document_of_a_source_comes_out_clean(shelf: Shelf) -> None:
    shelf.take(rss(1, 7))
    assert len(shelf.articles()) == 7
    assert not any("Follow us" in stored.article.body for stored in shelf.articles())


def test_a_foot_that_is_given_up_is_forgotten(shelf: Shelf) -> None:
    shelf.take(rss(1, 7))
    shelf.take(rss(8, 40, foot=""))
    shelf.take(rss(41, 41))
    assert "Follow us" in shelf.articles()[-1].article.body


def test_the_errand_brings_what_was_learned(shelf: Shelf) -> None:
    shelf.take(rss(1, 7))
    shelf.take(rss(8, 8))
    assert "Follow us" not in shelf.articles()[-1].article.body
    alone = take_in(Errand(source=SOURCE), Fetched(url=SOURCE.url, body=rss(9, 9)))
    assert isinstance(alone, Harvest)
    assert "Follow us" in alone.candidates[0].article.body


def test_what_recurs_makes_no_article_a_changed_one(shelf: Shelf) -> None:
    for number in range(1, 8):
        shelf.take(rss(number, number))
    harvest = shelf.take(rss(1, 7))
    assert plan(shelf.store, harvest, NOW) == ()
