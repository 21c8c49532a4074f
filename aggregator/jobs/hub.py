"""Telling others that a feed of ours has changed (W3C WebSub), as soon as its file has.

    files of feeds ─► version ─► store ─┬► a hub elsewhere is told                 `Herald`
                                        └► subscribers of our own hub are sent it  `OwnHub`
    a request ─► decide.hub ─► store ─► the callback is asked ─► store              `OwnHub.take`, `tend`

Nothing here is a step of publishing, so nothing here can delay it: the files are what is looked at, and what has been
told is remembered by what it said. A crash, a restart, and `aggregator once` beside the daemon lose no news.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Collection, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from aggregator.decide import hub as judge
from aggregator.jobs.ledger import Ledger
from aggregator.jobs.rest import Rest
from aggregator.jobs.visit import Fetch
from aggregator.model.errors import AggregatorError
from aggregator.model.exchange import Failure, Fetched, FetchFailed, Request
from aggregator.model.hub import Announcement, Hub, Listener, NoRoom, Refusal, Reply, Room, Taken, Version, Wish
from aggregator.model.subscription import lease_in_words
from aggregator.publish.files import path_of, read
from aggregator.render import FORMATS
from aggregator.store import Store

AT_ONCE = 16  # callbacks that are spoken to at a time
DOUBTFUL = 6  # of these, how many may be strangers, or have failed: those who are slow wait for each other
OF_HOST = 4
BATCH = 64
CARE = timedelta(minutes=1)  # between looks for documents that are no more
REST = 100  # looking for what changed rests a hundred times as long as it took
PATIENCE = timedelta(seconds=10)  # with one callback
ANSWER = 64_000  # bytes of an answer that are read at most
ROOM = Room()
TELLS = 12  # tries to tell a hub elsewhere of one document

log = logging.getLogger(__name__)

_MEDIA_TYPES = {format_.suffix: format_.media_type for format_ in FORMATS.values()}
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wires:
    """What comes in from outside."""

    fetch: Fetch
    hang_up: Callable[[], None]
    clock: Callable[[], datetime]
    chance: Callable[[], float]  # 0 ≤ x < 1
    make_challenge: Callable[[], str]  # unguessable
    documents: Callable[[], Collection[str]]  # the names of all that everybody may read


class Versions:
    """The published documents as they lie on the disk; one is read again only when its file is another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[tuple[int, ...], Version]] = {}

    def of(self, document: str) -> Version | None:
        """The version of a document; None if there is none."""
        try:
            status = path_of(self._folder, document).lstat()
        except OSError:
            self._known.pop(document, None)
            return None
        mark = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        known = self._known.get(document)
        if known is not None and known[0] == mark:
            return known[1]
        found = self.read(document)
        if found is not None:
            self._known[document] = (mark, found[0])
        return found and found[0]

    def read(self, document: str) -> tuple[Version, bytes] | None:
        """What it is now, and what it says."""
        content = read(self._folder, document)
        return None if content is None else (sha256(content).hexdigest(), content)


