"""Full text: the page of each new article of a source that wants it.

    store.claim_pages | fetch | parse.page_text | refine.full_article | decide.why_keep | store.enrich

The queue is a table, so it is there again after a restart. Few workers, with a client of their own, take one page of a
host at a time: polling waits neither for a connection nor for a thread. They share its turns at each host, so that a
publisher sees no more connections than it would without them, and rests that one asked for hold for both.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.decide.canonical import host_of
from aggregator.decide.fulltext import next_try, why_keep
from aggregator.jobs.poll import REST, moved
from aggregator.jobs.turns import Turns
from aggregator.jobs.visit import Fetch, request_of
from aggregator.model.article import Article
from aggregator.model.enrichment import PageErrand, PageOriginal, PageResult, PageState
from aggregator.model.errors import AggregatorError
from aggregator.model.exchange import Failure, Fetched, FetchFailed, FetchResult, NotModified, Request
from aggregator.model.source import Errand, Source, SourceId, mask
from aggregator.parse.page import page_text
from aggregator.store import Store

WORKERS = 4
LEASE = timedelta(minutes=15)  # longer than a page may take: ten minutes to come, and its host's turn
MAX_PAGE = 5_000_000
"""Bytes. A page without its pictures that is larger is no article."""

_BASE = re.compile(r"<base\s[^<>]{0,2500}>", re.IGNORECASE)
ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLines:
    """What comes in from outside."""

    fetch: Fetch
    hang_up: Callable[[], None]  # ends every fetch that is under way
    clock: Callable[[], datetime]
    chance: Callable[[], float]  # 0 ≤ x < 1
    holder: str  # our name on leases
    listener: Callable[[PageResult], None] = lambda result: None


class Enricher:
    """Fetches the pages that are due, a few at a time, in threads of its own."""

    def __init__(self, store: Store, sources: Mapping[SourceId, Source], turns: Turns, lines: PageLines) -> None:
        self._store = store
        self._sources = sources
        self._turns = turns
        self._lines = lines
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="page")
        self._changed = threading.Condition()
        self._in_flight = 0
        self._stopping = False
        self._fault: AggregatorError | None = None

    def begin(self) -> int:
        """Begin what is due, as far as there are workers; returns at once, with how many were begun.

        More are begun as these end.
        """
        with self._changed:
            room = WORKERS - self._in_flight
            if self._stopping or room <= 0:
                return 0
            now = self._lines.clock()
            errands = self._store.claim_pages(holder=self._lines.holder, now=now, until=now + LEASE, limit=room)
            self._in_flight += len(errands)
        for errand in errands:
            self._workers.submit(self._work, errand).add_done_callback(self._forget_cancelled)
        return len(errands)

    def finish(self) -> None:
        """Until nothing that is due now is left. Raises what went wrong on our side."""
        while self.begin() or self._is_busy():
            with self._changed:
                self._changed.wait_for(lambda: self._in_flight == 0)
            if self._fault is not None:
                raise self._fault

    def retire(self) -> None:
        """Begin nothing more; what is under way ends in its own time, and is written."""
        with self._changed:
            self._stopping = True
            self._changed.wait_for(lambda: self._in_flight == 0)
        self.stop()

    def stop(self) -> None:
        """Begin nothing more, cut off what is under way, give back the rest."""
        with self._changed:
            self._stopping = True
        self._lines.hang_up()
        self._workers.shutdown(cancel_futures=True)
        self._store.release(self._lines.holder)

    def _is_busy(self) -> bool:
        with self._changed:
            return self._in_flight > 0

    def _is_cut_off(self, result: PageResult) -> bool:
        """What we have ended ourselves says nothing about the page."""
        with self._changed:
            return self._stopping and result.state in (PageState.WAITING, PageState.GIVEN_UP)

    def _work(self, errand: PageErrand) -> None:
        try:
            source = self._sources.get(errand.source)
            result = self._visit(errand, source) if source is not None else None
            if result is not None and not self._is_cut_off(result):
                self._store.enrich(result, holder=self._lines.holder, now=self._lines.clock())
                self._lines.listener(result)
        except AggregatorError as error:
            log.error("cannot keep the page of %r: %s", errand.article.title, error)
            self._fault = error
        finally:
            self._done()
            self._begin_safely()

    def _visit(self, errand: PageErrand, source: Source) -> PageResult:
        """What its page brings, once it is its host's turn."""
        host = host_of(errand.article.link or "")
        with self._turns.at(host):
            now = self._lines.clock()
            rests_until = self._turns.rests_until(host, now)
            if rests_until is not None:
                self._store.rest_pages(errand.host, rests_until)
                return _waiting(errand, "its host asks to come less often (429)", rests_until, errand.tries)
            return self._visit_safely(errand, source, now)

    def _visit_safely(self, errand: PageErrand, source: Source, now: datetime) -> PageResult:
        """The border behind which one page never disturbs another: a fault of ours is logged, and tried again."""
        try:
            answer = self._lines.fetch(page_request(errand, source))
            if isinstance(answer, FetchFailed) and answer.status in (429, 503):
                self._heed(errand, answer, now)
            return judge_page(errand, source, answer, now, self._lines.chance())
        except AggregatorError:
            raise
        except Exception as error:
            log.exception("the page of %r: this is a fault of aggregator", errand.article.title)
            fault = FetchFailed(url="", failure=Failure.OURS, detail=f"{type(error).__name__}: {error}")
            return failed_page(errand, fault, source, now, self._lines.chance())

    def _heed(self, errand: PageErrand, failed: FetchFailed, now: datetime) -> None:
        """A host that wants to be left alone is left alone with all of its pages."""
        until = failed.retry_after or now + REST
        if failed.status == 429:
            self._turns.rest(host_of(failed.url), until)
        self._store.rest_pages(errand.host, until)

    def _begin_safely(self) -> None:
        try:
            self.begin()
        except AggregatorError as error:
            log.error("cannot begin with more pages: %s", error)
            self._fault = error
        except RuntimeError:  # stopped a moment ago
            log.debug("no more pages: stopped")

    def _forget_cancelled(self, future: Future[None]) -> None:
        if future.cancelled():
            self._done()

    def _done(self) -> None:
        with self._changed:
            self._in_flight -= 1
            self._changed.notify_all()


