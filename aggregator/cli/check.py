"""`check`: what is wrong with a configuration, and, if asked, with its sources."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal, NoReturn

import click

from aggregator.cli.group import FINE, WRONG_USE, Context, speaks
from aggregator.cli.machine import answer, json_option
from aggregator.cli.problems import as_json as in_json
from aggregator.cli.problems import facts, tell
from aggregator.cli.show import out, plain, polled_facts, polled_table
from aggregator.cli.words import count
from aggregator.config import load
from aggregator.model.errors import ConfigError, Problem
from aggregator.model.settings import Configuration


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--online", is_flag=True, help="Ask every source as well, and keep nothing.")
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json: an array with every problem, for editors.",
)
@json_option
@click.pass_obj
@speaks
def check(context: Context, file: Path | None, online: bool, output: Literal["text", "json"], as_json: bool) -> None:
    """Validate the configuration, or another FILE.

    Every problem is shown with its line, its column, and what to write instead. Warnings do not fail; with anything
    that is wrong, the exit code is 2.

    \b
    aggregator check
    aggregator check --online
    aggregator check --json new.yaml
    """
    if output == "json" and online:
        raise click.UsageError("--format json tells of the file alone: leave out --online")
    file = file or context.config
    if as_json:
        _answer(context, file, online)
    if output == "json":
        problems = _problems(file)
        click.echo(in_json(problems))
        sys.exit(WRONG_USE if any(problem.severity == "error" for problem in problems) else FINE)
    configuration = load(file, os.environ)
    tell(configuration.warnings)
    categories = count(len(configuration.categories), "category", "categories")
    counts = f"{count(len(configuration.sources), 'source')} in {categories}"
    out.print(f"{file}: {counts}", markup=False)
    _tell_moves(configuration)
    _tell_rules(configuration)
    if online:
        from aggregator.cli.online import ask_all  # without it, no network is needed

        out.print(polled_table(ask_all(configuration, context.log_format)))


def _answer(context: Context, file: Path, online: bool) -> NoReturn:
    """All of it as one object; the exit code says whether anything is wrong."""
    try:
        configuration = load(file, os.environ)
    except ConfigError as error:
        answer({"file": str(file), "valid": False, "problems": [facts(problem) for problem in error.problems]})
        sys.exit(WRONG_USE)
    found: dict[str, object] = {
        "file": str(file),
        "valid": True,
        "problems": [facts(problem) for problem in configuration.warnings],
        "sources": len(configuration.sources),
        "categories": len(configuration.categories),
    }
    if online:
        from aggregator.cli.online import ask_all

        found["polls"] = [polled_facts(polled) for polled in ask_all(configuration, context.log_format)]
    answer(found)
    sys.exit(FINE)


def _problems(file: Path) -> tuple[Problem, ...]:
    try:
        return load(file, os.environ).warnings
    except ConfigError as error:
        return error.problems


def _tell_moves(configuration: Configuration) -> None:
    """Which sources are to be written with a new address; the file is its owner's, so we do not."""
    if not configuration.storage.database.exists():
        return
    from aggregator.opening import open_store  # the file alone needs no database

    with open_store(configuration) as store:
        for status in store.status():
            if status.configured and status.moved_to:
                out.print(f"{plain(status.name)} has moved to {plain(status.moved_to)}: write that instead")


def _tell_rules(configuration: Configuration) -> None:
    """What each rule does to the articles that are stored."""
    if not _has_rules(configuration) or not configuration.storage.database.exists():
        return
    from aggregator.jobs.publish import feed_addresses
    from aggregator.jobs.rules import count_touched
    from aggregator.opening import open_store

    with open_store(configuration) as store:
        # As they will be: the daemon may not have taken over this file yet, or follow another one.
        everything = feed_addresses(store, configuration)[0]
        for count in count_touched(store, everything) if everything.ruled else ():
            out.print(f"{plain(count.in_words())}")
            for doubt in count.doubts():
                out.print(f"[yellow]warning: {plain(doubt)}[/yellow]")


def _has_rules(configuration: Configuration) -> bool:
    of_categories = any(category.rules for category in configuration.categories)
    return bool(configuration.article_rules) or of_categories or any(source.rules for source in configuration.sources)
