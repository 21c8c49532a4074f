"""What `status` does once it is called."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

import click

from aggregator.cli.machine import answer
from aggregator.cli.pages import page_lines
from aggregator.cli.show import health_of, in_words, out, plain, status_table
from aggregator.cli.words import count
from aggregator.jobs.faults import publication_faults, rule_faults
from aggregator.jobs.ledger import hub_status
from aggregator.model.enrichment import PageCounts
from aggregator.model.hub import HubStatus
from aggregator.model.settings import Configuration
from aggregator.model.source import CategoryPath, SourceId
from aggregator.model.status import SourceStatus
from aggregator.opening import clock, open_store, take_over
from aggregator.store import Store

UNSAID = ("pace", "push")  # our own words for ourselves; `pushed` says of the second what matters


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which sources are asked for."""

    names: tuple[str, ...]
    category: str | None
    failing: bool


def show_status(configuration: Configuration, wish: Wish) -> None:
    """The table, and what else is to be told."""
    with _chosen(configuration, wish) as (store, chosen):
        _show(chosen(), store)
        _show_hub(hub_status(store, configuration.publish.hub), clock())


def answer_status(configuration: Configuration, wish: Wish) -> None:
    """The same for programs."""
    with _chosen(configuration, wish) as (store, chosen):
        faults = (*publication_faults(store), *rule_faults(store))
        facts = _facts(chosen(), store.page_counts(), faults, clock())
        answer({**facts, "hub": _hub(hub_status(store, configuration.publish.hub))})


def watch_status(configuration: Configuration, wish: Wish) -> None:
    """The table anew every second."""
    from aggregator.cli.watching import watch_sources

    with _chosen(configuration, wish) as (_, chosen):
        watch_sources(chosen, clock)


@contextmanager
def _chosen(configuration: Configuration, wish: Wish) -> Iterator[tuple[Store, Callable[[], list[SourceStatus]]]]:
    """The store, and whom to ask for the sources as they are now."""
    path = _category(wish.category, configuration)
    with _looked_at(configuration) as store:
        yield store, lambda: select(store.status(), wish.names, path, failing=wish.failing)


@contextmanager
def _looked_at(configuration: Configuration) -> Iterator[Store]:
    """The store; it takes over the configured sources only where it knows others: to look is to write nothing."""
    with open_store(configuration) as store:
        known = {(each.id, each.name, each.category) for each in store.status() if each.configured}
        if known != {(each.id, each.name, each.category) for each in configuration.sources}:
            take_over(store, configuration)
        yield store


def select(
    statuses: Sequence[SourceStatus], names: Sequence[str], category: CategoryPath, *, failing: bool
) -> list[SourceStatus]:
    """Those that are asked for, what fails first. Raises UsageError for a name that none has."""
    for name in names:
        if not any(_is_called(status, name) for status in statuses):
            near = difflib.get_close_matches(name, [status.name for status in statuses], 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"no source is called {name!r}{meant}")
    found = [
        status
        for status in statuses
        if status.category[: len(category)] == category
        and (not names or any(_is_called(status, name) for name in names))
        and (not failing or (status.configured and status.failures))
    ]
    return sorted(found, key=lambda status: (not status.configured, not status.failures))


def _is_called(status: SourceStatus, name: str) -> bool:
    return name == status.url or name.casefold() in status.name.casefold()


def _category(key: str | None, configuration: Configuration) -> CategoryPath:
    """The path of a category, by its key, its name in URLs or its title; () for all of them."""
    if key is None:
        return ()
    for one in configuration.categories:
        if key in ("/".join(one.path), one.slug, one.title):
            return one.path
    known = ", ".join("/".join(one.path) for one in configuration.categories)
    raise click.BadParameter(f"there is no category {key!r}; there are: {known}", param_hint="--category")


def _show(found: Sequence[SourceStatus], store: Store) -> None:
    out.print(status_table(found, clock()))
    for line in page_lines(found, store.page_counts()):
        out.print(plain(line))
    for fault in publication_faults(store):
        out.print(f"[red]not published: {plain(fault)}[/red]")
    for fault in rule_faults(store):
        out.print(f"[yellow]{plain(fault)}[/yellow]")


def _show_hub(hub: HubStatus | None, now: datetime) -> None:
    if hub is None:
        return
    parts = [f"our own hub: {count(hub.listeners, 'subscription')}" if hub.hub.is_ours else f"hub {hub.hub.url}"]
    parts.append(f"last delivery {in_words(now - hub.told)} ago" if hub.told else "nothing delivered yet")
    if hub.failing:
        parts.append(f"{hub.failing} do not take it now")
    if hub.failed:
        parts.append(f"last failure {in_words(now - hub.failed)} ago ({hub.host}: {hub.problem})")
    out.print(plain(", ".join(parts)))


def _hub(hub: HubStatus | None) -> dict[str, object] | None:
    """The same for programs: who subscribes is not in it, and no address of theirs."""
    if hub is None:
        return None
    said = {key: value for key, value in asdict(hub).items() if key != "hub"}
    return {"url": hub.hub.url, "ours": hub.hub.is_ours, **said}


def _facts(
    found: Sequence[SourceStatus], pages: Mapping[SourceId, PageCounts], faults: Sequence[str], now: datetime
) -> dict[str, object]:
    return {"sources": [_source(one, pages, now) for one in found], "faults": list(faults)}


def _source(one: SourceStatus, pages: Mapping[SourceId, PageCounts], now: datetime) -> dict[str, object]:
    said = {key: value for key, value in asdict(one).items() if key not in UNSAID}
    return {
        **said,
        "category": "/".join(one.category),
        "health": health_of(one, now),
        "pushed": one.push is not None and one.push.is_live(now),
        "pages": asdict(pages[one.id]) if one.id in pages else None,
    }
