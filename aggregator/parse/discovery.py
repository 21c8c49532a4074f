"""The feeds that a page names, and where sites of a known kind have theirs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from aggregator.parse.characters import line
from aggregator.parse.linkheader import links_of

COMMON = (
    "/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feeds/posts/default", "/feed.json",
)  # fmt: skip
_TYPES = {
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/xml",
    "text/xml", "application/x.atom+xml", "application/x-atom+xml", "application/json", "text/rss+xml",
}  # fmt: skip
_SURE = {"application/rss+xml", "application/atom+xml", "application/feed+json"}
_LOOKED_AT = 2_000_000  # characters of a page
_HIDDEN = re.compile(r"<!--.*?-->|<(script|style|template)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(link|a|base)\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([A-Za-z-]{1,30})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_COMMENTS = re.compile(r"comment|评论|kommentar|コメント", re.IGNORECASE)
_LOOKS_LIKE = re.compile(r"/(feed|rss|atom)(/|\.xml|\.json|$)|\.(rss|atom)$|/(index|feeds?)\.xml$|[?&]feed=(rss|atom)")


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that may be at this address."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is certain of an address by its host alone."""

    feeds: tuple[FeedLink, ...] = ()
    note: str = ""  # for people, where the site has no feed of its own


def page_links(text: str, url: str, header: str | None = None) -> tuple[FeedLink, ...]:
    """The feeds that a page names, the best first: as its Link header and <link> say, comments behind all others."""
    text = _HIDDEN.sub(" ", text[:_LOOKED_AT])
    base = url
    found: dict[str, tuple[int, FeedLink]] = {}
    for target, parameters in links_of(header, "alternate"):
        if parameters.get("type", "").lower() in _TYPES:
            link = FeedLink(_joined(url, target), line(parameters.get("title", ""), 200))
            found.setdefault(link.url, (_rank(link, sure=True), link))
    for tag, attributes in _tags(text):
        href = attributes.get("href", "").strip()
        if not href:
            continue
        if tag == "base":
            base = _joined(url, href) if base == url else base
        elif (address := _joined(base, href)).startswith(("http://", "https://")):
            link = FeedLink(address.partition("#")[0], line(attributes.get("title", ""), 200))
            rank = _rank_of_tag(tag, attributes, link)
            if rank is not None and (link.url not in found or found[link.url][0] > rank):
                found[link.url] = (rank, link)
    ordered = sorted(found.values(), key=lambda pair: pair[0])  # stable: the page's own order
    return tuple(link for _, link in ordered)[:20]


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for match in _TAG.finditer(text):
        attributes: dict[str, str] = {}
        for name, double, single, bare in _ATTRIBUTE.findall(match[2]):
            attributes.setdefault(name.lower(), html.unescape(double or single or bare))
        yield match[1].lower(), attributes


def _rank_of_tag(tag: str, attributes: dict[str, str], link: FeedLink) -> int | None:
    rel = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    if tag == "link":
        if ("alternate" in rel and kind in _TYPES) or "feed" in rel:
            return _rank(link, sure=kind in _SURE or "feed" in rel)
        return None
    if kind in _SURE or _LOOKS_LIKE.search(urlsplit(link.url).path + "?" + urlsplit(link.url).query):
        return 4 + _rank(link, sure=True)
    return None


def _rank(link: FeedLink, *, sure: bool) -> int:
    if "oembed" in link.url or "wp-json" in link.url:
        return 9
    return (0 if sure else 1) + (2 if _COMMENTS.search(link.title) or _COMMENTS.search(link.url) else 0)


def _joined(base: str, href: str) -> str:
    try:
        joined = urljoin(base, href)
        urlsplit(joined)  # which raises where it is no address
        return joined
    except ValueError:
        return ""


def address_of(text: str) -> str:
    """What a person types, as an address: @user@host, r/name, a host without https."""
    text = text.strip()
    if match := re.fullmatch(r"@([\w.-]+)@([\w.-]+\.\w+)", text):
        return f"https://{match[2]}/@{match[1]}"
    if match := re.fullmatch(r"/?(r|u|user)/([\w-]+)/?", text):
        return f"https://www.reddit.com/{match[1]}/{match[2]}/"
    if text.startswith("feed://"):
        return "https://" + text[7:]
    if text.startswith(("feed:http", "feed:https")):
        return text[5:]
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) or re.fullmatch(r"[\w.-]+:\d{2,5}(/.*)?", text):
        return f"https://{text}"
    return text


