"""Plain text: titles, names, tags, summaries. No parser here: short strings, and patterns that take linear time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape, unescape

from aggregator.model.entry import Markup
from aggregator.words.reading import INLINE

MAX_TITLE = 500
MAX_AUTHOR = 300
MAX_TAGS = 50
MAX_TAG = 100
MAX_SUMMARY = 500
MADE_TITLE = 80
_READ = 20_000  # characters of a title that are looked at

_ILLEGAL = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0D})
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BLANKS = re.compile("[ \t\r\n\f\xa0]+")
_EDGES = " \t\r\n\u3000\u200b\ufeff"

_BLOCKS = """article blockquote body center dd div dl dt figure footer h1 h2 h3 h4 h5 h6 head header hr html iframe
label li link meta ol pre script section style svg table td tr ul"""
_FORMATTING = [*INLINE, "br", "font", "img", "p"]
_TITLE_TAGS = [*_FORMATTING, *_BLOCKS.split()]

_RAW = re.compile(r"<(script|style)\b[^<>]*>[^<]*</\1\s*>", re.IGNORECASE)
_VOID = frozenset({"br", "hr", "img", "wbr", "link", "meta"})


_HTML_TAG = re.compile(rf"<(/?)({'|'.join(_TITLE_TAGS)})(\s[^<>]*|/)?>", re.IGNORECASE)
_FORMATTING_TAG = re.compile(rf"<(/?)({'|'.join(_FORMATTING)})(\s[^<>]*|/)?>", re.IGNORECASE)
_NUMERIC_REFERENCE = re.compile(r"&#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6});")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,10}\d{0,2});")


def legal(text: str) -> str:
    """Without what XML cannot carry: control characters, lone surrogates, noncharacters."""
    if text.isprintable():
        return text
    # As bytes, for speed: every body passes here, and a regular expression would cost as much as the sanitizer.
    data = text.encode("utf-8", "ignore")
    kept = data.translate(None, _ILLEGAL)
    return kept.decode().replace("\ufffe", "").replace("\uffff", "")


def one_line(text: str) -> str:
    """Legal text on one line, single blanks between words. Full-width spaces between words stay."""
    if text.isprintable() and "  " not in text:  # nearly always, and ten times as fast
        return text.strip(_EDGES)
    return _BLANKS.sub(" ", _CONTROLS.sub(" ", legal(text))).strip(_EDGES)


def plain(markup: Markup | None) -> str:
    """A title, a name or a tag as people are to read it, on one line."""
    if markup is None:
        return ""
    text = legal(markup.value[:_READ])
    if markup.kind == "text":  # taken literally; only nobody means a numeric reference literally
        return one_line(_NUMERIC_REFERENCE.sub(lambda found: unescape(found[0]), text))
    return one_line(_decoded(_RAW.sub("", text) if "<" in text else text))


def bare(markup: Markup) -> str:
    """The words of what holds no markup, on one line; '' if it may hold any. Most summaries: no need of a sanitizer."""
    text = markup.value
    if "<" in text or "&lt" in text:
        return ""
    return " ".join(legal(unescape(text) if markup.kind == "html" else text).split())


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words or sentences where there are any, with an ellipsis where cut."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    blank = head.rfind(" ")
    if blank > limit * 0.7 and text[limit - 1] != " " and not _splits_anywhere(text[limit - 1]):
        head = head[:blank]
    return head.rstrip(_EDGES + ",;:，、；：") + "…"


def authors(names: Iterable[str], otherwise: str) -> str:
    """Everyone who wrote it, once each, or `otherwise`. Addresses give way to the names beside them."""
    found = {name.casefold(): name for name in map(_author, names) if name}
    return shortened(", ".join(found.values()), MAX_AUTHOR) or one_line(otherwise)


def tags(words: Iterable[str]) -> tuple[str, ...]:
    """The publisher's own categories: plain, once each whatever their case, not too many."""
    found: dict[str, str] = {}
    for word in words:
        tag = plain(Markup(word))
        if tag and len(tag) <= MAX_TAG:
            found.setdefault(tag.casefold(), tag)
        if len(found) >= MAX_TAGS:
            break
    return tuple(found.values())


