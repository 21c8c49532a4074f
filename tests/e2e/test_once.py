"""`aggregator once`: feeds in, one clean merged feed per category out, and nothing written that did not change."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import feedparser
import pytest

from tests.e2e.documents import Story, atom, json_feed, rdf, rss
from tests.e2e.world import Ended, Program, Publishers
from tests.render.strict import problems_of_atom, problems_of_json, problems_of_rss

CHECKS: dict[str, Callable[[bytes], list[str]]] = {
    ".atom": problems_of_atom,
    ".rss": problems_of_rss,
    ".json": problems_of_json,
}

TIDES = [
    Story("High water at noon", 9, "<p>Mind the steps. <img src='/steps.jpg' width='600' height='400'></p>"),
    Story("The ferry is back", 6, link="https://ferry.example/back?utm_source=tides&utm_medium=rss"),
    Story("Fog until Tuesday", 1),
]
LAMPS = [
    Story("A lamp for the west pier", 8, site="lamps.example"),
    Story("The ferry is back", 6, link="https://www.ferry.example/back/?utm_campaign=lamps#ref=rss"),
]
GARDENS = [Story("Moss, and how to keep it", 7, site="moss.example"), Story("Early leeks", 2, site="moss.example")]
SIGNALS = [Story("Slow signals", 5, site="signals.example"), Story("Nothing heard", 3, site="signals.example")]
MOUNTAIN = [
    Story("山前小站今日通车", 10, "<p>站长说：“等了三年。”</p>", site="shan.example"),
    Story("龍眼丰收 value 20㎏", 4, "<p>果农笑了。</p>", site="shan.example"),
]

COAST = [
    "High water at noon",
    "A lamp for the west pier",
    "Moss, and how to keep it",
    "The ferry is back",
    "Slow signals",
    "Nothing heard",
    "Early leeks",
    "Fog until Tuesday",
]


def follow_the_coast(
    program: Program, publishers: Publishers, *, has_validators: bool = True, remark: str = ""
) -> None:
    """Five publishers, a dialect each, in three categories, one of them nested."""

    def source(name: str, path: str, body: bytes, media_type: str = "application/xml") -> dict[str, Any]:
        return {"name": name, "url": publishers.serve(path, body, media_type, has_validators=has_validators)}

    tides = source("Tide Table", "/tides.rss", rss("Tide Table", TIDES, remark=remark))
    lamps = source("Lamp & Ledger", "/lamps.atom", atom("Lamp & Ledger", LAMPS))
    gardens = source("Mossgarden", "/gardens.rdf", rdf("Mossgarden", GARDENS))
    signals = source("Signals", "/signals.json", json_feed("Signals", SIGNALS), "application/feed+json")
    mountain = source("山前日报", "/mountain.rss", rss("山前日报", MOUNTAIN, encoding="GB18030"))
    program.configure(
        {
            "Coast": {"slug": "coast", "title": "The coast", "language": "en", "sources": [tides, signals]},
            "Coast/Harbours": {"title": "Harbours", "sources": [lamps, gardens]},
            "山": {"title": "山里", "language": "zh-CN", "sources": [mountain]},
        }
    )


@pytest.fixture
def coast(program: Program, publishers: Publishers) -> Program:
    follow_the_coast(program, publishers)
    return program


@dataclass(frozen=True, slots=True)
class Polled:
    """The coast after one `once --all`."""

    program: Program
    ended: Ended


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Polled:
    """For the tests that only look at what was published."""
    program = Program(tmp_path_factory.mktemp("coast"))
    with Publishers() as publishers:
        follow_the_coast(program, publishers)
        return Polled(program, program("once", "--all"))


def read(document: bytes) -> Any:
    """As readers read it; feedparser's own repairs would hide what is wrong."""
    parsed = feedparser.parse(document)
    assert not parsed.bozo, parsed.bozo_exception
    return parsed


def test_once_publishes_every_category_merged_and_newest_first_in_three_formats(polled: Polled) -> None:
    assert polled.ended.code == 0, polled.ended.complained
    files = polled.program.files()
    for suffix in (".atom", ".rss"):
        assert [entry.title for entry in read(files[f"coast{suffix}"]).entries] == COAST
        assert [entry.title for entry in read(files[f"山{suffix}"]).entries] == [story.title for story in MOUNTAIN]
    assert polled.program.titles("coast") == COAST
    assert polled.program.titles("all") == ["山前小站今日通车", *COAST[:5], "龍眼丰收 value 20㎏", *COAST[5:]]
    dates = [item["date_published"] for item in polled.program.feed("all")["items"]]
    assert all(newer >= older for newer, older in pairwise(dates))


def test_every_level_and_every_source_has_a_feed_of_its_own(polled: Polled) -> None:
    feeds = {name.removesuffix(".json") for name in polled.program.files() if name.endswith(".json")}
    assert feeds == {
        "all",
        "coast",
        "coast/Tide Table",
        "coast/Signals",
        "coast/Harbours",
        "coast/Harbours/Lamp & Ledger",
        "coast/Harbours/Mossgarden",
        "山",
        "山/山前日报",
    }
    assert len(polled.program.files()) == 3 * len(feeds)


