"""Which stories a feed's document has room for.

    stories, newest first | those that are news | then backlog, where there is room ─► in their own order

What a source brought at once beyond its `max_new` pushes nobody out, not even the backlog that has filled the feed
before, and a feed that is not full shows it all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import TypeVar

from aggregator.model.article import StoryId
from aggregator.model.story import Standing

T = TypeVar("T")


def as_stories(articles: Iterable[Standing]) -> Iterator[Standing]:
    """Of articles, newest first, each story once, with the least backlog that one of those who tell it has."""
    seen: set[StoryId] = set()
    for story, group in groupby(articles, key=lambda standing: standing.story):
        if story in seen:
            continue
        seen.add(story)
        yield min(group, key=lambda standing: standing.backlog)


class Queue:
    """Stories in two rows: asking for what is news puts aside the backlog before it."""

    def __init__(self, stories: Iterable[Standing]) -> None:
        self._stories = enumerate(stories)
        self._backlog: list[tuple[int, Standing]] = []

    def all(self) -> Iterator[tuple[int, Standing]]:
        """Every story, with its place."""
        yield from self._stories

    def news(self) -> Iterator[tuple[int, Standing]]:
        """What is no backlog, with its place."""
        for place, standing in self._stories:
            if standing.backlog:
                self._backlog.append((place, standing))
            else:
                yield place, standing

    def backlog(self) -> Iterator[tuple[int, Standing]]:
        """What `news` put aside, with its place; last what came when the feeds stood there already."""
        yield from sorted(self._backlog, key=lambda placed: placed[1].backlog)


def choose(news: Iterable[tuple[int, T]], backlog: Iterable[tuple[int, T]], limit: int) -> list[T]:
    """The first of the one, and where these are fewer than `limit`, of the other: in the order of their places."""
    chosen = list(islice(news, limit))
    chosen += islice(backlog, limit - len(chosen))
    return [one for _, one in sorted(chosen, key=lambda pair: pair[0])]
