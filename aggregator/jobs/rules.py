"""The owner's rules at work: on every story, each time that it is shown.

    address.ruled | store | compose.rules.judge ─► the copies of a story as they are shown, or hidden

What was judged is remembered while the program runs, for a pattern takes its time. A rule whose patterns take too much
of it is not asked for a while: its articles are shown, and it is named.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from weakref import WeakKeyDictionary

from aggregator.compose.addresses import is_tagged
from aggregator.compose.rules import Verdict, judge, shown
from aggregator.jobs.faults import RULES, rule_faults
from aggregator.jobs.visible import behind
from aggregator.model.article import StoredArticle
from aggregator.model.feed import Address, Ruled
from aggregator.model.rules import Drop, Keep, Limit, Period, Rule, Tag
from aggregator.model.source import SourceId
from aggregator.store import Store

STRIKES = 5
"""So many articles may cost a rule all the time that a pattern has, before it is not asked any more."""

BUDGET = 20.0  # seconds that all the articles between two rests may cost a rule
REST = 600.0  # seconds after which a rule is asked again
SLOW = 0.5  # seconds for all stored articles that are worth telling
REMEMBERED = 50_000  # verdicts of one set of rules

log = logging.getLogger(__name__)


# ------------------------------------------------------------------------------------------------ what takes too long


@dataclass(slots=True)
class _Effort:
    """What one rule has cost since `since`."""

    since: float
    spent: float = 0.0
    strikes: int = 0
    off: bool = False


@dataclass(slots=True)
class Watch:
    """Sees to it that no rule costs much."""

    efforts: dict[Rule, _Effort] = field(default_factory=dict)

    def is_off(self, rule: Rule) -> bool:
        """Whether it is not to be asked now."""
        effort = self.efforts.get(rule)
        if effort is not None and time.monotonic() - effort.since > REST:
            self.efforts.pop(rule, None)  # another thread may have come first
            return False
        return effort is not None and effort.off

    def note(self, rule: Rule, seconds: float, *, ran_out: bool) -> None:
        """One article has cost it this."""
        effort = self.efforts.setdefault(rule, _Effort(time.monotonic()))
        effort.spent += seconds
        effort.strikes += ran_out
        if not effort.off and (effort.strikes >= STRIKES or effort.spent >= BUDGET):
            effort.off = True
            log.warning("%s", _fault(rule, effort))

    def faults(self) -> tuple[str, ...]:
        """The rules that ran out of time, in words."""
        return tuple(
            _fault(rule, effort) for rule, effort in list(self.efforts.items()) if effort.strikes or effort.off
        )

    def forget_others(self, in_force: Iterable[Rule]) -> None:
        """What rules cost that the owner has mended or taken out."""
        for gone in set(self.efforts).difference(in_force) if self.efforts else ():
            self.efforts.pop(gone, None)


def _fault(rule: Rule, effort: _Effort) -> str:
    times = f"for {effort.strikes} article{'s' * (effort.strikes != 1)}" if effort.strikes else "on the whole"
    until = f"; it is not asked for {REST / 60:.0f} minutes" if effort.off else ""
    return (
        f"the rule {rule} takes too long {times}: what it should have matched is shown as if it were not there{until}"
    )


@dataclass(slots=True)
class _Memory:
    """What is known of a store's articles as long as the program runs."""

    watch: Watch = field(default_factory=Watch)
    verdicts: dict[tuple[tuple[Rule, ...], str | None], dict[object, Verdict]] = field(default_factory=dict)

    def of(self, rules: tuple[Rule, ...], hour: str | None) -> dict[object, Verdict]:
        """The verdicts of these rules; those of another hour, or too many, are forgotten."""
        key = rules, hour
        found = self.verdicts.get(key)
        if found is None or len(found) > REMEMBERED:
            for old in [each for each in list(self.verdicts) if each[0] == rules]:
                self.verdicts.pop(old, None)
            found = self.verdicts[key] = {}
        return found


_MEMORIES: WeakKeyDictionary[Store, _Memory] = WeakKeyDictionary()


