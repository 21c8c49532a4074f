"""A text as the words by which it is found.

    fold | pieces ─► stems of Latin words, numbers, pairs of characters where no blanks are written

"GPT-5发布会" gives gpt 5 发布 布会 会. Scripts without blanks (Chinese, Japanese, Thai, …; Korean too, whose blanks
part phrases) are cut into overlapping pairs, and the last character of a run stands alone: so every character begins
exactly one word, a phrase of pairs finds any part of a run, and a single character is the beginning of a word. Letters
and digits part: "iPhone17", "iPhone 17" and "iPhone-17" are the same two words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from unicodedata import normalize

from aggregator.model.search import Phrase
from aggregator.words.chinese import SIMPLIFIED
from aggregator.words.stem import stem

VERSION = f"1 {unicodedata.unidata_version}"
"""Changes when the same text gives other words: then what is kept must be cut again."""

LONGEST = 40  # characters of a word; of a longer one, which is no word, only its beginning

# Han, kana, bopomofo, Hangul; Thai, Lao, Burmese, Khmer. U+30FB is punctuation.
BLANKLESS = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0eff\u1000-\u104f\u1100-\u11ff\u1780-\u17d3\u2e80-\u2fdf\u3005-\u3007"
    "\u3021-\u302f\u3031-\u3035\u3038-\u303b\u3041-\u309f\u30a1-\u30fa\u30fc-\u318f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])|\d+"  # 1,000,000 is one
_LETTERS = r"[^\W\d_]+(?:'s(?![^\W_]))?"
_NAMES = (
    r"(?<![a-z0-9])[a-z](?:\+\+|\#)"  # C++, C#, F#
    r"|(?:(?<![a-z0-9])|(?<=asp)|(?<=ado)|(?<=vb))\.net(?![a-z0-9])"
)
_RUN = re.compile(f"([{BLANKLESS}]+)")
_WORD = re.compile(f"{_LETTERS}|{_NUMBER}")
_WORD_OR_NAME = re.compile(f"{_NAMES}|{_LETTERS}|{_NUMBER}")  # twice as slow
_SIMPLE = re.compile("[\x00-\x7f\u3001-\u3029\u3041-\u3094\u30a1-\u30fa\u4e00-\u9fff]+")
_NAMED = re.compile(r"[+#]|\.net")


def _plain_letters() -> dict[int, str | None]:
    """Latin and Greek letters without their accents; traditional characters simplified; what is invisible, gone."""
    table: dict[int, str | None] = dict(SIMPLIFIED)
    for code in (*range(0xC0, 0x250), *range(0x370, 0x400), *range(0x1E00, 0x2000)):
        parts = normalize("NFD", chr(code))
        if len(parts) > 1:
            table[code] = parts[0]
    table |= dict.fromkeys((*range(0x300, 0x370), 0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF), None)
    return table | {ord(quote): "'" for quote in "’‘ʼ＇"} | {ord("ø"): "o", ord("ł"): "l", ord("đ"): "d"}


_PLAIN = _plain_letters()
_ODD = re.compile(f"[{''.join(map(re.escape, map(chr, _PLAIN)))}]")  # `str.translate` would look up every character


def fold(text: str) -> str:
    """Without what makes no difference to who looks for it: case, width, accents, traditional characters."""
    if text.isascii():
        return text.lower()
    return _ODD.sub(lambda found: _PLAIN[ord(found[0])] or "", normalize("NFKC", text).casefold())


def words(text: str) -> list[str]:
    """The words of a plain text, in their order."""
    folded = fold(text)
    if folded.isascii():
        return list(map(_word, _pattern(folded).findall(folded)))
    found: list[str] = []
    pattern = _pattern(folded)
    for at, part in enumerate(_RUN.split(folded)):  # every other part is a run
        found += _pairs(part) if at % 2 else map(_word, pattern.findall(part))
    return found


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    start: int
    is_run: bool


def phrase(text: str) -> Phrase | None:
    """What the words of a quoted text are: in this order, side by side. None if it has none."""
    pieces = list(_pieces(fold(text)))
    return _phrase(pieces) if pieces else None


def phrases(text: str) -> tuple[Phrase, ...]:
    """What a word is, written without a blank: "GPT-5发布会" asks for "GPT-5" and for "发布会", wherever they stand."""
    pieces = list(_pieces(fold(text)))
    if any(piece.is_run and len(piece.text) == 1 for piece in pieces):  # "5月3日" is no four words
        return (_phrase(pieces),)
    groups: list[list[_Piece]] = []
    for piece in pieces:
        if groups and not piece.is_run and not groups[-1][-1].is_run:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return tuple(map(_phrase, groups))


@dataclass(frozen=True, slots=True)
class Token:
    """A word, and which part of the text it is."""

    word: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The same words, with their places in the text as it was given."""
    folded, origin = _fold_with_places(text)
    return [Token(word, origin[start], origin[end - 1] + 1) for word, start, end in _placed(folded)]


