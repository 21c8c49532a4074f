"""Hexo posts in and out (docs/front-matter.md).

folder | parse_post | refine | decide | store.add          import
store.articles | render_post | publish                     export
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path

from aggregator.decide.identity import aliases_of_post, hints_of
from aggregator.decide.ingest import names_of, plan_ingest, possible_stories
from aggregator.model.article import Alias, Article, StoredArticle
from aggregator.model.entry import Entry, Markup
from aggregator.model.errors import PostError, Problem
from aggregator.model.hexo import RawPost
from aggregator.model.outcome import Candidate, FeedFacts, Verdict
from aggregator.model.source import Source, SourceId, source_id
from aggregator.model.status import SourceStatus
from aggregator.parse.hexo import parse_post
from aggregator.publish.files import Written, publish, remove, sweep
from aggregator.refine import refine
from aggregator.render.hexo import post_name, render_post
from aggregator.store import Store

SUFFIXES = frozenset((".md", ".markdown", ".txt", ".html"))
BATCH = 200

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did so far."""

    files: int = 0
    added: int = 0
    problems: tuple[Problem, ...] = ()


def post_files(path: Path) -> list[Path]:
    """The files below a folder that may be posts, in a stable order; a single file alone."""
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())


def import_posts(store: Store, files: Iterable[Path], clock: Callable[[], datetime]) -> Iterator[Imported]:
    """Take posts into the store; yields how far it is after each batch. What the store has already stays as it is.

    A file that is no such post is skipped and its problem reported; the others are imported.
    """
    done = Imported()
    remaining = iter(files)
    while batch := list(islice(remaining, BATCH)):
        posts, problems = _read(batch)
        done = Imported(
            files=done.files + len(batch),
            added=done.added + _add(store, posts, clock()),
            problems=done.problems + tuple(problems),
        )
        yield done


def export_posts(store: Store, folder: Path) -> Iterator[bool]:
    """Write every article as a post; yields for each whether its file changed."""
    write = _writer(store, folder)
    for stored in store.articles():
        yield write(stored)


def publish_posts(store: Store, folder: Path, hidden: Collection[SourceId] = ()) -> int:
    """Write the posts of articles that are new or changed since the last time, but for hidden sources; how many
    files changed."""
    key = f"posts in {folder}"
    since = store.recall(key)
    write = _writer(store, folder)
    changed, last = 0, since
    for stored in store.changed_since(datetime.fromisoformat(since or "0001-01-01T00:00:00+00:00")):
        changed += stored.source not in hidden and write(stored)
        last = stored.changed.isoformat()
    if last is not None and last != since:
        sweep(folder)
        store.remember(key, last)
    return changed


def _read(files: Sequence[Path]) -> tuple[list[RawPost], list[Problem]]:
    posts, problems = [], []
    for file in files:
        try:
            posts.append(parse_post(file.read_bytes(), file))
        except PostError as error:
            problems.append(error.problem)
        except OSError as error:
            problems.append(Problem(file=file, line=1, column=1, message=f"cannot be read: {error.strerror}"))
    return posts, problems


def _add(store: Store, posts: Sequence[RawPost], now: datetime) -> int:
    """Keep the posts that are new; how many."""
    added = 0
    by_source: dict[SourceId, list[Candidate]] = {}
    known_sources = store.status()
    for post in posts:
        source = _source_of(post, known_sources)
        if all(status.id != source.id for status in known_sources):
            store.add_source(source, now)
            known_sources = store.status()
        candidates = by_source.setdefault(source.id, [])
        candidates.append(_candidate(post, source, len(candidates)))
    for source_key, candidates in by_source.items():
        while candidates:
            first, candidates = _namesakes_later(candidates)
            added += _add_of_one(store, source_key, first, now)
    return added


