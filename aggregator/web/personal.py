"""A site as one visitor sees it.

request, without validators and codings | the site | with the token on every link of ours | 200 or 304, packed

Documents are stored without tokens. Whoever came with one in the address gets it back in the links to our own documents
and pages, so that following them leads somewhere; who came with a password needs none.
"""

from __future__ import annotations

import html
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.compose.archives import FOLDER as ARCHIVE
from aggregator.web.answer import Headers
from aggregator.web.feeds import comes_to_look, is_made, is_person
from aggregator.web.kept import Recent
from aggregator.web.negotiate import coding, same_version
from aggregator.web.shelf import GUARDED, MEDIA_TYPES, pack

KEEP = 5.0  # seconds that a document may be old
PACKED = 64  # answers that are kept packed

_CONDITIONS = frozenset({b"if-none-match", b"if-modified-since", b"accept-encoding", b"range"})
_OF_NOTHING = b'"-"'
_OURS_TO_SAY = frozenset({b"etag", b"last-modified", b"content-length", b"cache-control", b"vary", b"content-encoding"})


@dataclass(frozen=True, slots=True)
class Key:
    """What opens the links of a visitor."""

    token: str
    base_url: str


class Documents:
    """Feeds below /feeds/ as `document` has them; everything else from the pages."""

    def __init__(self, document: Callable[[str], bytes | None], pages: ASGIApp) -> None:
        self._recent = Recent(document, KEEP)
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry; the method is one that reads."""
        if not scope["raw_path"].startswith(b"/feeds/") or is_made(scope) or comes_to_look(scope):
            await self._pages(scope, receive, send)
            return
        name = _name(scope["raw_path"])
        content = await run_in_threadpool(self._recent.take, name) if name else None
        if (content is None or name is None) and is_person(scope):
            await self._pages(scope, receive, send)
            return
        if content is None or name is None:
            await Response("There is no such feed here.\n", 404, media_type="text/plain")(scope, receive, send)
            return
        headers = {key.decode(): value.decode() for key, value in (*GUARDED, (b"access-control-allow-origin", b"*"))}
        headers["content-type"] = MEDIA_TYPES[name[name.rindex(".") :]].decode()
        headers["cache-control"] = "max-age=31536000, immutable" if f"/{ARCHIVE}/" in name else "max-age=300"
        await Response(content, headers=headers)(scope, receive, send)


def _name(raw_path: bytes) -> str | None:
    try:
        levels = [unquote_to_bytes(level).decode() for level in raw_path[1:].split(b"/")]
    except UnicodeDecodeError:
        return None
    if any("/" in level or "\0" in level for level in levels) or not levels[-1].endswith(tuple(MEDIA_TYPES)):
        return None
    return "/".join(levels)


class Personal:
    """Answers of a site, for one visitor alone to keep."""

    def __init__(self, site: ASGIApp) -> None:
        self._site = site
        self._packed: OrderedDict[tuple[bytes, str], bytes] = OrderedDict()

    async def answer(self, scope: dict[str, Any], receive: Receive, send: Send, key: Key | None) -> None:
        """One answer; with a key, its links have the token."""
        asked = {name: value for name, value in scope["headers"] if name in _CONDITIONS}
        headers = [pair for pair in scope["headers"] if pair[0] not in _CONDITIONS]
        if b"if-none-match" in asked:
            headers.append((b"if-none-match", _OF_NOTHING))  # that somebody holds a version still tells who it is
        inner = {**scope, "method": "GET", "headers": headers}
        taken = _Taken()
        await self._site(inner, receive, taken.send)
        body, headers = bytes(taken.body), taken.headers
        if key is not None:
            body = with_token(body, _value(headers, b"content-type"), key)
            headers = [(name, _moved(value, key) if name == b"location" else value) for name, value in headers]
        await self._say(taken.status, headers, body, asked, send)

    async def _say(self, status: int, headers: Headers, body: bytes, asked: dict[bytes, bytes], send: Send) -> None:
        kept = [pair for pair in headers if pair[0] not in _OURS_TO_SAY] + [
            (b"cache-control", _private(_value(headers, b"cache-control"))),
            (b"vary", b"accept-encoding, accept-language, authorization"),
        ]
        if status == 200:
            packing = coding(asked.get(b"accept-encoding", b""))
            tag = b'"%b"' % sha256(packing.encode() + b"\0" + body).hexdigest()[:32].encode()
            kept.append((b"etag", tag))
            if same_version(tag, 0, asked.get(b"if-none-match"), None):
                kept = [pair for pair in kept if not pair[0].startswith(b"content-")]
                await _send(send, 304, kept, b"")
                return
            if packing != "identity":
                body = await run_in_threadpool(self._pack, tag, packing, body)
                kept.append((b"content-encoding", packing.encode()))
        await _send(send, status, [*kept, (b"content-length", b"%d" % len(body))], body)

    def _pack(self, tag: bytes, packing: Any, body: bytes) -> bytes:
        if (tag, packing) not in self._packed:
            self._packed[tag, packing] = pack(body, packing)
            while len(self._packed) > PACKED:
                self._packed.popitem(last=False)
        return self._packed.get((tag, packing)) or pack(body, packing)


class _Taken:
    """An answer that was caught on its way."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: Headers = []
        self.body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _value(headers: Headers, wanted: bytes) -> bytes:
    return next((value for name, value in headers if name == wanted), b"")


