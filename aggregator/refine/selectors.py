"""Selectors of `remove:` and `keep:` in the CSS that lexbor does not know (`:-soup-contains()` and the like).

Off the common path.
"""

from __future__ import annotations

from bs4 import BeautifulSoup
from soupsieve import SelectorSyntaxError


def marked(html: str, selector: str, mark: str) -> str:
    """The HTML with an attribute of this name on all that the selector matches; unchanged if nobody understands it."""
    soup = BeautifulSoup(f"<body>{html}</body>", "html.parser")
    try:
        matches = soup.select(selector.replace(":contains(", ":-soup-contains("))  # its old name, which warns
    except (SelectorSyntaxError, NotImplementedError, ValueError):
        return html
    for match in matches:
        match[mark] = ""
    return soup.body.decode_contents() if soup.body else ""
