"""`status --watch`: the table, anew every second, until q or Ctrl-C."""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from rich.console import Group
from rich.live import Live
from rich.text import Text

from aggregator.cli.show import out, status_table
from aggregator.cli.words import count
from aggregator.model.status import SourceStatus

EVERY = 1.0  # seconds


def watch_sources(ask: Callable[[], Sequence[SourceStatus]], clock: Callable[[], datetime]) -> None:
    """Until q is pressed. Raises KeyboardInterrupt at Ctrl-C; the screen is as before in both cases."""
    with _keys(), Live(console=out, screen=True, auto_refresh=False, vertical_overflow="crop") as live:
        while True:
            live.update(_view(ask(), clock()), refresh=True)
            if _is_over(EVERY):
                return


def _view(found: Sequence[SourceStatus], now: datetime) -> Group:
    """What happens now comes first: there may be more sources than lines."""
    polled = [one for one in found if one.is_being_polled(now)]
    others = [one for one in found if not one.is_being_polled(now)]
    shown = (*polled, *others)[: out.size.height]
    return Group(Text(headline(found, now), style="bold", no_wrap=True, overflow="ellipsis"), status_table(shown, now))


def headline(found: Sequence[SourceStatus], now: datetime) -> str:
    """The sum of it, in one line."""
    polled = sum(one.is_being_polled(now) for one in found)
    failing = sum(bool(one.configured and one.failures) for one in found)
    articles = sum(one.articles for one in found)
    counts = f"{count(len(found), 'source')} · {polled} being polled · {failing} failing · {count(articles, 'article')}"
    return f"{now:%H:%M:%S} UTC · {counts} · q ends"


@contextmanager
def _keys() -> Iterator[None]:
    """Keys come at once and are not shown."""
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _is_over(seconds: float) -> bool:
    readable, _, _ = select.select([sys.stdin], [], [], seconds)
    return bool(readable) and os.read(sys.stdin.fileno(), 1) in (b"q", b"Q", b"")
