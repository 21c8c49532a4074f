"""Real feed readers subscribe to what a running daemon publishes, and see every story once.

Each asks through a proxy that remembers what was asked and answered: most readers keep that to themselves.
"""

from __future__ import annotations

import email
import os
import re
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.header import decode_header, make_header
from html import escape
from pathlib import Path
from urllib.parse import unquote

import pytest
import requests

from tests.e2e.documents import Story, atom, rss
from tests.e2e.world import PATIENCE, Asked, Eavesdropper, Program, Publishers, ask, wait_until

HARBOUR = [
    Story("Ferries & bridges: what's <new>", 5, site="harbour.example"),
    Story("Night shift in the lock", 4, site="harbour.example"),
]
MOUNTAIN = [
    Story("港口十月吞吐量同比增长6.3%", 3, "<p>夜班船期功不可没。</p>", site="shan.example"),
    Story("みなとの朝市、ことしも", 2, "<p>かにが安い。</p>", site="shan.example"),
    Story("서울의 겨울", 1, "<p>눈이 왔다.</p>", site="shan.example"),
]
LATER = Story("晚到的新闻", 6, site="shan.example")
SPOKEN = Story("听众来电", 7, site="shan.example")
EVERYTHING = sorted((story.title, story.url) for story in [*HARBOUR, *MOUNTAIN])


class Newsstand:
    """The running program, and the way that its readers take to it."""

    def __init__(self, program: Program, publishers: Publishers, proxy: Eavesdropper) -> None:
        self.program, self.publishers, self.proxy = program, publishers, proxy

    def url(self, path: str) -> str:
        """Where readers subscribe."""
        return f"{self.proxy.base}/feeds/{path}"

    def since(self, number: int) -> list[Asked]:
        """The requests of readers from one of them on."""
        return self.proxy.requests[number:]

    def etag(self, path: str) -> str:
        """What the program calls the present edition of a feed."""
        return ask(f"http://127.0.0.1:{self.program.port}/feeds/{path}").headers["etag"]

    def publish_later_story(self) -> None:
        """One story more, in one of the feeds."""
        self.publishers.serve("/mountain", atom("Mountain", [LATER, *MOUNTAIN]))
        self._poll_for(LATER)

    def publish_with_sound(self, url: str) -> None:
        """One story more, that can be listened to."""
        sound = f'<link rel="enclosure" href="{url}" type="audio/mpeg" length="4321"/></entry>'
        document = atom("Mountain", [SPOKEN, *MOUNTAIN]).replace(b"</entry>", sound.encode(), 1)
        self.publishers.serve("/mountain", document)
        self._poll_for(SPOKEN)

    def _poll_for(self, story: Story) -> None:
        """Whether the command or the daemon gets to poll is chance: both run."""
        assert self.program("once", "--all").code == 0
        address = f"http://127.0.0.1:{self.program.port}/feeds/mountain.atom"
        wait_until("it is published", lambda: story.title in requests.get(address, timeout=10).content.decode())


@pytest.fixture
def newsstand(tmp_path: Path, publishers: Publishers) -> Iterator[Newsstand]:
    """Two categories, published and served."""
    folder = tmp_path / "program"
    folder.mkdir()
    program = Program(folder)
    with Eavesdropper() as proxy:
        proxy.target = program.port
        harbour = {"name": "harbour", "url": publishers.serve("/harbour", rss("Harbour", HARBOUR))}
        mountain = {"name": "mountain", "url": publishers.serve("/mountain", atom("Mountain", MOUNTAIN))}
        program.configure(
            {"harbour": {"sources": [harbour]}, "mountain": {"sources": [mountain]}},
            publish={"base_url": f"{proxy.base}/"},
            polling={"every": "1h"},  # nothing changes but by `publish_later_story`
        )
        assert program("once").code == 0
        with program.daemon():
            yield Newsstand(program, publishers, proxy)


def run(home: Path, *command: str | Path) -> str:
    """Run a reader, in a home of its own; what it said."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=home,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "dumb"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home for one reader."""
    home = tmp_path / "home"
    home.mkdir()
    return home


# newsboat


