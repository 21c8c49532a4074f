"""What people say of stories, as constraints."""

from __future__ import annotations

from aggregator.decide.corrections import Rulings, rulings_of
from aggregator.model.article import StoryId
from aggregator.model.story import Correction

A, B, C, D = map(StoryId, "abcd")


def said(*verbs: tuple[str, str]) -> Rulings:
    return rulings_of(
        [Correction(verb=verb, stories=tuple(map(StoryId, stories))) for verb, stories in verbs]  # type: ignore[arg-type]
    )


def test_what_is_merged_is_one_all_around() -> None:
    assert said(("merge", "ab"), ("merge", "bc")).group(A) == {A, B, C}
    assert said(("merge", "ab")).group(D) == {D}


def test_what_is_split_from_one_of_a_story_is_split_from_all_of_it() -> None:
    rulings = said(("merge", "ab"), ("split", "bc"))
    assert rulings.banned(A) == rulings.banned(B) == {C}
    assert rulings.banned(C) == {A, B}


def test_the_later_word_counts() -> None:
    merged, split = said(("split", "ab"), ("merge", "ab")), said(("merge", "ab"), ("split", "ab"))
    assert (merged.group(A), merged.banned(A)) == ({A, B}, frozenset())
    assert (split.group(A), split.banned(A)) == ({A}, {B})
    assert [one.verb for one in (*merged.overruled, *split.overruled)] == ["split", "merge"]


def test_only_stories_of_which_other_things_are_said_differ() -> None:
    before = said(("merge", "ab"), ("split", "cd"))
    assert before.differs(before) == frozenset()
    assert before.differs(said(("split", "cd"))) == {A, B}
    assert before.differs(said(("merge", "ab"))) == {C, D}
    assert said(("split", "cd")).differs(before) == {A, B}
