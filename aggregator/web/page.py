"""The page for people: what is on it (`front`), and its HTML (`Pages`)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from aggregator.model.feed import Address, Item
from aggregator.model.search import Results
from aggregator.model.source import CategoryPath, SourceId
from aggregator.model.status import SourceStatus
from aggregator.web.library import Library
from aggregator.web.life import Report
from aggregator.web.search import PAGE, PAGES, Asked
from aggregator.web.words import WORDS, Language, exact, moment

STORIES = 30
FORMATS = {
    "atom": ("Atom", "application/atom+xml"),
    "rss": ("RSS", "application/rss+xml"),
    "json": ("JSON", "application/feed+json"),
}
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Branch:
    """A category, and those that stand below it."""

    address: Address
    below: tuple[Branch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """All that the start page shows."""

    title: str
    everything: Address | None
    branches: tuple[Branch, ...]
    addresses: tuple[Address, ...]  # of categories, for autodiscovery
    by_source: dict[SourceId, Address]
    stories: tuple[Item, ...]
    listed: tuple[SourceStatus, ...]  # those that are followed, then those of which only articles are left
    sources: int
    failing: int
    articles: int

    def heading(self, source: SourceStatus) -> tuple[str, ...]:
        """The titles of the category that a source is in, level by level."""
        titles = {address.path: address.title for address in self.addresses}
        category = source.category
        return tuple(titles.get(category[: level + 1], name) for level, name in enumerate(category))


def front(library: Library) -> Front:
    """Ask the library for what the start page shows."""
    addresses = library.addresses()
    of_categories = tuple(address for address in addresses if address.source is None)
    everything = next((address for address in of_categories if not address.path), None)
    sources = library.sources()
    followed = [source for source in sources if source.configured]
    retired = [source for source in sources if not source.configured and source.articles]
    return Front(
        title=library.title(),
        everything=everything,
        branches=branches(of_categories),
        addresses=of_categories,
        by_source={address.source: address for address in addresses if address.source is not None},
        stories=tuple(library.latest(everything.slug, STORIES)) if everything else (),
        listed=(*followed, *retired),
        sources=len(followed),
        failing=sum(source.failures > 0 for source in followed),
        articles=sum(source.articles for source in sources),
    )


def branches(addresses: Iterable[Address], above: CategoryPath = ()) -> tuple[Branch, ...]:
    """The categories right below a path, each with those below it."""
    level = len(above) + 1
    here = [address for address in addresses if len(address.path) >= level and address.path[: len(above)] == above]
    return tuple(Branch(address, branches(here, address.path)) for address in here if len(address.path) == level)


class Pages:
    """The templates, and the files that they need."""

    def __init__(self, base_url: str, formats: Sequence[str], has_opml: bool) -> None:
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
        }
        self._templates.globals |= {
            "base_url": base_url,
            "has_opml": has_opml,
            "formats": [(name, *FORMATS[name]) for name in formats if name in FORMATS],
            "style": f"static/{self.style_name}",
        }

    def front(self, front: Front, now: datetime, language: Language) -> str:
        """The start page."""
        return self._render("front.html", now, language, page=front)

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

        template = self._templates.get_template(name)
        return template.render(w=WORDS[language], said=said, precisely=precisely, now=now, **{"up": "", **values})


def picture(url: str) -> str | None:
    """The address of a picture: a publisher's, or one of ours, which is relative."""
    return url if url.startswith("img/") else web(url)


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
