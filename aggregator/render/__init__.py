"""A feed becomes a document: the same value gives the same bytes, whatever the clock, locale, zone or machine.

    Feed | legal.legal | atom.render_atom | rss.render_rss | jsonfeed.render_json

galley.py keeps the entries of documents that are written together. generator.py is the only file that knows feedgen.
`check` looks at a document once more before it replaces the last good one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from aggregator.model.feed import Feed
from aggregator.render.address import feed_url
from aggregator.render.atom import render_atom
from aggregator.render.check import check
from aggregator.render.galley import Galley
from aggregator.render.jsonfeed import render_json
from aggregator.render.opml import render_opml, render_sources
from aggregator.render.rss import render_rss

__all__ = ["FORMATS", "Format", "Galley", "check", "feed_url", "preferred", "render_opml", "render_sources"]


class Render(Protocol):
    """Writes a feed; with a galley, what other documents have written already is not written anew."""

    def __call__(self, feed: Feed, galley: Galley | None = None) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to write a feed down."""

    name: str  # as in `publish.formats` of the configuration
    media_type: str  # the Content-Type that it is served with
    suffix: str  # of its file and its URL, dot included
    render: Render


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "atom": Format(
            name="atom", media_type="application/atom+xml; charset=utf-8", suffix=".atom", render=render_atom
        ),
        "rss": Format(name="rss", media_type="application/rss+xml; charset=utf-8", suffix=".rss", render=render_rss),
        "json": Format(
            name="json", media_type="application/feed+json; charset=utf-8", suffix=".json", render=render_json
        ),
    }
)
"""Every format that we publish, by name."""


def preferred(formats: Collection[str]) -> str:
    """Of these formats the one that most readers read best."""
    return next(name for name in FORMATS if name in formats)
