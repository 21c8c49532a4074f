"""Subscriptions from an announcement to deliveries: real store, real rooms, a fake hub."""

from __future__ import annotations

import hmac
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from aggregator.decide.pace import Limits
from aggregator.jobs.poll import Doors, Pacing, Poller
from aggregator.jobs.subscribe import Lines, Subscriber
from aggregator.model.errors import StoreBusyError
from aggregator.model.exchange import Failure, Fetched, FetchFailed, FetchResult, Request
from aggregator.model.source import Source
from aggregator.model.status import SourceStatus
from aggregator.model.subscription import Delivery, Question, Receipt, Subscription, Token, lease_in_words
from aggregator.store.sqlite import SqliteStore
from tests.builders import a_source
from tests.fakes import FakeClock, FakeWeb

HUB = "https://hub.example/hub"
BASE = "https://me.example/"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
A = a_source("https://a.example/feed", name="A", every=HOUR)


def atom(*titles: str, self_url: str = A.url, hub: str | None = HUB, body: str = "About it.", title: str = "A") -> str:
    entries = "".join(
        f"<entry><id>{name}</id><title>{name}</title><link href='https://a.example/{name}'/>"
        f"<updated>2026-11-23T08:00:00Z</updated><content>{body}</content></entry>"
        for name in titles
    )
    links = f"<link rel='self' href='{self_url}'/>" + (f"<link rel='hub' href='{hub}'/>" if hub else "")
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{title}</title>{links}{entries}</feed>"


@dataclass
class FakeHub:
    """Remembers what it was asked, and answers as it is told to."""

    asked: list[dict[str, str]] = field(default_factory=list)
    failure: FetchFailed | None = None
    then: list[threading.Event] = field(default_factory=list)

    def post(self, request: Request) -> FetchResult:
        assert request.form is not None
        assert request.url == HUB
        self.asked.append({name: values[0] for name, values in parse_qs(request.form.decode()).items()})
        return self.failure or Fetched(url=request.url, body=b"")

    def fail(self, failure: Failure = Failure.CONNECT, status: int | None = None) -> None:
        self.failure = FetchFailed(url=HUB, failure=failure, detail="as the test wishes", status=status)


