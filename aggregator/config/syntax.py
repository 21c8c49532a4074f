"""What the YAML parser complains about, said to a person: what is wrong there, and what to write instead."""

from __future__ import annotations

import re

import yaml

from aggregator.config.text import Text
from aggregator.model.errors import Problem

_NOTICED_LATE = "found unexpected end of stream", "expected ',' or", "could not find expected ':'"


def explain_syntax(text: Text, error: yaml.MarkedYAMLError) -> Problem:
    """One problem, at the place where it is to be mended."""
    mark = error.problem_mark or error.context_mark or yaml.Mark("", 0, 0, 0, None, 0)
    said = error.problem or error.context or "unknown"
    if error.context_mark is not None and said.startswith(_NOTICED_LATE):
        mark = error.context_mark  # where it began
    message = _explain(f"{error.context}: {said}" if error.context else said, text.line(mark.line), mark.column)
    return text.problem(message, mark)


def _explain(said: str, source: str, column: int) -> str:
    if re.search(r"""^\s*(- )?\s*listen:\s*\[""", source):
        return 'an address that begins with "[" must be in quotes: "[::1]:8080"'
    if source[column : column + 1] == "\t" or re.match(r" *\t", source):
        return "a tab stands here; YAML is indented with spaces, write spaces instead"
    if said.startswith("while parsing a flow") and re.search(r"[\[{, ]#\S", source[column:]):
        return 'a "#" after a space or a bracket begins a comment; put the text that begins with "#" in quotes'
    if "mapping values are not allowed" in said and re.search(r":\s", source[:column]):
        return 'a second ": " stands on this line; put the text in quotes if it belongs to it, or begin a new line'
    if match := re.match(r"\s*(?:- +)?([a-z_]+):(\S.*)", source):
        return f'a space is missing after the colon; write "{match[1]}: {match[2][:40].rstrip()}"'
    for pattern, message in _SAYINGS:
        if match := re.search(pattern, said):
            return message.format(*match.groups())
    return f"this is not YAML: {said}"


# What the parser says, context first, and what we say.
_SAYINGS = (
    (r"found character '(.)' that cannot start", "text that begins with {} must be in quotes"),
    (r"an alias: expected alphabetic", "text that begins with * must be in quotes"),
    (r"an anchor: expected alphabetic", "text that begins with & must be in quotes"),
    (r"expected the node content, but found '(.)'", "text that begins with {} must be in quotes here"),
    (
        r"mapping values are not allowed",
        "a key cannot stand here; indent it like its neighbours, and see that the line above is complete: "
        'a space after its colon, as in "name: text"',
    ),
    (r"found undefined tag handle '(.*)'", "the tag {} is not understood; remove it, or put the text in quotes"),
    (r"could not find expected ':'", 'a key without a colon stands here; write "key: value"'),
    (r"sequence entries are not allowed", 'an item "- " cannot stand on the line of its key; begin a new line'),
    (
        r"expected the node content, but found '<stream end>'",
        "a [ or {{ above is never closed; write ] or }} at the end of what it opens",
    ),
    (
        r"found unexpected end of stream",
        "the quote that opens here is never closed; write it at the end of the text as well",
    ),
    (
        r"expected ',' or '\]'",
        "the [ that opens here is not closed; write commas between the items and ] at the end",
    ),
    (
        r"expected ',' or '\}'",
        "the {{ that opens here is not closed; write commas between the items and }} at the end",
    ),
    (
        r"expected <block end>, but found '-'",
        'an item "- " cannot stand here; indent it like the other items, below the key that the list belongs to',
    ),
    (
        r"expected <block end>, but found '\?'",
        'a key cannot stand between the items of a list; write "- " before it, or indent it differently',
    ),
    (
        r"expected <block end>, but found '<block mapping start>'",
        "the indentation does not fit; begin this line in the same column as its neighbours",
    ),
    (r"expected <block end>", "text cannot follow here; put the text in quotes as a whole"),
    (
        r"found unknown escape character",
        'inside "…" a \\ must be written \\\\; or use single quotes, where it is itself',
    ),
    (
        r"expected '<document start>', but found '<stream end>'",
        'the file holds nothing but a line that begins with "%"; remove it',
    ),
    (
        r"expected '<document start>'",
        "the indentation does not fit; begin this line in the same column as the first key",
    ),
)
