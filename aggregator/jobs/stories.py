"""Finding out which stories are one.

    store.unjudged | store.neighbours | decide.similar ─► store.judge

What a person has said of them (`jobs/corrections.py`) goes before what the texts say.

Every article is judged once, before a feed shows it: what was published under an id of its own could not become a part
of another story any more. It is compared with the few that share a key with it, and its story joins that of the one it
is most like. Articles are judged in the order of their dates, not as they came, so the same documents give the same
stories after a database was lost.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import islice, zip_longest

from aggregator.compose.choose import Queue, as_stories, choose
from aggregator.decide.corrections import Rulings, rulings_of
from aggregator.decide.identity import telling_id
from aggregator.decide.similar import (
    APART,
    LENGTH,
    Figures,
    Rule,
    Telling,
    Verdict,
    is_near,
    may_be_same,
    print_of,
    same_story,
    telling,
)
from aggregator.jobs.rules import Sieve, sieve, stands
from aggregator.model.article import StoredArticle, StoryId
from aggregator.model.feed import Address
from aggregator.model.life import Hindrance
from aggregator.model.source import SourceId
from aggregator.model.story import Correction, Head, Join, Judgement, Neighbour, Standing, Wording
from aggregator.store import Store
from aggregator.words.reading import reading

BATCH = 200  # articles that are written at once
NEARBY = 24  # neighbours whose dates are looked at
COMPARED = 8  # of those, that are compared word by word
OWN = 3  # of these, that its own source has published
ARTICLE = 40  # words that whatever else is kept of an article weighs as much as
COMMON = 64  # articles that are looked at of one key
REMEMBERED = 200_000  # words and characters of articles that are kept at hand, some 40 MB

BY_HAND = "merged by a person"
"""The rule of a join that a correction made."""

_CORRECTIONS = "corrections"


def join_stories(store: Store, again: Collection[int] = ()) -> int:
    """Judge every article that waits, and those whose text is another by now; how many waited.

    What was judged before and is judged `again` keeps its place.
    """
    waiting = store.unjudged()
    for _ in judge(store, waiting, again):
        pass
    bench = _Bench(store, rulings_in(store), frozenset())
    for article in store.edited():
        bench.read_again(article)
    return len(waiting)


def judge(store: Store, waiting: Sequence[int], again: Collection[int] = ()) -> Iterator[int]:
    """Judge these articles in this order; yields how many are judged.

    Another process may do the same at the same time: each batch is one transaction, and what the other has judged by
    then is left out, so both together judge as one would.
    """
    bench = _Bench(store, rulings_in(store), frozenset(again))
    for start in range(0, len(waiting), BATCH):
        with store.batch():
            some = waiting[start : start + BATCH]
            still = store.still_unjudged(some)
            bench.sit([article for article in some if article in still])
        yield min(start + BATCH, len(waiting))


def remember_corrections(store: Store, corrections: Sequence[Correction]) -> None:
    """From now on stories are judged with these."""
    store.remember(_CORRECTIONS, json.dumps([(each.verb, each.stories) for each in corrections]))


def corrections_in(store: Store) -> tuple[Correction, ...]:
    """With which stories are judged; without their notes."""
    said = json.loads(store.recall(_CORRECTIONS) or "[]")
    return tuple(Correction(verb=verb, stories=tuple(map(StoryId, stories))) for verb, stories in said)


def rulings_in(store: Store) -> Rulings:
    """What follows from the corrections that the store was told of."""
    return rulings_of(corrections_in(store))


def told(store: Store, address: Address, limit: int) -> list[list[StoredArticle]]:
    """The newest stories of a feed, each with the articles that tell it, under the id that it has there. The first
    article of each is the one that began it.

    A feed of several sources shows backlog only where there is room. What is not shown is not read.
    """
    walk = (store.heads_standing if address.merge == "text" else store.standing)(address.scope)
    rules = sieve(store, address)
    with closing(walk):
        queue = Queue(as_stories(walk))
        if len(address.sources) == 1 and not address.guests:
            return choose(_read(store, address, rules, queue.all(), limit), (), limit)
        news = _read(store, address, rules, queue.news(), limit)
        return choose(news, _read(store, address, rules, queue.backlog(), limit), limit)


def _read(
    store: Store, address: Address, rules: Sieve | None, stories: Iterator[tuple[int, Standing]], size: int
) -> Iterator[tuple[int, list[StoredArticle]]]:
    """Each of these that the rules let pass with the articles that tell it, so many at a time as the first of them will
    most likely do."""
    read = store.tellings_of_heads if address.merge == "text" else store.tellings
    while batch := list(islice(stories, size)):
        tellings = read([standing.story for _, standing in batch])
        for place, standing in batch:
            if group := tellings[standing.story]:
                told = _as_merged(_sifted(_begun(standing.story, group), rules), address)
                yield from ((place, one) for one in told if _is_shown(one, address))


def _sifted(group: list[StoredArticle], rules: Sieve | None) -> list[StoredArticle]:
    return group if rules is None else rules.sift(group)


def _is_shown(telling: Sequence[StoredArticle], address: Address) -> bool:
    """Whether anybody who tells it may be seen."""
    return not address.ruled or any(stands(one, address) for one in telling)


def _as_merged(group: list[StoredArticle], address: Address) -> Iterator[list[StoredArticle]]:
    yield from ([one] for one in _parted(group, address)) if address.merge == "off" else (group,)


def tell(store: Store, stories: Sequence[StoryId], address: Address) -> list[list[StoredArticle]]:
    """These stories as `told` gives them, in this order; heads, where the feed joins by text. What rules keep out is
    not among them."""
    return [telling for telling in tell_all(store, stories, address) if _is_shown(telling, address)]


def tell_all(store: Store, stories: Sequence[StoryId], address: Address) -> list[list[StoredArticle]]:
    """The same, and those of which rules hide every copy."""
    rules = sieve(store, address)
    tellings = (store.tellings_of_heads if address.merge == "text" else store.tellings)(stories)
    told = (_begun(story, tellings[story]) for story in stories if tellings[story])
    return [one for group in told for one in _as_merged(_sifted(group, rules), address)]


def _begun(head: StoryId, group: Sequence[StoredArticle]) -> list[StoredArticle]:
    """All of them under one id, first the one whose date is the story's place: it stays so whoever tells it later."""
    first = begun_by([one for one in group if one.story == head] or group)
    return [replace(one, story=head) for one in (first, *(one for one in group if one is not first))]


