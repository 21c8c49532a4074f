"""What `refine` and `try` do once they are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click

from aggregator import __version__
from aggregator.cli.group import Context
from aggregator.cli.machine import answer
from aggregator.cli.show import out, plain, progress
from aggregator.cli.trial import page, show, trial_facts
from aggregator.cli.words import count
from aggregator.cli.working import opened, publish_watched, published_facts, raise_faults
from aggregator.config.replace import write_file
from aggregator.jobs.again import Again, learn_again, refine_again
from aggregator.jobs.posts import export_posts
from aggregator.jobs.trial import try_feed
from aggregator.model.entry import Ends
from aggregator.model.errors import AggregatorError
from aggregator.model.outcome import Failed
from aggregator.model.settings import Configuration
from aggregator.model.source import Source, source_id
from aggregator.observe.log import start_logging
from aggregator.runtime import Runtime, make_client, open_store


def refine_stored(context: Context, *, as_json: bool) -> None:
    """All of it, and publish what came out otherwise."""
    start_logging(context.log_format)
    configuration = context.configuration()
    with opened(configuration) as runtime:
        looked_at, rewritten = _refine_all(runtime)
        published = publish_watched(runtime, configuration)
        if rewritten:
            _write_posts(runtime)
    if as_json:
        answer({"looked_at": looked_at, "rewritten": rewritten, **published_facts(published)})
    else:
        differ = f"{rewritten} {'differs' if rewritten == 1 else 'differ'} now"
        out.print(f"{count(looked_at, 'article')} looked at; {differ}; {count(published.written, 'file')} changed")
    raise_faults(published)


def _refine_all(runtime: Runtime) -> tuple[int, int]:
    done = Again()
    with progress("learning what recurs", None):
        learn_again(runtime.store, runtime.sources)
    steps: Iterator[Again] = refine_again(runtime.store, runtime.sources, __version__)
    first = next(steps)
    with progress("refining", first.remaining) as bar:
        for done in chain((first,), steps):
            bar.at(done.looked_at)
    return done.looked_at, done.rewritten


def _write_posts(runtime: Runtime) -> None:
    """All of them: nothing counts as changed, so nothing else would write these again."""
    if (folder := runtime.configuration.publish.posts) is not None:
        with progress("writing posts", None) as bar:
            for _ in export_posts(runtime.store, folder):
                bar.step()


def try_one(context: Context, url: str, entries: int, file: Path | None, *, as_json: bool) -> None:
    """One feed, shown or written to a file."""
    start_logging(context.log_format)
    configuration = _configuration(context)
    source = _source(url, configuration)
    ends = _learned(source, configuration)
    with make_client(replace(configuration, sources=(source,))) as client:
        trial = try_feed(source, client.fetch, entries, ends)
    if isinstance(trial, Failed):
        raise AggregatorError(f"{source.public_url}: {trial.failed.failure}: {trial.failed.detail}")
    if file is not None:
        try:
            write_file(file, page(trial).encode("utf-8", "replace"))
        except OSError as error:
            raise AggregatorError(f"{file} cannot be written: {error.strerror}") from error
    if as_json:
        answer({**trial_facts(trial), "page": str(file) if file else None})
    elif file is None:
        show(trial)
    else:
        out.print(f"{len(trial.entries)} of {count(trial.count, 'entry', 'entries')} in {plain(str(file))}")


def _configuration(context: Context) -> Configuration:
    """That of the file if it is there: a feed can be tried before there is any configuration."""
    if context.config.exists() or context.config != Path("config.yaml"):
        return context.configuration()
    return Configuration(path=context.config.absolute())


def _source(url: str, configuration: Configuration) -> Source:
    """The configured one of this URL or name, else one of its own with the defaults."""
    for source in configuration.sources:
        if url in (source.url, source.public_url, source.name):
            return source
    if url.startswith(("http://", "https://")):
        return Source(id=source_id(url), url=url, name=urlsplit(url).hostname or url, category=("try",))
    path = Path(unquote(urlsplit(url).path) if url.startswith("file:") else url)
    if not path.is_file():
        raise click.UsageError(f"{url!r} is neither a web address, nor a file, nor the name of a configured source")
    return Source(id=source_id(url), url=path.absolute().as_uri(), name=path.stem, category=("try",))


def _learned(source: Source, configuration: Configuration) -> Ends:
    """How its articles so far begin and end; of a source that was never polled, nothing."""
    if not configuration.storage.database.exists():
        return ()
    with open_store(configuration) as store:
        return store.ends(source.id)
