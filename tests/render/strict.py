"""A strict reader of what we publish: rules from the specifications by hand, each message names its section.

`problems_of_atom`, `problems_of_rss` and `problems_of_json` take a whole document and return what is wrong with it, in
the order in which it is met; an empty list means a document that every validator should like. Rules marked "W3C" are
warnings of the W3C feed validator that no specification asks for. Where a document is served may be given: it must say
so itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html.entities import name2codepoint
from html.parser import HTMLParser
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from lxml import etree

from aggregator.model.podcast import is_category

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?://(?:\[[0-9A-Fa-f:.]+\])?)?(?:[A-Za-z0-9;/?:@&=+$.\-_!~*'(),#]|%[0-9A-Fa-f]{2})+"
)
REGISTERED_SCHEME = re.compile("https?|ftp|file|urn|mailto|tag|news|data", re.IGNORECASE)
PUBLIC_HOST = re.compile(  # what W3C asks of enclosures and pictures: a name with dots, no user, no empty path
    r"https?://(?:(?:[0-9]{1,3}\.){3}|(?:[A-Z0-9-]+\.)+)[A-Z0-9][A-Z0-9-]*(?::\d+)?(?:/|$)", re.IGNORECASE
)
URN_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MEDIA_TYPE = re.compile(r"""[^\s()<>,;:\\"/\[\]?=]+/[^\s()<>,;:\\"/\[\]?=]+""")
REFERENCE = re.compile(r"&(#?\w+)")
MAILBOX = re.compile(r"<[A-Z0-9_+.'-]+@[A-Z0-9.-]+>", re.IGNORECASE)
TWICE_ENCODED = re.compile("[\u00c2\u00c3][\u0080-\u00bf]")
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
MOST = 5_000_000  # bytes
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
                    r"\d\d:\d\d:\d\d GMT")  # fmt: skip
END_TAG = re.compile(r"</(\w+)>")
DISCOURAGED = re.compile("[\x7f-\x9f\ufdd0-\ufdef\ufffd]")
UNSAFE_TAG = re.compile("script|style|iframe|object|embed|applet|base|meta|link|frame|frameset|noframes|title")
ISO_639_1 = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
HTML_TAGS = frozenset(
    "a abbr acronym address article aside audio b bdi big blockquote br caption center cite code col colgroup data "
    "dd del details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins "
    "kbd li main mark menu nav ol p picture pre q rp rt ruby s samp section small source span strike strong sub "
    "summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr".split()
)
HTML_ATTRIBUTES = frozenset(  # those of ours that W3C takes for safe: `controls` is not among them
    "abbr align alt cite class colspan datetime default dir headers height href hreflang id kind label lang loop media "
    "muted name open playsinline poster preload referrerpolicy rel reversed rowspan scope sizes span src srclang "
    "srcset start summary title type valign value width".split()
)
PREFIXES = {ITUNES: "itunes", DC: "dc", CONTENT: "content", MEDIA: "media", HISTORY: "fh"}
_LINK = {"href", "rel", "type", "hreflang", "title", "length"}
_TEXT = {"type"}
ATOM_ELEMENTS = {  # RFC 4287 §4, with the attributes that each may have beside xml:lang and xml:base
    "feed": set(), "entry": set(), "source": set(), "author": set(), "contributor": set(), "name": set(), "uri": set(),
    "email": set(), "id": set(), "published": set(), "updated": set(), "icon": set(), "logo": set(), "title": _TEXT,
    "subtitle": _TEXT, "summary": _TEXT, "rights": _TEXT, "content": {"type", "src"}, "link": _LINK,
    "category": {"term", "scheme", "label"}, "generator": {"uri", "version"},
}  # fmt: skip
RSS_ELEMENTS = {  # RSS 2.0.11
    "rss": {"version"}, "channel": set(), "item": set(), "title": set(), "link": set(), "description": set(),
    "language": set(), "pubDate": set(), "lastBuildDate": set(), "docs": set(), "generator": set(), "ttl": set(),
    "managingEditor": set(), "webMaster": set(), "author": set(), "comments": set(), "category": {"domain"},
    "guid": {"isPermaLink"}, "source": {"url"}, "enclosure": {"url", "length", "type"},
}  # fmt: skip
MODULE_ELEMENTS = {
    f"{DC}creator": set[str](), f"{DC}language": set[str](), f"{CONTENT}encoded": set[str](),
    **{f"{ITUNES}{name}": set[str]() for name in ("author", "explicit", "owner", "name", "email", "duration",
                                                  "season", "episode", "episodeType")},
    f"{ITUNES}image": {"href"}, f"{ITUNES}category": {"text"},
    f"{HISTORY}archive": set[str](), f"{HISTORY}complete": set[str](),
    f"{MEDIA}thumbnail": {"url", "width", "height", "time"},
    f"{MEDIA}content": {"url", "fileSize", "type", "medium", "isDefault", "expression", "bitrate", "framerate",
                        "samplingrate", "channels", "duration", "height", "width", "lang"},
}  # fmt: skip
ABSOLUTE = re.compile(r"\w+:")
ABSOLUTE_OR_IN_PAGE = re.compile(r"\w+:|#")
DAYS = "Sun Mon Tue Wed Thu Fri Sat"
LINK_RELATION = re.compile(
    "alternate|current|enclosure|first|hub|last|license|next|next-archive|payment|prev-archive|previous|related|replies|"
    "search|self|service|up|via"
)

Problems = Iterator[str]


def problems_of_atom(document: bytes, location: str | None = None) -> list[str]:
    """What RFC 4287 and the W3C validator have against an Atom feed document."""
    root, problems = _parsed(document)
    return problems if root is None else [*problems, *_atom_feed(root), *_located(root, location), *_archived(root)]


def problems_of_rss(document: bytes, location: str | None = None) -> list[str]:
    """What RSS 2.0, its best practices profile and the W3C validator have against an RSS document."""
    root, problems = _parsed(document)
    if root is None or not len(root):
        return [*problems, *(_rss(root) if root is not None else ())]
    return [*problems, *_rss(root), *_located(root[0], location), *_archived(root[0])]


def problems_of_json(document: bytes, location: str | None = None) -> list[str]:
    """What JSON Feed 1.1 has against a document."""
    try:
        feed = json.loads(document.decode("utf-8"))
    except ValueError as error:
        return [f"RFC 8259 §2, §8.1: not JSON in UTF-8: {error}"]
    problems = list(_json_feed(feed))
    if location is not None and feed.get("feed_url") != location and "/_archive/" not in location:
        problems.append(f"JSON Feed 1.1, Top-level: feed_url is {feed.get('feed_url')!r}, served at {location!r}")
    return problems


def dates_after(document: bytes, now: datetime) -> list[str]:
    """Which dates of an Atom or RSS document lie so far ahead of `now` that the W3C validator believes none of them."""
    root, problems = _parsed(document)
    latest = now + timedelta(minutes=10)
    for name in ("pubDate", "lastBuildDate", f"{ATOM}updated", f"{ATOM}published") if root is not None else ():
        for element in root.iter(name):
            read = datetime.fromisoformat if name.startswith(ATOM) else parsedate_to_datetime
            if read(element.text) > latest:
                problems.append(f"W3C ImplausibleDate: {element.text} in {_name(element)}")
    return problems


# Everything that is XML


def _parsed(document: bytes) -> tuple[Any, list[str]]:
    try:
        document.decode("utf-8")
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except (etree.XMLSyntaxError, UnicodeDecodeError) as error:
        return None, [f"XML 1.0 §2.1: not well-formed: {error}"]
    problems = [*_bytes(document), *_character_data(root, document)]
    if root.getroottree().docinfo.doctype:
        problems.append("W3C: a DOCTYPE has no place in a feed")
    problems.extend(
        f"XML 1.0 §2.2 (W3C BadCharacters): discouraged character in {element.tag}"
        for element in root.iter()
        if any(map(DISCOURAGED.search, filter(None, (element.text, element.tail, *element.attrib.values()))))
    )
    problems.extend(
        f"W3C BadCharacters: UTF-8 that was encoded once more in {element.tag}"
        for element in root.iter(etree.Element)
        if _is_twice_encoded(element.text or "")
    )
    return root, problems


def _is_twice_encoded(text: str) -> bool:
    if not TWICE_ENCODED.search(text):
        return False
    try:
        text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return False
    return True


def _bytes(document: bytes) -> Problems:
    if not re.match(rb"<\?xml version=['\"]1\.0['\"] encoding=['\"]UTF-8['\"]\?>", document):
        yield "XML 1.0 §2.8, §4.3.3 (W3C MissingEncoding): no declaration of UTF-8 at the very beginning"
    if len(document) > MOST:
        yield f"W3C ValidatorLimit: {len(document)} bytes, of which it reads {MOST}"


def _character_data(root: Any, document: bytes) -> Problems:
    """Plain text that the validator takes for HTML, unless there are hexadecimal references on the line."""
    meant = [b"&#x" in line for line in document.split(b"\n")]
    for element in root.iter(etree.Element):
        for text in _plain_texts(element):
            if not meant[element.sourceline - 1] and any(map(_is_reference, REFERENCE.findall(text))):
                yield f"RSS profile, Character data (W3C ContainsHTML): a reference in {_name(element)}: {text!r}"
            elif root.tag == "rss" and not meant[element.sourceline - 1] and re.search("&#[x0-9]|<[/a-zA-Z]", text):
                yield f"RSS profile, Character data (W3C CharacterData): markup in {_name(element)}: {text!r}"


def _plain_texts(element: Any) -> list[str]:
    name, text = str(element.tag), element.text or ""
    if name == f"{ATOM}link":
        return [element.get("title") or ""]
    if name == f"{ATOM}category":
        return [element.get("label") or ""]
    if name in (f"{ATOM}title", f"{ATOM}subtitle", f"{ATOM}summary", f"{ATOM}rights"):
        return [text] if element.get("type", "text") == "text" else []
    if name == "description" and element.getparent().tag == "item":
        return []
    plain = ("title", "description", "category", "source", f"{ATOM}name", f"{ATOM}generator")
    return [text] if name in plain or name.startswith(ITUNES) else []


def _is_reference(word: str) -> bool:
    return word in name2codepoint or word == "apos" or not word.isalpha()


def _located(feed: Any, location: str | None) -> Problems:
    links = [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if location is not None and links != [location]:
        yield f"W3C SelfDoesntMatchLocation: {links} served at {location!r}"


def _archived(feed: Any) -> Problems:
    """RFC 5005 §4, of a feed's own document and of those of its archive."""
    links = [(link.get("rel"), link.get("href")) for link in feed.findall(f"{ATOM}link")]
    relations = [relation for relation, _ in links]
    for relation in ("current", "prev-archive", "next-archive"):
        if relations.count(relation) > 1:
            yield f"RFC 5005 §4: more than one {relation}"
    is_archive = feed.find(f"{HISTORY}archive") is not None
    if is_archive != ("current" in relations):
        yield "RFC 5005 §4: an archive document says so, and where the feed's own document is"
    if is_archive and not {"prev-archive", "next-archive"} & set(relations):
        yield "RFC 5005 §4 (W3C ArchiveIncomplete): an archive document leads to no other"
    older = [href for relation, href in links if relation in ("prev-archive", "next-archive", "current")]
    if any(href in older for relation, href in links if relation == "self"):
        yield "RFC 5005 §4: a document links to itself as to another one"


