from __future__ import annotations

import os
import socket
import threading
from pathlib import Path
from urllib.parse import quote

import brotli  # type: ignore[import-untyped]
import pytest
import requests

from aggregator.web import shelf
from aggregator.web.feeds import place
from aggregator.web.shelf import Shelf
from tests.waiting import take_time
from tests.web.conftest import Site

ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'>" + "<entry/>" * 500 + "</feed>"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("tech.atom", "application/atom+xml; charset=utf-8"),
        ("tech.rss", "application/rss+xml; charset=utf-8"),
        ("tech.json", "application/feed+json; charset=utf-8"),
    ],
)
def test_a_feed_has_its_media_type_and_all_that_readers_and_caches_need(site: Site, name: str, media_type: str) -> None:
    site.publish(name, ATOM)
    for _ in range(2):  # from the disk, then from memory
        answer = site.get(f"feeds/{name}")
        assert answer.status_code == 200
        assert answer.text == ATOM
        assert answer.headers["content-type"] == media_type
        assert answer.headers["cache-control"] == "public, max-age=300"
        assert answer.headers["vary"] == "accept, accept-encoding"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["accept-ranges"] == "none"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["etag"].startswith('"')
        assert "server" not in answer.headers


def test_a_document_of_an_archive_may_be_kept_for_ever(site: Site) -> None:
    site.publish("tech/_archive/1.atom", ATOM)
    answer = site.get("feeds/tech/_archive/1.atom")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = site.get("feeds/tech/_archive/1.atom", If_None_Match=answer.headers["etag"])
    assert (again.status_code, again.headers["cache-control"]) == (304, answer.headers["cache-control"])


@pytest.mark.parametrize(
    ("wanted", "given"),
    [("gzip", "gzip"), ("br, gzip", "br"), ("br;q=0, gzip", "gzip"), ("identity", None), ("zstd", None)],
)
def test_each_encoding_has_an_etag_of_its_own(site: Site, wanted: str, given: str | None) -> None:
    site.publish("tech.atom", ATOM)
    with requests.get(
        site.url + "feeds/tech.atom", headers={"Accept-Encoding": wanted}, timeout=10, stream=True
    ) as answer:
        raw = answer.raw.read()
    assert answer.headers.get("content-encoding") == given
    assert int(answer.headers["content-length"]) == len(raw)
    assert ("-" + (given or "")) in answer.headers["etag"] or given is None
    again = site.get("feeds/tech.atom", Accept_Encoding=wanted, If_None_Match=answer.headers["etag"])
    assert again.status_code == 304
    if given == "br":
        assert brotli.decompress(raw).decode() == ATOM


