"""The text of one file → a tree of nodes that know their place, the name of their file included.

The nodes are PyYAML's, built here from its parser's events and not by its composer, which recurses as deep as a
hostile file tells it to.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, cast

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from aggregator.config.syntax import explain_syntax
from aggregator.config.text import Text
from aggregator.model.errors import ConfigError

MAX_DEPTH = 20  # ours is 8 at most

TAG = "tag:yaml.org,2002:"

_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where PyYAML was built with libyaml
_resolver: Any = yaml.resolver.Resolver()


def kind_of(node: Node) -> str:
    """What YAML takes a node for: bool, int, str, map, …"""
    return str(node.tag).removeprefix(TAG)


def file_of(node: Node) -> str:
    """The name of the file that a node stands in."""
    return str(node.start_mark.name)


def merged(value: Node) -> list[Node]:
    """The nodes that a merge (<<) names."""
    return list(value.value) if isinstance(value, SequenceNode) else [value]


def child_of(node: Node, part: str | int) -> tuple[Node, Node] | None:
    """The key and the value at `part` of a node; the item of a list is its own key."""
    if isinstance(node, SequenceNode) and isinstance(part, int):
        return (node.value[part], node.value[part]) if part < len(node.value) else None
    if not isinstance(node, MappingNode):
        return None
    for key, value in node.value:
        if isinstance(key, ScalarNode) and key.value == part and kind_of(key) != "merge":
            return key, value
    sources = (source for key, value in node.value if kind_of(key) == "merge" for source in merged(value))
    return next((found for source in sources if (found := child_of(source, part))), None)


def compose(text: Text) -> Node | None:
    """The tree of a file; None if there is nothing in it. Raises ConfigError where it is not YAML."""
    composer = _Composer(text)
    try:
        for event in _events(text):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        # The parser in Python says more than the one in C does, and the same on every machine.
        problem = explain_syntax(text, _python_error(text.content) or error)
        raise ConfigError((problem,), (text.file,)) from None
    except yaml.YAMLError as error:
        raise text.fatal(f"this is not YAML: {error}") from None
    return composer.root


class _Named(io.StringIO):
    """A text that tells the parser its name, which puts it into each mark."""

    def __init__(self, content: str, name: str) -> None:
        super().__init__(content, newline="")
        self.name = name


def _events(text: Text) -> Iterator[Any]:
    return cast("Iterator[Any]", yaml.parse(_Named(text.content, str(text.file)), Loader=_Parser))


def _python_error(content: str) -> yaml.MarkedYAMLError | None:
    try:
        for _ in yaml.parse(content, Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        return error
    except (yaml.YAMLError, ValueError):  # ValueError: the scanner reads \U00110000 as a character
        return None
    return None


class _Composer:
    """Builds nodes from events, with a stack of its own."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.root: Node | None = None
        self._open: list[CollectionNode] = []
        self._keys: list[Node | None] = []  # of each open node: the key that waits for its value
        self._anchors: dict[str, Node] = {}

    def take(self, event: Any) -> None:
        match event:
            case yaml.ScalarEvent():
                self._add(self._scalar(event), event.anchor)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._start(event)
            case yaml.CollectionEndEvent():
                self._end(event)
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
        tag = event.tag or f"{TAG}{default}"
        node = kind(tag, [], event.start_mark, event.end_mark, flow_style=event.flow_style)
        self._add(node, event.anchor)
        self._open.append(node)
        self._keys.append(None)

    def _end(self, event: Any) -> None:
        """A block ends for the parser where the next thing begins: for a person, behind its last value."""
        node = self._open.pop()
        self._keys.pop()
        if node.flow_style:
            node.end_mark = event.end_mark
        elif node.value:
            last = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
            if last.end_mark.index > node.end_mark.index:  # or it is an alias, and stands above
                node.end_mark = last.end_mark

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
        problem = self.text.problem(message, event.start_mark, event.end_mark)
        return ConfigError((problem,), (self.text.file,))
