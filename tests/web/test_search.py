"""The search over HTTP."""

from __future__ import annotations

import json
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from aggregator.model.errors import SearchTooSlowError
from tests.builders import NOW, an_item, an_outlet
from tests.waiting import until
from tests.web.browser import Browser
from tests.web.conftest import Site

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"


def the_page(site: Site, path: str, **headers: str) -> BeautifulSoup:
    answer = site.get(path, **headers)
    assert answer.status_code == 200
    answer.encoding = "utf-8"
    return BeautifulSoup(answer.text, "lxml")


def found(site: Site, query: str, *items: object) -> None:
    site.library.answers[query] = list(items)  # type: ignore[arg-type]


def test_the_start_page_has_a_box_that_leads_to_the_search(site: Site) -> None:
    form = the_page(site, "").select_one("form[role=search]")
    assert form
    assert (form["action"], form["method"]) == ("search", "get")
    assert form.select_one("input[name=q][type=search]")


def test_what_was_found_is_shown_with_marks(site: Site) -> None:
    found(site, "央行", an_item(1, title="<b>央行</b>降息", summary="中国央行今天…", also_in=(an_outlet("Other"),)))
    page = the_page(site, "search?q=" + quote("央行"))
    assert [mark.text for mark in page.select("h3 mark, .summary mark")] == ["央行", "央行"]
    assert page.h3
    assert page.h3.text == "<b>央行</b>降息"
    assert page.h3.a
    assert page.h3.a["href"] == "https://news.example/1"
    assert "Other" in page.text
    assert page.select_one("input[name=q]")["value"] == "央行"  # type: ignore[index]


def test_the_page_leads_to_the_feed_of_the_search_and_asks_not_to_be_indexed(site: Site) -> None:
    found(site, "a&b 央行", an_item(1))
    page = the_page(site, "search?q=" + quote("央行 a&b"))
    links = {link["type"]: link["href"] for link in page.select("link[rel=alternate]")}
    assert links["application/atom+xml"] == f"feeds/search.atom?q={quote('央行 a&b', safe='')}"
    assert len(links) == 3
    robots = page.select_one("meta[name=robots]")
    assert robots
    assert robots["content"] == "noindex"
    answer = site.get(str(links["application/feed+json"]))
    assert [item["title"] for item in answer.json()["items"]] == ["Title 1"]


def test_results_come_in_pages_that_plain_links_lead_through(site: Site) -> None:
    found(site, "red sea", *(an_item(number) for number in range(1, 46)))
    page = the_page(site, "search?q=red+sea")
    assert len(page.select("article")) == 20
    assert [a["href"] for a in page.select(".pages a")] == ["search?q=red%20sea&page=2"]
    page = the_page(site, "search?q=red%20sea&page=3")
    assert [h3.text for h3 in page.select("h3")] == [f"Title {number}" for number in range(41, 46)]
    assert [a["rel"] for a in page.select(".pages a")] == [["prev"]]


@pytest.mark.parametrize("page", ["0", "-1", "x", "9999999999", "٣", ""])
def test_a_page_that_makes_no_sense_is_one_that_does(site: Site, page: str) -> None:
    found(site, "red", an_item(1))
    assert site.get(f"search?q=red&page={quote(page)}").status_code == 200


@pytest.mark.parametrize(("language", "words"), [("en", "Nothing was found"), ("zh-CN", "没有找到")])
def test_nothing_found_is_said_in_the_visitors_language(site: Site, language: str, words: str) -> None:
    assert words in the_page(site, "search?q=zeppelin", Accept_Language=language).text


def test_without_words_the_page_says_what_can_be_asked(site: Site) -> None:
    assert "title:word" in the_page(site, "search").text
    assert "title:word" in the_page(site, "search?q=%20").text
    assert site.library.questions == []


def test_hostile_words_stay_words(site: Site) -> None:
    page = the_page(site, "search?q=" + quote(HOSTILE))
    assert page.select("script, img[onerror]") == []
    assert page.select_one("input[name=q]")["value"] == HOSTILE  # type: ignore[index]
    for query in ("%00", "%ff%fe", "%ED%A0%80", quote("🚀"), "%22", "x" * 5_000, "q=1&q=2"):
        assert site.get(f"search?q={query}").status_code == 200


