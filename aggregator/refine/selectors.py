"""`remove:` selectors in the CSS that lexbor does not know (`:-soup-contains()` and the like). Off the common path."""

from __future__ import annotations

from bs4 import BeautifulSoup
from soupsieve import SelectorSyntaxError


def removed(html: str, selector: str) -> str:
    """The HTML without what the selector matches; unchanged if nobody understands the selector."""
    soup = BeautifulSoup(f"<body>{html}</body>", "html.parser")
    try:
        matches = soup.select(selector.replace(":contains(", ":-soup-contains("))  # its old name, which warns
    except (SelectorSyntaxError, NotImplementedError, ValueError):
        return html
    for match in reversed(matches):
        if match.name != "body":
            match.decompose()
    return soup.body.decode_contents() if soup.body else ""
