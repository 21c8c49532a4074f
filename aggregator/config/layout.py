"""A file as its writer laid it out: every value with the characters that it takes up.

The tree of nodes (nodes.py) says what a file means, and an alias is there what it stands for. Here it is itself, and
dashes and commas have their places: what has to be known to edit a file and leave the rest of it as it is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, cast

import yaml

BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML counts as the end of a line
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True, kw_only=True)
class Part:
    """One value. Offsets are in characters of the text; `end` is behind its last one that is no white space."""

    start: int
    end: int
    anchor: str | None = None
    tag: str | None = None


@dataclass(slots=True, kw_only=True)
class Scalar(Part):
    """A text, as it is written in one of YAML's five styles."""

    value: str
    style: str | None = None  # ' " | > or None, which is plain


@dataclass(slots=True, kw_only=True)
class Alias(Part):
    """Stands for what has this anchor."""


@dataclass(slots=True, kw_only=True)
class Listing(Part):
    """A list: in blocks, one dash for each item; or in one flow, with brackets and commas."""

    flow: bool
    items: list[Part] = field(default_factory=list)
    dashes: list[int] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Table(Part):
    """Keys and their values, in blocks or in one flow."""

    flow: bool
    pairs: list[tuple[Part, Part]] = field(default_factory=list)

    def find(self, key: str) -> tuple[Part, Part] | None:
        """The key of this name as it stands here, and its value; what a merge (<<) brings does not."""
        return next((pair for pair in self.pairs if isinstance(pair[0], Scalar) and pair[0].value == key), None)


class Layout:
    """The text of one file, in lines and in parts. It is known to be YAML, and not too deep."""

    def __init__(self, content: str) -> None:
        self.content = content
        ends = [match.end() for match in BREAK.finditer(content)]
        self.starts = [0, *ends]
        if ends and ends[-1] == len(content):
            self.starts.pop()
        self.anchors: dict[str, Part] = {}
        self.commas: list[int] = []
        self._dashes: dict[int, list[int]] = {}
        self._find_marks()
        self.root = self._compose()
        found = BREAK.search(content)
        self.eol = found[0] if found else "\n"

    # ---------------------------------------------------------------------------------------------- lines

    def line_of(self, offset: int) -> int:
        """The line of a character, counted from 0."""
        return bisect_right(self.starts, offset) - 1

    def column_of(self, offset: int) -> int:
        """The place of a character in its line, counted from 0."""
        return offset - self.starts[self.line_of(offset)]

    def begin(self, line: int) -> int:
        """The offset where a line begins; the end of the text for the line behind the last."""
        return self.starts[line] if line < len(self.starts) else len(self.content)

    def line(self, number: int) -> str:
        """A line with its end; empty where there is none."""
        return self.content[self.begin(number) : self.begin(number + 1)]

    def last_line_of(self, part: Part) -> int:
        """The line on which a part ends."""
        return self.line_of(max(part.start, part.end - 1))

    def resolved(self, part: Part) -> Part:
        """What an alias stands for; any other part is itself."""
        if isinstance(part, Alias):
            return self.anchors.get(part.anchor or "", part)
        return part

    def body_start(self, part: Part) -> int:
        """Where a value begins behind its anchor and its tag."""
        match = re.compile(r"(?:[&!]\S*\s+)*").match(self.content, part.start)
        return match.end() if match and (part.anchor or part.tag) else part.start

    # ---------------------------------------------------------------------------------------------- parts

    def _at(self, mark: Any) -> int:
        """libyaml counts a mark's index in its own way where lines end with two characters; lines and columns agree."""
        return min(self.begin(mark.line) + int(mark.column), len(self.content))

    def _find_marks(self) -> None:
        for token in cast("Iterator[Any]", yaml.scan(self.content, Loader=_LOADER)):
            if isinstance(token, yaml.BlockEntryToken):
                self._dashes.setdefault(token.start_mark.column, []).append(self._at(token.start_mark))
            elif isinstance(token, yaml.FlowEntryToken):
                self.commas.append(self._at(token.start_mark))

    def _compose(self) -> Part | None:
        """Built from events, with a stack of its own."""
        root: Part | None = None
        opened: list[Listing | Table] = []
        keys: list[Part | None] = []

        def add(part: Part) -> None:
            nonlocal root
            if not opened:
                root = part
            elif isinstance(parent := opened[-1], Listing):
                parent.items.append(part)
            elif (key := keys[-1]) is None:
                keys[-1] = part
            else:
                parent.pairs.append((key, part))
                keys[-1] = None

        for event in cast("Iterator[Any]", yaml.parse(self.content, Loader=_LOADER)):
            if isinstance(event, yaml.CollectionEndEvent):
                keys.pop()
                self._close(opened.pop(), event)
            elif isinstance(event, yaml.NodeEvent):
                part = self._part(event)
                if part.anchor and not isinstance(part, Alias):
                    self.anchors[part.anchor] = part
                add(part)
                if isinstance(part, Listing | Table):
                    opened.append(part)
                    keys.append(None)
        return root

    def _part(self, event: Any) -> Part:
        start, end = self._at(event.start_mark), self._at(event.end_mark)
        if isinstance(event, yaml.AliasEvent):
            return Alias(start=start, end=end, anchor=event.anchor)
        more = {"start": start, "anchor": event.anchor, "tag": event.tag}
        if isinstance(event, yaml.ScalarEvent):
            end = start + len(self.content[start:end].rstrip())
            return Scalar(end=end, value=event.value, style=event.style or None, **more)
        kind = Listing if isinstance(event, yaml.SequenceStartEvent) else Table
        return kind(end=end, flow=bool(event.flow_style), **more)

    def _close(self, part: Listing | Table, event: Any) -> None:
        """A block ends for the parser where the next thing begins: for a person, behind its last value."""
        if part.flow:
            part.end = self._at(event.end_mark)
            return
        inside = part.items if isinstance(part, Listing) else chain.from_iterable(part.pairs)
        last = max((each.end for each in inside), default=part.end)
        part.end = max(last, part.start)
        if isinstance(part, Listing) and part.items:
            body = self.body_start(part)
            dashes = self._dashes.get(self.column_of(body), [])
            first = bisect_right(dashes, body - 1)
            part.dashes = dashes[first : first + len(part.items)]
            part.end = max(part.end, part.dashes[-1] + 1)
