"""What `search` does once it is called."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import click
from rich.table import Table

from aggregator.cli.rows import CONTROLS
from aggregator.cli.show import out, plain, progress
from aggregator.cli.words import count
from aggregator.decide.search import LONGEST, MOST, names_category, parse_query
from aggregator.jobs.search import make_searchable, search
from aggregator.model.search import Found, Piece, Query, Results
from aggregator.model.settings import Configuration
from aggregator.runtime import clock, open_store, shelves
from aggregator.store import Store

HINTS = (
    "Fewer words find more: all of them must be there.",
    "Words are found in all their forms, Chinese ones inside sentences; parts of other words are not.",
)


def show_found(configuration: Configuration, words: str, category: str | None, limit: int) -> None:
    """The stories as people read them."""
    _show(_find(configuration, words, category, limit))


def answer_found(configuration: Configuration, words: str, category: str | None, limit: int) -> None:
    """The same for programs."""
    click.echo(json.dumps(_as_json(_find(configuration, words, category, limit)), ensure_ascii=False, indent=2))


def _find(configuration: Configuration, words: str, category: str | None, limit: int) -> Results:
    query = parse_query(words)
    if category is not None:
        query = _within(query, category, configuration)
    with open_store(configuration) as store:
        _catch_up(store)
        return search(store, query, shelves(store, configuration), clock(), limit=limit)


def _within(query: Query, category: str, configuration: Configuration) -> Query:
    if (name := names_category(category, configuration.categories)) is None:
        known = ", ".join("/".join(one.path) for one in configuration.categories)
        raise click.BadParameter(f"there is no category {category!r}; there are: {known}", param_hint="--category")
    return replace(query, within=name)


def _catch_up(store: Store) -> None:
    """What was kept before there was a search can be found from now on."""
    if waiting := store.count_unsearchable():
        with progress("making older articles searchable", waiting) as bar:
            for done in make_searchable(store):
                bar.step(done)


def _show(results: Results) -> None:
    if results.query.cut:
        click.echo(f"Only the first {LONGEST} characters and {MOST} words were looked for.", err=True)
    if not results.found:
        click.echo("Nothing was found." if not results.query.is_empty else "There is no word to look for.")
        for hint in HINTS:
            click.echo(hint, err=True)
    elif out.is_terminal:
        out.print(_table(results.found))
        out.print(_count(results), style="dim")
    else:
        for found in results.found:
            click.echo("\t".join(cell.translate(CONTROLS) for cell in _cells(found)))


def _cells(found: Found) -> tuple[str, ...]:
    item = found.item
    return _date(found), item.outlet.name, item.title, item.link or "", _text(found.snippet)


def _table(found: Iterable[Found]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 1, 0))
    table.add_column("date", no_wrap=True)
    table.add_column("source", overflow="fold", max_width=20)
    table.add_column("story", overflow="fold")
    for one in found:
        item = one.item
        names = ", ".join((item.outlet.name, *(other.name for other in item.also_in)))
        lines = [f"[bold]{_rich(one.title)}[/bold]", _rich(one.snippet), f"[dim]{plain(item.link or '')}[/dim]"]
        table.add_row(_date(one), plain(names), "\n".join(filter(None, lines)))
    return table


def _count(results: Results) -> str:
    more = "; more than these were found, and only the newest are looked through" if results.many else ""
    return f"{len(results.found)} of {count(results.total, 'story', 'stories')}{more}"


def _rich(pieces: Iterable[Piece]) -> str:
    return "".join(f"[reverse]{plain(piece.text)}[/reverse]" if piece.marked else plain(piece.text) for piece in pieces)


def _text(pieces: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _date(found: Found) -> str:
    return f"{found.item.published:%Y-%m-%d}"


def _as_json(results: Results) -> dict[str, Any]:
    return {
        "query": results.query.text,
        "total": results.total,
        "only_newest": results.many,
        "results": [_result(found) for found in results.found],
    }


def _result(found: Found) -> dict[str, Any]:
    item = found.item
    return {
        "id": item.id,
        "title": item.title,
        "link": item.link,
        "published": f"{item.published:%Y-%m-%dT%H:%M:%SZ}",
        "source": item.outlet.name,
        "sources": [{"name": one.name, "link": one.link} for one in (item.outlet, *item.also_in)],
        "categories": list(item.categories),
        "snippet": _text(found.snippet),
        "marked": list(dict.fromkeys(piece.text for piece in (*found.title, *found.snippet) if piece.marked)),
    }
