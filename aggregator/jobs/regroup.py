"""All stories judged again, by the rule and the corrections of today.

    a copy of the store | judge_all ─► compared with what is published ─► store.replace_stories

Judged on a copy, so that nobody waits meanwhile, and that it can be looked at before it is done. What others have
joined is judged first: so it stays their head, and keeps its published id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from aggregator.jobs.stories import judge
from aggregator.model.article import StoryId
from aggregator.model.story import Join
from aggregator.store import Store

STEP = 1_000
"""Keys after which it is told how many are taken over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One story that is told otherwise."""

    story: StoryId
    before: Join | None  # what it had joined
    after: Join | None  # what it joins now


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """What judging again comes to."""

    before: int  # joins
    after: int
    joined: tuple[Change, ...]  # stories that have joined another one, or another than before
    parted: tuple[Change, ...]  # stories that stand by themselves again


def judge_all(copy: Store) -> Iterator[tuple[int, int]]:
    """Judge every article of this store again; yields how many are judged, of how many."""
    heads = {join.head for join in copy.joins()}
    leading = {article for article, _, story, _ in copy.links() if story in heads}
    copy.judge_again()
    waiting = copy.unjudged()
    ordered = [one for one in waiting if one in leading] + [one for one in waiting if one not in leading]
    yield 0, len(ordered)
    for done in judge(copy, ordered, ordered):
        yield done, len(ordered)


def compared(store: Store, copy: Store) -> Regrouped:
    """What is told otherwise in the copy."""
    before, after = _by_story(store), _by_story(copy)
    changes = [
        Change(story=story, before=before.get(story), after=after.get(story))
        for story in dict.fromkeys((*after, *before))
        if _head(before, story) != _head(after, story)
    ]
    return Regrouped(
        before=len(before),
        after=len(after),
        joined=tuple(change for change in changes if change.after is not None),
        parted=tuple(change for change in changes if change.after is None),
    )


def take_over(store: Store, copy: Store, seen: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Stories are told as they are in the copy from now on; all of it, or nothing.

    `seen` is told how many keys are taken over, of how many.
    """
    upto = max((article for article, *_ in copy.links()), default=0)
    store.replace_stories(copy.joins(), _counted(copy.story_keys(), copy.count_story_keys(), seen), upto)


def _counted(
    keys: Iterable[tuple[int, int]], total: int, seen: Callable[[int, int], None]
) -> Iterator[tuple[int, int]]:
    seen(0, total)
    for done, key in enumerate(keys, start=1):
        yield key
        if done % STEP == 0 or done == total:
            seen(done, total)


def _by_story(store: Store) -> Mapping[StoryId, Join]:
    return {join.story: join for join in store.joins()}


def _head(joins: Mapping[StoryId, Join], story: StoryId) -> StoryId:
    return joins[story].head if story in joins else story
