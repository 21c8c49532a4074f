"""A configuration of many files: what they say together, and where it is wrong."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.model.errors import ConfigError
from aggregator.model.settings import Configuration

SOURCES = "categories: {{{}: {{sources: [https://{}.example/]}}}}\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path = path.with_name(path.name + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "config.yaml"


def urls(configuration: Configuration) -> list[str]:
    return [source.url for source in configuration.sources]


def problems(folder: Path, **files: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load(write(folder, **files), {})
    return [str(problem).replace(f"{folder}/", "") for problem in raised.value.problems]


def test_a_file_adds_its_categories_and_its_sources_to_those_that_are_there(tmp_path: Path) -> None:
    found = load(
        write(
            tmp_path,
            config="include: more.yaml\ncategories:\n  a:\n    title: A\n    sources: [https://1.example/]\n",
            more="categories:\n  b: {sources: [https://3.example/]}\n  a: {every: 1h, sources: [https://2.example/]}\n"
            "publish: {limit: 7}\n",
        ),
        {},
    )
    assert urls(found) == ["https://1.example/", "https://2.example/", "https://3.example/"]
    assert [category.title for category in found.categories] == ["A", "b"]
    assert [source.every for source in found.sources] == [timedelta(hours=1), timedelta(hours=1), None]
    assert found.publish.limit == 7


def test_folders_patterns_and_lists_are_taken_in_the_order_of_their_names(tmp_path: Path) -> None:
    files = {
        "conf.d__b": SOURCES.format("b", "2"),
        "conf.d__a": SOURCES.format("a", "1"),
        "conf.d__.hidden": "not: read",
        "more__x__y": SOURCES.format("y", "3"),
    }
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d/readme.txt").write_text("not YAML: [")
    found = load(write(tmp_path, config="include: [conf.d, 'more/**/*.yaml']\n", **files), {})
    assert urls(found) == ["https://1.example/", "https://2.example/", "https://3.example/"]
    assert found.files[0] == tmp_path / "config.yaml"
    assert {tmp_path / "conf.d", tmp_path / "conf.d/a.yaml", tmp_path / "more/x/y.yaml"} <= set(found.files)


def test_an_included_file_includes_relative_to_itself_and_paths_stay_relative_to_the_first_one(tmp_path: Path) -> None:
    found = load(
        write(
            tmp_path,
            config="include: sub/one.yaml\n",
            sub__one="include: two.yaml\npublish: {folder: out}\n",
            sub__two=SOURCES.format("a", "1"),
        ),
        {},
    )
    assert urls(found) == ["https://1.example/"]
    assert found.publish.folder == tmp_path / "out"


def test_a_pattern_that_holds_the_file_itself_leaves_it_out(tmp_path: Path) -> None:
    found = load(write(tmp_path, config="include: '*.yaml'\n", other=SOURCES.format("a", "1")), {})
    assert urls(found) == ["https://1.example/"]


def test_a_category_includes_its_own_keys_or_a_list_of_its_sources(tmp_path: Path) -> None:
    found = load(
        write(
            tmp_path,
            config="categories:\n  a: {include: [a.yaml, list.yaml], sources: [https://1.example/]}\n",
            a="title: The A\nsources: [https://2.example/]\n",
            list="- https://3.example/\n- {url: https://4.example/, name: Four}\n",
        ),
        {},
    )
    assert urls(found) == [f"https://{number}.example/" for number in (1, 2, 3, 4)]
    assert found.categories[0].title == "The A"


def test_problems_name_the_file_that_they_stand_in(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        config="include: [one.yaml, two.yaml]\npolling: {evrey: 1h}\n",
        one="categories:\n  a:\n    sorces: []\n",
        two="categories: [\n",
    )
    assert found == [
        "config.yaml:2:11: evrey: is not a key here; did you mean every?",
        "one.yaml:3:5: sorces: is not a key here; did you mean sources?",
        "two.yaml:2:1: a [ or { above is never closed; write ] or } at the end of what it opens",
    ]


def test_two_values_for_one_key_are_told_with_both_places_and_the_same_value_twice_is_fine(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        config="include: more.yaml\npublish: {limit: 5, formats: [atom]}\ncategories: {a: {sources: [https://1.example/]}}\n",
        more="publish: {formats: [atom], limit: 6}\ncategories: {a: {sources: [http://1.example]}}\n",
    )
    assert found == [
        "more.yaml:1:35: limit: has another value at line 2, column 18 of config.yaml; keep one of them",
        "more.yaml:2:28: url: is followed twice; the first is at line 3, column 28 of config.yaml; keep one of them",
    ]


def test_a_circle_is_named(tmp_path: Path) -> None:
    found = problems(tmp_path, config="include: a.yaml\n", a="include: b.yaml\n", b="include: config.yaml\n")
    assert (
        "b.yaml:1:10: include: goes in a circle: config.yaml → a.yaml → b.yaml → config.yaml; remove one of these "
        "includes" in found
    )


def test_a_missing_file_is_told_at_its_include_with_the_one_that_was_meant(tmp_path: Path) -> None:
    found = problems(tmp_path, config="include: [moer.yaml, more.yaml, ./more.yaml]\n", more=SOURCES.format("a", "1"))
    assert found == [
        "config.yaml:1:11: include: there is no such file: moer.yaml; did you mean more.yaml?",
        "config.yaml:1:33: include: more.yaml is included twice; the first is at line 1, column 22",
    ]


def test_a_pattern_without_a_match_is_a_warning(tmp_path: Path) -> None:
    found = load(write(tmp_path, config="include: 'none/*.yaml'\n" + SOURCES.format("a", "1")), {})
    [warning] = found.warnings
    assert warning.severity == "warning"
    assert str(warning).partition("config.yaml:")[2] == (
        "1:10: warning: include: none/*.yaml matches no file; that is fine as long as none is meant to be there"
    )


def test_an_error_tells_which_files_to_watch(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load(write(tmp_path, config="include: more.yaml\n", more="x: 1\n"), {})
    assert raised.value.files[:2] == (tmp_path / "config.yaml", tmp_path / "more.yaml")


@pytest.mark.parametrize("value", ["7", "{a: b}", "[[a]]", "[~]", "''"])
def test_what_names_no_file_is_told(tmp_path: Path, value: str) -> None:
    [found] = problems(tmp_path, config=f"include: {value}\n" + SOURCES.format("a", "1"))
    assert "include: must name a file, a folder or a pattern" in found


def test_many_files_are_bounded(tmp_path: Path) -> None:
    for number in range(1_010):
        write(tmp_path, **{f"d__{number:04}": f"categories: {{a: {{sources: [https://{number}.example/]}}}}\n"})
    found = problems(tmp_path, config="include: d\n")
    assert found[0] == "config.yaml:1:10: include: this is too much; 1000 files and 10MB are the most"


# defaults, and what rests


def test_defaults_are_the_furthest_settings(tmp_path: Path) -> None:
    found = load(
        write(
            tmp_path,
            config="""
