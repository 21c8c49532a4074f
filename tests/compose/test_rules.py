"""Rules and conditions as such: the laws of all, any and not; that nothing is done twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.compose.addresses import with_rules
from aggregator.compose.patterns import TooSlowError, found
from aggregator.compose.rules import Verdict, count_words, judge, shown
from aggregator.model.article import StoredArticle, StoryId
from aggregator.model.feed import Address
from aggregator.model.rules import (
    All,
    AnyOf,
    Condition,
    Drop,
    Keep,
    Longer,
    Not,
    Older,
    Pattern,
    Put,
    Rewrite,
    Rule,
    Says,
    Tag,
)
from aggregator.model.source import SourceId
from tests.builders import NOW, an_article

SOURCE = "Example\nhttps://news.example/feed.xml"
texts = st.text("ab 漢!", max_size=8)
patterns = st.builds(Pattern, st.sampled_from("ab漢"))
atoms = st.one_of(
    st.builds(Says, st.sampled_from(["title", "author", "text", "source"]), st.tuples(patterns)),
    st.builds(Older, st.builds(timedelta, hours=st.integers(0, 6))),
    st.builds(Longer, st.integers(0, 4)),
)  # fmt: skip
conditions: st.SearchStrategy[Condition] = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
articles = st.builds(lambda title, author, body: stored(title, author=author, body=body), texts, texts, texts)
parts = st.sampled_from(["title", "author"])
rules = st.one_of(
    st.builds(lambda part, when: Rule(action=Rewrite(part, Pattern("a"), "x"), when=when), parts, conditions),
    st.builds(lambda text, when: Rule(action=Put((("author", text),)), when=when), texts, conditions),
    st.builds(lambda when: Rule(action=Drop(), when=when), conditions),
    st.builds(lambda when: Rule(action=Keep(), when=when), conditions),
    st.builds(lambda when: Rule(action=Tag(("t",)), when=when), conditions),
)  # fmt: skip


def stored(title: str, **other: object) -> StoredArticle:
    article = an_article(title, **other)
    return StoredArticle(
        id=1,
        source=SourceId("s"),
        story=StoryId("urn:uuid:1"),
        article=article,
        first_seen=NOW,
        changed=NOW,
        sort_at=NOW,
    )


def judged(one: StoredArticle, *of: Rule) -> Verdict:
    return judge(of, one, SOURCE, NOW)


def holds(condition: Condition, one: StoredArticle) -> bool:
    return judged(one, Rule(action=Drop(), when=condition)).dropped_by == 0


@given(conditions, conditions, articles)
def test_all_any_and_not_obey_their_laws(a: Condition, b: Condition, one: StoredArticle) -> None:
    assert holds(Not(a), one) is not holds(a, one)
    assert holds(All((a, b)), one) == (holds(a, one) and holds(b, one)) == holds(All((b, a)), one)
    assert holds(AnyOf((a, b)), one) == (holds(a, one) or holds(b, one))
    assert holds(Not(AnyOf((a, b))), one) == holds(All((Not(a), Not(b))), one)
    assert holds(All(), one)
    assert not holds(AnyOf(), one)


@given(conditions, articles)
def test_to_keep_is_to_drop_the_rest(a: Condition, one: StoredArticle) -> None:
    kept = judged(one, Rule(action=Keep(), when=a)).dropped_by
    assert kept == judged(one, Rule(action=Drop(), when=Not(a))).dropped_by


@given(st.lists(rules, max_size=4), st.lists(rules, max_size=4), articles)
def test_rules_one_after_another_are_rules_in_a_row(first: list[Rule], second: list[Rule], one: StoredArticle) -> None:
    whole, begun = judged(one, *first, *second), judged(one, *first)
    if begun.dropped_by is not None:
        assert whole.dropped_by == begun.dropped_by
    else:
        between = shown(one, begun, hidden=False)
        rest = judged(between, *second)
        after = shown(between, rest, hidden=False)
        assert shown(one, whole, hidden=False).article == after.article
        assert (whole.dropped_by is None) == (rest.dropped_by is None)
        assert whole.tags == tuple(dict.fromkeys((*begun.tags, *rest.tags)))


@given(st.lists(rules, max_size=5), articles)
def test_the_same_article_comes_out_the_same_and_is_left_as_it_was(of: list[Rule], one: StoredArticle) -> None:
    before = replace(one)
    assert judged(one, *of) == judged(one, *of)
    assert one == before


def test_a_pattern_that_runs_out_of_time_says_so_and_its_rule_is_passed_over() -> None:
    bad = Pattern("(a|aa)+$")
    with pytest.raises(TooSlowError):
        found(bad, "a" * 60 + "!")
    slow = Says("title", (bad,))
    one = stored("a" * 60 + "!")
    for when in (slow, Not(slow)):
        verdict = judged(one, Rule(action=Drop(), when=when), Rule(action=Keep(), when=when), Rule(action=Tag(("t",))))
        assert (verdict.dropped_by, verdict.slow, verdict.tags) == (None, (0, 1), ("t",))


def test_a_chinese_character_is_a_word() -> None:
    assert count_words("one two 三四。five") == 5


def test_only_who_may_be_tagged_for_a_category_is_its_guest() -> None:
    own, tagged, below, elsewhere = map(SourceId, ("own", "tagged", "below", "elsewhere"))
    editing = {
        own: (Rule(action=Tag(("a",)), when=All()),),
        tagged: (Rule(action=Drop(), when=All()), Rule(action=Tag(("b", "a")), when=All())),
        below: (Rule(action=Tag(("a/c",)), when=All()),),
        elsewhere: (Rule(action=Tag(("ab",)), when=All()),),
    }
    category = Address(slug="a", title="A", sources=(own,), path=("a",))
    assert with_rules(category, editing, "now").guests == (tagged, below)
    assert with_rules(replace(category, source=own), editing, "now").guests == ()


def test_what_rules_change_of_an_article_is_told() -> None:
    rules = (
        Rule(action=Rewrite("title", Pattern("^Ad: "), ""), when=All()),
        Rule(action=Put((("author", "Ann"),)), when=All()),
    )
    assert judged(stored("Ad: News", author="Bob"), *rules).changes == (("title", "News"), ("author", "Ann"))
    assert judged(stored("News", author="Ann"), *rules).changes == ()


def test_a_rewritten_title_is_never_empty_and_an_author_may_be() -> None:
    rules = [Rule(action=Rewrite(part, Pattern(".+"), ""), when=All()) for part in ("title", "author")]
    one = stored("News", author="Bob")
    article = shown(one, judged(one, *rules), hidden=False).article
    assert (article.title, article.author) == ("News", "")
