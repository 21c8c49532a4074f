"""The daemon: poll, publish, serve, until it is told to stop.

One APScheduler job asks every second what is due; there is never one job per source. A tick only claims and hands over,
so it is always short, and a late one is run, never skipped.

A changed configuration (SIGHUP, or the file was saved) is read first and taken over whole: a new `Shift` begins with
it, the old one ends what it has under way. A wrong one changes nothing; the log says where it is wrong.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Literal

from apscheduler.schedulers.background import BackgroundScheduler

from aggregator.jobs.budget import retune
from aggregator.jobs.diff import compare, in_words
from aggregator.jobs.faults import publication_faults
from aggregator.jobs.health import storage_problem, tell_configuration, tell_storage
from aggregator.jobs.hub import OwnHub
from aggregator.jobs.poll import Polled, Poller
from aggregator.jobs.posts import publish_posts
from aggregator.jobs.prune import prune
from aggregator.jobs.publish import hidden_sources, publish_all, publish_changed, tidy
from aggregator.jobs.search import make_searchable
from aggregator.model.enrichment import PageResult, PageState
from aggregator.model.errors import AggregatorError, ConfigError
from aggregator.model.outcome import Failed, Harvest, Unchanged, Verdict
from aggregator.model.settings import Configuration, ServerSettings
from aggregator.model.status import SourceStatus
from aggregator.observe.memory import return_memory, share_arenas
from aggregator.observe.notify import notify, reloading
from aggregator.observe.watch import FileWatch
from aggregator.render import preferred
from aggregator.runtime import (
    Runtime,
    StoreLibrary,
    clock,
    conceal_what_is_protected,
    make_client,
    make_enricher,
    make_hub,
    make_image_proxy,
    make_poller,
    make_site,
    make_subscriber,
    open_store,
    take_over,
)
from aggregator.web.app import create_app
from aggregator.web.gate import Lobby
from aggregator.web.images import Images
from aggregator.web.server import Listening, serve
from aggregator.web.site import Site
from aggregator.web.switch import Switch

TICK = 1  # seconds
GLANCE = 0.3  # seconds between two looks at the files of the configuration; a saved one is taken over after two
SHARE = 4  # publishing rests four times as long as it took, so that many changes at once cost a fifth of the time
LATE = timedelta(seconds=5)  # without any source that answers, in the first round
LONGEST_ROUND = timedelta(minutes=1)
CARE = timedelta(minutes=1)  # between looks for feeds that somebody else deleted
PRUNE = 24 * 60 * 60  # seconds
LOOK = 60  # seconds between two looks at the disks
TOLD = 100  # changes of the configuration that are logged one by one
CATCH_UP = timedelta(milliseconds=400)  # of every second, while older articles are made searchable
RETUNE = 60 * 60  # seconds: `jobs.budget` counts in hours

Order = Literal["stop", "reload"]
Load = Callable[[], Configuration]

log = logging.getLogger(__name__)


def run(load: Load, file: Path) -> None:
    """Until SIGTERM or Ctrl-C. Raises `AggregatorError` if it cannot start; `load` reads the file."""
    share_arenas()
    watch = FileWatch(file)
    configuration = load()
    beside = _watch_beside(configuration)
    _follow(watch, configuration.files, configuration)
    _tell_warnings(configuration)
    orders: SimpleQueue[Order] = SimpleQueue()
    with _signals(orders), open_store(configuration) as store:
        shift = Shift(take_over(store, configuration))
        conceal_what_is_protected(store, configuration)
        shift.catch_up()
        door = Door(configuration.server, shift.app)
        try:
            publish_all(store, configuration)
            shift.begin()
            _say_ready(door.listening, configuration)
            while _next_order(orders, watch, beside) == "reload":
                before = configuration.corrections_file
                shift, configuration = _reload(load, shift, configuration, door, watch)
                if configuration.corrections_file != before:
                    beside = _watch_beside(configuration)
            log.info("stopping")
            notify("STOPPING=1")
            shift.stop()
        finally:
            door.close()
    log.info("stopped")


@dataclass(frozen=True, slots=True)
class Leaving:
    """Work of an earlier configuration that ends in its own time, and can be cut off."""

    thread: threading.Thread
    stop: Callable[[], None]

    def cut_off(self) -> None:
        if self.thread.is_alive():
            self.stop()
            self.thread.join(timeout=10)


class Shift:
    """The work under one configuration."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.leaving: list[Leaving] = []  # of this and earlier ones, from `retire` on
        client = make_client(runtime.configuration)
        self.poller: Poller = make_poller(runtime, client, tell)
        self._subscriber = make_subscriber(runtime, client.fetch, self.poller)
        self._enricher = make_enricher(runtime, self.poller.turns, tell_page)
        self._images = make_image_proxy(runtime)
        self._hub = make_hub(runtime)
        self.pen = threading.Lock()
        """Whoever holds it is the only one who writes feeds."""
        self._scheduler = _scheduler(runtime, self.poller, self.pen)
        if self._subscriber is not None:
            self._scheduler.add_job(_safely(self._subscriber.tend), "interval", seconds=TICK)
        if self._enricher is not None:
            self._scheduler.add_job(_safely(self._enricher.begin), "interval", seconds=TICK)
        if self._hub is not None:
            self._scheduler.add_job(_safely(self._hub.tend), "interval", seconds=TICK)
        if (site := make_site(runtime)) is not None:
            self._scheduler.add_job(_safely(lambda: _write_site(site)), "interval", seconds=TICK)

    def app(self) -> Switch:
        """The site as this configuration has it."""
        images = Images(self._images.gallery, self._images.url_of) if self._images is not None else None
        library = StoreLibrary(self.runtime)
        publish = self.runtime.configuration.publish
        return Switch(
            create_app(
                library,
                publish.folder,
                base_url=publish.base_url,
                formats=publish.formats,
                opml=library.opml,
                clock=clock,
                mailbox=self._subscriber,
                max_delivery=max((source.max_size for source in self.runtime.sources.values()), default=1),
                images=images,
                own_pictures=publish.images != "original",
                lobby=lobby_of(self.runtime.configuration),
                library_of=lambda visitor: StoreLibrary(self.runtime, visitor),
                hub=publish.hub.url if publish.hub is not None else None,
                desk=self._hub if isinstance(self._hub, OwnHub) else None,
            )
        )

    def catch_up(self) -> None:
        """The program was not running before: nobody took what hubs delivered."""
        if self._subscriber is not None:
            self._subscriber.catch_up()

    def begin(self) -> None:
        """Start to poll and publish."""
        self._scheduler.start()

    def retire(self) -> None:
        """Begin nothing more. What is under way is finished in the background."""
        self._scheduler.shutdown()
        if self._images is not None:
            self._images.close()
        if self._enricher is not None:
            self._leave(self._enricher.retire, self._enricher.stop)
        if self._subscriber is not None:
            self._subscriber.retire()
        if self._hub is not None:
            self._hub.retire()
        self._leave(self.poller.retire, self.poller.stop)

    def _leave(self, retire: Callable[[], None], stop: Callable[[], None]) -> None:
        thread = threading.Thread(target=retire, name="retired", daemon=True)
        thread.start()
        self.leaving.append(Leaving(thread, stop))

    def stop(self) -> None:
        """End at once, and publish what was recorded."""
        self._scheduler.shutdown()
        for work in self.leaving:
            work.cut_off()
        if self._images is not None:
            self._images.close()
        if self._enricher is not None:
            self._enricher.stop()
        if self._subscriber is not None:
            self._subscriber.retire()
        if self._hub is not None:
            self._hub.retire()
        self.poller.stop()
        if self._subscriber is not None:
            self._subscriber.stop()
        if self._hub is not None:
            self._hub.stop()
        _publish(self.runtime)


