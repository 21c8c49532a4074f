"""The keys of config.yaml as pydantic models: what the reference and the JSON Schema are made from.

Each field mirrors one key, with its default, its limits and a description. A value that does not fit raises an error
that says what it is not and what to write instead; `explain.py` puts both into a sentence.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from aggregator.config.document import FilledIn, Misread
from aggregator.config.units import read_duration, read_size, write_duration
from aggregator.config.values import (
    UnfitError,
    check_language,
    check_source,
    check_url,
    is_one_line,
    read_listen,
    slug_problem,
)
from aggregator.decide.access import HASHED, read_hash
from aggregator.model.podcast import CATEGORIES, ItunesCategory

SHORTEST = 8  # characters of a token or password
DURATION_EXAMPLES = "90s, 15m, 2h or 7d"
SIZE_EXAMPLES = "500kB or 15MB"


def wrong(what: str, write: str) -> PydanticCustomError:
    """A value that does not fit: "is {what}; write {write}"."""
    return PydanticCustomError("wrong", "is {what}; write {write}", {"what": what, "write": write})


def wrong_key(what: str, write: str) -> PydanticCustomError:
    """Likewise, of a key that people choose."""
    return PydanticCustomError("wrong_key", "is {what}; write {write}", {"what": what, "write": write})


@dataclass(frozen=True, slots=True)
class Kind:
    """What the reference calls a kind of value; pydantic passes over it."""

    name: str


# ------------------------------------------------------------------------------------------------ kinds of values


def _duration(value: object) -> object:
    duration = read_duration(value) if isinstance(value, str) else None
    if duration is None:
        raise wrong("not a duration", DURATION_EXAMPLES)
    return duration


def _every(value: object) -> object:
    if value == "auto":
        return value
    duration = read_duration(value) if isinstance(value, str) else None
    if duration is None:
        raise wrong("not a duration", f"auto, or a duration such as {DURATION_EXAMPLES}")
    if duration < timedelta(seconds=1):
        raise wrong("too little", "1s or more")
    return duration


def _spacing(value: object) -> object:
    duration = read_duration(value) if isinstance(value, str) else None
    if duration is None:
        raise wrong("not a duration", "100ms, 2s, or 0s for none")
    return duration


def _budget(value: object) -> object:
    """A number, with or without a point: YAML's own floats have too many spellings."""
    text = value.text if isinstance(value, Misread) else str(value)
    if isinstance(value, FilledIn):
        text = value.strip()
    elif isinstance(value, str):
        text = ""
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text):
        raise wrong("not a number of polls a day", "one such as 24 or 6.5")
    if float(text) <= 0:
        raise wrong("too little", "a number above 0")
    return float(text)


def _number(value: object) -> object:
    """A number of the environment is a text at first; one of the file is none in quotes."""
    return int(value) if isinstance(value, FilledIn) and re.fullmatch(r"[0-9]{1,9}", value.strip()) else value


def _switch(value: object) -> object:
    words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    return words.get(value.strip().lower(), value) if isinstance(value, FilledIn) else value


def _size(value: object) -> object:
    size = read_size(value) if isinstance(value, str) else None
    if size is None:
        raise wrong("not a size", SIZE_EXAMPLES)
    return size


def _schema(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples)})


_DURATION_PATTERN = "^[0-9]{1,9} ?(ms|[smhd])$"
_DURATION_SCHEMA = _schema(_DURATION_PATTERN, "90s", "15m", "2h", "7d")

Number = Annotated[int, Kind("number"), BeforeValidator(_number)]
Switch = Annotated[bool, Kind("`true` or `false`"), BeforeValidator(_switch)]
Duration = Annotated[timedelta, Kind("duration"), BeforeValidator(_duration), _DURATION_SCHEMA]
Every = Annotated[
    timedelta | Literal["auto"],
    Kind("`auto` or a duration"),
    BeforeValidator(_every),
    _schema("^(auto|[0-9]{1,9} ?(ms|[smhd]))$", "auto", "15m"),
]
Spacing = Annotated[timedelta, Kind("duration"), BeforeValidator(_spacing), _schema(_DURATION_PATTERN, "100ms", "0s")]
Budget = Annotated[
    float, Kind("number"), BeforeValidator(_budget), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})
]
Size = Annotated[int, Kind("size"), BeforeValidator(_size), _schema("^[0-9]{1,12} ?[kKmMgG]?[bB]$", "500kB", "15MB")]


