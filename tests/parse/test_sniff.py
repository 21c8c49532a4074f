"""What is a feed, and what is something else."""

from __future__ import annotations

import gzip

import pytest

from aggregator.model.entry import ParsedFeed
from aggregator.parse import parse_feed
from tests.parse.documents import atom, feed_of, reason_of, rss

PAGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><p>Checking</p></body></html>"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("", "an empty document"),
        (" \r\n\t", "an empty document"),
        ("\ufeff", "an empty document"),
        (PAGE, "an HTML page (title: Just a moment...)"),
        (f'<?xml version="1.0"?>\n{PAGE}', "an HTML page (title: Just a moment...)"),
        ("<HTML><HEAD><TITLE>Q &amp; A</TITLE></HEAD>", "an HTML page (title: Q & A)"),
        ("<body>Not found</body>", "an HTML page"),
        ("<p>Not found", "an HTML page"),
        ('<svg xmlns="http://www.w3.org/2000/svg"><title>x</title></svg>', "an XML document of another kind (svg)"),
        ('<opml version="2.0"><body/></opml>', "a list of feeds (OPML)"),
        ("<urlset><url/></urlset>", "a sitemap"),
        ("<Error><Code>AccessDenied</Code></Error>", "an XML document of another kind (error)"),
        ('<rdf:RDF xmlns:rdf="r"><foaf:Person/></rdf:RDF>', "an XML document of another kind (rdf)"),
        ("Not found", "plain text"),
        ('{"error": "rate limited"}', "JSON, but no JSON Feed (error: rate limited)"),
        ('{"items": [1, 2]}', "JSON, but no JSON Feed"),
        ("[]", "JSON, but no JSON Feed"),
    ],
)
def test_what_is_no_feed_is_named(document: str, reason: str) -> None:
    assert reason_of(document) == reason


def test_broken_json_says_where() -> None:
    assert reason_of('{"version": ').startswith("broken JSON (Expecting value")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "a picture (PNG)"),
        (b"%PDF-1.7", "a PDF document"),
        (gzip.compress(rss().encode(), mtime=0), "compressed data (gzip)"),
        (bytes(range(1, 256)) * 8, "binary data"),
    ],
)
def test_binary_data_is_named(body: bytes, reason: str) -> None:
    assert reason_of(body, "application/rss+xml") == reason


@pytest.mark.parametrize(
    "document",
    [
        rss(),
        atom(),
        f"\n\n \t{rss()}",
        f"\ufeff \n{rss()}",
        f"<!-- cached -->\n<?xml version='1.0'?>{rss()}",
        f"<br />\n<b>Warning</b>: mysql_connect() in <b>/a.php</b> on line 3<br />\n<?xml version='1.0'?>{rss()}",
        f"Notice: undefined index\n{rss()}",
        f'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://nowhere.invalid/rss.dtd">{rss()}',
        f"<?xml version='1.1'?>{rss()}",
        f"<?xml version='1.0' standalone='maybe'?>{rss()}",
        rss().replace("rss", "RSS"),
    ],
)
def test_a_feed_without_entries_is_a_feed_however_it_is_sent(document: str) -> None:
    for content_type in (None, "text/html; charset=utf-8", "application/octet-stream", "image/png"):
        feed = parse_feed(document.encode(), content_type)
        assert isinstance(feed, ParsedFeed)
        assert feed.title == "News"
        assert feed.entries == ()


def test_junk_behind_a_feed_is_ignored_with_a_warning() -> None:
    assert feed_of(rss() + "<!-- 0.1 s -->\n").warnings == ()
    assert feed_of(rss() + "<script>track()</script>").warnings == ("text after the end of the document was ignored",)
