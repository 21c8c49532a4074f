"""Any text with tags in it → well-formed, small-minded XML that a strict parser can read.

    text | Mender.chunks() | well-formed XML, piece by piece

What a feed writer gets wrong is mended (undefined entities, bare ampersands, undeclared prefixes, tags that do not
match); what only an attacker writes is left out (document types, entities that grow, attributes by the thousand,
nesting by the hundred thousand). A document without faults comes out as it went in, less its comments, inside a root of
our own that declares every prefix.

Everything is one pass from left to right: each construct is found by a search that never looks at a character
twice, so the time is linear in the length, whatever the document holds.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5

from aggregator.parse.characters import character
from aggregator.parse.limits import LIMITS

CHUNK = 1 << 16  # characters handed over at a time

# Where each prefix comes from if nobody says so: the names that publishers use without declaring them.
_WELL_KNOWN = {
    "atom": "http://www.w3.org/2005/Atom",
    "atom10": "http://www.w3.org/2005/Atom",
    "a10": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "xlink": "http://www.w3.org/1999/xlink",
}


def _namespace_key(uri: str) -> str:
    """Namespaces are compared exactly by the book; publishers write https, forget the last slash, change the case."""
    return re.sub(r"^https?://(?:www\.)?", "", uri.strip().lower()).rstrip("/#")


_CANONICAL = {_namespace_key(uri): uri for uri in _WELL_KNOWN.values()}

_NAME = r"[A-Za-z_:][\w.:-]*+"
_TAG = re.compile(
    rf"<(?P<end>/?)(?P<name>{_NAME})(?=[\s/>])(?P<attributes>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>"
    rf"|<(?P<end2>/?)(?P<name2>{_NAME})(?=[\s/>])(?P<attributes2>[^<>]*+)>"  # its quotes do not match
)
_ATTRIBUTE = re.compile(r"([^\s=<>/\"']++)\s*+(?:=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s>\"']++))?+")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?")
_REFERENCE = re.compile(r"&(?:#(?:[xX]([0-9A-Fa-f]{1,12})|([0-9]{1,12}))|([A-Za-z_][\w.-]{0,63}));")
_BARE_AMPERSAND = re.compile(r"&(?!(?:#(?:[xX][0-9A-Fa-f]{1,12}|[0-9]{1,12})|[A-Za-z_][\w.-]{0,63});)")
_PREFIX_USED = re.compile(r"</?([A-Za-z_][\w.-]{0,63}):")
_PREFIX_DECLARED = re.compile(r"""\sxmlns:([A-Za-z_][\w.-]{0,63})\s*=\s*(?:"([^"<>]{1,512})"|'([^'<>]{1,512})')""")
_NOTHING = re.compile(r"(?:\s++|<!--(?:[^-]++|-(?!->))*+(?:-->|$)|<\?[^>]*+>)*+")
_XML_ENTITIES = frozenset({"lt", "gt", "amp", "quot", "apos"})

_DOCTYPE_PART = re.compile(r"\"[^\"]*+\"|'[^']*+'|<!--(?:[^-]++|-(?!->))*+-->|[\[\]>]")
_VALUE = rf"\"([^\"%<]{{0,{LIMITS.entity_text}}})\"|'([^'%<]{{0,{LIMITS.entity_text}}})'"
_ENTITY = re.compile(rf"<!ENTITY\s+([A-Za-z_][\w.-]{{0,63}})\s+(?:{_VALUE})\s*>")

# Elements without content in HTML, where people write them without a slash. Not `link` and `source`: RSS has them.
_VOID = frozenset({"area", "br", "col", "embed", "frame", "hr", "img", "input", "meta", "param", "track", "wbr"})
# Elements that hold a line of text: another field's tag inside one means that its own end is missing.
_LEAVES = frozenset(
    {"title", "link", "guid", "id", "pubdate", "updated", "published", "modified", "issued", "comments"}
    | {"dc:creator", "dc:date"}
)
_FIELDS = _LEAVES | frozenset(
    {"description", "content:encoded", "content", "summary", "author", "category", "enclosure", "source", "item"}
    | {"entry", "media:content", "media:thumbnail", "media:group", "dc:subject"}
)
_BODIES = frozenset({"description", "summary"})
_NEVER_IN_BODIES = frozenset({"pubdate", "guid", "item", "enclosure", "content:encoded", "dc:creator", "dc:date"})
_ITEMS = frozenset({"item", "entry"})
_ROOTS = frozenset({"rss", "feed", "rdf"})
_FRAME = _ITEMS | {"rss", "channel", "feed", "rdf:rdf"}