def spans(text: str, wanted: Sequence[Phrase]) -> list[tuple[int, int]]:
    """The parts of a text that are these phrases, in their order; none overlap."""
    cut = tokens(text)
    found = sorted(span for one in wanted for span in _occurrences(cut, one))
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _phrase(pieces: Sequence[_Piece]) -> Phrase:
    *before, last = pieces
    found = [word for piece in before for word in (_pairs(piece.text) if piece.is_run else [_word(piece.text)])]
    if not last.is_run:
        return Phrase((*found, _word(last.text)))
    pairs = _pairs(last.text)
    # In what is kept the run may go on, so its last character alone is no word there.
    return Phrase((*found, *pairs[:-1])) if len(pairs) > 1 else Phrase((*found, *pairs), open=True)


def _pieces(folded: str) -> Iterator[_Piece]:
    pattern = _pattern(folded)
    start = 0
    for at, part in enumerate(_RUN.split(folded)):
        if at % 2:
            yield _Piece(part, start, is_run=True)
        else:
            yield from (_Piece(match[0], start + match.start(), is_run=False) for match in pattern.finditer(part))
        start += len(part)


def _pattern(folded: str) -> re.Pattern[str]:
    return _WORD_OR_NAME if _NAMED.search(folded) else _WORD


def _pairs(run: str) -> list[str]:
    return [*map(add, run, run[1:]), run[-1]]


@lru_cache(maxsize=30_000)
def _word(piece: str) -> str:
    if piece[0].isdigit():
        return piece.replace(",", "")[:LONGEST]
    return stem(piece.removesuffix("'s")[:LONGEST])


def _placed(folded: str) -> Iterator[tuple[str, int, int]]:
    for piece in _pieces(folded):
        if piece.is_run:
            start = piece.start
            yield from ((pair, start + at, start + at + len(pair)) for at, pair in enumerate(_pairs(piece.text)))
        else:
            yield _word(piece.text), piece.start, piece.start + len(piece.text)


def _fold_with_places(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters the place of the one that it came from."""
    if text.isascii():
        return fold(text), range(len(text))
    parts: list[str] = []
    origin: list[int] = []
    at = 0
    while at < len(text):
        end = _end_of_simple(text, at)
        if end > at:
            parts.append(fold(text[at:end]))
            origin += range(at, end)
        else:
            end = next((place for place in range(at + 1, len(text)) if not _goes_on(text[place])), len(text))
            part = fold(text[at:end])
            parts.append(part)
            origin += [min(at + place, end - 1) for place in range(len(part) - 1)] + [end - 1] * bool(part)
        at = end
    return "".join(parts), origin


def _end_of_simple(text: str, at: int) -> int:
    """Up to where characters fold one by one, each to one."""
    found = _SIMPLE.match(text, at)
    if found is None:
        return at
    end = found.end()
    return end - 1 if end < len(text) and _goes_on(text[end]) else end


def _goes_on(char: str) -> bool:
    """Whether a character is one with that before it: accents, voice marks, the parts of a Korean syllable."""
    return char > "\u02ff" and (
        unicodedata.combining(char) > 0 or "\u1160" <= char <= "\u11ff" or char in "\uff9e\uff9f"
    )


def _occurrences(cut: Sequence[Token], wanted: Phrase) -> Iterator[tuple[int, int]]:
    length = len(wanted.words)
    *firsts, last = wanted.words
    for at in range(len(cut) - length + 1):
        end = cut[at + length - 1]
        if (end.word.startswith(last) if wanted.open else end.word == last) and all(
            cut[at + place].word == word for place, word in enumerate(firsts)
        ):
            yield cut[at].start, end.start + len(last) if wanted.open else end.end
