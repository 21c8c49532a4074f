"""Who comes in, and what they find: the gate before a site of which not everybody may see all.

request | presented | decide.access ─► a stranger: the public site
                                    ─► somebody: a site of what they may see, made for them (`web.personal`)
                                    ─► neither: 401, the same words for every reason

What somebody presents goes no further than this: the sites behind see a request without it, and so does every log.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn._types import HTTPScope

from aggregator.decide.access import by_password, by_token, takes_long
from aggregator.model.access import STRANGER, Access, Rules, Visitor, opens
from aggregator.model.source import CategoryPath
from aggregator.web.answer import Answer, plain
from aggregator.web.feeds import Feeds, is_person
from aggregator.web.personal import Key, Personal

PARAMETER = b"token"
LONGEST = 1_000  # bytes of what is presented
KNOWN = 1_000  # logins that are remembered, so that their passwords are not hashed again
HASHING = 2  # passwords at a time
WAITING = 50  # logins that may wait for that

OPEN = (b"/healthz", b"/robots.txt", b"/favicon.svg", b"/static/", b"/img/")
"""What has nothing in it that is kept from anybody. An address below /img/ is signed: who knows it was shown it."""

LOGIN = b"/login"
HUB = b"/hub"  # takes subscriptions to what everybody may read alone, and says nothing of the rest


@dataclass(frozen=True, slots=True)
class Token:
    """Of a subscriber, in the address, or as `Authorization: Bearer`."""

    text: str
    in_address: bool


@dataclass(frozen=True, slots=True)
class Login:
    """A name and a password, in `Authorization: Basic` (RFC 7617)."""

    name: str
    password: str


@dataclass(frozen=True, slots=True)
class Nonsense:
    """Something was presented, and it can be nobody's."""


Presented = Token | Login | Nonsense


@dataclass(frozen=True, slots=True, kw_only=True)
class Lobby:
    """What the gate knows."""

    rules: Rules
    slugs: Mapping[tuple[str, ...], CategoryPath]  # of categories, level by level as they stand in addresses

    def rule_at(self, raw_path: bytes) -> Access | None:
        """What stands before a path."""
        if raw_path in (LOGIN, HUB) or raw_path.startswith(OPEN):
            return None
        levels = _levels(raw_path)
        if levels is None or levels[0] != "feeds":
            return self.rules.default
        return self.rules.rule(self._category(levels[1:]))

    def refuses(self, raw_path: bytes, visitor: Visitor) -> bool:
        """Whether somebody may not see what is at a path. A page shows to everybody we know what they may see."""
        rule = self.rule_at(raw_path)
        if visitor and not raw_path.startswith(b"/feeds/"):
            return False
        return not opens(visitor, rule)

    @property
    def locks(self) -> tuple[Access, ...]:
        """Every rule that somebody could be let in by."""
        rules = (self.rules.default, *self.rules.of.values())
        return tuple(dict.fromkeys(rule for rule in rules if rule is not None))

    def _category(self, levels: Sequence[str]) -> CategoryPath:
        """Of a document: the category whose slug it begins with, the nearest one."""
        stem = (*levels[:-1], levels[-1].rpartition(".")[0] or levels[-1]) if levels else ()
        known = (self.slugs.get(tuple(stem[:depth])) for depth in range(len(stem), 0, -1))
        return next((path for path in known if path is not None), ())


def _levels(raw_path: bytes) -> list[str] | None:
    try:
        return [unquote_to_bytes(level).decode() for level in raw_path[1:].split(b"/")]
    except UnicodeDecodeError:
        return None


