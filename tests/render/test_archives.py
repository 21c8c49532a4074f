"""Archive documents, as they are written, completed and moved."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from lxml import etree

from aggregator.model.article import SafeHtml
from aggregator.render import FORMATS, check
from aggregator.render.graft import graft
from aggregator.render.rebase import rebased
from tests.builders import a_feed, an_item
from tests.render.strict import problems_of_atom, problems_of_json, problems_of_rss

STRICT = {"atom": problems_of_atom, "rss": problems_of_rss, "json": problems_of_json}
LINK = "{http://www.w3.org/2005/Atom}link"
ARCHIVE = "{http://purl.org/syndication/history/1.0}archive"


def rendered(name: str, *numbers: int, **feed: object) -> bytes:
    made = replace(a_feed(slug="技术"), items=tuple(map(an_item, numbers)))
    return FORMATS[name].render(replace(made, **feed))  # type: ignore[arg-type]


def links(document: bytes) -> dict[str, str]:
    root = etree.fromstring(document)
    found = [*root.findall(LINK), *root.findall(f"channel/{LINK}")]
    return {link.get("rel"): link.get("href") for link in found}


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_the_feeds_own_document_says_where_its_archive_begins(name: str) -> None:
    document = rendered(name, 1, older="技术/_archive/2")
    assert links(document)["prev-archive"] == f"http://127.0.0.1:8080/feeds/%E6%8A%80%E6%9C%AF/_archive/2.{name}"
    assert "current" not in links(document)
    assert etree.fromstring(document).find(f".//{ARCHIVE}") is None
    assert STRICT[name](document) == []


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_a_document_of_the_archive_says_so_and_where_it_stands(name: str) -> None:
    document = rendered(name, 1, part="技术/_archive/2", older="技术/_archive/1")
    base = "http://127.0.0.1:8080/feeds/%E6%8A%80%E6%9C%AF"
    found = links(document)
    assert (found["self"], found["current"], found["prev-archive"]) == (
        f"{base}/_archive/2.{name}",
        f"{base}.{name}",
        f"{base}/_archive/1.{name}",
    )
    assert etree.fromstring(document).find(f".//{ARCHIVE}") is not None
    assert STRICT[name](document) == []


def test_json_feed_goes_on_at_the_next_url() -> None:
    front = json.loads(rendered("json", 1, older="技术/_archive/2"))
    page = json.loads(rendered("json", 1, part="技术/_archive/2"))
    assert front["next_url"] == "http://127.0.0.1:8080/feeds/%E6%8A%80%E6%9C%AF/_archive/2.json"
    assert "next_url" not in page
    assert page["feed_url"] == front["feed_url"]


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_missing_is_taken_from_other_documents_in_the_order_that_is_asked_for(name: str) -> None:
    order = [an_item(number).id for number in (3, 1, 2, 9)]
    donors = iter([rendered(name, 5, 2), rendered(name, 3)])
    document = graft(rendered(name, 1), name, donors, order)
    ids = [item["id"] for item in json.loads(document)["items"]] if name == "json" else None
    if ids is None:
        root = etree.fromstring(document)
        ids = [element.text for element in root.findall("{*}entry/{*}id") or root.findall("channel/item/guid")]
    assert ids == order[:3]
    assert check(document, name) is None
    assert STRICT[name](document) == []


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("new", ["https://feeds.example/", "http://127.0.0.1:8080/below/"])
def test_a_document_moves_to_another_base_url_once_and_articles_keep_their_links(name: str, new: str) -> None:
    old = "http://127.0.0.1:8080/"
    body = SafeHtml(f'<p><a href="{old}post/1">mine</a></p>')
    feed = replace(a_feed(an_item(1, body=body, link=f"{old}post/1")), part="tech/_archive/2", older="tech/_archive/1")
    before = FORMATS[name].render(feed)
    expected = FORMATS[name].render(replace(feed, base_url=new))
    assert rebased(before, name, old, new) == expected
    assert rebased(expected, name, old, new) == expected
