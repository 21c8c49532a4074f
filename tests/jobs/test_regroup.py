"""Judging all stories again: what is told of it meanwhile, and what is left when it does not come to its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.jobs.regroup import STEP, compared, judge_all, take_over
from aggregator.jobs.stories import join_stories
from aggregator.model.story import Judgement
from aggregator.store import Store
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, a_record, a_save, a_source, an_article

TEXT = (
    "<p>The harbour authority in Galway approved a new pier after months of argument about what it would cost, and" * 2
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = SqliteStore(tmp_path / "a.db")
    store.sync([a_source()], NOW)
    for number in range(9):
        article = an_article(f"Pier {number}", f"{TEXT} {number}", guid=str(number), link=f"https://x.example/{number}")
        store.record(a_record(a_save(article, first_seen=NOW - timedelta(hours=number))))
    join_stories(store)
    yield store
    store.close()


@pytest.fixture
def copy(store: Store, tmp_path: Path) -> Iterator[Store]:
    store.backup(tmp_path / "copy.db")
    copy = SqliteStore(tmp_path / "copy.db")
    yield copy
    copy.close()


def test_it_is_told_how_far_judging_and_taking_over_have_come(store: Store, copy: Store) -> None:
    assert list(judge_all(copy)) == [(0, 9), (9, 9)]
    assert compared(store, copy).joined == ()
    article = next(iter(copy.articles()))
    copy.judge([Judgement(article=article.id, source=article.source, keys=tuple(range(2 * STEP)), join=None)])
    total = len(list(copy.story_keys()))
    seen: list[tuple[int, int]] = []
    take_over(store, copy, lambda done, of: seen.append((done, of)))
    assert seen == [(0, total), (STEP, total), (2 * STEP, total), (total, total)]
    assert list(store.story_keys()) == list(copy.story_keys())


def test_what_is_broken_off_leaves_everything_as_it_was(store: Store, copy: Store) -> None:
    before = list(store.story_keys())
    copy.judge_again()

    def broken_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_over(store, copy, broken_off)
    assert list(store.story_keys()) == before