def _namesakes_later(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Those that share no name, and the rest: a copy of a post is met as if it came in a later batch."""
    taken: set[Alias] = set()
    first: list[Candidate] = []
    later: list[Candidate] = []
    for candidate in candidates:
        names = set(names_of(candidate))
        (first if names.isdisjoint(taken) else later).append(candidate)
        taken |= names
    return first, later


def _add_of_one(store: Store, source: SourceId, candidates: Sequence[Candidate], now: datetime) -> int:
    with store.batch():  # what another process wrote meanwhile is known before it is judged
        known = store.lookup(source, {alias for candidate in candidates for alias in names_of(candidate)})
        places = store.places(possible_stories(source, candidates))
        saves = [
            save
            for save in plan_ingest(source, candidates, known, places, now)
            if save.verdict is Verdict.NEW  # what we have from the feed itself is better than a post made of it
        ]
        store.add(source, saves, now)
    return len(saves)


def _source_of(post: RawPost, known: Sequence[SourceStatus]) -> Source:
    """The source that a post came from: by its URL, also the first that it had; else the one of that name in its
    category, which has moved; else the only one of that name, if no URL says that it is another."""
    category, name = _category_and_name(post)
    by_url = [status for status in known if post.source_url and status.url == post.source_url]
    by_first_url = [status for status in known if post.source_url and status.id == source_id(post.source_url)]
    in_place = [status for status in known if status.name == name and status.category == category]
    by_name = [status for status in known if status.name == name and (not post.source_url or not status.url)]
    for found in (by_url, by_first_url, in_place, by_name):
        if len(found) == 1:
            status = found[0]
            return Source(id=status.id, url=status.url, name=status.name, category=status.category)
    place = "\n".join(("post", *category, name))
    return Source(id=source_id(post.source_url or place), url=post.source_url or "", name=name, category=category)


def _category_and_name(post: RawPost) -> tuple[tuple[str, ...], str]:
    """The path of a post reads: category levels · source name · the feed's own title."""
    path = post.categories
    if len(path) >= 3:
        return path[:-2], path[-2]
    if len(path) == 2:
        return path[:1], path[1]
    return path or ("imported",), post.author or "posts"


def _candidate(post: RawPost, source: Source, position: int) -> Candidate:
    article = _refined(post, source)
    if post.date is None:
        log.warning("the post %r has no date that can be read (%r): it gets today's", article.title, post.unread_date)
    return Candidate(
        article=article,
        aliases=aliases_of_post(article.title, article.date, article.guid, article.link, article.body),
        digest=sha256(f"{article.title}\n{article.body}".encode()).digest()[:16],
        link_is_unique=True,
        position=position,
        hints=hints_of(article),
    )


def _refined(post: RawPost, source: Source) -> Article:
    """The post with its body cleaned; what else it says is kept as it says it."""
    entry = Entry(title=Markup(post.title, "text"), content=Markup(post.body), link=post.link)
    cleaned = refine(entry, FeedFacts(), source)
    kept = post.with_body(cleaned.body).article
    return replace(
        kept,
        title=kept.title or cleaned.title,
        author=kept.author or source.name,
        categories=kept.categories or cleaned.categories,
        headimg=_head_image(kept.headimg, post, cleaned),
        thumbnail=_head_image(kept.thumbnail, post, cleaned),
        summary=kept.summary or cleaned.summary,
    )


def _head_image(url: str, post: RawPost, cleaned: Article) -> str:
    """The post's own, unless it stood in what cleaning removed: an advert's picture is no head image."""
    was_removed = bool(url) and url in post.body and url not in cleaned.body
    return cleaned.headimg if was_removed else url


def _writer(store: Store, folder: Path) -> Callable[[StoredArticle], bool]:
    """Writes one article's post into the folder, removes the post of its earlier title, and says if it changed."""
    urls = {status.id: status.url or None for status in store.status()}
    names: dict[str, str] = {_digits(file.name): file.name for file in folder.glob("*.md")}

    def write(stored: StoredArticle) -> bool:
        article = _without_made_summary(stored.article)
        name = post_name(article)
        # A post that came without link and guid goes out as it came (docs/front-matter.md, 5).
        source_url = urls[stored.source] if article.link or article.guid else None
        result = publish(folder, name, render_post(article, source_url))
        older = names.get(_digits(name), name)
        if older != name:
            remove(folder, older)
        names[_digits(name)] = name
        return isinstance(result, Written)

    return write


def _digits(name: str) -> str:
    """The part of a post's name that depends on its identity alone."""
    return name.removesuffix(".md").rpartition("-")[2]


def _without_made_summary(article: Article) -> Article:
    """A summary that was made from the body is made again on the way back."""
    entry = Entry(title=Markup(article.title, "text"), content=Markup(article.body), link=article.link)
    source = Source(id=SourceId(""), url="", name="", category=("",))
    made = refine(entry, FeedFacts(), source).summary
    return replace(article, summary="") if made == article.summary else article
