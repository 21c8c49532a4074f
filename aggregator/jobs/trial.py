"""One feed, fetched and refined to be looked at: the same road as a poll, and nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aggregator.jobs.poll import visit_safely
from aggregator.jobs.visit import Fetch
from aggregator.model.entry import Ends, Entry
from aggregator.model.outcome import Failed, FeedFacts, Harvest
from aggregator.model.source import Errand, Source
from aggregator.refine import Refined, refined
from aggregator.refine.recurring import recurring


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An entry as it was published, and as we would keep it."""

    entry: Entry
    result: Refined

    @property
    def before(self) -> str:
        """The markup that its body was made from."""
        for markup in (self.entry.content, self.entry.summary):
            if markup is not None and markup.value:
                return markup.value
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a feed brings."""

    source: Source
    facts: FeedFacts
    warnings: tuple[str, ...]  # what was mended to read it
    count: int  # entries in the document
    entries: tuple[Tried, ...]


def try_feed(source: Source, fetch: Fetch, limit: int, ends: Ends = ()) -> Trial | Failed:
    """Ask a source for its feed, and refine the first entries of it. `ends` are those of its articles so far."""
    result = visit_safely(Errand(source=replace(source, keep_original=True), ends=ends), fetch)
    if isinstance(result, Failed):
        return result
    assert isinstance(result, Harvest), "who asks without validators is told everything"
    learned = recurring(result.ends)
    originals = [found.original for found in result.candidates[:limit] if found.original is not None]
    entries = [
        Tried(entry=original.entry, result=refined(original.entry, original.facts, source, learned))
        for original in originals
    ]
    return Trial(
        source=source,
        facts=result.facts,
        warnings=result.warnings,
        count=result.entries,
        entries=tuple(entries),
    )
