"""Stems, held against those of SQLite's `porter`."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from aggregator.words.stem import KEPT, stem

ROOT = Path(__file__).parents[2]
SUFFIXES = {"ies", "sses", "eed", "ing", "ed"}  # no words: SQLite leaves something of a word in any case


def stems_of_sqlite(words: list[str]) -> dict[str, str]:
    """What SQLite finds each of these words under."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize = 'porter ascii')")
        db.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", enumerate(words))
        db.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(texts, instance)")
        return {words[row]: term for term, row in db.execute("SELECT term, doc FROM terms")}


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("run", ["runs", "running"]),
        ("connect", ["connected", "connecting", "connection", "connections"]),
        ("policy", ["policies"]),
        ("hope", ["hoping", "hoped", "hopes"]),
        ("relate", ["related", "relational"]),
        ("sky", []),
    ],
)
def test_the_forms_of_a_word_have_one_stem(word: str, others: list[str]) -> None:
    assert {stem(other) for other in others} <= {stem(word)}


def test_news_is_not_what_is_new() -> None:
    assert stem("news") == "news"
    assert stem("new") == "new"


@pytest.mark.parametrize("word", ["", "是", "c++", "éclairs", "3.11", "is"])
def test_what_is_no_english_word_stays(word: str) -> None:
    assert stem(word) == word


def test_every_word_of_our_own_texts_has_the_stem_that_sqlite_gives_it() -> None:
    files = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "aggregator").rglob("*.py")]
    found = {word for file in files for word in re.findall("[a-z]{3,15}", file.read_text().lower())}
    ours = {word: stem(word) for word in found - KEPT - SUFFIXES}
    assert len(ours) > 3_000
    assert ours == stems_of_sqlite(list(ours))
