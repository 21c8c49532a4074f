"""`prefer:` names sources: by name, by address, by host; in the order of the list; for the categories below as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.model.errors import ConfigError
from aggregator.model.source import SourceId, source_id

SOURCES = """
    sources:
      - {name: Reuters, url: https://www.reuters.example/feed.xml}
      - {name: 新华社, url: https://xinhua.example/rss}
      - https://a.example/one
      - https://a.example/two
"""
REUTERS, XINHUA, ONE, TWO = map(
    source_id,
    (
        "https://www.reuters.example/feed.xml",
        "https://xinhua.example/rss",
        "https://a.example/one",
        "https://a.example/two",
    ),
)


def preferences(tmp_path: Path, text: str) -> dict[str, tuple[SourceId, ...]]:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    configuration = load(path, {})
    return {
        "all": configuration.publish.prefer,
        **{"/".join(category.path): category.prefer for category in configuration.categories},
    }


@pytest.mark.parametrize(
    ("prefer", "meant"),
    [
        ("[新华社, reuters]", (XINHUA, REUTERS)),
        ("[reuters.example]", (REUTERS,)),
        ("[www.reuters.example]", (REUTERS,)),
        ("['http://xinhua.example/rss/']", (XINHUA,)),
        ("[a.example, 新华社, Reuters, a.example]", (ONE, TWO, XINHUA, REUTERS)),
        ("[]", ()),
    ],
)
def test_a_source_is_meant_by_its_name_its_address_or_its_host(
    tmp_path: Path, prefer: str, meant: tuple[SourceId, ...]
) -> None:
    assert preferences(tmp_path, f"categories:\n  news:\n    prefer: {prefer}{SOURCES}")["news"] == meant


def test_it_holds_for_the_categories_below_until_one_says_otherwise(tmp_path: Path) -> None:
    text = f"""
publish: {{prefer: [新华社]}}
categories:
  news:
    prefer: [Reuters, b.example]{SOURCES}
  news/a: {{sources: [https://b.example/]}}
  news/b: {{sources: [https://c.example/], prefer: [c.example]}}
  news/c: {{sources: [https://d.example/], prefer: []}}
  other: {{sources: [https://e.example/]}}
"""
    below = source_id("https://b.example/")
    assert preferences(tmp_path, text) == {
        "all": (XINHUA,),
        "news": (REUTERS, below),
        "news/a": (REUTERS, below),
        "news/b": (source_id("https://c.example/"),),
        "news/c": (),
        "other": (XINHUA,),
    }


@pytest.mark.parametrize(
    ("prefer", "message"),
    [
        ("[Reuter]", "prefer: Reuter is no source of news; did you mean Reuters?"),
        ("[reutres.example]", "prefer: reutres.example is no source of news; did you mean reuters.example?"),
        ("[qqqq]", "prefer: qqqq is no source of news; write the name, the address or the host of a source"),
        ("[e.example]", "prefer: e.example is no source of news; did you mean a.example?"),
    ],
)
def test_a_name_that_no_source_has_is_a_mistake_at_its_place(tmp_path: Path, prefer: str, message: str) -> None:
    text = f"categories:\n  other: {{sources: [https://e.example/]}}\n  news:\n    prefer: {prefer}{SOURCES}"
    with pytest.raises(ConfigError) as raised:
        preferences(tmp_path, text)
    [problem] = raised.value.problems
    assert (problem.message, problem.line, problem.column) == (message, 4, 14)


def test_no_address_with_a_secret_is_suggested(tmp_path: Path) -> None:
    text = "categories: {news: {prefer: ['https://a.example/?key=x'], sources: ['https://a.example/?key=${KEY}']}}"
    path = tmp_path / "config.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as raised:
        load(path, {"KEY": "geheimnis"})
    assert "geheimnis" not in str(raised.value)
