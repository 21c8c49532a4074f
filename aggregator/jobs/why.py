"""The life of an article, for whoever asks why: found by any of its names, told from what is stored.

    words | find ─► one article | life ─► model.life.Answer

Reads only. What can be computed again – the words that were compared, what cleaning takes out – is computed when it is
asked for, by the rules of today.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aggregator.decide.canonical import canonical_url, host_of, without_query
from aggregator.decide.identity import hints_of, names_known, path_of, story_id, telling_id
from aggregator.jobs.publish import feed_addresses, feed_at
from aggregator.jobs.rules import Sieve
from aggregator.jobs.stories import begun_by, compare, corrections_in, date_of, hindrance, told
from aggregator.model.article import Alias, Removal, StoredArticle, StoryId
from aggregator.model.feed import Address
from aggregator.model.life import (
    Answer,
    Dating,
    Deed,
    Gone,
    Life,
    Listed,
    Member,
    Name,
    Near,
    Neighbourhood,
    Origin,
    Ruling,
    Several,
    Standing,
    Unknown,
)
from aggregator.model.outcome import Original
from aggregator.model.rules import Limit, Put, Rewrite, Rule, Tag
from aggregator.model.settings import Configuration
from aggregator.model.source import Source, SourceId
from aggregator.model.status import SourceStatus
from aggregator.model.story import Join
from aggregator.refine import refined
from aggregator.refine.recurring import recurring
from aggregator.store import Store

MANY = 10  # candidates that are listed
NEAREST = 3  # articles that nearly are the same story

_UUID = re.compile(r"(?:urn:uuid:)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://)?[^\s/@]+\.[^\s/.]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
_KEYWORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Library:
    """What is known, and under which configuration."""

    store: Store
    configuration: Configuration
    sources: Mapping[SourceId, Source]  # as they are configured


def why(library: Library, asked: str) -> Answer:
    """What is known of what was asked for: a URL, a published id, a number, a guid, or words of a title."""
    found = find(library.store, asked)
    return life(library, found) if isinstance(found, StoredArticle) else found


def find(store: Store, asked: str) -> StoredArticle | Several | Gone | Unknown:
    """The article of this name; several, if it may be one of them."""
    asked = asked.strip()
    found: Sequence[StoredArticle] | Gone = ()
    for look in (_by_number, _by_id, _by_name, _by_link, _by_title):
        found = look(store, asked)
        if found:
            break
    if isinstance(found, Gone):
        return found
    if not found:
        return _unknown(store, asked)
    told_with = store.stories_with({stored.story for stored in found})
    if len({stories[0] for stories in told_with.values()}) == 1:  # its life tells of the others
        return begun_by([stored for stored in found if stored.story == told_with[stored.story][0]] or found)
    names = _names(store)
    listed = tuple(_listed(stored, names) for stored in _newest_first(found)[:MANY])
    return Several(asked=asked, candidates=listed, is_all=len(found) <= MANY)


# finding


def _by_number(store: Store, asked: str) -> Sequence[StoredArticle] | Gone:
    if not re.fullmatch("[0-9]{1,18}", asked):
        return ()
    found = list(store.articles_of([int(asked)]).values())
    at = store.pruned_at(int(asked))
    return found or (Gone(asked=asked, id=int(asked), source=None, at=at) if at else ())


def _by_id(store: Store, asked: str) -> Sequence[StoredArticle]:
    """By the id of a story, or by that which one source's copy has where copies are not one."""
    match = _UUID.fullmatch(asked)
    if match is None:
        return ()
    story = StoryId(f"urn:uuid:{match[1].lower()}")
    if found := store.tellings([story])[story]:
        return found
    if (told_with := store.stories_with([story])) and (heads := store.tellings_of_heads([story])[story]):
        return [stored for stored in heads if stored.story == told_with[story][1]]  # whose head was pruned
    copies = [article for article, source, of, _ in store.links() if telling_id(StoryId(of), source) == story]
    return list(store.articles_of(copies).values())


def _by_name(store: Store, asked: str) -> Sequence[StoredArticle] | Gone:
    """By a guid or a link that its source's documents know it by."""
    link = _as_link(asked)
    wanted = [alias for kind, _, alias in names_known(asked, link, "", None) if kind in ("guid", "link")]
    ids: list[int] = []
    gone = []
    for status in store.status():
        for known in store.lookup(status.id, wanted).values():
            if known.pruned:
                gone.append(
                    Gone(asked=asked, id=known.id, source=status.name, at=store.pruned_at(known.id)),
                )
            else:
                ids.append(known.id)
    found = list(store.articles_of(ids).values())
    return found or (gone[0] if gone else ())


def _by_link(store: Store, asked: str) -> Sequence[StoredArticle]:
    """By an address that several share, or that rotates a token in its query."""
    link = _as_link(asked)
    page = canonical_url(link) if link else None
    if link is None or page is None:
        return ()
    story = story_id(SourceId(""), None, link, "", None)
    if found := store.tellings([story])[story]:
        return found
    host = host_of(link)
    pages = [
        (article, canonical_url(other))
        for article, _, _, other in store.links()
        if other and (not other.isascii() or host in other.lower())  # a canonical form takes its time
    ]
    same = [article for article, other in pages if other == page]
    bare = [article for article, other in pages if other and without_query(other) == page]
    return list(store.articles_of(same or bare).values())


