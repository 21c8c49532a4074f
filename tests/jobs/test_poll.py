"""A poll from what is due to what is recorded: real store, real rooms, a fake web."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.decide.pace import Limits
from aggregator.jobs.poll import Doors, Pacing, Polled, Poller, moved
from aggregator.model.errors import StoreBusyError
from aggregator.model.exchange import Failure, FetchFailed
from aggregator.model.outcome import Failed, Harvest, Record, Unchanged
from aggregator.model.source import Source
from aggregator.store.sqlite import SqliteStore
from tests.builders import a_source
from tests.fakes import FakeClock, FakeWeb

A = a_source("https://a.example/feed", name="A")
B = a_source("https://b.example/feed", name="B")


def rss(*titles: str, host: str = "a.example") -> str:
    items = "".join(
        f"<item><title>{title}</title><link>https://{host}/{title}</link><guid>{title}</guid>"
        f"<pubDate>Mon, 23 Nov 2026 0{number}:00:00 GMT</pubDate><description>About {title}.</description></item>"
        for number, title in enumerate(titles)
    )
    return f"<rss version='2.0'><channel><title>{host}</title><link>https://{host}/</link>{items}</channel></rss>"


class Desk:
    """A store, a web and a clock, and what polling did with them."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(folder / "articles.db")
        self.web, self.clock = FakeWeb(), FakeClock()

    def follow(self, *sources: Source) -> None:
        self.sources = {source.id: source for source in self.store.sync(sources, self.clock())}

    def poller(self, listener=lambda polled: None, concurrency: int = 4, per_host: int = 2) -> Poller:
        doors = Doors(
            fetch=self.web.fetch,
            hang_up=lambda: None,
            clock=self.clock,
            chance=lambda: 0.5,
            holder="me",
            listener=listener,
        )
        pacing = Pacing(limits=Limits(), theta=0.001)
        return Poller(self.store, self.sources, pacing, doors, concurrency=concurrency, per_host=per_host)

    def poll(self, per_host: int = 2) -> dict[str, Polled]:
        polls: dict[str, Polled] = {}
        poller = self.poller(lambda polled: polls.__setitem__(polled.source.name, polled), per_host=per_host)
        poller.start_due(self.clock())
        try:
            poller.wait()
        finally:
            poller.stop()
        return polls

    def titles(self) -> list[str]:
        return sorted(stored.article.title for stored in self.store.articles())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    desk.follow(A, B)
    yield desk
    desk.store.close()


def test_what_is_due_is_visited_and_kept(desk: Desk) -> None:
    desk.web.serve(A.url, rss("One", "Two")).serve(B.url, rss("Three", host="b.example"))
    polls = desk.poll()
    assert desk.titles() == ["One", "Three", "Two"]
    assert [len(polls[name].saves) for name in "AB"] == [2, 1]


def test_a_second_poll_asks_conditionally_and_changes_nothing(desk: Desk) -> None:
    desk.web.serve(A.url, rss("One")).serve(B.url, rss("Two"))
    desk.poll()
    desk.store.make_due(desk.clock())
    polls = desk.poll()
    assert all(isinstance(polled.result, Unchanged) for polled in polls.values())
    assert all(request.validators is not None for request in desk.web.requests[2:])


def test_only_what_is_new_in_a_document_is_refined(desk: Desk) -> None:
    desk.web.serve(A.url, rss("One", "Two")).serve(B.url, rss())
    desk.poll()
    desk.web.serve(A.url, rss("One", "Two", "Three"))
    desk.store.make_due(desk.clock())
    result = desk.poll()["A"].result
    assert isinstance(result, Harvest)
    assert (result.entries, [candidate.article.title for candidate in result.candidates]) == (3, ["Three"])


def test_the_one_entry_of_a_document_is_known_by_its_text_though_it_was_not_the_newest(desk: Desk) -> None:
    words = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"

    def document(guid: str, day: int, *more: str) -> str:
        old = f"<item><title>Old</title><guid>{guid}</guid><description>{words}</description>"
        date = f"<pubDate>{day} Nov 2026 00:00:00 GMT</pubDate></item>"
        return f"<rss version='2.0'><channel><title>a</title>{''.join(more)}{old}{date}</channel></rss>"

    news = [
        f"<item><title>New {n}</title><guid>{n}</guid><pubDate>{n} Nov 2026 12:00:00 GMT</pubDate></item>"
        for n in range(12, 20)
    ]
    desk.web.serve(A.url, document("old", 10, *news)).serve(B.url, rss())
    desk.poll()
    desk.web.serve(A.url, document("another", 21))
    desk.store.make_due(desk.clock())
    [save] = desk.poll()["A"].saves
    assert save.replaces is not None


