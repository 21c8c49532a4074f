"""The road from the file to the configuration.

read_document | settings.Root | draw_outline | build
"""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import quote, unquote, urlsplit

from pydantic import ValidationError

from aggregator.config import settings
from aggregator.config.corrections import read_corrections
from aggregator.config.document import Document, read_document
from aggregator.config.explain import explain
from aggregator.config.include import Loc, Read
from aggregator.config.outline import CategoryOutline, Outline, SourceOutline, draw_outline
from aggregator.config.prefer import check_preferences, preferred
from aggregator.config.rules import EVERYWHERE, Book, read_rules
from aggregator.config.secret import Taken, labelled
from aggregator.config.text import read_text
from aggregator.config.values import read_listen
from aggregator.model.access import Access
from aggregator.model.errors import ConfigError, Problem
from aggregator.model.hub import Hub
from aggregator.model.podcast import Podcast
from aggregator.model.settings import (
    Category,
    Configuration,
    PollingSettings,
    PublishSettings,
    ServerSettings,
    StorageSettings,
)
from aggregator.model.source import CategoryPath, Secrets, Source, SourceId, is_local, mask, shown_url, source_id
from aggregator.model.story import Correction

_Value = TypeVar("_Value")

_CREDENTIALS = re.compile(r"(?<=\w:)//[^/?#`@]*@")  # of a URL in a message, which goes to the log as well

TOO_SHORT = 4  # characters; what is shorter is no secret, and to mask it would garble every message


def load(path: Path, environ: Mapping[str, str], *, in_place_of: Path | None = None) -> Configuration:
    """The configuration that a file holds. Raises ConfigError with everything that is wrong with it, and no other.

    Where the file is to take the place of another one, its relative paths are relative to that.
    """
    path_there = (in_place_of or path).absolute()
    with _nothing_collected():
        return _load(path, path_there, environ, read_text, (_check_any_source,))