def _text(check: Callable[[str], None]) -> BeforeValidator:
    """A validator that looks at texts alone; what is no text is left to pydantic, which says so."""

    def validate(value: object) -> object:
        if isinstance(value, str):
            try:
                check(value.strip())
            except UnfitError as unfit:
                raise wrong(unfit.what, unfit.write) from None
        return value

    return BeforeValidator(validate)


def _check_present(text: str) -> None:
    if not text:
        raise wrong("empty", "a text, or remove the line")
    if not is_one_line(text):
        raise wrong("not one line of text", "it without line breaks and control characters")


_PROXY = re.compile(
    r"(none|(https?|socks5h?)://([^@/?#\s]*@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?/?)", re.IGNORECASE
)


def _check_proxy(text: str) -> None:
    if not _PROXY.fullmatch(text):
        raise wrong("not a proxy", "its URL, such as http://proxy.example:3128 or socks5://127.0.0.1:1080, or none")


def _check_user_agent(text: str) -> None:
    _check_present(text)
    if not text.isascii() or len(text) > 500:
        raise wrong("not usable as a User-Agent", "one line of ASCII")


def _check_base_url(text: str) -> None:
    check_url(text)
    if "?" in text or "#" in text:
        raise wrong("not a base for other addresses", "it without ? and #, such as https://feeds.example.org/")


def _check_hub(text: str) -> None:
    if text != "own":
        if not re.match(r"https?://", text, re.IGNORECASE):
            raise wrong("not a hub", "own, for a hub of this program's own, or the address of one")
        check_url(text)
        if "#" in text:
            raise wrong("not the address of a hub", "it without # and what follows")


def _listen(value: object) -> object:
    if isinstance(value, str) and read_listen(value.strip()):
        return value
    raise wrong("not an address to listen on", 'host and port, such as 127.0.0.1:8080, "[::1]:8080" or :8080')


def _check_private(text: str) -> None:
    pair = re.fullmatch(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})", text)
    if pair and 0 < int(pair[1]) < 65_536:
        return
    try:
        ip_network(text)
    except ValueError:
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            raise wrong(
                "not a private address", "host:port or a network, such as localhost:1200 or 10.0.0.0/8"
            ) from None
        raise wrong("not a network", f"{network}") from None


def _check_time_zone(text: str) -> None:
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        raise PydanticCustomError(
            "choice",
            "is unknown",
            {"what": "not a time zone", "write": "its name, such as Asia/Shanghai or Europe/Berlin", "among": "zones"},
        ) from None


def time_zones() -> list[str]:
    """The names of all time zones, to find the one that was meant."""
    return sorted(available_timezones())


def _check_slug(text: str) -> None:
    _check_present(text)
    if problem := slug_problem(text):
        raise wrong(*problem)


def _check_contact(text: str) -> None:
    _check_present(text)
    if not text.isascii() or len(text) > 200:
        raise wrong("not usable in a User-Agent", "an e-mail address or a URL in ASCII")


_MAIL = re.compile(r"[\w.+'-]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+", re.ASCII)


def _check_mail(text: str) -> None:
    if not _MAIL.fullmatch(text):
        raise wrong("not an e-mail address", "one such as podcasts@example.org")


def _check_itunes_category(text: str) -> None:
    if itunes_category(text) is None:
        near = difflib.get_close_matches(text, _ITUNES_NAMES, n=2, cutoff=0.5)
        raise wrong("no category of Apple's", " or ".join(near) or "one such as Technology, or News/Tech News")


def itunes_category(text: str) -> ItunesCategory | None:
    """A category of Apple's by its name, with "/" before one that is below it; None if there is none of this name."""
    return _ITUNES_NAMES_FOLDED.get("/".join(part.strip() for part in text.split("/")).casefold())


