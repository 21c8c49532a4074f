"""The user's own files, edited by commands: as few characters as it takes, and nothing else.

    read | find the parts | note replacements | apply | load again and compare ─► write

Nothing is written by a YAML library: comments, order, quotes, indentation and line ends stay because nobody touches
them. What comes out is read again before it replaces a file, and must mean exactly what was asked for; where somebody
writes YAML in a way that we cannot follow, they are told, and the file is as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from difflib import get_close_matches, unified_diff
from pathlib import Path
from typing import cast

from aggregator.config.document import read_document
from aggregator.config.include import Loc
from aggregator.config.layout import Layout, Listing, Part, Scalar, Table
from aggregator.config.loading import load_unfinished
from aggregator.config.outline import CategoryOutline, Outline, SourceOutline, canonical, draw_outline
from aggregator.config.replace import read_raw, replace_file
from aggregator.config.scalars import as_written, flow_text, quote_of, setting, written
from aggregator.config.text import Text, read_text
from aggregator.model.errors import AggregatorError, ConfigError
from aggregator.model.settings import Configuration
from aggregator.model.source import CategoryPath

_EMPTY = "the file is empty"
_DECORATED = re.compile(r"#+\s*$|#\s*[-=*~#─═━]{2,}|.*[-=*~#─═━]{3,}\s*$")  # the head of a section, not of one source
_COMMENTED_OUT = re.compile(r"#\s*-\s")

Settings = tuple[tuple[str, object], ...]
"""Keys and their values as JSON would hold them, every text as it is to stand in the file: `${NAME}` takes a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """What is to be followed, as it is to stand in the file."""

    url: str
    name: str | None = None
    settings: Settings = ()  # further keys

    def data(self) -> object:
        """As it stands in the file."""
        name = {"name": str(as_written(self.name))} if self.name else {}
        return {"url": str(as_written(self.url)), **name, **dict(self.settings)}


@dataclass(frozen=True, slots=True)
class _Moved:
    """A source that stood elsewhere, as text."""

    flow: str
    block: list[str]  # with its comments
    meaning: object

    def data(self) -> object:
        """As it stands in the file."""
        return self.meaning


_Newcomer = NewSource | _Moved


@dataclass(frozen=True, slots=True)
class Followed:
    """A source that the configuration follows, and where it stands."""

    name: str
    url: str
    category: CategoryPath
    file: Path
    line: int  # counted from 1
    loc: Loc = field(repr=False)


@dataclass(slots=True)
class _List:
    """One `sources:` of one file, and what is to become of it."""

    file: Path
    category: str  # the key
    key: Part | None  # of the list; None: the file is a list
    listing: Listing | None  # None: the key has no value
    first: int  # the place of its first item among all sources of the category
    removed: set[int] = field(default_factory=set)
    added: list[tuple[str, list[str] | None, object]] = field(default_factory=list)  # flow, block lines, meaning

    @property
    def items(self) -> list[Part]:
        return self.listing.items if self.listing else []


@dataclass(frozen=True, slots=True)
class _Splice:
    start: int
    end: int
    text: str


