"""`search`: find stories by their words."""

from __future__ import annotations

import click

from aggregator.cli.complete import categories
from aggregator.cli.group import Context, speaks


@click.command(name="search", context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Stories that are shown.")
@click.option("--category", metavar="KEY", shell_complete=categories, help="Only in this category, and those below it.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
@speaks
def search_(context: Context, words: tuple[str, ...], limit: int, category: str | None, as_json: bool) -> None:
    """Find stories by their words, the best first.

    All WORDS must be there. '"Words in quotes"' stand side by side; -word is not there; title:word stands in the
    title; source:name and category:key say whose articles.

    \b
    aggregator search climate -opinion
    aggregator search --category technology title:python --json
    """
    from aggregator.cli.finding import answer_found, show_found  # a shell that completes names does not wait for it

    tell = answer_found if as_json else show_found
    tell(context.configuration(), " ".join(words), category, limit)
