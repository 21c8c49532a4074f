"""Whether two articles tell the same story, and by which rule. A wrong merge hides an article, so doubt means no.

Templated texts are the difficulty: two scores, two releases, two market reports share most of their words and tell
different things; a reprint changes headline, byline and footer and tells the same. What tells them apart is where they
differ: a reprint adds, drops and retouches; a template replaces, in one place after the other, numbers and names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import islice

from aggregator.decide.similar.align import ISLAND, Alignment, Gap, Tokens, align
from aggregator.decide.similar.names import is_other_name
from aggregator.decide.similar.words import (
    Words,
    counts_of,
    figure_of,
    figures_of,
    is_cjk,
    is_cut,
    is_figure,
    lines_of,
    title_words,
    units_of,
    words_of,
)
from aggregator.model.source import SourceId

APART = timedelta(days=10)
"""News that is printed again later than this is looked back at, not reported."""

APART_WITHIN = timedelta(hours=12)
"""One outlet that publishes the same text again within this time has moved or repaired it. Later it is a series: an
open thread, a weekly call for questions."""

LEAST = 15  # words or characters of common ground, or there is nothing to judge by
SHORT, LONG = 40, 150  # as much common ground is little, or leaves no doubt
BYLINE = 12  # tokens before or after the common ground that may belong to it: more is a header or a footer
AGREEMENT = 0.9
CONTAINED, ALIKE, MOSTLY = 0.5, 0.3, 0.6
QUOTED = 0.3  # of a short text, under the very title of the longer: its first words, between an outlet's own
PART, PART_OF_ONE, LEAD = 0.7, 0.6, 0.9
ONE_TITLE, SAME_TITLE, SAME_SUBJECT, ONE_PATTERN, HALF_PATTERN = 0.9, 0.6, 0.55, 0.6, 0.5
ROUNDED = 0.001  # what rounding can add to a share
ADVERTISED = 0.25  # less support than this, and what the texts share is an outlet's advertisement of itself
INTRODUCED, SPEAKING = 25, 3  # common words of an introduction, words of a title that speaks for itself
AROUND = 60  # words that an outlet writes around everything
SEVERAL = 30  # words of a piece that are looked at one by one
WHOLE = 0.75  # under another title, as much of the shorter text must be in the longer
FILLED = 2  # places of a form in which two texts of it may differ
TYPO = 5  # letters: shorter words that differ in one are other words

_SMALL = frozenset(
    """about almost along also although always among and any are around because been being both but can could did does
    during each either even ever every for from further get had has have having her here hers him his how however
    into its just like made make many may might most much must now off often once one only onto other our out own
    per quite rather really said same say says shall she should since some soon still such than that the their them
    then there these they this those though through thus told too toward towards until upon very via was well were
    what when where whether which while who whose why will with within would yet you your
    的 了 在 是 和 与 及 也 都 就 将 会 对 从 为 被 把 等 这 那 其 该
    之 以 于 并 或 还 已 又 而 但 说 讯 电 者""".split()
)
"""Words that an editor changes as he likes."""


class Rule(StrEnum):
    """What decided."""

    SAME_TEXT = "same text"  # the texts are one, retouched
    PART = "part of the text"  # the shorter is part of the longer, under one title
    LEAD = "beginning of the text"  # the shorter is how the longer begins
    REPUBLISHED = "published again"  # by the same source
    APART = "too far apart in time"
    LITTLE = "too little in common"
    NUMBERS = "other numbers"
    NAMES = "other names"
    WORDING = "other words in the same places"
    SUBJECT = "the titles are about something else"
    DIGEST = "one is a digest of several"


JOINING = frozenset((Rule.SAME_TEXT, Rule.PART, Rule.LEAD, Rule.REPUBLISHED))


@dataclass(frozen=True)
class Telling:
    """One article, as far as it is compared."""

    source: SourceId
    date: datetime
    title: Words
    text: Words
    cut: bool  # the text ends in an ellipsis, or says that there is more elsewhere

    @cached_property
    def subject(self) -> tuple[str, ...]:
        """What the title speaks of: its units, without the small words."""
        return tuple(units_of(_meaning(self.title.tokens)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured; shares are between 0 and 1."""

    apart: timedelta
    containment: float = 0.0  # marks of the shorter text that the longer has, too
    jaccard: float = 0.0  # marks that both have, of all
    title: float = 0.0  # how much of the shorter title is in the longer
    common: int = 0  # tokens of the common ground
    agreement: float = 0.0  # common ground, of the places where both say something
    support: float = 0.0  # words of a title that stand in the common ground, the better of the two

    def as_numbers(self) -> dict[str, float]:
        """For whoever asks why; the time between them in hours."""
        measured = {name: getattr(self, name) for name in self.__slots__ if name != "apart"}
        return {"hours_apart": round(self.apart / timedelta(hours=1), 2), **measured}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether two articles tell the same story, and why."""

    rule: Rule
    figures: Figures

    @property
    def same(self) -> bool:
        """They do."""
        return self.rule in JOINING


def telling(source: SourceId, date: datetime, title: str, text: str) -> Telling:
    """An article as it is compared: `title` and `text` plain, `text` as much as there is."""
    return Telling(source, date, title_words(title), words_of(text), is_cut(text))


def same_story(one: Telling, two: Telling) -> Verdict:
    """Judge two articles. Symmetric; takes time in proportion to the texts, which are bounded."""
    if _order(two) < _order(one):
        one, two = two, one
    apart = abs(one.date - two.date)
    within = one.source == two.source
    if not is_near(one.source, one.date, two.source, two.date):
        return Verdict(Rule.APART, Figures(apart=apart))
    pair = _Pair(one, two, apart)
    if pair.figures.common < _least(pair.figures):
        return Verdict(Rule.LITTLE, pair.figures)
    if pair.figures.containment < CONTAINED and (within or not _is_introduced(pair)):
        return Verdict(Rule.LITTLE, pair.figures)
    rule = _objection(pair) or (_within(pair.figures) if within else _across(pair))
    return Verdict(rule, pair.figures)


def may_be_same(one: Telling, two: Telling) -> bool:
    """Whether two texts can have as much in common as `same_story` asks for at the least, under titles that do not
    part them already.

    False only of what it would not call the same, at a twentieth of what it takes to say why: most articles that share
    a key share nothing else, and most reports of one form have another number in their titles.
    """
    (first, hidden), (second, others_hidden) = one.text.sieve, two.text.sieve
    most = (first & second).bit_count() + min(hidden, others_hidden)
    sizes = len(one.text.mark_set), len(two.text.mark_set)
    containment = most / (min(sizes) or 1) + ROUNDED
    if one.source == two.source:
        jaccard = most / max(sum(sizes) - most, 1) + ROUNDED
        like_enough = _is_republished(containment, jaccard, round(_likeness(one.title, two.title), 3))
    else:
        like_enough = containment >= CONTAINED or (
            containment >= QUOTED and _resemblance(one.title, two.title) >= ONE_TITLE
        )
    return like_enough and not _are_of_one_form(one.title, two.title)


def is_near(source: SourceId, date: datetime, other: SourceId, other_date: datetime) -> bool:
    """Whether two articles were published near enough to each other to be compared at all."""
    return abs(date - other_date) <= (APART_WITHIN if source == other else APART)


def _least(figures: Figures) -> int:
    """Some feeds give no more than a line; under one title that it speaks of, half as much will do."""
    return LEAST // 2 if figures.title >= ONE_TITLE and figures.support >= 0.5 else LEAST


class _Pair:
    """Two articles side by side."""

    def __init__(self, one: Telling, two: Telling, apart: timedelta) -> None:
        self.one, self.two = one, two
        first, second = one.text.mark_set, two.text.mark_set
        shared = len(first & second)
        self.figures = Figures(
            apart=apart,
            containment=round(shared / (min(len(first), len(second)) or 1), 3),
            jaccard=round(shared / (len(first) + len(second) - shared or 1), 3),
        )
        if self.figures.containment >= (
            CONTAINED if _resemblance(one.title, two.title) < ONE_TITLE else QUOTED
        ):  # most pairs that share a key have nothing else in common
            self.alignment = align(one.text, two.text)
            self.places = tuple(_places(self.alignment))
            self.figures = _measured(self)


def _measured(pair: _Pair) -> Figures:
    replaced = sum(min(len(gap.one), len(gap.two)) for gap in pair.alignment.inner)
    common = pair.alignment.common
    return replace(
        pair.figures,
        title=round(_likeness(pair.one.title, pair.two.title), 3),
        common=common,
        agreement=round(common / (common + replaced or 1), 3),
        support=round(_support(pair), 3),
    )


# what speaks against


def _objection(pair: _Pair) -> Rule | None:
    figures = pair.figures
    if _other_numbers(pair):
        return Rule.NUMBERS
    if _is_swapped(pair) or _other_names(pair) or _other_subjects(pair) or _is_of_another(pair):
        return Rule.NAMES
    if figures.agreement < AGREEMENT:
        return Rule.WORDING
    if figures.title < SAME_TITLE and figures.support < _wanted_support(figures):
        return Rule.SUBJECT
    if figures.support < ADVERTISED and figures.title < 0.7 and figures.jaccard < 0.5:
        return Rule.SUBJECT
    return None


def _wanted_support(figures: Figures) -> float:
    """The less two texts have in common, the more of it must be what a title says."""
    if figures.common < SHORT:
        return 0.8
    return 0.4 if figures.common >= LONG and figures.jaccard >= 0.8 else 0.6


def _other_numbers(pair: _Pair) -> bool:
    """Either has numbers in the place of the other's that the other lacks there, if the place is small, or altogether;
    in the titles likewise."""
    first: set[str] = set()
    second: set[str] = set()
    for gap in pair.places:
        one, two = counts_of(gap.one), counts_of(gap.two)
        if one - two and two - one and max(len(gap.one), len(gap.two)) <= BYLINE:
            return True
        first |= figures_of(gap.one)
        second |= figures_of(gap.two)
    if first and second and first - pair.two.text.figures and second - pair.one.text.figures:
        return True
    if _are_of_one_form(pair.one.title, pair.two.title):
        return True
    first = {*pair.one.title.figures - pair.two.title.figures}
    second = {*pair.two.title.figures - pair.one.title.figures}
    return bool(first and second and first - pair.two.text.figures and second - pair.one.text.figures)


def _are_of_one_form(one: Words, two: Words) -> bool:
    """Two titles are one, but for a number: “2月2日” and “2月12日”."""
    return _have_other_figures(one, two) and _likeness(one, two) >= ONE_PATTERN


def _have_other_figures(one: Words, two: Words) -> bool:
    """Either title has a number more often than the other: “2月2日” and “2月12日”."""
    if not one.figures or not two.figures:
        return False
    first, second = (Counter(figure_of(token) for token in title.tokens if is_figure(token)) for title in (one, two))
    return bool(first - second and second - first)


def _other_names(pair: _Pair) -> bool:
    """In one place stand words that the other article lacks altogether, and that matter: they stand in the title, or
    are replaced again and again."""
    first = Counter(token for gap in pair.places for token in gap.one)
    second = Counter(token for gap in pair.places for token in gap.two)
    for gap in pair.places:
        one = _telling_words(gap.one, first, pair.one.title, pair.two)
        two = _telling_words(gap.two, second, pair.two.title, pair.one)
        if _has_other(one, gap.two) and _has_other(two, gap.one):
            return True
    return False


def _is_of_another(pair: _Pair) -> bool:
    """The texts are one, but for a name that either has once: one form, filled in for two. Where an editor has been at
    work, more is retouched."""
    replaced = [gap for gap in pair.alignment.inner if gap.one and gap.two]
    return len(replaced) <= FILLED and any(
        is_other_name(gap, pair.one.text, pair.two.text)
        and _has_other((token for token in gap.one if _is_lacking(token, pair.two)), gap.two)
        and _has_other((token for token in gap.two if _is_lacking(token, pair.one)), gap.one)
        for gap in replaced
    )


def _is_lacking(token: str, article: Telling) -> bool:
    return token not in article.title.token_set and token not in article.text.token_set


def _is_swapped(pair: _Pair) -> bool:
    """The titles are one but for some words, and in one place of the texts stand these words as well: “Shares rise” and
    “Shares fall”. Whether the article has the other's word elsewhere, does not matter."""
    one, two = pair.one.title, pair.two.title
    if _likeness(one, two) < HALF_PATTERN:
        return False
    first, second = set(_changed(one, two)), set(_changed(two, one))
    if _is_qualified(pair, first, second):
        return True
    return any(
        _has_other(first & {*gap.one} - {*gap.two}, gap.two) and _has_other(second & {*gap.two} - {*gap.one}, gap.one)
        for gap in (*pair.places, *_brinks(pair.alignment))
    )


