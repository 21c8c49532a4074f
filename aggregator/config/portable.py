"""What a configuration says of its sources and categories, as it can be taken elsewhere; and what may come in.

    Document.written ─► without secrets ─► a list          a list ─► only what is trusted ─► Draft

A secret that stands in the file itself stays at home unless its owner says otherwise; where it stands in the
environment or in a file, the `${…}` that names it goes out. What comes in with such a name, with a proxy or with a
command would make use of what is ours: that takes a word of the owner's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from aggregator.config import settings
from aggregator.config.secret import has_places

SOURCE_KEYS = frozenset(settings.Source.model_fields) - {"url", "name"}
CATEGORY_KEYS = frozenset(settings.Category.model_fields) - {"sources", "include"}
SHARED: Mapping[str, frozenset[str]] = {  # of the sections that all sources share, what each of them starts from
    "publish": frozenset(("merge", "prefer", "also_in", "images", "max_new")),
    "polling": frozenset(("every", "timeout", "max_size", "rate_limit", "proxy")),
    "defaults": frozenset(settings.Defaults.model_fields),
}

_SECRET_HEADER = re.compile(r"auth|cookie|token|secret|passw|key|session|signature|credential", re.IGNORECASE)
_SECRET_PARAMETER = re.compile(
    r"(.*[_-])?(token|api_?key|key|secret|password|passwd|pass|pwd|auth|sig|signature|session|sid|jwt)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Portable:
    """A mapping without its secrets, and where they stood: `headers.Authorization`, `url`."""

    data: dict[str, object]
    without: tuple[str, ...]


def without_secrets(data: Mapping[str, object]) -> Portable:
    """What a source, a category or a section says, all texts as they stand in the file."""
    without: list[str] = []
    kept: dict[str, object] = {}
    for key, value in data.items():
        match key, value:
            case "headers", dict():
                open_ones = {name: text for name, text in value.items() if not _is_secret_header(name, text)}
                without += [f"headers.{name}" for name in value if name not in open_ones]
                if open_ones or not value:
                    kept[key] = open_ones
            case "access", dict():
                kept[key], closed = _without_keys(value)
                without += closed
            case "url" | "proxy", str():
                kept[key] = address = open_address(value)
                without += [key] * (address != value)
            case _:
                kept[key] = value
    return Portable(kept, tuple(without))


def _is_secret_header(name: str, text: object) -> bool:
    return bool(_SECRET_HEADER.search(name)) and not has_places(str(text))


def _without_keys(access: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """Who may read stays known by name: without any, what was protected would be open elsewhere."""
    kept: dict[str, object] = {}
    without: list[str] = []
    for kind, given in access.items():
        if kind not in ("tokens", "users") or not isinstance(given, dict):
            kept[kind] = given
            continue
        kept[kind] = {name: text if has_places(str(text)) else None for name, text in given.items()}
        without += [f"access.{kind}.{name}" for name, text in given.items() if not has_places(str(text))]
    return kept, without


def open_address(url: str) -> str:
    """An address without a password, and without parameters that are called like secrets; `${…}` stays."""
    if not re.match(r"(https?|socks5h?)://", url, re.IGNORECASE):
        return url
    scheme, _, rest = url.partition("://")
    authority, slash, path = re.fullmatch(r"([^/?#]*)([/?#]?)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    user, at, host = authority.rpartition("@")
    if at and not has_places(user):
        authority = host
    before, mark, query = f"{slash}{path}".partition("?")
    query, hash_, fragment = query.partition("#")
    parameters = [each for each in query.split("&") if not _is_secret_parameter(each)]
    mark = mark if parameters or not query else ""
    return f"{scheme}://{authority}{before}{mark}{'&'.join(parameters)}{hash_}{fragment}"


def _is_secret_parameter(parameter: str) -> bool:
    name, equals, value = parameter.partition("=")
    return bool(equals and value and _SECRET_PARAMETER.fullmatch(name)) and not has_places(value)


def with_new_keys(data: Mapping[str, object], make: Callable[[], str]) -> tuple[dict[str, object], tuple[str, ...]]:
    """A category whose readers' tokens and passwords stayed at home gets new ones, and stays protected; whose."""
    access = data.get("access")
    if not isinstance(access, dict):
        return dict(data), ()
    fresh: list[str] = []
    opened: dict[str, object] = {}
    for kind, given in access.items():
        opened[kind] = given
        if isinstance(given, dict):
            fresh += [str(name) for name, text in given.items() if text is None]
            opened[kind] = {name: make() if text is None else text for name, text in given.items()}
    return {**data, "access": opened}, tuple(fresh)


def of_keys(data: Mapping[str, object], keys: frozenset[str]) -> dict[str, object]:
    """Of a mapping, what has one of these keys and says anything."""
    return {key: value for key, value in data.items() if key in keys and value is not None and value != []}


def asks_for_trust(key: str, value: object) -> str | None:
    """What of ours a setting would make use of, in words; None if of nothing."""
    for name, text in _texts(key, value):
        if has_places(text):
            return "takes something from this machine's environment or files"
        if name == "proxy" and text.strip() != "none":
            return "leads through a proxy"
    return None


def asks_for_trust_in(url: str, *, is_ours: bool) -> str | None:
    """Likewise of an address. Of this machine's files only a list that lies here may speak."""
    if url.startswith("exec:"):
        return "is a command, which would run with our rights"
    if url.startswith("file:") and not is_ours:
        return "is a file of this machine"
    return asks_for_trust("url", url)


def _texts(key: str, value: object) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield key, value
        case dict():
            for name, each in cast("dict[str, object]", value).items():
                yield from _texts(name, each)
        case list():
            for each in value:
                yield from _texts(key, each)


def host_of(url: str) -> str:
    """What can be said of an address in a message."""
    try:
        return urlsplit(url).hostname or url[:80]
    except ValueError:
        return url[:80]