def _memory(store: Store) -> _Memory:
    return _MEMORIES.setdefault(behind(store), _Memory())


# ------------------------------------------------------------------------------------------------ showing


class Sieve:
    """The rules of one feed, for as long as it is put together."""

    def __init__(self, store: Store, address: Address) -> None:
        self._store = store
        self._address = address
        self._rules = {source: ruled for ruled in address.ruled for source in ruled.sources}
        self._guests = frozenset(address.guests)
        self._names = _names(store)
        self._now = datetime.fromisoformat(address.hour) if address.hour else datetime.min.replace(tzinfo=UTC)
        self._permitted: dict[tuple[SourceId, Rule, object], frozenset[int]] = {}

    def sift(self, group: Sequence[StoredArticle]) -> list[StoredArticle]:
        """The copies of a story as this feed has them. Those that rules keep out are hidden, and still among them: the
        story began with the first of them, whoever may be seen to tell it."""
        return [self._sifted(stored) for stored in group]

    def rules(self, stored: StoredArticle) -> tuple[Rule, ...]:
        """Those that the article has to obey, in the order in which they are asked."""
        ruled = self._rules.get(stored.source)
        return ruled.rules if ruled else ()

    def verdict(self, stored: StoredArticle) -> Verdict | None:
        """What the rules make of an article; None where it has none."""
        ruled = self._rules.get(stored.source)
        return self._judged(ruled, stored) if ruled else None

    def _sifted(self, stored: StoredArticle) -> StoredArticle:
        verdict = self.verdict(stored)
        if verdict is None:
            return stored
        return shown(stored, verdict, hidden=self._hidden_by(stored, verdict))

    def _hidden_by(self, stored: StoredArticle, verdict: Verdict) -> bool:
        if stored.source in self._guests and not self.invites(verdict):
            return True
        return self.barrier(stored, verdict) is not None

    def invites(self, verdict: Verdict) -> bool:
        """Whether it is tagged with the category of this feed, or with one below it."""
        return is_tagged(self._address.path, verdict.tags)

    def barrier(self, stored: StoredArticle, verdict: Verdict) -> int | None:
        """The number of the rule that keeps the article out, among the rules of its source."""
        if verdict.dropped_by is not None:
            return verdict.dropped_by
        return next((number for number in verdict.limits if not self.permits(stored, number)), None)

    def _judged(self, ruled: Ruled, stored: StoredArticle) -> Verdict:
        memory = _memory(self._store)
        kept = memory.of(ruled.rules, self._address.hour)
        article, source = stored.article, self._names.get(stored.source, "")
        key = (stored.id, stored.changed, article.title, article.author, len(article.body), source)
        found = kept.get(key)
        if found is None:
            found = self._judge(memory.watch, ruled.rules, stored, source)
            if found.whole:
                kept[key] = replace(found, spent=())
        return found

    def _judge(self, watch: Watch, rules: tuple[Rule, ...], stored: StoredArticle, source: str) -> Verdict:
        verdict = judge(
            rules,
            stored,
            source,
            self._now,
            is_off=lambda number: watch.is_off(rules[number]),
            clock=time.perf_counter,
        )
        for number, seconds in enumerate(verdict.spent):
            if seconds > 0.001:  # less is nothing that could add up to much
                watch.note(rules[number], seconds, ran_out=number in verdict.slow)
        return verdict

    def judged_afresh(self, stored: StoredArticle) -> tuple[tuple[Rule, ...], Verdict]:
        """The rules of an article, and what they make of it, with the time that each of them took."""
        ruled = self._rules.get(stored.source)
        if ruled is None:
            return (), Verdict()
        watch = _memory(self._store).watch
        return ruled.rules, self._judge(watch, ruled.rules, stored, self._names.get(stored.source, ""))

    # limits

    def permits(self, stored: StoredArticle, number: int) -> bool:
        """Whether the article is one of so many that the rule with this number allows of its source."""
        rule = self._rules[stored.source].rules[number]
        limit = rule.action
        assert isinstance(limit, Limit)
        since = _beginning(stored.sort_at, limit.per) if limit.per else None
        key = stored.source, rule, since
        if key not in self._permitted:
            self._permitted[key] = frozenset(self._first(stored.source, number, limit, since))
        return stored.id in self._permitted[key]

    def _first(self, source: SourceId, number: int, limit: Limit, since: datetime | None) -> list[int]:
        """The newest of the source; of a period, the first: what was shown once does not vanish for what came later."""
        until = since + _LENGTHS[limit.per] if since is not None and limit.per is not None else None
        found: list[int] = []
        with closing(self._store.articles_between(source, since, until)) as walk:
            for stored in walk:
                verdict = self.verdict(stored)
                if verdict is not None and verdict.dropped_by is None and number in verdict.limits:
                    found.append(stored.id)
                    if since is None and len(found) == limit.most:
                        break
        return found if since is None else found[-limit.most :]


