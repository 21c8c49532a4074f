"""The pages below the start page, over HTTP."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
import requests
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.words import status_words
from aggregator.model.article import SafeHtml, StoryId
from aggregator.model.browsing import Activity, Story, Teller
from aggregator.model.entry import Enclosure
from aggregator.model.errors import SearchTooSlowError
from aggregator.model.hub import Hub, HubStatus
from aggregator.model.status import SourceStatus
from aggregator.model.story import Spot
from aggregator.web import rhythm
from aggregator.web.facts import LISTED, cursor, spot_of
from aggregator.web.negotiate import navigates
from aggregator.web.reasons import Said, trouble
from tests.builders import NOW, an_item, an_outlet
from tests.web.conftest import Site
from tests.web.library import a_status, an_address
from tests.web.test_page import HOSTILE, furnish, the_page

TOLD = "00000000-0000-5000-8000-000000000002"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


def a_story(**other: object) -> Story:
    item = an_item(2, title="Second", also_in=(an_outlet("Other News"),), **other)  # type: ignore[arg-type]
    first, second = an_outlet(link=item.link), an_outlet("Other News", link="https://other.example/2")
    tellers = (
        Teller(outlet=first, title="Second", published=NOW, first_seen=NOW, how="began", shown=True),
        Teller(outlet=second, title="2nd", published=NOW, first_seen=NOW, how="joined", rule="same text"),
    )
    return Story(item=item, spot=Spot(sort_at=NOW, position=0, story=item.id), tellers=tellers)


def words(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


# categories


def test_a_category_lists_its_stories_by_day_and_leads_back_to_older_ones(site: Site) -> None:
    furnish(site.library)
    site.library.stories = [
        an_item(number, published=NOW - timedelta(hours=6 * number), link=f"https://news.example/{number}")
        for number in range(1, LISTED + 11)
    ]
    seen: list[str] = []
    path = "c/finance/"
    pages = 0
    while path:
        page = the_page(site, path)
        seen += [str(a["href"]) for a in page.select(".story h3 a")]
        following = page.select_one("a[rel=next]")
        path = str(following["href"]).removeprefix("../" * path.count("/")) if following else ""
        pages += 1
    assert pages == 2
    assert seen == [f"https://news.example/{number}" for number in range(1, LISTED + 11)]
    days = [str(time["datetime"]) for time in the_page(site, "c/finance/").select("h2 time")]
    assert days == sorted(days, reverse=True)
    assert len(days) == len(set(days)) == 11


def test_what_comes_in_meanwhile_moves_no_older_page(site: Site) -> None:
    furnish(site.library)
    site.library.stories = [an_item(number, published=NOW - timedelta(hours=number)) for number in range(1, 60)]
    following = the_page(site, "c/finance/").select_one("a[rel=next]")
    assert following
    older = str(following["href"]).removeprefix("../../")
    before = [a.text for a in the_page(site, older).select(".story h3 a")]
    site.library.stories = [an_item(99, published=NOW), *site.library.stories]
    assert [a.text for a in the_page(site, older).select(".story h3 a")] == before != []


def test_a_category_page_names_its_feeds_first_its_place_its_sources_and_the_levels_below(site: Site) -> None:
    furnish(site.library)
    site.library.feeds[1] = an_address("技术", title="Technology", sources=tuple(s.id for s in site.library.known[:2]))
    page = the_page(site, "c/技术/")
    found = [link["href"] for link in page.select("link[rel=alternate]")]
    assert found[:3] == [f"../../feeds/%E6%8A%80%E6%9C%AF.{form}" for form in ("atom", "rss", "json")]
    assert len(found) == len(set(found)) == 4 * 3 + 1
    assert page.h1 is not None
    assert page.h1.text == "Technology"
    assert [a["href"] for a in page.select(".panel .name")] == ["../../c/%E6%8A%80%E6%9C%AF/%E5%AE%89%E5%85%A8/"]
    assert [li.select_one("[dir]").text for li in page.select(".plain li")] == ["LWN", "Krebs"]  # type: ignore[union-attr]
    assert [a.text for a in the_page(site, "c/技术/安全/").select(".trail a")] == ["Technology"]
    assert words(the_page(site, "c/技术/LWN/")).count("LWN") >= 1  # the page of one source


@pytest.mark.parametrize(
    "path",
    [
        "c/nothing/",
        "c/",
        "c/finance/_before/yesterday/",
        "c/finance/_before/20261332T000000Z-0-00000000-0000-5000-8000-000000000002/",
        "s/nothing/",
        "s/00000000-0000-5000-8000-00000000dead/",
        "s/%00/",
        "s/../../etc/passwd",
    ],
)
def test_what_there_is_not_is_a_page_that_leads_back(site: Site, path: str) -> None:
    furnish(site.library)
    answer = site.get(path)
    assert answer.status_code == 404
    page = BeautifulSoup(answer.text, "lxml")
    assert page.h1 is not None
    assert page.h1.text == "There is no such page"


@pytest.mark.parametrize("path", ["sources", "about", "c/finance", f"s/{TOLD}"])
def test_a_page_is_there_with_and_without_a_slash_and_its_links_lead_to_the_same_places(site: Site, path: str) -> None:
    furnish(site.library)
    site.library.told = {StoryId(f"urn:uuid:{TOLD}"): a_story()}
    for form, levels in ((path, path.count("/")), (f"{path}/", path.count("/") + 1)):
        answer = site.get(form)
        assert answer.status_code == 200
        style = BeautifulSoup(answer.text, "lxml").select_one("link[rel=stylesheet]")
        assert style is not None
        assert str(style["href"]).startswith("../" * levels + "static/")


@given(
    st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    st.integers(-1_000, 10**8),
    st.uuids(),
)
def test_a_place_comes_back_from_its_address(when: datetime, position: int, story: object) -> None:
    spot = Spot(sort_at=when.replace(microsecond=0), position=position, story=StoryId(f"urn:uuid:{story}"))
    assert spot_of(cursor(spot)) == spot


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_a_place(text: str) -> None:
    assert spot_of(text) is None


# one story


def test_a_story_leads_to_the_original_first_and_says_why_it_is_here(site: Site) -> None:
    furnish(site.library)
    site.library.told = {StoryId(f"urn:uuid:{TOLD}"): a_story(body=SafeHtml("<p>All of <em>it</em>.</p>"))}
    page = the_page(site, f"s/{TOLD}/")
    main = page.select_one("main")
    assert main is not None
    assert main.a is not None
    assert (main.a["href"], main.a["rel"]) == ("https://news.example/2", ["noopener", "noreferrer", "external"])
    canonical, robots = page.select_one("link[rel=canonical]"), page.select_one("meta[name=robots]")
    assert canonical is not None
    assert robots is not None
    assert (canonical["href"], robots["content"]) == ("https://news.example/2", "noindex")
    assert main.em is not None
    said = words(page)
    assert "Where it appeared Example News" in said
    assert "Example News published it; it was first seen 23 Nov 2026 12:00 UTC." in said
    assert "Other News tells the same story in its own copy (same text)" in said
    assert [a["href"] for a in main.select("#told + ul a")] == ["https://news.example/2", "https://other.example/2"]


def test_a_story_offers_its_files_and_plays_what_can_be_heard(site: Site) -> None:
    furnish(site.library)
    sound = Enclosure(url="https://cdn.example/one.mp3", type="audio/mpeg", length=12_345_678)
    site.library.told = {StoryId(f"urn:uuid:{TOLD}"): a_story(enclosures=(sound,))}
    page = the_page(site, f"s/{TOLD}/")
    assert page.audio is not None
    assert (page.audio["src"], page.audio["preload"]) == ("https://cdn.example/one.mp3", "none")
    assert "one.mp3 audio/mpeg · 12.3 MB" in words(page)
    assert "media-src https: http:" in site.get(f"s/{TOLD}/").headers["content-security-policy"]


def test_nothing_hostile_in_a_story_becomes_markup_but_its_sanitized_body(site: Site) -> None:
    furnish(site.library)
    teller = Teller(
        outlet=an_outlet(HOSTILE, link="javascript:alert(1)"),
        title=HOSTILE,
        published=NOW,
        first_seen=NOW,
        how="joined",
        rule=HOSTILE,
    )
    item = an_item(
        2,
        title=HOSTILE,
        link="javascript:alert(1)",
        author=HOSTILE,
        summary=HOSTILE,
        tags=(HOSTILE,),
        comments_url="javascript:alert(1)",
        outlet=an_outlet(HOSTILE),
        image="javascript:alert(1)",
        enclosures=(Enclosure(url="javascript:alert(1)", type=HOSTILE, length=None),),
    )
    story = Story(item=item, spot=Spot(sort_at=NOW, position=0, story=item.id), tellers=(teller,))
    site.library.told = {StoryId(f"urn:uuid:{TOLD}"): story}
    answer = site.get(f"s/{TOLD}/")
    assert answer.status_code == 200
    for raw in ("<script", "<img src=x", "<svg", 'href="javascript', 'src="javascript'):
        assert raw not in answer.text
    tags = BeautifulSoup(answer.text, "lxml").find_all(True)
    assert not [name for tag in tags for name in tag.attrs if name.startswith("on")]


# sources


def test_a_source_says_when_it_posts_as_a_chart_and_in_words(site: Site) -> None:
    furnish(site.library)
    lwn, krebs = site.library.known[0], site.library.known[1]
    hours = tuple({9: 30, 10: 50, 17: 4}.get(hour, 0) for hour in range(24))
    site.library.active = {lwn.id: Activity(days=84, hours=hours, weekdays=(10, 60, 5, 5, 4, 0, 0))}
    page = the_page(site, "sources/")
    card = page.find(id=lwn.id)
    assert card is not None
    assert card.svg is not None
    assert card.svg["aria-label"] == (
        "84 articles in the last 84 days, most of them at 9:00, 10:00, 17:00 (UTC), and most on Tuesday"
    )
    heights = [float(rect["height"]) for rect in card.select("rect")]
    assert len(heights) == 24 + 7
    assert heights.index(max(heights)) == 10
    assert not card.select("[style]")
    failing = page.find(id=krebs.id)
    assert failing is not None
    assert "Nothing in the last three months" in words(failing)  # type: ignore[arg-type]


@given(
    st.lists(st.integers(0, 10**6), min_size=24, max_size=24), st.lists(st.integers(0, 10**6), min_size=7, max_size=7)
)
def test_every_bar_of_a_chart_stays_in_it(hours: list[int], weekdays: list[int]) -> None:
    drawn = rhythm.chart(Activity(days=84, hours=tuple(hours), weekdays=tuple(weekdays)), "en")
    assert len(drawn.bars) == 31
    for bar in drawn.bars:
        assert 0 <= bar.x < bar.x + bar.width <= rhythm.WIDTH
        assert 0 <= bar.y < bar.y + bar.height <= rhythm.HEIGHT + 0.1


def test_a_single_article_is_no_plural() -> None:
    hours, weekdays = tuple(int(hour == 3) for hour in range(24)), tuple(int(day == 4) for day in range(7))
    drawn = rhythm.chart(Activity(days=84, hours=hours, weekdays=weekdays), "en")
    assert drawn.caption == "1 article in 84 days"
    assert drawn.words == "1 article in the last 84 days, at 3:00 (UTC) on Friday"


def test_what_went_wrong_with_a_source_is_said_in_the_visitors_language() -> None:
    assert trouble("refused by the server: 503", "zh") == Said("服务器拒绝：503")
    assert trouble("took too long", "zh") == Said("超时")
    assert trouble("refused by the server: 503", "en") == Said("refused by the server: 503")
    assert trouble("something new: x", "zh") == Said("", "something new: x")


def test_the_sources_are_there_as_opml_by_category_without_anything_secret(site: Site) -> None:
    furnish(site.library)
    site.library.known += [
        a_status("Secret", url="https://secret.example/feed?key=${KEY}"),
        a_status("Here", url="file:here.xml"),
        a_status("Command", url="exec:command"),
    ]
    answer = site.get("opml/sources")
    assert answer.headers["content-type"] == "text/x-opml; charset=utf-8"
    tree = ElementTree.fromstring(answer.content)
    feeds = {feed.get("text"): feed for feed in tree.iter("outline") if feed.get("xmlUrl")}
    assert list(feeds) == ["LWN", "Krebs", "ECB"]
    assert feeds["Krebs"].attrib == {
        "type": "rss",
        "text": "Krebs",
        "title": "Krebs",
        "xmlUrl": "https://krebs.example/feed.xml",
        "htmlUrl": "https://news.example/",
    }
    [deep] = [feed.get("text") for feed in tree.findall("./body/outline[@text='技术']/outline[@text='安全']/outline")]
    assert deep == "Krebs"


def test_a_thousand_sources_are_listed_with_their_own_address_each(site: Site) -> None:
    sources: list[SourceStatus] = [a_status(f"Source {number}") for number in range(1_000)]
    site.library.known, site.library.feeds = sources, [an_address("tech")]
    page = the_page(site, "sources/")
    assert [li["id"] for li in page.select("li.source")] == [source.id for source in sources]


# about


@pytest.mark.parametrize("language", ["en", "zh"])
def test_about_says_how_one_subscribes_in_common_readers(site: Site, language: str) -> None:
    furnish(site.library)
    page = the_page(site, "about/", Accept_Language=language)
    readers = [dt.text for dt in page.select("dt")]
    for reader in ("NetNewsWire", "Feedly", "Inoreader", "FreshRSS", "miniflux", "Thunderbird", "newsboat", "Reeder"):
        assert reader in readers
    assert all(dd.text for dd in page.select("dd"))
    for word in ("Atom", "OPML", "WebSub", "RFC 5005"):
        assert word in page.text


# a feed's address in a browser

READERS = {
    "NetNewsWire": ("*/*", "NetNewsWire (RSS Reader; https://netnewswire.com/)"),
    "Reeder": ("*/*", "Reeder/5.4 CFNetwork/1494 Darwin/23.4.0"),
    "Feedly": (
        "application/atom+xml, application/rss+xml, application/xml, text/xml, */*",
        "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers)",
    ),
    "Inoreader": ("*/*", "Mozilla/5.0 (compatible; inoreader.com; 3 subscribers)"),
    "miniflux": (
        "application/xml, application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
        "text/html, */*;q=0.9",
        "Mozilla/5.0 (compatible; Miniflux/2.2.0; +https://miniflux.app)",
    ),
    "FreshRSS": (
        "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/xml;q=0.8, "
        "text/xml;q=0.8, text/html;q=0.7, unknown/unknown;q=0.1, application/unknown;q=0.1, */*;q=0.1",
        "FreshRSS/1.26 (Linux; https://freshrss.org)",
    ),
    "Thunderbird": (
        "application/atom+xml,application/rss+xml;q=0.9,application/rdf+xml;q=0.8,application/xml;q=0.7,"
        "text/xml;q=0.7,*/*;q=0.1",
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.0",
    ),
    "an old Thunderbird": (BROWSER, "Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Thunderbird/60.0"),
    "newsboat": ("application/atom+xml, application/rss+xml;q=0.9, */*;q=0.1", "Newsboat/2.35 (Linux x86_64)"),
    "feedparser": (
        "application/atom+xml,application/rdf+xml,application/rss+xml,application/x-netcdf,application/xml;q=0.9,"
        "text/xml;q=0.2,*/*;q=0.1",
        "feedparser/6.0.11",
    ),
    "curl": ("*/*", "curl/8.5.0"),
    "Go": ("", "Go-http-client/1.1"),
    "Tiny Tiny RSS": ("*/*", "Tiny Tiny RSS/24.03 (https://tt-rss.org/)"),
    "rss2email": ("*/*", "rss2email/3.14"),
    "a script that likes XML as much": ("text/html,application/xml", "Mozilla/5.0"),
    "a page's own fetch": ("*/*", CHROME),
}
BROWSERS = {
    "Chromium": (BROWSER, CHROME),
    "Firefox": (
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    ),
    "Safari": (
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 "
        "Safari/605.1.15",
    ),
    "w3m, which asks for nothing else": ("text/html", "w3m/0.5.3"),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_of_feeds_never_gets_a_page(site: Site, reader: str) -> None:
    accept, agent = READERS[reader]
    assert not navigates(accept.encode(), None, agent.encode())
    furnish(site.library)
    site.publish("finance.atom", "<feed/>")
    for _ in range(2):  # from the disk, then from memory
        answer = site.get("feeds/finance.atom", Accept=accept, User_Agent=agent)
        assert answer.text == "<feed/>"
        assert answer.headers["vary"] == "accept, accept-encoding"


@pytest.mark.parametrize("name", BROWSERS)
@pytest.mark.parametrize("form", ["atom", "rss", "json"])
def test_a_browser_is_shown_how_to_subscribe(site: Site, name: str, form: str) -> None:
    furnish(site.library)
    site.publish(f"finance.{form}", "the document")
    accept, agent = BROWSERS[name]
    for _ in range(2):
        answer = site.get(f"feeds/finance.{form}", Accept=accept, User_Agent=agent)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "accept" in answer.headers["vary"].split(", ")
        assert answer.headers["cache-control"] == "no-store"
    page = BeautifulSoup(answer.content, "lxml")
    field = page.select_one("input#address")
    assert field is not None
    assert field["value"] == f"https://feeds.example/feeds/finance.{form}"
    assert page.select_one(f"a[href='../feeds/finance.{form}?raw']") is not None
    assert page.select_one("a[href^='https://feedly.com/']") is not None
    assert "First" in page.text
    raw = site.get(f"feeds/finance.{form}?raw", Accept=accept, User_Agent=agent)
    assert raw.text == "the document"


def test_a_browser_at_the_address_of_no_feed_is_told_so_at_once(site: Site) -> None:
    furnish(site.library)
    for path in ("feeds/nothing.atom", "feeds/finance.xml", "feeds/", "feeds/nothing/at/all.json", "feeds/finance"):
        answer = site.get(path, Accept=BROWSER, User_Agent=CHROME)
        assert (answer.status_code, answer.history) == (404, []), path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    site.publish("mine.atom", "<feed/>")  # of no feed that we know, but there
    assert site.get("feeds/mine.atom", Accept=BROWSER, User_Agent=CHROME).text == "<feed/>"


def test_a_browser_that_does_not_navigate_gets_the_document(site: Site) -> None:
    furnish(site.library)
    site.publish("finance.atom", "<feed/>")
    for other in ({"Sec_Fetch_Dest": "iframe"}, {"Sec_Fetch_Dest": "empty"}, {"If_None_Match": '"x"'}):
        assert site.get("feeds/finance.atom", Accept=BROWSER, User_Agent=CHROME, **other).text == "<feed/>"
    document = site.get("feeds/finance.atom", Accept=BROWSER, User_Agent=CHROME, Sec_Fetch_Dest="document")
    assert document.text.startswith("<!doctype html>")


def test_archives_and_unknown_feeds_are_documents_or_nothing_for_browsers_too(site: Site) -> None:
    furnish(site.library)
    site.publish("finance/_archive/1.atom", "<feed/>")
    site.publish("left-over.atom", "<feed/>")
    assert site.get("feeds/finance/_archive/1.atom", Accept=BROWSER, User_Agent=CHROME).text == "<feed/>"
    assert site.get("feeds/left-over.atom", Accept=BROWSER, User_Agent=CHROME).text == "<feed/>"
    assert site.get("feeds/nothing.atom", Accept=BROWSER, User_Agent=CHROME).status_code == 404


@given(st.text(st.characters(max_codepoint=255), max_size=300), st.text(st.characters(max_codepoint=255), max_size=100))
def test_no_header_breaks_the_choice_and_only_who_names_html_gets_a_page(accept: str, agent: str) -> None:
    if navigates(accept.encode("latin-1"), None, agent.encode("latin-1")):
        assert "text/html" in accept.lower()


# the corners


@pytest.mark.parametrize(
    "path", ["feeds/nothing.atom", "feeds/", "feeds/nothing", "feeds/x/_archive/1.rss", "feeds/%FF.atom"]
)
def test_a_feed_that_there_is_not_is_a_page_for_people_and_a_sentence_for_readers(site: Site, path: str) -> None:
    furnish(site.library)
    page = site.get(path, Accept=BROWSER, User_Agent=CHROME)
    assert page.status_code == 404
    assert "There is no such page" in BeautifulSoup(page.content, "lxml").text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    sentence = site.get(path, Accept="*/*")
    assert (sentence.status_code, sentence.headers["content-type"]) == (404, "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "path", ["search/?q=a%26b&page=2", "why/?q=%E5%8C%BA", "opml/", "opml/sources/", "healthz/", "metrics/"]
)
def test_a_slash_too_many_leads_to_the_page_whatever_host_the_request_names(site: Site, path: str) -> None:
    answer = requests.get(site.url + path, headers={"Host": "evil.example"}, timeout=10, allow_redirects=False)
    assert answer.status_code == 308
    assert answer.headers["location"] == "../" + path.replace("/?", "?").rstrip("/").rpartition("/")[2]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert requests.get(site.url + path, timeout=10).url == site.url + path.replace("/?", "?").rstrip("/")


@pytest.mark.parametrize(
    "path", ["", "sources", "c/finance", "about/", "search?q=x", "why", "nothing", "feeds/_health.atom"]
)
def test_head_says_what_get_says_but_the_body(site: Site, path: str) -> None:
    furnish(site.library)
    whole, head = site.get(path), requests.head(site.url + path, timeout=10, headers={"Accept-Encoding": "identity"})
    assert head.status_code == whole.status_code
    assert head.content == b""
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert int(head.headers["content-length"]) > 0


def test_a_category_in_chinese_is_found_however_its_address_is_written(site: Site) -> None:
    site.library.feeds = [an_address("区块链/比特币"), an_address("区块链")]
    written = (
        "c/区块链/比特币",
        "c/%E5%8C%BA%E5%9D%97%E9%93%BE/%E6%AF%94%E7%89%B9%E5%B8%81/",
        "c/%e5%8c%ba%e5%9d%97%e9%93%be%2f%E6%AF%94%E7%89%B9%E5%B8%81",
    )
    assert {the_page(site, path).select_one("h1").text for path in written} == {"比特币"}  # type: ignore[union-attr]


def test_a_title_is_never_too_long_and_may_run_from_right_to_left(site: Site) -> None:
    furnish(site.library)
    site.library.stories = [an_item(1, title="长" * 10_000), an_item(2, title="مرحبا بالعالم", language="ar")]
    page = the_page(site, "c/finance/")
    long, arabic = page.select("article.story")
    assert len(long.h3.text) == 10_000  # type: ignore[union-attr]
    assert (arabic["dir"], arabic["lang"]) == ("auto", "ar")


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "9" * 40, "1e9", "%00", "²"])
def test_no_number_of_a_page_breaks_a_search(site: Site, number: str) -> None:
    site.library.answers["rain"] = [an_item(1)]
    assert site.get(f"search?q=rain&page={number}").status_code == 200


def test_what_is_searched_for_is_shown_as_text(site: Site) -> None:
    words = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    page = the_page(site, f"search?q={quote(words)}")
    assert not page.select("script, img[onerror], img[src=x]")
    assert page.select_one("input[name=q]")["value"] == words  # type: ignore[index]


def test_who_has_come_to_the_end_is_told_so(site: Site) -> None:
    furnish(site.library)
    oldest = Spot(sort_at=datetime(1990, 1, 1, tzinfo=UTC), position=0, story=StoryId(f"urn:uuid:{TOLD}"))
    end = f"c/finance/_before/{cursor(oldest)}/"
    page = the_page(site, end)
    assert "These were all of them" in words(page)
    assert page.select_one("a[href='../../../../c/finance/']") is not None


def test_too_many_questions_are_a_page_for_people_too(site: Site) -> None:
    site.library.error = SearchTooSlowError("it takes too long")
    page = site.get("search?q=rain", Accept=BROWSER, User_Agent=CHROME)
    assert (page.status_code, page.headers["retry-after"]) == (503, "60")
    assert "Too many ask at once" in BeautifulSoup(page.content, "lxml").text
    assert site.get("search?q=rain").headers["content-type"] == "text/plain; charset=utf-8"


# the health of the sources


def test_the_sources_lead_to_the_feed_of_their_health_and_no_list_of_feeds_has_it(site: Site) -> None:
    furnish(site.library)
    page = the_page(site, "sources/")
    found = [link["href"] for link in page.select("link[rel=alternate]")]
    assert found[-4:-1] == ["../feeds/_health.atom", "../feeds/_health.rss", "../feeds/_health.json"]
    assert "_health" not in found[0]
    assert page.select_one("main a[href='../feeds/_health.atom']") is not None
    assert the_page(site, "about").select_one("main a[href='feeds/_health.atom']") is not None
    for path in ("", "c/finance/"):
        assert not the_page(site, path).select("[href*=_health]")


@pytest.mark.parametrize("name", BROWSERS)
def test_a_browser_at_the_feed_of_health_is_shown_how_to_subscribe(site: Site, name: str) -> None:
    furnish(site.library)
    accept, agent = BROWSERS[name]
    answer = site.get("feeds/_health.atom", Accept=accept, User_Agent=agent, Accept_Language="zh")
    page = BeautifulSoup(answer.content, "lxml")
    assert page.select_one("input#address")["value"] == "https://feeds.example/feeds/_health.atom"  # type: ignore[index]
    assert page.h1 is not None
    assert page.h1.text == "来源的健康状况"
    assert page.select_one("a[href='../sources/']") is not None
    assert answer.headers["cache-control"] == "no-store"
    raw = site.get("feeds/_health.atom?raw", Accept=accept, User_Agent=agent)
    assert raw.headers["content-type"] == "application/atom+xml; charset=utf-8"


# the other language

_SENTENCE = re.compile(r"[A-Za-z]{2,}(?: [a-z]{2,}){1,}")
_NAMES = ("config.yaml", "rss", "newsboat -i feeds.opml")  # what is called so in every language


def test_a_chinese_page_says_nothing_in_english(site: Site) -> None:
    furnish(site.library)
    text = "第一篇文章的正文"
    chinese = {"title": "标题", "summary": text, "body": SafeHtml(f"<p>{text}</p>"), "author": "张三", "language": "zh"}
    here = an_outlet("新闻", link="https://news.example/1")
    story = an_item(1, **chinese, outlet=here, tags=("金融",))  # type: ignore[arg-type]
    site.library.name = "阅览室"
    site.library.feeds = [an_address("all", title="全部", path=()), an_address("finance", title="金融")]
    site.library.stories = [story]
    site.library.known = [
        a_status("甲", why_next="learned: about 2.5 posts a day, mostly 08–18 UTC"),
        a_status("乙", failures=4, last_success=None, problem=f"refused by the server: {status_words(404)}"),
        a_status(
            "丙",
            failures=1,
            problem="took too long: the redirects took up all the time there was",
            why_next="every 15m",
        ),
        a_status("丁", last_poll=None, next_poll=None, why_next="", site=None, moved_to="https://new.example/"),
        a_status("戊", configured=False),
    ]
    site.library.active[site.library.known[0].id] = Activity(days=84, hours=(1,) * 24, weekdays=(1,) * 7)
    first = Teller(outlet=here, title="标题", published=NOW, first_seen=NOW, how="began", shown=True)
    second = replace(first, how="joined", rule="beginning of the text", shown=False, title="另一标题")
    site.library.told[story.id] = Story(
        item=story, spot=Spot(sort_at=NOW, position=0, story=story.id), tellers=(first, second)
    )
    site.library.answers["雨"] = [story]
    number = story.id.removeprefix("urn:uuid:")
    paths = [
        "",
        "sources",
        "about",
        "c/finance/",
        f"s/{number}/",
        "search?q=雨",
        "search?q=雪",
        "search",
        "why",
        "nothing",
    ]
    for path in (*paths, "feeds/finance.atom", "feeds/_health.atom"):
        answer = site.get(path, Accept=BROWSER, User_Agent=CHROME, Accept_Language="zh-CN,zh;q=0.9,en;q=0.8")
        page = BeautifulSoup(answer.content, "lxml")
        assert page.html["lang"] == "zh-CN"  # type: ignore[index]
        assert not page.select("q")  # all of these reasons are our own
        for name in page.select(".ways b, .ways dt, [lang=en]"):
            name.decompose()
        said = page.get_text("\n") + "\n".join(
            str(tag[name])
            for name in ("aria-label", "placeholder", "title", "alt")
            for tag in page.select(f"body [{name}]")
        )
        for name in _NAMES:
            said = said.replace(name, "")
        assert _SENTENCE.findall(said) == [], path
        assert re.search("[一-鿿]", said)


# what the owner should look at


def test_a_rule_that_takes_too_long_is_named_to_the_owner_and_is_no_trouble_of_the_program(site: Site) -> None:
    furnish(site.library)
    site.library.warnings = [
        "the rule drop {title: (a+)+$} (config.yaml:2) takes too long for 5 articles: what it should have matched is "
        "shown as if it were not there; it is not asked for 10 minutes"
    ]
    assert site.library.warnings[0] in words(the_page(site, "sources"))
    chinese = BeautifulSoup(site.get("sources", Accept_Language="zh").content, "lxml")
    assert "规则 drop {title: (a+)+$} (config.yaml:2) 耗时太长（5 篇文章；" in words(chinese)
    assert not chinese.select(".problem q")
    assert site.get("healthz").status_code == 200


def test_the_sources_say_how_the_hub_is_doing_but_not_who_listens(site: Site) -> None:
    furnish(site.library)
    assert "WebSub" not in words(the_page(site, "sources"))
    hub = Hub(url="https://feeds.example/hub", is_ours=True)
    site.library.herald = HubStatus(
        hub=hub,
        listeners=3,
        failing=1,
        told=NOW - timedelta(minutes=5),
        failed=NOW - timedelta(hours=2),
        host="reader.example:443",
        problem="refused by the server: 500",
    )
    said = words(the_page(site, "sources"))
    assert "WebSub hub of this site: 3 subscriptions · last delivery 5 min ago · 1 do not take it now" in said
    assert "last failure 2 h ago: refused by the server: 500" in said
    assert "reader.example" not in said
    chinese = words(BeautifulSoup(site.get("sources", Accept_Language="zh").content, "lxml"))
    assert "3 个订阅 · 上次送达：5 分钟前 · 1 个此刻没有接收 · 上次失败：2 小时前， 服务器拒绝：500" in chinese
    site.library.herald = replace(site.library.herald, hub=Hub(url="https://hub.example/"), told=None)
    assert "WebSub hub: hub.example · nothing delivered yet" in words(the_page(site, "sources"))