def lobby_of(configuration: Configuration) -> Lobby | None:
    """What the gate before the site knows; None where everybody may see all."""
    if not configuration.rules.protect_something:
        return None
    slugs = {tuple(category.slug.split("/")): category.path for category in configuration.categories}
    return Lobby(rules=configuration.rules, slugs=slugs)


class Door:
    """The web server. It stays open through a change of configuration, unless that moves it."""

    def __init__(self, settings: ServerSettings, app: Callable[[], Switch]) -> None:
        self._settings = settings
        self._switch = app()
        self._open = ExitStack()
        self.listening: Listening = self._open.enter_context(_listen(self._switch, settings))

    def move(self, settings: ServerSettings, app: Callable[[], Switch]) -> None:
        """Serve this site, there."""
        if settings != self._settings:
            moved = ExitStack()
            self.listening = moved.enter_context(_listen(self._switch, settings))
            self._open.close()
            self._open, self._settings = moved, settings
        self._switch.to(app())

    def close(self) -> None:
        """Close it; answers under way get two seconds."""
        self._open.close()


def tell_page(result: PageResult) -> None:
    """One line of log for a page that could not be had; the others are for who asks for more."""
    if result.state is PageState.GIVEN_UP:
        log.warning("the page of article %d is given up: %s", result.article_id, result.reason)
    else:
        log.debug("the page of article %d: %s %s", result.article_id, result.state, result.reason)


