"""A text as it is compared: folded, cut into tokens, the tokens into marks.

Nothing here may take long, whatever a publisher sends: of a text only its first `LENGTH` characters and `TOKENS` tokens
are looked at, and every step is linear.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from unicodedata import is_normalized, normalize
from zlib import crc32

from aggregator.words.chinese import SIMPLIFIED

LENGTH = 4_500
TOKENS = 700
TITLE = 300  # characters
SLOTS = 4_096
_ONE = ord("1")

INVISIBLE = (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF)
CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_FOLDED = {**{chr(code): simple for code, simple in SIMPLIFIED.items()}, **dict.fromkeys(map(chr, INVISIBLE), "")}
_TO_FOLD = re.compile(f"[{''.join(_FOLDED)}]")  # many times as fast as to translate every character
_CHINESE = re.compile(f"[{CJK}]")
_FIRST = "\u3005"  # nothing before it is Chinese or Japanese; a comparison is ten times as fast as a pattern
_TOKEN = re.compile(rf"[{CJK}]|[^\W{CJK}]+(?:(?<=[0-9])[.,:][0-9]+)*")
_WORD = re.compile(r"\w+(?:(?<=[0-9])[.,:][0-9]+)*")  # the same, of what has nothing Chinese: in half the time
_DIGIT = re.compile("[0-9]")
_CAPITAL = re.compile(r"(?<=[a-z,;] )[A-Z\u00c0-\u00de][^\W\d_]+")  # no sentence begins there
_NOUNS = 0.2  # more capitals than this, and they do not tell names: German, headlines


@dataclass(frozen=True)
class Words:
    """Tokens in their order: words, or single characters of Chinese and Japanese."""

    tokens: tuple[str, ...]
    raw: str = field(default="", compare=False, repr=False)  # what they were cut from

    @cached_property
    def marks(self) -> tuple[int, ...]:
        """One number for every run of three words or four characters (a shingle), in their order.

        Short texts give one mark for what there is. Runs overlap, so one changed word changes three or four marks.
        """
        return _marks(self.tokens)

    @cached_property
    def mark_set(self) -> frozenset[int]:
        """The marks, once each."""
        return frozenset(self.marks)

    @cached_property
    def sieve(self) -> tuple[int, int]:
        """The marks, each as one of `SLOTS` bits of a number, and how many share theirs with another: two sieves say at
        once how many marks two texts can have in common at the most."""
        slots = bytearray(b"0" * SLOTS)
        for mark in self.mark_set:
            slots[mark % SLOTS] = _ONE
        bits = int(slots, 2)
        return bits, len(self.mark_set) - bits.bit_count()

    @cached_property
    def once(self) -> dict[int, int]:
        """The marks that stand here once, in their order, and where."""
        if len(self.mark_set) == len(self.marks):
            return {mark: at for at, mark in enumerate(self.marks)}
        often = Counter(self.marks)
        return {mark: at for at, mark in enumerate(self.marks) if often[mark] == 1}

    @cached_property
    def units(self) -> frozenset[str]:
        """Words, and pairs of Chinese characters, once each."""
        return frozenset(units_of(self.tokens))

    @cached_property
    def lines(self) -> str:
        """A token a line, between line breaks: to look for a few in."""
        return lines_of(self.tokens)

    @cached_property
    def figures(self) -> frozenset[str]:
        """What the numbers and days among the tokens say."""
        return figures_of(self.tokens)

    @cached_property
    def token_set(self) -> frozenset[str]:
        """The tokens, once each."""
        return frozenset(self.tokens)

    @cached_property
    def names(self) -> frozenset[str]:
        """The tokens that are written with a capital within a sentence."""
        found = _CAPITAL.findall(self.raw)
        return frozenset(map(fold, found)) if len(found) <= _NOUNS * len(self.tokens) else frozenset()


def units_of(tokens: tuple[str, ...]) -> Iterator[str]:
    """Words, and pairs of Chinese characters, which a line break parts: no token holds one."""
    for at, token in enumerate(tokens):
        if not is_cjk(token):
            yield token
        elif at + 1 < len(tokens) and is_cjk(tokens[at + 1]):
            yield f"{token}\n{tokens[at + 1]}"


def lines_of(tokens: tuple[str, ...]) -> str:
    """A token a line; a unit stands in it if it does between two line breaks."""
    return "\n".join(("", *tokens, ""))


def words_of(text: str, length: int = LENGTH) -> Words:
    """The first words of a plain text."""
    written = text[:length]
    text = fold(written)
    tokens = _TOKEN if not text.isascii() and _CHINESE.search(text) else _WORD
    return Words(tuple(tokens.findall(text)[:TOKENS]), written)


def fold(text: str) -> str:
    """One spelling of what means the same: references read, full width and ligatures undone, simplified, lower case."""
    for _ in range(2):  # some publishers escape twice
        if "&" not in text:
            break
        text = unescape(text)
    if text.isascii():
        return text.lower()
    for wide, narrow in _PUNCTUATION:
        text = text.replace(wide, narrow)
    if not is_normalized("NFKC", text):
        text = normalize("NFKC", text)
    return _TO_FOLD.sub(_folded, text.lower())


_PUNCTUATION = tuple(zip("，：；！？（）…", (",", ":", ";", "!", "?", "(", ")", "..."), strict=True))
"""What keeps most Chinese texts from being normal, and what normalizing makes of it, in a fifth of the time."""


def _folded(found: re.Match[str]) -> str:
    return _FOLDED[found[0]]


_ALARM = re.compile(
    r"\W{0,3}(?:(?:update|corrected|refile) ?\d{0,2}|breaking(?: news)?|exclusive|watch|video|"
    r"快讯|快訊|突发|突發|独家|獨家|重磅)"
    r"(?:\s{0,2}[-–—:：|｜丨】\]]\s{0,3}|！)",
    re.IGNORECASE,
)


def title_words(title: str) -> Words:
    """The words of a title, without what a newsroom shouts before it: “UPDATE 1-”, “BREAKING:”, “快讯：”."""
    return words_of(_ALARM.sub("", title[: 2 * TITLE], count=1) if _ALARM.match(title) else title, TITLE)


_MORE = re.compile(
    r"(?:\.\.\.|…|\[…\])[\s\])】）]*$|"
    r"(?:read more|continue reading|read the full|full story|more »|阅读全文|查看全文|閱讀全文|阅读更多|点击查看)"
    r"\W{0,9}\w{0,20}\W{0,9}$",
    re.IGNORECASE,
)


def is_cut(text: str) -> bool:
    """Whether a text says of itself that there is more of it elsewhere."""
    return len(text) < LENGTH and _MORE.search(text[-60:].rstrip()) is not None


def is_cjk(token: str) -> bool:
    """A single character of Chinese or Japanese. (Korean words as well: they are runs of four, and no worse for it.)"""
    return token >= _FIRST


def is_figure(token: str) -> bool:
    """A number, or a word with one in it: 42, 3.5, v1.2, q3."""
    return _DIGIT.search(token) is not None


_SPELLED = {
    **dict(
        zip(
            "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),
            map(str, range(13, 20)),
            strict=True,
        )
    ),
    **dict(
        zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), map(str, range(20, 100, 10)), strict=True)
    ),
    **dict(
        zip("two three four five six seven eight nine ten eleven twelve".split(), map(str, range(2, 13)), strict=True)
    ),
    **dict(
        zip("second third fourth fifth sixth seventh eighth ninth tenth".split(), map(str, range(2, 11)), strict=True)
    ),
    **{
        name[:3]: name
        for name in "january february march april june july august september october november december".split()
    },
    **{name[:3]: name for name in "monday tuesday wednesday thursday friday".split()},
    "sept": "september",
    "tues": "tuesday",
    "thurs": "thursday",
}
_COUNTS = {"one": "1", "once": "1", "twice": "2", "两": "二", "仨": "三", "dozen": "12"}
_CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april june july august
    september october november december 一 二 三 四 五 六 七 八 九 十 零 〇 百 千 万 亿""".split()
)
_MEASURED = re.compile(r"v?0*([0-9][0-9.,:]*)(?:am|pm|bn|mn|tn|m|k|kb|mb|gb|km|kg|st|nd|rd|th)?")


