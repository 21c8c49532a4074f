"""`--json`: what a command found as one JSON object on standard output; docs/terminal.md has the shape of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import click

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")


def answer(value: dict[str, object]) -> None:
    """Write the one document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_written))


def _written(value: object) -> object:
    """Times in UTC, as in the feeds; durations in seconds."""
    match value:
        case datetime():
            return f"{value:%Y-%m-%dT%H:%M:%SZ}"
        case timedelta():
            return value.total_seconds()
        case Mapping():
            return dict(value)
        case Path():
            return str(value)
    raise TypeError(f"{type(value).__name__} is no part of an answer")
