"""Selectors of `remove:` and `keep:` in the CSS that lexbor does not know (`:-soup-contains()` and the like).

Off the common path.
"""

from __future__ import annotations

import soupsieve
from bs4 import BeautifulSoup
from soupsieve import SelectorSyntaxError


def selector_problem(selector: str) -> str | None:
    """Why a text is no CSS selector, in a few words; None if it is one. What only lexbor understands passes."""
    if ":lexbor-" in selector:
        return None
    try:
        soupsieve.compile(_in_new_words(selector))
    except (SelectorSyntaxError, NotImplementedError, ValueError) as error:
        return str(error).partition("\n")[0]
    return None


def marked(html: str, selector: str, mark: str) -> str:
    """The HTML with an attribute of this name on all that the selector matches; unchanged if nobody understands it."""
    soup = BeautifulSoup(f"<body>{html}</body>", "html.parser")
    try:
        matches = soup.select(_in_new_words(selector))
    except (SelectorSyntaxError, NotImplementedError, ValueError):
        return html
    for match in matches:
        match[mark] = ""
    return soup.body.decode_contents() if soup.body else ""


def _in_new_words(selector: str) -> str:
    return selector.replace(":contains(", ":-soup-contains(")  # its old name, which warns
