"""What a source says in every article: the blocks that recur at the head or the foot of most of its bodies.

    edges_of (each article) ─► a window of the latest articles ─► recurring ─► without_recurring

All on sanitized HTML, which is well-formed: every element is closed, every tag is written alike, so that a block is a
piece of the text between two tags and nothing has to be parsed again. A block is known by the hash of its words and of
what it links to and shows, the article's own title and address left out: “The post … appeared first on …” is one block,
and a player with another episode each time is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from html import unescape

from aggregator.model.article import Removal, SafeHtml
from aggregator.model.entry import Edges, Ends

WINDOW = 30
"""The latest articles of a source that are compared."""

MIN_ARTICLES = 5
"""In so many articles a block must have been seen, and …"""

MIN_SHARE = 0.6
"""… in this share of the window."""

RULE = "said in most articles of this source"

_AT_EACH_END = 8  # blocks that are looked at
_EDGE = 4_000  # characters of HTML at each end that are looked at
_MAX_TEXT = 1_500  # characters; a longer block is an article
_EXCERPT = 400  # characters of text; shorter bodies are mostly excerpts
_MIN_LETTERS = 12  # of a block without a link; a Chinese character counts for three
_MIN_BESIDE_TITLE = 6  # letters

_WHOLE = "table|ul|ol|dl|pre|details|math|audio|video"
_BOXES = "address|article|aside|blockquote|center|div|figcaption|figure|footer|header|hgroup|main|menu|nav|section"
_TAG = re.compile(rf"<(/?)({_BOXES}|p|h[1-6]|hr|{_WHOLE})(?:\s[^<>]*)?>")
_IS_WHOLE = frozenset(_WHOLE.split("|"))
_INLINE_TAG = re.compile(r"<[^<>]*>")
_ADDRESS = re.compile(r" (?:href|src)=\"([^\"?#]*)")
_OPENING = re.compile(r"<([a-z][a-z0-9]*)(?:\s[^<>]*)?>\s*\Z")
_CLOSING = re.compile(r"\s*</([a-z][a-z0-9]*)>")
_EDGE_RULES = re.compile(r"\A(?:\s*<hr>)+|(?:<hr>\s*)+\Z")
_LABEL = re.compile(r"<h[1-6][\s>]|<(strong|b)>[^<]*</\1>[\s:：]*\Z|.*[:：]\s*(?:</\w+>\s*)*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Block:
    """A piece of the body: text between two tags, or a whole table or list."""

    start: int
    end: int
    key: bytes  # the hash of what it says; b"" if it says nothing by which it could be known
    length: int  # characters of text
    tag: str  # the element that it begins


@dataclass(frozen=True, slots=True)
class Own:
    """What is an article's own in a block that is otherwise the same in every article."""

    title: str
    link: str | None


def edges_of(body: SafeHtml, own: Own) -> Edges:
    """The blocks at the head and the foot of a body, by hash."""
    head, foot = _ends(body, own)
    return frozenset(block.key for block in (*head, *foot) if block.key)


def latest(ends: Ends, new: Iterable[tuple[bytes, Edges]]) -> Ends:
    """The window with these articles as its newest, the newest last. One that was in it already is there only once: an
    article that is edited all day must not make a pattern of itself."""
    window = dict(ends)
    for name, edges in new:
        window.pop(name, None)
        window[name] = edges
    return tuple(window.items())[-WINDOW:]


def recurring(ends: Ends) -> Edges:
    """The blocks that most of these articles share; none before there are enough articles to tell."""
    counts = Counter(key for _, edges in ends for key in edges)
    needed = max(MIN_ARTICLES, MIN_SHARE * len(ends))
    return frozenset(key for key, count in counts.items() if count >= needed)


def without_recurring(body: SafeHtml, own: Own, learned: Edges) -> tuple[str, tuple[Removal, ...]]:
    """The body without the blocks at its ends that are known to recur, unless these are most of it.

    To be sanitized again. A heading or a label goes only with what it stands above.
    """
    head, foot = _ends(body, own)
    blocks = sorted({block.start: block for block in (*head, *foot)}.values(), key=lambda block: block.start)
    known = [block for block in blocks if block.key in learned]
    if _is_excerpt(body, known):
        known = [block for block in known if not _leads_on(body[block.start : block.end], own)]
    cuts = _without_lonely_labels(blocks, known, body)
    gone = sum(block.length for block in cuts)
    if not cuts or 2 * gone > _length(body) or not _says_something(body, cuts):
        return body, ()
    removals = tuple(Removal(RULE, body[block.start : block.end].strip()[:500]) for block in cuts)
    for block in reversed(cuts):
        start, end = _with_empty_boxes(body, block.start, block.end)
        body = SafeHtml(body[:start] + body[end:])
    return _EDGE_RULES.sub("", body), removals


