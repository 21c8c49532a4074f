"""What the commands show: tables that fit the width, progress on a terminal, times in words."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleDimensions
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from aggregator.cli.rows import CONTROLS, Cell, Rows
from aggregator.cli.words import count
from aggregator.decide.pace import describe, load
from aggregator.model.outcome import Failed, Harvest, Unchanged, Verdict
from aggregator.model.status import SourceStatus
from aggregator.model.subscription import PushStatus

if TYPE_CHECKING:
    from aggregator.jobs.poll import Polled

SOON = 0.5
"""Seconds after which one would like to know how far it is."""

NO_EDGE = 100_000
"""Cells of a line that goes to a file or to another program: nothing is folded or cut there."""


class Screen(Console):
    """A terminal, as wide as that is; or a pipe, which has no edge."""

    @property
    def size(self) -> ConsoleDimensions:
        """Cells and lines."""
        return super().size if self.is_terminal else ConsoleDimensions(NO_EDGE, super().size.height)

    @size.setter
    def size(self, new: tuple[int, int]) -> None:
        width, height = new
        self._width, self._height = width, height

    def on_broken_pipe(self) -> None:
        """Leave it to whoever ends the program."""
        raise


out = Screen(highlight=False, soft_wrap=False)
err = Screen(stderr=True, highlight=False)


def plain(text: str) -> str:
    """A publisher's words on a terminal: no escape sequence, no markup of ours."""
    return escape(text.translate(CONTROLS))


class Count(MofNCompleteColumn):
    """`3/120`; `3` where nobody knows how many there are, and nothing where nothing is counted."""

    def render(self, task: Task) -> Text:
        """As far as it is known."""
        if task.total is not None:
            return super().render(task)
        text = f"{task.completed:,.0f}" if task.completed else ""
        return Text(text, style="progress.download")


class Remaining(TimeRemainingColumn):
    """`0:00:12`: how long it will take; where nobody knows, how long it has taken."""

    def render(self, task: Task) -> Text:
        """As it looks now."""
        if task.total is not None:
            return super().render(task)
        return Text(str(timedelta(seconds=int(task.elapsed or 0))), style="progress.elapsed")


class Rate(ProgressColumn):
    """`12.5/s`, from the first that is done."""

    def render(self, task: Task) -> Text:
        """As it was of late."""
        return Text(f"{task.speed:,.1f}/s" if task.speed else "", style="progress.data.speed")


class Bar:
    """How far one thing is. What is over within a second shows nothing."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.task_ids[0]
        self._shown = threading.Timer(SOON, bar.start)
        self._shown.daemon = True

    def step(self, number: int = 1) -> None:
        """So many more are done."""
        self._bar.advance(self._task, number)

    def at(self, done: int, total: int | None = None) -> None:
        """So many are done, of so many."""
        self._bar.update(self._task, completed=done)
        if total is not None:
            self._bar.update(self._task, total=total)

    def __enter__(self) -> Bar:
        if not self._bar.disable:
            self._shown.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._shown.cancel()
        if self._shown.is_alive():
            self._shown.join()
        if self._bar.live.is_started:
            self._bar.stop()


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Bar]:
    """A bar with a count, the rate and the remaining time, on a terminal only; without a total, the time so far."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        Count(),
        Rate(),
        Remaining(),
        console=err,
        transient=True,
        disable=not sys.stderr.isatty() or err.is_dumb_terminal,  # whatever FORCE_COLOR says
    )
    bar.add_task(what, total=total)
    with Bar(bar) as shown:
        yield shown


def polled_table(polls: Sequence[Polled]) -> Table:
    """One row for each source that was polled: source, result, new, changed, merged, time."""
    table = _table("source", "result")
    for column in ("new", "changed", "merged", "time"):
        table.add_column(column, justify="right", no_wrap=True)
    for polled in sorted(polls, key=lambda polled: (polled.source.category, polled.source.name)):
        new = [save for save in polled.saves if save.verdict is Verdict.NEW]
        table.add_row(
            plain(polled.source.name),
            _result(polled),
            str(len(new)),
            str(len(polled.saves) - len(new)),
            str(sum(save.joins for save in new)),
            f"{polled.took.total_seconds():.2f} s",
        )
    return table


