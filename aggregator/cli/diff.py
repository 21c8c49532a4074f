"""`diff`: what another configuration would change."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from aggregator.cli.group import Context, speaks
from aggregator.cli.problems import tell
from aggregator.cli.show import out
from aggregator.config import load
from aggregator.jobs.diff import Changes, FeedChange, Setting, SourceChange, compare, in_words
from aggregator.model.settings import Configuration
from aggregator.model.source import Source
from aggregator.opening import open_store
from aggregator.store import Store


@click.command()
@click.argument("new", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
@click.pass_obj
@speaks
def diff(context: Context, new: Path, as_json: bool) -> None:
    """Tell what another configuration would change.

    NEW is taken as if it stood in the place of the one in force. Nothing is written.

    \b
    aggregator diff new.yaml
    aggregator -c /etc/aggregator/config.yaml diff --json new.yaml
    """
    before = context.configuration()
    after = load(new, os.environ, in_place_of=before.path)
    tell(after.warnings)
    with _stored(before) as store:
        changes = compare(store, before, after)
    if as_json:
        click.echo(json.dumps(_facts(changes), ensure_ascii=False, indent=2))
        return
    for line in in_words(changes) or ("nothing changes",):
        out.print(line, markup=False, soft_wrap=True)


@contextmanager
def _stored(configuration: Configuration) -> Iterator[Store | None]:
    """The database, if there is one yet: to look is no reason to make it."""
    if not configuration.storage.database.exists():
        yield None
        return
    with open_store(configuration) as store:
        yield store


def _facts(changes: Changes) -> dict[str, object]:
    return {
        "settings": [_setting(setting) for setting in changes.settings],
        "sources": {
            "added": [_source(source) for source in changes.added],
            "removed": [_source(source) for source in changes.removed],
            "moved": [_pair(change) for change in changes.changed if change.moved],
            "renamed": [_pair(change) for change in changes.changed if change.renamed],
            "readdressed": [_pair(change) for change in changes.changed if change.readdressed],
            "changed": [_changed(change) for change in changes.changed if change.settings],
        },
        "feeds": {
            "appear": [feed.after for feed in changes.feeds if feed.before is None],
            "vanish": [feed.before for feed in changes.feeds if feed.after is None],
            "change_url": [
                {"before": feed.before, "after": feed.after}
                for feed in changes.feeds
                if feed.before and feed.after and feed.before != feed.after
            ],
        },
        "stories": [_stories(feed) for feed in changes.feeds if feed.gained or feed.lost],
    }


def _setting(setting: Setting) -> dict[str, str | None]:
    return {"key": setting.key, "before": setting.before, "after": setting.after}


def _source(source: Source) -> dict[str, str]:
    return {"name": source.name, "category": "/".join(source.category), "url": source.public_url}


def _pair(change: SourceChange) -> dict[str, object]:
    return {"before": _source(change.before), "after": _source(change.after)}


def _changed(change: SourceChange) -> dict[str, object]:
    return {**_source(change.after), "settings": [_setting(setting) for setting in change.settings]}


def _stories(feed: FeedChange) -> dict[str, object]:
    return {"feed": feed.after or feed.before, "gained": len(feed.gained), "lost": len(feed.lost)}
