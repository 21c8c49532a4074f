"""The archives of our feeds: what no longer stands in a feed's document, for readers who want all of it (RFC 5005 §4).

    store.archive | compose.archives | store.file ─► compose | render | publish: documents that are not there yet

A document of an archive is written once. What was edited or pruned later stays in it as it was; a later version of this
program, or other settings, change it no more. It is written again only when its file was lost, from what is kept. What
was pruned before it came into an archive is taken from the documents that it stood in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from aggregator.compose.archives import FOLDER, document_slug, documents, file_stories, returned
from aggregator.jobs.documents import lay
from aggregator.jobs.rules import sieve, stands
from aggregator.jobs.stories import tell, tell_all
from aggregator.model.archive import Archive, ArchiveDocument, Filed
from aggregator.model.article import StoredArticle, StoryId
from aggregator.model.feed import Address, Feed
from aggregator.model.settings import PublishSettings
from aggregator.publish.files import Batch, list_folder, path_of, publish, read, remove
from aggregator.render import FORMATS, Galley, check
from aggregator.render.graft import graft
from aggregator.render.rebase import rebased
from aggregator.store import Store

Telling = Sequence[StoredArticle]

PATIENCE = timedelta(days=1)
"""How long a document that was replaced by a larger one stays: somebody may be about to read it."""


def has_archive(address: Address) -> bool:
    """Categories and the feed of all have one. The feed of a single source has none: its stories are in the archive of
    its category, and every archive holds the whole of them once more on the disk."""
    return address.source is None


def look_up_to(store: Store, address: Address) -> int:
    """The last article that an archive may take in now. To be asked before a feed is put together: what comes meanwhile
    waits for the next time."""
    return store.last_judged() if address.merge == "text" else store.last_article()


def bring_up(store: Store, address: Address, told: Sequence[Telling], upto: int, base_url: str) -> Archive:
    """File what is not, or no longer, in the feed's document; that tells these stories."""
    before = store.archive(address.slug) or Archive(slug=address.slug)
    now = replace(before, upto=upto, scope=_scope(address), base_url=base_url)
    told_now = {one.story: one for one in (_filed(address, telling) for telling in told)}
    shown = {one.story: one for one in store.shown(address.slug)}
    arrived = _arrived(store, address, before if before.scope == now.scope else replace(before, upto=0), upto)
    pages = store.pages_of(address.slug, {*told_now, *arrived})
    given_up = returned(told_now, pages)
    again = store.filed(address.slug, given_up, before.last) if given_up is not None else []
    gone = [story for story in shown if story not in told_now]
    leaving = {story: shown[story] for story in gone if not _was_joined(store, address, story)}
    leaving |= {story: one for story, one in arrived.items() if story not in told_now and story not in pages}
    filing = file_stories(
        now,
        [one for story, one in told_now.items() if story not in shown],
        [*(one for one in again if one.story not in told_now), *store.oldest_first(list(leaving.values()))],
        given_up,
    )
    if filing.archive != before or filing.shown or filing.filed:
        store.file(filing)
    return filing.archive


def _was_joined(store: Store, address: Address, story: StoryId) -> bool:
    """Whether it is told as a part of another story by now: it has left no gap."""
    if address.merge != "text":
        return False
    head = store.heads([story]).get(story)
    return head is not None and head.story != story


def _filed(address: Address, telling: Telling) -> Filed:
    first = telling[0]
    article = first.id if address.merge == "off" else None
    return Filed(story=first.story, article=article, sort_at=first.sort_at)


def _arrived(store: Store, address: Address, archive: Archive, upto: int) -> dict[StoryId, Filed]:
    """The stories of the articles that came since the archive looked last."""
    if archive.upto >= upto:
        return {}
    if address.merge == "text":
        found = [Filed(story=head) for head in store.heads_since(address.sources, archive.upto, upto)]
    else:
        stories = store.stories_since(address.sources, archive.upto, upto)
        if address.merge == "url":
            found = [Filed(story=story) for story in stories]
        else:
            found = [_filed(address, telling) for telling in tell(store, stories, address) if telling[0].id <= upto]
    return {one.story: one for one in found}


