"""The feeds behind an address: looked for, shown, and chosen from."""

from __future__ import annotations

import click

from aggregator.cli.rows import CONTROLS
from aggregator.cli.words import count
from aggregator.jobs.discover import Discovery, Found, discover
from aggregator.model.errors import AggregatorError
from aggregator.model.settings import Configuration
from aggregator.runtime import make_client

SHOWN = 3
"""Entries of a feed that are shown."""


def look(configuration: Configuration, url: str) -> Discovery:
    """Ask the site, as politely as for a poll."""
    with make_client(configuration) as client:
        return discover(url, client.fetch)


def choose(url: str, found: Discovery, asks: bool) -> Found:
    """The feed that is meant. Raises AggregatorError where there is none."""
    note = f"; {found.note}" if found.note else ""
    if not found.feeds:
        hint = "; with --offline it is written as it is"
        raise AggregatorError(f"{found.address}: {found.reason}{note}{hint}")
    chosen = found.feeds[0]
    if len(found.feeds) > 1:
        for number, feed in enumerate(found.feeds, 1):
            click.echo(f"  {number:2}  {_line(feed.title or '(no title)')}  {_line(feed.url)}", err=not asks)
        if asks:
            number = click.prompt("which one", type=click.IntRange(1, len(found.feeds)), default=1)
            chosen = found.feeds[number - 1]
        else:
            click.echo("the first is taken; to follow another one, give its address", err=True)
    if found.note:
        click.echo(found.note, err=True)
    return chosen


def preview(found: Found) -> None:
    """Its title, its latest entries, and how often it brings some."""
    feed = found.feed
    click.echo(_line(found.title or "(no title)"))
    facts = [_line(found.url), count(len(feed.entries), "entry", "entries")]
    facts += [_line(found.language)] if found.language else []
    facts += [rate] if (rate := _rate(found)) else []
    click.echo("  " + " · ".join(facts))
    for entry in found.latest(SHOWN):
        date = entry.published or entry.updated
        day = f"{date:%Y-%m-%d}" if date else "no date   "
        click.echo(f"  {day}  {_line(entry.title.value if entry.title else entry.link or '')[:100]}")


def _rate(found: Found) -> str:
    dates = sorted(date for entry in found.feed.entries if (date := entry.published or entry.updated))
    if len(dates) < 3 or dates[-1] <= dates[0]:
        return ""
    per_day = (len(dates) - 1) / ((dates[-1] - dates[0]).total_seconds() / 86_400)
    if per_day >= 1:
        return f"about {per_day:.0f} a day"
    return f"about {per_day * 7:.0f} a week" if per_day * 7 >= 1 else f"about {max(1, round(per_day * 30))} a month"


def _line(text: str) -> str:
    return " ".join(text.translate(CONTROLS).split())
