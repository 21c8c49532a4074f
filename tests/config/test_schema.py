"""The JSON Schema: what editors take for right is right, and the other way round as far as a schema can know."""

from __future__ import annotations

import ast
import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from aggregator.config import load, settings
from aggregator.config.schema import make_schema, render_schema
from aggregator.model.errors import ConfigError
from tests.config.test_problems import broken_files

ROOT = Path(__file__).parents[2]
ENVIRON = {"FEED_TOKEN": "for-the-example"}
VALIDATOR = Draft202012Validator(make_schema())
FILES = ["config.yaml", "examples/full.yaml", "examples/feeds/weather.yaml"]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCKS = [
    (page.relative_to(ROOT).as_posix(), block)
    for page in PAGES
    if page.name != "design.md"  # shows what is to come as well
    for block in re.findall(r"^ *```yaml\n(.*?)^ *```$", page.read_text(), re.DOTALL | re.MULTILINE)
]


def said(data: object) -> list[str]:
    return [f"{list(error.path)}: {error.message}" for error in VALIDATOR.iter_errors(data)]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(make_schema())
    assert make_schema()["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def test_the_committed_one_is_what_the_settings_say() -> None:
    committed = (ROOT / "docs/config.schema.json").read_text(encoding="utf-8")
    assert committed == render_schema(), "run: aggregator schema > docs/config.schema.json"


@pytest.mark.parametrize("file", FILES)
def test_the_files_that_we_ship_are_right_and_name_it(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert said(yaml.safe_load(text)) == []
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named is not None
    assert (ROOT / file).parent.joinpath(named[1]).resolve() == ROOT / "docs/config.schema.json"


@pytest.mark.parametrize(("page", "block"), BLOCKS)
def test_every_example_in_the_docs_is_right(page: str, block: str) -> None:
    assert said(yaml.safe_load(block)) == []


def test_every_key_is_explained_and_every_default_is_told() -> None:
    schema = make_schema()
    for model in (settings.Publish, settings.Server, settings.Storage, settings.Polling, settings.Source):
        found = schema["$defs"][model.__name__]
        properties = (found["anyOf"][1] if "anyOf" in found else found)["properties"]
        assert list(properties) == list(model.model_fields)
        assert all(each["description"] for each in properties.values())
    assert schema["$defs"]["Polling"]["properties"]["min"]["default"] == "5m"
    assert schema["$defs"]["Polling"]["properties"]["max_size"]["default"] == "15MB"
    assert schema["$defs"]["Defaults"]["properties"]["every"]["examples"] == ["auto", "15m"]


@pytest.mark.parametrize(
    "text",
    [
        "evrey: 1h",
        "polling: {every: 15}",
        "polling: {every: 15 minutes}",
        "polling: {per_host: 0}",
        "categories: {a: {sources: https://a.example/}}",
        "categories: {a: {sources: [{name: A}]}}",
        "categories: {a: {sources: [nothing]}}",
        "categories: {a: {clean: off}}",
        "defaults: {title: All}",
        "publish: {formats: []}",
    ],
)
def test_it_refuses_what_is_wrong(text: str) -> None:
    assert said(yaml.safe_load(text)) != []


@pytest.mark.parametrize(
    "text",
    [
        "x-mine: &mine {every: 1h}\ncategories: {a: {<<: *mine, sources: ['https://a.example/']}}",
        "polling:\nserver:\ncategories: {a: {sources: ['https://a.example/']}, b: }",
        "publish: {merge: off}\ninclude: more.yaml",
        "include: [a, b/*.yaml]\nserver: {listen: '${LISTEN}'}",
    ],
)
def test_it_takes_what_is_unusual_and_right(text: str) -> None:
    assert said(yaml.safe_load(text)) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("polling: {concurrency: '${X}'}", "8"),
        ("polling: {allow_exec: '${X}', budget: 24}", "true"),
        ("polling: {budget: '${X}'}", "6.5"),
        ("polling: {every: '${X}', rate_limit: feed}", "15m"),
        ("polling: {rate_limit: '${X}'}", "feed"),
        ("publish: {merge: '${X}', formats: [atom]}", "off"),
        ("publish: {formats: ['${X}'], limit: 5}", "atom"),
        ("publish: {limit: '${X}', max_new: '${X}'}", "50"),
        ("server: {access: '${X}'}", "public"),
        ("defaults: {full_text: '${X}', enabled: '${X}'}", "no"),
        ("defaults: {clean: '${X}'}", "minimal"),
        ("storage: {keep: '${X}', keep_original: true}", "7d"),
        ("rules: [{drop: {age: '${X}'}}, {drop: {title: '${X}'}}]", "> 30d"),
        ("rules: [{limit: '${X}'}]", "10/day"),
    ],
)
def test_what_the_environment_may_say_is_right_everywhere(tmp_path: Path, text: str, value: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"categories: {{a: {{sources: [https://a.example/]}}}}\n{text}\n")
    assert load(file, {"X": value}).warnings == ()
    assert said(yaml.safe_load(file.read_text())) == []