def newsboat(home: Path, command: str) -> str:
    return run(home, "newsboat", "-u", home / "urls", "-c", home / "cache.db", "-C", home / "config", "-x", command)


def newsboat_has(home: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(home / "cache.db")
    try:
        return sorted(connection.execute("SELECT title, url FROM rss_item WHERE deleted = 0"))
    finally:
        connection.close()


@pytest.mark.needs("newsboat")
@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_newsboat_sees_every_story_once_and_gets_304(newsstand: Newsstand, home: Path, suffix: str) -> None:
    (home / "urls").write_text(f"{newsstand.url(f'harbour.{suffix}')}\n{newsstand.url(f'mountain.{suffix}')}\n")
    (home / "config").write_text("cleanup-on-quit no\n")
    for _ in range(3):  # it sends no validators before its third visit
        newsboat(home, "reload")
    asked = len(newsstand.proxy.requests)
    newsboat(home, "reload")
    assert [request.status for request in newsstand.since(asked)] == [304, 304]
    assert newsboat_has(home) == EVERYTHING
    assert newsboat(home, "print-unread").strip() == "5 unread articles"
    newsstand.publish_later_story()
    newsboat(home, "reload")
    assert newsboat_has(home) == sorted([*EVERYTHING, (LATER.title, LATER.url)])


@pytest.mark.needs("newsboat")
def test_newsboat_takes_a_story_of_two_feeds_for_one(newsstand: Newsstand, home: Path) -> None:
    """It tells stories apart by their ids alone, across all feeds."""
    (home / "urls").write_text(f"{newsstand.url('all.atom')}\n{newsstand.url('mountain.atom')}\n")
    (home / "config").write_text("")
    newsboat(home, "reload")
    assert newsboat_has(home) == EVERYTHING


# rss2email

R2E = """\
[DEFAULT]
from = aggregator@localhost
to = reader@localhost
email-protocol = maildir
maildir-path = {home}/mail
maildir-mailbox = News
html-mail = True
verbose = warning
"""


def r2e(home: Path, *command: str) -> str:
    return run(home, "r2e", "-c", home / "r2e.cfg", "-d", home / "r2e.json", *command)


def r2e_has(home: Path) -> list[tuple[str, str]]:
    mails = [email.message_from_bytes(file.read_bytes()) for file in (home / "mail" / "News" / "new").iterdir()]
    return sorted((str(make_header(decode_header(mail["Subject"]))), mail["X-RSS-URL"]) for mail in mails)


@pytest.mark.needs("r2e")
@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_rss2email_sends_every_story_once_and_gets_304(newsstand: Newsstand, home: Path, suffix: str) -> None:
    (home / "r2e.cfg").write_text(R2E.format(home=home))
    (home / "mail").mkdir()
    r2e(home, "add", "harbour", newsstand.url(f"harbour.{suffix}"))
    r2e(home, "add", "mountain", newsstand.url(f"mountain.{suffix}"))
    r2e(home, "run")
    assert r2e_has(home) == EVERYTHING
    asked = len(newsstand.proxy.requests)
    r2e(home, "run")
    assert [request.status for request in newsstand.since(asked)] == [304, 304]
    newsstand.publish_later_story()
    r2e(home, "run")
    assert r2e_has(home) == sorted([*EVERYTHING, (LATER.title, LATER.url)])


# sfeed

SFEEDRC = """\
sfeedpath="{home}/feeds"
fetch() {{
    curl -s -f -m 15 --etag-compare "{home}/$1.etag" --etag-save "{home}/$1.etag" "$2"
}}
feeds() {{
    feed harbour {harbour}
    feed mountain {mountain}
}}
"""


def sfeed_has(home: Path) -> list[tuple[str, str]]:
    """Fields are separated by tabs: time, title, link, content, its type, id, …"""
    lines = [line for file in (home / "feeds").iterdir() for line in file.read_text("utf-8").splitlines()]
    return sorted((line.split("\t")[1], line.split("\t")[2]) for line in lines)


def as_sfeed_shows(stories: list[tuple[str, str]], suffix: str) -> list[tuple[str, str]]:
    """It does not read the type of an Atom title: one that has to be `html`, since it holds a `<`, shows as written."""
    return sorted((escape(title, quote=False) if suffix == "atom" else title, url) for title, url in stories)


@pytest.mark.needs("sfeed_update", "curl")
@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_sfeed_sees_every_story_once_and_gets_304(newsstand: Newsstand, home: Path, suffix: str) -> None:
    urls = {name: newsstand.url(f"{name}.{suffix}") for name in ("harbour", "mountain")}
    (home / "sfeedrc").write_text(SFEEDRC.format(home=home, **urls))
    run(home, "sfeed_update", home / "sfeedrc")
    assert sfeed_has(home) == as_sfeed_shows(EVERYTHING, suffix)
    asked = len(newsstand.proxy.requests)
    run(home, "sfeed_update", home / "sfeedrc")
    assert [request.status for request in newsstand.since(asked)] == [304, 304]
    assert sfeed_has(home) == as_sfeed_shows(EVERYTHING, suffix)
    newsstand.publish_later_story()
    run(home, "sfeed_update", home / "sfeedrc")
    assert sfeed_has(home) == as_sfeed_shows([*EVERYTHING, (LATER.title, LATER.url)], suffix)


# Liferea

FEEDLIST = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Liferea</title></head><body>
<outline title="h" text="h" type="{type}" id="harbour" xmlUrl="{harbour}" updateInterval="60"/>
<outline title="m" text="m" type="{type}" id="mountain" xmlUrl="{mountain}" updateInterval="60"/>
</body></opml>
"""


@pytest.fixture
def screen() -> Iterator[str]:
    """A display that nobody looks at."""
    reading, writing = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(writing)
        with open(reading) as said:
            number = said.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
        server.terminate()


@contextmanager
def liferea(home: Path, screen: str) -> Iterator[Callable[[], None]]:
    """It runs while the context lasts: it updates all feeds when it starts, and is told to end.

    Gives what its button "Update all" does.
    """
    own = {
        "HOME": str(home),
        "DISPLAY": screen,
        "LC_ALL": "C.UTF-8",
        "GSETTINGS_BACKEND": "memory",
        "NO_AT_BRIDGE": "1",
    }
    bus = home / "bus"
    bus.unlink(missing_ok=True)
    with (home / "liferea.log").open("ab") as log:
        process = subprocess.Popen(
            ["dbus-run-session", "--", "sh", "-c", 'echo "$DBUS_SESSION_BUS_ADDRESS" >bus; exec liferea'],
            cwd=home,
            env={"PATH": os.environ["PATH"], **own},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def update_all() -> None:
        reader = ("--dest=org.gnome.feed.Reader", "/org/gnome/feed/Reader")
        run(
            home,
            "dbus-send",
            f"--bus={bus.read_text().strip()}",
            "--print-reply",
            *reader,
            "org.gnome.feed.Reader.Refresh",
        )

    try:
        yield update_all
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def liferea_has(home: Path) -> list[tuple[str, str]]:
    """Titles and links in its database; nothing before there is one."""
    try:
        connection = sqlite3.connect(f"file:{home}/.local/share/liferea/liferea.db?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return []
    try:
        found = connection.execute("SELECT title, source FROM items WHERE comment = 0").fetchall()
        return as_liferea_shows(found)
    except sqlite3.OperationalError:  # it is just about to make it
        return []
    finally:
        connection.close()


def as_liferea_shows(stories: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """It cuts what looks like a tag from every title, escaped or not, and unquotes some of an address."""
    return sorted((re.sub(" ?<[^>]*>", "", title), unquote(url)) for title, url in stories)


def liferea_offers(home: Path) -> list[str]:
    connection = sqlite3.connect(home / ".local/share/liferea/liferea.db")
    try:
        found = connection.execute("SELECT value FROM metadata WHERE key = 'enclosure'").fetchall()
    finally:
        connection.close()
    return sorted(value for (value,) in found)


@pytest.mark.needs("liferea", "Xvfb", "dbus-run-session")
@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_liferea_sees_every_story_once_and_offers_what_can_be_heard(
    newsstand: Newsstand, home: Path, screen: str, suffix: str
) -> None:
    subscribe_liferea(newsstand, home, suffix)
    sound = "https://shan.example/episode.mp3"
    newsstand.publish_with_sound(sound)
    heard = as_liferea_shows([*EVERYTHING, (SPOKEN.title, SPOKEN.url)])
    with liferea(home, screen):
        wait_until("it has all stories", lambda: liferea_has(home) == heard)
    assert liferea_offers(home) == [f"enc:0:audio/mpeg:4321:{sound}"]
    asked = len(newsstand.proxy.requests)
    with liferea(home, screen):
        wait_until("it has asked again", lambda: len(feeds_asked(newsstand, asked)) >= 2)
    assert liferea_has(home) == heard
    newsstand.publish_later_story()
    with liferea(home, screen):
        wait_until("it has the later story", lambda: LATER.title in dict(liferea_has(home)))
    titles = [title for title, _ in liferea_has(home)]
    assert len(titles) == len(set(titles))


@pytest.mark.needs("liferea", "Xvfb", "dbus-run-session", "dbus-send")
@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_liferea_that_stays_open_asks_with_both_validators_and_gets_304(
    newsstand: Newsstand, home: Path, screen: str, suffix: str
) -> None:
    subscribe_liferea(newsstand, home, suffix)
    with liferea(home, screen) as update_all:
        wait_until("it has all stories", lambda: liferea_has(home) == as_liferea_shows(EVERYTHING))
        update_all()
        wait_until("it is told of no news", lambda: not_modified(newsstand, 0) == {"/feeds/harbour", "/feeds/mountain"})
        asked = len(newsstand.proxy.requests)
        update_all()  # a 304 takes no validator away from it
        wait_until("it has asked again", lambda: len(feeds_asked(newsstand, asked)) >= 2)
        again = feeds_asked(newsstand, asked)
        assert all(request.headers["If-None-Match"] and request.headers["If-Modified-Since"] for request in again)
        assert [request.status for request in again] == [304, 304]
        newsstand.publish_later_story()
        update_all()
        wait_until("it has the later story", lambda: LATER.title in dict(liferea_has(home)))
    assert liferea_has(home) == as_liferea_shows([*EVERYTHING, (LATER.title, LATER.url)])


@pytest.mark.needs("liferea", "Xvfb", "dbus-run-session")
def test_liferea_that_was_closed_has_forgotten_the_validators_and_is_sent_all_of_it(
    newsstand: Newsstand, home: Path, screen: str
) -> None:
    """Its own doing: 1.14 keeps neither in its database nor in its list of feeds what it was told to ask with."""
    subscribe_liferea(newsstand, home, "atom")
    with liferea(home, screen):
        wait_until("it has all stories", lambda: liferea_has(home) == as_liferea_shows(EVERYTHING))
    etag = newsstand.etag("harbour.atom").strip('"').encode()
    kept = [*(home / ".local/share/liferea").iterdir(), *(home / ".config/liferea").iterdir()]
    assert {"liferea.db", "feedlist.opml"} <= {file.name for file in kept}
    assert not any(etag in file.read_bytes() for file in kept if file.is_file())
    asked = len(newsstand.proxy.requests)
    with liferea(home, screen):
        wait_until("it has asked again", lambda: len(feeds_asked(newsstand, asked)) >= 2)
    again = feeds_asked(newsstand, asked)
    assert [(request.headers["If-None-Match"], request.status) for request in again[:2]] == [(None, 200)] * 2


def subscribe_liferea(newsstand: Newsstand, home: Path, suffix: str) -> None:
    """Before its first start."""
    folder = home / ".config/liferea"
    folder.mkdir(parents=True)
    urls = {name: newsstand.url(f"{name}.{suffix}") for name in ("harbour", "mountain")}
    (folder / "feedlist.opml").write_text(FEEDLIST.format(type=suffix, **urls))


def not_modified(newsstand: Newsstand, since: int) -> set[str]:
    """The feeds, without suffix, for which a request got 304."""
    return {request.path.rpartition(".")[0] for request in feeds_asked(newsstand, since) if request.status == 304}


def feeds_asked(newsstand: Newsstand, since: int) -> list[Asked]:
    """It asks for icons as well."""
    return [request for request in newsstand.since(since) if request.path.startswith("/feeds/")]
