"""What a source says in every article is found, and goes; what is an article's own stays."""

from __future__ import annotations

import pytest

from aggregator.model.article import SafeHtml
from aggregator.model.entry import Ends, Entry, Markup
from aggregator.refine import refined
from aggregator.refine.recurring import MIN_ARTICLES, RULE, WINDOW, Own, edges_of, latest, recurring, without_recurring
from tests.builders import a_source, some_facts

FOOT = '<p>Subscribe to <a href="https://news.example/letter">our letter</a> and never miss a thing.</p>'
HEAD = "<p>You are reading the free edition of this paper.</p>"


def own(number: int) -> Own:
    return Own(f"Title number {number}", f"https://news.example/{number}?from=rss")


def words(number: int) -> str:
    return (
        f"<p>Paragraph one of article {number}, which no other article of this source has or ever will have.</p>"
        f"<p>And another one, {number} as well.</p>"
    )


def essay(number: int) -> str:
    return words(number) + "".join(f"<p>Part {part} of what {number} has to say at length.</p>" for part in range(12))


def ends_of(*bodies: str) -> Ends:
    return latest(
        (), [(bytes([number]) * 8, edges_of(SafeHtml(body), own(number))) for number, body in enumerate(bodies)]
    )


def learned_from(*bodies: str) -> frozenset[bytes]:
    return recurring(ends_of(*bodies))


def without(body: str, learned: frozenset[bytes], number: int = 0) -> str:
    return without_recurring(SafeHtml(body), own(number), learned)[0]


def test_a_head_and_a_foot_go_once_they_were_seen_often_enough() -> None:
    bodies = [HEAD + words(number) + FOOT for number in range(MIN_ARTICLES)]
    assert learned_from(*bodies[1:]) == frozenset()
    learned = learned_from(*bodies)
    assert [without(body, learned, number) for number, body in enumerate(bodies)] == [
        words(number) for number in range(MIN_ARTICLES)
    ]


def test_most_articles_are_enough_and_half_of_them_are_not() -> None:
    assert learned_from(*(words(number) + (FOOT if number < 6 else "") for number in range(10)))
    assert not learned_from(*(words(number) + (FOOT if number < 5 else "") for number in range(10)))


def test_an_article_that_is_edited_all_day_makes_no_pattern() -> None:
    name = b"the same"
    ends: Ends = ()
    for number in range(50):
        ends = latest(
            ends, [(name, edges_of(SafeHtml(f"<p>The very same lead of one story.</p>{words(number)}"), own(1)))]
        )
    assert len(ends) == 1
    assert recurring(ends) == frozenset()


def test_the_window_is_bounded_and_forgets_the_oldest() -> None:
    found = latest((), [(bytes([number]) * 8, frozenset()) for number in range(100)])
    assert len(found) == WINDOW
    assert found[-1][0] == bytes([99]) * 8


def test_a_foot_that_names_the_article_is_one_foot() -> None:
    foot = '<p>The post <a href="https://news.example/{0}">Title number {0}</a> appeared first on <b>News</b>.</p>'
    bodies = [essay(number) + foot.format(number) for number in range(6)]
    learned = learned_from(*bodies)
    assert without(bodies[3], learned, 3) == essay(3)


def test_a_link_to_the_article_itself_is_one_foot() -> None:
    bodies = [f'{essay(number)}<p><a href="https://news.example/{number}">Read on</a></p>' for number in range(6)]
    assert without(bodies[3], learned_from(*bodies), 3) == essay(3)


def test_an_excerpt_keeps_the_line_that_leads_to_the_whole_article() -> None:
    lead = '<p><a href="https://news.example/{0}">Read on</a></p>'
    bodies = [words(number) + lead.format(number) + FOOT for number in range(6)]
    assert without(bodies[3], learned_from(*bodies), 3) == words(3) + lead.format(3)


OWN_WORDS = {
    "another player each time": '<p><a href="https://player.example/{0}">player.example</a></p>',
    "another image each time": '<p>The photograph of the day <img src="https://i.example/{0}.jpg"></p>',
    "the title, repeated": "<h1>Title number {0}</h1>",
    "a salutation": "<p>Cheers!</p>",
    "a heading above something of its own": "<h2>What I have been reading</h2><p>Book {0}, and nothing but it.</p>",
    "a label above something of its own": "<p><strong>Sources of this</strong></p><ul><li>Source {0}</li></ul>",
    "a label that ends in a colon": "<p>Further reading on the subject:</p><p>Volume {0} of the collected works.</p>",
    "labels in a table": "<table><tbody><tr><td>Director of the film</td><td>Person {0}</td></tr></tbody></table>",
    "a definition": "<dl><dt>Time of preparation</dt><dd>{0} minutes</dd></dl>",
}