@pytest.mark.parametrize("value", ["eight", "8.5", "-1", "0", "1e3", "", " ", "٣", "9999999999"])
def test_a_number_of_the_environment_has_the_same_limits(tmp_path: Path, value: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("categories: {a: {sources: [https://a.example/]}}\npolling: {concurrency: '${X}'}\n")
    with pytest.raises(ConfigError, match="2:24: concurrency: "):
        load(file, {"X": value})


# what the other tests load

BROKEN = {text for text, _ in broken_files()}
LOADED = [
    node.value
    for page in sorted((ROOT / "tests").rglob("test_*.py"))
    for node in ast.walk(ast.parse(page.read_text(encoding="utf-8")))
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "categories:" in node.value
]


def accepted(folder: Path, text: str) -> bool:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    try:
        load(file, ENVIRON)
    except ConfigError:
        return False
    return True


@pytest.mark.parametrize("text", LOADED, ids=range(len(LOADED)))
def test_every_example_in_the_tests_that_loads_is_right(tmp_path: Path, text: str) -> None:
    if accepted(tmp_path, text):
        assert said(yaml.safe_load(text)) == []


def test_there_are_examples_in_the_tests(tmp_path: Path) -> None:
    assert sum(accepted(tmp_path, text) for text in LOADED) >= 10


def test_what_it_refuses_is_refused_by_the_program_too(tmp_path: Path) -> None:
    refused = 0
    for text in BROKEN:
        try:
            data = yaml.safe_load(text)
        except (yaml.YAMLError, ValueError):
            continue
        if said(data):
            refused += 1
            assert not accepted(tmp_path, text)
    assert refused >= 100


# one mistake in a file that is right


def places(data: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield from places(value, (*path, key))


FULL: dict[str, Any] = yaml.safe_load((ROOT / "examples/full.yaml").read_text(encoding="utf-8")) | {"include": []}
FULL["categories"]["技术/安全"]["include"] = []
NAMES = {"categories", "headers", "tokens", "users"}  # below these, any key may stand
MAPPINGS = [
    path
    for path in places(FULL)
    if isinstance(at := eval("FULL" + "".join(f"[{part!r}]" for part in path)), dict) and path[-1] not in NAMES
]
VALUES = [path for path in places(FULL) if path[0] != "include" and "include" not in path]


def dumped(data: object) -> str:
    """One value on a line of its own, so that a line says which."""
    return yaml.dump(data, allow_unicode=True, sort_keys=False, width=10_000, Dumper=NoAliases)


class NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def problems_of(folder: Path, data: object) -> tuple[str, ConfigError]:
    file = folder / "mutated.yaml"
    text = dumped(data)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load(file, ENVIRON)
    return text, raised.value


@given(st.sampled_from(MAPPINGS), st.text("abcdefghijklmnopqrstuvwxyz_", min_size=3, max_size=12).map("zz".__add__))
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_key_that_is_none_is_found_where_it_stands(tmp_path: Path, path: tuple[str | int, ...], key: str) -> None:
    mutated = copy.deepcopy(FULL)
    at: Any = mutated
    for part in path:
        at = at[part]
    at[key] = "anything"
    text, error = problems_of(tmp_path, mutated)
    [problem] = error.problems
    line = text.splitlines()[problem.line - 1]
    assert line[problem.column - 1 :].startswith(f"{key}:")
    assert problem.end == (problem.line, problem.column + len(key))
    assert problem.path == (*path, key)
    assert said(mutated) != []


@given(st.sampled_from(VALUES), st.sampled_from([{"a": {"b": "c"}}, [["deep"]], 7.25]))
@hypothesis_settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_value_of_no_fitting_kind_is_found_where_it_stands(
    tmp_path: Path, path: tuple[str | int, ...], value: object
) -> None:
    mutated = copy.deepcopy(FULL)
    at: Any = mutated
    for part in path[:-1]:
        at = at[part]
    if path[-1] == "budget" and isinstance(value, float):
        return  # the one number with a point
    at[path[-1]] = value
    _, error = problems_of(tmp_path, mutated)
    assert any(problem.path[: len(path)] == path for problem in error.problems), error
    assert said(mutated) != []


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    from click.testing import CliRunner

    from aggregator.cli import main

    assert json.loads(CliRunner().invoke(main, ["schema"]).stdout) == make_schema()