def _known(root: Any, own: dict[str, set[str]]) -> Problems:
    """No element and no attribute that a validator would not know."""
    for element in root.iter(etree.Element):
        name = str(element.tag)
        allowed = MODULE_ELEMENTS.get(name, own.get(name))
        if allowed is None:
            yield f"W3C UndefinedElement: {name} in {_name(element.getparent())}"
            continue
        for attribute in element.attrib:
            if attribute not in allowed and attribute != XML_LANG:
                yield f"W3C UnexpectedAttribute: {attribute} on {_name(element)}"
        namespace = name.partition("}")[0] + "}"
        if namespace in PREFIXES and element.prefix != PREFIXES[namespace]:
            yield f"W3C AvoidNamespacePrefix: {_name(element)} has the prefix {element.prefix!r}"


def _one(parent: Any, name: str, rule: str) -> Problems:
    found = len(parent.findall(name))
    if found != 1:
        yield f"{rule}: {_name(parent)} has {found} {name.rpartition('}')[2]} elements, not one"


def _at_most_one(parent: Any, names: Iterable[str], rule: str) -> Problems:
    for name in names:
        if len(parent.findall(name)) > 1:
            yield f"{rule}: {_name(parent)} has more than one {name.rpartition('}')[2]}"


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(parent: Any, name: str) -> str:
    return parent.findtext(name) or ""


