"""What `aggregator try` shows: entries before and after, side by side, and what was removed by which rule."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from aggregator.cli.rows import CONTROLS
from aggregator.cli.show import out
from aggregator.jobs.trial import Trial, Tried
from aggregator.model.article import Removal

SHOWN = 2_000
"""Characters of a body on a terminal; the page shows all of it."""

TWO_COLUMNS = 80
"""Characters of a terminal from which on both versions have room beside each other."""

PIPED = 120
"""Characters of a line where there is no terminal to fit."""

MANY = 8
"""Removals by one rule that are listed on a terminal."""

_BEFORE_BLOCK = re.compile(
    r"(?<=[^\n])(?=<(?:p|div|section|article|h[1-6]|ul|ol|li|table|tr|figure|blockquote|pre|hr|img|iframe|script|style"
    r"|form|!--)\b|<!--)",
    re.IGNORECASE,
)
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Rulings:
    """What one rule removed from one entry."""

    rule: str
    removals: tuple[Removal, ...]


def show(trial: Trial, console: Console = out) -> None:
    """On the terminal, within its width."""
    source, facts = trial.source, trial.facts
    console.print(Text(f"{_line(facts.title or source.name)} · {_entries(trial.count)}", style="bold"))
    for warning in trial.warnings:
        console.print(Text(f"mended: {_line(warning)}", style="yellow"))
    width = console.width if console.is_terminal else min(console.width, PIPED)
    for tried in trial.entries:
        console.print(_entry(tried, width), width=width)


def page(trial: Trial) -> str:
    """A page that shows the same in full: no script, nothing fetched, every word of the publisher's escaped."""
    style = (_HERE / "trial.css").read_text(encoding="utf-8")
    templates = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    return templates.get_template("trial.html").render(
        trial=trial,
        title=trial.facts.title or trial.source.name,
        url=trial.source.public_url,
        style=style,
        style_hash=f"sha256-{digest}",
        entries=[(tried, by_rule(tried.result.removals)) for tried in trial.entries],
    )


def trial_facts(trial: Trial) -> dict[str, object]:
    """The same for programs; bodies as they are, before and after."""
    return {
        "url": trial.source.public_url,
        "title": trial.facts.title or None,
        "entries": trial.count,
        "mended": list(trial.warnings),
        "shown": [_tried_facts(tried) for tried in trial.entries],
    }


def _tried_facts(tried: Tried) -> dict[str, object]:
    article = tried.result.article
    return {
        "title": article.title,
        "link": article.link,
        "author": article.author or None,
        "date": article.date,
        "headimg": article.headimg or None,
        "before": tried.before,
        "after": article.body,
        "removed": [
            {"rule": removal.rule, "cut": removal.cut, "place": removal.place} for removal in tried.result.removals
        ],
    }


def by_rule(removals: Iterable[Removal]) -> tuple[Rulings, ...]:
    """Removals by their rules, in the order in which the rules first took something out."""
    found: dict[str, list[Removal]] = {}
    for removal in removals:
        found.setdefault(removal.rule, []).append(removal)
    return tuple(Rulings(rule, tuple(ruled)) for rule, ruled in found.items())


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _entry(tried: Tried, width: int) -> RenderableType:
    article = tried.result.article
    parts: list[RenderableType] = [
        Rule(Text(_line(article.title), style="bold"), align="left"),
        Text(" · ".join(_facts(tried)), style="dim"),
        (_side_by_side if width >= TWO_COLUMNS else _below)(tried.before, article.body),
        _removals(by_rule(tried.result.removals)),
    ]
    return Group(*parts)


def _facts(tried: Tried) -> Sequence[str]:
    article = tried.result.article
    date = article.date.strftime("%Y-%m-%d %H:%M UTC") if article.date else "no date"
    image = f"head image {article.headimg}" if article.headimg else "no head image"
    return [_line(fact) for fact in (article.link or "no link", article.author, date, image)]


def _side_by_side(before: str, after: str) -> RenderableType:
    table = Table(expand=True, box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in _headings(before, after):
        table.add_column(heading, ratio=1, overflow="fold")
    table.add_row(Text(_bounded(before)), Text(_bounded(after)))
    return table


def _below(before: str, after: str) -> RenderableType:
    headings = (Text(heading, style="bold") for heading in _headings(before, after))
    bodies = (Text(_bounded(body), overflow="fold") for body in (before, after))
    return Group(*(part for pair in zip(headings, bodies, strict=True) for part in pair))


def _headings(before: str, after: str) -> tuple[str, str]:
    return f"as published ({len(before)} characters)", f"as we keep it ({len(after)} characters)"


def _removals(rulings: Sequence[Rulings]) -> RenderableType:
    if not rulings:
        return Text("nothing was removed", style="bold")
    table = Table(expand=True, box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("removed because", ratio=1, overflow="fold")
    table.add_column("what", ratio=2, overflow="fold")
    for ruling in rulings:
        for removal in ruling.removals[:MANY]:
            table.add_row(Text(ruling.rule), Text(_line(removal.cut)))
        if (more := len(ruling.removals) - MANY) > 0:
            table.add_row(Text(ruling.rule), Text(f"… and {more} more", style="dim"))
    return table


def _bounded(html: str) -> str:
    """The beginning, one block a line."""
    lines = _BEFORE_BLOCK.sub("\n", html[:SHOWN]).splitlines()
    shown = "\n".join(line for each in lines if (line := _line(each).strip()))
    return f"{shown}\n… {len(html) - SHOWN} more" if len(html) > SHOWN else shown


def _line(text: str) -> str:
    return text.translate(CONTROLS)