def _by_title(store: Store, asked: str) -> Sequence[StoredArticle]:
    if _as_link(asked) and "/" in asked:
        return ()
    found = store.titled([asked], MANY + 1) or store.titled(asked.split(), MANY + 1)
    return [one for one in found if one.article.title.casefold() == asked.casefold()] or found


def _as_link(asked: str) -> str | None:
    """The address that this is, with or without its scheme."""
    if not _ADDRESS.fullmatch(asked):
        return None
    return asked if "://" in asked else f"https://{asked}"


def _unknown(store: Store, asked: str) -> Unknown:
    host = host_of(_as_link(asked) or "")
    statuses = [status for status in store.status() if host and host in _hosts(status)]
    names = _names(store)
    return Unknown(
        asked=asked,
        host=host,
        sources=tuple(Neighbourhood(origin=_origin(status), articles=status.articles) for status in statuses),
        nearest=tuple(_listed(stored, names) for stored in _near_titles(store, asked, host)),
    )


def _hosts(status: SourceStatus) -> set[str]:
    return {host_of(url) for url in (status.url, status.site) if url}


def _near_titles(store: Store, asked: str, host: str) -> list[StoredArticle]:
    """Articles whose titles hold most of the longest words."""
    text = asked.rpartition("/")[2] if host else asked
    words = sorted(
        {word for word in _KEYWORD.findall(text.lower()) if len(word) > 1}, key=lambda word: (-len(word), word)
    )
    return store.titled_like(words[:6], MANY)[:NEAREST]


def _newest_first(found: Iterable[StoredArticle]) -> list[StoredArticle]:
    return sorted(found, key=lambda stored: (stored.sort_at, stored.id), reverse=True)


# telling


def life(library: Library, stored: StoredArticle) -> Life:
    """All that is known of an article."""
    store = library.store
    names = _names(store)
    [status] = [status for status in store.status() if status.id == stored.source]
    original = store.original_of(stored.id)
    known, earlier = _known_by(store, stored, original)
    stories = store.stories_with([stored.story])[stored.story]
    page = store.page_of(stored.id)
    addresses = feed_addresses(store, library.configuration)
    rulings, changes = _ruled(store, stored, addresses)
    return Life(
        article=_listed(stored, names),
        origin=_origin(status),
        dating=_dating(stored, original),
        names=known,
        earlier_names=earlier,
        story=stories[0],
        waits=store.waits(stored.id),
        is_backlog=stored.backlog,
        members=tuple(_members(store, stories[0], names)),
        nearest=tuple(_nearest(store, stored, stories, names)),
        corrections=tuple(one for one in corrections_in(store) if not set(one.stories).isdisjoint(stories)),
        removals=_removals(library, stored, status, original),
        page=page[0] if page else None,
        page_reason=page[1] if page else "",
        standings=tuple(_standings(library, stored, addresses)),
        rulings=rulings,
        changes=changes,
    )


def _names(store: Store) -> Mapping[SourceId, str]:
    return {source: outlet.name for source, outlet in store.outlets().items()}


def _listed(stored: StoredArticle, names: Mapping[SourceId, str]) -> Listed:
    return Listed(
        id=stored.id,
        title=stored.article.title,
        link=stored.article.link,
        source=names.get(stored.source, stored.source),
        story=stored.story,
        date=date_of(stored),
        first_seen=stored.first_seen,
    )


def _origin(status: SourceStatus) -> Origin:
    return Origin(
        name=status.name,
        category=status.category,
        url=status.url,
        followed=status.configured,
        last_poll=status.last_poll,
        problem=status.problem if status.failures else None,
    )


def _dating(stored: StoredArticle, original: Original | None) -> Dating:
    return Dating(
        used=date_of(stored),
        came=original.entry.published if original else None,
        unread=original.entry.unread_date if original else None,
        is_known=original is not None,
        first_seen=stored.first_seen,
        changed=stored.changed if stored.changed > stored.first_seen else None,
        sort_at=stored.sort_at,
    )


def _known_by(store: Store, stored: StoredArticle, original: Original | None) -> tuple[tuple[Name, ...], int]:
    """The names that can be told from what is kept, and how many there are besides."""
    article, entry = stored.article, original.entry if original else None
    possible = [*names_known(article.guid, article.link, article.title, article.date)]
    if entry is not None:
        title = entry.title.value if entry.title else ""
        possible += names_known(entry.guid, entry.link, title, entry.published)
    hints = hints_of(article)
    possible += [("title and text", article.title, hints.text)] if hints.text else []
    possible += [("path", path_of(article.link, article.guid), hints.path)] if hints.path else []
    have = store.aliases_of(stored.source, stored.id)
    told_by: dict[Alias, Name] = {}
    for kind, value, alias in possible:
        if alias in have:
            told_by.setdefault(alias, Name(kind, value))
    return tuple(told_by.values()), len(have) - len(told_by)