def begun_by(group: Iterable[StoredArticle]) -> StoredArticle:
    """Of those that tell one story, the one that began it."""
    return min(
        group,
        key=lambda one: (min(date_of(one), one.first_seen) != one.sort_at, one.is_copy, one.first_seen, one.id),
    )


def _parted(group: Sequence[StoredArticle], address: Address) -> Iterator[StoredArticle]:
    """Each copy by itself; the one that began the story has its id, whatever feed it stands in, and no other one ever
    gets it."""
    begun = next((one for one in group if not one.is_copy), None)
    in_order = sorted(group, key=lambda one: (one is not begun, date_of(one), one.source))
    copies = (one if one is begun else replace(one, story=telling_id(one.story, one.source)) for one in in_order)
    yield from (one for one in copies if one.source in address.scope)


def compare(store: Store, stored: StoredArticle) -> list[tuple[Neighbour, Verdict]]:
    """The articles that share a key with this one, compared with it as all of them stand now; those that share most
    come first."""
    bench = _Bench(store, rulings_in(store), frozenset())
    words = bench.read(wording_of(stored))
    [near] = store.neighbours([print_of(words.title, words.text).keys], NEARBY)
    kept = store.wordings([other.id for other in near if other.id != stored.id])
    return [(other, same_story(words, bench.read(kept[other.id]))) for other in near if other.id in kept]


def hindrance(store: Store, stored: StoredArticle, other: Neighbour, verdict: Verdict) -> Hindrance:
    """Why these two, which stand in different stories, are not one."""
    if not verdict.same:
        return "rule"
    banned = rulings_in(store).banned(stored.story)
    clusters = store.stories_with({stored.story, other.story, *banned})
    if any(clusters[story][0] == clusters[other.story][0] for story in banned if story in clusters):
        return "person"
    head = store.heads([other.story])[other.story]
    return "distance" if abs(head.sort_at - date_of(stored)) > APART else "source"


