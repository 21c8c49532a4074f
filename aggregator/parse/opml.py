"""Lists of subscriptions, as other programs write them: OPML, newsboat's `urls`, one address a line."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from aggregator.parse.characters import line

NAMESPACE = "urn:aggregator:opml"
SETTINGS = frozenset(
    (
        "every",
        "full_text",
        "language",
        "time_zone",
        "enabled",
        "max_new",
        "remove",
        "keep",
        "clean",
        "content",
        "timeout",
    )
)
"""Of our own settings, those that an OPML file may bring: none that sends a header, asks a proxy or runs a program."""

_FRESHRSS = "https://freshrss.org/opml"  # its docs/en/developers/OPML.md says what the attributes mean
_SCRAPED = ("+xpath", "+dotnotation")

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
    line: int = 0  # counted from 1


@dataclass(slots=True)
class Subscriptions:
    """What a list says, and what of it cannot be followed, each with its line."""

    feeds: list[Subscription] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def read_subscriptions(body: bytes) -> Subscriptions:
    """Whatever it is. Nothing in it is executed, and no entity is resolved."""
    if re.match(rb"(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(<\x00?[?!A-Za-z]|\x00<)", body):
        return _read_opml(body)
    return _read_lines(body.decode("utf-8-sig", "replace"))


def _read_opml(body: bytes) -> Subscriptions:
    read = Subscriptions()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        root = None
        read.problems.append((1, f"this is not XML: {line(str(error), _TEXT)}"))
    if root is None:
        return read
    if parser.error_log:
        first = parser.error_log[0]
        read.problems.append((int(first.line), f"broken XML, read as far as it goes: {line(first.message, _TEXT)}"))
    stack: list[tuple[Any, tuple[str, ...], int]] = [
        (element, (), 0) for element in reversed(root.findall("{*}body/{*}outline"))
    ]
    while stack:
        element, folder, depth = stack.pop()
        if len(read.feeds) >= _MOST or depth > _DEPTH:
            read.problems.append((element.sourceline or 0, "too many outlines, or too deep; the rest is passed over"))
            break
        name = line(element.get("title") or element.get("text") or "", _TEXT)
        url = next((value for key, value in element.attrib.items() if str(key).lower() == "xmlurl"), None)
        if (problem := _problem_of(element, name, url)) is not None:
            read.problems.append((element.sourceline or 0, problem))
        elif url is not None:
            read.feeds.append(_subscription(element, url.strip(), name, folder))
        below = folder if url is not None or not name else (*folder, name.replace("/", "／"))
        children = [(child, below, depth + 1) for child in element.iterfind("{*}outline")]
        stack += reversed(children)
    return read


def _problem_of(element: etree._Element, name: str, url: str | None) -> str | None:
    """Why an outline cannot be followed; None for a feed, and for a folder, also an empty one."""
    kind = element.get("type", "").lower()
    if url is not None:
        made = (
            f"{name or url} is no feed: {element.get('type')} makes one of something else, which only FreshRSS can do"
        )
        return made if kind.endswith(_SCRAPED) else None
    other = element.get(f"{{{_FRESHRSS}}}opmlUrl") or (element.get("url") if kind in ("include", "link") else None)
    if other:
        return f"{name or 'an outline'} is another list: import {line(other, _TEXT)} as well"
    if len(element) == 0 and (kind in ("rss", "atom", "link") or element.get("htmlUrl")):
        return f"{name or 'an outline'} has no xmlUrl"
    return None


def _subscription(element: etree._Element, url: str, name: str, folder: tuple[str, ...]) -> Subscription:
    category = (element.get("category") or "").split(",")[0].strip()
    if not folder and category:
        folder = tuple(level for each in category.split("/") if (level := line(each, _TEXT).strip()))
    own = element.get(f"{{{NAMESPACE}}}name")
    title = name if own is None else line(own, _TEXT)
    return Subscription(
        url=url, title=title, folder=folder, settings=_settings(element), line=int(element.sourceline or 0)
    )


def _settings(element: etree._Element) -> dict[str, object]:
    """Ours, or else what FreshRSS says in words of its own."""
    try:
        given = json.loads(element.get(f"{{{NAMESPACE}}}settings") or "{}")
    except (ValueError, RecursionError):
        given = {}
    own = {key: value for key, value in given.items() if key in SETTINGS} if isinstance(given, dict) else {}
    return own or _settings_of_freshrss(element)


def _settings_of_freshrss(element: etree._Element) -> dict[str, object]:
    settings: dict[str, object] = {}
    if content := element.get(f"{{{_FRESHRSS}}}cssFullContent", "").strip():
        settings |= {"full_text": True, "content": content}
    if remove := element.get(f"{{{_FRESHRSS}}}cssContentFilter", "").strip():
        settings["remove"] = [remove]
    if element.get(f"{{{_FRESHRSS}}}ttl", "").strip().startswith("-"):  # muted
        settings["enabled"] = False
    return settings


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
