"""The doors to the pages below the start page: what a request asks for, and which page that is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.web.facts import (
    feed_page,
    frame,
    sources_page,
    spot_of,
    story_of,
    story_page,
    subscribing,
    subscribing_to_health,
)
from aggregator.web.library import Library
from aggregator.web.page import FORMATS, Pages
from aggregator.web.words import WORDS, Language

Show = Callable[[Request, Callable[[Language], str]], Response]
"""Answers a request with a page in the visitor's language; the page is made only if it is not at hand."""


def up_from(request: Request) -> str:
    """Where the root is, seen from here: relative, so that it is right behind a proxy that adds a path in front."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return "../" * (path.partition(b"?")[0].count(b"/") - 1)


class Browse:
    """One method per kind of page. What there is not is a 404."""

    def __init__(self, library: Library, pages: Pages, clock: Callable[[], datetime], show: Show) -> None:
        self._library = library
        self._pages = pages
        self._clock = clock
        self._show = show

    def feed(self, request: Request) -> Response:
        """/c/<slug>/, and further back /c/<slug>/_before/<place>/."""
        slug, is_behind, place = request.path_params["slug"].rstrip("/").partition("/_before/")
        behind = spot_of(place) if is_behind else None
        if is_behind and behind is None:
            raise HTTPException(404)
        up = up_from(request)

        def page(language: Language) -> str:
            found = feed_page(self._library, slug, behind, up)
            if found is None:
                raise HTTPException(404)
            return self._pages.feed(found, self._clock(), language, up)

        return self._show(request, page)

    def story(self, request: Request) -> Response:
        """/s/<id>/."""
        asked, up = story_of(request.path_params["story"]), up_from(request)

        def page(language: Language) -> str:
            found = story_page(self._library, asked, up) if asked else None
            if found is None:
                raise HTTPException(404)
            return self._pages.story(found, self._clock(), language, up)

        return self._show(request, page)

    def sources(self, request: Request) -> Response:
        """/sources/."""
        up = up_from(request)
        return self._show(
            request, lambda language: self._pages.sources(sources_page(self._library), self._clock(), language, up)
        )

    def about(self, request: Request) -> Response:
        """/about/."""
        up = up_from(request)
        return self._show(
            request, lambda language: self._pages.about(frame(self._library), self._clock(), language, up)
        )

    def subscribe_to_health(self, request: Request, form: str) -> Response:
        """The same for the feed of what happened to the sources."""
        up = up_from(request)

        def page(language: Language) -> str:
            found = subscribing_to_health(self._library, WORDS[language]["health"], form)
            return self._pages.subscribe(found, self._clock(), language, up)

        return _instead(self._show(request, page))

    def subscribe(self, request: Request) -> Response:
        """What a browser is shown at the address of a feed; the document itself, where that is of no feed that we know.
        Where there is no document, whoever serves these asks as if for that one."""
        slug, _, form = request.path_params["name"].rpartition(".")
        up = up_from(request)

        def page(language: Language) -> str:
            found = subscribing(self._library, slug, form, up) if form in FORMATS else None
            if found is None:
                raise _UnknownError
            return self._pages.subscribe(found, self._clock(), language, up)

        try:
            return _instead(self._show(request, page))
        except _UnknownError as error:
            if request.url.query:  # there is no document either
                raise HTTPException(404) from error
            return RedirectResponse("?raw", 302, {"vary": "accept", "cache-control": "no-store"})


def _instead(response: Response) -> Response:
    """A page in the place of a document: readers behind the same cache want the document."""
    response.headers["vary"] = "accept, accept-language, accept-encoding"
    response.headers["cache-control"] = "no-store"
    return response


class _UnknownError(Exception):
    """There is no such feed."""