def _is_qualified(pair: _Pair, first: set[str], second: set[str]) -> bool:
    """One title has no more than a word in addition, and the text has it as well: “the (deputy) mayor”."""
    if bool(first) == bool(second):
        return False
    added = [gap.one or gap.two for gap in pair.alignment.inner if not (gap.one and gap.two)]
    return any(len(piece) <= 2 and first | second >= set(piece) for piece in added)


def _changed(one: Words, two: Words) -> Iterator[str]:
    """The words that this title has more often than the other."""
    rest = list(two.tokens)
    for token in one.tokens:
        if token in rest:
            rest.remove(token)
        elif token not in _SMALL and len(token) != 2:
            yield token


def _has_other(tokens: Iterable[str], there: Tokens) -> bool:
    """One of these is not just spelled differently there. Of a hostile text only so much is looked at."""
    return any(not any(_is_typo(token, other) for other in there[:SEVERAL]) for token in islice(tokens, SEVERAL))


def _telling_words(tokens: Tokens, often: Counter[str], title: Words, other: Telling) -> list[str]:
    return [token for token in tokens if (often[token] > 1 or token in title.token_set) and _is_absent(token, other)]


def _other_subjects(pair: _Pair) -> bool:
    """The titles are one but for some words, and neither article speaks of the other's: “Road works in Reno / Perth”
    over the same text."""
    one, two = pair.one, pair.two
    if _likeness(one.title, two.title) < ONE_PATTERN:
        return False
    first = [token for token in one.title.tokens if _is_absent(token, two)]
    second = [token for token in two.title.tokens if _is_absent(token, one)]
    return _has_other(first, two.title.tokens) and _has_other(second, one.title.tokens)