def _language(tag: str | None, rule: str) -> Problems:
    if tag is None:
        return
    primary = tag.partition("-")[0].lower()
    if not LANGUAGE.fullmatch(tag) or (len(primary) == 2 and primary not in ISO_639_1):
        yield f"{rule} (W3C InvalidLanguage): {tag!r} is no language (RFC 5646 §2.1, ISO 639-1)"


def _uri(value: str | None, rule: str) -> Problems:
    if value is None or not URI.fullmatch(value):
        yield f"{rule}: {value!r} is no absolute URI (RFC 3986 §4.3)"
    elif not REGISTERED_SCHEME.fullmatch(value.partition(":")[0]):
        yield f"{rule} (W3C SchemeNotIANARegistered): {value!r}"


def _http(value: str | None, rule: str) -> Problems:
    if value is None or not (URI.fullmatch(value) and re.match(r"https?://[^/?#]", value)):
        yield f"{rule}: {value!r} is no http(s) URL"


def _public(value: str | None, rule: str) -> Problems:
    yield from _http(value, rule)
    if not PUBLIC_HOST.match(value or ""):
        yield f"{rule} (W3C InvalidURLAttribute): {value!r} has no host that the validator believes in"


def _plausible(date: datetime, rule: str) -> Problems:
    if date < EARLIEST:
        yield f"{rule} (W3C ImplausibleDate): {date}"


def _plain(text: str, rule: str) -> Problems:
    if tag := END_TAG.search(text):
        yield f"{rule} (W3C ContainsHTML): {tag[0]} in plain text"


