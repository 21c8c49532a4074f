"""Feed documents of every dialect, made from the same plain stories."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from urllib.parse import quote

FIRST = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Story:
    """One entry, as a publisher thinks of it."""

    title: str
    hour: int  # after FIRST
    body: str = "<p>It was a quiet day, and somebody wrote it down.</p>"
    link: str = ""
    site: str = "paper.example"

    @property
    def url(self) -> str:
        """Where it can be read."""
        return self.link or f"https://{self.site}/{quote(self.title.replace(' ', '-'))}"

    @property
    def date(self) -> datetime:
        """When it was published."""
        return FIRST + timedelta(hours=self.hour)


def rss(title: str, stories: Sequence[Story], *, remark: str = "", encoding: str = "UTF-8") -> bytes:
    """RSS 2.0. The remark stands where a publisher's software writes that it was run again."""
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{escape(story.url)}</link>"
        f'<guid isPermaLink="false">{_guid(title, story)}</guid><pubDate>{_rfc822(story)}</pubDate>'
        f"<description>{escape(story.body)}</description></item>\n"
        for story in stories
    )
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<rss version="2.0"><channel><title>{escape(title)}</title>'
        f"<link>https://{_site(stories)}/</link><description>About it</description>{remark}\n{items}</channel></rss>"
    )
    return text.encode(encoding)


def rdf(title: str, stories: Sequence[Story]) -> bytes:
    """RSS 1.0."""
    items = "".join(
        f'<item rdf:about="{escape(story.url)}"><title>{escape(story.title)}</title><link>{escape(story.url)}</link>'
        f"<dc:date>{story.date.isoformat()}</dc:date><description>{escape(story.body)}</description></item>\n"
        for story in stories
    )
    listed = "".join(f'<rdf:li rdf:resource="{escape(story.url)}"/>' for story in stories)
    text = (
        '<?xml version="1.0"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="https://{_site(stories)}/"><title>{escape(title)}</title>'
        f"<link>https://{_site(stories)}/</link><description>About it</description>"
        f"<items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n{items}</rdf:RDF>"
    )
    return text.encode()


def atom(title: str, stories: Sequence[Story]) -> bytes:
    """Atom 1.0."""
    newest = max(story.date for story in stories).isoformat()
    entries = "".join(
        f'<entry><id>{_guid(title, story)}</id><title>{escape(story.title)}</title><link href="{escape(story.url)}"/>'
        f"<published>{story.date.isoformat()}</published><updated>{story.date.isoformat()}</updated>"
        f'<content type="html">{escape(story.body)}</content></entry>\n'
        for story in stories
    )
    text = (
        f'<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:{_site(stories)},2026:feed</id>'
        f'<title>{escape(title)}</title><link href="https://{_site(stories)}/"/><updated>{newest}</updated>\n'
        f"<author><name>The editors</name></author>{entries}</feed>"
    )
    return text.encode()


def json_feed(title: str, stories: Sequence[Story]) -> bytes:
    """JSON Feed 1.1."""
    items = [
        {
            "id": _guid(title, story),
            "url": story.url,
            "title": story.title,
            "content_html": story.body,
            "date_published": story.date.isoformat(),
        }
        for story in stories
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": f"https://{_site(stories)}/",
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def _guid(feed: str, story: Story) -> str:
    return f"tag:{story.site},2026:{quote(feed)}:{quote(story.title.split(' (')[0])}"


def _site(stories: Sequence[Story]) -> str:
    return stories[0].site if stories else "paper.example"


def _rfc822(story: Story) -> str:
    return format_datetime(story.date, usegmt=True)
