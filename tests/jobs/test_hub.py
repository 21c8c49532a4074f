"""Our own hub, and a hub elsewhere: real store, real files, callbacks that answer as a test wishes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from aggregator.jobs.hub import AT_ONCE, DOUBTFUL, Herald, OwnHub, Wires
from aggregator.jobs.ledger import hub_status
from aggregator.model.exchange import Failure, Fetched, FetchFailed, FetchResult, Request
from aggregator.model.hub import Hub, Listener, NoRoom, Refusal, Room, Taken, Wish
from aggregator.publish.files import publish
from aggregator.store.sqlite import SqliteStore
from tests.fakes import FakeClock
from tests.waiting import PATIENCE, until

BASE = "https://me.example/"
DOCUMENT = "feeds/tech.atom"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

Answer = Callable[[Request], FetchResult]


def confirm(request: Request) -> FetchResult:
    fields = parse_qs(urlsplit(request.url).query)
    return Fetched(url=request.url, body=fields.get("hub.challenge", [""])[0].encode())


def fail(failure: Failure = Failure.TIMEOUT, status: int | None = None) -> Answer:
    return lambda request: FetchFailed(url=request.url, failure=failure, detail="as the test wishes", status=status)


class Street:
    """The hub and its neighbours, by their addresses."""

    def __init__(self, folder: Path, room: Room) -> None:
        self.store, self.clock, self.folder = SqliteStore(folder / "db"), FakeClock(), folder / "public"
        self.answers: dict[str, Answer] = {}
        self.requests: list[Request] = []
        self.documents = {DOCUMENT}
        numbers = iter(range(1_000_000))
        self.wires = Wires(
            fetch=self.fetch,
            hang_up=lambda: None,
            clock=self.clock,
            chance=lambda: 0.5,
            make_challenge=lambda: f"challenge-{next(numbers)}",
            documents=lambda: self.documents,
        )
        self.write("one")
        self.hub = OwnHub(self.store, Hub(url=f"{BASE}hub", is_ours=True), self.wires, self.folder, BASE, room)

    def write(self, content: str, document: str = DOCUMENT) -> None:
        publish(self.folder, document, content.encode())

    def fetch(self, request: Request) -> FetchResult:
        self.requests.append(request)
        return self.answers.get(request.url.partition("?")[0], confirm)(request)

    def ask(self, callback: str, mode: str = "subscribe", document: str = DOCUMENT) -> object:
        fields = {"hub.mode": mode, "hub.callback": callback, "hub.topic": BASE + document, "hub.secret": "s"}
        return self.hub.take(urlencode(fields).encode())

    def subscribe(self, *callbacks: str) -> None:
        for callback in callbacks:
            assert isinstance(self.ask(callback), Taken)
        self.settle()
        assert {one.callback for one in self.store.listeners_of(DOCUMENT)} >= set(callbacks)

    def settle(self) -> None:
        """Tend, and wait until nobody is spoken to and nothing is due."""
        self.hub.tend()
        until("all have been spoken to", lambda: not self.hub._busy and not self.due())

    def due(self) -> list[object]:
        now = self.clock()
        return [*self.store.listeners_due(now, 1, 1), *self.store.wishes_due(now, 1, 1)]

    def deliveries(self) -> list[str]:
        return [request.url for request in self.requests if request.form is not None]


@pytest.fixture
def make_street(tmp_path: Path) -> Iterator[Callable[..., Street]]:
    made: list[Street] = []

    def make(room: Room = Room()) -> Street:  # noqa: B008 - it is frozen
        made.append(Street(tmp_path, room))
        return made[-1]

    yield make
    for street in made:
        street.hub.stop()
        street.store.close()


@pytest.fixture
def street(make_street: Callable[..., Street]) -> Street:
    return make_street()


A, B = "https://a.example/inbox", "https://b.example/inbox"


def test_a_change_is_delivered_to_each_subscriber_once(street: Street) -> None:
    street.subscribe(A, B)
    street.settle()
    assert street.deliveries() == []
    street.write("two")
    street.settle()
    street.settle()
    assert sorted(street.deliveries()) == [A, B]
    assert street.requests[-1].form == b"two"


def test_a_delivery_that_ends_while_somebody_looks_what_is_due_is_not_made_again(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    street.subscribe(A)
    go_on = threading.Event()
    street.answers[A] = lambda request: confirm(request) if go_on.wait(PATIENCE) else fail()(request)
    street.write("two")
    street.hub.tend()
    until("it is being delivered", street.deliveries)
    look = street.store.listeners_due

    def look_slowly(now: datetime, limit: int, of_host: int) -> list[Listener]:
        found = look(now, limit, of_host)
        go_on.set()
        until("it was delivered", lambda: not street.hub._busy)
        return found

    monkeypatch.setattr(street.store, "listeners_due", look_slowly)
    street.hub._dispatch()
    monkeypatch.undo()
    street.settle()
    assert street.deliveries() == [A]


def test_who_asks_while_somebody_looks_what_is_due_need_not_wait_for_the_next_look(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = street.store.wishes_due

    def look_slowly(now: datetime, limit: int, of_host: int) -> list[Wish]:
        found = look(now, limit, of_host)
        monkeypatch.undo()
        assert isinstance(street.ask(A), Taken)
        return found

    monkeypatch.setattr(street.store, "wishes_due", look_slowly)
    street.hub.tend()
    until("it is subscribed", lambda: street.store.listened_to() == {DOCUMENT})


def test_what_was_not_taken_is_tried_again_and_only_the_newest_is_sent(street: Street) -> None:
    street.subscribe(A)
    street.answers[A] = fail(Failure.STATUS, 500)
    street.write("two")
    street.settle()
    street.settle()
    assert len(street.deliveries()) == 1
    street.write("three")
    street.clock.pass_(MINUTE)
    del street.answers[A]
    street.settle()
    assert [request.form for request in street.requests if request.form] == [b"two", b"three"]
    street.clock.pass_(DAY)
    street.settle()
    assert len(street.deliveries()) == 2


def test_who_is_gone_is_told_no_more(street: Street, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    street.subscribe(A)
    street.answers[A] = fail(Failure.GONE, 410)
    street.write("two")
    street.settle()
    assert street.store.listened_to() == frozenset()
    said = [record.getMessage() for record in caplog.records]
    assert any(line.endswith(" for 10 days") for line in said)
    assert said[-1].endswith(" is given up: it wants no more (410)")


def test_who_takes_nothing_for_days_is_dropped(street: Street) -> None:
    street.subscribe(A)
    street.answers[A] = fail()
    street.write("two")
    for _ in range(24):
        street.settle()
        street.clock.pass_(timedelta(hours=6))
    assert street.store.listened_to() == frozenset()
    assert len(street.deliveries()) < 25


def test_a_lease_that_is_not_renewed_ends(street: Street) -> None:
    street.subscribe(A)
    street.clock.pass_(11 * DAY)
    street.write("two")
    street.settle()
    assert street.deliveries() == []
    assert street.store.listened_to() == frozenset()


def test_an_unsubscription_that_nobody_confirms_changes_nothing(street: Street) -> None:
    street.subscribe(A)
    street.answers[A] = lambda request: Fetched(url=request.url, body=b"what?")
    street.ask(A, "unsubscribe")
    street.settle()
    assert street.store.listened_to() == {DOCUMENT}
    del street.answers[A]
    street.ask(A, "unsubscribe")
    street.settle()
    assert street.store.listened_to() == frozenset()


def test_one_who_cannot_be_asked_now_is_asked_a_little_later(street: Street) -> None:
    street.answers[A] = fail()
    street.ask(A)
    street.settle()
    assert street.store.listened_to() == frozenset()
    del street.answers[A]
    street.clock.pass_(2 * MINUTE)
    street.settle()
    assert street.store.listened_to() == {DOCUMENT}


def test_a_document_that_is_not_for_everybody_has_no_subscribers(street: Street) -> None:
    street.write("secret", "feeds/private.atom")
    assert isinstance(street.ask(A, document="feeds/private.atom"), Refusal)
    assert isinstance(street.ask(A, document="feeds/nothing.atom"), Refusal)


def test_subscribers_of_a_feed_that_is_no_more_hear_of_that(street: Street) -> None:
    street.subscribe(A)
    street.documents.clear()
    street.clock.pass_(2 * MINUTE)
    street.settle()
    street.settle()
    assert "hub.mode=denied" in street.requests[-1].url
    assert street.store.listened_to() == frozenset()


def test_there_is_an_end_to_requests(make_street: Callable[..., Street]) -> None:
    street = make_street(Room(wishes=5, wishes_per_host=3))
    for number in range(5):
        street.answers[f"{A}/{number}"] = fail()
    replies = [street.ask(f"{A}/{number}") for number in range(5)]
    assert [type(reply) for reply in replies] == [Taken, Taken, Taken, NoRoom, NoRoom]


def test_a_crowd_of_silent_subscribers_delays_nobody(street: Street) -> None:
    silent = [f"https://silent-{number}.example/" for number in range(3 * AT_ONCE)]
    street.subscribe(*silent, A)
    for callback in silent:
        street.answers[callback] = fail()
    street.write("two")
    street.settle()
    assert A in street.deliveries()
    # From now on it is known who they are; the next time each of them takes all the time that it gets.
    released, held = threading.Event(), []

    def hold(request: Request) -> FetchResult:
        held.append(request.url)
        released.wait(10)
        return fail()(request)

    for callback in silent:
        street.answers[callback] = hold
    street.clock.pass_(MINUTE)
    street.write("three")
    street.hub.tend()
    until("it is delivered", lambda: street.deliveries().count(A) == 2)
    until("others are spoken to", lambda: len(held) >= DOUBTFUL)
    assert len(held) == DOUBTFUL
    for callback in silent:
        street.answers[callback] = fail()
    released.set()


class Elsewhere:
    """A hub that is told."""

    def __init__(self, street: Street) -> None:
        self.street = street
        street.answers["https://hub.example/"] = lambda request: Fetched(url=request.url, body=b"")
        self.herald = Herald(street.store, Hub(url="https://hub.example/"), street.wires, street.folder, BASE)

    def told(self) -> list[str]:
        forms = [request.form for request in self.street.requests if request.form]
        return [parse_qs(form.decode())["hub.url"][0] for form in forms]

    def tend(self) -> None:
        self.herald.tend()
        self.herald._hands.submit(lambda: None).result()


@pytest.fixture
def elsewhere(street: Street) -> Iterator[Elsewhere]:
    elsewhere = Elsewhere(street)
    yield elsewhere
    elsewhere.herald.stop()


def test_a_hub_elsewhere_is_told_of_what_changed_and_of_nothing_else(elsewhere: Elsewhere) -> None:
    street = elsewhere.street
    street.write("other", "feeds/other.atom")
    street.documents.add("feeds/other.atom")
    elsewhere.tend()
    assert elsewhere.told() == []
    street.write("two")
    elsewhere.tend()
    elsewhere.tend()
    assert elsewhere.told() == [BASE + DOCUMENT]


def test_a_hub_elsewhere_that_is_away_is_told_when_it_is_back(elsewhere: Elsewhere) -> None:
    street = elsewhere.street
    elsewhere.tend()
    answer = street.answers["https://hub.example/"]
    street.answers["https://hub.example/"] = fail()
    street.write("two")
    for _ in range(10):
        elsewhere.tend()
    assert len(elsewhere.told()) == 1
    street.answers["https://hub.example/"] = answer
    street.clock.pass_(MINUTE)
    elsewhere.tend()
    assert len(elsewhere.told()) == 2
    street.clock.pass_(DAY)
    elsewhere.tend()
    assert len(elsewhere.told()) == 2


def test_a_hub_elsewhere_that_refuses_one_document_is_told_of_the_others(elsewhere: Elsewhere) -> None:
    street = elsewhere.street
    street.write("a", "feeds/a.atom")
    street.documents.add("feeds/a.atom")
    elsewhere.tend()
    street.answers["https://hub.example/"] = lambda request: (
        fail(Failure.STATUS, 403)(request) if b"a.atom" in (request.form or b"") else Fetched(url="", body=b"")
    )
    street.write("a2", "feeds/a.atom")
    street.write("two")
    elsewhere.tend()
    assert BASE + DOCUMENT in elsewhere.told()
    for _ in range(40):
        street.clock.pass_(DAY)
        elsewhere.tend()
    assert len(elsewhere.told()) < 20
    assert street.store.announcements_due(street.clock(), 10) == []


def test_how_telling_goes_is_written_down_without_anybodys_address(street: Street) -> None:
    hub = Hub(url=f"{BASE}hub", is_ours=True)
    street.subscribe(f"{A}?token=hush", B)
    street.answers[B] = fail(Failure.STATUS, 500)
    street.write("two")
    street.settle()
    street.hub.stop()
    found = hub_status(street.store, hub)
    assert found is not None
    assert (found.listeners, found.failing, found.told, found.failed) == (2, 1, street.clock(), street.clock())
    assert (found.host.partition(":")[0], found.problem) == ("b.example", "refused by the server: 500")
    assert "hush" not in repr(found)
    assert "inbox" not in repr(found)
    assert hub_status(street.store, None) is None