polling: {every: 2h, timeout: 9s}
defaults: {every: 1h, max_size: 1MB, headers: {A: far, B: far}, language: en, merge: url, clean: minimal}
categories:
  a:
    every: 30m
    max_size: 2MB
    headers: {A: near}
    sources: [https://1.example/, {url: https://2.example/, every: auto, max_size: 3MB}]
  a/b: {language: de, sources: [https://3.example/]}
  c: {merge: off, sources: [https://4.example/]}
""",
        ),
        {},
    )
    hour = timedelta(hours=1)
    assert [source.every for source in found.sources] == [hour / 2, None, hour / 2, hour]
    assert [source.max_size for source in found.sources] == [2_000_000, 3_000_000, 2_000_000, 1_000_000]
    assert [source.language for source in found.sources] == ["en", "en", "de", "en"]
    assert found.sources[0].headers == (("A", "near"), ("B", "far"))
    assert {source.clean for source in found.sources} == {"minimal"}
    assert {source.timeout.seconds for source in found.sources} == {9}
    assert [category.merge for category in found.categories] == ["url", "url", "off"]
    assert found.publish.merge == "text"


def test_what_rests_is_not_followed_and_renames_no_other(tmp_path: Path) -> None:
    found = load(
        write(
            tmp_path,
            config="""
categories:
  a:
    sources:
      - {url: https://h.example/1, enabled: false}
      - https://h.example/2
  b:
    enabled: false
    sources: [https://3.example/, {url: https://4.example/, enabled: true}]
""",
        ),
        {},
    )
    assert [(source.name, source.url) for source in found.sources] == [
        ("h.example 2", "https://h.example/2"),
        ("4.example", "https://4.example/"),
    ]
    assert [category.slug for category in found.categories] == ["a", "b"]


def test_a_key_of_an_earlier_version_is_taken_with_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from aggregator.config import renamed

    source = ("categories", "*", "sources", "*")
    table = (renamed.Renamed(("polling",), "interval", "every"), renamed.Renamed(source, "uri", "url"))
    monkeypatch.setattr(renamed, "RENAMED", table)
    found = load(
        write(tmp_path, config="polling: {interval: 1h}\ncategories: {a: {sources: [{uri: https://1.example/}]}}\n"), {}
    )
    assert (urls(found), found.sources[0].every) == (["https://1.example/"], timedelta(hours=1))
    assert [str(warning).partition("config.yaml:")[2] for warning in found.warnings] == [
        "1:11: warning: interval: is called every now; it works for the time being, write every:",
        "2:29: warning: uri: is called url now; it works for the time being, write url:",
    ]
    assert [warning.suggestion for warning in found.warnings] == ["every", "url"]