def test_a_story_that_two_sources_tell_stands_once_and_names_both(polled: Polled) -> None:
    assert sum(merged for _, _, merged in polled.ended.counts().values()) == 1
    [ferry] = [item for item in polled.program.feed("coast")["items"] if item["title"] == "The ferry is back"]
    assert {source["name"] for source in ferry["_aggregator"]["sources"]} == {"Tide Table", "Lamp & Ledger"}
    assert ferry["id"] in {item["id"] for item in polled.program.feed("coast/Harbours")["items"]}
    assert ferry["id"] in {item["id"] for item in polled.program.feed("coast/Tide Table")["items"]}


def test_every_published_document_is_valid_by_the_specifications(polled: Polled) -> None:
    problems = {
        name: CHECKS[f".{name.rpartition('.')[2]}"](body)
        for name, body in polled.program.files().items()
        if name[0] != "."
    }
    assert len(problems) == 27
    assert {name: found for name, found in problems.items() if found} == {}


def test_links_and_pictures_in_a_feed_are_absolute(polled: Polled) -> None:
    [tide] = [item for item in polled.program.feed("coast")["items"] if item["title"] == "High water at noon"]
    assert 'src="https://paper.example/steps.jpg"' in tide["content_html"]


@pytest.mark.parametrize("validators", ["with 304", "without validators", "with another remark each time"])
def test_a_second_once_finds_nothing_new_and_rewrites_no_file(
    program: Program, publishers: Publishers, validators: str
) -> None:
    def publish(edition: int) -> None:
        remark = f"<lastBuildDate>Mon, 05 Jan 2026 09:0{edition}:00 GMT</lastBuildDate><!-- run {edition} -->"
        changes = validators == "with another remark each time"
        follow_the_coast(program, publishers, has_validators=validators == "with 304", remark=remark if changes else "")

    publish(1)
    assert program("once", "--all").code == 0
    before, stamps, asked = program.files(), program.stamps(), len(publishers.requests)
    publish(2)
    ended = program("once", "--all")
    assert ended.counts() == dict.fromkeys(ended.counts(), (0, 0, 0))
    assert len(ended.counts()) == 5
    assert "0 files changed" in ended.said
    assert (program.files(), program.stamps()) == (before, stamps)
    assert publishers.statuses(asked) == [304 if validators == "with 304" else 200] * 5


def test_once_without_all_polls_only_what_is_due(program: Program, publishers: Publishers) -> None:
    program.follow(publishers.serve("/a", rss("A", TIDES)), polling={"every": "1h"})
    assert program("once").counts() == {"a": (3, 0, 0)}
    assert "0 sources polled; 0 files changed" in program("once").said
    assert len(publishers.requests) == 1


def test_a_failing_source_does_not_disturb_the_others_and_the_table_names_its_failure(
    program: Program, publishers: Publishers
) -> None:
    with socket.socket() as nobody:  # bound and not listening: nobody else can take the port meanwhile
        nobody.bind(("127.0.0.1", 0))
        program.follow(
            publishers.serve("/good", rss("Good", TIDES)),
            publishers.refuse("/error", 500),
            f"http://127.0.0.1:{nobody.getsockname()[1]}/refused",
            publishers.serve("/page", b"<!doctype html><title>Just a moment...</title><p>Checking", "text/html"),
            publishers.say_nothing("/silent"),
            publishers.serve("/other", atom("Other", LAMPS)),
            polling={"timeout": "1s"},
        )
        ended = program("once", "--all")
    assert (ended.code, "Traceback" in ended.complained) == (0, False)
    assert {name: counts[:2] for name, counts in ended.counts().items() if any(counts)} == {
        "good": (3, 0),
        "other": (2, 0),
    }
    assert "refused by the server" in ended.row("error")
    assert "500" in ended.row("error")
    assert "no connection" in ended.row("refused")
    assert "not a feed" in ended.row("page")
    assert "took too long" in ended.row("silent")
    assert len(program.titles("news")) == 4


def test_a_source_that_failed_comes_back_with_all_that_it_has(program: Program, publishers: Publishers) -> None:
    program.follow(publishers.serve("/a", rss("A", TIDES[1:])))
    program("once", "--all")
    publishers.refuse("/a", 503)
    program("once", "--all")
    assert len(program.titles()) == 2
    publishers.serve("/a", rss("A", TIDES))
    assert program("once", "--all").counts() == {"a": (1, 0, 0)}
    assert "fine" in program("status").row("news")


def test_an_edited_entry_is_changed_in_its_place(program: Program, publishers: Publishers) -> None:
    program.follow(publishers.serve("/a", rss("A", TIDES)))
    program("once", "--all")
    before = [item["id"] for item in program.feed("news")["items"]]
    edited = [TIDES[0], Story("The ferry is back (corrected)", 6, link=TIDES[1].link), TIDES[2]]
    publishers.serve("/a", rss("A", edited))
    assert program("once", "--all").counts() == {"a": (0, 1, 0)}
    assert program.titles("news") == [story.title for story in edited]
    assert [item["id"] for item in program.feed("news")["items"]] == before


