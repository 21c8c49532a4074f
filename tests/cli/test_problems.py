"""Problems as people and editors see them: the caret stands below what is meant, whatever stands before it."""

from __future__ import annotations

import io
from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from aggregator.cli.problems import WIDTH, dotted, excerpt, in_full, may_colour, tell
from aggregator.model.errors import Problem


def a_problem(line: str, column: int, end: int | None = None, **other: object) -> Problem:
    return Problem(
        file=Path("c.yaml"), line=3, column=column, message="is wrong", excerpt=line,
        end=(3, end) if end else None, **other,
    )  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "column", "end", "shown", "carets"),
    [
        ("a: bc", 4, 6, "a: bc", "   ^~"),
        ("金融: bc", 5, 7, "金融: bc", "      ^~"),
        ("a: 金融", 4, 6, "a: 金融", "   ^~~~"),
        ("a: e\u0301x", 4, 6, "a: e\u0301x", "   ^"),
        ("\ta: b", 5, 6, "→   a: b", "       ^"),
        ("a: \u202eb", 5, 6, "a: ·b", "    ^"),
        ("a: b\x1b[31m", 4, 5, "a: b·[31m", "   ^"),
        ("a:", 3, 3, "a:", "  ^"),
        ("a: |", 4, None, "a: |", "   ^"),
    ],
)
def test_the_caret_stands_in_the_cell_of_the_character(
    line: str, column: int, end: int | None, shown: str, carets: str
) -> None:
    first, second = excerpt(a_problem(line, column, end))
    assert (first, second) == (f"3 | {shown}", f"  | {carets}")


def test_a_value_of_many_lines_is_underlined_to_the_end_of_its_first() -> None:
    problem = Problem(file=Path("c"), line=3, column=4, message="x", excerpt="a: bcd  ", end=(5, 2))
    assert excerpt(problem)[1] == "  |    ^~~"


def test_a_long_line_is_shortened_around_the_place() -> None:
    line = "x" * 300 + "HERE" + "y" * 300
    shown, carets = excerpt(a_problem(line, 301, 305))
    at = carets.index("^")
    assert shown[at : at + 4] == "HERE"
    assert carets[at:] == "^~~~"
    assert shown[4] == shown[-1] == "…"
    assert cell_len(shown) <= WIDTH + 4


def test_an_empty_line_has_no_excerpt() -> None:
    assert in_full(a_problem("", 1)) == "c.yaml:3:1: is wrong"


@given(st.text(min_size=1, max_size=300).filter(str.strip), st.integers(1, 300), st.integers(1, 50))
def test_no_text_breaks_the_lines_or_the_width(line: str, column: int, length: int) -> None:
    lines = excerpt(a_problem(line, min(column, len(line)), min(column, len(line)) + length))
    assert len(lines) == 2
    assert not [sign for each in lines for sign in each if category(sign) in ("Cc", "Cf", "Zl", "Zp")]
    assert cell_len(lines[0]) <= WIDTH + 4
    assert "^" in lines[1]


def test_paths_are_written_as_people_write_them() -> None:
    assert dotted(("categories", "金融", "sources", 0, "url")) == "categories.金融.sources[0].url"
    assert dotted(()) == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "coloured"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(stream: io.StringIO, environ: dict[str, str], coloured: bool) -> None:
    assert may_colour(stream, environ) is coloured


@pytest.mark.parametrize("severity", ["error", "warning"])
def test_a_coloured_problem_says_the_same(severity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    tell([a_problem("a: bc", 4, 6, severity=severity)], terminal)
    said = terminal.getvalue()
    assert "\x1b[" in said
    for part in ("c.yaml:3:4:", severity, "is wrong", "3 | a: bc", "^~"):
        assert part in said
