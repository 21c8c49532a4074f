"""How a story that was found is shown: what was looked for is marked, in the title and in a part of the text. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aggregator.model.search import Phrase, Piece
from aggregator.words.cut import spans

LENGTH = 160  # characters of a snippet, about
READ = 20_000  # characters of a text in which the place for it is looked for
_LEAD = 40  # of them before what is marked first
_ENDS = " \u3000。！？；，、.!?;,"


def marked(text: str, wanted: Sequence[Phrase]) -> tuple[Piece, ...]:
    """The whole text in pieces."""
    return tuple(_pieces(text, spans(text, wanted)))


def snippet(text: str, wanted: Sequence[Phrase]) -> tuple[Piece, ...]:
    """The part of a text where most of what is wanted stands together; its beginning, where nothing does."""
    text = text[:READ]
    found = spans(text, wanted)
    start, end = _window(text, found)
    inside = [(first - start, min(last, end) - start) for first, last in found if start <= first < end]
    pieces = list(_pieces(text[start:end], inside))
    before, after = (Piece("…") if cut else None for cut in (start > 0, end < len(text)))
    return tuple(piece for piece in (before, *pieces, after) if piece is not None)


def _window(text: str, found: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """From where to where: a window that begins a little before a mark and holds the most different ones."""
    if not found:
        return 0, _end(text, LENGTH)
    first = max(
        (start for start, _ in found),
        key=lambda start: (
            len({text[one:other].casefold() for one, other in found if start <= one < start + LENGTH - _LEAD}),
            -start,
        ),
    )
    start = _start(text, max(0, first - _LEAD), first)
    return start, _end(text, start + LENGTH)


def _start(text: str, at: int, first: int) -> int:
    """Behind a blank or a stop, if there is one before the mark."""
    if at == 0:
        return 0
    return next((place + 1 for place in range(at, first) if text[place] in _ENDS), at)


def _end(text: str, at: int) -> int:
    """Before a blank or behind a stop, if there is one near."""
    if at >= len(text):
        return len(text)
    end = next((place + 1 for place in range(at - 1, at - _LEAD, -1) if text[place] in _ENDS), at)
    return end - 1 if text[end - 1].isspace() else end


def _pieces(text: str, found: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    at = 0
    for start, end in found:
        if start > at:
            yield Piece(text[at:start])
        yield Piece(text[start:end], marked=True)
        at = end
    if at < len(text):
        yield Piece(text[at:])