def _private(said: bytes) -> bytes:
    """What the site says of how long its answer may be kept, but by nobody else."""
    if b"no-store" in said:
        return b"private, no-store"
    rest = said.replace(b"public", b"").strip(b", ")
    return b"private, " + (rest or b"no-cache")


# links


def with_token(body: bytes, media_type: bytes, key: Key) -> bytes:
    """The document with the token on its links to our own documents and pages.

    Of a feed, only what stands before its first item: what publishers wrote is left alone.
    """
    if media_type.startswith(b"text/html"):
        return _page(body.decode(), key).encode()
    head = len(body)
    if b"opml" not in media_type:
        found = _FIRST.search(body)
        head = found.start() if found else head
    joint = b"&" if b"json" in media_type else b"&amp;"
    return _links(body[:head], key, joint) + body[head:]


_FIRST = re.compile(rb"<entry[\s>]|<item[\s>]|\"items\":")


def _links(text: bytes, key: Key, joint: bytes) -> bytes:
    base = re.escape(html.escape(key.base_url) if joint != b"&" else key.base_url).encode()
    token = b"token=" + quote(key.token, safe="").encode()

    def extended(match: re.Match[bytes]) -> bytes:
        return match[0] + (joint if b"?" in match[0] else b"?") + token

    return re.sub(base + rb"(?:feeds/[^\"<>\s]*|opml|search\?[^\"<>\s]*|)(?=[\"<])", extended, text)


_LINK = re.compile(r'(<(?:a|area|link|form|input)\b[^<>]*?\s(?:href|action|value)=")([^"]*)"([^<>]*>)', re.IGNORECASE)


def _page(page: str, key: Key) -> str:
    hidden = f'<input type="hidden" name="token" value="{html.escape(key.token)}">'

    def extended(match: re.Match[str]) -> str:
        start, url, end = match[1], html.unescape(match[2]), match[3]
        if not is_ours(url, key.base_url):
            return match[0]
        if start[:6].lower() == "<input" and not url.startswith(f"{key.base_url}feeds/"):
            return match[0]  # what somebody typed; the other is an address to be copied
        if start[:5].lower() == "<form":
            return match[0] + hidden  # a browser replaces the query of where a form leads
        return f'{start}{html.escape(_extended(url, key))}"{end}'

    return _LINK.sub(extended, page)


_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_OPEN = re.compile(r"(?:\.{0,2}/)*(?:static/|img/|favicon)")


def is_ours(url: str, base_url: str) -> bool:
    """Whether an address of a page leads to our own pages and documents, as every browser reads it: browsers drop line
    breaks, and take a backslash for a slash."""
    if not url or url.startswith("#") or "\\" in url or any(character <= " " for character in url):
        return False
    if url.removeprefix("feed:").startswith(base_url):  # the scheme opens the reader of the visitor's own machine
        return True
    return not _ELSEWHERE.match(url) and not _OPEN.match(url)


def _extended(url: str, key: Key) -> str:
    place, hash_, fragment = url.partition("#")
    joint = "&" if "?" in place else "?"
    return f"{place}{joint}token={quote(key.token, safe='')}{hash_}{fragment}"


def _moved(location: bytes, key: Key) -> bytes:
    url = location.decode("latin-1")
    return _extended(url, key).encode("latin-1") if is_ours(url, key.base_url) else location
