"""What `once`, `publish`, `import posts` and `export posts` do once they are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aggregator.cli.group import Context
from aggregator.cli.machine import answer
from aggregator.cli.show import err, out, polled_facts, polled_table, progress
from aggregator.jobs import posts
from aggregator.jobs.poll import Polled
from aggregator.jobs.posts import publish_posts
from aggregator.jobs.prune import prune
from aggregator.jobs.publish import Published, hidden_sources, publish_all, publish_changed, tidy
from aggregator.model.enrichment import PageResult, PageState
from aggregator.model.errors import AggregatorError
from aggregator.model.settings import Configuration
from aggregator.observe.log import start_logging
from aggregator.runtime import Runtime, announce_once, clock, enrich_once, open_runtime, poll_once, write_site


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
            "files_changed": done.published.written,
            "faults": list(done.published.faults),
        }
    )
    return not done.published.faults


def poll_and_tell(context: Context, everything: bool) -> bool:
    """For people; AggregatorError where we failed ourselves."""
    done = _poll(context, everything)
    if done.polls:
        out.print(polled_table(done.polls))
    if done.pages:
        out.print(f"{len(done.pages)} pages of articles visited; {done.full} say more than their feed")
    _tell_published(done.published, len(done.polls))
    return True


def _poll(context: Context, everything: bool) -> _Done:
    start_logging(context.log_format)
    configuration = context.configuration()
    with open_runtime(configuration) as runtime:
        if everything:
            runtime.store.make_due(clock())
        try:
            polls = _poll_due(runtime)
            pages = _fetch_pages(runtime)
        finally:  # a fault of ours with one source keeps nothing from subscribers that the others brought
            prune(runtime.store, configuration.storage.keep, clock())
            published = publish_changed(runtime.store, configuration)
            tidy(runtime.store, configuration, clock())
            _publish_posts(runtime)
            announce_once(runtime)
            write_site(runtime)
    return _Done(polls=polls, pages=pages, published=published)


def _poll_due(runtime: Runtime) -> list[Polled]:
    polls: list[Polled] = []
    now = clock()
    with progress("polling", runtime.store.count_due(due_by=now, now=now)) as bar:

        def listen(polled: Polled) -> None:
            polls.append(polled)
            bar.advance(bar.task_ids[0])

        poll_once(runtime, now, listen)
    return polls


def _fetch_pages(runtime: Runtime) -> list[PageResult]:
    """The pages that are due, those that an earlier run left included."""
    results: list[PageResult] = []
    with progress("fetching pages", runtime.store.count_pages(clock())) as bar:

        def listen(result: PageResult) -> None:
            results.append(result)
            bar.advance(bar.task_ids[0])

        enrich_once(runtime, listen)
    return results


def _publish_posts(runtime: Runtime) -> None:
    if (folder := runtime.configuration.publish.posts) is not None:
        publish_posts(runtime.store, folder, hidden_sources(runtime.store, runtime.configuration))


def _tell_published(published: Published, polled: int) -> None:
    out.print(f"{polled} sources polled; {published.written} files changed")
    if published.faults:
        raise AggregatorError("\n".join(published.faults))


def publish_again(configuration: Configuration) -> None:
    """Everything, from the database."""
    with open_runtime(configuration) as runtime:
        published = publish_all(runtime.store, configuration)
        _publish_posts(runtime)
        write_site(runtime)
    out.print(f"{published.feeds} feeds; {published.written} files changed")
    if published.faults:
        raise AggregatorError("\n".join(published.faults))


def take_in(context: Context, path: Path) -> None:
    """A folder of posts into the database."""
    start_logging(context.log_format)
    configuration = context.configuration()
    files = posts.post_files(path)
    done = posts.Imported()
    with open_runtime(configuration) as runtime, progress("importing", len(files)) as bar:
        for done in posts.import_posts(runtime.store, files, clock):
            bar.update(bar.task_ids[0], completed=done.files)
        publish_changed(runtime.store, configuration)
        _publish_posts(runtime)
    out.print(f"{done.files} files; {done.added} articles added")
    for problem in done.problems:
        err.print(str(problem), markup=False)
    if done.problems:
        raise AggregatorError(f"{len(done.problems)} files were skipped; the others were imported")


def give_out(configuration: Configuration, path: Path) -> None:
    """Every article as a post into a folder."""
    with open_runtime(configuration) as runtime, progress("exporting", None) as bar:
        written = 0
        total = 0
        for changed in posts.export_posts(runtime.store, path):
            written += changed
            total += 1
            bar.advance(bar.task_ids[0])
    out.print(f"{total} posts in {path}; {written} files changed")
