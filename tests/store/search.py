"""What every store does with a search."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.decide.search import parse_query
from aggregator.model.article import SafeHtml, StoredArticle
from aggregator.model.enrichment import PageResult, PageState
from aggregator.model.outcome import StoredOriginal
from aggregator.model.source import Source
from aggregator.store import Store
from tests.builders import EARLIER, NOW, a_harvest, a_record, a_save, a_source, an_article
from tests.store.originals import ORIGINAL
from tests.store.stories import a_join, judged

FIRST, SECOND = (a_source(f"https://{name}.example/feed", name=name, full_text=True) for name in ("one", "two"))
BOTH = (FIRST.id, SECOND.id)


def keep(store: Store, title: str, body: str = "", source: Source = FIRST, **other: object) -> StoredArticle:
    """Add one article, of a story of its own."""
    article = an_article(title, body, link=f"https://x.example/{title}", guid=title, **other)
    store.record(a_record(a_save(article), source=source, result=a_harvest(source)))
    return list(store.articles())[-1]


def found(store: Store, query: str, sources: Collection[str] = BOTH, limit: int = 100) -> list[str]:
    """The titles of what a query finds, the newest first."""
    asked = parse_query(query)
    matches = store.matches(asked.wanted, asked.unwanted, sources, limit)  # type: ignore[arg-type]
    articles = store.articles_of([match.article for match in matches])
    return [articles[match.article].article.title for match in matches]


class SearchContract:
    """Mixed into a store's tests beside `StoreContract`."""

    def test_an_article_is_found_by_its_title_text_author_and_tags_at_once(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        keep(store, "Ferries", "<p>The harbour <b>re</b>opens.</p>", author="Jo Field", tags=("transport", "海运"))
        for word in ("ferry", "reopens", "field", "transport", "海运"):
            assert found(store, word) == ["Ferries"]
        assert found(store, "aeroplane") == []

    def test_chinese_words_are_found_inside_sentences(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        keep(store, "央行", "<p>中国人民银行宣布下调存款准备金率。</p>")
        for word in ("银行", "人民", "准备金", "率", "下调存款", "下調存款"):
            assert found(store, word) == ["央行"], word
        assert found(store, "民宣") == []  # the characters are there, and no such pair

    def test_only_the_sources_that_may_be_shown_are_searched(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        keep(store, "open harbour")
        keep(store, "secret harbour", source=SECOND)
        assert found(store, "harbour", [FIRST.id]) == ["open harbour"]
        assert found(store, "harbour", []) == []

    def test_what_changed_is_found_as_it_is_now(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        stored = keep(store, "before", "<p>old</p>")
        edited = replace(a_save(an_article("after", "<p>young</p>", guid="before")), replaces=stored.id)
        store.record(a_record(edited, source=FIRST, result=a_harvest(FIRST)))
        assert (found(store, "old"), found(store, "before")) == ([], [])
        assert (found(store, "young"), found(store, "after")) == (["after"], ["after"])

    def test_the_text_of_a_page_is_found_as_long_as_it_is_shown(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        stored = keep(store, "short", "<p>lead</p>")
        store.claim_pages(holder="me", now=NOW, until=NOW + timedelta(minutes=5), limit=9)
        full = replace(stored.article, body=SafeHtml("<p>lead and pagetext</p>"))
        result = PageResult(article_id=stored.id, state=PageState.FULL, reason="", article=full)
        assert store.enrich(result, holder="me", now=NOW)
        assert found(store, "pagetext") == ["short"]

    def test_what_is_refined_again_is_found_as_it_is_now(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        stored = keep(store, "title", "<p>share this</p>")
        again = replace(stored, article=replace(stored.article, body=SafeHtml("<p>clean</p>")))
        store.rewrite([StoredOriginal(stored=again, original=ORIGINAL)])
        assert (found(store, "share"), found(store, "clean")) == ([], ["title"])

    def test_what_is_pruned_is_found_no_more(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        keep(store, "gone", "<p>harbour</p>")
        store.prune(NOW + timedelta(days=1))
        assert found(store, "harbour") == []

    def test_the_newest_are_found_first_and_at_most_so_many(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        for hours in (3, 1, 2):
            keep(store, f"harbour {hours}", date=EARLIER - timedelta(hours=hours))
        assert found(store, "harbour") == ["harbour 1", "harbour 2", "harbour 3"]
        assert found(store, "harbour", limit=2) == ["harbour 1", "harbour 2"]

    def test_a_word_in_the_title_weighs_more(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        title = keep(store, "harbour", "<p>Nothing else happened there today.</p>")
        body = keep(store, "other", "<p>The harbour happened there today.</p>")
        keep(store, "neither")
        asked = parse_query("harbour")
        relevance = {match.article: match.relevance for match in store.matches(asked.wanted, (), BOTH, 9)}
        assert relevance[title.id] > 2 * relevance[body.id] > 0

    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ("red harbour", ["red harbour"]),
            ('"harbour red"', []),
            ('"red harbour"', ["red harbour"]),
            ("harbour -red", ["blue harbour"]),
            ('harbour -"red harbour"', ["blue harbour"]),
            ("title:text", []),
            ("title:harbour -title:blue text", ["red harbour"]),
        ],
    )
    def test_all_words_count_phrases_stay_together_and_some_are_left_out(
        self, store: Store, query: str, titles: list[str]
    ) -> None:
        store.sync([FIRST], NOW)
        keep(store, "red harbour", "<p>text</p>")
        keep(store, "blue harbour", "<p>text</p>")
        assert found(store, query) == titles

    def test_without_words_all_of_the_sources_is_found_but_what_is_not_wanted(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        keep(store, "red harbour")
        keep(store, "blue harbour")
        keep(store, "other", source=SECOND)
        assert sorted(found(store, "", [FIRST.id])) == ["blue harbour", "red harbour"]
        assert found(store, "-red", [FIRST.id]) == ["blue harbour"]

    def test_a_match_says_where_its_story_stands_and_whether_it_waits(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        head = keep(store, "harbour one", date=EARLIER - timedelta(hours=5))
        copy = keep(store, "harbour two", source=SECOND)
        new = keep(store, "harbour three")
        store.judge([judged(head), judged(copy, join=a_join(copy, head))])
        asked = parse_query("harbour")
        matches = {match.article: match for match in store.matches(asked.wanted, (), BOTH, 9)}
        assert (matches[copy.id].head, matches[copy.id].sort_at) == (head.story, head.sort_at)
        assert (matches[head.id].head, matches[new.id].head) == (head.story, new.story)
        assert [matches[one.id].waits for one in (head, copy, new)] == [False, False, True]

    def test_a_story_that_is_settled_elsewhere_is_found_at_its_place(self, store: Store) -> None:
        store.sync([FIRST, SECOND], NOW)
        one = keep(store, "harbour one")
        store.record(a_record(replace(a_save(one.article), joins=True), source=SECOND, result=a_harvest(SECOND)))
        keep(store, "harbour two", date=EARLIER - timedelta(hours=1))
        store.settle({one.story: NOW - timedelta(days=1)})
        assert found(store, "harbour", limit=1) == ["harbour two"]

    def test_all_can_be_cut_afresh_the_newest_first(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        for name in ("one", "two", "three"):
            keep(store, f"harbour {name}")
        store.search_afresh()
        assert (store.count_unsearchable(), found(store, "harbour")) == (3, [])
        assert (store.make_searchable(1), found(store, "harbour")) == (1, ["harbour three"])
        assert (store.make_searchable(9), store.count_unsearchable(), store.make_searchable(9)) == (2, 0, 0)
        assert len(found(store, "harbour")) == 3

    def test_what_waits_to_be_cut_may_change_and_go(self, store: Store) -> None:
        store.sync([FIRST], NOW)
        changed, gone = keep(store, "before"), keep(store, "old", date=EARLIER - timedelta(days=9))
        store.search_afresh()
        edited = replace(a_save(an_article("after", guid="before")), replaces=changed.id)
        store.record(a_record(edited, source=FIRST, result=a_harvest(FIRST)))
        with_old = [stored.id for stored in store.articles()]
        assert gone.id in with_old
        store.make_searchable(9)
        assert (found(store, "before"), found(store, "after")) == ([], ["after"])

    @pytest.mark.parametrize(
        "query",
        [
            '"', '""', '"""', "'", "*", "a*", "NEAR(a b)", "a NEAR b", "a AND", "OR OR", "NOT", "(((", "a:b", "title:",
            "-", "--a", "{title}: a", "^a", "a + b", "\x00", "a\x00b", "\ud800", "🚀", "🚀 rocket", "%", "\\",
            "; DROP TABLE articles", "x" * 10_000, "中" * 10_000, "a " * 5_000, '"' * 5_000, "-" * 5_000,
            "title:" * 1_000, "c++ c# .net", "'s", "٣", "ﬃ",
        ],
    )  # fmt: skip
    def test_nothing_that_can_be_typed_is_an_error(self, store: Store, query: str) -> None:
        store.sync([FIRST], NOW)
        keep(store, "rocket")
        assert found(store, query) in ([], ["rocket"])
