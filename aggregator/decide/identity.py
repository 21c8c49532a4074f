"""Which entry is which: the names of an entry within its source, and the permanent id of its story.

Nobody's guids can be trusted alone: they are missing, repeated, changed, recycled. So an entry is known by several
names (aliases), strongest first, and a name is only given where the document it came in leaves no doubt about it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from aggregator.decide.canonical import canonical_url, names_a_page, without_query
from aggregator.decide.edits import words_of
from aggregator.model.article import Alias, Article, Hints, StoryId
from aggregator.model.entry import Entry, Markup
from aggregator.model.source import SourceId

_STORIES = uuid5(NAMESPACE_URL, "https://aggregator.invalid/story/")
_FEEDS = uuid5(NAMESPACE_URL, "https://aggregator.invalid/feed/")

TELLING = 20
"""Words from which on a text says by itself which article it is of."""

BEGINNING = 1_500
"""Characters of a body, markup included, of which"""

WORDS = 100
"""the first words are looked at."""

SPECIFIC = 4
"""Characters from which on a path does."""

NAME = 8
"""Bytes of a name: it is one of its source alone, and of a million two meet once in thirty million sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The names of one entry of a document."""

    aliases: tuple[Alias, ...]  # strongest first
    digest: bytes  # of the content; dates and rotating tokens left out
    fingerprint: bytes  # of both: an entry whose fingerprint is known need not be looked at again
    link_is_unique: bool
    repeats: bool  # the same entry stands earlier in the same document


def identify(entries: Sequence[Entry]) -> list[Identity]:
    """The identities of a document's entries, in its order. Their links must be absolute already."""
    pages = [canonical_url(entry.link) if entry.link else None for entry in entries]
    first: dict[tuple[str, ...], int] = {}
    for index, (entry, page) in enumerate(zip(entries, pages, strict=True)):
        first.setdefault(_likeness(entry, page), index)
    distinct = sorted(first.values())
    census = _Census(
        guids=Counter(_guid(entries[index]) for index in distinct),
        pages=Counter(pages[index] or "" for index in distinct),
        pairs=Counter(_pair(entries[index], pages[index]) for index in distinct),
        titles=Counter(_title(entries[index]) for index in distinct),
        dated_titles=Counter((_title(entries[index]), _date(entries[index])) for index in distinct),
    )
    return [
        _identity(entry, page or "", census, repeats=first[_likeness(entry, page)] != index)
        for index, (entry, page) in enumerate(zip(entries, pages, strict=True))
    ]


def title_alias(title: str, date: datetime) -> Alias:
    """The name of an article that came without guid and link: a post of another program (docs/front-matter.md, 5)."""
    return _alias("title", _fold(title), date.strftime("%Y-%m-%dT%H:%M:%SZ"))


def hints_of(article: Article) -> Hints:
    """Names that other articles may have as well: `decide/match.py` says what they are worth."""
    words = words_of((article.body or article.summary)[:BEGINNING])
    path = path_of(article.link, article.guid)
    return Hints(
        dated=title_alias(article.title, article.date) if article.date else None,
        text=_alias("text", _fold(article.title), " ".join(words[:WORDS])),
        path=_alias("path", path) if path else None,
        is_telling=len(words) >= TELLING,
    )


def path_of(link: str | None, guid: str | None) -> str:
    """What stays of an address when a site moves; "" where that names no page: `/`, `/news`."""
    page = canonical_url(link or "")
    if page is None or not names_a_page(page):
        page = canonical_url(guid or "") or (guid or "").strip()
    path = page[page.find("/") :] if "/" in page else ""
    return path if len(path) >= SPECIFIC else ""


def aliases_of_post(
    title: str, date: datetime | None, guid: str | None, link: str | None, body: str
) -> tuple[Alias, ...]:
    """The names of an imported post: itself, then the names that its entry would have."""
    itself = _alias("post", _fold(title), date.isoformat() if date else "", _hash(body).hex())
    if not guid and not link:
        return (itself,)
    [identity] = identify([Entry(guid=guid, link=link, published=date, title=Markup(title, "text"))])
    return (itself, *identity.aliases)


def names_known(
    guid: str | None, link: str | None, title: str, date: datetime | None
) -> tuple[tuple[str, str, Alias], ...]:
    """Every name that an entry like this can have: its kind, what it is made from, and itself."""
    guid, page, folded = (guid or "").strip(), canonical_url(link) if link else None, _fold(title)
    bare = without_query(page or "")
    names = [
        ("guid and link", f"{guid} · {bare}", _alias("guid and link", guid, bare)),
        ("guid, link and title", f"{guid} · {bare} · {folded}", _alias("guid, link and title", guid, bare, folded)),
        ("guid", guid, _alias("guid", guid)),
        ("link", page or "", _alias("link", page or "")),
        ("title alone", folded, _alias("title alone", folded)),
    ]
    if date is not None:
        names.append(("title and date", f"{folded} · {date:%Y-%m-%d %H:%M:%S}", title_alias(title, date)))
    return tuple(names)


