"""The commands about stories: why, merge, split and regroup."""

from __future__ import annotations

import sys

import click

from aggregator.cli.group import FAILED, Context, speaks
from aggregator.cli.machine import json_option

LISTED = 20
"""Changes of `regroup` that are shown where not all are asked for."""


@click.command(name="why")
@click.argument("words", nargs=-1, required=True)
@json_option
@click.pass_obj
@speaks
def why_(context: Context, words: tuple[str, ...], as_json: bool) -> None:
    """Tell the life of an article: where it was found, what it merged with and why, and where it stands.

    WORDS are its URL, its published id, its number, its guid, or words of its title. Exit code 1 if there is none.

    \b
    aggregator why https://example.org/a-story
    aggregator why ferry islands --json
    """
    from aggregator.cli.telling import tell_life  # a shell that completes names does not wait for it

    if not tell_life(context.configuration(), " ".join(words), as_json=as_json):
        sys.exit(FAILED)


@click.command()
@click.argument("one")
@click.argument("two")
@json_option
@click.pass_obj
@speaks
def merge(context: Context, one: str, two: str, as_json: bool) -> None:
    """Make one story of two, for ever, whatever the rule says.

    ONE and TWO are articles, named as for `why`. It is written into the file of corrections.

    \b
    aggregator merge 41 "ferry islands"
    """
    from aggregator.cli.telling import correct_stories

    correct_stories(context, "merge", one, two, as_json=as_json)


@click.command()
@click.argument("one")
@click.argument("two")
@json_option
@click.pass_obj
@speaks
def split(context: Context, one: str, two: str, as_json: bool) -> None:
    """Keep two articles apart, for ever, whatever the rule says.

    ONE and TWO are articles, named as for `why`. It is written into the file of corrections.

    \b
    aggregator split https://example.org/a https://example.org/b
    """
    from aggregator.cli.telling import correct_stories

    correct_stories(context, "split", one, two, as_json=as_json)


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--all", "everything", is_flag=True, help=f"Show every change, not only the first {LISTED}.")
@json_option
@click.pass_obj
@speaks
def regroup(context: Context, dry_run: bool, everything: bool, as_json: bool) -> None:
    """Judge all stories again, by the rule and the corrections of today.

    What others have joined keeps its published id. The program may run meanwhile: all is judged on a copy of the
    database, beside it.

    \b
    aggregator regroup --dry-run
    """
    from aggregator.cli.telling import judge_again

    judge_again(context, dry_run=dry_run, most=None if everything else LISTED, as_json=as_json)
