"""A WebSub subscription: what we asked of a hub, what it agreed to, and what it delivers (W3C WebSub, 2018)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from aggregator.model.source import SourceId

Token = NewType("Token", str)
"""The unguessable end of a callback's address; whoever knows it can speak to us about this one subscription."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a source's last document announced (section 4): a hub, and the address to subscribe to there."""

    source: SourceId
    hub: str
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One subscription at one hub. A source whose hub or topic changes gets another one, and leaves this one."""

    token: Token = field(repr=False)
    secret: str = field(repr=False)  # signs what the hub delivers
    callback: str = field(repr=False)  # the whole address, token included
    source: SourceId
    hub: str
    topic: str
    leaving: bool = False  # we want to be rid of it
    next_request: datetime  # when the hub is asked again: to renew, to try once more, to leave
    failures: int = 0  # requests in a row that the hub did not confirm, the one under way included
    problem: str | None = None  # the last failure in words; None while all is well
    lease_until: datetime | None = None  # confirmed until then; None: never, or no longer
    verified: datetime | None = None  # since when the hub delivers without a gap
    last_delivery: datetime | None = None  # that was signed by the hub
    missed: int = 0  # polls that found what had not been delivered, less deliveries that came before a poll did


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a hub asks at the callback before it does anything (section 5.3), or what it tells there (5.2)."""

    mode: str  # subscribe, unsubscribe, denied
    topic: str
    challenge: str = ""
    lease: str | None = None  # hub.lease_seconds as written
    reason: str = ""  # of a denial


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A document that somebody posted to a callback (section 7); not believed until its signature is checked."""

    body: bytes = field(repr=False)
    content_type: str | None = None
    signature: str | None = None  # X-Hub-Signature as sent


class Receipt(StrEnum):
    """What became of a delivery."""

    TAKEN = "taken"  # or ignored: the sender of a forgery does not learn that it was one (section 7.1)
    GONE = "gone"  # we know of no such subscription: the hub may forget it as well
    BUSY = "busy"  # it could not be written now; the hub will try again


@dataclass(frozen=True, slots=True, kw_only=True)
class PushStatus:
    """What an operator asks about a subscription; it holds no secret."""

    hub: str
    lease_until: datetime | None
    last_delivery: datetime | None
    problem: str | None
    missed: int

    def is_live(self, now: datetime) -> bool:
        """The hub has agreed to push, and its lease has not ended."""
        return self.lease_until is not None and now < self.lease_until


LEASE_WANTED = timedelta(days=10)
"""What we ask for; the hub decides (section 5.1)."""


def lease_in_words(lease: timedelta) -> str:
    """For people: "10 days", "36 hours", "5 minutes"; rounded to the largest unit of which it has two, or just one."""
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count, rest = divmod(round(lease.total_seconds()), seconds)
        if count >= 2 or (count == 1 and not rest):
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{round(lease.total_seconds())} seconds"
