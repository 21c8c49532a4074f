"""The life of an article on a page, and in both languages."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup

from aggregator.model.article import Removal, StoryId
from aggregator.model.life import Dating, Life, Listed, Member, Name, Near, Origin, Several, Standing
from aggregator.web.life import report
from aggregator.web.lifewords import SAID
from tests.builders import EARLIER, NOW, an_item
from tests.web.conftest import Site
from tests.web.library import EVERYTHING

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
STORY = StoryId("urn:uuid:00000000-0000-5000-8000-000000000001")


def listed(number: int = 1, title: str = HOSTILE, link: str = "javascript:alert(1)") -> Listed:
    return Listed(id=number, title=title, link=link, source=HOSTILE, story=STORY, date=EARLIER, first_seen=NOW)


def a_life() -> Life:
    return Life(
        article=listed(),
        origin=Origin(
            name=HOSTILE, category=(HOSTILE,), url=HOSTILE, followed=False, last_poll=NOW, problem=f"x{HOSTILE}"
        ),
        dating=Dating(
            used=EARLIER, came=None, unread=HOSTILE, is_known=True, first_seen=NOW, changed=NOW, sort_at=EARLIER
        ),
        names=(Name("guid", HOSTILE),),
        earlier_names=2,
        story=STORY,
        waits=True,
        is_backlog=True,
        members=(
            Member(article=listed(), how="began"),
            Member(article=listed(2), how="joined", rule="same text", figures={"jaccard": 0.5}, like=listed()),
        ),
        nearest=(Near(article=listed(3), rule="other names", figures={"title": 0.25}, hindrance="rule"),),
        corrections=(),
        removals=(Removal("a script", HOSTILE, "div"),),
        page=None,
        page_reason="",
        standings=(
            Standing(slug="金融", place=3, stories=9, limit=100, merge="text", id=STORY, shown="Other"),
            Standing(slug="all", place=None, stories=100, limit=100, merge="text", id=None, shown=None),
        ),
    )


def the_page(site: Site, asked: str, **headers: str) -> BeautifulSoup:
    answer = site.get("why?q=" + quote(asked), **headers)
    answer.encoding = "utf-8"
    assert "script-src" not in answer.headers["content-security-policy"]
    return BeautifulSoup(answer.text, "lxml")


def test_everything_on_the_page_is_escaped_and_no_link_is_active(site: Site) -> None:
    site.library.lives["x"] = a_life()
    page = the_page(site, "x")
    assert page.select("script, main img, [onerror]") == []
    assert page.h1
    assert page.h1.text == HOSTILE
    assert all(link["href"].startswith(("./", "why?q=")) for link in page.select("header .brand a, main a"))
    assert "金融" in page.text
    assert HOSTILE in the_page(site, HOSTILE).text


def test_the_page_speaks_the_language_of_the_visitor(site: Site) -> None:
    site.library.lives["x"] = a_life()
    assert "在 feeds/金融.atom 中位列第 3" in the_page(site, "x", **{"Accept-Language": "zh-CN"}).text
    assert "Stands at place 3 of 9 in feeds/金融.atom" in the_page(site, "x").text


def test_what_is_not_known_is_not_found_and_no_question_is_a_form(site: Site) -> None:
    assert site.get("why?q=zebra").status_code == 404
    assert site.get("why").status_code == 200
    assert site.library.questions == ["zebra"]
    site.library.lives["x"] = Several(asked="x", candidates=(listed(1), listed(2)), is_all=True)
    assert [link["href"] for link in the_page(site, "x").select("main a")] == ["why?q=1", "why?q=2"]


def test_each_story_of_the_start_page_leads_there(site: Site) -> None:
    site.library.feeds.append(EVERYTHING)
    site.library.stories.append(an_item(1))
    links = [link["href"] for link in BeautifulSoup(site.get("").text, "lxml").select(".why a")]
    assert links == [f"why?q={quote(an_item(1).id, safe='')}"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sentence_can_be_said(language: str) -> None:
    told = report(a_life(), language)  # type: ignore[arg-type]
    assert all(line.text and "{" not in line.text for section in told.sections for line in section.lines)


def test_both_languages_say_the_same() -> None:
    assert SAID["en"].keys() == SAID["zh"].keys()
