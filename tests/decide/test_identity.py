"""Which entry is which, within one document and over the years."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.decide.identity import feed_id, hints_of, identify, story_id
from aggregator.model.entry import Entry, Markup
from tests.builders import EARLIER, a_source, an_article, an_entry

HERE = a_source().id
ELSEWHERE = a_source("https://other.example/rss").id


def names(*entries: Entry) -> list[set[bytes]]:
    return [set(identity.aliases) for identity in identify(entries)]


def test_an_entry_keeps_its_names_when_it_is_edited() -> None:
    [before], [after] = names(an_entry("Draft", "<p>a</p>")), names(an_entry("Final", "<p>b</p>"))
    assert before == after


def test_an_entry_whose_guid_changed_still_has_its_link() -> None:
    [before], [after] = names(an_entry(guid="http://a/1")), names(an_entry(guid="https://a/1"))
    assert before & after


def test_an_entry_whose_link_changed_still_has_its_guid() -> None:
    [before], [after] = names(an_entry(link="https://a.example/old")), names(an_entry(link="https://a.example/new"))
    assert before & after


def test_blanks_around_a_guid_do_not_count() -> None:
    assert names(an_entry(guid=" a ")) == names(an_entry(guid="a"))


def test_a_guid_of_blanks_is_none() -> None:
    blank, none = identify([an_entry(guid=" ", link=None), an_entry(guid=None, link=None)])
    assert blank.aliases == none.aliases
    assert none.repeats
    assert story_id(HERE, " ", None, "One", None) == story_id(HERE, None, None, "One", None)


def test_a_guid_that_all_entries_share_names_none_of_them() -> None:
    one, two = names(
        an_entry(guid="same", link="https://a.example/1"), an_entry(guid="same", link="https://a.example/2")
    )
    assert not one & two


def test_a_page_that_all_entries_link_to_names_none_of_them() -> None:
    one, two = names(an_entry(guid="1", link="https://a.example/log"), an_entry(guid="2", link="https://a.example/log"))
    assert not one & two


def test_the_front_page_of_a_site_names_no_entry() -> None:
    [one], [two] = (names(an_entry(guid=guid, link="https://a.example/")) for guid in "12")
    assert not one & two


def test_an_address_without_a_path_of_its_own_hints_at_nothing() -> None:
    assert hints_of(an_article(link="https://a.example/news/1", guid=None)).path is not None
    for link in ("https://a.example/", "https://a.example/me", None):
        assert hints_of(an_article(link=link, guid=None)).path is None


def test_guid_and_link_shared_by_all_leave_the_title_to_tell_them_apart() -> None:
    one, two = names(*(an_entry(title, guid="g", link="https://status.example/") for title in ("Up", "Down")))
    assert not one & two


def test_one_title_on_one_page_at_many_dates_is_as_many_entries_where_there_are_no_guids() -> None:
    days = [
        an_entry(guid=None, link="https://a.example/today", title="Daily briefing", published=date)
        for date in (EARLIER, EARLIER + timedelta(days=1), EARLIER)
    ]
    assert [identity.repeats for identity in identify(days)] == [False, False, True]
    assert not names(*days)[0] & names(*days)[1]


def test_an_entry_printed_twice_is_one() -> None:
    assert [identity.repeats for identity in identify([an_entry(), an_entry(), an_entry(guid="2")])] == [
        False,
        True,
        False,
    ]


def test_entries_with_nothing_but_a_title_and_a_date_are_told_apart_by_both() -> None:
    entries = [
        Entry(title=Markup("Fixed"), published=EARLIER),
        Entry(title=Markup("Fixed"), published=EARLIER + timedelta(hours=1)),
        Entry(title=Markup("Broken"), published=EARLIER),
    ]
    assert len(set.union(*names(*entries))) == 3


def test_a_date_that_is_told_from_the_time_of_asking_is_no_name() -> None:
    [one], [two] = (
        names(Entry(title=Markup("Fixed"), published=EARLIER + timedelta(minutes=n), is_relative=True)) for n in (0, 7)
    )
    assert one == two


def test_entries_with_nothing_but_a_body_are_told_apart_by_it() -> None:
    one, two = names(Entry(summary=Markup("one")), Entry(summary=Markup("two")))
    assert not one & two


def test_a_new_date_alone_is_no_new_content() -> None:
    [one], [two] = (identify([an_entry(published=EARLIER + timedelta(days=days))]) for days in (0, 1))
    assert one.fingerprint == two.fingerprint


def test_a_rotating_token_in_the_link_is_no_new_content() -> None:
    [one], [two] = (identify([an_entry(link=f"https://a.example/x?token={token}")]) for token in "12")
    assert one.digest == two.digest


def test_an_edit_is_new_content() -> None:
    [one], [two] = (identify([an_entry(body=body)]) for body in ("a", "b"))
    assert one.digest != two.digest


def test_a_story_has_one_id_wherever_it_is_found() -> None:
    one = story_id(HERE, "guid-1", "http://www.a.example/x?utm_source=rss", "Title", EARLIER)
    assert one == story_id(ELSEWHERE, "other", "https://a.example/x", "Other title", None)
    assert one.startswith("urn:uuid:")


def test_a_story_without_a_page_has_an_id_of_its_source() -> None:
    assert story_id(HERE, "7", None, "T", EARLIER) != story_id(ELSEWHERE, "7", None, "T", EARLIER)
    assert story_id(HERE, "7", None, "T", EARLIER) == story_id(HERE, "7", None, "Edited", None)


def test_a_guid_that_is_unique_in_the_world_is_so_for_us() -> None:
    guid = "tag:a.example,2026:7"
    assert story_id(HERE, guid, None, "T", EARLIER) == story_id(ELSEWHERE, guid, None, "T", None)


def test_published_ids_never_change() -> None:
    """Golden: these ids are in the databases of readers. If this test fails, every subscriber sees everything again."""
    assert story_id(HERE, None, "https://a.example/x", "T", None) == "urn:uuid:24027d6b-46bc-5b09-b728-6bbcbbedfc61"
    assert story_id(HERE, "7", None, "T", None) == "urn:uuid:796ed545-99fe-5820-8ba0-0c1d769f6b84"
    assert feed_id("金融/新浪财经") == "urn:uuid:0c4b4abf-d2e7-5283-9827-ef7353b02043"


texts = st.text(st.characters(), max_size=20)
entries = st.builds(
    Entry,
    guid=st.none() | texts,
    link=st.none() | texts.map(lambda text: f"https://a.example/{text}"),
    title=st.none() | texts.map(Markup),
    summary=st.none() | texts.map(Markup),
    published=st.none() | st.just(EARLIER),
)


@given(st.lists(entries, max_size=8))
def test_within_one_document_no_name_is_given_twice(document: list[Entry]) -> None:
    own = [identity.aliases for identity in identify(document) if not identity.repeats]
    given_names = [name for names in own for name in set(names)]
    assert len(given_names) == len(set(given_names))
    assert all(own)


@given(st.lists(entries, max_size=8))
def test_the_same_document_always_gives_the_same_identities(document: list[Entry]) -> None:
    assert identify(document) == identify(list(document))