def test_nothing_is_due_twice(desk: Desk) -> None:
    desk.web.serve(A.url, rss("One")).serve(B.url, rss("Two"))
    desk.poll()
    assert desk.poll() == {}


def test_a_failing_source_does_not_disturb_the_others(desk: Desk) -> None:
    desk.web.fail(A.url).serve(B.url, rss("One"))
    polls = desk.poll()
    assert isinstance(polls["A"].result, Failed)
    assert desk.titles() == ["One"]
    assert [status.failures for status in desk.store.status()] == [1, 0]


def test_a_fault_of_ours_is_recorded_on_its_source_and_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.web.explode(A.url, ZeroDivisionError("ours")).serve(B.url, rss("One"))
    result = desk.poll()["A"].result
    assert isinstance(result, Failed)
    assert result.failed.failure is Failure.OURS
    assert "ZeroDivisionError" in caplog.text
    assert desk.titles() == ["One"]


def test_a_page_that_is_no_feed_is_a_failure_with_words(desk: Desk) -> None:
    desk.web.serve(A.url, "<!doctype html><title>Just a moment...</title><p>Checking your browser")
    desk.web.serve(B.url, rss())
    result = desk.poll()["A"].result
    assert isinstance(result, Failed)
    assert result.failed.failure is Failure.NOT_A_FEED
    assert "Just a moment" in result.failed.detail


def test_a_source_that_fails_again_and_again_is_asked_less_and_less(desk: Desk) -> None:
    desk.web.fail(A.url).serve(B.url, rss())
    waits = []
    for _ in range(6):
        wait = desk.poll()["A"].next_poll.interval
        waits.append(wait)
        desk.clock.pass_(wait + timedelta(days=2))
    assert waits == sorted(waits)
    assert waits[0] < waits[-1] <= Limits().max


def test_a_feed_that_is_gone_is_not_asked_again(desk: Desk) -> None:
    desk.web.fail(A.url, Failure.GONE).serve(B.url, rss())
    desk.poll()
    desk.clock.pass_(timedelta(days=1000))
    assert "A" not in desk.poll()