def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    site.publish("tech.atom", ATOM)
    first = site.get("feeds/tech.atom")
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    for conditions in (
        {"If-None-Match": etag},
        {"If-None-Match": f"W/{etag}"},
        {"If-None-Match": f'"other", {etag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": modified},
        {"If-None-Match": etag, "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ):
        answer = site.get("feeds/tech.atom", **conditions)
        assert (answer.status_code, answer.content) == (304, b""), conditions
        assert answer.headers["etag"] == etag
        assert answer.headers["vary"] == "accept, accept-encoding"
    for conditions in (
        {"If-None-Match": '"other"', "If-Modified-Since": modified},
        {"If-None-Match": '"unterminated'},
        {"If-Modified-Since": "yesterday"},
        {"If-Modified-Since": "Fri, 31 Dec 99999 23:59:59 GMT"},
        {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ):
        assert site.get("feeds/tech.atom", **conditions).status_code == 200, conditions


def test_a_new_version_is_served_at_once(site: Site) -> None:
    site.publish("tech.atom", "one")
    first = site.get("feeds/tech.atom")
    for content in ("two", "six", "ten"):  # of the same length, within the same second
        site.publish("tech.atom", content)
        answer = site.get("feeds/tech.atom", If_None_Match=first.headers["etag"])
        assert (answer.status_code, answer.text) == (200, content)
    (site.folder / "feeds" / "tech.atom").unlink()
    assert site.get("feeds/tech.atom").status_code == 404


def test_head_says_the_same_without_the_content(site: Site) -> None:
    site.publish("tech.atom", ATOM)
    for _ in range(2):
        head = requests.head(site.url + "feeds/tech.atom", timeout=10)
        get = site.get("feeds/tech.atom")
        assert head.content == b""
        assert {k: v for k, v in head.headers.items() if k != "date"} == {
            k: v for k, v in get.headers.items() if k != "date"
        }


def test_a_range_is_answered_with_the_whole(site: Site) -> None:
    site.publish("tech.atom", ATOM)
    answer = site.get("feeds/tech.atom", Range="bytes=0-3")
    assert (answer.status_code, answer.text) == (200, ATOM)


def test_other_methods(site: Site) -> None:
    site.publish("tech.atom", ATOM)
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        answer = requests.request(method, site.url + "feeds/tech.atom", timeout=10)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    preflight = requests.options(site.url + "feeds/tech.atom", headers={"Origin": "https://reader.example"}, timeout=10)
    assert preflight.status_code == 204
    assert "if-none-match" in preflight.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    "name", ["金融.atom", "金融/新浪财经.rss", "a?b#c%41.json", "x/..atom", "con.atom", "长" * 200 + ".rss"]
)
def test_every_name_that_can_be_published_can_be_read(site: Site, name: str) -> None:
    site.publish(name, ATOM)
    assert site.get("feeds/" + quote(name)).text == ATOM


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/",
        "/feeds/tech",
        "/feeds/tech.atom/",
        "/feeds/tech.xml",
        "/feeds/../secret.atom",
        "/feeds/%2e%2e/secret.atom",
        "/feeds/..%2fsecret.atom",
        "/feeds/%2e%2e%2fsecret.atom",
        "/feeds/..%5csecret.atom",
        "/feeds/..%252fsecret.atom",
        "/feeds//secret.atom",
        "/feeds/%00.atom",
        "/feeds/tech.atom%00.atom",
        "/feeds/%c0%ae%c0%ae/secret.atom",
        "/feeds/%ff.atom",
        "/feeds/%ed%a0%80.atom",
        "/feeds/outside.atom",
        "/feeds/folder/secret.atom",
        "/feeds/directory.atom",
        "/feeds/pipe.atom",
        "/feeds/.publish-0123456789abcdef.tmp",
        "/feeds/" + "a" * 5_000 + ".atom",
        "/feeds/" + "a/" * 1_500 + "b.atom",
    ],
)
def test_nothing_but_published_files_can_be_reached(site: Site, path: str) -> None:
    site.publish("tech.atom", ATOM)
    feeds = site.folder / "feeds"
    (site.folder / "secret.atom").write_text("SECRET")
    (feeds / "outside.atom").symlink_to(site.folder / "secret.atom")
    (feeds / "folder").symlink_to(site.folder)
    (feeds / "directory.atom").mkdir()
    (feeds / ".publish-0123456789abcdef.tmp").write_text("SECRET")
    os.mkfifo(feeds / "pipe.atom")
    with socket.create_connection(("127.0.0.1", site.port)) as client:  # requests would tidy the path up
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode("latin-1"))
        answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"SECRET" not in answer


def test_a_place_is_below_the_folder() -> None:
    folder = Path("/public")
    assert place(folder, b"/feeds/tech.atom") == "/public/feeds/tech.atom"
    assert place(folder, b"/feeds/%E9%87%91/b.rss") == "/public/feeds/金/b.rss"
    assert place(folder, b"/feeds/../b.rss") == "/public/feeds/\\2E./b.rss"


def test_a_crowd_compresses_a_new_version_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    packed: list[str] = []

    def slow_pack(content: bytes, coding: str) -> bytes:
        packed.append(coding)
        take_time(0.2)
        return content

    monkeypatch.setattr(shelf, "pack", slow_pack)
    site.publish("tech.atom", ATOM)
    crowd = [
        threading.Thread(target=site.get, args=("feeds/tech.atom",), kwargs={"Accept-Encoding": "identity"})
        for _ in range(20)
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert len(packed) == 1


def test_memory_is_bounded(tmp_path: Path) -> None:
    import asyncio

    for number in range(10):
        (tmp_path / f"{number}.atom").write_bytes(bytes(10_000))

    async def take_all() -> Shelf:
        shelf = Shelf(tmp_path, capacity=50_000)
        for number in range(10):
            assert await shelf.take(str(tmp_path / f"{number}.atom"), "identity")
        return shelf

    held = asyncio.run(take_all())
    assert [number for number in range(10) if held.held(str(tmp_path / f"{number}.atom"), "identity")] == [7, 8, 9]