def _is_excerpt(body: str, known: list[_Block]) -> bool:
    """Whether so little is left that a reader wants to go on to the whole article."""
    return _length(body) - sum(block.length for block in known) < _EXCERPT


def _leads_on(html: str, own: Own) -> bool:
    """Whether the block links to the article itself: “Read more”, “The post … appeared first on …”."""
    page = (own.link or "").partition("#")[0].partition("?")[0]
    return bool(page) and page in _ADDRESS.findall(html)


def _ends(body: str, own: Own) -> tuple[list[_Block], list[_Block]]:
    if len(body) <= 2 * _EDGE:
        blocks = list(_blocks(body, 0, len(body), own))
        return blocks[:_AT_EACH_END], blocks[-_AT_EACH_END:]
    head = _blocks(body, 0, _EDGE, own)
    foot = list(_blocks(body, len(body) - _EDGE, len(body), own))[1:]  # the first one begins somewhere before
    return [block for block, _ in zip(head, range(_AT_EACH_END), strict=False)], foot[-_AT_EACH_END:]


def _blocks(body: str, start: int, end: int, own: Own) -> Iterator[_Block]:
    """The blocks between two places. Of a table or list that is not all in there, nothing."""
    at, opened, depth, name = start, start, 0, ""
    tag = ""
    for found in _TAG.finditer(body, start, end):
        closes, this = found[1], found[2]
        if depth:
            if this == name:
                depth += -1 if closes else 1
                if not depth:
                    yield from _block(body, opened, found.end(), own, name)
                    at, tag = found.end(), ""
            continue
        yield from _block(body, at, found.start(), own, tag)
        at, tag = found.end(), "" if closes else this
        if this in _IS_WHOLE and not closes:
            opened, depth, name = found.start(), 1, this
    if not depth and end == len(body):
        yield from _block(body, at, end, own, tag)


def _block(body: str, start: int, end: int, own: Own, tag: str) -> Iterator[_Block]:
    """The block between two places, if anything stands there."""
    html = body[start:end]
    if not html or html.isspace():
        return
    if "<" not in html:
        words, addresses = unescape(html), []
    else:
        words, addresses = unescape(_INLINE_TAG.sub("", html)), _ADDRESS.findall(html)
    words = " ".join(words.split())
    if words or addresses:
        yield _Block(start, end, _key(words, addresses, own), len(words), tag)


def _key(words: str, addresses: list[str], own: Own) -> bytes:
    if len(words) > _MAX_TEXT:
        return b""
    if len(own.title) > 3 and own.title in words:
        words = words.replace(own.title, "\0")
        if sum(map(str.isalpha, words)) < _MIN_BESIDE_TITLE:
            return b""
    elif not addresses and _letters(words) < _MIN_LETTERS:
        return b""
    if addresses:
        page = (own.link or "").partition("#")[0].partition("?")[0]
        words = "\n".join([words, *(address for address in addresses if address != page)])
    return _hash(words)


def _letters(words: str) -> int:
    if len(words) >= _MIN_LETTERS and words.isascii():
        return _MIN_LETTERS
    return sum(3 if char >= "\u2e80" else char.isalpha() for char in words[: 3 * _MIN_LETTERS])


def _hash(words: str) -> bytes:
    return blake2b(words.encode(), digest_size=8).digest()


def _without_lonely_labels(blocks: list[_Block], cuts: list[_Block], body: str) -> list[_Block]:
    """A label whose next block stays would be missed."""
    gone = {block.start for block in cuts}
    for block, following in zip(reversed(blocks), [None, *reversed(blocks)], strict=False):
        if following is not None and following.start not in gone and _is_label(body, block):
            gone.discard(block.start)
    return [block for block in cuts if block.start in gone]


def _is_label(body: str, block: _Block) -> bool:
    return block.tag[:1] == "h" or _LABEL.match(body[block.start : block.end].strip()) is not None


def _length(body: str) -> int:
    return len(" ".join(unescape(_INLINE_TAG.sub("", body)).split()))


def _says_something(body: str, cuts: list[_Block]) -> bool:
    """Whether words or images are left."""
    rest = body
    for block in reversed(cuts):
        rest = rest[: block.start] + rest[block.end :]
    return bool(_INLINE_TAG.sub("", rest).strip()) or "<img " in rest


def _with_empty_boxes(body: str, start: int, end: int) -> tuple[int, int]:
    """The place of a block with all around it that holds nothing else."""
    while (before := _OPENING.search(body, max(0, start - 2_000), start)) and (after := _CLOSING.match(body, end)):
        if before[1] != after[1]:
            break
        start, end = before.start(), after.end()
    return start, end
