"""What we publish: one feed per category at every level, one per source, and one of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.model.article import SafeHtml, StoryId
from aggregator.model.entry import Enclosure
from aggregator.model.picture import Images
from aggregator.model.podcast import Podcast
from aggregator.model.rules import Rule
from aggregator.model.source import SourceId
from aggregator.model.story import AlsoIn, Merge


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A source as the origin of an item: what `atom:source`, RSS `<source>` and `_aggregator` are made from."""

    name: str
    url: str  # of its feed
    site: str | None  # its website
    title: str  # the feed's own title
    link: str | None  # of the article there
    updated: datetime  # of the article there
    category: tuple[str, ...] = ()  # where we file it
    podcast: Podcast | None = None  # what the feed says of itself as one


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One story as it stands in a published feed."""

    id: StoryId
    title: str  # plain text
    link: str | None
    author: str
    published: datetime  # never changes
    updated: datetime  # changes only with the content; never before `published`
    first_seen: datetime
    summary: str  # plain text
    body: SafeHtml
    image: str  # head image, '' where there is none
    thumbnail: str
    tags: tuple[str, ...]  # the publisher's categories
    categories: tuple[str, ...]  # ours, as keys: "技术/安全"
    enclosures: tuple[Enclosure, ...]
    language: str | None
    comments_url: str | None
    outlet: Outlet  # whose copy is shown
    also_in: tuple[Outlet, ...]  # the others that tell the same story


@dataclass(frozen=True, slots=True)
class Ruled:
    """Sources with the same rules."""

    rules: tuple[Rule, ...]
    sources: tuple[SourceId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A feed that we publish, by name; its documents are `feeds/<slug>.<format>` under the base URL."""

    slug: str  # "金融", "金融/新浪财经", "all"; percent-encoded in URLs only
    title: str
    sources: tuple[SourceId, ...]  # whose stories it holds
    language: str | None = None
    path: tuple[str, ...] = ()  # the category path; () for `all`
    source: SourceId | None = None  # set if it is the feed of this one source
    merge: Merge = "text"
    prefer: tuple[SourceId, ...] = ()  # whose copy of a story is shown, the best first
    also_in: AlsoIn = "body"
    images: Images = "original"  # of every article in it, wherever that came from
    podcast: Podcast = Podcast()  # what its owner says of it as one
    private: bool = False  # not everybody may read it: it is in no public file, and no hub hears of it
    guests: tuple[SourceId, ...] = ()  # other sources: what a rule tags with this category stands here as well
    ruled: tuple[Ruled, ...] = ()  # which rules hold for which of all these
    hour: str | None = None  # to which ages are counted, in ISO 8601; None where no rule asks for an age

    @property
    def scope(self) -> tuple[SourceId, ...]:
        """All sources that may tell a story in it."""
        return (*self.sources, *self.guests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed ready to be rendered: the same value always gives the same bytes."""

    id: str  # urn:uuid, made from the slug; permanent
    slug: str
    title: str
    subtitle: str
    base_url: str  # ends in "/"; self links are base_url + "feeds/" + quoted slug + "." + format
    language: str | None
    updated: datetime  # of the newest change in it; never "now"
    items: tuple[Item, ...]  # in the order in which they are published
    place: str = ""  # of a document that is no file: what follows the base URL in its self link
    part: str | None = None  # an archive document: "tech/_archive/7", as `slug`; None: the feed's own document
    older: str | None = None  # the archive document before this one, likewise
    podcast: Podcast | None = None  # all that podcast apps ask of a channel; None: not all of it can be said
    hub: str | None = None  # the WebSub hub that tells of changes
