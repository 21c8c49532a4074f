"""The samples of the demo: served, followed, and what they claim to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import requests

from aggregator import demo
from aggregator.config import load
from aggregator.decide.canonical import canonical_url
from aggregator.model.entry import Markup, ParsedFeed
from aggregator.model.outcome import FeedFacts
from aggregator.parse import parse_feed
from aggregator.refine import refine
from tests.builders import a_source

LAST_DAY = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)


@pytest.fixture(scope="module")
def samples() -> Iterator[str]:
    with demo.serve_samples() as url:
        yield url


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=10)


def test_a_feed_is_served_with_its_type_and_the_servers_own_address(samples: str) -> None:
    answer = get(f"{samples}/northern-dispatch.atom")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml"
    assert f"{samples}/img/night-train.svg" in answer.text
    assert "demo.example/" not in answer.text


def test_an_unchanged_feed_is_answered_with_304_and_no_body(samples: str) -> None:
    url = f"{samples}/small-machines.json"
    again = get(url, **{"If-None-Match": get(url).headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert requests.head(url, timeout=10).headers["Content-Length"] == str(len(get(url).content))


def test_one_source_is_dead_and_what_is_not_there_is_not_found(samples: str) -> None:
    assert get(f"{samples}{demo.DEAD}").status_code == 500
    assert get(f"{samples}/nothing.rss").status_code == 404
    assert get(f"{samples}/../pyproject.toml").status_code == 404


def test_a_storys_link_leads_to_a_page(samples: str) -> None:
    answer = get(f"{samples}/stories/harbour-post/storm-wall?utm_source=rss")
    assert "<h1>Storm wall</h1>" in answer.text
    assert "<script" not in get(f"{samples}/stories/x/%3Cscript%3E").text


def test_every_picture_and_sound_that_a_sample_shows_is_served(samples: str) -> None:
    feeds = [file for file in demo.SAMPLES.iterdir() if file.suffix in demo.FEEDS]
    files = {
        found for file in feeds for found in re.findall(rb"demo\.example(/(?:img|audio)/[\w./-]+)", file.read_bytes())
    }
    assert len(files) > 10
    for path in files:
        assert get(samples + path.decode()).status_code == 200, path


def test_pictures_are_small() -> None:
    assert all(file.stat().st_size < 20_000 for file in (demo.SAMPLES / "img").iterdir())


def test_the_configuration_follows_every_sample_and_nothing_else(tmp_path: Path) -> None:
    file = demo.write_config(tmp_path, "http://127.0.0.1:4321", 8099)
    configuration = load(file, {})
    followed = {source.url.removeprefix("http://127.0.0.1:4321/") for source in configuration.sources}
    assert followed == {file.name for file in demo.SAMPLES.iterdir() if file.suffix in demo.FEEDS} | {demo.DEAD[1:]}
    assert configuration.polling.allow_private == ("127.0.0.1:4321",)
    assert [category.path for category in configuration.categories] == [
        ("World",),
        ("Technology",),
        ("Technology", "Security"),
        ("财经",),
        ("日本",),
    ]


def test_a_folder_of_an_earlier_demo_is_wiped_and_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "demo"
    demo.make_folder(folder)
    (folder / "aggregator.db").write_text("old")
    demo.make_folder(folder)
    assert [file.name for file in folder.iterdir()] == [demo.MARK]

    foreign = tmp_path / "photos"
    foreign.mkdir()
    demo.make_folder(foreign)  # an empty one may be taken
    (foreign / demo.MARK).unlink()
    (foreign / "holiday.jpg").write_text("!")
    with pytest.raises(click.UsageError, match="not from a demo"):
        demo.make_folder(foreign)
    assert (foreign / "holiday.jpg").exists()


def sample(name: str) -> ParsedFeed:
    """A sample, read as the program reads it."""
    file = demo.SAMPLES / name
    feed = parse_feed(file.read_bytes(), demo.MEDIA_TYPES[file.suffix])
    assert isinstance(feed, ParsedFeed)
    return feed


NAMES = sorted(file.name for file in demo.SAMPLES.iterdir() if file.suffix in demo.FEEDS)


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_is_a_feed_with_entries_of_the_past(name: str) -> None:
    feed = sample(name)
    assert feed.title
    assert 6 <= len(feed.entries) <= 12
    dates = [entry.published for entry in feed.entries]
    assert all(date and datetime(2026, 10, 1, tzinfo=UTC) < date < LAST_DAY for date in dates)
    assert len({entry.link for entry in feed.entries}) == len(feed.entries)


def test_the_samples_are_what_they_are_there_for() -> None:
    assert sample("crooked-kettle.rss").warnings
    assert not sample("harbour-post.rss").warnings
    assert b'encoding="GB18030"' in (demo.SAMPLES / "jiangcheng-wanbao.rss").read_bytes()
    assert any(
        "㼆" in (entry.summary or entry.content or Markup("")).value
        for entry in sample("jiangcheng-wanbao.rss").entries
    )
    assert all(entry.enclosures for entry in sample("radio-workbench.rss").entries)
    assert {sample(name).language for name in NAMES if name != "radio-workbench.rss"} == {"en", "zh-CN", "ja"}


@pytest.mark.parametrize(
    ("one", "other"),
    [("harbour-post.rss", "northern-dispatch.atom"), ("haiwan-caixun.rss", "jiangcheng-wanbao.rss")],
)
def test_two_pairs_of_samples_share_one_story_each(one: str, other: str) -> None:
    ours, theirs = ([canonical_url(entry.link or "") for entry in sample(name).entries] for name in (one, other))
    assert len(set(ours) & set(theirs)) == 1


def test_nothing_of_the_hostile_sample_is_left() -> None:
    source = a_source("http://127.0.0.1:1/honest-deals.rss")
    feed = sample("honest-deals.rss")
    assert len(feed.description or "") < 1000  # the entities were not expanded
    assert "root:" not in (feed.description or "")
    bodies = [refine(entry, FeedFacts(), source).body for entry in feed.entries]
    for dangerous in (
        "<script",
        "javascript:",
        "data:",
        "onerror",
        "onclick",
        "<iframe",
        "<form",
        "<input",
        "style=",
        "pixel.gif",
    ):
        assert not [body for body in bodies if dangerous in body.lower()], dangerous
    assert all("p>" in body for body in bodies)