def tell(polled: Polled) -> None:
    """One line of log for a poll; of one that changed nothing, only for who asks for more."""
    name = polled.source.name
    match polled.result:
        case Failed(failed=failed):
            log.warning("%s: %s: %s", name, failed.failure, failed.detail)
        case Unchanged():
            log.debug("%s: not modified", name)
        case Harvest(entries=entries, warnings=warnings):
            new = sum(save.verdict is Verdict.NEW for save in polled.saves)
            changed = len(polled.saves) - new
            level = logging.INFO if polled.saves else logging.DEBUG
            log.log(level, "%s: %d new, %d changed, of %d", name, new, changed, entries)
            for warning in warnings:
                log.log(level, "%s: %s", name, warning)


def _reload(
    load: Load, shift: Shift, configuration: Configuration, door: Door, watch: FileWatch
) -> tuple[Shift, Configuration]:
    """The shift under the new configuration; the old one, if the new one cannot be used."""
    with reloading():
        try:
            wanted = load()
            _follow(watch, wanted.files, wanted)
            _tell_warnings(wanted)
            if wanted.storage.database != configuration.storage.database:
                raise AggregatorError("`storage.database` was changed: that takes a restart")
            tell_configuration(shift.runtime.store, None, clock())
            if wanted == configuration:
                log.info("the configuration says what it said before: nothing changes")
                return shift, configuration
            changes = compare(shift.runtime.store, configuration, wanted)
            # From here on the old rules publish nothing: it could be what the new ones protect.
            with shift.pen:
                new = Shift(take_over(shift.runtime.store, wanted))
                conceal_what_is_protected(shift.runtime.store, wanted)
                door.move(wanted.server, new.app)
                shift.retire()
                new.leaving += [work for work in shift.leaving if work.thread.is_alive()]
        except ConfigError as error:
            first = error.problems[0]
            said = f"{len(error.problems)} mistakes, the first in {first.file.name}, line {first.line}"
            _safely(lambda: tell_configuration(shift.runtime.store, said, clock()))()
            _follow(watch, error.files or configuration.files, configuration)
            for problem in error.problems:
                log.error("%s", problem)
            log.error("the configuration is wrong; the last good one stays in force")
            return shift, configuration
        except AggregatorError as error:
            _safely(lambda: tell_configuration(shift.runtime.store, "It cannot be used", clock()))()
            log.error("%s; the last good configuration stays in force", error)
            return shift, configuration
        new.begin()
        log.info("took over the changed configuration: following %s", _sources(wanted))
        _tell_changes(in_words(changes))
        return new, wanted


