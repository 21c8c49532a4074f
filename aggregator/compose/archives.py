"""Which stories go into the archive of a feed, and which documents it has.

Every story is at one place: in the feed's document, or in one archive document. What leaves the former is appended to
the latter, so no archive document ever changes.

    page 1 (128) ◄─ page 2 (128) ◄─ 3-1-32 ◄─ 3-33-36 ◄─ 3-37-37 ◄─ the feed's document

A page that is not full yet stands in documents of 64, 32, 16, … stories, as the number of its stories is made of
powers of two: one more story is one small document more. To write the page anew each time would cost ten times that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from aggregator.model.archive import Archive, ArchiveDocument, Filed, Filing, Page
from aggregator.model.article import StoryId

FOLDER = "_archive"
"""Below the feed's own name. No category and no source may have a name that begins with "_"."""


def documents(archive: Archive) -> tuple[ArchiveDocument, ...]:
    """Every document of the archive that is linked, the oldest first."""
    found: list[ArchiveDocument] = []
    for page in archive.pages:
        for start, end in _parts(page.stories):
            is_full = (start, end) == (0, archive.size)
            name = str(page.number) if is_full else f"{page.number}-{start + 1}-{end}"
            older = found[-1].name if found else None
            found.append(ArchiveDocument(page=page.number, start=start, end=end, name=name, older=older))
    return tuple(found)


def document_slug(slug: str, name: str) -> str:
    """Where an archive document of a feed lies, as a feed's own slug says it of the feed."""
    return f"{slug}/{FOLDER}/{name}"


def returned(shown: Collection[StoryId], pages: Mapping[StoryId, int]) -> int | None:
    """The first page that holds a story which is shown in the feed's document again; `pages` says where stories are.

    That happens when the owner changes something: a higher limit, a source that leaves a category. This page and those
    after it are given up: their documents stay as they are, but nothing links to them any more.
    """
    return min((pages[story] for story in shown if story in pages), default=None)


def file_stories(archive: Archive, shown: Sequence[Filed], leaving: Sequence[Filed], given_up: int | None) -> Filing:
    """Append what leaves, in this order. `shown` is what newly stands in the feed's document."""
    pages = [page for page in archive.pages if given_up is None or page.number < given_up]
    filed = []
    last = archive.last
    for story in leaving:
        if not pages or pages[-1].stories == archive.size:
            last += 1
            pages.append(Page(number=last, stories=0))
        page = pages[-1]
        filed.append((story, page.number, page.stories))
        pages[-1] = replace(page, stories=page.stories + 1)
    now = replace(archive, pages=tuple(pages), last=last)
    return Filing(archive=now, shown=tuple(shown), filed=tuple(filed), given_up=given_up)


def _parts(stories: int) -> Iterator[tuple[int, int]]:
    """The powers of two that this many are made of, the largest first, as ranges."""
    start = 0
    for bit in range(stories.bit_length() - 1, -1, -1):
        if stories >> bit & 1:
            yield start, start + (1 << bit)
            start += 1 << bit
