"""The pages and the feeds as files, that any web server or object store can host, or that are opened as they lie there.

    library | facts | page ─► as_file ─► publish        pages, with links to files, relative
    publish.folder ─► copy                              feeds and their archives, as they are

Nobody is there to answer questions: no search, no why, no state of the program. Times are dates, for "an hour ago"
would be wrong in an hour, and would make another file of every page. Only what everybody may read comes here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlsplit

from aggregator.compose.archives import FOLDER as ARCHIVE
from aggregator.jobs.rest import Rest
from aggregator.model.article import StoryId
from aggregator.model.browsing import Listed
from aggregator.model.errors import AggregatorError
from aggregator.model.feed import Address
from aggregator.model.story import Spot
from aggregator.publish.files import Written, adopt, list_folder, path_of, publish, read, remove
from aggregator.render import FORMATS, preferred, render_opml, render_sources
from aggregator.web import facts
from aggregator.web.library import Library
from aggregator.web.page import Pages
from aggregator.web.words import Language

NEVER = datetime(1, 1, 1, tzinfo=UTC)
"""The time of which the pages speak: everything is far away from it, and is said as a date."""

CARE = timedelta(minutes=10)  # between two looks at how the sources are
SHARE = 9  # writing rests nine times as long as it took
LONGEST_REST = timedelta(minutes=30)

_INDEX = "index.html"
_ROBOTS = "User-agent: *\nDisallow: /\n"
_OPML = {"opml": "feeds.opml", "opml/sources": "sources.opml"}  # a file and a folder of one name cannot be
_TAG = re.compile(r'<[A-Za-z][A-Za-z0-9-]*(?:\s+[^\s"=<>/]+(?:="[^"]*")?)*\s*/?>')
_LINK = re.compile(r'(\s(?:href|src)=")([^"]*)(")')
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/|#|$")
_UP = re.compile(r"(?:\.\./)*(?:\./)?")
_POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'; object-src 'none'; "
    "base-uri 'none'; form-action 'none'\">"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the site lies, and what it is made from."""

    folder: Path
    feeds: Path  # `publish.folder`
    base_url: str
    formats: Sequence[str]
    language: Language
    most: int  # stories that the pages of a category list, rounded up to whole pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The names of the files of a site, kept over a restart: what is no longer made is taken away."""

    recall: Callable[[], Sequence[str]]
    remember: Callable[[Sequence[str]], None]


@dataclass(slots=True)
class Built:
    """What one round has done."""

    names: dict[str, None] = field(default_factory=dict)  # of all files of the site
    written: int = 0
    removed: int = 0