def load_unfinished(path: Path, environ: Mapping[str, str], read: Read = read_text) -> Configuration:
    """Likewise, of a file that need not follow anything yet."""
    with _nothing_collected():
        return _load(path, path.absolute(), environ, read, ())


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """The tree of a long file is a hundred thousand objects that all live: to look again and again which of them do
    not takes a tenth of the time. What is left at the end is collected as ever."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


_Check = Callable[[Document], list[Problem]]


def _load(
    path: Path, path_there: Path, environ: Mapping[str, str], read: Read, checks: tuple[_Check, ...]
) -> Configuration:
    document = read_document(path, environ, path_there.parent, read)
    problems = list(document.problems)
    root = settings.Root()
    try:
        root = settings.Root.model_validate(document.data)
    except ValidationError as errors:
        problems += explain(document, errors)
    outline = draw_outline(document)
    problems += outline.problems
    problems += check_preferences(document, outline)
    book = read_rules(document, outline)
    problems += book.problems
    problems += (problem for check in checks for problem in check(document))
    builder = _Builder(document, root, outline, book, environ, path_there)
    file = builder.corrections_file(_written_name(document))
    document.files = (*document.files, file)
    corrections, wrong = _corrections(file)
    told = (*_in_order(problems, document), *wrong)
    if any(problem.severity == "error" for problem in told):
        raise ConfigError(told, document.files)
    return replace(builder.configuration(told), corrections=corrections)


def _written_name(document: Document) -> str | None:
    """The file of corrections that the configuration names, also where something else is wrong with it."""
    data = document.data if isinstance(document.data, dict) else {}
    name = data.get("corrections")
    return name.strip() or None if isinstance(name, str) else None


def _corrections(file: Path) -> tuple[tuple[Correction, ...], tuple[Problem, ...]]:
    """Those of the file, and what is wrong with it."""
    try:
        return read_corrections(file), ()
    except ConfigError as error:
        return (), error.problems


def _check_any_source(document: Document) -> list[Problem]:
    """A file that follows nothing is a file that someone has not finished; one with a misspelt key is not that."""
    data = document.data if isinstance(document.data, dict) else {}
    categories = data.get("categories") or {}
    if set(data) - set(settings.Root.model_fields) or not isinstance(categories, dict):
        return []
    if any(_names_sources(category) for category in categories.values() if category):
        return []
    message = 'no sources yet: add a category below "categories:", and below it "sources:" with "- https://…" lines'
    return [document.problem_at(("categories",), message, key=True)]


def _names_sources(category: object) -> bool:
    """Or something that must have been meant to."""
    if not isinstance(category, dict):
        return True
    return bool(category.get("sources")) or bool(set(category) - set(settings.Category.model_fields))


def _in_order(problems: list[Problem], document: Document) -> tuple[Problem, ...]:
    """As they stand in the files; what two checks found alike, or an alias repeats, once. No secret stands in them."""
    files = {file: at for at, file in enumerate(document.files)}
    secrets = tuple(_forms(pair for taken in document.taken.values() for pair in taken))
    masked = (replace(each, message=_CREDENTIALS.sub("//…@", mask(each.message, secrets))) for each in problems)
    return tuple(sorted(dict.fromkeys(masked), key=lambda each: (files.get(each.file, 0), each.line, each.column)))


def _forms(taken: Iterable[Taken]) -> Iterator[Taken]:
    """Secrets as they are, and as they stand percent-encoded in a URL."""
    for value, label in taken:
        raw = os.fsencode(value.strip())
        forms = dict.fromkeys((value.strip(), quote(raw), quote(raw, safe="")))
        yield from ((form, label) for form in forms if len(form) >= TOO_SHORT)


class _Builder:
    """Folds defaults, category and source together. Everything is checked already: nothing here can fail."""

    def __init__(
        self,
        document: Document,
        root: settings.Root,
        outline: Outline,
        book: Book,
        environ: Mapping[str, str],
        path: Path,
    ) -> None:
        self.document = document
        self.root = root
        self.outline = outline
        self.book = book
        self.environ = environ
        self.home = environ.get("HOME")
        self.secrets = _secrets_by_place(document)
        self.path = path

    def configuration(self, warnings: tuple[Problem, ...]) -> Configuration:
        return Configuration(
            path=self.path,
            files=tuple(file.absolute() for file in self.document.files),
            warnings=warnings,
            publish=self._publish(),
            server=self._server(),
            storage=self._storage(),
            polling=self._polling(),
            access=_access(self.root.server.access),
            categories=tuple(map(self._category, self.outline.categories.values())),
            sources=tuple(self._sources()),
            article_rules=self.book.at(*EVERYWHERE),
            corrections_file=self.corrections_file(self.root.corrections),
        )

    def corrections_file(self, name: str | None) -> Path:
        """Where people's corrections are; it need not exist."""
        return self._absolute(name or settings.Root().corrections)

    def _publish(self) -> PublishSettings:
        publish = self.root.publish
        base_url = publish.base_url.rstrip("/") + "/"
        return PublishSettings(
            base_url=base_url,
            folder=self._absolute(publish.folder),
            formats=tuple(dict.fromkeys(publish.formats)),
            limit=publish.limit,
            merge=publish.merge,
            prefer=preferred(publish.prefer, self.outline, ()),
            also_in=publish.also_in,
            posts=self._absolute(publish.posts) if publish.posts is not None else None,
            hub=_hub(publish.hub, base_url),
            site=self._absolute(publish.site) if publish.site is not None else None,
            site_language=publish.site_language,
            images=publish.images,
        )

    def _server(self) -> ServerSettings:
        address = read_listen(self.root.server.listen)
        assert address is not None
        public = self.root.server.public_url
        public_url = public.rstrip("/") + "/" if public is not None else None
        return ServerSettings(host=address[0], port=address[1], public_url=public_url)

    def _storage(self) -> StorageSettings:
        storage = self.root.storage
        return StorageSettings(
            database=self._absolute(storage.database), keep=storage.keep, keep_original=storage.keep_original
        )

    def _polling(self) -> PollingSettings:
        polling = self.root.polling
        return PollingSettings(
            min=polling.min,
            max=polling.max,
            concurrency=polling.concurrency,
            contact=polling.contact,
            allow_private=tuple(polling.allow_private),
            per_host=polling.per_host,
            spacing=polling.spacing,
            budget=polling.budget,
            proxy=_proxy(polling.proxy) or None,
        )

    def _absolute(self, text: str) -> Path:
        """Relative paths are relative to the config file, so that it does not matter where the program is started."""
        if self.home and (text == "~" or text.startswith("~/")):
            text = self.home + text[1:]
        return self.path.parent / text

    # -------------------------------------------------------------------------------- categories and sources

    def _lineage(self, path: CategoryPath) -> list[settings.Defaults]:
        """The settings of a category and of the levels above it, the nearest first; the defaults last."""
        levels = (self.outline.categories[path[:depth]] for depth in range(len(path), 0, -1))
        return [*(self.root.categories[str(level.loc[1])] for level in levels if level.loc), self.root.defaults]

    def _category(self, outline: CategoryOutline) -> Category:
        own = self.root.categories[str(outline.loc[1])] if outline.loc else settings.Category()
        lineage = self._lineage(outline.path)
        guards = [level.access for level in lineage if isinstance(level, settings.Category)]
        return Category(
            path=outline.path,
            slug=outline.slug,
            title=own.title or outline.path[-1],
            language=_nearest(None, *(level.language for level in lineage)),
            merge=_nearest(self.root.publish.merge, *(level.merge for level in lineage)),
            prefer=self._preferred(outline.path),
            also_in=_nearest(self.root.publish.also_in, *(level.also_in for level in lineage)),
            images=_nearest(self.root.publish.images, *(level.images for level in lineage)),
            podcast=_podcast([one.podcast for one in lineage if isinstance(one, settings.Category) and one.podcast]),
            access=_access(next((one for one in guards if one is not None), self.root.server.access)),
            rules=self.book.at((*outline.loc, "rules")) if outline.loc else (),
        )

    def _preferred(self, path: CategoryPath) -> tuple[SourceId, ...]:
        """The nearest list counts as a whole; one of a level above may name sources beside this category."""
        for depth in range(len(path), 0, -1):
            level = self.outline.categories[path[:depth]]
            names = self.root.categories[str(level.loc[1])].prefer if level.loc else None
            if names is not None:
                return preferred(names, self.outline, level.path)
        return preferred(self.root.publish.prefer, self.outline, ())

    def _sources(self) -> Iterator[Source]:
        for outline in self.outline.categories.values():
            if outline.loc:
                levels = self._lineage(outline.path)
                own = self.root.categories[str(outline.loc[1])].sources
                for draft, source in zip(outline.sources, own, strict=True):
                    if _nearest(True, source.enabled, *(level.enabled for level in levels)):
                        yield self._source(outline.path, draft, source, levels)

    def _source(
        self, path: CategoryPath, draft: SourceOutline, source: settings.Source, levels: list[settings.Defaults]
    ) -> Source:
        polling = self.root.polling
        every = _nearest(polling.every, source.every, *(level.every for level in levels))
        return Source(
            id=source_id(draft.written),  # with ${NAME} as it stands: a new token must not make a new source of it
            url=self._url(source.url),
            public_url=_public_url(draft.written, source.url),
            secrets=self._secrets(draft.loc, path),
            name=draft.name,
            category=path,
            rules=self.book.at((*draft.loc, "rules")),
            language=_nearest(None, source.language, *(level.language for level in levels)),
            every=_interval(every),
            timeout=_nearest(polling.timeout, source.timeout, *(level.timeout for level in levels)),
            max_size=_nearest(polling.max_size, source.max_size, *(level.max_size for level in levels)),
            headers=_joined_headers([*(level.headers for level in reversed(levels)), source.headers]),
            remove=tuple(_nearest([], source.remove, *(level.remove for level in levels))),
            keep=tuple(_nearest([], source.keep, *(level.keep for level in levels))),
            clean=_nearest("full", source.clean, *(level.clean for level in levels)),
            keep_original=self.root.storage.keep_original,
            full_text=_nearest(False, source.full_text, *(level.full_text for level in levels)),
            content=next(filter(None, (source.content, *(level.content for level in levels))), None),
            max_new=_nearest(self.root.publish.max_new, source.max_new, *(level.max_new for level in levels)),
            time_zone=_nearest("UTC", source.time_zone, *(level.time_zone for level in levels)),
            rate_limit=_nearest(polling.rate_limit, source.rate_limit, *(level.rate_limit for level in levels)),
            user_agent=next(filter(None, (source.user_agent, *(level.user_agent for level in levels))), None),
            proxy=_proxy(next(filter(None, (source.proxy, *(level.proxy for level in levels), polling.proxy)), None)),
        )

    def _url(self, url: str) -> str:
        """A file by its whole path, so that it does not matter where the program is started."""
        if not url.startswith("file:"):
            return url
        path = url.removeprefix("file:").removeprefix("//localhost").removeprefix("//")
        return "file://" + quote(os.fsencode(self._absolute(unquote(path))))

    def _secrets(self, source: Loc, path: CategoryPath) -> Secrets:
        """Of the source, of the categories above it, of `defaults` and of `polling`."""
        levels = (self.outline.categories[path[:depth]].loc for depth in range(1, len(path) + 1))
        places = (source, *filter(None, levels), ("defaults",), ("polling",))
        return tuple(dict.fromkeys(pair for place in places for pair in self.secrets.get(place, ())))


