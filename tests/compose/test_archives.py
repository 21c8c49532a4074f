"""Which documents an archive has, and that they never stand for anything else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.compose.archives import document_slug, documents, file_stories, returned
from aggregator.model.archive import Archive, Filed, Page
from aggregator.model.article import StoryId

EMPTY = Archive(slug="tech", size=8)


def some(first: int, number: int) -> list[Filed]:
    return [Filed(story=StoryId(f"story {n}")) for n in range(first, first + number)]


def names(archive: Archive) -> list[str]:
    return [document.name for document in documents(archive)]


def test_a_page_that_is_not_full_stands_in_documents_of_powers_of_two() -> None:
    pages = (Page(number=1, stories=8), Page(number=2, stories=7))
    archive = Archive(slug="tech", size=8, pages=pages, last=2)
    assert names(archive) == ["1", "2-1-4", "2-5-6", "2-7-7"]
    assert [document.older for document in documents(archive)] == [None, "1", "2-1-4", "2-5-6"]
    assert document_slug("tech", "2-1-4") == "tech/_archive/2-1-4"


def test_a_page_that_was_given_up_leaves_its_number_behind() -> None:
    archive = file_stories(EMPTY, [], some(0, 20), None).archive
    assert names(archive) == ["1", "2", "3-1-4"]
    filing = file_stories(archive, [], some(8, 5), 2)
    assert names(filing.archive) == ["1", "4-1-4", "4-5-5"]
    assert documents(filing.archive)[1].older == "1"
    assert [(page, place) for _, page, place in filing.filed] == [(4, place) for place in range(5)]


def test_only_a_story_that_is_in_a_page_takes_it_back() -> None:
    assert returned(["a", "b"], {}) is None  # type: ignore[list-item]
    assert returned(["a", "b", "c"], {"a": 4, "c": 3}) == 3  # type: ignore[list-item, dict-item]


steps = st.lists(st.tuples(st.integers(0, 20), st.none() | st.integers(1, 6)), max_size=12)


@given(steps=steps)
def test_a_name_never_stands_for_other_stories_and_the_chain_has_each_once(
    steps: list[tuple[int, int | None]],
) -> None:
    """However the archive grows, and whichever pages are given up on the way."""
    archive, places, seen, count = EMPTY, dict[tuple[int, int], StoryId](), dict[str, object](), 0
    for number, back in steps:
        given_up = back if back is not None and any(page.number >= back for page in archive.pages) else None
        again = sorted(place for place in places if given_up is not None and place[0] >= given_up)
        refiled = [Filed(story=places.pop(place)) for place in again][1:]  # the first is shown again
        filing = file_stories(archive, [], [*refiled, *some(count, number)], given_up)
        archive, count = filing.archive, count + number
        places |= {(page, place): one.story for one, page, place in filing.filed}
        chain = [
            (document, tuple(places[document.page, place] for place in range(document.start, document.end)))
            for document in documents(archive)
        ]
        for document, held in chain:
            assert seen.setdefault(document.name, (held, document.older)) == (held, document.older)
        assert sorted(story for _, held in chain for story in held) == sorted(places.values())
