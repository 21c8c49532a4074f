"""Whether an edit is worth a reader's second look.

    before, after | words without what counts and ticks | compare ─► an edit, or a small one

A feed reader shows an article again when its `updated` changes. What is stored follows every edit; `updated` follows
only those that change what the article says.

What never counts: markup, white space, punctuation, case, full and half width, where links lead, counters ("12
comments", "阅读 1.2万"), ages ("3 minutes ago", "刚刚"), the address of a picture or a file but for its last name.

What always counts: another number, a picture or a file more or less, a word of the title that is more than a slip.

Of the words of the text, one in fifty may differ, five at the most (`SHARE`, `MOST`); so many again may be slips: one
letter of a word of four and more, two of eight and more. In a text of less than fifty words (or Chinese characters) one
slip is allowed, and one other Chinese character, for which a slip cannot be told from another word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from unicodedata import normalize

from aggregator.model.article import Article

SHARE = 50
"""One word in so many may differ."""

MOST = 5
"""Words that may differ, however long the text."""

LENGTH = 3_000
"""Words that are compared; of what is longer, the rest must be the same."""

REACH = 8
"""Words that may be left out in one place."""

AGREE = 3
"""Words that must be the same behind them."""

_TAG = re.compile(r"<[^<>]*>")
_BLOCK = re.compile(r"</?(?:p|div|br|li|ul|ol|tr|td|th|h[1-6]|pre|blockquote|figure|table|section|hr)\b[^<>]*>", re.I)
_PICTURE = re.compile(r"<(?:img|source|video|audio|iframe)\b[^<>]{0,2000}?\bsrc=\"([^\"]*)\"", re.I)
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|\d+(?:[.,:]\d+)*|[^\W\d_{_CJK}]+|[^\W{_CJK}]+")

_COUNT = r"(?<![\d.,])\d[\d.,]{0,15}\s?[km万萬千亿億]?\+?"
_COUNTED = (
    r"views?|comments?|replies|reply|responses?|likes?|upvotes?|claps?|reactions?|retweets?|reposts?|favou?rites?"
    r"|bookmarks?|downloads?"
)
_LABELLED = rf"{_COUNTED}|points?|score|votes?|shares?|stars?|plays?|reads?|followers?"
_COUNTED_CJK = (
    r"(?:次|人|条|條|个|個)?(?:阅读|閱讀|浏览|瀏覽|观看|觀看|播放|评论|評論|点赞|點讚|转发|轉發|收藏|回复|回覆|点击|點擊|赞|讚)"
    r"|热度|熱度|件のコメント|回表示|いいね"
)
_COUNTER = re.compile(
    rf"{_COUNT}\s?(?:{_COUNTED})\b|\b(?:{_LABELLED})\s?(?:[:：]\s?{_COUNT}|[(（]\s?{_COUNT}\s?[)）])"
    rf"|{_COUNT}\s?(?:{_COUNTED_CJK})|(?:{_COUNTED_CJK})(?:数|數|量|次数)?\s?[:：(（]?\s?{_COUNT}",
)
"""“98 points” and “100 shares” are news; “Points: 98” is a counter."""

_AGE = re.compile(
    r"(?:\b(?:about|over|almost|an?|less than)\s)?(?:\b\d{1,4}|\ban?)\s?"
    r"(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|months?|years?)\sago\b"
    r"|\bjust now\b|\ba moment ago\b"
    r"|(?<!\d)\d{1,4}\s?(?:秒钟?|秒鐘|分钟?|分鐘|个?小时|個?小時|天|周|週|个?月|年)(?:以?前|之前)|刚刚|剛剛|(?<!\d)\d{1,4}(?:秒|分|時間|日|か月|年)前",
)
_AGE_WORDS = ("ago", "just now", "前", "刚刚", "剛剛")


def is_edit(before: Article, after: Article) -> bool:
    """Whether readers should be shown the article again."""
    return (
        _titles_differ(words_of(before.title), words_of(after.title))
        or _files(before) != _files(after)
        or (_text(before) != _text(after) and _texts_differ(words_of(_text(before)), words_of(_text(after))))
    )


def words_of(markup: str) -> list[str]:
    """The words of a text, Chinese characters each for itself, in lower case; without what counts and ticks."""
    text = unescape(_TAG.sub("", _BLOCK.sub(" ", markup)))
    if not text.isascii():
        text = normalize("NFKC", text)
    text = _COUNTER.sub(" ", text.casefold())
    if any(word in text for word in _AGE_WORDS):  # to look for these costs a tenth
        text = _AGE.sub(" ", text)
    return _WORD.findall(text)


def _text(article: Article) -> str:
    return article.body or article.summary


def _titles_differ(before: list[str], after: list[str]) -> bool:
    """One slip is allowed."""
    if before == after or _joined(before) == _joined(after):
        return False
    slips, others = _differences(before, after)
    return others > 0 or slips > 1


def _texts_differ(before: list[str], after: list[str]) -> bool:
    if before == after or _joined(before) == _joined(after):
        return False
    if before[LENGTH:] != after[LENGTH:]:
        return True
    before, after = before[:LENGTH], after[:LENGTH]
    if abs(len(before) - len(after)) > MOST:
        return True
    allowed = min(MOST, max(len(before), len(after)) // SHARE)
    slips, others = _differences(before, after)
    return others > allowed or slips > max(1, allowed)


def _joined(words: Sequence[str]) -> str:
    """Where the words were parted says nothing: "e-mail" and "email"."""
    return "".join(words)


def _differences(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """How many words are slips of others, and how many more differ; far too many, if a number does."""
    slips = others = 0
    for removed, added in _gaps(before, after):
        if len(removed) + len(added) > 2 * REACH or any(word[0].isdigit() for word in (*removed, *added)):
            return 0, 10**6
        alike = sum(_is_slip(one, other) for one, other in zip(removed, added, strict=False))
        slips += alike
        others += max(len(removed), len(added)) - alike
    return slips, others


def _gaps(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Where the two differ. Looks no further than `REACH` for where they agree again, so that it ends soon."""
    i = j = 0
    while i < len(before) or j < len(after):
        if i < len(before) and j < len(after) and before[i] == after[j]:
            i, j = i + 1, j + 1
            continue
        left, right = _skipped(before[i : i + REACH + AGREE], after[j : j + REACH + AGREE]) or (len(before), len(after))
        yield before[i : i + left], after[j : j + right]
        i, j = i + left, j + right


