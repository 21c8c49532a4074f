"""What all commands share: the program's own options, the configuration, errors as sentences.

This and `later.py` are all that `aggregator --help` loads.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager, suppress
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aggregator import __version__
from aggregator.model.errors import AggregatorError, ConfigError

if TYPE_CHECKING:
    from aggregator.model.settings import Configuration
    from aggregator.observe.log import LogFormat

FINE, FAILED, WRONG_USE, STOPPED = 0, 1, 2, 130
VARIABLE = "_AGGREGATOR_COMPLETE"
"""By this a shell asks, once `aggregator completion` has told it how."""

SURROUNDINGS = frozenset(  # what the machine refuses us, and no fault in the program
    (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EMFILE, errno.ENFILE)
)
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


@contextmanager
def ends_well() -> Iterator[None]:
    """Whoever reads has enough, or says stop, or the machine refuses to go on: no traceback in any of these cases."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _speak_to_nobody()
        sys.exit(FINE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped", err=True)
        sys.exit(STOPPED)
    except OSError as error:
        if error.errno not in SURROUNDINGS:
            raise
        _speak_to_nobody()  # what could not be written is not tried again at the end
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"aggregator: {where}{error.strerror}", err=True)
        sys.exit(FAILED)


def _speak_to_nobody() -> None:
    nobody = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nobody, sys.stdout.fileno())
    os.close(nobody)


def _open_what_is_closed() -> None:
    """A file that we open must not become the standard output that whoever started us had closed."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))


class Program(click.Group):
    """The program: its commands are listed by what people want."""

    sections: Sequence[tuple[str, Sequence[str]]] = ()

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Here `--help` is shown, and its reader may go."""
        _open_what_is_closed()
        with ends_well():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """A command, from its loading to the last line that it shows."""
        with ends_well():
            return super().invoke(ctx)

    def _main_shell_completion(
        self, ctx_args: MutableMapping[str, Any], prog_name: str, complete_var: str | None = None
    ) -> None:
        """Only when a shell asks are the names of the configuration wanted, and our own way with bash."""
        if VARIABLE in os.environ:
            import aggregator.cli.complete  # noqa: F401 - it makes itself known to click

            with suppress(Exception):  # nobody who presses Tab wants to read about it
                super()._main_shell_completion(ctx_args, "aggregator", VARIABLE)
            sys.exit(FAILED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One list for each section that has any."""
        width = max(map(len, self.commands))
        for title, names in self.sections:
            listed = [self.commands[name] for name in names if name in self.commands]
            rows = [(f"{one.name:<{width}}", one.get_short_help_str(formatter.width - 6 - width)) for one in listed]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def speaks(command: Command) -> Command:
    """A command whose errors are sentences."""

    def spoken(*arguments: Any, **options: Any) -> Any:
        with sentences():
            return command(*arguments, **options)

    return update_wrapper(spoken, command)  # type: ignore[return-value]


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.yaml"),
    show_default=True,
    help="The configuration file.",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the log is written, to standard error.",
)
@click.version_option(__version__, prog_name="aggregator")
@click.pass_context
def main(context: click.Context, config: Path, log_format: LogFormat) -> None:
    """Many feeds in, one clean feed per category out.

    \b
    aggregator init           write a configuration to start with
    aggregator run            poll, publish and serve until stopped
    aggregator once --all     poll everything now, publish, and exit
    aggregator status         how every source is doing
    """
    context.obj = Context(config, log_format)
