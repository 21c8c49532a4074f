"""What all commands share: the program's own options, the configuration, errors as sentences.

This and `later.py` are all that `aggregator --help` loads.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aggregator import __version__
from aggregator.model.errors import AggregatorError, ConfigError

if TYPE_CHECKING:
    from aggregator.model.settings import Configuration
    from aggregator.observe.log import LogFormat

FINE, FAILED, WRONG_USE = 0, 1, 2
Command = TypeVar("Command", bound=Callable[..., Any])


class Context:
    """What every command shares: where the configuration is, and the wish for a log."""

    def __init__(self, config: Path, log_format: LogFormat) -> None:
        self.config = config
        self.log_format = log_format

    def configuration(self) -> Configuration:
        """The configuration, checked; raises ConfigError with every problem."""
        from aggregator.config import load

        return load(self.config, os.environ)


@contextmanager
def sentences() -> Iterator[None]:
    """Every error of ours as a sentence and an exit code; any other keeps its traceback."""
    try:
        yield
    except ConfigError as error:
        from aggregator.cli.problems import tell

        tell(error.problems)
        sys.exit(WRONG_USE)
    except AggregatorError as error:
        click.echo(f"aggregator: {error}", err=True)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
        sys.exit(130)


def speaks(command: Command) -> Command:
    """A command whose errors are sentences."""

    def spoken(*arguments: Any, **options: Any) -> Any:
        with sentences():
            return command(*arguments, **options)

    return update_wrapper(spoken, command)  # type: ignore[return-value]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.yaml"),
    show_default=True,
    help="The configuration file.",
)
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.version_option(__version__, prog_name="aggregator")
@click.pass_context
def main(context: click.Context, config: Path, log_format: LogFormat) -> None:
    """Many feeds in, one clean feed per category out.

    \b
    aggregator run            poll, publish and serve until stopped
    aggregator once --all     poll everything now, publish, and exit
    aggregator status         how every source is doing
    """
    context.obj = Context(config, log_format)
