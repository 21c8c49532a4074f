"""WebSub: hubs bring what is new, so that it need not be asked for (W3C WebSub).

    store ─► decide.push ─► post to the hub          `tend`, again and again
    the hub's question ─► decide.push ─► store       `answer`
    a delivery ─► parse | refine | decide ─► store   `take`

A delivery adds articles, and a poll alone changes them. What a hub sends may hold the newest entry alone, or less of it
than the feed does (YouTube leaves out the description): as a whole document it would make the next poll think that all
else is new, and its short version and the long one would take turns. So what it shows in other words than ours, or
without a text, is asked for at the source a little later.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.decide import push
from aggregator.jobs.poll import intake_of, plan
from aggregator.jobs.rest import Rest
from aggregator.jobs.visit import Fetch, take_in
from aggregator.model.errors import AggregatorError
from aggregator.model.exchange import Failure, Fetched, FetchFailed, Request
from aggregator.model.outcome import Harvest, Save, Verdict
from aggregator.model.source import Errand, Source, SourceId
from aggregator.model.subscription import Delivery, Question, Receipt, Subscription, Token, lease_in_words
from aggregator.store import Store

AT_ONCE = 4  # hubs that are asked at a time
REST = 100  # looking for what is due rests a hundred times as long as it took: with many sources, that is a while

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What comes in from outside."""

    post: Fetch
    clock: Callable[[], datetime]
    chance: Callable[[], float]  # 0 ≤ x < 1
    make_secret: Callable[[], str]  # unguessable, and fit for a URL
    desk: Callable[[Callable[[], None]], Future[None]]  # does it in turn with what polls bring


