"""What holds for any bytes: no exception, legal text only, dates in UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.entry import NotAFeed, ParsedFeed
from aggregator.parse import parse_feed
from tests.parse.documents import atom, rss

ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U0001fffe\U0001ffff]")

FULL = (
    '<guid isPermaLink="false">g1</guid><title>A &amp; B</title><link>http://e.org/1</link>'
    "<pubDate>Mon, 04 May 2020 10:00 GMT</pubDate><description>&lt;p&gt;x&lt;/p&gt;</description>"
    "<content:encoded><![CDATA[<p>y</p>]]></content:encoded><dc:creator>Ann</dc:creator><category>c</category>"
    '<enclosure url="http://e.org/a.mp3" length="1" type="audio/mpeg"/><image><url>u</url></image>'
    '<media:group><media:content url="i.jpg"><media:title>m</media:title></media:content></media:group>'
)
SAMPLES = (
    rss(FULL, FULL, channel="<ttl>5</ttl><image><url>i</url></image><language>en</language>").encode(),
    atom(
        '<id>1</id><title type="xhtml"><div>t<br/></div></title><link rel="enclosure" href="a"/>'
        "<author><name>n</name></author><updated>2020-05-04T10:00:00Z</updated>"
        '<content type="xhtml" xml:base="x"><div><svg><title/></svg></div></content><source><title>s</title></source>'
    ).encode("utf-16"),
    b'{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"id": "1", "content_html": "<p>", '
    b'"tags": ["a"], "authors": [{"name": "n"}], "attachments": [{"url": "u"}], "date_published": "2020-05-04"}]}',
)
_SCRAPS = """
<item>|</item>|<entry>|<title>|</title>|<![CDATA[|]]>|<!--|-->|<|>|&|"|<image>|<source>|</source>|<author>|<link/>
<links a='b'/>|<authors a='b'/>|<entries a='b'/>|<content>|<name>|<media:group>|<media:thumbnail>|<channel>|</channel>
<svg>|<div>|<item xml:base='http://['>|<textInput>|&#xD800;|&nbsp;|<?xml |<!DOCTYPE |{|null|<category/>|<tags a='1'/>
<email>|<width>|<skipDays>|<day>|<url>|<itunes:owner>|<media:credit role='a'/>|<media:rating>|<dcterms:valid>|<rights>
<body>|<media:content/>|<enclosure/>|<feed>|<guid>|<itunes:author>|<media:player/>|<cloud/>|<contributor>|<publisher>
"""
SCRAPS = st.sampled_from([*_SCRAPS.strip().replace("\n", "|").encode().split(b"|"), b"\0", b"\xff\xfe", b"\xc3"])


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | frozenset):
        for one in value:
            yield from strings(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from strings(getattr(value, field.name))


def check(body: bytes, content_type: str | None = None) -> None:
    result = parse_feed(body, content_type)
    assert isinstance(result, ParsedFeed | NotAFeed)
    assert not [text for text in strings(result) if ILLEGAL.search(text)]
    if isinstance(result, ParsedFeed):
        assert not [warning for warning in result.warnings if "in feedparser" in warning], result.warnings
        dates = [date for entry in result.entries for date in (entry.published, entry.updated)]
        assert all(date is None or (isinstance(date, datetime) and date.tzinfo is UTC) for date in dates)


@given(st.binary(max_size=400), st.none() | st.text(max_size=40))
def test_any_bytes(body: bytes, content_type: str | None) -> None:
    check(body, content_type)


@given(
    st.sampled_from([b"<rss>", b"<feed>", b"<rdf:RDF><item>", b'{"items": [', b"<html>"]), st.lists(SCRAPS, max_size=30)
)
def test_any_heap_of_tags(root: bytes, scraps: list[bytes]) -> None:
    check(root + b"".join(scraps))


@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), SCRAPS | st.binary(max_size=3)), max_size=8),
)
def test_any_damage_to_a_feed(body: bytes, damages: list[tuple[float, int, bytes]]) -> None:
    for place, length, scrap in damages:
        at = int(place * len(body))
        body = body[:at] + scrap + body[at + length :]
    check(body)


@given(st.sampled_from(SAMPLES), st.floats(0, 1))
def test_any_beginning_of_a_feed(body: bytes, part: float) -> None:
    check(body[: int(part * len(body))])
