"""corrections.yaml: what people have said of stories, kept as data beside the configuration.

    - merge: [urn:uuid:…, urn:uuid:…]
      note: …

Read as strictly as the configuration. Written line by line, so that what a person wrote there – comments, order, their
own entries – stays as it is.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, cast

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from aggregator.config.document import Document, read_items
from aggregator.config.include import Loc
from aggregator.config.nodes import kind_of
from aggregator.model.article import StoryId
from aggregator.model.errors import AggregatorError, ConfigError, Problem
from aggregator.model.story import Correction

VERBS: tuple[Literal["merge", "split"], ...] = ("merge", "split")
_ID = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EXAMPLE = '"- merge: [urn:uuid:…, urn:uuid:…]"'
_HEAD = """\
# What people have said of stories; written by `aggregator merge` and `aggregator split`, and by hand.
# Every id is permanent: these lines hold for a new database as well. Of two contrary ones the later counts.
"""


def read_corrections(file: Path) -> tuple[Correction, ...]:
    """All of them, in the order of the file; none where there is no file. Raises ConfigError with all that is wrong."""
    if not file.exists():
        return ()
    document = read_items(file)
    if document is None:
        return ()
    problems = list(document.problems)
    corrections = []
    for at, item in enumerate(cast("SequenceNode", document.tree.root).value):
        found = list(_check(document, at, item))
        problems += found
        if not found:
            corrections.append(_correction(cast("list[dict[str, object]]", document.data)[at]))
    if problems:
        raise ConfigError(tuple(dict.fromkeys(problems)))
    return tuple(corrections)


def write_correction(file: Path, new: Correction, kept: Sequence[Correction]) -> None:
    """Add a correction, and take out all but those that are kept. Atomic: whoever looks sees all of it or none.

    Raises AggregatorError where the file cannot be written, or where it is written in a way that we cannot edit.
    """
    before = read_corrections(file)
    text = (
        _without(file, [at for at, each in enumerate(before) if each not in kept]) if before else _text(file) or _HEAD
    )
    text = f"{text.rstrip()}\n{written(new)}"
    with _replacing(file, text) as draft:
        if _stories(draft) != [(each.verb, each.stories) for each in (*(old for old in before if old in kept), new)]:
            message = f"{file} does not hold one correction after another, each on lines of its own; add this by hand:"
            raise AggregatorError(f"{message}\n{written(new)}")


def written(correction: Correction) -> str:
    """As it stands in the file."""
    lines = f"- {correction.verb}: [{', '.join(correction.stories)}]\n"
    if correction.note:
        note = correction.note.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${")
        lines += f'  note: "{"".join(each if each.isprintable() else " " for each in note)}"\n'
    return lines


def _stories(draft: Path) -> list[tuple[str, tuple[StoryId, ...]]] | None:
    """What a draft says; None where it says nothing that can be read."""
    try:
        return [(each.verb, each.stories) for each in read_corrections(draft)]
    except ConfigError:
        return None


# reading


def _check(document: Document, at: int, item: Node) -> Iterator[Problem]:
    if not isinstance(item, MappingNode):
        yield document.problem_at((at,), f"a correction is {_EXAMPLE}, or split: in the same way")
        return
    keys = [str(key.value) for key, _ in item.value if isinstance(key, ScalarNode)]
    for key in keys:
        if key not in (*VERBS, "note"):
            near = get_close_matches(key.lower(), (*VERBS, "note"), n=1)
            hint = f"did you mean {near[0]}?" if near else "the keys are merge, split and note"
            yield document.problem_at((at, key), f"{key}: is not a key here; {hint}", key=True)
    verbs = [key for key in keys if key in VERBS]
    if len(set(verbs)) == 2:
        yield document.problem_at(
            (at, "split"), "split: cannot stand beside merge:; begin a new item with it", key=True
        )
    elif not verbs and len(keys) == sum(key == "note" for key in keys):
        yield document.problem_at((at,), f"says neither merge: nor split:; write {_EXAMPLE}")
    for verb in dict.fromkeys(verbs):
        yield from _check_ids(document, (at, verb))
    if "note" in keys and not isinstance(document.node((at, "note")), ScalarNode):
        yield document.problem_at((at, "note"), "note: must be a text")


def _check_ids(document: Document, loc: Loc) -> Iterator[Problem]:
    node = document.node(loc)
    if not isinstance(node, SequenceNode):
        yield document.problem_at(loc, f"{loc[-1]}: must be a list of two ids or more; write {_EXAMPLE}")
        return
    if len(node.value) < 2:
        yield document.problem_at(loc, f"{loc[-1]}: takes two ids or more")
    said: set[str] = set()
    for at, item in enumerate(node.value):
        text = str(item.value).strip() if isinstance(item, ScalarNode) and kind_of(item) == "str" else None
        if text is None or not _ID.fullmatch(text.lower()):
            shown = f"`{text}`" if text is not None else "this"
            write = "write one such as urn:uuid:9f86d081-884c-5d65-9a2f-eaa0c55ad015 (`aggregator why` shows them)"
            yield document.problem_at((*loc, at), f"{loc[-1]}: {shown} is no published id; {write}")
        elif text.lower() in said:
            yield document.problem_at((*loc, at), f"{loc[-1]}: {text} stands here twice; name two stories")
        else:
            said.add(text.lower())


def _correction(fields: dict[str, object]) -> Correction:
    [verb] = [verb for verb in VERBS if verb in fields]
    ids = cast("list[str]", fields[verb])
    note = fields.get("note")
    return Correction(
        verb=verb, stories=tuple(StoryId(each.strip().lower()) for each in ids), note=str(note) if note else ""
    )


# writing


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8-sig") if file.exists() else ""


def _without(file: Path, items: Sequence[int]) -> str:
    """The text of the file without these items, each from its dash to its last line."""
    document = read_items(file)
    assert document is not None, "it has items"
    nodes = cast("SequenceNode", document.tree.root).value
    lines = _text(file).splitlines(keepends=True)
    for at in reversed(items):
        start, end = nodes[at].start_mark.line, _last_line(nodes[at])
        if at + 1 < len(nodes) and nodes[at + 1].start_mark.line <= end:
            raise AggregatorError(
                f"{file}: line {end + 1} does not hold one correction alone; write each on lines of its own"
            )
        del lines[start : end + 1]
    return "".join(lines)


def _last_line(node: Node) -> int:
    below = (part for pair in node.value for part in (pair if isinstance(pair, tuple) else (pair,)))
    if isinstance(node, ScalarNode):
        return int(node.end_mark.line)
    return max((_last_line(part) for part in below), default=int(node.start_mark.line))


class _replacing:  # noqa: N801 - reads as a verb
    """A draft beside the file, that takes its place at the end, if all went well."""

    def __init__(self, file: Path, text: str) -> None:
        self._file, self._text = file, text

    def __enter__(self) -> Path:
        try:
            number, name = tempfile.mkstemp(dir=self._file.parent, prefix=f".{self._file.name}.")
            self._draft = Path(name)
            with os.fdopen(number, "w", encoding="utf-8") as stream:
                stream.write(self._text)
                stream.flush()
                os.fsync(stream.fileno())
            self._draft.chmod(self._file.stat().st_mode & 0o777 if self._file.exists() else 0o644)
        except OSError as error:
            raise AggregatorError(f"{self._file} cannot be written: {error.strerror or error}") from error
        return self._draft

    def __exit__(self, kind: object, error: object, at: object) -> None:
        if error is None:
            os.replace(self._draft, self._file)
        else:
            self._draft.unlink(missing_ok=True)
