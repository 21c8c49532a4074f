"""Lists of subscriptions, as other programs write them: OPML, newsboat's `urls`, one address a line."""

from __future__ import annotations

import html
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from lxml import etree

from aggregator.parse.characters import legal, line, whole_number
from aggregator.parse.charset import decode

NAMESPACE = "urn:aggregator:opml"
_FRESHRSS = "https://freshrss.org/opml"  # its docs/en/developers/OPML.md says what the attributes mean
_MINIFLUX = "https://miniflux.app/opml"  # its internal/reader/opml/opml.go
_SCRAPED = ("+xpath", "+dotnotation")
_NOT_OURS = {
    _FRESHRSS: ("filtersActionRead", "cssFullContentConditions", "CURLOPT_POSTFIELDS", "CURLOPT_COOKIEFILE"),
    _MINIFLUX: ("urlRewriteRules", "blocklistRules", "keeplistRules", "blockFilterEntryRules", "keepFilterEntryRules"),
}
_PROXIES = {"4": "socks5", "5": "socks5", "6": "socks5", "7": "socks5h"}  # CURLPROXY_SOCKS4 to SOCKS5_HOSTNAME
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
_REMOVE = re.compile(r"""\bremove\(\s*["']([^"']+)["']\s*\)""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_LOOSE = re.compile(r"&(?!(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);)(?:[A-Za-z][A-Za-z0-9]{1,31};)?")

_MOST = 50_000  # outlines
_DEPTH = 30
_TEXT = 200  # characters of a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed of a list."""

    url: str
    title: str = ""
    folder: tuple[str, ...] = ()
    settings: dict[str, object] = field(default_factory=dict)
    without: tuple[str, ...] = ()  # of its settings, those whose secrets stayed at home
    ours: bool = False  # we wrote it: names and settings are as they stood in a configuration
    line: int = 0  # counted from 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A category of a list that we wrote ourselves, as it stood in a configuration."""

    path: tuple[str, ...]
    settings: dict[str, object]
    without: tuple[str, ...] = ()
    place: int = 0  # among the categories of the file
    line: int = 0


@dataclass(slots=True)
class Subscriptions:
    """What a list says, and what of it cannot be followed, each with its line."""

    feeds: list[Subscription] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)
    shared: dict[str, object] = field(default_factory=dict)  # sections from which all sources started
    problems: list[tuple[int, str]] = field(default_factory=list)


def read_subscriptions(body: bytes) -> Subscriptions:
    """Whatever it is. Nothing in it is executed, and no entity is resolved."""
    text = decode(body)[0].lstrip("\ufeff")
    if re.match(r"\s*<[?!A-Za-z]", text):
        return _read_opml(text)
    return _read_lines(text)


def _read_opml(text: str) -> Subscriptions:
    read = Subscriptions()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    # What it declares is not what it is, now that it is text; and people forget that & is written &amp;
    mended = _LOOSE.sub(_reference, _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), legal(text), count=1))
    try:
        root = etree.fromstring(mended.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        root = None
        read.problems.append((1, f"this is not XML: {line(str(error), _TEXT)}"))
    if root is None:
        return read
    if parser.error_log:
        first = parser.error_log[0]
        read.problems.append((int(first.line), f"broken XML, read as far as it goes: {line(first.message, _TEXT)}"))
    read.shared = _shared(root)
    stack: list[tuple[Any, tuple[str, ...], int]] = [(element, (), 0) for element in reversed(_outlines_of(root))]
    while stack:
        element, folder, depth = stack.pop()
        if len(read.feeds) >= _MOST or depth > _DEPTH:
            read.problems.append((element.sourceline or 0, "too many outlines, or too deep; the rest is passed over"))
            break
        below = _read_outline(read, _Outline(element), folder)
        stack += [(child, below, depth + 1) for child in reversed(_children(element, "outline"))]
    return read


def _reference(found: re.Match[str]) -> str:
    """A name that HTML knows is what it stands for there; any other `&` is itself."""
    meant = html.unescape(found[0]) if found[0].endswith(";") else found[0]
    return html.escape(meant) if meant != found[0] else f"&amp;{found[0][1:]}"


def _outlines_of(root: etree._Element) -> list[etree._Element]:
    """The topmost ones, wherever a careless program has put them."""
    bodies = [root, *_children(root, "body")]
    found = [outline for body in reversed(bodies) for outline in _children(body, "outline")]
    return [root] if not found and _tag(root) == "outline" else found


def _children(element: etree._Element, tag: str) -> list[etree._Element]:
    return [child for child in element if _tag(child) == tag]


def _tag(element: etree._Element) -> str:
    return str(etree.QName(element).localname).lower() if isinstance(element.tag, str) else ""


def _shared(root: etree._Element) -> dict[str, object]:
    found = [each for head in _children(root, "head") for each in head.findall(f"{{{NAMESPACE}}}settings")]
    return _mapping(found[0].text) if found else {}


def _mapping(text: str | None) -> dict[str, object]:
    try:
        given = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}