def test_a_wrong_configuration_is_told_with_its_place_and_exit_code_2(program: Program) -> None:
    program.config.write_text("polling:\n  evry: 5m\ncategories:\n  a:\n    sources: [ftp://a.example/]\n", "utf-8")
    ended = program("once")
    assert (ended.code, ended.said) == (2, "")
    places = [re.match(r"\S*config\.yaml:(\d+):(\d+): ", line) for line in ended.complained.splitlines()]
    assert [(found[1], found[2]) for found in places if found] == [("2", "3"), ("5", "15")]
    assert "2 |   evry: 5m\n  |   ^~~~\n" in ended.complained
    assert "every" in ended.complained  # what was meant


def test_a_missing_configuration_is_told_in_one_line(program: Program) -> None:
    ended = program("once")
    assert (ended.code, len(ended.complained.splitlines())) == (2, 1)


def test_a_failure_of_ours_is_one_sentence_and_exit_code_1(program: Program, publishers: Publishers) -> None:
    program.follow(publishers.serve("/a", rss("A", TIDES)))
    program.database.mkdir()
    ended = program("once", "--all")
    assert ended.code == 1
    assert re.fullmatch(r"aggregator: .*articles\.db: .*\n", ended.complained)


def test_a_database_that_is_none_is_one_sentence_and_left_alone(program: Program, publishers: Publishers) -> None:
    program.follow(publishers.serve("/a", rss("A", TIDES)))
    program.database.write_bytes(b"Dear diary, " * 1000)
    ended = program("once", "--all")
    assert ended.code == 1
    assert re.fullmatch(r"aggregator: .*articles\.db: .*\n", ended.complained)
    assert program.database.read_bytes() == b"Dear diary, " * 1000


def test_a_folder_that_cannot_be_written_is_a_failure_of_ours_without_a_traceback(
    program: Program, publishers: Publishers
) -> None:
    program.follow(publishers.serve("/a", rss("A", TIDES)))
    program.public.write_text("a file where the folder should be")
    ended = program("once", "--all")
    assert ended.code == 1
    assert "Traceback" not in ended.complained
    assert "was not replaced" in ended.complained


def test_what_could_not_be_written_is_written_by_the_next_once(program: Program, publishers: Publishers) -> None:
    program.follow(publishers.serve("/a", rss("A", TIDES)))
    program.public.write_text("a file where the folder should be")
    program("once", "--all")
    program.public.unlink()
    ended = program("once")
    assert ended.code == 0
    assert program.titles("news") == [story.title for story in TIDES]


def test_a_lost_database_is_built_again_into_the_same_files(coast: Program) -> None:
    """Of what is dated, everything is as it was; only JSON's `first_seen` says that it is another database."""
    coast("once", "--all")
    before = coast.files()
    for file in coast.folder.glob("articles.db*"):
        file.unlink()
    assert sum(new for new, _, _ in coast("once", "--all").counts().values()) == 11
    after = coast.files()
    assert before.keys() == after.keys()
    for name, body in before.items():
        if name.endswith(".json"):
            assert without_first_seen(body) == without_first_seen(after[name])
        else:
            assert body == after[name], name


def without_first_seen(document: bytes) -> str:
    feed = json.loads(document)
    for item in feed["items"]:
        del item["_aggregator"]["first_seen"]
    return json.dumps(feed)


def test_publish_renders_everything_again_and_changes_nothing(coast: Program) -> None:
    coast("once", "--all")
    before, stamps = coast.files(), coast.stamps()
    assert "9 feeds; 0 files changed" in coast("publish").said
    assert (coast.files(), coast.stamps()) == (before, stamps)
    (coast.public / "feeds" / "coast.atom").unlink()
    assert "9 feeds; 1 file changed" in coast("publish").said
    assert coast.files() == before


def test_a_category_that_is_gone_from_the_configuration_takes_its_files_along(
    coast: Program, publishers: Publishers
) -> None:
    coast("once", "--all")
    coast.follow(publishers.base + "/tides.rss")
    coast("once")
    assert {name.split(".")[0] for name in coast.files()} == {"all", "news", "news/tides"}


def test_a_feed_that_cannot_be_replaced_is_told_by_status_until_it_can(
    program: Program, publishers: Publishers
) -> None:
    program.follow(publishers.serve("/tides", rss("Tide Table", TIDES)))
    in_the_way = program.public / "feeds" / "news.atom"
    (in_the_way / "something").mkdir(parents=True)
    assert program("once", "--all").code == 1
    assert "not published: feeds/news.atom was not replaced: Is a directory" in program("status").said
    (in_the_way / "something").rmdir()
    in_the_way.rmdir()
    assert program("once").code == 0
    assert "not published" not in program("status").said
