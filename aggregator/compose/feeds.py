"""A feed from the articles that its stories are told in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from aggregator.compose.others import with_others
from aggregator.compose.podcasts import with_podcast
from aggregator.model.article import Article, StoredArticle
from aggregator.model.feed import Address, Feed, Item, Outlet
from aggregator.model.source import SourceId

Telling = Sequence[StoredArticle]
"""All articles that tell one story, in the order in which they were first seen. Never empty."""

EPOCH = datetime(1990, 1, 1, tzinfo=UTC)  # of what is empty; the validator believes no date before (ImplausibleDate)
AT_ONCE = timedelta(minutes=10)  # one round of polling
COMPLETE = 0.6  # of the longest copy; what is shorter is an excerpt
_TAG = re.compile("<[^<>]*>")


def compose(
    address: Address,
    stories: Sequence[Telling],
    outlets: Mapping[SourceId, Outlet],
    *,
    feed_id: str,
    base_url: str,
) -> Feed:
    """The feed at this address, its stories in the order given. One item for each story, however many tell it."""
    items = tuple(_item(telling, address, outlets) for telling in stories)
    feed = Feed(
        id=feed_id,
        slug=address.slug,
        title=address.title,
        subtitle=_subtitle(address, outlets),
        base_url=base_url,
        language=address.language,
        updated=max((item.updated for item in items), default=EPOCH),
        items=items,
    )
    return with_podcast(feed, address.podcast)


def _item(telling: Telling, address: Address, outlets: Mapping[SourceId, Outlet]) -> Item:
    scope = frozenset(address.scope)
    here = _in_order([stored for stored in telling if stored.source in scope and not stored.hidden])
    shown = _preferred(here, address.prefer, outlets)
    article = shown.article
    published = _dated(telling[0])
    others = {stored.source: _outlet(stored, outlets) for stored in here if stored.source != shown.source}
    also_in = tuple(others.values())
    return Item(
        id=shown.story,
        title=article.title,
        link=article.link,
        author=article.author,
        published=published,
        updated=max(published, _edited(shown)),
        first_seen=telling[0].first_seen,
        summary=article.summary,
        body=with_others(article, also_in, address) if address.also_in == "body" else article.body,
        image=article.headimg,
        thumbnail=article.thumbnail,
        tags=article.tags,
        categories=_categories(here, outlets),
        enclosures=article.enclosures,
        language=article.language,
        comments_url=article.comments_url,
        outlet=_outlet(shown, outlets),
        also_in=also_in,
    )


def _preferred(here: Telling, prefer: Sequence[SourceId], outlets: Mapping[SourceId, Outlet]) -> StoredArticle:
    """That of the source which the operator likes best; else the earliest that is no excerpt, of the publishers' own
    where there are any: nobody else's copy stands in for the page it links to."""
    if len(here) == 1:
        return here[0]
    liked = {source: place for place, source in enumerate(prefer)}
    if best := [stored for stored in here if stored.source in liked]:
        return min(best, key=lambda stored: liked[stored.source])
    own = [stored for stored in here if _is_on_own_site(stored, outlets[stored.source])]
    lengths = {stored.id: _length(stored.article) for stored in own or here}
    whole = COMPLETE * max(lengths.values())
    return next(stored for stored in own or here if lengths[stored.id] >= whole)


def _length(article: Article) -> int:
    """Characters of text, more or less."""
    return max(len(_TAG.sub("", article.body)), len(article.summary))


def _in_order(here: Telling) -> Telling:
    """As they were first seen; those that came at once, as after a database was lost, by their own dates: which of two
    sources answers first is chance."""
    at_once = here[0].first_seen + AT_ONCE
    return sorted(here, key=lambda stored: (max(stored.first_seen, at_once), _dated(stored), stored.source))


def _dated(stored: StoredArticle) -> datetime:
    """Never later than it was seen: a wrong time zone dates entries hours ahead, and the validator warns of those."""
    return min(stored.article.date or stored.first_seen, stored.first_seen)


def _is_on_own_site(stored: StoredArticle, outlet: Outlet) -> bool:
    page = _site(stored.article.link)
    return bool(page) and page == _site(outlet.url)


def _site(url: str | None) -> str:
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _outlet(stored: StoredArticle, outlets: Mapping[SourceId, Outlet]) -> Outlet:
    outlet = outlets[stored.source]
    return Outlet(  # `replace` takes three times as long, and there is one for each story of each feed
        name=outlet.name,
        url=_without_credentials(outlet.url),
        site=outlet.site,
        title=outlet.title,
        link=stored.article.link,
        updated=_edited(stored),
        category=outlet.category,
        podcast=outlet.podcast,
    )


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _edited(stored: StoredArticle) -> datetime:
    return min(stored.article.updated, stored.changed) if stored.article.updated else _dated(stored)


def _categories(here: Telling, outlets: Mapping[SourceId, Outlet]) -> tuple[str, ...]:
    own = ("/".join(outlets[stored.source].category) for stored in here)
    return tuple(dict.fromkeys((*own, *(tag for stored in here for tag in stored.tagged))))


def _subtitle(address: Address, outlets: Mapping[SourceId, Outlet]) -> str:
    names = [outlets[source].name for source in address.sources if source in outlets]
    shown = ", ".join(names[:8])
    return f"{shown} …" if len(names) > 8 else shown
