"""The life of articles, as Hypothesis makes it up: sources publish, edit, rename and date everything anew, move, vanish
and return; articles are pruned; the program starts again. Real store, real rooms, no network; the clock goes by itself.

`HYPOTHESIS_PROFILE=long` lives longer.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from aggregator.decide.ingest import REST, Intake
from aggregator.decide.pace import Limits
from aggregator.jobs.poll import Pacing, errand_of, judge, moved, plan, visit_safely
from aggregator.jobs.posts import export_posts, import_posts
from aggregator.jobs.prune import prune
from aggregator.jobs.stories import join_stories, told
from aggregator.jobs.visit import take_in
from aggregator.model.article import StoredArticle, StoryId
from aggregator.model.exchange import Fetched
from aggregator.model.feed import Address
from aggregator.model.outcome import Harvest, Verdict
from aggregator.model.source import Errand, Source, SourceId, source_id
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW
from tests.fakes import FakeWeb

PACING = Pacing(limits=Limits(), theta=0.001)
WORDS = [
    f"{a}{b}{c}" for a in ("bra", "ste", "mo", "li", "ku", "hel") for b in "aeiou" for c in ("nd", "st", "rk", "l")
]


@dataclass(kw_only=True)
class Real:
    """What an entry really is, whatever its feed calls it. `number` stands in it for ever, as a word."""

    number: int
    title: str
    text: str
    guid: str
    link: str
    date: datetime
    edits: int = 0  # those that readers are to be told of

    @property
    def token(self) -> str:
        return f"token{self.number}x"


@dataclass(kw_only=True)
class Publisher:
    """A feed as its publisher makes it."""

    name: str
    kind: str  # full · titles · briefing · undated · guids · links
    url: str
    category: str = "news"
    host: str
    entries: list[Real] = field(default_factory=list)  # all that it ever had, the newest first
    window: list[Real] = field(default_factory=list)  # what stands in its document
    is_followed: bool = True
    is_up: bool = True
    is_redated: bool = False
    has_moved: bool = False

    def document(self) -> str:
        items = "".join(map(self._item, self.window))
        return f"<rss version='2.0'><channel><title>{self.name}</title><link>https://{self.host}/</link>{items}</channel></rss>"

    def _item(self, real: Real) -> str:
        parts = [f"<title>{escape(real.title)}</title>"]
        if self.kind != "guids":
            parts.append(f"<link>{escape(real.link)}</link>")
        if self.kind != "links":
            parts.append(f"<guid isPermaLink='false'>{escape(real.guid)}</guid>")
        if self.kind != "undated":
            parts.append(f"<pubDate>{format_datetime(real.date)}</pubDate>")
        if self.kind != "titles":
            parts.append(f"<description>{escape('<p>' + real.text + '</p>')}</description>")
        return f"<item>{''.join(parts)}</item>"


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="life-"))
        self.store = SqliteStore(self.folder / "articles.db")
        self.now = NOW
        self.web = FakeWeb()
        self.count = self.renamings = 0
        self.posts = self.folder / "posts"
        self.acknowledged: set[tuple[str, int]] = set()
        self.pruned: set[tuple[str, int]] = set()
        self.seen: dict[tuple[str, int], int] = {}  # the edits of the last visit
        self.fixed: dict[tuple[str, int], tuple] = {}
        self.told: dict[int, tuple[StoryId, datetime]] = {}
        self.updated: dict[tuple[str, int], tuple[int, datetime | None]] = {}

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    # the world

    @initialize(
        kinds=st.lists(
            st.sampled_from(["full", "full", "titles", "briefing", "undated", "guids", "links"]), min_size=2, max_size=3
        )
    )
    def begin(self, kinds: list[str]) -> None:
        self.publishers = [
            Publisher(name=f"P{n}", kind=kind, url=f"https://p{n}.example/feed", host=f"p{n}.example")
            for n, kind in enumerate(kinds)
        ]
        for publisher in self.publishers:
            for _ in range(4):
                self._publish(publisher)
        self._follow()
        self._poll()

    def _publish(self, publisher: Publisher) -> None:
        self.count += 1
        self.now += timedelta(seconds=67)
        chance = random.Random(self.count)
        words = " ".join(chance.choice(WORDS) for _ in range(40))
        token = f"token{self.count}x"
        title = "Daily briefing" if publisher.kind == "briefing" else f"{' '.join(chance.sample(WORDS, 4))} {token}"
        real = Real(
            number=self.count,
            title=title,
            text=f"{token} {words}",
            guid=f"{publisher.name}-{self.count}",
            link=f"https://{publisher.host}/{self.count}/{chance.choice(WORDS)}-{chance.choice(WORDS)}",
            date=self.now - timedelta(minutes=5),
        )
        publisher.entries.insert(0, real)
        publisher.window.insert(0, real)

    def _follow(self) -> None:
        sources = [
            Source(id=source_id(p.url), url=p.url, name=p.name, category=(p.category,))
            for p in self.publishers
            if p.is_followed
        ]
        self.sources = {source.id: source for source in self.store.sync(sources, self.now)}
        self.ids: dict[SourceId, str] = {SourceId(s.id): s.name for s in self.store.status()}

    def _poll(self) -> None:
        self.now += timedelta(minutes=17)
        for publisher in self.publishers:
            if publisher.is_up:
                self.web.serve(publisher.url, publisher.document())
            else:
                self.web.fail(publisher.url)
        self.store.make_due(self.now)
        claims = self.store.claim(
            due_by=self.now, holder="life", now=self.now, until=self.now + timedelta(minutes=9), limit=99
        )
        for claim in claims:
            source = moved(self.sources[claim.source], claim.url)
            result = visit_safely(errand_of(claim, source), self.web.fetch)
            with self.store.batch():
                self.store.record(judge(self.store, claim, source, result, PACING, self.now, 0.5))
        self._check_what_was_polled()
        self.check()

    def _publisher(self, number: int) -> Publisher:
        return self.publishers[number % len(self.publishers)]

    def _change_names(self, number: int, change: Callable[[Publisher], None]) -> None:
        """What else was changed is polled before: who changes everything about an entry at once has a new entry. New
        names are kept if the last change is a while ago (`ingest.REST`)."""
        publisher = self._publisher(number)
        if not (publisher.is_up and publisher.is_followed):
            return
        self._poll()
        self.now += REST
        change(publisher)
        self._poll()

    # what publishers do

    numbers = st.integers(0, 5)

    @rule(number=numbers, count=st.integers(1, 4))
    def publish(self, number: int, count: int) -> None:
        for _ in range(count):
            self._publish(self._publisher(number))

    @rule(number=numbers, other=numbers)
    def print_what_another_printed(self, number: int, other: int) -> None:
        """A copy of its newest story, under its link; of a link that was changed we know the first one alone."""
        publisher, origin = self._publisher(number), self._publisher(other)
        if publisher is origin or not origin.entries or {publisher.kind, origin.kind} & {"guids", "briefing", "titles"}:
            return
        real = origin.entries[0]
        if origin.has_moved or any(own.number == real.number for own in publisher.entries):
            return
        copy = replace(real, guid=f"{publisher.name}-{real.number}", edits=0)
        publisher.entries.insert(0, copy)
        publisher.window.insert(0, copy)

    @rule(number=numbers, entry=st.integers(0, 9))
    def edit(self, number: int, entry: int) -> None:
        if window := self._publisher(number).window:
            real = window[entry % len(window)]
            real.edits += 1
            if self._publisher(number).kind == "titles":
                real.title = f"{real.title.split('!')[0]}! edition {real.edits}"
            else:
                real.text += f" Correction {real.edits}: it was more than that."

    @rule(
        number=numbers, entry=st.integers(0, 9), mark=st.sampled_from(["!", " ", "…", " 12 comments", " 3 hours ago"])
    )
    def edit_a_little(self, number: int, entry: int, mark: str) -> None:
        if window := self._publisher(number).window:
            window[entry % len(window)].text += mark

    @rule(number=numbers, entry=st.integers(0, 9))
    def write_another_title(self, number: int, entry: int) -> None:
        publisher = self._publisher(number)
        if publisher.window and publisher.kind != "briefing":
            real = publisher.window[entry % len(publisher.window)]
            real.edits += 1
            real.title = f"{random.Random(real.edits).choice(WORDS)} {real.edits} {real.token}"

    @rule(number=numbers, entry=st.integers(0, 9))
    def change_one_guid(self, number: int, entry: int) -> None:
        def change(publisher: Publisher) -> None:
            if publisher.window and publisher.kind != "guids":
                publisher.window[entry % len(publisher.window)].guid += "/again"

        self._change_names(number, change)

    @rule(number=numbers, days=st.booleans())
    def change_every_guid(self, number: int, *, days: bool) -> None:
        def change(publisher: Publisher) -> None:
            if publisher.kind == "guids" and (publisher.is_redated or not self._may_be_renamed(publisher)):
                return
            self.renamings += 1
            for real in publisher.window:
                real.guid = f"https://id.example/{self.renamings}/{real.guid[-8:]}-{real.number}"

        self.now += timedelta(days=days)
        self._change_names(number, change)

    @rule(number=numbers, secure=st.booleans())
    def change_the_host(self, number: int, *, secure: bool) -> None:
        """Links and guids that are addresses go on at another host."""

        def change(publisher: Publisher) -> None:
            if self._was_rewritten_unseen(publisher):
                return
            publisher.has_moved = True
            self.renamings += 1
            publisher.host = f"new{self.renamings}.example"
            scheme = "https" if secure else "http"
            for real in publisher.entries:
                real.link = f"{scheme}://{publisher.host}/{real.link.split('/', 3)[3]}"
                if real.guid.startswith("https://"):
                    real.guid = real.guid.replace("https://", "http://")

        self._change_names(number, change)

    @rule(number=numbers)
    def change_the_software(self, number: int) -> None:
        """All guids and all links are others; dates stay."""

        def change(publisher: Publisher) -> None:
            if publisher.is_redated or publisher.kind == "undated" or not self._may_be_renamed(publisher):
                return
            self._rename_all(publisher)

        self._change_names(number, change)

    @rule(number=numbers)
    def change_the_software_and_date_everything_now(self, number: int) -> None:
        def change(publisher: Publisher) -> None:
            if publisher.kind == "titles" or not self._may_be_renamed(publisher):
                return
            self._rename_all(publisher)
            self._redate(publisher)

        self._change_names(number, change)

    @rule(number=numbers, keep=st.integers(1, 2), edit=st.booleans())
    def change_all_of_a_small_feed_at_once(self, number: int, keep: int, *, edit: bool) -> None:
        """One or two entries: guid, link and date are others, and the text is edited."""

        def change(publisher: Publisher) -> None:
            if publisher.kind in ("titles", "briefing") or self._was_rewritten_unseen(publisher):
                return
            publisher.window = publisher.window[:keep]
            if edit and not any((publisher.name, real.number) in self.pruned for real in publisher.window):
                for real in publisher.window:
                    real.edits += 1
                    real.text += f" Correction {real.edits}: it was more than that."
            self._rename_all(publisher)
            self._redate(publisher)

        self._change_names(number, change)

    def _may_be_renamed(self, publisher: Publisher) -> bool:
        """Nobody knows what was written again and then renamed, and was not seen between."""
        return bool(publisher.window) and not self._was_rewritten_unseen(publisher)

    def _was_rewritten_unseen(self, publisher: Publisher) -> bool:
        return any(real.edits != self.seen.get((publisher.name, real.number), 0) for real in publisher.entries)

    def _rename_all(self, publisher: Publisher) -> None:
        publisher.has_moved = True
        self.renamings += 1
        for real in publisher.entries:
            real.guid = f"{self.renamings}:{real.number * 7919}"
            real.link = f"https://{publisher.host}/p{self.renamings}/?id={real.number * 104729}"

    @rule(number=numbers)
    def date_everything_now(self, number: int) -> None:
        self._change_names(number, self._redate)

    def _redate(self, publisher: Publisher) -> None:
        publisher.is_redated = True
        for real in publisher.window:
            real.date = self.now

    @rule(number=numbers)
    def add_tracking_to_links(self, number: int) -> None:
        def change(publisher: Publisher) -> None:
            for real in publisher.window:
                real.link += f"{'&' if '?' in real.link else '?'}utm_source=rss{self.count}"

        self._change_names(number, change)

    @rule(number=numbers, keep=st.integers(0, 3))
    def drop_old_entries(self, number: int, keep: int) -> None:
        publisher = self._publisher(number)
        publisher.window = publisher.window[:keep]

    @rule(number=numbers)
    def bring_old_entries_back(self, number: int) -> None:
        publisher = self._publisher(number)
        publisher.window = list(publisher.entries)

    @rule(number=numbers)
    def turn_around(self, number: int) -> None:
        self._publisher(number).window.reverse()

    @rule(number=numbers)
    def go_down_or_come_up(self, number: int) -> None:
        publisher = self._publisher(number)
        publisher.is_up = not publisher.is_up

    # what the owner does

    @rule()
    def poll(self) -> None:
        self._poll()

    @rule(days=st.integers(1, 40))
    def let_time_pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(number=numbers)
    def unfollow_or_follow(self, number: int) -> None:
        publisher = self._publisher(number)
        publisher.is_followed = not publisher.is_followed
        self._follow()

    @rule(number=numbers)
    def follow_it_at_another_url(self, number: int) -> None:
        publisher = self._publisher(number)
        if publisher.is_followed:
            shutil.rmtree(self.posts, ignore_errors=True)  # who changes URL and category between must do it by hand
            publisher.url = f"https://feeds.example/{publisher.name}/{self.count}/{len(publisher.url)}"
            self._follow()

    @rule(number=numbers)
    def put_it_into_another_category(self, number: int) -> None:
        publisher = self._publisher(number)
        shutil.rmtree(self.posts, ignore_errors=True)
        publisher.category = f"category {self.count}"
        self._follow()

    @rule(days=st.integers(1, 30))
    def prune_what_is_old(self, days: int) -> None:
        before = set(self._stored())
        prune(self.store, timedelta(days=days), self.now)
        self.pruned |= before - set(self._stored())
        self.check()

    @rule()
    def start_again(self) -> None:
        self.store.close()
        self.store = SqliteStore(self.folder / "articles.db")
        self.check()

    @rule()
    def export_and_import(self) -> None:
        for _ in export_posts(self.store, self.posts):
            pass

    @precondition(lambda self: self.posts.exists())
    @rule()
    def import_what_was_exported(self) -> None:
        before = set(self._stored())
        for _ in import_posts(self.store, sorted(self.posts.glob("*.md")), lambda: self.now):
            pass
        assert set(self._stored()) == before
        self.check()

    @rule(number=numbers)
    def have_the_newest_delivered(self, number: int) -> None:
        """As a hub does."""
        publisher = self._publisher(number)
        source = next((one for one in self.sources.values() if one.name == publisher.name), None)
        if source is None or not publisher.window:
            return
        whole, publisher.window = publisher.window, publisher.window[:1]
        fetched = Fetched(url=source.url, body=publisher.document().encode())
        publisher.window = whole
        harvest = take_in(Errand(source=source), fetched, self.store.facts(source.id))
        assert isinstance(harvest, Harvest)
        saves = plan(self.store, harvest, self.now, Intake(most=source.max_new, last_success=self.now))
        self.store.add(source.id, [save for save in saves if save.verdict is Verdict.NEW], self.now)

    # what must be true

    def _stored(self) -> dict[tuple[str, int], StoredArticle]:
        found: dict[tuple[str, int], StoredArticle] = {}
        for stored in self.store.articles():
            key = (self.ids[stored.source], _number(stored))
            assert key not in found, f"twice: {key} {found[key]} {stored}"
            found[key] = stored
        return found

    def check(self) -> None:
        stored = self._stored()
        self._check_nothing_lost(stored)
        self._check_what_is_fixed(stored)
        self._check_the_feed()

    def _check_what_was_polled(self) -> None:
        stored = self._stored()
        succeeded = {status.id for status in self.store.status() if status.last_success == self.now}
        polled = {source.name for source in self.sources.values() if source.id in succeeded}
        for publisher in (one for one in self.publishers if one.name in polled):
            for real in publisher.window:
                key = (publisher.name, real.number)
                self.acknowledged.add(key)
                self.seen[key] = real.edits
                if key in stored:
                    self._check_content(key, stored[key], real, publisher)

    def _check_nothing_lost(self, stored: dict[tuple[str, int], StoredArticle]) -> None:
        back = stored.keys() & self.pruned
        assert not back, f"resurfaced: {back}"
        self.acknowledged |= stored.keys()
        lost = self.acknowledged - stored.keys() - self.pruned
        assert not lost, f"lost: {lost}"

    def _check_content(self, key: tuple[str, int], stored: StoredArticle, real: Real, publisher: Publisher) -> None:
        assert stored.article.title == real.title, f"an old title: {key}"
        if publisher.kind != "titles":
            assert real.text.split("Correction")[-1].split(":")[0] in stored.article.body, f"an old text: {key}"
        edits, updated = self.updated.get(key, (real.edits, stored.article.updated))
        if edits == real.edits:
            assert stored.article.updated == updated, f"updated without an edit: {key}"
        else:
            assert stored.article.updated is not None, f"edited and not updated: {key}"
            assert updated is None or stored.article.updated > updated
        self.updated[key] = (real.edits, stored.article.updated)

    def _check_what_is_fixed(self, stored: dict[tuple[str, int], StoredArticle]) -> None:
        for key, one in stored.items():
            now = (one.story, one.article.date, one.first_seen, one.backlog)
            assert self.fixed.setdefault(key, now) == now, f"changed: {key}"

    def _check_the_feed(self) -> None:
        join_stories(self.store)
        everything = Address(slug="all", title="All", sources=tuple(self.ids))
        shown: dict[int, tuple[StoryId, datetime]] = {}
        for group in told(self.store, everything, 10_000):
            numbers = {_number(stored) for stored in group}
            assert len(numbers) == 1, f"merged: {numbers}"
            [number] = numbers
            assert number not in shown, f"stands there twice: {number}"
            shown[number] = (group[0].story, group[0].sort_at)
        for number, place in shown.items():
            assert self.told.get(number, place) == place, f"another id or place: {number}"
        self.told = shown


def _number(stored: StoredArticle) -> int:
    said = f"{stored.article.title} {stored.article.body}"
    return int(said.split("token", 1)[1].split("x", 1)[0])


LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=int(os.environ.get("LIVES", "400")) if LONG else 25,
    stateful_step_count=60 if LONG else 30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
