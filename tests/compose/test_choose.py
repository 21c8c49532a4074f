"""Which stories a feed's document has room for."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from aggregator.compose.choose import Queue, as_stories, choose
from aggregator.model.article import StoryId
from aggregator.model.story import Standing


def chosen(rows: str, limit: int) -> str:
    """Of stories "a" to "z", capitals are news and the others backlog; "u" to "z" came when the feed stood."""
    queue = Queue(as_stories(Standing(StoryId(row.lower()), row.islower() + (row >= "u")) for row in rows))
    return "".join(standing.story for standing in choose(queue.news(), queue.backlog(), limit))


def test_backlog_pushes_nobody_out() -> None:
    assert chosen("abCdeFgH", 3) == "cfh"


def test_where_there_is_room_backlog_stands_in_its_own_place() -> None:
    assert chosen("abCdeFgH", 5) == "abcfh"
    assert chosen("abCdeFgH", 99) == "abcdefgh"


def test_later_backlog_has_the_room_that_the_earlier_leaves() -> None:
    assert chosen("xAyzbc", 4) == "xabc"
    assert chosen("xAyzbc", 3) == "abc"


def test_a_story_is_news_if_it_is_for_one_of_those_who_tell_it() -> None:
    assert chosen("aAbbC", 2) == "ac"


def test_no_more_is_looked_at_than_is_shown() -> None:
    def endless() -> Iterator[Standing]:
        yield from (Standing(StoryId(str(number)), backlog=False) for number in range(3))
        raise AssertionError("nobody needs to know")

    queue = Queue(as_stories(endless()))
    assert len(choose(queue.news(), queue.backlog(), 2)) == 2


@given(st.lists(st.sampled_from("abcdefghijABCDEFGHIJ"), unique_by=str.lower), st.integers(1, 12))
def test_it_is_always_as_full_as_it_can_be_and_in_order(rows: list[str], limit: int) -> None:
    found = chosen("".join(rows), limit)
    order = "".join(rows).lower()
    assert len(found) == min(limit, len(rows))
    assert [order.index(story) for story in found] == sorted(order.index(story) for story in found)
    news = [row.lower() for row in rows if row.isupper()]
    assert set(news[:limit]) <= set(found)
