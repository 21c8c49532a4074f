"""The configuration as the program uses it: checked, defaults folded in, paths absolute, secrets filled in.

`config/` makes one of these from the YAML; nothing else of the program ever sees the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

from aggregator.model.access import Access, Rules
from aggregator.model.errors import Problem
from aggregator.model.hub import Hub
from aggregator.model.picture import Images
from aggregator.model.podcast import Podcast
from aggregator.model.rules import Rule
from aggregator.model.source import CategoryPath, Source, SourceId
from aggregator.model.story import AlsoIn, Correction, Merge


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishSettings:
    """`publish:` — what subscribers see, and where it lies."""

    base_url: str = "http://127.0.0.1:8080/"  # ends in "/"
    folder: Path = Path("data/public")
    formats: tuple[str, ...] = ("atom", "rss", "json")
    limit: int = 100  # newest stories in a feed document
    merge: Merge = "text"  # of categories that do not say otherwise, and of the feed of all
    prefer: tuple[SourceId, ...] = ()  # whose copy of a story is shown, the best first; likewise
    also_in: AlsoIn = "body"  # likewise
    posts: Path | None = None  # a folder for Hexo posts
    hub: Hub | None = None  # who tells subscribers what is new (WebSub)
    site: Path | None = None  # a folder for the static site
    site_language: Literal["en", "zh"] | None = None  # of its pages; None: of the first category
    images: Images = "original"  # of categories that do not say otherwise, of the feed of all and of the page
    is_private: bool = False  # the folder is that of what not everybody may read

    @property
    def private(self) -> PublishSettings:
        """The same for what not everybody may read: in a folder of its own, that no web server is pointed at."""
        return replace(self, folder=self.folder.with_name(f"{self.folder.name}-private"), is_private=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """`server:` — where the daemon listens."""

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str | None = None  # ends in "/"; where hubs reach us (WebSub); None: nothing is subscribed


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageSettings:
    """`storage:` — where articles are kept, and for how long."""

    database: Path = Path("data/aggregator.db")
    keep: timedelta | None = timedelta(days=365)  # None: for ever
    keep_original: bool = True  # what articles are made from


@dataclass(frozen=True, slots=True, kw_only=True)
class PollingSettings:
    """`polling:` — how publishers are asked. What can differ by source lies folded into each `Source` as well."""

    min: timedelta = timedelta(minutes=5)
    max: timedelta = timedelta(days=1)
    concurrency: int = 32
    contact: str | None = None  # put into the User-Agent
    allow_private: tuple[str, ...] = ()  # "host:port" or CIDR
    per_host: int = 2  # connections to one host at most
    spacing: timedelta = timedelta(milliseconds=100)  # between two requests to one host
    budget: float = 24.0  # polls per source and day that learned intervals may spend on average
    proxy: str | None = None  # of every request that names none of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One category of the configuration; a nested one names its parents in `path`."""

    path: CategoryPath
    slug: str  # as in URLs and file names: "finance", "技术/安全"
    title: str
    language: str | None = None
    merge: Merge = "text"
    prefer: tuple[SourceId, ...] = ()  # whose copy of a story is shown, the best first
    also_in: AlsoIn = "body"
    images: Images = "original"
    podcast: Podcast = Podcast()  # what its owner says of it as one, the levels above folded in
    access: Access | None = None  # who may read it, the levels above folded in; None: everybody
    rules: tuple[Rule, ...] = ()  # its own; those of the levels above hold as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The whole of it. `categories` holds every level, parents before children, in the order of the file."""

    path: Path  # the file that it was read from
    publish: PublishSettings = PublishSettings()
    server: ServerSettings = ServerSettings()
    storage: StorageSettings = StorageSettings()
    polling: PollingSettings = PollingSettings()
    access: Access | None = None  # `server.access`: who may read what is in no category; None: everybody
    categories: tuple[Category, ...] = ()
    sources: tuple[Source, ...] = ()
    article_rules: tuple[Rule, ...] = ()  # of every source
    files: tuple[Path, ...] = field(default=(), compare=False)  # files and folders that it was read from: `path` first
    warnings: tuple[Problem, ...] = field(default=(), compare=False)  # what is no mistake, but may not be meant
    corrections_file: Path | None = None  # which need not exist
    corrections: tuple[Correction, ...] = ()  # in the order in which they were said

    @property
    def rules(self) -> Rules:
        """Who may read what."""
        return Rules(default=self.access, of={category.path: category.access for category in self.categories})