def _watch_beside(configuration: Configuration) -> FileWatch:
    """People's corrections, which may come and go."""
    return FileWatch(configuration.corrections_file or configuration.path)


def _tell_warnings(configuration: Configuration) -> None:
    for warning in configuration.warnings:
        log.warning("%s", warning)


def _tell_changes(lines: Sequence[str]) -> None:
    """One line of log for each thing that the new configuration does otherwise."""
    for line in lines[:TOLD]:
        log.info("%s", line)
    if len(lines) > TOLD:
        log.info("… and %d changes more", len(lines) - TOLD)


def _follow(watch: FileWatch, files: Sequence[Path], configuration: Configuration) -> None:
    """Watch all that the configuration is read from, but for the corrections, which are watched beside it."""
    watch.follow(file for file in files if file.absolute() != configuration.corrections_file)


def _next_order(orders: SimpleQueue[Order], watch: FileWatch, beside: FileWatch) -> Order:
    """Waits for a signal, or for the configuration file to change, or the one beside it."""
    while True:
        try:
            return orders.get(timeout=GLANCE)
        except Empty:
            if watch.changed() or beside.changed() or beside.vanished():
                return "reload"


def _scheduler(runtime: Runtime, poller: Poller, pen: threading.Lock) -> BackgroundScheduler:
    # APScheduler's own default is to skip in silence what is a second late.
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    now = clock()
    scheduler.add_job(_safely(lambda: poller.start_due(clock())), "interval", seconds=TICK, next_run_time=now)
    scheduler.add_job(_safely(_publisher(runtime, pen)), "interval", seconds=TICK)
    scheduler.add_job(_safely(lambda: _retune(runtime, poller)), "interval", seconds=RETUNE)
    scheduler.add_job(_safely(lambda: _look_after_disks(runtime)), "interval", seconds=LOOK, next_run_time=now)
    scheduler.add_job(_safely(lambda: _catch_up_search(runtime)), "interval", seconds=TICK)
    scheduler.add_job(_safely(lambda: _clear(runtime)), "interval", seconds=PRUNE, next_run_time=now)
    return scheduler


def _look_after_disks(runtime: Runtime) -> None:
    """Tell of what cannot be written, and of a disk that fills up."""
    folders = (runtime.configuration.storage.database.parent, runtime.configuration.publish.folder)
    problem = storage_problem(runtime.store, folders, publication_faults(runtime.store))
    tell_storage(runtime.store, problem, clock())


def _catch_up_search(runtime: Runtime) -> None:
    """What was kept before there was a search can be found from now on: a part of it in every second."""
    end = clock() + CATCH_UP
    for _ in make_searchable(runtime.store):
        if clock() > end:
            break


def _safely(job: Callable[[], object]) -> Callable[[], None]:
    """A job that says in the log when it cannot do its work, once for each reason, and is tried again next time."""
    said: list[str] = [""]

    def attempt() -> None:
        try:
            job()
            said[0] = ""
        except AggregatorError as error:
            if str(error) != said[0]:
                log.error("%s", error)
            said[0] = str(error)

    return attempt


def _publisher(runtime: Runtime, pen: threading.Lock) -> Callable[[], None]:
    """Publishes as soon as something changed, but not all the time while everything does; and looks now and then for
    files that somebody else deleted. A fault that lasts is said once, and tried again no more often than that."""
    last_end, rest = [clock() - CARE], [timedelta(0)]  # what a new configuration changes is written at once
    said: list[tuple[str, ...]] = [()]
    first_round = FirstRound(runtime.store.status(), clock())

    def publish() -> None:
        began = clock()
        if not first_round.is_over and not first_round.is_over_now(runtime.store.status, began):
            return
        since = began - last_end[0]
        if not (since >= CARE or (since >= rest[0] and runtime.store.unpublished())) or not pen.acquire(blocking=False):
            return
        try:
            faults = _publish(runtime, said[0])
        finally:
            pen.release()
        return_memory()
        last_end[0], said[0] = clock(), faults
        rest[0] = CARE if faults else SHARE * (last_end[0] - began)

    return publish


