"""What a person says of stories, taken over into what is stored.

    corrections | rulings | store.part what they touch ─► jobs.stories judges it again

Only what a change of the corrections touches is judged again. What others have joined stays their head, and keeps its
published id, unless a person has merged it with what stands before it, or has split it from something before: what
stands alone because of that may be a part of another story now. All of it is one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from aggregator.decide.corrections import Rulings, rulings_of
from aggregator.decide.identity import telling_id
from aggregator.jobs.stories import (
    BY_HAND,
    corrections_in,
    date_of,
    join_stories,
    joined,
    judge,
    remember_corrections,
    rulings_in,
)
from aggregator.model.article import StoryId
from aggregator.model.story import Correction, Head, Join
from aggregator.store import Store

Clusters = Mapping[StoryId, tuple[StoryId, ...]]


def correct(store: Store, corrections: Sequence[Correction]) -> bool:
    """Stories are judged with these corrections, and no others, from now on; whether that is new."""
    if [(one.verb, one.stories) for one in corrections_in(store)] == [(one.verb, one.stories) for one in corrections]:
        return False
    with store.batch():
        before = rulings_in(store)
        remember_corrections(store, corrections)
        _take_over(store, before, rulings_of(corrections))
    return True


def _take_over(store: Store, before: Rulings, now: Rulings) -> None:
    touched = _with_all_around(store, now.differs(before) | _copies_put_back(store, now), before, now)
    clusters = store.stories_with(touched)  # as they were published
    _put_back(store, now)
    split_off = _split_off(store, touched, now)
    members = {story for told in clusters.values() for story in told[1:]}
    free = {told[0] for told in clusters.values() if told[0] in before.apart or told[0] in now.apart}
    again = store.part(members | split_off | free)
    store.unite(list(_unions(store, touched, now)))
    for _ in judge(store, _in_order(store, again, free, clusters), again):
        pass
    join_stories(store, again)


def _in_order(store: Store, again: Collection[int], heads: Collection[StoryId], clusters: Clusters) -> list[int]:
    """As whatever waits is judged, but that nobody comes before the head of its story: it is to stay that."""
    stories = {stored.id: stored.story for stored in store.articles_of(again).values()}
    turns = {article: turn for turn, article in enumerate(store.unjudged()) if article in stories}
    first: dict[StoryId, int] = {}
    for article, turn in turns.items():
        first[stories[article]] = min(turn, first.get(stories[article], turn))
    for told in clusters.values():
        if told[0] in heads:
            first[told[0]] = min((first[story] for story in told if story in first), default=0)
    return sorted(
        turns,
        key=lambda one: (first[stories[one]], 0) if stories[one] in heads else (turns[one], 1),
    )


def _with_all_around(store: Store, touched: frozenset[StoryId], before: Rulings, now: Rulings) -> frozenset[StoryId]:
    """These stories, all that is told as one with them, and all of which a person has said something beside them, and
    so on: one that was kept from a story by a third may be a part of it as soon as that one has left."""
    reached: frozenset[StoryId] = frozenset()
    while new := touched - reached:
        reached |= new
        named = (each for story in new for said in (before, now) for each in (*said.group(story), *said.banned(story)))
        told = (each for stories in store.stories_with(new).values() for each in stories)
        touched |= {*named, *told}
    return touched


def _copies_put_back(store: Store, now: Rulings) -> frozenset[StoryId]:
    """The stories that copies tell of which nobody says any more that they are to be kept apart, and those that they
    will tell again."""
    apart = store.kept_apart()
    kept = store.articles_of(apart)
    back = [kept[article] for article in apart if article in kept and kept[article].story not in now.apart]
    return frozenset(story for stored in back for story in (stored.story, apart[stored.id]))


def _put_back(store: Store, now: Rulings) -> None:
    kept = store.articles_of(store.kept_apart())
    store.put_back([stored.id for stored in kept.values() if stored.story not in now.apart])


def _split_off(store: Store, touched: Collection[StoryId], now: Rulings) -> set[StoryId]:
    """Copies of these stories that are kept apart from now on."""
    copies = set()
    for stored in (each for told in store.tellings(list(touched)).values() for each in told):
        copy = telling_id(stored.story, stored.source)
        if copy in now.apart:
            store.keep_apart(stored.id, copy, min(date_of(stored), stored.first_seen))
            copies.add(copy)
    return copies


def _unions(store: Store, touched: Collection[StoryId], now: Rulings) -> Iterator[Join]:
    """What a person has merged, of the stories that are published: all of them join the first."""
    groups = {now.group(story) for story in touched}
    for group in groups:
        clusters = store.stories_with(group)
        waiting = {story for story in group if story not in store.judged_stories(group)}
        heads = store.heads({clusters[story][0] for story in group - waiting if story in clusters})
        in_order = sorted(heads.values(), key=_place)
        for head in in_order[1:]:
            yield joined(
                head.story,
                in_order[0],
                article=_an_article_of(store, head.story),
                like=_an_article_of(store, in_order[0].story),
                rule=BY_HAND,
                figures={},
            )


def _an_article_of(store: Store, story: StoryId) -> int:
    """0 where all of them were pruned."""
    return next((stored.id for stored in store.tellings([story])[story]), 0)


def _place(head: Head) -> tuple[object, ...]:
    return head.sort_at, head.position, head.story
