"""`make demo`, as somebody sees it who starts it for the first time: within a minute there is a page of news."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.waiting import until

PATIENCE = 60  # seconds
STORIES = {"world": 20, "technology": 24, "technology/security": 12, "财经": 12, "日本": 7, "all": 63}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running demo, whose first polls are published."""
    folder = tmp_path_factory.mktemp("demo")
    port = a_free_port()
    command = [sys.executable, "-m", "aggregator.demo", "--folder", "data", "--port", str(port)]
    said = folder / "said.log"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with said.open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_for_all(f"http://127.0.0.1:{port}/", process, said)
        yield f"http://127.0.0.1:{port}/"
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0, said.read_text("utf-8")
    finally:
        process.kill()
        process.wait()


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_all(base: str, process: subprocess.Popen[bytes], said: Path) -> None:
    def all_are_there() -> bool:
        assert process.poll() is None, said.read_text("utf-8")
        try:
            return all(len(items(base, slug)) >= count for slug, count in STORIES.items())
        except (requests.RequestException, KeyError):
            return False  # not listening yet, or nothing published yet

    until("all stories are published", all_are_there, PATIENCE)


def items(base: str, slug: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{base}feeds/{quote(slug)}.json", timeout=10).json()["items"]
    return found


@pytest.mark.parametrize("slug", sorted(STORIES))
def test_every_category_has_its_stories_newest_first(base: str, slug: str) -> None:
    dates = [item["date_published"] for item in items(base, slug)]
    assert len(dates) == STORIES[slug]
    assert dates == sorted(dates, reverse=True)


def test_what_two_sources_tell_is_one_story_of_both(base: str) -> None:
    told = {item["title"]: {source["name"] for source in item["_aggregator"]["sources"]} for item in items(base, "all")}
    shared = {title: names for title, names in told.items() if len(names) > 1}
    assert shared == {
        "After eleven winters, the outer islands get their ferry back": {"The Harbour Post", "Northern Dispatch"},
        "港口十月吞吐量同比增长6.3%，夜班船期功不可没": {"海湾财讯", "江城晚报"},
    }


def test_the_adverts_of_a_source_are_removed_as_configured(base: str) -> None:
    bodies = [item["content_html"] for item in items(base, "财经")]
    assert not [body for body in bodies if "APP" in body or "责任编辑" in body or "qr.svg" in body]


def test_the_dead_source_is_shown_as_such_and_the_others_stand(base: str) -> None:
    page = requests.get(f"{base}sources", timeout=10)
    assert page.status_code == 200
    assert "The Silent Lighthouse" in page.text
    assert "みなと通信" in page.text