def _scope(address: Address) -> str:
    """What decides which stories a feed has, beside the articles."""
    return sha256(json.dumps([sorted(address.sources), address.merge]).encode()).hexdigest()[:16]


# the documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a feed of ours is made with: which stories, as a feed."""

    settings: PublishSettings
    compose: Callable[[Sequence[Telling]], Feed]
    galley: Galley


def is_complete(store: Store, address: Address, settings: PublishSettings) -> bool:
    """Whether every document of the feed's archive is on the disk."""
    archive = store.archive(address.slug)
    return archive is None or not _missing(archive, settings)


def write_documents(store: Store, address: Address, archive: Archive, press: Press) -> dict[str, str]:
    """Write what is missing, the oldest first; by format, why a document could not be written."""
    faults: dict[str, str] = {}
    try:
        with Batch() as batch:
            _write_missing(store, address, archive, press, batch, faults)
    except OSError as error:
        folder = f"feeds/{archive.slug}/{FOLDER}"
        why = f"{folder} may not be on the disk: {error.strerror or error}"
        return {**dict.fromkeys(press.settings.formats, why), **faults}
    return faults


def _write_missing(
    store: Store, address: Address, archive: Archive, press: Press, batch: Batch, faults: dict[str, str]
) -> None:
    missing = _missing(archive, press.settings)
    for document in documents(archive):
        wanted = [name for name in missing.get(document.name, ()) if name not in faults]
        if wanted:
            stories = store.filed(archive.slug, document.page, document.page)[document.start : document.end]
            feed, order = _feed_of(store, address, document, stories, press)
            for name in wanted:
                file = f"feeds/{feed.part}{FORMATS[name].suffix}"
                render = partial(_rendered, press, feed, name, order)
                outcome = lay(press.settings.folder, file, name, render, batch.publish)
                if isinstance(outcome, str):
                    faults[name] = outcome


def newest(archive: Archive) -> str | None:
    """Where the feed's own document says that the archive begins."""
    found = documents(archive)
    return document_slug(archive.slug, found[-1].name) if found else None


def _missing(archive: Archive, settings: PublishSettings) -> dict[str, list[str]]:
    """Names of documents, each with the formats that it does not exist in."""
    there = list_folder(settings.folder, f"feeds/{archive.slug}/{FOLDER}") if archive.pages else frozenset()
    return {
        document.name: formats
        for document in documents(archive)
        if (formats := [name for name in settings.formats if document.name + FORMATS[name].suffix not in there])
    }


def _feed_of(
    store: Store, address: Address, document: ArchiveDocument, stories: Sequence[Filed], press: Press
) -> tuple[Feed, list[str]]:
    """The document as a feed, newest first, and the ids that it is to hold; those of pruned stories are not in it. What
    rules keep out today is in neither."""
    newest_first = list(reversed(stories))
    told = list(_told_again(store, address, newest_first))
    feed = press.compose([telling for telling in told if any(stands(stored, address) for stored in telling)])
    hidden = {telling[0].story for telling in told if all(stored.hidden for stored in telling)}
    older = document_slug(address.slug, document.older) if document.older else None
    feed = replace(feed, part=document_slug(address.slug, document.name), older=older)
    return feed, [one.story for one in newest_first if one.story not in hidden]


def _told_again(store: Store, address: Address, stories: Sequence[Filed]) -> Iterator[Telling]:
    """These stories under the ids that they were filed under, however the feed tells stories today."""
    apart = store.articles_of([one.article for one in stories if one.article is not None])
    merge = "url" if address.merge == "off" else address.merge
    whole = tell_all(store, [one.story for one in stories if one.article is None], replace(address, merge=merge))
    rules = sieve(store, address)
    by_story = {telling[0].story: telling for telling in whole}
    for one in stories:
        if one.article in apart:
            alone = [replace(apart[one.article], story=one.story)]
            yield rules.sift(alone) if rules else alone
        elif one.story in by_story:
            yield by_story[one.story]


