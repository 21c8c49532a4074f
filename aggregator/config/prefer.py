"""`prefer:` — whose copy of a story is shown: sources by name, by address or by host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from urllib.parse import urlsplit

from aggregator.config.document import Document
from aggregator.config.include import Loc
from aggregator.config.outline import Outline, SourceOutline
from aggregator.model.errors import Problem
from aggregator.model.source import CategoryPath, SourceId, source_id


def preferred(names: Iterable[str], outline: Outline, path: CategoryPath) -> tuple[SourceId, ...]:
    """The sources in and below this category that are meant, each once, in this order."""
    sources = list(_below(outline, path))
    found = (source_id(source.written) for name in names for source in _meant(name, sources))
    return tuple(dict.fromkeys(found))


def check_preferences(document: Document, outline: Outline) -> Iterator[Problem]:
    """Names that no source has."""
    yield from _check(document, outline, ("publish",), ())
    for category in outline.categories.values():
        if category.loc is not None:
            yield from _check(document, outline, category.loc, category.path)


def _check(document: Document, outline: Outline, loc: Loc, path: CategoryPath) -> Iterator[Problem]:
    names: object = document.data
    for part in (*loc, "prefer"):
        names = names.get(part) if isinstance(names, dict) else None
    if not isinstance(names, list):
        return
    sources = list(_below(outline, path))
    where = "/".join(path) or "any category"
    for at, name in enumerate(names):
        if isinstance(name, str) and name.strip() and not _meant(name, sources):
            near = _nearest(name, sources)
            hint = f"did you mean {near}?" if near else "write the name, the address or the host of a source"
            message = f"prefer: {name.strip()} is no source of {where}; {hint}"
            yield document.problem_at((*loc, "prefer", at), message, suggestion=near)


def _below(outline: Outline, path: CategoryPath) -> Iterator[SourceOutline]:
    for category in outline.categories.values():
        if category.path[: len(path)] == path:
            yield from category.sources


def _meant(name: str, sources: Iterable[SourceOutline]) -> list[SourceOutline]:
    wanted = _folded(name)
    return [source for source in sources if wanted in _names(source)]


def _names(source: SourceOutline) -> Iterator[str]:
    yield from map(_folded, (source.name, source.url, source.written, _host(source.url)))


def _nearest(name: str, sources: Iterable[SourceOutline]) -> str | None:
    """Secrets stand in addresses, which are never suggested."""
    known = {_folded(word): word for source in sources for word in (source.name, _host(source.url)) if word}
    near = get_close_matches(_folded(name), known, n=1, cutoff=0.6)
    return known[near[0]] if near else None


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _folded(name: str) -> str:
    bare = name.strip().casefold().removeprefix("http://").removeprefix("https://")
    return bare.removeprefix("www.").removesuffix("/")
