"""`check --online`: ask every source, and keep nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from aggregator.cli.show import progress
from aggregator.jobs.poll import Polled, visit_safely
from aggregator.model.settings import Configuration
from aggregator.model.source import Errand, Source
from aggregator.observe.log import LogFormat, start_logging
from aggregator.runtime import clock, make_client


def ask_all(configuration: Configuration, log_format: LogFormat) -> list[Polled]:
    """What each source answers, in the order of the file."""
    start_logging(log_format)
    with make_client(configuration) as client, progress("asking", len(configuration.sources)) as bar:

        def ask(source: Source) -> Polled:
            began = clock()
            result = visit_safely(Errand(source=source), client.fetch)
            bar.step()
            return Polled(source=source, result=result, saves=(), took=clock() - began, next_poll=None)

        with ThreadPoolExecutor(configuration.polling.concurrency) as pool:
            try:
                return list(pool.map(ask, configuration.sources))
            finally:
                pool.shutdown(cancel_futures=True)