def _members(store: Store, head: StoryId, names: Mapping[SourceId, str]) -> Iterator[Member]:
    group = store.tellings_of_heads([head])[head]
    if not group:
        return
    begun = begun_by([one for one in group if one.story == head] or group)
    listed = {one.id: _listed(one, names) for one in group}
    joins = {join.story: join for join in store.joins_of(head)}
    yield Member(article=listed[begun.id], how="began")
    for one in sorted((one for one in group if one is not begun), key=lambda one: (one.first_seen, one.id)):
        yield _member(one, listed, joins.get(one.story))


def _member(one: StoredArticle, listed: Mapping[int, Listed], join: Join | None) -> Member:
    if join is None or join.article != one.id:  # it has the address of the article that did
        return Member(article=listed[one.id], how="address")
    return Member(
        article=listed[one.id], how="joined", rule=join.rule, figures=join.figures, like=listed.get(join.like)
    )


def _nearest(
    store: Store, stored: StoredArticle, stories: Sequence[StoryId], names: Mapping[SourceId, str]
) -> Iterator[Near]:
    """The articles that share most with it, and tell another story."""
    others = [
        (other, verdict)
        for other, verdict in compare(store, stored)
        if other.story not in stories and other.source in names
    ]
    others.sort(key=lambda pair: (-pair[1].figures.containment, -pair[1].figures.title))
    kept = store.articles_of([other.id for other, _ in others[:NEAREST]])
    for other, verdict in others[:NEAREST]:
        yield Near(
            article=_listed(kept[other.id], names),
            rule=str(verdict.rule),
            figures=verdict.figures.as_numbers(),
            hindrance=hindrance(store, stored, other, verdict),
        )


def _removals(
    library: Library, stored: StoredArticle, status: SourceStatus, original: Original | None
) -> tuple[Removal, ...] | None:
    """What cleaning takes out of the original, by the rules, the settings and the boilerplate known today."""
    if original is None:
        return None
    source = library.sources.get(stored.source) or Source(
        id=status.id, url=status.url, name=status.name, category=status.category
    )
    learned = recurring(library.store.ends(source.id)) if source.clean == "full" else frozenset()
    return refined(original.entry, original.facts, source, learned).removals


def _standings(library: Library, stored: StoredArticle, addresses: Iterable[Address]) -> Iterator[Standing]:
    settings = library.configuration.publish
    outlets = library.store.outlets()
    for address in addresses:
        sieve = Sieve(library.store, address)
        if _belongs(stored, address, sieve):
            groups = told(library.store, address, settings.limit)
            feed = feed_at(library.store, address, outlets, limit=settings.limit, base_url=settings.base_url)
            place = next((at for at, group in enumerate(groups) if any(one.id == stored.id for one in group)), None)
            item = feed.items[place] if place is not None else None
            yield Standing(
                slug=address.slug,
                place=None if place is None else place + 1,
                stories=len(groups),
                limit=settings.limit,
                merge=address.merge,
                id=item.id if item else None,
                shown=item.outlet.name if item else None,
                kept_out=_kept_out(stored, sieve),
                is_guest=stored.source not in address.sources,
            )


# rules


def _belongs(stored: StoredArticle, address: Address, sieve: Sieve) -> bool:
    """Whether this is a feed of its source, or of a category that a rule tags it with."""
    if stored.source in address.sources:
        return True
    verdict = sieve.verdict(stored) if stored.source in address.guests else None
    return verdict is not None and sieve.invites(verdict)


def _kept_out(stored: StoredArticle, sieve: Sieve) -> Ruling | None:
    verdict = sieve.verdict(stored)
    number = sieve.barrier(stored, verdict) if verdict else None
    if number is None:
        return None
    rule = sieve.rules(stored)[number]
    return _barred(rule)


def _barred(rule: Rule) -> Ruling:
    return _ruling("limited" if isinstance(rule.action, Limit) else "dropped", rule)


def _ruled(
    store: Store, stored: StoredArticle, addresses: Iterable[Address]
) -> tuple[tuple[Ruling, ...], tuple[tuple[str, str], ...]]:
    """The rules that concern the article, and what they change of it: the same in every feed."""
    address = next((one for one in addresses if stored.source in one.sources), None)
    sieve = Sieve(store, address) if address else None
    verdict = sieve.verdict(stored) if sieve else None
    if sieve is None or verdict is None:
        return (), ()
    out = sieve.barrier(stored, verdict)
    rulings = []
    for number, rule in enumerate(sieve.rules(stored)):
        if number in verdict.slow:
            rulings.append(_ruling("slow", rule))
        elif number == out:
            rulings.append(_barred(rule))
        elif number in verdict.touched and isinstance(rule.action, Tag | Rewrite | Put):
            rulings.append(_ruling("tagged" if isinstance(rule.action, Tag) else "changed", rule))
    return tuple(rulings), verdict.changes


def _ruling(did: Deed, rule: Rule) -> Ruling:
    tags = rule.action.add if isinstance(rule.action, Tag) else ()
    return Ruling(did=did, rule=rule.words, place=rule.place, tags=tags)
