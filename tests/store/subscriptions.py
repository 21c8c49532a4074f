"""What every store must do for subscriptions; a part of the contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aggregator.decide.push import begin, verify
from aggregator.model.errors import StoreError
from aggregator.model.exchange import Failure, FetchFailed
from aggregator.model.outcome import Failed
from aggregator.model.source import Source, Validators
from aggregator.model.subscription import Subscription, Token, Topic
from aggregator.store import Store
from tests.builders import NOW, a_harvest, a_record, a_save, a_source, an_article, some_facts

A = a_source()
B = a_source("https://other.example/rss", name="Other", category=("world",))
HUB = "https://hub.example/"
BASE = "https://me.example/"
LATER = NOW + timedelta(minutes=1)


def announced(source: Source = A, hub: str | None = HUB, self_url: str | None = A.url, **other: Any) -> Any:
    return a_record(source=source, result=a_harvest(source, facts=some_facts(hub=hub, self_url=self_url)), **other)


def a_subscription(token: str = "token", source: Source = A, **other: Any) -> Subscription:
    topic = Topic(source=source.id, hub=HUB, topic=A.url)
    return replace(begin(topic, base=BASE, token=Token(token), secret="hidden", now=NOW), **other)


class SubscriptionsContract:
    """Each test reads as a sentence about a store."""

    @pytest.fixture
    def followed(self, make_store: Callable[[], Store]) -> Store:
        """It follows two sources, of which the first has announced a hub."""
        store = make_store()
        store.sync([A, B], NOW)
        store.record(announced())
        store.record(a_record(source=B))
        return store

    def test_what_announces_a_hub_is_to_be_subscribed_until_it_is(self, followed: Store) -> None:
        assert followed.unsubscribed() == [Topic(source=A.id, hub=HUB, topic=A.url)]
        followed.subscribe(a_subscription())
        assert followed.unsubscribed() == []
        assert followed.obsolete(BASE) == []

    def test_a_document_without_self_is_its_own_topic(self, followed: Store) -> None:
        followed.record(announced(self_url=None))
        assert followed.unsubscribed()[0].topic == A.url

    def test_what_is_no_address_on_the_web_is_no_topic(self, followed: Store) -> None:
        harvest = a_harvest(A, facts=some_facts(hub=HUB), url="file:///feed.xml")
        followed.record(a_record(result=harvest))
        assert followed.unsubscribed() == []

    def test_a_304_takes_back_no_announcement_and_a_document_does(self, followed: Store) -> None:
        failed = FetchFailed(url=A.url, failure=Failure.TIMEOUT, detail="20 s")
        followed.record(a_record(result=Failed(source=A.id, failed=failed)))
        assert len(followed.unsubscribed()) == 1
        followed.record(announced(hub=None))
        assert followed.unsubscribed() == []

    @pytest.mark.parametrize("change", ["gone", "no hub", "other hub", "other topic", "other base"])
    def test_a_subscription_is_obsolete_when_it_is_no_longer_wanted(self, followed: Store, change: str) -> None:
        followed.subscribe(a_subscription())
        if change == "gone":
            followed.sync([B], NOW)
        elif change != "other base":
            hub = {"no hub": None, "other hub": "https://other-hub.example/"}.get(change, HUB)
            followed.record(announced(hub=hub, self_url="https://x.example/" if change == "other topic" else A.url))
        base = "https://moved.example/" if change == "other base" else BASE
        assert [found.token for found in followed.obsolete(base)] == ["token"]

    def test_what_is_being_left_is_not_obsolete_again_and_makes_room(self, followed: Store) -> None:
        followed.subscribe(a_subscription(leaving=True))
        followed.sync([B], NOW)
        assert followed.obsolete(BASE) == []
        followed.sync([A, B], NOW)
        assert len(followed.unsubscribed()) == 1
        followed.subscribe(a_subscription("another"))
        found = followed.subscription_of(A.id)
        assert found is not None
        assert found.token == "another"

    def test_a_source_has_one_subscription_at_a_time(self, followed: Store) -> None:
        followed.subscribe(a_subscription())
        with pytest.raises(StoreError):
            followed.subscribe(a_subscription("another"))

    def test_a_subscription_comes_back_as_it_was_kept(self, followed: Store) -> None:
        full = a_subscription(
            failures=2,
            problem="took too long",
            lease_until=LATER,
            verified=NOW,
            last_delivery=NOW,
            missed=1,
        )
        followed.subscribe(full)
        assert followed.subscription(full.token) == full
        assert followed.subscription(Token("unknown")) is None
        assert followed.subscription_of(B.id) is None

    def test_it_is_due_when_its_hub_is_to_be_asked_or_its_lease_has_ended(self, followed: Store) -> None:
        followed.subscribe(a_subscription("later", next_request=LATER))
        assert followed.subscriptions_due(NOW) == []
        assert [found.token for found in followed.subscriptions_due(LATER)] == ["later"]
        far = timedelta(days=9)
        followed.subscribe(a_subscription("lapsed", B, next_request=NOW + far, lease_until=NOW))
        assert [found.token for found in followed.subscriptions_due(NOW)] == ["lapsed"]

    def test_a_change_is_applied_to_what_is_there(self, followed: Store) -> None:
        followed.subscribe(a_subscription())
        token = Token("token")
        changed = followed.change_subscription(token, lambda found: verify(found, timedelta(days=1), NOW, 0.5))
        assert changed == followed.subscription(token)
        assert changed is not None
        assert changed.lease_until == NOW + timedelta(days=1)
        assert followed.change_subscription(token, lambda found: None) is None
        assert followed.subscription(token) is None
        assert followed.change_subscription(token, lambda found: found) is None

    def test_a_delivery_adds_articles_and_vouches_for_nothing(self, followed: Store) -> None:
        validators = Validators(url=A.url, etag='"1"')
        known = frozenset((b"12345678",))
        harvest = a_harvest(validators=validators, known=known, facts=some_facts(hub=HUB, self_url=A.url))
        followed.record(a_record(result=harvest))
        followed.subscribe(a_subscription())
        followed.mark_published(followed.unpublished())
        followed.deliver(Token("token"), [a_save()], lambda found: replace(found, last_delivery=LATER), LATER)
        assert [stored.article.title for stored in followed.articles()] == ["A title"]
        assert set(followed.unpublished()) == {A.id}
        found = followed.subscription(Token("token"))
        assert found is not None
        assert found.last_delivery == LATER
        due = NOW + timedelta(hours=1)
        [claim] = [
            claim
            for claim in followed.claim(due_by=due, holder="me", now=due, until=due + timedelta(minutes=9), limit=9)
            if claim.source == A.id
        ]
        assert (claim.validators, claim.known, claim.body_digest) == (validators, known, b"digest of the body")
        assert claim.last_success == NOW

    def test_a_delivery_for_nobody_is_not_kept(self, followed: Store) -> None:
        followed.deliver(Token("unknown"), [a_save()], lambda found: found, NOW)
        assert list(followed.articles()) == []

    def test_what_a_poll_missed_is_written_with_it(self, followed: Store) -> None:
        followed.subscribe(a_subscription())
        followed.record(announced(missed=2))
        followed.record(announced())
        found = followed.subscription_of(A.id)
        assert found is not None
        assert found.missed == 2

    def test_the_facts_of_the_last_document_are_kept(self, followed: Store) -> None:
        facts = followed.facts(A.id)
        assert (facts.title, facts.link) == ("Example News – Front", "https://news.example/")
        assert (facts.hub, facts.self_url) == (HUB, A.url)

    def test_dates_of_what_came_since(self, followed: Store) -> None:
        first, second = (an_article(guid=guid, link=f"https://x.example/{guid}") for guid in "12")
        followed.record(announced(saves=(a_save(first),)))
        followed.record(announced(saves=(a_save(second, first_seen=LATER),)))
        assert followed.dates_since(A.id, NOW) == [second.date]
        assert followed.dates_since(B.id, NOW) == []

    def test_a_source_can_be_asked_earlier_and_never_later(self, followed: Store) -> None:
        followed.poll_by(A.id, LATER, "news")
        followed.poll_by(A.id, LATER + timedelta(minutes=5), "later news")
        status = {status.id: status for status in followed.status()}
        assert (status[A.id].next_poll, status[A.id].why_next) == (LATER, "news")
        assert status[B.id].next_poll == NOW + timedelta(hours=1)

    def test_taking_over_the_configuration_again_does_not_hasten_what_is_pushed(self, followed: Store) -> None:
        often = replace(A, every=timedelta(minutes=1))
        followed.subscribe(a_subscription(lease_until=LATER))
        followed.sync([often, B], NOW)
        assert followed.status()[0].next_poll == NOW + timedelta(hours=1)
        followed.change_subscription(Token("token"), lambda found: replace(found, missed=1))
        followed.sync([often, B], NOW)
        assert followed.status()[0].next_poll == NOW + timedelta(minutes=1)

    def test_a_source_that_fails_keeps_its_pause(self, followed: Store) -> None:
        failed = FetchFailed(url=A.url, failure=Failure.TIMEOUT, detail="20 s")
        followed.record(a_record(result=Failed(source=A.id, failed=failed)))
        followed.poll_by(A.id, LATER, "news")
        assert followed.status()[0].next_poll == NOW + timedelta(hours=1)

    def test_all_with_a_lease_can_be_asked_earlier(self, followed: Store) -> None:
        followed.record(announced(B))
        followed.subscribe(a_subscription(lease_until=LATER))
        followed.subscribe(a_subscription("unverified", B))
        followed.poll_subscribed_by(LATER, "we were away")
        assert {status.name: status.next_poll == LATER for status in followed.status()} == {
            A.name: True,
            B.name: False,
        }

    def test_the_status_says_who_pushes_and_nothing_secret(self, followed: Store) -> None:
        followed.subscribe(a_subscription(lease_until=LATER, last_delivery=NOW))
        pushed, other = followed.status()
        assert pushed.push is not None
        assert (pushed.push.hub, pushed.push.is_live(NOW), pushed.push.is_live(LATER)) == (HUB, True, False)
        assert other.push is None
        assert "hidden" not in repr(pushed)

    def test_all_can_be_forgotten(self, followed: Store) -> None:
        followed.subscribe(a_subscription())
        followed.forget_subscriptions()
        assert followed.subscription_of(A.id) is None
        assert len(followed.unsubscribed()) == 1
