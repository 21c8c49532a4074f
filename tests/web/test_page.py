from __future__ import annotations

import gzip
import json
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from aggregator.web.kept import MOST, Kept
from aggregator.web.negotiate import Coding
from tests.builders import NOW, an_item, an_outlet
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.library import EVERYTHING, FakeLibrary, OutOfOrderError, a_status, an_address

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>"


def the_page(site: Site, path: str = "", **headers: str) -> BeautifulSoup:
    answer = site.get(path, **headers)
    answer.encoding = "utf-8"
    return BeautifulSoup(answer.text, "lxml")


def furnish(library: FakeLibrary) -> None:
    library.feeds = [
        EVERYTHING,
        an_address("技术", title="Technology"),
        an_address("技术/安全", title="Security"),
        an_address("finance", title="金融"),
    ]
    library.known = [
        a_status("LWN", category=("技术",), articles=1234),
        a_status(
            "Krebs",
            category=("技术", "安全"),
            failures=4,
            problem="refused by the server: 503",
            last_success=NOW - timedelta(hours=9),
            next_poll=NOW + timedelta(hours=1),
            why_next="failed 4 times",
        ),
        a_status("ECB", category=("finance",), last_poll=None, last_success=None, next_poll=NOW, articles=0),
        a_status("Gone", configured=False, articles=3),
    ]
    library.feeds.append(an_address("技术/LWN", source=library.known[0].id))
    library.stories = [
        an_item(1, title="First", thumbnail="https://news.example/1.jpg", summary="What <b>happened</b>."),
        an_item(2, title="Second", also_in=(an_outlet("Other News"), an_outlet("Third News"), an_outlet("Fourth"))),
    ]


def test_the_page_shows_categories_with_every_format(site: Site) -> None:
    furnish(site.library)
    page = the_page(site)
    assert page.h1
    assert page.h1.text == "The Reading Room"
    links = {a["href"]: a.get("aria-label") for a in page.select(".panel .formats a")}
    assert links == {
        f"feeds/{slug}.{suffix}": f"{title}: {name}"
        for slug, title in (
            ("%E6%8A%80%E6%9C%AF", "Technology"),
            ("%E6%8A%80%E6%9C%AF/%E5%AE%89%E5%85%A8", "Security"),
            ("finance", "金融"),
        )
        for suffix, name in (("atom", "Atom"), ("rss", "RSS"), ("json", "JSON"))
    }
    assert [name.text for name in page.select(".panel ul ul .name")] == ["Security"]
    assert {a["href"] for a in page.select(".buttons a")} == {
        "feeds/all.atom",
        "feeds/all.rss",
        "feeds/all.json",
        "opml",
    }


def test_readers_find_every_feed_by_themselves(site: Site) -> None:
    furnish(site.library)
    found = the_page(site).select("link[rel=alternate]")
    assert len(found) == 4 * 3 + 1  # everything and three categories, and OPML; not one for each source
    assert {"application/atom+xml", "application/rss+xml", "application/feed+json", "text/x-opml"} == {
        link["type"] for link in found
    }
    assert found[0]["title"] == "Everything (Atom)"


def test_the_page_shows_stories(site: Site) -> None:
    furnish(site.library)
    first, second = the_page(site).select(".story")
    assert first.select_one("h3 a")["href"] == "https://news.example/1"  # type: ignore[index]
    picture = first.img
    assert picture
    assert picture["src"] == "https://news.example/1.jpg"
    assert (picture["alt"], picture["referrerpolicy"]) == ("", "no-referrer")
    assert first.select_one(".summary").text == "What <b>happened</b>."  # type: ignore[union-attr]
    assert first.select_one(".outlet").text == "Example News"  # type: ignore[union-attr]
    assert first.time
    assert first.time["datetime"] == "2026-11-23T08:59:00Z"
    assert first.time["title"] == "23 Nov 2026 08:59 UTC"
    assert "also in Other News, Third News, 1 more" in " ".join(second.text.split())


def test_the_page_shows_every_source_with_its_health(site: Site) -> None:
    furnish(site.library)
    cards = {
        card.h3.text: " ".join(card.stripped_strings)
        for card in the_page(site, "sources/").select(".source")
        if card.h3
    }
    assert list(cards) == ["LWN", "Krebs", "ECB", "Gone"]
    assert "Healthy" in cards["LWN"]
    assert "Articles 1,234 Last poll 5 min ago Next poll in 10 min" in cards["LWN"]
    assert "every 15m" in cards["LWN"]
    headings = [" ".join(heading.stripped_strings) for heading in the_page(site, "sources/").select("h2")]
    assert headings == ["Technology 1", "Technology / Security 1", "金融 1", "No longer followed"]
    assert "Failing · last worked 9 h ago" in cards["Krebs"]
    assert "refused by the server: 503 (failures in a row: 4)" in cards["Krebs"]
    assert "failed 4 times" in cards["Krebs"]
    assert "Not polled yet" in cards["ECB"]
    assert "No longer followed" in cards["Gone"]


def test_an_empty_page_says_what_to_expect(site: Site) -> None:
    assert "No source is configured yet" in the_page(site).text
    site.library.feeds, site.library.known = [EVERYTHING], [a_status()]
    assert "as soon as the sources have been polled" in the_page(site).text


def test_the_interface_speaks_the_visitors_language(site: Site) -> None:
    furnish(site.library)
    page = the_page(site, Accept_Language="zh-CN,zh;q=0.9")
    assert page.html
    assert page.html["lang"] == "zh-CN"
    assert "最新文章" in page.text
    assert "Latest stories" not in page.text
    answer = site.get("")
    assert (answer.headers["vary"], answer.headers["content-language"]) == ("accept-language, accept-encoding", "en")


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity"])
def test_the_page_is_packed_as_the_visitor_likes(site: Site, encoding: str) -> None:
    answer = site.get("", Accept_Encoding=encoding)
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert "The Reading Room" in answer.text


