"""A Hexo post, as bytes, to a `RawPost`: front matter as docs/front-matter.md has it, and a body of untrusted HTML.

The front matter is read line by line and not as YAML. The programs that wrote such posts put values where they
fell (`author: a: b`, `title: "Foo" said Bar`, `author: @name`), which a YAML reader refuses, and one refused value
would lose the whole article. What a line reader takes for the value is, for everything that *is* proper YAML of
this shape, what YAML takes for it. PyYAML helps out where quoting has rules of its own: flow lists, and escapes in
double quotes. It reads every scalar as a string there, so no `no` becomes False.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from aggregator.model.entry import Enclosure
from aggregator.model.errors import PostError, Problem
from aggregator.model.hexo import RawPost
from aggregator.parse.dates import read_date

KEYS = frozenset(
    (
        *("title", "categories", "headimg", "author", "comments", "date", "thumbnail"),
        *("link", "guid", "source", "updated", "language", "enclosures", "tags", "summary", "comments_url"),
    )
)

SEPARATOR = re.compile(r"-{3,}[ \t]*")
NO_KEY = frozenset(" \t'\"-#[]{},")  # what a line that begins with a key does not begin with
BLANKS = " \t"
UNESCAPED_QUOTE = re.compile(r'(?<!\\)(?:\\\\)*"')
ITEM = re.compile(r"[ \t]*-(?:[ \t]+(.*)|)")
BLOCK_SCALAR = re.compile(r"[|>][-+0-9]{0,2}")
NOTHING = frozenset(("", "~", "null", "undefined"))  # unquoted only; `undefined` is JavaScript's

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
RFC_1123 = re.compile(r"[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

MAX_NESTING = 100  # PyYAML takes seconds for some thousand open brackets

OPENING, CLOSING = "<div>   \n", "\n  \n</div>"
WRAPPED = re.compile(r"<div>[ \t]*\n(.*)</div>", re.DOTALL)  # blanks at line ends lost on the way
DIV = re.compile(r"<(/?)div\b", re.IGNORECASE)
REFERENCE = re.compile(r"&#(0*)(10|13|96|123|125|126|65532);")  # what render/hexo.py escapes


@dataclass(slots=True)
class _Field:
    """One key of the front matter: the rest of its line, and the list items below it."""

    value: str = ""
    items: list[str] = field(default_factory=list)


def parse_post(raw: bytes, file: Path) -> RawPost:
    """Read a post; `file` is only for naming it. Raises PostError, and nothing else, if it is none."""
    lines = _decoded(raw, file).split("\n")
    start, end = _front_matter(lines, file)
    fields = _read_fields(lines, start, end, file)
    if "title" not in fields:
        raise _problem(file, start, "the front matter has no `title:`, so this is no post of an article")
    return _post(fields, _unwrapped("\n".join(lines[end + 1 :])))


def _problem(file: Path, index: int, message: str, column: int = 1) -> PostError:
    return PostError(Problem(file=file, line=index + 1, column=column, message=message))


def _decoded(raw: bytes, file: Path) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        raise _problem(file, before.count(b"\n"), "not UTF-8 from here on; save the file as UTF-8", column) from error
    return NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _front_matter(lines: list[str], file: Path) -> tuple[int, int]:
    """The indexes of the two lines of dashes."""
    start = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if not SEPARATOR.fullmatch(lines[start]):
        raise _problem(file, start, "a post begins with a line `---`, or with an empty line and then `---`")
    for end in range(start + 1, len(lines)):
        if SEPARATOR.fullmatch(lines[end]):
            return start, end
    raise _problem(file, start, "the front matter that begins here has no second line `---` to end it")


def _read_fields(lines: list[str], start: int, end: int, file: Path) -> dict[str, _Field]:
    fields: dict[str, _Field] = {}
    current: _Field | None = None
    for index in range(start + 1, end):
        line = lines[index]
        open_quote = current is not None and _is_open(current.value)
        if not line.strip(BLANKS) or (line.lstrip(BLANKS).startswith("#") and not open_quote):
            continue
        if pair := _key_and_value(line, open_quote):
            current = fields[pair[0]] = _Field(pair[1])
        elif current is None:
            raise _problem(file, index, "expected `key: value`, such as `title: 'A title'`")
        else:
            _continue(current, line)
    return fields


def _key_and_value(line: str, open_quote: bool) -> tuple[str, str] | None:
    """A line that begins a new key; None for one that belongs to the key above."""
    name, colon, value = line.partition(":")
    if not colon or name[:1] in NO_KEY:  # '' is in no set of characters, but an empty name is no key either
        return None
    key = name.rstrip(BLANKS)
    if key in KEYS:  # ours are found even without the blank that YAML asks for, and within what looks like a quote
        return key, value.strip(BLANKS)
    proper = key and value[:1] in ("", " ", "\t") and not open_quote
    return (key, value.strip(BLANKS)) if proper else None


def _is_open(value: str) -> bool:
    """Whether a quoted value goes on in the next line, which may then look like anything."""
    quote = value[:1]
    if quote == "'":
        return "'" not in value[1:].replace("''", "")
    return quote == '"' and not UNESCAPED_QUOTE.search(value, 1)


def _continue(current: _Field, line: str) -> None:
    item = ITEM.fullmatch(line)
    if item and not current.value:
        current.items.append((item[1] or "").strip(BLANKS))
    elif current.items:
        current.items[-1] += " " + line.strip(BLANKS)
    else:
        head = "" if BLOCK_SCALAR.fullmatch(current.value) else current.value
        current.value = f"{head} {line.strip(BLANKS)}".lstrip(" ")


def _post(fields: dict[str, _Field], body: str) -> RawPost:
    date, unread = _date(_text(fields, "date"))
    return RawPost(
        title=_text(fields, "title"),
        categories=_texts(fields, "categories"),
        headimg=_image(fields, "headimg"),
        author=_text(fields, "author"),
        comments=_text(fields, "comments").lower() in ("true", "yes", "on"),
        date=date,
        thumbnail=_image(fields, "thumbnail"),
        body=body,
        link=_address(_text(fields, "link")) or None,
        guid=_text(fields, "guid") or None,
        source_url=_address(_text(fields, "source")) or None,
        updated=_date(_text(fields, "updated"))[0],
        language=_text(fields, "language") or None,
        enclosures=_enclosures(fields),
        tags=_texts(fields, "tags"),
        summary=_text(fields, "summary"),
        comments_url=_address(_text(fields, "comments_url")) or None,
        unread_date=unread,
    )


def _text(fields: dict[str, _Field], key: str) -> str:
    """A key's value; for a list, its first item."""
    found = fields.get(key, _Field())
    return _scalar(found.value or (found.items[0] if found.items else ""))


