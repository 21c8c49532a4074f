"""What the pages show of stories and sources.

store.head_spots | jobs.stories.tell | compose ─► Stretch
store.heads      | jobs.stories.tell | compose ─► Story, with why each article tells it
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.compose import compose
from aggregator.compose.pictures import Pictures, pictured, with_pictures
from aggregator.jobs.rules import stands
from aggregator.jobs.stories import date_of, tell
from aggregator.model.article import StoredArticle, StoryId
from aggregator.model.browsing import Activity, Listed, Story, Stretch, Teller
from aggregator.model.feed import Address, Item, Outlet
from aggregator.model.source import SourceId
from aggregator.model.story import Join, Spot
from aggregator.refine.alternative import with_alternatives
from aggregator.store import Store

LOOKED_FOR = 20  # times so many stories that a page looks for those that rules let pass
ACTIVITY = 84  # days: whole weeks, so that no weekday counts more than another

Outlets = Mapping[SourceId, Outlet]


def stretch(store: Store, address: Address, behind: Spot | None, limit: int, pictures: Pictures | None) -> Stretch:
    """So many stories of a feed, the newest first, or those behind a place. Unlike the feed's document this has all of
    them, also what its sources brought at once."""
    told, rest = _passing(store, address, behind, limit)
    items = _items(address, [group for _, group in told], store.outlets(), pictures)
    stories = tuple(Listed(item, spot) for item, (spot, _) in zip(items, told, strict=True))
    return Stretch(stories, rest)


def _passing(
    store: Store, address: Address, behind: Spot | None, limit: int
) -> tuple[list[tuple[Spot, list[StoredArticle]]], Spot | None]:
    """So many stories that the rules let pass, or a few more, and behind which place there are others. Where rules keep
    out nearly everything, it is looked for so long and no longer: then there are less."""
    ask = store.head_spots if address.merge == "text" else store.spots
    told: list[tuple[Spot, list[StoredArticle]]] = []
    for _ in range(LOOKED_FOR if address.ruled else 1):
        spots = ask(address.scope, behind, limit + 1)
        told += _told(store, spots[:limit], address)
        if len(spots) <= limit:
            return told, None
        behind = spots[limit - 1]
        if len(told) >= limit:
            break
    return _cut(told, limit, behind)


def _cut(
    told: list[tuple[Spot, list[StoredArticle]]], limit: int, behind: Spot | None
) -> tuple[list[tuple[Spot, list[StoredArticle]]], Spot | None]:
    """No more than wanted, but whole places: several copies of a story can stand at one."""
    if len(told) <= limit:
        return told, behind
    last = told[limit - 1][0]
    return [one for at, one in enumerate(told) if at < limit or one[0] == last], last


def _told(store: Store, spots: Sequence[Spot], address: Address) -> Iterator[tuple[Spot, list[StoredArticle]]]:
    if address.merge == "off":  # each copy by itself, and several at one place
        yield from ((spot, group) for spot in spots for group in tell(store, [spot.story], address))
        return
    groups = {group[0].story: group for group in tell(store, [spot.story for spot in spots], address)}
    yield from ((spot, groups[spot.story]) for spot in spots if spot.story in groups)


def story(store: Store, asked: StoryId, scope: Address, pictures: Pictures | None) -> Story | None:
    """The story that has this id, or has joined that which does; None where nothing of it is kept, or may be shown."""
    head = store.heads([asked]).get(asked)
    if head is None:
        return None
    found = head.story if scope.merge == "text" else asked
    groups = tell(store, [found], scope)
    visible = [one for group in groups for one in group if stands(one, scope)]
    if not visible:
        return None
    outlets = store.outlets()
    [whole, *_] = _items(scope, groups, outlets, None)
    item = pictured(replace(whole, body=with_alternatives(whole.body)), pictures)
    joins = {join.story: join for join in store.joins_of(head.story)}
    own = store.articles_of([one.id for one in visible])  # `tell` gives all of them the id of the head
    return Story(
        item=item,
        spot=Spot(sort_at=head.sort_at, position=head.position, story=found),
        tellers=tuple(
            _teller(one, joins.get(own[one.id].story), outlets, is_first=at == 0, item=item)
            for at, one in enumerate(visible)
        ),
    )


def _teller(one: StoredArticle, join: Join | None, outlets: Outlets, *, is_first: bool, item: Item) -> Teller:
    outlet = replace(outlets[one.source], link=one.article.link)
    joined = join is not None and join.article == one.id
    return Teller(
        outlet=outlet,
        title=one.article.title,
        published=date_of(one),
        first_seen=one.first_seen,
        how="began" if is_first else "joined" if joined else "address",
        rule=join.rule if join is not None and joined and not is_first else "",
        shown=(outlet.name, one.article.link) == (item.outlet.name, item.link),
    )


def _items(
    address: Address, groups: Sequence[Sequence[StoredArticle]], outlets: Outlets, pictures: Pictures | None
) -> tuple[Item, ...]:
    feed = compose(address, groups, outlets, feed_id="", base_url="")
    return with_pictures(feed, pictures).items


def activity(store: Store, now: datetime) -> dict[SourceId, Activity]:
    """When each source that posted at all did so."""
    posted = store.posted(now - timedelta(days=ACTIVITY))
    return {source: _activity(counts) for source, counts in posted.items()}


def _activity(counts: Mapping[tuple[int, int], int]) -> Activity:
    hours, weekdays = [0] * 24, [0] * 7
    for (weekday, hour), articles in counts.items():
        hours[hour] += articles
        weekdays[weekday] += articles
    return Activity(days=ACTIVITY, hours=tuple(hours), weekdays=tuple(weekdays))
