"""What is remembered of WebSub subscriptions: a part of the `Store` contract."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from aggregator.model.outcome import FeedFacts, Save
from aggregator.model.source import SourceId
from aggregator.model.subscription import Subscription, Token, Topic

Change = Callable[[Subscription], Subscription | None]
"""What becomes of a subscription; None: it is forgotten. Called while nobody else can write."""


class Subscriptions(Protocol):
    """Each verb is one transaction. A source has at most one subscription that it is not leaving."""

    def unsubscribed(self) -> list[Topic]:
        """What configured sources announce and have no subscription for."""

    def obsolete(self, base: str) -> list[Subscription]:
        """Subscriptions, not yet being left, of sources that are no longer configured or announce something else, and
        those whose callbacks are not below this address."""

    def subscriptions_due(self, now: datetime) -> list[Subscription]:
        """Those whose hub is to be asked by now, and those whose lease has ended; the longest due first."""

    def subscribe(self, subscription: Subscription) -> None:
        """Keep a new one."""

    def subscription(self, token: Token) -> Subscription | None:
        """The one with this token."""

    def subscription_of(self, source: SourceId) -> Subscription | None:
        """The one of this source that it is not leaving."""

    def change_subscription(self, token: Token, change: Change) -> Subscription | None:
        """Apply a change; what it is now, None if there is none (any more)."""

    def deliver(self, token: Token, saves: Sequence[Save], change: Change, at: datetime) -> None:
        """Keep the articles that were delivered, and change the subscription. Nothing else of the source is touched:
        its validators, digest and known entries vouch for the document that was polled, not for this one."""

    def forget_subscriptions(self) -> None:
        """Drop all of them."""

    def facts(self, source: SourceId) -> FeedFacts:
        """What the last polled document said of itself, as far as it is kept."""

    def dates_since(self, source: SourceId, time: datetime) -> list[datetime]:
        """The dates of the articles of a source that were first seen after this time."""

    def poll_by(self, source: SourceId, at: datetime, why: str) -> None:
        """A source that is not failing is polled by then; one that is due earlier stays due earlier."""

    def poll_subscribed_by(self, at: datetime, why: str) -> None:
        """The same for every source that has a lease."""