class FirstRound:
    """The first poll of all sources of an empty database.

    Which stories are one is judged when they are published, and depends on what has come by then. So the first time
    everybody is waited for, and the same documents give the same feeds as `once` makes of them; but not for who is so
    late that nothing else comes meanwhile.
    """

    def __init__(self, sources: Sequence[SourceStatus], now: datetime) -> None:
        configured = [source for source in sources if source.configured]
        self.is_over = any(source.last_poll is not None for source in sources) or not configured
        self._began = self._last = now
        self._missing = len(configured)

    def is_over_now(self, sources: Callable[[], Sequence[SourceStatus]], now: datetime) -> bool:
        """Whether what has come may be published."""
        missing = sum(source.configured and source.last_poll is None for source in sources())
        if missing != self._missing:
            self._missing, self._last = missing, now
        self.is_over = missing == 0 or now - self._last > LATE or now - self._began > LONGEST_ROUND
        return self.is_over


def _publish(runtime: Runtime, said: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Write what changed; the faults that were met, of which those that were said before are not said again."""
    published = publish_changed(runtime.store, runtime.configuration)
    for fault in published.faults:
        if fault not in said:
            log.error("%s", fault)
    if published.written:
        log.info("published: %d files of %d feeds changed", published.written, published.feeds)
    if (folder := runtime.configuration.publish.posts) is not None:
        publish_posts(runtime.store, folder, hidden_sources(runtime.store, runtime.configuration))
    return published.faults


def _write_site(site: Site) -> None:
    built = site.tend(clock(), clock)
    if built is not None and (built.written or built.removed):
        log.info("the site: %d files of %d changed, %d removed", built.written, len(built.names), built.removed)


def _clear(runtime: Runtime) -> None:
    """Throw away what is too old to be kept."""
    prune(runtime.store, runtime.configuration.storage.keep, clock())
    tidy(runtime.store, runtime.configuration, clock())


def _retune(runtime: Runtime, poller: Poller) -> None:
    learned = sum(source.every is None for source in runtime.sources.values())
    budget = runtime.configuration.polling.budget
    poller.pay(retune(runtime.store, polls=poller.take_count(), sources=learned, budget=budget))


@contextmanager
def _listen(app: Switch, settings: ServerSettings) -> Iterator[Listening]:
    try:
        with serve(app, settings.host, settings.port) as listening:
            yield listening
    except OSError as error:
        raise AggregatorError(f"{error.strerror or error} (see `server.listen` in the configuration)") from error


def _say_ready(listening: Listening, configuration: Configuration) -> None:
    log.info(
        "following %s; look at %s, subscribe to %sfeeds/all.%s",
        _sources(configuration),
        listening.url,
        configuration.publish.base_url,
        preferred(configuration.publish.formats),
    )
    notify("READY=1", f"STATUS=following {_sources(configuration)}")


def _sources(configuration: Configuration) -> str:
    number = len(configuration.sources)
    return f"{number} source{'' if number == 1 else 's'}"


@contextmanager
def _signals(orders: SimpleQueue[Order]) -> Iterator[None]:
    meanings: dict[signal.Signals, Order] = {
        signal.SIGTERM: "stop",
        signal.SIGINT: "stop",
        signal.SIGHUP: "reload",
    }
    before = {number: signal.getsignal(number) for number in meanings}
    for number in meanings:
        signal.signal(number, lambda received, _: orders.put(meanings[signal.Signals(received)]))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
