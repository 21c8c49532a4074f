"""The search over HTTP: /search for people, /feeds/search for feed readers.

A search takes the processor for some milliseconds, or more, and anybody may ask: few are made at a time, and the
document of a feed is kept for a minute.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import formatdate
from hashlib import sha256
from threading import BoundedSemaphore, Lock
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from aggregator.decide.search import LONGEST, MOST, parse_query
from aggregator.model.errors import SearchTooSlowError
from aggregator.model.feed import Feed
from aggregator.model.search import Query, Results
from aggregator.render import FORMATS
from aggregator.web.library import Library
from aggregator.web.negotiate import Coding, coding, same_version
from aggregator.web.shelf import COMMON, GUARDED, pack

PAGE = 20  # stories
PAGES = 50
AT_ONCE = 3  # searches
PATIENCE = 3.0  # seconds to wait for one's turn; the pages share their threads with us
KEEP = 60.0  # seconds that a feed may be old
KEPT = 64  # feeds

_HEADERS = {name.decode(): value.decode() for name, value in (*COMMON, *GUARDED)}
_ANYBODY = {"access-control-allow-origin": "*", "cache-control": "no-store", "x-content-type-options": "nosniff"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One page of a search."""

    words: str  # as they were typed
    query: Query
    page: int  # from 1

    @classmethod
    def of(cls, request: Request) -> Asked:
        """What a request for a page asks for. Nothing in it is wrong."""
        words = " ".join(request.query_params.get("q", "").split())
        page = request.query_params.get("page", "1")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 1
        return cls(words=words[: 2 * LONGEST], query=parse_query(words), page=min(max(number, 1), PAGES))


@dataclass(slots=True)
class Document:
    """A feed that was made when it was asked for, and is given to all who ask for it in the next minute."""

    made: float
    media_type: str
    modified: int  # seconds since 1970; 0: nothing is in it
    packed: dict[Coding, bytes] = field(default_factory=dict)


class SearchDoor:
    """Asks the library, a few questions at a time."""

    def __init__(self, library: Library, clock: Callable[[], datetime]) -> None:
        self._library = library
        self._clock = clock
        self._turns = BoundedSemaphore(AT_ONCE)
        self._lock = Lock()
        self._kept: OrderedDict[str, Document] = OrderedDict()

    def results(self, asked: Asked) -> Results:
        """One page of what was found."""
        if asked.query.is_empty:
            return Results(query=asked.query)
        with self._turn():
            return self._library.search(asked.query, PAGE, PAGE * (asked.page - 1))

    def feed(self, request: Request) -> Response:
        """What was found as a feed: a document like those in the folder, made when it is asked for."""
        words = " ".join(request.query_params.get("q", "").split())
        form = request.path_params.get("format") or request.query_params.get("format") or "atom"
        if (problem := _problem(words, form)) is not None:
            return PlainTextResponse(f"{problem}\n", 400, _ANYBODY)
        suffix = "." + form if "format" in request.path_params else ""
        parameter = f"&format={form}" if not suffix and "format" in request.query_params else ""
        document = self._document(words, form, f"feeds/search{suffix}?q={quote(words, safe='')}{parameter}")
        return answer(document, request)

    def _document(self, words: str, form: str, place: str) -> Document:
        key = f"{form} {place}"
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and time.monotonic() - kept.made < KEEP:
                return kept
        with self._turn():
            feed = self._library.search_feed(parse_query(words))
        document = self._rendered(feed, f"Search: {words}", form, place)
        with self._lock:
            self._kept[key] = document
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return document

    def _rendered(self, feed: Feed, title: str, form: str, place: str) -> Document:
        # A story that is found from now on was seen now, or changed now: this never goes back but where one is gone.
        latest = max((max(item.first_seen, item.updated) for item in feed.items), default=None)
        written = FORMATS[form]
        return Document(
            made=time.monotonic(),
            media_type=written.media_type,
            modified=int(min(latest, self._clock()).timestamp()) if latest else 0,
            packed={"identity": written.render(replace(feed, title=title, place=place))},
        )

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=PATIENCE):
            raise HTTPException(503, "Too many searches at once. Try again in a minute.", {"retry-after": "60"})
        try:
            yield
        except SearchTooSlowError as error:
            raise HTTPException(503, f"{error}.", {"retry-after": "60"}) from error
        finally:
            self._turns.release()


def _problem(words: str, form: str) -> str | None:
    """Why there can be no such feed. A feed that left out a part of what was asked for would be wrong in silence."""
    if form not in FORMATS:
        return f"There is no such format. Write format={', format='.join(FORMATS)}."
    query = parse_query(words)
    if query.cut:
        return f"That is too long: at most {LONGEST} characters and {MOST} words can be looked for."
    return "Say what to look for: /feeds/search?q=words" if query.is_empty else None


def answer(document: Document, request: Request) -> Response:
    """It, as the request wants it packed; 304 to who has it."""
    packing = coding(request.headers.get("accept-encoding", "").encode("latin-1"))
    body = _packed(document, packing)
    tag = sha256(document.packed["identity"]).hexdigest()[:32] + ("" if packing == "identity" else f"-{packing}")
    headers = {"etag": f'"{tag}"', **_HEADERS}
    if same_version(
        headers["etag"].encode(),
        document.modified,
        _header(request, "if-none-match"),
        _header(request, "if-modified-since") if document.modified else None,
    ):
        return Response(status_code=304, headers=headers)
    if document.modified:
        headers["last-modified"] = formatdate(document.modified, usegmt=True)
    if packing != "identity":
        headers["content-encoding"] = packing
    return Response(body, headers={**headers, "content-type": document.media_type})


def _packed(document: Document, packing: Coding) -> bytes:
    if packing not in document.packed:
        document.packed[packing] = pack(document.packed["identity"], packing)
    return document.packed[packing]


def _header(request: Request, name: str) -> bytes | None:
    given = request.headers.getlist(name)
    return ", ".join(given).encode("latin-1") if given else None
