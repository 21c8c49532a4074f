"""A feed from the articles that its stories are told in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from aggregator.model.article import StoredArticle
from aggregator.model.feed import Address, Feed, Item, Outlet
from aggregator.model.source import SourceId

Telling = Sequence[StoredArticle]
"""All articles that tell one story, in the order in which they were first seen. Never empty."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE = timedelta(minutes=10)  # one round of polling


def compose(
    address: Address,
    stories: Sequence[Telling],
    outlets: Mapping[SourceId, Outlet],
    *,
    feed_id: str,
    base_url: str,
) -> Feed:
    """The feed at this address, its stories in the order given. One item for each story, however many tell it."""
    scope = frozenset(address.sources)
    items = tuple(_item(telling, scope, outlets) for telling in stories)
    return Feed(
        id=feed_id,
        slug=address.slug,
        title=address.title,
        subtitle=_subtitle(address, outlets),
        base_url=base_url,
        language=address.language,
        updated=max((item.updated for item in items), default=EPOCH),
        items=items,
    )


def _item(telling: Telling, scope: frozenset[SourceId], outlets: Mapping[SourceId, Outlet]) -> Item:
    here = _in_order([stored for stored in telling if stored.source in scope])
    shown = _preferred(here, outlets)
    article = shown.article
    published = _dated(telling[0])
    others = {stored.source: _outlet(stored, outlets) for stored in here if stored.source != shown.source}
    return Item(
        id=shown.story,
        title=article.title,
        link=article.link,
        author=article.author,
        published=published,
        updated=max(published, _edited(shown)),
        first_seen=telling[0].first_seen,
        summary=article.summary,
        body=article.body,
        image=article.headimg,
        thumbnail=article.thumbnail,
        tags=article.tags,
        categories=_categories(here, outlets),
        enclosures=article.enclosures,
        language=article.language,
        comments_url=article.comments_url,
        outlet=_outlet(shown, outlets),
        also_in=tuple(others.values()),
    )


def _preferred(here: Telling, outlets: Mapping[SourceId, Outlet]) -> StoredArticle:
    """The publisher's own copy, else the earliest: nobody else's copy stands in for the page it links to."""
    own = (stored for stored in here if _is_on_own_site(stored, outlets[stored.source]))
    return next(own, here[0])


def _in_order(here: Telling) -> Telling:
    """As they were first seen; those that came at once, as after a database was lost, by their own dates: which of two
    sources answers first is chance."""
    at_once = here[0].first_seen + AT_ONCE
    return sorted(here, key=lambda stored: (max(stored.first_seen, at_once), _dated(stored), stored.source))


def _dated(stored: StoredArticle) -> datetime:
    return stored.article.date or stored.first_seen


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
    return replace(outlet, url=_without_credentials(outlet.url), link=stored.article.link, updated=_edited(stored))


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _edited(stored: StoredArticle) -> datetime:
    return stored.article.updated or stored.article.date or stored.first_seen


def _categories(here: Telling, outlets: Mapping[SourceId, Outlet]) -> tuple[str, ...]:
    return tuple(dict.fromkeys("/".join(outlets[stored.source].category) for stored in here))


def _subtitle(address: Address, outlets: Mapping[SourceId, Outlet]) -> str:
    names = [outlets[source].name for source in address.sources if source in outlets]
    shown = ", ".join(names[:8])
    return f"{shown} …" if len(names) > 8 else shown
