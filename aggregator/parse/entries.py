"""From what the XML reader collected to the model's values: which of several links, dates and texts is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from aggregator.model.entry import Enclosure, Entry, Image, Markup, ParsedFeed, Rhythm
from aggregator.model.podcast import Podcast, is_category
from aggregator.parse.characters import address, block, identifier, line, whole_number
from aggregator.parse.dates import first_date
from aggregator.parse.limits import LIMITS
from aggregator.parse.markup import looks_like_html, plain

Fields = Mapping[str, Any]

_MAIL = re.compile(r"[\w.+'-]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+", re.ASCII)
_IMAGE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|ico)(?:[?#!]|$)", re.IGNORECASE)
_MEDIA_FILE = re.compile(
    r"\.(?:mp3|m4a|m4v|mp4|ogg|oga|ogv|opus|flac|wav|aac|webm|mov|avi|m3u8)(?:[?#]|$)", re.IGNORECASE
)


def to_feed(
    feed: Fields, entries: Iterable[Fields], version: str, warnings: tuple[str, ...], zone: tzinfo = UTC
) -> ParsedFeed:
    """The document as a value. Plain dictionaries only: feedparser's own look for other keys than the one asked for."""
    feed, entries = dict(feed), [dict(entry) for entry in entries]
    atom = version.startswith("atom")
    inherited = _authors(feed) if atom else ()
    links = _links(feed)
    return ParsedFeed(
        title=_plain(feed, "title", atom) or None,
        link=_alternate(links) or address(_text(feed, "link")),
        description=_plain(feed, "subtitle", atom)
        or _plain(feed, "dc_description", atom)
        or _plain(feed, "itunes_summary", atom)
        or None,
        language=language_tag(_text(feed, "language")),
        author=next(iter(_authors(feed)), None),
        image=_feed_image(feed),
        podcast=_podcast(feed),
        hub=_by_rel(links, "hub"),
        self_url=_by_rel(links, "self"),
        rhythm=_rhythm(feed),
        entries=tuple(_entry(fields, atom=atom, inherited=inherited, zone=zone) for fields in entries),
        warnings=warnings,
    )


def _entry(fields: Fields, *, atom: bool, inherited: tuple[str, ...], zone: tzinfo) -> Entry:
    links = _links(fields)
    guid = identifier(_text(fields, "id"))
    published, updated, unread = _dates(fields, zone)
    content = _content(fields, atom)
    return Entry(
        guid=guid,
        link=_link(fields, links),
        title=_markup(fields, "title", atom, LIMITS.title) or _markup(fields, "media_title", atom, LIMITS.title),
        summary=_summary(fields, atom),
        content=content,
        authors=_authors(fields) or _authors_of_source(fields) or inherited,
        published=published,
        updated=updated,
        unread_date=unread,
        tags=_tags(fields),
        enclosures=_enclosures(fields, links),
        images=_images(fields, links),
        language=_language(fields),
        comments=address(_text(fields, "comments")) or _comments(links),
    )


# ------------------------------------------------------------------------------------------------------------- values


