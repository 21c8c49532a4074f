"""Keys that had another name: those of ours are taken, with a warning; those of other programs are explained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from aggregator.config.text import Text
from aggregator.model.errors import Problem


@dataclass(frozen=True, slots=True)
class Renamed:
    """A key of an earlier version of this program, and the one that took its place."""

    place: tuple[str, ...]  # of the mapping that it stands in; "*" is any key, and any item of a list
    old: str
    new: str


RENAMED: tuple[Renamed, ...] = ()
"""None so far. An entry here keeps the files of those who upgrade working, with a warning that names the new key."""


def mend_renamed(text: Text, root: MappingNode, loc: tuple[str | int, ...] = ()) -> list[Problem]:
    """Give the keys of an earlier version the names of today, in place; a warning for each."""
    return [] if not RENAMED else list(_mend(text, root, loc))


def _mend(text: Text, node: Node, loc: tuple[str | int, ...]) -> Iterator[Problem]:
    if isinstance(node, SequenceNode):
        for at, item in enumerate(node.value):
            yield from _mend(text, item, (*loc, at))
    elif isinstance(node, MappingNode):
        yield from _mend_keys(text, node, loc)
        for key, value in node.value:
            yield from _mend(text, value, (*loc, str(key.value)))


def _mend_keys(text: Text, node: MappingNode, loc: tuple[str | int, ...]) -> Iterator[Problem]:
    table = {each.old: each.new for each in RENAMED if _fits(each.place, loc)}
    for at, (key, value) in enumerate(node.value if table else ()):
        new = table.get(key.value) if isinstance(key, ScalarNode) else None
        if new is not None:
            message = f"{key.value}: is called {new} now; it works for the time being, write {new}:"
            start, end = key.start_mark, key.end_mark
            path = (*loc, str(key.value))
            yield text.problem(message, start, end, path=path, suggestion=new, severity="warning")
            node.value[at] = (ScalarNode(key.tag, new, start, end), value)


def _fits(place: tuple[str, ...], loc: tuple[str | int, ...]) -> bool:
    return len(place) == len(loc) and all(want in ("*", part) for want, part in zip(place, loc, strict=True))


# What other programs, and people, call it; by our own name for it.
_ELSEWHERE = {
    "url": "link feed feed_url feedurl xmlurl xml_url href uri rss atom address src",
    "name": "title label text display_name",
    "title": "name label text display_name",
    "sources": "feeds feed urls links items subscriptions outlines sites",
    "categories": "feeds category folders groups subscriptions topics",
    "every": "interval refresh refresh_interval frequency period ttl poll poll_interval schedule update_interval",
    "time_zone": "timezone tz zone",
    "user_agent": "useragent agent ua",
    "full_text": "fulltext full crawler fetch_full scrape fetch_content",
    "content": "selector content_selector article body scraper_rules",
    "rules": "rule filters filter filtering",
    "remove": "strip cut exclude_selectors block blocklist",
    "keep": "retention expire expiry max_age retain keep_days purge_after",
    "language": "lang locale",
    "max_size": "maxsize size size_limit max_bytes",
    "headers": "header http_headers",
    "enabled": "disabled active paused pause disable",
    "timeout": "deadline max_time",
    "include": "includes import imports",
    "defaults": "default global globals common",
    "concurrency": "workers threads parallel jobs",
    "spacing": "delay wait sleep pause",
    "contact": "email mail from",
    "allow_private": "private allow_local allow",
    "folder": "output output_dir dir directory path out",
    "base_url": "url link site_url root_url baseurl",
    "limit": "max_items items count max_entries entries size",
    "formats": "format types type",
    "database": "db path file sqlite dsn",
    "listen": "port bind address host addr",
    "polling": "poll fetch fetching fetcher update",
    "publish": "output publishing out",
    "server": "http web serve",
    "storage": "store db database data",
    "slug": "id path key",
    "merge": "dedupe dedup deduplicate duplicates",
    "proxy": "http_proxy https_proxy",
}


def name_elsewhere(key: str, allowed: list[str]) -> str | None:
    """Which of the keys that may stand here has this name in other programs."""
    wanted = key.lower().replace("-", "_")
    if wanted in allowed:
        return wanted
    return next((ours for ours in allowed if wanted in _ELSEWHERE.get(ours, "").split()), None)
