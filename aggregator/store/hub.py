"""What is remembered of those who want to hear when a feed of ours changes: a part of the `Store` contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from aggregator.model.hub import Announcement, Listener, Room, Version, Wish


class HubRecords(Protocol):
    """Each verb is one transaction."""

    def keep_wish(self, wish: Wish, room: Room) -> bool:
        """Keep a request in the place of an older one of the same callback and topic; False: there is no room."""

    def wishes_due(self, now: datetime, limit: int, of_host: int) -> list[Wish]:
        """Those to be confirmed now, the longest due first, those never tried before the others; of one host no more
        than so many."""

    def put_off_wish(self, wish: Wish) -> None:
        """It is tried again; nothing happens if another has taken its place."""

    def drop_wish(self, wish: Wish) -> None:
        """It is done with, or given up; one that has taken its place stays."""

    def grant(self, wish: Wish, listener: Listener, room: Room) -> bool:
        """The wish has become a subscription, or has renewed one; False, and nothing is kept: there is no room."""

    def listener(self, callback: str, topic: str) -> Listener | None:
        """The subscription of this callback to this topic."""

    def keep_listener(self, listener: Listener) -> None:
        """What became of a subscription by a delivery; its lease and its secret stay as they are, and one that has
        ended meanwhile stays so."""

    def drop_listener(self, callback: str, topic: str) -> None:
        """It is over."""

    def drop_expired(self, now: datetime) -> int:
        """End the subscriptions whose lease is over; how many they were."""

    def listened_to(self) -> frozenset[str]:
        """The names of documents that somebody has subscribed to."""

    def count_listeners(self) -> tuple[int, int]:
        """How many subscriptions there are, and how many of them did not take what they were sent last."""

    def listeners_of(self, document: str) -> list[Listener]:
        """All of one document."""

    def listeners_due(self, now: datetime, limit: int, of_host: int) -> list[Listener]:
        """Those who have not been told the present version of their document, those who never failed first; of one
        host no more than so many."""

    def versions(self) -> dict[str, Version]:
        """The version of each document that `note_versions` was told of last."""

    def note_versions(self, versions: Mapping[str, Version], now: datetime) -> None:
        """These documents are now at these versions. One that is new here counts as announced."""

    def announcements_due(self, now: datetime, limit: int) -> list[Announcement]:
        """Documents whose present version was not announced, the longest due first."""

    def announced(self, announcement: Announcement) -> None:
        """The hub was told of this version."""

    def put_off_announcement(self, announcement: Announcement) -> None:
        """The hub could not be told."""

    def forget_documents(self, documents: Sequence[str]) -> None:
        """These are no longer published."""
