"""The tree of our own errors. They carry data; sentences for people are made at the edge.

    AggregatorError
    ├── ConfigError      the user's configuration is wrong: every problem at once, each with its place
    ├── PostError        a file is no post that we can read
    └── StoreError       the database cannot do what was asked
        ├── StoreBusyError    another process holds it for longer than we wait
        ├── StoreTooNewError  it was written by a later version
        └── SearchTooSlowError    what was looked for would take too long to find

What a publisher does wrong is not an error of ours: it is a `FetchFailed` or a `NotAFeed`, a value,
recorded on its source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


class AggregatorError(Exception):
    """The root: whatever is below is expected, and is shown to the user as one sentence without a traceback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a file of the user's, and how to mend it."""

    file: Path
    line: int  # counted from 1
    column: int  # counted from 1, in characters
    message: str  # what is wrong and what to write instead, one sentence
    severity: Literal["error", "warning"] = "error"  # a warning keeps nothing from working
    # Two checks may find the same thing, or find it twice through an alias: what follows does not tell them apart.
    end: tuple[int, int] | None = field(default=None, compare=False)  # line and column behind the last character
    excerpt: str = field(default="", compare=False)  # the line as it stands in the file, secrets by their names
    path: tuple[str | int, ...] = field(default=(), compare=False)  # the keys that lead there
    suggestion: str | None = field(default=None, compare=False)  # what to write in its place, where that is known

    def __str__(self) -> str:
        warning = "warning: " if self.severity == "warning" else ""
        return f"{self.file}:{self.line}:{self.column}: {warning}{self.message}"


class ConfigError(AggregatorError):
    """The configuration cannot be used; `problems` lists everything that is wrong with it, in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...], files: tuple[Path, ...] = ()) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
        self.files = files  # that were looked at, as far as that went: once one of them changes, try again


class PostError(AggregatorError):
    """A file in a folder of posts is no post; the others are not touched by that."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class StoreError(AggregatorError):
    """The database cannot do what was asked."""


class StoreBusyError(StoreError):
    """Another process has held the database for longer than we are willing to wait."""


class StoreTooNewError(StoreError):
    """The database was written by a later version of this program."""


class SearchTooSlowError(StoreError):
    """A search took longer than one may."""
