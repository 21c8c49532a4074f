"""What a person says of stories, taken over into what is stored.

    corrections | rulings | store.part what they touch ─► jobs.stories judges it again

Only what a change of the corrections touches is judged again, and of that nothing that others have joined: what is
published under an id keeps it, unless a person has merged it with what stands before it. All of it is one transaction.
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
    touched = now.differs(before) | _copies_put_back(store, now)
    clusters = store.stories_with(touched)  # as they were published
    _put_back(store, now)
    split_off = _split_off(store, touched, now)
    members = {story for told in clusters.values() for story in told[1:]}
    again = store.part(members | split_off | _set_free(store, clusters, before, now))
    store.unite(list(_unions(store, touched, now)))
    join_stories(store, again)


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


def _set_free(store: Store, clusters: Clusters, before: Rulings, now: Rulings) -> set[StoryId]:
    """Of two stories that are no longer to be kept apart, the later one: it may be a part of the other."""
    freed = set()
    for story, others in before.apart.items():
        for other in others - now.apart.get(story, frozenset()):
            heads = store.heads({clusters[each][0] for each in (story, other) if each in clusters})
            if len(heads) == 2:
                freed.add(max(heads.values(), key=_place).story)
    return freed


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
