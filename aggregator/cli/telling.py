"""What `why`, `merge`, `split` and `regroup` do once they are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from aggregator.cli.group import Context
from aggregator.cli.machine import answer
from aggregator.cli.rows import CONTROLS
from aggregator.cli.show import out, plain, progress
from aggregator.cli.words import count
from aggregator.cli.working import opened, publish_watched, published_facts, raise_faults
from aggregator.config.corrections import write_correction
from aggregator.decide.corrections import rulings_of, with_correction
from aggregator.decide.identity import telling_id
from aggregator.jobs.corrections import correct
from aggregator.jobs.regroup import Change, Regrouped, compared, judge_all, take_over
from aggregator.jobs.stories import begun_by
from aggregator.jobs.why import Library, find, why
from aggregator.model.article import StoredArticle, StoryId
from aggregator.model.errors import AggregatorError
from aggregator.model.life import Answer, Gone, Life, Several, Unknown
from aggregator.model.settings import Configuration
from aggregator.model.story import Correction
from aggregator.observe.log import start_logging
from aggregator.opening import Runtime, clock, open_copy
from aggregator.store import Store
from aggregator.web.life import Report, reasons, report


def tell_life(configuration: Configuration, words: str, *, as_json: bool) -> bool:
    """Whether there is anything to tell."""
    with opened(configuration) as runtime:
        found = why(_library(runtime), words)
    if as_json:
        answer(_as_json(found))
    else:
        show(report(found, "en"))
    return isinstance(found, Life | Gone | Several)


def show(told: Report, console: Console = out) -> None:
    """Headings and sentences; in a pipe, one line for each."""
    console.print(Text(_line(told.title), style="bold"), soft_wrap=not console.is_terminal)
    for section in told.sections:
        console.print()
        console.print(Text(section.heading, style="bold cyan"))
        for line in section.lines:
            text = Text(_line(line.text))
            if console.is_terminal:
                console.print(Padding(text, (0, 0, 0, 2)))
            else:
                console.print(Text("  ") + text, soft_wrap=True)


def _line(text: str) -> str:
    return text.translate(CONTROLS)


def _library(runtime: Runtime) -> Library:
    return Library(runtime.store, runtime.configuration, runtime.sources)


def _as_json(answer: Answer) -> dict[str, Any]:
    kinds = {Life: "article", Several: "several", Gone: "pruned", Unknown: "unknown"}
    more = {"reasons": reasons(answer, "en")} if isinstance(answer, Life) else {}
    return {"kind": kinds[type(answer)], **asdict(answer), **more}


def correct_stories(context: Context, verb: Literal["merge", "split"], one: str, two: str, *, as_json: bool) -> None:
    start_logging(context.log_format)
    configuration = context.configuration()
    file = configuration.corrections_file
    assert file is not None, "a configuration that was read names one"
    with opened(configuration) as runtime:
        pair = _named(runtime, one), _named(runtime, two)
        new = _correction(runtime.store, verb, *pair)
        kept = _kept(configuration.corrections, new)
        write_correction(file, new, kept)
        configuration = context.configuration()
        correct(runtime.store, configuration.corrections)
        replaced = [one for one in runtime.configuration.corrections if one not in configuration.corrections]
        told = _told_of(runtime, pair)
        if not as_json:
            for gone in replaced:
                out.print(f"this replaces: {gone.verb} {', '.join(gone.stories)}", soft_wrap=True)
            _tell(new, told)
        published = publish_watched(runtime, configuration)
    if as_json:
        facts = {
            "verb": verb,
            "articles": [
                {"article": each.id, "title": each.article.title, "published_id": head} for each, head in told
            ],
            "replaces": [{"verb": gone.verb, "stories": list(gone.stories)} for gone in replaced],
            "file": str(file),
        }
        answer({**facts, **published_facts(published)})
    else:
        line = f"written into {plain(str(file))}; {count(published.written, 'file')} changed"
        out.print(line, soft_wrap=True)
    raise_faults(published)


def _named(runtime: Runtime, asked: str) -> StoredArticle:
    """The one article of this name; AggregatorError, with what could be meant, if there is none or several."""
    found = find(runtime.store, asked)
    if isinstance(found, StoredArticle):
        return found
    told = report(found, "en")
    lines = [text for section in told.sections for text in (section.heading, *(line.text for line in section.lines))]
    raise AggregatorError("\n  ".join(_line(line) for line in (told.title, *lines)))


def _correction(store: Store, verb: Literal["merge", "split"], one: StoredArticle, two: StoredArticle) -> Correction:
    if one.id == two.id:
        raise AggregatorError(
            f"both are the same article, number {one.id}; `aggregator why {one.id}` lists the others of its story, "
            "which can be named by their numbers"
        )
    note = f"{clock():%Y-%m-%d}: {_name(one)} | {_name(two)}"
    if one.story != two.story:
        return Correction(verb=verb, stories=(one.story, two.story), note=note)
    if verb == "merge":
        raise AggregatorError("both have the same address, and are one story already")
    begun = begun_by(store.tellings([one.story])[one.story])
    other = one if two.id == begun.id else two
    return Correction(verb=verb, stories=(one.story, telling_id(other.story, other.source)), note=note)


def _kept(before: Sequence[Correction], new: Correction) -> tuple[Correction, ...]:
    """All that the new one does not contradict; of what holds more than two stories a part may still count."""
    candidates = with_correction(before, new)
    overruled = {one for one in rulings_of(candidates).overruled if len(one.stories) == 2}
    return tuple(one for one in candidates[:-1] if one not in overruled)


def _told_of(runtime: Runtime, pair: Sequence[StoredArticle]) -> list[tuple[StoredArticle, StoryId]]:
    """Each of them, and under which id it is published now."""
    stored = runtime.store.articles_of([each.id for each in pair])
    return [(each, runtime.store.stories_with([stored[each.id].story])[stored[each.id].story][0]) for each in pair]


def _tell(new: Correction, told: Sequence[tuple[StoredArticle, StoryId]]) -> None:
    """What became of it."""
    if new.verb == "merge":
        out.print(f"one story from now on, published under {told[0][1]}", soft_wrap=True)
        return
    for each, head in told:
        out.print(f"{plain(_name(each))}: published under {head}", soft_wrap=True)


def _name(stored: StoredArticle) -> str:
    return f"{stored.article.title} ({stored.article.link or stored.id})"


@contextmanager
def _copy_of(runtime: Runtime) -> Iterator[Store]:
    """Of the database, on the same disk, as long as the context lasts."""
    database = runtime.configuration.storage.database
    with TemporaryDirectory(dir=database.parent, prefix=".regroup-") as folder:
        with progress("copying the database (MB)", None) as bar:
            there = Path(folder) / database.name
            runtime.store.backup(there, lambda done, total: bar.at(done // 1_000_000, total // 1_000_000))
        with open_copy(Path(folder) / database.name) as copy:
            yield copy


def _judge_all(copy: Store) -> None:
    steps = judge_all(copy)
    _, total = next(steps)
    with progress("judging", total) as bar:
        for done, _ in steps:
            bar.at(done)


def _take_over(store: Store, copy: Store) -> None:
    with progress("taking over", None) as bar:
        take_over(store, copy, bar.at)


def _show_changes(store: Store, found: Regrouped, limit: int | None) -> None:
    out.print(f"{count(found.before, 'join')} before, {found.after} after", soft_wrap=True)
    for verb, changes in (("joined", found.joined), ("parted", found.parted)):
        out.print(f"{verb}: {len(changes)}")
        for change in changes[:limit]:
            out.print(f"  {plain(_told(store, change))}", soft_wrap=True)
        if limit is not None and len(changes) > limit:
            out.print(f"  … and {len(changes) - limit} more (--all shows them)")


def _told(store: Store, change: Change) -> str:
    join = change.after or change.before
    assert join is not None, "a change has one side at least"
    titles = [_title(store, story) for story in (change.story, join.head)]
    return f"{titles[0]} {'→' if change.after else '←'} {titles[1]}" + (f": {join.rule}" if change.after else "")


def _title(store: Store, story: StoryId) -> str:
    told = store.tellings([story])[story]
    return f"{told[0].article.title} ({told[0].id})" if told else story


def judge_again(context: Context, *, dry_run: bool, most: int | None, as_json: bool) -> None:
    """All stories, on a copy; so many changes are shown, or all."""
    start_logging(context.log_format)
    configuration = context.configuration()
    with opened(configuration) as runtime, _copy_of(runtime) as copy:
        _judge_all(copy)
        found = compared(runtime.store, copy)
        told = _regrouped_facts(runtime.store, found) if as_json else {}
        if not as_json:
            _show_changes(runtime.store, found, most)
        if dry_run:
            _end_dry(told)
            return
        _take_over(runtime.store, copy)
        published = publish_watched(runtime, configuration)
    if as_json:
        answer({**told, "written": True, **published_facts(published)})
    else:
        out.print(f"{count(published.written, 'file')} changed")
    raise_faults(published)


def _end_dry(told: dict[str, object]) -> None:
    if told:
        answer({**told, "written": False, "files_changed": 0, "faults": []})
    else:
        out.print("nothing was changed")


def _regrouped_facts(store: Store, found: Regrouped) -> dict[str, object]:
    def listed(changes: Sequence[Change]) -> list[dict[str, object]]:
        return [
            {
                "story": change.story,
                "title": _title(store, change.story),
                "with": join.head,
                "with_title": _title(store, join.head),
                "rule": change.after.rule if change.after else None,
            }
            for change in changes
            if (join := change.after or change.before) is not None
        ]

    return {
        "joins_before": found.before,
        "joins_after": found.after,
        "joined": listed(found.joined),
        "parted": listed(found.parted),
    }