def _public_url(written: str, url: str) -> str:
    """As it stands in the file; where all of it is a secret, what can be said without it."""
    written = labelled(written)
    if is_local(url):
        return shown_url(written if is_local(written) else url)
    if re.match(r"https?://[^$]", shown := shown_url(written), re.IGNORECASE):
        return shown
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}/"


def _secrets_by_place(document: Document) -> dict[Loc, list[Taken]]:
    """What each source, category and section has from the environment and from files."""
    found: dict[Loc, list[Taken]] = {}
    for loc, taken in document.taken.items():
        place = loc[: 4 if loc[2:3] == ("sources",) else 2 if loc[0] == "categories" else 1]
        found.setdefault(place, []).extend(_forms(taken))
    return found


def _access(given: settings.Access | None) -> Access | None:
    if given is None or given.open:
        return None
    return Access(tokens=tuple(given.tokens.items()), users=tuple(given.users.items()))


def _hub(given: str | None, base_url: str) -> Hub | None:
    if given is None:
        return None
    return Hub(url=f"{base_url}hub", is_ours=True) if given == "own" else Hub(url=given)


def _proxy(given: str | None) -> str | None:
    """`none` is no proxy, even where there is one for all others."""
    return "" if given == "none" else given


def _nearest(default: _Value, *given: _Value | None) -> _Value:
    return next((value for value in given if value is not None), default)


def _podcast(levels: list[settings.Podcast]) -> Podcast:
    """What is said of a podcast, each by the nearest level that says it; an owner is one, name and address."""
    owner = next((level.owner for level in levels if level.owner), None)
    categories = next((level.category for level in levels if level.category), [])
    return Podcast(
        author=next((level.author for level in levels if level.author), None),
        owner_name=owner.name if owner else None,
        owner_email=owner.email.strip() if owner else None,
        categories=tuple(dict.fromkeys(found for name in categories if (found := settings.itunes_category(name)))),
        explicit=next((level.explicit for level in levels if level.explicit is not None), None),
        image=next((level.image.strip() for level in levels if level.image), None),
    )


def _interval(every: timedelta | Literal["auto"]) -> timedelta | None:
    return None if every == "auto" else every


def _joined_headers(given: list[dict[str, str] | None]) -> tuple[tuple[str, str], ...]:
    """The nearest one wins for each header; names are compared as HTTP does."""
    joined: dict[str, tuple[str, str]] = {}
    for headers in given:
        for name, value in (headers or {}).items():
            joined[name.lower()] = (name, value)
    return tuple(joined.values())
