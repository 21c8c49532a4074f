"""The pages for people: facts (`facts.py`) to HTML. Each is a pure function of them, of the time and of the language.

Links are relative, and lead to the root by `up` ("../../"), so that pages work wherever they are put.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from aggregator.model.article import SafeHtml
from aggregator.model.browsing import Activity
from aggregator.model.search import Results
from aggregator.web import guide, rhythm
from aggregator.web.facts import STORIES as STORIES
from aggregator.web.facts import FeedPage, Front, SourcesPage, StoryPage, Subscribing, bare, cursor
from aggregator.web.facts import Frame as Frame
from aggregator.web.facts import front as front
from aggregator.web.life import Report
from aggregator.web.reasons import Said, reason, trouble
from aggregator.web.search import PAGE, PAGES, Asked
from aggregator.web.words import RULES, WORDS, Language, day, exact, moment

FORMATS = {
    "atom": ("Atom", "application/atom+xml"),
    "rss": ("RSS", "application/rss+xml"),
    "json": ("JSON", "application/feed+json"),
}
Who = Literal["anybody", "stranger", "subscriber"]
"""Everybody sees the same; somebody who may see more once they sign in; somebody who has."""

_HERE = Path(__file__).parent


class Pages:
    """The templates, and the files that they need."""

    def __init__(
        self,
        base_url: str,
        formats: Sequence[str],
        has_opml: bool,
        players: bool = True,
        asks: bool = True,
        who: Who = "anybody",
    ) -> None:
        """Without `players`, sounds are links: what plays them would ask their publishers. Without `asks`, nobody is
        there to answer questions: no search, no why, no state of the program. `who` is to see the pages."""
        self.style = (_HERE / "static/style.css").read_bytes()
        self.icon = (_HERE / "static/favicon.svg").read_bytes()
        self.style_name = f"style.{_short_hash(self.style)}.css"
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,  # by default off, even for .html
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {
            "web": web,
            "picture": picture,
            "slug": quote_slug,
            "host": host,
            "iso": iso,
            "tag": language_tag,
            "parameter": quote_parameter,
            "cursor": cursor,
            "bare": bare,
            "file_name": file_name,
            "safe_html": safe_html,
        }
        self._templates.globals |= {
            "base_url": base_url,
            "is_reachable": is_reachable(base_url),
            "has_opml": has_opml,
            "players": players,
            "asks": asks,
            "who": who,
            "formats": [(name, *FORMATS[name]) for name in formats if name in FORMATS],
            "style": f"static/{self.style_name}",
            "chart_width": rhythm.WIDTH,
            "chart_height": rhythm.HEIGHT,
        }

    def front(self, front: Front, now: datetime, language: Language) -> str:
        """The start page."""
        return self._render("front.html", now, language, page=front, frame=front.frame)

    def feed(self, page: FeedPage, now: datetime, language: Language, up: str) -> str:
        """The page of a category, or of a source."""
        return self._render("feed.html", now, language, page=page, frame=page.frame, own=page.address, up=up)

    def story(self, page: StoryPage, now: datetime, language: Language, up: str) -> str:
        """The page of a story."""

        def rule(name: str) -> str:
            return RULES[language].get(name, name)

        return self._render("story.html", now, language, page=page, frame=page.frame, up=up, rule=rule)

    def sources(self, page: SourcesPage, now: datetime, language: Language, up: str) -> str:
        """The page of all sources."""

        def chart(activity: Activity) -> rhythm.Chart:
            return rhythm.chart(activity, language)

        return self._render("sources.html", now, language, page=page, frame=page.frame, up=up, chart=chart)

    def about(self, frame: Frame, now: datetime, language: Language, up: str) -> str:
        """What this is, and how one subscribes."""
        return self._render("about.html", now, language, frame=frame, up=up, guide=guide.GUIDE[language])

    def subscribe(self, page: Subscribing, now: datetime, language: Language, up: str) -> str:
        """What a browser shows at the address of a feed."""
        values = {"page": page, "frame": page.frame, "own": page.address, "up": up, "services": guide.SERVICES}
        return self._render("subscribe.html", now, language, **values)

    def search(self, asked: Asked, results: Results, now: datetime, language: Language) -> str:
        """The page of a search."""
        return self._render(
            "search.html",
            now,
            language,
            asked=asked,
            results=results,
            first=PAGE * (asked.page - 1) + 1,
            more=PAGE * asked.page < results.total and asked.page < PAGES,
            has_feed=not (results.query.is_empty or results.query.cut),
        )

    def why(self, asked: str, told: Report | None, now: datetime, language: Language) -> str:
        """The page about one article; nothing but a question where `told` is None."""
        return self._render("why.html", now, language, asked=asked, told=told)

    def message(self, title: str, now: datetime, language: Language, up: str) -> str:
        """A page with nothing but a message: `title` and `title`_text are its words, `up` leads back to the root."""
        return self._render("message.html", now, language, message=title, up=up)

    def _render(self, name: str, now: datetime, language: Language, **values: object) -> str:
        def said(when: datetime) -> str:
            return moment(when, now, language)

        def precisely(when: datetime) -> str:
            return exact(when, language)

        def day_of(when: date) -> str:
            return day(when, now, language)

        def problem(words: str) -> Said:
            return trouble(words, language)

        def because(words: str) -> Said:
            return reason(words, language)

        speaking = {
            "w": WORDS[language],
            "said": said,
            "precisely": precisely,
            "day_of": day_of,
            "problem": problem,
            "because": because,
        }
        return self._templates.get_template(name).render(
            now=now, **{"up": "", "frame": None, "own": None, **speaking, **values}
        )


_OURS = re.compile(r"(?:\.\./)*img/")


def is_reachable(base_url: str) -> bool:
    """Whether a service elsewhere could fetch from there: not from this machine's own address."""
    host = urlsplit(base_url).hostname or "localhost"
    try:
        return not ip_address(host).is_private
    except ValueError:
        return host != "localhost"


def picture(url: str) -> str | None:
    """The address of a picture: a publisher's, or one of ours, which is relative."""
    return url if _OURS.match(url) else web(url)


def safe_html(body: SafeHtml) -> Markup:
    """What came out of the sanitizer, and nothing else, stands on a page as it is."""
    return Markup(body)  # noqa: S704 - it is SafeHtml


def file_name(url: str) -> str:
    """What a file is called, by the end of its URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return unquote(parts.path.rstrip("/").rpartition("/")[2], errors="replace") or parts.netloc


def web(url: str | None) -> str | None:
    """A URL that a visitor may be sent to, or None: what came from a feed must not become a `javascript:` link."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def host(url: str) -> str:
    """The host of a URL, as a name for it."""
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:
        return url


def quote_slug(slug: str) -> str:
    """A slug as it stands in a URL."""
    return quote(slug, errors="replace")


def quote_parameter(words: str) -> str:
    """Words as they stand in the query of a URL."""
    return quote(words, safe="", errors="replace")


def iso(when: datetime) -> str:
    """For `<time datetime>`: UTC, whole seconds."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def language_tag(language: str | None) -> str | None:
    """A language for `lang=`, or None if it is none: a wrong one makes a screen reader speak in tongues."""
    if language is None or not 2 <= len(language) <= 35:
        return None
    return language if all(part.isascii() and part.isalnum() for part in language.split("-")) else None


def _short_hash(content: bytes) -> str:
    return base64.urlsafe_b64encode(sha256(content).digest()[:9]).decode()
