"""The wiring: which store, which client, which clock. The only place that knows the real ones."""

from __future__ import annotations

import json
import os
import random
import secrets
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aggregator import __version__
from aggregator.compose import ALL
from aggregator.compose.archives import FOLDER as ARCHIVE
from aggregator.compose.pictures import with_pictures
from aggregator.decide.pace import Limits
from aggregator.decide.pictures import picture_url
from aggregator.fetch import Client, Fetcher
from aggregator.fetch.guard import Guard, private_kind
from aggregator.jobs import hub as hubs
from aggregator.jobs.browse import activity, stretch
from aggregator.jobs.browse import story as find_story
from aggregator.jobs.budget import theta_of
from aggregator.jobs.enrich import WORKERS, Enricher, PageLines
from aggregator.jobs.faults import publication_faults, rule_faults
from aggregator.jobs.gallery import AT_ONCE, CACHE, Gallery
from aggregator.jobs.health import health_feed
from aggregator.jobs.ledger import hub_status
from aggregator.jobs.pictures import image_secret, pictures_of
from aggregator.jobs.poll import Doors, Pacing, Polled, Poller
from aggregator.jobs.publish import (
    feed_addresses,
    feed_at,
    public_documents,
    ruled,
    rules_now,
    seen_addresses,
    settings_for,
)
from aggregator.jobs.search import Shelves, search, search_feed
from aggregator.jobs.subscribe import Lines, Subscriber
from aggregator.jobs.turns import Turns
from aggregator.jobs.visible import visible
from aggregator.jobs.visit import Fetch
from aggregator.jobs.why import Library as Known
from aggregator.jobs.why import why
from aggregator.model.access import STRANGER, Rules, Visitor
from aggregator.model.article import StoryId
from aggregator.model.browsing import Activity, Story, Stretch
from aggregator.model.enrichment import PageResult
from aggregator.model.feed import Address, Feed, Item
from aggregator.model.hub import HubStatus
from aggregator.model.life import Answer, Life
from aggregator.model.picture import Images
from aggregator.model.search import Query, Results
from aggregator.model.settings import Configuration
from aggregator.model.source import SourceId, is_local
from aggregator.model.status import SourceStatus
from aggregator.model.story import Spot
from aggregator.opening import Runtime as Runtime
from aggregator.opening import clock as clock
from aggregator.opening import conceal_what_is_protected as conceal_what_is_protected
from aggregator.opening import open_runtime as open_runtime
from aggregator.opening import open_store as open_store
from aggregator.opening import take_over as take_over
from aggregator.publish.files import read
from aggregator.render import FORMATS, preferred, render_opml
from aggregator.store import Store
from aggregator.store.cache import FileCache

if TYPE_CHECKING:
    from aggregator.web.site import Site


def make_client(configuration: Configuration) -> Fetcher:
    """The one client that everything is fetched with."""
    polling = configuration.polling
    client = Client(
        user_agent=_user_agent(configuration),
        allow_private=polling.allow_private,
        concurrency=polling.concurrency,
        per_host=polling.per_host,
        spacing=polling.spacing,
        proxy=polling.proxy,
        clock=clock,
    )
    local = [source.url for source in configuration.sources if is_local(source.url)]
    return Fetcher(client, local=local, folder=configuration.path.parent)


def _user_agent(configuration: Configuration) -> str:
    contact = configuration.polling.contact
    return f"aggregator/{__version__}" + (f" (+{contact})" if contact else "")


def make_poller(runtime: Runtime, client: Fetcher, listener: Callable[[Polled], None]) -> Poller:
    """The poller over the real network and the real clock."""
    polling = runtime.configuration.polling
    doors = Doors(
        fetch=client.fetch,
        hang_up=client.close,
        clock=clock,
        chance=random.random,
        holder=_holder(),
        listener=listener,
    )
    pacing = Pacing(limits=Limits(min=polling.min, max=polling.max), theta=theta_of(runtime.store, polling.budget))
    return Poller(
        runtime.store,
        runtime.sources,
        pacing,
        doors,
        concurrency=polling.concurrency,
        per_host=polling.per_host,
    )


def make_enricher(
    runtime: Runtime, turns: Turns, listener: Callable[[PageResult], None] = lambda result: None
) -> Enricher | None:
    """The enricher over the real network; None where no source wants full text."""
    if not any(source.full_text for source in runtime.sources.values()):
        return None
    client = make_page_client(runtime.configuration, WORKERS)
    lines = PageLines(
        fetch=client.fetch,
        hang_up=client.close,
        clock=clock,
        chance=random.random,
        holder=_holder(),
        listener=listener,
    )
    return Enricher(runtime.store, runtime.sources, turns, lines)


