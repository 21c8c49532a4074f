"""What another configuration would change, before it does.

    pair the sources | addresses of both | the stories at each ─► Changes | in words

Nothing is written. Stories are those that the database holds now: what a new source will bring is not known yet.
No secret is told, only that one has another value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from aggregator.jobs.publish import addresses_of
from aggregator.jobs.stories import told
from aggregator.model.access import Access
from aggregator.model.article import StoryId
from aggregator.model.feed import Address
from aggregator.model.podcast import Podcast
from aggregator.model.settings import Category, Configuration
from aggregator.model.source import Source, mask, shown_url
from aggregator.model.status import SourceStatus
from aggregator.store import Store

EVERYTHING = 10_000_000
"""More stories than a database holds."""

LISTED = 5  # names that a line tells, of many that it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting with another value; None where it has none."""

    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChange:
    """A source in both configurations, and what differs."""

    before: Source
    after: Source
    settings: tuple[Setting, ...]

    @property
    def moved(self) -> bool:
        """Whether it is in another category."""
        return self.before.category != self.after.category

    @property
    def renamed(self) -> bool:
        """Whether it has another name."""
        return self.before.name != self.after.name

    @property
    def readdressed(self) -> bool:
        """Whether it is asked at another URL."""
        return self.before.public_url != self.after.public_url


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedChange:
    """A feed that appears (no `before`), vanishes (no `after`), changes its address, or its stories."""

    before: str | None  # slugs
    after: str | None
    gained: tuple[StoryId, ...] = ()
    lost: tuple[StoryId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that differs."""

    settings: tuple[Setting, ...] = ()
    added: tuple[Source, ...] = ()
    removed: tuple[Source, ...] = ()
    changed: tuple[SourceChange, ...] = ()
    feeds: tuple[FeedChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.settings or self.added or self.removed or self.changed or self.feeds)


def compare(store: Store | None, before: Configuration, after: Configuration) -> Changes:
    """What is done otherwise under the configuration `after`; without a store, nothing is known of stories."""
    statuses = store.status() if store is not None else ()
    known = {(status.category, status.name): status.id for status in statuses if status.configured}
    old = [replace(source, id=known.get((source.category, source.name), source.id)) for source in before.sources]
    pairs, added, removed = _paired(old, after.sources)
    new = [*(replace(now, id=then.id) for then, now in pairs), *added]
    return Changes(
        settings=tuple(_settings(before, after)),
        added=tuple(added),
        removed=tuple(removed),
        changed=tuple(change for then, now in pairs if (change := _change(then, now)) is not None),
        feeds=tuple(_feeds(store, _addresses(before, old, statuses), _addresses(after, new, statuses))),
    )


# ------------------------------------------------------------------------------------------------ sources


def _paired(
    before: Sequence[Source], after: Sequence[Source]
) -> tuple[list[tuple[Source, Source]], list[Source], list[Source]]:
    """As the store recognises them: by the URL, by the URL with another secret in it, or by the name in its place."""
    left, pairs = {source.id: source for source in before}, []
    waiting = list(after)
    for key in (_by_url, _by_secret, _by_name):
        found = {key(source): source for source in left.values()}
        still = []
        for source in waiting:
            then = found.get(key(source))
            if then is not None and then.id in left:
                pairs.append((left.pop(then.id), source))
            else:
                still.append(source)
        waiting = still
    return pairs, waiting, list(left.values())


def _by_url(source: Source) -> object:
    return source.url


def _by_secret(source: Source) -> object:
    return source.public_url if "${" in source.public_url else source.url


def _by_name(source: Source) -> object:
    return source.category, source.name


_IDENTITY = {"id", "url", "name", "category", "public_url", "secrets"}


def _change(before: Source, after: Source) -> SourceChange | None:
    settings = tuple(_source_settings(before, after))
    change = SourceChange(before=before, after=after, settings=settings)
    return change if settings or change.moved or change.renamed or change.readdressed else None


def _source_settings(before: Source, after: Source) -> Iterator[Setting]:
    for each in fields(Source):
        one, other = getattr(before, each.name), getattr(after, each.name)
        if each.name == "headers":
            yield from _headers(dict(one), dict(other))
        elif each.name not in _IDENTITY and one != other:
            shown = (mask(_written(each.name, value), (*before.secrets, *after.secrets)) for value in (one, other))
            yield Setting(key=each.name, before=next(shown), after=next(shown))
    if before.url != after.url and before.public_url == after.public_url:
        yield Setting(key="url", before="a secret", after="another one")


def _headers(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Setting]:
    """A value may be a password, wherever it stands."""
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            one = "set" if name in before else None
            other = None if name not in after else "another value" if name in before else "set"
            yield Setting(key=f"headers.{name}", before=one, after=other)


# ------------------------------------------------------------------------------------------------ settings


def _settings(before: Configuration, after: Configuration) -> Iterator[Setting]:
    yield from _setting("rules", before.article_rules, after.article_rules)
    for section in ("publish", "server", "storage", "polling"):
        one, other = getattr(before, section), getattr(after, section)
        for each in fields(one):
            yield from _setting(f"{section}.{each.name}", getattr(one, each.name), getattr(other, each.name))
    old, new = ({category.path: category for category in each.categories} for each in (before, after))
    for path in (path for path in old if path in new):
        yield from _of_category(old[path], new[path])


def _of_category(before: Category, after: Category) -> Iterator[Setting]:
    for each in fields(Category):
        key = f"categories.{'/'.join(before.path)}.{each.name}"
        yield from _setting(key, getattr(before, each.name), getattr(after, each.name))


def _setting(key: str, before: object, after: object) -> Iterator[Setting]:
    if before != after:
        name = key.rpartition(".")[2]
        one, other = _written(name, before), _written(name, after)
        yield Setting(key=key, before=one, after=other if one != other else f"{other}, with another secret")


def _written(key: str, value: Any) -> str:
    """As one would write it, but for what may hold a password."""
    match value:
        case None:
            return "auto" if key == "every" else "none"
        case bool():
            return str(value).lower()
        case timedelta():
            return _duration(value)
        case tuple() | list() | frozenset():
            return f"[{', '.join(map(str, value))}]"
        case Path():
            return str(value)
        case Access():
            return f"for {', '.join(name for name, _ in (*value.tokens, *value.users)) or 'nobody'}"
        case Podcast():
            said = ((each.name, getattr(value, each.name)) for each in fields(value))
            given = [f"{name}: {_written(name, one)}" for name, one in said if one not in (None, ())]
            return f"{{{', '.join(given)}}}" if given else "none"
    if key == "proxy":
        return shown_url(str(value)) or "none"
    return str(value)


def _duration(value: timedelta) -> str:
    seconds = value.total_seconds()
    units = {"d": 86_400, "h": 3_600, "m": 60}
    unit = next((unit for unit, length in units.items() if seconds and seconds % length == 0), "s")
    return f"{seconds / units.get(unit, 1):g}{unit}"


# ------------------------------------------------------------------------------------------------ feeds


def _addresses(
    configuration: Configuration, sources: Sequence[Source], statuses: Sequence[SourceStatus]
) -> dict[object, Address]:
    """Every feed by what it is the feed of."""
    followed = {source.id: source for source in sources}
    known = {status.id: status for status in statuses}
    rested = [replace(status, configured=False) for status in statuses if status.id not in followed]
    there = [_status(source, known.get(source.id)) for source in sources]
    found = addresses_of(configuration, [*there, *rested])
    return {address.source or ("category", *address.path): address for address in found}


def _status(source: Source, known: SourceStatus | None) -> SourceStatus:
    if known is not None:
        return replace(known, name=source.name, category=source.category, configured=True)
    return SourceStatus(
        id=source.id, name=source.name, url=source.public_url, category=source.category, configured=True, title=None,
        site=None, articles=0, last_poll=None, last_success=None, last_change=None, next_poll=None, why_next="",
        failures=0, problem=None, moved_to=None,
    )  # fmt: skip


def _feeds(
    store: Store | None, before: Mapping[object, Address], after: Mapping[object, Address]
) -> Iterator[FeedChange]:
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        had, has = _stories(store, one, other)
        change = FeedChange(
            before=one.slug if one else None,
            after=other.slug if other else None,
            gained=tuple(story for story in has if story not in had),
            lost=tuple(story for story in had if story not in has),
        )
        if change.before != change.after or change.gained or change.lost:
            yield change


def _stories(
    store: Store | None, before: Address | None, after: Address | None
) -> tuple[Collection[StoryId], Collection[StoryId]]:
    """The stories of a feed under both configurations; nothing is read where they must be the same."""
    if store is None or (before and after and _scope(before) == _scope(after)):
        return (), ()
    return _ids(store, before), _ids(store, after)


def _scope(address: Address) -> object:
    return frozenset(address.scope), address.merge, address.ruled, address.hour


def _ids(store: Store, address: Address | None) -> dict[StoryId, None]:
    if address is None or not address.scope:
        return {}
    match "off" if address.ruled else address.merge:
        case "text":
            return dict.fromkeys(store.heads_told(address.sources, EVERYTHING))
        case "url":
            return dict.fromkeys(store.stories(address.sources, EVERYTHING))
    return dict.fromkeys(group[0].story for group in told(store, address, EVERYTHING))


# ------------------------------------------------------------------------------------------------ in words


def in_words(changes: Changes) -> tuple[str, ...]:
    """One line for each change; what many sources have in common, in one."""
    return (
        *(f"setting changed: {_in_words(setting)}" for setting in changes.settings),
        *(f"source added: {_named(source)} ({source.public_url})" for source in changes.added),
        *(f"source removed: {_named(source)} ({source.public_url})" for source in changes.removed),
        *(line for change in changes.changed for line in _of_source(change)),
        *_of_sources(changes.changed),
        *(line for feed in changes.feeds for line in _of_feed(feed)),
    )


def _in_words(setting: Setting) -> str:
    return f"{setting.key}: {setting.before or 'none'} → {setting.after or 'none'}"


def _named(source: Source) -> str:
    return "/".join((*source.category, source.name))


def _of_source(change: SourceChange) -> Iterator[str]:
    before, after = change.before, change.after
    if change.moved:
        yield f"source moved: {before.name}: {'/'.join(before.category)} → {'/'.join(after.category)}"
    if change.renamed:
        yield f"source renamed: {before.name} → {after.name} (in {'/'.join(after.category)})"
    if change.readdressed:
        yield f"source has another URL: {_named(after)}: {before.public_url} → {after.public_url}"


def _of_sources(changes: Sequence[SourceChange]) -> Iterator[str]:
    alike: dict[Setting, list[str]] = {}
    for change in changes:
        for setting in change.settings:
            alike.setdefault(setting, []).append(_named(change.after))
    for setting, names in alike.items():
        more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
        yield f"source changed: {_in_words(setting)}: {', '.join(names[:LISTED])}{more}"


def _of_feed(feed: FeedChange) -> Iterator[str]:
    match feed.before, feed.after:
        case None, str(slug):
            yield f"feed appears: feeds/{slug}{_counted(feed)}"
        case str(slug), None:
            yield f"feed vanishes: feeds/{slug}{_counted(feed)}"
        case str(before), str(after) if before != after:
            yield f"feed changes its URL: feeds/{before} → feeds/{after}; who has subscribed must do so again"
    if feed.before and feed.after and (feed.gained or feed.lost):
        yield f"stories of feeds/{feed.after}:{_counted(feed).removeprefix(',')}"


def _counted(feed: FeedChange) -> str:
    counts = ((len(feed.gained), "gained"), (len(feed.lost), "lost"))
    said = ", ".join(f"{count} {what}" for count, what in counts if count)
    return f", {said}" if said else ""
