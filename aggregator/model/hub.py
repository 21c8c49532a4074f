"""Who is told when a feed of ours changes: subscribers of our own WebSub hub, or a hub elsewhere (W3C WebSub, 2018)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Mode = Literal["subscribe", "unsubscribe", "denied"]

Version = str
"""The SHA-256 of a document, in hex: what one has been told of it, and what there is to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """`publish.hub` — the hub that our feeds announce."""

    url: str
    is_ours: bool = False  # we are the hub ourselves; else it is told, and tells others


@dataclass(frozen=True, slots=True, kw_only=True)
class HubStatus:
    """How telling others is going."""

    hub: Hub
    listeners: int  # of our own hub; a hub elsewhere does not say how many it has
    failing: int  # of these, how many did not take what they were sent last
    told: datetime | None  # when somebody last took news
    failed: datetime | None  # when somebody last did not
    host: str  # who that was, with the port
    problem: str  # and why, in the words of `Failure`


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A request to our hub that is not believed before the callback has confirmed it (section 5.3); or, of mode
    `denied`, the news that a subscription has ended (section 5.2). One per callback and topic: the last one counts."""

    mode: Mode
    callback: str = field(repr=False)  # it may hold a token of the subscriber's
    host: str  # of the callback, with its port
    topic: str  # the address of the document, as the subscriber wrote it
    document: str  # its name below `publish.folder`: "feeds/tech.atom"
    lease: timedelta
    secret: str = field(default="", repr=False)  # signs what is delivered; '': nothing is signed
    challenge: str = field(repr=False)
    tries: int = 0  # that got no answer
    next_try: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A subscription at our hub, confirmed."""

    callback: str = field(repr=False)
    host: str
    topic: str
    document: str
    secret: str = field(default="", repr=False)
    lease_until: datetime
    told: Version  # what was delivered last, or what there was when it was subscribed
    failures: int = 0  # deliveries in a row that were not taken
    failing_since: datetime | None = None
    next_try: datetime  # no delivery before then


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A document that the hub elsewhere has not been told of in its present version."""

    document: str
    version: Version
    failures: int = 0  # in a row, of telling the hub of this document
    next_try: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much our hub keeps at most."""

    wishes: int = 2_000
    wishes_per_host: int = 200
    listeners: int = 20_000
    listeners_per_host: int = 2_000


@dataclass(frozen=True, slots=True)
class Taken:
    """A request to our hub that will be confirmed with its callback."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is not taken, and why, in words for whoever writes the subscriber."""

    words: str


@dataclass(frozen=True, slots=True)
class NoRoom:
    """Too many requests wait to be confirmed."""


Reply = Taken | Refusal | NoRoom
