"""Full text: teasers in, whole articles out, by `once` and by the daemon."""

from __future__ import annotations

from tests.e2e.documents import Story, rss
from tests.e2e.world import Program, Publishers, wait_until

SENTENCES = [
    f"On the {n}th day the lamp, which nobody had lit for years, was seen from the far shore." for n in range(9)
]
WHOLE = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def page(title: str) -> bytes:
    return (
        f"<!doctype html><html><body><nav><a href=/>Home</a></nav><div class=content><h1>{title}</h1>{WHOLE}</div>"
        "<div class=comments>First!</div></body></html>"
    ).encode()


def serve_teasers(publishers: Publishers, *titles: str) -> str:
    stories = [
        Story(title, hour, f"<p>{SENTENCES[0]}</p>", link=f"{publishers.base}/page/{hour}")
        for hour, title in enumerate(titles)
    ]
    return publishers.serve("/lamps", rss("Lamps", stories))


def serve_page(publishers: Publishers, number: int, title: str) -> None:
    publishers.serve(f"/page/{number}", page(title), "text/html")


def follow(program: Program, url: str, **settings: object) -> None:
    source = {"name": "Lamps", "url": url, "full_text": True, **settings}
    program.configure({"news": {"sources": [source]}})


def test_once_fetches_the_pages_before_it_publishes(program: Program, publishers: Publishers) -> None:
    follow(program, serve_teasers(publishers, "A lamp", "A pier"))
    serve_page(publishers, 0, "A lamp")
    publishers.refuse("/page/1", 404)
    ended = program("once")
    assert ended.code == 0, ended.complained
    assert "2 pages of articles visited; 1 says more than their feed" in ended.said
    lamp, pier = sorted(program.feed("news")["items"], key=lambda item: item["title"])
    assert all(sentence in lamp["content_html"] for sentence in SENTENCES)
    assert "First!" not in lamp["content_html"]
    assert lamp["date_modified"] == lamp["date_published"]
    assert pier["content_html"] == f"<p>{SENTENCES[0]}</p>"
    assert "full text of Lamps: 1 complete, 1 waiting (refused by the server: 404" in program("status").said


def test_the_daemon_publishes_at_once_and_completes_in_place(program: Program, publishers: Publishers) -> None:
    follow(program, serve_teasers(publishers, "A lamp", "A pier"))
    publishers.say_nothing("/page/0")
    with program.daemon() as daemon:
        wait_until("both are published", lambda: sorted(daemon.titles("news")) == ["A lamp", "A pier"])
        wait_until("a page is asked for", lambda: publishers.is_waited_for("/page/0"))
        order = daemon.titles("news")
        polls = len([asked for asked in publishers.requests if asked.path == "/lamps"])
        wait_until(
            "polling goes on while a page keeps its host waiting",
            lambda: len([asked for asked in publishers.requests if asked.path == "/lamps"]) >= polls + 2,
        )
        assert daemon.stop() == 0
    assert daemon.stopped_in < 5
    serve_page(publishers, 1, "A pier")
    with program.daemon() as daemon:
        wait_until("the other page is shown", lambda: SENTENCES[-1].encode() in daemon.get("feeds/news.atom").body)
        assert daemon.titles("news") == order


def test_a_page_cannot_lead_into_the_network_around_us(program: Program, publishers: Publishers) -> None:
    """The whole of loopback may be polled here, but no feed is followed on that address."""
    other = publishers.base.replace("127.0.0.1", "127.0.0.2")
    story = Story("A lamp", 1, f"<p>{SENTENCES[0]}</p>", link=f"{other}/page/1")
    serve_page(publishers, 1, "A lamp")
    follow(program, publishers.serve("/lamps", rss("Lamps", [story])))
    assert program("once").code == 0
    assert program.select("SELECT state, reason FROM enrichments")[0][0] == "given up"
    assert program.feed("news")["items"][0]["content_html"] == f"<p>{SENTENCES[0]}</p>"


def test_whole_articles_are_cleaned_again_and_no_page_is_asked_for(program: Program, publishers: Publishers) -> None:
    feed = serve_teasers(publishers, "A lamp", "A pier")
    follow(program, feed)
    serve_page(publishers, 0, "A lamp")
    serve_page(publishers, 1, "A pier")
    assert program("once").code == 0
    before, asked = program.feed("news")["items"], len(publishers.requests)
    follow(program, feed, remove=["p:last-child"])
    ended = program("refine", "--all")
    assert ended.code == 0, ended.complained
    assert "2 articles looked at; 2 differ now" in ended.said
    after = program.feed("news")["items"]
    assert all(SENTENCES[-1] in item["content_html"] for item in before)
    assert not any(SENTENCES[-1] in item["content_html"] for item in after)
    assert all(SENTENCES[-2] in item["content_html"] for item in after)
    assert [(item["id"], item.get("date_modified")) for item in after] == [
        (item["id"], item.get("date_modified")) for item in before
    ]
    assert len(publishers.requests) == asked
