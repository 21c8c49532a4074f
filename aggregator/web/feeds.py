"""The published files over HTTP: the road that nearly every request takes, so it does without a framework.

request | place | shelf.take | same_version | 200 or 304
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn._types import HTTPScope

from aggregator.compose.archives import FOLDER as ARCHIVE
from aggregator.publish.files import name_of, path_of
from aggregator.web.answer import Answer, Headers, plain
from aggregator.web.negotiate import coding, navigates, same_version
from aggregator.web.shelf import MEDIA_TYPES, Copy, Shelf

MEMORY = 64_000_000  # bytes of feeds kept ready, in all encodings together
_PREFIX = b"/feeds/"
_SEARCH = b"/feeds/search"
_HEALTH = b"/feeds/_health"
_LONGEST = 4_000  # bytes of a path
_HTML = b"text/html"  # who does not say that is no browser; nothing else is looked at
_ARCHIVE = f"/{ARCHIVE}/".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLinks:
    """Where documents say that their changes are told (W3C WebSub, section 4)."""

    hub: str
    base_url: str  # that their own addresses begin with


class Feeds:
    """Answers for everything below /feeds/ from `folder`; other paths go on to `otherwise`."""

    def __init__(
        self, folder: Path, otherwise: ASGIApp, hub: HubLinks | None = None, besides: Iterable[tuple[bytes, bytes]] = ()
    ) -> None:
        """`besides` are headers of every document that can change."""
        more = list(besides)
        self._otherwise = otherwise

        def links(path: str) -> Headers:
            return [*more, *(_links(folder, hub, path) if hub else [])]

        self._shelf = Shelf(folder / "feeds", MEMORY, links)
        self._place = lru_cache(maxsize=4096)(partial(place, folder))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] != "http" or not scope["raw_path"].startswith(_PREFIX) or is_made(scope):
            await self._otherwise(scope, receive, send)
        elif scope["method"] in _READING:
            asked = _asked(scope["headers"])
            path = self._place(scope["raw_path"])
            copy = path and await self._shelf.take(path, coding(asked.get(b"accept-encoding", b"")))
            if _HTML in asked.get(b"accept", b"") and _is_visit(scope, asked):
                await self._otherwise(scope if copy else {**scope, "query_string": b"raw"}, receive, send)
            elif copy:
                await _choose(copy, asked).send(send)
            elif _is_person(asked):
                await self._otherwise(scope, receive, send)
            else:
                await _MISSING.send(send)
        else:
            await (_OPTIONS if scope["method"] == "OPTIONS" else _WRONG_METHOD).send(send)

    def at_once(self, scope: HTTPScope) -> Answer | None:
        """The answer, if it needs neither a file nor a page; the server asks for this before it begins a task."""
        if scope["method"] not in _READING or not scope["raw_path"].startswith(_PREFIX):
            return None
        if is_made(scope):
            return None
        path = self._place(scope["raw_path"])
        asked = _asked(scope["headers"])
        if _HTML in asked.get(b"accept", b"") and (path is None or _is_visit(scope, asked)):
            return None
        if path is None:
            return _MISSING
        copy = self._shelf.held(path, coding(asked.get(b"accept-encoding", b"")))
        return None if copy is None else _choose(copy, asked)


def is_made(scope: Scope | HTTPScope) -> bool:
    """Whether this asks for what is no file, but made when it is asked for: what can be found, and what happened to
    sources. A category may be called "search": nobody asks for its feed with words."""
    path: bytes = scope["raw_path"]
    if path.startswith(_HEALTH) and scope["method"] in _READING:
        return path[len(_HEALTH) :].decode("latin-1") in MEDIA_TYPES
    if not path.startswith(_SEARCH) or scope["method"] not in _READING:
        return False
    suffix = path[len(_SEARCH) :]
    return not suffix or (suffix.decode("latin-1") in MEDIA_TYPES and b"q=" in scope["query_string"])


def comes_to_look(scope: Scope | HTTPScope) -> bool:
    """Whether whoever asks for a feed is to be shown a page about it."""
    asked = _asked(scope["headers"])
    return _HTML in asked.get(b"accept", b"") and _is_visit(scope, asked)


def _is_visit(scope: Scope | HTTPScope, asked: dict[bytes, bytes]) -> bool:
    """Whether somebody has come with a browser, who is shown a page instead. `?raw` is for whoever wants to see the
    document itself, and who holds a version of it has never been shown a page. Archives are for readers alone."""
    if scope["query_string"] or b"if-none-match" in asked or _ARCHIVE in scope["raw_path"]:
        return False
    return _is_person(asked)


def is_person(scope: Scope | HTTPScope) -> bool:
    """Whether somebody comes with a browser."""
    return _is_person(_asked(scope["headers"]))


def _is_person(asked: dict[bytes, bytes]) -> bool:
    """Whether somebody goes there with a browser."""
    accept = asked.get(b"accept", b"")
    return _HTML in accept and navigates(accept, asked.get(b"sec-fetch-dest"), asked.get(b"user-agent", b""))


def _asked(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    asked: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _ASKING:
            asked[name] = asked[name] + b", " + value if name in asked else value
    return asked


def _choose(copy: Copy, asked: dict[bytes, bytes]) -> Answer:
    same = same_version(copy.etag, copy.modified, asked.get(b"if-none-match"), asked.get(b"if-modified-since"))
    return copy.unchanged if same else copy.whole


_READING = ("GET", "HEAD")
_ASKING = frozenset(
    {b"accept", b"accept-encoding", b"if-none-match", b"if-modified-since", b"sec-fetch-dest", b"user-agent"}
)
_ALLOW = (b"allow", b"GET, HEAD, OPTIONS")
_ANYBODY = (b"access-control-allow-origin", b"*")
_MISSING = plain(
    HTTPStatus.NOT_FOUND, "There is no such feed here. The start page, /, lists those that there are.\n", _ANYBODY
)
_WRONG_METHOD = plain(HTTPStatus.METHOD_NOT_ALLOWED, "A feed can only be read.\n", _ANYBODY, _ALLOW)
_OPTIONS = Answer(
    HTTPStatus.NO_CONTENT,
    [
        _ALLOW,
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", b"GET, HEAD"),
        (b"access-control-allow-headers", b"if-none-match, if-modified-since"),
        (b"access-control-max-age", b"86400"),
    ],
)


def _links(folder: Path, links: HubLinks, path: str) -> Headers:
    """The same as in the document, for whoever does not look into it."""
    name = name_of(folder, Path(path))
    if name is None:
        return []
    own = links.base_url + quote(name, errors="replace")
    # One line for each: some subscribers do not split them.
    return [(b"link", f'<{uri}>; rel="{relation}"'.encode()) for relation, uri in (("hub", links.hub), ("self", own))]


def place(folder: Path, raw_path: bytes) -> str | None:
    """The file that a request's path names, whether it exists or not; None if it can name none."""
    if len(raw_path) > _LONGEST:
        return None
    try:
        # Split before decoding: an encoded slash is part of a name, never a way into another folder.
        levels = [unquote_to_bytes(level).decode() for level in raw_path[1:].split(b"/")]
    except UnicodeDecodeError:
        return None
    if not levels[-1].endswith(tuple(MEDIA_TYPES)) or any("/" in level for level in levels):
        return None
    return str(path_of(folder, "/".join(levels)))
