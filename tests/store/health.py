"""What every store does with events."""

from __future__ import annotations

from datetime import timedelta

from aggregator.model.health import Event, Told
from aggregator.store import Store
from tests.builders import NOW, a_record, a_source

EVENT = Event(kind="broken", at=NOW, source=a_source().id, name="News", title="News cannot be read", text="timeout")


class HealthContract:
    """Mixed into a store's tests beside `StoreContract`."""

    def test_of_a_source_that_nothing_was_said_of_nothing_is_told(self, store: Store) -> None:
        assert store.told(a_source().id) == Told()
        assert store.events() == []

    def test_what_a_visit_made_happen_is_written_with_it(self, store: Store) -> None:
        store.sync([a_source()], NOW)
        told = Told(trouble="broken", moved_to="https://b.example/", flooded_at=NOW)
        store.record(a_record(events=(EVENT,), told=told))
        assert store.told(a_source().id) == told
        assert [event for _, event in store.events()] == [EVENT]
        store.record(a_record())
        assert store.told(a_source().id) == told

    def test_the_newest_events_come_first_and_keep_their_numbers(self, store: Store) -> None:
        ours = Event(kind="storage", at=NOW + timedelta(hours=1), source=None, name="us", title="Full", text="disk")
        store.tell([EVENT])
        [(number, _)] = store.events()
        store.tell([ours])
        assert store.events()[1] == (number, EVENT)
        assert store.events()[0][1] == ours

    def test_the_events_that_are_kept_are_bounded(self, store: Store) -> None:
        store.tell([EVENT] * 900)
        store.tell([EVENT])
        assert len(store.events()) == 500
