"""Publishing what changed.

    join_stories | store.unpublished ─► addresses ─► store.stories | compose | render | publish ─► store.mark_published

A feed is written again when its articles changed, when the configuration of feeds changed, or when its file is gone.
What has the same bytes is not touched. A revision is marked as published only after its files are on disk, so whatever
stops us in between, the next start writes them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256

from aggregator.compose import ALL, addresses, as_published, as_seen, compose
from aggregator.compose.addresses import rules_of, with_rules
from aggregator.compose.pictures import Pictures, with_pictures
from aggregator.decide.identity import feed_id
from aggregator.jobs.archives import (
    Press,
    bring_up,
    has_archive,
    is_complete,
    look_up_to,
    move,
    newest,
    remove_documents,
    sweep_archives,
    write_documents,
)
from aggregator.jobs.documents import lay
from aggregator.jobs.faults import PUBLICATION, publication_faults
from aggregator.jobs.pictures import pictures_of
from aggregator.jobs.rules import note_faults
from aggregator.jobs.stories import join_stories, told
from aggregator.model.access import NOBODY, STRANGER, Rules, Visitor
from aggregator.model.article import StoredArticle
from aggregator.model.feed import Address, Feed, Outlet
from aggregator.model.rules import Rule
from aggregator.model.settings import Configuration, PublishSettings
from aggregator.model.source import CategoryPath, SourceId
from aggregator.model.status import SourceStatus
from aggregator.publish.files import Listing, adopt, remove, sweep
from aggregator.render import FORMATS, Galley
from aggregator.store import Store

SHAPE = "2026-11-names"
"""Changes when we render differently, so that an upgrade writes every feed again."""

PUBLISHED = "published shape"
"""Is remembered from the first time on that feeds were written."""

_PROTECTED = "protected categories"


Watch = Callable[[int, int], None]
"""Is told how many feeds are written, of how many."""


def unwatched(done: int, total: int) -> None:
    """Nobody asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What publishing did."""

    feeds: int = 0  # that were composed
    written: int = 0  # files whose bytes changed
    faults: tuple[str, ...] = ()  # documents that were not good enough to replace the last one


def publish_changed(store: Store, configuration: Configuration, watch: Watch = unwatched) -> Published:
    """Write the feeds that may differ from their files."""
    join_stories(store)  # before anything is read for a feed: what is shown once under an id of its own keeps it
    revisions = store.unpublished()
    all_addresses = feed_addresses(store, configuration)
    if store.recall(PUBLISHED) != _shape(configuration, all_addresses):
        return publish_all(store, configuration, watch)
    there = {private: Listing(settings.folder) for private, settings in _places(configuration.publish)}
    dirty = [
        address
        for address in all_addresses
        if not revisions.keys().isdisjoint(address.scope)
        or _is_missing(store, address, settings_for(address, configuration.publish), there[address.private])
    ]
    if dirty:  # who runs us once an hour never starts a daemon that would sweep
        _sweep(configuration.publish)
    return _publish(store, configuration, dirty, revisions, watch)


def publish_all(store: Store, configuration: Configuration, watch: Watch = unwatched) -> Published:
    """Write every feed, remove those that are no more."""
    join_stories(store)  # before anything is read for a feed: what is shown once under an id of its own keeps it
    revisions = store.unpublished()
    all_addresses = feed_addresses(store, configuration)
    _sweep(configuration.publish)
    adopt_documents(store, configuration.publish)
    result = _publish(store, configuration, all_addresses, revisions, watch)
    _remove_vanished(store, configuration.publish, all_addresses)
    if not result.faults:
        store.remember(PUBLISHED, _shape(configuration, all_addresses))
    return result


def _sweep(settings: PublishSettings) -> None:
    for there in _folders(settings):
        sweep(there.folder)


def adopt_documents(store: Store, settings: PublishSettings) -> None:
    """Documents of earlier versions are called as they are today: what was pruned may stand in an archive alone."""
    for file in _published_files(store):
        for there in _folders(settings):
            with suppress(OSError):  # whoever writes there will say why that cannot be done
                adopt(there.folder, file)
                adopt(there.folder, file.rpartition(".")[0])  # below which lies the archive


def feed_addresses(store: Store, configuration: Configuration, now: datetime | None = None) -> tuple[Address, ...]:
    """Every feed that we publish, as its documents hold it; some of them are private. Rules that ask for an age
    count it to this moment, or to the present one."""
    sources = store.status()
    return as_published(addresses_of(configuration, sources, now), sources, rules_now(store, configuration))


def seen_addresses(store: Store, configuration: Configuration, visitor: Visitor = STRANGER) -> tuple[Address, ...]:
    """The feeds that somebody may read, each with the sources that they may read."""
    sources = store.status()
    return as_seen(addresses_of(configuration, sources), sources, rules_now(store, configuration), visitor)


def rules_now(store: Store, configuration: Configuration) -> Rules:
    """The rules of the configuration; what was protected when it was taken out of it stays so, for nobody to read."""
    rules = configuration.rules
    gone = {path: NOBODY for path in kept_back(store) if path not in rules.of}
    return replace(rules, of={**gone, **rules.of}) if gone else rules


def kept_back(store: Store) -> tuple[CategoryPath, ...]:
    """The categories that are protected, or were when they were taken out of the configuration."""
    return tuple(tuple(path) for path in json.loads(store.recall(_PROTECTED) or "[]"))


def keep_back(store: Store, configuration: Configuration) -> None:
    """Remember which categories are protected."""
    rules = configuration.rules
    protected = {path for path, rule in rules.of.items() if rule is not None}
    protected |= {path for path in kept_back(store) if path not in rules.of}
    if protected != set(kept_back(store)):
        store.remember(_PROTECTED, json.dumps(sorted(protected), ensure_ascii=False))


def hidden_sources(store: Store, configuration: Configuration) -> frozenset[SourceId]:
    """What strangers see nothing of."""
    rules = rules_now(store, configuration)
    return frozenset(source.id for source in store.status() if not rules.sees(STRANGER, source.category))


def settings_for(address: Address, settings: PublishSettings) -> PublishSettings:
    """Where the documents of this feed lie."""
    return settings.private if address.private else settings


def _places(settings: PublishSettings) -> tuple[tuple[bool, PublishSettings], ...]:
    """Where public and private documents lie, by whether they are private."""
    return (False, settings), (True, settings.private)


def prepare(settings: PublishSettings) -> None:
    """The folder of what is private, for nobody but ourselves."""
    if settings.is_private and not settings.folder.is_dir():
        settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def addresses_of(
    configuration: Configuration, sources: Sequence[SourceStatus], now: datetime | None = None
) -> tuple[Address, ...]:
    """Every feed that a configuration makes of these sources, whoever may read it."""
    settings = configuration.publish
    named = (
        replace(
            address,
            title=address.title or "All",
            merge=settings.merge,
            prefer=settings.prefer,
            also_in=settings.also_in,
            images=settings.images,
        )
        if address.slug == ALL
        else address
        for address in addresses(configuration.categories, sources)
    )
    return tuple(ruled(configuration, sources, named, now))


def ruled(
    configuration: Configuration, sources: Sequence[SourceStatus], feeds: Iterable[Address], now: datetime | None = None
) -> Iterator[Address]:
    """These feeds with the rules of the configuration."""
    own = {(source.category, source.name): source.rules for source in configuration.sources if source.rules}
    rules = rules_of(configuration.article_rules, configuration.categories, own, sources)
    # By the hour: a feed that depends on the time is written again no more often.
    hour = (now or datetime.now(UTC)).astimezone(UTC).replace(minute=0, second=0, microsecond=0).isoformat()
    return (with_rules(address, rules, hour) if rules else address for address in feeds)


def feed_at(store: Store, address: Address, outlets: Mapping[SourceId, Outlet], *, limit: int, base_url: str) -> Feed:
    """The feed at this address, as it is now."""
    return compose(
        address,
        told(store, address, limit),
        outlets,
        feed_id=feed_id(address.slug),
        base_url=base_url,
    )


def feed_file(slug: str, format_name: str) -> str:
    """The name of a feed's document below `publish.folder`."""
    return f"feeds/{slug}{FORMATS[format_name].suffix}"


