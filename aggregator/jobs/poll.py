"""Polling what is due.

    store.claim | visit (in a thread of its own) | decide | store.record (one after another)

The schedule is a column: a tick only asks what is due. There is never a second truth about it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

from aggregator.decide.canonical import host_of
from aggregator.decide.hosts import neighbourhoods, rest_until, who_waits
from aggregator.decide.identity import hints_of
from aggregator.decide.ingest import UNLIMITED, Intake, edited, names_of, plan_ingest, possible_stories
from aggregator.decide.match import has_hints, is_stranger, resembling
from aggregator.decide.moves import after_failure, follow
from aggregator.decide.pace import Asked, Limits, dump, load, next_poll, observe, retry
from aggregator.decide.push import is_trusted, missed, stretch
from aggregator.jobs.health import with_events
from aggregator.jobs.publish import PUBLISHED
from aggregator.jobs.turns import Turns
from aggregator.jobs.visit import Fetch, visit
from aggregator.model.article import StoredArticle
from aggregator.model.errors import AggregatorError
from aggregator.model.exchange import Failure, FetchFailed
from aggregator.model.outcome import Failed, Harvest, Known, NextPoll, Record, Save, Unchanged, Verdict, VisitResult
from aggregator.model.source import Claim, Errand, Source, SourceId, mask
from aggregator.model.subscription import Subscription
from aggregator.store import Store

LEASE = timedelta(minutes=10)
"""Longer than any visit may take; a worker that dies gives its sources back after this."""

REST = timedelta(minutes=1)
"""For a host that says "too many requests" and not until when."""

LATELY = 20, 60
"""Articles of a source, at least and at the most, among which those are looked for that all of a document may be, under
other names. The one entry of a document need not be the newest article."""

BATCH = 64
"""Visits that are recorded with one durable write, at the most."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """What `decide.pace` is told beside what it learned."""

    limits: Limits
    theta: float  # the price of a poll, one for all sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """One source was visited, and the visit is recorded."""

    source: Source
    result: VisitResult
    saves: tuple[Save, ...]
    took: timedelta
    next_poll: NextPoll | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What comes in from outside: nothing below asks for the time, for chance or for the network by itself."""

    fetch: Fetch
    hang_up: Callable[[], None]  # ends every fetch that is under way
    clock: Callable[[], datetime]
    chance: Callable[[], float]  # 0 ≤ x < 1
    holder: str  # our name on leases
    listener: Callable[[Polled], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visited:
    """A visit that waits to be recorded."""

    claim: Claim
    source: Source
    result: VisitResult
    took: timedelta


class Poller:
    """Visits what is due, many sources at once. Visits run in threads; one more thread writes what they bring."""

    def __init__(
        self,
        store: Store,
        sources: Mapping[SourceId, Source],
        pacing: Pacing,
        doors: Doors,
        *,
        concurrency: int,
        per_host: int = 2,
    ) -> None:
        self._store = store
        self._sources = sources
        self._pacing = pacing
        self._doors = doors
        self._concurrency = concurrency
        self._turns = Turns(per_host)
        self._neighbourhoods = neighbourhoods(sources.values())
        # Twice as many threads as connections: one that waits for its turn at a host keeps no other from its own.
        self._visits = ThreadPoolExecutor(2 * concurrency, thread_name_prefix="visit")
        self._desk = ThreadPoolExecutor(1, thread_name_prefix="record")
        self._visited: SimpleQueue[_Visited] = SimpleQueue()
        self._changed = threading.Condition()
        self._in_flight = 0
        self._due_by: datetime | None = None
        self._learned = 0  # visits of sources whose interval is learned: what the budget is spent on
        self._fault: BaseException | None = None
        self._stopping = False

    def start_due(self, due_by: datetime) -> None:
        """Begin to visit every source that is due by then; returns at once. More are begun as visits end."""
        with self._changed:
            self._due_by = due_by
        self._claim_more()

    def wait(self) -> None:
        """Until every visit that was begun is recorded. Raises what went wrong on our side, if anything did."""
        with self._changed:
            self._changed.wait_for(lambda: self._in_flight == 0)
            if self._fault is not None:
                raise self._fault

    @property
    def turns(self) -> Turns:
        """Whose turn it is at each host; pages of articles take their turns, too."""
        return self._turns

    def take_count(self) -> int:
        """How many visits were paid for by the budget since this was last asked."""
        with self._changed:
            count, self._learned = self._learned, 0
        return count

    def pay(self, theta: float) -> None:
        """From now on a poll has this price."""
        self._pacing = replace(self._pacing, theta=theta)

    def retire(self) -> None:
        """Begin nothing more; what is under way ends in its own time and is recorded."""
        with self._changed:
            self._due_by = None
            self._changed.wait_for(lambda: self._in_flight == 0)
        self.stop()

    def at_desk(self, work: Callable[[], None]) -> Future[None]:
        """Do this in turn with what the visits bring: two that saw one entry at a time would both call it new.

        Raises RuntimeError after `stop`.
        """
        return self._desk.submit(work)

    def stop(self) -> None:
        """Begin nothing more, cut off what is under way, let what is being written be written, give back the rest."""
        with self._changed:
            self._stopping = True
        self._doors.hang_up()
        self._visits.shutdown(cancel_futures=True)
        self._desk.shutdown()
        self._store.release(self._doors.holder)

    def _claim_more(self) -> None:
        with self._changed:
            room = 2 * self._concurrency - self._in_flight
            if self._stopping or self._due_by is None or room < self._concurrency:
                return
            now = self._doors.clock()
            claims = self._store.claim(
                due_by=self._due_by, holder=self._doors.holder, now=now, until=now + LEASE, limit=room
            )
            self._in_flight += len(claims)
        for claim in claims:
            self._visits.submit(self._visit, claim).add_done_callback(self._forget_cancelled)

    def _visit(self, claim: Claim) -> None:
        source = self._sources.get(claim.source)
        if source is None:  # taken out of the configuration a moment ago
            self._done()
            return
        source = moved(source, claim.url)
        host = host_of(source.url)
        with self._turns.at(host):
            began = self._doors.clock()
            rests_until = self._turns.rests_until(host, began) if source.rate_limit == "host" else None
            if rests_until is not None or self._is_stopping():
                self._give_back(claim, rests_until or began)
                return
            result = visit_safely(replace(errand_of(claim, source), at=began), self._doors.fetch)
            took = self._doors.clock() - began
            self._hand_over(_Visited(claim=claim, source=source, result=result, took=took))
            self._heed(source, result)

    def _heed(self, source: Source, result: VisitResult) -> None:
        """Who waits for a turn at a host that wants to be left alone need not ask to be told the same."""
        if source.rate_limit == "host" and isinstance(result, Failed) and result.failed.status == 429:
            self._turns.rest(host_of(result.failed.url), result.failed.retry_after or self._doors.clock() + REST)

    def _give_back(self, claim: Claim, until: datetime) -> None:
        """It was not visited, and is not to be before then."""
        if self._is_stopping():
            self._done()
        else:
            self._desk.submit(self._release, claim, until)

    def _release(self, claim: Claim, until: datetime) -> None:
        try:
            self._store.postpone({claim.source: until}, "its host asks to come less often (429)")
            self._store.give_back([claim.source])
        except AggregatorError as error:
            log.error("cannot give back %s: %s", claim.url, error)
            self._fault = error
        finally:
            self._done_and_go_on()

    def _is_stopping(self) -> bool:
        with self._changed:
            return self._stopping

    def _hand_over(self, visited: _Visited) -> None:
        if self._is_stopping():  # what was cut off says nothing about the source
            self._done()
        else:
            self._visited.put(visited)
            self._desk.submit(self._record_waiting)

    def _record_waiting(self) -> None:
        """Record what has come in, all in one durable write: the disk's answer is what a poll waits for longest."""
        waiting = self._take_waiting()
        if not waiting:
            return
        recorded: list[Polled] = []
        try:
            with self._store.batch():
                recorded = [polled for visited in waiting if (polled := self._record(visited)) is not None]
        except AggregatorError as error:
            log.error("cannot record %d visits: %s", len(waiting), error)
            self._fault, recorded = error, []
        finally:
            for polled in recorded:
                self._doors.listener(polled)
            self._done_and_go_on(len(waiting))

    def _take_waiting(self) -> list[_Visited]:
        waiting: list[_Visited] = []
        with suppress(Empty):
            while len(waiting) < BATCH:
                waiting.append(self._visited.get_nowait())
        return waiting

    def _record(self, visited: _Visited) -> Polled | None:
        """Judge and write one visit; None, with the fault kept, where that cannot be done."""
        source = visited.source
        try:
            now = self._doors.clock()
            record = judge(self._store, visited.claim, source, visited.result, self._pacing, now, self._doors.chance())
            record = with_events(self._store, visited.claim, source, record)
            self._store.record(record)
            self._hold_back(source, record)
        except AggregatorError as error:
            log.error("cannot record %s: %s", source.name, error)
            self._fault = error
            return None
        except Exception as error:
            log.exception("cannot record %s", source.name)
            self._fault = error
            return None
        with self._changed:  # the scheduler takes the count meanwhile
            self._learned += source.every is None
        return Polled(
            source=source, result=visited.result, saves=record.saves, took=visited.took, next_poll=record.next_poll
        )

    def _hold_back(self, source: Source, record: Record) -> None:
        """The other sources of a host that says that we come too often."""
        if source.rate_limit != "host" or not isinstance(record.result, Failed) or record.next_poll is None:
            return
        failed, now = record.result.failed, record.at
        neighbours = [other for other in self._neighbourhoods.get(host_of(failed.url), ()) if other.id != source.id]
        until = rest_until(failed, record.next_poll.at, now)
        if until is not None and neighbours:
            waiting = who_waits(neighbours, until=until, now=now, chance=self._doors.chance())
            self._store.postpone(waiting, f"its host asks to come less often (429 for {source.name})")

    def _done_and_go_on(self, count: int = 1) -> None:
        # Under one lock: between the last visit that was begun and the next, nobody may think that all is done.
        with self._changed:
            self._done(count)
            try:
                self._claim_more()
            except AggregatorError as error:
                log.error("cannot claim more sources: %s", error)
                self._fault = error

    def _forget_cancelled(self, future: Future[None]) -> None:
        if future.cancelled():
            self._done()
        elif (error := future.exception()) is not None:
            log.error("a visit ended badly", exc_info=error)
            self._done()

    def _done(self, count: int = 1) -> None:
        with self._changed:
            self._in_flight -= count
            self._changed.notify_all()


def moved(source: Source, url: str) -> Source:
    """The source as it is asked at this URL; the headers of its owner are for its own origin, not for a new one."""
    if url == source.url:
        return source
    headers = source.headers if _origin(url) == _origin(source.url) else ()
    return replace(source, url=url, headers=headers)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower()


def errand_of(claim: Claim, source: Source) -> Errand:
    """The errand of a claimed source."""
    return Errand(
        source=source,
        validators=claim.validators,
        body_digest=claim.body_digest,
        known=claim.known,
        ends=claim.ends,
    )


def visit_safely(errand: Errand, fetch: Fetch) -> VisitResult:
    """The border behind which one source never disturbs another: a fault of ours is logged with its cause, and
    recorded on the source whose visit met it."""
    try:
        result = visit(errand, fetch)
    except Exception as error:
        log.exception("visiting %s failed: this is a fault of aggregator", errand.source.name)
        failed = FetchFailed(url=errand.source.url, failure=Failure.OURS, detail=f"{type(error).__name__}: {error}")
        result = Failed(source=errand.source.id, failed=failed)
    return masked(result, errand.source) if isinstance(result, Failed) else result


def masked(result: Failed, source: Source) -> Failed:
    """The failure in words that can be shown: redirects, servers and commands repeat what they were given."""
    failed = result.failed
    said = replace(failed, url=mask(failed.url, source.secrets), detail=mask(failed.detail, source.secrets))
    return replace(result, failed=said)


def judge(
    store: Store, claim: Claim, source: Source, result: VisitResult, pacing: Pacing, now: datetime, jitter: float
) -> Record:
    """All that is to be written of a visit: its articles, what was learned, and when to ask again."""
    saves: tuple[Save, ...] = ()
    match result:
        case Failed(failed=failed):
            due = retry(
                claim.failures + 1, failure=failed, every=source.every, limits=pacing.limits, now=now, jitter=jitter
            )
            move = after_failure(claim.move, claim.failures + 1)
            return Record(result=result, saves=(), at=now, next_poll=due, pace=claim.pace, move=move)
        case Unchanged():
            rhythm = claim.rhythm
        case Harvest(facts=facts):
            since = claim.last_success if claim.last_change else None
            intake = intake_of(store, source, since)
            saves, rhythm = plan(store, result, now, intake), facts.rhythm
    asked = Asked(rhythm=rhythm, not_before=result.not_before, retry_after=result.retry_after)
    pushed = store.subscription_of(claim.source)
    fresh = [save.article.date for save in saves if save.replaces is None and save.article.date]
    if pushed is not None and claim.last_success is not None:
        # What a hub delivered is as much a sign of life as what a poll finds; the pace must be right when the hub dies.
        fresh += store.dates_since(claim.source, claim.last_success)
    return rest(_success(claim, source, result, saves, fresh, asked, pacing, now, jitter), pushed, pacing.limits.max)


def rest(record: Record, pushed: Subscription | None, longest: timedelta) -> Record:
    """A record with a later next poll if a trusted hub brings the news, and with what the hub failed to bring."""
    if pushed is None or record.next_poll is None:
        return record
    pushed = replace(pushed, missed=missed(pushed, record.saves, record.at))
    trusted = is_trusted(pushed, record.at)
    due = stretch(record.next_poll, pushed.hub, longest) if trusted else record.next_poll
    return replace(record, next_poll=due, missed=pushed.missed)


def intake_of(store: Store, source: Source, since: datetime | None) -> Intake:
    """What the source may bring now; `since`: see `Intake.last_success`."""
    return Intake(most=source.max_new, last_success=since, backlog=1 if store.recall(PUBLISHED) is None else 2)


def plan(store: Store, harvest: Harvest, now: datetime, intake: Intake = UNLIMITED) -> tuple[Save, ...]:
    """What is new or changed, against what the store knows."""
    candidates, source = harvest.candidates, harvest.source
    known = store.lookup(source, {alias for candidate in candidates for alias in names_of(candidate)})
    standing: Mapping[int, Known] = {}
    alike: Mapping[int, StoredArticle] = {}
    are_strange = bool(candidates) and all(is_stranger(candidate, known) for candidate in candidates)
    if are_strange or has_hints(candidates, known):
        standing = {found.id: found for found in store.lookup(source, harvest.standing).values()}
    if are_strange and not standing:
        fewest, most = LATELY
        lately = islice(store.articles_between(source, None, None), max(fewest, min(2 * len(candidates), most)))
        alike = resembling(candidates, list(lately))
    return plan_ingest(
        source,
        candidates,
        known,
        store.places(possible_stories(source, candidates)),
        now,
        standing=standing,
        said={**store.said(edited(candidates, known)), **{stored.id: stored.article for stored in alike.values()}},
        rewritten=_known(store, source, alike),
        intake=intake,
    )


def _known(store: Store, source: SourceId, alike: Mapping[int, StoredArticle]) -> dict[int, Known]:
    """What identity needs to know of these articles."""
    names = [name for stored in alike.values() for name in hints_of(stored.article)]
    found = {known.id: known for known in store.lookup(source, names).values()} if names else {}
    return {index: found[stored.id] for index, stored in alike.items() if stored.id in found}


def _success(
    claim: Claim,
    source: Source,
    result: Harvest | Unchanged,
    saves: tuple[Save, ...],
    fresh: Sequence[datetime],
    asked: Asked,
    pacing: Pacing,
    now: datetime,
    jitter: float,
) -> Record:
    before = load(claim.pace)
    window = result.entries if isinstance(result, Harvest) else before.window
    pace = observe(before, now=now, previous=claim.last_success, fresh=fresh, window=window)
    due = next_poll(
        pace,
        every=source.every,
        limits=pacing.limits,
        theta=pacing.theta,
        asked=asked,
        now=now,
        jitter=jitter,
    )
    move = follow(claim.move, result.moved_to, now)
    kept = tuple(save for save in saves if save.verdict is not Verdict.GONE)
    gone = tuple(save for save in saves if save.verdict is Verdict.GONE)
    return Record(result=result, saves=kept, at=now, next_poll=due, pace=dump(pace), gone=gone, move=move)