def figure_of(token: str) -> str:
    """What a number or a day says, however it is written: 1,000 and 1000, two and 2, 12bn and 12, Sept and September;
    '' for any other word. Another day is another report."""
    token = _SPELLED.get(token, token)
    if token in _CALENDAR:
        return token
    if not is_figure(token):
        return ""
    found = _MEASURED.fullmatch(token)
    return found[1].replace(",", "") if found else token


def figures_of(tokens: tuple[str, ...]) -> frozenset[str]:
    """Each once."""
    return frozenset(filter(None, map(figure_of, tokens)))


def counts_of(tokens: tuple[str, ...]) -> frozenset[str]:
    """The same where every word is weighed: “one” and 两 are everywhere, but here they stand for a number's place."""
    return figures_of(tuple(_COUNTS.get(token, token) for token in tokens))


def size_at(tokens: tuple[str, ...], at: int) -> int:
    """How many tokens the mark that begins here is made of."""
    return min(len(tokens) - at, 4 if is_cjk(tokens[at]) else 3)


def _marks(tokens: tuple[str, ...]) -> tuple[int, ...]:
    if len(tokens) < 4:
        return (crc32(_encoded(tokens)),) if tokens else ()
    words = _encoded(tokens).split(b" ")
    join = b" ".join
    if max(tokens) < _FIRST:
        return tuple(map(crc32, map(join, zip(words, words[1:], words[2:], strict=False))))
    marks = list(map(crc32, map(join, zip(words, words[1:], words[2:], words[3:], strict=False))))
    for at, token in enumerate(tokens[:-3]):
        if token < _FIRST:
            marks[at] = crc32(join(words[at : at + 3]))
    return tuple(marks)


def _encoded(tokens: tuple[str, ...]) -> bytes:
    return " ".join(tokens).encode("utf-8", "surrogatepass")
