"""`status`: how every source is doing."""

from __future__ import annotations

import click

from aggregator.cli.group import Context, speaks
from aggregator.cli.pages import page_lines
from aggregator.cli.show import out, plain, status_table
from aggregator.jobs.publish import publication_faults
from aggregator.jobs.rules import rule_faults
from aggregator.opening import clock, open_runtime


@click.command()
@click.pass_obj
@speaks
def status(context: Context) -> None:
    """Show how every source is doing: last poll, next poll and why then, health, articles."""
    with open_runtime(context.configuration()) as runtime:
        sources = runtime.store.status()
        out.print(status_table(sources, clock()))
        for line in page_lines(sources, runtime.store.page_counts()):
            out.print(plain(line))
        for fault in publication_faults(runtime.store):
            out.print(f"[red]not published: {plain(fault)}[/red]")
        for fault in rule_faults(runtime.store):
            out.print(f"[yellow]{plain(fault)}[/yellow]")
