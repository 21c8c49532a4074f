"""The short ways of our reader come to what feedparser's long ones come to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from feedparser.api import StrictFeedParser
from feedparser.util import FeedParserDict
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.model.entry import ParsedFeed
from aggregator.parse import xml
from tests.parse.documents import atom, rss

PIECES = (
    "<title>T &amp;amp; t</title>",
    "<description>&lt;p&gt;D&lt;/p&gt;</description>",
    "<link>http://l.example/?a=1&amp;b;</link>",
    "<guid>g</guid>",
    '<guid isPermaLink="false">g2</guid>',
    "<id>\u0093quoted\u0094</id>",
    "<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>",
    "<published>2020-01-01</published>",
    "<updated>2021-01-01</updated>",
    "<author>a@example.org (A)</author>",
    "<author><name>N</name></author>",
    "<dc:creator>C</dc:creator>",
    "<category>c</category>",
    '<category term="t"/>',
    "<comments>http://c.example/</comments>",
    "<source><title>Other</title><id>o</id></source>",
    "<image><url>http://i.example/</url><title>I</title></image>",
    '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>X</p><svg><title>s</title></svg></div></content>',
    '<summary type="text">1 &lt; 2</summary>',
    "<content:encoded>&lt;b&gt;B&lt;/b&gt;</content:encoded>",
    "<media:title>M</media:title>",
    "<itunes:summary>S</itunes:summary>",
    "<textinput><name>n</name></textinput>",
    '<x:title xmlns:x="http://purl.org/dc/elements/1.1/">X</x:title>',
    '<title xml:base="http://b.example/" xml:lang="fr">B</title>',
    "<link/>",
    "<title/>",
    "<media:group><media:title>G</media:title></media:group>",
    "<expirationDate>2030</expirationDate>",
    "<unknown><title>U</title></unknown>",
    "<language>en</language>",
    "words &amp; more",
)


@contextmanager
def the_long_way() -> Iterator[None]:
    def start_bare(reader: Any, tag: str) -> None:
        StrictFeedParser.unknown_starttag(reader, tag, [])

    def start_element(reader: Any, name: tuple[str | None, str], qname: None, attrs: Any) -> None:
        StrictFeedParser.startElementNS(reader, name, qname, attrs)

    reader, params = xml._Reader, xml._Params
    with (
        patch.object(reader, "_pop_line", lambda self, element: None),
        patch.object(reader, "_start_bare", start_bare),
        patch.object(reader, "startElementNS", start_element),
        patch.object(reader, "endElementNS", StrictFeedParser.endElementNS),
        patch.multiple(
            params, **{name: getattr(FeedParserDict, name) for name in ("__getitem__", "__setitem__", "__contains__")}
        ),
        patch.object(params, "get", FeedParserDict.get),
    ):
        yield


def both_ways(document: str) -> tuple[ParsedFeed, ParsedFeed]:
    short = xml.read_xml(document)
    with the_long_way():
        return short, xml.read_xml(document)


@given(
    st.sampled_from([rss, atom]),
    st.lists(st.lists(st.sampled_from(PIECES), max_size=9), max_size=3),
    st.lists(st.sampled_from(PIECES), max_size=4),
)
@example(rss, [list(PIECES)], list(PIECES))
@example(atom, [list(PIECES), list(reversed(PIECES))], list(PIECES))
def test_elements_in_any_order_are_read_the_same(write: Any, entries: list[list[str]], head: list[str]) -> None:
    short, long = both_ways(write(*map("".join, entries), **{"channel" if write is rss else "feed": "".join(head)}))
    assert short == long
