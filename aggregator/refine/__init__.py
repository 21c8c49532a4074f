"""An entry as its publisher wrote it → the article as we keep it: safe, complete, repaired, emptied of boilerplate.

    markup | bounded | repaired and emptied | sanitized | emptied of what recurs | sanitized again if anything was

Pure and total: any entry gives an article. `sanitize` is always the last step, and the only one that safety rests on.

urls.py         absolute http(s) URLs from what publishers write
text.py         titles, names, tags, summaries: plain text
limits.py       bodies that would cost a parser too much
html.py         the repairs, one walk over the elements (selectolax)
images.py       lazy images, pixels, the head image
players.py      frames, and the pages of what they play
boilerplate.py  what is no article, as data
recurring.py    what stands at the head or the foot of most articles of a source
selectors.py    CSS that selectolax does not know (beautifulsoup4)
sanitize.py     the allow-list and the only gate (nh3)
alternative.py  pictures that say nothing, for the page of a story
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from aggregator.model.article import Article, Removal, SafeHtml
from aggregator.model.entry import Edges, Enclosure, Entry, Markup
from aggregator.model.outcome import FeedFacts
from aggregator.model.source import Source
from aggregator.refine import text
from aggregator.refine.html import Cleaned, adapt, clean
from aggregator.refine.images import Picture, head_image
from aggregator.refine.recurring import Own, edges_of, without_recurring
from aggregator.refine.sanitize import sanitize
from aggregator.refine.urls import absolute, base_of, untracked
from aggregator.words.reading import reading

__all__ = ["Refined", "refine", "refined"]

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,7}")
_MIME = re.compile(r"[\w!#$&^.+-]{1,60}/[\w!#$&^.+-]{1,60}", re.ASCII)


NOTHING: Edges = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refined:
    """The article that an entry is, and what was taken out on the way."""

    article: Article
    removals: tuple[Removal, ...]
    whole: SafeHtml  # the body before anything was taken out for being said in every article

    def edges(self) -> Edges:
        """The blocks at the head and the foot of the body, for `recurring.recurring` to compare."""
        return edges_of(self.whole, Own(self.article.title, self.article.link))


@dataclass(frozen=True, slots=True)
class _Body:
    html: SafeHtml
    pictures: tuple[Picture, ...]
    removals: tuple[Removal, ...]


def refine(entry: Entry, facts: FeedFacts, source: Source, learned: Edges = NOTHING) -> Article:
    """The article that this entry is. Never raises, whatever the publisher wrote."""
    return refined(entry, facts, source, learned).article


def refined(entry: Entry, facts: FeedFacts, source: Source, learned: Edges = NOTHING) -> Refined:
    """The article that this entry is, with what was removed. `learned` are blocks that recur in this source."""
    site = base_of(facts.link, source.url)
    link = _untracked(absolute(entry.link, site), source)
    whole = _body(entry, link, site, source)
    given = text.shortened(text.plain(entry.title), text.MAX_TITLE)
    body = _without_learned(whole, Own(given, link), learned) if learned and source.clean == "full" else whole
    enclosures = _enclosures(entry.enclosures, link or site)
    headimg, thumbnail = head_image(entry.images, enclosures, body.pictures, link or site)
    article = Article(
        title=given or _made_title(body.html, link, source),
        categories=(*source.category, source.name, text.one_line(facts.title or "") or source.name),
        headimg=headimg,
        author=text.authors(entry.authors, otherwise=source.name),
        date=_whole_seconds(entry.published),
        thumbnail=thumbnail,
        body=body.html,
        link=link,
        guid=text.legal(entry.guid or "").strip() or None,
        updated=_whole_seconds(entry.updated),
        language=_language(entry.language, facts.language, source.language),
        enclosures=enclosures,
        tags=text.tags(entry.tags),
        summary=_summary(entry, body.html),
        comments_url=absolute(entry.comments, link or site),
    )
    return Refined(article=article, removals=body.removals, whole=whole.html)


def _untracked(link: str | None, source: Source) -> str | None:
    return untracked(link) if link and source.clean == "full" else link


def _body(entry: Entry, link: str | None, site: str | None, source: Source) -> _Body:
    """The full content, else the summary, else a title that is too long for one: the first that holds anything."""
    removals: tuple[Removal, ...] = ()
    words = text.plain(entry.title)
    title = Markup(words, "text") if len(words) > text.MAX_TITLE else None
    for markup in (entry.content, entry.summary, title):
        if markup is not None and markup.value:
            cleaned = _cleaned(markup, link, site, source)
            removals += cleaned.removals
            if body := sanitize(cleaned.html):
                return _Body(body, cleaned.pictures, removals)
    return _Body(SafeHtml(""), (), removals)


def _cleaned(markup: Markup, link: str | None, site: str | None, source: Source) -> Cleaned:
    html, base = text.as_html(markup), base_of(markup.base, link, site)
    if source.clean == "minimal":
        return adapt(html, base, link, source.remove)
    return clean(html, base, link, source.remove, source.keep)


def _without_learned(whole: _Body, own: Own, learned: Edges) -> _Body:
    html, removals = without_recurring(whole.html, own, learned)
    if not removals:
        return whole
    body = sanitize(html)
    shown = tuple(picture for picture in whole.pictures if escape(picture.url) in body)
    return _Body(body, shown, whole.removals + removals)


def _made_title(body: SafeHtml, link: str | None, source: Source) -> str:
    """For an entry that has none: the first words of the body, else where it came from."""
    if words := text.shortened(reading(body, text.MADE_TITLE), text.MADE_TITLE):
        return words
    address = (link or "").partition("://")[2]
    return text.shortened(f"{source.name}: {address}" if address else source.name, text.MAX_TITLE)


_SUMMARY_READ = 3_000  # characters of a summary in HTML that are looked at


def _summary(entry: Entry, body: SafeHtml) -> str:
    """The publisher's own summary where there is a body besides, else the first words of the body."""
    if entry.content is not None and entry.summary is not None and entry.summary.value != entry.content.value:
        markup = Markup(entry.summary.value[:_SUMMARY_READ], entry.summary.kind)
        if words := text.bare(markup) or reading(sanitize(text.legal(text.as_html(markup))), text.MAX_SUMMARY):
            return text.shortened(words, text.MAX_SUMMARY)
    return text.shortened(reading(body, text.MAX_SUMMARY), text.MAX_SUMMARY)


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
                image=absolute(file.image, base) if file.image else None,
                explicit=file.explicit,
                season=file.season,
                episode=file.episode,
                kind=file.kind,
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
