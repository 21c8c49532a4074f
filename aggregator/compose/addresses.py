"""Which feeds we publish: one of all, one per category at every level, one per source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from aggregator.model.access import Rules, Visitor, opens
from aggregator.model.feed import Address, Ruled
from aggregator.model.rules import Rule, Tag, asks_for_age
from aggregator.model.settings import Category
from aggregator.model.source import CategoryPath, SourceId
from aggregator.model.status import SourceStatus

ALL = "all"

Editing = Mapping[SourceId, tuple[Rule, ...]]
"""All rules of each source that has any, in their order."""


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
    if not rules.protect_something:
        return tuple(addresses)
    where = {source.id: source.category for source in sources}
    return tuple(
        replace(
            address,
            sources=tuple(one for one in address.sources if rules.stands_in(where[one], address.path)),
            guests=tuple(one for one in address.guests if rules.stands_in(where[one], address.path)),
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
            guests=tuple(one for one in address.guests if rules.sees(visitor, where[one])),
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
        podcast=category.podcast,
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
        podcast=category.podcast,
    )


def with_rules(address: Address, rules: Editing, hour: str) -> Address:
    """The feed with what holds for its sources, and with those sources that may have guests for it; `hour` is the one
    to which ages are counted, where a rule asks for them."""
    guests = tuple(_guests(address, rules))
    groups: dict[tuple[Rule, ...], list[SourceId]] = {}
    for source in (*address.sources, *guests):
        if source in rules:
            groups.setdefault(rules[source], []).append(source)
    return replace(
        address,
        guests=guests,
        ruled=tuple(Ruled(each, tuple(of)) for each, of in groups.items()),
        hour=hour if any(map(asks_for_age, groups)) else None,
    )


def _guests(address: Address, rules: Editing) -> Iterator[SourceId]:
    if not address.path or address.source:
        return
    own = frozenset(address.sources)
    for source, each in rules.items():
        if source not in own and is_tagged(address.path, categories_tagged(each)):
            yield source


def categories_tagged(rules: Sequence[Rule]) -> tuple[str, ...]:
    """The categories that these rules can add."""
    return tuple(name for rule in rules if isinstance(rule.action, Tag) for name in rule.action.add)


def is_tagged(path: CategoryPath, tags: Sequence[str]) -> bool:
    """Whether one of these categories is this one, or below it."""
    return any(tuple(tag.split("/"))[: len(path)] == path for tag in tags)


def rules_of(
    everywhere: tuple[Rule, ...],
    categories: Sequence[Category],
    own: Mapping[tuple[CategoryPath, str], tuple[Rule, ...]],
    sources: Sequence[SourceStatus],
) -> Editing:
    """The rules of each source that has any: those of every source, of its categories from the top down, and its `own`,
    by category and name. What a source brought that is no longer followed obeys those of its category."""
    levels = {category.path: category.rules for category in categories}
    found: dict[SourceId, tuple[Rule, ...]] = {}
    for source in sources:
        path = source.category
        rules = [*everywhere, *(rule for depth in range(len(path)) for rule in levels.get(path[: depth + 1], ()))]
        if source.configured:
            rules += own.get((path, source.name), ())
        if rules:
            found[source.id] = tuple(rules)
    return found
