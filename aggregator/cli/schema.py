"""`schema`: the JSON Schema of the configuration, for editors."""

from __future__ import annotations

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of config.yaml: with it an editor completes, explains and checks.

    \b
    aggregator schema > config.schema.json
    and in the first line of config.yaml:
    # yaml-language-server: $schema=config.schema.json
    """
    from aggregator.config.schema import render_schema  # nobody else needs it

    click.echo(render_schema(), nl=False)
