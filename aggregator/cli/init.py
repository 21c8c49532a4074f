"""`init`: a configuration to start with."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from shlex import quote

import click

from aggregator.cli.group import Context, speaks
from aggregator.config.starter import TOPICS, USUAL, Language, starter
from aggregator.model.errors import AggregatorError, ConfigError

LANGUAGES: tuple[Language, ...] = ("en", "zh")


@click.command()
@click.argument("urls", metavar="[URL]...", nargs=-1)
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the feeds, and of the comments in the file.")
@click.option("--topics", metavar="NAMES", help=f"Of {', '.join(TOPICS['en'])}; with commas between them.")
@click.pass_obj
@speaks
def init(context: Context, urls: tuple[str, ...], language: Language | None, topics: str | None) -> None:
    """Write a configuration to start with: feeds of a few topics, or those that you name.

    On a terminal it asks for what is not said. It never writes over a file that is there.

    \b
    aggregator init
    aggregator init --language zh --topics news,technology
    aggregator init https://example.org/feed.xml
    """
    file = context.config
    if file.exists() or file.is_symlink():
        raise AggregatorError(f"{file} is there already, and stays as it is; name another file with --config")
    for url in urls:
        _check_address(url)
    if urls and topics:
        raise click.UsageError("either feeds or --topics: leave out one of them")
    language = language or _asked_language()
    chosen = () if urls else _topics(topics, language)
    _write(file, starter(language, chosen, urls))
    _write_schema(file.with_name("config.schema.json"))
    _tell_next(file)


def _check_address(url: str) -> None:
    """Before a file is written that would be wrong for it. Raises UsageError."""
    from aggregator.config.values import UnfitError, check_source

    try:
        check_source(url)
    except UnfitError as error:
        raise click.UsageError(f"{url!r} {error}") from error


def _asked_language() -> Language:
    usual: Language = "zh" if _locale().startswith("zh") else "en"
    if not _at_terminal():
        return usual
    answer: Language = click.prompt("Language of the feeds", type=click.Choice(LANGUAGES), default=usual)
    return answer


def _locale() -> str:
    return next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")


def _at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _topics(given: str | None, language: Language) -> Sequence[str]:
    """Those that were named or answered. Raises UsageError where one is none."""
    known = TOPICS[language]
    if given is None and not _at_terminal():
        return USUAL
    while given is None:
        answer: str = click.prompt(f"Topics, of {', '.join(known)}", default=",".join(USUAL))
        if all(topic in known for topic in _split(answer)) and _split(answer):
            given = answer
    chosen = _split(given)
    if unknown := [topic for topic in chosen if topic not in known]:
        raise click.UsageError(f"--topics: {unknown[0]!r} is none; for {language} there are: {', '.join(known)}")
    if not chosen:
        raise click.UsageError(f"--topics: name one at least, of: {', '.join(known)}")
    return chosen


def _split(names: str) -> list[str]:
    return list(dict.fromkeys(name for part in re.split(r"[,\uff0c\u3001\s]", names) if (name := part.strip().lower())))


def _write(file: Path, text: str) -> None:
    """Whole, and right, or not at all."""
    from aggregator.config import load

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
        load(file, os.environ)
    except ConfigError:
        file.unlink()
        raise
    except OSError as error:
        raise AggregatorError(f"{file} cannot be written: {error.strerror}") from error


def _write_schema(file: Path) -> None:
    """What the first line of the configuration names: with it an editor completes, explains and checks."""
    from aggregator.config.schema import render_schema

    if not file.exists():
        file.write_text(render_schema(), encoding="utf-8")


def _tell_next(file: Path) -> None:
    call = "aggregator" if file == Path("config.yaml") else f"aggregator -c {quote(str(file))}"
    click.echo(f"{file} is written, and {file.with_name('config.schema.json')} for your editor. What is next:")
    for command, says in (
        (f"{call} once", "ask every source, once"),
        (f"{call} status", "how every source is doing"),
        (f"{call} run", "poll, publish and serve on http://127.0.0.1:8080/"),
    ):
        click.echo(f"  {command:<{len(call) + 8}} {says}")
