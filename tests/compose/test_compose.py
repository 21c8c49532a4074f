"""Which feeds there are, and how a story is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.compose import addresses, compose
from aggregator.model.article import Article, SafeHtml, StoredArticle, StoryId
from aggregator.model.feed import Address, Feed, Outlet
from aggregator.model.settings import Category
from aggregator.model.source import SourceId
from aggregator.model.status import SourceStatus
from tests.builders import EARLIER, NOW, an_article, an_outlet

NEWS = SourceId("news")
BLOG = SourceId("blog")
OUTLETS = {
    NEWS: an_outlet("News", url="https://news.example/feed", category=("world",)),
    BLOG: an_outlet("Blog", url="https://www.blog.example/rss", category=("tech", "security")),
}
BOTH = Address(slug="all", title="All", sources=(NEWS, BLOG))


def stored(source: SourceId, article: Article, number: int = 1) -> StoredArticle:
    return StoredArticle(
        id=number,
        source=source,
        story=StoryId("urn:uuid:1"),
        article=article,
        first_seen=NOW + timedelta(minutes=number),
        changed=NOW,
        sort_at=EARLIER,
    )


def feed(*tellings: list[StoredArticle], address: Address = BOTH) -> Feed:
    return compose(address, tellings, OUTLETS, feed_id="urn:uuid:f", base_url="http://h/")


def status(name: str, *category: str, configured: bool = True) -> SourceStatus:
    return SourceStatus(
        **{
            **dict.fromkeys(SourceStatus.__dataclass_fields__),
            "id": SourceId(name),
            "name": name,
            "category": category,
            "configured": configured,
        }
    )


CATEGORIES = (
    Category(path=("技术",), slug="tech", title="Technology"),
    Category(path=("技术", "安全"), slug="tech/安全", title="Security", language="zh-CN"),
)


def test_there_is_a_feed_of_all_of_every_level_and_of_every_source() -> None:
    found = addresses(CATEGORIES, [status("a", "技术"), status("b", "技术", "安全")])
    assert [(address.slug, address.sources) for address in found] == [
        ("all", ("a", "b")),
        ("tech", ("a", "b")),
        ("tech/a", ("a",)),
        ("tech/安全", ("b",)),
        ("tech/安全/b", ("b",)),
    ]


def test_a_retired_source_stays_in_the_feeds_of_its_category_without_one_of_its_own() -> None:
    found = addresses(CATEGORIES, [status("old", "技术", configured=False)])
    assert [(address.slug, address.sources) for address in found] == [
        ("all", ("old",)),
        ("tech", ("old",)),
        ("tech/安全", ()),
    ]


def test_a_slash_in_a_name_opens_no_level() -> None:
    found = addresses(CATEGORIES[:1], [status("a/b", "技术")])
    assert found[-1].slug == "tech/a／b"


def test_a_story_is_one_item_however_many_tell_it() -> None:
    first = stored(NEWS, an_article("First", link="https://third.example/x"))
    second = stored(BLOG, an_article("Second", link="https://third.example/x"), 20)
    [item] = feed([first, second]).items
    assert (item.title, item.outlet.name) == ("First", "News")
    assert [(outlet.name, outlet.link) for outlet in item.also_in] == [("Blog", "https://third.example/x")]
    assert item.categories == ("world", "tech/security")


def test_of_sources_that_answer_at_once_chance_does_not_choose_the_copy() -> None:
    one = an_article("One", link="https://third.example/x")
    two = an_article("Two", link="https://third.example/x")
    [item] = feed([stored(NEWS, one, 1), stored(BLOG, two, 2)]).items
    [again] = feed([stored(BLOG, two, 1), stored(NEWS, one, 2)]).items
    assert (item.outlet, item.also_in, item.title) == (again.outlet, again.also_in, again.title)


def test_the_publishers_own_copy_is_shown_rather_than_an_earlier_one() -> None:
    copy = stored(NEWS, an_article("Copy", link="https://blog.example/x", date=EARLIER))
    own = stored(BLOG, an_article("Own", link="https://blog.example/x", date=EARLIER + timedelta(hours=1)), 2)
    [item] = feed([copy, own]).items
    assert (item.title, item.outlet.name) == ("Own", "Blog")
    assert item.published == EARLIER, "the story was published when it was first told"
    assert item.updated >= item.published


LONG = SafeHtml("<p>" + "All that there is to say about it. " * 40 + "</p>")
SHORT = SafeHtml("<p>All that there is…</p>")


def copies(one: SafeHtml, two: SafeHtml) -> list[StoredArticle]:
    """News had it first, Blog much later; both link to a page of their own."""
    first = an_article("News", link="https://news.example/x", body=one)
    second = an_article("Blog", link="https://blog.example/x", body=two, date=EARLIER + timedelta(hours=1))
    return [stored(NEWS, first), stored(BLOG, second, 20)]


@pytest.mark.parametrize(("one", "two", "shown"), [(LONG, LONG, "News"), (SHORT, LONG, "Blog"), (LONG, SHORT, "News")])
def test_the_earliest_copy_that_is_no_excerpt_is_shown(one: SafeHtml, two: SafeHtml, shown: str) -> None:
    [item] = feed(copies(one, two)).items
    assert (item.title, item.published, item.id) == (shown, EARLIER, "urn:uuid:1")


def test_an_operator_says_whose_copy_is_shown() -> None:
    def shown(*prefer: SourceId) -> str:
        [item] = feed(copies(LONG, SHORT), address=replace(BOTH, prefer=prefer)).items
        return item.outlet.name

    assert [shown(BLOG), shown(BLOG, NEWS), shown(NEWS, BLOG), shown(SourceId("gone"))] == [
        "Blog",
        "Blog",
        "News",
        "News",
    ]


def test_a_longer_copy_of_somebody_else_does_not_stand_in_for_the_page_it_links_to() -> None:
    own = stored(BLOG, an_article("Own", link="https://blog.example/x", body=SHORT))
    longer = stored(NEWS, an_article("Longer", link="https://blog.example/x", body=LONG), 20)
    assert feed([own, longer]).items[0].title == "Own"


def test_the_others_are_named_below_the_article() -> None:
    [item] = feed(copies(LONG, LONG)).items
    assert item.body == (
        LONG + '\n<p><small>Also in: <a href="https://blog.example/x" rel="noopener noreferrer">Blog</a></small></p>'
    )
    assert feed(copies(LONG, LONG), address=replace(BOTH, also_in="links")).items[0].body == LONG
    assert feed(copies(LONG, LONG)[:1]).items[0].body == LONG
    chinese = feed(copies(LONG, LONG), address=replace(BOTH, language="zh-CN")).items[0].body
    assert "<small>另见：<a" in chinese


def test_a_name_is_text_and_a_link_leads_to_the_web() -> None:
    outlets = {**OUTLETS, BLOG: an_outlet("<b>Blog</b> & co", url="https://blog.example/rss")}
    odd = replace(copies(LONG, LONG)[1], article=an_article(link="javascript:alert(1)", body=LONG))
    [item] = compose(BOTH, [[copies(LONG, LONG)[0], odd]], outlets, feed_id="urn:uuid:f", base_url="http://h/").items
    assert item.body.endswith("<small>Also in: &lt;b&gt;Blog&lt;/b&gt; &amp; co</small></p>")


def test_a_feed_shows_only_what_its_own_sources_say() -> None:
    first, second = stored(NEWS, an_article("First")), stored(BLOG, an_article("Second"), 2)
    [item] = feed([first, second], address=Address(slug="blog", title="Blog", sources=(BLOG,))).items
    assert (item.title, item.also_in) == ("Second", ())


def test_a_feed_is_as_new_as_its_newest_item() -> None:
    edited = stored(NEWS, an_article(updated=EARLIER + timedelta(hours=1)))
    assert feed([edited], [stored(BLOG, an_article())]).updated == EARLIER + timedelta(hours=1)


def test_an_empty_feed_has_a_date_that_never_changes() -> None:
    assert feed().updated == feed().updated


def test_credentials_in_a_sources_address_are_not_published() -> None:
    secret: dict[SourceId, Outlet] = {NEWS: an_outlet(url="https://user:pass@news.example/feed")}
    composed = compose(BOTH, [[stored(NEWS, an_article())]], secret, feed_id="urn:uuid:f", base_url="http://h/")
    assert "pass" not in repr(composed)


def test_no_story_is_dated_after_it_was_seen() -> None:
    ahead = NOW + timedelta(hours=8)
    early = stored(NEWS, an_article(date=ahead, updated=ahead + timedelta(hours=1)))
    [item] = feed([early]).items
    assert item.published == early.first_seen
    assert item.updated == early.first_seen
    assert item.outlet.updated <= early.first_seen


def test_an_empty_feed_is_of_a_time_that_validators_believe() -> None:
    assert feed().updated.year == 1990
