"""Keeping the words of articles beside them: by triggers, so that nothing that writes an article can forget it.

The index holds words and no texts (FTS5 without content): a third of the size. What is taken out of it must then be
said to it again, word by word; so the words are made in the triggers, from the article as it was, by functions that
only the connection that writes has. Another program may read the file; to change an article, it would need them.
"""

from __future__ import annotations

from sqlite3 import Connection

from aggregator.store.sqlite import statements
from aggregator.words.cut import VERSION, words
from aggregator.words.reading import reading

READ = 200_000
"""Characters of a text that are cut into words. Nobody looks for what stands behind a hundred pages."""

_FACT = "search words"


def give_words(db: Connection) -> None:
    """Give this connection the functions of the triggers."""
    db.create_function("words_of_line", 1, words_of_line, deterministic=True)
    db.create_function("words_of_body", 2, words_of_body, deterministic=True)


def cut_as_today(db: Connection) -> None:
    """Where the functions cut otherwise than before, nothing of the index is of use: all articles wait to be cut."""
    kept = db.execute(statements.RECALL, (_FACT,)).fetchone()
    if kept is None or kept["value"] != VERSION:
        db.execute("BEGIN IMMEDIATE")
        forget(db)
        db.execute(statements.REMEMBER, {"key": _FACT, "value": VERSION})
        db.execute("COMMIT")


def forget(db: Connection) -> None:
    """Within a transaction: empty the index; all articles wait."""
    for statement in statements.SEARCH_AFRESH:
        db.execute(statement)


def words_of_line(text: str) -> str:
    """The words of a plain text, as the index takes them."""
    return " ".join(words(text[:READ]))


def words_of_body(html: str, summary: str) -> str:
    """The words of an article. Its summary mostly is the beginning of its text; where not, it is found as well."""
    text = reading(html, READ)
    beginning = summary[:40].rstrip("…")
    return words_of_line(text if beginning in text else f"{summary}\n{text}")
