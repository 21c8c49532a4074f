"""What a person has said of stories, as the constraints that follow from it.

The later word counts: what a correction says against a later one is overruled. What is not contrary may stand in any
order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from aggregator.model.article import StoryId
from aggregator.model.story import Correction

_NONE: frozenset[StoryId] = frozenset()


@dataclass(frozen=True, slots=True)
class Rulings:
    """Which stories are one, and which are not, because a person says so."""

    groups: dict[StoryId, frozenset[StoryId]] = field(default_factory=dict)  # each with itself in it
    apart: dict[StoryId, frozenset[StoryId]] = field(default_factory=dict)
    overruled: tuple[Correction, ...] = ()  # by later ones

    def group(self, story: StoryId) -> frozenset[StoryId]:
        """All that are one with this story; at least itself."""
        return self.groups.get(story, frozenset((story,)))

    def banned(self, story: StoryId) -> frozenset[StoryId]:
        """What no story may hold together with this one."""
        if not self.apart:
            return _NONE
        others = (other for member in self.group(story) for other in self.apart.get(member, _NONE))
        return frozenset(each for other in others for each in self.group(other))

    def speaks_of(self, story: StoryId) -> bool:
        """Whether a person has said anything of it that counts."""
        return story in self.groups or story in self.apart

    def differs(self, other: Rulings) -> frozenset[StoryId]:
        """The stories of which the two say different things."""
        named = {*self.groups, *self.apart, *other.groups, *other.apart}
        return frozenset(
            story
            for story in named
            if self.group(story) != other.group(story) or self.apart.get(story, _NONE) != other.apart.get(story, _NONE)
        )


def rulings_of(corrections: Sequence[Correction]) -> Rulings:
    """What counts of these; they stand in the order in which they were said."""
    groups: dict[StoryId, set[StoryId]] = {}
    apart: dict[StoryId, set[StoryId]] = {}
    overruled = []
    for correction in reversed(corrections):
        contrary = not (_merge if correction.verb == "merge" else _split)(correction.stories, groups, apart)
        if contrary:
            overruled.append(correction)
    return Rulings(
        groups={story: frozenset(members) for story, members in groups.items() if len(members) > 1},
        apart={story: frozenset(others) for story, others in apart.items()},
        overruled=tuple(reversed(overruled)),
    )


def _merge(stories: Iterable[StoryId], groups: dict[StoryId, set[StoryId]], apart: dict[StoryId, set[StoryId]]) -> bool:
    """Whether all of them could be made one."""
    counts = True
    for one, two in pairwise(stories):
        first, second = groups.setdefault(one, {one}), groups.setdefault(two, {two})
        if any(other in second for member in first for other in apart.get(member, ())):
            counts = False
        elif first is not second:
            first |= second
            for member in second:
                groups[member] = first
    return counts


def _split(stories: Iterable[StoryId], groups: dict[StoryId, set[StoryId]], apart: dict[StoryId, set[StoryId]]) -> bool:
    """Whether all of them could be told apart."""
    counts = True
    for one, two in combinations(stories, 2):
        if one == two or two in groups.get(one, ()):
            counts = False
        else:
            apart.setdefault(one, set()).add(two)
            apart.setdefault(two, set()).add(one)
    return counts


def with_correction(corrections: Sequence[Correction], new: Correction) -> tuple[Correction, ...]:
    """Those that stay beside a new one: what says the same again, or the very contrary, goes."""
    about = frozenset(new.stories)
    return (*(one for one in corrections if frozenset(one.stories) != about), new)
