"""An entry as its publisher wrote it → the article as we keep it: safe, complete, repaired, emptied of boilerplate.

    markup | bounded | repaired and emptied | sanitized

Pure and total: any entry gives an article. `sanitize` is always the last step, and the only one that safety rests on.

urls.py         absolute http(s) URLs from what publishers write
text.py         titles, names, tags, summaries: plain text
limits.py       bodies that would cost a parser too much
html.py         the repairs, one walk over the elements (selectolax)
images.py       lazy images, pixels, the head image
players.py      frames, and the pages of what they play
boilerplate.py  what is no article, as data
selectors.py    CSS that selectolax does not know (beautifulsoup4)
sanitize.py     the allow-list and the only gate (nh3)
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from aggregator.model.article import Article, SafeHtml
from aggregator.model.entry import Enclosure, Entry, Markup
from aggregator.model.outcome import FeedFacts
from aggregator.model.source import Source
from aggregator.refine import text
from aggregator.refine.html import Cleaned, clean
from aggregator.refine.images import Picture, head_image
from aggregator.refine.sanitize import sanitize
from aggregator.refine.urls import absolute, base_of

__all__ = ["refine"]

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,7}")
_MIME = re.compile(r"[\w!#$&^.+-]{1,60}/[\w!#$&^.+-]{1,60}", re.ASCII)


def refine(entry: Entry, facts: FeedFacts, source: Source) -> Article:
    """The article that this entry is. Never raises, whatever the publisher wrote."""
    site = base_of(facts.link, source.url)
    link = absolute(entry.link, site)
    body, pictures = _body(entry, link, site, source.remove)
    enclosures = _enclosures(entry.enclosures, link or site)
    headimg, thumbnail = head_image(entry.images, enclosures, pictures, link or site)
    return Article(
        title=_title(entry, body, link, source),
        categories=(*source.category, source.name, text.one_line(facts.title or "") or source.name),
        headimg=headimg,
        author=text.authors(entry.authors, otherwise=source.name),
        date=_whole_seconds(entry.published),
        thumbnail=thumbnail,
        body=body,
        link=link,
        guid=text.legal(entry.guid or "").strip() or None,
        updated=_whole_seconds(entry.updated),
        language=_language(entry.language, facts.language, source.language),
        enclosures=enclosures,
        tags=text.tags(entry.tags),
        summary=_summary(entry, body),
        comments_url=absolute(entry.comments, link or site),
    )


def _body(
    entry: Entry, link: str | None, site: str | None, remove: tuple[str, ...]
) -> tuple[SafeHtml, tuple[Picture, ...]]:
    """The full content, else the summary: the first of them that holds anything."""
    for markup in (entry.content, entry.summary):
        if markup is not None and markup.value:
            cleaned = _cleaned(markup, link, site, remove)
            if body := sanitize(cleaned.html):
                return body, cleaned.pictures
    return SafeHtml(""), ()


def _cleaned(markup: Markup, link: str | None, site: str | None, remove: tuple[str, ...]) -> Cleaned:
    return clean(text.as_html(markup), base_of(markup.base, link, site), link, remove)


def _title(entry: Entry, body: SafeHtml, link: str | None, source: Source) -> str:
    """The entry's own, else the first words of the body, else where it came from."""
    if given := text.shortened(text.plain(entry.title), text.MAX_TITLE):
        return given
    if words := text.shortened(text.reading(body, text.MADE_TITLE), text.MADE_TITLE):
        return words
    address = (link or "").partition("://")[2]
    return text.shortened(f"{source.name}: {address}" if address else source.name, text.MAX_TITLE)


_SUMMARY_READ = 3_000  # characters of a summary in HTML that are looked at


def _summary(entry: Entry, body: SafeHtml) -> str:
    """The publisher's own summary where there is a body besides, else the first words of the body."""
    if entry.content is not None and entry.summary is not None and entry.summary.value != entry.content.value:
        markup = Markup(entry.summary.value[:_SUMMARY_READ], entry.summary.kind)
        if words := text.reading(sanitize(text.legal(text.as_html(markup))), text.MAX_SUMMARY):
            return text.shortened(words, text.MAX_SUMMARY)
    return text.shortened(text.reading(body, text.MAX_SUMMARY), text.MAX_SUMMARY)


def _enclosures(given: tuple[Enclosure, ...], base: str | None) -> tuple[Enclosure, ...]:
    """Those that can be fetched, once each."""
    found: dict[str, Enclosure] = {}
    for file in given:
        if (url := absolute(file.url, base)) and url not in found:
            found[url] = Enclosure(
                url=url,
                type=file.type.strip().lower() if file.type and _MIME.fullmatch(file.type.strip()) else None,
                length=file.length if file.length is not None and file.length >= 0 else None,
                title=text.plain(Markup(file.title or "")) or None,
                duration=file.duration if file.duration is not None and file.duration >= 0 else None,
            )
    return tuple(found.values())


def _language(*candidates: str | None) -> str | None:
    """The nearest that is a language tag."""
    for candidate in candidates:
        tag = (candidate or "").strip().replace("_", "-")
        if _LANGUAGE.fullmatch(tag):
            return tag
    return None


def _whole_seconds(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).replace(microsecond=0)