def _is_absent(token: str, article: Telling) -> bool:
    if not _has_meaning(token) or token in article.title.token_set or token in article.text.token_set:
        return False
    figure = figure_of(token)
    return not figure or (figure not in article.title.figures and figure not in article.text.figures)


# what speaks for


def _across(pair: _Pair) -> Rule:
    figures = pair.figures
    if figures.title < SAME_SUBJECT and (_is_headed(pair) or (figures.jaccard < MOSTLY and _is_listed(pair))):
        return Rule.DIGEST
    if figures.jaccard >= ALIKE and (figures.title >= SAME_TITLE or max(figures.jaccard, figures.containment) >= WHOLE):
        return Rule.SAME_TEXT
    if figures.containment >= (PART if figures.title < ONE_TITLE else PART_OF_ONE) and figures.title >= SAME_SUBJECT:
        return Rule.PART
    if _is_introduced(pair):
        return Rule.LEAD
    if figures.containment >= LEAD and max(pair.alignment.starts) <= BYLINE and _is_lead(pair):
        return Rule.LEAD
    return Rule.LITTLE


def _is_introduced(pair: _Pair) -> bool:
    """Under one title of several words, the shorter text has the longer one's first sentences in a piece, and around
    them what its outlet writes around everything."""
    one, two = pair.one.title, pair.two.title
    if pair.alignment.inner or pair.figures.common < INTRODUCED or _resemblance(one, two) < ONE_TITLE:
        return False
    (shorter, _), (_, start) = sorted(
        zip((len(pair.one.text.tokens), len(pair.two.text.tokens)), pair.alignment.starts, strict=True)
    )
    speaks = min(len({*article.subject}) for article in (pair.one, pair.two)) >= SPEAKING
    return speaks and start <= ISLAND and shorter - pair.figures.common <= AROUND