class _Outline:
    """One element, with attributes whose names may be written in any case."""

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self.line = int(element.sourceline or 0)
        self._plain: dict[str, str] = {}
        for key, value in element.attrib.items():
            self._plain.setdefault(str(key).lower(), str(value))
        self.kind = self.get("type").lower()
        self.name = line(self.get("title") or self.get("text"), _TEXT)
        self.url = self._plain.get("xmlurl") or (self._plain.get("url") if self.kind in ("rss", "atom") else None)

    def get(self, key: str) -> str:
        """A plain attribute, by its name in lower case; empty where there is none."""
        return self._plain.get(key, "")

    def other(self, namespace: str, key: str) -> str:
        """An attribute of some program's own."""
        return str(self.element.get(f"{{{namespace}}}{key}") or "").strip()

    def own(self, key: str) -> str | None:
        """An attribute of our own."""
        found = self.element.get(f"{{{NAMESPACE}}}{key}")
        return None if found is None else str(found)

    def without(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.own("without") or "").split("\n")))


def _read_outline(read: Subscriptions, outline: _Outline, folder: tuple[str, ...]) -> tuple[str, ...]:
    """Note what it says; gives the folder of what is below it."""
    if (problem := _problem_of(outline)) is not None:
        read.problems.append((outline.line, problem))
    elif outline.url is not None:
        read.feeds.append(_subscription(outline, outline.url.strip(), folder))
        read.problems += [(outline.line, f"{outline.url}: {what}") for what in _lost(outline)]
    if outline.url is not None:
        return folder
    own = outline.own("name")
    name = own if own is not None else outline.name.replace("/", "／")
    below = (*folder, name) if name else folder
    settings = outline.own("settings")
    if settings is not None and name:
        place = whole_number(outline.own("place")) or 0
        read.folders.append(
            Folder(path=below, settings=_mapping(settings), without=outline.without(), place=place, line=outline.line)
        )
    return below


def _problem_of(outline: _Outline) -> str | None:
    """Why an outline cannot be followed; None for a feed, and for a folder, also an empty one."""
    name, kind, url = outline.name, outline.kind, outline.url
    if url is not None:
        made = (
            f"{name or url} is no feed: {outline.get('type')} makes one of something else, which only FreshRSS can do"
        )
        return made if kind.endswith(_SCRAPED) else None
    other = outline.other(_FRESHRSS, "opmlUrl") or (outline.get("url") if kind in ("include", "link") else "")
    if other:
        return f"{name or 'an outline'} is another list: import {line(other, _TEXT)} as well"
    if not _children(outline.element, "outline") and (kind in ("rss", "atom", "link") or outline.get("htmlurl")):
        return f"{name or 'an outline'} has no xmlUrl"
    return None


def _subscription(outline: _Outline, url: str, folder: tuple[str, ...]) -> Subscription:
    category = outline.get("category").split(",")[0].strip()
    if not folder and category:
        folder = tuple(level for each in category.split("/") if (level := line(each, _TEXT).strip()))
    own, given = outline.own("name"), outline.own("settings")
    title = outline.name if own is None else own
    settings = _mapping(given) if given is not None else _settings_of_others(outline)
    return Subscription(
        url=url,
        title=title,
        folder=folder,
        settings=settings,
        without=outline.without(),
        ours=given is not None,
        line=outline.line,
    )


# ------------------------------------------------------------------------------------------------ other programs


def _settings_of_others(outline: _Outline) -> dict[str, object]:
    """What FreshRSS and miniflux say in words of their own, in ours. `${` is text there."""
    found = _settings_of_freshrss(outline) | _settings_of_miniflux(outline)
    return cast("dict[str, object]", _literal(found))


