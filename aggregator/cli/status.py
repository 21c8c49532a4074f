"""`status`: how every source is doing."""

from __future__ import annotations

import sys

import click

from aggregator.cli.complete import categories, sources
from aggregator.cli.group import Context, speaks
from aggregator.cli.machine import json_option


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=sources)
@click.option("--category", metavar="KEY", shell_complete=categories, help="Only this category, and those below it.")
@click.option("--failing", is_flag=True, help="Only sources that fail.")
@click.option("--watch", is_flag=True, help="Show it anew every second, until q or Ctrl-C.")
@json_option
@click.pass_obj
@speaks
def status(
    context: Context, names: tuple[str, ...], category: str | None, failing: bool, watch: bool, as_json: bool
) -> None:
    """Show how every source is doing: last poll, next poll and why then, health, articles.

    NAME is the name of a source, a part of it, or its URL. Those that fail come first.

    \b
    aggregator status --failing
    aggregator status --category technology --watch
    aggregator status --json | jq '.sources[] | select(.health == "failing") | .url'
    """
    if watch and (as_json or not (sys.stdin.isatty() and sys.stdout.isatty())):
        raise click.UsageError("--watch needs a terminal, and is nothing for --json")
    from aggregator.cli import standing  # a shell that completes names does not wait for it

    wish = standing.Wish(names=names, category=category, failing=failing)
    show = standing.watch_status if watch else standing.answer_status if as_json else standing.show_status
    show(context.configuration(), wish)
