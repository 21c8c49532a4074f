"""One tree of nodes from the file that is named, and all that it includes.

    read_text | compose | mend renamed keys ─► join

`include:` stands at the top or in a category, and names files, folders or patterns, relative to the file that it stands
in. What an included file holds is joined with what stands around its `include:`: mappings key by key, lists of sources
one after the other. Two files that say different things are a problem with both places.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import cast

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from aggregator.config.nodes import TAG, compose, file_of, kind_of
from aggregator.config.renamed import mend_renamed
from aggregator.config.text import MAX_SIZE, Text, read_text
from aggregator.model.errors import ConfigError, Problem

MAX_FILES = 1_000

Read = Callable[[Path], Text]
"""How a file is read: from the disk, or as it would be there."""

Loc = tuple[str | int, ...]
"""The way to a value from the top of the file: ("categories", "金融", "sources", 0, "url")."""

_APPENDED = ("sources", "rules")  # lists that two files may both add to
_SUFFIXES = (".yaml", ".yml")


@dataclass(slots=True)
class Tree:
    """The nodes of all files together."""

    root: Node
    texts: dict[str, Text]
    problems: list[Problem] = field(default_factory=list)
    looked_at: dict[Path, None] = field(default_factory=dict)  # files and folders: when one changes, so may the tree
    parts: list[tuple[Path, Loc]] = field(default_factory=list)  # each file and where it is joined, in this order

    def problem(self, node: Node, message: str, path: Loc = (), **more: object) -> Problem:
        """A problem with a node, in the file that it stands in."""
        return self.texts[file_of(node)].problem(message, node.start_mark, node.end_mark, path=path, **more)  # type: ignore[arg-type]


def position(node: Node, seen_from: Node) -> str:
    """Where a node begins, in words; with its file, if that is another one."""
    place = f"line {node.start_mark.line + 1}, column {node.start_mark.column + 1}"
    return place if file_of(node) == file_of(seen_from) else f"{place} of {file_of(node)}"


def gather(file: Path, home: str | None, read: Read = read_text) -> Tree:
    """The tree of a file. Raises ConfigError if that file cannot be read as a YAML mapping at all."""
    text = read(file)
    root = compose(text)
    if root is None:
        raise text.fatal('the file is empty; write "categories:" and below it what you want to follow')
    tree = Tree(root, {str(file): text}, looked_at={file: None}, parts=[(file, ())])
    if not isinstance(root, MappingNode):
        problem = tree.problem(root, _no_mapping(text))
        raise ConfigError((problem,), (file,))
    tree.problems += mend_renamed(text, root)
    tree.root = _Gatherer(tree, home, read).resolved(root, text, (), (file,))
    return tree


def _no_mapping(text: Text) -> str:
    if re.match(r"\s*<(\?xml|opml)\b", text.content):
        return "this is XML; a list of feeds in OPML is taken in by `aggregator import opml FILE`"
    if re.match(r"\s*(-\s+)?(https?|feed)://", text.content):
        return "this is a list of addresses; `aggregator import opml FILE` takes it in"
    if re.match(r"\s*\w+\s*：", text.content):
        return 'the colon here is a wide one ("："); write ":", and a space after it where a value follows'
    return 'the file must hold keys with values, such as "categories:"'


class _Gatherer:
    """Follows what is included, and notes what is wrong on the way."""

    def __init__(self, tree: Tree, home: str | None, read: Read) -> None:
        self.tree = tree
        self.home = home
        self.read = read
        self.size = sum(len(text.content) for text in tree.texts.values())
        self.named: dict[Path, Node] = {}  # where each file was included

    def resolved(self, node: MappingNode, text: Text, loc: Loc, stack: tuple[Path, ...]) -> MappingNode:
        """The mapping with all that it includes, and without the keys that say so."""
        if not loc:
            node = self._with_categories(node, text, stack)
        includes = [value for key, value in node.value if _is_include(key)]
        if not includes:
            return node
        whole = _copy(node, [(key, value) for key, value in node.value if not _is_include(key)])
        for name in (name for value in includes for name in self._names(value, loc)):
            for file in self._files(name, text, loc, stack):
                if (part := self._part(file, name, loc, stack)) is not None:
                    whole = self._join_mappings(whole, part, loc)
        return whole

    def _with_categories(self, node: MappingNode, text: Text, stack: tuple[Path, ...]) -> MappingNode:
        def resolved(key: Node, value: Node) -> Node:
            if isinstance(value, MappingNode) and any(_is_include(inner) for inner, _ in value.value):
                return self.resolved(value, text, ("categories", str(key.value)), stack)
            return value

        pairs = []
        for key, value in node.value:
            if isinstance(value, MappingNode) and isinstance(key, ScalarNode) and key.value == "categories":
                value = _copy(value, [(name, resolved(name, category)) for name, category in value.value])
            pairs.append((key, value))
        return _copy(node, pairs)

    # -------------------------------------------------------------------------------- what is named

    def _names(self, value: Node, loc: Loc) -> Iterator[ScalarNode]:
        for item in value.value if isinstance(value, SequenceNode) else [value]:
            if kind_of(item) == "null" and not isinstance(value, SequenceNode):
                return
            if isinstance(item, ScalarNode) and kind_of(item) == "str" and item.value.strip():
                yield item
            else:
                message = "include: must name a file, a folder or a pattern, such as feeds/*.yaml, or a list of them"
                self._note(item, message, loc)

    def _files(self, name: ScalarNode, text: Text, loc: Loc, stack: tuple[Path, ...]) -> list[Path]:
        written = str(name.value).strip()
        if self.home and written.startswith("~/"):
            written = self.home + written[1:]
        path = text.file.parent / written
        open_already = {each.resolve() for each in stack}
        if path.is_dir():
            found = sorted(each for each in path.iterdir() if each.suffix in _SUFFIXES and each.name[0] != ".")
            self.tree.looked_at[path] = None
        elif glob.has_magic(written):
            found = self._matching(path)
            if not found:
                message = f"include: {written} matches no file; that is fine as long as none is meant to be there"
                self._note(name, message, loc, severity="warning")
        else:
            return [path]
        return [each for each in found if each.is_file() and each.resolve() not in open_already]

    def _matching(self, pattern: Path) -> list[Path]:
        plain = pattern.parent
        while glob.has_magic(str(plain)):
            plain = plain.parent
        found = sorted(map(Path, glob.glob(str(pattern), recursive=True)))
        self.tree.looked_at.update(dict.fromkeys([plain, *(each.parent for each in found)]))
        return found

    def _part(self, file: Path, name: ScalarNode, loc: Loc, stack: tuple[Path, ...]) -> MappingNode | None:
        """What an included file holds; None, and a problem, if nothing can be made of it."""
        identity = file.resolve()
        if identity in (circle := [each.resolve() for each in stack]):
            names = " → ".join(map(str, (*stack[circle.index(identity) :], file)))
            self._note(name, f"include: goes in a circle: {names}; remove one of these includes", loc)
            return None
        if (first := self.named.setdefault(identity, name)) is not name:
            self._note(name, f"include: {file} is included twice; the first is at {position(first, name)}", loc)
            return None
        self.tree.looked_at[file] = None
        if not file.exists():
            self._note(name, f"include: there is no such file: {file}{_near(file, stack)}", loc)
            return None
        if len(self.named) > MAX_FILES or self.size > MAX_SIZE:
            self._note(
                name, f"include: this is too much; {MAX_FILES} files and {MAX_SIZE // 1_000_000}MB are the most", loc
            )
            return None
        return self._read(file, loc, (*stack, file))

    def _read(self, file: Path, loc: Loc, stack: tuple[Path, ...]) -> MappingNode | None:
        try:
            text = self.read(file)
            self.tree.texts[str(file)] = text
            self.size += len(text.content)
            root = compose(text)
        except ConfigError as error:
            self.tree.problems += error.problems
            return None
        if root is None or kind_of(root) == "null":
            return None
        if isinstance(root, SequenceNode) and loc:
            key = ScalarNode(f"{TAG}str", "sources", root.start_mark, root.start_mark)
            root = MappingNode(f"{TAG}map", [(key, root)], root.start_mark, root.end_mark)
        if not isinstance(root, MappingNode):
            first = '"sources:"' if loc else '"categories:"'
            self._note(root, f"the file must hold keys with values, such as {first}", loc)
            return None
        self.tree.problems += mend_renamed(text, root, loc)
        self.tree.parts.append((file, loc))
        return self.resolved(root, text, loc, stack)

    # -------------------------------------------------------------------------------- joining

    def _join_mappings(self, one: MappingNode, other: MappingNode, loc: Loc) -> MappingNode:
        pairs = list(one.value)
        known = {str(key.value): at for at, (key, _) in reversed(list(enumerate(pairs))) if _is_plain(key)}
        for key, value in other.value:
            # A key that a file has twice is joined once: the other one is for the complaint about that.
            at = known.pop(str(key.value), None) if _is_plain(key) else None
            if at is None:
                pairs.append((key, value))
            else:
                pairs[at] = (pairs[at][0], self._join(pairs[at][1], value, (*loc, str(key.value))))
        return _copy(one, pairs)

    def _join(self, one: Node, other: Node, loc: Loc) -> Node:
        if isinstance(one, MappingNode) and isinstance(other, MappingNode):
            return self._join_mappings(one, other, loc)
        if isinstance(one, SequenceNode) and isinstance(other, SequenceNode) and loc[-1] in _APPENDED:
            return SequenceNode(one.tag, [*one.value, *other.value], one.start_mark, one.end_mark)
        if kind_of(one) == "null" and not isinstance(other, ScalarNode):
            return other
        if _same(one, other) or (kind_of(other) == "null" and not isinstance(one, ScalarNode)):
            return one
        where = position(one, other)
        self._note(other, f"{loc[-1]}: has another value at {where}; keep one of them", loc)
        return one

    def _note(self, node: Node, message: str, loc: Loc, **more: object) -> None:
        self.tree.problems.append(self.tree.problem(node, message, (*loc, "include"), **more))


def _is_include(key: Node) -> bool:
    return isinstance(key, ScalarNode) and key.value == "include"


def _is_plain(key: Node) -> bool:
    return isinstance(key, ScalarNode) and kind_of(key) != "merge"


def _copy(node: MappingNode, pairs: list[tuple[Node, Node]]) -> MappingNode:
    return MappingNode(node.tag, pairs, node.start_mark, node.end_mark, flow_style=node.flow_style)


def _same(one: Node, other: Node) -> bool:
    if isinstance(one, ScalarNode) or isinstance(other, ScalarNode):
        return (one.tag, one.value) == (other.tag, other.value)
    if not isinstance(one, SequenceNode) or not isinstance(other, SequenceNode):
        return False
    items, others = cast("list[Node]", one.value), cast("list[Node]", other.value)
    return len(items) == len(others) and all(map(_same, items, others))


def _near(file: Path, stack: tuple[Path, ...]) -> str:
    """What is there and is called alike; a file that is being read is not meant."""
    try:
        names = [each.name for each in file.parent.iterdir() if each not in stack]
    except OSError:
        return f"; nor is there a folder {file.parent}"
    near = get_close_matches(file.name, names, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else "; make it, or remove this line"
