"""Values to rows and back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from sqlite3 import Row
from typing import Any
from urllib.parse import quote

from aggregator.model.article import Article, SafeHtml, StoredArticle, StoryId
from aggregator.model.enrichment import PageCounts, PageErrand, PageResult
from aggregator.model.entry import Edges, Enclosure, Ends, Rhythm
from aggregator.model.feed import Outlet
from aggregator.model.outcome import FeedFacts, Harvest, Known, Save
from aggregator.model.podcast import Podcast
from aggregator.model.search import Match
from aggregator.model.source import Claim, Move, Source, SourceId, Validators, mask, shown_url
from aggregator.model.status import SourceStatus
from aggregator.model.story import Join, Neighbour, Spot, Standing, Wording
from aggregator.model.subscription import PushStatus, Subscription, Token

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FINGERPRINT = 8  # bytes
_PUNCTUATION = re.compile("[^0-9]")


def to_text(time: datetime) -> str:
    """UTC in whole seconds: it sorts as text, and people can read it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def to_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def optional_text(time: datetime | None) -> str | None:
    return to_text(time) if time else None


def optional_time(text: str | None) -> datetime | None:
    return to_time(text) if text else None


def to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def to_source_row(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "url": source.url,
        "public_url": source.public_url,
        "name": source.name,
        "category": to_json(source.category),
        "language": source.language,
        "full_text": int(source.full_text),
    }


def from_article(article: Article) -> dict[str, Any]:
    """The columns that hold what an article says."""
    assert article.date is not None, "a date is settled before an article is saved"
    return {
        "title": article.title,
        "categories": to_json(article.categories),
        "headimg": article.headimg,
        "author": article.author,
        "comments": int(article.comments),
        "date": to_text(article.date),
        "thumbnail": article.thumbnail,
        "body": article.body,
        "link": article.link,
        "guid": article.guid,
        "updated": optional_text(article.updated),
        "language": article.language,
        "enclosures": to_json([_without_nothing(asdict(enclosure)) for enclosure in article.enclosures]),
        "tags": to_json(article.tags),
        "summary": article.summary,
        "comments_url": article.comments_url,
    }


def to_article_row(source: SourceId, save: Save, at: datetime) -> dict[str, Any]:
    return {
        **from_article(save.article),
        "source": source,
        "story": save.story,
        "first_seen": to_text(save.first_seen),
        "changed": to_text(at),
        "sort_at": to_text(save.sort_at),
        "position": save.position,
        "backlog": save.backlog,
        "digest": save.digest,
        "id": save.replaces,
    }


def to_stored_article(row: Row) -> StoredArticle:
    return StoredArticle(
        id=row["id"],
        source=SourceId(row["source"]),
        story=StoryId(row["story"]),
        article=_to_article(row),
        first_seen=to_time(row["first_seen"]),
        changed=to_time(row["changed"]),
        sort_at=to_time(row["sort_at"]),
        backlog=bool(row["backlog"]),
        is_copy=bool(row["copy"]),
    )


def to_said(row: Row) -> Article:
    return replace(_to_article(row), body=SafeHtml(row["feed_body"]))


def to_page_errand(row: Row) -> PageErrand:
    return PageErrand(
        article_id=row["id"],
        source=SourceId(row["source"]),
        host=row["host"],
        article=_to_article(row),
        feed_body=SafeHtml(row["feed_body"]),
        tries=row["tries"],
    )


def from_page_result(result: PageResult) -> dict[str, Any]:
    return {
        "state": str(result.state),
        "reason": result.reason,
        "tries": result.tries,
        "next_at": optional_text(result.next_at),
    }


def to_page_counts(row: Row) -> PageCounts:
    return PageCounts(
        waiting=row["waiting"], full=row["full"], kept=row["kept"], given_up=row["given_up"], problem=row["problem"]
    )


def to_standing(row: Row) -> Standing:
    return Standing(StoryId(row["story"]), row["backlog"])


def place(row: Row) -> tuple[int, int, str]:
    """Where the story of this row stands: what stands behind it is greater."""
    return -int(_PUNCTUATION.sub("", row["sort_at"])), row["position"], row["story"]


def place_of(spot: Spot) -> tuple[int, int, str]:
    """The same of a place that is known."""
    return -int(_PUNCTUATION.sub("", to_text(spot.sort_at))), spot.position, spot.story


def to_spot(row: Row) -> Spot:
    return Spot(sort_at=to_time(row["sort_at"]), position=row["position"], story=StoryId(row["story"]))


def to_neighbour(row: Row) -> Neighbour:
    return Neighbour(
        id=row["id"], source=SourceId(row["source"]), story=StoryId(row["story"]), date=to_time(row["date"])
    )


def to_wording(row: Row) -> Wording:
    return Wording(
        id=row["id"],
        source=SourceId(row["source"]),
        story=StoryId(row["story"]),
        date=to_time(row["date"]),
        first_seen=to_time(row["first_seen"]),
        sort_at=to_time(row["sort_at"]),
        title=row["title"],
        body=row["body"],
    )