def make_page_client(configuration: Configuration, concurrency: int, per_host: int = 1) -> Client:
    """A client for addresses that stand in articles: anybody's. Of what is private it may ask only hosts that the owner
    follows a feed of; `polling.allow_private` opens the others for feeds, and not for what feeds point at."""
    polling = configuration.polling
    return Client(
        user_agent=_user_agent(configuration),
        allow_private=followed_private(configuration),
        concurrency=concurrency,
        per_host=per_host,
        spacing=polling.spacing,
        proxy=polling.proxy,
        clock=clock,
    )


def followed_private(configuration: Configuration) -> tuple[str, ...]:
    """Those of the private addresses that may be polled which a configured source names, each as host:port."""
    guard = Guard(configuration.polling.allow_private)
    found: dict[str, None] = {}
    for source in configuration.sources:
        parts = urlsplit(source.url)
        host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
        if host and parts.scheme in ("http", "https"):
            pair = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            # A public name must not become a way in by being pointed at a private address later.
            if pair in configuration.polling.allow_private or _is_open_address(guard, host, port):
                found[pair] = None
    return tuple(found)


def _is_open_address(guard: Guard, host: str, port: int) -> bool:
    return private_kind(host) not in (None, "unreadable") and guard.refusal_of_literal(host, port) is None


def make_subscriber(runtime: Runtime, post: Fetch, poller: Poller) -> Subscriber | None:
    """The subscriber over the real network; None, and nothing is subscribed, where no hub could reach us."""
    base = runtime.configuration.server.public_url
    if base is None:
        runtime.store.poll_subscribed_by(clock(), "no longer pushed: `server.public_url` is not set")
        runtime.store.forget_subscriptions()
        return None
    lines = Lines(
        post=post,
        clock=clock,
        chance=random.random,
        make_secret=lambda: secrets.token_urlsafe(32),
        desk=poller.at_desk,
    )
    return Subscriber(runtime.store, runtime.sources, lines, base=base, settle=runtime.configuration.polling.min)


def make_site(runtime: Runtime) -> Site | None:
    """The static site, as a stranger may see it; None where none is wanted."""
    configuration, store = runtime.configuration, runtime.store
    publish = configuration.publish
    if publish.site is None:
        return None
    from aggregator.web.site import Memory, Place, Site  # templates, which most programs need not load

    first = next((category.language for category in configuration.categories), None) or ""
    place = Place(
        folder=publish.site,
        feeds=publish.folder,
        base_url=publish.base_url,
        formats=publish.formats,
        language=publish.site_language or ("zh" if first.lower().startswith("zh") else "en"),
        most=publish.limit,
    )
    fact = f"files of the site in {publish.site}"
    memory = Memory(
        recall=lambda: json.loads(store.recall(fact) or "[]"),
        remember=lambda names: store.remember(fact, json.dumps(names, ensure_ascii=False)),
    )
    return Site(StoreLibrary(runtime), place, memory)


def make_hub(runtime: Runtime) -> hubs.OwnHub | hubs.Herald | None:
    """Who tells subscribers what is new, over the real network; None where no hub is announced."""
    publish = runtime.configuration.publish
    if publish.hub is None:
        return None
    wires = _hub_wires(runtime)
    kind = hubs.OwnHub if publish.hub.is_ours else hubs.Herald
    return kind(runtime.store, publish.hub, wires, publish.folder, publish.base_url)


def _hub_wires(runtime: Runtime) -> hubs.Wires:
    polling = runtime.configuration.polling
    client = Client(
        user_agent=_user_agent(runtime.configuration),
        allow_private=polling.allow_private,
        concurrency=hubs.AT_ONCE,
        per_host=hubs.AT_ONCE,  # it has lanes of its own
        max_redirects=0,  # of a delivery: the subscriber has said where it goes
        proxy=polling.proxy,
        clock=clock,
    )
    return hubs.Wires(
        fetch=client.fetch,
        hang_up=client.close,
        clock=clock,
        chance=random.random,
        make_challenge=lambda: secrets.token_urlsafe(32),
        documents=lambda: public_documents(runtime.store, runtime.configuration),
    )


def announce_once(runtime: Runtime) -> None:
    """Tell a hub elsewhere what changed. Our own tells nobody before the daemon runs: it is there that it listens."""
    hub = make_hub(runtime)
    if hub is not None:
        if isinstance(hub, hubs.Herald):
            hub.finish()
        hub.stop()


OTHERS = timedelta(minutes=1)
"""For which `once` waits for visits of other processes; longer than a visit takes that is good for anything."""


