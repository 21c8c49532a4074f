"""Refining again what is stored, by the rules and the settings of today.

    store.latest_originals ─► what recurs in each source ─► store.originals ─► refine ─► store.rewrite

Where an article shows its page, the part of it that was kept is cleaned again; nothing is fetched. Only what differs
is written, batch by batch, and for readers nothing counts as changed. Whatever stops us in between, the next run goes
on where this one was, as long as rules and settings are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from aggregator.decide.identity import identify
from aggregator.jobs.enrich import completed
from aggregator.model.article import Article
from aggregator.model.entry import Edges
from aggregator.model.outcome import StoredOriginal
from aggregator.model.source import Source, SourceId
from aggregator.refine import refined
from aggregator.refine.recurring import WINDOW, latest, recurring
from aggregator.store import Store

BATCH = 200
_PLACE = "refined again up to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """How far it is."""

    looked_at: int = 0
    rewritten: int = 0
    remaining: int = 0


def refine_again(store: Store, configured: Mapping[SourceId, Source], version: str) -> Iterator[Again]:
    """Every article whose original is kept; yields how far it is, first of all what there is to do.

    `version` is that of the program: with another one, rules may be others.
    """
    sources = _all_sources(store, configured)
    learned = {source: recurring(store.ends(source)) for source in sources if _is_learned_of(sources[source])}
    shape = _shape(sources, learned, version)
    after = _place(store, shape)
    done = Again(remaining=store.count_originals(after))
    yield done
    while batch := store.originals(after, BATCH):
        differing = [again for one in batch if (again := _again(one, sources, learned)) != one]
        store.rewrite(differing)
        after = batch[-1].stored.id
        store.remember(_PLACE, f"{shape} {after}")
        done = Again(
            looked_at=done.looked_at + len(batch),
            rewritten=done.rewritten + len(differing),
            remaining=max(0, done.remaining - len(batch)),
        )
        yield done
    store.remember(_PLACE, "")


def learn_again(store: Store, configured: Mapping[SourceId, Source]) -> None:
    """How the latest articles of every source begin and end, from their originals."""
    for source in _all_sources(store, configured).values():
        kept = store.latest_originals(source.id, WINDOW) if _is_learned_of(source) else []
        new = [(_name(one), _edges(one, source)) for one in reversed(kept)]
        if new:
            store.keep_ends(source.id, latest(store.ends(source.id), new))


def _again(
    one: StoredOriginal, sources: Mapping[SourceId, Source], learned: Mapping[SourceId, Edges]
) -> StoredOriginal:
    """The article as it would be made today; what it is known by, and its dates, stay."""
    stored, original = one.stored, one.original
    source = sources[stored.source]
    made = refined(original.entry, original.facts, source, learned.get(source.id, frozenset())).article
    before = stored.article
    article = replace(
        made if one.feed_body is None else _with_page(made, one, source),
        date=before.date,
        updated=before.updated,
        guid=before.guid,
        link=before.link,
        comments=before.comments,
    )
    feed_body = None if one.feed_body is None else made.body
    return replace(one, stored=replace(stored, article=article), feed_body=feed_body)


def _with_page(made: Article, one: StoredOriginal, source: Source) -> Article:
    """What the feed says, with the text of the page as it is cleaned today; as it was, where the page was not kept."""
    if one.page is not None and (article := completed(made, one.page, source)) is not None:
        return article
    before = one.stored.article
    return replace(
        made,
        body=before.body,
        headimg=made.headimg or before.headimg,
        thumbnail=made.thumbnail or before.thumbnail,
        summary=made.summary or before.summary,
    )


def _edges(one: StoredOriginal, source: Source) -> Edges:
    return refined(one.original.entry, one.original.facts, source).edges()


def _name(one: StoredOriginal) -> bytes:
    """The name under which a visit would remember it."""
    [identity] = identify([one.original.entry])
    return identity.aliases[0][:8]


def _is_learned_of(source: Source) -> bool:
    return source.clean == "full"


def _all_sources(store: Store, configured: Mapping[SourceId, Source]) -> dict[SourceId, Source]:
    """Also those that are followed no longer: with no settings of their own."""
    return {
        status.id: configured.get(status.id)
        or Source(id=status.id, url=status.url, name=status.name, category=status.category)
        for status in store.status()
    }


def _place(store: Store, shape: str) -> int:
    """Where an unfinished run of the same shape was."""
    same, _, place = (store.recall(_PLACE) or "").partition(" ")
    return int(place) if same == shape and place else 0


def _cleaning(source: Source) -> tuple[object, ...]:
    return (source.remove, source.keep, source.clean)


def _shape(sources: Mapping[SourceId, Source], learned: Mapping[SourceId, Edges], version: str) -> str:
    """All that decides what comes out."""
    said = [
        (source.id, source.name, source.category, source.language, source.full_text, _cleaning(source))
        for source in sources.values()
    ]
    said_in_all = [(source, sorted(edges)) for source, edges in learned.items()]
    return sha256(repr((version, said, said_in_all)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
