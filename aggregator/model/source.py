"""What we follow, and the errand of visiting it once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, NewType

from aggregator.model.entry import Ends, Rhythm
from aggregator.model.rules import Rule

SourceId = NewType("SourceId", str)
"""Sixteen hex digits, made from the URL under which the source was first configured; kept when the URL changes."""


def source_id(url: str) -> SourceId:
    """The id of a source that is configured under this URL for the first time."""
    return SourceId(sha256(url.encode()).hexdigest()[:16])


def is_local(url: str) -> bool:
    """A file of this machine, or a command to run on it. Only the owner's configuration may name one."""
    return url.startswith(("file:", "exec:"))


def shown_url(url: str) -> str:
    """What subscribers may see of a URL: no credentials, no folders and no arguments of this machine."""
    scheme, colon, rest = url.partition(":")
    if url.startswith("file:"):
        return f"file:{rest.rstrip('/').rpartition('/')[2]}"
    if url.startswith("exec:"):
        return f"exec:{(rest.split() or [''])[0].rpartition('/')[2]}"
    if not colon or not rest.startswith("//"):
        return url
    end = min((at for at in map(rest[2:].find, "/?#") if at >= 0), default=len(rest) - 2) + 2
    return f"{scheme}://{rest[2:end].rpartition('@')[2]}{rest[end:]}"


Secrets = tuple[tuple[str, str], ...]
"""Values that came from the environment, each with the `${NAME}` that stands for it."""


def mask(text: str, secrets: Secrets) -> str:
    """The text with every secret as its name, the longest first: one may be part of another."""
    for value, name in sorted(secrets, key=lambda pair: -len(pair[0])):
        text = text.replace(value, name)
    return text


CategoryPath = tuple[str, ...]
"""A category from its top level down: ("技术", "安全"). Never empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed that we follow, as its owner configured it: defaults, category and source settings already folded in."""

    id: SourceId
    url: str
    name: str  # shown to people; unique within its category
    category: CategoryPath
    language: str | None = None  # BCP 47; what the feed itself declares wins
    every: timedelta | None = None  # a fixed interval between polls; None: learned
    timeout: timedelta = timedelta(seconds=20)  # for the whole exchange, every redirect included
    max_size: int = 15_000_000  # bytes, after decompression
    headers: tuple[tuple[str, str], ...] = ()  # sent to this source's own origin only
    remove: tuple[str, ...] = ()  # CSS selectors of what the owner wants cut from each body
    keep: tuple[str, ...] = ()  # and of what no rule of cleaning may cut
    clean: Literal["full", "minimal"] = "full"  # minimal: made safe, addresses made absolute, and nothing else
    keep_original: bool = True  # keep what its articles are made from, to refine them again
    full_text: bool = False  # fetch each article's page as well
    content: str | None = None  # a CSS selector of the article on its page; None: found by itself
    max_new: int = 30  # articles that it may bring to a full feed of several at once
    time_zone: str = "UTC"  # IANA name; read into dates that name no zone
    user_agent: str | None = None  # sent instead of ours
    proxy: str | None = None  # an http or socks5 proxy's URL; "": none, whatever the client has
    rate_limit: Literal["host", "feed"] = "host"  # whether a 429 holds back the other sources of its host, too
    public_url: str = ""  # what may be shown and published of `url`: without credentials, secrets as ${NAME}
    rules: tuple[Rule, ...] = ()  # its own; those of its category hold as well
    secrets: Secrets = field(default=(), repr=False)  # of this source's settings, to be masked wherever we quote

    def __post_init__(self) -> None:
        if not self.public_url:
            object.__setattr__(self, "public_url", shown_url(self.url))


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave us to ask conditionally with; echoed byte for byte, to the URL that gave it alone."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """All that a worker needs to visit one source, here or on another machine: it needs no database."""

    source: Source
    at: datetime | None = None  # when it is run: "3 hours ago" is told from then
    validators: Validators | None = None
    body_digest: bytes | None = None  # of the last document that we took in; equal bytes are not parsed again
    known: frozenset[bytes] = frozenset()  # fingerprints of the entries in that document; these are not refined again
    ends: Ends = ()  # how the source's latest articles begin and end, to know what it says in all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a source's permanent redirects (301, 308) lead."""

    to: str
    since: datetime  # when they were first met
    polls: int  # that were led there, one after another
    adopted: bool = False  # we ask there at once; the configured address only when that fails


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A source that somebody visits; another visit by the same is another lease."""

    source: SourceId
    holder: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A source that we have leased from the store, with all that the store remembers for its next visit."""

    source: SourceId
    url: str  # as configured, or where it has moved to for good
    validators: Validators | None
    body_digest: bytes | None
    known: frozenset[bytes]
    failures: int  # in a row
    pace: str | None  # what was learned of its rhythm, in `decide.pace`'s own words
    rhythm: Rhythm  # what its last document said of its rhythm
    last_success: datetime | None
    last_change: datetime | None = None  # when it last brought something new
    move: Move | None = None
    ends: Ends = ()  # see `Errand.ends`