def test_a_page_is_made_once_for_a_crowd() -> None:
    made: list[str] = []
    kept = Kept(seconds=60)

    def take(name: str, coding: Coding = "identity") -> bytes:
        return kept.take(name, lambda: made.append(name) or "a page", coding)  # type: ignore[func-returns-value]

    assert {take("en /"), take("en /")} == {b"a page"}
    assert gzip.decompress(take("en /", "gzip")) == b"a page"
    assert take("zh /") == b"a page"
    assert made == ["en /", "zh /"]
    for number in range(MOST):
        take(f"en /{number}")
    take("en /")
    assert made.count("en /") == 2  # only so many are kept


def test_nothing_from_outside_becomes_markup(site: Site) -> None:
    site.library.name = HOSTILE
    site.library.feeds = [EVERYTHING, an_address("tech", title=HOSTILE), an_address(HOSTILE.replace("/", ""))]
    site.library.known = [
        a_status(
            HOSTILE,
            url="javascript:alert(1)",
            site="javascript:alert(1)",
            category=(HOSTILE,),
            failures=1,
            problem=HOSTILE,
            why_next=HOSTILE,
            moved_to=HOSTILE,
        )
    ]
    site.library.stories = [
        an_item(
            1,
            title=HOSTILE,
            summary=HOSTILE,
            link="javascript:alert(1)",
            thumbnail="javascript:alert(1)",
            image="data:text/html,<script>alert(1)</script>",
            language=HOSTILE,
            outlet=an_outlet(HOSTILE),
            also_in=(an_outlet(HOSTILE, link="javascript:alert(1)"),),
        ),
        an_item(2, link="https://[broken", thumbnail="//no-scheme.example/1.png"),
    ]
    answer = site.get("")
    answer.encoding = "utf-8"
    page = BeautifulSoup(answer.text, "lxml")
    for raw in ("<script", "<img src=x", "<svg", 'href="javascript', 'src="javascript', 'src="data'):
        assert raw not in answer.text
    assert page.h1
    assert page.h1.text == HOSTILE
    assert not [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert page.select_one(".story")["class"] == ["story"]  # type: ignore[index]  # without a picture
    assert "lang" not in page.select_one(".story").attrs  # type: ignore[union-attr]


def test_the_policy_leaves_nothing_but_our_style_and_pictures(site: Site) -> None:
    for path in ("", "opml", "healthz", "metrics", "favicon.svg", "robots.txt", "nowhere"):
        headers = site.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; ")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in headers


def test_the_style_sheet_may_be_kept_for_ever_because_its_name_changes_with_it(site: Site) -> None:
    style = the_page(site).select_one("link[rel=stylesheet]")
    assert style
    answer = site.get(str(style["href"]))
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert site.get("static/style.0.css").status_code == 404
    assert site.get("static/../app.py").status_code == 404


def test_a_page_that_is_not_there_leads_back(site: Site) -> None:
    answer = site.get("a/b/c")
    assert answer.status_code == 404
    page = BeautifulSoup(answer.text, "lxml")
    assert page.h1
    assert page.h1.text == "There is no such page"
    assert page.select_one("a.button")["href"] == "../../"  # type: ignore[index]


def test_opml_comes_from_its_maker(site: Site) -> None:
    answer = site.get("opml")
    assert answer.content == b"<opml version='2.0'/>"
    assert answer.headers["content-type"] == "text/x-opml; charset=utf-8"


@pytest.mark.parametrize(
    ("trouble", "error", "status"),
    [(None, None, 200), ("the disk is full", None, 503), (None, OutOfOrderError("the database is busy"), 503)],
)
def test_healthz_tells_whether_the_program_can_work(
    site: Site, trouble: str | None, error: Exception | None, status: int
) -> None:
    site.library.known = [a_status(), a_status("Broken", failures=2), a_status("Old", configured=False, failures=9)]
    site.library.trouble, site.library.error = trouble, error
    answer = site.get("healthz")
    assert answer.status_code == status
    health = json.loads(answer.text)
    assert health["status"] == ("ok" if status == 200 else "degraded")
    assert health["problem"] == (trouble or (str(error) if error else None))
    if not error:
        assert (health["sources"], health["failing"]) == (2, 1)


def test_metrics_are_numbers_by_name(site: Site) -> None:
    site.library.known = [a_status(), a_status("Broken", failures=2, next_poll=NOW - timedelta(hours=1))]
    text = site.get("metrics").text
    values = dict(line.split(" ") for line in text.splitlines() if not line.startswith("#"))
    assert values["aggregator_sources"] == "2"
    assert values["aggregator_sources_failing"] == "1"
    assert values["aggregator_sources_due"] == "1"
    assert values["aggregator_articles"] == "24"
    assert values["aggregator_healthy"] == "1"


def test_our_own_mistake_is_owned_up_to_without_its_details(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.library.error = ValueError("a secret detail")
    answer = site.get("")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert "secret" not in answer.text
    # For the operator, written once the visitor has his answer.
    until("the log says what happened", lambda: "a secret detail" in caplog.text)


def test_the_host_that_a_client_names_is_never_repeated(site: Site) -> None:
    furnish(site.library)
    answer = site.get("", Host="evil.invalid", X_Forwarded_Host="evil.invalid")
    assert answer.status_code == 200
    assert "evil.invalid" not in answer.text + str(answer.headers)
