"""What a feed of ours says of itself as a podcast: what its owner says, else what all that it is made from say.

The validator, and podcast apps with it, ask a channel with one `itunes:` element for a language, a category, an owner's
address and whether it is explicit (MissingItunesElement, MissingItunesEmail). Where one of them cannot be said
truthfully, the feed is no podcast, and has none of these elements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from aggregator.model.feed import Feed, Item
from aggregator.model.podcast import ItunesCategory, Podcast

MOST_CATEGORIES = 3  # Apple shows no more


def with_podcast(feed: Feed, said: Podcast) -> Feed:
    """The feed with what podcast apps ask of it, where there is something to play and all of it is known."""
    played = [item for item in feed.items if is_played(item)]
    if not played:
        return feed
    shows = [item.outlet.podcast or Podcast() for item in played]
    podcast = Podcast(
        author=said.author or _common(show.author for show in shows),
        owner_name=said.owner_name if said.owner_email else _common(show.owner_name for show in shows),
        owner_email=said.owner_email or _common(show.owner_email for show in shows),
        categories=said.categories or _categories(shows),
        explicit=said.explicit if said.explicit is not None else _explicit(played),
        image=said.image or _common(show.image for show in shows),
    )
    language = feed.language or _common(item.language for item in feed.items)
    if not (language and podcast.categories and podcast.owner_email and podcast.explicit is not None):
        return feed
    return replace(feed, language=language, podcast=podcast)


def is_played(item: Item) -> bool:
    """Whether a sound or a film comes with it."""
    return any((file.type or "").startswith(("audio/", "video/")) for file in item.enclosures)


def _common(values: Iterable[str | None]) -> str | None:
    """What all of them say, if they say the same."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _categories(shows: Sequence[Podcast]) -> tuple[ItunesCategory, ...]:
    """Those that most episodes stand in; what is said first, of as many. None if an episode's show names none."""
    if not all(show.categories for show in shows):
        return ()
    counted = Counter(category for show in shows for category in show.categories)
    first = {category: min(show.categories.index(category) for show in shows if category in show.categories)
             for category in counted}  # fmt: skip
    ranked = sorted(counted, key=lambda category: (-counted[category], first[category], category))
    return tuple(ranked[:MOST_CATEGORIES])


def _explicit(played: Sequence[Item]) -> bool | None:
    """Explicit if one of them is; not so only if each says that it is not."""
    said = list(_said(played))
    return True if True in said else None if None in said else False


def _said(played: Sequence[Item]) -> Iterator[bool | None]:
    for item in played:
        own = next((file.explicit for file in item.enclosures if file.explicit is not None), None)
        show = item.outlet.podcast
        yield own if own is not None else show.explicit if show else None
