"""A line below an article that names the others that tell its story."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from aggregator.model.article import Article, SafeHtml
from aggregator.model.feed import Address, Outlet

NAMED = 12  # at most; all of them stand in the links that programs read


def with_others(article: Article, others: Sequence[Outlet], address: Address) -> SafeHtml:
    """The body, and the line below it. What has no body stays a summary, which has no room for links."""
    named = [_link(outlet) for outlet in others if outlet.name][:NAMED]
    if not named or not article.body.strip():
        return article.body
    before, between = _words(article.language or address.language or "", article.title)
    return SafeHtml(f"{article.body}\n<p><small>{before}{between.join(named)}</small></p>")


def _link(outlet: Outlet) -> str:
    name = escape(outlet.name)
    if outlet.link is None or not outlet.link.lower().startswith(("https://", "http://")):
        return name
    return f'<a href="{escape(outlet.link)}" rel="noopener noreferrer">{name}</a>'


def _words(language: str, title: str) -> tuple[str, str]:
    chinese = language.lower().startswith("zh") or (
        not language and any("\u4e00" <= char <= "\u9fff" for char in title)
    )
    return ("另见：", "、") if chinese else ("Also in: ", ", ")
