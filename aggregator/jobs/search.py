"""Finding stories by their words.

    parse_query | in_scope | store.matches | best_first ─► jobs.stories.tell | compose ─► Results, or a Feed

What is found is shown as in the feeds: a story once, in the copy that the feed of everything would show. A page has the
best first, a feed the newest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.compose import compose
from aggregator.compose.snippet import marked, snippet
from aggregator.decide.identity import feed_id
from aggregator.decide.search import best_first, in_scope, newest_first
from aggregator.jobs.stories import tell
from aggregator.model.article import StoryId
from aggregator.model.feed import Address, Feed, Item
from aggregator.model.search import Found, Match, Phrase, Query, Results
from aggregator.model.settings import Category
from aggregator.store import Store
from aggregator.words.reading import reading

MOST = 1_000
"""Articles that are put in order. Where more hold the words, it is the newest of them."""

BATCH = 100  # articles that are made searchable in one transaction
_READ = 20_000  # characters of a text in which the part that is shown is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """Where is looked: among the sources that `scope` names, and nowhere else."""

    scope: Address
    categories: Sequence[Category]
    base_url: str


def search(store: Store, query: Query, shelves: Shelves, now: datetime, *, limit: int, offset: int = 0) -> Results:
    """So many of the stories that were found, after so many others."""
    scope = _scope(store, query, shelves)
    matches = _matches(store, query, scope)
    stories = _passing(store, _stories(best_first(matches, now), scope), scope)
    feed = _shown(store, stories[offset : offset + limit], scope, shelves, query)
    wanted = [term.phrase for term in query.wanted]
    return Results(
        query=query,
        found=tuple(_found(item, wanted) for item in feed.items),
        total=len(stories),
        many=len(matches) >= MOST,
        waiting=store.count_unsearchable(),
    )


def search_feed(store: Store, query: Query, shelves: Shelves, *, limit: int) -> Feed:
    """The newest that was found, as a feed. What waits to be judged is left out, as it is in the feeds: an article that
    was published under an id of its own could not join another story any more."""
    scope = _scope(store, query, shelves)
    judged = [match for match in _matches(store, query, scope) if not (match.waits and scope.merge == "text")]
    stories = _passing(store, _stories(newest_first(judged), scope), scope)
    return _shown(store, stories[:limit], scope, shelves, query)


def make_searchable(store: Store) -> Iterator[int]:
    """Let be found what was kept before there was a search; after each batch, how many articles it were."""
    while done := store.make_searchable(BATCH):
        yield done


def _scope(store: Store, query: Query, shelves: Shelves) -> Address:
    """The sources that are asked for, of those that may be shown."""
    chosen = in_scope(query, store.outlets(), shelves.categories)
    return replace(shelves.scope, sources=tuple(one for one in shelves.scope.sources if one in chosen))


def _matches(store: Store, query: Query, scope: Address) -> list[Match]:
    return [] if query.is_empty else store.matches(query.wanted, query.unwanted, scope.sources, MOST)


def _stories(matches: Iterable[Match], scope: Address) -> list[StoryId]:
    """Each once, where the first of its articles stands."""
    return list(dict.fromkeys(match.head if scope.merge == "text" else match.story for match in matches))


def _passing(store: Store, stories: list[StoryId], scope: Address) -> list[StoryId]:
    """Those that the rules let pass."""
    return [telling[0].story for telling in tell(store, stories, scope)] if scope.ruled else stories


def _shown(store: Store, stories: Sequence[StoryId], scope: Address, shelves: Shelves, query: Query) -> Feed:
    return replace(
        compose(
            scope,
            tell(store, stories, scope),
            store.outlets(),
            feed_id=feed_id(f"search?{query.text}"),
            base_url=shelves.base_url,
        ),
        subtitle="",
    )


def _found(item: Item, wanted: Sequence[Phrase]) -> Found:
    text = reading(item.body, _READ) or item.summary
    return Found(item=item, title=marked(item.title, wanted), snippet=snippet(text, wanted))
