"""`import opml` and `export opml`: subscriptions from other programs, and for them."""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click

from aggregator.cli.edit import dry_run
from aggregator.cli.group import Context, speaks
from aggregator.cli.machine import answer, json_option
from aggregator.cli.rows import CONTROLS
from aggregator.cli.words import count
from aggregator.config.edit import Draft, NewSource
from aggregator.config.fitting import Places
from aggregator.config.outline import CategoryOutline, SourceOutline, canonical
from aggregator.config.portable import (
    CATEGORY_KEYS,
    SHARED,
    SOURCE_KEYS,
    asks_for_trust,
    asks_for_trust_in,
    of_keys,
    open_address,
    with_new_keys,
    without_secrets,
)
from aggregator.config.replace import write_file
from aggregator.config.scalars import Written
from aggregator.config.secret import has_places, labelled
from aggregator.config.values import UnfitError, check_source
from aggregator.model.errors import AggregatorError, ConfigError, Problem
from aggregator.model.exchange import Fetched, Request
from aggregator.model.source import CategoryPath
from aggregator.parse.characters import line
from aggregator.parse.discovery import address_of
from aggregator.parse.opml import Folder, Subscription, Subscriptions, read_subscriptions
from aggregator.render.subscriptions import Exported, ExportedCategory, render_subscriptions

MAX_SIZE = 20_000_000
"""Bytes of a list that are read."""

TRIES = 20
"""Rounds in which what does not fit is left out; each finds what the one before could not see."""

TRUST = "; if the list is your own, take it over with --trusted"


@dataclass(slots=True)
class _Chosen:
    """One that will be followed."""

    feed: Subscription
    url: str
    category: CategoryPath
    settings: dict[str, object]
    name: str | None = None


@dataclass(slots=True)
class _NewCategory:
    """A category with settings, that is not there yet."""

    folder: Folder
    path: CategoryPath
    settings: dict[str, object]


@dataclass(slots=True)
class _Plan:
    """What becomes of a list."""

    chosen: list[_Chosen] = field(default_factory=list)
    categories: list[_NewCategory] = field(default_factory=list)
    shared: dict[str, Any] = field(default_factory=dict)
    passed_over: list[tuple[int, str]] = field(default_factory=list)
    followed: int = 0  # of those that are passed over: is there already
    notes: list[tuple[int, str]] = field(default_factory=list)  # what is left out of those that are taken, and more

    def is_empty(self) -> bool:
        """Whether nothing would be written."""
        return not (self.chosen or self.categories or self.shared)


@click.command(name="opml")
@click.argument("path", metavar="FILE|URL|-")
@click.option("--category", help="Where to put feeds that are in no folder.  [default: imported, or the only one]")
@click.option(
    "--trusted", is_flag=True, help="The list is your own: `${…}`, proxies and commands in it are taken over as well."
)
@dry_run
@json_option
@click.pass_obj
@speaks
def import_opml(context: Context, path: str, category: str | None, trusted: bool, dry_run: bool, as_json: bool) -> None:
    """Follow what another program follows: its OPML file, newsboat's `urls`, or a list with one address a line.

    Folders become categories. What is followed already is passed over and told, and so is what is no feed's address.
    A list that `export opml` wrote brings the settings of its sources and categories as well.

    \b
    aggregator import opml freshrss.opml.xml
    aggregator import opml ~/.newsboat/urls
    aggregator import opml --trusted mine.opml
    """
    draft = Draft(context.config, os.environ)
    read = read_subscriptions(_body(path, draft))
    plan = _plan(draft, read, category, _Trust(trusted, is_here=not _is_web(path)))
    draft = _drafted(context, plan)
    for number, problem in sorted([*plan.passed_over, *plan.notes]):
        click.echo(f"{path}:{number}: {problem.translate(CONTROLS)}", err=True)
    if not read.feeds and not read.folders:
        raise AggregatorError(f"{path}: there is no feed in it")
    written = not (dry_run or plan.is_empty())
    if written:
        draft.save()
    if as_json:
        answer(_facts(plan, written, draft))
        return
    if dry_run:
        click.echo(draft.difference(), nl=False)
    _tell(plan, dry_run)


