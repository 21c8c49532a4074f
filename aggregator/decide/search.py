"""What a search asks for, and what of the found comes first. Pure.

The language: words are all to be there; "words in quotes" stand side by side; -word is not to be there; title:word
stands in the title; source:name and category:key say whose articles, and with - whose not. Nothing that somebody types
is wrong: what means nothing in this language is a word, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import normalize

from aggregator.model.feed import Outlet
from aggregator.model.search import Match, Part, Phrase, Query, Term
from aggregator.model.settings import Category
from aggregator.model.source import CategoryPath, SourceId
from aggregator.words.cut import fold, phrase, phrases

LONGEST = 1_000  # characters of a query that are read
MOST = 32  # phrases and names that are looked for
PHRASE = 60  # words of a phrase
FRESH = timedelta(days=30)

_KEYS = {
    **dict.fromkeys(("title", "标题"), "title"),
    **dict.fromkeys(("source", "来源"), "source"),
    **dict.fromkeys(("category", "分类"), "category"),
}
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』", '"'))
_PART = re.compile(
    rf'(?P<not>-?)(?:(?P<key>{"|".join(_KEYS)}):)?(?:"(?P<quoted>[^"]*)"?|(?P<word>[^\s"]+))', re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One part of a query."""

    without: bool
    key: str
    text: str
    quoted: bool

    def __str__(self) -> str:
        text = " ".join(self.text.casefold().split())
        key = f"{self.key}:" if self.key else ""
        return ("-" if self.without else "") + key + (f'"{text}"' if self.quoted else text)


def parse_query(text: str) -> Query:
    """What a person typed; total: it takes any text, and reads at most so much of it."""
    read = normalize("NFKC", text[:LONGEST]).translate(_QUOTES)
    asked = [one for one in _asked(read) if _means_something(one)]
    wanted = [one for one in asked if not one.without]
    unwanted = [one for one in asked if one.without]
    return Query(
        text=" ".join(sorted({str(one) for one in asked[:MOST]})),
        wanted=_terms(wanted[:MOST]),
        unwanted=_terms(unwanted[:MOST]),
        sources=_names(wanted[:MOST], "source"),
        categories=_names(wanted[:MOST], "category"),
        not_sources=_names(unwanted[:MOST], "source"),
        not_categories=_names(unwanted[:MOST], "category"),
        cut=len(text.strip()) > LONGEST or max(len(wanted), len(unwanted)) > MOST,
    )


def in_scope(query: Query, sources: Mapping[SourceId, Outlet], categories: Sequence[Category]) -> frozenset[SourceId]:
    """Those of the sources whose articles are asked for."""
    wanted, unwanted = _paths(query.categories, categories), _paths(query.not_categories, categories)
    within = () if query.within is None else tuple(query.within.split("/"))
    return frozenset(
        source
        for source, outlet in sources.items()
        if outlet.category[: len(within)] == within
        and (not query.sources or _is_named(outlet, query.sources))
        and (not query.categories or _is_in(outlet, query.categories, wanted))
        and not _is_named(outlet, query.not_sources)
        and not _is_in(outlet, query.not_categories, unwanted)
    )


def names_category(key: str, categories: Sequence[Category]) -> str | None:
    """The category's name as `Query.within` has it, if the key is one: as configured, as in URLs, or its title."""
    return next(("/".join(path) for path in _paths((_name(key),), categories)), None)


def best_first(matches: Iterable[Match], now: datetime) -> list[Match]:
    """Relevance mixed with recency: what is of today counts twice as much as what is old, what is a month old one and a
    half times. Of equals, the newest first."""
    return sorted(newest_first(matches), key=lambda match: -match.relevance * (1 + _freshness(match.sort_at, now)))


def newest_first(matches: Iterable[Match]) -> list[Match]:
    """In the order of every feed."""
    return sorted(matches, key=lambda match: (-match.sort_at.timestamp(), match.position, match.head))


def _freshness(time: datetime, now: datetime) -> float:
    """1 for now, a half after a month, a quarter after two."""
    return float(0.5 ** (max(now - time, timedelta()) / FRESH))


def _asked(text: str) -> Iterator[_Asked]:
    for match in _PART.finditer(text):
        if match["word"] == "AND":
            continue
        quoted = match["quoted"]
        yield _Asked(
            without=bool(match["not"]),
            key=_KEYS.get((match["key"] or "").lower(), ""),
            text=match["word"] if quoted is None else quoted,
            quoted=quoted is not None,
        )


def _means_something(asked: _Asked) -> bool:
    return bool(fold(asked.text).strip()) if asked.key in ("source", "category") else phrase(asked.text) is not None


def _terms(asked: Iterable[_Asked]) -> tuple[Term, ...]:
    """What is to stand in the articles. Of a word that is not wanted, only the whole is not."""
    found: dict[Term, None] = {}
    for one in asked:
        part: Part = "title" if one.key == "title" else "anywhere"
        if one.key in ("", "title"):
            found |= dict.fromkeys(Term(_bounded(each), part) for each in _phrases(one))
    return tuple(found)


def _phrases(asked: _Asked) -> tuple[Phrase, ...]:
    if asked.quoted or asked.without:
        whole = phrase(asked.text)
        return (whole,) if whole else ()
    return phrases(asked.text)


def _bounded(asked: Phrase) -> Phrase:
    return asked if len(asked.words) <= PHRASE else Phrase(asked.words[:PHRASE])


def _names(asked: Iterable[_Asked], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_name(one.text) for one in asked if one.key == key))


def _name(text: str) -> str:
    return " ".join(fold(text).split())


def _is_named(source: Outlet, names: Sequence[str]) -> bool:
    own = _name(source.name)
    return any(name in own for name in names)


def _paths(keys: Sequence[str], categories: Sequence[Category]) -> tuple[CategoryPath, ...]:
    return tuple(
        category.path
        for category in categories
        if not {_name("/".join(category.path)), _name(category.slug), _name(category.title)}.isdisjoint(keys)
    )


def _is_in(source: Outlet, keys: Sequence[str], paths: Sequence[CategoryPath]) -> bool:
    """Also in a category that is configured no more, by the name that it had."""
    if any(source.category[: len(path)] == path for path in paths):
        return True
    levels = [_name("/".join(source.category[: level + 1])) for level in range(len(source.category))]
    return not set(levels).isdisjoint(keys)