def judge_page(errand: PageErrand, source: Source, answer: FetchResult, now: datetime, chance: float) -> PageResult:
    """What the answer to a request for its page means for an article."""
    match answer:
        case FetchFailed() as failed:
            return failed_page(errand, failed, source, now, chance)
        case NotModified():
            return _kept(errand, "its page says no more than its feed")
        case Fetched() as fetched:
            return read_page(errand, fetched, source)


def page_request(errand: PageErrand, source: Source) -> Request:
    """What is asked of the page's server: the owner's headers only where it is the feed's own origin."""
    asked = request_of(Errand(source=moved(source, errand.article.link or "")))
    return replace(asked, accept=ACCEPT, max_size=min(source.max_size, MAX_PAGE))


def read_page(errand: PageErrand, fetched: Fetched, source: Source) -> PageResult:
    """What a page that has arrived means for its article."""
    # Here, because few sources want full text, and every start would pay for the library that finds it.
    from aggregator.refine.fulltext import words_of

    page = page_text(fetched.body, fetched.content_type)
    if page is None:
        return _kept(errand, f"its page is no HTML ({(fetched.content_type or 'of no type')[:80]})")
    original = the_article_of(page, fetched.url, source)
    article = completed(errand.article, original, source) if original is not None else None
    if original is None or article is None:
        missing = "nothing on its page matches `content`" if source.content else "its page holds no article"
        return _kept(errand, missing)
    # A selector is the owner's word: only where it finds less than the feed has, it must have missed.
    reason = why_keep(words_of(errand.feed_body), words_of(article.body), article.title)
    if reason is not None:
        return _kept(errand, reason)
    return PageResult(
        article_id=errand.article_id,
        state=PageState.FULL,
        reason="",
        article=article,
        original=original if source.keep_original else None,
    )


def the_article_of(page: str, url: str, source: Source) -> PageOriginal | None:
    """A page of the article alone, with what relative addresses are relative to; None: there is no article."""
    from aggregator.refine.fulltext import main_content, selected

    html = selected(page, source.content) if source.content else main_content(page, url)
    base = _BASE.search(page[:100_000])
    alone = f"<html><head>{base[0] if base else ''}</head><body>{html}</body></html>"
    return PageOriginal(html=alone, url=url) if html else None


def completed(article: Article, original: PageOriginal, source: Source) -> Article | None:
    """The article with the text of its page, cleaned by the settings of its source; None: nothing is left of it."""
    from aggregator.refine.fulltext import full_article

    return full_article(article, original.html, original.url, replace(source, content="body"))


def failed_page(errand: PageErrand, failed: FetchFailed, source: Source, now: datetime, chance: float) -> PageResult:
    """To be tried again, or given up, with the reason in words that can be shown."""
    tries = errand.tries + 1
    reason = mask(f"{failed.failure}: {failed.detail}" if failed.detail else str(failed.failure), source.secrets)[:500]
    again = next_try(tries, failed, now, chance)
    if again is None:
        return PageResult(article_id=errand.article_id, state=PageState.GIVEN_UP, reason=reason, tries=tries)
    return _waiting(errand, reason, again, tries)


def _waiting(errand: PageErrand, reason: str, until: datetime, tries: int) -> PageResult:
    return PageResult(article_id=errand.article_id, state=PageState.WAITING, reason=reason, next_at=until, tries=tries)


def _kept(errand: PageErrand, reason: str) -> PageResult:
    return PageResult(article_id=errand.article_id, state=PageState.KEPT, reason=reason)
