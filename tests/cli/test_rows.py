"""The table of many rows: within the width, every word there, and quick."""

from __future__ import annotations

import io
import time

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from aggregator.cli.rows import LEAST, Rows


def shown(table: Rows, width: int = 80, **options: bool) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=width, **options).print(table)  # type: ignore[arg-type]
    return file.getvalue().splitlines()


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    table = Rows("name", "count", "why", right={"count"})
    table.add("金融", "7", "x")
    table.add("b", "1200", "[red]not markup[/red]")
    assert shown(table) == [
        "name  count  why",
        "金融      7  x",
        "b      1200  [red]not markup[/red]",
    ]


def test_what_is_too_wide_is_folded_between_words() -> None:
    table = Rows("name", "why")
    table.add("a", "one two three four")
    assert shown(table, 14) == ["name  why", "a     one two", "      three", "      four"]


def test_styles_are_for_terminals() -> None:
    table = Rows("health")
    table.add(("fine", "green"))
    assert shown(table)[-1] == "fine"
    assert "\x1b[32mfine" in shown(table, force_terminal=True)[-1]


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=8), st.integers(2 * LEAST + 2, 90))
def test_no_text_is_lost_or_leaves_the_width(cells: list[tuple[str, str]], width: int) -> None:
    table = Rows("a", "b")
    for one, other in cells:
        table.add(one, other)
    lines = shown(table, width)
    assert all(cell_len(line) <= width for line in lines)
    assert not any(sign in line for line in lines for sign in "\x1b\x9b\r")


def test_two_thousand_rows_take_less_than_half_a_second() -> None:
    table = Rows("category", "source", "health", "articles", "last poll", "next poll", right={"articles"})
    for number in range(2_000):
        table.add(
            f"c{number}", f"源 {number}", ("fine", "green"), "12", "5 min ago", "in 12 min (learned: " + "x " * 30
        )
    began = time.process_time()
    assert len(shown(table)) > 2_000
    assert time.process_time() - began < 0.5
