"""The commands that edit the configuration: add, remove, move, rename."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from aggregator.cli.complete import categories, sources
from aggregator.cli.group import Context, speaks
from aggregator.cli.machine import answer, json_option
from aggregator.config.secret import labelled
from aggregator.config.values import is_one_line
from aggregator.model.errors import AggregatorError

if TYPE_CHECKING:
    from aggregator.config.edit import Draft, Followed
    from aggregator.jobs.discover import Found

dry_run = click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
yes_option = click.option("-y", "--yes", is_flag=True, help="Ask nothing: the best feed, and no question at the end.")


@dataclass(slots=True)
class _Told:
    """What a command did: said at once, or at the end as one object."""

    as_json: bool
    changes: list[dict[str, object]] = field(default_factory=list)

    def tell(self, line: str, **facts: object) -> None:
        """One change: a line for people, its facts for programs."""
        self.changes.append(facts)
        if not self.as_json:
            click.echo(_seen(line))


@click.command()
@click.argument("urls", metavar="URL…", nargs=-1, required=True)
@click.option(
    "--category",
    shell_complete=categories,
    help="Where to put it; one that is not there is made. On a terminal, it is asked for.",
)
@click.option("--name", help="What people see, instead of the feed's own title.")
@click.option("--offline", is_flag=True, help="Write the address as it is, without asking the site.")
@yes_option
@dry_run
@json_option
@click.pass_obj
@speaks
def add(
    context: Context,
    urls: tuple[str, ...],
    category: str | None,
    name: str | None,
    offline: bool,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Follow a site: find the feed behind an address, and write it into the configuration.

    The file keeps its comments, its order and its quotes; a running daemon takes the change over by itself.

    \b
    aggregator add https://example.org/blog --category tech
    aggregator add @user@mastodon.example r/python https://github.com/python/cpython
    """
    if name and len(urls) > 1:
        raise click.UsageError("--name is for one address; give the others a name with `aggregator rename`")
    from aggregator.config.edit import NewSource

    draft, told = _draft(context), _Told(as_json)
    asks = sys.stdin.isatty() and sys.stdout.isatty() and not yes and not as_json
    if category is None and not asks:
        category = _only_category(draft)
    for typed, found in _found(draft, urls, offline, asks, told):
        url = found.url if found else typed
        _refuse_twin(draft, url)
        chosen = category or _ask_category(draft)
        title = name or (found.title if found and draft.names_sources(chosen) else None)
        title = _fitting_name(draft, chosen, title, given=name is not None)
        draft.add(chosen, NewSource(url=url, name=title))
        told.tell(f"{title or url} → {chosen}", action="added", name=title, url=url, category=chosen)
    _finish(draft, told, dry_run, asks)


def _draft(context: Context) -> Draft:
    """The file, to be edited; loaded late, for a shell that completes names does not wait for it."""
    from aggregator.config.edit import Draft

    return Draft(context.config, os.environ)


def _found(draft: Draft, urls: Sequence[str], offline: bool, asks: bool, told: _Told) -> list[tuple[str, Found | None]]:
    if offline:
        from aggregator.parse.discovery import address_of

        return [(address_of(url), None) for url in urls]
    from aggregator.cli.discovery import choose, look, preview

    assert draft.configuration is not None
    chosen: list[tuple[str, Found | None]] = []
    for url in urls:
        found = choose(url, look(draft.configuration, url), asks)
        if not told.as_json:
            preview(found)
        chosen.append((url, found))
    return chosen


def _only_category(draft: Draft) -> str:
    names = ["/".join(path) for path in draft.categories()]
    if len(names) == 1:
        return names[0]
    if not names:
        raise click.UsageError("there is no category yet: name a new one with --category")
    raise click.UsageError(f"say where to put it with --category: one of {', '.join(names)}, or a new one")


def _ask_category(draft: Draft) -> str:
    names = ["/".join(path) for path in draft.categories()]
    for number, each in enumerate(names, 1):
        click.echo(f"  {number:2}  {_seen(each)}")
    answer = ""
    while not answer:
        answer = str(click.prompt("category (its number, its name or a new one)")).strip()
        if answer.isdigit() and 0 < int(answer) <= len(names):
            return names[int(answer) - 1]
        known = draft.category(answer)
        if known is not None:
            return "/".join(known)
        near = draft.near(answer, names)
        if near and not click.confirm(f"there is {near}; make a new category {answer}?"):
            answer = ""
    return answer


def _refuse_twin(draft: Draft, url: str) -> None:
    twin = draft.twin(url)
    if twin is not None:
        where = f"{twin.file}:{twin.line}"
        raise AggregatorError(f"{url} is followed already: {twin.name} in {'/'.join(twin.category)} ({where})")


def _fitting_name(draft: Draft, category: str, name: str | None, *, given: bool) -> str | None:
    """A feed's title as a name that no other source of the category has; one that was asked for stays."""
    if name is None or given:
        return name
    name = " ".join("".join(each if is_one_line(each) else " " for each in name).split()).strip(". _")[:60].strip()
    path = draft.category(category)
    taken = {each.name.casefold() for each in draft.sources() if each.category == path}
    if not name or name.casefold() in taken:
        return None
    return name