class Draft:
    """The configuration as it will be. Nothing is written before `save`."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        """Raises ConfigError where there is no file, or what is there is wrong already."""
        self.path, self.environ = path, environ
        self._raw: dict[Path, bytes] = {}
        self.texts: dict[Path, str] = {}
        self._read()
        self._new: dict[str, list[_Newcomer]] = {}
        self._settings: dict[str, Settings] = {}  # of new categories
        self._sections: dict[str, dict[str, object] | list[object]] = {}  # what is new at the top of the file
        self._keys: dict[str, str] = {}
        self._slugs: dict[str, str] = {}
        self._names: dict[Loc, str] = {}
        self._models: dict[tuple[Path, str], _Model | None] = {}
        self._splices: dict[Path, list[_Splice]] = {}

    def _read(self) -> None:
        self._empty = False
        raw = read_raw(self.path)
        try:
            self.configuration: Configuration | None = load_unfinished(self.path, self.environ)
            self.document = read_document(self.path, self.environ, self.path.absolute().parent)
        except ConfigError as error:
            if not (len(error.problems) == 1 and error.problems[0].message.startswith(_EMPTY)):
                raise
            self._empty = True
            text = read_text(self.path).content + "{}\n"
            self.configuration = load_unfinished(self.path, self.environ, lambda file: Text(file, text))
            self.document = read_document(
                self.path, self.environ, self.path.absolute().parent, lambda file: Text(file, text)
            )
        self.written = self.document.written()
        self.outline: Outline = draw_outline(self.document)
        self.layouts: dict[Path, Layout] = {}
        for file, _ in self.document.tree.parts:
            self._raw[file] = raw if file == self.path else read_raw(file)
            self.layouts[file] = Layout(read_text(file).content)
        self.lists = list(self._lists())

    # ---------------------------------------------------------------------------------------------- what is there

    def sources(self) -> list[Followed]:
        """All that are followed, those at rest included, in the order of the file."""
        found = []
        for category in self.outline.categories.values():
            for source in category.sources:
                problem = self.document.problem_at(source.loc, "")
                found.append(
                    Followed(source.name, source.written, category.path, problem.file, problem.line, source.loc)
                )
        return found

    def categories(self) -> list[CategoryPath]:
        """Every category, parents before children."""
        return list(self.outline.categories)

    def twin(self, url: str) -> Followed | None:
        """The source that follows this address already, however it is written."""
        wanted = canonical(url)
        for followed, outline in zip(self.sources(), self.outlines(), strict=True):
            if canonical(outline.url) == wanted:
                return followed
        return None

    def find(self, text: str) -> list[Followed]:
        """The sources that are called this: by name, address, or category/name."""
        everything = self.sources()
        exact = [each for each in everything if text in (each.name, each.url, f"{'/'.join(each.category)}/{each.name}")]
        if exact:
            return exact
        if re.match(r"https?://", text, re.IGNORECASE) and (twin := self.twin(text)):
            return [twin]
        folded = text.casefold()
        return [
            each for each in everything if folded in (each.name.casefold(), each.url.casefold())
            or folded == f"{'/'.join(each.category)}/{each.name}".casefold()
        ]  # fmt: skip

    def category(self, text: str) -> CategoryPath | None:
        """The category that is called this: by its key, its title or the address of its feed."""
        path = _path(text)
        if path in self.outline.categories:
            return path
        for wanted, category in self.outline.categories.items():
            if text == category.slug:
                return wanted
        return None

    def near(self, text: str, among: Iterable[str]) -> str | None:
        """What was meant, perhaps."""
        return next(iter(get_close_matches(text, list(among), n=1, cutoff=0.6)), None)

    def outlines(self) -> Iterator[SourceOutline]:
        """The same sources as `sources`, as they can be told from each other."""
        for category in self.outline.categories.values():
            yield from category.sources

    # ---------------------------------------------------------------------------------------------- what is asked for

    def add(self, category: str, source: NewSource) -> None:
        """Follow a source, as the last one of a category; a category that is not there is made."""
        path = _path(category)
        if not all(path):
            raise AggregatorError(f'{category}: is not the name of a category; write a name on both sides of each "/"')
        outline = self.outline.categories.get(path)
        key = str(outline.loc[1]) if outline and outline.loc else category.strip()
        target = next((each for each in self.lists if each.category == key), None)
        if target is None:
            self._new.setdefault(key, []).append(source)
            return
        flow, lines = self._as_item(source, target)
        target.added.append((flow, lines, source.data()))

    def add_category(self, category: str, settings: Settings) -> None:
        """Make a category that is not there yet, with settings of its own."""
        self._new.setdefault(category, [])
        self._settings[category] = settings

    def add_section(self, key: str, value: dict[str, object] | list[object]) -> None:
        """Say something at the top of the file, in a section that says nothing of the kind yet."""
        self._sections[key] = value

    def remove(self, source: Followed) -> None:
        """Follow a source no longer. The comments that belong to it go with it."""
        target, at = self._place(source)
        target.removed.add(at)

    def move(self, source: Followed, category: str) -> None:
        """Put a source, as it stands there and with its comments, at the end of another category."""
        origin, at = self._place(source)
        path = _path(category)
        outline = self.outline.categories.get(path)
        if outline and path == source.category:
            raise AggregatorError(f"{source.name} is in {'/'.join(path)} already")
        key = str(outline.loc[1]) if outline and outline.loc else category.strip()
        target = next((each for each in self.lists if each.category == key), None)
        layout, part = self.layouts[origin.file], origin.items[at]
        meaning = _at(self.written, source.loc)
        if target is None or target.listing is None or target.listing.flow:
            flow, block = flow_text(layout, part), self._lines_of(origin, at)
            if target is None:
                self._new.setdefault(key, []).append(_Moved(flow, block, meaning))
            else:
                target.added.append((flow, block, meaning))
        else:
            target.added.append(("", self._lines_of(origin, at), meaning))
        origin.removed.add(at)

    def rename(self, source: Followed, name: str) -> None:
        """Give a source another name."""
        target, at = self._place(source)
        layout, part = self.layouts[target.file], target.items[at]
        flow = bool(target.listing and target.listing.flow)
        if isinstance(part, Table) and (pair := part.find("name")) and isinstance(pair[1], Scalar):
            body = layout.body_start(pair[1])
            text = written(name, quote_of(layout.content[body:]), flow=part.flow)
            self._splice(target.file, body, pair[1].end, text)
        elif isinstance(part, Table) and part.pairs:
            key, value = part.find("url") or part.pairs[0]
            text = f"name: {written(name, flow=part.flow)}"
            if part.flow:
                self._splice(target.file, key.start, key.start, f"{text}, ")
            else:
                line = layout.last_line_of(value) + 1
                self._insert_lines(target.file, line, [" " * layout.column_of(key.start) + text])
        elif isinstance(part, Scalar):
            if flow:
                self._splice(target.file, part.start, part.start, f"{{name: {written(name, flow=True)}, url: ")
                self._splice(target.file, part.end, part.end, "}")
            else:
                pad = layout.eol + " " * layout.column_of(part.start)
                self._splice(target.file, part.start, part.start, f"name: {written(name)}{pad}url: ")
        else:
            raise self._by_hand(source, "it stands there under another's name (*)")
        self._names[source.loc] = name

    def rename_category(self, path: CategoryPath, name: str) -> list[tuple[str, str]]:
        """Give a category, and those below it, another key; the addresses of their feeds stay.

        Returns what had to be written for that: keys and slugs.
        """
        new = _path(name)
        if not all(new):
            raise AggregatorError(f'{name}: is not the name of a category; write a name on both sides of each "/"')
        if new in self.outline.categories:
            raise AggregatorError(f"there is a category {'/'.join(new)} already; move the sources there, one by one")
        below = [each for each in self.outline.categories.values() if each.path[: len(path)] == path]
        new_slugs: dict[CategoryPath, str] = {}
        for category in below:
            renamed = (*new, *category.path[len(path) :])
            if category.loc:
                self._rename_key(category, "/".join(renamed))
                self._keep_slug(category, renamed, new_slugs)
        return list(self._slugs.items())

    def _rename_key(self, category: CategoryOutline, key: str) -> None:
        assert category.loc is not None
        old = str(category.loc[1])
        found = False
        for file, loc in self.document.tree.parts:
            root = self.layouts[file].root
            if loc or not isinstance(root, Table) or not (pair := root.find("categories")):
                continue
            table = self.layouts[file].resolved(pair[1])
            if isinstance(table, Table) and (named := table.find(old)):
                layout = self.layouts[file]
                body = layout.body_start(named[0])
                text = written(key, quote_of(layout.content[body:]), flow=table.flow, key=True)
                self._splice(file, body, named[0].end, text)
                found = True
        if not found:
            raise AggregatorError(f"the category {old} does not stand in the file in a way that we can edit")
        self._keys[old] = key

    def _keep_slug(self, category: CategoryOutline, renamed: CategoryPath, slugs: dict[CategoryPath, str]) -> None:
        """Subscribers have its address: that stays."""
        assert category.loc is not None
        key = str(category.loc[1])
        own = cast("dict[str, object]", self._data(category.loc) or {}).get("slug")
        parent = (
            slugs.get(renamed[:-1])
            or (self.outline.categories[renamed[:-1]].slug if renamed[:-1] in self.outline.categories else None)
            or "/".join(renamed[:-1])
        )
        last = str(own) if own else renamed[-1]
        would = last if "/" in last or len(renamed) == 1 else f"{parent}/{last}"
        slugs[renamed] = category.slug
        if would == category.slug:
            return
        if own is not None:
            raise AggregatorError(
                f"{key}: its slug would lead elsewhere below {'/'.join(renamed[:-1])}; edit it by hand"
            )
        slug = category.slug
        if len(renamed) > 1 and "/" not in slug:
            message = f"{key}: below another category its feed cannot keep the address {slug}; edit the file by hand"
            raise AggregatorError(message)
        if len(renamed) > 1 and slug.rpartition("/")[0] == parent:
            slug = slug.rpartition("/")[2]
        self._set_slug(key, slug)

    def _set_slug(self, key: str, slug: str) -> None:
        for file, layout, pair in self._category_pairs(key):
            value = pair[1]
            text = f"slug: {written(slug, flow=isinstance(value, Table) and value.flow)}"
            if isinstance(value, Table) and value.pairs:
                first = value.pairs[0][0]
                if value.flow:
                    self._splice(file, first.start, first.start, f"{text}, ")
                else:
                    pad = layout.eol + " " * layout.column_of(first.start)
                    self._splice(file, first.start, first.start, text + pad)
            elif isinstance(value, Table):
                self._splice(file, value.end - 1, value.end - 1, text)
            elif isinstance(value, Scalar) and not value.value:
                pad = " " * (layout.column_of(pair[0].start) + 2)
                self._insert_lines(file, layout.last_line_of(pair[0]) + 1, [pad + text])
            else:
                continue
            self._slugs[key] = slug
            return
        raise AggregatorError(f"{key}: its slug cannot be written there; edit it by hand")

    # ---------------------------------------------------------------------------------------------- what comes out

    def results(self) -> dict[Path, str]:
        """The new text of each file that changes, without its byte order mark; checked. Raises AggregatorError."""
        for target in self.lists:
            self._render_list(target)
        self._render_new()
        self._render_sections()
        self.texts = {
            file: _applied(self.layouts[file].content, splices, file) for file, splices in self._splices.items()
        }
        self._check()
        return self.texts

    def difference(self) -> str:
        """What changes, as `diff -u` shows it. After `results`."""
        lines: list[str] = []
        for file, text in self.texts.items():
            before = self.layouts[file].content.splitlines(keepends=True)
            lines += unified_diff(before, text.splitlines(keepends=True), str(file), str(file), n=2)
        return "".join(line.rstrip("\r\n") + "\n" for line in lines)

    def save(self) -> None:
        """Replace the files, each at once. Raises AggregatorError where somebody else changed one meanwhile."""
        if not self.texts:
            self.results()
        gains_first = sorted(self.texts, key=lambda file: len(self.texts[file]) < len(self.layouts[file].content))
        for file in gains_first:
            if read_raw(file) != self._raw[file]:
                raise AggregatorError(f"{file} was changed by somebody else meanwhile; look at it, and try again")
        for file in gains_first:
            replace_file(file, self._raw[file], self.texts[file])

    def _check(self) -> None:
        """What comes out must mean what was asked for."""

        def read(file: Path) -> Text:
            return Text(file, self.texts[file]) if file in self.texts else read_text(file)

        load_unfinished(self.path, self.environ, read)
        after = read_document(self.path, self.environ, self.path.absolute().parent, read)
        if _normal(after.written()) != _normal(self._expected()):
            raise AggregatorError(
                f"{self.path} is written in a way that this cannot be done to without changing something else "
                "(an anchor that others use, perhaps); edit it by hand"
            )

    def _expected(self) -> object:
        data = deepcopy(self.written)
        before = cast("dict[str, dict[str, object]]", data.get("categories") or {})
        for loc, name in self._names.items():
            sources = cast("list[object]", before[str(loc[1])]["sources"])
            item = sources[cast("int", loc[3])]
            named = str(as_written(name))
            sources[cast("int", loc[3])] = {**(item if isinstance(item, dict) else {"url": item}), "name": named}
        for key in {each.category for each in self.lists if each.added or each.removed}:
            category = before[key] = before[key] or {}
            old = cast("list[object]", category.get("sources") or [])
            new: list[object] = []
            for each in self.lists:
                if each.category == key:
                    kept = range(each.first, each.first + len(each.items))
                    new += [old[at] for at in kept if at - each.first not in each.removed]
                    new += [meaning for _, _, meaning in each.added]
            category["sources"] = new
        for key, added in self._new.items():
            sources = [source.data() for source in added]
            before[key] = {**(before.get(key) or {}), **dict(self._settings.get(key, ())), "sources": sources}
        for key, slug in self._slugs.items():
            before[key] = {**(before.get(key) or {}), "slug": str(as_written(slug))}
        for key, more in self._sections.items():
            data[key] = {**cast("dict[str, object]", data.get(key) or {}), **more} if isinstance(more, dict) else more
        data["categories"] = {self._keys.get(key, key): value for key, value in before.items()}
        return data

    # ---------------------------------------------------------------------------------------------- places

    def _lists(self) -> Iterator[_List]:
        """Every `sources:` there is, in the order in which they are joined."""
        counts: dict[str, int] = {}

        def listed(file: Path, category: str, key: Part | None, value: Part) -> Iterator[_List]:
            layout = self.layouts[file]
            value = layout.resolved(value)
            listing = value if isinstance(value, Listing) else None
            if listing is None and not (isinstance(value, Scalar) and not value.value):
                return
            yield _List(file, category, key, listing, counts.get(category, 0))
            counts[category] = counts.get(category, 0) + (len(listing.items) if listing else 0)

        for file, loc in self.document.tree.parts:
            root = self.layouts[file].root
            if loc and isinstance(root, Listing):
                yield from listed(file, str(loc[1]), None, root)
            elif isinstance(root, Table):
                for key, table in self._tables(file, root, loc):
                    if pair := table.find("sources"):
                        yield from listed(file, key, *pair)

    def _tables(self, file: Path, root: Table, loc: Loc) -> Iterator[tuple[str, Table]]:
        if loc:
            yield str(loc[1]), root
            return
        layout = self.layouts[file]
        pair = root.find("categories")
        categories = layout.resolved(pair[1]) if pair else None
        for key, value in categories.pairs if isinstance(categories, Table) else ():
            value = layout.resolved(value)
            if isinstance(key, Scalar) and isinstance(value, Table):
                yield key.value, value

    def _category_pairs(self, key: str) -> Iterator[tuple[Path, Layout, tuple[Part, Part]]]:
        for file, loc in self.document.tree.parts:
            layout = self.layouts[file]
            if not loc and isinstance(layout.root, Table) and (pair := layout.root.find("categories")):
                table = layout.resolved(pair[1])
                if isinstance(table, Table) and (found := table.find(key)):
                    yield file, layout, found

    def _place(self, source: Followed) -> tuple[_List, int]:
        key, at = str(source.loc[1]), cast("int", source.loc[3])
        lists = [each for each in self.lists if each.category == key]
        data = cast("dict[str, object]", self._data(("categories", key))).get("sources")
        if sum(len(each.items) for each in lists) == len(cast("list[object]", data)):
            for each in lists:
                if each.first <= at < each.first + len(each.items):
                    return each, at - each.first
        raise self._by_hand(source, "its list is brought there by a merge (<<)")

    def _data(self, loc: Loc) -> object:
        return _at(self.document.data, loc)

    def _by_hand(self, source: Followed, reason: str) -> AggregatorError:
        return AggregatorError(f"{source.file}:{source.line}: this cannot be edited by a command, because {reason}")

    # ---------------------------------------------------------------------------------------------- lines and lists

    def _splice(self, file: Path, start: int, end: int, text: str) -> None:
        self._splices.setdefault(file, []).append(_Splice(start, end, text))

    def _insert_lines(self, file: Path, line: int, lines: Sequence[str]) -> None:
        """Before a line; behind the last one where it has no end, without giving ours one."""
        layout = self.layouts[file]
        at, eol = layout.begin(line), layout.eol
        if at == len(layout.content) and layout.content and not layout.line(line - 1).endswith(("\n", "\r")):
            self._splice(file, at, at, "".join(eol + each for each in lines))
        else:
            self._splice(file, at, at, "".join(each + eol for each in lines))

    def _append_lines(self, lines: Sequence[str]) -> None:
        """At the end of the file that includes all others."""
        layout = self.layouts[self.path]
        behind = len(layout.starts) if layout.content else 0
        self._insert_lines(self.path, behind - bool(layout.content and not layout.line(behind - 1)), lines)

    def _add_to_flow(self, file: Path, table: Table, *pairs: str) -> None:
        """At the end of what stands in braces."""
        at = table.pairs[-1][1].end if table.pairs else table.end - 1
        self._splice(file, at, at, ", ".join(("", *pairs) if table.pairs else pairs))

    def _delete_lines(self, file: Path, first: int, behind: int) -> None:
        layout = self.layouts[file]
        start, end = layout.begin(first), layout.begin(behind)
        if end == len(layout.content) and first and not layout.content.endswith(("\n", "\r")):
            start -= len(layout.line(first - 1)) - len(layout.line(first - 1).rstrip("\r\n"))
        self._splice(file, start, end, "")

    def _extent(self, target: _List, at: int) -> tuple[int, int]:
        """The lines of an item of a block: the first of its comments above, and the one behind its last."""
        layout, listing = self.layouts[target.file], cast("Listing", target.listing)
        dash = listing.dashes[at]
        line, column = layout.line_of(dash), layout.column_of(dash)
        if layout.content[layout.begin(line) : dash].strip():
            raise AggregatorError(
                f"{target.file}:{line + 1}: more than this source stands on its line; edit it by hand"
            )
        first, last = line, max(layout.last_line_of(listing.items[at]), line)
        behind = last + 1
        while (text := layout.line(behind)).lstrip(" \t").startswith("#") and _indent(text) > column:
            behind += 1
        while first and _belongs(layout.line(first - 1), column):
            first -= 1
        return first, behind

    def _lines_of(self, target: _List, at: int) -> list[str]:
        """An item with its comments, as if it stood at the left margin, without the ends of its lines."""
        layout, listing = self.layouts[target.file], cast("Listing", target.listing)
        if listing.flow:
            return [f"- {flow_text(layout, listing.items[at])}"]
        first, behind = self._extent(target, at)
        column = layout.column_of(listing.dashes[at])
        lines = [layout.line(number).rstrip("\r\n\x85\u2028\u2029") for number in range(first, behind)]
        return [each[min(_indent(each), column) :] for each in lines]

    def _as_item(self, source: NewSource, target: _List) -> tuple[str, list[str]]:
        """A new source in the manner of those around it."""
        model = self._model(target)
        quote = quote_of(model.url_text) if model else None
        flow_pairs = [f"{key}: {value}" for key, value in self._pairs(source, model, quote, flow=True)]
        plain = not source.name and not source.settings
        flow = written(source.url, quote, flow=True) if plain else "{" + ", ".join(flow_pairs) + "}"
        gap = model.gap if model else " "
        if plain:
            return flow, [f"-{gap}{written(source.url, quote)}"]
        if model and model.flow:
            return flow, [f"-{gap}{flow}"]
        pairs = [f"{key}: {value}" for key, value in self._pairs(source, model, quote, flow=False)]
        return flow, [f"-{gap}{pairs[0]}", *(" " * (1 + len(gap)) + each for each in pairs[1:])]

    def _pairs(
        self, source: NewSource, model: _Model | None, quote: str | None, *, flow: bool
    ) -> list[tuple[str, str]]:
        url = ("url", written(source.url, quote, flow=flow))
        name = [("name", written(source.name, model.name_quote if model else None, flow=flow))] if source.name else []
        first = [url, *name] if model and model.url_first else [*name, url]
        return [*first, *((key, setting(value, flow=flow)) for key, value in source.settings)]

    def names_sources(self, category: str) -> bool:
        """Whether those who wrote this category, or else the file, name their sources."""
        path = _path(category)
        known = self.outline.categories.get(path)
        sources = known.sources if known and known.sources else list(self.outlines())
        return sum(each.given for each in sources) * 2 > len(sources)

    def _model(self, target: _List) -> _Model | None:
        """How the last source of the list is written; where it has none, that of another list of the file."""
        where = (target.file, target.category)
        if where not in self._models:
            self._models[where] = self._find_model(target)
        return self._models[where]

    def _find_model(self, target: _List) -> _Model | None:
        lists = [target, *(each for each in reversed(self.lists) if each.file == target.file and each is not target)]
        for each in lists:
            layout = self.layouts[each.file]
            found: _Model | None = None
            for at, item in enumerate(each.items):
                model = _model_of(layout, cast("Listing", each.listing), at, item)
                found = _merged(found, model) if model else found
            if found:
                return found
        return None

    def _render_list(self, target: _List) -> None:
        if not target.added and not target.removed:
            return
        left = len(target.items) - len(target.removed)
        if target.listing is None or not target.items:
            self._fill(target)
        elif target.listing.flow:
            self._render_flow(target)
        else:
            for at in sorted(target.removed):
                self._delete_item(target, at)
            if target.added:
                self._append_block(target)
            elif not left:
                self._leave_empty(target)

    def _delete_item(self, target: _List, at: int) -> None:
        layout, listing = self.layouts[target.file], cast("Listing", target.listing)
        first, behind = self._extent(target, at)
        follows = layout.line(behind)
        if at and (not follows.strip() or at + 1 == len(listing.items)):
            while first and not layout.line(first - 1).strip():
                first -= 1
        self._delete_lines(target.file, first, behind)

    def _append_block(self, target: _List) -> None:
        layout, listing = self.layouts[target.file], cast("Listing", target.listing)
        column = layout.column_of(listing.dashes[-1])
        _, behind = self._extent(target, len(listing.items) - 1)
        spaced = len(listing.items) > 1 and all(
            not layout.line(self._extent(target, at)[0] - 1).strip() for at in range(1, len(listing.items))
        )
        lines: list[str] = []
        for flow, block, _ in target.added:
            lines += [""] if spaced else []
            lines += [_padded(each, column) for each in (block or [f"- {flow}"])]
        self._insert_lines(target.file, behind, lines)

    def _leave_empty(self, target: _List) -> None:
        layout, listing = self.layouts[target.file], cast("Listing", target.listing)
        if target.key is None:
            at = layout.begin(layout.line_of(listing.start))
            self._splice(target.file, at, at, f"[]{layout.eol}")
            return
        if listing.anchor or listing.tag:
            at = listing.start + len(layout.content[listing.start : layout.body_start(listing)].rstrip())
        else:
            at = layout.content.index(":", target.key.end) + 1
        self._splice(target.file, at, at, " []")

    def _fill(self, target: _List) -> None:
        """A list that is `[]`, or a key without a value."""
        layout, listing = self.layouts[target.file], target.listing
        inside_flow = target.key is not None and self._is_in_flow(target)
        if inside_flow or (listing is not None and target.key is None):
            text = ", ".join(flow for flow, _, _ in target.added)
            if listing:
                self._splice(target.file, listing.end - 1, listing.end - 1, text)
            else:
                at = layout.content.index(":", cast("Part", target.key).end) + 1
                self._splice(target.file, at, at, f" [{text}]")
            return
        key = cast("Part", target.key)
        if listing:
            start = layout.body_start(listing)
            space = len(layout.content[:start]) - len(layout.content[:start].rstrip(" \t"))
            self._splice(target.file, start - space, listing.end, "")
            line = layout.line_of(listing.end - 1) + 1
        else:
            line = layout.line_of(key.end) + 1
        column = layout.column_of(key.start) + self._indent_of_lists(target.file)
        lines = [_padded(each, column) for flow, block, _ in target.added for each in (block or [f"- {flow}"])]
        self._insert_lines(target.file, line, lines)

    def _is_in_flow(self, target: _List) -> bool:
        layout = self.layouts[target.file]
        for file, loc in self.document.tree.parts:
            if file == target.file and isinstance(layout.root, Table):
                for key, table in self._tables(file, layout.root, loc):
                    if key == target.category:
                        return table.flow
        return False

    def _render_flow(self, target: _List) -> None:
        listing = cast("Listing", target.listing)
        layout = self.layouts[target.file]
        items = listing.items
        commas = _commas(layout, listing)
        kept = [at for at in range(len(items)) if at not in target.removed]
        for at in sorted(target.removed):
            self._cut_from_flow(target, at, commas, last_kept=kept[-1] if kept else -1)
        if not target.added:
            return
        added = [flow for flow, _, _ in target.added]
        last = items[-1]
        own_line = (
            layout.line_of(last.start) > layout.line_of(listing.start)
            and not layout.content[layout.begin(layout.line_of(last.start)) : last.start].strip()
        )
        if not kept or not own_line:
            self._splice(target.file, last.end, last.end, ("" if not kept else ", ") + ", ".join(added))
            return
        pad = " " * layout.column_of(last.start)
        if len(commas) < len(items):
            self._splice(target.file, last.end, last.end, ",")
            lines = [f"{pad}{each}," for each in added[:-1]] + [pad + added[-1]]
        else:
            lines = [f"{pad}{each}," for each in added]
        behind = layout.line_of(max(last.end, commas[-1] + 1 if len(commas) >= len(items) else last.end) - 1) + 1
        if layout.line_of(listing.end - 1) < behind:  # the bracket closes on the last line
            self._splice(target.file, last.end, last.end, "".join(layout.eol + each for each in lines))
        else:
            self._insert_lines(target.file, behind, lines)

    def _cut_from_flow(self, target: _List, at: int, commas: list[int], last_kept: int) -> None:
        listing = cast("Listing", target.listing)
        layout, items = self.layouts[target.file], listing.items
        item = items[at]
        end = commas[at] + 1 if at < len(commas) else item.end
        first, last = layout.line_of(item.start), layout.line_of(end - 1)
        alone = not layout.content[layout.begin(first) : item.start].strip() and re.fullmatch(
            r"\s*(#.*)?\s*", layout.content[end : layout.begin(last + 1)]
        )
        if alone and layout.line_of(listing.start) < first and layout.line_of(listing.end - 1) > last:
            if at == last_kept + 1 and at and len(commas) < len(items):
                self._splice(target.file, commas[last_kept], commas[last_kept] + 1, "")
            self._delete_lines(target.file, first, last + 1)
        elif at > last_kept and at:
            self._splice(target.file, commas[at - 1], item.end, "")
        else:
            behind = items[at + 1].start if at + 1 < len(items) else end
            gap = re.compile(r"[ \t]*").match(layout.content, end)
            self._splice(target.file, item.start, min(behind, gap.end() if gap else end), "")

    # ---------------------------------------------------------------------------------------------- new categories

    def _render_new(self) -> None:
        for key, sources in self._new.items():
            known = next(self._category_pairs(key), None)
            if known:
                self._give_sources(sources, *known)
        new = {key: sources for key, sources in self._new.items() if next(self._category_pairs(key), None) is None}
        if new:
            self._add_categories(new)

    def _give_sources(self, sources: list[_Newcomer], file: Path, layout: Layout, pair: tuple[Part, Part]) -> None:
        """A category that has no `sources:` yet."""
        named, value = pair
        if isinstance(value, Table) and value.flow:
            self._add_to_flow(file, value, f"sources: [{', '.join(map(_flow_of, sources))}]")
        elif isinstance(value, Table) and value.pairs:
            last = value.pairs[-1]
            column = layout.column_of(value.pairs[0][0].start)
            line = max(layout.last_line_of(last[1]), layout.line_of(last[0].start)) + 1
            self._insert_lines(file, line, self._sources_lines(sources, column, file))
        elif isinstance(value, Scalar) and not value.value:
            column = layout.column_of(named.start) + self._indent_of_keys(file)
            line = layout.line_of(named.end) + 1
            self._insert_lines(file, line, self._sources_lines(sources, column, file))
        else:
            message = "this category stands for another (*); edit it by hand"
            raise AggregatorError(f"{file}:{layout.line_of(named.start) + 1}: {message}")

    def _settings_lines(self, key: str, column: int) -> list[str]:
        return [f"{' ' * column}{name}: {setting(value, flow=False)}" for name, value in self._settings.get(key, ())]

    def _sources_lines(self, sources: list[_Newcomer], column: int, file: Path) -> list[str]:
        target = _List(file, "", None, None, 0)
        inner = column + self._indent_of_lists(file)
        lines = [" " * column + "sources:"]
        for each in sources:
            block = each.block if isinstance(each, _Moved) else self._as_item(each, target)[1]
            lines += [_padded(line, inner) for line in block]
        return lines

    def _add_categories(self, new: dict[str, list[_Newcomer]]) -> None:
        homes = [
            (file, pair)
            for file, loc in self.document.tree.parts
            if not loc and isinstance(root := self.layouts[file].root, Table) and (pair := root.find("categories"))
        ]
        filled = [home for home in homes if isinstance(home[1][1], Table) and home[1][1].pairs]
        if not homes:
            self._add_categories_key(new)
            return
        file, (named, value) = filled[-1] if filled and homes[0] not in filled else homes[0]
        layout = self.layouts[file]
        if isinstance(value, Table) and value.pairs and value.flow:
            self._add_to_flow(file, value, *(self._flow_category(key, each) for key, each in new.items()))
            return
        if isinstance(value, Table) and value.pairs:
            column = layout.column_of(value.pairs[0][0].start)
            last = value.pairs[-1]
            behind = max(layout.last_line_of(last[1]), layout.line_of(last[0].start)) + 1
            while (text := layout.line(behind)).lstrip(" \t").startswith("#") and _indent(text) > column:
                behind += 1
            gap = len(value.pairs) > 1 and _spaced(layout, value)
            self._insert_lines(file, behind, self._categories_lines(new, column, file, gap=gap))
            return
        if not (isinstance(value, Table) or (isinstance(value, Scalar) and not value.value)):
            raise AggregatorError(f"{file}: categories: stands for another (*); edit it by hand")
        line = layout.line_of(max(named.end, value.end - 1)) + 1
        if isinstance(value, Table):
            start = layout.content.index(":", named.end) + 1
            self._splice(file, start, value.end, "")
        column = layout.column_of(named.start) + 2
        self._insert_lines(file, line, self._categories_lines(new, column, file, gap=False))

    def _add_categories_key(self, new: dict[str, list[_Newcomer]]) -> None:
        layout = self.layouts[self.path]
        if isinstance(layout.root, Table) and layout.root.flow:
            text = f"categories: {{{', '.join(self._flow_category(key, each) for key, each in new.items())}}}"
            self._add_to_flow(self.path, layout.root, text)
        else:
            self._append_lines(["categories:", *self._categories_lines(new, 2, self.path, gap=False)])

    def _categories_lines(self, new: dict[str, list[_Newcomer]], column: int, file: Path, *, gap: bool) -> list[str]:
        lines: list[str] = []
        for key, sources in new.items():
            inner = column + self._indent_of_keys(file)
            lines += [""] if gap else []
            own = self._settings_lines(key, inner)
            lines.append(" " * column + written(key, key=True) + (":" if own or sources else ": {}"))
            lines += own
            lines += self._sources_lines(sources, inner, file) if sources else []
        return lines

    def _flow_category(self, key: str, sources: list[_Newcomer]) -> str:
        own = [f"{name}: {setting(value, flow=True)}" for name, value in self._settings.get(key, ())]
        listed = [f"sources: [{', '.join(map(_flow_of, sources))}]"]
        return f"{written(key, flow=True, key=True)}: {{{', '.join([*own, *listed])}}}"

    # ---------------------------------------------------------------------------------------------- new sections

    def _render_sections(self) -> None:
        for key, value in self._sections.items():
            layout = self.layouts[self.path]
            pair = layout.root.find(key) if isinstance(layout.root, Table) else None
            if pair is None or (isinstance(pair[1], Scalar) and not pair[1].value):
                self._add_section(key, value, pair)
            elif isinstance(pair[1], Table) and isinstance(value, dict):
                self._fill_section(pair[1], value)
            else:
                raise AggregatorError(f"{self.path}: {key}: stands for another (*); edit it by hand")

    def _add_section(self, key: str, value: object, pair: tuple[Part, Part] | None) -> None:
        layout = self.layouts[self.path]
        if pair is not None:
            at = layout.content.index(":", pair[0].end) + 1
            self._splice(self.path, at, at, f" {setting(value, flow=True)}")
        elif isinstance(layout.root, Table) and layout.root.flow:
            self._add_to_flow(self.path, layout.root, f"{key}: {setting(value, flow=True)}")
        else:
            self._append_lines(_section_lines(key, value))

    def _fill_section(self, table: Table, more: dict[str, object]) -> None:
        layout = self.layouts[self.path]
        if table.flow:
            self._add_to_flow(self.path, table, *(f"{key}: {setting(value, flow=True)}" for key, value in more.items()))
            return
        first = table.pairs[0][0].start
        pad = layout.eol + " " * layout.column_of(first)
        text = "".join(f"{key}: {setting(value, flow=False)}{pad}" for key, value in more.items())
        self._splice(self.path, first, first, text)

    def _indent_of_lists(self, file: Path) -> int:
        """How far behind `sources` its dashes stand, in the first list there is."""
        for each in (*(one for one in self.lists if one.file == file), *self.lists):
            if each.key and each.listing and not each.listing.flow and each.listing.dashes:
                layout = self.layouts[each.file]
                return layout.column_of(each.listing.dashes[0]) - layout.column_of(each.key.start)
        return 2

    def _indent_of_keys(self, file: Path) -> int:
        """How far behind a category its keys stand."""
        layout = self.layouts[file]
        pair = layout.root.find("categories") if isinstance(layout.root, Table) else None
        for key, value in pair[1].pairs if pair and isinstance(pair[1], Table) else ():
            if isinstance(value, Table) and not value.flow and value.pairs:
                return layout.column_of(value.pairs[0][0].start) - layout.column_of(key.start)
        return 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """How somebody writes a source."""

    url_text: str
    gap: str = " "  # between the dash and what follows
    flow: bool = False
    url_first: bool = False
    name_quote: str | None = None
    is_table: bool = False


def _model_of(layout: Layout, listing: Listing, at: int, item: Part) -> _Model | None:
    gap = " "
    if not listing.flow:
        between = layout.content[listing.dashes[at] + 1 : item.start]
        gap = between if between and not between.strip(" ") else " "
    if isinstance(item, Scalar) and item.value:
        return _Model(url_text=layout.content[layout.body_start(item) :], gap=gap)
    if isinstance(item, Table) and (pair := item.find("url")):
        name = item.find("name")
        return _Model(
            url_text=layout.content[layout.body_start(pair[1]) :],
            gap=gap,
            flow=item.flow,
            url_first=bool(name and pair[0].start < name[0].start),
            name_quote=quote_of(layout.content[layout.body_start(name[1]) :]) if name else None,
            is_table=True,
        )
    return None


def _merged(before: _Model | None, model: _Model) -> _Model:
    """The later one, but a bare URL says nothing of how a name is written."""
    if before and before.is_table and not model.is_table:
        return _Model(
            url_text=model.url_text,
            gap=model.gap,
            flow=before.flow,
            url_first=before.url_first,
            name_quote=before.name_quote,
            is_table=True,
        )
    return model


def _flow_of(source: _Newcomer) -> str:
    if isinstance(source, _Moved):
        return source.flow
    url = written(source.url, flow=True)
    if not source.name and not source.settings:
        return url
    name = [f"name: {written(source.name, flow=True)}"] if source.name else []
    more = (f"{key}: {setting(value, flow=True)}" for key, value in source.settings)
    return "{" + ", ".join([*name, f"url: {url}", *more]) + "}"


def _section_lines(key: str, value: object) -> list[str]:
    if isinstance(value, dict):
        return [f"{key}:", *(f"  {name}: {setting(each, flow=False)}" for name, each in value.items())]
    items = value if isinstance(value, list) else [value]
    return [f"{key}:", *(f"  - {setting(each, flow=False)}" for each in items)]


def _commas(layout: Layout, listing: Listing) -> list[int]:
    """The comma behind each item, as far as there is one."""
    found = []
    for at, item in enumerate(listing.items):
        behind = listing.items[at + 1].start if at + 1 < len(listing.items) else listing.end
        found += [comma for comma in layout.commas if item.end <= comma < behind][:1]
    return found


def _spaced(layout: Layout, table: Table) -> bool:
    """Whether there is a blank line between each two of its keys, comments aside."""
    for key, _ in table.pairs[1:]:
        line = layout.line_of(key.start) - 1
        while line > 0 and layout.line(line).lstrip().startswith("#"):
            line -= 1
        if layout.line(line).strip():
            return False
    return True


def _belongs(line: str, column: int) -> bool:
    """Whether a comment stands above one source for it alone."""
    text = line.strip()
    if not text.startswith("#") or _indent(line) != column:
        return False
    return not _DECORATED.match(text) and not _COMMENTED_OUT.match(text)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _padded(line: str, column: int) -> str:
    return " " * column + line if line else line


def _applied(content: str, splices: list[_Splice], file: Path) -> str:
    """All replacements at once; what is cut twice is cut once."""
    cuts = _joined_cuts([each for each in splices if not each.text])
    others = [each for each in splices if each.text]
    pieces: list[str] = []
    at = 0
    for each in sorted([*others, *cuts], key=lambda each: (each.start, each.end > each.start)):
        if each.start < at:
            raise AggregatorError(f"{file}: two of these changes are too close to each other; make them one by one")
        pieces += (content[at : each.start], each.text)
        at = each.end
    return "".join((*pieces, content[at:]))


def _joined_cuts(cuts: list[_Splice]) -> list[_Splice]:
    joined: list[_Splice] = []
    for cut in sorted(cuts, key=lambda each: each.start):
        if joined and cut.start < joined[-1].end:
            joined[-1] = _Splice(joined[-1].start, max(cut.end, joined[-1].end), "")
        else:
            joined.append(cut)
    return joined


def _at(data: object, loc: Loc) -> object:
    for part in loc:
        data = data[part]  # type: ignore[index]
    return data


def _path(text: str) -> CategoryPath:
    return tuple(level.strip() for level in text.split("/"))


def _normal(data: object) -> object:
    """The same meaning as the same data: a URL alone is a mapping, and what is empty is nothing."""
    root = dict(cast("dict[str, object]", data or {}))
    categories = {}
    for key, value in cast("dict[str, object]", root.pop("categories", None) or {}).items():
        category = dict(value) if isinstance(value, dict) else {}
        sources = category.pop("sources", None) or []
        listed = [each if isinstance(each, dict) else {"url": each} for each in cast("list[object]", sources)]
        categories[key] = (category, listed)
    return {key: value for key, value in root.items() if value is not None}, categories
