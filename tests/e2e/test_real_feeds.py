"""Feeds as real publishers write them, in five categories: every document that we publish passes the strict reader.

The feeds lie beside the checkout; REAL_FEEDS may name another folder of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import verdict
from tests.e2e.world import Program, Publishers
from tests.render.strict import dates_after, problems_of_atom, problems_of_json, problems_of_rss

FEEDS = Path(os.environ.get("REAL_FEEDS", Path(__file__).parents[3] / "shared" / "feeds" / "real"))
STRICT = {".atom": problems_of_atom, ".rss": problems_of_rss, ".json": problems_of_json}
MEDIA_TYPES = {".xml": "application/xml", ".json": "application/feed+json"}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    files = sorted(path for path in FEEDS.glob("*") if path.is_file()) if FEEDS.is_dir() else []
    if not files:
        verdict("no real feeds beside the checkout; REAL_FEEDS may name a folder of them")
    program = Program(tmp_path_factory.mktemp("real"))
    with Publishers() as publishers:
        categories: dict[str, dict[str, list[dict[str, str]]]] = {}
        for number, file in enumerate(files):
            media_type = MEDIA_TYPES.get(file.suffix, "application/xml")
            url = publishers.serve(f"/{file.name}", file.read_bytes(), media_type)
            sources = categories.setdefault(f"Category {number % 5}", {"sources": []})["sources"]
            sources.append({"name": file.stem, "url": url})
        program.configure(categories, polling={"timeout": "60s"})
        ended = program("once", "--all", patience=300)
        assert ended.code == 0, ended.complained
        yield program


def test_every_document_passes_the_strict_reader(published: Program) -> None:
    found = {}
    for name, document in published.files().items():
        location = f"http://127.0.0.1:{published.port}/feeds/{quote(name)}"
        found[name] = STRICT[Path(name).suffix](document, location)
        if not name.endswith(".json"):
            found[name] += dates_after(document, datetime.now(UTC))
    assert len(found) > 3 * (5 + 1)
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_nearly_every_one_of_them_brought_something(published: Program) -> None:
    brought = published.select("SELECT count(DISTINCT source) FROM articles")[0][0]
    assert brought > 0.9 * sum(path.is_file() for path in FEEDS.glob("*"))
