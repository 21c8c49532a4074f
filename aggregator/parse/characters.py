"""Characters that may leave this room: legal in XML 1.0, no control characters, of bounded length."""

from __future__ import annotations

import re
from hashlib import sha256

from aggregator.parse.limits import LIMITS

# XML 1.0 (5th ed.) section 2.2, less what it allows but advises against: DEL, the C1 controls, the noncharacters.
# In two, for the second makes a search eight times slower, and few texts hold characters beyond the first plane.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_NONCHARACTERS = re.compile(
    "[" + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF)) + "]"
)

# What Windows writers mean by a C1 control (HTML Living Standard, "numeric character reference end state").
_WINDOWS = {
    code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


def legal(text: str) -> str:
    """The text without what XML cannot carry; C1 controls become the Windows characters that they stand for."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _BEYOND.search(text):
        text = _NONCHARACTERS.sub("", text)
    return _FORBIDDEN.sub(_mend, text)


def _mend(match: re.Match[str]) -> str:
    return _WINDOWS.get(ord(match[0]), "")


def character(code: int) -> str:
    """The character that a numeric reference means, or nothing if there is no legal one."""
    return legal(chr(code)) if code <= 0x10FFFF else ""


def block(text: str, limit: int = LIMITS.content) -> str:
    """Legal text of several lines, cut at the limit."""
    return legal(text[:limit]).strip()


def line(text: str, limit: int = LIMITS.line) -> str:
    """Legal text on one line: each run of white space is one space."""
    # Split only as much as can be kept: a title may be megabytes long, and most of that spaces.
    return " ".join(legal(text.lstrip()[: 2 * limit]).split())[:limit].rstrip()


def address(text: str | None) -> str | None:
    """A URL as written, without the white space that browsers drop from it (WHATWG URL, "basic URL parser" 1–3).

    One that is too long is dropped: cut, it would lead somewhere else.
    """
    if not text or len(text) > 2 * LIMITS.url:
        return None
    url = legal(text).replace("\n", "").replace("\t", "").strip()
    return url if 0 < len(url) <= LIMITS.url else None


def identifier(text: str | None) -> str | None:
    """A guid without surrounding white space. A long one ends in a hash of itself, so that it stays distinct."""
    guid = legal(text).strip() if text else ""
    if len(guid) > LIMITS.guid:
        digest = sha256(guid.encode()).hexdigest()
        guid = f"{guid[: LIMITS.guid - len(digest) - 1]}#{digest}"
    return guid or None


def whole_number(text: object, largest: int = 2**53) -> int | None:
    """A count as publishers write it: digits, perhaps with a unit behind them, perhaps with a comma before each three
    of them. None if negative or absurd."""
    match = re.match(r"\s*\+?(\d{1,3}(?:,\d{3})+|\d{1,16})(?!\d)", str(text)[:64]) if text is not None else None
    number = int(match[1].replace(",", "")) if match else -1
    return number if 0 <= number <= largest else None
