"""Publishing what changed.

    join_stories | store.unpublished ─► addresses ─► store.stories | compose | render | publish ─► store.mark_published

A feed is written again when its articles changed, when the configuration of feeds changed, or when its file is gone.
What has the same bytes is not touched. A revision is marked as published only after its files are on disk, so whatever
stops us in between, the next start writes them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from aggregator.compose import ALL, addresses, compose
from aggregator.compose.pictures import with_pictures
from aggregator.decide.identity import feed_id
from aggregator.jobs.pictures import pictures_of
from aggregator.jobs.stories import join_stories, rulings_in, told
from aggregator.model.feed import Address, Feed, Outlet
from aggregator.model.settings import Configuration, PublishSettings
from aggregator.model.source import SourceId
from aggregator.model.status import SourceStatus
from aggregator.publish.files import Written, path_of, publish, remove, sweep
from aggregator.render import FORMATS, check
from aggregator.store import Store

log = logging.getLogger(__name__)

SHAPE = "2026-11"
"""Changes when we render differently, so that an upgrade writes every feed again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What publishing did."""

    feeds: int = 0  # that were composed
    written: int = 0  # files whose bytes changed
    faults: tuple[str, ...] = ()  # documents that were not good enough to replace the last one


def publish_changed(store: Store, configuration: Configuration) -> Published:
    """Write the feeds that may differ from their files."""
    _judge(store, configuration)
    if store.recall("published shape") != _shape(configuration, feed_addresses(store, configuration)):
        return publish_all(store, configuration)
    revisions = store.unpublished()
    dirty = [
        address
        for address in feed_addresses(store, configuration)
        if not revisions.keys().isdisjoint(address.sources) or _is_missing(address, configuration.publish)
    ]
    if dirty:  # who runs us once an hour never starts a daemon that would sweep
        sweep(configuration.publish.folder)
    return _publish(store, configuration, dirty, revisions)


def publish_all(store: Store, configuration: Configuration) -> Published:
    """Write every feed, remove those that are no more."""
    _judge(store, configuration)
    revisions = store.unpublished()
    all_addresses = feed_addresses(store, configuration)
    sweep(configuration.publish.folder)
    result = _publish(store, configuration, all_addresses, revisions)
    _remove_vanished(store, configuration.publish, all_addresses)
    if not result.faults:
        store.remember("published shape", _shape(configuration, all_addresses))
    return result


def feed_addresses(store: Store, configuration: Configuration) -> tuple[Address, ...]:
    """Every feed that we publish."""
    return addresses_of(configuration, store.status())


def addresses_of(configuration: Configuration, sources: Sequence[SourceStatus]) -> tuple[Address, ...]:
    """Every feed that a configuration makes of these sources."""
    settings = configuration.publish
    return tuple(
        replace(address, title=address.title or "All", merge=settings.merge, images=settings.images)
        if address.slug == ALL
        else address
        for address in addresses(configuration.categories, sources)
    )


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


def _judge(store: Store, configuration: Configuration) -> None:
    """Before anything is read for a feed: what is shown once under an id of its own keeps it."""
    levels = (configuration.publish.merge, *(category.merge for category in configuration.categories))
    if "text" in levels or rulings_in(store).apart:
        join_stories(store)


def _publish(
    store: Store, configuration: Configuration, dirty: Sequence[Address], revisions: Mapping[SourceId, int]
) -> Published:
    settings = configuration.publish
    outlets = store.outlets()
    of = {address.images: pictures_of(store, address.images, settings.base_url) for address in dirty}
    written, faults = 0, []
    for address in dirty:
        feed = feed_at(store, address, outlets, limit=settings.limit, base_url=settings.base_url)
        feed = with_pictures(feed, of[address.images])
        for name in settings.formats:
            outcome = _write(settings, feed, name)
            if isinstance(outcome, str):
                faults.append(outcome)
            else:
                written += outcome
    if not faults:
        store.mark_published(revisions)
    return Published(feeds=len(dirty), written=written, faults=tuple(faults))


def _write(settings: PublishSettings, feed: Feed, name: str) -> int | str:
    """1 if the file changed, 0 if it has these bytes already; in words, why the last good one was left in place."""
    file = feed_file(feed.slug, name)
    try:
        content = FORMATS[name].render(feed)
        if (problem := check(content, name)) is not None:
            return f"{file} was not replaced: {problem}"
        return int(isinstance(publish(settings.folder, file, content), Written))
    except OSError as error:
        return f"{file} was not replaced: {error.strerror or error}"
    except Exception as error:
        log.exception("cannot render %s: this is a fault of aggregator", file)
        return f"{file} was not replaced: {type(error).__name__}: {error}"


def _is_missing(address: Address, settings: PublishSettings) -> bool:
    return any(not path.exists() for path in _files(address.slug, settings))


def _files(slug: str, settings: PublishSettings) -> Iterable[Path]:
    return (path_of(settings.folder, feed_file(slug, name)) for name in settings.formats)


def _remove_vanished(store: Store, settings: PublishSettings, now_published: Sequence[Address]) -> None:
    files = sorted(feed_file(address.slug, name) for address in now_published for name in settings.formats)
    for gone in set(json.loads(store.recall("published files") or "[]")) - set(files):
        remove(settings.folder, gone)
    store.remember("published files", json.dumps(files, ensure_ascii=False))


def _shape(configuration: Configuration, feeds: Sequence[Address]) -> str:
    described = [SHAPE, str(configuration.publish.folder), *map(repr, (configuration.publish.base_url,))]
    described += [repr((configuration.publish.formats, configuration.publish.limit))]
    described += [json.dumps(asdict(feed), ensure_ascii=False) for feed in feeds]
    return sha256("\n".join(described).encode()).hexdigest()
