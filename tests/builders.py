"""Values with sensible defaults, so that a test names only what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator.decide.identity import hints_of, identify
from aggregator.decide.ingest import plan_ingest
from aggregator.model.article import Article, SafeHtml, StoryId
from aggregator.model.entry import Entry, Markup
from aggregator.model.feed import Feed, Item, Outlet
from aggregator.model.outcome import Candidate, FeedFacts, Harvest, NextPoll, Record, Save
from aggregator.model.source import Source, source_id

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=3)


def a_source(url: str = "https://news.example/feed.xml", **other: Any) -> Source:
    return Source(**{"id": source_id(url), "url": url, "name": "Example News", "category": ("tech",), **other})


def some_facts(**other: Any) -> FeedFacts:
    return FeedFacts(**{"title": "Example News – Front", "link": "https://news.example/", **other})


def an_entry(title: str = "A title", body: str = "<p>A body.</p>", **other: Any) -> Entry:
    fields = {"guid": "guid-1", "link": "https://news.example/1", "published": EARLIER}
    return Entry(**{**fields, "title": Markup(title, "text"), "content": Markup(body), **other})


def an_article(title: str = "A title", body: str = "<p>A body.</p>", **other: Any) -> Article:
    fields = {
        "title": title,
        "categories": ("tech", "Example News", "Example News – Front"),
        "headimg": "",
        "author": "Ann Author",
        "date": EARLIER,
        "thumbnail": "",
        "body": SafeHtml(body),
        "link": "https://news.example/1",
        "guid": "guid-1",
    }
    return Article(**{**fields, **other})


def an_outlet(name: str = "Example News", **other: Any) -> Outlet:
    fields = {
        "name": name,
        "url": "https://news.example/feed.xml",
        "site": "https://news.example/",
        "title": "Example News – Front",
        "link": "https://news.example/1",
        "updated": EARLIER,
    }
    return Outlet(**{**fields, **other})


def an_item(number: int = 1, **other: Any) -> Item:
    fields = {
        "id": StoryId(f"urn:uuid:00000000-0000-5000-8000-{number:012d}"),
        "title": f"Title {number}",
        "link": f"https://news.example/{number}",
        "author": "Ann Author",
        "published": EARLIER - timedelta(minutes=number),
        "updated": EARLIER - timedelta(minutes=number),
        "first_seen": NOW,
        "summary": "A body.",
        "body": SafeHtml("<p>A body.</p>"),
        "image": "",
        "thumbnail": "",
        "tags": (),
        "categories": ("tech",),
        "enclosures": (),
        "language": "en",
        "comments_url": None,
        "outlet": an_outlet(),
        "also_in": (),
    }
    return Item(**{**fields, **other})


def a_feed(*items: Item, **other: Any) -> Feed:
    fields = {
        "id": "urn:uuid:00000000-0000-5000-9000-000000000001",
        "slug": "tech",
        "title": "Tech",
        "subtitle": "Everything about tech",
        "base_url": "http://127.0.0.1:8080/",
        "language": "en",
        "updated": EARLIER,
        "items": items or (an_item(),),
    }
    return Feed(**{**fields, **other})


def a_candidate(title: str = "A title", **other: Any) -> Candidate:
    """The candidate of an entry with these fields, named as `identify` names it when it stands alone."""
    article = an_article(title, **other)
    return candidates_of(article)[0]


def candidates_of(*articles: Article) -> list[Candidate]:
    """Candidates of one document that holds these articles, in this order."""
    entries = [
        Entry(
            guid=article.guid,
            link=article.link,
            title=Markup(article.title, "text"),
            content=Markup(article.body),
            published=article.date,
        )
        for article in articles
    ]
    return [
        Candidate(
            article=article,
            aliases=identity.aliases,
            digest=identity.digest,
            link_is_unique=identity.link_is_unique,
            position=position,
            hints=hints_of(article),
        )
        for position, (article, identity) in enumerate(zip(articles, identify(entries), strict=True))
        if not identity.repeats
    ]


def a_save(article: Article | None = None, **other: Any) -> Save:
    """A new article as `plan_ingest` would save it into an empty store."""
    [save] = plan_ingest(a_source().id, candidates_of(article or an_article()), {}, {}, NOW)
    return replace(save, **other)


def a_harvest(source: Source | None = None, **other: Any) -> Harvest:
    fields = {
        "source": (source or a_source()).id,
        "url": (source or a_source()).url,
        "moved_to": None,
        "facts": some_facts(),
        "candidates": (),
        "known": frozenset(),
        "entries": 1,
        "body_digest": b"digest of the body",
        "validators": None,
    }
    return Harvest(**{**fields, **other})


def a_record(*saves: Save, source: Source | None = None, **other: Any) -> Record:
    fields = {
        "result": a_harvest(source),
        "saves": saves,
        "at": NOW,
        "next_poll": NextPoll(at=NOW + timedelta(hours=1), reason="every 1h", interval=timedelta(hours=1)),
    }
    return Record(**{**fields, **other})
