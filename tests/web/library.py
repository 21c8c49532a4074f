"""A library without a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from aggregator.compose.snippet import marked, snippet
from aggregator.model.article import StoryId
from aggregator.model.browsing import Activity, Listed, Story, Stretch
from aggregator.model.errors import AggregatorError
from aggregator.model.feed import Address, Feed, Item
from aggregator.model.hub import HubStatus
from aggregator.model.life import Answer, Unknown
from aggregator.model.search import Found, Query, Results
from aggregator.model.source import SourceId, source_id
from aggregator.model.status import SourceStatus
from aggregator.model.story import Spot
from tests.builders import NOW, a_feed

MINUTE = timedelta(minutes=1)


@dataclass
class FakeLibrary:
    """Says what it was told; raises `error` instead, if there is one."""

    name: str = "The Reading Room"
    feeds: list[Address] = field(default_factory=list)
    stories: list[Item] = field(default_factory=list)
    known: list[SourceStatus] = field(default_factory=list)
    told: dict[StoryId, Story] = field(default_factory=dict)
    active: dict[SourceId, Activity] = field(default_factory=dict)
    trouble: str | None = None
    warnings: list[str] = field(default_factory=list)
    herald: HubStatus | None = None
    answers: dict[str, list[Item]] = field(default_factory=dict)  # by the normal form of a query
    lives: dict[str, Answer] = field(default_factory=dict)  # by what is asked for
    questions: list[str] = field(default_factory=list)
    error: Exception | None = None

    def title(self) -> str:
        self._raise()
        return self.name

    def addresses(self) -> Sequence[Address]:
        self._raise()
        return self.feeds

    def latest(self, slug: str, limit: int) -> Sequence[Item]:
        self._raise()
        return self.stories[:limit]

    def stretch(self, address: Address, behind: Spot | None, limit: int, up: str) -> Stretch:
        self._raise()
        listed = [Listed(item, Spot(sort_at=item.published, position=0, story=item.id)) for item in self.stories]
        if behind is not None:
            listed = [one for one in listed if one.spot.sort_at < behind.sort_at]
        return Stretch(tuple(listed[:limit]), listed[limit - 1].spot if len(listed) > limit else None)

    def story(self, story: StoryId, up: str) -> Story | None:
        self._raise()
        return self.told.get(story)

    def activity(self) -> Mapping[SourceId, Activity]:
        self._raise()
        return self.active

    def sources(self) -> Sequence[SourceStatus]:
        self._raise()
        return self.known

    def search(self, query: Query, limit: int, offset: int) -> Results:
        items = self._answer(query)
        wanted = [term.phrase for term in query.wanted]
        found = [
            Found(item=item, title=marked(item.title, wanted), snippet=snippet(item.summary, wanted))
            for item in items[offset : offset + limit]
        ]
        return Results(query=query, found=tuple(found), total=len(items))

    def search_feed(self, query: Query) -> Feed:
        return replace(a_feed(slug="search", subtitle=""), items=tuple(self._answer(query)))

    def _answer(self, query: Query) -> list[Item]:
        self._raise()
        self.questions.append(query.text)
        return self.answers.get(query.text, [])

    def why(self, asked: str) -> Answer:
        self._raise()
        self.questions.append(asked)
        return self.lives.get(asked, Unknown(asked=asked, host="", sources=(), nearest=()))

    def health(self) -> Feed:
        self._raise()
        return replace(a_feed(slug="_health"), items=tuple(self.stories))

    def notices(self) -> Sequence[str]:
        self._raise()
        return self.warnings

    def hub(self) -> HubStatus | None:
        self._raise()
        return self.herald

    def problem(self) -> str | None:
        self._raise()
        return self.trouble

    def _raise(self) -> None:
        if self.error:
            raise self.error


class OutOfOrderError(AggregatorError):
    """An error of ours that was expected."""


def an_address(slug: str = "tech", **other: Any) -> Address:
    fields = {"slug": slug, "title": slug.rpartition("/")[2], "sources": (), "path": tuple(slug.split("/"))}
    return Address(**{**fields, **other})


EVERYTHING = an_address("all", title="Everything", path=())


def a_status(name: str = "Example News", **other: Any) -> SourceStatus:
    url = f"https://{name.replace(' ', '-').lower()}.example/feed.xml"
    fields = {
        "id": source_id(url),
        "name": name,
        "url": url,
        "category": ("tech",),
        "configured": True,
        "title": name,
        "site": "https://news.example/",
        "articles": 12,
        "last_poll": NOW - 5 * MINUTE,
        "last_success": NOW - 5 * MINUTE,
        "last_change": NOW - 50 * MINUTE,
        "next_poll": NOW + 10 * MINUTE,
        "why_next": "every 15m",
        "failures": 0,
        "problem": None,
        "moved_to": None,
    }
    return SourceStatus(**{**fields, **other})