class OwnHub:
    """Our own small hub. Thread-safe."""

    def __init__(self, store: Store, hub: Hub, wires: Wires, folder: Path, base_url: str, room: Room = ROOM) -> None:
        self._store = store
        self._hub = hub
        self._wires = wires
        self._base_url = base_url
        self._room = room
        self._versions = Versions(folder)
        self._noted: dict[str, Version] = {}
        self._ledger = Ledger(store)
        self._hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hub")
        self._lock = threading.Lock()
        self._dispatching = threading.Lock()
        self._wanted = threading.Event()  # somebody may be due whom the last look has not seen
        self._busy: dict[_Key, bool] = {}  # who is spoken to; whether they are doubtful
        self._hosts: Counter[str] = Counter()
        self._slow: set[str] = set()  # hosts that gave no answer the last time
        self._rest = Rest(REST)
        self._care_at = wires.clock()
        self._stopping = False

    # what subscribers ask of us

    def take(self, form: bytes) -> Reply:
        """Take a request; whether its sender means it is asked at once, but not waited for (section 5.2)."""
        asked = judge.read(form, self._base_url)
        if isinstance(asked, Refusal):
            return asked
        is_ours = self._versions.of(asked.document) is not None and asked.document in self._wires.documents()
        if not is_ours and asked.mode == "subscribe":
            return Refusal("hub.topic is no feed that everybody may read here")
        wish = judge.wish(asked, self._wires.make_challenge(), self._wires.clock())
        if not self._store.keep_wish(wish, self._room):
            return NoRoom()
        self._dispatch()
        return Taken()

    # what we tell them

    def tend(self) -> None:
        """Ask, tell and try again, whatever is due; returns at once. May be called as often as one likes."""
        now = self._wires.clock()
        if not self._rest.is_over(now):
            return
        self._ledger.write()
        self._store.drop_expired(now)
        listened = self._store.listened_to()
        if listened and self._care_at <= now:
            self._dismiss(listened - frozenset(self._wires.documents()), now)
            self._care_at = now + CARE
        self._note(listened, now)
        self._rest.begin(now, self._wires.clock())
        self._dispatch()

    def retire(self) -> None:
        """Speak to nobody any more; returns at once. Who is spoken to now is told again later."""
        with self._lock:  # whoever begins with somebody has looked at it, and holds the lock
            self._stopping = True
        self._wires.hang_up()
        self._hands.shutdown(wait=False, cancel_futures=True)

    def stop(self) -> None:
        """The same, and wait for the end."""
        self.retire()
        self._hands.shutdown()
        self._ledger.write()

    def _note(self, documents: Collection[str], now: datetime) -> None:
        versions = {name: version for name in documents if (version := self._versions.of(name)) is not None}
        changed = {name: version for name, version in versions.items() if self._noted.get(name) != version}
        if changed:
            self._store.note_versions(changed, now)
            self._noted |= changed

    def _dismiss(self, gone: Collection[str], now: datetime) -> None:
        """There is no such feed any more, or it is not for everybody: their subscribers are told (section 5.2)."""
        for document in gone:
            listeners = self._store.listeners_of(document)
            self._store.forget_documents([document])
            self._noted.pop(document, None)
            for listener in listeners:
                denial = replace(judge.denial(listener, now), challenge=self._wires.make_challenge())
                self._store.keep_wish(denial, self._room)

    def _dispatch(self) -> None:
        """Begin with as many as there are hands for. If somebody is at it, they look once more."""
        self._wanted.set()
        while self._wanted.is_set() and not self._stopping and self._dispatching.acquire(blocking=False):
            try:
                self._wanted.clear()
                self._begin_due()
            finally:
                self._dispatching.release()

    def _begin_due(self) -> None:
        now = self._wires.clock()
        with self._lock:
            spoken_to = frozenset(self._busy)  # they may end before we have read, and look as if still due
        for listener in self._store.listeners_due(now, BATCH, OF_HOST):
            self._begin(listener, listener.failures > 0, spoken_to)
        for wish in self._store.wishes_due(now, BATCH, OF_HOST):
            self._begin(wish, True, spoken_to)

    def _begin(self, one: Listener | Wish, doubtful: bool, spoken_to: Set[_Key]) -> None:
        key = (one.callback, one.topic)
        if key in spoken_to:
            return
        with self._lock:
            doubtful = doubtful or one.host in self._slow
            if self._stopping or key in self._busy or len(self._busy) >= AT_ONCE or self._hosts[one.host] >= OF_HOST:
                return
            if doubtful and sum(self._busy.values()) >= DOUBTFUL:
                return
            self._busy[key] = doubtful
            self._hosts[one.host] += 1
            self._hands.submit(self._attend, one, key)

    def _attend(self, one: Listener | Wish, key: _Key) -> None:
        try:
            match one:
                case Listener():
                    self._deliver(one)
                case Wish():
                    self._confirm(one)
        except AggregatorError as error:
            log.error("our hub cannot write down what it did: %s", error)
        except Exception:
            if not self._stopping:  # then the client may be closed already
                log.exception("our hub failed with %s: this is a fault of aggregator", one.host)
        finally:
            with self._lock:
                del self._busy[key]
                self._hosts[one.host] -= 1
                self._hosts += Counter()  # forget those at nought
        self._go_on()

    def _go_on(self) -> None:
        try:
            self._dispatch()
        except AggregatorError as error:
            log.error("our hub cannot go on: %s", error)

    def _ask(self, host: str, request: Request) -> Fetched | FetchFailed | None:
        """What came back; None if we are about to stop, and nothing is to be made of it."""
        result = self._wires.fetch(request)
        if self._stopping or (isinstance(result, FetchFailed) and result.failure is Failure.OURS):
            return None
        silent = isinstance(result, FetchFailed) and result.failure in (Failure.TIMEOUT, Failure.CONNECT, Failure.DNS)
        with self._lock:
            (self._slow.add if silent else self._slow.discard)(host)
            if len(self._slow) > 10_000:
                self._slow.clear()
        return result if isinstance(result, Fetched | FetchFailed) else None

    def _confirm(self, wish: Wish) -> None:
        answer = self._ask(
            wish.host, Request(url=judge.question(wish), timeout=PATIENCE, max_size=ANSWER, accept="*/*")
        )
        now = self._wires.clock()
        if answer is None:
            return
        if isinstance(answer, FetchFailed):
            again = judge.asked_again(wish, answer, now)
            if again is not None:
                self._store.put_off_wish(again)
                return
        if isinstance(answer, FetchFailed) or wish.mode == "denied" or not judge.is_confirmed(wish, answer):
            self._store.drop_wish(wish)
            log.debug("%s did not confirm that it wants to %s %s", wish.host, wish.mode, wish.document)
        elif wish.mode == "unsubscribe":
            self._store.drop_listener(wish.callback, wish.topic)
            self._store.drop_wish(wish)
            log.info("our hub: %s has left %s", wish.host, wish.document)
        else:
            self._grant(wish, now)

    def _grant(self, wish: Wish, now: datetime) -> None:
        version = self._versions.of(wish.document)
        if version is None:
            self._store.drop_wish(wish)
            return
        self._note([wish.document], now)
        if self._store.grant(wish, judge.listener(wish, version, now), self._room):
            log.info("our hub: %s subscribes to %s for %s", wish.host, wish.document, lease_in_words(wish.lease))
        else:
            log.warning("our hub is full: %s is not subscribed to %s", wish.host, wish.document)

    def _deliver(self, listener: Listener) -> None:
        found = self._versions.read(listener.document)
        if found is None:
            return
        version, body = found
        media_type = _MEDIA_TYPES.get(PurePosixPath(listener.document).suffix, "application/octet-stream")
        headers = judge.delivery_headers(listener, self._hub.url, media_type, body)
        request = Request(
            url=listener.callback,
            headers=tuple(headers.items()),
            timeout=PATIENCE,
            max_size=ANSWER,
            accept="*/*",
            form=body,
        )
        answer = self._ask(listener.host, request)
        now = self._wires.clock()
        if isinstance(answer, Fetched):
            self._store.keep_listener(judge.told(listener, version, now))
            self._ledger.told(now)
        elif answer is not None:
            self._ledger.failed(listener.host, answer, now)
            after = judge.failed(listener, answer, now, self._wires.chance())
            if after is not None:
                self._store.keep_listener(after)
            else:
                self._store.drop_listener(listener.callback, listener.topic)
                why = (
                    "it wants no more (410)" if answer.failure is Failure.GONE else f"{answer.failure}: {answer.detail}"
                )
                log.info("our hub: %s is given up: %s", listener.host, why)


