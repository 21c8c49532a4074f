"""The strict reader itself: it must see what is wrong, or its silence means nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from aggregator.model.entry import Enclosure
from aggregator.model.podcast import Podcast
from aggregator.render import FORMATS
from tests.builders import NOW, a_feed, an_item
from tests.render.strict import dates_after, problems_of_atom, problems_of_json, problems_of_rss

ITEM = an_item(
    enclosures=(Enclosure(url="https://news.example/1.mp3", length=10),), thumbnail="https://news.example/t.jpg"
)
ATOM, RSS, JSON = (FORMATS[name].render(a_feed(ITEM)).decode() for name in FORMATS)

SHOW = Podcast(owner_email="ann@show.example", categories=(("Arts",),), explicit=False)
EPISODE = an_item(enclosures=(Enclosure(url="https://show.example/1.mp3", type="audio/mpeg", duration=60),))
PODCAST = FORMATS["rss"].render(a_feed(EPISODE, podcast=SHOW)).decode()


@pytest.mark.parametrize(
    ("check", "document", "old", "new", "problem"),
    [
        (problems_of_atom, ATOM, "</feed>", "", "XML 1.0 §2.1"),
        (problems_of_atom, ATOM, 'rel="self" type="application/atom+xml"', "", "MissingSelf"),
        (problems_of_atom, ATOM, ' rel="enclosure" type="audio/mpeg" length="10"', "", "alternate links"),
        (problems_of_atom, ATOM, "urn:uuid:00000000-0000-5000-8000-000000000001", "1", "§4.2.6"),
        (problems_of_atom, ATOM, "00000000-0000-5000-8000-000000000001", "1", "InvalidUUID"),
        (problems_of_atom, ATOM, "<title>Title 1</title>", "", "0 title elements"),
        (problems_of_atom, ATOM, "<title>Title 1</title>", "<title> </title>", "blank"),
        (problems_of_atom, ATOM, "Title 1", "&lt;b&gt;Title&lt;/b&gt;", "ContainsHTML"),
        (problems_of_atom, ATOM, "Title 1", "Title\x81", "BadCharacters"),
        (problems_of_atom, ATOM, "2026-11-23T08:59:00+00:00", "2026-11-23", "no date of RFC 3339"),
        (problems_of_atom, ATOM, "2026-11-23T08:59:00+00:00", "2027-11-23T08:59:00+00:00", "before it was published"),
        (problems_of_atom, ATOM, "<name>Ann Author</name>", "", "§3.2.1"),
        (problems_of_atom, ATOM, "A body.&lt;/p&gt;", '&lt;img src="/a.png"&gt;', "ContainsRelRef"),
        (problems_of_atom, ATOM, "A body.&lt;/p&gt;", "&lt;script&gt;", "SecurityRisk"),
        (problems_of_atom, ATOM, 'type="audio/mpeg"', 'type="mp3"', "no media type"),
        (problems_of_atom, ATOM, 'term="tech"', 'term=""', "§4.2.2.1"),
        (problems_of_atom, ATOM, 'xml:lang="en"', 'xml:lang="English"', "no language"),
        (problems_of_atom, ATOM, 'href="https://news.example/1"', 'href="/1"', "no absolute URI"),
        (problems_of_rss, RSS, "<description>Everything about tech</description>", "", "0 description"),
        (problems_of_rss, RSS, "Mon, 23 Nov 2026 08:59:00 GMT", "Tue, 23 Nov 2026 08:59:00 GMT", "IncorrectDOW"),
        (problems_of_rss, RSS, "Mon, 23 Nov 2026 08:59:00 GMT", "lun., 23 nov. 2026", "no date of RFC 822"),
        (problems_of_rss, RSS, 'isPermaLink="false"', "", "permalink"),
        (problems_of_rss, RSS, 'length="10"', 'length=""', "length"),
        (problems_of_rss, RSS, "dc:creator", "author", "e-mail"),
        (problems_of_rss, RSS, 'rel="self"', 'rel="via"', "MissingAtomSelfLink"),
        (problems_of_rss, RSS, "<description>A body.</description>", "", "NeedDescriptionBeforeContent"),
        (problems_of_rss, RSS, "https://news.example/t.jpg", "t.jpg", "media:thumbnail"),
        (problems_of_rss, RSS, "</channel>", "<language>en</language></channel>", "MisplacedItem"),
        (problems_of_atom, ATOM, 'xml:lang="en"', 'xml:lang="xx"', "InvalidLanguage"),
        (problems_of_atom, ATOM, "A body.&lt;/p&gt;", "&lt;blurb&gt;", "NotHtml"),
        (problems_of_atom, ATOM, "A body.&lt;/p&gt;", '&lt;img srcset="a.png 1x, /b.png 2x"&gt;', "ContainsRelRef"),
        (problems_of_atom, ATOM, "A body.&lt;/p&gt;", '&lt;q cite="/a"&gt;', "ContainsRelRef"),
        (problems_of_atom, ATOM, "<published>", "<issued>1</issued><published>", "UndefinedElement"),
        (problems_of_atom, ATOM, "<published>", '<published at="1">', "UnexpectedAttribute"),
        (problems_of_atom, ATOM, 'rel="self"', 'rel="current"', "RFC 5005 §4"),
        (problems_of_rss, RSS, "<generator>", "<ttl>0</ttl><generator>", "ttl"),
        (problems_of_rss, RSS, "<generator>", "<webMaster>Ann</webMaster><generator>", "webMaster"),
        (problems_of_rss, RSS, "<generator>", "<blurb>1</blurb><generator>", "UndefinedElement"),
        (problems_of_atom, ATOM, "<?xml version='1.0' encoding='UTF-8'?>", "", "MissingEncoding"),
        (problems_of_atom, ATOM, "2026-11-23T08:59:00+00:00", "1970-01-01T00:00:00Z", "ImplausibleDate"),
        (problems_of_atom, ATOM, "Title 1", "R&amp;copy D", "ContainsHTML"),
        (problems_of_atom, ATOM, 'label="tech"', 'label="a&amp;amp;b"', "ContainsHTML"),
        (problems_of_atom, ATOM, "Ann Author", "Ann &lt;ann@news.example&gt;", "ContainsEmail"),
        (problems_of_atom, ATOM, "Ann Author", "Ren\xc3\xa9", "BadCharacters"),
        (problems_of_atom, ATOM, "A body.&lt;/p&gt;", "&lt;video controls&gt;", "SecurityRiskAttr"),
        (problems_of_atom, ATOM, "A body.&lt;/p&gt;", "&lt;math&gt;", "NotHtml"),
        (problems_of_atom, ATOM, "A body.&lt;/p&gt;", "&lt;bdo&gt;", "SecurityRisk"),
        (problems_of_atom, ATOM, 'href="https://news.example/feed.xml"', 'href="exec:program"', "SchemeNotIANA"),
        (problems_of_rss, RSS, "https://news.example/1<", "https://news.example/?a[]=1<", "no http(s) URL"),
        (problems_of_rss, RSS, "https://news.example/1.mp3", "https://localhost/1.mp3", "InvalidURLAttribute"),
        (problems_of_rss, RSS, "https://news.example/1.mp3", "https://news.example?1.mp3", "InvalidURLAttribute"),
        (problems_of_rss, RSS, "Mon, 23 Nov 2026 08:59:00 GMT", "Mon, 23 Nov 1970 08:59:00 GMT", "ImplausibleDate"),
        (problems_of_rss, RSS, "Title 1", "List&lt;T&gt;", "CharacterData"),
        (problems_of_rss, RSS, "Title 1", "a &amp;lt; b", "ContainsHTML"),
        (problems_of_rss, RSS, ">tech</category>", ">&lt;/b&gt;</category>", "ContainsHTML"),
        (problems_of_rss, RSS, "</channel>", " " * 5_000_000 + "</channel>", "ValidatorLimit"),
        (problems_of_rss, PODCAST, "<itunes:explicit>false</itunes:explicit>", "", "MissingItunesElement"),
        (problems_of_rss, PODCAST, "<language>en</language>", "", "MissingItunesElement"),
        (problems_of_rss, PODCAST, "<itunes:email>ann@show.example</itunes:email>", "", "MissingItunesEmail"),
        (
            problems_of_rss,
            PODCAST,
            'itunes:category text="Arts"',
            'itunes:category text="Art"',
            "InvalidItunesCategory",
        ),
        (problems_of_rss, PODCAST, "<itunes:duration>60<", "<itunes:duration>1:60<", "duration"),
        (problems_of_rss, PODCAST, "1.mp3", "1.mp3?x", "UnsupportedItunesFormat"),
        (problems_of_rss, PODCAST, "</itunes:owner>", "</itunes:owner><itunes:block>no</itunes:block>", "Undefined"),
        (problems_of_json, JSON, '"title":"Tech"', '"title":"Tech","author":{"name":"Ann"}', "schema"),
        (problems_of_json, JSON, '"size_in_bytes":10', '"size_in_bytes":"10"', "schema"),
        (problems_of_json, JSON, '"version":"https://jsonfeed.org/version/1.1"', '"version":"1"', "version"),
        (problems_of_json, JSON, '"mime_type":"audio/mpeg",', "", "mime_type"),
        (problems_of_json, JSON, '"first_seen"', '"seen"', "_aggregator"),
        (problems_of_json, JSON, '"summary":"A body."', '"summary":""', "left out"),
    ],
)
def test_each_mistake_is_seen(
    check: Callable[[bytes], list[str]], document: str, old: str, new: str, problem: str
) -> None:
    assert check(document.encode()) == []
    assert old in document
    found = check(document.replace(old, new).encode())
    assert any(problem in message for message in found), found


def test_a_document_that_is_served_elsewhere_than_it_says_is_seen() -> None:
    place = "http://127.0.0.1:8080/feeds/tech"
    for check, document, suffix in ((problems_of_atom, ATOM, "atom"), (problems_of_rss, RSS, "rss")):
        assert check(document.encode(), f"{place}.{suffix}") == []
        assert any("SelfDoesntMatchLocation" in problem for problem in check(document.encode(), f"{place}s.{suffix}"))
    assert problems_of_json(JSON.encode(), f"{place}.json") == []
    assert any("feed_url" in problem for problem in problems_of_json(JSON.encode(), f"{place}s.json"))


def test_dates_ahead_of_the_clock_are_seen() -> None:
    for document in (ATOM.encode(), RSS.encode()):
        assert dates_after(document, NOW) == []
        assert any("ImplausibleDate" in problem for problem in dates_after(document, NOW - timedelta(days=1)))


def test_an_archive_document_that_leads_nowhere_is_seen() -> None:
    document = FORMATS["atom"].render(a_feed(ITEM, part="tech/_archive/1")).decode()
    assert problems_of_atom(document.encode()) == []
    alone = document.replace('rel="next-archive"', 'rel="related"')
    assert any("ArchiveIncomplete" in problem for problem in problems_of_atom(alone.encode()))


def test_the_same_id_twice_is_seen() -> None:
    twice = a_feed(an_item(1), an_item(1))
    assert any("twice" in problem for problem in problems_of_atom(FORMATS["atom"].render(twice)))
    assert any("twice" in problem for problem in problems_of_rss(FORMATS["rss"].render(twice)))
    assert any("twice" in problem for problem in problems_of_json(FORMATS["json"].render(twice)))


def test_what_is_no_feed_is_seen() -> None:
    assert problems_of_atom(b"<html/>")[-1] == "RFC 4287 §4.1.1: the root is html"
    assert problems_of_rss(b"<html/>")[-1] == "RSS 2.0, What is RSS?: no <rss version='2.0'> with one channel"
    assert problems_of_json(json.dumps([]).encode()) == ["JSON Feed 1.1, Top-level: not an object"]