def _tell(plan: _Plan, dry_run: bool) -> None:
    added = f"{count(len(plan.chosen), 'source')} {'would be ' if dry_run else ''}added"
    passed = f"{len(plan.passed_over)} passed over"
    everything = ": nothing to do, all of them are followed already"
    click.echo(f"{added}; {passed}{everything if plan.is_empty() and plan.followed == len(plan.passed_over) else ''}")


def _facts(plan: _Plan, written: bool, draft: Draft) -> dict[str, object]:
    return {
        "added": [
            {"name": each.name, "url": labelled(each.url), "category": "/".join(each.category)} for each in plan.chosen
        ],
        "categories": ["/".join(each.path) for each in plan.categories],
        "followed": plan.followed,
        "passed_over": [{"line": number, "problem": says} for number, says in sorted(plan.passed_over)],
        "notes": [{"line": number, "says": says} for number, says in sorted(plan.notes)],
        "written": written,
        "difference": draft.difference(),
    }


def _is_web(path: str) -> bool:
    return bool(re.match(r"https?://", path))


def _body(path: str, draft: Draft) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(MAX_SIZE)
    if _is_web(path):
        from aggregator.runtime import make_client

        assert draft.configuration is not None
        with make_client(draft.configuration) as client:
            result = client.fetch(Request(url=path, max_size=MAX_SIZE))
        if isinstance(result, Fetched):
            return result.body
        raise AggregatorError(f"{path}: {getattr(result, 'detail', 'nothing was fetched')}")
    try:
        with Path(path).open("rb") as stream:
            return stream.read(MAX_SIZE)
    except OSError as error:
        raise AggregatorError(f"{path} cannot be read: {error.strerror}") from error


# ------------------------------------------------------------------------------------------------ what is taken


@dataclass(frozen=True, slots=True)
class _Trust:
    """Whose list it is."""

    given: bool  # its owner says: mine
    is_here: bool  # it lies on this machine

    def doubt(self, key: str, value: object) -> str | None:
        """Why a setting is not taken from this list."""
        return None if self.given else asks_for_trust(key, value)

    def doubt_about(self, url: str) -> str | None:
        """Likewise, of an address."""
        return None if self.given else asks_for_trust_in(url, is_ours=self.is_here)


def _plan(draft: Draft, read: Subscriptions, category: str | None, trust: _Trust) -> _Plan:
    plan = _Plan(passed_over=list(read.problems))
    places = Places(draft.outline)
    folders = _folders(draft, read, places, plan, trust)
    categories = draft.categories()
    home = category or ("/".join(categories[0]) if len(categories) == 1 else "imported")
    _choose(draft, read, places, _Homes(folders, home), plan, trust)
    if not draft.sources():
        plan.shared = _taken_shared(draft, read, plan, trust)
    elif read.shared and read.shared != _exported_shared(draft)[0]:
        plan.notes.append((1, "what all sources of the list start from is left out: others are followed here already"))
    return plan


def _folders(
    draft: Draft, read: Subscriptions, places: Places, plan: _Plan, trust: _Trust
) -> dict[CategoryPath, CategoryPath]:
    """Where each category of a list of ours is here. A category that is there already stays as it is."""
    found: dict[CategoryPath, CategoryPath] = {}
    for folder in sorted(read.folders, key=lambda each: each.place):
        slug = folder.settings.get("slug")
        path = found[folder.path] = places.exact(folder.path, slug if isinstance(slug, str) else None)
        known = draft.outline.categories.get(path)
        if known is not None and known.loc is not None:
            own = without_secrets(of_keys(_mapping_at(draft, known), CATEGORY_KEYS)).data
            if own != folder.settings:
                plan.notes.append((folder.line, f"{'/'.join(path)} is there already, and keeps its own settings"))
            continue
        settings, fresh = with_new_keys(folder.settings, lambda: secrets.token_urlsafe(24))
        kept = _trusted(settings, CATEGORY_KEYS, "/".join(path), folder.line, plan, trust)
        if path != folder.path:
            kept.pop("slug", None)
        plan.categories.append(_NewCategory(folder, path, kept))
        for name in fresh:
            plan.notes.append((folder.line, f"{'/'.join(path)}: {name} gets a new token or password; tell them"))
        _tell_without(plan, folder.line, "/".join(path), [one for one in folder.without if one[:7] != "access."])
    return found


def _mapping_at(draft: Draft, category: CategoryOutline) -> Mapping[str, object]:
    categories = draft.written.get("categories")
    assert isinstance(categories, dict)
    assert category.loc is not None
    own = categories[category.loc[1]]
    return own if isinstance(own, dict) else {}


