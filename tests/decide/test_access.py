"""Who somebody is, by what they present."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from aggregator.decide.access import by_password, by_token, hash_of, is_password, read_hash
from aggregator.model.access import NOBODY, STRANGER, Access, Rules

ALICE, BOB = "alices-token-1", "bobs-token-22"
ONE = Access(tokens=(("alice", ALICE), ("bob", BOB)))
OTHER = Access(tokens=(("bob", BOB),), users=(("carol", "a long password"),))
SIGNS = st.text(string.ascii_letters + string.digits + "-_%ü", max_size=20)


def test_a_token_opens_every_rule_that_names_it_and_no_other() -> None:
    assert by_token([ONE, OTHER], ALICE) == {ONE}
    assert by_token([ONE, OTHER], BOB) == {ONE, OTHER}
    assert by_token([NOBODY], ALICE) == STRANGER


@given(SIGNS.filter(lambda text: text not in (ALICE, BOB)))
def test_nothing_but_a_token_is_one(text: str) -> None:
    assert by_token([ONE, OTHER], text) == by_token([ONE], ALICE + text[:0] + "x") == STRANGER


def test_a_password_is_good_for_its_own_name_and_a_token_for_its_owner() -> None:
    assert by_password([ONE, OTHER], "carol", "a long password") == {OTHER}
    assert by_password([ONE, OTHER], "alice", "a long password") == STRANGER
    assert by_password([ONE, OTHER], "bob", BOB) == {ONE, OTHER}
    assert by_password([ONE, OTHER], "alice", BOB) == STRANGER


def test_a_hash_stands_for_its_password_and_is_none_itself() -> None:
    held = hash_of("Grüße aus Köln", b"0123456789abcdef")
    assert is_password("Grüße aus Köln", held)
    assert not is_password("Gruesse aus Koeln", held)
    assert not is_password(held, held)
    rule = Access(users=(("carol", held),))
    assert by_password([rule], "carol", "Grüße aus Köln") == {rule}
    assert by_password([rule], "dave", "Grüße aus Köln") == STRANGER


@given(st.text(max_size=80))
def test_what_is_no_hash_opens_nothing(text: str) -> None:
    assert read_hash("scrypt:" + text) is None or text.count(":") == 4
    assert read_hash("scrypt:1073741824:8:1:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAA") is None  # a terabyte


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple)
RULES = st.builds(
    Rules,
    default=st.sampled_from([None, ONE, OTHER]),
    of=st.dictionaries(PATHS, st.sampled_from([None, ONE, OTHER, NOBODY]), max_size=5),
)


@given(RULES, PATHS, PATHS, st.sampled_from([STRANGER, frozenset([ONE]), frozenset([OTHER]), frozenset([ONE, OTHER])]))
def test_whoever_reads_a_document_may_read_all_that_stands_in_it(
    rules: Rules, source: tuple[str, ...], feed: tuple[str, ...], visitor: frozenset[Access]
) -> None:
    """Visitors as they are: whoever opens a rule by a token opens all that name the same token."""
    if rules.stands_in(source, feed):
        inner, outer = rules.rule(source), rules.rule(feed)
        for token in (ALICE, BOB):
            who = by_token([ONE, OTHER], token)
            assert outer is None or outer not in who or inner is None or inner in who
        assert rules.sees(visitor, source) or not rules.sees(visitor, feed) or inner != outer
    if rules.rule(source) is None:
        assert rules.stands_in(source, feed)
