"""What a query asks for, and what comes first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.decide.search import LONGEST, best_first, in_scope, names_category, newest_first, parse_query
from aggregator.model.article import StoryId
from aggregator.model.search import Match, Query
from aggregator.model.settings import Category
from aggregator.model.source import SourceId
from tests.builders import NOW, an_outlet

CATEGORIES = (
    Category(path=("技术",), slug="tech", title="Technology"),
    Category(path=("技术", "安全"), slug="tech/security", title="Security"),
    Category(path=("finance",), slug="finance", title="金融"),
)
SOURCES = {
    SourceId(str(number)): an_outlet(name, category=category)
    for number, (name, category) in enumerate(
        [
            ("LWN", ("技术",)),
            ("Krebs on Security", ("技术", "安全")),
            ("新浪财经", ("finance",)),
            ("Old", ("gone", "since")),
        ]
    )
}


def asked(text: str) -> list[str]:
    query = parse_query(text)
    return [
        sign + ("title:" if term.part == "title" else "") + " ".join(term.phrase.words)
        for sign, terms in (("", query.wanted), ("-", query.unwanted))
        for term in terms
    ]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("red harbour", ["red", "harbour"]),
        ('"red harbour" -blue', ["red harbour", "-blue"]),
        ("“red harbour”", ["red harbour"]),
        ("「人工智能」", ["人工 工智 智能"]),
        ('-"red harbour"', ["-red harbour"]),
        ("title:red 标题:央行", ["title:red", "title:央行"]),
        ('title:"red harbour" TITLE:blue', ["title:red harbour", "title:blue"]),
        ("title：red", ["title:red"]),
        ("cats AND dogs", ["cat", "dog"]),
        ("red red RED", ["red"]),
        ('"never closed', ["never close"]),
        ("full-text -GPT-5发布", ["full text", "-gpt 5 发布"]),
        ("time:12", ["time 12"]),
        ("title:", ["titl"]),
        ("- -- *** 🚀", []),
    ],
)
def test_a_query_is_read(text: str, terms: list[str]) -> None:
    assert asked(text) == terms


def test_who_asks_the_same_has_the_same_normal_form() -> None:
    assert (
        parse_query("Red  harbour -blue").text == parse_query("-BLUE harbour　ｒｅｄ red").text == "-blue harbour red"
    )
    assert parse_query('"Red  harbour"').text == '"red harbour"' != parse_query("red harbour").text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x", {"LWN", "Krebs on Security", "新浪财经", "Old"}),
        ("source:lwn", {"LWN"}),
        ('source:"krebs on"', {"Krebs on Security"}),
        ("来源:新浪財經", {"新浪财经"}),
        ("source:lwn source:krebs", {"LWN", "Krebs on Security"}),
        ("-source:lwn", {"Krebs on Security", "新浪财经", "Old"}),
        ("category:技术", {"LWN", "Krebs on Security"}),
        ("category:tech", {"LWN", "Krebs on Security"}),
        ("category:Security", {"Krebs on Security"}),
        ("category:技术/安全", {"Krebs on Security"}),
        ("分类:金融", {"新浪财经"}),
        ("category:技术 -category:security", {"LWN"}),
        ("category:gone", {"Old"}),
        ("category:nowhere", set()),
        ("source:nobody", set()),
    ],
)
def test_sources_are_chosen_by_their_name_and_category(text: str, names: set[str]) -> None:
    assert {SOURCES[source].name for source in in_scope(parse_query(text), SOURCES, CATEGORIES)} == names


def test_a_category_has_several_names() -> None:
    assert [names_category(key, CATEGORIES) for key in ("tech/security", "SECURITY", "技术/安全", "x")] == [
        *["技术/安全"] * 3,
        None,
    ]
    assert in_scope(Query(within="技术/安全"), SOURCES, CATEGORIES) == {SourceId("1")}


def test_what_is_only_not_wanted_asks_for_nothing() -> None:
    assert parse_query("-red -source:x").is_empty
    assert not parse_query("category:tech -red").is_empty


@pytest.mark.parametrize("text", ["x" * (LONGEST + 1), "a b " * 20 + " ".join(map(str, range(40)))])
def test_of_too_much_the_beginning_is_asked_for(text: str) -> None:
    query = parse_query(text)
    assert query.cut
    assert 1 <= len(query.wanted) <= 32


@given(st.text())
def test_nothing_that_can_be_typed_is_an_error(text: str) -> None:
    query = parse_query(text)
    assert query.is_empty == (not (query.wanted or query.sources or query.categories))
    assert parse_query(query.text).text == parse_query(parse_query(query.text).text).text
    in_scope(query, SOURCES, CATEGORIES)


def a_match(relevance: float, days: float, number: int = 0) -> Match:
    return Match(
        article=number,
        story=StoryId(f"s{number}"),
        head=StoryId(f"s{number}"),
        sort_at=NOW - timedelta(days=days),
        position=0,
        relevance=relevance,
        waits=False,
    )


def test_relevance_is_mixed_with_recency() -> None:
    def order(*matches: Match) -> list[int]:
        return [match.article for match in best_first(matches, NOW)]

    assert order(a_match(1, 300, 1), a_match(1, 0, 2)) == [2, 1]
    assert order(a_match(1.9, 3000, 1), a_match(1, 0, 2)) == [2, 1]
    assert order(a_match(2.1, 3000, 1), a_match(1, 0, 2)) == [1, 2]
    assert order(a_match(0, 3, 1), a_match(0, 1, 2), a_match(0, -1, 3)) == [3, 2, 1]


def test_a_feed_has_the_newest_first() -> None:
    assert [match.article for match in newest_first([a_match(9, 2, 1), a_match(1, 1, 2)])] == [2, 1]