class _Html(HTMLParser):
    """Looks at HTML inside a feed: nothing relative, nothing that runs, nothing that the validator does not know."""

    tags = HTML_TAGS
    attributes = HTML_ATTRIBUTES

    def __init__(self, where: str, absolute: re.Pattern[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.where = where
        self.absolute = absolute
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if UNSAFE_TAG.fullmatch(tag):
            self.problems.append(f"{self.where} (W3C SecurityRisk): <{tag}>")
        elif tag not in self.tags:
            self.problems.append(f"{self.where} (W3C NotHtml, SecurityRisk): <{tag}>")
        for name, value in attrs:
            if name not in self.attributes:
                self.problems.append(f"{self.where} (W3C SecurityRiskAttr): {name} on <{tag}>")
            if name == "srcset" and not all(map(ABSOLUTE.match, _candidates(value or ""))):
                self.problems.append(f"{self.where} (W3C ContainsRelRef): {name}={value!r} is relative")
            if name in (
                "href",
                "src",
                "poster",
                "cite",
                "longdesc",
                "background",
                "data",
                "action",
            ) and not self.absolute.match((value or "").strip()):
                self.problems.append(f"{self.where} (W3C ContainsRelRef): {name}={value!r} is relative")
            if name in ("href", "src", "poster") and re.match(r"\s*(javascript|vbscript)\s*:", value or "", re.I):
                self.problems.append(f"{self.where} (W3C SecurityRisk): {name}={value!r}")


class _WholeHtml(_Html):
    """HTML in JSON Feed, which that validator does not read: MathML Core and controls are as good as the rest."""

    tags = HTML_TAGS | frozenset(
        "bdo rb rtc math merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace "
        "msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics annotation none "
        "menclose".split()
    )
    attributes = HTML_ATTRIBUTES | frozenset(
        "controls accent accentunder alttext columnalign columnlines columnspacing columnspan depth display "
        "displaystyle encoding fence form frame largeop linethickness lspace mathvariant maxsize minsize "
        "movablelimits notation rowalign rowlines rowspacing rspace scriptlevel separator stretchy symmetric "
        "voffset".split()
    )


def _candidates(srcset: str) -> list[str]:
    """HTML §4.8.4.2.2: addresses, each with a width or a density; commas may be in an address, not at its end."""
    found = re.findall(r"\s*,*\s*([^\s,]\S*)(?:\s+[^\s,]+)?\s*(?:,|$)", srcset)
    return [address.rstrip(",") for address in found]


def _html(
    text: str, where: str, absolute: re.Pattern[str] = ABSOLUTE_OR_IN_PAGE, kind: type[_Html] = _Html
) -> Problems:
    reader = kind(where, absolute)
    reader.feed(text)
    reader.close()
    yield from reader.problems


# Atom


def _atom_feed(feed: Any) -> Problems:
    if feed.tag != f"{ATOM}feed":
        yield f"RFC 4287 §4.1.1: the root is {feed.tag}"
        return
    if feed.prefix is not None:
        yield f"W3C AvoidNamespacePrefix: Atom has the prefix {feed.prefix!r}"
    yield from _known(feed, {ATOM + name: attributes for name, attributes in ATOM_ELEMENTS.items()})
    yield from _atom_metadata(feed, "RFC 4287 §4.1.1")
    yield from _language(feed.get(XML_LANG), "RFC 4287 §2")
    links = feed.findall(f"{ATOM}link")
    if [link.get("rel") for link in links].count("self") != 1:
        yield "RFC 4287 §4.1.1 (W3C MissingSelf): a feed has one link to itself"
    if not any(link.get("rel", "alternate") == "alternate" for link in links):
        yield "RFC 4287 §4.1.1: a feed has a link to its page"
    entries = feed.findall(f"{ATOM}entry")
    if feed.find(f"{ATOM}author") is None and not all(
        entry.find(f"{ATOM}author") is not None for entry in entries or [feed]
    ):
        yield "RFC 4287 §4.1.1: neither the feed nor all its entries have an author"
    if entries and any(feed.index(entries[0]) < feed.index(child) for child in feed if child.tag != f"{ATOM}entry"):
        yield "W3C MisplacedMetadata: something follows the first entry"
    yield from _unique((_text(entry, f"{ATOM}id") for entry in entries), "RFC 4287 §4.1.1 (W3C DuplicateEntries)")
    yield from _unique((_text(entry, f"{ATOM}updated") for entry in entries), "W3C DuplicateUpdated")
    for entry in entries:
        yield from _atom_entry(entry)


def _unique(values: Iterable[str], rule: str) -> Problems:
    seen = set()
    for value in values:
        if value in seen:
            yield f"{rule}: {value} twice"
        seen.add(value)


def _atom_metadata(element: Any, rule: str) -> Problems:
    """What a feed, an entry and a source have in common."""
    for name in ("id", "title", "updated"):
        yield from _one(element, ATOM + name, rule)
    once = ("subtitle", "generator", "icon", "logo", "rights", "summary", "content", "published", "source")
    yield from _at_most_one(element, (ATOM + name for name in once), rule)
    yield from _atom_id(_text(element, f"{ATOM}id"))
    for name in ("title", "subtitle", "summary", "rights"):
        for construct in element.findall(ATOM + name):
            yield from _atom_text(construct)
    for name in ("updated", "published"):
        for date in element.findall(ATOM + name):
            yield from _atom_date(date.text or "")
    for author in element.findall(f"{ATOM}author"):
        yield from _atom_person(author)
    for link in element.findall(f"{ATOM}link"):
        yield from _atom_link(link)
    kinds = [
        (link.get("rel", "alternate"), link.get("type"), link.get("hreflang"))
        for link in element.findall(f"{ATOM}link")
    ]
    yield from _unique(
        (str(kind) for kind in kinds if kind[0] == "alternate"), "RFC 4287 §4.1.1, §4.1.2: alternate links"
    )


def _atom_id(identifier: str) -> Problems:
    yield from _uri(identifier, "RFC 4287 §4.2.6")
    if identifier.startswith("urn:uuid:") and not URN_UUID.fullmatch(identifier):
        yield f"RFC 4122 §3 (W3C InvalidUUID): {identifier}"


def _atom_text(construct: Any) -> Problems:
    rule = f"RFC 4287 §3.1: {_name(construct)}"
    kind, text = construct.get("type", "text"), construct.text or ""
    if kind not in ("text", "html") or len(construct):
        yield f"{rule}: type {kind!r} with {len(construct)} children"
    if not text.strip():
        yield f"{rule} is blank (W3C NotBlank)"
    yield from _html(text, rule) if kind == "html" else _plain(text, rule)


def _atom_date(text: str) -> Problems:
    if not RFC3339.fullmatch(text):
        yield f"RFC 4287 §3.3: {text!r} is no date of RFC 3339"
    else:
        yield from _plausible(datetime.fromisoformat(text), "RFC 4287 §3.3")


def _atom_person(person: Any) -> Problems:
    yield from _one(person, f"{ATOM}name", "RFC 4287 §3.2.1")
    name = _text(person, f"{ATOM}name")
    if not name.strip():
        yield "RFC 4287 §3.2.1 (W3C NotBlank): a person without a name"
    yield from _plain(name, "RFC 4287 §3.2.1")
    if MAILBOX.search(name):
        yield f"RFC 4287 §3.2.1 (W3C ContainsEmail): {name!r}"


def _atom_link(link: Any) -> Problems:
    rule = f"RFC 4287 §4.2.7 ({link.get('rel')})"
    yield from _uri(link.get("href"), rule)
    if not LINK_RELATION.fullmatch(link.get("rel", "alternate")):
        yield f"{rule}: no registered relation"
    if (kind := link.get("type")) is not None and not MEDIA_TYPE.fullmatch(kind):
        yield f"{rule}: {kind!r} is no media type"
    if link.get("rel") == "enclosure" and not link.get("type"):
        yield f"{rule}: an enclosure says of what type it is"
    if (length := link.get("length")) is not None and not length.isdecimal():
        yield f"{rule}: length {length!r}"
    if link.get("title") is not None and not link.get("title").strip():
        yield f"{rule}: blank title (W3C AttrNotBlank)"
    yield from _plain(link.get("title") or "", rule)


def _atom_entry(entry: Any) -> Problems:
    yield from _atom_metadata(entry, "RFC 4287 §4.1.2")
    yield from _language(entry.get(XML_LANG), "RFC 4287 §2")
    if _text(entry, f"{ATOM}updated")[:19] < _text(entry, f"{ATOM}published")[:19]:
        yield "RFC 4287 §4.2.9, §4.2.15: updated before it was published"
    alternate = any(link.get("rel", "alternate") == "alternate" for link in entry.findall(f"{ATOM}link"))
    content = entry.find(f"{ATOM}content")
    if content is None and not alternate:
        yield "RFC 4287 §4.1.2: an entry has content or an alternate link"
    if content is not None:
        if content.get("type") != "html" or not (content.text or "").strip():
            yield "RFC 4287 §4.1.3: content is not HTML, or blank"
        yield from _html(content.text or "", "RFC 4287 §4.1.3.3")
    for category in entry.findall(f"{ATOM}category"):
        yield from _atom_category(category)
    yield from _media(entry)
    for source in entry.findall(f"{ATOM}source"):
        yield from _atom_metadata(source, "RFC 4287 §4.2.11 (W3C MissingSourceElement)")
        if "self" not in [link.get("rel") for link in source.findall(f"{ATOM}link")]:
            yield "docs/design.md, Outputs: a source without a link to itself"


def _atom_category(category: Any) -> Problems:
    if not (category.get("term") or "").strip():
        yield "RFC 4287 §4.2.2.1: a category without a term"
    if category.get("scheme") is not None:
        yield from _uri(category.get("scheme"), "RFC 4287 §4.2.2.2")
    yield from _plain(category.get("label") or "", "RFC 4287 §4.2.2.3")


# RSS


def _rss(root: Any) -> Problems:
    if root.tag != "rss" or root.get("version") != "2.0" or [child.tag for child in root] != ["channel"]:
        yield "RSS 2.0, What is RSS?: no <rss version='2.0'> with one channel"
        return
    yield from _known(root, {**RSS_ELEMENTS, f"{ATOM}link": _LINK})
    channel = root[0]
    for name in ("title", "link", "description"):
        yield from _one(channel, name, "RSS 2.0, Required channel elements")
        if not _text(channel, name).strip():
            yield f"RSS 2.0, Required channel elements: {name} is empty"
    yield from _at_most_one(
        channel, ("language", "lastBuildDate", "generator", "docs", "ttl"), "RSS 2.0, Optional channel elements"
    )
    yield from _plain(_text(channel, "title"), "RSS 2.0, title")
    yield from _plain(_text(channel, "description"), "RSS 2.0, description")
    yield from _http(_text(channel, "link"), "RSS 2.0, link")
    yield from _language(channel.findtext("language"), "RSS 2.0, language")
    if (ttl := channel.findtext("ttl")) is not None and not (ttl.isdecimal() and int(ttl) > 0):
        yield f"RSS 2.0, ttl: {ttl!r} is no positive number of minutes"
    for name in ("managingEditor", "webMaster"):
        if "@" not in (channel.findtext(name) or "@"):
            yield f"RSS 2.0, {name}: an e-mail address"
    yield from _rss_date(channel, "lastBuildDate")
    links = [link for link in channel.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if len(links) != 1:
        yield "RSS profile, atom:link (W3C MissingAtomSelfLink): a channel has one link to itself"
    for link in channel.findall(f"{ATOM}link"):
        yield from _atom_link(link)
    yield from _itunes(channel)
    items = channel.findall("item")
    if items and any(channel.index(items[0]) < channel.index(child) for child in channel if child.tag != "item"):
        yield "RSS profile (W3C MisplacedItem): something follows the first item"
    yield from _unique((_text(item, "guid") for item in items), "RSS 2.0, guid")
    for item in items:
        yield from _rss_item(item)


def _rss_item(item: Any) -> Problems:
    once = ("title", "link", "description", "comments", "enclosure", "guid", "pubDate", "source", "author")
    yield from _at_most_one(item, (*once, f"{CONTENT}encoded"), "RSS 2.0, Elements of item")
    if not (_text(item, "title") or _text(item, "description")).strip():
        yield "RSS 2.0, Elements of item: neither title nor description"
    for child in item:
        if not (child.text or "").strip() and not child.attrib:
            yield f"W3C NotBlank: {_name(child)} is empty"
    for name in ("title", "category", "source"):
        for element in item.findall(name):
            yield from _plain(element.text or "", f"RSS profile, {name}")
    yield from _rss_texts(item)
    yield from _rss_guid(item.find("guid"))
    for link in item.findall(f"{ATOM}link"):
        yield from _atom_link(link)
    for name in ("link", "comments"):
        if item.find(name) is not None:
            yield from _http(_text(item, name), f"RSS 2.0, {name}")
    yield from _rss_date(item, "pubDate")
    if item.find("author") is not None and "@" not in _text(item, "author"):
        yield "RSS 2.0, author: an author is an e-mail address"
    if item.find("author") is not None and item.find(f"{DC}creator") is not None:
        yield "W3C DuplicateItemSemantics: author and dc:creator"
    yield from _rss_media(item)
    if (source := item.find("source")) is not None:
        yield from _uri(source.get("url"), "RSS 2.0, source")
    for language in item.findall(f"{DC}language"):
        yield from _language(language.text, "Dublin Core 1.1, language")


def _rss_texts(item: Any) -> Problems:
    names = [child.tag for child in item]
    yield from _html(_text(item, "description"), "RSS 2.0, description", ABSOLUTE)
    if f"{CONTENT}encoded" in names:
        yield from _html(_text(item, f"{CONTENT}encoded"), "RSS profile, content:encoded", ABSOLUTE)
        if "description" not in names or names.index("description") > names.index(f"{CONTENT}encoded"):
            yield "RSS profile, content:encoded (W3C NeedDescriptionBeforeContent): description comes first"


ITUNES_VALUES = {
    "explicit": re.compile("true|false"),
    "duration": re.compile(r"\d+(:[0-5]\d){0,2}"),
    "episode": re.compile("0*[1-9][0-9]*"),
    "season": re.compile("0*[1-9][0-9]*"),
    "episodeType": re.compile("full|trailer|bonus"),
    "email": re.compile(r"[\w+.'-]+@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+", re.ASCII),
    "author": re.compile(".{1,255}"),
    "name": re.compile(".{1,255}"),
}


def _itunes(parent: Any) -> Problems:
    rule = "Apple, A Podcaster's Guide to RSS"
    once = ("author", "explicit", "image", "owner", "duration", "episode", "season", "episodeType")
    yield from _at_most_one(parent, (ITUNES + name for name in once), rule)
    for element in (*parent.findall(f"{ITUNES}*"), *parent.findall(f"{ITUNES}owner/*")):
        if (value := ITUNES_VALUES.get(_name(element))) and not value.fullmatch(element.text or ""):
            yield f"{rule} (W3C InvalidValue): {_name(element)} {element.text!r}"
        if _name(element) == "image":
            yield from _public(element.get("href"), rule)
        yield from _plain(element.text or "", rule)
    if parent.tag == "channel" and parent.find(f"{ITUNES}*") is not None:
        for name in ("category", "explicit", "owner"):
            if parent.find(ITUNES + name) is None:
                yield f"W3C MissingItunesElement: {name}"
        if parent.find(f"{ITUNES}owner/{ITUNES}email") is None:
            yield "W3C MissingItunesEmail: an owner without an address"
    for category in parent.findall(f"{ITUNES}category"):
        names = (category.get("text"), *(below.get("text") for below in category))
        if len(names) > 2 or not is_category(names):
            yield f"{rule} (W3C InvalidItunesCategory): {names}"


def _rss_guid(guid: Any) -> Problems:
    if guid is None or not (guid.text or "").strip():
        yield "RSS profile, guid (W3C MissingGuid): every item has one"
    elif guid.get("isPermaLink", "true") == "true":
        yield from _http(guid.text, "RSS 2.0, guid that is a permalink")


def _rss_date(parent: Any, name: str) -> Problems:
    text = parent.findtext(name)
    if text is None:
        yield f"RSS 2.0, {name}: missing"
    elif not RFC822.fullmatch(text):
        yield f"RSS 2.0, {name}: {text!r} is no date of RFC 822 in GMT"
    elif parsedate_to_datetime(text).isoweekday() % 7 != DAYS.index(text[:3]) // 4:
        yield f"RSS 2.0, {name} (W3C IncorrectDOW): {text!r}"
    else:
        yield from _plausible(parsedate_to_datetime(text), f"RSS 2.0, {name}")


def _rss_media(item: Any) -> Problems:
    for enclosure in item.findall("enclosure"):
        yield from _public(enclosure.get("url"), "RSS 2.0, enclosure")
        if not (enclosure.get("length") or "").isdecimal():
            yield f"RSS 2.0, enclosure: length {enclosure.get('length')!r}"
        if not MEDIA_TYPE.fullmatch(enclosure.get("type") or ""):
            yield f"RSS 2.0, enclosure: type {enclosure.get('type')!r}"
    yield from _media(item)
    if any(str(child.tag).startswith("{http://www.itunes.com/") for child in item):
        channel = {_name(child) for child in item.getparent()}
        if not {"category", "explicit", "owner", "language"} <= channel:
            yield "W3C MissingItunesElement: itunes in an item obliges the channel to category, explicit and owner"
        for enclosure in item.findall("enclosure"):
            if (enclosure.get("url") or "").rpartition(".")[2] not in (
                "m4a",
                "mp3",
                "mov",
                "mp4",
                "m4v",
                "pdf",
                "epub",
            ):
                yield f"W3C UnsupportedItunesFormat: {enclosure.get('url')!r}"
        yield from _itunes(item)


def _media(item: Any) -> Problems:
    for content in item.findall(f"{MEDIA}content"):
        yield from _http(content.get("url"), "Media RSS, media:content")
        for name in ("fileSize", "duration"):
            if (number := content.get(name)) is not None and not (number.isdecimal() and int(number) > 0):
                yield f"Media RSS, media:content: {name} {number!r} is no positive number"
        if not MEDIA_TYPE.fullmatch(content.get("type") or ""):
            yield f"Media RSS, media:content: type {content.get('type')!r}"
    for thumbnail in item.findall(f"{MEDIA}thumbnail"):
        yield from _http(thumbnail.get("url"), "Media RSS, media:thumbnail")


# JSON Feed

_STRING = {"type": "string", "minLength": 1}
_AUTHORS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"name": _STRING, "url": _STRING, "avatar": _STRING},
        "patternProperties": {"^_[^.]*$": {"type": "object"}},
        "additionalProperties": False,
        "minProperties": 1,
    },
}
_ATTACHMENT = {
    "type": "object",
    "properties": {
        "url": _STRING,
        "mime_type": _STRING,
        "title": _STRING,
        "size_in_bytes": {"type": "integer", "minimum": 0},
        "duration_in_seconds": {"type": "number", "minimum": 0},
    },
    "required": ["url", "mime_type"],
    "patternProperties": {"^_[^.]*$": {"type": "object"}},
    "additionalProperties": False,
}
_TEXTS = ("url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image")
SCHEMA = Draft202012Validator(
    {
        "type": "object",
        "properties": {
            **dict.fromkeys(("version", "title", "home_page_url", "feed_url", "description", "next_url"), _STRING),
            **dict.fromkeys(("user_comment", "icon", "favicon", "language"), _STRING),
            "authors": _AUTHORS,
            "expired": {"type": "boolean"},
            "hubs": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"type": _STRING, "url": _STRING},
                    "required": ["type", "url"],
                },
            },
            "items": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        **dict.fromkeys(("id", "date_published", "date_modified", "language", *_TEXTS), _STRING),
                        "authors": _AUTHORS,
                        "tags": {"type": "array", "items": _STRING, "uniqueItems": True},
                        "attachments": {"type": "array", "items": _ATTACHMENT},
                    },
                    "required": ["id"],
                    "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
                    "patternProperties": {"^_[^.]*$": {"type": "object"}},
                    "additionalProperties": False,
                },
            },
        },
        "required": ["version", "title", "items"],
        "patternProperties": {"^_[^.]*$": {"type": "object"}},
        "additionalProperties": False,
    }
)
"""jsonfeed.org/version/1.1: types, what is required, and that a key of somebody's own begins with "_"."""


