"""Which entry of a document is which article that we know.

    names that tell | guards ─► the same article
    what is left | hints ─► the same article under other names, if two hints agree, or if most of a document comes back

An entry's own names (`Identity.aliases`) are looked up first, strongest first. Then come the entries that no name of
theirs makes known, and the articles that do not stand in the document any more. Where a site has moved, or its software
was changed, the ones are the others under new names:

- two of title and date, title and text, and path agree, or path and title do: it is the article;
- title and text agree, and the article was taken out from among others that still stand, older and newer: it was dated
  anew as well (what went off the end, as old ones do, may be last week's edition);
- one hint alone (title and date; title and a text of at least 20 words; path) says so only where it says it of
  `SEVERAL` entries of the document, and of more than half of those that are unknown: the feed changed all its names.

Where no entry of a document is known by its names, the feed may have no more than one or two, which changed all of
theirs at once: then title and date, or title and text, or a title with much the same text (`rewritten`), are enough.

A hint that two entries of the document share says nothing: a “Daily briefing” is a new one every day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from aggregator.decide.canonical import canonical_url, without_query
from aggregator.decide.identity import path_of
from aggregator.decide.similar import LENGTH, same_story, telling
from aggregator.model.article import Alias, Article, StoredArticle
from aggregator.model.outcome import Candidate, Known
from aggregator.model.source import SourceId
from aggregator.words.reading import reading

SEVERAL = 3
"""Entries of one document that come back under other names."""

OLDER = 2
"""Older articles that still stand, and a quarter of all that do: where fewer are left, it may have gone off the end."""

_NEVER = datetime(1990, 1, 1, tzinfo=UTC)  # their dates are no matter: both stand in one source

LONG = 12
"""Characters from which on a path is that of an article."""


def match(
    candidates: Sequence[Candidate],
    known: Mapping[Alias, Known],
    standing: Mapping[int, Known] | None = None,
    said: Mapping[int, Article] | None = None,
    rewritten: Mapping[int, Known] | None = None,
) -> list[Known | None]:
    """For each candidate the article that it is, None for a new one. No article is given to two of them, unless both
    have a guid and a page that it once had.

    `standing` are the articles whose own names are those of some entry of the document, by id: they were not renamed.
    `said`: what articles say as yet. `rewritten`: articles that candidates resemble, by their place in `candidates`.
    """
    claimed: set[int] = set()
    found: list[Known | None] = []
    for candidate in candidates:
        before = _by_name(candidate, known, claimed, said or {})
        found.append(before)
        if before is not None:
            claimed.add(before.id)
    strangers = [index for index, before in enumerate(found) if before is None]
    if strangers:
        renamed = _renamed(candidates, strangers, known, claimed, standing or {})
        if not claimed and not standing:
            renamed = _with_rewritten(renamed, rewritten or {})
        for index, before in renamed.items():
            found[index] = before
    return found


def is_stranger(candidate: Candidate, known: Mapping[Alias, Known]) -> bool:
    """Whether none of its own names is known."""
    return not any(name in known for name in candidate.aliases)


def resembling(candidates: Sequence[Candidate], lately: Sequence[StoredArticle]) -> dict[int, StoredArticle]:
    """For each of these candidates that say much the same, under the same title, as one of these articles: that one.
    Titles that stand on either side more than once say nothing."""
    here = Counter(fold(candidate.article.title) for candidate in candidates)
    there = Counter(fold(stored.article.title) for stored in lately)
    titled = {fold(stored.article.title): stored for stored in lately}
    found = {}
    for index, candidate in enumerate(candidates):
        title = fold(candidate.article.title)
        if here[title] == there[title] == 1 and says_the_same(titled[title].article, candidate.article):
            found[index] = titled[title]
    return found


def says_the_same(before: Article, after: Article) -> bool:
    """Whether one text is the other, edited; judged as strictly as the copies of different outlets are."""
    one, two = (
        telling(SourceId(name), _NEVER, article.title, reading(article.body or article.summary, LENGTH))
        for name, article in (("before", before), ("after", after))
    )
    return same_story(one, two).same


def has_hints(candidates: Sequence[Candidate], known: Mapping[Alias, Known]) -> bool:
    """Whether hints could say anything: then, and only then, it must be known what stands in the document."""
    return any(is_stranger(one, known) and any(hint in known for hint in one.hints) for one in candidates)


def _by_name(
    candidate: Candidate, known: Mapping[Alias, Known], claimed: Collection[int], said: Mapping[int, Article]
) -> Known | None:
    if (itself := _itself(candidate, known)) is not None:
        return itself
    for alias in candidate.aliases:
        before = known.get(alias)
        if before is not None and before.id not in claimed and _is_same(candidate, alias, before, known, said):
            return before
    before = known.get(candidate.hints.dated) if candidate.hints.dated else None
    is_post = before is not None and not before.pruned and before.guid is None and before.link is None
    return before if before is not None and is_post and before.id not in claimed else None


def _itself(candidate: Candidate, known: Mapping[Alias, Known]) -> Known | None:
    """The article that once had this very guid and this very page."""
    if not (candidate.article.guid and candidate.article.link):
        return None
    found = [known[alias] for alias in candidate.aliases if alias in known]
    if candidate.aliases[0] in known:
        return found[0]
    led = Counter(before.id for before in found)
    return next((before for before in found if led[before.id] > 1), None)


def _is_same(
    candidate: Candidate, alias: Alias, before: Known, known: Mapping[Alias, Known], said: Mapping[int, Article]
) -> bool:
    """Whether a shared name means the same article; the guards against guids and links that are used again.

    A post without guid and link has only its title and date to be known by. A guid that comes back with another title,
    another page (or none) and another date was recycled, unless the text is the same. Another guid on the same page is
    an edit if title, date or text agree. Of what was pruned nothing is left but names: one that may be used again must
    be borne out by another.
    """
    if before.pruned:
        return alias == candidate.aliases[0] or _agreeing(candidate, before, known) > 1
    article = candidate.article
    if (before.guid is None and before.link is None) or (article.guid is None and article.link is None):
        return True
    same_page = _page(article.link) == _page(before.link)
    same_guid = (article.guid or "").strip() == (before.guid or "").strip()
    alike = fold(article.title) == fold(before.title) or article.date in (None, before.date)
    if alike:
        return same_guid or same_page
    if same_guid and same_page and (article.link or not candidate.hints.is_telling):
        return True
    if same_page and (article.guid is None or before.guid is None):
        return True
    if before.id not in said or not (same_guid or same_page):
        return False
    # A title that was replaced speaks against a page alone: on “/changes” stands one version after another.
    was = replace(said[before.id], title=article.title) if same_guid else said[before.id]
    return says_the_same(was, article)


def _agreeing(candidate: Candidate, before: Known, known: Mapping[Alias, Known]) -> int:
    """How many names lead to it. The path is a part of the link, and no other name, but where it is as long as that of
    an article: `/log` may be the page of many, one after another."""
    article, hints = candidate.article, candidate.hints
    names = {*candidate.aliases, hints.dated, hints.text}
    count = sum(name is not None and name in known and known[name].id == before.id for name in names)
    is_long = len(path_of(article.link, article.guid)) >= LONG
    return count + (is_long and hints.path is not None and hints.path in known and known[hints.path].id == before.id)


def _renamed(
    candidates: Sequence[Candidate],
    strangers: Sequence[int],
    known: Mapping[Alias, Known],
    claimed: Collection[int],
    standing: Mapping[int, Known],
) -> dict[int, Known]:
    """Which strangers are articles that stand in the document no more."""
    shared = Counter(hint for candidate in candidates for hint in set(candidate.hints))
    sure: dict[int, Known] = {}
    likely: dict[int, Known] = {}
    taken = {*claimed, *standing}
    used = set(taken)
    for certain, chosen in ((True, sure), (False, likely)):
        for index in strangers:
            if index in sure:
                continue
            for before in _hinted(candidates[index], known, shared):
                if before.id not in used and _is_sure(candidates[index], before, known, shared, standing) >= certain:
                    chosen[index] = before
                    used.add(before.id)
                    break
    several = len(sure) + len(likely)
    if several >= SEVERAL and 2 * several > len(strangers):
        return sure | likely
    return sure if taken else sure | _exact(candidates, likely, known)


def _exact(
    candidates: Sequence[Candidate], likely: Mapping[int, Known], known: Mapping[Alias, Known]
) -> dict[int, Known]:
    """Those that have the title of the article, and its date or its text."""

    def leads(hint: Alias | None, before: Known) -> bool:
        return hint is not None and hint in known and known[hint].id == before.id

    return {
        index: before
        for index, before in likely.items()
        if leads(candidates[index].hints.dated, before) or leads(candidates[index].hints.text, before)
    }


def _with_rewritten(renamed: Mapping[int, Known], rewritten: Mapping[int, Known]) -> dict[int, Known]:
    """The others that were written again, if no one else is what they were."""
    taken = {before.id for before in renamed.values()}
    return {**{index: before for index, before in rewritten.items() if before.id not in taken}, **renamed}


def _hinted(candidate: Candidate, known: Mapping[Alias, Known], shared: Mapping[Alias, int]) -> list[Known]:
    """The articles that it may be, by hints that are its own within the document."""
    hints = candidate.hints
    telling = (hints.dated, hints.text if hints.is_telling else None, hints.path)
    return [known[hint] for hint in telling if hint is not None and hint in known and shared[hint] == 1]


def _is_sure(
    candidate: Candidate,
    before: Known,
    known: Mapping[Alias, Known],
    shared: Mapping[Alias, int],
    standing: Mapping[int, Known],
) -> bool:
    """Whether it is the article beyond doubt, whatever other strangers are in the document."""

    def agrees(hint: Alias | None) -> bool:
        return hint is not None and shared[hint] == 1 and hint in known and known[hint].id == before.id

    hints = candidate.hints
    same_title = not before.pruned and fold(candidate.article.title) == fold(before.title)
    same_text, same_path = agrees(hints.text), agrees(hints.path)
    if (agrees(hints.dated) and (same_text or same_path)) or (same_path and (same_text or same_title)):
        return True
    return same_text and hints.is_telling and _was_taken_out(before, standing.values())


def _was_taken_out(before: Known, standing: Collection[Known]) -> bool:
    """Whether it went from among those that stand."""
    older = sum(other.sort_at < before.sort_at for other in standing)
    return older >= max(OLDER, len(standing) / 4)


def _page(link: str | None) -> str:
    return without_query(canonical_url(link) or "") if link else ""


def fold(text: str) -> str:
    """A title as it is compared."""
    return " ".join(text.split()).casefold()