def _texts(fields: dict[str, _Field], key: str) -> tuple[str, ...]:
    """A key's list, in whichever way it was written; a single string is a list of one."""
    found = fields.get(key, _Field())
    values = [found.value] if found.value else found.items
    return tuple(text for value in values for text in _list(value) if text)


def _list(value: str) -> Iterable[str]:
    if not (value.startswith("[") and value.endswith("]")):
        return (_scalar(value),)
    loaded = _yaml(value)
    if isinstance(loaded, list) and all(isinstance(item, str) for item in loaded):
        return (_clean(item) for item in loaded)
    return (_scalar(part.strip(BLANKS)) for part in value[1:-1].split(","))


def _scalar(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return _double_quoted(value)
    return "" if value in NOTHING else value


def _double_quoted(value: str) -> str:
    """JSON first: that is how we write it, and it knows surrogate pairs. Then YAML's other escapes; then no escapes."""
    if UNESCAPED_QUOTE.search(value[1:-1]):
        return value  # not a quoted value, but one with quotes in it: "Foo" and "bar"
    try:
        return _clean(str(json.loads(value, strict=False)))
    except ValueError:
        loaded = _yaml(value)
    return _clean(loaded) if isinstance(loaded, str) else value[1:-1]


def _clean(text: str) -> str:
    return NOT_XML.sub("", text)


def _yaml(value: str) -> Any:
    """A flow value with strings at its leaves; None if it is not YAML."""
    if value.count("[") + value.count("{") > MAX_NESTING:
        return None
    try:
        return yaml.load(value, Loader=yaml.BaseLoader)  # noqa: S506 - makes strings, lists and dicts only
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return None


def _address(value: str) -> str:
    """An absolute http(s) URL, or ''."""
    address = ("https:" + value if value.startswith("//") else value).strip().replace(" ", "%20")
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and host and not re.search(r"\s", address) else ""


def _image(fields: dict[str, _Field], key: str) -> str:
    address = _address(_text(fields, key))
    host = (urlsplit(address).hostname or "").lower()
    return "" if f".{host}".endswith(".picsum.photos") else address  # the placeholder of posts without an image


def _enclosures(fields: dict[str, _Field]) -> tuple[Enclosure, ...]:
    found = fields.get("enclosures", _Field())
    return tuple(filter(None, map(_enclosure, found.items)))


def _enclosure(item: str) -> Enclosure | None:
    """One JSON object in a line, as we write it, which is YAML as well; or a bare URL."""
    facts = _facts(item) if item.startswith("{") else {"url": _scalar(item)}
    url = _address(facts.get("url") or "")
    if not url:
        return None
    return Enclosure(
        url=url,
        type=facts.get("type"),
        length=_number(facts.get("length")),
        title=facts.get("title"),
        duration=_number(facts.get("duration")),
    )


def _facts(item: str) -> dict[str, str]:
    try:
        loaded = json.loads(item)
    except (ValueError, RecursionError):
        loaded = _yaml(item)
    pairs = loaded.items() if isinstance(loaded, dict) else ()
    return {str(key): _clean(str(value)) for key, value in pairs if isinstance(value, str | int)}


def _number(value: str | None) -> int | None:
    return int(value) if value and re.fullmatch(r"[0-9]{1,18}", value) else None


def _date(value: str) -> tuple[datetime | None, str | None]:
    """The instant in UTC, and the value itself where it is none that can be read."""
    if not value:
        return None, None
    moment = _as_we_write_it(value) or read_date(value)
    return moment, None if moment else value


def _as_we_write_it(value: str) -> datetime | None:
    """Exactly our own form, so that every date comes back: readers of feeds take the year 21 for 2021."""
    match = RFC_1123.fullmatch(value)
    if not match or match[2] not in MONTHS:
        return None
    day, month, year, *clock = match.groups()
    hour, minute, second = map(int, clock)
    try:
        return datetime(int(year), MONTHS.index(month) + 1, int(day), hour, minute, second, tzinfo=UTC)
    except ValueError:  # the 31st of June
        return None


def _unwrapped(text: str) -> str:
    """The body out of its `<div>`; a body that somebody wrapped in another way stays whole, which is no harm."""
    body = text.strip(" \t\n")
    if body.startswith(OPENING) and body.endswith(CLOSING) and len(body) >= len(OPENING) + len(CLOSING):
        return _unescaped(body[len(OPENING) : -len(CLOSING)])
    loose = WRAPPED.fullmatch(body)
    return _unescaped(loose[1].rstrip(" \t\n") if loose and _closes_last(body) else body)


def _closes_last(body: str) -> bool:
    """Whether the first `<div>` is closed by the last `</div>`, and not by one on the way."""
    depth = 0
    for tag in DIV.finditer(body):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.start() == body.rindex("<")
    return False


def _unescaped(body: str) -> str:
    """The braces as braces. A reference that was in the body already stands there with one more zero."""
    return REFERENCE.sub(lambda found: f"&#{found[1][1:]}{found[2]};" if found[1] else chr(int(found[2])), body)
