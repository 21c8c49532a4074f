"""The commands about cleaning: try a feed, and refine again what is stored."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator.cli.complete import sources
from aggregator.cli.group import Context, speaks
from aggregator.cli.machine import json_option


@click.command()
@click.option("--all", "everything", is_flag=True, help="Everything that is stored.")
@json_option
@click.pass_obj
@speaks
def refine(context: Context, everything: bool, as_json: bool) -> None:
    """Clean again what is stored, from what publishers wrote, by the rules and settings of today.

    Only articles that come out otherwise are written, and readers do not see them as new or updated. Interrupted, it
    goes on where it was when it is run again.

    \b
    aggregator refine --all
    """
    if not everything:
        raise click.UsageError("say what: --all refines everything that is stored")
    from aggregator.cli.cleaned import refine_stored

    refine_stored(context, as_json=as_json)


@click.command(name="try")
@click.argument("url", shell_complete=sources)
@click.option("--entries", type=click.IntRange(1, 1000), default=5, show_default=True, help="How many to show.")
@click.option(
    "--html", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write a page with them to this file."
)
@json_option
@click.pass_obj
@speaks
def try_(context: Context, url: str, entries: int, file: Path | None, as_json: bool) -> None:
    """Fetch one feed and show, side by side, what it says and what we would keep; store nothing.

    A feed of the configuration, which may be given by its name, is cleaned by its settings and by what was learned of
    it; any other by the defaults. It may also be a file.

    \b
    aggregator try https://example.org/feed.xml --html page.html
    """
    from aggregator.cli.cleaned import try_one  # a shell that completes names does not wait for it

    try_one(context, url, entries, file, as_json=as_json)
