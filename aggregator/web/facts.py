"""What stands on each page: values that a template shows, made from what the library says. No requests, no HTML.

Whoever is shown less is given a library that knows less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from aggregator.compose.health import SLUG as HEALTH
from aggregator.model.article import StoryId
from aggregator.model.browsing import Activity, Listed, Story, Stretch
from aggregator.model.feed import Address, Item
from aggregator.model.hub import HubStatus
from aggregator.model.source import CategoryPath, SourceId
from aggregator.model.status import SourceStatus
from aggregator.model.story import Spot
from aggregator.web.library import Library

STORIES = 30
"""On the start page."""

LISTED = 40
"""On a page of a category; all of them can be reached by going on."""

PREVIEW = 8
"""On the page of a feed."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A category, and those that stand below it."""

    address: Address
    below: tuple[Branch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page shows around its own: whose it is, and which feeds there are."""

    title: str
    addresses: tuple[Address, ...]  # of everything and of categories, for autodiscovery
    by_source: Mapping[SourceId, Address]

    @property
    def everything(self) -> Address | None:
        """The feed of all."""
        return next((address for address in self.addresses if not address.path), None)

    def heading(self, category: CategoryPath) -> tuple[str, ...]:
        """The titles of a category, level by level."""
        titles = {address.path: address.title for address in self.addresses}
        return tuple(titles.get(category[: level + 1], name) for level, name in enumerate(category))


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The start page."""

    frame: Frame
    branches: tuple[Branch, ...]
    stories: tuple[Listed, ...]
    older: Spot | None
    sources: int
    failing: int
    articles: int


@dataclass(frozen=True, slots=True)
class Day:
    """The stories of one day (UTC)."""

    date: date
    stories: tuple[Listed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """The page of one feed: a category, a source, or everything."""

    frame: Frame
    address: Address
    above: tuple[Address, ...]  # the categories that it is in
    below: tuple[Branch, ...]
    days: tuple[Day, ...]
    behind: Spot | None  # where this page begins; None: with the newest
    older: Spot | None
    sources: tuple[SourceStatus, ...]  # that are followed for it


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """The page of one story."""

    frame: Frame
    story: Story
    feeds: tuple[Address, ...]  # that it belongs to


@dataclass(frozen=True, slots=True)
class Group:
    """The sources of one category."""

    heading: tuple[str, ...]
    address: Address | None  # of the category, if it has a feed
    sources: tuple[SourceStatus, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesPage:
    """The page of all sources."""

    frame: Frame
    groups: tuple[Group, ...]
    retired: tuple[SourceStatus, ...]  # of which only articles are left
    problem: str | None  # of the program
    notices: tuple[str, ...]  # to its owner
    hub: HubStatus | None
    activity: Mapping[SourceId, Activity]
    sources: int
    failing: int
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribing:
    """The page that a browser shows at the address of a feed."""

    frame: Frame
    address: Address
    format: str
    stories: tuple[Item, ...]

    @property
    def is_health(self) -> bool:
        """Whether it tells of the sources, and of no stories."""
        return self.address.slug == HEALTH


def frame(library: Library) -> Frame:
    """What is around every page."""
    addresses = library.addresses()
    return Frame(
        title=library.title(),
        addresses=tuple(address for address in addresses if address.source is None),
        by_source={address.source: address for address in addresses if address.source is not None},
    )


def front(library: Library) -> Front:
    """The start page."""
    around = frame(library)
    sources = library.sources()
    followed = [source for source in sources if source.configured]
    newest = library.stretch(around.everything, None, STORIES, "") if around.everything else Stretch()
    return Front(
        frame=around,
        branches=branches(around.addresses),
        stories=newest.stories,
        older=newest.older,
        sources=len(followed),
        failing=sum(source.failures > 0 for source in followed),
        articles=sum(source.articles for source in sources),
    )


def feed_page(library: Library, slug: str, behind: Spot | None, up: str) -> FeedPage | None:
    """The page of the feed of this name; None if there is none."""
    around = frame(library)
    address = address_of(around, slug)
    if address is None:
        return None
    found = library.stretch(address, behind, LISTED, up)
    followed = frozenset(address.sources)
    return FeedPage(
        frame=around,
        address=address,
        above=tuple(one for one in around.addresses if one.path and _is_above(one, address)),
        below=branches(around.addresses, address.path) if address.source is None else (),
        days=_days(found.stories),
        behind=behind,
        older=found.older,
        sources=tuple(one for one in library.sources() if one.configured and one.id in followed),
    )


def story_page(library: Library, story: StoryId, up: str) -> StoryPage | None:
    """The page of this story; None if it is not kept."""
    found = library.story(story, up)
    if found is None:
        return None
    around = frame(library)
    inside = [tuple(category.split("/")) for category in found.item.categories]
    feeds = [
        address
        for address in around.addresses
        if address.path and any(path[: len(address.path)] == address.path for path in inside)
    ]
    return StoryPage(frame=around, story=found, feeds=tuple(feeds))


def sources_page(library: Library) -> SourcesPage:
    """The page of all sources: those that are followed by category, as configured, then the others."""
    around = frame(library)
    sources = library.sources()
    followed = [source for source in sources if source.configured]
    return SourcesPage(
        frame=around,
        groups=tuple(_groups(around, followed)),
        retired=tuple(source for source in sources if not source.configured and source.articles),
        problem=library.problem(),
        notices=tuple(library.notices()),
        hub=library.hub(),
        activity=library.activity(),
        sources=len(followed),
        failing=sum(source.failures > 0 for source in followed),
        articles=sum(source.articles for source in sources),
    )


def subscribing(library: Library, slug: str, form: str, up: str) -> Subscribing | None:
    """The page at the address of a feed; None if there is none of this name."""
    around = frame(library)
    address = address_of(around, slug)
    if address is None:
        return None
    stories = library.stretch(address, None, PREVIEW, up).stories
    return Subscribing(frame=around, address=address, format=form, stories=tuple(one.item for one in stories))


def subscribing_to_health(library: Library, title: str, form: str) -> Subscribing:
    """The same page for the feed of what happened to the sources."""
    address = Address(slug=HEALTH, title=title, sources=())
    return Subscribing(frame=frame(library), address=address, format=form, stories=library.health().items[:PREVIEW])


def address_of(around: Frame, slug: str) -> Address | None:
    """The feed of this name."""
    return next((one for one in (*around.addresses, *around.by_source.values()) if one.slug == slug), None)


def branches(addresses: Iterable[Address], above: CategoryPath = ()) -> tuple[Branch, ...]:
    """The categories right below a path, each with those below it."""
    level = len(above) + 1
    here = [address for address in addresses if len(address.path) >= level and address.path[: len(above)] == above]
    return tuple(Branch(address, branches(here, address.path)) for address in here if len(address.path) == level)


def _is_above(one: Address, address: Address) -> bool:
    if address.source is not None:
        return address.slug.startswith(f"{one.slug}/")
    return one.path == address.path[: len(one.path)] and len(one.path) < len(address.path)


def _days(stories: Sequence[Listed]) -> tuple[Day, ...]:
    """By where they stand, which is the order that they come in."""
    by_day = groupby(stories, key=lambda one: one.spot.sort_at.astimezone(UTC).date())
    return tuple(Day(day, tuple(group)) for day, group in by_day)


def _groups(around: Frame, followed: Sequence[SourceStatus]) -> Iterable[Group]:
    by_path = {address.path: address for address in around.addresses if address.path}
    found: dict[CategoryPath, list[SourceStatus]] = {path: [] for path in by_path}
    for source in followed:
        found.setdefault(source.category, []).append(source)
    for category, group in found.items():
        if group:
            yield Group(around.heading(category), by_path.get(category), tuple(group))


# the place where a page begins, as it stands in its address

_CURSOR = re.compile(
    r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(-?\d{1,9})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII
)
_URN = "urn:uuid:"


def cursor(spot: Spot) -> str:
    """A place as a part of an address: what comes in later does not move it."""
    when = spot.sort_at.astimezone(UTC)
    stamp = f"{when.year:04}{when:%m%dT%H%M%SZ}"
    return f"{stamp}-{spot.position}-{bare(spot.story)}"


def spot_of(text: str) -> Spot | None:
    """The place that such a part names; None if it names none."""
    match = _CURSOR.fullmatch(text)
    if match is None:
        return None
    *numbers, position, story = match.groups()
    try:
        when = datetime(*map(int, numbers), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None
    return Spot(sort_at=when, position=int(position), story=StoryId(_URN + story))


def bare(story: StoryId) -> str:
    """The id of a story without what all of them begin with."""
    return story.removeprefix(_URN)


def story_of(text: str) -> StoryId | None:
    """The story that a part of an address names."""
    text = text.lower()
    is_one = re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text, re.ASCII)
    return StoryId(_URN + text) if is_one else None
