"""Pages from what is queued to what is shown: real store, real rooms, a fake web."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import process_time

import pytest

from aggregator.jobs.enrich import MAX_PAGE, WORKERS, Enricher, PageLines
from aggregator.jobs.turns import Turns
from aggregator.model.enrichment import PageResult, PageState
from aggregator.model.exchange import Failure
from aggregator.model.source import Source
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, a_record, a_save, a_source, an_article
from tests.fakes import FakeClock, FakeWeb

SENTENCES = [
    f"In the {ordinal} hour the harbour master, who had seen many storms, wrote down what the gauge by the pier said."
    for ordinal in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
]
TEASER = f"<p>{SENTENCES[0]} …</p>"
STORY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def page(body: str, title: str = "Title 1") -> str:
    menu = "".join(f"<li><a href='/{word}'>{word}</a></li>" for word in ("Home", "World", "Sport", "Weather"))
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><nav><ul>{menu}</ul></nav><div id=main>"
        f"<h1>{title}</h1><div class=entry-content>{body}</div></div><div class=comments><p>First!</p></div>"
        f"<footer>All rights reserved.</footer></body></html>"
    )


class Desk:
    """A store with articles that wait for their pages, a web and a clock."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(folder / "articles.db")
        self.web, self.clock = FakeWeb(), FakeClock()
        self.results: list[PageResult] = []
        self.turns = Turns(2)

    def follow(self, source: Source, *titles: str, body: str = TEASER, host: str = "news.example") -> None:
        [self.source] = self.store.sync([source], NOW)
        saves = [
            replace(a_save(an_article(title, body=body, guid=title, link=f"https://{host}/{number}")), position=number)
            for number, title in enumerate(titles, 1)
        ]
        self.store.record(a_record(*saves, source=source))

    def enricher(self) -> Enricher:
        lines = PageLines(
            fetch=self.web.fetch,
            hang_up=lambda: None,
            clock=self.clock,
            chance=lambda: 0.0,
            holder="me",
            listener=self.results.append,
        )
        return Enricher(self.store, {self.source.id: self.source}, self.turns, lines)

    def enrich(self) -> list[PageState]:
        self.results.clear()
        enricher = self.enricher()
        try:
            enricher.finish()
        finally:
            enricher.stop()
        return [result.state for result in self.results]

    def bodies(self) -> list[str]:
        return [stored.article.body for stored in self.store.articles()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


def test_an_article_gets_the_text_of_its_page_and_nothing_around_it(desk: Desk) -> None:
    desk.follow(a_source(full_text=True), "Title 1")
    desk.web.serve("https://news.example/1", page(f"{STORY}<img src='/storm.jpg' width=800 height=600>"))
    assert desk.enrich() == [PageState.FULL]
    [body] = desk.bodies()
    assert all(sentence in body for sentence in SENTENCES)
    assert 'src="https://news.example/storm.jpg"' in body
    for around in ("Weather", "First!", "rights reserved", "<h1>"):
        assert around not in body
    [stored] = desk.store.articles()
    assert stored.article.headimg == "https://news.example/storm.jpg"


def test_what_a_page_holds_is_as_safe_as_what_a_feed_holds(desk: Desk) -> None:
    desk.follow(a_source(full_text=True), "Title 1")
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>go</a>"
    desk.web.serve("https://news.example/1", page(STORY + hostile))
    assert desk.enrich() == [PageState.FULL]
    [body] = desk.bodies()
    assert not any(word in body for word in ("alert", "onerror", "javascript"))


def test_a_selector_names_the_article(desk: Desk) -> None:
    desk.follow(a_source(full_text=True, content="div.story, .more"), "Title 1")
    parts = f"<div class=story>{STORY}</div><p>Not this.</p><div class=more><p>And this.</p></div>"
    desk.web.serve("https://news.example/1", page(parts))
    assert desk.enrich() == [PageState.FULL]
    [body] = desk.bodies()
    assert "And this." in body
    assert "Not this." not in body


@pytest.mark.parametrize("selector", ["#nowhere", "p[", ":foo(bar)"])
def test_a_selector_that_names_nothing_leaves_the_feed_s_version(desk: Desk, selector: str) -> None:
    desk.follow(a_source(full_text=True, content=selector), "Title 1")
    desk.web.serve("https://news.example/1", page(STORY))
    assert desk.enrich() == [PageState.KEPT]
    assert desk.results[0].reason == "nothing on its page matches `content`"


def test_what_the_owner_removes_is_removed_from_the_page_too(desk: Desk) -> None:
    desk.follow(a_source(full_text=True, remove=(".advert",)), "Title 1")
    desk.web.serve("https://news.example/1", page(f"{STORY}<p class=advert>Buy a boat, a good one, before winter.</p>"))
    desk.enrich()
    assert "Buy a boat" not in desk.bodies()[0]


def test_the_feed_s_version_is_kept_where_it_is_the_better_one(desk: Desk) -> None:
    desk.follow(a_source(full_text=True), "Title 1", body=STORY)
    desk.web.serve("https://news.example/1", page(f"<p>{SENTENCES[0]}</p>"))
    before = desk.bodies()
    assert desk.enrich() == [PageState.KEPT]
    assert desk.bodies() == before
    assert desk.enrich() == []


@pytest.mark.parametrize(
    "wall",
    [
        "<html><body><p>Please enable JavaScript and cookies to continue to this site, and reload.</p></body></html>",
        "<html><body>" + "<p>We value your privacy, and so do our 842 partners who store cookies.</p>" * 9 + "</body>",
        "",
        "%PDF-1.7",
        '{"json": true}',
    ],
)
def test_what_is_no_article_is_not_shown(desk: Desk, wall: str) -> None:
    desk.follow(a_source(full_text=True), "Title 1")
    desk.web.serve("https://news.example/1", wall)
    assert desk.enrich() == [PageState.KEPT]
    assert desk.bodies() == [TEASER]


CONSENT = (
    "<p>Before you continue to our site. We use cookies and data to deliver services and measure engagement.</p>"
    "<p>If you choose accept all, we will also use cookies to develop new services.</p>"
)
PAYWALL = (
    f"<p>{SENTENCES[0]}</p><div><p>Subscribe to continue reading. Already a subscriber? Sign in to read on. "
    "Get unlimited access for one dollar a week, cancel anytime.</p>"
    "<p>Support independent journalism on every device, in every weather.</p></div>"
)


@pytest.mark.parametrize(
    ("wall", "teaser"), [(CONSENT * 4, ""), (CONSENT * 4, "<p>Short.</p>"), (CONSENT, TEASER), (PAYWALL, TEASER)]
)
def test_a_wall_is_not_taken_for_the_article(desk: Desk, wall: str, teaser: str) -> None:
    desk.follow(a_source(full_text=True), "Title 1", body=teaser)
    desk.web.serve("https://news.example/1", page(wall))
    assert desk.enrich() == [PageState.KEPT]
    assert desk.bodies() == [teaser]


def test_an_article_with_a_wall_below_it_is_shown(desk: Desk) -> None:
    desk.follow(a_source(full_text=True), "Title 1")
    desk.web.serve("https://news.example/1", page(STORY + CONSENT + "<p>Sign in to continue.</p>"))
    assert desk.enrich() == [PageState.FULL]


@pytest.mark.parametrize("base", ["/deep/dir/", "https://news.example/deep/dir/index.html"])
def test_a_page_s_own_base_holds_for_its_pictures(desk: Desk, base: str) -> None:
    desk.follow(a_source(full_text=True), "Title 1")
    html = page(f"{STORY}<img src='img/storm.jpg' width=900 height=500>").replace(
        "<head>", f"<head><base href='{base}'>"
    )
    desk.web.serve("https://news.example/1", html)
    desk.enrich()
    assert 'src="https://news.example/deep/dir/img/storm.jpg"' in desk.bodies()[0]


def test_a_hostile_base_is_none(desk: Desk) -> None:
    desk.follow(a_source(full_text=True), "Title 1")
    html = page(f"{STORY}<img src='storm.jpg'>").replace("<head>", "<head><base href='javascript:alert(1)//'>")
    desk.web.serve("https://news.example/1", html)
    desk.enrich()
    assert 'src="https://news.example/storm.jpg"' in desk.bodies()[0]


@pytest.mark.parametrize("filler", ["<p>word word</p>" * 300_000, "<div>" * 50_000], ids=["long", "deep"])
def test_a_page_without_end_costs_little(desk: Desk, filler: str) -> None:
    desk.follow(a_source(full_text=True), "Title 1")
    desk.web.serve("https://news.example/1", page(STORY + filler))
    began = process_time()
    assert desk.enrich()[0] in (PageState.FULL, PageState.KEPT)
    assert process_time() - began < 10


def test_a_page_in_utf_16_is_read(desk: Desk) -> None:
    desk.follow(a_source(full_text=True), "Title 1")
    desk.web.serve("https://news.example/1", page(STORY).encode("utf-16"))
    assert desk.enrich() == [PageState.FULL]


def test_a_page_in_an_old_encoding_is_read(desk: Desk) -> None:
    text = "港务局长见过许多风暴，他在日志里写下了码头水位计的读数，然后点亮了灯。" * 6
    desk.follow(a_source(full_text=True), "风暴", body="<p>港务局长见过许多风暴。</p>")
    html = page(f"<p>{text}</p>", "风暴").replace("<head>", "<head><meta charset=gb2312>")
    desk.web.serve("https://news.example/1", html.encode("gb18030"))
    assert desk.enrich() == [PageState.FULL]
    assert "码头水位计" in desk.bodies()[0]


def test_a_page_that_fails_is_tried_again_later_and_given_up_in_the_end(desk: Desk) -> None:
    desk.follow(a_source(full_text=True), "Title 1")
    desk.web.fail("https://news.example/1")
    states = []
    for _ in range(9):
        states += desk.enrich()
        desk.clock.pass_(timedelta(days=2))
    assert states == [PageState.WAITING] * 5 + [PageState.GIVEN_UP]
    assert desk.store.page_counts()[desk.source.id].problem == "took too long: as the test wishes"
    assert desk.bodies() == [TEASER]


def test_a_page_that_may_not_be_asked_for_is_given_up_at_once(desk: Desk) -> None:
    desk.follow(a_source(full_text=True), "Title 1")
    desk.web.fail("https://news.example/1", Failure.BLOCKED)
    assert desk.enrich() == [PageState.GIVEN_UP]


def test_a_failure_shows_no_secret(desk: Desk) -> None:
    desk.follow(a_source(full_text=True, secrets=(("s3cret", "${KEY}"),)), "Title 1")
    desk.web.refuse("https://news.example/1", 404, detail="no /x?key=s3cret")
    desk.enrich()
    assert desk.results[0].reason == "refused by the server: no /x?key=${KEY}"


def test_a_host_that_says_too_often_is_left_alone_with_all_its_pages(desk: Desk) -> None:
    desk.follow(a_source(full_text=True), "Title 1", "Title 2")
    desk.web.refuse("https://news.example/1", 429, retry_after=NOW + timedelta(hours=2))
    desk.web.serve("https://news.example/2", page(STORY, "Title 2"))
    desk.enrich()
    assert [request.url for request in desk.web.requests] == ["https://news.example/1"]
    desk.clock.pass_(timedelta(hours=1))
    assert desk.enrich() == []
    desk.web.serve("https://news.example/1", page(STORY))
    desk.clock.pass_(timedelta(hours=2))
    assert desk.enrich() == [PageState.FULL] * 2


def test_a_host_that_rests_from_polling_is_asked_for_no_page(desk: Desk) -> None:
    desk.follow(a_source(full_text=True), "Title 1")
    desk.turns.rest("news.example", NOW + timedelta(hours=1))
    desk.enrich()
    assert desk.web.requests == []
    assert desk.store.page_counts()[desk.source.id].waiting == 1


def test_the_owner_s_headers_go_to_the_feed_s_own_origin_alone(desk: Desk) -> None:
    secret = a_source(full_text=True, headers=(("Authorization", "Bearer x"),), user_agent="our-reader/1")
    desk.follow(secret, "Title 1")
    desk.web.serve("https://news.example/1", page(STORY))
    desk.enrich()
    [request] = desk.web.requests
    assert dict(request.headers) == {"Authorization": "Bearer x", "User-Agent": "our-reader/1"}
    assert request.max_size == MAX_PAGE
    assert request.accept.startswith("text/html")


def test_another_origin_gets_none_of_them(desk: Desk) -> None:
    desk.follow(a_source(full_text=True, headers=(("Authorization", "Bearer x"),)), "Title 1", host="other.example")
    desk.web.serve("https://other.example/1", page(STORY))
    desk.enrich()
    assert desk.web.requests[0].headers == ()


def test_a_fault_of_ours_costs_one_page_and_not_the_others(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.follow(a_source(full_text=True), "Title 1", "Title 2")
    desk.web.explode("https://news.example/1", ZeroDivisionError("oops"))
    desk.web.serve("https://news.example/2", page(STORY, "Title 2"))
    assert sorted(desk.enrich()) == [PageState.FULL, PageState.WAITING]
    assert "fault of aggregator" in caplog.text


def test_what_was_cut_off_is_there_again_after_a_restart(desk: Desk) -> None:
    desk.follow(a_source(full_text=True), "Title 1", "Title 2")
    desk.web.serve("https://news.example/1", page(STORY)).serve("https://news.example/2", page(STORY, "Title 2"))
    killed = desk.store.claim_pages(holder="dead:1:x", now=NOW, until=NOW + timedelta(hours=1), limit=WORKERS)
    assert len(killed) == 1
    assert desk.enrich() == []
    desk.store.release("dead:1:x")
    assert desk.enrich() == [PageState.FULL] * 2


def test_nothing_is_begun_after_stop(desk: Desk) -> None:
    desk.follow(a_source(full_text=True), "Title 1")
    enricher = desk.enricher()
    enricher.stop()
    assert enricher.begin() == 0
    assert desk.store.count_pages(NOW) == 1
