"""Problems with a file of the user's: for people, with the line and a caret below it; for editors, as JSON.

config.yaml:12:7: evrey: is not a key here; did you mean every?
12 |       evrey: 15m
   |       ^~~~~
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import TextIO
from unicodedata import category

import click
from rich.cells import cell_len

from aggregator.model.errors import Problem

WIDTH = 100
"""Cells of a line that are shown; of a longer one, those around the place."""

BEFORE = 40
"""Cells before the place, where the beginning of a line is left out."""

_UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")  # Unicode's names for it

_COLOURS = {"error": "red", "warning": "yellow"}


def tell(problems: Iterable[Problem], stream: TextIO | None = None) -> None:
    """Write problems to a stream, standard error by default; coloured on a terminal, unless NO_COLOR forbids it."""
    stream = stream if stream is not None else sys.stderr
    coloured = may_colour(stream, os.environ)
    for problem in problems:
        shown = _coloured(problem) if coloured else in_full(problem)
        click.echo(shown, file=stream, color=coloured)


def may_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether a stream is a terminal that wants colours (https://no-color.org, https://force-color.org)."""
    if environ.get("NO_COLOR"):
        return False
    return bool(environ.get("FORCE_COLOR")) or (stream.isatty() and environ.get("TERM") != "dumb")


def in_full(problem: Problem) -> str:
    """The sentence, the line, and the caret."""
    return "\n".join((_seen(str(problem)), *excerpt(problem)))


def _coloured(problem: Problem) -> str:
    colour = _COLOURS[problem.severity]
    place, sentence = f"{problem.file}:{problem.line}:{problem.column}: ", _seen(problem.message)
    lines = [click.style(_seen(place), bold=True) + click.style(f"{problem.severity}: ", fg=colour) + sentence]
    match excerpt(problem):
        case [line, carets]:
            gutter = carets.index("|") + 1
            lines += [line, carets[:gutter] + click.style(carets[gutter:], fg=colour)]
    return "\n".join(lines)


def excerpt(problem: Problem) -> tuple[str, ...]:
    """The line that a problem stands in, and below it a caret, with ~ under the rest; nothing where there is no line.

    Places are counted in characters, and shown in the cells of a terminal: 金 takes two. A tab is shown as an arrow.
    """
    if not problem.excerpt.strip():
        return ()
    start = min(problem.column - 1, len(problem.excerpt))
    line, end_column = problem.end or (problem.line, start + 2)
    end = end_column - 1 if line == problem.line else len(problem.excerpt.rstrip())
    before, marked, after = (_seen(part) for part in _parted(problem.excerpt, start, max(end, start + 1)))
    if cell_len(before + marked + after) > WIDTH:
        before, marked, after = _shortened(before, marked, after)
    number = str(problem.line)
    carets = " " * cell_len(before) + "^" + "~" * (cell_len(marked) - 1)
    return f"{number} | {before}{marked}{after}".rstrip(), f"{' ' * len(number)} | {carets}"


def as_json(problems: Iterable[Problem]) -> str:
    """An array of objects. Lines and columns are counted from 1; an end is behind the last character."""
    return json.dumps([facts(problem) for problem in problems], ensure_ascii=False, indent=2)


def facts(problem: Problem) -> dict[str, object]:
    """One of them, as a JSON object."""
    end_line, end_column = problem.end or (problem.line, problem.column + 1)
    return {
        "file": str(problem.file),
        "line": problem.line,
        "column": problem.column,
        "end_line": end_line,
        "end_column": end_column,
        "key": dotted(problem.path),
        "path": list(problem.path),
        "message": problem.message,
        "suggestion": problem.suggestion,
        "severity": problem.severity,
    }


def dotted(path: Iterable[str | int]) -> str:
    """`categories.news.sources[0].url`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _parted(line: str, start: int, end: int) -> tuple[str, str, str]:
    return line[:start], line[start:end], line[end:].rstrip()


def _seen(text: str) -> str:
    """What cannot be seen, or would turn what follows, as something that can."""
    return "".join("→   " if each == "\t" else "·" if category(each) in _UNSEEN else each for each in text)


def _shortened(before: str, marked: str, after: str) -> tuple[str, str, str]:
    """The part of a long line around the place."""
    if cell_len(before) > BEFORE:
        while cell_len(before) > BEFORE - 1:
            before = before[1:]
        before = f"…{before}"
    marked = _cut(marked, WIDTH - cell_len(before))
    return before, marked, _cut(after, WIDTH - cell_len(before + marked))


def _cut(text: str, cells: int) -> str:
    if cell_len(text) <= cells:
        return text
    end = min(len(text), max(cells, 1))
    while end > 1 and cell_len(text[:end]) > cells - 1:
        end -= 1
    return f"{text[:end]}…" if cells > 1 else ""