@click.command()
@click.argument("sources", metavar="SOURCE…", nargs=-1, required=True, shell_complete=sources)
@dry_run
@json_option
@click.pass_obj
@speaks
def remove(context: Context, sources: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Follow sources no longer, by name, address or category/name. What they brought stays until it is too old.

    Comments that belong to a source, directly above it or on its lines, go with it.

    \b
    aggregator remove xkcd technology/LWN
    """
    draft, told = _draft(context), _Told(as_json)
    for found in _each(draft, sources):
        draft.remove(found)
        category = "/".join(found.category)
        line = f"{found.name} is removed from {category}"
        told.tell(line, action="removed", name=found.name, url=labelled(found.url), category=category)
    _finish(draft, told, dry_run, asks=False)
    if not dry_run and not _draft(context).sources():
        click.echo("nothing is followed now; the daemon keeps on as it was until a source is added", err=True)


@click.command()
@click.argument("sources", metavar="SOURCE…", nargs=-1, required=True, shell_complete=sources)
@click.argument("category", shell_complete=categories)
@dry_run
@json_option
@click.pass_obj
@speaks
def move(context: Context, sources: tuple[str, ...], category: str, dry_run: bool, as_json: bool) -> None:
    """Move sources to another CATEGORY, with their settings, comments and articles; a new one is made.

    \b
    aggregator move "Hacker News" technology
    """
    draft, told = _draft(context), _Told(as_json)
    path = draft.category(category)
    target = "/".join(path) if path else category
    for found in _each(draft, sources):
        draft.move(found, target)
        category = "/".join(found.category)
        facts = {"name": found.name, "url": labelled(found.url), "from": category, "category": target}
        told.tell(f"{found.name}: {category} → {target}", action="moved", **facts)
    _finish(draft, told, dry_run, asks=False)


@click.command()
@click.argument("old", shell_complete=sources)
@click.argument("new", shell_complete=sources)
@dry_run
@json_option
@click.pass_obj
@speaks
def rename(context: Context, old: str, new: str, dry_run: bool, as_json: bool) -> None:
    """Give a source, or a category, another name.

    The feed of a category keeps its address: a slug is written where that takes one. A source's own feed moves with it.

    \b
    aggregator rename "Hacker News" HN
    """
    draft, told = _draft(context), _Told(as_json)
    path = tuple(level.strip() for level in old.split("/"))
    named = draft.find(old)
    if path in draft.categories() and not named:
        for key, slug in draft.rename_category(path, new):
            line = f'{key}: "slug: {slug}" is written, so that its feed keeps its address'
            told.tell(line, action="slug written", category=key, slug=slug)
        told.tell(f"{old} → {new}", action="renamed category", **{"from": old}, category=new)
    else:
        if path in draft.categories():
            raise AggregatorError(f"{old} is a category and a source; name the source as {_full(named[0])}")
        [found] = _each(draft, (old,))
        draft.rename(found, new)
        line = f"{found.name} → {new}; its own feed is at feeds/…/{new} from now on"
        facts = {"from": found.name, "name": new, "url": labelled(found.url), "category": "/".join(found.category)}
        told.tell(line, action="renamed", **facts)
    _finish(draft, told, dry_run, asks=False)


def _each(draft: Draft, names: Sequence[str]) -> list[Followed]:
    """The sources that are meant; each once. Raises AggregatorError for what is none, or several."""
    chosen: dict[object, Followed] = {}
    for name in names:
        found = draft.find(name)
        if not found:
            everything = {each.name for each in draft.sources()} | {each.url for each in draft.sources()}
            near = draft.near(name, everything)
            hint = f"; did you mean {near}?" if near else "; `aggregator status` lists them"
            raise AggregatorError(f"no source is called {name}{hint}")
        if len(found) > 1:
            names_of = "\n".join(f"  {_full(each)}  {each.url}  ({each.file}:{each.line})" for each in found)
            raise AggregatorError(
                f"{name} may be one of these; name it with its category or by its address:\n{names_of}"
            )
        chosen[found[0].loc] = found[0]
    return list(chosen.values())


def _full(source: Followed) -> str:
    return f"{'/'.join(source.category)}/{source.name}"


def _finish(draft: Draft, told: _Told, dry_run: bool, asks: bool) -> None:
    draft.results()
    if told.as_json:
        if not dry_run:
            draft.save()
        answer({"changes": told.changes, "written": not dry_run, "difference": draft.difference()})
        return
    if dry_run or asks:
        click.echo(draft.difference(), nl=False)
    if dry_run or (asks and not click.confirm("write this?", default=True)):
        click.echo("nothing was written")
        return
    draft.save()


def _seen(text: str) -> str:
    """A publisher's words on a terminal: no escape sequence."""
    from aggregator.cli.rows import CONTROLS

    return text.translate(CONTROLS)
