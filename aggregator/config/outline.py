"""What must differ from each other: sources, names, the addresses of feeds.

The outline is drawn from the plain data, and leaves out what it cannot read: these checks say what they have to say
about a file that is wrong in other places, too.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from yaml.nodes import Node

from aggregator.config.document import Document
from aggregator.config.include import Loc, position
from aggregator.config.secret import without_places
from aggregator.config.values import UnfitError, check_source, slug_problem
from aggregator.model.errors import Problem
from aggregator.model.source import CategoryPath, is_local, shown_url


@dataclass(slots=True)
class SourceOutline:
    """A source as far as it can be told from the others."""

    loc: Loc
    url: str
    written: str  # the URL with its secrets as ${NAME}
    name: str
    given: bool  # whether the name stands in the file
    repeats: bool = False  # another one follows the same URL


@dataclass(slots=True)
class CategoryOutline:
    """A category, by its place in the file; one that only its children name has none of its own."""

    path: CategoryPath
    slug: str
    loc: Loc | None
    named_at: Loc  # the key that names it
    sources: list[SourceOutline] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """Every category, parents before children, in the order of the file; and what is wrong with them."""

    categories: dict[CategoryPath, CategoryOutline] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def draw_outline(document: Document) -> Outline:
    """Name everything, and find what is there twice."""
    outline = sketch_outline(document)
    outline.problems += _check_sources(document, outline)
    outline.problems += _check_commands(document, outline)
    outline.problems += _check_addresses(document, outline)
    outline.problems += _check_tokens(document)
    return outline


def sketch_outline(document: Document) -> Outline:
    """Name everything, and compare nothing: for whoever only wants to know what is called how."""
    outline = Outline()
    declared = dict(_declared(document, outline))
    for path, key in declared.items():
        _add_levels(outline, declared, path, key, document)
    _name_sources(document, outline)
    return outline


# ------------------------------------------------------------------------------------------------ categories


def _declared(document: Document, outline: Outline) -> Iterator[tuple[CategoryPath, str]]:
    """The categories with a key of their own."""
    seen: dict[CategoryPath, Loc] = {}
    for key in _mapping(_mapping(document.data).get("categories")):
        loc: Loc = ("categories", key)
        path = tuple(level.strip() for level in key.split("/"))
        if not all(path):
            message = f'{key}: is not the name of a category; write a name on both sides of each "/"'
            outline.problems.append(document.problem_at(loc, message, key=True))
        elif path in seen:
            where = position(document.key(seen[path]), document.key(loc))
            message = f"{key}: names the same category as {where}; put both into one"
            outline.problems.append(document.problem_at(loc, message, key=True))
        else:
            seen[path] = loc
            yield path, key


def _add_levels(
    outline: Outline, declared: dict[CategoryPath, str], path: CategoryPath, key: str, document: Document
) -> None:
    """Add a category after all the levels above it, whether these have a key of their own or not."""
    for depth in range(1, len(path) + 1):
        level = path[:depth]
        if level not in outline.categories:
            own = declared.get(level)
            loc: Loc | None = ("categories", own) if own is not None else None
            slug = _slug(outline, document, level, loc)
            named_at = loc or ("categories", key)
            outline.categories[level] = CategoryOutline(path=level, slug=slug, loc=loc, named_at=named_at)


def _slug(outline: Outline, document: Document, path: CategoryPath, loc: Loc | None) -> str:
    given = _text(_value(document, loc).get("slug")) if loc else None
    own = given or path[-1]
    if "/" in own or len(path) == 1:
        return own
    return f"{outline.categories[path[:-1]].slug}/{own}"


# ------------------------------------------------------------------------------------------------ sources


def _name_sources(document: Document, outline: Outline) -> None:
    for category in outline.categories.values():
        if category.loc is None:
            continue
        drafts = list(_drafts(document, category.loc))
        taken = {folded(draft.name) for draft in drafts if draft.given}
        for draft in drafts:
            if not draft.given:
                draft.name = _name_from(draft, taken)
                taken.add(folded(draft.name))
        category.sources = drafts


def _drafts(document: Document, category: Loc) -> Iterator[SourceOutline]:
    sources = _value(document, category).get("sources")
    for at, value in enumerate(sources if isinstance(sources, list) else ()):
        url = _text(value) or _text(_mapping(value).get("url"))
        name = _text(_mapping(value).get("name"))
        if url is not None and _is_url(url):
            loc: Loc = (*category, "sources", at)
            written = document.unexpanded.get(loc) or document.unexpanded.get((*loc, "url")) or url
            yield SourceOutline(loc, url, written.strip(), name or "", given=name is not None)


def _name_from(source: SourceOutline, taken: set[str]) -> str:
    """The host; with a hint from the path where the category has that name already.

    The first one keeps the bare host: a source that is added later must not rename, and so move, the feed of another.
    """
    if is_local(source.url):
        return _name_of_local(source, taken)
    host = (urlsplit(source.url).hostname or "").removeprefix("www.")
    if folded(host) not in taken:
        return host
    _, _, path = without_places(source.written).partition("://")[2].partition("/")  # no secret in a name
    hint = "-".join(re.findall(r"[\w.+~%]+", path)).strip(".")
    return f"{host} {hint}".strip()[:60]


def _name_of_local(source: SourceOutline, taken: set[str]) -> str:
    """The file or the program; numbered where the category has that name already."""
    name = unquote(shown_url(source.written).partition(":")[2])[:60].strip()
    names = (name, *(f"{name} {number}" for number in range(2, len(taken) + 3)))
    return next(each for each in names if folded(each) not in taken)


def _check_commands(document: Document, outline: Outline) -> Iterator[Problem]:
    """A list of sources from somebody else must not bring programs with it: that takes a word in another place."""
    if _mapping(_mapping(document.data).get("polling")).get("allow_exec") is True:
        return
    for category in outline.categories.values():
        for source in category.sources:
            if source.url.startswith("exec:"):
                message = 'url: runs a command, which is off; write "allow_exec: true" under "polling:" to allow it'
                yield document.problem_at((*source.loc, "url"), message)


def _check_sources(document: Document, outline: Outline) -> Iterator[Problem]:
    seen: dict[str, Loc] = {}
    for category in outline.categories.values():
        for source in category.sources:
            loc: Loc = (*source.loc, "url")
            first = seen.setdefault(canonical(source.url), loc)
            if first != loc:
                source.repeats = True
                second, through = _second_place(document, loc, first)
                where = position(document.node(first), second)
                message = f"url: is followed twice; the first is at {where}{through}; keep one of them"
                yield document.tree.problem(second, message, loc)


def _second_place(document: Document, loc: Loc, first: Loc) -> tuple[Node, str]:
    """Where the second of two values stands. What an alias repeats stands once: then, where it is brought to."""
    if document.node(loc) is not document.node(first):
        return document.node(loc), ""
    depth = next(at for at in range(len(loc), 0, -1) if document.key(loc[:at]) is not document.key(first[:at]))
    return document.key(loc[:depth]), ", and an alias (*name) brings it here as well"


def canonical(url: str) -> str:
    """One text for all ways to write a URL that ask for the same document (RFC 3986, 6.2).

    With and without TLS, a slash at the end, or what only tells where a reader came from, is the same.
    """
    if is_local(url):
        return unquote(url).replace("file://localhost/", "file:/").replace("file:///", "file:/")
    parts = urlsplit(url)
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    path = posixpath.normpath(f"/{_spelt(parts.path).strip('/')}")
    query = "&".join(each for each in _spelt(parts.query).split("&") if not each.lower().startswith("utm_"))
    return f"//{_host(parts.hostname or '')}{port}{path}?{query}"


def _host(name: str) -> str:
    """In the letters of DNS."""
    bare = name.rstrip(".")
    try:
        return bare if bare.isascii() else bare.encode("idna").decode("ascii")
    except UnicodeError:
        return bare


def _spelt(text: str) -> str:
    """Percent-encoded where that is needed, and nowhere else."""
    if text.isascii() and "%" not in text:
        return text
    whole = quote(text, safe="/~!$&'()*+,;=:@?%[]")
    return re.sub(r"%[0-9A-Fa-f]{2}", lambda code: _kept(code[0]), whole)


def _kept(code: str) -> str:
    letter = unquote(code)
    return letter if re.fullmatch(r"[A-Za-z0-9._~-]", letter) else code.upper()


# ------------------------------------------------------------------------------------------------ subscribers


def _check_tokens(document: Document) -> Iterator[Problem]:
    """A token tells who somebody is. One person has the same in several places; two never share one."""
    seen: dict[str, Loc] = {}
    for loc, token in _tokens(document):
        first = seen.setdefault(token, loc)
        if first[-1] != loc[-1]:
            where = position(document.node(first), document.node(loc))
            message = (
                f"{loc[-1]}: has the same token as {first[-1]}, at {where}; give each subscriber one of their own "
                f"(`aggregator token {loc[-1]}` makes one)"
            )
            yield document.problem_at(loc, message)


def _tokens(document: Document) -> Iterator[tuple[Loc, str]]:
    sections: list[Loc] = [("server",)]
    sections += [("categories", key) for key in _mapping(_mapping(document.data).get("categories"))]
    for section in sections:
        loc: Loc = (*section, "access", "tokens")
        for name, value in _value(document, loc).items():
            if (token := _text(value)) is not None:
                yield (*loc, name), token


# ------------------------------------------------------------------------------------------------ addresses


@dataclass(frozen=True, slots=True)
class _Address:
    slug: str
    loc: Loc
    is_key: bool  # it is named by the key at `loc`, not by the value there
    unfit: tuple[str, str] | None  # what is wrong with it, and what to write


def _check_addresses(document: Document, outline: Outline) -> Iterator[Problem]:
    seen: dict[str, _Address] = {}
    for address in _addresses(document, outline):
        if address.unfit:
            message = f'"{address.slug}" as the address of a feed is {address.unfit[0]}; write {address.unfit[1]}'
            yield document.problem_at(address.loc, message, key=address.is_key)
            continue
        first = seen.setdefault(folded(address.slug), address)
        if first is not address:
            second, through = _node(document, address), ""
            if second is _node(document, first):
                second, through = _second_place(document, address.loc, first.loc)
            place = f"{position(_node(document, first), second)}, too{through}"
            message = f'the address "{address.slug}" is that of the feed at {place}; give one of them another name'
            yield document.tree.problem(second, message, address.loc)


def _node(document: Document, address: _Address) -> Node:
    return document.key(address.loc) if address.is_key else document.node(address.loc)


def _addresses(document: Document, outline: Outline) -> Iterator[_Address]:
    categories = outline.categories.values()
    for category in categories:
        given = (*category.loc, "slug") if category.loc else ()
        problem = slug_problem(category.slug)
        if given and document.has(given):
            if not problem:  # or else it was complained about as a value
                yield _Address(category.slug, given, is_key=False, unfit=None)
        else:
            yield _Address(category.slug, category.named_at, is_key=True, unfit=problem)
    for category in categories:
        for source in category.sources:
            if not source.repeats:
                yield _source_address(category, source)


def _source_address(category: CategoryOutline, source: SourceOutline) -> _Address:
    # As `compose.addresses` makes it: a slash in a name would open a level of its own.
    slug = f"{category.slug}/{source.name.replace('/', '／')}"
    unfit = None if slug_problem(category.slug) else slug_problem(slug)  # or else it is the category's problem
    return _Address(slug, (*source.loc, "name"), is_key=False, unfit=unfit)


def folded(name: str) -> str:
    """Names that some file systems take for the same are the same."""
    return unicodedata.normalize("NFC", name).casefold()


# ------------------------------------------------------------------------------------------------ plain data


def _value(document: Document, loc: Loc) -> dict[str, object]:
    value: object = document.data
    for part in loc:
        value = _mapping(value).get(str(part))
    return _mapping(value)


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _is_url(text: str) -> bool:
    try:
        check_source(text)
    except UnfitError:
        return False
    return True