class Mender:
    """One document on its way from text to well-formed XML; `warnings` says afterwards what was done to it."""

    def __init__(self, text: str, start: int = 0) -> None:
        self.warnings: dict[str, None] = {}  # in order, each once
        self.cut_inside_entry = False  # the document ended in the middle of an entry
        self._text = text
        self._position = start
        self._out: list[str] = []
        self._size = 0
        self._open: list[tuple[str, str]] = []  # lower-case name as read, name as written out
        self._items: list[int] = []  # where in `_open` the items are
        self._hidden = 0  # open elements that are nested too deeply to be written out
        self._marks = 0
        self._elements = 0
        self._typed = False  # a document type was read
        self._rooted = False
        self._ends_with_root = False  # the document has a root that we know, and nothing that counts behind it
        self._prefixes: set[str] = {"xml"}
        self._entities: dict[str, str] = {}
        self._entity_budget = LIMITS.entity_total
        self._missing: set[str] = set()  # terminators that do not come any more; not searched for again

    def chunks(self) -> Iterator[str]:
        """Pieces of the mended document; none ends inside a tag."""
        while self._step():
            if self._size > CHUNK:
                yield self._flush()
        while self._open:
            self._close_top()
        yield self._flush()

    def _flush(self) -> str:
        piece = "".join(self._out)
        self._out.clear()
        self._size = 0
        return piece

    def _write(self, piece: str) -> None:
        self._out.append(piece)
        self._size += len(piece)

    def warn(self, what: str) -> None:
        """Note what was mended, once."""
        self.warnings.setdefault(what)

    # ----------------------------------------------------------------------------------------------------- constructs

    def _step(self) -> bool:
        """Read one construct; False at the end of the document."""
        if self._ends_with_root and len(self._open) == 1:
            if not _NOTHING.fullmatch(self._text, self._position, self._position + CHUNK):
                self.warn("text after the end of the document was ignored")
            return False
        self._marks += 1
        if self._marks > LIMITS.marks:
            return self._stop(f"only the first {LIMITS.marks} tags were read")
        text, at = self._text, self._text.find("<", self._position)
        if at < 0:
            self._read_text(self._position, len(text))
            self._note_cut()
            return False
        self._read_text(self._position, at)
        self._position = at
        if text.startswith("<!--", at):
            self._skip_to("-->", 4)
        elif text.startswith("<![CDATA[", at):
            self._read_cdata(at + 9)
        elif text.startswith("<?", at):
            self._skip_to(">", 2)
        elif text.startswith("<!", at):
            self._read_declaration()
        else:
            return self._read_tag()
        return True

    def _find(self, terminator: str, start: int) -> int:
        if terminator in self._missing:
            return -1
        found = self._text.find(terminator, start)
        if found < 0:
            self._missing.add(terminator)
        return found

    def _skip_to(self, terminator: str, opening: int) -> None:
        end = self._find(terminator, self._position + opening)
        if end < 0:
            self.warn("a comment or instruction that does not end was ignored")
            self._position += opening
        else:
            self._position = end + len(terminator)

    def _read_text(self, start: int, end: int) -> None:
        end = min(end, start + LIMITS.content)  # nobody reads on from there; not even we
        while start < end and self._open:
            stop = min(start + CHUNK, end)
            if stop < end:  # a piece must not end inside a reference; the longest has 66 characters
                reference = self._text.rfind("&", stop - 66, stop)
                stop = reference if reference > 0 else stop
            self._write(self._character_data(self._text[start:stop]))
            start = stop

    def _character_data(self, text: str) -> str:
        if "&" in text:
            text = self._references(text)
        return text.replace(">", "&gt;") if ">" in text else text

    def _read_cdata(self, start: int) -> None:
        end = self._find("]]>", start)
        after = end + 3
        if end < 0:  # it never ends: then at the end of the element that it stands in
            self.warn("a CDATA section that does not end was cut")
            after = end = self._text.find(f"</{self._open[-1][1]}>" if self._open else "<", start)
            if end < 0:
                after = end = len(self._text)
        if self._open:
            piece = self._text[start : min(end, start + LIMITS.content)]
            self._write(f"<![CDATA[{piece}]]>" if "]]>" not in piece else self._character_data(piece))
        self._position = after

    def _read_declaration(self) -> None:
        """A document type (XML 1.0 section 2.8). Nothing of it is kept but small entities, as plain text."""
        start = self._position
        end = self._find(">", start) + 1 or len(self._text)
        if not self._rooted and not self._typed and self._text[start : start + 9].lower() == "<!doctype":
            self._typed = True  # there is one of them; every further search for its end could cost the whole length
            end = self._end_of_doctype(start) or end
            self._learn_entities(self._text[start : min(end, start + CHUNK)])
        self._position = end

    def _end_of_doctype(self, start: int) -> int | None:
        depth = 0
        for part in _DOCTYPE_PART.finditer(self._text, start):
            depth += (part[0] == "[") - (part[0] == "]")
            if part[0] == ">" and depth <= 0:
                return part.end()
        return None

    def _learn_entities(self, subset: str) -> None:
        for name, double, single in _ENTITY.findall(subset)[:256]:
            value = double or single
            # An entity inside an entity is how they are made to explode: those stay unread.
            if name not in _XML_ENTITIES and not re.search(r"&(?!#)", value):
                self._entities.setdefault(name, html.unescape(value))

    # ----------------------------------------------------------------------------------------------------- references

    def _references(self, text: str) -> str:
        text, bare = _BARE_AMPERSAND.subn("&amp;", text)
        if bare:
            self.warn("bare ampersands were mended")
        return _REFERENCE.sub(self._reference, text)

    def _reference(self, match: re.Match[str]) -> str:
        hexadecimal, decimal, name = match.groups()
        if hexadecimal or decimal:
            return html.escape(character(int(hexadecimal, 16) if hexadecimal else int(decimal)))
        if name in _XML_ENTITIES:
            return match[0]
        return self._entity(name)

    def _entity(self, name: str) -> str:
        if name in self._entities and len(self._entities[name]) <= self._entity_budget:
            self._entity_budget -= len(self._entities[name])
            return html.escape(self._entities[name])
        known = html5.get(name + ";")
        self.warn("undefined entities were mended")
        return html.escape(known) if known else f"&amp;{name};"

    # ----------------------------------------------------------------------------------------------------------- tags

    def _read_tag(self) -> bool:
        match = _TAG.match(self._text, self._position)
        if match is None:
            if self._text.find("<", self._position + 1) < 0 and self._find(">", self._position) < 0:
                self._note_cut()
                return False
            self.warn("bare less-than signs were mended")
            if self._open:
                self._write("&lt;")
            self._position += 1
            return True
        self._position = match.end()
        name = match["name"] or match["name2"]
        if len(name) > LIMITS.name:
            return True
        if match["end"] or match["end2"]:
            self._end(name.lower())
            return True
        self._elements += 1
        if self._elements > LIMITS.elements:
            return self._stop(f"only the first {LIMITS.elements} elements were read")
        self._start(name, match["attributes"] if match["name"] else match["attributes2"])
        return True

    def _start(self, name: str, attributes: str) -> None:
        empty = attributes.endswith("/")
        lower = name.lower()
        if self._hidden or len(self._open) >= LIMITS.depth:
            self.warn(f"elements nested deeper than {LIMITS.depth} were unwrapped")
            self._hidden += not empty and lower not in _VOID
            return
        self._make_room_for(lower)
        if not self._rooted:
            self._start_root(lower, attributes)
        written = self._written_name(name)
        head = f"<{written}{self._attributes(attributes)}"
        if empty or lower in _VOID:
            self._write(f"{head}/>")
            return
        self._write(f"{head}>")
        if lower in _ITEMS:
            self._items.append(len(self._open))
        self._open.append((lower, written))

    def _written_name(self, name: str) -> str:
        """A name that XML allows and whose prefix is declared; others become the name of nothing."""
        if not _PLAIN_NAME.fullmatch(name):
            return "unnamed"
        prefix, colon, local = name.partition(":")
        return local if colon and prefix not in self._prefixes else name

    def _make_room_for(self, name: str) -> None:
        """Close what the publisher forgot to close before this element."""
        top = self._open[-1][0] if self._open else ""
        if (top in _LEAVES and name in _FIELDS) or (top in _BODIES and name in _NEVER_IN_BODIES):
            self.warn("missing end tags were added")
            self._close_top()
        if name in _ITEMS and self._items and self._open[-1][0] in _LEAVES | {"item", "entry"}:
            self.warn("missing end tags were added")
            self._close_down_to(self._items[-1])

    def _end(self, name: str) -> None:
        if self._hidden:
            self._hidden -= name not in _VOID
            return
        if not self._open:
            return
        if self._open[-1][0] == name:
            self._close_top()
            return
        self.warn("end tags that match nothing were mended")
        # An unmatched tag inside an item cannot mean something outside of it, unless it is the feed's own frame.
        barrier = self._items[-1] if self._items and name not in _FRAME else 0
        names = [opened for opened, _ in self._open[barrier:]]
        if name in names:
            self._close_down_to(len(self._open) - 1 - names[::-1].index(name))
        elif self._open[-1][0] in _LEAVES and name in _FIELDS:
            self._close_top()  # <guid>1</link>: a slip of the pen

    def _close_down_to(self, index: int) -> None:
        while len(self._open) > index:
            self._close_top()

    def _close_top(self) -> None:
        _, written = self._open.pop()
        self._write(f"</{written}>")
        if self._items and self._items[-1] == len(self._open):
            self._items.pop()

    def _note_cut(self) -> None:
        if len(self._open) > 1:
            self._stop("the document ends before its last end tag")

    def _stop(self, why: str) -> bool:
        self.warn(why)
        self.cut_inside_entry = bool(self._items)
        return False

    # ----------------------------------------------------------------------------------------------------- attributes

    def _attributes(self, text: str) -> str:
        if not text or text.isspace() or text == "/":
            return ""
        seen: dict[str, str] = {}
        for found, match in enumerate(_ATTRIBUTE.finditer(text)):
            if found >= LIMITS.attributes:
                self.warn(f"only the first {LIMITS.attributes} attributes of an element were read")
                break
            name, value = match[1], match[2] or ""
            if value[:1] in ('"', "'"):
                value = value[1:-1]
            if (
                len(name) <= LIMITS.name
                and len(value) <= LIMITS.attribute
                and name not in seen
                and self._is_usable(name, value)
            ):
                seen[name] = self._attribute_value(name, value)
                if name.startswith("xmlns:") and not seen[name]:
                    del seen[name]  # Namespaces in XML 1.0, section 5: a prefix cannot be undeclared
        return "".join(f' {name}="{value}"' for name, value in seen.items())

    def _is_usable(self, name: str, value: str) -> bool:
        if not _PLAIN_NAME.fullmatch(name):
            return False
        prefix, colon, local = name.partition(":")
        if prefix == "xmlns":  # Namespaces in XML 1.0, section 3: xml and xmlns are taken
            uri = value.strip()
            reserved = local.lower().startswith("xml") or uri in (
                "http://www.w3.org/XML/1998/namespace",
                "http://www.w3.org/2000/xmlns/",
            )
            return not reserved
        return not colon or prefix in self._prefixes

    def _attribute_value(self, name: str, value: str) -> str:
        if "&" in value:
            value = self._references(value)
        if name.startswith("xmlns"):
            value = "".join(value.split())  # to expat, a space ends the name of a namespace
            value = _CANONICAL.get(_namespace_key(value), value)
        return value.replace("<", "&lt;").replace('"', "&quot;")

    def _start_root(self, name: str, attributes: str) -> None:
        """Write a root of our own, with a declaration of every prefix; what is declared inside it still counts there.

        The document's own root may be missing or broken, and then its first element is not its last.
        """
        self._rooted = True
        self._ends_with_root = name.rpartition(":")[2] in _ROOTS
        elsewhere = _first(_PREFIX_DECLARED.finditer(self._text, self._position))
        here = _first(_PREFIX_DECLARED.finditer(f" {attributes}"))
        used = _first(_PREFIX_USED.finditer(self._text)) | elsewhere | here
        if any(prefix not in elsewhere and prefix not in here for prefix in used):
            self.warn("undeclared namespaces were declared")
        declarations = ""
        for prefix in used:
            uri = (
                here.get(prefix) or elsewhere.get(prefix) or _WELL_KNOWN.get(prefix.lower(), f"urn:undeclared:{prefix}")
            )
            value = self._attribute_value("xmlns", uri)
            if value and not prefix.lower().startswith("xml"):
                declarations += f' xmlns:{prefix}="{value}"'
                self._prefixes.add(prefix)
        self._write(f"<unknown{declarations}>")
        self._open.append(("", "unknown"))


def _first(matches: Iterator[re.Match[str]]) -> dict[str, str]:
    """The first value of each prefix, of as many prefixes as an element may have attributes."""
    found: dict[str, str] = {}
    for match in matches:
        prefix, *values = match.groups("")
        if prefix not in found and _PLAIN_NAME.fullmatch(prefix):
            found[prefix] = "".join(values)
        if len(found) >= LIMITS.attributes // 2:
            break
    return found
