"""What the pages ask of the rest of the program. Calls block and are short; the app makes them off the event loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from aggregator.model.article import StoryId
from aggregator.model.browsing import Activity, Story, Stretch
from aggregator.model.feed import Address, Feed, Item
from aggregator.model.hub import HubStatus
from aggregator.model.life import Answer
from aggregator.model.search import Query, Results
from aggregator.model.source import SourceId
from aggregator.model.status import SourceStatus
from aggregator.model.story import Spot


class Library(Protocol):
    """The articles, feeds and sources as a visitor may see them."""

    def title(self) -> str:
        """What the whole collection is called."""
        ...

    def addresses(self) -> Sequence[Address]:
        """Every feed that is published, categories before what is below them, in the order of the configuration."""
        ...

    def latest(self, slug: str, limit: int) -> Sequence[Item]:
        """The newest stories of one feed, newest first."""
        ...

    def stretch(self, address: Address, behind: Spot | None, limit: int, up: str) -> Stretch:
        """So many stories of a feed, the newest, or those behind a place. Pictures that we pass on ourselves are at
        addresses relative to a page that is `up` ("../../") from the root."""
        ...

    def story(self, story: StoryId, up: str) -> Story | None:
        """One story with all who tell it; None where it is not kept."""
        ...

    def activity(self) -> Mapping[SourceId, Activity]:
        """When each source posted, of late."""
        ...

    def sources(self) -> Sequence[SourceStatus]:
        """Every source, in the order of the configuration."""
        ...

    def search(self, query: Query, limit: int, offset: int) -> Results:
        """So many of the stories that were found, the best first, after so many others.

        Raises `SearchTooSlowError` for what takes too long.
        """
        ...

    def search_feed(self, query: Query) -> Feed:
        """The newest of the stories that were found, as a feed; raises as `search` does."""
        ...

    def why(self, asked: str) -> Answer:
        """What is known of what was asked for: an address, an id, a number, a guid, or words of a title."""
        ...

    def health(self) -> Feed:
        """What happened to sources and to the program, as a feed."""
        ...

    def notices(self) -> Sequence[str]:
        """What the owner should look at, and what hinders nothing: rules that take too long, in sentences."""
        ...

    def hub(self) -> HubStatus | None:
        """How telling others is going; None where no hub is announced."""
        ...

    def problem(self) -> str | None:
        """What keeps the program itself from doing its work, in one sentence; None while all is well.

        A publisher's failure is none of ours and belongs to its source.
        """
        ...


class Member(Library, Protocol):
    """The same for one visitor who may see more than strangers do."""

    def document(self, name: str) -> bytes | None:
        """The document of this name ("feeds/news.atom"), as the visitor may read it; None if there is none for them."""
        ...

    def opml(self) -> bytes:
        """The list of the feeds that they may read."""
        ...
