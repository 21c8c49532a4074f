"""Which state of a subscription follows from what event."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.decide import push
from aggregator.model.exchange import Failure, FetchFailed
from aggregator.model.outcome import NextPoll
from aggregator.model.subscription import Question, Subscription, Token, Topic
from tests.builders import NOW, a_save, a_source, an_article

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOURCE = a_source()
SELF = "https://news.example/feed.xml"
HUB = "https://hub.example/"
ANNOUNCED = Topic(source=SOURCE.id, hub=HUB, topic=SELF)


def a_subscription(**other: Any) -> Subscription:
    begun = push.begin(ANNOUNCED, base="https://me.example/", token=Token("token"), secret="hidden", now=NOW)
    return replace(begun, **other)


def a_live_one(**other: Any) -> Subscription:
    """Verified a day ago, and it has delivered since."""
    verified = push.verify(a_subscription(), 10 * DAY, NOW - DAY, 0.5)
    return replace(verified, **{"last_delivery": NOW - HOUR, **other})


def refusal(status: int | None = None, failure: Failure = Failure.STATUS, **other: Any) -> FetchFailed:
    return FetchFailed(url=HUB, failure=failure, detail="no", status=status, **other)


def asks(mode: str = "subscribe", **other: Any) -> Question:
    return Question(**{"mode": mode, "topic": SELF, "challenge": "c", "lease": "864000", **other})


# asking


def test_a_request_says_all_that_a_hub_needs() -> None:
    fields = parse_qs(push.form(a_subscription()).decode())
    assert fields == {
        "hub.callback": ["https://me.example/websub/token"],
        "hub.mode": ["subscribe"],
        "hub.topic": [SELF],
        "hub.verify": ["async"],
        "hub.lease_seconds": ["864000"],
        "hub.secret": ["hidden"],
    }


def test_leaving_tells_the_hub_no_secret() -> None:
    fields = parse_qs(push.form(push.leave(a_live_one(), NOW)).decode())
    assert fields["hub.mode"] == ["unsubscribe"]
    assert "hub.secret" not in fields


def test_nothing_secret_is_ever_shown() -> None:
    shown = repr(a_subscription(token=Token("unguessable"), callback="https://me.example/websub/unguessable"))
    assert "hidden" not in shown
    assert "unguessable" not in shown


def test_a_request_counts_as_failed_until_it_is_confirmed() -> None:
    asked = push.asking(a_subscription(), NOW)
    assert (asked.failures, asked.next_request) == (1, NOW + HOUR)
    confirmed = push.verify(asked, 10 * DAY, NOW, 0.5)
    assert (confirmed.failures, confirmed.problem, confirmed.lease_until) == (0, None, NOW + 10 * DAY)


def test_a_hub_that_confirms_and_then_stumbles_has_confirmed() -> None:
    confirmed = push.verify(push.asking(a_subscription(), NOW), 10 * DAY, NOW, 0.5)
    assert push.refuse(confirmed, refusal(500), NOW, 0.5) == confirmed


@pytest.mark.parametrize(
    ("failed", "most"),
    [
        (refusal(500), DAY),
        (refusal(failure=Failure.CONNECT), DAY),
        (refusal(429), DAY),
        (refusal(403), 7 * DAY),
        (refusal(failure=Failure.BLOCKED), 7 * DAY),
    ],
)
def test_a_dead_hub_is_asked_less_and_less_and_never_forgotten(failed: FetchFailed, most: timedelta) -> None:
    subscription, waits, now = a_subscription(), [], NOW
    for _ in range(20):
        subscription = push.refuse(push.asking(subscription, now), failed, now, 0.5)
        waits.append(subscription.next_request - now)
        now = subscription.next_request
    assert waits == sorted(waits)
    assert waits[0] < waits[-1] == most
    assert subscription.problem is not None


def test_a_hub_that_asks_for_a_pause_gets_it() -> None:
    failed = refusal(503, retry_after=NOW + 3 * HOUR)
    assert push.refuse(push.asking(a_subscription(), NOW), failed, NOW, 0.5).next_request == NOW + 3 * HOUR


def test_what_was_never_sent_says_nothing_about_the_hub() -> None:
    before = a_live_one()
    after = push.put_off(push.asking(before, NOW), NOW)
    assert (after.failures, after.next_request) == (0, NOW + MINUTE)


def test_leaving_is_given_up_in_the_end() -> None:
    leaving = push.leave(a_live_one(failures=7), NOW)
    tries = 0
    while not push.is_given_up(leaving):
        leaving = push.asking(leaving, NOW)
        tries += 1
    assert tries == 3


# the hub asks back


def test_what_we_asked_for_is_agreed_to_once_and_again() -> None:
    assert push.agrees(push.asking(a_subscription(), NOW), asks())
    assert push.agrees(a_live_one(), asks())


@pytest.mark.parametrize(
    "question",
    [
        asks("unsubscribe"),
        asks("publish"),
        asks(""),
        asks(topic="https://news.example/other"),
        asks(topic=""),
        asks(challenge=""),
        *(asks(lease=lease) for lease in ("", "0", "-5", "299", "1e9", "٥٠٠٠", "9 days", "5000.5")),
    ],
)
def test_what_we_did_not_ask_for_is_not(question: Question) -> None:
    assert not push.agrees(a_live_one(), question)


def test_who_is_leaving_agrees_to_leave_and_to_nothing_else() -> None:
    leaving = push.leave(a_live_one(), NOW)
    assert push.agrees(leaving, asks("unsubscribe", lease=None))
    assert not push.agrees(leaving, asks("subscribe"))


@pytest.mark.parametrize(
    ("text", "lease"),
    [("300", 5 * MINUTE), ("86400", DAY), (None, DAY), ("99999999", 90 * DAY), ("9" * 5_000, 90 * DAY)],
)
def test_a_lease_is_taken_within_reason(text: str | None, lease: timedelta) -> None:
    assert push.lease_of(text) == lease


@given(st.floats(0, 0.999), st.integers(300, 10_000_000))
def test_renewal_comes_well_before_the_end(chance: float, seconds: int) -> None:
    lease = timedelta(seconds=seconds)
    verified = push.verify(a_subscription(), lease, NOW, chance)
    assert NOW + 0.6 * lease < verified.next_request < NOW + 0.81 * lease


def test_a_renewal_is_no_new_beginning_and_a_gap_is() -> None:
    live = a_live_one()
    assert push.verify(live, DAY, NOW, 0.5).verified == live.verified
    lapsed = push.lapse(live, live.lease_until or NOW)
    assert lapsed.lease_until is None
    assert push.verify(lapsed, DAY, NOW, 0.5).verified == NOW


def test_only_what_is_over_lapses() -> None:
    live = a_live_one()
    assert push.lapse(live, NOW) == live


def test_a_denial_ends_it_and_its_reason_is_one_clean_line() -> None:
    denied = push.deny(a_live_one(), "no\n\x1b[31m such\u202e " + "x" * 5_000, NOW)
    assert denied.lease_until is None
    assert denied.next_request == NOW + 7 * DAY
    assert denied.problem is not None
    assert denied.problem.startswith("denied by the hub: no [31m such xxx")
    assert len(denied.problem) < 250
    assert push.deny(a_live_one(), "", NOW).problem == "denied by the hub"


# deliveries


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512", "SHA256"])
def test_a_right_signature_is_right(method: str) -> None:
    digest = hmac.new(b"s", b"body", method.lower()).hexdigest()
    assert push.is_signed("s", b"body", f"{method}={digest}")
    assert push.is_signed("s", b"body", f"{method}={digest.upper()}")


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha1",
        "sha256=",
        "sha1=zz",
        "md5=" + hmac.new(b"s", b"body", "md5").hexdigest(),
        "sha224=" + hmac.new(b"s", b"body", "sha224").hexdigest(),
        "sha256=" + hmac.new(b"other", b"body", "sha256").hexdigest(),
        "sha256=" + hmac.new(b"s", b"other", "sha256").hexdigest(),
        "sha256=" + hashlib.sha256(b"body").hexdigest(),
        "sha256=" + hmac.new(b"s", b"body", "sha1").hexdigest(),
        "sha1=" + hmac.new(b"s", b"body", "sha1").hexdigest()[:-2],
        "é=é",
    ],
)
def test_a_wrong_one_is_wrong(signature: str | None) -> None:
    assert not push.is_signed("s", b"body", signature)


@given(st.text(max_size=200))
def test_no_header_makes_it_stumble(signature: str) -> None:
    assert not push.is_signed("s", b"body", signature)


@pytest.mark.parametrize(
    ("topic", "same"),
    [
        (SELF, True),
        ("http://news.example/feed.xml", True),
        ("https://www.News.example:443/feed.xml/", True),
        ("https://news.example/", False),
        ("https://news.example/feed.xml?category=2", False),
        ("https://evil.example/feed.xml", False),
    ],
)
def test_a_topic_is_the_source_itself_or_another_document(topic: str, same: bool) -> None:
    assert push.is_same_resource(topic, SELF) is same


# polling


def due(interval: timedelta) -> NextPoll:
    return NextPoll(at=NOW + interval, reason="learned", interval=interval)


def test_a_hub_that_has_delivered_is_trusted() -> None:
    assert push.is_trusted(a_live_one(), NOW)


@pytest.mark.parametrize(
    "other",
    [
        {"last_delivery": None},
        {"missed": 1},
        {"failures": 1},
        {"leaving": True},
        {"lease_until": None},
        {"lease_until": NOW},
    ],
)
def test_any_doubt_ends_the_trust(other: dict[str, Any]) -> None:
    assert not push.is_trusted(a_live_one(**other), NOW)


@pytest.mark.parametrize(
    ("normal", "stretched"), [(5 * MINUTE, HOUR), (HOUR, 12 * HOUR), (6 * HOUR, DAY), (2 * DAY, 2 * DAY)]
)
def test_a_pushed_source_is_polled_twelve_times_more_seldom(normal: timedelta, stretched: timedelta) -> None:
    later = push.stretch(due(normal), HUB, DAY)
    assert (later.interval, later.at) == (stretched, NOW + stretched)
    assert later.reason == "pushed by hub.example; polled as a check"


def found(date: datetime, **other: Any) -> Any:
    save = a_save(an_article(date=date))
    return replace(save, **other)


def test_a_poll_that_finds_what_was_not_delivered_is_counted() -> None:
    assert push.missed(a_live_one(), [found(NOW - HOUR)], NOW) == 1
    assert push.missed(a_live_one(missed=3), [found(NOW - HOUR)], NOW) == 3


@pytest.mark.parametrize(
    ("subscription", "save"),
    [
        (a_live_one(), found(NOW - MINUTE)),  # on its way, perhaps
        (a_live_one(), found(NOW - 3 * DAY)),  # older than the subscription
        (a_live_one(), found(NOW - HOUR, replaces=7)),  # an edit: not every hub tells of those
        (a_live_one(lease_until=None), found(NOW - HOUR)),
        (a_live_one(lease_until=NOW), found(NOW - HOUR)),
        (a_subscription(), found(NOW - HOUR)),
    ],
)
def test_nobody_is_blamed_for_what_could_not_have_come(subscription: Subscription, save: Any) -> None:
    assert push.missed(subscription, [save], NOW) == 0


def test_trust_comes_back_with_deliveries_that_are_first() -> None:
    doubtful = a_live_one(missed=2)
    assert push.deliver(doubtful, 0, NOW).missed == 2
    assert push.is_trusted(push.deliver(push.deliver(doubtful, 1, NOW), 3, NOW), NOW)