class Herald:
    """Tells a hub elsewhere what changed. One thing at a time; a hub that does not answer is left alone for a while."""

    def __init__(self, store: Store, hub: Hub, wires: Wires, folder: Path, base_url: str) -> None:
        self._store = store
        self._hub = hub
        self._wires = wires
        self._base_url = base_url
        self._versions = Versions(folder)
        self._noted = store.versions()
        self._ledger = Ledger(store)
        self._documents: tuple[str, ...] = ()
        self._hands = ThreadPoolExecutor(1, thread_name_prefix="herald")
        self._telling = threading.Lock()
        self._failures = 0  # of the hub, in a row
        self._rest = Rest(REST)
        self._silent_until = self._care_at = wires.clock()
        self._stopping = False

    def tend(self) -> None:
        """Look what changed and have the hub told of it; returns at once. May be called as often as one likes."""
        now = self._wires.clock()
        if not self._rest.is_over(now):
            return
        if self._care_at <= now:
            self._documents, self._care_at = tuple(self._wires.documents()), now + CARE
        self._note(now)
        self._rest.begin(now, self._wires.clock())
        if now >= self._silent_until and self._store.announcements_due(now, 1) and not self._stopping:
            self._hands.submit(self._tell_safely)

    def finish(self) -> None:
        """Tell what there is to be told now, and wait for it: for a program that is about to end."""
        self._documents = tuple(self._wires.documents())
        self._note(self._wires.clock())
        self._tell_safely()

    def retire(self) -> None:
        """Tell nothing more; returns at once."""
        self._stopping = True
        self._wires.hang_up()
        self._hands.shutdown(wait=False, cancel_futures=True)

    def stop(self) -> None:
        """The same, and wait for the end."""
        self.retire()
        self._hands.shutdown()

    def _note(self, now: datetime) -> None:
        versions = {name: version for name in self._documents if (version := self._versions.of(name)) is not None}
        changed = {name: version for name, version in versions.items() if self._noted.get(name) != version}
        if changed:
            self._store.note_versions(changed, now)
            self._noted |= changed
        if gone := [name for name in self._noted if name not in versions]:
            self._store.forget_documents(gone)
            for name in gone:
                del self._noted[name]

    def _tell_safely(self) -> None:
        if not self._telling.acquire(blocking=False):
            return  # it is being told
        try:
            self._tell_all()
        except AggregatorError as error:
            log.error("cannot write down what %s was told: %s", self._hub.url, error)
        except Exception:
            if not self._stopping:
                log.exception("telling %s failed: this is a fault of aggregator", self._hub.url)
        finally:
            self._ledger.write()
            self._telling.release()

    def _tell_all(self) -> None:
        told = 0
        while not self._stopping and (due := self._store.announcements_due(self._wires.clock(), BATCH)):
            for one in due:
                if not self._tell(one):
                    return
                told += 1
        if told:
            log.debug("told %s of %d documents", self._hub.url, told)

    def _tell(self, one: Announcement) -> bool:
        """Whether the hub can be told of the next."""
        form = judge.announcement(judge.topic_of(one.document, self._base_url))
        answer = self._wires.fetch(
            Request(url=self._hub.url, form=form, timeout=PATIENCE, max_size=ANSWER, accept="*/*")
        )
        if isinstance(answer, FetchFailed):
            return self._not_told(one, answer)
        self._store.announced(one)
        self._ledger.told(self._wires.clock())
        if self._failures:
            log.info("%s answers again", self._hub.url)
        self._failures = 0
        return True

    def _not_told(self, one: Announcement, failed: FetchFailed) -> bool:
        if self._stopping or failed.failure is Failure.OURS:
            return False
        now = self._wires.clock()
        self._ledger.failed(urlsplit(self._hub.url).hostname or "", failed, now)
        refused = failed.status is not None and 400 <= failed.status < 500 and failed.status not in (408, 429)
        if one.failures + 1 >= TELLS and refused:
            log.warning("%s will not hear of %s: %s", self._hub.url, one.document, failed.detail)
            self._store.announced(one)
            return True
        failures = one.failures + 1 if refused else self._failures + 1
        wait = judge.wait_after(failures, failed, now, self._wires.chance())
        self._store.put_off_announcement(replace(one, failures=failures, next_try=now + wait))
        if not refused:
            if not self._failures:
                log.warning("%s cannot be told what is new: %s: %s", self._hub.url, failed.failure, failed.detail)
            self._failures += 1
            self._silent_until = now + wait
        return refused
