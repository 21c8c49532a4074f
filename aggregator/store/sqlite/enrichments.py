"""The pages of articles in the one SQLite file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from sqlite3 import Connection
from urllib.parse import urlsplit

from aggregator.model.enrichment import PageCounts, PageErrand, PageResult, PageState
from aggregator.model.outcome import Save
from aggregator.model.source import SourceId
from aggregator.store.sqlite import rows, statements
from aggregator.store.sqlite.connect import Connections
from aggregator.store.sqlite.originals import keep_page

AT_ONCE = 100
"""Pages that one document of a source may ask for: the first poll of an archive must not become a crawl of the site."""


class SqliteEnrichments:
    """`store.enrichments.Enrichments`."""

    _connections: Connections

    def claim_pages(self, *, holder: str, now: datetime, until: datetime, limit: int) -> list[PageErrand]:
        values = {"holder": holder, "now": rows.to_text(now), "until": rows.to_text(until), "limit": limit}
        with self._connections.writing() as db:
            claimed = [row["article"] for row in db.execute(statements.CLAIM_PAGES, values).fetchall()]
            found = db.execute(statements.PAGE_ERRANDS.format(",".join("?" * len(claimed))), claimed)
            return [rows.to_page_errand(row) for row in found]

    def count_pages(self, now: datetime) -> int:
        with self._connections.reading() as db:
            count: int = db.execute(statements.COUNT_PAGES, {"now": rows.to_text(now)}).fetchone()[0]
            return count

    def enrich(self, result: PageResult, *, holder: str, now: datetime) -> bool:
        values = {"article": result.article_id, "holder": holder, "now": rows.to_text(now)}
        with self._connections.writing() as db:
            if db.execute(statements.IS_OUR_PAGE, values).fetchone() is None:
                return False
            if result.state is PageState.FULL:
                _show_page(db, result, values)
            elif result.state is PageState.KEPT and db.execute(statements.SHOW_FEED, values).rowcount:
                _tell_of_change(db, values)
            if result.state in (PageState.FULL, PageState.KEPT):
                keep_page(db, result.article_id, result.original)
            db.execute(statements.VISITED_PAGE, values | rows.from_page_result(result))
        return True

    def rest_pages(self, host: str, until: datetime) -> None:
        with self._connections.writing() as db:
            db.execute(statements.REST_PAGES, {"host": host, "until": rows.to_text(until)})

    def page_counts(self) -> dict[SourceId, PageCounts]:
        with self._connections.reading() as db:
            return {SourceId(row["source"]): rows.to_page_counts(row) for row in db.execute(statements.PAGES_BY_SOURCE)}


def queue_pages(db: Connection, source: SourceId, written: Sequence[tuple[int, Save]], at: datetime) -> None:
    """Within the transaction that has written these articles: their pages are due, where the source wants that."""
    if not written or db.execute(statements.WANTS_PAGES, (source,)).fetchone() is None:
        return
    newest = sorted(written, key=lambda pair: (pair[1].sort_at, -pair[1].position), reverse=True)[:AT_ONCE]
    for article, save in newest:
        if host := _host(save.article.link):
            db.execute(statements.QUEUE_PAGE, {"article": article, "host": host, "now": rows.to_text(at)})


def _show_page(db: Connection, result: PageResult, values: dict[str, object]) -> None:
    assert result.article is not None, "what is to be shown is there"
    article = result.article
    shown = {"headimg": article.headimg, "thumbnail": article.thumbnail, "summary": article.summary}
    db.execute(statements.KEEP_FEED_BODY, values)
    if db.execute(statements.SHOW_PAGE, values | shown | {"body": article.body}).rowcount:
        _tell_of_change(db, values)


def _tell_of_change(db: Connection, values: dict[str, object]) -> None:
    db.execute(statements.ARTICLE_CHANGED, values)
    db.execute(statements.TELLERS_OF_ARTICLE_CHANGED, values)
    db.execute(statements.IS_EDITED, {"id": values["article"]})


def _host(link: str | None) -> str:
    if link is None or not link.startswith(("http://", "https://")):
        return ""
    try:
        return (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