class Gate:
    """The ASGI entry of a site that not everybody sees alike."""

    def __init__(
        self,
        lobby: Lobby,
        public: Feeds,
        site_of: Callable[[Visitor], ASGIApp],
        base_url: str,
        page: Callable[[HTTPScope], bytes],
    ) -> None:
        """`page` is what somebody is shown who comes with a browser and is refused."""
        self._lobby = lobby
        self._page = page
        self._public = public
        self._site_of = site_of
        self._base_url = base_url
        self._sites: dict[Visitor, Personal] = {}
        self._known: OrderedDict[bytes, Visitor] = OrderedDict()
        self._salt = secrets.token_bytes(32)
        self._turn = asyncio.Semaphore(HASHING)
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] != "http" or scope["method"] == "OPTIONS" or scope["raw_path"].startswith(OPEN):
            await self._public(scope, receive, send)
            return
        shown = presented(scope)
        visitor = await self._admit(shown)
        if visitor is None:
            await BUSY.send(send)
        elif (shown is not None and not visitor) or self._lobby.refuses(scope["raw_path"], visitor):
            await self._refusal(scope).send(send)
        elif scope["raw_path"] == LOGIN:
            await (WELCOME if visitor else self._refusal(scope)).send(send)
        elif not visitor or scope["method"] not in ("GET", "HEAD"):
            await self._public(without(scope), receive, send)
        else:
            key = Key(shown.text, self._base_url) if isinstance(shown, Token) and shown.in_address else None
            await self._site(visitor).answer(without(scope), receive, send, key)

    def at_once(self, scope: HTTPScope) -> Answer | None:
        """The answer, if it needs no waiting; to whom presents nothing."""
        if scope["method"] not in ("GET", "HEAD") or presented(scope) is not None:
            return None
        if self._lobby.refuses(scope["raw_path"], STRANGER):
            return self._refusal(scope)
        return self._public.at_once(scope)

    def _refusal(self, scope: Any) -> Answer:
        return refused(self._page(scope)) if is_person(scope) else REFUSED

    async def _admit(self, shown: Presented | None) -> Visitor | None:
        """Who that is; None where too many ask that at a time."""
        match shown:
            case Token(text=text):
                return by_token(self._lobby.locks, text)
            case Login():
                return await self._log_in(shown)
        return STRANGER

    async def _log_in(self, login: Login) -> Visitor | None:
        locks = self._lobby.locks
        if not takes_long(locks):
            return by_password(locks, login.name, login.password)
        # In the memory of this process only, and not as it was sent.
        name = hmac.digest(self._salt, f"{login.name}\0{login.password}".encode(), "sha256")
        if name in self._known:
            self._known.move_to_end(name)
            return self._known[name]
        if self._waiting >= WAITING:
            return None
        self._waiting += 1
        try:
            async with self._turn:
                visitor = await run_in_threadpool(by_password, locks, login.name, login.password)
        finally:
            self._waiting -= 1
        if visitor:
            self._known[name] = visitor
            while len(self._known) > KNOWN:
                self._known.popitem(last=False)
        return visitor

    def _site(self, visitor: Visitor) -> Personal:
        if visitor not in self._sites:
            self._sites[visitor] = Personal(self._site_of(visitor))
        return self._sites[visitor]


def presented(scope: Scope | HTTPScope) -> Presented | None:
    """What a request presents; None: nothing."""
    if scope["query_string"]:
        tokens = [value for name, value in _parameters(scope["query_string"]) if name == PARAMETER]
        if tokens:
            return _token(tokens)
    given = [value for name, value in scope["headers"] if name == b"authorization"]
    return _authorization(given) if given else None


def without(scope: Scope) -> dict[str, Any]:
    """The request without what it presents."""
    pairs = [
        pair for pair in scope["query_string"].split(b"&") if unquote_to_bytes(pair.partition(b"=")[0]) != PARAMETER
    ]
    headers = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
    return {**scope, "query_string": b"&".join(pairs), "headers": headers}


def _parameters(query: bytes) -> list[tuple[bytes, bytes]]:
    split = (pair.partition(b"=") for pair in query.split(b"&"))
    return [(unquote_to_bytes(name), value) for name, _, value in split]


def _token(given: Sequence[bytes]) -> Token | Nonsense:
    if len(given) != 1 or len(given[0]) > LONGEST:
        return Nonsense()
    text = unquote_to_bytes(given[0])
    # A token has no other characters: what cannot be one is not even compared.
    return Token(text.decode(), in_address=True) if text and _is_printable(text) else Nonsense()


def _authorization(given: Sequence[bytes]) -> Presented:
    scheme, _, rest = given[0].partition(b" ")
    if len(given) != 1 or len(given[0]) > LONGEST:
        return Nonsense()
    if scheme.lower() == b"bearer":
        return Token(rest.decode(), in_address=False) if rest and _is_printable(rest) else Nonsense()
    if scheme.lower() != b"basic":
        return Nonsense()
    try:
        name, colon, password = base64.b64decode(rest.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return Nonsense()
    return Login(name, password) if colon and password else Nonsense()


def _is_printable(text: bytes) -> bool:
    return all(0x21 <= byte <= 0x7E for byte in text)


_NEVER_KEPT = ((b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer"))
_ASKED_FOR = (
    (b"www-authenticate", b'Basic realm="feeds", charset="UTF-8"'),
    (b"access-control-allow-origin", b"*"),
    *_NEVER_KEPT,
)
REFUSED = plain(
    HTTPStatus.UNAUTHORIZED,
    "This is for subscribers: the address lacks its token, or the token is none that is good here.\n",
    *_ASKED_FOR,
)
"""One answer for all that is refused: it tells nobody how near they were."""


def refused(page: bytes) -> Answer:
    """The same for people: a browser asks for name and password first, and shows it to who gives none."""
    policy = b"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    about = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", b"%d" % len(page)),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", policy),
    ]
    return Answer(HTTPStatus.UNAUTHORIZED, [*about, *_ASKED_FOR], page)


BUSY = plain(HTTPStatus.SERVICE_UNAVAILABLE, "Please try again.\n", (b"retry-after", b"10"), *_NEVER_KEPT)
WELCOME = Answer(HTTPStatus.SEE_OTHER, [(b"location", b"./"), (b"content-length", b"0"), *_NEVER_KEPT])