def _rendered(press: Press, feed: Feed, name: str, order: Sequence[str]) -> bytes:
    content = FORMATS[name].render(feed, press.galley)
    if len(feed.items) < len(order):
        content = graft(content, name, _donors(press.settings, feed.slug, name), order)
    return content


def _donors(settings: PublishSettings, slug: str, format_name: str) -> Iterator[bytes]:
    """What the feed shows now, and its archive from the newest page back."""
    suffix = FORMATS[format_name].suffix
    names = [f"feeds/{slug}{suffix}"]
    folder = f"feeds/{slug}/{FOLDER}"
    there = [name for name in list_folder(settings.folder, folder) if name.endswith(suffix)]
    names += [f"{folder}/{name}" for name in sorted(there, key=_numbers, reverse=True)]
    for name in names:
        content = read(settings.folder, name)
        if content is not None and check(content, format_name) is None:
            yield content


def _numbers(name: str) -> tuple[int, ...]:
    """Page, first and last place, as a file's name has them; a whole page comes after its parts."""
    numbers = [int(number) for number in name.partition(".")[0].split("-") if number.isdecimal()]
    return (*numbers, 1 << 30) if len(numbers) == 1 else tuple(numbers)


# what is done to files that exist


def move(archive: Archive, settings: PublishSettings) -> None:
    """The documents of an archive have other addresses from now on, and link to each other under these."""
    folder = f"feeds/{archive.slug}/{FOLDER}"
    for name in list_folder(settings.folder, folder):
        for format_name, format_ in FORMATS.items():
            if name.endswith(format_.suffix) and (content := read(settings.folder, f"{folder}/{name}")) is not None:
                moved = rebased(content, format_name, archive.base_url, settings.base_url)
                publish(settings.folder, f"{folder}/{name}", moved)


def remove_documents(settings: PublishSettings, slug: str, suffix: str) -> None:
    """Take away the archive of a feed, or of a format, that is no more. What it held stays known: should the feed come
    back, the same stories are on the same pages."""
    folder = f"feeds/{slug}/{FOLDER}"
    for name in list_folder(settings.folder, folder):
        if name.endswith(suffix):
            remove(settings.folder, f"{folder}/{name}")


def sweep_archives(store: Store, addresses: Sequence[Address], settings: PublishSettings, now: datetime) -> int:
    """Delete the documents that larger ones have replaced for a day; how many went."""
    swept = 0
    for address in filter(has_archive, addresses):
        if (archive := store.archive(address.slug)) is not None:
            swept += sum(remove(settings.folder, name) for name in _replaced(archive, settings, now - PATIENCE))
    return swept


def _replaced(archive: Archive, settings: PublishSettings, before: datetime) -> Iterator[str]:
    """Parts of pages that nothing links to, and that something held by then what they hold."""
    folder = f"feeds/{archive.slug}/{FOLDER}"
    linked = {document.name for document in documents(archive)}
    for suffix in (format_.suffix for format_ in FORMATS.values()):
        there = [name for name in list_folder(settings.folder, folder) if name.endswith(suffix)]
        written = {name: path_of(settings.folder, f"{folder}/{name}").stat().st_mtime for name in there}
        front = read(settings.folder, f"feeds/{archive.slug}{suffix}") or b""
        for name in there:
            stem = name.removesuffix(suffix)
            if "-" not in stem or stem in linked or f"/{FOLDER}/{stem}{suffix}".encode() in front:
                continue
            heirs = [written[other] for other in there if other != name and _holds(_numbers(other), _numbers(name))]
            if heirs and min(heirs) < before.timestamp():
                yield f"{folder}/{name}"


def _holds(heir: tuple[int, ...], part: tuple[int, ...]) -> bool:
    """Whether a document has all that another one has, or begins a page after it."""
    if heir[0] != part[0] or len(heir) == 2:
        return heir[0] >= part[0]
    return heir[1] <= part[1] and part[2] <= heir[2]
