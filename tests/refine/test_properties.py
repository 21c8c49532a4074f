"""What is true of any entry, however it was written."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.article import Article
from aggregator.model.entry import Enclosure, Entry, Image, Markup
from aggregator.model.outcome import FeedFacts
from aggregator.refine import refine
from aggregator.refine.limits import _rewritten
from aggregator.refine.sanitize import sanitize
from tests.builders import a_source

FRAGMENTS = """
<p> </p> <b> </b> <div> </div> <table> <tr> <td> </table> <pre> </pre> <a href=" "> </a> <img src=" srcset=" <ul> <li>
<math> <mi> </math> <svg> </svg> <style> </style> <script> </script> <noscript> </noscript> <template> <select>
<option> <iframe src=" <picture> <source srcset=" <video src=" <object> <form> <input type=checkbox> <span lang=x>
<span> <br> <ruby> <rt> <h1 id=x> <a name=x> href="#x" > " ' = / <!-- --> <![CDATA[ ]]> &lt; &gt; &amp; &#1; &#xD800;
责任编辑： 扫码下载APP 二维码 javascript: data: http:// https://a.example/ // \\ 1x 2w , class="sharedaddy"
style="display:none" width=1 data-src=" <title> <textarea> <plaintext> <frameset> <font> <center> <blockquote cite="
<annotation-xml encoding=text/html> <mglyph> {{ }}
"""
PIECES = st.sampled_from(FRAGMENTS.split())
MARKUP = st.lists(PIECES | st.text(max_size=5) | st.just("\n\n"), max_size=40).map("".join)
TEXT = st.text() | MARKUP
MAYBE = st.none() | TEXT
SIZES = st.none() | st.integers()
CONSTRUCTS = st.none() | st.builds(Markup, TEXT, st.sampled_from(["text", "html"]), MAYBE)
ENTRIES = st.builds(
    Entry,
    guid=MAYBE,
    link=MAYBE,
    title=CONSTRUCTS,
    summary=CONSTRUCTS,
    content=CONSTRUCTS,
    authors=st.tuples(TEXT),
    published=st.none() | st.datetimes(),
    tags=st.tuples(TEXT),
    enclosures=st.tuples(st.builds(Enclosure, url=TEXT, type=MAYBE, length=SIZES, title=MAYBE, duration=SIZES)),
    images=st.tuples(st.builds(Image, url=TEXT, width=SIZES, height=SIZES)),
    language=MAYBE,
    comments=MAYBE,
)
FACTS = st.builds(FeedFacts, title=MAYBE, link=MAYBE, language=MAYBE)
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
URL = re.compile(r"https?://[!-~]+")
TAG = re.compile(r"<[a-z][^<>]*>")
LINKING = re.compile(r' (?:href|src|cite|poster)="([^"]*)"')
SRCSET = re.compile(r' srcset="([^"]*)"')


def strings(article: Article) -> list[str]:
    fields = (article.title, article.author, article.headimg, article.thumbnail, article.body, article.summary)
    others = (article.link, article.guid, article.language, article.comments_url, *article.categories, *article.tags)
    return [
        *fields,
        *(text for text in others if text),
        *(f"{file.url}{file.type}{file.title}" for file in article.enclosures),
    ]


@given(ENTRIES, FACTS)
def test_any_entry_is_an_article_that_can_be_shown(entry: Entry, facts: FeedFacts) -> None:
    article = refine(entry, facts, a_source())
    assert article.title
    assert article.author
    assert len(article.summary) <= 500
    assert not [text for text in strings(article) if ILLEGAL.search(text)]
    urls = [
        article.link,
        article.comments_url,
        article.headimg,
        article.thumbnail,
        *(file.url for file in article.enclosures),
    ]
    assert all(URL.fullmatch(url) for url in urls if url)


@given(MARKUP)
def test_sanitizing_again_changes_nothing(html: str) -> None:
    body = refine(Entry(content=Markup(html)), FeedFacts(), a_source()).body
    assert sanitize(body) == body


@given(MARKUP)
def test_all_addresses_are_absolute(html: str) -> None:
    body = refine(Entry(content=Markup(html)), FeedFacts(), a_source()).body
    tags = "".join(TAG.findall(body))
    assert all(re.match(r"https?://|#|mailto:|tel:|xmpp:|magnet:|ftp:", url) for url in LINKING.findall(tags))
    assert all(url.startswith(("http://", "https://")) for value in SRCSET.findall(tags) for url in value.split(", "))


@given(MARKUP)
def test_a_rewritten_body_is_orderly_and_stays_itself(html: str) -> None:
    once = _rewritten(html)
    assert _rewritten(once) == once
