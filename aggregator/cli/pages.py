"""What `status` says of the pages of articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aggregator.model.enrichment import PageCounts
from aggregator.model.source import SourceId
from aggregator.model.status import SourceStatus


def page_lines(sources: Sequence[SourceStatus], counts: Mapping[SourceId, PageCounts]) -> Iterator[str]:
    """One line for each source with full text: how its pages stand, and why one could not be had."""
    for source in sources:
        if (pages := counts.get(source.id)) is not None:
            said = ", ".join(f"{count} {what}" for what, count in _named(pages) if count)
            problem = f" ({pages.problem})" if pages.problem else ""
            yield f"full text of {source.name}: {said}{problem}"


def _named(pages: PageCounts) -> Iterator[tuple[str, int]]:
    yield "complete", pages.full
    yield "as in the feed", pages.kept
    yield "waiting", pages.waiting
    yield "given up", pages.given_up