def _trusted(
    settings: Mapping[str, object], keys: frozenset[str], what: str, number: int, plan: _Plan, trust: _Trust
) -> dict[str, object]:
    """Those settings that are known and asked for by nobody but the owner."""
    kept = {}
    for key, value in settings.items():
        doubt = "is no key here" if key not in keys else trust.doubt(key, value)
        if doubt is None:
            kept[key] = value
        else:
            hint = TRUST if key in keys else ""
            plan.notes.append((number, f"{what}: {key}: {_short(value)} is left out: it {doubt}{hint}"))
    return kept


def _short(value: object) -> str:
    return line(str(value), 80)


def _tell_without(plan: _Plan, number: int, what: str, without: list[str] | tuple[str, ...]) -> None:
    if without:
        plan.notes.append((number, f"{what}: the secret of {', '.join(without)} is not in the list; write it yourself"))


@dataclass(frozen=True, slots=True)
class _Homes:
    """Where feeds go."""

    ours: Mapping[CategoryPath, CategoryPath]
    home: str

    def of(self, feed: Subscription, places: Places) -> CategoryPath:
        """The category of a feed."""
        if (found := self.ours.get(feed.folder)) is not None:
            return found
        return places.category(feed.folder) or places.category(self.home.split("/")) or ("imported",)


def _choose(draft: Draft, read: Subscriptions, places: Places, homes: _Homes, plan: _Plan, trust: _Trust) -> None:
    """What can be followed and is not yet, each with its category, and what is wrong with the others."""
    seen = dict(_followed(draft))
    for feed in read.feeds:
        url = address_of(feed.url) if feed.url.lower().startswith("feed:") else feed.url
        if (problem := _refusal(url, draft, trust)) is not None:
            plan.passed_over.append((feed.line, f"{feed.url[:200] or 'nothing'} {problem}"))
            continue
        if (twin := seen.get(canonical(url))) is not None:
            plan.passed_over.append((feed.line, f"{feed.url} is followed already: {twin}"))
            plan.followed += 1
            continue
        category = homes.of(feed, places)
        seen[canonical(url)] = f"{feed.title or feed.url} in {'/'.join(category)}"
        settings = _trusted(feed.settings, SOURCE_KEYS, feed.url, feed.line, plan, trust)
        plan.chosen.append(_Chosen(feed, Written(url), category, settings))
        _tell_without(plan, feed.line, feed.url, feed.without)
    for each in plan.chosen:  # now that all categories are known
        if each.feed.ours and each.feed.title:
            kept = _trusted({"name": each.feed.title}, frozenset(("name",)), each.url, each.feed.line, plan, trust)
            each.name = places.exact_name(each.category, each.feed.title) if kept else None
            each.name = Written(each.name) if each.name else None
        elif each.feed.title not in (each.url, each.feed.url):
            each.name = places.name(each.category, each.feed.title)


def _followed(draft: Draft) -> Iterator[tuple[str, str]]:
    """Each address that is followed: as it is asked, as it stands in the file, and as it stands in a list."""
    for each, outline in zip(draft.sources(), draft.outlines(), strict=True):
        where = f"{each.name} in {'/'.join(each.category)}"
        for url in (open_address(outline.written), outline.written, outline.url):
            yield canonical(url), where


def _refusal(url: str, draft: Draft, trust: _Trust) -> str | None:
    """Why an address is not followed, as the end of a sentence."""
    if (doubt := trust.doubt_about(url)) is not None:
        return f"{doubt}{TRUST}"
    polling = draft.written.get("polling")
    if url.startswith("exec:") and not (isinstance(polling, dict) and polling.get("allow_exec") is True):
        return 'is a command, and commands are off here; write "allow_exec: true" under "polling:" and import again'
    if has_places(url):
        return None  # what comes out of it is looked at when the file is
    try:
        check_source(url)
    except UnfitError:
        return "is no web address"
    return None


def _shared(draft: Draft) -> dict[str, object]:
    """What all sources start from, of the sections that also say other things."""
    found: dict[str, object] = {}
    for section, keys in SHARED.items():
        own = draft.written.get(section)
        if isinstance(own, dict) and (kept := of_keys(own, keys)):
            found[section] = kept
    if rules := draft.written.get("rules"):
        found["rules"] = rules
    return found