@pytest.mark.parametrize("part", OWN_WORDS.values(), ids=OWN_WORDS.keys())
@pytest.mark.parametrize("place", ["head", "foot"])
def test_what_is_an_articles_own_stays(part: str, place: str) -> None:
    bodies = []
    for number in range(12):
        filled = part.format(number)
        bodies.append(filled + words(number) if place == "head" else words(number) + filled)
    learned = learned_from(*bodies)
    assert [without(body, learned, number) for number, body in enumerate(bodies)] == bodies


def test_a_heading_goes_with_what_it_stands_above() -> None:
    part = "<h2>About the author</h2><p>She has written for this paper for years.</p><hr>"
    bodies = [words(number) + "<hr>" + part for number in range(8)]
    assert without(bodies[2], learned_from(*bodies), 2) == words(2)


def test_what_recurs_in_the_middle_stays() -> None:
    long = "".join(f"<p>Paragraph {at} of {{0}}.</p>" for at in range(20))
    bodies = [long.format(number) + HEAD + long.format(number) for number in range(8)]
    assert learned_from(*bodies) == frozenset()


def test_most_of_an_article_never_goes() -> None:
    same = "<p>The same long text in every article of this source, under another title each time.</p>"
    learned = learned_from(*(same + words(number) for number in range(8)))
    for body in (same, f"{same}<p>Short.</p>", f"{same}<hr>"):
        assert without(body, learned) == body


def test_an_image_alone_is_something_that_is_left() -> None:
    learned = learned_from(*(words(number) + "<p>Like our page now</p>" for number in range(8)))
    image = '<p><img src="https://i.example/1.jpg" alt="x"></p>'
    assert without(image + "<p>Like our page now</p>", learned) == image + "<p>Like our page now</p>"


def test_empty_boxes_go_with_what_they_held() -> None:
    foot = f"<div><section>{FOOT}</section><div><p>All rights are reserved by us.</p></div></div>"
    bodies = [f"<div>{words(number)}{foot}</div>" for number in range(8)]
    assert without(bodies[1], learned_from(*bodies), 1) == f"<div>{words(1)}</div>"


def test_long_bodies_are_looked_at_by_their_ends_alone() -> None:
    own = ["".join(words(1000 * number + at) for at in range(200)) for number in range(6)]
    bodies = [HEAD + words_ + FOOT for words_ in own]
    assert without(bodies[0], learned_from(*bodies)) == own[0]


def test_a_list_is_one_block_wherever_the_look_begins() -> None:
    items = "".join(f"<li>Entry {at} of a list that is longer than what is looked at</li>" for at in range(200))
    bodies = [f"{words(number)}<ul>{items}</ul>{FOOT}" for number in range(6)]
    found = without(bodies[0], learned_from(*bodies))
    assert found == f"{words(0)}<ul>{items}</ul>"


# on the whole road of an entry


def entry(number: int, part: str = FOOT) -> Entry:
    return Entry(
        title=Markup(f"Title number {number}", "text"),
        link=f"https://news.example/{number}",
        content=Markup(words(number) + part + '<div><img src="/banner.png" width="600"></div>'),
    )


def test_what_is_removed_is_told_and_is_no_head_image() -> None:
    results = [refined(entry(number), some_facts(), a_source()) for number in range(6)]
    assert results[0].article.headimg == "https://news.example/banner.png"
    learned = recurring(latest((), [(bytes([at]) * 8, result.edges()) for at, result in enumerate(results)]))
    again = refined(entry(1), some_facts(), a_source(), learned)
    assert again.article.body == words(1)
    assert again.article.headimg == ""
    assert [removal.rule for removal in again.removals] == [RULE, RULE]
    assert "our letter" in again.removals[0].cut
    assert again.whole == results[1].whole
    assert again.edges() == results[1].edges()


def test_nothing_learned_is_removed_where_little_is_to_be_cleaned() -> None:
    results = [refined(entry(number), some_facts(), a_source()) for number in range(6)]
    learned = recurring(latest((), [(bytes([at]) * 8, result.edges()) for at, result in enumerate(results)]))
    assert "our letter" in refined(entry(1), some_facts(), a_source(clean="minimal"), learned).article.body
