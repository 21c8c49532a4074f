"""An article as a Hexo post (docs/front-matter.md): bytes that parse/hexo.py reads back into the same article.

Written in the form of the posts that other programs made, with these differences, all of which read the same:
values that YAML would misread are quoted, and in the body not only braces are written as references. Hexo sends it
through Nunjucks, Markdown and a filter for ``` fences, and none of them may take a word of it for its own.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256

from aggregator.model.article import Article
from aggregator.model.entry import Enclosure

# Not printable in YAML, or taken for the end of a line by one of its readers.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
LINE_BREAKS = re.compile("[\r\n\x85\u2028\u2029]+")

PLAIN = re.compile(r"[^\W_](?:.*\S)?", re.DOTALL)
NOT_PLAIN = re.compile(r":(?=\s|$)|\s#")
NUMBER_LIKE = re.compile(r"[0-9][-+.,:_0-9a-fxotz ]*", re.IGNORECASE)  # also dates, times and sexagesimals
WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "y", "n", "null", "undefined", "nan"))

# Numbered references that stand for themselves in a body get one zero more, so that ours can be told from them.
OWN_REFERENCE = re.compile(r"&#(0*)(?=(?:10|13|96|123|125|126|65532);)")
ESCAPED = re.compile(
    r"[{}\r\ufffc]"  # Nunjucks; line endings that differ by system; Hexo's own placeholders hold U+FFFC
    r"|`{3,}|~{3,}"  # fences: Hexo highlights code before it looks for HTML
    r"|(?:(?<=\n)|\A)[ \t]*\n"  # an empty line ends the HTML block: what follows would be read as Markdown
)

PLACEHOLDER = re.compile(r"https?://([^/?#]*\.)?picsum\.photos(?![^/?#])", re.IGNORECASE)  # never written: no image
NAME_BYTES = 200  # of 255 that file systems take; leaves room for what a program appends while it writes
DIGEST_DIGITS = 12


def render_post(article: Article, source_url: str | None) -> bytes:
    """The post's whole file. The article's date must be settled."""
    front_matter = "\n".join(_front_matter(article, source_url))
    return f"\n---\n{front_matter}\n---\n\n<div>   \n{_escaped(article.body)}\n  \n</div>\n".encode("utf-8", "replace")


def post_name(article: Article) -> str:
    """A file name: date, title, and twelve hex digits that depend on the article's identity alone.

    A title that is edited later changes the name but not these digits, so the older file can be found by them.
    """
    assert article.date is not None, "jobs settle dates before they export"
    day = article.date.astimezone(UTC).date().isoformat()
    end = f"-{_identity(article)}.md"
    slug = _slug(article.title, NAME_BYTES - len(day) - len(end) - 1)
    return f"{day}-{slug}{end}" if slug else f"{day}{end}"


def _front_matter(article: Article, source_url: str | None) -> Iterator[str]:
    assert article.date is not None, "jobs settle dates before they export"
    yield f"title: {_quoted(LINE_BREAKS.sub(' ', article.title))}"
    yield "categories: "  # the blank belongs to the form
    yield from (f" - {_plain(name)}" for name in article.categories)
    yield f"headimg: {_quoted(_image(article.headimg))}"
    yield f"author: {_plain(article.author)}"
    yield f"comments: {'true' if article.comments else 'false'}"
    yield f"date: {_instant(article.date)}"
    yield f"thumbnail: {_quoted(_image(article.thumbnail))}"
    yield from _extras(article, source_url)


def _extras(article: Article, source_url: str | None) -> Iterator[str]:
    """What the form has no key for; only what there is."""
    if article.link:
        yield f"link: {_quoted(article.link)}"
    if article.guid:
        yield f"guid: {_quoted(article.guid)}"
    if source_url:
        yield f"source: {_quoted(source_url)}"
    if article.updated:
        yield f"updated: {_instant(article.updated)}"
    if article.language:
        yield f"language: {_plain(article.language)}"
    if article.enclosures:
        yield "enclosures: "
        yield from (f" - {_enclosure(enclosure)}" for enclosure in article.enclosures)
    if article.tags:
        yield "tags: "
        yield from (f" - {_plain(tag)}" for tag in article.tags)
    if article.summary:
        yield f"summary: {_quoted(article.summary)}"
    if article.comments_url:
        yield f"comments_url: {_quoted(article.comments_url)}"


def _image(url: str) -> str:
    return "" if PLACEHOLDER.match(url) else url


def _instant(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _plain(text: str) -> str:
    """Without quotes where YAML reads that as this very string."""
    safe = PLAIN.fullmatch(text) and not (NOT_PLAIN.search(text) or UNPRINTABLE.search(text))
    misread = NUMBER_LIKE.fullmatch(text) or text.lower() in WORDS
    return text if safe and not misread else _quoted(text)


def _quoted(text: str) -> str:
    """In single quotes; in double quotes, which have escapes, where a character needs one."""
    if UNPRINTABLE.search(text):
        return _json(text)
    return "'" + text.replace("'", "''") + "'"


def _json(value: object) -> str:
    """JSON that is YAML as well."""
    text = json.dumps(value, ensure_ascii=False)
    return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _enclosure(enclosure: Enclosure) -> str:
    facts = {
        "url": enclosure.url,
        "type": enclosure.type,
        "length": enclosure.length,
        "title": enclosure.title,
        "duration": enclosure.duration,
    }
    return _json({name: value for name, value in facts.items() if value is not None})


def _escaped(body: str) -> str:
    return ESCAPED.sub(_as_references, OWN_REFERENCE.sub(r"&#0\1", body))


def _as_references(found: re.Match[str]) -> str:
    """Numbered references; the blanks of an empty line stay as they are."""
    return "".join(char if char in " \t" else f"&#{ord(char)};" for char in found[0])


def _identity(article: Article) -> str:
    source_name = article.categories[-2] if len(article.categories) > 1 else ""
    name = article.guid or article.link or f"{article.title}\n{article.date}"
    return sha256(f"{source_name}\n{name}".encode("utf-8", "replace")).hexdigest()[:DIGEST_DIGITS]


def _is_of_a_word(char: str) -> bool:
    """Also what this Python's Unicode does not know yet: a later one must not call the file otherwise."""
    kind = unicodedata.category(char)
    never = 0xFDD0 <= ord(char) <= 0xFDEF or ord(char) & 0xFFFE == 0xFFFE  # noncharacters, in every version
    return kind[0] in "LNM" or (kind == "Cn" and not never)


def _slug(title: str, max_bytes: int) -> str:
    """Letters, digits and marks of every script, one `-` for whatever is between."""
    kept = (char if _is_of_a_word(char) else "-" for char in unicodedata.normalize("NFC", title))
    slug = re.sub("-+", "-", "".join(kept))
    return slug.encode()[:max_bytes].decode("utf-8", "ignore").strip("-")