def poll_once(runtime: Runtime, due_by: datetime, listener: Callable[[Polled], None]) -> None:
    """Visit every source that is due by then, and wait until all is recorded. Raises what went wrong on our side."""
    poller = make_poller(runtime, make_client(runtime.configuration), listener)
    try:
        poller.start_due(due_by)
        poller.wait()
    finally:
        poller.stop()
    _wait_for_others(runtime.store)


def _wait_for_others(store: Store) -> None:
    """Which stories are one is judged from all that has come: what another process visits just now belongs to it."""
    began = clock()
    visits = store.leases(began)
    while visits := visits & store.leases(clock()):
        if clock() - began > OTHERS:
            return
        threading.Event().wait(0.05)


def write_site(runtime: Runtime, watch: Callable[[], None] = lambda: None) -> int:
    """Bring the static site up to date, if one is wanted; how many of its files changed. `watch` is told of each file
    that was looked at."""
    site = make_site(runtime)
    return site.write(watch).written if site is not None else 0


@dataclass(frozen=True, slots=True)
class ImageProxy:
    """Publishers' pictures under our own address."""

    gallery: Gallery
    url_of: Callable[[str, str], str | None]
    close: Callable[[], None]


def make_image_proxy(runtime: Runtime) -> ImageProxy | None:
    """The pictures that we pass on; None where that is not wanted."""
    configuration = runtime.configuration
    wanted = {configuration.publish.images, *(category.images for category in configuration.categories)}
    if "proxy" not in wanted:
        return None
    client = make_page_client(configuration, AT_ONCE, per_host=4)
    folder = configuration.storage.database.parent / "images"
    url_of = partial(picture_url, image_secret(runtime.store))
    return ImageProxy(Gallery(client.fetch, FileCache(folder, CACHE), clock), url_of, client.close)


def enrich_once(runtime: Runtime, listener: Callable[[PageResult], None]) -> None:
    """Fetch every page that is due now. Raises what went wrong on our side."""
    enricher = make_enricher(runtime, Turns(runtime.configuration.polling.per_host), listener)
    if enricher is None:
        return
    try:
        enricher.finish()
    finally:
        enricher.stop()


def shelves(store: Store, configuration: Configuration, sources: Sequence[SourceId] | None = None) -> Shelves:
    """Where a search looks: in all that the feed of everything may hold, or in these sources."""
    publish = configuration.publish
    statuses = store.status()
    found = tuple(source.id for source in statuses) if sources is None else tuple(sources)
    named = Address(slug=ALL, title="", sources=found, merge=publish.merge)
    [everything] = ruled(configuration, statuses, [named])
    return Shelves(scope=everything, categories=configuration.categories, base_url=publish.base_url)


ACTIVITY_KEPT = timedelta(minutes=5)
"""It counts every article of three months: a quarter of a second for 120,000 of them."""


