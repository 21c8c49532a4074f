"""What every store must do. One suite for every kind: subclass it, and give `make_store`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model.entry import Enclosure
from aggregator.model.errors import StoreError
from aggregator.model.exchange import Failure, FetchFailed
from aggregator.model.outcome import Failed, Unchanged, Verdict
from aggregator.model.podcast import Podcast
from aggregator.model.source import Move, Source, Validators, source_id
from aggregator.store import Store
from tests.builders import NOW, a_harvest, a_record, a_save, a_source, an_article, some_facts

A = a_source()
B = a_source("https://other.example/rss", name="Other", category=("world",))
LATER = NOW + timedelta(hours=2)
LEASE = timedelta(minutes=10)


def claim(store: Store, holder: str = "me", now=NOW, limit: int = 10):
    return store.claim(due_by=now, holder=holder, now=now, until=now + LEASE, limit=limit)


class StoreContract:
    """Each test reads as a sentence about a store."""

    @pytest.fixture
    def store(self, make_store: Callable[[], Store]) -> Store:
        return make_store()

    # sources

    def test_a_new_source_is_due_at_once(self, store: Store) -> None:
        store.sync([A], NOW)
        assert [found.source for found in claim(store)] == [A.id]

    def test_a_claimed_source_is_left_to_its_holder_until_the_lease_ends(self, store: Store) -> None:
        store.sync([A], NOW)
        claim(store, "me")
        assert claim(store, "you", NOW + LEASE / 2) == []
        assert len(claim(store, "you", NOW + LEASE)) == 1

    def test_a_holder_gives_back_what_it_holds_and_nothing_else(self, store: Store) -> None:
        store.sync([A, B], NOW)
        claim(store, "me", limit=1)
        claim(store, "you", limit=1)
        assert sorted(store.holders()) == ["me", "you"]
        store.release("me")
        assert store.holders() == ("you",)
        assert len(claim(store, "me")) == 1

    def test_one_lease_can_be_given_back_alone(self, store: Store) -> None:
        store.sync([A, B], NOW)
        claim(store)
        store.give_back([A.id])
        assert [found.source for found in claim(store, "you")] == [A.id]

    def test_a_recorded_source_is_due_again_when_it_was_planned(self, store: Store) -> None:
        store.sync([A], NOW)
        claim(store)
        store.record(a_record())
        assert store.holders() == ()
        assert claim(store, now=NOW + timedelta(minutes=59)) == []
        assert len(claim(store, now=NOW + timedelta(hours=1))) == 1

    def test_the_longest_due_source_is_claimed_first(self, store: Store) -> None:
        store.sync([A, B], NOW)
        store.record(a_record(source=A))
        later = a_record(source=B)
        store.record(replace(later, next_poll=replace(later.next_poll, at=NOW + timedelta(minutes=1))))
        assert [found.source for found in claim(store, now=LATER, limit=1)] == [B.id]

    def test_a_source_that_is_gone_is_never_due(self, store: Store) -> None:
        store.sync([A], NOW)
        store.record(a_record(next_poll=None))
        assert claim(store, now=NOW + timedelta(days=3650)) == []
        assert store.status()[0].next_poll is None

    def test_everything_can_be_made_due_even_what_is_gone(self, store: Store) -> None:
        store.sync([A, B], NOW)
        store.record(a_record(source=A, next_poll=None))
        store.record(a_record(source=B))
        store.make_due(NOW)
        assert store.count_due(due_by=NOW, now=NOW) == 2

    def test_a_source_taken_out_of_the_configuration_stops_and_keeps_its_articles(self, store: Store) -> None:
        store.sync([A, B], NOW)
        store.record(a_record(a_save()))
        store.sync([B], NOW)
        assert [found.source for found in claim(store, now=LATER)] == [B.id]
        assert [(status.name, status.configured, status.articles) for status in store.status()] == [
            ("Other", True, 0),
            ("Example News", False, 1),
        ]

    def test_a_source_whose_url_was_edited_keeps_its_id_and_is_due(self, store: Store) -> None:
        store.sync([A], NOW)
        store.record(a_record(a_save()))
        moved = a_source("https://news.example/new-feed.xml")
        [kept] = store.sync([moved], NOW)
        assert kept.id == A.id
        assert kept.url == moved.url
        assert [found.url for found in claim(store)] == [moved.url]
        assert store.status()[0].articles == 1

    def test_two_new_sources_of_one_name_do_not_both_take_the_id_of_a_third(self, store: Store) -> None:
        store.sync([A], NOW)
        kept = store.sync([a_source("https://x.example/1"), a_source("https://x.example/2")], NOW)
        assert len({source.id for source in kept}) == 2

    def test_a_source_known_from_imported_posts_is_taken_over_by_name(self, store: Store) -> None:
        imported = Source(id=source_id("post"), url="", name=A.name, category=("elsewhere",))
        store.add_source(imported, NOW)
        store.add(imported.id, [a_save()], NOW)
        [kept] = store.sync([A], NOW)
        assert kept.id == imported.id
        assert store.status()[0].category == A.category

    def test_a_shorter_interval_takes_effect_at_once(self, store: Store) -> None:
        store.sync([A], NOW)
        store.record(a_record())
        store.sync([a_source(every=timedelta(minutes=5))], NOW)
        assert len(claim(store, now=NOW + timedelta(minutes=5))) == 1

    def test_a_postponed_source_waits_and_one_that_waits_longer_is_left_alone(self, store: Store) -> None:
        store.sync([A, B], NOW)
        store.record(a_record(source=A))
        hour = timedelta(hours=1)
        store.postpone({A.id: NOW + hour / 2, B.id: NOW + hour / 2}, "their host is busy")
        assert [(each.next_poll, each.why_next) for each in store.status()] == [
            (NOW + hour, "every 1h"),
            (NOW + hour / 2, "their host is busy"),
        ]

    def test_a_source_that_is_gone_is_not_brought_back_by_being_postponed(self, store: Store) -> None:
        store.sync([A], NOW)
        store.record(a_record(next_poll=None))
        store.postpone({A.id: NOW + timedelta(days=1)}, "their host is busy")
        assert store.status()[0].next_poll is None

    def test_nobody_is_shown_a_secret_of_a_url(self, store: Store) -> None:
        secret = a_source("https://me:pw@a.example/f?key=s3cret", public_url="https://a.example/f?key=${KEY}")
        store.sync([secret], NOW)
        moved = Move(to="https://me:pw@b.example/f?key=s3cret", since=NOW, polls=1)
        store.record(a_record(source=secret, move=moved))
        [status], [outlet] = store.status(), store.outlets().values()
        assert status.url == outlet.url == "https://a.example/f?key=${KEY}"
        assert status.moved_to == "https://b.example/f?key=${KEY}"
        assert claim(store, now=LATER)[0].url == secret.url

    def test_a_move_from_an_address_that_is_all_secret_names_its_host_alone(self, store: Store) -> None:
        secret = a_source("https://a.example/s3cret", public_url="https://a.example/")
        store.sync([secret], NOW)
        store.record(a_record(source=secret, move=Move(to="https://b.example/s3cret", since=NOW, polls=1)))
        assert store.status()[0].moved_to == "https://b.example/"

    def test_a_new_secret_makes_no_new_source(self, store: Store) -> None:
        shown = "https://a.example/f?key=${KEY}"
        store.sync([a_source("https://a.example/f?key=old", name="Old", public_url=shown)], NOW)
        store.sync([a_source("https://a.example/f?key=new", name="New", public_url=shown)], NOW)
        assert len(store.status()) == 1

    # what a visit leaves behind

    def test_a_claim_brings_back_what_the_last_visit_left(self, store: Store) -> None:
        store.sync([A], NOW)
        validators = Validators(url=A.url, etag='W/"é"', last_modified="yesterday")
        known = frozenset((b"12345678", b"abcdefgh"))
        harvest = a_harvest(validators=validators, known=known, body_digest=b"d")
        store.record(a_record(result=harvest, pace="learned"))
        [found] = claim(store, now=LATER)
        assert (found.validators, found.known, found.body_digest) == (validators, known, b"d")
        assert (found.pace, found.last_success, found.failures) == ("learned", NOW, 0)

    def test_a_failure_leaves_validators_and_known_entries_alone(self, store: Store) -> None:
        store.sync([A], NOW)
        validators = Validators(url=A.url, etag='"1"')
        store.record(a_record(result=a_harvest(validators=validators, known=frozenset((b"12345678",)))))
        failed = FetchFailed(url=A.url, failure=Failure.TIMEOUT, detail="20 s")
        store.record(a_record(result=Failed(source=A.id, failed=failed), at=LATER))
        [found] = claim(store, now=LATER + timedelta(days=1))
        assert (found.validators, found.known) == (validators, frozenset((b"12345678",)))
        assert (found.failures, found.last_success) == (1, NOW)
        [status] = store.status()
        assert (status.failures, status.problem) == (1, "took too long: 20 s")

    def test_a_success_ends_a_row_of_failures(self, store: Store) -> None:
        store.sync([A], NOW)
        failed = FetchFailed(url=A.url, failure=Failure.DNS, detail="no")
        store.record(a_record(result=Failed(source=A.id, failed=failed)))
        unchanged = Unchanged(source=A.id, url=A.url, moved_to=None, validators=None)
        store.record(a_record(result=unchanged))
        assert (store.status()[0].failures, store.status()[0].problem) == (0, None)

    def test_a_move_is_remembered_and_asked_for_once_it_is_adopted(self, store: Store) -> None:
        store.sync([A], NOW)
        move = Move(to="https://new.example/feed", since=NOW, polls=4)
        store.record(a_record(move=move))
        [found] = claim(store, now=LATER)
        assert (found.url, found.move) == (A.url, move)
        store.record(a_record(move=replace(move, adopted=True)))
        [found] = claim(store, now=LATER)
        assert (found.url, found.move) == (move.to, replace(move, adopted=True))
        assert store.status()[0].moved_to == move.to

    def test_an_edited_url_ends_a_move(self, store: Store) -> None:
        store.sync([A], NOW)
        store.record(a_record(move=Move(to="https://new.example/feed", since=NOW, polls=9, adopted=True)))
        edited = a_source("https://new.example/feed")
        store.sync([edited], NOW)
        [found] = claim(store)
        assert (found.url, found.move) == (edited.url, None)

    # articles

    def test_an_article_comes_back_as_it_was_kept(self, store: Store) -> None:
        store.sync([A], NOW)
        save = a_save(an_article("标题 'x' \\ {}", "<p>正文</p>", tags=("a", "b"), language="zh-CN"))
        store.record(a_record(save))
        [stored] = store.articles()
        assert stored.article == save.article
        assert (stored.source, stored.story, stored.first_seen, stored.sort_at) == (
            A.id,
            save.story,
            save.first_seen,
            save.sort_at,
        )

    def test_an_article_is_found_by_every_one_of_its_names(self, store: Store) -> None:
        store.sync([A, B], NOW)
        save = a_save()
        store.record(a_record(save))
        found = store.lookup(A.id, save.aliases)
        assert set(found) == set(save.aliases)
        assert {known.story for known in found.values()} == {save.story}
        assert store.lookup(B.id, save.aliases) == {}

    def test_a_change_replaces_the_content_and_leaves_place_and_date(self, store: Store) -> None:
        store.sync([A], NOW)
        save = a_save()
        store.record(a_record(save))
        [before] = store.articles()
        edited = replace(
            save, verdict=Verdict.CHANGED, replaces=before.id, article=replace(save.article, title="Edited")
        )
        store.record(a_record(edited, at=LATER))
        [after] = store.articles()
        assert after.article.title == "Edited"
        assert after.changed == LATER
        assert (after.id, after.first_seen, after.sort_at) == (before.id, before.first_seen, before.sort_at)

    def test_a_story_says_who_tells_it_and_where_it_stands(self, store: Store) -> None:
        store.sync([A, B], NOW)
        save = a_save()
        store.record(a_record(save, source=A))
        store.record(a_record(replace(save, joins=True), source=B, result=a_harvest(B)))
        place = store.places([save.story])[save.story]
        assert (place.sources, place.sort_at) == (frozenset((A.id, B.id)), save.sort_at)

    def test_stories_come_newest_first_and_each_once(self, store: Store) -> None:
        store.sync([A, B], NOW)
        old, new = (
            a_save(an_article(f"T{n}", link=f"https://x.example/{n}", guid=str(n), date=NOW - timedelta(hours=9 - n)))
            for n in (1, 2)
        )
        store.record(a_record(old, new, source=A))
        store.record(a_record(old, source=B, result=a_harvest(B)))
        assert store.stories([A.id, B.id], 10) == [new.story, old.story]
        assert store.stories([B.id], 10) == [old.story]
        assert store.stories([A.id, B.id], 1) == [new.story]
        assert [len(articles) for articles in store.tellings([new.story, old.story]).values()] == [1, 2]

    def test_a_pruned_article_keeps_its_names(self, store: Store) -> None:
        store.sync([A], NOW)
        save = a_save()
        store.record(a_record(save))
        assert store.prune(NOW + timedelta(days=1)) == 1
        assert list(store.articles()) == []
        assert all(known.pruned for known in store.lookup(A.id, save.aliases).values())
        assert len(store.lookup(A.id, save.aliases)) == len(save.aliases)

    def test_an_old_article_that_was_seen_lately_is_not_pruned(self, store: Store) -> None:
        store.sync([A], NOW)
        store.record(a_record(a_save(an_article(date=NOW - timedelta(days=3000)))))
        assert store.prune(NOW - timedelta(days=365)) == 0

    def test_the_steps_of_a_batch_see_each_other_and_others_see_them_at_its_end(self, store: Store) -> None:
        store.sync([A], NOW)
        save = a_save()
        with store.batch():
            store.record(a_record(save))
            assert set(store.lookup(A.id, save.aliases)) == set(save.aliases)
        assert len(list(store.articles())) == 1

    def test_a_step_that_fails_is_undone_alone(self, store: Store) -> None:
        store.sync([A], NOW)
        with store.batch():
            store.record(a_record(a_save()))
            broken = a_save(an_article("Two", guid="2", link="https://news.example/2"), position=None)
            with pytest.raises(StoreError):
                store.record(a_record(broken))
            store.record(a_record(a_save(an_article("Three", guid="3", link="https://news.example/3"))))
        assert [stored.article.title for stored in store.articles()] == ["A title", "Three"]

    def test_a_batch_that_fails_leaves_nothing(self, store: Store) -> None:
        store.sync([A], NOW)

        def fail() -> None:
            with store.batch():
                store.record(a_record(a_save()))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert list(store.articles()) == []
        store.record(a_record(a_save()))
        assert len(list(store.articles())) == 1

    # publishing

    def test_what_changed_is_unpublished_until_it_is_marked(self, store: Store) -> None:
        store.sync([A, B], NOW)
        store.mark_published(store.unpublished())
        store.record(a_record(a_save()))
        revisions = store.unpublished()
        assert set(revisions) == {A.id}
        store.mark_published(revisions)
        assert store.unpublished() == {}

    def test_what_a_podcast_says_of_itself_is_kept_and_published(self, store: Store) -> None:
        store.sync([A], NOW)
        podcast = Podcast(
            author="The Team", owner_email="ann@a.example", categories=(("News", "Tech News"), ("Technology",)),
            explicit=False, image="https://a.example/cover.jpg",
        )  # fmt: skip
        store.record(a_record(result=a_harvest(facts=some_facts())))
        assert store.outlets()[A.id].podcast is None
        store.mark_published(store.unpublished())
        store.record(a_record(result=a_harvest(facts=some_facts(podcast=podcast))))
        assert store.outlets()[A.id].podcast == podcast
        assert list(store.unpublished()) == [A.id]

    def test_what_an_episode_says_of_itself_is_kept(self, store: Store) -> None:
        store.sync([A], NOW)
        sound = Enclosure(url="https://a.example/1.mp3", image="https://a.example/1.jpg", explicit=False, season=1,
                          episode=7, kind="full", duration=60)  # fmt: skip
        store.record(a_record(a_save(an_article(enclosures=(sound,)))))
        assert next(iter(store.articles())).article.enclosures == (sound,)

    def test_what_changes_while_feeds_are_written_stays_unpublished(self, store: Store) -> None:
        store.sync([A], NOW)
        store.record(a_record(a_save()))
        revisions = store.unpublished()
        store.record(a_record(a_save(an_article("Another", guid="2", link="https://news.example/2"))))
        store.mark_published(revisions)
        assert set(store.unpublished()) == {A.id}

    def test_who_else_tells_a_story_is_unpublished_too(self, store: Store) -> None:
        store.sync([A, B], NOW)
        store.record(a_record(a_save(), source=A))
        store.mark_published(store.unpublished())
        store.record(a_record(a_save(), source=B, result=a_harvest(B)))
        assert set(store.unpublished()) == {A.id, B.id}

    # the database

    def test_titles_that_hold_most_of_some_words_are_found_in_whatever_case(self, store: Store) -> None:
        store.sync([a_source()], NOW)
        for title in ("A pier in Galway", "100 % of Galway", "GALWAY has a PIER again", "Yachts"):
            article = an_article(title, guid=title, link=f"https://x.example/{len(title)}")
            store.record(a_record(a_save(article)))
        found = [one.article.title for one in store.titled_like(["galway", "pier", "again"], 9)]
        assert found == ["GALWAY has a PIER again", "A pier in Galway", "100 % of Galway"]
        assert len(store.titled_like(["galway", "pier"], 1)) == 1
        assert [one.article.title for one in store.titled_like(["%", "_"], 9)] == ["100 % of Galway"]
        assert store.titled_like([], 9) == store.titled_like(["nothing"], 9) == []

    def test_a_fact_is_remembered_and_replaced(self, store: Store) -> None:
        assert store.recall("key") is None
        store.remember("key", "one")
        store.remember("key", "two")
        assert store.recall("key") == "two"

    def test_everything_is_there_after_a_restart(self, make_store: Callable[[], Store]) -> None:
        first = make_store()
        first.sync([A], NOW)
        first.record(a_record(a_save()))
        first.close()
        assert len(list(make_store().articles())) == 1
