"""Why an article stands where it does, and what people say against that: through the whole program."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from aggregator.decide.identity import telling_id
from aggregator.jobs.why import find
from aggregator.model.article import StoredArticle
from aggregator.model.source import source_id
from aggregator.store.sqlite import SqliteStore
from tests.decide.test_similar import MORE, STORY
from tests.e2e.world import ROOT, Program, ask, wait_until

HARBOUR = "Harbour Post"
TRIBUNE = "The Tribune"


def item(title: str, link: str, guid: str, date: str, body: str) -> str:
    return (
        f"<item><title>{title}</title><link>{link}</link><guid>{guid}</guid><pubDate>{date}</pubDate>"
        f"<description><![CDATA[{body}]]></description></item>"
    )


def rss(title: str, site: str, *items: str) -> str:
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title><link>https://{site}/</link>'
        f"<description>x</description>{''.join(items)}</channel></rss>"
    )


def day(hour: int) -> str:
    return f"Mon, 23 Nov 2026 {hour:02}:00:00 GMT"


PIER = item(
    "Galway gets a new pier",
    "https://harbour-post.example/pier?utm_source=rss",
    "hp-1",
    day(6),
    f'<p>{STORY}</p><p><img src="https://t.example/p.gif" width="1" height="1"></p><script>track()</script>',
)
SLIGO = item(
    "Sligo gets a new pier", "https://harbour-post.example/sligo", "hp-2", day(5), STORY.replace("Galway", "Sligo")
)
REPRINT = item("A new pier for Galway", "https://tribune.example/1", "t-1", day(8), f"By Staff Writer. {STORY}")
YACHTS = item("Yachts", "https://tribune.example/2", "t-2", day(7), MORE)


@pytest.fixture
def told(program: Program) -> Program:
    """Two sources: the second one reprints an article of the first one."""
    write(program, PIER + SLIGO, REPRINT + YACHTS)
    sources = [{"name": HARBOUR, "url": "file:harbour.rss"}, {"name": TRIBUNE, "url": "file:tribune.rss"}]
    program.configure({"news": {"sources": sources}})
    assert program("once").code == 0
    return program


def write(program: Program, harbour: str, tribune: str) -> None:
    (program.folder / "harbour.rss").write_text(rss(HARBOUR, "harbour-post.example", harbour))
    (program.folder / "tribune.rss").write_text(rss(TRIBUNE, "tribune.example", tribune))


def about(program: Program, *words: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(program("why", "--json", *words).said)
    return answer


def feed(program: Program) -> dict[str, tuple[str, ...]]:
    """The titles in the feed of all, and who tells each."""
    items = program.feed("all")["items"]
    return {each["title"]: tuple(sorted(s["name"] for s in each["_aggregator"]["sources"])) for each in items}


def test_an_article_is_found_by_each_of_its_names(told: Program) -> None:
    life = about(told, "Galway", "gets", "pier")
    number, published = life["article"]["id"], life["story"]
    store = SqliteStore(told.database)
    for asked in (
        "https://harbour-post.example/pier",
        "http://www.harbour-post.example/pier/?utm_campaign=x",
        "harbour-post.example/pier",
        published,
        published.removeprefix("urn:uuid:").upper(),
        telling_id(published, source_id("file:harbour.rss")),
        f" {number} ",
        "hp-1",
        "galway GETS",
    ):
        found = find(store, asked)
        assert isinstance(found, StoredArticle), asked
        assert found.id == number, asked
    store.close()


def test_the_life_of_an_article_names_all_that_became_of_it(told: Program) -> None:
    life = about(told, "https://tribune.example/1")
    began, joined = life["members"]
    assert (began["how"], began["article"]["source"]) == ("began", HARBOUR)
    assert (joined["rule"], joined["like"]["title"]) == ("same text", "Galway gets a new pier")
    assert joined["figures"]["containment"] == 1
    assert life["story"] == began["article"]["story"]
    [near] = [near for near in life["nearest"] if near["article"]["title"].startswith("Sligo")]
    assert (near["rule"], near["hindrance"]) == ("other names", "rule")
    assert {each["slug"]: each["place"] for each in life["standings"]} == {"all": 2, "news": 2, "news/The Tribune": 2}
    assert [each["shown"] for each in life["standings"]] == [HARBOUR, HARBOUR, TRIBUNE]
    first = about(told, "hp-1")
    assert [cut["rule"] for cut in first["removals"]][:1] == ["a script"]
    assert "track()" in first["removals"][0]["cut"]
    assert {name["kind"] for name in first["names"]} == {
        *("guid and link", "guid", "link", "path", "title and date", "title and text")
    }
    assert first["dating"]["came"] == first["dating"]["used"] == "2026-11-23T06:00:00Z"


def test_what_is_not_known_is_said_with_what_is_near(told: Program) -> None:
    unknown = told("why", "https://www.tribune.example/some/pier")
    assert unknown.code == 1
    assert "Sources of tribune.example" in unknown.said
    assert "without fault" in unknown.said
    assert "A new pier for Galway" in unknown.said
    (told.folder / "tribune.rss").write_text("no feed")
    assert told("once", "--all").code == 0
    assert "its last poll failed" in told("why", "https://www.tribune.example/some/pier").said
    nowhere = told("why", "https://nobody.example/x")
    assert nowhere.code == 1
    assert "None is followed" in nowhere.said
    assert told("why", "zebra").code == 1
    several = told("why", "pier")
    assert several.code == 0
    assert re.findall(r"^  (\d)\. (.*?) ·", several.said, re.MULTILINE) == [
        ("1", "A new pier for Galway"),
        ("2", "Galway gets a new pier"),
        ("3", "Sligo gets a new pier"),
    ]


def test_words_of_one_story_lead_to_the_article_that_began_it(told: Program) -> None:
    answer = told("why", "pier Galway")
    assert answer.code == 0
    assert answer.said.startswith("Galway gets a new pier\n")
    assert f"{TRIBUNE} · A new pier for Galway" in answer.said


def test_dates_that_were_not_believed_are_told(told: Program) -> None:
    future = item("Future", "https://harbour-post.example/f", "f", "Mon, 23 Nov 2099 05:00:00 GMT", "<p>f</p>")
    undated = item("Undated", "https://harbour-post.example/u", "u", "irgendwann", "<p>u</p>")
    write(told, future + undated, YACHTS)
    assert told("once", "--all").code == 0
    assert "The publisher says 23 Nov 2099 05:00 UTC, which cannot be" in told("why", "future").said
    assert "The publisher wrote “irgendwann”" in told("why", "undated").said


def test_what_was_pruned_is_remembered(told: Program) -> None:
    [(number,)] = told.select("SELECT id FROM articles WHERE guid = 'hp-1'")
    with closing(sqlite3.connect(told.database)) as db, db:
        db.execute("UPDATE articles SET first_seen = '2020-01-01T00:00:00Z' WHERE guid = 'hp-1'")
        db.execute("UPDATE articles SET sort_at = first_seen")
    sources = [{"name": HARBOUR, "url": "file:harbour.rss"}]
    told.configure({"news": {"sources": sources}}, storage={"keep": "3650d"})
    assert about(told, "hp-1")["origin"]["followed"]
    assert "The Tribune is no longer followed" in told("why", "yachts").said
    told.configure({"news": {"sources": sources}}, storage={"keep": "365d"})
    assert told("once", "--all").code == 0
    for asked in ("https://harbour-post.example/pier", "hp-1", str(number)):
        pruned = told("why", asked)
        assert pruned.code == 0
        assert re.search(r"It was pruned on \d+ \w+ \d{4}", pruned.said), asked


def test_people_merge_and_split_for_ever(told: Program) -> None:
    assert feed(told) == {
        "Yachts": (TRIBUNE,),
        "Galway gets a new pier": (HARBOUR, TRIBUNE),
        "Sligo gets a new pier": (HARBOUR,),
    }
    split = told("split", "harbour-post.example/pier", "https://tribune.example/1")
    assert split.code == 0, split.complained
    assert feed(told)["Galway gets a new pier"] == (HARBOUR,)
    assert feed(told)["A new pier for Galway"] == (TRIBUNE,)
    assert told("merge", "yachts", "sligo").code == 0
    assert set(feed(told)) == {"Galway gets a new pier", "A new pier for Galway", "Sligo gets a new pier"}
    assert "a person keeps them apart" in told("why", "A new pier for").said
    before = [(each["id"], each["title"], each["date_published"]) for each in told.feed("all")["items"]]
    for path in told.folder.glob("articles.db*"):
        path.unlink()
    assert told("once").code == 0
    assert [(each["id"], each["title"], each["date_published"]) for each in told.feed("all")["items"]] == before

    contrary = told("merge", "A new pier for", "Galway gets a new")
    assert "this replaces: split urn:uuid:" in contrary.said
    assert feed(told)["Galway gets a new pier"] == (HARBOUR, TRIBUNE)
    text = (told.folder / "corrections.yaml").read_text()
    assert (text.count("- merge:"), text.count("- split:")) == (2, 0)


def test_what_cannot_be_corrected_is_said_and_nothing_is_written(told: Program) -> None:
    for one, two, complaint in (
        ("hp-1", "Galway gets", "both are the same article"),
        ("hp-1", "pier", "Several articles may be meant"),
        ("hp-1", "zebra", "Nothing is known"),
    ):
        refused = told("merge", one, two)
        assert (refused.code, refused.said) == (1, "")
        assert complaint in refused.complained
    assert not (told.folder / "corrections.yaml").exists()
    (told.folder / "corrections.yaml").write_text("- merge: [x]\n")
    assert told("check").code == 2
    assert "corrections.yaml:1:10: merge: takes two ids or more" in told("why", "pier").complained


def test_the_daemon_takes_a_saved_correction_over_and_a_deleted_file_too(told: Program) -> None:
    ids = [about(told, name)["article"]["story"] for name in ("hp-1", "t-1")]
    file = told.folder / "corrections.yaml"
    with told.daemon() as daemon:
        file.write_text(f"- split: [{', '.join(ids)}]\n")
        wait_until("it is split", lambda: "A new pier for Galway" in daemon.titles())
        file.write_text("- split: [oops\n")
        wait_until("it complains", lambda: "corrections.yaml:1:" in daemon.said())
        assert "A new pier for Galway" in daemon.titles()
        file.unlink()
        wait_until("it is one again", lambda: "A new pier for Galway" not in daemon.titles())


def test_all_stories_are_judged_again(told: Program) -> None:
    with (
        closing(sqlite3.connect(told.database)) as db,
        db,
    ):  # as by an earlier rule, that saw no likeness here and one there
        db.execute("DELETE FROM joins")
        stories = dict(db.execute("SELECT title, story FROM articles").fetchall())
        db.execute(
            """INSERT INTO joins SELECT ?, ?, 0, 0, 'earlier rule', '{}', sort_at, position FROM articles
               WHERE title = 'Sligo gets a new pier'""",
            (stories["Yachts"], stories["Sligo gets a new pier"]),
        )
    dry = told("regroup", "--dry-run")
    assert "1 join before, 1 after" in dry.said
    assert "A new pier for Galway" in dry.said.partition("joined: 1")[2]
    assert "Yachts" in dry.said.partition("parted: 1")[2]
    assert told.select("SELECT rule FROM joins") == [("earlier rule",)]
    assert told("regroup").code == 0
    assert told.select("SELECT rule FROM joins") == [("same text",)]
    assert set(feed(told)) == {"Yachts", "Galway gets a new pier", "Sligo gets a new pier"}
    assert not list(told.folder.glob(".regroup*"))


def test_the_page_of_the_docs_shows_what_is_printed(told: Program) -> None:
    """The very words, but for the moment of the poll."""
    page = (ROOT / "docs/why.md").read_text()
    example = re.search(r"```\n\$ aggregator why https://tribune.example/1\n(.*?)```", page, re.DOTALL)
    assert example is not None
    printed = told("why", "https://tribune.example/1").said

    def timeless(text: str) -> str:
        text = re.sub(r"First seen .*? UTC", "First seen", text)
        return re.sub(r"\(\d+\)|Number \d+", "(n)", text).strip()

    assert timeless(example[1]) == timeless(printed)


def test_a_source_with_a_secret_shows_its_name_only(program: Program, tmp_path: Path) -> None:
    program.configure({"news": {"sources": [{"name": "x", "url": "http://user:hunter2@127.0.0.1:1/feed"}]}})
    assert program("once").code == 0
    said = program("why", "http://127.0.0.1:1/whatever").said
    assert "x: http://127.0.0.1:1/feed" in said
    assert "hunter2" not in said


def ruled(program: Program, rules: str, **category: object) -> None:
    """The configuration of `told` with rules at its top; they begin in its first line."""
    sources = [{"name": HARBOUR, "url": "file:harbour.rss"}, {"name": TRIBUNE, "url": "file:tribune.rss"}]
    program.configure({"news": {"sources": sources}, "boats": category | {"sources": ["file:none.rss"]}})
    program.config.write_text(f"rules:\n{rules}" + program.config.read_text())


def test_the_rule_that_drops_an_article_is_named_with_its_line(told: Program) -> None:
    ruled(told, "  - tag: {add: boats, when: {title: nothing}}\n  - drop: {title: yachts}\n")
    name = f"drop {{title: yachts}} ({told.config.name}:3)"
    said = told("why", "Yachts").said
    assert f"Dropped by the rule {name}" in said
    for slug in ("all", "news", "news/The Tribune"):
        assert f"Kept out of feeds/{slug}.atom by the rule {name}" in said
    assert "Stands at" not in said
    assert "boats" not in said
    life = about(told, "Yachts")
    assert {"did": "dropped", "rule": "drop {title: yachts}", "place": f"{told.config.name}:3", "tags": []} in (
        life["rulings"]
    )
    assert {each["kept_out"]["place"] for each in life["standings"]} == {f"{told.config.name}:3"}
    assert about(told, "Sligo gets")["rulings"] == []


def test_a_story_that_lost_a_copy_to_a_rule_stands_where_the_others_are(told: Program) -> None:
    ruled(told, "  - drop: {title: a new pier for}\n")
    said = told("why", "A new pier for").said
    assert re.search(r"Other copies of its story stand at place \d of 3 in feeds/news.atom, .* Harbour Post", said)
    assert "Kept out of feeds/news/The Tribune.atom by the rule drop {title: a new pier for}" in said


def test_what_rules_tag_change_and_limit_is_told_on_the_page_too(told: Program) -> None:
    rules = (
        "  - tag: {add: boats, when: {title: yachts}}\n"
        "  - title: {replace: yachts, with: Ships}\n"
        "  - title: {replace: absent}\n"
        "  - limit: 1\n"
    )
    ruled(told, rules)
    file = told.config.name
    life = about(told, "hp-2")
    assert [(each["did"], each["place"]) for each in life["rulings"]] == [("limited", f"{file}:5")]
    expected = [
        f"Tagged with boats by the rule tag {{add: boats, when: {{title: yachts}}}} ({file}:2)",
        f"Changed by the rule title {{replace: yachts, with: Ships}} ({file}:3)",
        "Shown with this title: Ships",
        "in feeds/boats.atom, by its tag",
    ]
    ruled(told, rules.replace("limit: 1", "limit: 9"))
    said = told("why", "Yachts").said
    assert [line for line in expected if line not in said] == []
    assert "absent" not in said
    with told.daemon() as daemon:
        page = ask(f"{daemon.base}why?q=t-2").body.decode()
        assert all(part in page for part in ("Tagged with boats", f"({file}:2)", "Shown with this title: Ships"))
        chinese = ask(f"{daemon.base}why?q=t-2", {"Accept-Language": "zh"}).body.decode()
        assert "显示的标题：Ships" in chinese


def test_tags_that_lead_to_what_is_protected_are_told_to_its_readers_only(told: Program) -> None:
    ruled(
        told,
        "  - tag: {add: boats, when: {title: yachts}}\n",
        access={"tokens": {"alice": "alices-token-0123456789"}},
    )
    with told.daemon() as daemon:
        assert "boats" not in ask(f"{daemon.base}why?q=t-2").body.decode()
        assert "Tagged with boats" in ask(f"{daemon.base}why?q=t-2&token=alices-token-0123456789").body.decode()
