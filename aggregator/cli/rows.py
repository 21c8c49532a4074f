"""A table of thousands of rows that fits the width: what rich's own takes a second for is done in a tenth of that."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.style import Style

GAP = 2  # cells between two columns
LEAST = 8  # cells that a column keeps, however narrow the terminal is

CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), " ")

Cell = str | tuple[str, str]
"""A text, or a text and its style; a publisher's words are safe in it."""


class Rows:
    """Columns as wide as what stands in them; where that is too much, the widest are folded."""

    def __init__(self, *titles: str, right: Collection[str] = ()) -> None:
        self._rows: list[list[tuple[str, str]]] = [[(title, "bold") for title in titles]]
        self._right = [title in right for title in titles]

    def add(self, *cells: Cell) -> None:
        """Add a row, with a cell for each column."""
        pairs = ((cell, "") if isinstance(cell, str) else cell for cell in cells)
        self._rows.append([(text.translate(CONTROLS), style) for text, style in pairs])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        widths = _fitted(self._natural(), options.max_width - GAP * (len(self._right) - 1))
        styles = {style: Style.parse(style) for row in self._rows for _, style in row}
        for row in self._rows:
            folded = [_folded(text, width) for (text, _), width in zip(row, widths, strict=True)]
            for line in zip_longest(*folded, fillvalue=""):
                for at, (part, (_, style)) in enumerate(zip(line, row, strict=True)):
                    yield Segment(self._placed(at, part, widths[at]), styles[style])
                yield Segment.line()

    def _natural(self) -> list[int]:
        columns: Iterator[Sequence[tuple[str, str]]] = zip(*self._rows, strict=True)
        return [max(cell_len(text) for text, _ in column) for column in columns]

    def _placed(self, at: int, text: str, width: int) -> str:
        space = " " * (width - cell_len(text))
        if self._right[at]:
            text, space = space + text, ""
        return text if at == len(self._right) - 1 else text + space + " " * GAP


def _fitted(widths: list[int], room: int) -> list[int]:
    """Take from the widest, cell by cell, until they fit or none can give more."""
    widths = list(widths)
    while sum(widths) > room and (widest := max(widths)) > LEAST:
        second = max((width for width in widths if width < widest), default=0)
        at = widths.index(widest)
        widths[at] = max(second, widest - (sum(widths) - room), LEAST) if widths.count(widest) == 1 else widest - 1
    return widths


def _folded(text: str, width: int) -> list[str]:
    """The text in lines of that many cells, broken between words where that is possible."""
    if cell_len(text) <= width:
        return [text]
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cell_len(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _chopped(word, width)
        lines += whole
    return [*lines, line]


def _chopped(word: str, width: int) -> list[str]:
    """A word that is longer than a line, in pieces."""
    pieces, piece, used = [], "", 0
    for sign in word:
        cells = cell_len(sign)
        if piece and used + cells > width:
            pieces.append(piece)
            piece, used = "", 0
        piece += sign
        used += cells
    return [*pieces, piece]
