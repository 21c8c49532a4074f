"""The HTTP door: pages by starlette, feeds before it reaches starlette."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from uvicorn._types import HTTPScope

from aggregator.model.access import Visitor
from aggregator.model.errors import AggregatorError
from aggregator.render import FORMATS, render_sources
from aggregator.web.browse import Browse, up_from
from aggregator.web.facts import front
from aggregator.web.feeds import Feeds, HubLinks, comes_to_look, is_person
from aggregator.web.gate import Gate, Lobby
from aggregator.web.hub import HubDesk, HubDoor
from aggregator.web.images import Images
from aggregator.web.kept import Kept
from aggregator.web.library import Library, Member
from aggregator.web.life import report
from aggregator.web.metrics import metrics_text
from aggregator.web.negotiate import coding, language
from aggregator.web.page import Pages, Who
from aggregator.web.personal import Documents
from aggregator.web.search import Asked, Document, SearchDoor, answer
from aggregator.web.websub import Mailbox, WebSub
from aggregator.web.words import Language

log = logging.getLogger(__name__)


def _policy(elsewhere: str) -> str:
    """Nothing but our own style sheet, icon and pictures; and pictures, sounds and films from there."""
    media = f"media-src{elsewhere}; " if elsewhere else ""
    return (
        f"default-src 'none'; style-src 'self'; img-src 'self'{elsewhere}; {media}base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


GUARD = {
    "content-security-policy": _policy(" https: http:"),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
LONGEST_QUESTION = 2_000  # characters
PATIENCE = 5  # seconds
_WITHOUT_SLASH = ("search", "why", "opml", "opml/sources", "healthz", "metrics")  # whose links are written for that
_FOR_EVER = "public, max-age=31536000, immutable"


def create_app(
    library: Library,
    folder: Path,
    *,
    base_url: str,
    formats: Sequence[str] = ("atom", "rss", "json"),
    opml: Callable[[], bytes] | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    keep_page: float = 5.0,
    mailbox: Mailbox | None = None,
    max_delivery: int = 15_000_000,
    images: Images | None = None,
    own_pictures: bool = False,
    lobby: Lobby | None = None,
    library_of: Callable[[Visitor], Member] | None = None,
    hub: str | None = None,
    desk: HubDesk | None = None,
) -> Feeds | Gate | WebSub:
    """The whole site: the feeds in `folder`/feeds, and pages about what `library` knows.

    `opml` makes the list of our feeds; it is called in a thread, for every request. The start page may be
    `keep_page` seconds old. A `mailbox` takes what WebSub hubs deliver, up to so many bytes at a time.
    `images` are pictures that we pass on; with `own_pictures`, the pages show no others. With a `lobby`, `library` is
    what strangers see, and `library_of` what others do.
    `hub` is the address of the WebSub hub that the feeds announce; a `desk` takes requests to our own, at /hub.
    """

    def pages(library: Library, opml: Callable[[], bytes] | None, who: Who) -> Starlette:
        site = Pages(base_url, formats, opml is not None, players=not own_pictures, who=who)
        doors = Doors(library, site, opml, clock, keep_page, own_pictures, who)
        return _pages(doors, images, desk)

    def site_of(visitor: Visitor) -> Documents:
        assert library_of is not None, "whoever knows visitors knows what they see"
        member = library_of(visitor)
        return Documents(member.document, pages(member, member.opml, "subscriber"))

    def refusal(scope: HTTPScope) -> bytes:
        asked = Request(scope)  # type: ignore[arg-type]  # it is a scope, typed by uvicorn
        return templates.message("refused", clock(), _language(asked), up_from(asked)).encode()

    links = HubLinks(hub=hub, base_url=base_url) if hub is not None else None
    who: Who = "anybody" if lobby is None else "stranger"
    besides = [] if lobby is None else [(b"vary", b"authorization")]  # a cache keeps it for strangers alone
    public = Feeds(folder, otherwise=pages(library, opml, who), hub=links, besides=besides)
    templates = Pages(base_url, formats, opml is not None)
    feeds = public if lobby is None else Gate(lobby, public, site_of, base_url, refusal)
    return feeds if mailbox is None else WebSub(mailbox, feeds, max_size=max_delivery)


def _pages(doors: Doors, images: Images | None, desk: HubDesk | None) -> Starlette:
    site = Starlette(
        routes=[
            Route("/", doors.front),
            Route("/search", doors.search),
            Route("/why", doors.why),
            Route("/feeds/search", doors.finder.feed),
            Route("/feeds/search.{format}", doors.finder.feed),
            Route("/feeds/_health.{format}", doors.health),
            Route("/c/{slug:path}", doors.browse.feed),
            Route("/s/{story}", doors.browse.story),
            Route("/s/{story}/", doors.browse.story),
            Route("/sources", doors.browse.sources),
            Route("/sources/", doors.browse.sources),
            Route("/about", doors.browse.about),
            Route("/about/", doors.browse.about),
            Route("/feeds/{name:path}", doors.browse.subscribe),
            Route("/opml", doors.opml),
            Route("/opml/sources", doors.sources_opml),
            *(Route(f"/{name}/", doors.without_slash) for name in _WITHOUT_SLASH),
            Route("/healthz", doors.healthz),
            Route("/metrics", doors.metrics),
            Route("/favicon.svg", doors.icon),
            Route("/robots.txt", doors.robots),
            Route("/static/{name}", doors.style),
            *([Route("/hub", HubDoor(desk).answer, methods=["POST"])] if desk is not None else []),
            *([Route("/img/{signature}/{address}", images.answer)] if images is not None else []),
        ],
        exception_handlers={HTTPException: doors.refused, Exception: doors.broken},
    )
    # Starlette would redirect to an absolute address, made of whatever Host a request names.
    site.router.redirect_slashes = False
    return site


class Doors:
    """One method per address. They are plain functions: starlette runs them in a thread, where they may block."""

    def __init__(
        self,
        library: Library,
        pages: Pages,
        opml: Callable[[], bytes] | None,
        clock: Callable[[], datetime],
        keep_page: float,
        own_pictures: bool,
        who: Who,
    ) -> None:
        self._vary = "accept-language, accept-encoding" + ("" if who == "anybody" else ", authorization")
        self._guard = GUARD | {"content-security-policy": _policy("" if own_pictures else " https: http:")}
        self._library = library
        self._pages = pages
        self._opml = opml
        self._clock = clock
        self.finder = SearchDoor(library, clock)
        self._one_asks = Lock()
        self._kept = Kept(keep_page)
        self.browse = Browse(library, pages, clock, self._kept_page)

    def front(self, request: Request) -> Response:
        """The page for people."""
        return self._kept_page(
            request, lambda language: self._pages.front(front(self._library), self._clock(), language)
        )

    def search(self, request: Request) -> Response:
        """What was found, for people."""
        asked = Asked.of(request)
        results = self.finder.results(asked)
        return self._html(request, self._pages.search(asked, results, self._clock(), _language(request)))

    def why(self, request: Request) -> Response:
        """The life of an article, for people. One question at a time: some of them look through all that is kept."""
        asked = request.query_params.get("q", "").strip()[:LONGEST_QUESTION]
        told, language = None, _language(request)
        if asked:
            if not self._one_asks.acquire(timeout=PATIENCE):
                raise HTTPException(503, "Too many questions at once. Try again in a minute.", {"retry-after": "60"})
            try:
                told = report(self._library.why(asked), language)
            finally:
                self._one_asks.release()
        status = 404 if told is not None and told.is_unknown else 200
        return self._html(request, self._pages.why(asked, told, self._clock(), language), status)

    def opml(self, request: Request) -> Response:
        """Every feed that we publish, for a reader to import."""
        if self._opml is None:
            raise HTTPException(404)
        headers = GUARD | {"content-disposition": 'inline; filename="feeds.opml"', "access-control-allow-origin": "*"}
        return Response(self._opml(), headers=headers, media_type="text/x-opml; charset=utf-8")

    def health(self, request: Request) -> Response:
        """What happened to the sources, as a feed."""
        written = FORMATS.get(request.path_params["format"])
        if written is None:
            raise HTTPException(404)
        if comes_to_look(request.scope):
            return self.browse.subscribe_to_health(request, written.name)
        feed = self._library.health()
        document = Document(
            made=0.0,
            media_type=written.media_type,
            modified=int(feed.updated.timestamp()),
            packed={"identity": written.render(feed)},
        )
        return answer(document, request)

    def sources_opml(self, request: Request) -> Response:
        """Every feed that we follow, for others to follow it themselves."""
        if self._opml is None:
            raise HTTPException(404)
        followed = [source for source in self._library.sources() if source.configured]
        headers = GUARD | {"content-disposition": 'inline; filename="sources.opml"', "access-control-allow-origin": "*"}
        content = render_sources(self._library.title(), followed)
        return Response(content, headers=headers, media_type="text/x-opml; charset=utf-8")

    def healthz(self, request: Request) -> Response:
        """Whether the program can do its work; a failing source is its publisher's trouble, and only counted."""
        try:
            problem = self._library.problem()
            followed = [source for source in self._library.sources() if source.configured]
        except AggregatorError as error:
            problem, followed = str(error), []
        answer = {
            "status": "degraded" if problem else "ok",
            "problem": problem,
            "sources": len(followed),
            "failing": sum(source.failures > 0 for source in followed),
        }
        return JSONResponse(answer, 503 if problem else 200, GUARD | {"cache-control": "no-store"})

    def metrics(self, request: Request) -> Response:
        """For Prometheus."""
        text = metrics_text(self._library.sources(), self._library.problem(), self._clock())
        return Response(text, headers=GUARD, media_type="text/plain; version=0.0.4; charset=utf-8")

    def icon(self, request: Request) -> Response:
        """The icon of the page."""
        headers = GUARD | {"cache-control": "public, max-age=86400"}
        return Response(self._pages.icon, headers=headers, media_type="image/svg+xml")

    def without_slash(self, request: Request) -> Response:
        """The same address without the slash at its end."""
        name = request.url.path.rstrip("/").rpartition("/")[2]
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"../{name}{query}", 308, self._guard)

    def robots(self, request: Request) -> Response:
        """Search engines should show the publishers' own pages, not our copies."""
        return PlainTextResponse("User-agent: *\nDisallow: /\n", headers=GUARD)

    def style(self, request: Request) -> Response:
        """The style sheet, under a name that changes with its content."""
        if request.path_params["name"] != self._pages.style_name:
            raise HTTPException(404)
        return Response(self._pages.style, headers=GUARD | {"cache-control": _FOR_EVER}, media_type="text/css")

    def refused(self, request: Request, error: Exception) -> Response:
        """A page that is not there, or a method that makes no sense."""
        assert isinstance(error, HTTPException)
        if error.status_code == 404:
            return self._message(request, "not_found", 404)
        if error.status_code == 503 and is_person(request.scope):
            response = self._message(request, "busy", 503)
            response.headers.update(error.headers or {})
            return response
        return PlainTextResponse(f"{error.detail}\n", error.status_code, GUARD | dict(error.headers or {}))

    def broken(self, request: Request, error: Exception) -> Response:
        """Our own mistake; starlette raises it again afterwards, and so it is logged with its traceback."""
        return self._message(request, "broken", 500)

    def _message(self, request: Request, title: str, status: int) -> Response:
        page = self._pages.message(title, self._clock(), _language(request), up_from(request))
        return self._html(request, page, status)

    def _kept_page(self, request: Request, make: Callable[[Language], str]) -> Response:
        """A page that is the same for all who speak a language."""
        packed = coding(request.headers.get("accept-encoding", "").encode("latin-1"))
        speaks = _language(request)
        name = f"{speaks} {request.scope['raw_path'].decode('latin-1')}"
        response = self._html(request, self._kept.take(name, lambda: make(speaks), packed))
        if packed != "identity":
            response.headers["content-encoding"] = packed
        return response

    def _html(self, request: Request, text: str | bytes, status: int = 200) -> Response:
        headers = self._guard | {
            "cache-control": "no-cache",
            "vary": self._vary,
            "content-language": "zh-CN" if _language(request) == "zh" else "en",
        }
        return Response(text, status, headers, media_type="text/html")


def _language(request: Request) -> Language:
    return language(request.headers.get("accept-language", "").encode("latin-1"))
