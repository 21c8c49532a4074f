"""The feed behind an address: what a person pastes → feeds that were fetched and read.

    the address itself | what is known of the site | the page's links | where feeds lie on most sites

Few requests, through the one polite client; the first kind of place that has a feed is enough.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aggregator.jobs.visit import Fetch
from aggregator.model.entry import Entry, ParsedFeed
from aggregator.model.exchange import Fetched, FetchFailed, Request
from aggregator.parse import parse_feed
from aggregator.parse.discovery import (
    FeedLink,
    address_of,
    common_addresses,
    hidden_feeds,
    known_addresses,
    page_links,
)
from aggregator.parse.page import page_text

REQUESTS = 16
"""The most that are made for one address."""

FEEDS = 6
"""The most feeds that are shown to choose from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed that is there."""

    url: str
    title: str | None
    language: str | None
    feed: ParsedFeed

    def latest(self, count: int) -> list[Entry]:
        """The newest entries, the newest first; those without a date behind all others, as they stand."""
        return sorted(self.feed.entries, key=_time, reverse=True)[:count]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found behind an address: feeds, the best first, or why there is none."""

    address: str
    feeds: tuple[Found, ...] = ()
    reason: str = ""  # where there is no feed
    note: str = ""


def _time(entry: Entry) -> float:
    date = entry.published or entry.updated
    return date.timestamp() if isinstance(date, datetime) else 0.0


def discover(text: str, fetch: Fetch) -> Discovery:
    """Find the feeds behind what a person typed."""
    address = address_of(text)
    asking = _Asking(fetch)
    known = known_addresses(address)
    if known.feeds and (feeds := asking.read(known.feeds)):
        return Discovery(address=address, feeds=feeds, note=known.note)
    page = asking.fetched(address)
    if not isinstance(page, Fetched):
        reason = f"{page.failure}: {page.detail}" if page else "nothing was fetched"
        return Discovery(address=address, reason=reason, note=known.note)
    own = _found(page.moved_to or address, page)
    if own:
        return Discovery(address=address, feeds=(own,))
    markup = page_text(page.body, page.content_type)
    header = page.headers.get("link")
    for links in (
        (*hidden_feeds(markup or "", page.url), *page_links(markup or "", page.url, header)),
        tuple(map(FeedLink, common_addresses(page.url))),
    ):
        if feeds := asking.read(links):
            return Discovery(address=address, feeds=feeds, note=known.note)
    return Discovery(
        address=address, reason="no feed was found on this page, nor where sites have them", note=known.note
    )


class _Asking:
    """Fetches, within bounds, and remembers what was asked."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._asked: dict[str, Fetched | FetchFailed | None] = {}

    def fetched(self, url: str) -> Fetched | FetchFailed | None:
        if url not in self._asked:
            if len(self._asked) >= REQUESTS:
                return None
            result = self._fetch(Request(url=url))
            self._asked[url] = result if isinstance(result, Fetched | FetchFailed) else None
        return self._asked[url]

    def read(self, links: Iterable[FeedLink]) -> tuple[Found, ...]:
        """Those that are feeds; the same feed at two addresses once."""
        found: dict[object, Found] = {}
        for link in links:
            result = self.fetched(link.url)
            if isinstance(result, Fetched) and (feed := _found(link.url, result, link.title)):
                same = (feed.feed.self_url or feed.url, feed.feed.title, len(feed.feed.entries))
                first = tuple((entry.guid, entry.link) for entry in feed.feed.entries[:3])
                found.setdefault(first or same, feed)
            if len(found) == FEEDS:
                break
        return tuple(found.values())


def _found(url: str, fetched: Fetched, title: str = "") -> Found | None:
    feed = parse_feed(fetched.body, fetched.content_type)
    if not isinstance(feed, ParsedFeed):
        return None
    address = fetched.moved_to or url
    return Found(url=address, title=feed.title or title or None, language=feed.language, feed=feed)
