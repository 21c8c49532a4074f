"""When a permanent redirect is believed."""

from __future__ import annotations

from datetime import timedelta

from aggregator.decide.moves import LASTING, SEVERAL, after_failure, follow
from aggregator.model.source import Move
from tests.builders import NOW

NEW = "https://new.example/feed"


def polled(*targets: str | None, every: timedelta) -> Move | None:
    move = None
    for number, target in enumerate(targets):
        move = follow(move, target, NOW + number * every)
    return move


def test_a_move_is_believed_after_a_week_and_several_polls() -> None:
    move = polled(*[NEW] * 8, every=timedelta(days=1))
    assert move is not None
    assert (move.to, move.adopted, move.since) == (NEW, True, NOW)


def test_many_polls_in_a_day_are_not_enough() -> None:
    move = polled(*[NEW] * 100, every=timedelta(minutes=5))
    assert move is not None
    assert not move.adopted


def test_two_polls_in_a_week_are_not_enough() -> None:
    move = polled(*[NEW] * (SEVERAL - 1), every=LASTING)
    assert move is not None
    assert not move.adopted


def test_a_poll_without_a_redirect_ends_the_story() -> None:
    assert polled(*[NEW] * 5, None, every=timedelta(days=1)) is None


def test_another_target_begins_anew() -> None:
    move = polled(*[NEW] * 7, "https://portal.example/", every=timedelta(days=1))
    assert move == Move(to="https://portal.example/", since=NOW + timedelta(days=7), polls=1)


def test_an_adopted_move_stays_while_the_new_place_answers() -> None:
    move = polled(*[NEW] * 8, None, None, every=timedelta(days=1))
    assert move is not None
    assert move.adopted


def test_a_new_place_that_fails_again_and_again_is_left() -> None:
    move = polled(*[NEW] * 8, every=timedelta(days=1))
    assert after_failure(move, 2) == move
    assert after_failure(move, 3) is None


def test_a_move_that_is_watched_survives_a_failure() -> None:
    move = polled(NEW, every=timedelta(days=1))
    assert after_failure(move, 9) == move
