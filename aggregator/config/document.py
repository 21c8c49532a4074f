"""YAML text → a tree of nodes that know their place → plain data for pydantic.

    decode | compose | plain

The nodes are PyYAML's, built here from its parser's events and not by its composer, which recurses as deep as a
hostile file tells it to. Nothing of YAML leaves this package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from aggregator.config.syntax import explain_syntax
from aggregator.model.errors import ConfigError, Problem

Loc = tuple[str | int, ...]
"""The way to a value from the top of the file: ("categories", "金融", "sources", 0, "url")."""

MAX_SIZE = 10_000_000  # bytes; 100,000 sources fit
MAX_DEPTH = 20  # ours is 8 at most
MAX_NODES = 500_000  # with aliases written out, so that ten lines cannot become ten million

_TAG = "tag:yaml.org,2002:"
_KINDS = {"null", "bool", "int", "float", "timestamp", "str", "merge", "value"}
_NOT_TEXT = {"null": "empty", "bool": "true or false", "int": "a number", "float": "a number", "timestamp": "a date"}
_SECRET = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
_SURPRISING = re.compile(r"[-+]?0[0-9_]|.*:")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where PyYAML was built with libyaml
_resolver: Any = yaml.resolver.Resolver()
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


@dataclass(slots=True)
class Document:
    """What a file holds, where each value stands, and what is wrong with it as YAML."""

    file: Path
    root: Node
    data: object = None
    unexpanded: dict[Loc, str] = field(default_factory=dict)  # texts that hold ${NAME}, as they were written
    problems: list[Problem] = field(default_factory=list)

    def problem_at(self, loc: Loc, message: str, *, key: bool = False) -> Problem:
        """A problem with the value that stands at `loc`, or with its key."""
        return _problem(self.file, self.key(loc) if key else self.node(loc), message)

    def node(self, loc: Loc) -> Node:
        """The node at `loc`; where the file has none there (a default, a bare URL), the nearest one around it."""
        node = self.root
        for part in loc:
            child = _child(node, part)
            if child is None:
                return node
            node = child[1]
        return node

    def key(self, loc: Loc) -> Node:
        """The node of the key that leads to `loc`."""
        child = _child(self.node(loc[:-1]), loc[-1]) if loc else None
        return child[0] if child else self.node(loc)

    def has(self, loc: Loc) -> bool:
        """Whether the file itself says something at `loc`."""
        node: Node = self.root
        for part in loc:
            child = _child(node, part)
            if child is None:
                return False
            node = child[1]
        return True

    def position(self, loc: Loc) -> str:
        """Where the value at `loc` stands, in words."""
        return position(self.node(loc))


def position(node: Node) -> str:
    """Where a node begins, in words."""
    return f"line {node.start_mark.line + 1}, column {node.start_mark.column + 1}"


def read_document(file: Path, environ: Mapping[str, str]) -> Document:
    """Read a file as far as YAML goes. Raises ConfigError if it cannot be read as a YAML mapping at all."""
    root = _compose(file, _decode(file))
    if root is None:
        raise _fatal(file, 1, 1, 'the file is empty; write "categories:" and below it what you want to follow')
    if not isinstance(root, MappingNode):
        raise ConfigError((_problem(file, root, 'the file must hold keys with values, such as "categories:"'),))
    document = Document(file, root)
    document.data = _Plain(document, environ).value(root, (), 0)
    return document


def secrets_in(written: str) -> list[str]:
    """The names of all ${NAME} in a text as it was written."""
    return [match[1] for match in _SECRET.finditer(written) if match[1]]


def kind_of(node: Node) -> str:
    """What YAML takes a node for: bool, int, str, map, …"""
    return str(node.tag).removeprefix(_TAG)


# ------------------------------------------------------------------------------------------------ bytes → text


def _decode(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_SIZE + 1)
    except FileNotFoundError:
        raise _fatal(file, 1, 1, "there is no such file; name another one with --config") from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise _fatal(file, 1, 1, f"the file cannot be read: {reason}") from None
    if len(raw) > MAX_SIZE:
        raise _fatal(file, 1, 1, f"the file is too big; {MAX_SIZE // 1_000_000}MB is the most")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _line_and_column(raw[: error.start].decode("utf-8-sig", "replace"))
        raise _fatal(file, line, column, "the file is not UTF-8 from here on; save it as UTF-8") from None
    if control := yaml.reader.Reader.NON_PRINTABLE.search(text):
        line, column = _line_and_column(text[: control.start()])
        message = f"a control character (U+{ord(control[0]):04X}) is not allowed here; remove it"
        raise _fatal(file, line, column, message)
    return text


def _line_and_column(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _fatal(file: Path, line: int, column: int, message: str) -> ConfigError:
    return ConfigError((Problem(file=file, line=line, column=column, message=message),))


def _problem(file: Path, node: Node, message: str) -> Problem:
    mark = node.start_mark
    return Problem(file=file, line=mark.line + 1, column=mark.column + 1, message=message)


# ------------------------------------------------------------------------------------------------ text → nodes


def _compose(file: Path, text: str) -> Node | None:
    composer = _Composer(file)
    try:
        for event in _events(text):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        # The parser in Python says more than the one in C does, and the same on every machine.
        raise ConfigError((explain_syntax(file, text, _python_error(text) or error),)) from None
    except yaml.YAMLError as error:
        raise _fatal(file, 1, 1, f"this is not YAML: {error}") from None
    return composer.root


def _events(text: str) -> Iterator[Any]:
    return cast("Iterator[Any]", yaml.parse(text, Loader=_Parser))


def _python_error(text: str) -> yaml.MarkedYAMLError | None:
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        return error
    except (yaml.YAMLError, ValueError):  # ValueError: the scanner reads \U00110000 as a character
        return None
    return None


class _Composer:
    """Builds nodes from events, with a stack of its own."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.root: Node | None = None
        self._open: list[Node] = []
        self._keys: list[Node | None] = []  # of each open node: the key that waits for its value
        self._anchors: dict[str, Node] = {}

    def take(self, event: Any) -> None:
        match event:
            case yaml.ScalarEvent():
                self._add(self._scalar(event), event.anchor)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._start(event)
            case yaml.CollectionEndEvent():
                self._open.pop()
                self._keys.pop()
            case yaml.AliasEvent():
                self._add(self._alias(event), None)
            case yaml.DocumentStartEvent() if self.root is not None:
                raise self._error(event, 'the file must be one document; remove this "---" and what follows')

    def _scalar(self, event: Any) -> ScalarNode:
        tag = event.tag
        if tag is None or tag == "!":
            tag = _resolver.resolve(ScalarNode, event.value, event.implicit)
        return ScalarNode(tag, event.value, event.start_mark, event.end_mark, style=event.style or None)

    def _start(self, event: Any) -> None:
        if len(self._open) == MAX_DEPTH:
            raise self._error(event, "this is nested too deeply; no setting is more than 8 levels deep")
        kind = SequenceNode if isinstance(event, yaml.SequenceStartEvent) else MappingNode
        default = "seq" if kind is SequenceNode else "map"
        node = kind(event.tag or f"{_TAG}{default}", [], event.start_mark, event.end_mark)
        self._add(node, event.anchor)
        self._open.append(node)
        self._keys.append(None)

    def _alias(self, event: Any) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            hint = f"if it is text, put it in quotes; if not, define &{event.anchor} above"
            raise self._error(event, f"*{event.anchor} refers to nothing; {hint}")
        if any(node is opened for opened in self._open):
            raise self._error(event, f"*{event.anchor} would hold itself; remove it")
        return node

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, SequenceNode):
            parent.value.append(node)
        elif (key := self._keys[-1]) is None:
            self._keys[-1] = node
        else:
            parent.value.append((key, node))
            self._keys[-1] = None

    def _error(self, event: Any, message: str) -> ConfigError:
        return _fatal(self.file, event.start_mark.line + 1, event.start_mark.column + 1, message)


