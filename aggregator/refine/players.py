"""Frames and players: which page shows what they show, for readers that show no frames."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from aggregator.refine.images import Attributes, is_beacon
from aggregator.refine.text import one_line
from aggregator.refine.urls import absolute

SOURCES = ("src", "data-src", "data-lazy-src", "data-litespeed-src", "data-cmp-src", "data-original", "data")
"""The attributes of a frame that may hold its address."""

PAGES = {
    r"(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com|youtu\.be)/embed/(?:videoseries)?\?(?:[^#]*&)?list=([\w-]{6,80})": (
        "YouTube",
        "https://www.youtube.com/playlist?list={}",
    ),
    r"(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com|youtu\.be)/(?:embed|v|shorts)/([\w-]{6,20})(?![\w-])": (
        "YouTube",
        "https://www.youtube.com/watch?v={}",
    ),
    r"player\.vimeo\.com/video/(\d+)": ("Vimeo", "https://vimeo.com/{}"),
    r"player\.bilibili\.com/player\.html\?(?:[^#]*&)?bvid=(BV\w+)": ("Bilibili", "https://www.bilibili.com/video/{}"),
    r"player\.bilibili\.com/player\.html\?(?:[^#]*&)?aid=(\d+)": ("Bilibili", "https://www.bilibili.com/video/av{}"),
    r"(?:www\.)?dailymotion\.com/embed/video/(\w+)": ("Dailymotion", "https://www.dailymotion.com/video/{}"),
    r"open\.spotify\.com/embed/((?:track|album|playlist|episode|show|artist)/\w+)": (
        "Spotify",
        "https://open.spotify.com/{}",
    ),
}
"""Players, what they are called, and the pages of what they play."""

DETAILS = {
    "YouTube": (r"[?&]start=(\d{1,6})", "&t={}s"),
    "Vimeo": (r"[?&]h=([0-9a-f]{6,20})", "/{}"),
    "Bilibili": (r"[?&](?:p|page)=([2-9]|\d\d{1,3})(?!\d)", "?p={}"),
}
"""What of a player's address its page has to be told: where to begin, the key to what is not listed, which part."""

ELEMENTS = {
    "lite-youtube": ("videoid", "https://www.youtube.com/embed/{}"),
    "amp-youtube": ("data-videoid", "https://www.youtube.com/embed/{}"),
    "lite-vimeo": ("videoid", "https://player.vimeo.com/video/{}"),
    "amp-vimeo": ("data-videoid", "https://player.vimeo.com/video/{}"),
    "amp-dailymotion": ("data-videoid", "https://www.dailymotion.com/embed/video/{}"),
    "youtube-video": ("src", "{}"),
}
"""Elements that a script would make players of: the attribute that tells what they play, and their frame's address."""

WIDGETS = re.compile(
    r"""https?://(?:
      (?:www\.)?facebook\.com/(?:v[\d.]+/)?plugins/(?:like|share|follow|page)
    | platform\.twitter\.com/widgets/(?:tweet|follow)_button | feedads\. | googleads\.
    )""",
    re.VERBOSE,
)
"""Buttons and adverts: nothing that an article would miss."""

_NO_TITLE = re.compile(
    r"(?:(?:embedded|embed|youtube|vimeo|bilibili|dailymotion|spotify|video|media|audio|player|iframe|content|document)\b[\s:-]*)+",
    re.IGNORECASE,
)
_PAGES = [(re.compile(f"https?://{player}"), name, page) for player, (name, page) in PAGES.items()]


@dataclass(frozen=True, slots=True)
class Shown:
    """A page that shows what a player plays, and what to call it."""

    url: str
    title: str


def shown_by(given: Attributes, base: str | None) -> Shown | None:
    """What a frame with these attributes shows, if it shows anything of the article."""
    url = next((found for name in SOURCES if (found := absolute(given.get(name), base))), None)
    if url is None or WIDGETS.match(url) or is_beacon(url):
        return None
    return _shown(url, one_line(given.get("title") or ""))


def named_by(tag: str, given: Attributes) -> Shown | None:
    """What such an element would have played."""
    attribute, frame = ELEMENTS[tag]
    url = absolute(frame.format(given.get(attribute) or ""))
    title = given.get("title") or given.get("playlabel") or given.get("videotitle")
    return _shown(url, one_line(title or "")) if url and given.get(attribute) else None


def _shown(url: str, title: str) -> Shown:
    given = "" if _NO_TITLE.fullmatch(title) else title
    for player, name, page in _PAGES:
        if match := player.match(url):
            return Shown(page.format(match[1]) + _detail(name, url), given or f"{name}: {match[1]}")
    return Shown(url, given or urlsplit(url).hostname or url)


def _detail(player: str, url: str) -> str:
    """Where to begin, and the like. Of a playlist, nothing."""
    pattern, detail = DETAILS.get(player, ("", ""))
    found = re.search(pattern, url) if pattern and "list=" not in url else None
    return detail.format(found[1]) if found else ""
