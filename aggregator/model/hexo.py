"""A Hexo post: one article as a file (docs/front-matter.md)."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.model.article import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An article and the URL of the source that it came from, as a post file carries them."""

    article: Article  # its date is None where the file had none that could be read
    source_url: str | None = None  # posts of other programs have none
    unread_date: str | None = None  # a date that stood there and that nothing could read
