"""What `once`, `publish`, `import posts` and `export posts`, `backup` do once they are called."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from aggregator.cli.group import Context
from aggregator.cli.machine import answer
from aggregator.cli.problems import facts
from aggregator.cli.show import Bar, err, out, plain, polled_facts, polled_table, progress
from aggregator.cli.words import count
from aggregator.jobs import posts
from aggregator.jobs.poll import Polled
from aggregator.jobs.posts import publish_posts
from aggregator.jobs.prune import prune
from aggregator.jobs.publish import Published, hidden_sources, publish_all, publish_changed, tidy
from aggregator.model.enrichment import PageResult, PageState
from aggregator.model.errors import AggregatorError
from aggregator.model.settings import Configuration
from aggregator.observe.log import start_logging
from aggregator.runtime import (
    Runtime,
    announce_once,
    clock,
    enrich_once,
    open_runtime,
    open_store,
    poll_once,
    write_site,
)
from aggregator.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    polls: Sequence[Polled]
    pages: Sequence[PageResult]
    published: Published

    @property
    def full(self) -> int:
        return sum(result.state is PageState.FULL for result in self.pages)


def answer_poll(context: Context, everything: bool) -> bool:
    """For programs; whether we did not fail ourselves."""
    done = _poll(context, everything)
    answer(
        {
            "polls": [polled_facts(polled) for polled in done.polls],
            "pages": {"visited": len(done.pages), "full": done.full},
            **published_facts(done.published),
        }
    )
    return not done.published.faults


def poll_and_tell(context: Context, everything: bool) -> bool:
    """For people; AggregatorError where we failed ourselves."""
    done = _poll(context, everything)
    if done.polls:
        out.print(polled_table(done.polls))
    if done.pages:
        say = "says" if done.full == 1 else "say"
        out.print(f"{count(len(done.pages), 'page')} of articles visited; {done.full} {say} more than their feed")
    _tell_published(done.published, len(done.polls))
    return True


def _poll(context: Context, everything: bool) -> _Done:
    start_logging(context.log_format)
    configuration = context.configuration()
    with opened(configuration) as runtime:
        if everything:
            runtime.store.make_due(clock())
        try:
            polls = _poll_due(runtime)
            pages = _fetch_pages(runtime)
        finally:  # a fault of ours with one source keeps nothing from subscribers that the others brought
            prune(runtime.store, configuration.storage.keep, clock())
            published = publish_watched(runtime, configuration)
            tidy(runtime.store, configuration, clock())
            _publish_posts(runtime)
            announce_once(runtime)
            _write_site(runtime)
    return _Done(polls=polls, pages=pages, published=published)


def _poll_due(runtime: Runtime) -> list[Polled]:
    polls: list[Polled] = []
    now = clock()
    with progress("polling", runtime.store.count_due(due_by=now, now=now)) as bar:

        def listen(polled: Polled) -> None:
            polls.append(polled)
            bar.step()

        poll_once(runtime, now, listen)
    return polls


def _fetch_pages(runtime: Runtime) -> list[PageResult]:
    """The pages that are due, those that an earlier run left included."""
    results: list[PageResult] = []
    with progress("fetching pages", runtime.store.count_pages(clock())) as bar:

        def listen(result: PageResult) -> None:
            results.append(result)
            bar.step()

        enrich_once(runtime, listen)
    return results


@contextmanager
def opened(configuration: Configuration) -> Iterator[Runtime]:
    """The database, which may take a while to be brought up to date first."""
    with ExitStack() as stack:
        with progress("opening the database", None):
            runtime = stack.enter_context(open_runtime(configuration))
        yield runtime


@contextmanager
def opened_store(configuration: Configuration) -> Iterator[Store]:
    """Likewise, as it is."""
    with ExitStack() as stack:
        with progress("opening the database", None):
            store = stack.enter_context(open_store(configuration))
        yield store


def publish_watched(runtime: Runtime, configuration: Configuration) -> Published:
    """What changed."""
    with progress("publishing", None) as bar:
        return publish_changed(runtime.store, configuration, bar.at)


def _publish_posts(runtime: Runtime) -> None:
    if (folder := runtime.configuration.publish.posts) is not None:
        with progress("writing posts", None):
            publish_posts(runtime.store, folder, hidden_sources(runtime.store, runtime.configuration))


def _write_site(runtime: Runtime) -> int:
    with progress("writing the site", None) as bar:
        return write_site(runtime, bar.step)


def _tell_published(published: Published, polled: int) -> None:
    out.print(f"{count(polled, 'source')} polled; {count(published.written, 'file')} changed")
    raise_faults(published)


def raise_faults(published: Published) -> None:
    """AggregatorError where documents could not be published: one line for all that have the same reason."""
    alike: dict[str, list[str]] = {}
    for fault in published.faults:
        alike.setdefault(fault.rpartition(": ")[2], []).append(fault)
    if alike:
        lines = [f"{first}{f' ({len(more)} more likewise)' if more else ''}" for first, *more in alike.values()]
        raise AggregatorError("\n".join([*lines, "`aggregator doctor` looks at the folder, publish.folder"]))


def publish_again(configuration: Configuration, *, as_json: bool) -> None:
    """Everything, from the database."""
    with opened(configuration) as runtime:
        with progress("publishing", None) as bar:
            published = publish_all(runtime.store, configuration, bar.at)
        _publish_posts(runtime)
        site = _write_site(runtime)
    if as_json:
        answer({"feeds": published.feeds, **published_facts(published), "site_files_changed": site})
    else:
        out.print(f"{count(published.feeds, 'feed')}; {count(published.written, 'file')} changed")
    raise_faults(published)


def published_facts(published: Published) -> dict[str, object]:
    """For programs."""
    return {"files_changed": published.written, "faults": list(published.faults)}


def take_in(context: Context, path: Path, *, as_json: bool) -> None:
    """A folder of posts into the database."""
    start_logging(context.log_format)
    configuration = context.configuration()
    files = posts.post_files(path)
    done = posts.Imported()
    with opened(configuration) as runtime:
        with progress("importing", len(files)) as bar:
            for done in posts.import_posts(runtime.store, files, clock):
                bar.at(done.files)
        published = publish_watched(runtime, configuration)
        _publish_posts(runtime)
    if as_json:
        problems = [facts(problem) for problem in done.problems]
        answer({"files": done.files, "added": done.added, "problems": problems, **published_facts(published)})
    else:
        out.print(f"{count(done.files, 'file')}; {count(done.added, 'article')} added")
    for problem in done.problems:
        err.print(str(problem), markup=False)
    if done.problems:
        raise AggregatorError(f"{count(len(done.problems), 'file')} skipped; the others were imported")
    raise_faults(published)


def give_out(configuration: Configuration, path: Path, *, as_json: bool) -> None:
    """Every article as a post into a folder."""
    written = total = 0
    with opened(configuration) as runtime:
        there = sum(status.articles for status in runtime.store.status())
        with progress("exporting", there) as bar:
            for changed in posts.export_posts(runtime.store, path):
                written += changed
                total += 1
                bar.step()
    if as_json:
        answer({"folder": str(path), "posts": total, "files_changed": written})
    else:
        out.print(f"{count(total, 'post')} in {plain(str(path))}; {count(written, 'file')} changed")


def copy_to(configuration: Configuration, path: Path, *, as_json: bool) -> None:
    """The database as it is now, in one file, beside what others read and write."""
    if path.is_dir():
        path = path / f"{configuration.storage.database.stem}-{clock():%Y-%m-%d-%H%M%S}.db"
    if path.resolve() == configuration.storage.database.resolve():
        raise AggregatorError(f"{path} is the database itself; name another file")
    if not configuration.storage.database.exists():
        raise AggregatorError(
            f"there is no database yet at {configuration.storage.database}; `aggregator once` makes it"
        )
    with opened_store(configuration) as store, progress("copying (MB)", None) as bar:
        size = _copied(store, path, bar)
    if as_json:
        answer({"file": str(path), "bytes": size})
    else:
        out.print(f"{size / 1_000_000:.1f} MB in {plain(str(path))}")


def _copied(store: Store, path: Path, bar: Bar) -> int:
    """Beside its place first: what is there stays until the new one is whole. Bytes."""
    try:
        number, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    except OSError as error:
        raise AggregatorError(f"{path} cannot be written: {error.strerror}") from error
    os.close(number)
    there = Path(name)
    try:
        store.backup(there, lambda done, total: bar.at(done // 1_000_000, total // 1_000_000))
        size = there.stat().st_size
        os.replace(there, path)
    except BaseException:
        there.unlink(missing_ok=True)
        raise
    return size
