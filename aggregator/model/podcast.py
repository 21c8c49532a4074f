"""What a podcast says of itself, and what its owner may say of a feed of ours: `itunes:` elements of an RSS channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ItunesCategory = tuple[str, ...]
"""A category of Apple's, and perhaps one below it: ("News", "Tech News")."""

_LIST: Final = """
Arts: Books, Design, Fashion & Beauty, Food, Performing Arts, Visual Arts
Business: Careers, Entrepreneurship, Investing, Management, Marketing, Non-Profit
Comedy: Comedy Interviews, Improv, Stand-Up
Education: Courses, How To, Language Learning, Self-Improvement
Fiction: Comedy Fiction, Drama, Science Fiction
Government:
Health & Fitness: Alternative Health, Fitness, Medicine, Mental Health, Nutrition, Sexuality
History:
Kids & Family: Education for Kids, Parenting, Pets & Animals, Stories for Kids
Leisure: Animation & Manga, Automotive, Aviation, Crafts, Games, Hobbies, Home & Garden, Video Games
Music: Music Commentary, Music History, Music Interviews
News: Business News, Daily News, Entertainment News, News Commentary, Politics, Sports News, Tech News
Religion & Spirituality: Buddhism, Christianity, Hinduism, Islam, Judaism, Religion, Spirituality
Science: Astronomy, Chemistry, Earth Sciences, Life Sciences, Mathematics, Natural Sciences, Nature, Physics, \
Social Sciences
Society & Culture: Documentary, Personal Journals, Philosophy, Places & Travel, Relationships
Sports: Baseball, Basketball, Cricket, Fantasy Sports, Football, Golf, Hockey, Rugby, Running, Soccer, Swimming, \
Tennis, Volleyball, Wilderness, Wrestling
TV & Film: After Shows, Film History, Film Interviews, Film Reviews, TV Reviews
Technology:
True Crime:
"""
_UNKNOWN_TO_W3C: Final = ("Religion & Spirituality", "Religion")  # Apple has it, its warning would be ours

CATEGORIES: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(sub for part in below.split(",") if (sub := part.strip()) and (name, sub) != _UNKNOWN_TO_W3C)
    for name, _, below in (line.partition(":") for line in _LIST.strip().splitlines())
}
"""podcasters.apple.com, "Apple Podcasts categories": the main ones, and those below each."""


def is_category(category: ItunesCategory) -> bool:
    """Whether Apple's list has it."""
    match category:
        case (name,):
            return name in CATEGORIES
        case (name, below):
            return below in CATEGORIES.get(name, ())
        case _:
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Podcast:
    """What is not known is None, or empty."""

    author: str | None = None
    owner_name: str | None = None
    owner_email: str | None = None
    categories: tuple[ItunesCategory, ...] = ()  # of Apple's list, in the order in which they are said
    explicit: bool | None = None
    image: str | None = None  # absolute, http(s)
