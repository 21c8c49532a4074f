"""A site that is really served, and a browser to look at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from aggregator.publish.files import publish
from aggregator.web.app import create_app
from aggregator.web.server import serve
from tests.builders import NOW
from tests.web.browser import Browser, a_browser
from tests.web.library import FakeLibrary


@dataclass
class Site:
    """What stands behind it, and where it is."""

    url: str  # ends in "/"
    port: int
    folder: Path
    library: FakeLibrary

    def publish(self, name: str, content: str | bytes) -> None:
        publish(self.folder, f"feeds/{name}", content.encode() if isinstance(content, str) else content)

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(
            self.url + path, headers={name.replace("_", "-"): value for name, value in headers.items()}, timeout=10
        )


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    library, folder = FakeLibrary(), tmp_path_factory.mktemp("site") / "public"
    app = create_app(
        library,
        folder,
        base_url="https://feeds.example/",
        opml=lambda: b"<opml version='2.0'/>",
        clock=lambda: NOW,
        keep_page=0,
    )
    with serve(app, port=0) as listening:
        yield Site(listening.url, listening.port, folder, library)


@pytest.fixture
def site(served: Site) -> Site:
    """One server for all tests; each begins with an empty folder and an empty library."""
    shutil.rmtree(served.folder, ignore_errors=True)
    vars(served.library).update(vars(FakeLibrary()))
    return served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser
