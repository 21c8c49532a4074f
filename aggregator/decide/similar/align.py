"""Where two texts say the same, and what stands in one of them where the other says something else.

The marks that stand once in both texts are anchors; the longest run of anchors that keeps its order in both is the
common ground (patience diff, as Bram Cohen described it). Between two anchors each text has a piece of its own, often
none: a piece in one text alone was added or left out, two pieces in one place are a substitution.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from aggregator.decide.similar.words import Words, size_at

Tokens = tuple[str, ...]

ISLAND = 8  # marks of common ground that do not part two pieces


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands in one place of either text; at most one of the two is empty."""

    one: Tokens
    two: Tokens


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two texts side by side. Without common ground everything is before it."""

    before: Gap
    inner: tuple[Gap, ...]
    after: Gap
    common: int  # tokens of the common ground
    starts: tuple[int, int]  # where it begins in either text


def align(one: Words, two: Words) -> Alignment:
    """Lay two texts side by side."""
    anchors = _in_order(_anchors(one, two))
    if not anchors:
        return Alignment(Gap(one.tokens, two.tokens), (), Gap((), ()), 0, (0, 0))
    (first, second), (last, final) = anchors[0], anchors[-1]
    gaps = tuple(_paired(_gaps(one.tokens, two.tokens, anchors)))
    end = last + size_at(one.tokens, last)
    common = end - first - sum(len(gap.one) for gap in gaps)
    return Alignment(
        before=Gap(one.tokens[:first], two.tokens[:second]),
        inner=gaps,
        after=Gap(one.tokens[end:], two.tokens[final + size_at(two.tokens, final) :]),
        common=common,
        starts=(first, second),
    )


def _anchors(one: Words, two: Words) -> list[tuple[int, int]]:
    """Places of the marks that stand once in either text, in the order of the first."""
    across = map(two.once.get, one.once)
    return [(at, there) for at, there in zip(one.once.values(), across, strict=True) if there is not None]


def _in_order(anchors: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run that ascends in both texts (by patience sorting). In most reprints that is all of them."""
    places = [at for _, at in anchors]
    if places == sorted(places):
        return anchors
    tops: list[int] = []
    piles: list[int] = []  # index of each pile's top card
    below: list[int] = []
    for index, at in enumerate(places):
        pile = bisect_left(tops, at)
        below.append(piles[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [at]
        piles[pile : pile + 1] = [index]
    found = []
    index = piles[-1] if piles else -1
    while index >= 0:
        found.append(anchors[index])
        index = below[index]
    return found[::-1]


def _gaps(one: Tokens, two: Tokens, anchors: Sequence[tuple[int, int]]) -> Iterator[tuple[int, Gap]]:
    """Each with the number of anchors since the one before."""
    since = 0
    for (left, across), (right, over) in pairwise(anchors):
        since += 1
        if right - left != over - across or right - left > 1:
            mine, theirs = one[left + 1 : right], two[across + 1 : over]
            if mine != theirs:  # what stands there more than once is no anchor, and mostly the same
                yield since, _trimmed(mine, theirs)
                since = 0


def _paired(gaps: Iterable[tuple[int, Gap]]) -> Iterator[Gap]:
    """A piece of the one and, a few words later, a piece of the other stand in one place: two lists that happen to have
    one entry in common are two lists."""
    waiting: Gap | None = None
    for since, gap in gaps:
        if waiting is not None and since <= ISLAND and _leans(waiting) * _leans(gap) < 0:
            waiting = Gap(waiting.one + gap.one, waiting.two + gap.two)
            continue
        if waiting is not None:
            yield waiting
        waiting = gap
    if waiting is not None:
        yield waiting


def _leans(gap: Gap) -> int:
    return len(gap.one) - len(gap.two)


def _trimmed(one: Tokens, two: Tokens) -> Gap:
    """Without what both begin and end with."""
    shortest = min(len(one), len(two))
    start = next((at for at in range(shortest) if one[at] != two[at]), shortest)
    rest = shortest - start
    end = next((at for at in range(rest) if one[-1 - at] != two[-1 - at]), rest)
    return Gap(one[start : len(one) - end], two[start : len(two) - end])
