"""`move` between two runs of `once`: the same source in another place, and nobody reads an article twice."""

from __future__ import annotations

from tests.e2e.test_once import COAST, follow_the_coast
from tests.e2e.world import Program, Publishers

TIDES = ["High water at noon", "The ferry is back", "Fog until Tuesday"]


def ids(program: Program, slug: str) -> list[tuple[str, str]]:
    return [(item["id"], item["title"]) for item in program.feed(slug)["items"]]


def test_a_moved_source_keeps_its_articles_their_ids_and_their_order(program: Program, publishers: Publishers) -> None:
    follow_the_coast(program, publishers)
    assert program("once", "--all").code == 0
    everything, coast, own = (ids(program, slug) for slug in ("all", "coast", "coast/Tide Table"))
    assert [title for _, title in coast] == COAST
    articles = program.select("SELECT count(*) FROM articles")
    asked = len(publishers.requests)

    moved = program("move", "Tide Table", "Coast/Harbours")
    assert moved.code == 0, moved.complained
    assert "Tide Table: Coast → Coast/Harbours" in moved.said
    ended = program("once", "--all")
    assert ended.code == 0, ended.complained

    assert set(publishers.statuses(asked)) <= {200, 304}
    assert {new for new, _, _ in ended.counts().values()} == {0}
    assert program.select("SELECT count(*) FROM articles") == articles
    assert ids(program, "all") == everything
    assert ids(program, "coast") == coast
    assert ids(program, "coast/Harbours/Tide Table") == own
    assert [title for title in program.titles("coast/Harbours") if title in TIDES] == TIDES
    assert not any(name.startswith("coast/Tide Table") for name in program.files())


def test_what_moves_to_a_new_category_leaves_the_old_feed_and_comes_back_the_same(
    program: Program, publishers: Publishers
) -> None:
    follow_the_coast(program, publishers)
    assert program("once", "--all").code == 0
    everything, coast, before = ids(program, "all"), ids(program, "coast"), program.config.read_text("utf-8")

    assert program("move", "Signals", "Space").code == 0
    assert program("once", "--all").code == 0
    assert ids(program, "all") == everything
    assert ids(program, "Space") == [each for each in coast if each[1] in ("Slow signals", "Nothing heard")]
    assert ids(program, "coast") == [each for each in coast if each not in ids(program, "Space")]

    assert program("move", "Signals", "Coast").code == 0
    assert program("once", "--all").code == 0
    assert ids(program, "all") == everything
    assert ids(program, "coast") == coast
    assert program.config.read_text("utf-8").startswith(before.rstrip("\n"))
