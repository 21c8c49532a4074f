"""Atom, RFC 4287; comments by RFC 4685, pictures by Media RSS."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from aggregator.model.feed import Feed, Item
from aggregator.render.address import history_links, hub_of, self_url, uri
from aggregator.render.facts import (
    GENERATOR,
    author_of,
    enclosures_of,
    feed_title,
    image_of,
    known_html_of,
    label,
    language_tag,
    link_of,
    names,
    outlet_title,
    outlet_url,
    own_language,
    rfc3339,
    title_of,
)
from aggregator.render.galley import Galley
from aggregator.render.generator import MEDIA, Entry, Generator, atom_bytes, child, text_child
from aggregator.render.legal import legal, one_line

MEDIA_TYPE = "application/atom+xml"


def render_atom(feed: Feed, galley: Galley | None = None) -> bytes:
    """The feed as an Atom document (RFC 4287 §4.1.1)."""
    frame = legal(replace(feed, items=()))
    entries = (galley or Galley(0)).entries(feed.items, frame, "atom", _written)
    return _frame(frame).atom(entries)


def _frame(feed: Feed) -> Generator:
    """All but the entries."""
    document = Generator()
    document.id(feed.id)
    document.title(feed_title(feed))
    document.updated(_to_the_second(feed.updated))
    document.author(name=feed_title(feed))  # required even of a feed without entries
    document.generator(GENERATOR)
    document.add_links(feed.base_url, self_url(feed, "atom"), MEDIA_TYPE)
    _add_history(document, feed)
    if hub := hub_of(feed):
        document.add("link", href=hub, rel="hub")
    if subtitle := one_line(feed.subtitle):
        document.subtitle(subtitle)
    if language := language_tag(feed.language):
        document.language(language)
    return document


def _add_history(document: Generator, feed: Feed) -> None:
    """RFC 5005 §4"""
    for relation, url in history_links(feed, "atom"):
        document.add("link", href=url, rel=relation, type=MEDIA_TYPE)
    if feed.part is not None:
        document.mark_archive()


def _written(item: Item, feed: Feed) -> bytes:
    return atom_bytes(_entry(item, feed))


def _entry(item: Item, feed: Feed) -> Entry:
    """§4.1.2"""
    entry = Entry()
    entry.id(item.id)
    entry.title(title_of(item))
    entry.published(_to_the_second(item.published))
    entry.updated(_to_the_second(item.updated))
    entry.fraction = _fraction(item)
    entry.author(name=author_of(item))
    entry.content(known_html_of(item), type="html")
    entry.language = own_language(item, feed)
    if summary := item.summary.strip():
        entry.summary(summary, type="text")
    _add_links(entry, item)
    _add_categories(entry, item, feed)
    for enclosure in enclosures_of(item):
        if enclosure.duration:  # `link` has no room for it
            entry.add(
                f"{MEDIA}content",
                url=enclosure.url,
                type=enclosure.type,
                fileSize=str(enclosure.length) if enclosure.length else None,
                duration=str(enclosure.duration),
            )
    if image := image_of(item):
        entry.add(f"{MEDIA}thumbnail", url=image)
    _add_source(entry, item)
    return entry


def _add_links(entry: Entry, item: Item) -> None:
    """§4.2.7"""
    if link := link_of(item):
        entry.link(href=link, rel="alternate")
    for enclosure in enclosures_of(item):
        entry.link(
            href=enclosure.url,
            rel="enclosure",
            type=enclosure.type,
            length=str(enclosure.length or ""),
            title=enclosure.title,
        )
    for other in item.also_in:
        if other.link:
            entry.link(href=uri(other.link), rel="related", title=label(other.name))
    if item.comments_url:
        entry.add("link", href=uri(item.comments_url), rel="replies", type="text/html")  # feedgen refuses this rel


def _add_categories(entry: Entry, item: Item, feed: Feed) -> None:
    """§4.2.2: ours are told from the publisher's by their scheme."""
    for category in names(item.categories):
        entry.category(term=category, scheme=f"{feed.base_url}feeds/", label=label(category))
    for tag in names(item.tags):
        entry.category(term=tag)


def _add_source(entry: Entry, item: Item) -> None:
    """§4.2.11: the feed that the entry was taken from. We do not know its id, so it has one that its URL makes."""
    outlet = item.outlet
    source = entry.add("source")
    child(source, "id", _id_of(outlet.url))
    text_child(source, "title", outlet_title(item))
    child(source, "updated", rfc3339(outlet.updated))
    if url := outlet_url(item):
        child(source, "link", rel="self", href=url)
    if outlet.site:
        child(source, "link", rel="alternate", type="text/html", href=uri(outlet.site))


@lru_cache(maxsize=1024)
def _id_of(url: str) -> str:
    return uuid5(NAMESPACE_URL, url).urn


def _to_the_second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _fraction(item: Item) -> str:
    """§4.2.15, the digits behind the second, and they are the entry's own.

    Feeds that date by the day give many entries the same instant; the validator then warns that readers cannot tell
    which is newer. A fraction of a second made from the id keeps them apart, and never changes.
    """
    digest = sha256(item.id.encode()).digest()
    # Of a hundred entries of one second, two have the same microsecond every two hundredth time.
    microseconds, nanoseconds = int.from_bytes(digest[:4]) % 1_000_000, int.from_bytes(digest[4:8]) % 1_000
    return f"{microseconds:06}{nanoseconds:03}"