def public_documents(store: Store, configuration: Configuration) -> frozenset[str]:
    """The names of all documents that everybody may read, archives aside."""
    formats = configuration.publish.formats
    return frozenset(
        feed_file(address.slug, name)
        for address in feed_addresses(store, configuration)
        if not address.private
        for name in formats
    )


def _publish(
    store: Store,
    configuration: Configuration,
    dirty: Sequence[Address],
    revisions: Mapping[SourceId, int],
    watch: Watch,
) -> Published:
    settings = configuration.publish
    outlets = store.outlets()
    of = {address.images: pictures_of(store, address.images, settings.base_url) for address in dirty}
    written, faults, galley = 0, [], Galley()
    for done, address in enumerate(dirty):
        watch(done, len(dirty))
        there, pictures = settings_for(address, settings), of[address.images]
        for outcome in _publish_one(store, there, address, outlets, pictures, galley):
            if isinstance(outcome, str):
                faults.append(outcome)
            else:
                written += outcome
    if not faults:
        store.mark_published(revisions)
    _note(store, faults)
    note_faults(store, _in_force(configuration))
    return Published(feeds=len(dirty), written=written, faults=tuple(faults))


def _in_force(configuration: Configuration) -> Iterator[Rule]:
    """All rules that are written."""
    yield from configuration.article_rules
    for category in configuration.categories:
        yield from category.rules
    for source in configuration.sources:
        yield from source.rules


