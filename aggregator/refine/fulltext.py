"""The article on its own page: what is left when everything around it is taken away. Pure.

    page | without scripts | bounded | main content, or what a selector names | refine, like any body of a feed

What is around an article is found by readability-lxml (docs/decisions/0008-full-text.md says why). Whatever it gives
goes the road of every body, with nh3 at its end.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from html import escape, unescape

from cssselect import SelectorError
from lxml import etree
from lxml import html as lxml_html
from readability import Document
from readability.readability import Unparseable

from aggregator.model.article import Article, SafeHtml
from aggregator.model.entry import Entry, Markup
from aggregator.model.outcome import FeedFacts
from aggregator.model.source import Source
from aggregator.refine import refine
from aggregator.refine.limits import bounded
from aggregator.refine.sanitize import sanitize
from aggregator.refine.text import legal, one_line
from aggregator.refine.urls import absolute
from aggregator.words.reading import reading

# It tells of every page that it cannot read, with a traceback. Whoever calls us says that in a sentence.
logging.getLogger("readability").setLevel(logging.CRITICAL)

MAX_READ = 200_000
"""Characters of an article that are compared with another version of it."""

_CODE = ("script", "style", "template")
_HEADING = re.compile(
    r"((?:\s*<(?:div|article|section|header|main)\b[^<>]*>)*)\s*<h([1-3])\b[^<>]*>(.*?)</h\2>", re.DOTALL
)
_TAG = re.compile(r"<[^<>]*>")


def full_article(article: Article, page: str, url: str, source: Source) -> Article | None:
    """The same article with the body that its page has; None if none can be found there.

    What the feed says of it stays: title, author, date, summary, and pictures where it names any.
    """
    html = selected(page, source.content) if source.content else main_content(page, url)
    if not html:
        return None
    base = _base_of(page, url)
    entry = Entry(title=Markup(article.title, "text"), link=url, content=Markup(html, base=base))
    made = refine(entry, FeedFacts(), source)
    body = _without_title(made.body, article.title)
    if not body:
        return None
    return replace(
        article,
        body=body,
        headimg=article.headimg or made.headimg,
        thumbnail=article.thumbnail or made.thumbnail,
        summary=article.summary or made.summary,
    )


def words_of(html: SafeHtml) -> str:
    """What is to be read in a body, on one line."""
    return reading(html, MAX_READ)


def main_content(page: str, url: str) -> str:
    """The part of a page that is the article; '' if none can be told from the rest."""
    tree = _tree(page)
    if tree is None:
        return ""
    try:
        return str(Document(tree, url=url).summary(html_partial=True, keep_all_images=True))
    except (Unparseable, etree.LxmlError, ValueError):
        return ""


def selected(page: str, selector: str) -> str:
    """What the selector names, one after another; '' if it names nothing."""
    tree = _tree(page)
    if tree is None:
        return ""
    try:
        found = tree.cssselect(selector)
    except (SelectorError, etree.LxmlError):
        return ""
    outermost = [node for node in found if not any(above in found for above in node.iterancestors())]
    return "\n".join(lxml_html.tostring(node, encoding="unicode", with_tail=False) for node in outermost)


def _tree(page: str) -> lxml_html.HtmlElement | None:
    try:
        return lxml_html.document_fromstring(bounded(legal(_without_code(page))))
    except (etree.LxmlError, ValueError):
        return None


def _without_code(page: str) -> str:
    """Scripts are most of many a page, and `bounded` would cut off the end. Linear, whatever is left open."""
    for name in _CODE:
        opens, ends = re.compile(rf"<{name}\b", re.IGNORECASE), re.compile(rf"</{name}\s*>", re.IGNORECASE)
        kept, at = [], 0
        while (begin := opens.search(page, at)) and (end := ends.search(page, begin.end())):
            kept.append(page[at : begin.start()])
            at = end.end()
        page = "".join(kept) + page[at:]
    return page


def _base_of(page: str, url: str) -> str:
    """What relative URLs of the page are relative to."""
    found = re.search(r"<base\s[^>]{0,500}?href\s*=\s*[\"']?([^\"'\s>]{1,2000})", page[:100_000], re.IGNORECASE)
    return (absolute(unescape(found[1]), url) if found else None) or url


def _without_title(body: SafeHtml, title: str) -> SafeHtml:
    """Readers show the title above the body: there it need not stand again."""
    heading = _HEADING.match(body)
    if heading is None or _folded(_TAG.sub("", heading[3])) != _folded(escape(title, quote=False)):
        return body
    return sanitize(heading[1] + body[heading.end() :])


def _folded(html: str) -> str:
    return one_line(unescape(html)).casefold()
