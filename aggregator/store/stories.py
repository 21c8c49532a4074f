"""Which stories are one, and by which keys articles are found that may be: a part of the `Store` contract."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from aggregator.model.article import StoredArticle, StoryId
from aggregator.model.source import SourceId
from aggregator.model.story import Head, Join, Judgement, Neighbour, Standing, Wording


class Stories(Protocol):
    """An article is kept under its own story, and stays so. Joins are kept beside: without them every story is itself.

    Every article that is added waits to be judged.
    """

    def unjudged(self) -> list[int]:
        """The articles that wait, the earliest published first; those that came without a date of their own last.

        The order follows from the articles alone, not from when they came: who judges in this order finds the same
        heads again after a database was lost.
        """

    def still_unjudged(self, ids: Collection[int]) -> set[int]:
        """Those of them that wait."""

    def articles_of(self, ids: Collection[int]) -> dict[int, StoredArticle]:
        """These articles, as far as they are kept."""

    def wordings(self, ids: Collection[int]) -> dict[int, Wording]:
        """What these articles say, as far as they are kept."""

    def neighbours(self, wanted: Sequence[Collection[int]], limit: int) -> list[list[Neighbour]]:
        """For each of these sets of keys, as many judged articles that have some of them, those with most first; a key
        that few have counts for more. Of one that very many have, only the newest are looked at."""

    def judged_stories(self, stories: Collection[StoryId]) -> set[StoryId]:
        """Those of them of which an article is judged."""

    def heads(self, stories: Collection[StoryId]) -> dict[StoryId, Head]:
        """Under which story each of them is published; itself, where it has joined none. Nothing of what is not
        kept."""

    def mark_copies(self, articles: Collection[int]) -> None:
        """Others had begun the stories that these tell."""

    def settle(self, places: Mapping[StoryId, datetime]) -> None:
        """Where several articles share a story that nobody has been shown, they stand here: which of them was polled
        first is chance."""

    def judge(self, judgements: Sequence[Judgement]) -> None:
        """Keep them in one transaction: the keys, the joins, and that these articles wait no more."""

    def joins_of(self, head: StoryId) -> list[Join]:
        """What has joined this story."""

    def judge_again(self) -> None:
        """Forget every join and every key; all articles wait, and archives look at all of them again."""

    def unite(self, joins: Sequence[Join]) -> None:
        """These stories join others, with all that had joined them."""

    def part(self, stories: Collection[StoryId]) -> list[int]:
        """These stories have joined none any more, and their articles wait again; which articles these are.

        Unlike those that were never judged, they keep the places that their stories have.
        """

    def stories_with(self, stories: Collection[StoryId]) -> dict[StoryId, tuple[StoryId, ...]]:
        """What is published as one with each of these, its head first, which may be pruned; nothing of what is not
        kept."""

    def keep_apart(self, article: int, copy: StoryId, sort_at: datetime) -> None:
        """This article tells a story of its own from now on, though others have its address."""

    def kept_apart(self) -> dict[int, StoryId]:
        """The articles of which that was said, each with the story that its address gives it."""

    def put_back(self, articles: Collection[int]) -> None:
        """These articles tell the story again that their addresses give them, where that stands."""

    def edited(self) -> list[int]:
        """Judged articles whose text was written again since."""

    def keys_of(self, article: int, keys: Collection[int]) -> int:
        """By how many of these keys an article is found."""

    def joins(self) -> Iterator[Join]:
        """What has joined what, all of it."""

    def story_keys(self) -> Iterator[tuple[int, int]]:
        """Every key, each with its article."""

    def count_story_keys(self) -> int:
        """How many these are."""

    def replace_stories(self, joins: Iterable[Join], keys: Iterable[tuple[int, int]], upto: int) -> None:
        """What articles up to this id have joined, and by which keys they are found, is this from now on.

        What later ones have joined stays joined, to the head that it has now.
        """

    def heads_told(self, sources: Collection[SourceId], limit: int) -> list[StoryId]:
        """Like `stories`, with joined stories as one, at the place of their head. Articles that wait are left out:
        what was published under an id of its own could not join another any more."""

    def heads_standing(self, sources: Collection[SourceId]) -> Generator[Standing, None, None]:
        """The same for each article that tells them, as far as it is asked for: close it."""

    def tellings_of_heads(self, heads: Sequence[StoryId]) -> dict[StoryId, list[StoredArticle]]:
        """Like `tellings`, the articles of what has joined them included."""
