"""What every store must do for our own hub; a part of the contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from aggregator.model.hub import Listener, Room, Wish
from aggregator.store import Store
from tests.builders import NOW

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
ROOM = Room()
DOCUMENT = "feeds/tech.atom"


def a_wish(callback: str = "https://a.example/1", **other: Any) -> Wish:
    usual = Wish(
        mode="subscribe",
        callback=callback,
        host="a.example:443",
        topic=f"https://me.example/{DOCUMENT}",
        document=DOCUMENT,
        lease=HOUR,
        secret="hidden",
        challenge=f"challenge for {callback}",
        next_try=NOW,
    )
    return replace(usual, **other)


def a_listener(callback: str = "https://a.example/1", **other: Any) -> Listener:
    usual = Listener(
        callback=callback,
        host="a.example:443",
        topic=f"https://me.example/{DOCUMENT}",
        document=DOCUMENT,
        secret="hidden",
        lease_until=NOW + HOUR,
        told="old",
        next_try=NOW,
    )
    return replace(usual, **other)


def granted(store: Store, *listeners: Listener) -> Store:
    for listener in listeners:
        assert store.grant(a_wish(listener.callback), listener, ROOM)
    return store


class HubContract:
    """Each test reads as a sentence about a store."""

    def test_a_wish_comes_back_as_it_was_kept_until_it_is_dropped(self, make_store: Callable[[], Store]) -> None:
        store = make_store()
        assert store.keep_wish(a_wish(), ROOM)
        assert store.wishes_due(NOW, 10, 10) == [a_wish()]
        store.put_off_wish(a_wish(tries=1, next_try=NOW + HOUR))
        assert store.wishes_due(NOW, 10, 10) == []
        store.drop_wish(a_wish())
        assert store.wishes_due(NOW + HOUR, 10, 10) == []

    def test_the_last_wish_of_a_callback_counts(self, make_store: Callable[[], Store]) -> None:
        store = make_store()
        store.keep_wish(a_wish(), ROOM)
        later = a_wish(mode="unsubscribe", challenge="another")
        store.keep_wish(later, ROOM)
        store.drop_wish(a_wish())  # the answer to the first one comes late
        assert store.wishes_due(NOW, 10, 10) == [later]

    def test_there_is_room_for_so_many_wishes_in_all_and_of_a_host(self, make_store: Callable[[], Store]) -> None:
        store = make_store()
        room = Room(wishes=3, wishes_per_host=2)
        assert store.keep_wish(a_wish("1"), room)
        assert store.keep_wish(a_wish("2"), room)
        assert not store.keep_wish(a_wish("3"), room)
        assert store.keep_wish(a_wish("2", secret="new"), room)
        assert store.keep_wish(a_wish("3", host="b.example:443"), room)
        assert not store.keep_wish(a_wish("4", host="c.example:443"), room)

    def test_of_one_host_only_some_are_due_at_a_time(self, make_store: Callable[[], Store]) -> None:
        store = make_store()
        for number in range(5):
            store.keep_wish(a_wish(f"a{number}"), ROOM)
        store.keep_wish(a_wish("b", host="b.example:443", next_try=NOW + SECOND), ROOM)
        assert {wish.host for wish in store.wishes_due(NOW + SECOND, 3, 2)} == {"a.example:443", "b.example:443"}

    def test_a_granted_wish_is_a_subscription(self, make_store: Callable[[], Store]) -> None:
        store = make_store()
        store.keep_wish(a_wish(), ROOM)
        assert store.grant(a_wish(), a_listener(), ROOM)
        assert store.wishes_due(NOW, 10, 10) == []
        assert store.listener("https://a.example/1", a_wish().topic) == a_listener()
        assert store.listened_to() == {DOCUMENT}
        assert store.listeners_of(DOCUMENT) == [a_listener()]

    def test_there_is_room_for_so_many_subscriptions(self, make_store: Callable[[], Store]) -> None:
        store = make_store()
        room = Room(listeners=2, listeners_per_host=1)
        assert store.grant(a_wish("1"), a_listener("1"), room)
        assert not store.grant(a_wish("2"), a_listener("2"), room)
        assert store.grant(a_wish("1"), a_listener("1", secret="new"), room)
        assert store.grant(a_wish("3"), a_listener("3", host="b"), room)
        assert not store.grant(a_wish("4"), a_listener("4", host="c"), room)

    def test_who_renews_is_still_told_what_was_not_delivered(self, make_store: Callable[[], Store]) -> None:
        store = granted(make_store(), a_listener())
        store.keep_listener(a_listener(failures=3, failing_since=NOW, next_try=NOW + HOUR))
        granted(store, a_listener(told="new", lease_until=NOW + 2 * HOUR, secret="another"))
        renewed = a_listener(lease_until=NOW + 2 * HOUR, secret="another")
        assert store.listener(renewed.callback, renewed.topic) == renewed

    def test_who_has_not_the_present_version_is_to_be_told(self, make_store: Callable[[], Store]) -> None:
        store = granted(make_store(), a_listener())
        assert store.listeners_due(NOW, 10, 10) == []
        store.note_versions({DOCUMENT: "old"}, NOW)
        assert store.listeners_due(NOW, 10, 10) == []
        store.note_versions({DOCUMENT: "new"}, NOW)
        assert store.listeners_due(NOW, 10, 10) == [a_listener()]
        store.keep_listener(a_listener(told="new"))
        assert store.listeners_due(NOW, 10, 10) == []

    def test_those_who_failed_wait_for_those_who_did_not(self, make_store: Callable[[], Store]) -> None:
        store = granted(make_store(), a_listener("1"), a_listener("2"), a_listener("3", host="b"))
        store.note_versions({DOCUMENT: "new"}, NOW)
        store.keep_listener(a_listener("1", failures=1, next_try=NOW - HOUR, failing_since=NOW))
        assert [one.callback for one in store.listeners_due(NOW, 10, 10)][-1] == "1"
        assert sorted(one.callback for one in store.listeners_due(NOW, 10, 1)) == ["2", "3"]

    def test_a_subscription_ends_with_its_lease(self, make_store: Callable[[], Store]) -> None:
        store = granted(make_store(), a_listener())
        store.note_versions({DOCUMENT: "new"}, NOW)
        assert store.drop_expired(NOW) == 0
        assert store.listeners_due(NOW + HOUR, 10, 10) == []
        assert store.drop_expired(NOW + HOUR) == 1
        store.keep_listener(a_listener())  # a delivery ends after it
        assert store.listened_to() == frozenset()

    def test_who_leaves_is_gone(self, make_store: Callable[[], Store]) -> None:
        store = granted(make_store(), a_listener())
        store.drop_listener(a_listener().callback, a_listener().topic)
        assert store.listened_to() == frozenset()

    def test_a_document_is_announced_when_it_changes_but_not_when_it_is_new(
        self, make_store: Callable[[], Store]
    ) -> None:
        store = make_store()
        store.note_versions({DOCUMENT: "one"}, NOW)
        assert store.announcements_due(NOW, 10) == []
        store.note_versions({DOCUMENT: "two"}, NOW)
        (due,) = store.announcements_due(NOW, 10)
        assert (due.document, due.version, due.failures) == (DOCUMENT, "two", 0)
        store.put_off_announcement(replace(due, failures=1, next_try=NOW + HOUR))
        assert store.announcements_due(NOW, 10) == []
        store.note_versions({DOCUMENT: "three"}, NOW)
        store.announced(due)  # of "two"
        assert [one.version for one in store.announcements_due(NOW + HOUR, 10)] == ["three"]
        assert store.versions() == {DOCUMENT: "three"}

    def test_what_is_no_longer_published_is_forgotten(self, make_store: Callable[[], Store]) -> None:
        store = granted(make_store(), a_listener())
        store.keep_wish(a_wish("2"), ROOM)
        store.note_versions({DOCUMENT: "one"}, NOW)
        store.forget_documents([DOCUMENT])
        assert store.listened_to() == frozenset()
        assert store.wishes_due(NOW, 10, 10) == []
        assert store.versions() == {}

    def test_subscriptions_are_counted_and_those_that_fail(self, make_store: Callable[[], Store]) -> None:
        store = make_store()
        assert store.count_listeners() == (0, 0)
        granted(store, a_listener(), a_listener("https://a.example/2"))
        store.keep_listener(a_listener(failures=3, failing_since=NOW))
        assert store.count_listeners() == (2, 1)
