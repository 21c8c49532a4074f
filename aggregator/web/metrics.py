"""Numbers for Prometheus, in its text format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from aggregator.model.status import SourceStatus


def metrics_text(sources: Sequence[SourceStatus], problem: str | None, now: datetime) -> str:
    """All of them, one after the other."""
    lines = (
        f"# HELP {name} {meaning}\n# TYPE {name} gauge\n{name} {value}\n"
        for name, meaning, value in _gauges(sources, problem, now)
    )
    return "".join(lines)


def _gauges(sources: Sequence[SourceStatus], problem: str | None, now: datetime) -> Iterator[tuple[str, str, float]]:
    followed = [source for source in sources if source.configured]
    polls = [source.last_poll for source in followed if source.last_poll]
    late = sum(source.next_poll is not None and source.next_poll < now for source in followed)
    yield "aggregator_healthy", "Whether the program itself can do its work.", int(problem is None)
    yield "aggregator_sources", "Sources that are followed.", len(followed)
    yield "aggregator_sources_failing", "Sources whose last poll failed.", sum(s.failures > 0 for s in followed)
    yield "aggregator_sources_due", "Sources whose next poll should have begun.", late
    yield "aggregator_articles", "Articles that are kept.", sum(source.articles for source in sources)
    if polls:
        yield "aggregator_last_poll_timestamp_seconds", "When a source was last polled.", int(max(polls).timestamp())
