"""Rules as they are read: what they come to, and what is said of those that are wrong."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.model.errors import ConfigError, Problem
from aggregator.model.rules import All, AnyOf, Drop, Limit, Not, Older, Pattern, Put, Rewrite, Says, Tag
from aggregator.model.settings import Configuration

AFTER = "\ncategories: {a: {sources: [https://a.example/]}, b/c: {sources: [https://b.example/]}}\n"


def read(folder: Path, text: str) -> Configuration:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file, {})


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    try:
        return read(folder, text).warnings
    except ConfigError as error:
        return error.problems


def said(folder: Path, rules: str) -> list[str]:
    text = f"rules:\n  - {rules}{AFTER}"
    return [str(each).partition("config.yaml:")[2] for each in problems(folder, text)]


def says(part: str, *texts: str, case: bool = False) -> Says:
    return Says(part, tuple(Pattern(text, case) for text in texts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "action", "when"),
    [
        ('drop: {title: "广告|推广"}', Drop(), says("title", "广告|推广")),
        ("drop: {title: [x, y], case: true}", Drop(), says("title", "x", "y", case=True)),
        ("drop: {title: x, link: y}", Drop(), All((says("title", "x"), says("link", "y")))),
        ("drop: {any: [{title: x}, {not: {text: y}}]}", Drop(), AnyOf((says("title", "x"), Not(says("text", "y"))))),
        ('drop: {age: "> 30d"}', Drop(), Older(timedelta(days=30))),
        ('drop: {age: "<2h"}', Drop(), Not(Older(timedelta(hours=2)))),
        ("drop: {enclosure: audio/*}", Drop(), says("enclosure", "^audio/.*$")),
        ("tag: {add: b / c, when: {title: x}}", Tag(("b/c",)), says("title", "x")),
        ("tag: [a, b]", Tag(("a", "b")), All()),
        ("title: {replace: \"^x(.)\", with: '\\1'}", Rewrite("title", Pattern("^x(.)"), "\\1"), All()),
        ("set: {author: Ann, thumbnail: ''}", Put((("author", "Ann"), ("thumbnail", ""))), All()),
        ("limit: 10/day", Limit(10, "day"), All()),
        ("limit: {to: 3, when: {title: x}}", Limit(3), says("title", "x")),
    ],
)
def test_a_rule_is_what_is_written(tmp_path: Path, written: str, action: object, when: object) -> None:
    [rule] = read(tmp_path, f"rules:\n  - {written}{AFTER}").article_rules
    assert (rule.action, rule.when, rule.place) == (action, when, "config.yaml:2")


def test_each_level_has_its_own(tmp_path: Path) -> None:
    configuration = read(
        tmp_path,
        """