def _publish_one(
    store: Store,
    settings: PublishSettings,
    address: Address,
    outlets: Mapping[SourceId, Outlet],
    pictures: Pictures | None,
    galley: Galley,
) -> Iterator[int | str]:
    """The archive first: the feed's document links to it."""

    def composed(stories: Sequence[Sequence[StoredArticle]]) -> Feed:
        feed = compose(address, stories, outlets, feed_id=feed_id(address.slug), base_url=settings.base_url)
        return with_pictures(feed, pictures)

    try:
        prepare(settings)
    except OSError as error:
        yield f"feeds/{address.slug} was not replaced: {error.strerror or error}"
        return
    upto = look_up_to(store, address)
    stories = told(store, address, settings.limit)
    feed, broken = composed(stories), {}
    if has_archive(address):
        before = store.archive(address.slug)
        if before is not None and before.base_url != settings.base_url:
            try:
                move(before, settings)
            except OSError as error:
                yield f"feeds/{address.slug} was not replaced: its archive cannot be moved: {error.strerror or error}"
                return
        archive = bring_up(store, address, stories, upto, settings.base_url)
        broken = write_documents(store, address, archive, Press(settings=settings, compose=composed, galley=galley))
        feed = replace(feed, older=newest(archive))
    if settings.hub is not None and not address.private:
        feed = replace(feed, hub=settings.hub.url)
    for name in settings.formats:
        file = feed_file(feed.slug, name)
        yield broken.get(name) or lay(settings.folder, file, name, partial(FORMATS[name].render, feed, galley))


def tidy(store: Store, configuration: Configuration, now: datetime) -> int:
    """Delete what archives need no longer; how many files went."""
    found, settings = feed_addresses(store, configuration), configuration.publish
    return sum(
        sweep_archives(store, [one for one in found if one.private is private], there, now)
        for private, there in _places(settings)
    )


def _note(store: Store, faults: Sequence[str]) -> None:
    if tuple(faults) != publication_faults(store):
        store.remember(PUBLICATION, json.dumps(faults, ensure_ascii=False))


def _is_missing(store: Store, address: Address, settings: PublishSettings, there: Listing) -> bool:
    if not all(there.has(feed_file(address.slug, name)) for name in settings.formats):
        return True
    return has_archive(address) and not is_complete(store, address, settings)


def _remove_vanished(store: Store, settings: PublishSettings, now_published: Sequence[Address]) -> None:
    files = sorted(feed_file(address.slug, name) for address in now_published for name in settings.formats)
    for gone in set(_published_files(store)) - set(files):
        slug, _, suffix = gone.removeprefix("feeds/").rpartition(".")
        for there in _folders(settings):
            remove(there.folder, gone)
            remove_documents(there, slug, f".{suffix}")
    store.remember("published files", json.dumps(files, ensure_ascii=False))


def _published_files(store: Store) -> Sequence[str]:
    """The names of all documents that there were the last time all were written, archives aside."""
    found: list[str] = json.loads(store.recall("published files") or "[]")
    return found


def _folders(settings: PublishSettings) -> Sequence[PublishSettings]:
    """The public one, and the other where there is one."""
    return (settings, settings.private) if settings.private.folder.is_dir() else (settings,)


def _shape(configuration: Configuration, feeds: Sequence[Address]) -> str:
    described = [SHAPE, str(configuration.publish.folder), *map(repr, (configuration.publish.base_url,))]
    described += [repr((configuration.publish.formats, configuration.publish.limit))]
    described += [] if configuration.publish.hub is None else [configuration.publish.hub.url]
    described += map(repr, feeds)
    return sha256("\n".join(described).encode()).hexdigest()