def story_id(source: SourceId, guid: str | None, link: str | None, title: str, date: datetime | None) -> StoryId:
    """The permanent id of a story that begins with this article.

    Made from the canonical link, so the same for every source that tells it, and the same again after a database is
    lost, a guid is changed or a source is moved. Without a link that names a page: from the guid, then from the title
    and date.
    """
    page = canonical_url(link) if link else None
    if page and names_a_page(page):
        return _story("page", page)
    return entry_story_id(source, guid, link, title, date)


def entry_story_id(source: SourceId, guid: str | None, link: str | None, title: str, date: datetime | None) -> StoryId:
    """The same for an article whose link it shares with others: a change log, a page of short notes."""
    guid = (guid or "").strip()
    if _is_global(guid):
        return _story("guid", guid)
    day = date.isoformat() if date else ""
    return _story("entry", source, guid, *(() if guid else (link or "", _fold(title), day)))


def recycled_story_id(
    source: SourceId, guid: str | None, link: str | None, title: str, date: datetime | None
) -> StoryId:
    """The same for an article whose guid another one had before it."""
    return _story("recycled", source, (guid or "").strip(), link or "", _fold(title), date.isoformat() if date else "")


def telling_id(story: StoryId, source: SourceId) -> StoryId:
    """The permanent id of one source's copy, where another has the story's own and they are not to be merged."""
    return _story("copy", story, source)


def feed_id(slug: str) -> str:
    """The permanent id of the feed that we publish under this slug, whatever the base URL."""
    return uuid5(_FEEDS, slug).urn


@dataclass(frozen=True, slots=True, kw_only=True)
class _Census:
    """How often each name stands in the document: only one that stands there once tells its entry from the others."""

    guids: Counter[str]
    pages: Counter[str]
    pairs: Counter[tuple[str, str]]
    titles: Counter[str]
    dated_titles: Counter[tuple[str, str]]


def _identity(entry: Entry, page: str, census: _Census, *, repeats: bool) -> Identity:
    digest = _content_digest(entry, page)
    aliases = _given_names(entry, page, census) or (_made_name(entry, digest, census),)
    return Identity(
        aliases=aliases,
        digest=digest,
        fingerprint=sha256(b"".join(aliases) + digest).digest()[:8],
        link_is_unique=census.pages[page] == 1,
        repeats=repeats,
    )


def _given_names(entry: Entry, page: str, census: _Census) -> tuple[Alias, ...]:
    """The names that the publisher gave: the guid with its link, the guid alone, the link alone."""
    guid, pair = _guid(entry), _pair(entry, page)
    names = []
    if guid and census.pairs[pair] > 1:
        names.append(_alias("guid, link and title", *pair, _title(entry)))
    elif guid:
        names.append(_alias("guid and link", *pair))
    if guid and census.guids[guid] == 1:
        names.append(_alias("guid", guid))
    if page and census.pages[page] == 1 and names_a_page(page):
        names.append(_alias("link", page))
    return tuple(names)


def _made_name(entry: Entry, digest: bytes, census: _Census) -> Alias:
    """A name for an entry without guid and without a link of its own."""
    title = _title(entry)
    if title and _date(entry) and entry.published and census.dated_titles[(title, _date(entry))] == 1:
        return title_alias(title, entry.published)
    if title and not _date(entry) and census.titles[title] == 1:
        return _alias("title alone", title)
    return _alias("content", digest.hex(), _date(entry))


def _guid(entry: Entry) -> str:
    return (entry.guid or "").strip()


def _pair(entry: Entry, page: str | None) -> tuple[str, str]:
    return _guid(entry), without_query(page or "")


def _title(entry: Entry) -> str:
    return _fold(entry.title.value) if entry.title else ""


def _likeness(entry: Entry, page: str | None) -> tuple[str, ...]:
    """Entries of one document that agree in this are one entry, printed twice. Where there is no guid, a page may be
    that of many: “Daily briefing”, on `/today`, one below the other, each with its date."""
    guid = _guid(entry)
    if guid or (page and names_a_page(page)):
        return (guid, page or "", _title(entry), "" if guid else _date(entry))
    body = entry.content or entry.summary
    return ("", "", _title(entry), _date(entry), body.value if body else "")


def _content_digest(entry: Entry, page: str) -> bytes:
    """Of what a reader sees. Dates are left out: many feeds re-date everything at every visit. So are the queries of
    links and enclosures where something else names the entry: many rotate a token there."""
    texts = [markup.value if markup else "" for markup in (entry.title, entry.content, entry.summary)]
    link = without_query(page) if _guid(entry) else page
    files = [url.split("?", 1)[0] for url in (*(e.url for e in entry.enclosures), *(i.url for i in entry.images))]
    return _hash("\x1f".join((*texts, *entry.authors, link, *files)))[:16]


def _date(entry: Entry) -> str:
    return entry.published.isoformat() if entry.published and not entry.is_relative else ""


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _is_global(guid: str) -> bool:
    return "://" in guid or guid.lower().startswith(("tag:", "urn:"))


def _alias(*parts: str) -> Alias:
    return Alias(_hash("\x1f".join(parts))[:NAME])


def _story(*parts: str) -> StoryId:
    return StoryId(uuid5(_STORIES, "\x1f".join(part.encode("utf-8", "surrogatepass").hex() for part in parts)).urn)


def _hash(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