def _skipped(before: Sequence[str], after: Sequence[str]) -> tuple[int, int] | None:
    """How many words of each to leave out until both go on alike, or end."""
    for total in range(1, 2 * REACH + 1):
        for left in sorted(range(max(0, total - REACH), min(total, REACH) + 1), key=lambda n: abs(2 * n - total)):
            rest, other = before[left : left + AGREE], after[total - left : total - left + AGREE]
            if rest == other and left <= len(before) and total - left <= len(after):
                return left, total - left
    return None


def _is_slip(one: str, other: str) -> bool:
    if len(one) == len(other) == 1:
        return _is_cjk(one) and _is_cjk(other)
    longest = max(len(one), len(other))
    allowed = 0 if longest < 4 else 1 if longest < 8 else 2
    return _distance(one, other, allowed) <= allowed


def _is_cjk(char: str) -> bool:
    return re.match(f"[{_CJK}]", char) is not None


def _distance(one: str, other: str, most: int) -> int:
    """Letters to add, drop, change or swap with the next; `most` + 1 where it is more."""
    if abs(len(one) - len(other)) > most or len(one) > 40:
        return most + 1
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before_last, last = last, row
    return last[-1]


def _files(article: Article) -> tuple[list[str], ...]:
    """The last names of its pictures and files: tokens, sizes and hosts of their addresses change by themselves."""
    pictures = [_last_name(unescape(url)) for url in _PICTURE.findall(article.body)]
    return sorted(set(pictures)), sorted({_last_name(enclosure.url) for enclosure in article.enclosures})


def _last_name(url: str) -> str:
    return re.split(r"[?#]", url, maxsplit=1)[0].rstrip("/").rpartition("/")[2]
