"""The commands that run, poll and publish, and those that take posts in and give them out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from aggregator.cli.group import FAILED, FINE, Context, speaks
from aggregator.cli.later import Later
from aggregator.cli.machine import answer, json_option
from aggregator.cli.show import err, out, polled_facts, polled_table, progress
from aggregator.jobs.poll import Polled
from aggregator.jobs.posts import publish_posts
from aggregator.jobs.prune import prune
from aggregator.jobs.publish import Published, hidden_sources, publish_all, publish_changed, tidy
from aggregator.model.enrichment import PageResult, PageState
from aggregator.model.errors import AggregatorError
from aggregator.observe.log import start_logging
from aggregator.runtime import Runtime, announce_once, clock, enrich_once, open_runtime, poll_once, write_site


@click.command()
@click.pass_obj
@speaks
def run(context: Context) -> None:
    """Poll, publish and serve, until SIGTERM or Ctrl-C.

    A changed configuration is taken over as soon as it is saved, if it is right.

    \b
    aggregator run
    aggregator -c /etc/aggregator/config.yaml --log-format json run
    """
    from aggregator import daemon  # the other commands need no web server

    start_logging(context.log_format)
    daemon.run(context.configuration, context.config)


@click.command()
@click.option("--all", "everything", is_flag=True, help="Poll every source, not only those that are due.")
@json_option
@click.pass_obj
@speaks
def once(context: Context, everything: bool, as_json: bool) -> None:
    """Poll what is due, publish, and exit.

    A source that fails is shown in the table and does not change the exit code: that is 0, or 1 if we failed ourselves.

    \b
    aggregator once
    aggregator once --all --json | jq '.polls[] | select(.result == "failed")'
    """
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
    if as_json:
        pages_full = sum(result.state is PageState.FULL for result in pages)
        answer(
            {
                "polls": [polled_facts(polled) for polled in polls],
                "pages": {"visited": len(pages), "full": pages_full},
                "files_changed": published.written,
                "faults": list(published.faults),
            }
        )
        sys.exit(FAILED if published.faults else FINE)
    if polls:
        out.print(polled_table(polls))
    if pages:
        full = sum(result.state is PageState.FULL for result in pages)
        out.print(f"{len(pages)} pages of articles visited; {full} say more than their feed")
    _tell_published(published, len(polls))


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


@click.command()
@click.pass_obj
@speaks
def publish(context: Context) -> None:
    """Render every feed again from the database.

    \b
    aggregator publish
    """
    configuration = context.configuration()
    with open_runtime(configuration) as runtime:
        published = publish_all(runtime.store, configuration)
        _publish_posts(runtime)
        write_site(runtime)
    out.print(f"{published.feeds} feeds; {published.written} files changed")
    if published.faults:
        raise AggregatorError("\n".join(published.faults))


@click.group(name="import")
def import_() -> None:
    """Take articles in."""


@click.group()
def export() -> None:
    """Give articles out."""


import_.add_command(
    Later("opml", "aggregator.cli.subscriptions", "import_opml", "Follow what another program follows: its OPML file.")
)
export.add_command(
    Later("opml", "aggregator.cli.subscriptions", "export_opml", "Write the sources that are followed as OPML.")
)


@import_.command(name="posts")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.pass_obj
@speaks
def import_posts(context: Context, path: Path) -> None:
    """Read a folder of Hexo posts into the database. What is there already stays as it is.

    \b
    aggregator import posts blog/source/_posts
    """
    from aggregator.jobs import posts

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


@export.command(name="posts")
@click.argument("path", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
@speaks
def export_posts(context: Context, path: Path) -> None:
    """Write every article as a Hexo post into a folder.

    \b
    aggregator export posts blog/source/_posts
    """
    from aggregator.jobs import posts

    with open_runtime(context.configuration()) as runtime, progress("exporting", None) as bar:
        written = 0
        total = 0
        for changed in posts.export_posts(runtime.store, path):
            written += changed
            total += 1
            bar.advance(bar.task_ids[0])
    out.print(f"{total} posts in {path}; {written} files changed")