def _text(fields: Fields, key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def _maps(fields: Fields, key: str) -> list[Fields]:
    """The mappings of a list, whatever else an odd document put there."""
    value = fields.get(key)
    return [dict(item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _detail(fields: Fields, key: str) -> Fields:
    value = fields.get(f"{key}_detail")
    return dict(value) if isinstance(value, dict) else {}


def _unique(values: Iterable[str], limit: int) -> tuple[str, ...]:
    return tuple(list(dict.fromkeys(value for value in values if value))[:limit])


def language_tag(text: str) -> str | None:
    """A language as BCP 47 writes it, as far as it looks like one: zh_CN → zh-CN."""
    tag = text.strip().replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,4}", tag) else None


def _language(fields: Fields) -> str | None:
    inside = next((_text(detail, "language") for detail in _maps(fields, "content") if detail.get("language")), "")
    return language_tag(_text(fields, "language")) or language_tag(inside) or language_tag(_text(fields, "xml_lang"))


# -------------------------------------------------------------------------------------------------------------- texts


def _markup(fields: Fields, key: str, atom: bool, limit: int) -> Markup | None:
    return _construct(_text(fields, key), _detail(fields, key), atom=atom, one_line=True, limit=limit)


def _construct(value: str, detail: Fields, *, atom: bool, one_line: bool, limit: int) -> Markup | None:
    """A text construct (RFC 4287 section 3.1), or what RSS has instead, which does not say what it is."""
    text = line(value, limit) if one_line else block(value, limit)
    if not text:
        return None
    kind = _text(detail, "type")
    if kind == "application/xhtml+xml" or "html" in _text(detail, "declared"):
        is_html = True
    elif atom or _text(detail, "declared") in ("text", "plain", "text/plain"):
        is_html = "html" in kind
    else:
        is_html = (not one_line and kind == "text/html") or looks_like_html(text)
    return Markup(text, "html" if is_html else "text", address(_text(detail, "base")))


def _summary(fields: Fields, atom: bool) -> Markup | None:
    """The entry's own words first; then, where it has none, what its modules say about it."""
    for key in ("summary", "itunes_summary", "media_description", "dc_description", "itunes_subtitle"):
        found = _construct(_text(fields, key), _detail(fields, key), atom=atom, one_line=False, limit=LIMITS.content)
        if found:
            return found
    return None


def _content(fields: Fields, atom: bool) -> Markup | None:
    """The longest of the bodies; those that are files of another kind (RFC 4287 section 4.1.3) are none."""
    bodies = [detail for detail in _maps(fields, "content") if re.search(r"^text/|html|xml$", _text(detail, "type"))]
    if not bodies:
        return None
    detail = max(bodies, key=lambda body: len(_text(body, "value")))
    return _construct(_text(detail, "value"), detail, atom=atom, one_line=False, limit=LIMITS.content)


def _plain(fields: Fields, key: str, atom: bool) -> str:
    markup = _markup(fields, key, atom, LIMITS.title)
    if markup is None:
        return ""
    return plain(markup.value, LIMITS.title) if markup.kind == "html" else markup.value


# -------------------------------------------------------------------------------------------------------------- links


def _links(fields: Fields) -> list[Fields]:
    return [link for link in _maps(fields, "links") if link.get("href")]


def _by_rel(links: list[Fields], rel: str) -> str | None:
    return next((address(_text(link, "href")) for link in links if rel in _text(link, "rel").lower().split()), None)


def _alternate(links: list[Fields]) -> str | None:
    """RFC 4287 section 4.2.7.2: no rel means alternate. Of several, the first page comes before the first PDF."""
    alternates = [link for link in links if (_text(link, "rel") or "alternate").lower() == "alternate"]
    pages = [link for link in alternates if not link.get("type") or "html" in _text(link, "type")]
    return next((url for link in (*pages, *alternates) if (url := address(_text(link, "href")))), None)


def _link(fields: Fields, links: list[Fields]) -> str | None:
    original = address(_text(fields, "feedburner_origlink"))
    if original and _is_web(original):  # FeedBurner puts its own counting redirect into <link>
        return original
    guid = address(_text(fields, "id"))
    permalink = guid if guid and _is_web(guid) and fields.get("permalink", True) else None
    return _alternate(links) or permalink


def _is_web(url: str) -> bool:
    return url[:8].lower().startswith(("http://", "https://"))


def _comments(links: list[Fields]) -> str | None:
    """RFC 4685: the replies to an entry; the page of them, not the feed."""
    pages = [link for link in links if "xml" not in _text(link, "type")]
    return _by_rel(pages, "replies")


# ------------------------------------------------------------------------------------------------------------- people

_MAILBOX = re.compile(r"(?P<mail>[^\s()<>@]{1,64}@[^\s()<>@]{1,255})\s*\((?P<name>[^()]+)\)")
_NAMED_MAILBOX = re.compile(
    r"\"?(?P<name>[^\"<>()]*[^\"<>()\s])\"?\s*[<(]\s*(?:mailto:)?(?P<mail>[^\s<>()@]{1,64}@[^\s<>()@]{1,255})\s*[>)]"
)


def person(words: str) -> str:
    """The name in "ann@example.org (Ann)" (RSS 2.0) or "Ann <ann@example.org>", or the words as they are."""
    words = plain(words, LIMITS.line)
    match = (_MAILBOX.fullmatch(words) or _NAMED_MAILBOX.fullmatch(words)) if "@" in words else None
    return match["name"].strip() if match else words


def _authors(fields: Fields) -> tuple[str, ...]:
    """Everybody who is named, once; a mere e-mail address only if nobody is, likewise what itunes:author repeats."""
    own = [author for author in _maps(fields, "authors") if not author.get("second_hand")]
    for authors in (own, _maps(fields, "authors")):
        names = [person(_text(author, "name") or _text(author, "words")) for author in authors]
        mails = [line(_text(author, "email")) for author in authors]
        found = [name for name in names if name and "@" not in name] or [name for name in (*names, *mails) if name]
        if found:
            return _unique(found, LIMITS.authors)
    return ()


def _authors_of_source(fields: Fields) -> tuple[str, ...]:
    """RFC 4287 section 4.2.1: of an entry that was taken over from another feed, the authors of that."""
    source = fields.get("source")
    return _authors(dict(source)) if isinstance(source, dict) else ()


def _tags(fields: Fields) -> tuple[str, ...]:
    """The term; where that is an address (RFC 4287 section 4.2.2.3 has labels for people), the label."""
    names = []
    for tag in _maps(fields, "tags"):
        term, label = _text(tag, "term"), _text(tag, "label")
        names.append(plain(label if label and (not term or "://" in term) else term, LIMITS.line))
    return _unique(names, LIMITS.tags)


# -------------------------------------------------------------------------------------------------------------- dates


def _dates(fields: Fields, zone: tzinfo) -> tuple[datetime | None, datetime | None, str | None]:
    """When it was published, when it was changed, and a date that could not be read.

    An entry that says only when it was changed was published no later than then, and not undated.
    """
    first = [_text(fields, key) for key in ("published", "dc_date", "created", "date") if _text(fields, key).strip()]
    last = [_text(fields, "updated")] if _text(fields, "updated").strip() else []
    updated = first_date(last, zone)
    published = first_date(first, zone) or updated
    unread = next(iter((*first, *last)), None) if published is None else None
    return published, updated, line(unread, LIMITS.date) or None if unread else None


# -------------------------------------------------------------------------------------------------------------- files


def _enclosures(fields: Fields, links: list[Fields]) -> tuple[Enclosure, ...]:
    """RSS and Atom enclosures, and the sounds and films of Media RSS."""
    found: dict[str, Enclosure] = {}
    for link in links:
        url = address(_text(link, "href"))
        if url and "enclosure" in _text(link, "rel").lower().split() and url not in found:
            found[url] = Enclosure(
                url=url,
                type=media_type(_text(link, "type")),
                length=whole_number(link.get("length")),
                title=line(_text(link, "title")) or None,
                **(_episode(fields) if not found else {}),  # itunes elements are those of the episode
            )
    for media in _maps(fields, "media_content"):
        url = address(_text(media, "url"))
        if url and _is_played(media, url) and url not in found:
            found[url] = Enclosure(
                url=url,
                type=media_type(_text(media, "type")),
                length=whole_number(media.get("filesize")),
                duration=seconds(_text(media, "duration")),
            )
    return tuple(found.values())[: LIMITS.files]


def _episode(fields: Fields) -> dict[str, Any]:
    kind = _text(fields, "itunes_episodetype").strip().lower()
    return {
        "duration": seconds(_text(fields, "itunes_duration")),
        "image": address(_text(fields, "itunes_picture")),
        "explicit": _explicit(_text(fields, "itunes_explicit")),
        "season": whole_number(_text(fields, "itunes_season"), 100_000) or None,
        "episode": whole_number(_text(fields, "itunes_episode"), 10_000_000) or None,
        "kind": kind if kind in ("full", "trailer", "bonus") else None,
    }


def _explicit(text: str) -> bool | None:
    """Apple's "true" and "false", and its older "yes", "explicit", "no" and "clean"."""
    word = text.strip().lower()
    return True if word in ("true", "yes", "explicit") else False if word in ("false", "no", "clean") else None


def _podcast(feed: Fields) -> Podcast | None:
    """What the feed says of itself as a podcast; None of one that says nothing."""
    paths = feed.get("itunes_categories")
    known = [path for path in paths if is_category(path)] if isinstance(paths, list) else []
    below = {path[:1] for path in known if len(path) > 1}
    email = line(_text(feed, "itunes_email"))
    authors = (person(_text(one, "words")) for one in _maps(feed, "authors") if one.get("second_hand"))
    podcast = Podcast(
        author=next(authors, "") or None,
        owner_name=plain(_text(feed, "itunes_name"), LIMITS.line) or None,
        owner_email=email if _MAIL.fullmatch(email) else None,
        categories=tuple(dict.fromkeys(path for path in known if path not in below)),
        explicit=_explicit(_text(feed, "itunes_explicit")),
        image=address(_text(feed, "itunes_picture")),
    )
    return None if podcast == Podcast() else podcast


def media_type(text: str) -> str | None:
    """A MIME type without its parameters, if it is one (RFC 6838 section 4.2)."""
    kind = text.partition(";")[0].strip().lower()
    return kind if re.fullmatch(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}", kind) else None


def seconds(text: str) -> int | None:
    """itunes:duration: seconds, or hours, minutes and seconds with colons."""
    parts = text.strip()[:32].split(":")
    numbers = [whole_number(part) for part in parts]
    if len(parts) > 3 or any(number is None for number in numbers):
        return None
    total = 0
    for number in numbers:
        total = total * 60 + (number or 0)
    return total if 0 < total < 10**7 else None


def _is_played(media: Fields, url: str) -> bool:
    kind = _text(media, "type").lower()
    if kind or media.get("medium"):
        return kind.startswith(("audio/", "video/")) or (
            not kind and _text(media, "medium").lower() in ("audio", "video")
        )
    return _MEDIA_FILE.search(url) is not None


def _is_shown(media: Fields, url: str) -> bool:
    kind, medium = _text(media, "type").lower(), _text(media, "medium").lower()
    if kind or medium:
        return kind.startswith("image/") or (medium == "image" and not kind.startswith(("audio/", "video/")))
    return _MEDIA_FILE.search(url) is None


def _images(fields: Fields, links: list[Fields]) -> tuple[Image, ...]:
    """Pictures that the publisher chose for the entry, the largest kinds first: Media RSS, iTunes, enclosures."""
    found: dict[str, Image] = {}
    for media in _pictures(fields, links):
        url = address(_text(media, "url"))
        if url:
            found.setdefault(url, Image(url=url, width=pixels(media.get("width")), height=pixels(media.get("height"))))
    return tuple(found.values())[: LIMITS.files]


def _pictures(fields: Fields, links: list[Fields]) -> Iterator[Fields]:
    yield from (media for media in _maps(fields, "media_content") if _is_shown(media, _text(media, "url")))
    yield from _maps(fields, "media_thumbnail")
    image = fields.get("image")
    if isinstance(image, dict):
        yield {"url": _text(image, "href")}
    yield {"url": _text(fields, "image_text") or _text(fields, "href")}
    for link in links:
        is_picture = _text(link, "type").lower().startswith("image/") or (
            not link.get("type") and _IMAGE_FILE.search(link["href"])
        )
        if "enclosure" in _text(link, "rel") and is_picture:
            yield {"url": _text(link, "href")}


def pixels(text: object) -> int | None:
    """A width or height in CSS pixels; "100%" is none."""
    number = None if "%" in str(text) else whole_number(text, 100_000)
    return number or None


def _feed_image(feed: Fields) -> str | None:
    image = feed.get("image")
    inner = _text(image, "href") if isinstance(image, dict) else ""
    return next((url for text in (inner, _text(feed, "logo"), _text(feed, "icon")) if (url := address(text))), None)


# ------------------------------------------------------------------------------------------------------------- rhythm

_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}  # in hours
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_YEAR = 366 * 24 * 60  # minutes


def _rhythm(feed: Fields) -> Rhythm:
    """RSS 2.0's ttl, skipHours and skipDays, and RSS 1.0's syndication module; the longer interval counts."""
    wishes = [minutes for minutes in (_ttl(feed), _syndication(feed)) if minutes]
    hours = [whole_number(hour, 24) for hour in _words(feed, "hours")]
    days = [day.strip().lower() for day in _words(feed, "days")]
    return Rhythm(
        interval=timedelta(minutes=min(max(wishes), _YEAR)) if wishes else None,
        skip_hours=frozenset(hour % 24 for hour in hours if hour is not None),  # RSS 0.91 counts to 24
        skip_days=frozenset(_DAYS.index(day) for day in days if day in _DAYS),
    )


def _words(feed: Fields, key: str) -> list[str]:
    value = feed.get(key)
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _ttl(feed: Fields) -> int | None:
    return whole_number(_text(feed, "ttl"))


def _syndication(feed: Fields) -> float | None:
    hours = _PERIODS.get(_text(feed, "sy_updateperiod").strip().lower())
    times = whole_number(_text(feed, "sy_updatefrequency")) or 1
    return hours * 60 / times if hours else None
