"""The manual page, made from the commands: `python -m aggregator.cli.manual > docs/man/aggregator.1`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from aggregator import __version__
from aggregator.cli import main
from aggregator.cli.later import Later

DATE = "2026-11-23"  # of the last change that a reader of the page should know of

_UNESCAPED = re.compile(r"[\\\-']")  # what roff would take for its own, or set as another sign
_ESCAPES = {"\\": r"\e", "-": r"\-", "'": r"\(aq"}

_END = """\
.SH EXIT STATUS
.TP
.B 0
Fine; also where a publisher failed.
.TP
.B 1
Failed.
.TP
.B 2
Wrong use, or a wrong configuration.
.TP
.B 130
Stopped with Ctrl\\-C.
.SH ENVIRONMENT
.TP
.B NO_COLOR
Turns colours off;
.B FORCE_COLOR
turns them on where there is no terminal.
.SH FILES
.TP
.I config.yaml
The configuration, in the folder where the program is started; another one is named with
.BR \\-\\-config .
.SH SEE ALSO
.BR newsboat (1),
.BR systemctl (1)
"""


def render_manual() -> str:
    """roff for `man`; the same program gives the same page."""
    return "\n".join(_lines()) + "\n" + _END


def _lines() -> Iterator[str]:
    yield '.\\" Made from the commands by `make docs`; do not edit.'
    yield f'.TH AGGREGATOR 1 {DATE} "aggregator {_plain(__version__)}" "User Commands"'
    yield ".SH NAME"
    yield "aggregator \\- many feeds in, one clean feed per category out"
    yield ".SH SYNOPSIS"
    yield ".B aggregator"
    yield "[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGS\\fR]..."
    yield ".SH DESCRIPTION"
    yield from _paragraphs(main.help or "")
    yield ".SH OPTIONS"
    program = click.Context(main, info_name="aggregator", **main.context_settings)
    yield from _options(main, program)
    yield ".SH COMMANDS"
    for _, names in main.sections:
        for name in names:
            if name in main.commands:
                yield from _command(name, main.commands[name], program)


def _command(called: str, command: click.Command, program: click.Context) -> Iterator[str]:
    real = command.real() if isinstance(command, Later) else command
    context = click.Context(real, parent=program, info_name=called, **real.context_settings)
    usage = " ".join(part for part in real.collect_usage_pieces(context) if part != "[OPTIONS]")
    yield f".SS {_plain(f'aggregator {called} {usage}'.strip())}"
    yield from _paragraphs(real.help or "")
    yield from _options(real, context)
    if isinstance(real, click.Group):
        for name, sub in real.commands.items():
            yield from _command(f"{called} {name}", sub, program)


def _paragraphs(text: str) -> Iterator[str]:
    """What stands behind \\b keeps its lines."""
    for at, paragraph in enumerate(inspect.cleandoc(text).split("\n\n")):
        if at:
            yield ".PP"
        if paragraph.startswith("\b\n"):
            yield ".nf"
            yield from (_plain(line) for line in paragraph.splitlines()[1:])
            yield ".fi"
        else:
            yield from (_plain(line) for line in paragraph.splitlines())


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option) and (record := parameter.get_help_record(context)):
            names, says = record
            yield ".TP"
            yield f".B {_plain(names)}"
            yield _plain(says)


def _plain(text: str) -> str:
    escaped = _UNESCAPED.sub(lambda found: _ESCAPES[found[0]], text)
    return f"\\&{escaped}" if escaped.startswith(".") else escaped


if __name__ == "__main__":
    click.echo(render_manual(), nl=False)
