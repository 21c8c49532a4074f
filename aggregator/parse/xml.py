"""RSS, RDF and Atom: feedparser's reader, driven over a mended document. The only file that knows feedparser.

    text | Mender.chunks | expat | _Reader (feedparser) | entries.py

`feedparser.parse()` itself is not used: it would guess the encoding a second time, fall back to a parser whose time
grows with the square of the input, "repair" text that is right, and let media:description or an image's title stand
for the article's. Its reader of elements, which knows the dialects of twenty years, is used whole; `_Reader` overrides
what it gets wrong, each time with the reason.
"""

from __future__ import annotations

import re
import xml.sax
import xml.sax.expatreader
import xml.sax.handler
from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any
from urllib.parse import urljoin

from feedparser.api import StrictFeedParser
from feedparser.util import FeedParserDict

from aggregator.model.entry import ParsedFeed
from aggregator.parse.entries import to_feed
from aggregator.parse.limits import LIMITS
from aggregator.parse.mend import CHUNK, Mender

_FRAME = frozenset({"rss", "rdf:rdf", "channel", "feed", "item", "entry"})
# Elements whose children are read as well; inside any other element of an entry, nothing stands for the entry.
_CONTAINERS = _FRAME | {"image", "author", "source", "media:group", "media:content", "skiphours", "skipdays"}
_CONTAINERS |= {"dc:creator", "dc:author", "itunes:owner", "itunes:category"}
# Elements that feedparser has no reader for and whose text we want, by feedparser's names for them.
_PLAIN = frozenset(
    {"comments", "ttl", "sy_updateperiod", "sy_updatefrequency", "skiphours", "skipdays", "logo", "icon", "date"}
    | {"itunes_duration", "itunes_explicit", "itunes_season", "itunes_episode", "itunes_episodetype"}
    | {"itunes_name", "itunes_email", "feedburner_origlink"}
)
# Elements that are read at all. feedparser has readers for twice as many; what nobody asks for can do no harm.
_KNOWN = _PLAIN | {
    *(
        "rss",
        "rdf_rdf",
        "channel",
        "feed",
        "item",
        "entry",
        "image",
        "source",
        "media_group",
        "author",
        "name",
        "email",
    ),
    *(
        "url",
        "uri",
        "link",
        "guid",
        "id",
        "title",
        "dc_title",
        "subtitle",
        "tagline",
        "language",
        "dc_language",
        "hour",
    ),
    *("day", "description", "abstract", "summary", "content", "content_encoded", "encoded", "fullitem", "body"),
    *("xhtml_body", "dc_description", "itunes_summary", "itunes_subtitle", "media_title", "media_description"),
    *(
        "published",
        "issued",
        "pubdate",
        "updated",
        "modified",
        "lastbuilddate",
        "created",
        "dc_date",
        "dcterms_created",
    ),
    *("dcterms_issued", "dcterms_modified", "managingeditor", "dc_author", "dc_creator", "creator", "itunes_author"),
    *("category", "keywords", "subject", "dc_subject", "media_category", "media_keywords", "itunes_category"),
    *("itunes_owner", "itunes_keywords", "enclosure", "itunes_image", "media_content", "media_thumbnail"),
}
# Elements that feedparser has more to do for than to keep their words.
_ODD = frozenset({"content", "link", "title", "description", "category", "tags", "itunes_keywords"})
_VOID = frozenset(
    {"area", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_WINDOWS = re.compile("[\x80-\x9f]")  # feedparser takes them for those of Windows-1252
_XHTML = "application/xhtml+xml"


def read_xml(text: str, start: int = 0, zone: tzinfo = UTC) -> ParsedFeed:
    """The feed in a text that has one, from `start` on. Whatever can be read of it is read."""
    mender, reader = Mender(text, start), _Reader()
    problem = _drive(mender, reader)
    warnings = [*mender.warnings, *reader.warnings]
    if problem:
        warnings.append(f"the rest could not be read: {problem}")
    if mender.cut_inside_entry:
        reader.drop_cut_entry()
    return to_feed(reader.feeddata, reader.entries, reader.version, tuple(warnings), zone)


class _Enough(Exception):  # noqa: N818 - not an error: as many entries as we take
    """Stops the parser."""


class _BufferedExpat(xml.sax.expatreader.ExpatParser):
    """Expat that hands over text in long pieces: a quarter less time than line by line."""

    def reset(self) -> None:
        super().reset()
        self._parser.buffer_text = True  # type: ignore[attr-defined]
        self._parser.buffer_size = CHUNK  # type: ignore[attr-defined]


def _drive(mender: Mender, reader: _Reader) -> str | None:
    """Feed the reader; what stopped it, if anything did."""
    expat = _BufferedExpat()
    expat.setFeature(xml.sax.handler.feature_namespaces, True)
    expat.setFeature(xml.sax.handler.feature_external_ges, False)
    expat.setContentHandler(reader)
    expat.setErrorHandler(reader)
    try:
        for chunk in mender.chunks():
            expat.feed(chunk)
        expat.close()
    except _Enough:
        mender.cut_inside_entry = False
    except xml.sax.SAXException as error:
        return error.getMessage()
    except Exception as error:  # noqa: BLE001 - feedparser assumes shapes that a hostile document need not have
        return f"{type(error).__name__} in feedparser"
    return None


class _Params(FeedParserDict):  # type: ignore[misc]
    """What is known about a text construct: strings, so that a copy of it need not be a deep one; and under none of the
    names for which feedparser's mappings look elsewhere, which takes ten times as long."""

    __getitem__: Any = dict.__getitem__
    __setitem__: Any = dict.__setitem__
    __contains__ = dict.__contains__
    get = dict.get

    def __deepcopy__(self, memo: object) -> _Params:
        return _Params(self)


class _Reader(StrictFeedParser):  # type: ignore[misc]
    """feedparser's reader, corrected.

    Elements that it has no reader for are skipped with all that is in them, so that no extension can stand for the
    entry; an entry's own fields are its direct children.
    """

    resolve_relative_uris = False  # refine resolves links, with the feed's address
    sanitize_html = False  # refine owns safety: one policy, one place
    can_be_relative_uri = StrictFeedParser.can_be_relative_uri - {"id"}  # a guid is never resolved against anything

    def __init__(self) -> None:
        # By the name "utf-8" feedparser would decode "Ã©crit" once more, even where somebody means to write that.
        super().__init__("", None, "utf8")
        self.contentparams: dict[str, Any] = _Params()
        self.warnings: dict[str, None] = {}
        self._tags: dict[tuple[str | None, str], str] = {}  # by namespace and name, as the prefixes are now
        self._path: list[str] = []
        self._bases: list[str] = []
        self._inline: list[str] = []  # the end tags of markup that is open inside a text construct
        self._naming: tuple[str | None, str] | None = None  # the element whose tag is asked for
        self._skipping = 0  # open elements of the subtree that is being skipped
        self._itunes_category: list[str] = []  # those that are open
        self._elements = 0  # of the entry, or of the feed outside of entries

    # -------------------------------------------------------------------------------------------------------- elements

    def startElementNS(self, name: tuple[str | None, str], qname: None, attrs: Mapping[Any, str]) -> None:  # noqa: N802
        """Called by the parser. Most elements have no attributes, and there are a few names of them."""
        if self._skipping:
            self.decls: dict[str, str] = {}
            self._skipping += 1
        elif attrs or self.decls:
            super().startElementNS(name, qname, attrs)
        elif (tag := self._tags.get(name)) is not None:
            self.unknown_starttag(tag, [])
        else:
            self._naming = name
            super().startElementNS(name, qname, attrs)
            self._naming = None

    def endElementNS(self, _name: tuple[str | None, str], _qname: None) -> None:  # noqa: N802
        """Called by the parser."""
        self.unknown_endtag("")  # we know which one it is

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        """From here on, elements may have other prefixes."""
        self._tags.clear()
        super().track_namespace(prefix, uri)

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        """Called for each start tag, with feedparser's own prefixes."""
        if self._naming is not None and not attrs:
            self._tags[self._naming] = tag
        self._naming = None
        if self._skipping or (not self.incontent and self._is_foreign(tag)):
            self._skipping += 1
        elif self.incontent:
            self._start_inline(tag.rpartition(":")[2], attrs)
        else:
            self._start_element(tag, attrs)

    def unknown_endtag(self, tag: str) -> None:
        """Called for each end tag; the mended document is balanced."""
        if self._skipping:
            self._skipping -= 1
        elif self._inline:
            super().handle_data(self._inline.pop(), 0)
        else:
            super().unknown_endtag(self._path.pop())
            self._bases.pop()

    def _start_element(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        if self._handler(tag) not in _KNOWN:
            tag = "unknown"  # or feedparser keeps its attributes under its name, be that "authors" or "links"
        self._path.append(tag)
        if not attrs and tag not in _FRAME and ":" not in tag:
            self._bases.append(self._bases[-1] if self._bases else "")
            self._start_bare(tag)
            return
        self._enter_base(dict(attrs).get("xml:base"))
        # `base` without a prefix is an attribute like any other, but feedparser would take it for xml:base.
        attrs = [(name, value) for name, value in attrs if name != "base"]
        if self._handler(tag) in _PLAIN:
            attrs = []  # feedparser keeps either the attributes of such an element or its text
        super().unknown_starttag(tag, attrs)

    def _start_bare(self, tag: str) -> None:
        """What `unknown_starttag` comes to for a bare name without attributes, in a third of the time."""
        self.depth += 1
        self.basestack.append(self.baseuri)
        self.langstack.append(self.lang)
        if tag not in ("title", "link", "description", "name"):
            self.intextinput = 0
        if tag not in ("title", "link", "description", "url", "href", "width", "height"):
            self.inimage = 0
        start = getattr(self, f"_start_{tag}", None)
        if start is None:
            self.push(tag, 1)
            return
        try:
            start({})
        except AttributeError:  # as feedparser does: its readers assume what need not be there
            self.push(tag, 1)

    def _start_inline(self, name: str, attrs: list[tuple[str, str]]) -> None:
        """Markup inside a text construct: XHTML, or HTML that somebody forgot to escape.

        Not left to feedparser, for which the end of HTML's <summary> or <title> is the end of the construct.
        """
        if self.contentparams["type"] != _XHTML:
            if name == "div" and "html" in self.contentparams["type"]:
                self._inline.append("")  # a wrapper around HTML that is escaped nevertheless
                return
            self.contentparams["type"] = _XHTML
        start = f"<{name}{self.strattrs(attrs)}"
        void = name in _VOID  # <br></br> would be two line breaks in HTML
        super().handle_data(f"{start} />" if void else f"{start}>", 0)
        self._inline.append("" if void else f"</{name}>")

    def handle_data(self, text: str, escape: int = 1) -> None:
        """Called for text."""
        if not self._skipping:
            super().handle_data(text, escape)

    def _handler(self, tag: str) -> str:
        prefix, colon, local = tag.partition(":")
        return f"{self.namespacemap.get(prefix, prefix)}_{local}" if colon else tag

    def _is_foreign(self, tag: str) -> bool:
        handler = self._handler(tag)
        if handler in ("item", "entry"):
            self._elements = 0
            return False
        self._elements += 1
        if self._elements > LIMITS.entry_elements:
            self.warnings.setdefault(f"only the first {LIMITS.entry_elements} elements of an entry were read")
            return tag not in _FRAME
        if len(self._path) < 2 or tag in _FRAME:
            return False
        parent = self._path[-1]
        if parent not in _CONTAINERS or (parent == "image" and self.inentry and tag != "url"):
            return True
        # Outside of entries, an unknown element may be somebody's wrapper around them.
        return self.inentry > 0 and handler not in _KNOWN

    def _enter_base(self, base: str | None) -> None:
        """RFC 4287 section 2: xml:base counts for the element and what is in it."""
        outer = self._bases[-1] if self._bases else ""
        self._bases.append(_join(outer, base.strip()) if base else outer)

    def resolve_uri(self, uri: str) -> str:
        """A link as the document means it; relative still if the document has no absolute base."""
        base = self._bases[-1] if self._bases else ""
        return _join(base, uri.strip()) if base.lower().startswith(("http://", "https://")) else uri

    def pop(self, element: str, strip_whitespace: int = 1) -> Any:
        """The text of the element that ends; bounded before feedparser runs its expressions over it."""
        if not self.elementstack or self.elementstack[-1][0] != element:
            return None
        _bound(self.elementstack[-1][2])
        if self.inentry and not (self.insource or self.contentparams or self.incontent or element in _ODD):
            return self._pop_line(element) or super().pop(element, strip_whitespace)
        return super().pop(element, strip_whitespace)

    def _pop_line(self, element: str) -> str | None:
        """What `pop` comes to for the words of an element that is no text construct, in a third of the time; None if
        there are no words, or some of them stand for others."""
        _, expecting_text, pieces = self.elementstack[-1]
        words = "".join(pieces).strip()
        if not words or not expecting_text or _WINDOWS.search(words):
            return None
        self.elementstack.pop()
        if element in self.can_be_relative_uri:
            words = self.resolve_uri(words)
        entry = self.entries[-1]
        depths = self.property_depth_map.setdefault(entry, {})
        if element not in depths or self.depth <= depths[element]:
            depths[element] = self.depth
            entry[element] = words
        return words

    def push_content(self, tag: str, attrs_d: dict[str, str], default_content_type: str, expecting_text: int) -> None:
        """A text construct begins."""
        super().push_content(tag, attrs_d, default_content_type, expecting_text)
        self.contentparams = _Params(self.contentparams)
        self.contentparams["base"] = self._bases[-1] if self._bases else ""
        self.contentparams["declared"] = attrs_d.get("type", "")

    # ------------------------------------------------------------------------------------------------ entries and links

    def _start_item(self, attrs_d: dict[str, str]) -> None:
        if len(self.entries) >= LIMITS.entries:
            self.warnings.setdefault(f"only the first {LIMITS.entries} entries were read")
            raise _Enough
        super()._start_item(attrs_d)
        self.entries[-1]["xml_lang"] = self.lang

    _start_entry = _start_item

    def _end_item(self) -> None:
        super()._end_item()
        self.elementstack.clear()  # feedparser leaves one element behind for each <content>
        self._elements = 0

    _end_entry = _end_item

    def _start_link(self, attrs_d: dict[str, str]) -> None:
        kind = attrs_d.get("type")
        super()._start_link(attrs_d)
        links = self._get_context().get("links")
        if links:  # feedparser calls every link text/html, an enclosure too
            links[-1]["type"] = kind

    def _start_guid(self, attrs_d: dict[str, str]) -> None:
        self.guidislink = attrs_d.get("ispermalink", "true").strip().lower() != "false"
        self.push("id", 1)

    def _end_guid(self) -> None:
        self.pop("id")
        if self.inentry and not self.insource:
            self.entries[-1]["permalink"] = bool(self.guidislink)

    _start_id, _end_id = _start_guid, _end_guid

    def drop_cut_entry(self) -> None:
        """Leave out the entry in whose middle the document ended, unless something tells it from others next time."""
        if len(self.entries) > 1 and not (self.entries[-1].get("id") or self.entries[-1].get("link")):
            self.entries.pop()

    # --------------------------------------------------------------------------------------------- dates, people, names

    # The words are kept, and read by dates.py: feedparser's readers know fewer ways to write a date.
    def _end_published(self) -> None:
        self.pop("published")

    def _end_updated(self) -> None:
        self.pop("updated")

    def _end_created(self) -> None:
        self.pop("created")

    _end_issued = _end_pubdate = _end_dcterms_issued = _end_published
    _end_modified = _end_lastbuilddate = _end_dcterms_modified = _end_updated
    _end_dcterms_created = _end_created

    def _end_expirationdate(self) -> None:
        self.pop("expired")

    # dc:date is when the article was made, though feedparser has it for the time of its last change.
    def _start_dc_date(self, _attrs_d: dict[str, str]) -> None:
        self.push("dc_date", 1)

    def _end_dc_date(self) -> None:
        self.pop("dc_date")

    def _end_author(self) -> None:
        """Keep every author: feedparser knows only the last one's words."""
        words = self.pop("author")
        authors = self._get_context().get("authors")
        if authors and not authors[-1]:
            authors[-1]["words"] = words
        self.inauthor = 0

    _end_dc_author = _end_dc_creator = _end_managingeditor = _end_author

    def _start_url(self, _attrs_d: dict[str, str]) -> None:
        """feedparser would take the page of an author for an address of the entry, where we look for its picture."""
        self.push("author_url" if self.inauthor else "href", 1)

    def _end_url(self) -> None:
        self.pop("author_url" if self.inauthor else "href")

    _start_uri, _end_uri = _start_url, _end_url

    def _end_itunes_author(self) -> None:
        self._end_author()
        authors = self._get_context().get("authors")
        if authors:
            authors[-1]["second_hand"] = True

    def _sync_author_detail(self, key: str = "author") -> None:
        """Not needed; its search for an e-mail address takes the square of the name's length."""

    def _end_language(self) -> None:
        self.pop("language")  # feedparser would make it the language of all that follows

    _end_dc_language = _end_language

    # ----------------------------------------------------------------------------------------------- tags, hours, days

    def _add_tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tags = self._get_context().setdefault("tags", [])
        if (term or label) and len(tags) < 2 * LIMITS.tags:
            tags.append({"term": term, "label": label})

    def _start_category(self, attrs_d: dict[str, str]) -> None:
        self._add_tag(attrs_d.get("term"), None, attrs_d.get("label"))
        self.push("category", 1)

    def _end_category(self) -> None:
        self._add_tag(self.pop("category"), None, None)

    _start_keywords = _start_dc_subject = _start_media_category = _start_subject = _start_category
    _end_keywords = _end_dc_subject = _end_media_category = _end_subject = _end_category

    def _start_itunes_category(self, attrs_d: dict[str, str]) -> None:
        self._itunes_category.append(attrs_d.get("text", "").strip())
        categories = self._get_context().setdefault("itunes_categories", [])
        if len(categories) < LIMITS.tags:
            categories.append(tuple(self._itunes_category))
        if len(self._itunes_category) == 1:
            self._add_tag(attrs_d.get("text"), None, None)
        self.push("category", 1)

    def _end_itunes_category(self) -> None:
        self._itunes_category.pop()
        self._end_category()

    def _start_itunes_keywords(self, _attrs_d: dict[str, str]) -> None:
        self.push("itunes_keywords", 1)

    def _start_media_keywords(self, _attrs_d: dict[str, str]) -> None:
        self.push("media_keywords", 1)

    def _end_hour(self) -> None:
        self.feeddata.setdefault("hours", []).append(self.pop("hour"))

    def _end_day(self) -> None:
        self.feeddata.setdefault("days", []).append(self.pop("day"))

    def _start_hour(self, _attrs_d: dict[str, str]) -> None:
        self.push("hour", 1)

    def _start_day(self, _attrs_d: dict[str, str]) -> None:
        self.push("day", 1)

    # --------------------------------------------------------------------------------------------------------- podcasts

    def _start_itunes_owner(self, _attrs_d: dict[str, str]) -> None:
        """feedparser would make a publisher of the owner."""

    def _end_itunes_owner(self) -> None:
        pass

    def _start_itunes_image(self, attrs_d: dict[str, str]) -> None:
        super()._start_itunes_image(attrs_d)
        self._get_context().setdefault("itunes_picture", attrs_d.get("href", ""))

    def _start_itunes_name(self, _attrs_d: dict[str, str]) -> None:
        self.push("itunes_name", 1)

    def _end_itunes_name(self) -> None:
        self.pop("itunes_name")

    def _start_itunes_email(self, _attrs_d: dict[str, str]) -> None:
        self.push("itunes_email", 1)

    def _end_itunes_email(self) -> None:
        self.pop("itunes_email")

    def _end_itunes_explicit(self) -> None:
        self.pop("itunes_explicit")  # feedparser knows "yes" and "clean", and Apple's "true" and "false" are none

    # --------------------------------------------------------------------------------------------------- text and media

    def _end_content(self) -> None:
        self.pop_content("content")  # feedparser would copy it to the summary

    _end_body = _end_xhtml_body = _end_content_encoded = _end_fullitem = _end_encoded = _end_content

    # RSS modules without their prefix.
    _start_encoded = StrictFeedParser._start_content_encoded
    _start_creator = StrictFeedParser._start_author
    _end_creator = _end_author

    # A caption, a podcast's blurb and the like stand in only where an entry says nothing itself, never instead of it;
    # to feedparser they are descriptions, and the second of two descriptions is the content.
    def _start_aside(self, name: str, attrs_d: dict[str, str]) -> None:
        self.push_content(name, attrs_d, "text/plain", 1)

    def _start_media_description(self, attrs_d: dict[str, str]) -> None:
        self._start_aside("media_description", attrs_d)

    def _end_media_description(self) -> None:
        self.pop_content("media_description")

    def _start_media_title(self, attrs_d: dict[str, str]) -> None:
        self._start_aside("media_title", attrs_d)

    def _end_media_title(self) -> None:
        self.pop_content("media_title")

    def _start_itunes_summary(self, attrs_d: dict[str, str]) -> None:
        self._start_aside("itunes_summary", attrs_d)

    def _end_itunes_summary(self) -> None:
        self.pop_content("itunes_summary")

    def _start_itunes_subtitle(self, attrs_d: dict[str, str]) -> None:
        self._start_aside("itunes_subtitle", attrs_d)

    def _end_itunes_subtitle(self) -> None:
        self.pop_content("itunes_subtitle")

    def _start_dc_description(self, attrs_d: dict[str, str]) -> None:
        self.push_content("dc_description", attrs_d, "text/html", 1)

    def _end_dc_description(self) -> None:
        self.pop_content("dc_description")

    def _start_image(self, attrs_d: dict[str, str]) -> None:
        """An item's image is an address, as text or in <url>; its title is not the item's."""
        if self.inentry:
            self.push("image_text", 1)
        else:
            super()._start_image(attrs_d)

    def _end_image(self) -> None:
        if self.inentry:
            self.pop("image_text")
        else:
            super()._end_image()


def _join(base: str, uri: str) -> str:
    try:
        return urljoin(base, uri)
    except ValueError:  # http://[
        return uri


def _bound(pieces: list[str], limit: int = LIMITS.content) -> None:
    """Cut a text that comes in pieces at the limit, between two of them or inside a long one."""
    size = 0
    for index, piece in enumerate(pieces):
        size += len(piece)
        if size > limit:
            pieces[index] = piece[: limit - size + len(piece)] if len(piece) > LIMITS.line else ""
            del pieces[index + 1 :]
            return
