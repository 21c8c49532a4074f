"""The commands that run, poll and publish, and those that take posts in and give them out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from aggregator.cli.group import FAILED, FINE, Context, speaks
from aggregator.cli.later import Later
from aggregator.cli.machine import json_option


@click.command()
@click.pass_obj
@speaks
def run(context: Context) -> None:
    """Poll, publish and serve, until SIGTERM or Ctrl-C.

    A changed configuration is taken over as soon as it is saved, if it is right.

    \b
    aggregator run
    aggregator -c /etc/aggregator/config.yaml --log-format json run
    """
    from aggregator import daemon  # the other commands need no web server
    from aggregator.observe.log import start_logging

    start_logging(context.log_format)
    daemon.run(context.configuration, context.config)


@click.command()
@click.option("--all", "everything", is_flag=True, help="Poll every source, not only those that are due.")
@json_option
@click.pass_obj
@speaks
def once(context: Context, everything: bool, as_json: bool) -> None:
    """Poll what is due, publish, and exit.

    A source that fails is shown in the table and does not change the exit code: that is 0, or 1 if we failed ourselves.

    \b
    aggregator once
    aggregator once --all --json | jq '.polls[] | select(.result == "failed")'
    """
    from aggregator.cli.working import answer_poll, poll_and_tell  # a shell that completes names does not wait for it

    sound = answer_poll(context, everything) if as_json else poll_and_tell(context, everything)
    sys.exit(FINE if sound else FAILED)


@click.command()
@json_option
@click.pass_obj
@speaks
def publish(context: Context, as_json: bool) -> None:
    """Render every feed again from the database.

    \b
    aggregator publish
    """
    from aggregator.cli.working import publish_again

    publish_again(context.configuration(), as_json=as_json)


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@json_option
@click.pass_obj
@speaks
def backup(context: Context, path: Path, as_json: bool) -> None:
    """Copy the database into a file, or into a folder under the time of day, while the program may run.

    A file that is there is replaced when the new one is whole. To go back, stop the program and put the copy in the
    place of the database.

    \b
    aggregator backup /srv/backup/aggregator.db
    aggregator backup /srv/backup/
    """
    from aggregator.cli.working import copy_to

    copy_to(context.configuration(), path, as_json=as_json)


@click.group(name="import")
def import_() -> None:
    """Take in what another program follows, or posts."""


@click.group()
def export() -> None:
    """Give out what is followed, or every article as a post."""


import_.add_command(
    Later("opml", "aggregator.cli.subscriptions", "import_opml", "Follow what another program follows: its OPML file.")
)
export.add_command(
    Later("opml", "aggregator.cli.subscriptions", "export_opml", "Write the sources that are followed as OPML.")
)


@import_.command(name="posts")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@json_option
@click.pass_obj
@speaks
def import_posts(context: Context, path: Path, as_json: bool) -> None:
    """Read a folder of Hexo posts into the database. What is there already stays as it is.

    \b
    aggregator import posts blog/source/_posts
    """
    from aggregator.cli.working import take_in

    take_in(context, path, as_json=as_json)


@export.command(name="posts")
@click.argument("path", type=click.Path(file_okay=False, path_type=Path))
@json_option
@click.pass_obj
@speaks
def export_posts(context: Context, path: Path, as_json: bool) -> None:
    """Write every article as a Hexo post into a folder.

    \b
    aggregator export posts blog/source/_posts
    """
    from aggregator.cli.working import give_out

    give_out(context.configuration(), path, as_json=as_json)
