"""Publishers' pictures under our own address, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import requests

from aggregator.decide.pictures import LONGEST, picture_path, picture_url
from aggregator.jobs.gallery import AT_ONCE, Gallery
from aggregator.model.exchange import Failure
from aggregator.store.cache import FileCache
from aggregator.web.app import create_app
from aggregator.web.images import Images
from aggregator.web.server import serve
from tests.builders import NOW
from tests.fakes import FakeClock, FakeWeb
from tests.refine.test_picture import PLACE, a_picture, exif
from tests.web.library import FakeLibrary

SECRET = b"s" * 32
BOAT = "https://news.example/boat.jpg?width=800&größe=1"


class Site:
    """The server, and the web that it asks."""

    def __init__(self, folder: Path) -> None:
        self.web = FakeWeb()
        self.url = ""
        self.clock = FakeClock()
        gallery = Gallery(self.fetch, FileCache(folder / "images", 1_000_000), self.clock)
        images = Images(gallery, partial(picture_url, SECRET))
        self.gate = threading.Event()
        self.gate.set()
        self.inside = 0
        self.app = create_app(
            FakeLibrary(), folder, base_url="https://f.example/", clock=lambda: NOW, images=images, own_pictures=True
        )

    def fetch(self, request):
        self.inside += 1
        self.gate.wait(20)
        return self.web.fetch(request)

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(self.url + path, headers=headers, timeout=20)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    with serve(site.app, port=0) as listening:
        site.url = listening.url
        yield site
        site.gate.set()


def test_a_signed_picture_is_fetched_once_and_kept(site: Site) -> None:
    site.web.serve(BOAT, a_picture("JPEG"))
    for _ in range(3):
        answer = site.get(picture_path(SECRET, BOAT))
        assert (answer.status_code, answer.content) == (200, a_picture("JPEG"))
    assert [request.url for request in site.web.requests] == [BOAT]


def test_its_headers(site: Site) -> None:
    site.web.serve(BOAT, a_picture("PNG"))
    headers = site.get(picture_path(SECRET, BOAT)).headers
    assert headers["content-type"] == "image/png"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    again = site.get(picture_path(SECRET, BOAT), **{"If-None-Match": headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_where_it_was_taken_is_not_told(site: Site) -> None:
    site.web.serve(BOAT, a_picture("JPEG", exif=exif()))
    answer = site.get(picture_path(SECRET, BOAT))
    assert answer.status_code == 200
    assert PLACE not in answer.content


@pytest.mark.parametrize(
    "path",
    [
        picture_path(b"t" * 32, BOAT),
        picture_path(SECRET, BOAT)[:-4],
        picture_path(SECRET, BOAT).replace("img/", "img/x"),
        "img/x/" + picture_path(SECRET, BOAT).rpartition("/")[2],
        "img//",
        "img/x/%ff%fe",
        "img/x/" + "A" * 9_000,
        "img/%C3%A4/aHR0cHM6Ly9hLmV4YW1wbGUv",
    ],
)
def test_what_we_have_not_signed_is_refused_without_asking_anybody(site: Site, path: str) -> None:
    site.web.serve(BOAT, a_picture("JPEG"))
    answer = site.get(path)
    assert answer.status_code == 404
    assert site.inside == 0


@pytest.mark.parametrize("content", [b"<svg onload='alert(1)'/>", b"<html><script>alert(1)</script>", b"", b"\xff\xd8"])
def test_what_is_no_picture_is_not_passed_on(site: Site, content: bytes) -> None:
    site.web.serve(BOAT, content)
    answer = site.get(picture_path(SECRET, BOAT))
    assert answer.status_code == 404
    assert b"alert" not in answer.content
    assert answer.headers["cache-control"] == "public, max-age=300"


@pytest.mark.parametrize(
    ("failure", "status", "code", "seconds"),
    [
        (Failure.BLOCKED, None, 404, 300),
        (Failure.TOO_LARGE, None, 404, 300),
        (Failure.STATUS, 404, 404, 300),
        (Failure.STATUS, 403, 404, 300),
        (Failure.STATUS, 429, 502, 60),
        (Failure.STATUS, 503, 502, 60),
        (Failure.TIMEOUT, None, 502, 60),
        (Failure.DNS, None, 502, 60),
    ],
)
def test_a_publisher_that_fails_is_asked_again_after_a_while_and_not_before(
    site: Site, failure: Failure, status: int | None, code: int, seconds: int
) -> None:
    site.web.refuse(BOAT, status) if status else site.web.fail(BOAT, failure)
    for _ in range(3):
        answer = site.get(picture_path(SECRET, BOAT))
        assert (answer.status_code, answer.headers["cache-control"]) == (code, f"public, max-age={seconds}")
    assert site.inside == 1
    site.web.serve(BOAT, a_picture("GIF"))
    site.clock.pass_(timedelta(seconds=seconds))
    assert site.get(picture_path(SECRET, BOAT)).status_code == 200


def test_the_type_is_that_of_the_bytes_whatever_the_address_says(site: Site) -> None:
    url = "https://news.example/page.html"
    site.web.serve(url, a_picture("WEBP"))
    assert site.get(picture_path(SECRET, url)).headers["content-type"] == "image/webp"


def test_a_signature_is_good_for_one_address(site: Site) -> None:
    site.web.serve(BOAT, a_picture("JPEG"))
    other = "https://news.example/other.jpg"
    site.web.serve(other, a_picture("PNG"))
    signature = picture_path(SECRET, BOAT).split("/")[1]
    for encoded in (picture_path(SECRET, other).split("/")[2], picture_path(SECRET, BOAT).split("/")[2] + "AA"):
        assert site.get(f"img/{signature}/{encoded}").status_code == 404
    assert site.inside == 0


def test_slow_publishers_keep_nobody_from_the_pages(site: Site) -> None:
    site.gate.clear()
    paths = [picture_path(SECRET, f"https://slow.example/{number}.png") for number in range(60)]
    waiting = [threading.Thread(target=site.get, args=(path,), daemon=True) for path in paths]
    for thread in waiting:
        thread.start()
    assert site.get("healthz").status_code == 200
    assert site.get("").status_code == 200
    assert site.inside <= AT_ONCE
    site.gate.set()
    for thread in waiting:
        thread.join(20)
    assert site.inside == 60


def test_the_page_shows_no_pictures_but_ours(site: Site) -> None:
    assert "img-src 'self';" in site.get("").headers["content-security-policy"]


def test_only_web_addresses_of_a_sane_length_are_signed() -> None:
    assert picture_path(SECRET, "javascript:alert(1)") == ""
    assert picture_path(SECRET, "https://a.example/" + "x" * LONGEST) == ""


def test_a_path_leads_back_to_its_url() -> None:
    _, signature, encoded = picture_path(SECRET, BOAT).split("/")
    assert picture_url(SECRET, signature, encoded) == BOAT
