"""`token`: what `access:` needs."""

from __future__ import annotations

import secrets

import click

from aggregator.decide.access import hash_of


@click.command()
@click.argument("name", default="NAME")
@click.option("--password", is_flag=True, help="Ask for a password, and print its hash for `users:`.")
def token(name: str, password: bool) -> None:
    """Make a token for a subscriber, or the hash of a password.

    Prints the line for `tokens:` or `users:` below `access:` in config.yaml. Nothing is stored: what you do not write
    into the file opens nothing.

    \b
    aggregator token alice
    aggregator token --password
    """
    if password:
        given = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        click.echo(f"{name}: {hash_of(given, secrets.token_bytes(16))}")
    else:
        click.echo(f"{name}: {secrets.token_urlsafe(24)}")