rules: [drop: {title: one}]
defaults: {rules: [drop: {title: two}]}
categories:
  a:
    rules: [drop: {title: three}]
    sources: [{url: "https://a.example/", rules: [drop: {title: four}]}]
  b: {rules: , sources: [https://b.example/]}
""",
    )
    assert [str(rule.when) for rule in configuration.article_rules] == [
        str(says("title", word)) for word in ("one", "two")
    ]
    assert [rule.when for rule in configuration.categories[0].rules] == [says("title", "three")]
    assert [rule.when for rule in configuration.sources[0].rules] == [says("title", "four")]
    assert configuration.categories[1].rules == ()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            'drop: {title: "a(b"}',
            '2:23: title: "a(b" is no regular expression: missing ) at character 4 of it; '
            "write \\ before a character that stands for itself",
        ),
        ("drop: {titel: x}", "2:12: titel: is not a key here; did you mean title?"),
        ("drop: {tags: x}", "2:12: tags: is not a key here; did you mean categories?"),
        ("block: {title: x}", "2:5: block: is not a key here; did you mean drop?"),
        ("title: x", '2:12: title: must say what to replace; write title: {replace: "pattern", with: "text"}'),
        ("link: x", "2:5: link: is not a key here; a condition belongs inside drop: or keep:; write drop: {link: …}"),
        (
            "drop: spam",
            '2:11: drop: "spam" is not a condition; write {title: "spam"}, or text, author, link, …',
        ),
        ("drop: {title: 404}", '2:19: title: 404 is a number to YAML; put it in quotes: "404"'),
        ("drop: {title: no}", '2:19: title: no is true or false to YAML; put it in quotes: "no"'),
        ("drop: {title: }", "2:19: title: is empty; write a text"),
        ("drop: {title: []}", "2:19: title: the list is empty; write at least one pattern"),
        ("drop: {age: 30d}", '2:17: age: "30d" is not an age; write "> 30d" for older, or "< 2h" for younger'),
        ("tag: {add: b/d}", '2:16: tag: "b/d" is no category of this file; did you mean b/c?'),
        ("limit: 0", '2:12: limit: "0" is not a limit; write 10, or 10/hour, 10/day, 10/week'),
        (
            "set: {link: x}",
            '2:17: link: "x" is not a web address; write one that begins with https:// or http://',
        ),
        (
            "title: {replace: x, with: '\\1'}",
            "2:31: with: is no replacement: invalid group reference; \\1 is what the first ( ) has found, "
            "and \\\\ a backslash",
        ),
        (
            "{drop: {title: x}, keep: {title: y}}",
            "2:24: rules: a rule does one thing; begin a new item with the second",
        ),
        ("drop: {title: 'x$y'}", '2:19: warning: title: "x$y" can never be found in any text'),
        (
            'drop: {title: "\\bAI\\b"}',
            '2:19: warning: title: "\x08AI\x08" can hardly be found in any text: in double quotes \\b is the character '
            "U+0008; write single quotes",
        ),
        (
            "keep: {enclosure: [audio/*, mp3, '*']}",
            '2:33: warning: enclosure: "mp3" is no type of a file, and is never found; write one such as audio/mpeg, '
            "or audio/* for all of a kind",
        ),
        (
            "title: {replace: x, title: y}",
            "2:25: title: is not a key here; it belongs inside when:",
        ),
        (
            "drop: {text: x}\n  - drop: {text: x}",
            "3:5: rules: says the same as the rule at line 2, column 5; keep one of them",
        ),
        (
            "drop: {text: x}\n  - keep: {text: x}",
            "3:5: rules: keeps only what the rule at line 2, column 5 has dropped, which is nothing",
        ),
    ],
)
def test_a_wrong_rule_is_explained(tmp_path: Path, written: str, expected: str) -> None:
    assert said(tmp_path, written) == [expected]


@pytest.mark.parametrize("pattern", [".*", "a|", "(|a)", "a*"])
def test_behind_a_rule_that_lets_nothing_pass_no_rule_is_reached(tmp_path: Path, pattern: str) -> None:
    lines = said(tmp_path, f'drop: {{title: "{pattern}"}}\n  - drop: {{text: x}}')
    assert "2:11: warning: drop: drops every article" in lines
    assert any(line.startswith("2:19: warning: title: ") and "is found in every text" in line for line in lines)
    assert "3:5: rules: no article reaches this rule: the one at line 2, column 5 lets none pass" in lines


def test_a_rule_that_drops_all_is_only_warned_of(tmp_path: Path) -> None:
    assert said(tmp_path, "drop: {}") == ["2:11: warning: drop: drops every article"]


@pytest.mark.parametrize("pattern", ["^$", "a$", r"\$a", "^a|b$", "[$]a", "(?m)a$b", r"\bx\b", "a+$"])
def test_patterns_that_can_be_found_are_not_suspected(tmp_path: Path, pattern: str) -> None:
    assert said(tmp_path, f"drop: {{title: '{pattern}'}}") == []


def test_what_a_list_above_says_already_is_worth_a_word_and_no_more(tmp_path: Path) -> None:
    text = "rules: [drop: {title: x}]\ncategories: {a: {rules: [drop: {title: x}], sources: [https://a.example/]}}\n"
    [warning] = read(tmp_path, text).warnings
    assert "says the same as the rule at line 1, column 9" in str(warning)
