"""What the owner is told of sources and of the program itself.

claim, record, store.told | decide.health ─► Record.events, written with the visit that made them happen
what went wrong here | what was said of it ─► store.tell
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from aggregator.compose.health import SLUG, compose_health
from aggregator.decide.health import Seen, judge
from aggregator.decide.identity import feed_id
from aggregator.decide.pace import load
from aggregator.model.exchange import Failure
from aggregator.model.feed import Feed
from aggregator.model.health import Event
from aggregator.model.outcome import Failed, Record
from aggregator.model.source import Claim, Source, SourceId, mask, shown_url
from aggregator.store import Store

Ours = Literal["configuration", "storage"]

LOW, ENOUGH = 100_000_000, 200_000_000
"""Bytes that are left on a disk when its owner is told, and when all is well again. SQLite's log and a round of feeds
fit into the first; between the two nothing is said, so that a disk at the edge is not told of with every article."""


def with_events(store: Store, claim: Claim, source: Source, record: Record) -> Record:
    """The record with all that is to be told of the visit."""
    before = store.told(source.id)
    events, told = judge(before, _seen(claim, source, record), record.at)
    return replace(record, events=events, told=told if told != before else None)


def _seen(claim: Claim, source: Source, record: Record) -> Seen:
    failed = record.result.failed if isinstance(record.result, Failed) else None
    problem = (f"{failed.failure}: {failed.detail}" if failed.detail else str(failed.failure)) if failed else ""
    move = record.move
    return Seen(
        source=source.id,
        name=source.name,
        failures=claim.failures + 1 if failed else 0,
        gone=failed is not None and (failed.failure is Failure.GONE or failed.status == 410),
        problem=problem,
        last_success=claim.last_success,
        moved_to=shown_url(mask(move.to, source.secrets)) if move is not None else None,
        new=sum(save.replaces is None for save in record.saves),
        max_new=source.max_new,
        posted=load(record.pace).dates,
    )


def tell_configuration(store: Store, problem: str | None, now: datetime) -> None:
    """The configuration could not be taken over, or could again."""
    _tell(
        store,
        "configuration",
        problem,
        now,
        wrong="The changed configuration was not taken over",
        right="The configuration is in force again",
        advice="The last good one stays in force. `aggregator check` shows what is wrong.",
    )


def tell_storage(store: Store, problem: str | None, now: datetime) -> None:
    """Something could not be written, or there is little room; or all is well again."""
    _tell(
        store,
        "storage",
        problem,
        now,
        wrong="Feeds cannot be kept as they should be",
        right="Feeds are written again",
        advice="What was published stays as it was. The log says more.",
    )


def _tell(store: Store, kind: Ours, problem: str | None, now: datetime, *, wrong: str, right: str, advice: str) -> None:
    """Once when it begins, whatever it is about, and once when it is over."""
    fact = f"health of {kind}"
    if bool(store.recall(fact)) is (problem is not None):
        return
    title, text = (wrong, f"{problem}. {advice}") if problem is not None else (right, "All is well again.")
    with store.batch():
        store.tell([Event(kind=kind, at=now, source=None, name="aggregator", title=title, text=text)])
        store.remember(fact, "wrong" if problem is not None else "")


def storage_problem(store: Store, folders: Iterable[Path], faults: Collection[str]) -> str | None:
    """What is wrong with what we write to, in words that name no feed: some are not for everybody."""
    if faults:
        return f"{len(faults)} document{'' if len(faults) == 1 else 's'} could not be replaced"
    limit = ENOUGH if store.recall("health of storage") else LOW
    for folder in folders:
        there = next((place for place in (folder, *folder.parents) if place.exists()), Path("/"))
        free = shutil.disk_usage(there).free
        if free < limit:
            return f"only {free // 1_000_000} MB are left on the disk"
    return None


def health_feed(store: Store, hidden: Collection[SourceId], base_url: str, limit: int) -> Feed:
    """What happened, but to hidden sources."""
    outlets = store.outlets()
    shown = [
        (number, event)
        for number, event in store.events()
        if event.source is None or (event.source in outlets and event.source not in hidden)
    ]
    return compose_health(shown[:limit], outlets, feed_id=feed_id(SLUG), base_url=base_url)
