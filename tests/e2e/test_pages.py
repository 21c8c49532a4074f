"""The pages as visitors meet them: through the whole program, from link to link."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin

from bs4 import BeautifulSoup

from tests.e2e.documents import Story, rss
from tests.e2e.world import Program, Publishers, ask, wait_until

TEXT = "<p>The ferry between the two islands runs again after eleven winters, and everybody was at the harbour.</p>"
STORIES = [Story(f"Story number {number}", number, f"<p>Text {number}.</p>") for number in range(90)]
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "User-Agent": "Mozilla/5.0"}


def look(url: str, **headers: str) -> BeautifulSoup:
    answer = ask(url, headers or None)
    assert answer.status == 200, url
    return BeautifulSoup(answer.body, "lxml")


def follow(program: Program, publishers: Publishers) -> None:
    many = publishers.serve("/many", rss("Many", STORIES))
    one = publishers.serve("/one", rss("One", [Story("The ferry is back", 900, TEXT, link="https://one.example/")]))
    two = publishers.serve("/two", rss("Two", [Story("The ferry is back", 900, TEXT, link="https://two.example/")]))
    program.configure(
        {
            "news": {"sources": [{"name": "Many", "url": many}]},
            "海/渡轮": {"sources": [{"name": "One", "url": one}, {"name": "Two", "url": two}]},
            "broken": {"sources": [{"name": "Nobody", "url": f"{publishers.base}/nobody"}]},
        }
    )


def test_a_visitor_reaches_every_story_by_links_and_each_says_where_it_is_from(
    program: Program, publishers: Publishers
) -> None:
    follow(program, publishers)
    assert program("once").code == 0
    with program.daemon() as daemon:
        url, seen = urljoin(daemon.base, "c/news/"), []
        while url:
            page = look(url)
            seen += [title.text for title in page.select(".story h3")]
            following = page.select_one(".pages a[rel=next]")
            url = urljoin(url, str(following["href"])) if following else ""
        assert sorted(seen) == sorted(story.title for story in STORIES)

        start = look(daemon.base)
        [ferry] = {str(a["href"]) for a in look(urljoin(daemon.base, "c/%E6%B5%B7/")).select(".read a")}
        story = look(urljoin(urljoin(daemon.base, "c/%E6%B5%B7/"), ferry))
        assert [a.text for a in story.select("#told + ul a")] == ["One", "Two"]
        assert "tells the same story in its own copy (same text)" in story.text
        categories = {unquote(str(a["href"])) for a in start.select(".panel .name")}
        assert categories == {"c/news/", "c/海/", "c/海/渡轮/", "c/broken/"}

        sources = look(urljoin(daemon.base, "sources/"))
        cards = {card.h3.text: card.text for card in sources.select(".source") if card.h3}
        assert list(cards) == ["Many", "One", "Two", "Nobody"]
        assert "refused by the server: 404" in cards["Nobody"]
        assert "服务器拒绝：404" in look(urljoin(daemon.base, "sources"), **{"Accept-Language": "zh-CN"}).text
        opml = ask(urljoin(daemon.base, "opml/sources")).body.decode()
        assert len(re.findall("xmlUrl=", opml)) == 4


def test_a_browser_at_the_address_of_a_feed_is_told_how_to_subscribe_and_a_reader_gets_the_feed(
    program: Program, publishers: Publishers
) -> None:
    follow(program, publishers)
    assert program("once").code == 0
    with program.daemon() as daemon:
        wait_until("the feed is there", lambda: daemon.get("feeds/news.atom").status == 200)
        feed = daemon.get("feeds/news.atom")
        shown = daemon.get("feeds/news.atom", BROWSER)
        assert shown.headers["content-type"].startswith("text/html")
        field = BeautifulSoup(shown.body, "lxml").select_one("#address")
        assert field is not None
        assert field["value"] == f"{daemon.base}feeds/news.atom"
        assert ask(f"{daemon.base}feeds/news.atom?raw", BROWSER).body == feed.body
        tag = {"If-None-Match": feed.headers["etag"]}
        assert daemon.get("feeds/news.atom", tag).status == daemon.get("feeds/news.atom", BROWSER | tag).status == 304
        assert daemon.get("feeds/news.atom", {"Accept": "*/*"}).body == feed.body
