"""RSS 2.0 by the RSS Advisory Board's specification and best practices profile; content, dc, atom, media and itunes."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

from aggregator.model.feed import Feed, Item
from aggregator.render.address import history_links, hub_of, self_url, uri
from aggregator.render.facts import (
    GENERATOR,
    author_of,
    enclosures_of,
    feed_title,
    image_of,
    label,
    language_tag,
    link_of,
    names,
    outlet_title,
    outlet_url,
    own_language,
    plain,
    shown,
    title_of,
)
from aggregator.render.galley import Galley
from aggregator.render.generator import ATOM, DUBLIN_CORE, MEDIA, Entry, Generator, rss_bytes
from aggregator.render.itunes import add_episode, add_podcast
from aggregator.render.known import known_html
from aggregator.render.legal import legal

MEDIA_TYPE = "application/rss+xml"

_IN_PAGE = re.compile(r'(<a (?:[\w-]+="[^"]*" )*href=")#')  # the HTML is of a serializer: every value in quotes

_HOST = re.compile(r"https?://(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9][A-Za-z0-9-]*(?::\d+)?(?:/|$)")
"""What the validator asks of an enclosure (InvalidURLAttribute): no "_" in the host's name, no user, no IPv6."""

_ACTIVE = re.compile(
    # An attribute, or an element that does something by itself; "List<T>", "<3" and "a < b" stay as they are.
    # What ends any element does so in readers that take titles for HTML, and the validator takes this one for it.
    r"<[a-z/][^<>]{0,500}=|<[!?]|</\w+>"
    r"|</?(?:script|style|iframe|frame|object|embed|applet|svg|math|form|input|button|select|textarea|link|meta|base"
    r"|img|image|picture|video|audio|source|body|html|head|title|template|noscript|plaintext|xmp|marquee|details)\b",
    re.IGNORECASE,
)


def render_rss(feed: Feed, galley: Galley | None = None) -> bytes:
    """The feed as an RSS 2.0 document."""
    frame = legal(replace(feed, items=()))
    entries = (galley or Galley(0)).entries(feed.items, frame, "rss", _written)
    return _frame(frame).rss(entries)


def _frame(feed: Feed) -> Generator:
    """All but the items."""
    document = Generator()
    document.title(feed_title(feed))
    document.description(plain(feed.subtitle) or feed_title(feed))  # required, and not empty
    document.generator(GENERATOR)
    document.add_links(feed.base_url, self_url(feed, "rss"), MEDIA_TYPE)
    _add_history(document, feed)
    if hub := hub_of(feed):
        document.add(f"{ATOM}link", href=hub, rel="hub")
    document.add_date("lastBuildDate", feed.updated)
    if language := language_tag(feed.language):
        document.language(language)
    add_podcast(document, feed)
    return document


def _add_history(document: Generator, feed: Feed) -> None:
    """RFC 5005 §4, whose links are Atom's in RSS, too (appendix B)."""
    for relation, url in history_links(feed, "rss"):
        document.add(f"{ATOM}link", href=url, rel=relation, type=MEDIA_TYPE)
    if feed.part is not None:
        document.mark_archive()


def _written(item: Item, feed: Feed) -> bytes:
    return rss_bytes(_item(item, feed))


def _item(item: Item, feed: Feed) -> Entry:
    entry = Entry()
    entry.guid(item.id, permalink=False)
    entry.title(_title(title_of(item)))
    entry.language = own_language(item, feed)
    if link := link_of(item):
        entry.link(href=link, rel="alternate")
    if url := outlet_url(item):
        entry.source(url=url, title=outlet_title(item))
    entry.add(f"{DUBLIN_CORE}creator", author_of(item))  # <author> must be an e-mail address
    entry.add_date("pubDate", item.published)
    if item.comments_url:
        entry.comments(uri(item.comments_url))
    _add_texts(entry, item)
    _add_categories(entry, item, feed)
    _add_media(entry, item, feed)
    _add_related(entry, item)
    return entry


def _add_texts(entry: Entry, item: Item) -> None:
    """`description` holds HTML, so plain text is escaped; it stands before `content:encoded` (profile, 5.2)."""
    summary, body = item.summary.strip(), _based(known_html(shown(item.body.strip())), link_of(item))
    if summary:
        entry.summary(escape(summary, quote=False).replace("\ufffd", "&#xFFFD;"))
    elif body:
        entry.summary(body)
    if body:
        entry.content(body)


def _based(body: str, link: str | None) -> str:
    """HTML in RSS has no base: the `#1` of a footnote would lead nowhere, so it leads to the article."""
    if link is None:
        return body
    page = escape(link.partition("#")[0])
    return _IN_PAGE.sub(lambda found: f"{found[1]}{page}#", body)


def _add_categories(entry: Entry, item: Item, feed: Feed) -> None:
    """RSS's own form for a place in a hierarchy is ours: levels with "/" between, in a domain."""
    for category in names(item.categories):
        entry.category(term=category, scheme=f"{feed.base_url}feeds/")
    for tag in names(item.tags):
        entry.category(term=tag)


def _add_media(entry: Entry, item: Item, feed: Feed) -> None:
    """An RSS item has one enclosure (profile, 4.1.1.20.5); Media RSS holds the others, and how long each one plays."""
    enclosures = enclosures_of(item)
    first = next((enclosure for enclosure in enclosures if _HOST.match(enclosure.url)), None)
    if first is not None:
        entry.add("enclosure", url=first.url, length=str(first.length or 0), type=first.type)
    for enclosure in enclosures:
        if enclosure is not first or enclosure.duration:
            entry.add(
                f"{MEDIA}content",
                url=enclosure.url,
                type=enclosure.type,
                fileSize=str(enclosure.length) if enclosure.length else None,
                duration=str(enclosure.duration) if enclosure.duration else None,
            )
    if image := image_of(item):
        entry.add(f"{MEDIA}thumbnail", url=image)
    add_episode(entry, item, first, feed)


def _add_related(entry: Entry, item: Item) -> None:
    for other in item.also_in:
        if other.link:
            entry.add(f"{ATOM}link", rel="related", href=uri(other.link), title=label(other.name))


def _title(text: str) -> str:
    """RSS cannot say whether a title is text or HTML, and readers guess. One that a browser would act upon is escaped
    once more: the worst that a reader can do with it then is to show the escapes."""
    return escape(text, quote=False) if _ACTIVE.search(text) else text
