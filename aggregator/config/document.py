"""A tree of nodes that know their place → plain data for pydantic.

    gather (include.py) | plain

Nothing of YAML leaves this package.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from aggregator.config.include import Loc, Read, Tree, gather, position
from aggregator.config.nodes import MAX_DEPTH, TAG, child_of, compose, file_of, kind_of, merged
from aggregator.config.secret import Expander, Taken
from aggregator.config.text import read_text
from aggregator.model.errors import ConfigError, Problem

MAX_NODES = 500_000  # with aliases written out, so that ten lines cannot become ten million

_KINDS = {"null", "bool", "int", "float", "timestamp", "str", "merge", "value"}
_NOT_TEXT = {"null": "empty", "bool": "true or false", "int": "a number", "float": "a number", "timestamp": "a date"}
_SURPRISING = re.compile(r"[-+]?0[0-9_]|.*:")

_constructor = yaml.constructor.SafeConstructor()
_READERS: dict[str, Any] = {
    "null": _constructor.construct_yaml_null,
    "bool": _constructor.construct_yaml_bool,
    "int": _constructor.construct_yaml_int,
}


@dataclass(frozen=True, slots=True)
class Misread:
    """A value that fits no field, so that pydantic refuses it: a float, a date, a number that looks unlike one."""

    text: str
    number: int | None = None  # what YAML makes of it


class FilledIn(str):
    """A text that held ${…}: where a number or a switch belongs, one that reads like it will do."""

    __slots__ = ()


@dataclass(slots=True)
class Document:
    """What a file and all that it includes holds, where each value stands, and what is wrong with it as YAML."""

    file: Path
    tree: Tree
    data: object = None
    unexpanded: dict[Loc, str] = field(default_factory=dict)  # texts that hold ${…}, as they were written
    taken: dict[Loc, tuple[Taken, ...]] = field(default_factory=dict)  # and what was filled in
    unfilled: set[Loc] = field(default_factory=set)  # where a ${…} stands for nothing: that is told, and no more
    files: tuple[Path, ...] = ()  # and folders, that were looked at
    problems: list[Problem] = field(default_factory=list)

    def problem_at(self, loc: Loc, message: str, *, key: bool = False, suggestion: str | None = None) -> Problem:
        """A problem with the value that stands at `loc`, or with its key."""
        return self.tree.problem(self.key(loc) if key else self.node(loc), message, loc, suggestion=suggestion)

    def node(self, loc: Loc) -> Node:
        """The node at `loc`; where the file has none there (a default, a bare URL), the nearest one around it."""
        node = self.tree.root
        for part in loc:
            child = child_of(node, part)
            if child is None:
                return node
            node = child[1]
        return node

    def key(self, loc: Loc) -> Node:
        """The node of the key that leads to `loc`."""
        child = child_of(self.node(loc[:-1]), loc[-1]) if loc else None
        return child[0] if child else self.node(loc)

    def written(self) -> dict[str, object]:
        """The data, every text as it stands in the file: with `${…}`, and without what that stands for."""
        return cast("dict[str, object]", _written(self.data, (), self.unexpanded))

    def has(self, loc: Loc) -> bool:
        """Whether the file itself says something at `loc`."""
        node: Node = self.tree.root
        for part in loc:
            child = child_of(node, part)
            if child is None:
                return False
            node = child[1]
        return True


def read_document(file: Path, environ: Mapping[str, str], folder: Path, read: Read = read_text) -> Document:
    """Read a file as far as YAML goes; secrets in files are relative to the folder. Raises ConfigError if it cannot be
    read as a YAML mapping at all."""
    tree = gather(file, environ.get("HOME"), read)
    document = Document(file, tree, problems=tree.problems)
    expander = Expander(environ, folder)
    data = _Plain(document, expander).value(tree.root, (), 0)
    document.files = (*tree.looked_at, *expander.files)
    assert isinstance(data, dict)
    document.data = {key: value for key, value in data.items() if not key.startswith("x-")}  # a place for anchors
    return document


def read_items(file: Path) -> Document | None:
    """Read a file that holds a list, as far as YAML goes; None where it holds nothing."""
    text = read_text(file)
    root = compose(text)
    if root is None or kind_of(root) == "null":
        return None
    document = Document(file, Tree(root, {str(file): text}))
    if not isinstance(root, SequenceNode):
        raise ConfigError((document.problem_at((), 'the file must hold a list; write "- " before each item'),))
    document.data = _Plain(document, Expander({}, file.absolute().parent)).value(root, (), 0)
    return document


def _written(value: object, loc: Loc, unexpanded: Mapping[Loc, str]) -> object:
    match value:
        case dict():
            return {key: _written(each, (*loc, key), unexpanded) for key, each in value.items()}
        case list():
            return [_written(each, (*loc, at), unexpanded) for at, each in enumerate(value)]
        case str():
            return unexpanded.get(loc, value)
    return value


# ------------------------------------------------------------------------------------------------ nodes → data


class _Plain:
    """Turns nodes into dicts, lists and scalars, fills in secrets, and notes what is wrong on the way."""

    def __init__(self, document: Document, expander: Expander) -> None:
        self.document = document
        self.expander = expander
        self.nodes = 0

    def value(self, node: Node, loc: Loc, depth: int) -> object:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            message = "the aliases (*name) of this file make it too big; write out what they stand for"
            raise ConfigError((self.document.tree.problem(node, message, loc),), tuple(self.document.tree.looked_at))
        if not isinstance(node, ScalarNode) and kind_of(node) not in ("map", "seq"):
            self._refuse_tag(node, loc)
        if isinstance(node, MappingNode):
            return self._mapping(node, loc, depth)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*loc, at), depth + 1) for at, item in enumerate(node.value)]
        return self._scalar(cast("ScalarNode", node), loc)

    def _mapping(self, node: MappingNode, loc: Loc, depth: int) -> dict[str, object]:
        data: dict[str, object] = {}
        first: dict[str, Node] = {}
        merges: list[Node] = []
        for key, value in node.value:
            if kind_of(key) == "merge":
                merges += merged(value)
            elif (name := self._key(key, loc)) is None:
                continue
            elif name in first:
                where = position(first[name], key)
                self._note(key, f"{name}: is written twice; the first is at {where}; keep one of them", (*loc, name))
            else:
                first[name] = key
                data[name] = self.value(value, (*loc, name), depth + 1)
        for source in merges:
            self._merge(source, data, loc, depth)
        return data

    def _merge(self, source: Node, data: dict[str, object], loc: Loc, depth: int) -> None:
        if not isinstance(source, MappingNode):
            self._note(source, "<<: must name a mapping, such as *anchor", (*loc, "<<"))
            return
        before = dict(self.document.unexpanded)
        values = cast("dict[str, object]", self.value(source, loc, depth + 1))
        for name, value in values.items():
            if name in data:
                self._forget(before, (*loc, name))
            data.setdefault(name, value)

    def _forget(self, before: dict[Loc, str], loc: Loc) -> None:
        """What a merge says at a place where something nearer stands."""
        unexpanded = self.document.unexpanded
        for place in [each for each in unexpanded if each[: len(loc)] == loc]:
            if place in before:
                unexpanded[place] = before[place]
            else:
                del unexpanded[place]

    def _key(self, node: Node, loc: Loc) -> str | None:
        if not isinstance(node, ScalarNode):
            self._note(node, "a key must be plain text, not a list or a mapping", loc)
            return None
        kind, name = kind_of(node), str(node.value)
        if kind in _NOT_TEXT:
            says = "has no text" if kind == "null" else f"is read by YAML as {_NOT_TEXT[kind]}"
            message = f'the key `{name}` {says}; put it in quotes: "{name}"'
            self._note(node, message, (*loc, name), suggestion=f'"{name}"')
        return name

    def _scalar(self, node: ScalarNode, loc: Loc) -> object:
        kind, text = kind_of(node), str(node.value)
        if kind not in _KINDS:
            self._refuse_tag(node, loc)
            return self._text(node, text, loc)
        if kind in ("str", "value", "merge"):
            return self._text(node, text, loc)
        if kind in ("float", "timestamp"):
            return Misread(text)
        if kind == "null" and not text and loc and isinstance(loc[-1], str):
            self._look_for_a_lost_text(node, loc)
        try:
            value = _READERS[kind](node)
        except (ValueError, KeyError):  # !!int x, !!bool x, an int of thousands of digits
            return Misread(text)
        # 12:30 is 750 to YAML, and 010 is 8: nobody means that.
        return Misread(text, value) if kind == "int" and _SURPRISING.match(text) else cast("object", value)

    def _refuse_tag(self, node: Node, loc: Loc) -> None:
        self._note(node, f"the tag {node.tag.replace(TAG, '!!')} is not understood; remove it", loc)

    def _look_for_a_lost_text(self, node: ScalarNode, loc: Loc) -> None:
        """`title: #1` holds nothing but a comment, which the one who wrote it may not know."""
        mark, tree = node.start_mark, self.document.tree
        if lost := re.match(r" ?(#[^\s#].*)", tree.texts[file_of(node)].line(mark.line)[mark.column :]):
            message = f'{loc[-1]}: nothing stands here, because "#" begins a comment'
            hint = f'if it is text, put it in quotes: "{lost[1]}"'
            self.document.problems.append(tree.problem(node, f"{message}; {hint}", loc, severity="warning"))

    def _text(self, node: Node, text: str, loc: Loc) -> str:
        if "${" not in text:
            return text
        self.document.unexpanded[loc] = text
        value, taken = self.expander.expand(text, lambda message: self._note_unfilled(node, message, loc))
        if taken:
            self.document.taken[loc] = taken
        return FilledIn(value)

    def _note_unfilled(self, node: Node, message: str, loc: Loc) -> None:
        self.document.unfilled.add(loc)
        self._note(node, message, loc)

    def _note(self, node: Node, message: str, loc: Loc, suggestion: str | None = None) -> None:
        self.document.problems.append(self.document.tree.problem(node, message, loc, suggestion=suggestion))