def _taken_shared(draft: Draft, read: Subscriptions, plan: _Plan, trust: _Trust) -> dict[str, Any]:
    """What of it is taken over: where something is said here already, that stays."""
    taken: dict[str, Any] = {}
    for section, keys in SHARED.items():
        given, own = read.shared.get(section), draft.written.get(section)
        if isinstance(given, dict):
            here: Mapping[str, object] = own if isinstance(own, dict) else {}
            for key in here.keys() & given.keys():
                if here[key] != given[key]:
                    plan.notes.append(
                        (1, f"{section}.{key}: {_short(given[key])} is left out: here it is something else")
                    )
            new = {key: value for key, value in given.items() if key not in here}
            if kept := _trusted(new, keys, section, 1, plan, trust):
                taken[section] = kept
    if isinstance(rules := read.shared.get("rules"), list) and rules != draft.written.get("rules"):
        if draft.written.get("rules"):
            plan.notes.append((1, "rules: those of the list are left out: there are others here"))
        else:
            taken |= _trusted({"rules": rules}, frozenset(("rules",)), "rules", 1, plan, trust)
    return taken


# ------------------------------------------------------------------------------------------------ what is written


def _drafted(context: Context, plan: _Plan) -> Draft:
    """The configuration with all of it, but for what does not fit: that is left out, and told."""
    for _ in range(TRIES):
        draft = Draft(context.config, os.environ)
        if plan.is_empty():
            return draft
        try:
            _write(draft, plan)
            draft.results()
        except ConfigError as error:
            drafted = tuple(plan.chosen)
            left_out = [
                _leave_out(draft, plan, drafted, problem) for problem in error.problems if problem.severity == "error"
            ]
            if not all(left_out):
                raise
        else:
            return draft
    raise AggregatorError("too much of the list does not fit; nothing was written")


def _write(draft: Draft, plan: _Plan) -> None:
    for new in plan.categories:
        draft.add_category("/".join(new.path), tuple(new.settings.items()))
    for each in plan.chosen:
        source = NewSource(url=each.url, name=each.name, settings=tuple(each.settings.items()))
        draft.add("/".join(each.category), source)
    for key, value in plan.shared.items():
        draft.add_section(key, value)


def _leave_out(draft: Draft, plan: _Plan, drafted: Sequence[_Chosen], problem: Problem) -> bool:
    """What a problem is about, out of the plan; False where it is about nothing of the list."""
    match problem.path:
        case ("categories", key, "sources", int(at), *rest):
            path = _levels(str(key))
            known = draft.outline.categories.get(path)
            here = [each for each in drafted if each.category == path]
            at -= len(known.sources) if known else 0
            if not 0 <= at < len(here):
                return False
            _leave_out_of_source(plan, here[at], str(rest[0]) if rest else "url", problem)
            return True
        case ("categories", key, setting, *_):
            for new in plan.categories:
                if new.path == _levels(str(key)) and setting in new.settings:
                    value = new.settings.pop(str(setting))
                    says = f"{key}: {setting}: {_short(value)} is left out: {problem.message}"
                    plan.notes.append((new.folder.line, says))
                    return True
        case (section, *rest) if section in plan.shared:
            inside = plan.shared[section]
            if isinstance(inside, dict) and rest and rest[0] in inside:
                del inside[rest[0]]
            if not rest or not isinstance(inside, dict) or not inside:
                del plan.shared[section]
            plan.notes.append((1, f"{section} is left out: {problem.message}"))
            return True
    return False


def _levels(key: str) -> CategoryPath:
    return tuple(level.strip() for level in key.split("/"))


def _leave_out_of_source(plan: _Plan, each: _Chosen, key: str, problem: Problem) -> None:
    url = each.feed.url
    if key in each.settings:
        value = each.settings.pop(key)
        plan.notes.append((each.feed.line, f"{url}: {key}: {_short(value)} is left out: {problem.message}"))
    elif key == "name" and each.name is not None:
        plan.notes.append((each.feed.line, f"{url}: its name {each.name} is left out: {problem.message}"))
        each.name = None
    elif any(one is each for one in plan.chosen):
        plan.passed_over.append((each.feed.line, f"{url} is left out: {problem.message}"))
        plan.chosen = [one for one in plan.chosen if one is not each]


# ------------------------------------------------------------------------------------------------ export