def _child(node: Node, part: str | int) -> tuple[Node, Node] | None:
    """The key and the value at `part` of a node; the item of a list is its own key."""
    if isinstance(node, SequenceNode) and isinstance(part, int):
        return (node.value[part], node.value[part]) if part < len(node.value) else None
    if not isinstance(node, MappingNode):
        return None
    for key, value in node.value:
        if isinstance(key, ScalarNode) and key.value == part and kind_of(key) != "merge":
            return key, value
    merged = (_child(source, part) for key, value in node.value if kind_of(key) == "merge" for source in _merged(value))
    return next((found for found in merged if found), None)


def _merged(value: Node) -> list[Node]:
    return list(value.value) if isinstance(value, SequenceNode) else [value]


# ------------------------------------------------------------------------------------------------ nodes → data


class _Plain:
    """Turns nodes into dicts, lists and scalars, fills in secrets, and notes what is wrong on the way."""

    def __init__(self, document: Document, environ: Mapping[str, str]) -> None:
        self.document = document
        self.environ = environ
        self.nodes = 0

    def value(self, node: Node, loc: Loc, depth: int) -> object:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            message = "the aliases (*name) of this file make it too big; write out what they stand for"
            raise ConfigError((_problem(self.document.file, node, message),))
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
                merges += _merged(value)
            elif (name := self._key(key)) is None:
                continue
            elif name in first:
                self._note(key, f"{name}: is written twice; the first is at {position(first[name])}; keep one of them")
            else:
                first[name] = key
                data[name] = self.value(value, (*loc, name), depth + 1)
        for source in merges:
            self._merge(source, data, loc, depth)
        return data

    def _merge(self, source: Node, data: dict[str, object], loc: Loc, depth: int) -> None:
        if not isinstance(source, MappingNode):
            self._note(source, "<<: must name a mapping, such as *anchor")
            return
        merged = cast("dict[str, object]", self.value(source, loc, depth + 1))
        for name, value in merged.items():
            data.setdefault(name, value)

    def _key(self, node: Node) -> str | None:
        if not isinstance(node, ScalarNode):
            self._note(node, "a key must be plain text, not a list or a mapping")
            return None
        kind = kind_of(node)
        if kind in _NOT_TEXT:
            says = "has no text" if kind == "null" else f"is read by YAML as {_NOT_TEXT[kind]}"
            self._note(node, f'the key `{node.value}` {says}; put it in quotes: "{node.value}"')
        return str(node.value)

    def _scalar(self, node: ScalarNode, loc: Loc) -> object:
        kind, text = kind_of(node), str(node.value)
        if kind not in _KINDS:
            self._note(node, f"the tag {node.tag.replace(_TAG, '!!')} is not understood; remove it")
            return self._text(node, text, loc)
        if kind in ("str", "value", "merge"):
            return self._text(node, text, loc)
        if kind in ("float", "timestamp"):
            return Misread(text)
        try:
            value = _READERS[kind](node)
        except (ValueError, KeyError):  # !!int x, !!bool x, an int of thousands of digits
            return Misread(text)
        # 12:30 is 750 to YAML, and 010 is 8: nobody means that.
        return Misread(text, value) if kind == "int" and _SURPRISING.match(text) else cast("object", value)

    def _text(self, node: Node, text: str, loc: Loc) -> str:
        if "${" not in text:
            return text
        self.document.unexpanded[loc] = text
        return _SECRET.sub(lambda match: self._secret(node, match), text)

    def _secret(self, node: Node, match: re.Match[str]) -> str:
        if match[0] == "$${":
            return "${"
        name = match[1]
        if not match[2] or not _NAME.fullmatch(name):
            self._note(node, f"`{match[0]}` must be ${{NAME}}; for the characters themselves write $${{")
        elif name in self.environ:
            return self.environ[name]
        else:
            self._note(node, f"the environment has no {name}; set it, or write the value here instead of ${{{name}}}")
        # One problem is enough: what stands in its place is fit for a URL, too.
        return re.sub(r"\W", "", name)

    def _note(self, node: Node, message: str) -> None:
        self.document.problems.append(_problem(self.document.file, node, message))
