"""What a publisher's "too many requests" (429) means for the other sources of its host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from aggregator.decide.canonical import host_of
from aggregator.model.exchange import FetchFailed
from aggregator.model.source import Source, SourceId

GAP = timedelta(seconds=20)  # between two sources that come back
PATIENCE = timedelta(minutes=15)  # for which we keep away from a host that says not how long


def neighbourhoods(sources: Iterable[Source]) -> dict[str, list[Source]]:
    """The sources of each host (`www.` and the like left out) that share its rate limit."""
    found: dict[str, list[Source]] = {}
    for source in sources:
        if source.rate_limit == "host" and (host := host_of(source.url)):
            found.setdefault(host, []).append(source)
    return found


def rest_until(failed: FetchFailed, own: datetime, now: datetime) -> datetime | None:
    """Until when nobody is to ask the host; None if this failure says nothing about it.

    `own` is when the failed source itself asks again. That may be days away if it is the only one that is refused, time
    and again: then the others do not wait for it.
    """
    if failed.status != 429:
        return None
    return min(own, max(failed.retry_after or now, now + PATIENCE))


def who_waits(
    neighbours: Sequence[Source], *, until: datetime, now: datetime, chance: float
) -> Mapping[SourceId, datetime]:
    """When each of them may ask again at the earliest: one after another, for in one burst they would be refused again.

    A long line comes back in twice the time that it had to wait.
    """
    gap = min(GAP, (until - now) / max(1, len(neighbours)))
    return {source.id: until + gap * (at + chance) for at, source in enumerate(neighbours)}