def _is_lead(pair: _Pair) -> bool:
    """The shorter was cut off, or what it says is what the title of the longer says. A list of several begins with
    something, too."""
    shorter, longer = sorted((pair.one, pair.two), key=lambda article: len(article.text.tokens))
    return shorter.cut or _share(longer.subject, _ground(pair), pair.two.text.lines) >= 0.5


def _within(figures: Figures) -> Rule:
    """One outlet repeats its own phrases: only what is nearly the same, title and text, was published again."""
    if _is_republished(figures.containment, figures.jaccard, figures.title):
        return Rule.REPUBLISHED
    return Rule.LITTLE


def _is_republished(containment: float, jaccard: float, title: float) -> bool:
    return containment >= 0.85 and jaccard >= 0.6 and title >= SAME_TITLE


def _is_listed(pair: _Pair) -> bool:
    """The longer text names the title of the shorter before it quotes it: it is a list of several."""
    one, two = pair.one, pair.two
    start, across = pair.alignment.starts
    if len(one.text.tokens) < len(two.text.tokens):
        one, two, start = two, one, across
    before = Counter(one.text.tokens[:start])
    title = [token for token in two.title.tokens if _has_meaning(token)]
    return bool(title) and sum(token in before for token in title) >= 0.8 * len(title)


def _is_headed(pair: _Pair) -> bool:
    """The title of the one stands in the other, word by word, before the text that both have: a headline in a list."""
    start, across = pair.alignment.starts
    return _heads(pair.one.title, pair.two.text, across) or _heads(pair.two.title, pair.one.text, start)


