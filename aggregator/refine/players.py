"""Frames and players: which page shows what they show, for readers that show no frames."""

from __future__ import annotations

import re

from aggregator.refine.images import Attributes, is_beacon
from aggregator.refine.urls import absolute

SOURCES = ("src", "data-src", "data-lazy-src", "data-litespeed-src", "data-cmp-src", "data-original", "data")
"""The attributes of a frame that may hold its address."""

PAGES = {
    r"(?:www\.)?(?:youtube(?:-nocookie)?\.com|youtu\.be)/(?:embed|v)/(?!videoseries)([\w-]{6,20})": (
        "https://www.youtube.com/watch?v={}"
    ),
    r"player\.vimeo\.com/video/(\d+)": "https://vimeo.com/{}",
    r"player\.bilibili\.com/player\.html\?(?:[^#]*&)?bvid=(BV\w+)": "https://www.bilibili.com/video/{}",
    r"player\.bilibili\.com/player\.html\?(?:[^#]*&)?aid=(\d+)": "https://www.bilibili.com/video/av{}",
    r"(?:www\.)?dailymotion\.com/embed/video/(\w+)": "https://www.dailymotion.com/video/{}",
}
"""Players, and the pages of what they play."""

WIDGETS = re.compile(
    r"""https?://(?:
      (?:www\.)?facebook\.com/(?:v[\d.]+/)?plugins/(?:like|share|follow|page)
    | platform\.twitter\.com/widgets/(?:tweet|follow)_button | feedads\. | googleads\.
    )""",
    re.VERBOSE,
)
"""Buttons and adverts: nothing that an article would miss."""

_PAGES = [(re.compile(f"https?://{player}"), page) for player, page in PAGES.items()]


def shown_by(given: Attributes, base: str | None) -> str | None:
    """The address of what a frame with these attributes shows, if it shows anything of the article."""
    url = next((found for name in SOURCES if (found := absolute(given.get(name), base))), None)
    if url is None or WIDGETS.match(url) or is_beacon(url):
        return None
    for player, page in _PAGES:
        if match := player.match(url):
            return page.format(match[1])
    return url
