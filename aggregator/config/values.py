"""What a URL, a source, an address to listen on, a language and a slug are: checks that need no library."""

from __future__ import annotations

import re
import shlex
from urllib.parse import urlsplit


class UnfitError(Exception):
    """A value that does not fit: it is `what`; `write` says what to write instead."""

    def __init__(self, what: str, write: str) -> None:
        super().__init__(f"is {what}; write {write}")
        self.what, self.write = what, write


def check_url(text: str) -> None:
    """Refuse what is no http(s) URL."""
    if not re.match(r"https?://", text, re.IGNORECASE):
        raise UnfitError("not a web address", "one that begins with https:// or http://")
    if not text.isprintable() and (hidden := next((each for each in text if not _can_be_seen(each)), None)):
        raise UnfitError("not a URL", f"it without the character U+{ord(hidden):04X}, which cannot be seen")
    if re.search(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]", text):
        raise UnfitError("not a URL", "it without spaces and quotes, as %20 where they belong to it")
    if (port := re.match(r"https?://[^/?#]*:([0-9]+)(?=[/?#]|$)", text, re.IGNORECASE)) and int(port[1][:9]) > 65_535:
        raise UnfitError("an address with a port that cannot be", "one up to 65535, or none")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or len(text) > 2_000 or not re.fullmatch(r"[^./][^/]*", host):
        raise UnfitError("not a URL", "it with a host, such as https://example.org/feed.xml")


def _can_be_seen(character: str) -> bool:
    return character.isprintable() or character.isspace()


def check_source(text: str) -> None:
    """Refuse what names no feed: an http(s) URL, a file of this machine, or a command."""
    if re.match(r"[A-Za-z]:[\\/]", text):
        raise UnfitError("a path", "file:/// before it, and / instead of \\")
    if re.match(r"(\.{1,2}|~)?/(?!/)", text):
        raise UnfitError("a path", f"file: before it: file:{text}")
    if text.startswith("file:"):
        _check_file(text)
    elif text.startswith("exec:"):
        _check_command(text)
    elif re.match(r"(file|exec):", text, re.IGNORECASE):
        raise UnfitError("not a web address", f"{text[:5].lower()} in small letters")
    else:
        check_url(text)


def _check_file(text: str) -> None:
    if re.match(r"file:(//)?/?[A-Za-z]:\\", text):
        raise UnfitError("a path of Windows", "it with / instead of \\, such as file:///C:/feeds/mine.xml")
    host, slash, _ = text.removeprefix("file://").partition("/")
    if text.startswith("file://") and not (slash and host in ("", "localhost")):
        raise UnfitError("not a file of this machine", "file:///the/path.xml, or file:path.xml relative to this file")
    if not text.isprintable() or not re.search(r"[^/]$", text.removeprefix("file:")):
        raise UnfitError("not a file", "its path, such as file:///the/path.xml or file:path.xml")


def _check_command(text: str) -> None:
    try:
        words = shlex.split(text.removeprefix("exec:")) if text.isprintable() else []
    except ValueError:
        raise UnfitError("not a command", "it with every quote closed") from None
    if not words or not words[0]:
        raise UnfitError("not a command", "a program and its arguments on one line, such as exec:my-feed --all")


def read_listen(text: str) -> tuple[str, int] | None:
    """Host and port of `host:port`, `[ipv6]:port` or `:port`, or None."""
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]*)):([0-9]{1,5})", text)
    if match is None or int(match[3]) > 65_535:
        return None
    return match[1] or match[2] or "0.0.0.0", int(match[3])  # noqa: S104 - ":8080" says so


COUNTRIES = frozenset(("cn", "jp", "dk", "cz", "ua", "us", "gb"))
"""Codes of countries that are none of languages (ISO 639-1), and are written for them."""


def check_language(text: str) -> None:
    """Refuse what is no code of a language."""
    primary = text.partition("-")[0].lower()
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", text) or primary in COUNTRIES:
        raise UnfitError("not a language", "its code, such as en, zh-CN or ja")


_SEEN = re.compile(r"[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d]")


def is_one_line(text: str) -> bool:
    """Whether every character can be seen or is a blank, of whatever width, or one of the two joiners, without which
    Persian, the scripts of India and families in emoji cannot be written."""
    return text.isprintable() or _SEEN.sub("", text).isprintable()


def slug_problem(slug: str) -> tuple[str, str] | None:
    """What makes a text unfit for the address and the file of a feed, and what to write; None if it is fit."""
    levels = slug.split("/")
    if any(not level.strip() for level in levels):
        return "not usable as an address", 'a name on both sides of each "/"'
    if any(level.startswith((".", "_")) for level in levels) or slug.casefold() == "all":
        return "reserved", 'another name; "all" and names that begin with _ or . are taken'
    if "\\" in slug or not is_one_line(slug):
        return "not usable as an address", "it without \\ and control characters"
    if any(len(level.encode("utf-8", "replace")) > 200 for level in levels):
        return "too long for a file name", "at most 200 bytes (66 Chinese characters)"
    return None
