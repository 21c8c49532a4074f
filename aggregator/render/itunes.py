"""`itunes:` elements of RSS (Apple, "A Podcaster's Guide to RSS"), as far as the W3C validator takes them.

Only of a feed that says all that is asked of a channel (`compose.podcasts`), and only for episodes whose file has a
name that the validator believes to be played (UnsupportedItunesFormat); `media:content` tells of the others.
"""

from __future__ import annotations

import re
from typing import Any, Final

from aggregator.model.entry import Enclosure
from aggregator.model.feed import Feed, Item
from aggregator.model.podcast import ItunesCategory, Podcast
from aggregator.render.address import uri
from aggregator.render.facts import author_of, feed_title, image_of, plain
from aggregator.render.generator import ITUNES, Entry, Generator, child

LONGEST: Final = 255  # characters of a name (TooLong)
_FILE = re.compile(r"\.(?:m4a|mp3|mov|mp4|m4v|pdf|epub)$")
_PUBLIC = re.compile(r"https?://(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9][A-Za-z0-9-]*(?::\d+)?(?:/|$)")


def add_podcast(document: Generator, feed: Feed) -> None:
    """What a channel says of itself as a podcast, if it can."""
    podcast = feed.podcast
    if podcast is None or not podcast.owner_email:
        return
    document.declare_itunes()
    document.add_itunes("author", plain(podcast.author or "")[:LONGEST] or feed_title(feed)[:LONGEST])
    for category in podcast.categories:
        _add_category(document, category)
    document.add_itunes("explicit", _flag(podcast.explicit is True))
    if image := _picture(podcast.image):
        document.add_itunes("image", href=image)
    _add_owner(document, podcast, feed)


def _add_category(document: Generator, category: ItunesCategory) -> None:
    element = document.add_itunes("category", text=category[0])
    for below in category[1:]:
        child(element, f"{ITUNES}category").set("text", below)


def _add_owner(document: Generator, podcast: Podcast, feed: Feed) -> None:
    owner = document.add_itunes("owner")
    name = plain(podcast.owner_name or "") or feed_title(feed)
    child(owner, f"{ITUNES}name", name[:LONGEST])
    child(owner, f"{ITUNES}email", podcast.owner_email)


def add_episode(entry: Entry, item: Item, enclosure: Enclosure | None, feed: Feed) -> None:
    """What an item says of itself as an episode: how long it plays, its picture, its number."""
    if feed.podcast is None or enclosure is None or not _is_episode(enclosure):
        return
    show = item.outlet.podcast
    explicit = enclosure.explicit if enclosure.explicit is not None else show.explicit if show else None
    image = _picture(enclosure.image) or _picture(image_of(item)) or _picture(show.image if show else None)
    entry.add_itunes("author", author_of(item)[:LONGEST])
    if enclosure.duration:
        entry.add_itunes("duration", str(enclosure.duration))
    if explicit is not None:
        entry.add_itunes("explicit", _flag(explicit))
    if image:
        entry.add_itunes("image", href=image)
    for name, number in (("season", enclosure.season), ("episode", enclosure.episode)):
        if number:
            entry.add_itunes(name, str(number))
    if enclosure.kind:
        entry.add_itunes("episodeType", enclosure.kind)


def _is_episode(enclosure: Enclosure) -> bool:
    is_played = (enclosure.type or "").startswith(("audio/", "video/"))
    return is_played and _FILE.search(enclosure.url) is not None


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _picture(url: str | None) -> str | None:
    """Its address, if the validator believes that it has one (InvalidURLAttribute)."""
    found = uri(url) if url else ""
    return found if _PUBLIC.match(found) else None


def without_itunes(channel: Any) -> None:
    """Take them out of the items of a channel that has none itself."""
    if channel.find(f"{ITUNES}category") is None:
        for item in channel.iterchildren("item"):
            for element in item.findall(f"{ITUNES}*"):
                item.remove(element)
