"""An entry becomes an article: safe, complete, absolute, whatever its publisher wrote."""

from __future__ import annotations

from aggregator.refine import refine
from tests.builders import a_source, an_entry, some_facts


def test_an_entry_becomes_an_article() -> None:
    article = refine(
        an_entry(body='<p>Text <a href="/x">link</a></p><script>alert(1)</script>'), some_facts(), a_source()
    )
    assert article.title == "A title"
    assert article.categories == ("tech", "Example News", "Example News – Front")
    assert article.body == '<p>Text <a href="https://news.example/x" rel="noopener noreferrer">link</a></p>'
