"""Which state of a WebSub subscription follows from what event (W3C WebSub), and what it is worth to polling.

    begin ─► asking ─► verify ─► renew at three quarters of the lease
               │  ╲
            refuse  deny        back off; the polls go on as if there were no hub
    leave ─► asking ─► the hub asks whether we mean it ─► gone, or given up

A request counts as failed until the hub confirms it: a crash in between, a hub that takes requests and forgets them,
and one that says no are all the same to a reader.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from aggregator.model.exchange import Failure, FetchFailed
from aggregator.model.outcome import NextPoll, Save
from aggregator.model.subscription import LEASE_WANTED, Question, Subscription, Token, Topic

SHORTEST_LEASE = timedelta(minutes=5)  # renewing more often than that costs more than polling
LONGEST_LEASE = timedelta(days=90)  # hubs forget, too
USUAL_LEASE = timedelta(days=1)  # of a hub that does not say: PubSubHubbub 0.3 allows that
PATIENCE = timedelta(hours=1)  # for a hub to confirm what it took
AFTER_SILENCE = timedelta(days=1)  # at most so long between two tries at a hub that does not answer
AFTER_REFUSAL = timedelta(days=7)  # and at one that says no: it means it
TRIES_TO_LEAVE = 3
LATE = timedelta(minutes=10)  # what is older than that when a poll finds it should have been delivered
WORST = 3  # deliveries that must come in time before a hub that often failed is trusted again
SPARING = 12  # a trusted hub's source is asked so many times more seldom
_METHODS = ("sha1", "sha256", "sha384", "sha512")  # section 7.1
_LEAST_SIGNED = 20  # bytes of the shortest of them


# asking the hub


def begin(topic: Topic, *, base: str, token: Token, secret: str, now: datetime) -> Subscription:
    """A subscription that is about to be asked for. `base` ends in "/"."""
    return Subscription(
        token=token,
        secret=secret,
        callback=f"{base}websub/{token}",
        source=topic.source,
        hub=topic.hub,
        topic=topic.topic,
        next_request=now,
    )


def form(subscription: Subscription) -> bytes:
    """The request to the hub (section 5.1).

    The specification would rather have no secret sent in the clear. Without one, whoever learns the callback's address
    could put articles into our feeds; with one, they would have to read along as well.
    """
    fields = {
        "hub.callback": subscription.callback,
        "hub.mode": "unsubscribe" if subscription.leaving else "subscribe",
        "hub.topic": subscription.topic,
        "hub.verify": "async",  # PubSubHubbub 0.3 wants it; later hubs ignore what they do not know
    }
    if not subscription.leaving:
        fields["hub.lease_seconds"] = str(int(LEASE_WANTED.total_seconds()))
        fields["hub.secret"] = subscription.secret
    return urlencode(fields).encode()


def asking(subscription: Subscription, now: datetime) -> Subscription:
    """The request is about to be sent."""
    failures = subscription.failures + 1
    wait = max(PATIENCE, _doubled(timedelta(minutes=5), failures, AFTER_SILENCE))
    return replace(subscription, failures=failures, next_request=now + wait)


def refuse(subscription: Subscription, failed: FetchFailed, now: datetime, chance: float) -> Subscription:
    """The hub said no, or nothing. If it confirmed in the meantime, that is what counts."""
    if subscription.failures == 0:
        return subscription
    wait = _back_off(failed, subscription.failures) * (0.75 + 0.5 * chance)
    if failed.retry_after is not None:
        wait = max(wait, failed.retry_after - now)
    return replace(subscription, next_request=now + wait, problem=f"{failed.failure}: {failed.detail}"[:300])


def put_off(subscription: Subscription, now: datetime) -> Subscription:
    """The request was never sent, and that says nothing about the hub."""
    return replace(subscription, failures=max(0, subscription.failures - 1), next_request=now + timedelta(minutes=1))


def leave(subscription: Subscription, now: datetime) -> Subscription:
    """The source is no longer followed, or has another hub."""
    return replace(subscription, leaving=True, next_request=now, failures=0, problem=None)


def is_given_up(subscription: Subscription) -> bool:
    """We wanted to leave, and the hub would not hear of it: it will see that nobody answers (410)."""
    return subscription.leaving and subscription.failures >= TRIES_TO_LEAVE


def _back_off(failed: FetchFailed, failures: int) -> timedelta:
    refused = failed.status is not None and 400 <= failed.status < 500 and failed.status not in (408, 429)
    if refused or failed.failure in (Failure.BLOCKED, Failure.PROTOCOL, Failure.REDIRECT):
        return _doubled(timedelta(hours=1), failures, AFTER_REFUSAL)
    return _doubled(timedelta(minutes=5), failures, AFTER_SILENCE)


def _doubled(first: timedelta, failures: int, most: timedelta) -> timedelta:
    return min(most, first * (1 << min(max(failures - 1, 0), 16)))


# the hub asks back


def agrees(subscription: Subscription, question: Question) -> bool:
    """Whether we want what the hub is about to do (section 5.3).

    A hub may ask again what we have confirmed: those of PubSubHubbub 0.4 do so to renew.
    """
    if question.topic != subscription.topic or not question.challenge:
        return False
    if question.mode == "subscribe":
        return not subscription.leaving and lease_of(question.lease) is not None
    return question.mode == "unsubscribe" and subscription.leaving


def lease_of(text: str | None) -> timedelta | None:
    """How long the hub will deliver; None if that makes no sense."""
    if text is None:
        return USUAL_LEASE
    if not (text.isascii() and text.isdigit()):
        return None
    lease = timedelta(seconds=int(text)) if len(text) < 9 else LONGEST_LEASE
    return min(lease, LONGEST_LEASE) if lease >= SHORTEST_LEASE else None


def verify(subscription: Subscription, lease: timedelta, now: datetime, chance: float) -> Subscription:
    """The hub will deliver for the time of the lease."""
    goes_on = subscription.lease_until is not None and now < subscription.lease_until
    return replace(
        subscription,
        lease_until=now + lease,
        verified=subscription.verified if goes_on else now,
        next_request=now + lease * (0.65 + 0.15 * chance),  # the rest is for a hub that is down when we renew
        failures=0,
        problem=None,
    )


def deny(subscription: Subscription, reason: str, now: datetime) -> Subscription:
    """The hub will not deliver, whatever it said before (section 5.2)."""
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in reason[:200]).split())
    return replace(
        subscription,
        lease_until=None,
        next_request=now + AFTER_REFUSAL,
        failures=max(1, subscription.failures),
        problem=f"denied by the hub: {words}" if words else "denied by the hub",
    )


def lapse(subscription: Subscription, now: datetime) -> Subscription:
    """The time of the lease is over, and the hub has not agreed to another."""
    over = subscription.lease_until is not None and subscription.lease_until <= now
    return replace(subscription, lease_until=None) if over else subscription


# the hub delivers


def is_signed(secret: str, body: bytes, signature: str | None) -> bool:
    """Whether X-Hub-Signature proves that the sender knows our secret (section 7.1); takes as long for a near miss."""
    method, _, given = (signature or "").strip().partition("=")
    method = method.strip().lower()
    if method not in _METHODS:
        return False
    try:
        digest = bytes.fromhex(given.strip())
    except ValueError:
        return False
    return len(digest) >= _LEAST_SIGNED and hmac.compare_digest(hmac.digest(secret.encode(), body, method), digest)


def is_same_resource(topic: str, url: str) -> bool:
    """Whether a topic's documents are the source's own: some feeds name another one as `self`, by mistake or not."""
    return _essence(topic) == _essence(url)


def deliver(subscription: Subscription, news: int, now: datetime) -> Subscription:
    """A signed delivery brought so many articles that no poll had found."""
    return replace(subscription, last_delivery=now, missed=max(0, subscription.missed - (news > 0)))


def _essence(url: str) -> tuple[str, str, str]:
    """A URL without what two names of one document often differ in."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower().removeprefix("www.")
    return host.removesuffix(":443").removesuffix(":80"), parts.path.rstrip("/"), parts.query


