"""`rules:` read from the file: which articles are shown, as what, and where else.

document | one item | its condition ─► model.rules.Rule, and what is wrong with it
the rules of a category after those above it ─► which of them can never do anything
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Literal, cast, get_args

from yaml.nodes import Node, ScalarNode

from aggregator.compose.patterns import fault_of, fault_of_replacement, finds_everything, finds_nothing
from aggregator.config.document import Document, Misread
from aggregator.config.include import Loc, position
from aggregator.config.outline import Outline
from aggregator.config.units import read_duration
from aggregator.config.values import UnfitError, check_language, check_url
from aggregator.model.errors import Problem
from aggregator.model.rules import (
    ALWAYS,
    Action,
    All,
    AnyOf,
    Condition,
    Drop,
    Keep,
    Limit,
    Longer,
    Not,
    Older,
    Part,
    Pattern,
    Period,
    Put,
    Rewrite,
    Rule,
    Says,
    Tag,
    Word,
)

ACTIONS = ("drop", "keep", "tag", "title", "author", "set", "limit")
_WORDS: tuple[Word, ...] = get_args(Word)
_CONDITIONS = (*_WORDS, "age", "words", "all", "any", "not", "case")
_PARTS: tuple[Part, ...] = get_args(Part)
_LIMIT = re.compile(r"([0-9]{1,6})(?:\s*(?:/|per)\s*(hour|day|week))?")
_ESCAPES = {"\b": r"\b", "\a": r"\a", "\f": r"\f", "\v": r"\v", "\0": r"\0", "\x1b": r"\e"}
_FROM_QUOTES = re.compile("[\b\a\f\v\0\x1b]")  # what YAML makes of escapes in double quotes
_COMPARED = re.compile(r"([<>])\s*(.+)")
_SHOWN = 60  # characters of a rule by which it is named
_EXAMPLE = '- drop: {title: "a pattern"}'

# What other programs, and people, call it.
_MEANT = {
    "link": "url href address",
    "text": "body content description summary article",
    "categories": "category tag tags keywords labels",
    "language": "lang locale",
    "enclosure": "enclosures type mime media attachment",
    "source": "feed site publisher name",
    "author": "authors by creator",
    "age": "older date published newer",
    "words": "length size",
    "any": "or one",
    "all": "and every",
    "not": "none unless no except",
    "case": "case_sensitive ignore_case",
    "drop": "block exclude remove reject hide filter skip deny ignore delete mute",
    "keep": "allow include only accept",
    "tag": "add categorize label move",
    "limit": "max throttle",
    "set": "change rename rewrite",
}


@dataclass(frozen=True, slots=True)
class _Written:
    """A rule and its place."""

    rule: Rule
    loc: Loc


@dataclass(slots=True)
class Book:
    """All rules of a file, by the place of the list that they stand in; and what is wrong with them."""

    lists: dict[Loc, list[_Written]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def at(self, *locs: Loc) -> tuple[Rule, ...]:
        """The rules of these lists, one after another."""
        return tuple(written.rule for loc in locs for written in self.lists.get(loc, ()))


EVERYWHERE: tuple[Loc, ...] = (("rules",), ("defaults", "rules"))


def read_rules(document: Document, outline: Outline) -> Book:
    """Every rule of the file."""
    book = Book()
    categories = {"/".join(path): path for path in outline.categories}
    for loc in _lists(outline):
        value = _value(document.data, loc)
        if isinstance(value, list):  # or else pydantic says so
            reader = _Reader(document, categories)
            found = (reader.rule(item, (*loc, at)) for at, item in enumerate(value))
            book.lists[loc] = [written for written in found if written is not None]
            book.problems += reader.problems
    book.problems += dict.fromkeys(_unreachable(document, outline, book))
    return book


def _lists(outline: Outline) -> Iterator[Loc]:
    yield from EVERYWHERE
    for category in outline.categories.values():
        if category.loc is not None:
            yield (*category.loc, "rules")
            yield from ((*source.loc, "rules") for source in category.sources)


def _value(data: object, loc: Loc) -> object:
    for part in loc:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


# ------------------------------------------------------------------------------------------------ one rule


class _WrongError(Exception):
    """What has been said about a value; there is nothing to be made of it."""


class _Reader:
    """Reads rules, and notes what is wrong with them."""

    def __init__(self, document: Document, categories: Mapping[str, tuple[str, ...]]) -> None:
        self.document = document
        self.categories = categories
        self.problems: list[Problem] = []

    def rule(self, item: object, loc: Loc) -> _Written | None:
        """One item of a list of rules; None where it is none."""
        try:
            name = self._action(item, loc)
            value = cast("dict[str, object]", item)[name]
            action, when = _READERS[name](self, value, (*loc, name))
        except _WrongError:
            return None
        problem = self.document.problem_at(loc, "")
        rule = Rule(
            action=action,
            when=when,
            place=f"{problem.file.name}:{problem.line}",
            words=_shortened(f"{name} {_in_words(value)}"),
        )
        self._warn(rule, (*loc, name))
        return _Written(rule, loc)

    def _action(self, item: object, loc: Loc) -> str:
        if not isinstance(item, dict):
            raise self._wrong(loc, f"rules: a rule is a mapping; write {_EXAMPLE}")
        unknown = [key for key in item if key not in ACTIONS]
        for key in unknown:
            self._unknown_key(key, loc, ACTIONS, _hint_of_rule(key, item))
        if unknown:
            raise _WrongError
        if len(item) != 1:
            problem = "does one thing; begin a new item with the second" if item else f"is empty; write {_EXAMPLE}"
            raise self._wrong((*loc, list(item)[1]) if item else loc, f"rules: a rule {problem}", key=bool(item))
        return str(next(iter(item)))

    # actions

    def drop(self, value: object, loc: Loc) -> tuple[Action, Condition]:
        return Drop(), self.condition(value, loc)

    def keep(self, value: object, loc: Loc) -> tuple[Action, Condition]:
        return Keep(), self.condition(value, loc)

    def tag(self, value: object, loc: Loc) -> tuple[Action, Condition]:
        if not isinstance(value, dict):
            return Tag(tuple(self._categories(value, loc))), ALWAYS
        self._check_keys(value, loc, ("add", "when"))
        add = self._categories(self._needed(value, "add", loc, "a category"), (*loc, "add"))
        return Tag(tuple(add)), self._when(value, loc)

    def rewrite(self, value: object, loc: Loc) -> tuple[Action, Condition]:
        part = cast("Literal['title', 'author']", loc[-1])
        if not isinstance(value, dict):
            text = f'must say what to replace; write {part}: {{replace: "pattern", with: "text"}}'
            raise self._wrong(loc, f"{part}: {text}")
        self._check_keys(value, loc, ("replace", "with", "when", "case"))
        case = self._case(value, loc)
        given = self._text(self._needed(value, "replace", loc, "a pattern"), (*loc, "replace"))
        pattern = self._pattern(given, (*loc, "replace"), case)
        by = self._text(value.get("with", ""), (*loc, "with"), empty=True)
        if wrong := fault_of_replacement(pattern, by):
            message = f"with: is no replacement: {wrong}; \\1 is what the first ( ) has found, and \\\\ a backslash"
            raise self._wrong((*loc, "with"), message)
        return Rewrite(part, pattern, by), self._when(value, loc)

    def put(self, value: object, loc: Loc) -> tuple[Action, Condition]:
        if not isinstance(value, dict):
            raise self._wrong(loc, 'set: must say what to set; write set: {author: "a name"}')
        self._check_keys(value, loc, (*_PARTS, "when"))
        parts = tuple((part, self._part(part, value[part], (*loc, part))) for part in _PARTS if part in value)
        if not parts:
            raise self._wrong(loc, f"set: sets nothing; write one of {', '.join(_PARTS)}")
        return Put(parts), self._when(value, loc)

    def limit(self, value: object, loc: Loc) -> tuple[Action, Condition]:
        if isinstance(value, dict):
            self._check_keys(value, loc, ("to", "when"))
            most = self._needed(value, "to", loc, "a number such as 10/day")
            return self._limit(most, (*loc, "to")), self._when(value, loc)
        return self._limit(value, loc), ALWAYS

    def _limit(self, value: object, loc: Loc) -> Limit:
        text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
        match = _LIMIT.fullmatch(text.strip())
        if match is None or int(match[1]) < 1:
            said = self._shown(loc)
            raise self._wrong(loc, f"{loc[-1]}: {said} is not a limit; write 10, or 10/hour, 10/day, 10/week")
        return Limit(int(match[1]), cast("Period | None", match[2]))

    def _part(self, part: Part, value: object, loc: Loc) -> str:
        text = self._text(value, loc, empty=part != "title").strip()
        check: dict[str, Callable[[str], None]] = {
            "link": check_url,
            "headimg": check_url,
            "thumbnail": check_url,
            "language": check_language,
        }
        try:
            if part in check and (text or part in ("link", "language")):
                check[part](text)
        except UnfitError as unfit:
            raise self._wrong(loc, f"{part}: {self._shown(loc)} {unfit}") from None
        return text

    def _categories(self, value: object, loc: Loc) -> Iterator[str]:
        values = value if isinstance(value, list) else [value]
        for at, each in enumerate(values):
            place = (*loc, at) if isinstance(value, list) else loc
            name = "/".join(level.strip() for level in self._text(each, place).split("/"))
            if name not in self.categories:
                near = get_close_matches(name, self.categories, n=1, cutoff=0.4)
                hint = f"did you mean {near[0]}?" if near else f"write one of {', '.join(self.categories)}"
                meant = near[0] if near else None
                raise self._wrong(place, f'tag: "{name}" is no category of this file; {hint}', suggestion=meant)
            yield name
        if not values:
            raise self._wrong(loc, "tag: the list is empty; write the name of a category")

    # conditions

    def _when(self, value: Mapping[str, object], loc: Loc) -> Condition:
        return self.condition(value["when"], (*loc, "when")) if "when" in value else ALWAYS

    def condition(self, value: object, loc: Loc) -> Condition:
        """What must hold; all that stands in one mapping."""
        if not isinstance(value, dict):
            said = self._shown(loc)
            hint = f'write {{title: "{value}"}}' if isinstance(value, str) and value else 'write {title: "a pattern"}'
            raise self._wrong(loc, f"{_label(loc)}: {said} is not a condition; {hint}, or text, author, link, …")
        self._check_keys(value, loc, _CONDITIONS)
        case = self._case(value, loc)
        found = [self._one(key, each, (*loc, key), case) for key, each in value.items() if key != "case"]
        return found[0] if len(found) == 1 else All(tuple(found))

    def _one(self, key: str, value: object, loc: Loc, case: bool) -> Condition:
        match key:
            case "all" | "any":
                return (All if key == "all" else AnyOf)(tuple(self._several(value, loc)))
            case "not":
                if isinstance(value, list):
                    return Not(AnyOf(tuple(self._several(value, loc))))
                return Not(self.condition(value, loc))
            case "age":
                return self._age(value, loc)
            case "words":
                return self._count(value, loc)
        patterns = [self._globbed(text) if key == "enclosure" else text for text in self._patterns(value, loc, case)]
        return Says(cast("Word", key), tuple(patterns))

    def _several(self, value: object, loc: Loc) -> Iterator[Condition]:
        if not isinstance(value, list) or not value:
            raise self._wrong(loc, f'{loc[-1]}: must be a list of conditions; write [{{title: "a"}}, {{text: "b"}}]')
        for at, each in enumerate(value):
            yield self.condition(each, (*loc, at))

    def _patterns(self, value: object, loc: Loc, case: bool) -> Iterator[Pattern]:
        values = value if isinstance(value, list) else [value]
        if not values:
            raise self._wrong(loc, f"{loc[-1]}: the list is empty; write at least one pattern")
        for at, each in enumerate(values):
            place = (*loc, at) if isinstance(value, list) else loc
            text = self._text(each, place)
            yield self._type(text, place, case) if loc[-1] == "enclosure" else self._pattern(text, place, case)

    def _type(self, text: str, loc: Loc, case: bool) -> Pattern:
        """The type of a file, such as `audio/mpeg`."""
        if "/" not in text and "*" not in text:
            hint = "write one such as audio/mpeg, or audio/* for all of a kind"
            self._warn_at(loc, f"{_label(loc)}: {self._shown(loc)} is no type of a file, and is never found; {hint}")
        return Pattern(text, case)

    @staticmethod
    def _globbed(pattern: Pattern) -> Pattern:
        """Types are written as everywhere: `audio/*`."""
        return Pattern("^" + ".*".join(map(re.escape, pattern.text.split("*"))) + "$")

    def _pattern(self, text: str, loc: Loc, case: bool) -> Pattern:
        pattern = Pattern(text, case)
        fault = fault_of(pattern)
        if fault is not None:
            at = f" at character {fault.at + 1} of it" if fault.at is not None else ""
            hint = "; write \\ before a character that stands for itself" if fault.at is not None else ""
            message = f"{_label(loc)}: {self._shown(loc)} is no regular expression: {fault.message}{at}{hint}"
            self.problems.append(self._pointed(self.document.problem_at(loc, message), loc, text, fault.at))
            raise _WrongError
        if control := _FROM_QUOTES.search(text):
            escape = _ESCAPES[control[0]]
            hint = f"in double quotes {escape} is the character U+{ord(control[0]):04X}; write single quotes"
            self._warn_at(loc, f"{_label(loc)}: {self._shown(loc)} can hardly be found in any text: {hint}")
        elif finds_nothing(pattern):
            self._warn_at(loc, f"{_label(loc)}: {self._shown(loc)} can never be found in any text")
        elif finds_everything(pattern) and loc[-1] != "replace":
            self._warn_at(loc, f"{_label(loc)}: {self._shown(loc)} is found in every text{_why_everything(text)}")
        return pattern

    def _pointed(self, problem: Problem, loc: Loc, text: str, at: int | None) -> Problem:
        """At the place in the pattern, where that can be told from the file."""
        begins = problem.excerpt.find(text, problem.column - 1)
        if at is None or begins < 0 or not isinstance(self.document.node(loc), ScalarNode):
            return problem
        column = begins + at + 1
        return replace(problem, column=column, end=(problem.line, column + 1))

    def _age(self, value: object, loc: Loc) -> Condition:
        match = _COMPARED.fullmatch(value.strip()) if isinstance(value, str) else None
        duration = read_duration(match[2]) if match else None
        if match is None or duration is None:
            said = self._shown(loc)
            raise self._wrong(loc, f'age: {said} is not an age; write "> 30d" for older, or "< 2h" for younger')
        return Older(duration) if match[1] == ">" else Not(Older(duration))

    def _count(self, value: object, loc: Loc) -> Condition:
        match = _COMPARED.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None or not re.fullmatch("[0-9]{1,9}", match[2]):
            raise self._wrong(loc, f'words: {self._shown(loc)} is not a length; write "< 50" or "> 1000"')
        return Longer(int(match[2])) if match[1] == ">" else Not(Longer(int(match[2]) - 1))

    def _case(self, value: Mapping[str, object], loc: Loc) -> bool:
        case = value.get("case", False)
        if not isinstance(case, bool):
            raise self._wrong((*loc, "case"), f"case: {self._shown((*loc, 'case'))} is unknown; write true or false")
        return case

    # what is wrong

    def _needed(self, value: Mapping[str, object], key: str, loc: Loc, what: str) -> object:
        if key not in value:
            raise self._wrong(loc, f"{loc[-1]}: {key} is missing; write {key}: and {what}")
        return value[key]

    def _text(self, value: object, loc: Loc, *, empty: bool = False) -> str:
        if isinstance(value, str) and (value or empty):
            return value
        if isinstance(value, dict | list):
            raise self._wrong(
                loc, f"{_label(loc)}: must be a text, not a {'list' if isinstance(value, list) else 'map'}"
            )
        node = self.document.node(loc)
        if value in (None, ""):
            raise self._wrong(loc, f"{_label(loc)}: is empty; write a text")
        raw = str(node.value) if isinstance(node, ScalarNode) else str(value)
        kind = "a number" if isinstance(value, int | Misread) and not isinstance(value, bool) else "true or false"
        message = f'{_label(loc)}: {raw} is {kind} to YAML; put it in quotes: "{raw}"'
        raise self._wrong(loc, message, suggestion=f'"{raw}"')

    def _check_keys(self, value: Mapping[str, object], loc: Loc, allowed: Sequence[str]) -> None:
        unknown = [key for key in value if key not in allowed]
        for key in unknown:
            hint = "it belongs inside when:" if "when" in allowed and key in _CONDITIONS else None
            self._unknown_key(key, loc, allowed, hint)
        if unknown:
            raise _WrongError

    def _unknown_key(self, key: str, loc: Loc, allowed: Sequence[str], hint: str | None) -> None:
        near = next((ours for ours in allowed if key.lower() in _MEANT.get(ours, "").split()), None)
        near = near or next(iter(get_close_matches(key.lower(), allowed, n=1, cutoff=0.6)), None)
        hint = hint or (f"did you mean {near}?" if near else f"write one of {', '.join(allowed)}")
        message = f"{key}: is not a key here; {hint}"
        self.problems.append(self.document.problem_at((*loc, key), message, key=True, suggestion=near))

    def _wrong(self, loc: Loc, message: str, *, key: bool = False, suggestion: str | None = None) -> _WrongError:
        self.problems.append(self.document.problem_at(loc, message, key=key, suggestion=suggestion))
        return _WrongError()

    def _warn_at(self, loc: Loc, message: str) -> None:
        self.problems.append(replace(self.document.problem_at(loc, message), severity="warning"))

    def _warn(self, rule: Rule, loc: Loc) -> None:
        match rule.action:
            case Drop() if is_always(rule.when):
                self._warn_at(loc, "drop: drops every article")
            case Keep() if is_always(rule.when):
                self._warn_at(loc, "keep: keeps every article, and so does nothing")
            case Keep() if is_never(rule.when):
                self._warn_at(loc, "keep: keeps no article at all")

    def _shown(self, loc: Loc) -> str:
        node: Node = self.document.node(loc)
        if not isinstance(node, ScalarNode):
            return "this"
        return f'"{_shortened(str(node.value))}"' if node.value else "nothing"


_READERS: Mapping[str, Callable[[_Reader, object, Loc], tuple[Action, Condition]]] = {
    "drop": _Reader.drop,
    "keep": _Reader.keep,
    "tag": _Reader.tag,
    "title": _Reader.rewrite,
    "author": _Reader.rewrite,
    "set": _Reader.put,
    "limit": _Reader.limit,
}


def _label(loc: Loc) -> str:
    return next((part for part in reversed(loc) if isinstance(part, str)), "")


def _hint_of_rule(key: str, item: Mapping[str, object]) -> str | None:
    if key == "when":
        return "it belongs inside the braces of the rule, beside add:, replace: or to:"
    if key in _CONDITIONS and not set(item) & set(ACTIONS):
        return f"a condition belongs inside drop: or keep:; write drop: {{{key}: …}}"
    return None


def _why_everything(pattern: str) -> str:
    if pattern.startswith("|") or pattern.endswith("|") or "||" in pattern or "(|" in pattern or "|)" in pattern:
        return ': one of its alternatives is empty; remove a "|"'
    return ""


def _in_words(value: object) -> str:
    """As one would write it on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_in_words(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_in_words, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return value.text if isinstance(value, Misread) else str(value)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


# ------------------------------------------------------------------------------------------------ for editors


def rule_schemas() -> dict[str, dict[str, Any]]:
    """The definitions `Rule` and `Condition` of the JSON Schema."""
    text = {"type": "string", "minLength": 1}
    texts = {"anyOf": [text, {"type": "array", "items": text, "minItems": 1}]}
    condition = {"$ref": "#/$defs/Condition"}
    several = {"type": "array", "items": condition, "minItems": 1}
    asked: dict[str, Any] = {
        **{word: {"description": f"Patterns, of which one is found in {_PLACES[word]}.", **texts} for word in _WORDS},
        "age": {"description": '"> 30d" is older, "< 2h" is younger.', "type": "string", "pattern": "^\\s*[<>]"},
        "words": {"description": '"< 50" or "> 1000".', "type": "string", "pattern": "^\\s*[<>]"},
        "all": {"description": "All of these conditions hold.", **several},
        "any": {"description": "One of these conditions holds.", **several},
        "not": {"description": "This, or none of these, holds.", "anyOf": [condition, several]},
        "case": {"description": "Whether case matters to the patterns beside it.", "type": "boolean"},
    }
    limit = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^\\s*[0-9]"}]}
    rewrite = _mapping({"replace": text, "with": {"type": "string"}, "when": condition, "case": {"type": "boolean"}})
    parts: dict[str, Any] = {part: {"type": "string"} for part in _PARTS}
    actions: dict[str, Any] = {
        "drop": {"description": "What matches is in no feed.", **condition},
        "keep": {"description": "What does not match is in no feed.", **condition},
        "tag": {
            "description": "What matches stands in the feed of this category as well.",
            "anyOf": [*texts["anyOf"], _mapping({"add": texts, "when": condition}, "add")],
        },
        "title": {"description": "Replace what a pattern finds in the title.", **rewrite, "required": ["replace"]},
        "author": {"description": "Replace what a pattern finds in the author.", **rewrite, "required": ["replace"]},
        "set": {"description": "Show this instead.", **_mapping({**parts, "when": condition})},
        "limit": {
            "description": "So many of each source: its newest, or the first of each hour, day or week.",
            "anyOf": [*limit["anyOf"], _mapping({"to": limit, "when": condition}, "to")],
        },
    }
    return {
        "Rule": {"description": "One thing that is done to articles.", **_mapping(actions), "maxProperties": 1}
        | {"minProperties": 1},
        "Condition": {"description": "What must hold: all of it.", **_mapping(asked)},
    }


_PLACES: Mapping[Word, str] = {
    "title": "the title",
    "author": "the author",
    "link": "the address",
    "text": "the text",
    "categories": "one of the publisher's categories",
    "language": "the language",
    "source": "the name or the address of the source",
    "enclosure": "the type of an enclosure, such as audio/*",
}


def _mapping(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    found = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | {"required": list(required)} if required else found


# ------------------------------------------------------------------------------------------------ what can be known


def is_always(condition: Condition) -> bool:
    """Whether it holds of every article, as far as that can be known."""
    match condition:
        case All(of=of):
            return all(map(is_always, of))
        case AnyOf(of=of):
            return any(map(is_always, of))
        case Not(of=one):
            return is_never(one)
        case Says(part=part, patterns=patterns) if part != "enclosure":
            return any(map(finds_everything, patterns))
    return False


def is_never(condition: Condition) -> bool:
    """Whether it can hold of none, as far as that can be known."""
    match condition:
        case All(of=of):
            return any(map(is_never, of)) or any(Not(each) in of for each in of)
        case AnyOf(of=of):
            return all(map(is_never, of))
        case Not(of=one):
            return is_always(one)
        case Says(patterns=patterns):
            return all(map(finds_nothing, patterns))
    return False


def _unreachable(document: Document, outline: Outline, book: Book) -> Iterator[Problem]:
    """Rules that nothing can reach any more, or that do what one before has done."""
    everywhere = [written for loc in EVERYWHERE for written in book.lists.get(loc, ())]
    yield from _unreached(document, everywhere)
    for path, category in outline.categories.items():
        levels = (outline.categories[path[:depth]].loc for depth in range(1, len(path) + 1))
        above = [written for loc in levels if loc for written in book.lists.get((*loc, "rules"), ())]
        yield from _unreached(document, [*everywhere, *above])
        for source in category.sources:
            if own := book.lists.get((*source.loc, "rules")):
                yield from _unreached(document, [*everywhere, *above, *own])


def _unreached(document: Document, chain: Iterable[_Written]) -> Iterator[Problem]:
    seen: dict[object, _Written] = {}
    end: _Written | None = None
    for each in chain:
        rule, here = each.rule, document.node(each.loc)
        same = seen.setdefault(rule, each)
        opposite = seen.get(Rule(action=Drop(), when=rule.when)) if isinstance(rule.action, Keep) else None
        if end is not None:
            where = position(document.node(end.loc), here)
            yield document.problem_at(
                each.loc, f"rules: no article reaches this rule: the one at {where} lets none pass"
            )
        elif same is not each and not isinstance(rule.action, Rewrite) and same.loc != each.loc:
            message = f"rules: says the same as the rule at {position(document.node(same.loc), here)}; keep one of them"
            problem = document.problem_at(each.loc, message)
            # Of a list above, it may be meant: that one may go, or be another's.
            yield problem if same.loc[:-1] == each.loc[:-1] else replace(problem, severity="warning")
        elif opposite is not None:
            where = position(document.node(opposite.loc), here)
            yield document.problem_at(
                each.loc, f"rules: keeps only what the rule at {where} has dropped, which is nothing"
            )
        if end is None and _lets_none_pass(rule):
            end = each


def _lets_none_pass(rule: Rule) -> bool:
    match rule.action:
        case Drop():
            return is_always(rule.when)
        case Keep():
            return is_never(rule.when)
    return False
