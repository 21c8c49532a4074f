"""What the YAML parser complains about, said to a person: what is wrong there, and what to write instead."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from aggregator.model.errors import Problem

_QUOTES = "put the text in quotes"
_NOTICED_LATE = "found unexpected end of stream", "expected ',' or", "could not find expected ':'"


def explain_syntax(file: Path, text: str, error: yaml.MarkedYAMLError) -> Problem:
    """One problem, at the place where it is to be mended."""
    mark = error.problem_mark or error.context_mark
    said = error.problem or error.context or "unknown"
    if error.context_mark is not None and said.startswith(_NOTICED_LATE):
        mark = error.context_mark  # where it began
    lines = text.splitlines()
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    source = lines[line] if line < len(lines) else ""
    message = _explain(said, error, source, column)
    return Problem(file=file, line=line + 1, column=column + 1, message=message)


def _explain(said: str, error: Any, source: str, column: int) -> str:
    before = source[:column]
    if re.search(r"""^\s*(- )?\s*listen:\s*\[""", source):
        return 'an address that begins with "[" must be in quotes: "[::1]:8080"'
    if "character '\\t'" in said or "\t" in source[: column + 1]:
        return "a tab stands here; YAML is indented with spaces, write spaces instead"
    if match := re.search(r"found character '(.)' that cannot start", said):
        return f"text that begins with {match[1]} must be in quotes"
    if said.startswith("mapping values are not allowed"):
        return _explain_colon(before)
    if said.startswith("could not find expected ':'"):
        return 'a key without a colon stands here; write "key: value"'
    if said.startswith("found unexpected end of stream"):
        return "the quote that opens here is never closed; write it at the end of the text as well"
    if match := re.match(r"expected ',' or '(.)'", said):
        opened = {"]": "[", "}": "{"}[match[1]]
        return f"the {opened} that opens here is not closed; write commas between the items and {match[1]} at the end"
    if match := re.search(r"expected the node content, but found '(.)'", said):
        return f"text that begins with {match[1]} must be in quotes here"
    if said.startswith("expected <block end>, but found"):
        return _explain_block(said)
    if said.startswith("found unknown escape character"):
        return 'inside "…" a \\ must be written \\\\; or use single quotes, where it is itself'
    return f"this is not YAML: {said}"


def _explain_colon(before: str) -> str:
    if re.search(r":\s", before):
        return f'a second ": " stands on this line; {_QUOTES} if it belongs to it, or begin a new line'
    return (
        "a key cannot stand here; indent it like its neighbours, and see that the line above is complete: "
        'a space after its colon, as in "name: text"'
    )


def _explain_block(said: str) -> str:
    if "'-'" in said:
        return 'an item "- " cannot stand here; indent it like the other items, below the key that the list belongs to'
    if "'?'" in said:
        return 'a key cannot stand between the items of a list; write "- " before it, or indent it differently'
    if "'<block mapping start>'" in said:
        return "the indentation does not fit; begin this line in the same column as its neighbours"
    return f"text cannot follow here; {_QUOTES} as a whole"
