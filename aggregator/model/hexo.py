"""A Hexo post: one article as a file (docs/front-matter.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.model.article import Article, SafeHtml
from aggregator.model.entry import Enclosure


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPost:
    """A post file as it was read. Whoever wrote it may have written anything: nothing in it is cleaned yet.

    Strings are legal XML text, and URLs are absolute http(s) or ''; the body may hold any HTML at all.
    """

    title: str  # '' where the file had none
    categories: tuple[str, ...]  # as many levels as the file had
    headimg: str
    author: str  # '' where the file had none
    comments: bool
    date: datetime | None  # UTC; None where the file had none that could be read
    thumbnail: str
    body: str  # untrusted HTML, out of its wrapping, braces as braces

    link: str | None = None
    guid: str | None = None
    source_url: str | None = None  # posts of other programs have none
    updated: datetime | None = None  # UTC
    language: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    tags: tuple[str, ...] = ()
    summary: str = ""
    comments_url: str | None = None

    unread_date: str | None = None  # a date that stood there and that nothing could read, for the log

    def with_body(self, body: SafeHtml) -> Post:
        """The post with its body made safe; every other field as it stands in the file."""
        article = Article(
            title=self.title,
            categories=self.categories,
            headimg=self.headimg,
            author=self.author,
            comments=self.comments,
            date=self.date,
            thumbnail=self.thumbnail,
            body=body,
            link=self.link,
            guid=self.guid,
            updated=self.updated,
            language=self.language,
            enclosures=self.enclosures,
            tags=self.tags,
            summary=self.summary,
            comments_url=self.comments_url,
        )
        return Post(article=article, source_url=self.source_url, unread_date=self.unread_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An article and the URL of the source that it came from, as a post file carries them."""

    article: Article  # its date is None where the file had none that could be read
    source_url: str | None = None  # posts of other programs have none
    unread_date: str | None = None  # a date that stood there and that nothing could read