def from_join(join: Join) -> dict[str, Any]:
    return {
        "story": join.story,
        "head": join.head,
        "article": join.article,
        "like": join.like,
        "rule": join.rule,
        "figures": to_json(dict(join.figures)),
        "sort_at": to_text(join.sort_at),
        "position": join.position,
    }


def to_join(row: Row) -> Join:
    return Join(
        story=StoryId(row["story"]),
        head=StoryId(row["head"]),
        article=row["article"],
        like=row["like"],
        rule=row["rule"],
        figures=json.loads(row["figures"]),
        sort_at=to_time(row["sort_at"]),
        position=row["position"],
    )


def to_match(row: Row, relevance: float) -> Match:
    return Match(
        article=row["id"],
        story=StoryId(row["story"]),
        head=StoryId(row["head"]),
        sort_at=to_time(row["sort_at"]),
        position=row["position"],
        relevance=relevance,
        waits=bool(row["waits"]),
    )


def to_known(row: Row) -> Known:
    """A row of `aliases`, joined with its article; the article's columns are null where it was pruned."""
    pruned = row["story"] is None
    return Known(
        id=row["article"],
        pruned=pruned,
        story=StoryId(row["story"] or ""),
        title=row["title"] or "",
        guid=row["guid"],
        link=row["link"],
        digest=row["digest"] or b"",
        date=EPOCH if pruned else to_time(row["date"]),
        updated=optional_time(row["updated"]),
        first_seen=EPOCH if pruned else to_time(row["first_seen"]),
        sort_at=EPOCH if pruned else to_time(row["sort_at"]),
        position=row["position"] or 0,
        changed=EPOCH if pruned else to_time(row["changed"]),
    )


def to_claim(row: Row) -> Claim:
    return Claim(
        source=SourceId(row["id"]),
        url=row["moved_to"] if row["adopted"] else row["url"],
        move=_to_move(row),
        validators=_to_validators(row),
        body_digest=row["body_digest"],
        known=unpack_known(row["known"]),
        failures=row["failures"],
        pace=row["pace"],
        rhythm=to_rhythm(row["rhythm"]),
        last_success=optional_time(row["last_success_at"]),
        last_change=optional_time(row["last_change_at"]),
        ends=unpack_ends(row["ends"] or b""),
    )


def to_status(row: Row) -> SourceStatus:
    return SourceStatus(
        id=SourceId(row["id"]),
        name=row["name"],
        url=row["public_url"],
        category=tuple(json.loads(row["category"])),
        configured=bool(row["configured"]),
        title=row["title"],
        site=row["site"],
        articles=row["articles"],
        last_poll=optional_time(row["last_poll_at"]),
        last_success=optional_time(row["last_success_at"]),
        last_change=optional_time(row["last_change_at"]),
        next_poll=optional_time(row["next_poll_at"]),
        why_next=row["why_next"],
        failures=row["failures"],
        problem=row["problem"],
        moved_to=_public_move(row),
        pace=row["pace"],
        polled_until=optional_time(row["claimed_until"]),
        push=_to_push_status(row),
    )


def _to_push_status(row: Row) -> PushStatus | None:
    if row["subscribed_at"] is None:
        return None
    return PushStatus(
        hub=row["subscribed_at"],
        lease_until=optional_time(row["lease_until"]),
        last_delivery=optional_time(row["last_delivery_at"]),
        problem=row["push_problem"],
        missed=row["missed"],
    )


def to_subscription(row: Row) -> Subscription:
    return Subscription(
        token=Token(row["token"]),
        secret=row["secret"],
        callback=row["callback"],
        source=SourceId(row["source"]),
        hub=row["hub"],
        topic=row["topic"],
        leaving=bool(row["leaving"]),
        next_request=to_time(row["next_request_at"]),
        failures=row["failures"],
        problem=row["problem"],
        lease_until=optional_time(row["lease_until"]),
        verified=optional_time(row["verified_at"]),
        last_delivery=optional_time(row["last_delivery_at"]),
        missed=row["missed"],
    )


def from_subscription(subscription: Subscription) -> dict[str, Any]:
    return {
        "token": subscription.token,
        "secret": subscription.secret,
        "callback": subscription.callback,
        "source": subscription.source,
        "hub": subscription.hub,
        "topic": subscription.topic,
        "leaving": int(subscription.leaving),
        "next_request_at": to_text(subscription.next_request),
        "failures": subscription.failures,
        "problem": subscription.problem,
        "lease_until": optional_text(subscription.lease_until),
        "verified_at": optional_text(subscription.verified),
        "last_delivery_at": optional_text(subscription.last_delivery),
        "missed": subscription.missed,
    }


def from_announcement(harvest: Harvest) -> dict[str, str | None]:
    """Hub and topic, if somebody else could ask the hub for it: a file on our disk is no topic."""
    hub, topic = harvest.facts.hub, harvest.facts.self_url or harvest.url
    if hub is None or not topic.startswith(("http://", "https://")):
        return {"hub": None, "topic": None}
    return {"hub": hub, "topic": topic}


