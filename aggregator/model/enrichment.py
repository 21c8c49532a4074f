"""The page of an article: to be fetched, fetched, or given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aggregator.model.article import Article, SafeHtml
from aggregator.model.source import SourceId


class PageState(StrEnum):
    """What has become of an article's page."""

    WAITING = "waiting"  # to be fetched, or to be tried again
    FULL = "full"  # the article shows its text
    KEPT = "kept"  # the feed's own version is the better one
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOriginal:
    """What a publisher wrote of an article on its page: to be cleaned again without being fetched."""

    html: str  # a document with nothing of the page but its article, and its <base>
    url: str  # of the page; what stands in it may be relative


@dataclass(frozen=True, slots=True, kw_only=True)
class PageErrand:
    """A page that we have leased from the store, with what its article says so far."""

    article_id: int
    source: SourceId
    host: str  # of the page; pages of one host rest together
    article: Article
    feed_body: SafeHtml  # as the feed has it; the article may show an earlier text of its page
    tries: int  # that failed


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """What came of one visit to a page."""

    article_id: int
    state: PageState
    reason: str  # in words, for `status` and the log; '' where all went well
    article: Article | None = None  # with the text of its page, if it is to show that
    original: PageOriginal | None = None  # what that text was made from, where originals are kept
    next_at: datetime | None = None  # when to try again
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCounts:
    """How the pages of a source stand."""

    waiting: int = 0
    full: int = 0
    kept: int = 0
    given_up: int = 0
    problem: str | None = None  # why the last one was given up or is tried again