_ITUNES_NAMES = [
    name for main, below in CATEGORIES.items() for name in (main, *(f"{main}/{further}" for further in below))
]
_ITUNES_NAMES_FOLDED: dict[str, ItunesCategory] = {name.casefold(): tuple(name.split("/")) for name in _ITUNES_NAMES}

_OURS = {
    "accept-encoding", "connection", "content-length", "host", "if-modified-since", "if-none-match", "te",
    "transfer-encoding", "upgrade",
}  # fmt: skip


def _check_header_name(name: str) -> None:
    if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}", name):
        raise wrong_key("not the name of a header", "one such as Accept-Language")
    if name.lower() in _OURS:
        raise wrong_key("set by the program itself", "other headers only, and remove it")


def _check_header(text: str) -> None:
    if not re.fullmatch(r"[\t -~]{1,8000}", text):
        raise wrong("not the value of a header", "one line of ASCII")


def _wrong_name(name: str, what: str, write: str) -> PydanticCustomError:
    return PydanticCustomError("wrong_key", "is {what}; write {write}", {"what": what, "write": write, "at": name})


def _check_secret(text: str) -> None:
    if len(text) < SHORTEST:
        raise wrong("too easy to guess", f"at least {SHORTEST} characters; `aggregator token` makes a good one")


def _check_token(text: str) -> None:
    _check_secret(text)
    if not re.fullmatch(r"[!-~]{1,500}", text):
        raise wrong("none that fits into an address", "letters, digits and signs of ASCII, without blanks")


def _check_password(text: str) -> None:
    _check_secret(text)
    if text.startswith(HASHED) and read_hash(text) is None:
        raise wrong("not a hash of a password", "what `aggregator token --password` prints")


def _none_yet(value: object) -> object:
    return {} if value is None else value


def _check_names(value: dict[str, str]) -> dict[str, str]:
    for name in value:
        if not name or ":" in name or not name.isprintable():
            raise _wrong_name(name, "not a name for a subscriber", "one without colons")
    return value


def _check_selector(text: str) -> None:
    from aggregator.refine.selectors import selector_problem  # most files have none, and its parser takes time to load

    _check_present(text)
    if problem := selector_problem(text):
        words = problem[:1].lower() + problem[1:]
        raise wrong(f"not a CSS selector ({words})", "one such as .advert or div.share > a")


