"""`import opml` and `export opml`: subscriptions from other programs, and for them."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from aggregator.cli.edit import dry_run
from aggregator.cli.group import Context, speaks
from aggregator.cli.rows import CONTROLS
from aggregator.config.edit import Draft, Followed, NewSource
from aggregator.config.fitting import Places, is_setting
from aggregator.config.outline import SourceOutline, canonical
from aggregator.config.values import UnfitError, check_url
from aggregator.model.errors import AggregatorError
from aggregator.model.exchange import Fetched, Request
from aggregator.model.source import CategoryPath
from aggregator.parse.characters import line
from aggregator.parse.discovery import address_of
from aggregator.parse.opml import SETTINGS, Subscription, Subscriptions, read_subscriptions
from aggregator.render.subscriptions import Exported, render_subscriptions

MAX_SIZE = 20_000_000
"""Bytes of a list that are read."""


@dataclass(slots=True)
class _Chosen:
    """One that will be followed."""

    feed: Subscription
    url: str
    category: CategoryPath
    name: str | None = None


@click.command(name="opml")
@click.argument("path", metavar="FILE|URL|-")
@click.option("--category", help="Where to put feeds that are in no folder.  [default: imported, or the only one]")
@dry_run
@click.pass_obj
@speaks
def import_opml(context: Context, path: str, category: str | None, dry_run: bool) -> None:
    """Follow what another program follows: its OPML file, newsboat's `urls`, or a list with one address a line.

    Folders become categories. What is followed already is passed over and told, and so is what is no feed's address.

    \b
    aggregator import opml freshrss.opml.xml
    aggregator import opml ~/.newsboat/urls
    """
    draft = Draft(context.config, os.environ)
    read = read_subscriptions(_body(path, draft))
    categories = draft.categories()
    home = category or ("/".join(categories[0]) if len(categories) == 1 else "imported")
    chosen, problems = _choose(draft, read, home)
    notes = [note for each in chosen for note in _add(draft, each)]
    for number, problem in sorted([*problems, *notes]):
        click.echo(f"{path}:{number}: {problem.translate(CONTROLS)}", err=True)
    if not read.feeds:
        raise AggregatorError(f"{path}: there is no feed in it")
    if chosen:
        draft.results()
        if dry_run:
            click.echo(draft.difference(), nl=False)
        else:
            draft.save()
    click.echo(f"{len(chosen)} sources {'would be ' if dry_run else ''}added; {len(problems)} passed over")


def _body(path: str, draft: Draft) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(MAX_SIZE)
    if re.match(r"https?://", path):
        from aggregator.runtime import make_client

        assert draft.configuration is not None
        with make_client(draft.configuration) as client:
            result = client.fetch(Request(url=path, max_size=MAX_SIZE))
        if isinstance(result, Fetched):
            return result.body
        raise AggregatorError(f"{path}: {getattr(result, 'detail', 'nothing was fetched')}")
    try:
        with Path(path).open("rb") as stream:
            return stream.read(MAX_SIZE)
    except OSError as error:
        raise AggregatorError(f"{path} cannot be read: {error.strerror}") from error


def _choose(draft: Draft, read: Subscriptions, home: str) -> tuple[list[_Chosen], list[tuple[int, str]]]:
    """What can be followed and is not yet, each with its category, and what is wrong with the others."""
    problems = list(read.problems)
    seen = {canonical(each.url): f"{each.name} in {'/'.join(each.category)}" for each in draft.sources()}
    places = Places(draft.outline)
    chosen = []
    for feed in read.feeds:
        url = address_of(feed.url) if feed.url.lower().startswith("feed:") else feed.url
        try:
            check_url(url)
        except UnfitError:
            problems.append((feed.line, f"{feed.url[:200] or 'nothing'} is no web address"))
            continue
        if (twin := seen.get(canonical(url))) is not None:
            problems.append((feed.line, f"{feed.url} is followed already: {twin}"))
            continue
        category = places.category(feed.folder) or places.category(home.split("/")) or ("imported",)
        seen[canonical(url)] = f"{feed.title or feed.url} in {'/'.join(category)}"
        chosen.append(_Chosen(feed, url, category))
    for each in chosen:  # now that all categories are known
        if each.feed.title not in (each.url, each.feed.url):
            each.name = places.name(each.category, each.feed.title)
    return chosen, problems


def _add(draft: Draft, chosen: _Chosen) -> list[tuple[int, str]]:
    """Into the draft; gives what of its settings is left out."""
    feed = chosen.feed
    fit = {key: value for key, value in feed.settings.items() if is_setting(key, value)}
    settings = tuple((key, json.dumps(value, ensure_ascii=False).replace("${", "$${")) for key, value in fit.items())
    draft.add("/".join(chosen.category), NewSource(url=chosen.url, name=chosen.name, settings=settings))
    return [
        (feed.line, f"{feed.url}: {key}: {line(str(value), 80)} is left out: it cannot mean that here")
        for key, value in feed.settings.items()
        if key not in fit
    ]


@click.command(name="opml")
@click.argument("path", metavar="[FILE|-]", default="-")
@click.pass_obj
@speaks
def export_opml(context: Context, path: str) -> None:
    """Write the sources that are followed as OPML, for another program or for `import opml`.

    \b
    aggregator export opml feeds.opml
    """
    draft = Draft(context.config, os.environ)
    sources = [_exported(draft, *pair) for pair in zip(draft.sources(), draft.outlines(), strict=True)]
    document = render_subscriptions(draft.categories(), sources)
    if path == "-":
        click.echo(document, nl=False)
        return
    try:
        Path(path).write_bytes(document)
    except OSError as error:
        raise AggregatorError(f"{path} cannot be written: {error.strerror}") from error
    click.echo(f"{len(sources)} sources in {path}", err=True)


def _exported(draft: Draft, followed: Followed, outline: SourceOutline) -> Exported:
    secret = {loc[4] for loc in draft.document.taken if loc[:4] == followed.loc and len(loc) > 4}
    data = draft.written_at(followed.loc)
    settings = {key: value for key, value in data.items() if key in SETTINGS and key not in secret}
    return Exported(
        url=outline.written, name=outline.name, given=outline.given, category=followed.category, settings=settings
    )