def test_a_fault_of_the_store_reaches_the_caller(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(record: Record) -> None:
        raise StoreBusyError("articles.db is held by another process")

    desk.web.serve(A.url, rss("One")).serve(B.url, rss("Two"))
    monkeypatch.setattr(desk.store, "record", refuse)
    with pytest.raises(StoreBusyError):
        desk.poll()


def test_more_sources_than_threads_are_all_visited(desk: Desk) -> None:
    many = [a_source(f"https://{number}.example/feed", name=str(number)) for number in range(50)]
    desk.follow(*many)
    for source in many:
        desk.web.serve(source.url, rss(source.name, host=f"{source.name}.example"))
    assert len(desk.poll()) == 50
    assert len(desk.titles()) == 50


def test_stopping_gives_back_what_was_not_visited(desk: Desk) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slow(request):
        asked.set()
        go_on.wait(10)
        raise AssertionError("what was cut off says nothing about the source")

    desk.web.fetch = slow
    poller = desk.poller(concurrency=1)
    poller.start_due(desk.clock())
    asked.wait(10)
    stopping = threading.Thread(target=poller.stop)
    stopping.start()
    while not poller._stopping:
        pass
    go_on.set()
    stopping.join(10)
    assert desk.store.holders() == ()
    assert desk.store.count_due(due_by=desk.clock(), now=desk.clock()) == 2


def test_a_feed_that_moved_for_good_is_asked_at_its_new_address_after_a_week(desk: Desk) -> None:
    new = "https://new.example/feed"
    desk.web.move(A.url, new).serve(new, rss("One")).serve(B.url, rss())
    for _ in range(9):
        desk.store.make_due(desk.clock())
        desk.poll()
        desk.clock.pass_(timedelta(days=1))
    assert [request.url for request in desk.web.requests if request.url != B.url][-1] == new
    [status] = [status for status in desk.store.status() if status.name == "A"]
    assert (status.url, status.moved_to, status.articles) == (A.url, new, 1)


def test_a_retry_after_with_a_document_is_obeyed_beyond_the_longest_interval(desk: Desk) -> None:
    later = desk.clock() + timedelta(days=3)
    desk.web.serve(A.url, rss("One")).serve(B.url, rss())
    answer = desk.web.fetch
    desk.web.fetch = lambda request: replace(answer(request), retry_after=later)
    assert desk.poll()["A"].next_poll.at >= later > desk.clock() + Limits().max


def test_one_story_in_two_sources_is_merged(desk: Desk) -> None:
    desk.web.serve(A.url, rss("Same")).serve(B.url, rss("Same"))
    polls = desk.poll()
    assert sum(save.joins for polled in polls.values() for save in polled.saves) == 1
    assert len(desk.store.stories([A.id, B.id], 10)) == 1


def of_one_host(count: int, **other) -> list[Source]:
    return [a_source(f"https://www.a.example/{number}", name=f"A{number}", **other) for number in range(count)]


def test_a_429_holds_back_every_source_of_its_host(desk: Desk) -> None:
    many = of_one_host(12)
    other = a_source("https://a.example/own-limit", name="own", rate_limit="feed")
    desk.follow(*many, other, B)
    hour = desk.clock() + timedelta(hours=1)
    for source in many:
        desk.web.refuse(source.url, 429, retry_after=hour)
    desk.web.serve(other.url, rss("One")).serve(B.url, rss("Two"))
    polls = desk.poll(per_host=1)
    assert {"own", "B"} < set(polls)
    assert len(polls) == 3, "one of the twelve was told, the others were not asked"
    statuses = {status.name: status for status in desk.store.status()}
    waits = sorted(statuses[source.name].next_poll for source in many)
    assert waits[0] >= hour
    assert len(set(waits)) >= 11, "they do not come back in one burst"
    assert waits[-1] <= hour + timedelta(hours=1)
    assert sum("429" in statuses[source.name].why_next for source in many) == 11
    assert sum(status.failures for status in statuses.values()) == 1
    assert desk.store.holders() == ()


def test_a_429_holds_back_its_feed_alone_where_that_is_configured(desk: Desk) -> None:
    many = of_one_host(4, rate_limit="feed")
    desk.follow(*many)
    desk.web.refuse(many[0].url, 429, retry_after=desk.clock() + timedelta(hours=1))
    for source in many[1:]:
        desk.web.serve(source.url, rss(source.name))
    assert len(desk.poll(per_host=1)) == 4


def test_a_feed_that_is_refused_time_and_again_does_not_keep_its_host_silent(desk: Desk) -> None:
    bad, good = of_one_host(2)
    desk.follow(bad, good)
    desk.web.refuse(bad.url, 429).serve(good.url, rss("One"))
    asked = 0
    for _ in range(30):
        asked += "A1" in desk.poll(per_host=1)
        desk.clock.now = min(status.next_poll for status in desk.store.status() if status.configured)
    assert asked >= 4


def test_no_more_visits_at_a_host_than_connections_are_allowed(desk: Desk) -> None:
    desk.follow(*of_one_host(10))
    lock, now, most = threading.Lock(), 0, 0

    def fetch(request):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.01)
        with lock:
            now -= 1
        return FetchFailed(url=request.url, failure=Failure.TIMEOUT, detail="")

    desk.web.fetch = fetch
    desk.poll(per_host=3)
    assert 1 <= most <= 3


def test_a_secret_reaches_neither_problem_nor_status(desk: Desk) -> None:
    secret = a_source(
        "https://a.example/f?key=s3cret",
        name="A",
        public_url="https://a.example/f?key=${KEY}",
        secrets=(("s3cret", "${KEY}"),),
    )
    desk.follow(secret)
    desk.web.refuse(secret.url, 404, detail="nothing at https://a.example/f?key=s3cret")
    failed = desk.poll()["A"].result.failed
    assert failed.url == "https://a.example/f?key=${KEY}"
    status = desk.store.status()[0]
    assert status.problem.endswith("nothing at https://a.example/f?key=${KEY}")
    assert "s3cret" not in repr(status)


def test_headers_of_the_owner_do_not_move_to_another_origin() -> None:
    source = a_source("https://me:pw@a.example/f", headers=(("Authorization", "Bearer x"),))
    assert moved(source, source.url) == source
    assert moved(source, "https://a.example/new").headers == source.headers
    assert moved(source, "https://b.example/f").headers == ()
    assert moved(source, "http://a.example/f").headers == ()


def test_what_one_visit_wrote_is_known_to_the_next_of_its_batch(desk: Desk) -> None:
    """Visits are recorded many at a time; two that bring one story must still be one."""
    many = [a_source(f"https://{number}.example/feed", name=str(number)) for number in range(30)]
    desk.follow(*many)
    for source in many:
        desk.web.serve(source.url, rss("Same", source.name))
    polls = desk.poll()
    assert sum(save.joins for polled in polls.values() for save in polled.saves) == 29
    assert len(desk.store.stories([source.id for source in many], 100)) == 31
