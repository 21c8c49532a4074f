"""The price of a poll follows what was spent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.decide.pace import first_theta
from aggregator.jobs.budget import retune, theta_of
from aggregator.store.sqlite import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "articles.db")
    yield store
    store.close()


def test_the_first_price_is_that_of_a_mixed_list(store: SqliteStore) -> None:
    assert theta_of(store, 24) == first_theta(24)


def test_who_spends_too_much_pays_more(store: SqliteStore) -> None:
    before = theta_of(store, 24)
    assert retune(store, polls=200, sources=100, budget=24) > before


def test_who_spends_too_little_pays_less(store: SqliteStore) -> None:
    before = theta_of(store, 24)
    assert retune(store, polls=50, sources=100, budget=24) < before


def test_the_price_is_remembered(store: SqliteStore) -> None:
    assert retune(store, polls=200, sources=100, budget=24) == theta_of(store, 24)


def test_only_the_last_day_counts(store: SqliteStore) -> None:
    for _ in range(48):
        retune(store, polls=1000, sources=100, budget=24)
    for _ in range(24):
        before = theta_of(store, 24)
        retune(store, polls=10, sources=100, budget=24)
    assert theta_of(store, 24) < before
