"""A source that brings a great deal at once, and one that wants to be another."""

from __future__ import annotations

from tests.e2e.documents import Story, rss
from tests.e2e.world import Program, Publishers

CALM = [Story(f"Calm {n}", n, f"<p>It was calm in the bay on day {n}.</p>", site="calm.example") for n in range(20)]
LOUD = [Story(f"Loud {n}", 100 + n, f"<p>Sale {n}.</p>", site="loud.example") for n in range(300)]


def undated(document: bytes) -> bytes:
    return document.replace(b"<pubDate>", b"<!--").replace(b"</pubDate>", b"-->")


def test_a_new_source_with_a_long_backlog_pushes_nobody_out(program: Program, publishers: Publishers) -> None:
    calm = {"name": "Calm", "url": publishers.serve("/calm", rss("Calm", CALM))}
    program.configure({"news": {"sources": [calm]}}, publish={"limit": 60})
    assert program("once").code == 0
    before = {item["id"]: item["date_published"] for item in program.feed("news")["items"]}
    loud = {"name": "Loud", "url": publishers.serve("/loud", undated(rss("Loud", LOUD)))}
    program.configure({"news": {"sources": [calm, loud]}}, publish={"limit": 60})
    assert program("once", "--all").code == 0
    titles = program.titles("news")
    assert set(titles) >= {story.title for story in CALM}
    assert len(titles) == 60
    assert program.select("SELECT count(*), sum(backlog > 0) FROM articles WHERE title LIKE 'Loud%'") == [(300, 270)]
    assert program.titles("news/Loud") == [f"Loud {n}" for n in range(60)]
    after = {item["id"]: item["date_published"] for item in program.feed("news")["items"]}
    assert before.items() <= after.items()


def test_neither_a_later_source_nor_a_dump_pushes_out_what_had_found_room(
    program: Program, publishers: Publishers
) -> None:
    many = [Story(f"Calm {n}", n, f"<p>It was calm on day {n}.</p>", site="calm.example") for n in range(50)]
    late = [Story(f"Late {n}", 400 + n, f"<p>Offer {n}.</p>", site="late.example") for n in range(200)]
    calm = {"name": "Calm", "url": publishers.serve("/calm", rss("Calm", many))}
    loud = {"name": "Loud", "url": publishers.serve("/loud", rss("Loud", []))}
    program.configure({"news": {"sources": [calm, loud]}})
    assert program("once").code == 0
    publishers.serve("/loud", rss("Loud", LOUD))  # its first ones, though it was polled before
    new = {"name": "Late", "url": publishers.serve("/late", rss("Late", late))}
    program.configure({"news": {"sources": [calm, loud, new]}}, publish={"limit": 115})
    assert program("once", "--all").code == 0
    titles = program.titles("news")
    assert [sum(title.startswith(name) for title in titles) for name in ("Calm", "Loud", "Late")] == [50, 30, 35]


def test_max_new_says_how_much_a_source_may_bring(program: Program, publishers: Publishers) -> None:
    sources = [{"url": publishers.serve(f"/{n}", undated(rss(f"S{n}", LOUD[n * 50 : n * 50 + 50])))} for n in range(3)]
    sources[0]["max_new"] = 2
    program.configure({"news": {"max_new": 5, "sources": sources}}, publish={"limit": 60})
    assert program("once").code == 0
    statement = "SELECT count(*) FROM articles WHERE backlog = 0 GROUP BY source ORDER BY 1"
    assert program.select(statement) == [(2,), (5,), (5,)]


def test_a_feed_that_changes_all_its_guids_and_moves_floods_nobody(program: Program, publishers: Publishers) -> None:
    url = publishers.serve("/calm", rss("Calm", CALM))
    program.follow(url)
    assert program("once").code == 0
    before = program.files()["all.atom"]
    moved = rss("Calm", CALM).replace(b"https://calm.example/", b"http://new.example/posts/")
    publishers.serve("/calm", moved.replace(b'isPermaLink="false">', b'isPermaLink="false">moved-'))
    assert program("once", "--all").code == 0
    assert program.select("SELECT count(*) FROM articles") == [(20,)]
    after = program.files()["all.atom"]
    assert after.count(b"<entry>") == before.count(b"<entry>") == 20
    assert [line for line in after.splitlines() if b"<id>urn" in line or b"<updated>" in line] == [
        line for line in before.splitlines() if b"<id>urn" in line or b"<updated>" in line
    ]


def test_who_copies_the_link_of_another_changes_nothing_of_its_story(program: Program, publishers: Publishers) -> None:
    calm = {"name": "Calm", "url": publishers.serve("/calm", rss("Calm", CALM[:3]))}
    program.configure({"news": {"sources": [calm]}})
    assert program("once").code == 0
    [before] = [item for item in program.feed("news")["items"] if item["title"] == "Calm 2"]
    copy = Story("BUY THIS", 500, "<p>Now.</p>", link=CALM[2].url)
    thief = {"name": "Thief", "url": publishers.serve("/thief", rss("Calm", [copy]))}
    program.configure({"news": {"sources": [calm, thief]}})
    assert program("once", "--all").code == 0
    [after] = [item for item in program.feed("news")["items"] if item["id"] == before["id"]]
    for key in ("title", "url", "date_published"):
        assert after[key] == before[key]
    assert after["content_html"].startswith(before["content_html"])
    assert program.titles("news") == ["Calm 2", "Calm 1", "Calm 0"]