# what it means for polling


def is_trusted(subscription: Subscription, now: datetime) -> bool:
    """Whether news will come without being asked for.

    The hub has agreed, has delivered before, keeps renewing, and no poll has found what it should have brought.
    """
    return (
        not subscription.leaving
        and subscription.lease_until is not None
        and now < subscription.lease_until
        and subscription.last_delivery is not None
        and subscription.failures == 0
        and subscription.missed == 0
    )


def missed(subscription: Subscription, saves: Iterable[Save], now: datetime) -> int:
    """`Subscription.missed` after a poll that brought these articles."""
    if subscription.lease_until is None or subscription.verified is None or now >= subscription.lease_until:
        return subscription.missed
    fresh = (save.article.date for save in saves if save.replaces is None)
    late = any(date is not None and subscription.verified < date < now - LATE for date in fresh)
    return min(WORST, subscription.missed + late)


def stretch(due: NextPoll, hub: str, longest: timedelta) -> NextPoll:
    """The next poll of a source whose hub is trusted: a check, so that a hub that falls silent is found out.

    In proportion to what it would be without a hub: a busy source that is no longer pushed must not wait for a day.
    """
    interval = max(due.interval, min(due.interval * SPARING, longest))
    host = urlsplit(hub).hostname or hub
    return NextPoll(
        at=due.at + (interval - due.interval), reason=f"pushed by {host}; polled as a check", interval=interval
    )