_LENGTHS: Mapping[Period, timedelta] = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


def _beginning(moment: datetime, per: Period) -> datetime:
    """Of the period that a moment is in, in UTC; weeks begin on Monday."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    if per == "hour":
        return hour
    day = hour.replace(hour=0)
    return day - timedelta(days=day.weekday()) if per == "week" else day


def sieve(store: Store, address: Address) -> Sieve | None:
    """The rules of a feed; None where it has none."""
    return Sieve(store, address) if address.ruled else None


def _names(store: Store) -> dict[SourceId, str]:
    return {source: f"{outlet.name}\n{outlet.url}" for source, outlet in store.outlets().items()}


def stands(stored: StoredArticle, address: Address) -> bool:
    """Whether the feed shows this copy of a story."""
    return not stored.hidden and stored.source in address.scope


# ------------------------------------------------------------------------------------------------ telling of them


def note_faults(store: Store, in_force: Iterable[Rule]) -> tuple[str, ...]:
    """Write down which rules take too long, for those who ask for the status; which they are."""
    watch = _memory(store).watch
    watch.forget_others(in_force)
    faults = watch.faults()
    if faults != rule_faults(store):
        store.remember(RULES, json.dumps(faults, ensure_ascii=False))
    return faults


@dataclass(slots=True)
class Count:
    """What one rule does to what is stored."""

    rule: Rule
    touched: int = 0
    of: int = 0  # articles that reached it: no rule before it dropped them
    seconds: float = 0.0
    slow: int = 0  # articles that its patterns ran out of time for

    def in_words(self) -> str:
        """One line."""
        verb = {Drop: "drops", Keep: "drops", Tag: "tags", Limit: "counts"}.get(type(self.rule.action), "changes")
        slow = f", in {self.seconds:.1f} s" if self.seconds >= SLOW else ""
        articles = f"{self.of} stored article{'' if self.of == 1 else 's'}"
        return f"rule {self.rule}: {verb} {self.touched} of {articles}{slow}"

    def doubts(self) -> Iterator[str]:
        """What of it may not be meant."""
        if self.slow:
            articles = "1 article; it is" if self.slow == 1 else f"{self.slow} articles; they are"
            yield (
                f"{self.rule}: its patterns ran out of time for {articles} shown as if it were not there; "
                "write a simpler pattern"
            )
        elif self.of and not self.touched and not isinstance(self.rule.action, Keep):
            yield f"{self.rule}: matches none of the {self.of} stored articles that it may see"
        if self.of and self.touched == self.of and isinstance(self.rule.action, Drop | Keep):
            yield f"{self.rule}: drops every one of the {self.of} stored articles that it may see"


def count_touched(store: Store, address: Address) -> list[Count]:
    """Each rule of this feed, and how many of the stored articles of its sources it touches. A limit touches those that
    it counts."""
    found = {(rule.place, rule): Count(rule) for ruled in address.ruled for rule in ruled.rules}
    sifting = Sieve(store, address)
    for stored in store.articles():
        rules, verdict = sifting.judged_afresh(stored)
        for number, rule in enumerate(rules):
            count = found[rule.place, rule]
            count.of += verdict.dropped_by is None or number <= verdict.dropped_by
            count.touched += number in verdict.touched
            count.slow += number in verdict.slow
            count.seconds += verdict.spent[number]
    return list(found.values())