def _heads(title: Words, text: Words, start: int) -> bool:
    size = len(title.tokens)
    earliest = max(0, start - size - BYLINE)
    return size >= 3 and any(text.tokens[at : at + size] == title.tokens for at in range(earliest, start - size + 1))


# measures


def _places(alignment: Alignment) -> Iterator[Gap]:
    """Where either says something in the place of the other. Long pieces around the common ground are headers and
    footers of the outlets."""
    for gap in (alignment.before, alignment.after):
        if max(len(gap.one), len(gap.two)) <= BYLINE and gap.one and gap.two:
            yield gap
    yield from (gap for gap in alignment.inner if gap.one and gap.two)


def _brinks(alignment: Alignment) -> tuple[Gap, Gap]:
    """The last words before the common ground, and the first after it."""
    before, after = alignment.before, alignment.after
    return Gap(before.one[-BYLINE:], before.two[-BYLINE:]), Gap(after.one[:BYLINE], after.two[:BYLINE])


def _likeness(one: Words, two: Words) -> float:
    """How much of the shorter title is in the longer: outlets add their names."""
    first, second = one.units, two.units
    fewer = min(len(first), len(second))
    if fewer < 3:  # “News” is part of many titles
        return _resemblance(one, two)
    return len(first & second) / fewer


def _resemblance(one: Words, two: Words) -> float:
    """How much of both titles is in both."""
    first, second = one.units, two.units
    return 2 * len(first & second) / (len(first) + len(second) or 1)


def _support(pair: _Pair) -> float:
    """How many of a title's words stand in the common ground: whether that is what the article is about."""
    one, two = pair.one, pair.two
    ground = _ground(pair)
    return max(_share(one.subject, ground, two.text.lines), _share(two.subject, ground, two.text.lines))


def _ground(pair: _Pair) -> str:
    """The lines of the first text from where the common ground begins to where it ends."""
    tokens = pair.one.text.tokens
    return lines_of(tokens[pair.alignment.starts[0] : len(tokens) - len(pair.alignment.after.one)])


def _share(units: Sequence[str], *grounds: str) -> float:
    found = sum(all(f"\n{unit}\n" in ground for ground in grounds) for unit in units)
    return found / len(units) if units else 0.0


def _meaning(tokens: Tokens) -> Tokens:
    return tuple(token for token in tokens if _has_meaning(token))


def _has_meaning(token: str) -> bool:
    """Not one of the small words, which stand everywhere."""
    return token not in _SMALL and (len(token) > 3 or is_cjk(token) or is_figure(token))


def _is_typo(one: str, two: str) -> bool:
    """The two are spellings of one word: cut, or one letter added, lost, changed or swapped with its neighbour."""
    if is_cjk(one) or is_cjk(two) or is_figure(one) or is_figure(two) or min(len(one), len(two)) < TYPO:
        return one == two
    if one.startswith(two) or two.startswith(one):  # titles are cut
        return True
    shorter, longer = sorted((one, two), key=len)
    start = next((at for at, letter in enumerate(shorter) if letter != longer[at]), len(shorter))
    rest, other = shorter[start:], longer[start:]
    return other[1:] in (rest, rest[1:]) or (other[:2] == rest[1::-1] and other[2:] == rest[2:])


def _order(article: Telling) -> tuple[object, ...]:
    return (article.date, article.source, article.title.tokens, article.text.tokens)