class Subscriber:
    """Keeps the subscriptions of all sources, and takes what hubs deliver. Thread-safe."""

    def __init__(
        self, store: Store, sources: Mapping[SourceId, Source], lines: Lines, *, base: str, settle: timedelta
    ) -> None:
        """`base` is our address as hubs see it, and ends in "/"; `settle` is the time after which a source is polled
        for what a delivery left open."""
        self._store = store
        self._sources = sources
        self._lines = lines
        self._base = base
        self._settle = settle
        self._hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="subscribe")
        self._lock = threading.Lock()
        self._asking: set[Token] = set()
        self._doubted: set[Token] = set()
        self._rest = Rest(REST)
        self._stopping = False

    # what we ask of hubs

    def catch_up(self) -> None:
        """We were away: whatever hubs tried to deliver then is polled for."""
        self._store.poll_subscribed_by(self._lines.clock(), "deliveries may have been missed while we were stopped")

    def tend(self) -> None:
        """Leave, begin, renew and try again, whatever is due; returns at once. May be called as often as one likes."""
        now = self._lines.clock()
        if not self._rest.is_over(now):
            return
        self._leave_and_begin(now)
        for subscription in self._store.subscriptions_due(now):
            self._attend(subscription, now)
        self._rest.begin(now, self._lines.clock())

    def _leave_and_begin(self, now: datetime) -> None:
        for old in self._store.obsolete(self._base):
            self._store.change_subscription(old.token, lambda found: push.leave(found, now))
        for topic in self._store.unsubscribed():
            if topic.source in self._sources:
                token, secret = Token(self._lines.make_secret()), self._lines.make_secret()
                self._store.subscribe(push.begin(topic, base=self._base, token=token, secret=secret, now=now))

    def retire(self) -> None:
        """Ask nothing more; returns at once."""
        self._stopping = True
        self._hands.shutdown(wait=False, cancel_futures=True)

    def stop(self) -> None:
        """Wait for who is being asked; the client that asks has hung up before."""
        self.retire()
        self._hands.shutdown()

    def _attend(self, subscription: Subscription, now: datetime) -> None:
        if subscription.lease_until is not None and subscription.lease_until <= now:
            self._store.change_subscription(subscription.token, lambda found: push.lapse(found, now))
            self._fall_back(subscription, "its hub's lease has ended")
        if push.is_given_up(subscription):
            self._store.change_subscription(subscription.token, lambda found: None)
        elif subscription.next_request <= now:
            with self._lock:
                if self._stopping or subscription.token in self._asking or len(self._asking) >= 2 * AT_ONCE:
                    return
                self._asking.add(subscription.token)
            self._hands.submit(self._ask_safely, subscription.token)

    def _ask_safely(self, token: Token) -> None:
        try:
            self._ask(token)
        except AggregatorError as error:
            log.error("cannot keep a subscription: %s", error)
        except Exception:
            if not self._stopping:  # then the client may be closed already
                log.exception("asking a hub failed: this is a fault of aggregator")
        finally:
            with self._lock:
                self._asking.discard(token)

    def _ask(self, token: Token) -> None:
        if self._stopping:
            return
        # Written first: a hub may ask back before it has answered.
        asked = self._store.change_subscription(token, lambda found: push.asking(found, self._lines.clock()))
        if asked is None:
            return
        result = self._lines.post(Request(url=asked.hub, form=push.form(asked), accept="*/*"))
        if isinstance(result, FetchFailed):
            self._not_confirmed(asked, result)

    def _not_confirmed(self, asked: Subscription, failed: FetchFailed) -> None:
        now, chance = self._lines.clock(), self._lines.chance()
        if self._stopping or failed.failure is Failure.OURS:
            self._store.change_subscription(asked.token, lambda found: push.put_off(found, now))
            return
        after = self._store.change_subscription(asked.token, lambda found: push.refuse(found, failed, now, chance))
        if after is not None and after.failures:
            log.info("%s: not pushed by %s: %s", self._name(asked), _host(asked), after.problem)
            self._fall_back(asked, "its hub does not answer")

    # what hubs ask of us

    def knows(self, token: Token) -> bool:
        """Whether there is such a subscription."""
        return self._store.subscription(token) is not None

    def answer(self, token: Token, question: Question) -> str | None:
        """What to say to a hub that asks whether we mean it (sections 5.2, 5.3); None: no, or not that we knew."""
        subscription = self._store.subscription(token)
        if subscription is None:
            return None
        if question.mode == "denied" and question.topic == subscription.topic:
            return self._denied(subscription, question.reason)
        if not push.agrees(subscription, question):
            log.warning("%s: %s asks for what we do not want", self._name(subscription), _host(subscription))
            return None
        if subscription.leaving:
            self._store.change_subscription(token, lambda found: None)
        else:
            self._verified(subscription, question)
        return question.challenge

    def _verified(self, subscription: Subscription, question: Question) -> None:
        lease = push.lease_of(question.lease)
        assert lease is not None, "who agrees has looked at the lease"
        now, chance = self._lines.clock(), self._lines.chance()
        self._store.change_subscription(subscription.token, lambda found: push.verify(found, lease, now, chance))
        level = logging.DEBUG if subscription.lease_until else logging.INFO
        log.log(level, "%s: pushed by %s for %s", self._name(subscription), _host(subscription), lease_in_words(lease))

    def _denied(self, subscription: Subscription, reason: str) -> str:
        if subscription.leaving:
            self._store.change_subscription(subscription.token, lambda found: None)
            return ""
        now = self._lines.clock()
        after = self._store.change_subscription(subscription.token, lambda found: push.deny(found, reason, now))
        log.warning("%s: %s", self._name(subscription), after.problem if after else "denied by the hub")
        self._fall_back(subscription, "its hub has ended the subscription")
        return ""

    def _fall_back(self, subscription: Subscription, why: str) -> None:
        """The next poll may be far away, for the hub's sake."""
        if subscription.lease_until is not None and not subscription.leaving:
            self._store.poll_by(subscription.source, self._lines.clock(), why)

    # what hubs deliver

    def take(self, token: Token, delivery: Delivery) -> Receipt:
        """Keep what is new in a delivery; it is stored when this returns `TAKEN`."""
        subscription = self._store.subscription(token)
        source = self._sources.get(subscription.source) if subscription is not None else None
        if subscription is None or subscription.leaving or source is None:
            return Receipt.GONE
        if not push.is_signed(subscription.secret, delivery.body, delivery.signature):
            self._doubt(subscription, delivery)
            return Receipt.TAKEN
        self._doubted.discard(token)
        harvest = self._read(subscription, source, delivery)
        try:
            self._lines.desk(lambda: self._keep(subscription, source, harvest)).result()
        except (AggregatorError, RuntimeError) as error:  # RuntimeError: we are about to stop
            log.error("%s: cannot keep what its hub delivered: %s", source.name, error)
            return Receipt.BUSY
        return Receipt.TAKEN

    def _doubt(self, subscription: Subscription, delivery: Delivery) -> None:
        """Said once, until a delivery is right again: who sends forgeries must not fill the log."""
        if subscription.token not in self._doubted:
            self._doubted.add(subscription.token)
            what = "is not signed" if delivery.signature is None else "has a wrong signature"
            log.warning("%s: a delivery %s, and is ignored", self._name(subscription), what)

    def _read(self, subscription: Subscription, source: Source, delivery: Delivery) -> Harvest | None:
        """The delivered document; None if it is none, or not the source's own: then the delivery is only a hint."""
        if len(delivery.body) > source.max_size or not push.is_same_resource(subscription.topic, source.url):
            return None
        headers = {"content-type": delivery.content_type} if delivery.content_type else {}
        fetched = Fetched(url=source.url, body=delivery.body, headers=headers)
        try:
            result = take_in(
                Errand(source=source, at=self._lines.clock(), ends=self._store.ends(source.id)),
                fetched,
                self._store.facts(source.id),
            )
        except Exception:
            log.exception("reading a delivery for %s failed: this is a fault of aggregator", source.name)
            return None
        return result if isinstance(result, Harvest) else None

    def _keep(self, subscription: Subscription, source: Source, harvest: Harvest | None) -> None:
        now = self._lines.clock()
        intake = intake_of(self._store, source, now)
        with self._store.batch():  # what another process wrote meanwhile is known before it is judged
            saves = plan(self._store, harvest, now, intake) if harvest is not None else ()
            new = [save for save in saves if save.verdict is Verdict.NEW]
            credit = 1 if harvest is None else len(new)
            self._store.deliver(subscription.token, new, lambda found: push.deliver(found, credit, now), now)
        if harvest is None:
            self._store.poll_by(source.id, now, "its hub says that there is news")
        elif len(new) < len(saves) or not all(map(_has_text, new)):
            self._store.poll_by(source.id, now + self._settle, "its hub delivered a part of what is new")
        log.info("%s: %d new, delivered by %s", source.name, len(new), _host(subscription))

    def _name(self, subscription: Subscription) -> str:
        source = self._sources.get(subscription.source)
        return source.name if source is not None else subscription.topic


def _has_text(save: Save) -> bool:
    return bool(save.article.body)


def _host(subscription: Subscription) -> str:
    return urlsplit(subscription.hub).hostname or subscription.hub
