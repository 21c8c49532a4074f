"""A feed whose pictures come from elsewhere, or that has none. Pure: who knows the addresses hands them in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from aggregator.model.article import SafeHtml
from aggregator.model.entry import Enclosure
from aggregator.model.feed import Feed, Item
from aggregator.model.podcast import Podcast


@dataclass(frozen=True, slots=True)
class Pictures:
    """What becomes of the pictures of a feed."""

    body: Callable[[SafeHtml], SafeHtml]  # the same body with other addresses of its pictures, or without them
    address: Callable[[str], str]  # of a picture; '' if it is not to be shown


def with_pictures(feed: Feed, pictures: Pictures | None) -> Feed:
    """The feed with its pictures changed so; None: as their publishers have them."""
    if pictures is None:
        return feed
    items = tuple(pictured(item, pictures) for item in feed.items)
    return replace(feed, items=items, podcast=_without_picture(feed.podcast, pictures))


def pictured(item: Item, pictures: Pictures | None) -> Item:
    """The same for one story."""
    if pictures is None:
        return item
    return replace(
        item,
        body=pictures.body(item.body),
        image=item.image and pictures.address(item.image),
        thumbnail=item.thumbnail and pictures.address(item.thumbnail),
        outlet=replace(item.outlet, podcast=_without_picture(item.outlet.podcast, pictures)),
        enclosures=tuple(file for each in item.enclosures if (file := _file(each, pictures)) is not None),
    )


def _without_picture(podcast: Podcast | None, pictures: Pictures) -> Podcast | None:
    return replace(podcast, image=pictures.address(podcast.image) or None) if podcast and podcast.image else podcast


def _file(file: Enclosure, pictures: Pictures) -> Enclosure | None:
    if not (file.type or "").startswith("image/"):
        return replace(file, image=pictures.address(file.image) or None) if file.image else file
    url = pictures.address(file.url)
    # Its length is left out: without its metadata it is another one.
    return replace(file, url=url, length=None) if url else None