def _literal(value: object) -> object:
    match value:
        case str():
            return value.replace("${", "$${")
        case dict():
            return {key: _literal(each) for key, each in value.items()}
        case list():
            return [_literal(each) for each in value]
    return value


def _settings_of_freshrss(outline: _Outline) -> dict[str, object]:
    settings: dict[str, object] = {}
    if content := outline.other(_FRESHRSS, "cssFullContent"):
        settings |= {"full_text": True, "content": content}
    if remove := outline.other(_FRESHRSS, "cssContentFilter"):
        settings["remove"] = [remove]
    ttl = outline.other(_FRESHRSS, "ttl")
    if ttl.startswith("-"):  # muted
        settings["enabled"] = False
    elif seconds := whole_number(ttl):
        settings["every"] = _duration(seconds)
    if agent := outline.other(_FRESHRSS, "CURLOPT_USERAGENT"):
        settings["user_agent"] = agent
    if headers := _headers_of_freshrss(outline):
        settings["headers"] = headers
    if proxy := outline.other(_FRESHRSS, "CURLOPT_PROXY"):
        settings["proxy"] = proxy if "://" in proxy else f"{_PROXIES.get(_proxy_type(outline), 'http')}://{proxy}"
    return settings


def _headers_of_freshrss(outline: _Outline) -> dict[str, str]:
    lines = (each.partition(":") for each in outline.other(_FRESHRSS, "CURLOPT_HTTPHEADER").splitlines())
    headers = {name.strip(): text.strip() for name, colon, text in lines if colon and name.strip()}
    if cookie := outline.other(_FRESHRSS, "CURLOPT_COOKIE"):
        headers["Cookie"] = cookie
    return headers


def _proxy_type(outline: _Outline) -> str:
    return outline.other(_FRESHRSS, "CURLOPT_PROXYTYPE")


def _duration(seconds: int) -> str:
    unit, length = next((unit, length) for unit, length in _UNITS if seconds % length == 0)
    return f"{seconds // length}{unit}"


def _settings_of_miniflux(outline: _Outline) -> dict[str, object]:
    settings: dict[str, object] = {}
    if outline.other(_MINIFLUX, "crawler") == "true":
        settings["full_text"] = True
        if content := outline.other(_MINIFLUX, "scraperRules"):
            settings["content"] = content
    if outline.other(_MINIFLUX, "disabled") == "true":
        settings["enabled"] = False
    if agent := outline.other(_MINIFLUX, "userAgent"):
        settings["user_agent"] = agent
    if proxy := outline.other(_MINIFLUX, "proxyUrl"):
        settings["proxy"] = proxy
    if removed := _REMOVE.findall(outline.other(_MINIFLUX, "rewriteRules")):
        settings["remove"] = removed
    return settings


def _lost(outline: _Outline) -> Iterator[str]:
    """What other programs do with this feed, and we cannot."""
    for namespace, keys in _NOT_OURS.items():
        for key in keys:
            if value := outline.other(namespace, key):
                yield f"{key} is not taken over: {line(value, 80)}"
    if command := outline.get("filtercmd"):
        yield f"filtercmd is a program, and is not taken over: {line(command, 80)}"


def _read_lines(text: str) -> Subscriptions:
    read = Subscriptions()
    for number, written in enumerate(text.splitlines(), 1):
        if not (stripped := written.strip()) or stripped.startswith("#"):
            continue
        try:
            url, *tags = shlex.split(stripped.replace("\\", "\\\\") if '"' not in stripped else stripped)
        except ValueError:
            read.problems.append((number, "a quote is not closed"))
            continue
        kind = url.partition(":")[0]
        if kind in ("query", "filter", "exec") or stripped.startswith(('"query', '"filter', '"exec')):
            says = {"query": "a view of other feeds", "filter": "a program that changes a feed", "exec": "a program"}
            read.problems.append((number, f"{kind}: is {says[kind]}, and is not taken over"))
            continue
        name = next((tag[1:] for tag in tags if tag.startswith("~")), "")
        folder = next((tag for tag in tags if tag[:1] not in ("~", "!")), "")
        levels = tuple(level for each in folder.split("/") if (level := line(each, _TEXT).strip()))
        read.feeds.append(Subscription(url=url, title=line(name, _TEXT), folder=levels, line=number))
    return read
