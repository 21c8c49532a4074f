"""What other programs call things, made to fit: no two feeds at one address."""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.config.outline import Outline, folded
from aggregator.config.values import is_one_line, slug_problem
from aggregator.model.source import CategoryPath

_BYTES = 200  # of one level of an address


class Places:
    """The addresses of feeds that are taken, and places beside them."""

    def __init__(self, outline: Outline) -> None:
        self._slugs = {path: category.slug for path, category in outline.categories.items()}
        self._categories = {folded(slug): path for path, slug in self._slugs.items()}
        self._sources = {
            folded(f"{category.slug}/{source.name}") for category in outline.categories.values()
            for source in category.sources
        }  # fmt: skip

    def category(self, wanted: Iterable[str]) -> CategoryPath:
        """The category of this name; one that differs only in case is the same. Empty where no level can be one.

        Call it for all categories before the first `name`: these make room for categories, not the other way round.
        """
        path: CategoryPath = ()
        for each in wanted:
            level = _fit(each)
            if level and (path or level.casefold() != "all"):  # that is the address of the feed of all
                path = self._level(path, level)
        return path

    def exact(self, path: CategoryPath, slug: str | None) -> CategoryPath:
        """The category of a list of our own: it keeps its name and its address where these are free here; where
        another one has the address, it is that."""
        if path in self._slugs:
            return path
        above, wanted = path[:-1], slug or path[-1]
        address = wanted if "/" in wanted or not above else _below(self._slugs.get(above, "/".join(above)), wanted)
        taken = folded(address)
        if taken in self._categories:
            return self._categories[taken]
        if taken in self._sources or slug_problem(address):
            return self.category(path) or ("imported",)
        self._slugs[path], self._categories[taken] = address, path
        return path

    def exact_name(self, category: CategoryPath, name: str) -> str | None:
        """The name of a source of our own, as it is, where its address is free."""
        address = folded(_below(self._slugs.get(category, ""), name.replace("/", "／")))
        if address in self._sources or address in self._categories or slug_problem(f"x/{name.replace('/', '／')}"):
            return self.name(category, name)
        self._sources.add(address)
        return name

    def _level(self, above: CategoryPath, level: str) -> CategoryPath:
        if (*above, level) in self._slugs:
            return (*above, level)
        slug, number = _below(self._slugs.get(above, ""), level), 1
        while (taken := folded(slug)) in self._sources:
            number += 1
            slug = _below(self._slugs.get(above, ""), f"{level} {number}")
        if taken not in self._categories:
            path = (*above, level if number == 1 else f"{level} {number}")
            self._slugs[path], self._categories[taken] = slug, path
        return self._categories[taken]

    def name(self, category: CategoryPath, title: str) -> str | None:
        """The title as a source's name, numbered where its address is taken; none where nothing is left of it."""
        wanted = _fit(title)
        if not wanted:
            return None
        each, number = wanted, 1
        while (address := folded(_below(self._slugs.get(category, ""), each))) in {*self._sources, *self._categories}:
            number += 1
            each = f"{wanted} {number}"
        self._sources.add(address)
        return each


def _below(slug: str, level: str) -> str:
    return f"{slug}/{level}" if slug else level


def _fit(text: str) -> str:
    """A name that can be a level of an address."""
    shown = "".join(each if is_one_line(each) else " " for each in text).replace("/", "／").replace("\\", "＼")
    fit = " ".join(shown.split()).lstrip("._ ")
    while len(fit.encode("utf-8", "replace")) > _BYTES - 10:  # room for a number
        fit = fit[:-1].rstrip()
    return "" if slug_problem(f"x/{fit}") else fit
