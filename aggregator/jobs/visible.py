"""A store as somebody sees it who may not see every source: what is hidden is not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from aggregator.model.article import StoredArticle, StoryId
from aggregator.model.feed import Outlet
from aggregator.model.source import SourceId
from aggregator.model.status import SourceStatus
from aggregator.store import Store


def visible(store: Store, hidden: Collection[SourceId]) -> Store:
    """The store, for reading articles, without those of hidden sources."""
    return cast(Store, _Visible(store, frozenset(hidden))) if hidden else store


def behind(store: Store) -> Store:
    """The store with all that is in it."""
    return store._store if isinstance(store, _Visible) else store


class _Visible:
    """Every verb that gives articles or sources leaves out what is hidden; the others are those of the store."""

    def __init__(self, store: Store, hidden: frozenset[SourceId]) -> None:
        self._store = store
        self._hidden = hidden

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def _shown(self, found: Iterable[StoredArticle]) -> list[StoredArticle]:
        return [stored for stored in found if stored.source not in self._hidden]

    def status(self) -> tuple[SourceStatus, ...]:
        return tuple(status for status in self._store.status() if status.id not in self._hidden)

    def outlets(self) -> dict[SourceId, Outlet]:
        return {source: outlet for source, outlet in self._store.outlets().items() if source not in self._hidden}

    def articles_of(self, articles: Collection[int]) -> dict[int, StoredArticle]:
        return {stored.id: stored for stored in self._shown(self._store.articles_of(articles).values())}

    def tellings(self, stories: Sequence[StoryId]) -> dict[StoryId, list[StoredArticle]]:
        return self._of_each(self._store.tellings(stories))

    def tellings_of_heads(self, heads: Sequence[StoryId]) -> dict[StoryId, list[StoredArticle]]:
        return self._of_each(self._store.tellings_of_heads(heads))

    def _of_each(self, found: Mapping[StoryId, Sequence[StoredArticle]]) -> dict[StoryId, list[StoredArticle]]:
        return {story: self._shown(telling) for story, telling in found.items()}

    def titled(self, words: Sequence[str], limit: int) -> list[StoredArticle]:
        return self._shown(self._store.titled(words, limit))

    def titled_like(self, words: Sequence[str], limit: int) -> list[StoredArticle]:
        return self._shown(self._store.titled_like(words, limit))

    def links(self) -> Iterator[tuple[int, SourceId, str, str | None]]:
        return (each for each in self._store.links() if each[1] not in self._hidden)
