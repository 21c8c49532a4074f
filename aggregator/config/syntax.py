"""What the YAML parser complains about, said to a person: what is wrong there, and what to write instead."""

from __future__ import annotations

import re

import yaml

from aggregator.config.text import Text
from aggregator.model.errors import Problem

_NOTICED_LATE = "found unexpected end of stream", "expected ',' or", "could not find expected ':'"


_CONFLICT = re.compile(r"(<{7}|={7}|>{7})( |$)")
_BULLET = re.compile(r"(\s*)([*•·－—–])\s+(\S.*)")
_GLUED = re.compile(r"(\s*(?:- +)?)(?!https?:|file:|exec:)([a-z_]+):([^\s:].*)")
_KEYLESS = re.compile(r"(\s*(?:- +)?)([\w/-]+)\s*")  # a name alone on its line
_BARE = re.compile(r"(\s*- +)((?:https?|file|exec):\S+)\s*")


def explain_syntax(text: Text, error: yaml.MarkedYAMLError) -> Problem:
    """One problem, at the place where it is to be mended."""
    return _find_conflict(text) or _blame(text, error) or _complain(text, error)


def _complain(text: Text, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark or yaml.Mark("", 0, 0, 0, None, 0)
    said = error.problem or error.context or "unknown"
    where = ""
    if error.context_mark is not None and said.startswith(_NOTICED_LATE):
        where = _noticed(text, said, error.context_mark, mark)
        mark = error.context_mark  # where it began
    if said.startswith("found unknown escape"):
        mark = _place(mark.line, mark.column - 1)  # the backslash itself
    whole = f"{error.context}: {said}" if error.context else said
    return text.problem(_explain(whole, text.line(mark.line), mark.column) + where, mark)


def _noticed(text: Text, said: str, began: yaml.Mark, mark: yaml.Mark) -> str:
    """Where it came out that a bracket is open or a comma is missing: that may be far below."""
    if not said.startswith("expected ','") or mark.line == began.line or not text.line(mark.line).strip():
        return ""
    return f"; it comes out at line {mark.line + 1}, column {mark.column + 1}"


def _place(line: int, column: int) -> yaml.Mark:
    return yaml.Mark("", 0, line, column, None, 0)


def _find_conflict(text: Text) -> Problem | None:
    """What git left in the file."""
    for number, line in enumerate(text.content.split("\n")):
        if _CONFLICT.match(line):
            message = 'git left a conflict here; keep one of the two parts, and remove the lines with "<<<<<<<", '
            place = _place(number, 0), _place(number, len(line.rstrip()))
            return text.problem(f'{message}"=======" and ">>>>>>>"', *place)
    return None


def _blame(text: Text, error: yaml.MarkedYAMLError) -> Problem | None:
    """What stands on the line of the error, or on the one above, and is no YAML, but looks like it to a person."""
    mark = error.problem_mark
    if mark is None:
        return None
    said = error.problem or ""
    if found := _typed_otherwise(text, mark.line):
        return found
    begun = error.context_mark.line if said.startswith("could not find expected ':'") and error.context_mark else None
    if begun is not None and (found := _typed_otherwise(text, begun)):
        return found
    above = _above(text, mark.line)
    if above is None or not said.startswith("mapping values are not allowed") or _runs_on(text, mark):
        return None
    return _typed_otherwise(text, above) or _incomplete(text, above)


def _runs_on(text: Text, mark: yaml.Mark) -> bool:
    """Whether it is a second colon on a line, which has nothing to do with the line above."""
    return bool(re.search(r":\s", text.line(mark.line)[: mark.column]))


def _above(text: Text, line: int) -> int | None:
    """The nearest line above that says something."""
    told = (number for number in range(line - 1, -1, -1) if re.match(r"\s*[^\s#]", text.line(number)))
    return next(told, None)


def _typed_otherwise(text: Text, number: int) -> Problem | None:
    """A wide colon, a wide space, a bullet, a comment of another language."""
    line = text.line(number)
    if match := re.match(r"(\s*(?:- +)?[^\s:\"'#：]+)：", line):
        message = 'the colon here is a wide one ("："); write ":", and a space after it'
        return text.problem(message, _place(number, len(match[1])))
    if match := re.match(r"( *(?:- +)?[^\s:\"'#]+:|)([^\S \t\r\f\v])", line):
        message = f"a space that is none to YAML (U+{ord(match[2]):04X}) stands here; write a plain one"
        return text.problem(message, _place(number, len(match[1])))
    if match := _BULLET.match(line):
        message = f'an item of a list begins with "- ", not with "{match[2]}"; write "- {match[3][:60].rstrip()}"'
        return text.problem(message, _place(number, len(match[1])))
    if match := re.match(r"(\s*)(//|/\*|;)", line):
        message = f'a comment begins with "#" in YAML; write that instead of "{match[2]}"'
        return text.problem(message, _place(number, len(match[1])))
    return None


def _incomplete(text: Text, number: int) -> Problem | None:
    """A line that should have ended as a key, and is a text to YAML, which goes on below."""
    line = text.line(number).split(" #")[0].rstrip()
    if bare := _BARE.fullmatch(line):
        message = f'a source with more keys needs one for its address, too; write "- url: {bare[2][:60]}"'
        return text.problem(message, _place(number, len(bare[1])), _place(number, len(line)))
    if glued := _GLUED.fullmatch(line):
        message = f'a space is missing after the colon; write "{glued[2]}: {glued[3][:40].rstrip()}"'
        return text.problem(message, _place(number, len(glued[1]) + len(glued[2])))
    if name := _KEYLESS.fullmatch(line):
        message = f'a colon is missing; write "{name[2]}:"'
        return text.problem(message, _place(number, len(name[1])), _place(number, len(line)))
    return None


def _explain(said: str, source: str, column: int) -> str:
    if re.search(r"""^\s*(- )?\s*listen:\s*\[""", source):
        return 'an address that begins with "[" must be in quotes: "[::1]:8080"'
    if source[column : column + 1] == "\t" or re.match(r" *\t", source):
        return "a tab stands here; YAML is indented with spaces, write spaces instead"
    if said.startswith("while parsing a flow") and re.search(r"[\[{, ]#\S", source[column:]):
        return 'a "#" after a space or a bracket begins a comment; put the text that begins with "#" in quotes'
    if "mapping values are not allowed" in said and re.search(r":\s", source[:column]):
        return 'a second ": " stands on this line; put the text in quotes if it belongs to it, or begin a new line'
    if (match := _GLUED.fullmatch(source)) and "<block sequence start>" not in said:
        return f'a space is missing after the colon; write "{match[2]}: {match[3][:40].rstrip()}"'
    if re.fullmatch(r"\s*\[[\w. -]+\]\s*", source) or re.match(r"[\w.-]+ *= *\S", source):
        return 'this is written as in TOML or INI; in YAML a section is "name:", and a value below it "  key: value"'
    if "block" in said and (rest := source[column:].lstrip()):
        if rest[0] in ",}])":
            what = "a comma does not belong here" if rest[0] == "," else f'this "{rest[0]}" closes nothing'
            return f"{what}; remove it, or put the text in quotes as a whole"
        if source[:column].rstrip().endswith(("'", '"')):
            return "text follows the quote that closes; put all of it in quotes, or remove what follows"
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
        r"expected <block end>, but found '(?:-|<block sequence start>)'",
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
