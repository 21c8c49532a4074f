"""What is saved of a visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aggregator.decide.ingest import Intake, names_of, plan_ingest
from aggregator.decide.match import resembling
from aggregator.model.article import Alias, Article, StoredArticle, StoryId
from aggregator.model.outcome import Candidate, Known, Place, Save, Verdict
from aggregator.model.source import SourceId
from tests.builders import EARLIER, NOW, a_candidate, a_source, an_article, candidates_of

HERE = a_source().id
ELSEWHERE = a_source("https://other.example/rss").id


class Memory:
    """What a store would know after these saves; enough for `plan_ingest`."""

    def __init__(self) -> None:
        self.articles: dict[int, tuple[SourceId, Save]] = {}
        self.names: dict[tuple[SourceId, Alias], int] = {}

    def take(self, source: SourceId, candidates: Sequence[Candidate], now: datetime = NOW) -> tuple[Save, ...]:
        known = {alias: self._known(number) for (owner, alias), number in self.names.items() if owner == source}
        said = {number: save.article for number, (_, save) in self.articles.items()}
        saves = plan_ingest(source, candidates, known, self._places(), now, said=said)
        for save in saves:
            number = save.replaces if save.replaces is not None else len(self.articles) + 1
            self.articles[number] = (source, save)
            self.names |= {(source, alias): number for alias in save.aliases}
        return saves

    def _known(self, number: int) -> Known:
        _, save = self.articles[number]
        article = save.article
        return Known(
            id=number,
            pruned=False,
            story=save.story,
            title=article.title,
            guid=article.guid,
            link=article.link,
            digest=save.digest,
            date=article.date,
            updated=article.updated,
            first_seen=save.first_seen,
            sort_at=save.sort_at,
            position=save.position,
            changed=save.first_seen,
        )

    def _places(self) -> dict:
        places: dict = {}
        for source, save in self.articles.values():
            place = places.get(save.story) or Place(
                story=save.story, sort_at=save.sort_at, position=save.position, sources=frozenset()
            )
            places[save.story] = replace(place, sources=place.sources | {source})
        return places


def verdicts(saves: Sequence[Save]) -> list[Verdict]:
    return [save.verdict for save in saves]


def test_what_was_never_seen_is_new() -> None:
    [save] = Memory().take(HERE, [a_candidate()])
    assert (save.verdict, save.first_seen, save.sort_at) == (Verdict.NEW, NOW, EARLIER)


def test_what_is_the_same_is_nothing() -> None:
    memory = Memory()
    memory.take(HERE, [a_candidate()])
    assert memory.take(HERE, [a_candidate()]) == ()


def test_an_edit_changes_the_article_in_place() -> None:
    memory = Memory()
    [before] = memory.take(HERE, [a_candidate("Draft")])
    later = NOW + timedelta(days=1)
    [after] = memory.take(HERE, [a_candidate("Final", date=later)], later)
    assert (after.verdict, after.replaces, after.article.title) == (Verdict.CHANGED, 1, "Final")
    assert after.article.date == before.article.date
    assert after.article.updated == later
    assert (after.story, after.sort_at, after.first_seen) == (before.story, before.sort_at, before.first_seen)


def test_the_publishers_date_of_an_edit_is_taken_where_it_can_be_true() -> None:
    memory = Memory()
    memory.take(HERE, [a_candidate("Draft")])
    edited = EARLIER + timedelta(hours=1)
    [save] = memory.take(HERE, [a_candidate("Final", updated=edited)])
    assert save.article.updated == edited
    [save] = memory.take(HERE, [a_candidate("Last", updated=NOW + timedelta(days=900))])
    assert save.article.updated == NOW


def test_a_changed_guid_on_the_same_page_is_the_same_article() -> None:
    memory = Memory()
    memory.take(HERE, [a_candidate(guid="http://a/1")])
    [save] = memory.take(HERE, [a_candidate(guid="https://a/1")])
    assert (save.verdict, save.replaces) == (Verdict.CHANGED, 1)  # it is known by both from now on
    assert memory.take(HERE, [a_candidate(guid="https://a/1")]) == ()


def test_a_name_that_another_article_had_last_is_taken_back_by_who_bears_it_now() -> None:
    memory = Memory()
    first, second = a_candidate(), a_candidate("Another", guid="2", link="https://news.example/2")
    memory.take(HERE, [first, second])
    memory.names[HERE, first.aliases[-1]] = 2
    [save] = memory.take(HERE, [first])
    assert (save.verdict, save.replaces) == (Verdict.CHANGED, 1)
    assert memory.take(HERE, [first]) == ()


def test_another_title_guid_and_date_on_the_same_page_is_another_article() -> None:
    memory = Memory()
    memory.take(HERE, [a_candidate("Monday", guid="1", link="https://a.example/log")])
    [save] = memory.take(
        HERE, [a_candidate("Tuesday", guid="2", link="https://a.example/log", date=EARLIER + timedelta(days=1))]
    )
    assert save.verdict is Verdict.NEW
    assert save.story != memory.articles[1][1].story


def test_a_recycled_guid_is_another_article() -> None:
    memory = Memory()
    memory.take(HERE, [a_candidate("One", guid="7", link="https://a.example/1", date=EARLIER - timedelta(days=9))])
    [save] = memory.take(HERE, [a_candidate("Two", guid="7", link="https://a.example/2")])
    assert save.verdict is Verdict.NEW


LONG = " ".join(f"word{number}" for number in range(40))
OTHER = " ".join(f"term{number}" for number in range(40))


def test_a_recycled_guid_without_a_page_is_another_article_under_another_id() -> None:
    memory = Memory()
    [one] = memory.take(HERE, [a_candidate("One", guid="7", link=None, body=LONG, date=EARLIER - timedelta(days=9))])
    [two] = memory.take(HERE, [a_candidate("Two", guid="7", link=None, body=OTHER)])
    assert two.verdict is Verdict.NEW
    assert two.story != one.story


def test_a_line_that_is_written_again_under_its_guid_is_the_same_article() -> None:
    memory = Memory()
    memory.take(HERE, [a_candidate("Trouble with mail", guid="7", link=None, body="We look into it.")])
    [save] = memory.take(HERE, [a_candidate("Solved", guid="7", link=None, body="It was the disk.", date=NOW)])
    assert save.verdict is Verdict.CHANGED


def test_a_replaced_title_over_the_same_text_under_one_guid_is_an_edit_also_where_dates_are_no_help() -> None:
    memory = Memory()
    memory.take(HERE, [a_candidate("The harbour gets a pier", guid="7", link=None, body=LONG)])
    [save] = memory.take(HERE, [a_candidate("Nobody asked us", guid="7", link=None, body=LONG, date=NOW)])
    assert save.verdict is Verdict.CHANGED


def test_another_title_and_date_over_the_same_text_is_an_edit_if_guid_or_page_is_the_same() -> None:
    for names in ({"guid": "other"}, {"link": "https://news.example/moved"}):
        memory = Memory()
        memory.take(HERE, [a_candidate("The harbour gets a pier", body=LONG)])
        edited = a_candidate("The harbour gets a pier (updated)", body=f"{LONG} It rained.", date=NOW, **names)
        assert verdicts(memory.take(HERE, [edited])) == [Verdict.CHANGED]


@pytest.mark.parametrize("count", [1, 2])
def test_a_feed_of_one_or_two_entries_that_changes_guid_link_and_date_at_once_floods_nobody(count: int) -> None:
    memory = Memory()
    old = [an_article(f"Story {n}", f"{n} {LONG}", guid=f"g{n}", link=f"https://a.example/{n}") for n in range(count)]
    memory.take(HERE, candidates_of(*old))
    new = [replace(one, guid=f"x{one.guid}", link=f"https://b.example/?p={n}", date=NOW) for n, one in enumerate(old)]
    assert verdicts(memory.take(HERE, candidates_of(*new))) == [Verdict.CHANGED] * count


def test_what_resembles_an_article_under_its_title_is_found_and_another_edition_is_not() -> None:
    before = [an_article("Weather for Galway", f"It will be 9 degrees and dry. {LONG}"), an_article("Notes", LONG)]
    stored = [
        StoredArticle(id=n, source=HERE, story=StoryId("s"), article=one, first_seen=NOW, changed=NOW, sort_at=NOW)
        for n, one in enumerate(before)
    ]
    edition = a_candidate("Weather for Galway", body=f"It will be 7 degrees and wet. {LONG}")
    edited = a_candidate("Notes", body=f"{LONG} And this.")
    assert resembling([edition, edited], stored) == {1: stored[1]}
    assert resembling([edited, edited], stored) == {}  # one title for two says nothing


def test_the_same_page_in_another_source_joins_its_story_and_place() -> None:
    memory = Memory()
    [first] = memory.take(HERE, [a_candidate(link="http://www.a.example/x?utm_source=feed")])
    [second] = memory.take(ELSEWHERE, [a_candidate("Other title", link="https://a.example/x", date=NOW)])
    assert (second.verdict, second.joins, second.story) == (Verdict.NEW, True, first.story)
    assert second.sort_at == first.sort_at


def test_a_source_cannot_touch_the_article_of_another() -> None:
    memory = Memory()
    memory.take(HERE, [a_candidate("Victim", link=None)])
    [save] = memory.take(ELSEWHERE, [a_candidate("Attacker", link=None)])
    assert save.replaces is None
    assert memory.articles[1][1].article.title == "Victim"


def test_an_imported_post_and_its_entry_are_one() -> None:
    memory = Memory()
    post = an_article(guid=None, link=None)
    memory.take(HERE, candidates_of(post))
    [save] = memory.take(HERE, [a_candidate()])
    assert (save.verdict, save.replaces) == (Verdict.CHANGED, 1)
    assert save.article.link is not None
    assert memory.take(HERE, [a_candidate()]) == ()


def test_of_two_entries_with_one_title_and_date_only_one_is_the_imported_post() -> None:
    memory = Memory()
    memory.take(HERE, candidates_of(an_article(guid=None, link=None)))
    document = candidates_of(*(an_article(guid=n, link=f"https://news.example/{n}") for n in "12"))
    assert verdicts(memory.take(HERE, document)) == [Verdict.CHANGED, Verdict.NEW]


def gone_as(candidate: Candidate) -> Known:
    """This article, when it was pruned."""
    return Known(
        id=7,
        pruned=True,
        story=candidate.article.link,
        title="",
        guid=None,
        link=None,
        digest=b"",
        date=EARLIER,
        updated=None,
        first_seen=EARLIER,
        sort_at=EARLIER,
        position=0,
        changed=EARLIER,
    )


def test_a_pruned_article_does_not_come_back() -> None:
    candidate = a_candidate()
    gone = gone_as(candidate)
    assert plan_ingest(HERE, [candidate], dict.fromkeys(names_of(candidate), gone), {}, NOW) == ()


def test_what_was_pruned_and_is_written_again_is_known_by_its_new_text_as_well() -> None:
    before, after = a_candidate(), a_candidate("Another title", body="<p>Another text.</p>")
    gone = gone_as(before)
    known = dict.fromkeys(names_of(before), gone)
    [save] = plan_ingest(HERE, [after], known, {}, NOW)
    assert (save.verdict, save.replaces) == (Verdict.GONE, gone.id)
    renamed = a_candidate("Another title", body="<p>Another text.</p>", guid="x", link="https://b.example/y")
    known |= dict.fromkeys(save.aliases, gone)
    assert {save.verdict for save in plan_ingest(HERE, [renamed], known, {}, NOW)} == {Verdict.GONE}


def test_an_undated_entry_is_dated_when_it_is_first_seen_and_for_ever() -> None:
    memory = Memory()
    [save] = memory.take(HERE, [a_candidate(date=None)])
    assert save.article.date == save.sort_at == NOW
    [save] = memory.take(HERE, [a_candidate("Edited", date=None)], NOW + timedelta(days=1))
    assert save.article.date == save.sort_at == NOW


def test_a_date_in_the_future_does_not_sort_before_the_present() -> None:
    [save] = Memory().take(HERE, [a_candidate(date=NOW + timedelta(hours=20))])
    assert save.sort_at == NOW


def test_entries_of_one_date_keep_the_order_of_their_document() -> None:
    document: list[Article] = [an_article(f"T{n}", guid=n, link=f"https://a.example/{n}") for n in "123"]
    assert [save.position for save in Memory().take(HERE, candidates_of(*document))] == [0, 1, 2]


def a_document(count: int, first: int = 0, **other) -> list[Candidate]:
    """Entries of hourly dates, the newest first."""
    return candidates_of(
        *(
            an_article(
                f"T{number}",
                f"<p>Text {number}.</p>",
                **{"date": EARLIER - timedelta(hours=number - first), **other},
                guid=f"g{number}",
                link=f"https://a.example/{number}",
            )
            for number in range(first, first + count)
        )
    )


def backlog(saves: Sequence[Save]) -> list[str]:
    return [save.article.title for save in saves if save.backlog]


def test_of_a_new_source_the_newest_are_news_and_the_rest_is_backlog() -> None:
    saves = plan_ingest(HERE, a_document(5), {}, {}, NOW, intake=Intake(most=3))
    assert len(saves) == 5
    assert backlog(saves) == ["T3", "T4"]


def test_what_was_published_since_the_last_visit_is_news_however_much_it_is() -> None:
    since = Intake(most=3, last_success=NOW - timedelta(days=1))
    assert backlog(plan_ingest(HERE, a_document(9), {}, {}, NOW, intake=since)) == []


def test_old_entries_that_come_suddenly_are_backlog_but_the_newest() -> None:
    since = Intake(most=3, last_success=NOW - timedelta(hours=1))
    old = a_document(5, date=NOW - timedelta(days=300))
    assert backlog(plan_ingest(HERE, old, {}, {}, NOW, intake=since)) == ["T3", "T4"]


def test_what_more_there_is_says_whether_feeds_stood_already() -> None:
    intake = Intake(most=3, last_success=None, backlog=2)
    assert [save.backlog for save in plan_ingest(HERE, a_document(5), {}, {}, NOW, intake=intake)] == [0, 0, 0, 2, 2]


def test_a_dump_without_dates_or_dated_now_is_backlog_but_its_first_entries() -> None:
    since = Intake(most=3, last_success=NOW - timedelta(hours=1))
    for date in (None, NOW):
        assert backlog(plan_ingest(HERE, a_document(5, date=date), {}, {}, NOW, intake=since)) == ["T3", "T4"]


# feeds that change their names


def renamed(count: int, **other) -> list[Candidate]:
    """The same articles as in `a_document`, with names that nobody knows."""
    return candidates_of(
        *(
            an_article(
                f"T{number}",
                f"<p>Text {number}.</p>",
                **{"date": EARLIER - timedelta(hours=number), **other},
                guid=f"other-{number}",
                link=f"https://b.example/story/{number}",
            )
            for number in range(count)
        )
    )


def test_a_feed_that_changes_every_guid_and_link_at_once_is_known_again() -> None:
    memory = Memory()
    memory.take(HERE, a_document(6))
    saves = memory.take(HERE, renamed(6))
    assert sorted(save.replaces for save in saves) == [1, 2, 3, 4, 5, 6]
    assert {save.article.updated for save in saves} == {None}
    assert memory.take(HERE, renamed(6)) == ()


def test_a_feed_that_changes_every_name_and_dates_all_of_it_today_is_known_by_its_texts() -> None:
    memory = Memory()
    text = " ".join(f"word{number}" for number in range(30))
    memory.take(
        HERE, candidates_of(*(an_article(f"T{n}", text, guid=f"g{n}", link=f"https://a.example/{n}") for n in range(4)))
    )
    again = [an_article(f"T{n}", text, guid=f"x{n}", link=f"https://b.example/s/{n}", date=NOW) for n in range(4)]
    assert verdicts(memory.take(HERE, candidates_of(*again))) == [Verdict.CHANGED] * 4


LONG = " ".join(f"word{number}" for number in range(30))


def taken_out(number: int, standing: Sequence[int]) -> Sequence[Save]:
    """What is made of the title and text of one article of six under another guid, page and date, while these stand."""
    memory = Memory()
    document = [
        an_article(f"T{n}", LONG, guid=f"g{n}", link=f"https://a.example/{n}", date=EARLIER - timedelta(hours=n))
        for n in range(6)
    ]
    memory.take(HERE, candidates_of(*document))
    again = replace(document[number], guid="new", link="https://a.example/story/new", date=NOW)
    known = {alias: memory._known(article) for (_, alias), article in memory.names.items()}
    stand = {each + 1: memory._known(each + 1) for each in standing}
    return plan_ingest(HERE, candidates_of(again), known, {}, NOW, standing=stand)


def test_what_is_taken_out_of_the_middle_and_comes_with_all_its_names_and_its_date_changed_is_the_same() -> None:
    [save] = taken_out(2, standing=[0, 1, 3, 4, 5])
    assert (save.verdict, save.replaces) == (Verdict.CHANGED, 3)
    assert save.article.date == EARLIER - timedelta(hours=2)


def test_the_same_words_after_the_article_went_off_the_end_are_another_edition() -> None:
    [save] = taken_out(4, standing=[0, 1, 2, 3, 5])
    assert save.verdict is Verdict.NEW
    [save] = taken_out(2, standing=[0, 1, 2, 3, 4, 5])
    assert save.verdict is Verdict.NEW


def test_the_same_title_every_day_is_another_article_every_day() -> None:
    memory = Memory()
    for day in range(5):
        briefing = an_article(
            "Daily briefing",
            "<p>The news of the day, read by our editors, in five minutes; listen to it here.</p>",
            guid=f"day-{day}",
            link=f"https://a.example/briefing/{day}",
            date=EARLIER + timedelta(days=day),
        )
        [save] = memory.take(HERE, candidates_of(briefing), NOW + timedelta(days=day))
        assert save.verdict is Verdict.NEW


def test_a_whole_document_of_the_same_title_is_new_when_it_is() -> None:
    memory = Memory()
    for week in range(3):
        document = candidates_of(
            *(
                an_article(
                    "无题",
                    "<p>见图</p>",
                    guid=f"{week}-{n}",
                    link=f"https://a.example/{week}/{n}",
                    date=EARLIER + timedelta(days=7 * week, hours=n),
                )
                for n in range(7)
            )
        )
        assert verdicts(memory.take(HERE, document, NOW + timedelta(days=7 * week))) == [Verdict.NEW] * 7


def test_an_article_that_still_stands_in_the_document_was_not_renamed() -> None:
    memory = Memory()
    memory.take(HERE, a_document(1))
    standing = {number: memory._known(number) for number in memory.articles}
    known = {alias: memory._known(number) for (_, alias), number in memory.names.items()}
    [save] = plan_ingest(HERE, renamed(1), known, {}, NOW, standing=standing)
    assert save.verdict is Verdict.NEW


def test_a_small_edit_does_not_bump_updated_and_is_kept() -> None:
    memory = Memory()
    memory.take(HERE, [a_candidate(body="<p>Closed since Monday.</p>")])
    before = {1: memory.articles[1][1].article}
    known = {alias: memory._known(number) for (_, alias), number in memory.names.items()}
    for body, updated in (("<p>Closed since Monday!</p>", None), ("<p>Closed since Friday.</p>", NOW)):
        [save] = plan_ingest(HERE, [a_candidate(body=body)], known, {}, NOW, said=before)
        assert (save.article.body, save.article.updated) == (body, updated)