class Desk:
    """All that takes part."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(folder / "articles.db")
        self.web, self.hub, self.clock = FakeWeb(), FakeHub(), FakeClock()
        self.secrets = iter(f"secret-{number:036}" for number in range(100))
        self.follow(A)

    def follow(self, *sources: Source, base: str = BASE) -> None:
        self.sources = {source.id: source for source in self.store.sync(sources, self.clock())}
        doors = Doors(
            fetch=self.web.fetch,
            hang_up=lambda: None,
            clock=self.clock,
            chance=lambda: 0.0,
            holder="me",
            listener=lambda polled: None,
        )
        pacing = Pacing(limits=Limits(), theta=0.001)
        self.poller = Poller(self.store, self.sources, pacing, doors, concurrency=2)
        lines = Lines(
            post=self.hub.post,
            clock=self.clock,
            chance=lambda: 0.5,
            make_secret=lambda: next(self.secrets),
            desk=self.poller.at_desk,
        )
        self.subscriber = Subscriber(self.store, self.sources, lines, base=base, settle=5 * MINUTE)

    def poll(self) -> None:
        self.poller.start_due(self.clock())
        self.poller.wait()

    def tend(self) -> None:
        """Tend, and wait until every hub was asked."""
        self.subscriber.tend()
        settled = threading.Event()
        while self.subscriber._asking:
            settled.wait(0.005)

    def subscribe(self) -> Token:
        """From nothing to a verified subscription."""
        self.web.serve(A.url, atom("One"))
        self.poll()
        self.tend()
        return self.verify()

    def verify(self, lease: timedelta = 10 * DAY, **other: str) -> Token:
        request = self.hub.asked[-1]
        token = Token(request["hub.callback"].rpartition("/")[2])
        question = Question(
            mode=request["hub.mode"],
            topic=request["hub.topic"],
            challenge="challenge",
            lease=str(int(lease.total_seconds())),
        )
        assert self.subscriber.answer(token, replace(question, **other)) == "challenge"
        return token

    def deliver(self, token: Token, document: str, secret: str | None = None) -> Receipt:
        body = document.encode()
        key = secret or self.the(token).secret
        signature = "sha256=" + hmac.new(key.encode(), body, "sha256").hexdigest()
        return self.subscriber.take(
            token, Delivery(body=body, content_type="application/atom+xml", signature=signature)
        )

    def the(self, token: Token) -> Subscription:
        found = self.store.subscription(token)
        assert found is not None
        return found

    def titles(self) -> list[str]:
        return sorted(stored.article.title for stored in self.store.articles())

    @property
    def status(self) -> SourceStatus:
        return self.store.status()[0]

    @property
    def wait(self) -> timedelta:
        """Until the next poll."""
        assert self.status.next_poll is not None
        return self.status.next_poll - self.clock()

    def close(self) -> None:
        self.poller.stop()
        self.subscriber.stop()
        self.store.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def test_a_source_that_announces_a_hub_is_subscribed(desk: Desk) -> None:
    token = desk.subscribe()
    [request] = desk.hub.asked
    assert request["hub.mode"] == "subscribe"
    assert request["hub.topic"] == A.url
    assert request["hub.callback"] == f"{BASE}websub/{token}"
    assert request["hub.secret"] == desk.the(token).secret
    assert desk.the(token).lease_until == desk.clock() + 10 * DAY
    desk.tend()
    assert len(desk.hub.asked) == 1


def test_a_source_without_a_hub_is_not(desk: Desk) -> None:
    desk.web.serve(A.url, atom("One", hub=None))
    desk.poll()
    desk.tend()
    assert desk.hub.asked == []


def test_a_hub_may_ask_back_before_it_answers(desk: Desk) -> None:
    accept = desk.hub.post

    def ask_back(request: Request) -> FetchResult:
        result = accept(request)
        desk.verify()
        return result

    desk.hub.post = ask_back  # type: ignore[method-assign]
    desk.follow(A)
    desk.web.serve(A.url, atom("One"))
    desk.poll()
    desk.tend()
    subscription = desk.store.subscription_of(A.id)
    assert subscription is not None
    assert (subscription.failures, subscription.lease_until) == (0, desk.clock() + 10 * DAY)


def test_only_what_we_asked_for_is_confirmed(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    token = desk.subscribe()
    good = Question(mode="subscribe", topic=A.url, challenge="c", lease="86400")
    assert desk.subscriber.answer(token, good) == "c"
    for wrong in (
        replace(good, mode="unsubscribe"),
        replace(good, topic="https://evil.example/"),
        replace(good, lease="1"),
    ):
        assert desk.subscriber.answer(token, wrong) is None
    assert desk.subscriber.answer(Token("guess"), good) is None
    assert token not in caplog.text


def test_a_delivery_is_in_the_store_when_it_is_receipted(desk: Desk) -> None:
    token = desk.subscribe()
    assert desk.deliver(token, atom("Two")) is Receipt.TAKEN
    assert desk.titles() == ["One", "Two"]
    assert desk.the(token).last_delivery == desk.clock()


def test_a_delivery_is_not_taken_for_the_whole_document(desk: Desk) -> None:
    token = desk.subscribe()
    desk.deliver(token, atom("Two"))
    desk.clock.pass_(2 * DAY)
    desk.poll()
    assert desk.web.requests[-1].validators is not None
    assert desk.titles() == ["One", "Two"]
    assert desk.the(token).missed == 0


def test_what_was_delivered_is_nothing_new_to_the_next_poll(desk: Desk) -> None:
    token = desk.subscribe()
    desk.deliver(token, atom("Two", title="Somebody's own title"))
    [two] = [stored for stored in desk.store.articles() if stored.article.title == "Two"]
    desk.web.serve(A.url, atom("Two", "One"))
    desk.clock.pass_(2 * DAY)
    desk.poll()
    [again] = [stored for stored in desk.store.articles() if stored.article.title == "Two"]
    assert again == two
    assert again.article.categories[-1] == "A"


def test_a_wrong_signature_is_ignored_and_said_once(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    token = desk.subscribe()
    for _ in range(3):
        assert desk.deliver(token, atom("Forged"), secret="guessed") is Receipt.TAKEN
    assert desk.subscriber.take(token, Delivery(body=atom("Forged").encode())) is Receipt.TAKEN
    assert desk.titles() == ["One"]
    assert desk.the(token).last_delivery is None
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING] == [
        "A: a delivery has a wrong signature, and is ignored"
    ]


def test_nobody_delivers_to_what_we_do_not_know(desk: Desk) -> None:
    desk.subscribe()
    assert not desk.subscriber.knows(Token("guess"))
    assert desk.subscriber.take(Token("guess"), Delivery(body=b"x")) is Receipt.GONE


def test_secrets_are_never_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = desk.subscribe()
    desk.deliver(token, atom("Two"))
    desk.deliver(token, atom("Forged"), secret="guessed")
    desk.hub.fail()
    desk.clock.pass_(8 * DAY)
    desk.tend()
    assert "pushed by" in caplog.text
    assert " for 10 days" in caplog.text
    assert desk.the(token).secret not in caplog.text
    assert token not in caplog.text


def test_a_delivery_that_changes_an_article_has_the_source_asked(desk: Desk) -> None:
    token = desk.subscribe()
    desk.deliver(token, atom("One", body="Short."))
    assert desk.titles() == ["One"]
    assert [stored.article.body for stored in desk.store.articles()] == ["<p>About it.</p>"]
    assert desk.wait == 5 * MINUTE


def test_a_delivery_without_a_text_is_kept_and_has_the_source_asked(desk: Desk) -> None:
    token = desk.subscribe()
    desk.deliver(token, atom("Video", body=""))
    assert desk.titles() == ["One", "Video"]
    assert desk.wait == 5 * MINUTE


@pytest.mark.parametrize("document", ["", "<html>ping", "{"])
def test_a_delivery_that_is_no_feed_is_a_hint(desk: Desk, document: str) -> None:
    token = desk.subscribe()
    assert desk.deliver(token, document) is Receipt.TAKEN
    assert desk.wait == timedelta(0)


def test_the_document_of_another_address_is_a_hint_only(desk: Desk) -> None:
    desk.web.serve(A.url, atom("One", self_url="https://a.example/everything"))
    desk.poll()
    desk.tend()
    token = desk.verify()
    assert desk.deliver(token, atom("Elsewhere")) is Receipt.TAKEN
    assert desk.titles() == ["One"]
    assert desk.wait == timedelta(0)


def test_a_database_that_is_busy_leaves_the_delivery_to_the_hub(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    token = desk.subscribe()

    def refuse(*_: object) -> None:
        raise StoreBusyError("articles.db is held by another process")

    with monkeypatch.context() as broken:
        broken.setattr(desk.store, "deliver", refuse)
        assert desk.deliver(token, atom("Two")) is Receipt.BUSY
    assert desk.deliver(token, atom("Two")) is Receipt.TAKEN


def test_the_same_news_from_hub_and_poll_is_kept_once(desk: Desk) -> None:
    token = desk.subscribe()
    names = [f"N{number}" for number in range(30)]
    desk.web.serve(A.url, atom("One", *names))
    desk.store.make_due(desk.clock())
    senders = [threading.Thread(target=desk.deliver, args=(token, atom(name))) for name in names]
    for sender in senders:
        sender.start()
    desk.poll()
    for sender in senders:
        sender.join()
    assert desk.titles() == sorted(["One", *names])


# polling meanwhile


def next_wait(desk: Desk) -> timedelta:
    desk.store.make_due(desk.clock())
    desk.poll()
    return desk.wait


def test_a_source_is_polled_rarely_once_its_hub_has_delivered(desk: Desk) -> None:
    token = desk.subscribe()
    assert next_wait(desk) == HOUR
    desk.deliver(token, atom("Two"))
    assert next_wait(desk) == 12 * HOUR
    assert desk.status.why_next == "pushed by hub.example; polled as a check"
    assert desk.status.push is not None
    assert desk.status.push.is_live(desk.clock())


def test_a_hub_that_falls_silent_is_found_out_and_may_win_back_its_trust(desk: Desk) -> None:
    token = desk.subscribe()
    desk.deliver(token, atom("Two"))
    next_wait(desk)
    desk.clock.pass_(DAY)
    missing = atom("Missing", "Two", "One").replace("2026-11-23T08", "2026-11-24T08", 1)
    desk.web.serve(A.url, missing)
    desk.poll()
    assert (desk.the(token).missed, desk.wait) == (1, HOUR)
    desk.deliver(token, atom("Three"))
    assert next_wait(desk) == 12 * HOUR


def test_the_pace_knows_of_what_was_delivered(desk: Desk) -> None:
    desk.follow(replace(A, every=None))
    token = desk.subscribe()
    quiet = next_wait(desk)
    for number in range(40):
        desk.clock.pass_(30 * MINUTE)
        desk.deliver(token, atom(f"N{number}"))
    desk.store.change_subscription(token, lambda found: replace(found, missed=3))
    assert next_wait(desk) < quiet


# the rest of its life


def test_a_lease_is_renewed_before_its_end(desk: Desk) -> None:
    token = desk.subscribe()
    desk.clock.pass_(6 * DAY)
    desk.tend()
    assert len(desk.hub.asked) == 1
    desk.clock.pass_(2 * DAY)
    desk.tend()
    assert [request["hub.mode"] for request in desk.hub.asked] == ["subscribe", "subscribe"]
    assert desk.hub.asked[0] == desk.hub.asked[1]
    assert desk.verify() == token
    assert desk.the(token).lease_until == desk.clock() + 10 * DAY


def test_a_hub_that_dies_is_asked_again_and_polling_goes_on(desk: Desk) -> None:
    token = desk.subscribe()
    desk.deliver(token, atom("Two"))
    next_wait(desk)
    desk.hub.fail()
    desk.clock.pass_(8 * DAY)
    desk.tend()
    assert desk.wait <= timedelta(0)
    assert next_wait(desk) == HOUR
    for _ in range(30):
        desk.clock.pass_(DAY)
        desk.tend()
    assert 10 < len(desk.hub.asked) < 40
    assert desk.the(token).lease_until is None
    assert desk.status.push is not None
    assert desk.status.push.problem == "no connection: as the test wishes"
    desk.hub.failure = None
    desk.clock.pass_(2 * DAY)
    desk.tend()
    desk.verify()
    assert desk.the(token).lease_until == desk.clock() + 10 * DAY


def test_a_hub_that_takes_requests_and_forgets_them_is_asked_less_and_less(desk: Desk) -> None:
    desk.web.serve(A.url, atom("One"))
    desk.poll()
    for _ in range(20 * 24):
        desk.tend()
        desk.clock.pass_(HOUR)
    assert 15 < len(desk.hub.asked) < 40


def test_a_denial_is_heard(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    token = desk.subscribe()
    desk.deliver(token, atom("Two"))
    next_wait(desk)
    denial = Question(mode="denied", topic=A.url, reason="too many subscribers")
    assert desk.subscriber.answer(token, replace(denial, topic="https://other.example/")) is None
    assert desk.subscriber.answer(token, denial) == ""
    assert "denied by the hub: too many subscribers" in caplog.text
    assert desk.wait == timedelta(0)
    assert next_wait(desk) == HOUR
    desk.clock.pass_(6 * DAY)
    desk.tend()
    assert len(desk.hub.asked) == 1


def test_a_source_that_is_no_longer_followed_leaves_politely(desk: Desk) -> None:
    token = desk.subscribe()
    desk.follow()
    desk.tend()
    assert desk.hub.asked[-1]["hub.mode"] == "unsubscribe"
    assert desk.deliver(token, atom("Two")) is Receipt.GONE
    desk.verify()
    assert not desk.subscriber.knows(token)
    desk.clock.pass_(DAY)
    desk.tend()
    assert len(desk.hub.asked) == 2


def test_who_is_not_let_go_goes(desk: Desk) -> None:
    token = desk.subscribe()
    desk.follow()
    desk.hub.fail(Failure.STATUS, 400)
    for _ in range(10):
        desk.tend()
        desk.clock.pass_(DAY)
    assert [request["hub.mode"] for request in desk.hub.asked] == ["subscribe", *["unsubscribe"] * 3]
    assert not desk.subscriber.knows(token)


def test_another_topic_is_another_subscription_with_other_secrets(desk: Desk) -> None:
    token = desk.subscribe()
    desk.web.serve(A.url, atom("One", "Two", self_url="http://a.example/feed"))
    desk.store.make_due(desk.clock())
    desk.poll()
    desk.tend()
    assert sorted(request["hub.mode"] for request in desk.hub.asked[1:]) == ["subscribe", "unsubscribe"]
    found = desk.store.subscription_of(A.id)
    assert found is not None
    assert found.token != token
    assert found.secret != desk.the(token).secret


def test_another_address_of_ours_is_another_subscription(desk: Desk) -> None:
    desk.subscribe()
    desk.follow(A, base="https://moved.example/agg/")
    desk.tend()
    callbacks = {request["hub.mode"]: request["hub.callback"] for request in desk.hub.asked[1:]}
    assert callbacks["subscribe"].startswith("https://moved.example/agg/websub/")
    assert callbacks["unsubscribe"].startswith(BASE)


def test_after_a_stop_what_may_have_been_missed_is_polled_for(desk: Desk) -> None:
    token = desk.subscribe()
    desk.deliver(token, atom("Two"))
    next_wait(desk)
    desk.subscriber.catch_up()
    assert desk.wait == timedelta(0)


def test_what_is_cut_off_by_a_stop_says_nothing_about_the_hub(desk: Desk) -> None:
    desk.web.serve(A.url, atom("One"))
    desk.poll()
    desk.hub.fail(Failure.OURS)
    desk.tend()
    found = desk.store.subscription_of(A.id)
    assert found is not None
    assert (found.failures, found.problem) == (0, None)


def test_nothing_is_asked_after_a_stop(desk: Desk) -> None:
    desk.web.serve(A.url, atom("One"))
    desk.poll()
    desk.subscriber.stop()
    desk.tend()
    assert desk.hub.asked == []


@pytest.mark.parametrize(
    ("lease", "words"),
    [
        (timedelta(days=10), "10 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=1, hours=12), "36 hours"),
        (timedelta(minutes=5), "5 minutes"),
        (timedelta(seconds=90), "90 seconds"),
    ],
)
def test_a_lease_is_said_as_people_say_it(lease: timedelta, words: str) -> None:
    assert lease_in_words(lease) == words