class StoreLibrary:
    """`web.library.Library` over the store, with what somebody may see; a stranger, unless it is said who."""

    def __init__(self, runtime: Runtime, visitor: Visitor = STRANGER) -> None:
        self._store = runtime.store
        self._configuration = runtime.configuration
        self._sources = runtime.sources
        self._visitor = visitor
        self._activity: tuple[datetime, Mapping[SourceId, Activity]] | None = None

    def _rules(self) -> Rules:
        return rules_now(self._store, self._configuration)

    def _hidden(self) -> frozenset[SourceId]:
        rules = self._rules()
        return frozenset(one.id for one in self._store.status() if not rules.sees(self._visitor, one.category))

    def _shelves(self) -> Shelves:
        return shelves(self._store, self._configuration, [source.id for source in self.sources()])

    def title(self) -> str:
        """What the whole collection is called."""
        return "aggregator"

    def addresses(self) -> Sequence[Address]:
        """Every feed that the visitor may read, each with those of its sources that they may."""
        return seen_addresses(self._store, self._configuration, self._visitor)

    def latest(self, slug: str, limit: int) -> Sequence[Item]:
        """The newest stories of one feed."""
        base_url = self._configuration.publish.base_url
        for address in self.addresses():
            if address.slug == slug:
                feed = feed_at(self._store, address, self._store.outlets(), limit=limit, base_url=base_url)
                return with_pictures(feed, pictures_of(self._store, address.images, "")).items
        return ()

    def stretch(self, address: Address, behind: Spot | None, limit: int, up: str) -> Stretch:
        """Some of the stories of a feed."""
        return stretch(self._store, address, behind, limit, pictures_of(self._store, address.images, up))

    def story(self, story: StoryId, up: str) -> Story | None:
        """One story, among all that may be shown."""
        scope, store = self._shelves().scope, visible(self._store, self._hidden())
        found = find_story(store, story, scope, None)
        if found is None or (images := self._images_of(found.item)) == "original":
            return found
        return find_story(store, story, scope, pictures_of(self._store, images, up))

    def _images_of(self, item: Item) -> Images:
        """What becomes of the pictures of a story that stands in several feeds: what gives away least."""
        categories = self._configuration.categories
        ways = {one.images for one in categories if "/".join(one.path) in item.categories}
        return max(ways | {self._configuration.publish.images}, key=("original", "proxy", "none").index)

    def activity(self) -> Mapping[SourceId, Activity]:
        """When each source posted, of late."""
        hidden, now = self._hidden(), clock()
        if self._activity is None or now - self._activity[0] > ACTIVITY_KEPT:
            self._activity = now, activity(self._store, now)
        _, found = self._activity
        return {source: active for source, active in found.items() if source not in hidden}

    def sources(self) -> Sequence[SourceStatus]:
        """Every source that the visitor may see, as the store knows it."""
        rules = self._rules()
        return [source for source in self._store.status() if rules.sees(self._visitor, source.category)]

    def notices(self) -> Sequence[str]:
        """Rules that take too long."""
        faults = rule_faults(self._store)
        if faults and self._rules().protect_something:
            return ("a rule takes too long; `aggregator status` and the log say which",)  # it may be of what is hidden
        return faults

    def hub(self) -> HubStatus | None:
        """How telling others is going."""
        return hub_status(self._store, self._configuration.publish.hub)

    def problem(self) -> str | None:
        """Why a feed could not be replaced. A store that cannot be read raises, and the caller tells of that."""
        fault = next(iter(publication_faults(self._store)), None)
        if fault is None or not self._rules().protect_something:
            return fault
        return "a document was not replaced; `aggregator status` and the log say which"  # it may be one that is hidden

    def why(self, asked: str) -> Answer:
        """The life of an article, or what is near to what was asked for."""
        hidden = self._hidden()
        answer = why(Known(visible(self._store, hidden), self._configuration, self._sources), asked)
        if not hidden or not isinstance(answer, Life):
            return answer
        slugs = {address.slug for address in self.addresses()}
        standings = tuple(standing for standing in answer.standings if standing.slug in slugs)
        rulings = tuple(ruling for ruling in answer.rulings if ruling.did != "tagged" or set(ruling.tags) <= slugs)
        # The notes of corrections, and tags, may tell of what is hidden.
        return replace(answer, standings=standings, corrections=(), rulings=rulings)

    def search(self, query: Query, limit: int, offset: int) -> Results:
        """Some of the stories that were found, the best first."""
        return search(self._store, query, self._shelves(), clock(), limit=limit, offset=offset)

    def search_feed(self, query: Query) -> Feed:
        """The newest that was found."""
        publish = self._configuration.publish
        feed = search_feed(self._store, query, self._shelves(), limit=publish.limit)
        return with_pictures(feed, pictures_of(self._store, publish.images, publish.base_url))

    def health(self) -> Feed:
        """What happened to the sources that the visitor may see, and to the program."""
        publish = self._configuration.publish
        return health_feed(self._store, self._hidden(), publish.base_url, publish.limit)

    def opml(self) -> bytes:
        """The list of our feeds, for a reader to import."""
        publish = self._configuration.publish
        return render_opml(self.title(), publish.base_url, self.addresses(), preferred(publish.formats))

    def document(self, name: str) -> bytes | None:
        """The document of this name, such as "feeds/news.atom", as the visitor may read it; None if they may not, or
        there is none. Where they see more of a feed than its file shows, it is made for them."""
        slug, _, form = name.removeprefix("feeds/").rpartition(".")
        publish = self._configuration.publish
        if form not in publish.formats or not name.startswith("feeds/"):
            return None
        seen = {address.slug: address for address in self.addresses()}
        feed, _, part = slug.rpartition(f"/{ARCHIVE}/")
        address = seen.get(feed if part and feed else slug)
        if address is None:
            return None
        if not feed and address.sources != self._published(address.slug):
            return self._made(address, form)
        return read(settings_for(address, publish).folder, name)

    def _published(self, slug: str) -> tuple[SourceId, ...]:
        """The sources that the files of a feed show."""
        found = feed_addresses(self._store, self._configuration)
        return next((address.sources for address in found if address.slug == slug), ())

    def _made(self, address: Address, form: str) -> bytes:
        publish = self._configuration.publish
        outlets = self._store.outlets()
        feed = feed_at(self._store, address, outlets, limit=publish.limit, base_url=publish.base_url)
        pictures = pictures_of(self._store, address.images, publish.base_url)
        return FORMATS[form].render(with_pictures(feed, pictures))


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