def _json_feed(feed: Any) -> Problems:
    if not isinstance(feed, dict):
        yield "JSON Feed 1.1, Top-level: not an object"
        return
    for fault in sorted(SCHEMA.iter_errors(feed), key=lambda error: list(map(str, error.path))):
        yield f"JSON Feed 1.1, {'/'.join(map(str, fault.path)) or 'Top-level'} (schema): {fault.message[:200]}"
    top = "JSON Feed 1.1, Top-level"
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield f"{top}: version {feed.get('version')!r}"
    if not isinstance(feed.get("title"), str) or not feed["title"].strip():
        yield f"{top}: title is required"
    for name in ("home_page_url", "feed_url"):
        yield from _http(feed.get(name), f"{top}: {name}")
    yield from _language(feed.get("language"), f"{top}: language")
    items = feed.get("items")
    if not isinstance(items, list):
        yield f"{top}: items is required"
        return
    yield from _unique((str(item.get("id")) for item in items), "JSON Feed 1.1, id")
    for item in items:
        yield from _json_item(item)


def _json_item(item: dict[str, Any]) -> Problems:
    rule = "JSON Feed 1.1, Items"
    if not isinstance(item.get("id"), str) or not item["id"]:
        yield f"{rule}: id is a string and required"
    if not (item.get("content_html") or item.get("content_text")):
        yield f"{rule}: content_html or content_text is required"
    if any(value in (None, "", []) for key, value in item.items() if key != "_aggregator"):
        yield f"{rule}: something is empty instead of left out"
    for name in ("url", "external_url", "image", "banner_image"):
        if name in item:
            yield from _http(item[name], f"{rule}: {name}")
    for name in ("date_published", "date_modified"):
        if name in item and not RFC3339.fullmatch(item[name]):
            yield f"{rule}: {name} {item[name]!r} is no date of RFC 3339"
    for author in item.get("authors", []):
        if not {"name", "url", "avatar"} & author.keys():
            yield f"{rule}: an author has at least one of name, url, avatar"
    if not all(isinstance(tag, str) and tag for tag in item.get("tags", [])):
        yield f"{rule}: tags are strings"
    yield from _language(item.get("language"), f"{rule}: language")
    yield from _html(item.get("content_html", ""), f"{rule}: content_html", kind=_WholeHtml)
    yield from _json_attachments(item.get("attachments", []))
    yield from _json_extension(item.get("_aggregator"))


def _json_attachments(attachments: list[dict[str, Any]]) -> Problems:
    for attachment in attachments:
        yield from _http(attachment.get("url"), "JSON Feed 1.1, Attachments: url")
        if not MEDIA_TYPE.fullmatch(attachment.get("mime_type") or ""):
            yield "JSON Feed 1.1, Attachments: mime_type is required"
        for name in ("size_in_bytes", "duration_in_seconds"):
            if name in attachment and type(attachment[name]) not in (int, float):
                yield f"JSON Feed 1.1, Attachments: {name} is a number"


def _json_extension(extension: Any) -> Problems:
    rule = "docs/design.md, Outputs: _aggregator"
    if not isinstance(extension, dict) or extension.keys() != {"source", "sources", "categories", "first_seen"}:
        yield f"{rule} has source, sources, categories and first_seen"
        return
    if not extension["sources"] or any(source.keys() != {"name", "url", "link"} for source in extension["sources"]):
        yield f"{rule}.sources: name, url and link of each"
    if not RFC3339.fullmatch(extension["first_seen"]):
        yield f"{rule}.first_seen: {extension['first_seen']!r}"