def status_table(statuses: Sequence[SourceStatus], now: datetime) -> Rows:
    """One row for each source: category, health, articles, last and next poll with its reason."""
    table = Rows("category", "source", "health", "articles", "last poll", "next poll", right={"articles"})
    for status in statuses:
        table.add(
            "/".join(status.category),
            status.name,
            _health(status, now),
            str(status.articles),
            _ago(status.last_poll, now),
            _next(status, now),
        )
    return table


def polled_facts(polled: Polled) -> dict[str, object]:
    """The same for programs."""
    new = sum(save.verdict is Verdict.NEW for save in polled.saves)
    joins = sum(save.joins for save in polled.saves if save.verdict is Verdict.NEW)
    return {
        "source": polled.source.name,
        "category": "/".join(polled.source.category),
        "url": polled.source.public_url,
        **_result_facts(polled),
        "new": new,
        "changed": len(polled.saves) - new,
        "merged": joins,
        "seconds": round(polled.took.total_seconds(), 3),
    }


def _result_facts(polled: Polled) -> dict[str, object]:
    match polled.result:
        case Failed(failed=failed):
            return {"result": "failed", "entries": None, "problem": str(failed.failure), "detail": failed.detail}
        case Unchanged():
            return {"result": "not modified", "entries": None, "problem": None, "detail": None}
        case Harvest(entries=entries, warnings=warnings):
            return {"result": "entries", "entries": entries, "problem": None, "detail": "; ".join(warnings) or None}


def health_of(status: SourceStatus, now: datetime) -> str:
    """One word: fine, failing, polling, never (polled) or unfollowed."""
    if not status.configured:
        return "unfollowed"
    if status.is_being_polled(now):
        return "polling"
    if status.failures:
        return "failing"
    return "fine" if status.last_poll else "never"


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _result(polled: Polled) -> str:
    match polled.result:
        case Failed(failed=failed):
            words = plain(f"{failed.failure}: {failed.detail}" if failed.detail else failed.failure)
            return f"[red]{words}[/red]"
        case Unchanged():
            return "not modified"
        case Harvest(entries=entries, warnings=warnings):
            mended = f", mended: {plain(warnings[0])}" if warnings else ""
            return f"{count(entries, 'entry', 'entries')}{mended}"


def _health(status: SourceStatus, now: datetime) -> Cell:
    if not status.configured:
        return "not followed"
    if status.is_being_polled(now):
        return "is being polled", "bold cyan"
    if status.failures:
        return f"failed {count(status.failures, 'time')}: {status.problem or ''}", "red"
    if status.last_poll is None:
        return "never polled"
    moved = f", moved: write {status.moved_to} into the configuration" if status.moved_to else ""
    return f"fine{moved}{_pushed(status.push, now)}", "" if moved else "green"


def _pushed(push: PushStatus | None, now: datetime) -> str:
    """What a hub does for a source; nothing where it has none."""
    if push is None:
        return ""
    if push.is_live(now):
        waiting = "" if push.last_delivery else ", nothing delivered yet"
        silent = ", not all was delivered" if push.missed else ""
        return f", pushed{waiting}{silent}"
    return f", not pushed: {push.problem}" if push.problem else ", subscribing"


def _next(status: SourceStatus, now: datetime) -> str:
    if not status.configured:
        return "never"
    if status.next_poll is None:
        return "now" if status.last_poll is None else f"never: {status.why_next}"
    when = "now" if status.next_poll <= now else f"in {in_words(status.next_poll - now)}"
    rhythm = describe(load(status.pace)).sentence
    learned = "" if status.last_success is None or rhythm in status.why_next else f"; learned: {rhythm}"
    return f"{when} ({status.why_next}{learned})"


def _ago(time: datetime | None, now: datetime) -> str:
    return f"{in_words(now - time)} ago" if time else "never"


def in_words(duration: timedelta) -> str:
    """`45 s`, `12 min`, `3.5 h`, `2.1 days`."""
    seconds = max(0, int(duration.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 2 * 86400:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.1f} days"
