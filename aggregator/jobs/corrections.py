"""What a person says of stories, taken over into what is stored.

    corrections | rulings | store.part what they touch ─► jobs.stories judges it again

Only what a change of the corrections touches is judged again, all of it and in the order of a new database: who tells
what together must not depend on when a person said it. A published id stays as long as its story is told; where a
person has made one of several, that of the first. All of it is one transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from aggregator.decide.corrections import Rulings, rulings_of
from aggregator.decide.identity import telling_id
from aggregator.jobs.stories import (
    corrections_in,
    date_of,
    join_stories,
    joined,
    remember_corrections,
    rulings_in,
)
from aggregator.model.article import StoryId
from aggregator.model.story import Correction, Head, Judgement
from aggregator.store import Store


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
    told = store.judged_stories({story for stories in clusters.values() for story in stories})
    published = store.heads({stories[0] for stories in clusters.values()} & told)
    _put_back(store, now)
    again = store.part(told | _split_off(store, touched, now))
    join_stories(store, again)
    _keep_ids(store, published)


def _keep_ids(store: Store, published: Mapping[StoryId, Head]) -> None:
    """Who tells what together is as in a new database; its id is that under which readers know it, of several the
    first."""
    known: defaultdict[StoryId, list[Head]] = defaultdict(list)
    for story, stories in store.stories_with(published).items():
        known[stories[0]].append(published[story])
    for head, heads in known.items():
        kept = min(heads, key=_place).story
        if kept != head:
            _make_head(store, kept, head)


def _make_head(store: Store, story: StoryId, before: StoryId) -> None:
    """All that had joined `before`, and itself, have joined this story from now on, which was one of them."""
    [join] = [join for join in store.joins_of(before) if join.story == story]
    articles = store.articles_of(store.part([story]))
    store.judge([Judgement(article=one.id, source=one.source, keys=(), join=None) for one in articles.values()])
    store.unite(
        [
            joined(
                before,
                store.heads([story])[story],
                article=_an_article_of(store, before),
                like=join.article,
                rule=join.rule,
                figures=join.figures,
            )
        ]
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


def _an_article_of(store: Store, story: StoryId) -> int:
    """0 where all of them were pruned."""
    return next((stored.id for stored in store.tellings([story])[story]), 0)


def _place(head: Head) -> tuple[object, ...]:
    return head.sort_at, head.position, head.story
