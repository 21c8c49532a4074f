"""Podcasts stay podcasts: from a publisher's feed to what a podcast app reads."""

from __future__ import annotations

from typing import Any

from lxml import etree

from tests.e2e.world import Program, Publishers
from tests.render.strict import problems_of_rss

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"


def a_show(name: str, explicit: str = "false") -> bytes:
    home = f"https://{name}.example"
    return f"""<?xml version="1.0"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
<title>{name}</title><link>{home}/</link><description>Talk</description><language>en</language>
<itunes:author>{name} Media</itunes:author>
<itunes:owner><itunes:name>{name}</itunes:name><itunes:email>mail@{name}.example</itunes:email></itunes:owner>
<itunes:category text="News"><itunes:category text="Tech News"/></itunes:category>
<itunes:explicit>{explicit}</itunes:explicit><itunes:image href="{home}/cover.jpg"/>
<item><title>{name}, the first</title><guid isPermaLink="false">{name}-1</guid><link>{home}/1</link>
<description>We talk of {name} and what else there was in this week.</description>
<pubDate>Mon, 02 Jun 2025 10:00:00 GMT</pubDate>
<enclosure url="{home}/1.mp3" length="1234" type="audio/mpeg"/>
<itunes:duration>1:02:03</itunes:duration><itunes:image href="{home}/1.jpg"/><itunes:season>1</itunes:season>
<itunes:episode>7</itunes:episode><itunes:episodeType>full</itunes:episodeType></item>
</channel></rss>""".encode()


def the_channel(program: Program, name: str) -> Any:
    document = program.files()[name]
    assert problems_of_rss(document) == []
    return etree.fromstring(document)[0]


def follow(program: Program, publishers: Publishers, **settings: Any) -> None:
    sources = [
        {"name": "Alpha", "url": publishers.serve("/alpha", a_show("alpha"))},
        {"name": "Beta", "url": publishers.serve("/beta", a_show("beta", explicit="true"))},
    ]
    program.configure({"shows": {"sources": sources, **settings}})
    ended = program("once", "--all")
    assert ended.code == 0, ended.complained


def test_the_feed_of_one_podcast_is_that_podcast(program: Program, publishers: Publishers) -> None:
    follow(program, publishers)
    channel = the_channel(program, "shows/Alpha.rss")
    assert channel.findtext(f"{ITUNES}owner/{ITUNES}email") == "mail@alpha.example"
    assert channel.findtext(f"{ITUNES}explicit") == "false"
    assert channel.find(f"{ITUNES}category/{ITUNES}category").get("text") == "Tech News"
    assert channel.find(f"{ITUNES}image").get("href") == "https://alpha.example/cover.jpg"
    item = channel.find("item")
    assert item.findtext(f"{ITUNES}duration") == "3723"
    assert item.find(f"{ITUNES}image").get("href") == "https://alpha.example/1.jpg"
    assert (item.findtext(f"{ITUNES}season"), item.findtext(f"{ITUNES}episode")) == ("1", "7")
    assert the_channel(program, "shows.rss").find(f"{ITUNES}*") is None


def test_a_category_is_a_podcast_when_its_owner_answers_for_it(program: Program, publishers: Publishers) -> None:
    follow(program, publishers)
    follow(program, publishers, podcast={"owner": {"email": "we@feeds.example"}})
    channel = the_channel(program, "shows.rss")
    assert channel.findtext(f"{ITUNES}owner/{ITUNES}email") == "we@feeds.example"
    assert channel.findtext(f"{ITUNES}explicit") == "true"
    assert channel.find(f"{ITUNES}image") is None
    assert [item.findtext(f"{ITUNES}duration") for item in channel.findall("item")] == ["3723", "3723"]
    before = program.files()
    assert program("publish").code == 0
    assert program.files() == before
