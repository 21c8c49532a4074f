"""The feed of what happened to sources and to the program: one item per event, never among articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from uuid import NAMESPACE_URL, uuid5

from aggregator.model.article import SafeHtml, StoryId
from aggregator.model.feed import Feed, Item, Outlet
from aggregator.model.health import Event
from aggregator.model.source import SourceId

SLUG = "_health"
EPOCH = datetime(1990, 1, 1, tzinfo=UTC)  # of no events; the validator believes no date before
_EVENTS = uuid5(NAMESPACE_URL, "urn:aggregator:health")


def compose_health(
    events: Sequence[tuple[int, Event]], outlets: Mapping[SourceId, Outlet], *, feed_id: str, base_url: str
) -> Feed:
    """Events with their numbers, the newest first, as a feed. Their ids hold in this database, as the numbers do."""
    return Feed(
        id=feed_id,
        slug=SLUG,
        title="Health of the sources",
        subtitle="What broke, moved, fell silent or came back, and what went wrong with the program itself",
        base_url=base_url,
        language="en",
        updated=max((event.at for _, event in events), default=EPOCH),
        items=tuple(_item(number, event, outlets, base_url) for number, event in events),
    )


def _item(number: int, event: Event, outlets: Mapping[SourceId, Outlet], base_url: str) -> Item:
    at = event.at.replace(microsecond=0)
    link = f"{base_url}sources#{event.source}" if event.source else base_url
    ours = Outlet(
        name="aggregator", url=f"{base_url}feeds/{SLUG}.atom", site=base_url, title="Health", link=link, updated=at
    )
    outlet = outlets.get(event.source, ours) if event.source else ours
    return Item(
        id=StoryId(uuid5(_EVENTS, f"{number} {event.at.isoformat()} {event.source} {event.kind}").urn),
        title=event.title,
        link=link,
        author=event.name,
        published=at,
        updated=at,
        first_seen=at,
        summary=event.text,
        body=SafeHtml(f"<p>{escape(event.text)}</p>"),
        image="",
        thumbnail="",
        tags=(event.kind,),
        categories=("/".join(outlet.category),) if outlet.category else (),
        enclosures=(),
        language="en",
        comments_url=None,
        outlet=replace(outlet, link=link, updated=at),
        also_in=(),
    )