def to_facts(row: Row) -> FeedFacts:
    return FeedFacts(
        title=row["title"],
        link=row["site"],
        podcast=to_podcast(row["podcast"]),
        hub=row["hub"],
        self_url=row["topic"],
        rhythm=to_rhythm(row["rhythm"]),
    )


def to_outlet(row: Row) -> Outlet:
    return Outlet(
        name=row["name"],
        url=row["public_url"],
        site=row["site"],
        title=row["title"] or row["name"],
        category=tuple(json.loads(row["category"])),
        link=None,
        updated=optional_time(row["last_change_at"]) or EPOCH,
        podcast=to_podcast(row["podcast"]),
    )


def from_podcast(podcast: Podcast | None) -> str | None:
    return to_json(_without_nothing(asdict(podcast))) if podcast else None


def to_podcast(text: str | None) -> Podcast | None:
    if text is None:
        return None
    fields = json.loads(text)
    return Podcast(**{**fields, "categories": tuple(map(tuple, fields.get("categories", ())))})


def from_rhythm(rhythm: Rhythm) -> str | None:
    if rhythm == Rhythm():
        return None
    seconds = int(rhythm.interval.total_seconds()) if rhythm.interval else None
    return to_json([seconds, sorted(rhythm.skip_hours), sorted(rhythm.skip_days)])


def to_rhythm(text: str | None) -> Rhythm:
    if text is None:
        return Rhythm()
    seconds, hours, days = json.loads(text)
    interval = timedelta(seconds=seconds) if seconds is not None else None
    return Rhythm(interval=interval, skip_hours=frozenset(hours), skip_days=frozenset(days))


def pack_known(known: frozenset[bytes]) -> bytes:
    return b"".join(sorted(known))


def unpack_known(packed: bytes) -> frozenset[bytes]:
    return frozenset(packed[start : start + FINGERPRINT] for start in range(0, len(packed), FINGERPRINT))


def pack_ends(ends: Ends) -> bytes:
    return b"".join(name + bytes([len(edges)]) + b"".join(sorted(edges)) for name, edges in ends)


def unpack_ends(packed: bytes) -> Ends:
    found: list[tuple[bytes, Edges]] = []
    at = 0
    while at < len(packed):
        start = at + FINGERPRINT + 1
        end = start + FINGERPRINT * packed[start - 1]
        edges = frozenset(packed[place : place + FINGERPRINT] for place in range(start, end, FINGERPRINT))
        found.append((packed[at : at + FINGERPRINT], edges))
        at = end
    return tuple(found)


def _to_article(row: Row) -> Article:
    return Article(
        title=row["title"],
        categories=tuple(json.loads(row["categories"])),
        headimg=row["headimg"],
        author=row["author"],
        comments=bool(row["comments"]),
        date=to_time(row["date"]),
        thumbnail=row["thumbnail"],
        body=SafeHtml(row["body"]),
        link=row["link"],
        guid=row["guid"],
        updated=optional_time(row["updated"]),
        language=row["language"],
        enclosures=tuple(Enclosure(**enclosure) for enclosure in json.loads(row["enclosures"])),
        tags=tuple(json.loads(row["tags"])),
        summary=row["summary"],
        comments_url=row["comments_url"],
    )


def _public_move(row: Row) -> str | None:
    """Where it has moved to, with ${NAME} for every secret of its URL: redirects often copy the query."""
    moved_to: str | None = row["moved_to"]
    if moved_to is None:
        return None
    url, public_url = shown_url(row["url"]), str(row["public_url"])
    words = re.split(r"(\$\{\w+\})", public_url)
    match = re.fullmatch("".join("(.+?)" if at % 2 else re.escape(word) for at, word in enumerate(words)), url)
    if match is None:  # nothing of it may be shown but the host
        return re.sub(r"(//[^/?#]*).*", r"\1/", shown_url(moved_to))
    found = zip(match.groups(), words[1::2], strict=True)
    return mask(shown_url(moved_to), tuple((form, name) for value, name in found for form in (value, quote(value))))


def from_move(move: Move | None) -> dict[str, Any]:
    return {
        "moved_to": move.to if move else None,
        "moved_since": to_text(move.since) if move else None,
        "moved_polls": move.polls if move else 0,
        "adopted": int(move.adopted) if move else 0,
    }


def _to_move(row: Row) -> Move | None:
    if row["moved_to"] is None:
        return None
    since = to_time(row["moved_since"])
    return Move(to=row["moved_to"], since=since, polls=row["moved_polls"], adopted=bool(row["adopted"]))


def _to_validators(row: Row) -> Validators | None:
    if row["validators_url"] is None:
        return None
    return Validators(url=row["validators_url"], etag=row["etag"], last_modified=row["last_modified"])


def _without_nothing(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}