@pytest.mark.parametrize(
    ("path", "media_type", "self_link"),
    [
        ("feeds/search?q=red%20sea", "application/atom+xml; charset=utf-8", "feeds/search?q=red%20sea"),
        ("feeds/search.atom?q=red+sea", "application/atom+xml; charset=utf-8", "feeds/search.atom?q=red%20sea"),
        ("feeds/search?q=red&format=rss", "application/rss+xml; charset=utf-8", "feeds/search?q=red&format=rss"),
        ("feeds/search.json?q=red%20sea", "application/feed+json; charset=utf-8", "feeds/search.json?q=red%20sea"),
    ],
)  # fmt: skip
def test_a_search_is_a_feed_in_every_format(site: Site, path: str, media_type: str, self_link: str) -> None:
    found(site, "red sea", an_item(1), an_item(2))
    found(site, "red", an_item(1), an_item(2))
    answer = site.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "Title 2" in answer.text
    if "json" in media_type:
        assert answer.json()["feed_url"] == f"http://127.0.0.1:8080/{self_link}"
    else:
        root = ElementTree.fromstring(answer.content)
        links = [*root.iterfind(f"{ATOM}link"), *root.iterfind(f"channel/{ATOM}link")]
        assert f"http://127.0.0.1:8080/{self_link}" in [link.get("href") for link in links if link.get("rel") == "self"]


def test_a_feed_of_a_search_can_be_asked_for_conditionally_and_packed(site: Site) -> None:
    found(site, "conditional", an_item(1, first_seen=NOW - timedelta(hours=1)))
    first = site.get("feeds/search?q=conditional", Accept_Encoding="gzip")
    assert first.headers["content-encoding"] == "gzip"
    assert parsedate_to_datetime(first.headers["last-modified"]) == NOW - timedelta(hours=1)
    for header in ({"If_None_Match": first.headers["etag"]}, {"If_Modified_Since": first.headers["last-modified"]}):
        again = site.get("feeds/search?q=conditional", Accept_Encoding="gzip", **header)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    assert site.get("feeds/search?q=conditional", Accept_Encoding="identity").headers["etag"] != first.headers["etag"]


def test_a_feed_of_a_search_is_made_once_a_minute_however_many_ask(site: Site) -> None:
    found(site, "crowd", an_item(1))
    for _ in range(3):
        site.get("feeds/search?q=crowd")
    assert site.library.questions == ["crowd"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("feeds/search", "Say what to look for"),
        ("feeds/search?q=", "Say what to look for"),
        ("feeds/search.rss?q=%20", "Say what to look for"),
        ("feeds/search?q=-red", "Say what to look for"),
        ("feeds/search?q=" + "x" * 1_001, "too long"),
        ("feeds/search?q=" + "+".join(map(str, range(40))), "too long"),
        ("feeds/search?q=red&format=pdf", "There is no such format"),
    ],
)
def test_what_no_feed_can_be_of_is_refused_in_words(site: Site, path: str, words: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain")
    assert words in answer.text


def test_a_category_may_be_called_search(site: Site) -> None:
    site.publish("search.atom", "<feed/>")
    found(site, "red", an_item(1))
    for _ in range(2):
        assert site.get("feeds/search.atom").text == "<feed/>"
        assert "Title 1" in site.get("feeds/search.atom?q=red").text
    assert site.get("feeds/search.rss").status_code == 404


def test_a_search_that_takes_too_long_is_told_to_come_back(site: Site) -> None:
    site.library.error = SearchTooSlowError("the search took longer than 5 s: look for rarer words")
    for path in ("search?q=slow", "feeds/search?q=slow"):
        answer = site.get(path)
        assert answer.status_code == 503
        assert "rarer words" in answer.text
        assert answer.headers["retry-after"] == "60"


def test_a_feed_of_nothing_is_a_feed(site: Site) -> None:
    answer = site.get("feeds/search.json?q=zeppelin")
    assert json.loads(answer.text)["items"] == []
    assert "last-modified" not in answer.headers
    assert site.get("feeds/search?q=zeppelin", If_Modified_Since="Mon, 23 Nov 2026 12:00:00 GMT").status_code == 200


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_fits_every_screen_and_breaks_no_policy(site: Site, browser: Browser, width: int) -> None:
    found(
        site,
        "harbour",
        *(an_item(number, title="Harbour " + "x" * 200, summary="harbour " * 40) for number in range(25)),
    )
    browser.size(width, 800)
    browser.complaints()
    browser.open(site.url + "search?q=harbour")
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run("return document.querySelectorAll('mark').length") > 25
    assert browser.complaints() == []
    browser.run("document.querySelector('.pages a').click()")
    until("the second page", lambda: "page=2" in browser.run("return location.href"))
    browser.open(site.url)
    browser.run("const box = document.querySelector('input[name=q]'); box.value = 'harbour & 港口'; box.form.submit()")
    until("the results", lambda: browser.run("return location.pathname") == "/search")
    assert site.library.questions[-1] == "harbour 港口"