Text = Annotated[str, Kind("text"), _text(_check_present), WithJsonSchema({"type": "string", "minLength": 1})]
Selector = Annotated[
    str, Kind("CSS selector"), _text(_check_selector), WithJsonSchema({"type": "string", "minLength": 1})
]
SourceUrl = Annotated[
    str,
    Kind("URL"),
    _text(check_source),
    _schema("^([Hh][Tt][Tt][Pp][Ss]?://|file:|exec:)", "https://example.org/feed.xml", "file:feeds/mine.xml"),
]
Proxy = Annotated[
    str,
    Kind("URL or `none`"),
    _text(_check_proxy),
    _schema("^(none|(https?|socks5h?)://.+)$", "http://proxy.example:3128", "socks5://127.0.0.1:1080"),
]
UserAgent = Annotated[str, Kind("text"), _text(_check_user_agent)]
RateLimit = Literal["host", "feed"]
Clean = Literal["full", "minimal"]
Merge = Literal["off", "url", "text"]
Images = Literal["original", "proxy", "none"]
AlsoIn = Literal["body", "links"]
BaseUrl = Annotated[
    str, Kind("URL"), _text(_check_base_url), _schema("^[Hh][Tt][Tt][Pp][Ss]?://[^?#]*$", "https://feeds.example/")
]
HubAddress = Annotated[
    str,
    Kind("`own` or URL"),
    _text(_check_hub),
    _schema("^\\s*(own|[Hh][Tt][Tt][Pp][Ss]?://[^#]*)\\s*$", "own", "https://hub.example/"),
]
Listen = Annotated[
    str, Kind("host:port"), BeforeValidator(_listen), _schema(":[0-9]{1,5}$", "127.0.0.1:8080", "[::1]:8080", ":8080")
]
PrivateAddress = Annotated[
    str, Kind("host:port or network"), _text(_check_private), _schema("[:./]", "localhost:1200", "10.0.0.0/8")
]
Language = Annotated[
    str,
    Kind("language"),
    _text(check_language),
    _schema(r"^\s*[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*\s*$", "en", "zh-CN", "ja"),
]
TimeZone = Annotated[
    str, Kind("time zone"), _text(_check_time_zone), _schema("", "UTC", "Asia/Shanghai", "Europe/Berlin")
]
Slug = Annotated[str, Kind("text"), _text(_check_slug)]
Mail = Annotated[str, Kind("e-mail address"), _text(_check_mail), _schema("^[^@ ]+@[^@ ]+$", "podcasts@example.org")]
Web = Annotated[str, Kind("URL"), _text(check_url), _schema("^[Hh][Tt][Tt][Pp][Ss]?://", "https://example.org/a.png")]
AppleCategories = Annotated[
    list[Annotated[str, _text(_check_itunes_category)]],
    Kind("category of Apple Podcasts, or a list of them"),
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Contact = Annotated[
    str, Kind("text"), _text(_check_contact), _schema("", "feeds@example.org", "https://example.org/about")
]
Headers = Annotated[
    dict[Annotated[str, _text(_check_header_name)], Annotated[str, _text(_check_header)]], Kind("mapping of texts")
]
Tokens = Annotated[
    dict[str, Annotated[str, _text(_check_token)]],
    Kind("mapping of names to tokens"),
    AfterValidator(_check_names),
    BeforeValidator(_none_yet),
]
Passwords = Annotated[
    dict[str, Annotated[str, _text(_check_password)]],
    Kind("mapping of names to passwords"),
    AfterValidator(_check_names),
    BeforeValidator(_none_yet),
]


def _listed(value: object) -> object:
    return [] if value is None else [value] if isinstance(value, str) else value


# "server:" with every line below it commented out is null to YAML, and means: all defaults.
_EMPTY_SECTION = BeforeValidator(lambda value: {} if value is None else value)
_EMPTY_LIST = BeforeValidator(lambda value: [] if value is None else value)
_BARE_OFF = BeforeValidator(lambda value: "off" if value is False else value)  # which YAML reads as false

Rules = Annotated[list[Any], Kind("list of rules"), _EMPTY_LIST, WithJsonSchema({"type": "array"})]

Include = Annotated[list[str], Kind("file, folder or pattern, or a list of them"), BeforeValidator(_listed)]


# ------------------------------------------------------------------------------------------------ sections


class Settings(BaseModel):
    """What all sections share: unknown keys are refused, and nothing is taken for what it is not."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, str_strip_whitespace=True, defer_build=True
    )  # only Root is built, with all others in it


class Access(Settings):
    """Who may read a category, or all: whoever presents one of these. The word `public` in place of a mapping opens a
    category whose level above is protected."""

    tokens: Tokens = Field(
        default={},
        description="A token for each subscriber, below a name for it. Whoever has it reads with `?token=…` behind the "
        "address of a feed or page; a token that is taken out of the file opens nothing any more. At least 8 "
        "characters; `aggregator token` makes one.",
    )
    users: Passwords = Field(
        default={},
        description="The password of each user, below the name, for HTTP basic authentication: as it is, or the hash "
        "that `aggregator token --password` makes of it.",
    )
    open: Switch = Field(default=False, description="`true` lets everybody in: the same as the word `public`.")

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: Any) -> Any:
        if isinstance(value, str) and value.strip() == "public":
            return {"open": True}
        if isinstance(value, str):
            raise wrong("not what `access` may be", "public, or a mapping with tokens: or users:")
        return value

    @model_validator(mode="after")
    def _check_any(self) -> Access:
        if not self.open and not self.tokens and not self.users:
            raise wrong("empty", "tokens: or users: below it, or the word public")
        return self


class PodcastOwner(Settings):
    """Who answers for a podcast."""

    email: Mail = Field(description="The address under which podcast directories reach the owner; it is public.")
    name: Text | None = Field(default=None, description="The owner's name; the title of the feed without it.")


class Podcast(Settings):
    """What an RSS feed says of itself to podcast apps (`itunes:`). What is not given here is learned from the podcasts
    that the feed is made from, where they say the same."""

    owner: PodcastOwner | None = Field(
        default=None, description="Who answers for it; without it, the owner whom all of its podcasts name."
    )
    category: AppleCategories | None = Field(
        default=None,
        description="What it is about: `Technology`, `News/Tech News`. Without it, the categories of its podcasts.",
    )
    explicit: Switch | None = Field(
        default=None,
        description="Whether it may hold what is not for children; without it, `true` if one of its podcasts says so, "
        "`false` if all of them say that they are not.",
    )
    image: Web | None = Field(default=None, description="Its picture: square, 1,400 to 3,000 pixels, JPEG or PNG.")
    author: Text | None = Field(default=None, description="Whose podcast it is; the title of the feed without it.")


class Publish(Settings):
    """What subscribers see, and where it lies."""

    base_url: BaseUrl = Field(
        default="http://127.0.0.1:8080/",
        description="The address under which subscribers reach the feeds; the links in them are made from it.",
    )
    folder: Text = Field(
        default="data/public",
        description="The feeds are written here, as `feeds/<slug>.atom` and so on. Any web server can serve it.",
    )
    formats: list[Literal["atom", "rss", "json"]] = Field(
        default=["atom", "rss", "json"], min_length=1, description="The formats that each feed is published in."
    )
    limit: Number = Field(
        default=100, ge=1, le=10_000, description="How many stories a feed document holds: the newest ones come first."
    )
    max_new: Number = Field(
        default=30,
        ge=1,
        le=100_000,
        description="How many articles a source may bring to a feed of several at once, if it is new, or brings old "
        "entries or many of one moment. Only its newest count; the others stand there where there is room, and in its "
        "own feed. See [duplicates](duplicates.md). A category or a source may say otherwise.",
    )
    merge: Annotated[Merge, _BARE_OFF] = Field(
        default="text",
        description="What makes two articles one story: `text`, that they say the same; `url`, that they have the same "
        "address; `off`, nothing. See [duplicates](duplicates.md).",
    )
    prefer: list[Text] = Field(
        default=[],
        description="Whose copy of a story is shown, where several tell it: names, addresses or hosts of sources, the "
        "best first. Otherwise the earliest copy that is no excerpt. A category may say otherwise.",
    )
    also_in: AlsoIn = Field(
        default="body",
        description="How the others are named that tell a story: `body`, in a line below the article; `links`, only in "
        'what programs read (`rel="related"`, `_aggregator`). They stand there in any case.',
    )
    posts: Text | None = Field(default=None, description="A folder to write Hexo posts to as well; `null` writes none.")
    hub: HubAddress | None = Field(
        default=None,
        description="The WebSub hub that the feeds announce, so that subscribers hear of a new story in seconds: "
        "`own`, a small one of this program's own, or the address of one elsewhere, which is then told what changed; "
        "`null` announces none. See [WebSub](websub.md).",
    )
    site: Text | None = Field(
        default=None,
        description="A folder to write the page and the feeds to as files, that any web server or object store can "
        "host; `null` writes none. See [the static site](static-site.md).",
    )
    site_language: Literal["en", "zh"] | None = Field(
        default=None,
        description="The language of its pages; `null`: Chinese if that is the language of the first category, "
        "otherwise English.",
    )
    images: Images = Field(
        default="original",
        description="Where the pictures in the feeds and on the page come from: `original`, from their publishers; "
        "`proxy`, from this server, which asks the publishers for them; `none`, there are none.",
    )


class Server(Settings):
    """Where the daemon listens."""

    listen: Listen = Field(
        default="127.0.0.1:8080",
        description='Host and port, such as `127.0.0.1:8080` or `"[::1]:8080"`; `:8080` listens on all addresses.',
    )
    public_url: BaseUrl | None = Field(
        default=None,
        description="The address under which this server can be reached from outside. With it, sources that announce "
        "a WebSub hub are subscribed there, and their news arrives in seconds (websub.md); `null` subscribes to none.",
    )
    access: Access | None = Field(
        default=None,
        description="Who may read anything at all; without it, everybody. A category may say otherwise. See "
        "[access](access.md).",
    )


class Storage(Settings):
    """Where articles are kept, and for how long."""

    database: Text = Field(default="data/aggregator.db", description="The SQLite file; it is made if it is not there.")
    keep: Duration | None = Field(
        default=timedelta(days=365),
        ge=timedelta(hours=1),
        description="Older articles are removed; their identity is remembered, so that they do not come back. "
        "`null` keeps them for ever.",
    )
    keep_original: Switch = Field(
        default=True,
        description="Whether to keep, compressed, what publishers wrote, so that `aggregator refine --all` can clean "
        "it again by other rules. With `false`, what is already kept goes with its article.",
    )


class Polling(Settings):
    """How publishers are asked. A source may override `every`, `timeout`, `max_size`, `rate_limit` and `proxy`."""

    every: Every = Field(
        default="auto", description="The time between two polls of a source; `auto` learns each source's rhythm."
    )
    min: Duration = Field(
        default=timedelta(minutes=5), ge=timedelta(seconds=1), description="`auto` never asks more often than this."
    )
    max: Duration = Field(
        default=timedelta(days=1), ge=timedelta(seconds=1), description="`auto` never waits longer than this."
    )
    concurrency: Number = Field(default=32, ge=1, le=1_000, description="How many sources are polled at the same time.")
    timeout: Duration = Field(
        default=timedelta(seconds=20),
        ge=timedelta(seconds=1),
        le=timedelta(minutes=10),
        description="The time for one poll as a whole, every redirect included.",
    )
    max_size: Size = Field(
        default=15_000_000,
        ge=1_000,
        le=1_000_000_000,
        description="Larger documents are refused (after decompression).",
    )
    per_host: Number = Field(default=2, ge=1, le=100, description="How many connections one host gets at most.")
    spacing: Spacing = Field(
        default=timedelta(milliseconds=100),
        le=timedelta(minutes=1),
        description="The least time between two requests to one host; `0s` for none.",
    )
    rate_limit: RateLimit = Field(
        default="host",
        description="Who waits when a publisher says that we come too often (429): `host`, every source of that host, "
        "or `feed`, the one alone.",
    )
    budget: Budget = Field(
        default=24.0,
        description="How many polls a day `auto` may spend on a source, on average over all of them: more where they "
        "find more.",
    )
    proxy: Proxy | None = Field(
        default=None,
        description="An http or socks5 proxy for every request; see [security](security.md) for what is then out of "
        "our sight.",
    )
    allow_exec: Switch = Field(
        default=False, description="Whether sources may be commands (`exec:…`), which run with our rights."
    )
    contact: Contact | None = Field(
        default=None,
        description="An e-mail address or a URL that goes into the User-Agent, so that publishers can reach you.",
    )
    allow_private: list[PrivateAddress] = Field(
        default=[],
        description="Private addresses that may be polled, as `host:port` or as a network such as `10.0.0.0/8`; "
        "all others are refused.",
    )

    @model_validator(mode="after")
    def _check_order(self) -> Polling:
        if self.min > self.max:
            raise PydanticCustomError(
                "wrong",
                "is {what}; write {write}",
                {
                    "what": f"longer than max ({write_duration(self.max)})",
                    "write": "a shorter one, or a longer max",
                    "at": "min",
                },
            )
        return self


class Source(Settings):
    """One feed that is followed. A URL alone, in place of a mapping, is enough."""

    url: SourceUrl = Field(
        description="The address of the feed: `https://…`, a file (`file:///path.xml`, or `file:path.xml` relative to "
        "the configuration), or what a command prints (`exec:program arguments`)."
    )
    name: Text | None = Field(
        default=None,
        description="What people see, and the last part of the address of this source's own feed; unique in its "
        "category. Without it, the host of the URL.",
    )
    every: Every | None = Field(default=None, description="The time between two polls, or `auto`.")
    remove: list[Selector] | None = Field(default=None, description="CSS selectors of what is cut from each article.")
    keep: list[Selector] | None = Field(
        default=None,
        description="CSS selectors of what no rule of cleaning cuts from an article, not even those of `remove`.",
    )
    clean: Clean | None = Field(
        default=None,
        description="`full` empties articles of what is no article; `minimal` only makes them safe and their addresses "
        "absolute, and holds to `remove`.",
    )
    full_text: Switch | None = Field(
        default=None, description="Fetch the page of each new article, and show its text where that is more."
    )
    content: Selector | None = Field(
        default=None,
        description="A CSS selector of the article on its page; without it, the article is found by itself.",
    )
    headers: Headers | None = Field(
        default=None,
        description="Request headers, sent to this source's own origin only; they join those of the category.",
    )
    timeout: Duration | None = Field(
        default=None,
        ge=timedelta(seconds=1),
        le=timedelta(minutes=10),
        description="The time for one poll as a whole.",
    )
    max_size: Size | None = Field(
        default=None, ge=1_000, le=1_000_000_000, description="Larger documents are refused (after decompression)."
    )
    rate_limit: RateLimit | None = Field(
        default=None, description="Whether a 429 holds back all sources of its `host`, or this `feed` alone."
    )
    user_agent: UserAgent | None = Field(default=None, description="The User-Agent, instead of ours.")
    proxy: Proxy | None = Field(default=None, description="An http or socks5 proxy; `none` asks directly.")
    language: Language | None = Field(
        default=None, description="The language of the articles (BCP 47), where the feed does not declare it."
    )
    max_new: Number | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="How many articles it may bring to a feed of several at once.",
    )
    time_zone: TimeZone | None = Field(
        default=None,
        description="The zone of dates that name none, such as `Asia/Shanghai`; UTC if nothing says otherwise.",
    )
    rules: Rules = Field(
        default=[],
        description="Which of its articles are shown, and how; the rules of its categories come first. "
        "See [rules](rules.md).",
    )
    enabled: Switch | None = Field(
        default=None,
        description="`false` rests it: it is not polled, as if it were not written here; what it brought stays in the "
        "feeds of its category.",
    )

    @model_validator(mode="before")
    @classmethod
    def _from_url(cls, value: Any) -> Any:
        return {"url": value} if isinstance(value, str) else value


class Defaults(Settings):
    """What every category and every source starts from; whatever they say themselves is nearer, and wins."""

    language: Language | None = Field(
        default=None, description="The language of its feed (BCP 47), and of its sources."
    )
    merge: Annotated[Merge | None, _BARE_OFF] = Field(
        default=None,
        description="What makes two articles one story in its feed and those of its sources: `text`, `url` or `off`.",
    )
    also_in: AlsoIn | None = Field(
        default=None,
        description="How its feed and those of its sources name others that tell a story: `body` or `links`.",
    )
    images: Images | None = Field(
        default=None,
        description="Where the pictures in its feed and in those of its sources come from: `original`, `proxy` or "
        "`none`; without it, as `publish.images` says, which the feed of all and the page keep to in any case.",
    )
    every: Every | None = Field(default=None, description="The time between two polls of its sources, or `auto`.")
    remove: list[Selector] | None = Field(default=None, description="CSS selectors of what is cut from each article.")
    keep: list[Selector] | None = Field(
        default=None,
        description="CSS selectors of what no rule of cleaning cuts from an article, not even those of `remove`.",
    )
    clean: Clean | None = Field(
        default=None,
        description="`full` empties articles of what is no article; `minimal` only makes them safe and their addresses "
        "absolute, and holds to `remove`.",
    )
    full_text: Switch | None = Field(
        default=None, description="Fetch the page of each new article, and show its text where that is more."
    )
    content: Selector | None = Field(
        default=None,
        description="A CSS selector of the article on its page; without it, the article is found by itself.",
    )
    headers: Headers | None = Field(default=None, description="Request headers of its sources.")
    timeout: Duration | None = Field(
        default=None,
        ge=timedelta(seconds=1),
        le=timedelta(minutes=10),
        description="The time for one poll as a whole.",
    )
    max_size: Size | None = Field(
        default=None, ge=1_000, le=1_000_000_000, description="Larger documents are refused (after decompression)."
    )
    rate_limit: RateLimit | None = Field(
        default=None, description="Whether a 429 holds back all sources of its `host`, or the `feed` alone."
    )
    user_agent: UserAgent | None = Field(default=None, description="The User-Agent, instead of ours.")
    proxy: Proxy | None = Field(default=None, description="An http or socks5 proxy; `none` asks directly.")
    max_new: Number | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="How many articles each of its sources may bring to a feed of several at once.",
    )
    time_zone: TimeZone | None = Field(
        default=None, description="The zone of dates that name none, such as `Asia/Shanghai`."
    )
    rules: Rules = Field(
        default=[],
        description="Which articles of its sources are shown, and how, in every feed. Those of the levels above hold "
        "first. See [rules](rules.md).",
    )
    enabled: Switch | None = Field(
        default=None,
        description="`false` rests its sources: they are not polled, as if they were not written here; what they "
        "brought stays in the feeds of its category. A source can say `true` for itself.",
    )


class Category(Defaults):
    """One category. The settings here hold for its sources, and for the categories below it."""

    slug: Slug | None = Field(
        default=None,
        description="The name in the address of its feed; the key if it is not given. It replaces the last level, or "
        'the whole address if it holds a "/".',
    )
    title: Text | None = Field(
        default=None, description="The title of its feed; the last level of the key if it is not given."
    )
    prefer: list[Text] | None = Field(
        default=None,
        description="Whose copy of a story its feed shows, where several tell it: names, addresses or hosts of its "
        "sources and of those of the categories below it, the best first. Otherwise the earliest copy that is no "
        "excerpt.",
    )
    podcast: Podcast | None = Field(
        default=None,
        description="What its RSS feed, those of its sources and those of the categories below it say of themselves to "
        "podcast apps; each key holds until a level below says otherwise. See [podcasts](podcasts.md).",
    )
    access: Access | None = Field(
        default=None,
        description="Who may read its feed, those of its sources and those of the categories below it; without it, "
        "whom the level above lets in, or `server.access`. See [access](access.md).",
    )
    include: Include = Field(
        default=[], description="Further files with keys of this category, or with a list of its sources alone."
    )
    sources: Annotated[list[Source], _EMPTY_LIST] = Field(default=[], description="The feeds that it is made from.")


class Root(Settings):
    """The whole file. All sections may be left out but `categories`."""

    include: Include = Field(
        default=[],
        description="Further files, folders (their `*.yaml` and `*.yml`) or patterns such as `feeds/*.yaml`, one or a "
        "list; relative to this file.",
    )
    publish: Annotated[Publish, _EMPTY_SECTION] = Field(default=Publish(), description="What subscribers see.")
    server: Annotated[Server, _EMPTY_SECTION] = Field(default=Server(), description="Where the daemon listens.")
    storage: Annotated[Storage, _EMPTY_SECTION] = Field(default=Storage(), description="Where articles are kept.")
    polling: Annotated[Polling, _EMPTY_SECTION] = Field(default=Polling(), description="How publishers are asked.")
    defaults: Annotated[Defaults, _EMPTY_SECTION] = Field(
        default=Defaults(), description="What every category and source starts from."
    )
    rules: Rules = Field(
        default=[],
        description="Which articles of all sources are shown, and how. See [rules](rules.md).",
    )
    corrections: Text = Field(
        default="corrections.yaml",
        description="A file of what people have said of stories, with `aggregator merge` and `aggregator split` or by "
        "hand; it need not be there. See [why](why.md).",
    )
    categories: Annotated[dict[str, Annotated[Category, _EMPTY_SECTION]], _EMPTY_SECTION] = Field(
        default={},
        description='What is followed. Each key is a category; "/" nests: `技术/安全` is a category below `技术`.',
    )
