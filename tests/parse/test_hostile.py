"""What only an attacker writes: bounded time, bounded size, nothing read from anywhere else."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from aggregator.model.entry import ParsedFeed
from aggregator.parse import parse_feed
from aggregator.parse.limits import LIMITS
from tests.parse.documents import atom, feed_of, rss, title_of

SIZE = 300_000  # a blow-up that is quadratic takes minutes with it
SECONDS = 15.0  # of CPU, on a slow machine that counts lines; each takes a fraction of it


def laughs(generations: int) -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, generations))
    return f'<!DOCTYPE rss [<!ENTITY l0 "lol">{entities}]>'


@pytest.mark.parametrize(
    "document",
    [
        rss("<title>&l9;</title>", head=laughs(10)),
        rss('<enclosure url="&l9;"/>', head=laughs(10)),
        rss(f"<title>{'&a;' * 30_000}</title>", head=f'<!DOCTYPE rss [<!ENTITY a "{"a" * 60_000}">]>'),
        rss(f"<title>{'&a;' * 30_000}</title>", head=f'<!DOCTYPE rss [<!ENTITY a "{"a" * 250}">]>'),
        rss(head='<!DOCTYPE rss [<!ENTITY % a "x"><!ENTITY % b "%a;%a;">%b;]>'),
        rss(f"<title>{'x' * SIZE}</title>"),
        rss(f"<description>{'&lt;p>' * (SIZE // 6)}</description>"),
        rss("<a>" * (SIZE // 7) + "</a>" * (SIZE // 7)),
        rss(channel="<x>" * (SIZE // 7) + "</x>" * (SIZE // 7)),
        rss().replace("<rss", "<rss " + " ".join(f'a{n}="1"' for n in range(SIZE // 10))),
        rss().replace("<rss", "<rss " + " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(SIZE // 20))),
        rss(f"<{'p' * SIZE}:x/>"),
        rss("<category>c</category>" * (SIZE // 22)),
        rss(f"<author>{'a' * SIZE}</author>"),
        atom('<link href="http://e.org/"/>' * (SIZE // 28)),
        atom(f'<content type="xhtml">{"<b/>" * (SIZE // 4)}</content>'),
        *(
            rss(f"<description>{flood * (SIZE // len(flood))}</description>")
            for flood in ("<", "<a", '<a "', "&", "&#", "]]>")
        ),
        *(
            rss(f"<description>{flood * (SIZE // len(flood))}</description>")
            for flood in ("<!--", "<![CDATA[", "<!", "<?", "</a>")
        ),
        *(
            f"<rss>{flood * (SIZE // len(flood))}"
            for flood in ("<item>", "<title>", "<!DOCTYPE [", "<x:a>", '<a b="', "<image>")
        ),
        "<!-- -->" * (SIZE // 8),
        "<!DOCTYPE x [" + '<!ENTITY a "b">' * (SIZE // 15),
    ],
    ids=lambda document: document[:20] + "…" + document[len(document) // 2 :][:20],
)
def test_nothing_takes_long_or_grows(document: str) -> None:
    start = process_time()
    result = parse_feed(document.encode())
    assert process_time() - start < SECONDS
    words = 250 * len(result.entries) if isinstance(result, ParsedFeed) else 0  # an empty entry is long in words
    assert len(repr(result)) < 2 * len(document) + LIMITS.entity_total + words + 10_000


def test_a_long_document_is_cut_at_the_limits() -> None:
    feed = feed_of(f"<rss>{'<item/>' * (LIMITS.entries + 5)}</rss>")
    assert len(feed.entries) == LIMITS.entries
    assert feed.warnings == (f"only the first {LIMITS.entries} entries were read",)


def test_each_field_is_bounded() -> None:
    long = "x" * 3_000_000
    item = f"<title>{long}</title><description>{long}</description><category>{long}</category>"
    item += f"<link>http://e.org/{long}</link>"
    entry = feed_of(rss(item)).entries[0]
    assert entry.title
    assert entry.summary
    assert (len(entry.title.value), len(entry.summary.value), entry.link) == (LIMITS.title, LIMITS.content, None)
    assert len(entry.tags[0]) == LIMITS.line


def test_no_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", "utf-8")
    head = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY % y SYSTEM "{secret.as_uri()}">%y;]>'
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="{secret.as_uri()}"/>'
    feed = feed_of(rss(f"<title>a&x;</title><description>{include}</description>", head=head))
    assert "SECRET" not in repr(feed)
    assert feed.entries[0].title
    assert feed.entries[0].title.value == "a&x;"


def test_a_small_entity_of_an_internal_dtd_is_known() -> None:
    assert title_of(rss("<title>a&sp;b</title>", head='<!DOCTYPE rss [<!ENTITY sp "&#160;">]>')) == "a b"


def test_deeply_nested_markup_keeps_its_text() -> None:
    nested = "<div>" * 2000 + "text" + "</div>" * 2000
    result = parse_feed(
        atom(f'<title>t</title><content type="xhtml">{nested}</content>', "<title>next</title>").encode()
    )
    assert isinstance(result, ParsedFeed)
    first, second = result.entries
    assert first.content
    assert "text" in first.content.value
    assert second.title