def known_addresses(url: str) -> Known:
    """Where sites of a known kind have their feeds; nothing is asked."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return Known()
    host = (parts.hostname or "").lower().removeprefix("www.").removeprefix("m.")
    path = [level for level in parts.path.split("/") if level]
    for hosts, rule in _RULES:
        if host in hosts or any(each.startswith(".") and host.endswith(each) for each in hosts):
            return rule(host, path, parts.query)
    if len(path) == 1 and re.fullmatch(r"@[\w.-]+", path[0]):  # Mastodon and those like it
        return _feeds(f"https://{parts.netloc}/{path[0]}.rss")
    return Known()


def _feeds(*urls: str, note: str = "") -> Known:
    return Known(tuple(map(FeedLink, urls)), note)


def _youtube(host: str, path: list[str], query: str) -> Known:
    base = "https://www.youtube.com/feeds/videos.xml?"
    playlist = re.search(r"(?:^|&)list=([\w-]{10,})", query)
    if path[:1] == ["playlist"] and playlist:
        return _feeds(f"{base}playlist_id={playlist[1]}")
    if path[:1] == ["channel"] and len(path) > 1:
        return _feeds(f"{base}channel_id={path[1]}")
    if path[:1] == ["user"] and len(path) > 1:
        return _feeds(f"{base}user={path[1]}")
    return Known()  # an @handle or a video: its page names the channel


def _github(host: str, path: list[str], query: str) -> Known:
    if len(path) == 1:
        return _feeds(f"https://github.com/{path[0]}.atom")
    if len(path) < 2:
        return Known()
    base = f"https://github.com/{path[0]}/{path[1].removesuffix('.git')}"
    if path[2:3] == ["commits"] and len(path) > 3:
        return _feeds(f"{base}/commits/{'/'.join(path[3:]).removesuffix('.atom')}.atom")
    kinds = ("releases", "commits", "tags")
    asked = path[2] if len(path) > 2 and path[2] in kinds else "releases"
    return _feeds(*(f"{base}/{each}.atom" for each in (asked, *(kind for kind in kinds if kind != asked))))


def _gitlab(host: str, path: list[str], query: str) -> Known:
    if len(path) < 2:
        return Known()
    project = "/".join(path[: path.index("-")] if "-" in path else path)
    return _feeds(f"https://{host}/{project}/-/releases.atom", f"https://{host}/{project}/-/tags?format=atom",
                  f"https://{host}/{project}.atom")  # fmt: skip


def _reddit(host: str, path: list[str], query: str) -> Known:
    where = "/".join(path).removesuffix("/.rss").removesuffix(".rss")
    return _feeds(f"https://www.reddit.com/{where}/.rss" if where else "https://www.reddit.com/.rss")


def _medium(host: str, path: list[str], query: str) -> Known:
    if host != "medium.com":
        return _feeds(f"https://{host}/feed")
    if path[:1] == ["feed"]:
        return Known()
    return _feeds(f"https://medium.com/feed/{'/'.join(path[:1])}") if path else Known()


def _substack(host: str, path: list[str], query: str) -> Known:
    return _feeds(f"https://{host}/feed")


def _tumblr(host: str, path: list[str], query: str) -> Known:
    if host == "tumblr.com":
        return _feeds(f"https://{path[-1]}.tumblr.com/rss") if path else Known()
    return _feeds(f"https://{host}/rss")


def _blogger(host: str, path: list[str], query: str) -> Known:
    return _feeds(f"https://{host}/feeds/posts/default")


def _bluesky(host: str, path: list[str], query: str) -> Known:
    return _feeds(f"https://bsky.app/profile/{path[1]}/rss") if path[:1] == ["profile"] and len(path) > 1 else Known()


def _stack_exchange(host: str, path: list[str], query: str) -> Known:
    if path[:2] == ["questions", "tagged"] and len(path) > 2:
        tag = quote(path[2], safe="+%")
        return _feeds(f"https://{host}/feeds/tag?tagnames={tag}&sort=newest")
    return Known() if path[:1] == ["feeds"] else _feeds(f"https://{host}/feeds")


def _hacker_news(host: str, path: list[str], query: str) -> Known:
    note = "only its front page has a feed of its own; hnrss.org, which is somebody else's, has others"
    return _feeds("https://news.ycombinator.com/rss", note=note if path else "")


def _without(host: str, path: list[str], query: str) -> Known:
    return Known(note=f"{host} has no feeds of its own; RSSHub (https://docs.rsshub.app) makes some: add its address")


_RULES = (
    (("youtube.com",), _youtube),
    (("github.com",), _github),
    (("gitlab.com",), _gitlab),
    (("reddit.com", "old.reddit.com"), _reddit),
    (("medium.com", ".medium.com"), _medium),
    ((".substack.com",), _substack),
    (("tumblr.com", ".tumblr.com"), _tumblr),
    ((".blogspot.com",), _blogger),
    (("bsky.app",), _bluesky),
    (("stackoverflow.com", "superuser.com", "serverfault.com", "askubuntu.com", ".stackexchange.com"), _stack_exchange),
    (("news.ycombinator.com",), _hacker_news),
    (("bilibili.com", ".bilibili.com", "weibo.com", "zhihu.com", "x.com", "twitter.com", "instagram.com"), _without),
)

_CHANNEL = re.compile(
    r'"(?:externalId|channelId)"\s*:\s*"(UC[\w-]{22})"'
    r'|<meta itemprop="(?:identifier|channelId)" content="(UC[\w-]{22})"'
)
_APPLE = re.compile(r'"feedUrl"\s*:\s*"(https?:[^"\\]{0,2000}(?:\\.[^"\\]{0,500}){0,20})"')


def hidden_feeds(text: str, url: str) -> tuple[FeedLink, ...]:
    """The feeds that the pages of YouTube and of Apple Podcasts name in their data for programs."""
    host = (urlsplit(url).hostname or "").lower()
    text = text[:_LOOKED_AT]
    if host.endswith("youtube.com") and (match := _CHANNEL.search(text)):
        return (FeedLink(f"https://www.youtube.com/feeds/videos.xml?channel_id={match[1] or match[2]}"),)
    if host.endswith("podcasts.apple.com") and (match := _APPLE.search(text)):
        return (FeedLink(match[1].replace("\\/", "/").replace("\\u0026", "&")),)
    return ()


def common_addresses(url: str) -> tuple[str, ...]:
    """Where feeds lie on most sites: below the page, as WordPress has them, and at the top."""
    parts = urlsplit(url)
    top = f"{parts.scheme}://{parts.netloc}"
    below = parts.path.rstrip("/")
    here = [f"{top}{below}/feed/", f"{top}{below}/index.xml"] if below and not re.search(r"\.\w{1,5}$", below) else []
    return tuple(dict.fromkeys([*here, *(top + path for path in COMMON)]))
