"""Who may read what, through the whole program."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from tests.conftest import verdict
from tests.e2e.documents import Story, rss
from tests.e2e.world import ROOT, Program, Publishers, ask, titles_in, wait_until

KIT = Path(os.environ.get("HOSTILE_KIT", ROOT.parent / "shared" / "hostile"))
TOKEN, OTHER = "alices-token-0123456789", "bobs-token-0123456789"
SHARED = Story(
    "The ferry runs again", 1, "<p>The harbour reopens after a long winter of repairs.</p>", link="https://x.example/s"
)
PLAN = Story("A secret plan", 3, "<p>Zeppelin.</p>", link="https://x.example/plan")
OPEN = Story("Weather", 2, "<p>Rain.</p>", link="https://x.example/weather")


def two_categories(program: Program, publishers: Publishers, access: object, **sections: Any) -> None:
    news = publishers.serve("/news", rss("News", [SHARED, OPEN]))
    inner = publishers.serve("/inner", rss("Inner", [SHARED, PLAN]))
    program.configure(
        {
            "news": {"sources": [{"name": "News", "url": news, "every": "1h"}]},
            "inner": {
                **({"access": access} if access else {}),
                "sources": [{"name": "Hush", "url": inner, "every": "1h"}],
            },
        },
        **sections,
    )


def test_the_server_withstands_the_kit_of_hostile_requests(program: Program, publishers: Publishers) -> None:
    probe = KIT / "serve" / "serve_probe.py"
    if not probe.exists():
        verdict("the kit of hostile requests is not beside the checkout; HOSTILE_KIT may name it")
    two_categories(program, publishers, {"tokens": {"alice": TOKEN}})
    assert program("once").code == 0
    with program.daemon() as daemon:
        where = ["--base", daemon.base.rstrip("/"), "--feed", "/feeds/all.atom", "--status", "/"]
        done = subprocess.run(
            [sys.executable, str(probe), *where, "--protected", "/feeds/inner.atom", "--token", TOKEN],
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert [line for line in done.stdout.splitlines() if line.startswith(("FAIL", "skip"))] == []
        tally = re.search(r"\{'pass': (\d+), 'FAIL': 0, 'skip': 0\}", done.stdout)
        assert tally is not None, done.stdout[-2000:] + done.stderr[-2000:]
        assert int(tally[1]) >= 107, "the kit has more cases than that: it did not run them"
        assert TOKEN not in daemon.said()


def test_a_stranger_finds_no_trace_of_what_is_protected(program: Program, publishers: Publishers) -> None:
    two_categories(program, publishers, {"tokens": {"alice": TOKEN, "bob": OTHER}})
    assert program("once").code == 0
    assert "inner.atom" not in program.files()
    with program.daemon() as daemon:
        paths = ["", "opml", "feeds/all.atom", "feeds/all.json", "feeds/news.rss", "metrics", "healthz"]
        paths += ["search?q=plan", "search?q=ferry", "feeds/search.json?q=category:inner", "why?q=A%20secret%20plan"]
        paths += ["why?q=https://x.example/s", "why?q=https://x.example/plan", "feeds/_health.atom"]
        paths += ["c/news", "c/all", "c/inner", "sources", "about", "opml/sources"]
        told = json.loads(ask(f"{daemon.base}feeds/all.json?raw").body)["items"]
        paths += [f"s/{item['id'].rpartition(':')[2]}" for item in told]
        for path in paths:
            said = ask(daemon.base + path).body.decode()
            found = [word for word in ("secret plan<", "Zeppelin", "Hush", "inner") if word in said.replace(path, "")]
            assert found in ([], ["inner"] if "category:inner" in path else []), path
        refusals = {
            (refused.status, refused.body)
            for query in ("", "?token=", "?token=wrong", f"?token={TOKEN}x", f"?token[]={TOKEN}", f"?Token={TOKEN}")
            for name in ("inner.atom", "inner/Hush.rss", "inner/_archive/1.json", "inner/none.atom")
            for refused in [ask(f"{daemon.base}feeds/{name}{query}")]
        }
        assert len(refusals) == 1
        assert refusals.pop()[0] == 401


def test_a_subscriber_finds_all_that_is_theirs_and_links_that_work(program: Program, publishers: Publishers) -> None:
    two_categories(program, publishers, {"tokens": {"alice": TOKEN}, "users": {"carol": "a long password"}})
    publishers.serve("/inner", rss("Inner", [Story(f"Number {n}", n, f"<p>Words {n}.</p>") for n in range(1, 8)]))
    program.config.write_text(program.config.read_text() + "\n# a limit\n")
    text = program.config.read_text().replace("publish:\n", "publish:\n  limit: 2\n", 1)
    program.config.write_text(text)
    assert program("once").code == 0
    with program.daemon() as daemon:
        url: str | None = f"{daemon.base}feeds/inner.json?token={TOKEN}"
        titles: list[str] = []
        while url is not None:
            answer = ask(url)
            assert answer.status == 200, url
            assert answer.headers["cache-control"].startswith("private")
            titles += titles_in(answer.body)
            url = json.loads(answer.body).get("next_url")
        assert sorted(titles) == [f"Number {n}" for n in range(1, 8)]
        mine = f"{daemon.base}feeds/all.atom?token={TOKEN}"
        first = ask(mine)
        assert "Number 7" in first.body.decode()
        assert ask(mine, {"If-None-Match": first.headers["etag"]}).status == 304
        assert ask(mine, {"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
        page = ask(f"{daemon.base}?token={TOKEN}").body.decode()
        links = re.findall(r'href="(feeds/inner\.[^"]*|opml[^"]*|healthz[^"]*)"', page)
        assert len(links) > 3
        assert {ask(daemon.base + link.replace("&amp;", "&")).status for link in links} == {200}
        carol = {"Authorization": "Basic " + base64.b64encode(b"carol:a long password").decode()}
        feed = ask(f"{daemon.base}feeds/inner.atom", carol)
        assert (feed.status, TOKEN in feed.body.decode()) == (200, False)
        assert ask(f"{daemon.base}login").status == 401
        assert ask(f"{daemon.base}login", carol).status == 303
        assert TOKEN not in daemon.said()
    files = [path.read_bytes() for folder in (program.public, program.folder / "public-private")
             for path in folder.rglob("*") if path.is_file()]  # fmt: skip
    assert not any(TOKEN.encode() in content for content in files)


def test_what_is_protected_later_vanishes_from_all_that_was_published(program: Program, publishers: Publishers) -> None:
    two_categories(program, publishers, None, publish={"limit": 1})
    assert program("once").code == 0
    assert any(b"Zeppelin" in content for content in program.files().values())
    assert any("_archive" in name for name in program.files())
    with program.daemon() as daemon:
        two_categories(program, publishers, {"tokens": {"alice": TOKEN}}, publish={"limit": 1})
        wait_until("a stranger is refused", lambda: ask(f"{daemon.base}feeds/inner.atom").status == 401)
        wait_until("what is public is there again", lambda: "all.atom" in program.files())
        assert not any(b"Zeppelin" in content or b"Hush" in content for content in program.files().values())
        assert titles_in(ask(f"{daemon.base}feeds/inner.json?token={TOKEN}").body) != []
        kept = program.folder / "public-private"
        assert kept.stat().st_mode & 0o077 == 0
        # taken out of the configuration, it is nobody's
        news = publishers.serve("/news", rss("News", [SHARED, OPEN]))
        program.configure({"news": {"sources": [{"name": "News", "url": news}]}}, publish={"limit": 1})
        wait_until("the token is gone", lambda: ask(f"{daemon.base}feeds/inner.atom?token={TOKEN}").status == 404)
        assert program("publish").code == 0
        assert not any(b"Zeppelin" in content or b"Hush" in content for content in program.files().values())
        two_categories(program, publishers, "public", publish={"limit": 1})
        wait_until("it is public again", lambda: ask(f"{daemon.base}feeds/inner.atom").status == 200)


def test_what_an_earlier_version_wrote_under_escaped_names_vanishes_as_well(
    program: Program, publishers: Publishers
) -> None:
    inner = {"sources": [{"name": "Hush?", "url": publishers.serve("/inner", rss("Inner", [SHARED, PLAN]))}]}
    program.configure({"in: ner": inner}, publish={"limit": 1})
    assert program("once").code == 0
    feeds = program.public / "feeds"
    for path in sorted(feeds.rglob("*"), reverse=True):  # what is below a folder before the folder
        path.rename(path.with_name(path.name.replace(":", "%3A").replace("?", "%3F")))
    assert any("in%3A ner/_archive" in path.as_posix() for path in feeds.rglob("*"))
    program.configure({"in: ner": {**inner, "access": {"tokens": {"alice": TOKEN}}}}, publish={"limit": 1})
    assert program("once").code == 0
    assert not any(b"Zeppelin" in content or b"Hush" in content for content in program.files().values())
    assert list((program.folder / "public-private" / "feeds" / "in: ner" / "_archive").iterdir()) != []


def test_a_whole_server_is_shut_but_for_its_pulse(program: Program, publishers: Publishers) -> None:
    two_categories(program, publishers, None, server={"access": {"tokens": {"alice": TOKEN}}})
    assert program("once").code == 0
    assert program.files() == {}
    with program.daemon() as daemon:
        for path in ("", "opml", "feeds/all.atom", "search?q=a", "metrics", "why?q=a", "feeds/search.atom?q=a"):
            assert ask(daemon.base + path).status == 401, path
            joint = "&" if "?" in path else "?"
            assert ask(f"{daemon.base}{path}{joint}token={TOKEN}").status in (200, 404), path
        assert ask(f"{daemon.base}healthz").status == 200


BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}


def test_whoever_comes_with_a_browser_finds_the_way_in_and_is_shown_what_is_theirs(
    program: Program, publishers: Publishers
) -> None:
    two_categories(program, publishers, {"tokens": {"alice": TOKEN}})
    assert program("once").code == 0
    with program.daemon() as daemon:
        for path in ("", "sources", "about", "c/news"):
            found = re.search(r'href="((?:\.\./|\./)*login)"', ask(daemon.base + path, BROWSER).body.decode())
            assert found is not None, path
        refused = {
            path: ask(daemon.base + path, BROWSER) for path in ("login", "feeds/inner.atom", "feeds/inner/x.rss")
        }
        for path, answer in refused.items():
            assert answer.status == 401, path
            assert answer.headers["www-authenticate"].startswith("Basic"), path
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")
            assert answer.headers["cache-control"] == "no-store"
            assert "This is for subscribers" in answer.body.decode()
        chinese = ask(f"{daemon.base}feeds/inner.atom", {**BROWSER, "Accept-Language": "zh"})
        assert "仅供订阅者阅读" in chinese.body.decode()
        assert ask(f"{daemon.base}feeds/inner.atom").headers["content-type"] == "text/plain; charset=utf-8"
        alice = {"Authorization": "Basic " + base64.b64encode(f"alice:{TOKEN}".encode()).decode()}
        page = ask(daemon.base, {**BROWSER, **alice})
        assert ("Signed in" in page.body.decode(), "login" in page.body.decode()) == (True, False)
        assert page.headers["cache-control"].startswith("private")
        assert "authorization" in page.headers["vary"]
        for path in ("", "sources", "feeds/all.atom"):  # what a stranger was shown is kept for strangers alone
            received = requests.get(daemon.base + path, timeout=10)
            assert "authorization" in received.headers["vary"].split(", "), path


def test_a_feed_with_a_token_in_its_address_explains_itself_in_a_browser_and_gives_the_token_to_nobody(
    program: Program, publishers: Publishers
) -> None:
    two_categories(program, publishers, {"tokens": {"alice": TOKEN}})
    assert program("once").code == 0
    with program.daemon() as daemon:
        answer = ask(f"{daemon.base}feeds/inner.atom?token={TOKEN}", BROWSER)
        page = answer.body.decode()
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert f'value="{daemon.base}feeds/inner.atom?token={TOKEN}"' in page
        for link in re.findall(r'(?:href|src|action)="([^"]*)"', page):
            ours = not re.match(r"https?:", link) or link.startswith(daemon.base)
            assert ours or TOKEN not in link, link
        assert "Zeppelin" not in page
        assert "A secret plan" in page
        raw = ask(f"{daemon.base}feeds/inner.atom?raw&token={TOKEN}", BROWSER)
        assert raw.headers["content-type"].startswith("application/atom+xml")
        missing = ask(f"{daemon.base}feeds/inner/none.atom?raw&token={TOKEN}", BROWSER)
        assert (missing.status, "There is no such page" in missing.body.decode()) == (404, True)
        health = ask(f"{daemon.base}feeds/_health.atom?token={TOKEN}", BROWSER)
        assert f"feeds/_health.atom?token={TOKEN}" in health.body.decode()
        assert TOKEN not in daemon.said()
