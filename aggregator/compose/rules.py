"""What the owner's rules make of an article.

    article | rule | rule | … ─► Verdict: shown or not, as what, in which further categories, and which rules did that

Rules hold in their order, each for the article as those before it have left it. Nothing of it is kept: the store has
what the publisher wrote, and the same article comes out the same each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, get_args

from aggregator.compose.patterns import TooSlowError, found, replaced
from aggregator.model.article import Article, StoredArticle
from aggregator.model.rules import (
    All,
    AnyOf,
    Condition,
    Drop,
    Keep,
    Limit,
    Longer,
    Not,
    Older,
    Part,
    Put,
    Rewrite,
    Rule,
    Says,
    Tag,
)
from aggregator.words.reading import reading

READ = 100_000  # characters of a text that patterns look at
_HAN = (0x3040, 0x9FFF)  # kana and Chinese characters: each is a word


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What rules make of one article."""

    changes: tuple[tuple[str, str], ...] = ()  # parts of it, and what is shown in their place
    dropped_by: int | None = None  # the place of the rule among the rules
    tags: tuple[str, ...] = ()  # categories in whose feeds it stands as well
    limits: tuple[int, ...] = ()  # the rules that allow only so many like it
    touched: tuple[int, ...] = ()  # the rules that matched, or replaced something; of `keep`, what stopped it
    slow: tuple[int, ...] = ()  # the rules whose patterns ran out of time: for this article they do not exist
    whole: bool = True  # no rule was passed over
    spent: tuple[float, ...] = ()  # seconds that each rule took, by the clock that was given


@dataclass(slots=True)
class _Subject:
    """The article as it is so far, and what conditions ask of it."""

    article: Article
    source: str  # name and address of its feed
    age_from: datetime
    now: datetime
    _text: str | None = field(default=None, init=False)

    def read(self) -> str:
        """Its whole text."""
        if self._text is None:
            self._text = reading(self.article.body, READ) or self.article.summary
        return self._text


def judge(
    rules: Sequence[Rule],
    stored: StoredArticle,
    source: str,
    now: datetime,
    *,
    is_off: Callable[[int], bool] = lambda number: False,
    clock: Callable[[], float] = lambda: 0.0,
) -> Verdict:
    """What these rules make of the article of a source with this name and address, a line each; `is_off` says which of
    them are not asked."""
    subject = _Subject(stored.article, source, stored.article.date or stored.first_seen, now)
    tags: list[str] = []
    limits, touched, slow, whole = [], [], [], True
    spent = [0.0] * len(rules)
    dropped = None
    for number, rule in enumerate(rules):
        if is_off(number):
            whole = False
            continue
        begun = clock()
        try:
            matches = holds(rule.when, subject)
            changed = _rewritten(rule, subject.article) if matches else subject.article
        except TooSlowError:
            slow.append(number)
            continue
        finally:
            spent[number] = clock() - begun
        if matches is isinstance(rule.action, Keep):
            continue
        if isinstance(rule.action, Rewrite) and changed is subject.article:
            continue
        touched.append(number)
        subject.article = changed
        match rule.action:
            case Drop() | Keep():
                dropped = number
                break
            case Tag(add=add):
                tags += add
            case Limit():
                limits.append(number)
    return Verdict(
        changes=tuple(_changes(stored.article, subject.article)),
        dropped_by=dropped,
        tags=tuple(dict.fromkeys(tags)),
        limits=tuple(limits),
        touched=tuple(touched),
        slow=tuple(slow),
        whole=whole,
        spent=tuple(spent),
    )


def shown(stored: StoredArticle, verdict: Verdict, *, hidden: bool) -> StoredArticle:
    """The article as feeds have it."""
    article = _with(stored.article, verdict.changes) if verdict.changes else stored.article
    return replace(stored, article=article, hidden=hidden, tagged=verdict.tags)


def holds(condition: Condition, subject: _Subject) -> bool:
    """Whether a condition holds of the article. Raises TooSlowError."""
    match condition:
        case Says(part=part, patterns=patterns):
            return any(found(pattern, text) for text in _texts(part, subject) for pattern in patterns)
        case Older(than=than):
            return subject.now - subject.age_from > than
        case Longer(than=count):
            return count_words(subject.read()) > count
        case All(of=of):
            return all(holds(each, subject) for each in of)
        case AnyOf(of=of):
            return any(holds(each, subject) for each in of)
        case Not(of=one):
            return not holds(one, subject)


def _texts(part: str, subject: _Subject) -> Sequence[str]:
    article = subject.article
    match part:
        case "title":
            return (article.title,)
        case "author":
            return (article.author,)
        case "link":
            return (article.link or "",)
        case "text":
            return (subject.read(),)
        case "categories":
            return article.tags or ("",)
        case "language":
            return (article.language or "",)
        case "source":
            return subject.source.split("\n")
    return tuple(enclosure.type or "" for enclosure in article.enclosures)


def count_words(text: str) -> int:
    """How many words a text has; a character of Chinese or Japanese is one."""
    single = sum(_HAN[0] <= ord(each) <= _HAN[1] for each in text)
    if not single:
        return len(text.split())
    return single + len("".join(" " if _HAN[0] <= ord(each) <= _HAN[1] else each for each in text).split())


def _changes(before: Article, after: Article) -> Iterator[tuple[str, str]]:
    if before is not after:
        for part in get_args(Part):
            if getattr(before, part) != getattr(after, part):
                yield part, getattr(after, part)


def _rewritten(rule: Rule, article: Article) -> Article:
    match rule.action:
        case Rewrite(part=part, pattern=pattern, by=by):
            text = " ".join(replaced(pattern, by, getattr(article, part)).split())
            keeps = text == getattr(article, part) or (part == "title" and not text)
            return article if keeps else _with(article, [(part, text)])
        case Put(parts=parts):
            return _with(article, parts)
    return article


def _with(article: Article, changes: Iterable[tuple[str, str]]) -> Article:
    parts: dict[str, Any] = dict(changes)
    return replace(article, **parts)
