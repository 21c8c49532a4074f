"""The daemon: poll, publish, serve, until it is told to stop.

One APScheduler job asks every second what is due; there is never one job per source. A tick only claims and hands over,
so it is always short, and a late one is run, never skipped.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from apscheduler.schedulers.background import BackgroundScheduler

from aggregator.jobs.poll import Polled, Poller
from aggregator.jobs.posts import publish_posts
from aggregator.jobs.prune import prune
from aggregator.jobs.publish import publish_all, publish_changed
from aggregator.model.errors import AggregatorError
from aggregator.model.outcome import Failed, Harvest, Unchanged, Verdict
from aggregator.model.settings import Configuration
from aggregator.observe.notify import notify
from aggregator.runtime import Runtime, StoreLibrary, clock, make_client, make_poller, open_runtime
from aggregator.web.app import create_app
from aggregator.web.server import Listening, serve

TICK = 1  # seconds
PUBLISH = 5  # seconds between looks at what changed
PRUNE = 24 * 60 * 60  # seconds

log = logging.getLogger(__name__)


def run(configuration: Configuration) -> None:
    """Until SIGTERM or Ctrl-C. Raises `AggregatorError` if it cannot start."""
    stop = threading.Event()
    with _signals(stop), open_runtime(configuration) as runtime, _web(runtime) as listening:
        poller = make_poller(runtime, make_client(configuration), tell)
        publish_all(runtime.store, configuration)
        scheduler = _scheduler(runtime, poller)
        scheduler.start()
        _say_ready(listening, configuration)
        stop.wait()
        log.info("stopping")
        notify("STOPPING=1")
        scheduler.shutdown()
        poller.stop()
        _publish(runtime)
    log.info("stopped")


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


def _scheduler(runtime: Runtime, poller: Poller) -> BackgroundScheduler:
    # APScheduler's own default is to skip in silence what is a second late.
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    now = clock()
    scheduler.add_job(_safely(lambda: poller.start_due(clock())), "interval", seconds=TICK, next_run_time=now)
    scheduler.add_job(_safely(lambda: _publish(runtime)), "interval", seconds=PUBLISH)
    keep = runtime.configuration.storage.keep
    scheduler.add_job(
        _safely(lambda: prune(runtime.store, keep, clock())), "interval", seconds=PRUNE, next_run_time=now
    )
    return scheduler


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


def _publish(runtime: Runtime) -> None:
    published = publish_changed(runtime.store, runtime.configuration)
    for fault in published.faults:
        log.error("%s", fault)
    if published.written:
        log.info("published: %d files of %d feeds changed", published.written, published.feeds)
    if (folder := runtime.configuration.publish.posts) is not None:
        publish_posts(runtime.store, folder)


@contextmanager
def _web(runtime: Runtime) -> Iterator[Listening]:
    settings = runtime.configuration
    library = StoreLibrary(runtime)
    app = create_app(
        library,
        settings.publish.folder,
        base_url=settings.publish.base_url,
        formats=settings.publish.formats,
        opml=library.opml,
        clock=clock,
    )
    try:
        with serve(app, settings.server.host, settings.server.port) as listening:
            yield listening
    except OSError as error:
        raise AggregatorError(f"{error.strerror or error} (see `server.listen` in the configuration)") from error


def _say_ready(listening: Listening, configuration: Configuration) -> None:
    log.info(
        "following %d sources; look at %s, subscribe to %sfeeds/all.atom",
        len(configuration.sources),
        listening.url,
        configuration.publish.base_url,
    )
    notify("READY=1", f"STATUS=following {len(configuration.sources)} sources")


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, lambda *_: stop.set())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