class _Bench:
    """Judges articles one after another. What it has judged and not yet written is found as what is written."""

    def __init__(self, store: Store, rulings: Rulings, again: frozenset[int]) -> None:
        self._store = store
        self._rulings = rulings
        self._again = again
        self._words: dict[int, Telling] = {}
        self._remembered = 0
        self._near: dict[int, list[Neighbour]] = {}  # of what is written, by article of the batch
        self._judged: dict[int, Neighbour] = {}  # and not yet written
        self._fresh: defaultdict[int, list[int]] = defaultdict(list)  # of those, by key
        self._begun: set[StoryId] = set()
        self._heads: dict[StoryId, Head] = {}  # of what was looked up, has joined or was joined

    def sit(self, waiting: Sequence[int]) -> None:
        """Judge these, in this order, and write it down."""
        found = self._store.wordings(waiting)
        batch = [
            self._apart(found[article]) for article in waiting if article in found
        ]  # the rest was pruned meanwhile
        if any(self._rulings.speaks_of(wording.story) for wording in batch):
            for wording in batch:  # what a person says is looked up in what is written
                self._sit([wording])
        else:
            self._sit(batch)

    def read_again(self, article: int) -> None:
        """Its text was written again. If that is another text now, it is found by it from now on; and if nobody else
        tells its story, it may turn out to be a part of another."""
        for wording in self._store.wordings([article]).values():
            keys = self._keys_of(wording)
            if 2 * self._store.keys_of(article, keys) >= len(keys):
                keys, join = (), None
            else:
                self._look_around([wording], [keys])
                join = self._join(wording, self.read(wording), keys) if self._is_alone(wording) else None
                self._heads.clear()
            self._store.judge([Judgement(article=article, source=wording.source, keys=keys, join=join)])

    def _is_alone(self, wording: Wording) -> bool:
        alone = self._store.stories_with([wording.story]) == {wording.story: (wording.story,)}
        return alone and len(self._store.tellings([wording.story])[wording.story]) == 1

    def _apart(self, wording: Wording) -> Wording:
        """Under a story of its own, if a person has split it from others of its address."""
        if not self._rulings.apart:
            return wording
        copy = telling_id(wording.story, wording.source)
        if copy not in self._rulings.apart:
            return wording
        place = min(wording.date, wording.first_seen)
        self._store.keep_apart(wording.id, copy, place)
        return replace(wording, story=copy, sort_at=place)

    def _sit(self, batch: Sequence[Wording]) -> None:
        self._begun = self._store.judged_stories({wording.story for wording in batch})
        news = [one for one in batch if one.id not in self._again]
        self._settle([one for one in news if one.story not in self._begun])
        self._store.mark_copies(list(_copies(news, self._begun)))
        keys = [self._keys_of(wording) for wording in batch]
        self._look_around(batch, keys)
        self._store.judge([self._judge(*each) for each in zip(batch, keys, strict=True)])
        self._judged.clear()
        self._fresh.clear()
        self._heads.clear()

    def _keys_of(self, wording: Wording) -> tuple[int, ...]:
        words = self.read(wording)
        return print_of(words.title, words.text).keys

    def _look_around(self, batch: Sequence[Wording], keys: Sequence[tuple[int, ...]]) -> None:
        """What is written does not change while a batch is judged: one question for all of it."""
        near = self._store.neighbours(keys, NEARBY)
        self._near = {wording.id: others for wording, others in zip(batch, near, strict=True)}

    def _settle(self, news: Sequence[Wording]) -> None:
        """Of a story that several tell, the first in our order says where it stands."""
        if places := {wording.story: min(wording.date, wording.first_seen) for wording in reversed(news)}:
            self._store.settle(places)

    def _judge(self, wording: Wording, keys: tuple[int, ...]) -> Judgement:
        join = None
        if wording.story not in self._begun:
            self._begun.add(wording.story)
            join = self._join(wording, self.read(wording), keys)
        self._judged[wording.id] = Neighbour(
            id=wording.id, source=wording.source, story=wording.story, date=wording.date
        )
        for key in keys:
            self._fresh[key].append(wording.id)
        return Judgement(article=wording.id, source=wording.source, keys=keys, join=join)

    def _join(self, stored: Wording, words: Telling, keys: tuple[int, ...]) -> Join | None:
        """What its story joins: that with which a person has merged it, else the head of the one it is most like."""
        join = self._join_by_text(stored, words, keys)
        merged = self._merged_with(stored.story)
        if merged:
            return self._join_by_hand(stored, merged, join)
        if join is not None:
            head = self._head_of(StoryId(join.head))
            self._heads[head.story] = self._heads[stored.story] = replace(head, sources=head.sources | {stored.source})
        return join

    def _join_by_text(self, stored: Wording, words: Telling, keys: tuple[int, ...]) -> Join | None:
        banned = self._heads_among(self._rulings.banned(stored.story))
        alike = [found for found in self._alike(stored, words, keys) if found[3].story not in banned]
        if not alike:
            return None
        other, figures, rule, head = min(
            alike, key=lambda found: (-found[1].jaccard, -found[1].containment, found[3].story)
        )
        return joined(
            stored.story, head, article=stored.id, like=other.id, rule=str(rule), figures=figures.as_numbers()
        )

    def _merged_with(self, story: StoryId) -> dict[StoryId, Head]:
        """The heads of the stories with which a person has merged this one, by those stories."""
        others = self._rulings.group(story) - {story}
        judged = self._store.judged_stories(others) if others else set()
        return {other: self._head_of(other) for other in sorted(judged)}

    def _join_by_hand(self, stored: Wording, merged: Mapping[StoryId, Head], by_text: Join | None) -> Join:
        """All of them are one from now on, under the id of the one that stands first; and with them what this one is
        like, unless a person keeps that apart from one of them."""
        heads = {head.story: head for head in merged.values()}
        if by_text is not None and self._may_be_one(by_text.head, *heads):
            heads[by_text.head] = self._head_of(by_text.head)
        first = min(heads.values(), key=lambda head: (head.sort_at, head.position, head.story))
        others = [head for head in heads.values() if head is not first]
        self._store.unite([self._by_hand(head.story, first, like=stored.id) for head in others])
        self._heads.clear()
        return self._by_hand(stored.story, first, article=stored.id, like=self._an_article_of(next(iter(merged))))

    def _by_hand(self, story: StoryId, head: Head, *, like: int, article: int | None = None) -> Join:
        own = self._an_article_of(story) if article is None else article
        return joined(story, head, article=own, like=like, rule=BY_HAND, figures={})

    def _an_article_of(self, story: StoryId) -> int:
        """0 where all of them were pruned."""
        return next((stored.id for stored in self._store.tellings([story])[story]), 0)

    def _may_be_one(self, *heads: StoryId) -> bool:
        """Whether no person has split what they would hold."""
        told = {each for stories in self._store.stories_with(heads).values() for each in stories}
        return not any(self._rulings.banned(story) & told for story in told)

    def _heads_among(self, stories: Collection[StoryId]) -> frozenset[StoryId]:
        if not stories:
            return frozenset()
        return frozenset(told[0] for told in self._store.stories_with(stories).values())

    def _alike(
        self, stored: Wording, words: Telling, keys: tuple[int, ...]
    ) -> Iterator[tuple[Neighbour, Figures, Rule, Head]]:
        for other, there in self._nearest(stored, words, keys):
            if may_be_same(words, there) and (verdict := same_story(words, there)).same:
                head = self._head_of(other.story)
                if self._is_merged(head) or _admits(head, other, words):
                    yield other, verdict.figures, verdict.rule, head

    def _is_merged(self, head: Head) -> bool:
        """A person has merged it with another: who tells it, and since when, does not say any more what may join."""
        if not self._rulings.groups:
            return False
        told = self._store.stories_with([head.story]).get(head.story, (head.story,))
        return any(story in self._rulings.groups for story in told)

    def _nearest(self, stored: Wording, words: Telling, keys: tuple[int, ...]) -> list[tuple[Neighbour, Telling]]:
        """Those that are worth comparing, with their words."""
        near = (
            other
            for other in _by_turns(self._waiting(keys), self._near[stored.id])
            if other.story != stored.story and is_near(other.source, other.date, words.source, words.date)
        )
        compared = list(islice(_few_of(stored.source, near), COMPARED))
        words_of = {other.id: self._words[other.id] for other in compared if other.id in self._words}
        if missing := [other.id for other in compared if other.id not in words_of]:
            words_of |= {number: self.read(wording) for number, wording in self._store.wordings(missing).items()}
        return [(other, words_of[other.id]) for other in compared if other.id in words_of]

    def _waiting(self, keys: tuple[int, ...]) -> list[Neighbour]:
        """Those that share most keys of what is judged and not written yet; a key that few have counts for more."""
        shared: dict[int, float] = {}
        for key in keys:
            if some := self._fresh.get(key, ())[-COMMON:]:
                weight = 1 / len(some)
                for article in some:
                    shared[article] = shared.get(article, 0.0) + weight
        return [self._judged[article] for article in sorted(shared, key=shared.__getitem__, reverse=True)[:NEARBY]]

    def _head_of(self, story: StoryId) -> Head:
        head = self._heads.get(story)
        if head is None:
            head = self._heads[story] = self._store.heads([story])[story]
        return self._heads.get(head.story, head)

    def read(self, wording: Wording) -> Telling:
        """Its words, as they are compared."""
        words = self._words.get(wording.id)
        if words is None:
            text = reading(wording.body, LENGTH)
            words = self._words[wording.id] = telling(wording.source, wording.date, wording.title, text)
            self._remembered += _size(words)
            while self._remembered > REMEMBERED:
                self._remembered -= _size(self._words.pop(next(iter(self._words))))
        return words


