"""Which feeds we publish: one of all, one per category at every level, one per source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aggregator.model.access import Rules, Visitor, opens
from aggregator.model.feed import Address
from aggregator.model.settings import Category
from aggregator.model.source import SourceId
from aggregator.model.status import SourceStatus

ALL = "all"


def addresses(categories: Sequence[Category], sources: Sequence[SourceStatus]) -> tuple[Address, ...]:
    """Every feed, in the order of the configuration: `all`, then each category followed by its sources.

    A source that is no longer configured, or that only imported posts name, has no feed of its own; its articles stay
    in the feeds of its category until they are pruned.
    """
    return (
        Address(slug=ALL, title="", sources=tuple(source.id for source in sources)),
        *(address for category in categories for address in _of_category(category, sources)),
    )


def as_published(addresses: Sequence[Address], sources: Sequence[SourceStatus], rules: Rules) -> tuple[Address, ...]:
    """Each feed with those of its sources that all who may read it may read: what its documents hold."""
    where = {source.id: source.category for source in sources}
    return tuple(
        replace(
            address,
            sources=tuple(one for one in address.sources if rules.stands_in(where[one], address.path)),
            private=rules.rule(address.path) is not None,
        )
        for address in addresses
    )


def as_seen(
    addresses: Sequence[Address], sources: Sequence[SourceStatus], rules: Rules, visitor: Visitor
) -> tuple[Address, ...]:
    """Of all feeds those that somebody may read, each with those of its sources that they may."""
    where = {source.id: source.category for source in sources}
    return tuple(
        replace(
            address,
            sources=tuple(one for one in address.sources if rules.sees(visitor, where[one])),
            private=rules.rule(address.path) is not None,
        )
        for address in addresses
        if opens(visitor, rules.rule(address.path))
    )


def _of_category(category: Category, sources: Sequence[SourceStatus]) -> Iterator[Address]:
    depth = len(category.path)
    yield Address(
        slug=category.slug,
        title=category.title,
        sources=tuple(source.id for source in sources if source.category[:depth] == category.path),
        language=category.language,
        path=category.path,
        merge=category.merge,
        prefer=category.prefer,
        also_in=category.also_in,
        images=category.images,
    )
    for source in sources:
        if source.configured and source.category == category.path:
            yield _of_source(category, source.id, source.name)


def _of_source(category: Category, source: SourceId, name: str) -> Address:
    # A slash in a name would open a level of its own; the full-width one reads the same.
    slug = f"{category.slug}/{name.replace('/', '／')}"
    return Address(
        slug=slug,
        title=name,
        sources=(source,),
        language=category.language,
        path=category.path,
        source=source,
        merge=category.merge,
        prefer=category.prefer,
        also_in=category.also_in,
        images=category.images,
    )