def as_html(markup: Markup) -> str:
    """What the publisher wrote, as HTML, whatever it came as: plain text, HTML, HTML that was escaped twice."""
    text = markup.value
    if markup.kind == "text":
        return paragraphs(escape(text, quote=False))
    if "<![CDATA[" in text:  # wrapped twice: a parser would take it for a comment
        text = text.replace("<![CDATA[", "").replace("]]>", "")
    for _ in range(2):
        if not _is_escaped_html(text):
            break
        text = unescape(text)
    return text if "<" in text or "\n" not in text.strip() else paragraphs(text)


def paragraphs(text: str) -> str:
    """Text without tags as HTML: blank lines part paragraphs, other line breaks stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    blocks = (block.strip("\n") for block in re.split(r"\n[ \t]*(?:\n[ \t]*)+", lines))
    return "\n".join(f"<p>{block.replace(chr(10), '<br>')}</p>" for block in blocks if block.strip())


_ESCAPED_TAG = re.compile(rf"&lt;(/?)({'|'.join(_TITLE_TAGS)})(\s(?:(?!&[lg]t;)[^<>]){{0,2000}}|/)?&gt;", re.IGNORECASE)
_WRAPPER = re.compile(r"\s*<(p|div|pre|span)>(.*)</\1>\s*", re.DOTALL)
_PARAGRAPHS = frozenset({"p", "br", "div"})


def _is_escaped_html(text: str) -> bool:
    """Whether the whole body is HTML escaped once more – and not a text about HTML, which speaks of tags as well."""
    if "&lt;" not in text or text.count("<") > 8:
        return False
    while wrapped := _WRAPPER.fullmatch(text):
        text = wrapped[2]
    if "<" in text:
        return False
    text = text.strip()
    found = [(match[1], match[2].lower()) for match in _ESCAPED_TAG.finditer(text)]
    opened = {name for closing, name in found if not closing}
    if not found or opened - _VOID - {name for closing, name in found if closing} - {"p", "li"}:
        return False
    encloses = bool(_ESCAPED_TAG.match(text)) and text.endswith("&gt;")
    return encloses or sum(name in _PARAGRAPHS for closing, name in found if not closing) >= 2


def _decoded(text: str) -> str:
    """Tags out, references read; once more if the publisher escaped twice."""
    text = unescape(_without_tags(text, _HTML_TAG))
    if _REFERENCE.search(text):
        text = unescape(text)
    return _without_tags(text, _FORMATTING_TAG)


def _without_tags(text: str, pattern: re.Pattern[str]) -> str:
    """Without the tags that format it. `<b>` alone, as in “What <b> does”, is what the title is about: it stays."""
    if "<" not in text:
        return text
    closed = {found[2].lower() for found in pattern.finditer(text) if found[1]}

    def replacement(found: re.Match[str]) -> str:
        name = found[2].lower()
        formats = name in closed or name in _VOID or bool((found[3] or "").strip(" /"))
        return (" " if name in ("br", "p", "div", "li", "hr") else "") if formats else found[0]

    return pattern.sub(replacement, text)


_ADDRESS = r"[^\s@<>()\"]{1,64}@[^\s@<>()\"]{1,255}"
_ADDRESS_AND_NAME = re.compile(rf"(?:mailto:)?<?{_ADDRESS}>?\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_NAME_AND_ADDRESS = re.compile(rf"[\"']?([^<>\"]*?)[\"']?\s*[<(](?:mailto:)?{_ADDRESS}[>)]")
_NOBODY = re.compile(r"(?:no-?reply|do-?not-?reply)@\S+|unknown|null|none|undefined|n/a", re.IGNORECASE)


@lru_cache(maxsize=1024)  # most feeds name few people, each many times
def _author(written: str) -> str:
    text = one_line(written[:1_000])
    if found := _ADDRESS_AND_NAME.fullmatch(text) or _NAME_AND_ADDRESS.fullmatch(text):
        text = found[1] or text.strip("<>()")
    name = plain(Markup(text))
    return "" if _NOBODY.fullmatch(name) else name


def _splits_anywhere(char: str) -> bool:
    """Whether lines break before this character without a blank: Chinese, Japanese, their punctuation."""
    return (
        "\u2e80" <= char <= "\u9fff"
        or "\uf900" <= char <= "\ufaff"
        or "\uff00" <= char <= "\uffef"
        or char >= "\U00020000"
    )