def _size(words: Telling) -> int:
    return len(words.text.tokens) + ARTICLE


def _copies(news: Sequence[Wording], begun: Collection[StoryId]) -> Iterator[int]:
    """Those of them whose story another one has begun, or begins before them."""
    told = set(begun)
    for wording in news:
        if wording.story in told:
            yield wording.id
        told.add(wording.story)


def _by_turns(one: Sequence[Neighbour], two: Sequence[Neighbour]) -> Iterator[Neighbour]:
    """The best of either, then the second best: neither crowds the other out."""
    yield from (other for pair in zip_longest(one, two) for other in pair if other is not None)


def _few_of(source: SourceId, near: Iterable[Neighbour]) -> Iterator[Neighbour]:
    """Of its own source the best alone: that fills one form in for a hundred, and what it has published again is most
    like it."""
    own = 0
    for other in near:
        own += other.source == source
        if other.source != source or own <= OWN:
            yield other


def joined(story: StoryId, head: Head, *, article: int, like: int, rule: str, figures: Mapping[str, float]) -> Join:
    """A story joins this head."""
    return Join(
        story=story,
        head=head.story,
        article=article,
        like=like,
        rule=rule,
        figures=figures,
        sort_at=head.sort_at,
        position=head.position,
    )


def _admits(head: Head, other: Neighbour, words: Telling) -> bool:
    """Whether an article may join what this other one tells.

    A chain of alike articles must not reach further than two may be apart. And no source tells a story twice, but where
    it has published the same again: its own reports stay apart though a second source prints them all.
    """
    if abs(head.sort_at - words.date) > APART:
        return False
    return words.source not in head.sources or other.source == words.source


def wording_of(stored: StoredArticle) -> Wording:
    """An article that is at hand, as it is judged."""
    return Wording(
        id=stored.id,
        source=stored.source,
        story=stored.story,
        date=date_of(stored),
        first_seen=stored.first_seen,
        sort_at=stored.sort_at,
        title=stored.article.title,
        body=stored.article.body,
    )


def date_of(stored: StoredArticle) -> datetime:
    """When it was published; when it came, if nobody says."""
    return stored.article.date or stored.first_seen