class Site:
    """Writes the site again and again; only what changed is touched. Belongs to one thread at a time."""

    def __init__(self, library: Library, place: Place, memory: Memory) -> None:
        self._library = library
        self._place = place
        self._memory = memory
        self._pages = Pages(place.base_url, place.formats, has_opml=True, asks=False)
        self._stories: dict[StoryId, int] = {}  # what each page was made from
        self._seen: tuple[tuple[int, int] | None, ...] = ()  # of the documents, the last time
        self._written_at = datetime.fromtimestamp(0, UTC)
        self._rest = Rest(SHARE, LONGEST_REST)

    def tend(self, now: datetime, clock: Callable[[], datetime]) -> Built | None:
        """Write if a feed has changed, or, for the health of sources, now and then; None if nothing was done. May be
        called as often as one likes."""
        if not self._rest.is_over(now):
            return None
        seen = tuple(_stamp(path_of(self._place.feeds, name)) for name in self._names())
        built = None
        if seen != self._seen or now - self._written_at >= CARE:
            built = self.write()
            self._seen, self._written_at = seen, clock()
        self._rest.begin(now, clock())
        return built

    def write(self, watch: Callable[[], None] = lambda: None) -> Built:
        """Bring all files up to date. `AggregatorError` where that cannot be done."""
        built = Built()
        try:
            for name in self._memory.recall():
                adopt(self._place.folder, name)
            for name, content in self._files():
                self._lay(built, name, content)
                watch()
            for name in self._documents():
                self._copy(built, name)
                watch()
            self._clear(built)
        except OSError as error:
            raise AggregatorError(
                f"the site is not up to date: {error.strerror or error} (see `publish.site` in the configuration)"
            ) from error
        return built

    def _lay(self, built: Built, name: str, content: bytes | None) -> None:
        built.names[name] = None
        if content is not None:
            built.written += isinstance(publish(self._place.folder, name, content), Written)

    def _copy(self, built: Built, name: str) -> None:
        """A document as it is, its time included: web servers make their validators of that."""
        here, there = path_of(self._place.feeds, name), path_of(self._place.folder, name)
        built.names[name] = None
        if here == there:
            return
        status = here.lstat()
        if _stamp(there) == (status.st_size, status.st_mtime_ns):
            return
        content = read(self._place.feeds, name)
        if content is None:
            raise AggregatorError(f"the site is not up to date: {name} cannot be read")
        built.written += isinstance(publish(self._place.folder, name, content), Written)
        os.utime(there, ns=(status.st_mtime_ns, status.st_mtime_ns), follow_symlinks=False)

    def _clear(self, built: Built) -> None:
        """Take away what was made before and is no more; nothing else in the folder is touched."""
        before, now = self._memory.recall(), sorted(built.names)
        for name in set(before) - set(now):
            if path_of(self._place.folder, name) != path_of(self._place.feeds, name):
                built.removed += remove(self._place.folder, name)
        if list(before) != now:
            self._memory.remember(now)

    # what there is

    def _documents(self) -> Iterator[str]:
        """Feeds, and their archives, as far as they are on the disk."""
        yield from (name for name in self._names() if path_of(self._place.feeds, name).is_file())
        for address in self._library.addresses():
            folder = f"feeds/{address.slug}/{ARCHIVE}"
            yield from (f"{folder}/{name}" for name in sorted(list_folder(self._place.feeds, folder)))

    def _names(self) -> list[str]:
        suffixes = [FORMATS[form].suffix for form in self._place.formats]
        return [f"feeds/{address.slug}{suffix}" for address in self._library.addresses() for suffix in suffixes]

    def _files(self) -> Iterator[tuple[str, bytes | None]]:
        """Pages, and what they need; None in the place of one that has not changed."""
        around = facts.frame(self._library)
        listed: dict[StoryId, Listed] = {}
        yield from self._around(around)
        for name, page in self._listings(around, listed):
            yield name, _guarded(as_file(page))
        shape = hash((around.addresses, tuple(around.by_source.values())))
        made = {}
        for story, one in listed.items():
            made[story] = hash((shape, one.item))
            name = f"s/{facts.bare(story)}/{_INDEX}"
            if self._stories.get(story) == made[story] and path_of(self._place.folder, name).is_file():
                yield name, None
            elif (content := self._story(story, name)) is not None:
                yield name, content
        self._stories = made

    def _around(self, around: facts.Frame) -> Iterator[tuple[str, bytes]]:
        yield "favicon.svg", self._pages.icon
        yield f"static/{self._pages.style_name}", self._pages.style
        yield "robots.txt", _ROBOTS.encode()
        yield "404.html", self._missing()
        place, feeds = self._place, self._library.addresses()
        yield "feeds.opml", render_opml(around.title, place.base_url, feeds, preferred(place.formats))
        followed = [source for source in self._library.sources() if source.configured]
        yield "sources.opml", render_sources(around.title, followed)
        health = self._library.health()
        for name in self._place.formats:
            yield f"feeds/{health.slug}{FORMATS[name].suffix}", FORMATS[name].render(health)
        sources, about = f"sources/{_INDEX}", f"about/{_INDEX}"
        page = self._pages.sources(facts.sources_page(self._library), NEVER, self._place.language, "../")
        yield sources, _guarded(as_file(page))
        yield about, _guarded(as_file(self._pages.about(around, NEVER, self._place.language, "../")))

    def _listings(self, around: facts.Frame, listed: dict[StoryId, Listed]) -> Iterator[tuple[str, str]]:
        """The start page and those of all feeds; every story on them goes into `listed`."""
        everything = around.everything
        front = facts.front(self._library)
        if everything is not None:  # pictures that we pass on ourselves are not here: they are where the daemon is
            newest = self._library.stretch(everything, None, facts.STORIES, self._place.base_url)
            front = replace(front, stories=newest.stories)
        _add(listed, front.stories)
        yield _INDEX, self._pages.front(front, NEVER, self._place.language)
        for address in around.addresses:
            yield from self._listing(address, listed, self._place.most, None if address.path else front.older)
        for address in around.by_source.values():
            yield from self._listing(address, listed, 1, None)

    def _listing(
        self, address: Address, listed: dict[StoryId, Listed], most: int, second: Spot | None
    ) -> Iterator[tuple[str, str]]:
        """The pages of one feed, as far back as we go; the first leads on to `second`, where that is said: the start
        page and that of all feeds have the same second page."""
        behind, stories = None, 0
        while True:
            page = facts.feed_page(self._library, address.slug, behind, self._place.base_url)
            if page is None:
                return
            on_it = [one for day in page.days for one in day.stories]
            stories += len(on_it)
            goes_on = page.older if stories < most else None
            older = second if second and behind is None else goes_on
            page = replace(page, older=older)
            _add(listed, on_it)
            name = f"c/{address.slug}/" + (f"_before/{facts.cursor(behind)}/" if behind else "") + _INDEX
            yield name, self._pages.feed(page, NEVER, self._place.language, "../" * name.count("/"))
            if older is None:
                return
            behind = older

    def _story(self, story: StoryId, name: str) -> bytes | None:
        page = facts.story_page(self._library, story, self._place.base_url)
        if page is None:
            return None
        return _guarded(as_file(self._pages.story(page, NEVER, self._place.language, "../../")))

    def _missing(self) -> bytes:
        """What a web server shows at any address that leads nowhere: its links are relative to none of them."""
        root = urlsplit(self._place.base_url).path
        return _guarded(self._pages.message("not_found", NEVER, self._place.language, root))


def _guarded(page: str) -> bytes:
    return page.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n{_POLICY}', 1).encode()


def as_file(page: str) -> str:
    """The page with links that lead from file to file, and to the index of a folder. Those that lead elsewhere stay as
    they are."""
    return _TAG.sub(lambda tag: _LINK.sub(_to_file, tag[0]), page)


def _to_file(link: re.Match[str]) -> str:
    before, url, after = link.groups()
    url = unescape(url)
    if _ELSEWHERE.match(url):
        return link[0]
    up = _UP.match(url)
    assert up is not None, "it matches nothing, too"
    path, rest = _cut(url[up.end() :])
    levels = _OPML.get(path, path).split("/")
    if not levels[-1]:
        levels[-1] = _INDEX
    up_there = "" if up[0] == "./" else up[0]
    return f"{before}{up_there}{escape('/'.join(levels) + rest)}{after}"


def _cut(url: str) -> tuple[str, str]:
    """The path, and what follows it."""
    end = min((at for at in map(url.find, "?#") if at >= 0), default=len(url))
    return url[:end], url[end:]


def _add(listed: dict[StoryId, Listed], stories: Iterable[Listed]) -> None:
    for one in stories:
        listed.setdefault(one.spot.story, one)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