@click.command(name="opml")
@click.argument("path", metavar="[FILE|-]", default="-")
@click.option("--with-secrets", is_flag=True, help="Passwords, tokens and keys that stand in the file go out as well.")
@json_option
@click.pass_obj
@speaks
def export_opml(context: Context, path: str, with_secrets: bool, as_json: bool) -> None:
    """Write the sources that are followed as OPML, for another program or for `import opml`.

    All that the file says of sources and categories is in it. Of a `${…}` the name goes out; a password or a token that
    stands in the file itself does not, and is told.

    \b
    aggregator export opml feeds.opml
    aggregator export opml --with-secrets backup.opml
    """
    if as_json and path == "-":
        raise click.UsageError("--json needs a FILE: standard output has room for one document")
    draft = Draft(context.config, os.environ)
    sources = [_exported(draft, *pair) for pair in zip(_categories_of_sources(draft), draft.outlines(), strict=True)]
    categories = [_exported_category(draft, category) for category in draft.outline.categories.values()]
    shared, without = _exported_shared(draft)
    if with_secrets:
        sources = [_with_secrets(draft, *pair) for pair in zip(sources, draft.outlines(), strict=True)]
        categories = [
            replace(each, settings=_written_category(draft, draft.outline.categories[each.path]), without=())
            for each in categories
        ]
        shared, without = _shared(draft), []
    document = render_subscriptions(categories, sources, shared)
    left_out = [
        *(f"{'/'.join(each.category)}/{each.name}: {key}" for each in sources for key in each.without),
        *(f"{'/'.join(each.path)}: {key}" for each in categories for key in each.without),
        *without,
    ]
    if left_out:
        click.echo(f"left out, for they are secrets: {'; '.join(left_out)} (--with-secrets writes them)", err=True)
    if path == "-":
        click.echo(document, nl=False)
        return
    try:
        write_file(Path(path), document, mode=0o600 if with_secrets else None)
    except OSError as error:
        raise AggregatorError(f"{path} cannot be written: {error.strerror}") from error
    if as_json:
        answer({"file": path, "sources": len(sources), "categories": len(categories), "left_out": left_out})
        return
    click.echo(f"{count(len(sources), 'source')} in {path}", err=True)


def _categories_of_sources(draft: Draft) -> list[CategoryPath]:
    return [each.category for each in draft.sources()]


def _written_source(draft: Draft, outline: SourceOutline) -> dict[str, object]:
    """All that the file says of a source."""
    value: Any = draft.written
    for part in outline.loc:
        value = value[part]
    return value if isinstance(value, dict) else {}


def _written_category(draft: Draft, category: CategoryOutline) -> dict[str, object] | None:
    return of_keys(_mapping_at(draft, category), CATEGORY_KEYS) if category.loc is not None else None


def _exported(draft: Draft, category: CategoryPath, outline: SourceOutline) -> Exported:
    said = _written_source(draft, outline)
    name = said.get("name")
    portable = without_secrets({**of_keys(said, SOURCE_KEYS), "url": outline.written})
    return Exported(
        url=str(portable.data.pop("url")),
        name=labelled(name.strip()) if isinstance(name, str) else outline.name,
        given=name.strip() if isinstance(name, str) else None,
        category=category,
        settings=portable.data,
        without=portable.without,
    )


def _with_secrets(draft: Draft, exported: Exported, outline: SourceOutline) -> Exported:
    settings = of_keys(_written_source(draft, outline), SOURCE_KEYS)
    return replace(exported, url=outline.written, settings=settings, without=())


def _exported_category(draft: Draft, category: CategoryOutline) -> ExportedCategory:
    written = _written_category(draft, category)
    portable = without_secrets(written) if written is not None else None
    categories = draft.written.get("categories")
    keys = list(categories) if isinstance(categories, dict) else []
    return ExportedCategory(
        path=category.path,
        settings=portable.data if portable else None,
        without=portable.without if portable else (),
        place=keys.index(category.loc[1]) if category.loc else 0,
    )


def _exported_shared(draft: Draft) -> tuple[dict[str, object], list[str]]:
    kept: dict[str, object] = {}
    without: list[str] = []
    for section, said in _shared(draft).items():
        portable = without_secrets(said) if isinstance(said, dict) else None
        kept[section] = portable.data if portable else said
        without += [f"{section}.{key}" for key in portable.without] if portable else []
    return kept, without
