"""What was meant by a value that does not fit: the spellings of other programs, of ISO 8601, of plain speech. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from aggregator.config.units import read_duration, read_size, write_duration

_UNITS = {
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds", "毫秒"), ("ms", 1)),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒"), ("s", 1)),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分钟"), ("m", 1)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "小时", "时"), ("h", 1)),
    **dict.fromkeys(("d", "day", "days", "天", "日"), ("d", 1)),
    **dict.fromkeys(("w", "week", "weeks", "周"), ("d", 7)),
    **dict.fromkeys(("mo", "mon", "month", "months", "月", "个月"), ("d", 30)),
    **dict.fromkeys(("y", "yr", "year", "years", "年"), ("d", 365)),
}
_SMALLER = {"d": ("h", 24), "h": ("m", 60), "m": ("s", 60), "s": ("ms", 1000)}
_NAMED = {"hourly": "1h", "daily": "1d", "weekly": "7d", "monthly": "30d", "yearly": "365d", "annually": "365d"}
_PART = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,3}))?\s*([^\W\d_]+)[\s,]*")
_ISO = re.compile(r"P(?:([0-9]{1,6})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?")

_TRUE = frozenset(("true", "yes", "on", "y", "t", "1", "enable", "enabled", "是", "开", "真"))
_FALSE = frozenset(("false", "no", "off", "n", "f", "0", "disable", "disabled", "否", "关", "假", "none", "never"))

_LANGUAGES = {
    "chinese": "zh", "中文": "zh", "cn": "zh", "english": "en", "us": "en", "gb": "en", "german": "de",
    "deutsch": "de", "french": "fr", "spanish": "es", "italian": "it", "japanese": "ja", "日本語": "ja", "jp": "ja",
    "korean": "ko", "portuguese": "pt", "russian": "ru", "dutch": "nl", "polish": "pl", "swedish": "sv",
    "danish": "da", "dk": "da", "czech": "cs", "cz": "cs", "greek": "el", "gr": "el", "ukrainian": "uk", "ua": "uk",
}  # fmt: skip

_ZONES = {
    "BEIJING": "Asia/Shanghai",
    "ASIA/BEIJING": "Asia/Shanghai",
    "北京": "Asia/Shanghai",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "EDT": "America/New_York",
    "CDT": "America/Chicago",
    "BST": "Europe/London",
    "CEST": "Europe/Berlin",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "HKT": "Asia/Hong_Kong",
    "SGT": "Asia/Singapore",
}


def guess(what: str, text: str) -> str | None:
    """What to write instead of a text that is, in the words of the complaint, `what`; None where nothing is likely."""
    guesser = _GUESSERS.get(what)
    return guesser(text.strip()) if guesser else None


def _duration(text: str) -> str | None:
    said = text.lower().removeprefix("every ").strip("@+- ")
    if said in _NAMED:
        return _NAMED[said]
    if iso := _ISO.fullmatch(text.upper()):
        found = [f"{number}{unit}" for number, unit in zip(iso.groups(), "dhms", strict=True) if number]
        return _sum(found)
    if re.fullmatch(r"[1-9][0-9]{0,3}", said):
        return f"{said}m" if int(said) < 1000 else f"{said}s"
    if match := re.fullmatch(r"\*/([0-9]{1,2})( \*){4}", said):
        return f"{match[1]}m"
    parts = list(_PART.finditer(said))
    if not parts or "".join(part[0] for part in parts) != said:
        return None
    amounts = [amount for part in parts if (amount := _part(part))]
    return _sum(amounts) if len(amounts) == len(parts) else None


def _part(part: re.Match[str]) -> str | None:
    unit, factor = _UNITS.get(part[3], ("", 0))
    if not factor:
        return None
    number = Fraction(f"{part[1]}.{part[2] or 0}") * factor
    while number.denominator != 1 and unit in _SMALLER:
        unit, times = _SMALLER[unit]
        number *= times
    return f"{number}{unit}" if number.denominator == 1 else None


def _sum(parts: list[str]) -> str | None:
    """Of several, in the smallest of their units."""
    if len(parts) < 2:
        return parts[0] if parts else None
    found = [duration for part in parts if (duration := read_duration(part))]
    total = found[0]
    for more in found[1:]:
        total += more
    return write_duration(total)


def _size(text: str) -> str | None:
    if re.fullmatch(r"[1-9][0-9]{0,2}", text):
        return f"{text}MB"
    if match := re.fullmatch(r"([0-9]{1,4})\s*([kmgt])(i?b|)(ytes?)?", text, re.IGNORECASE):
        factor, unit = (1000, "G") if match[2] in "tT" else (1, match[2].upper().replace("K", "k"))
        meant = f"{int(match[1]) * factor}{unit}B"
        return meant if read_size(meant) else None
    return None


def _address(text: str) -> str | None:
    """The address behind the misspellings of https://."""
    bare = text.strip("“”‘’\"'＂＜＞<>「」 ")
    if match := re.fullmatch(r"\[[^\]]*\]\((https?://[^\s()]+)\)", bare):  # a link of Markdown
        return match[1]
    if match := re.fullmatch(r"feed:(?://)?(https?://.+)", bare, re.IGNORECASE):
        return match[1]
    if match := re.fullmatch(r"[a-z_]{2,12}[：:]\s*(https?://.+)", bare):
        return match[1]
    if match := re.fullmatch(r"(?:feed|h?t+ps?|htp|hhtps?)?(?::/{1,3}|：/*|//|:(?=[a-z]))(.+)", bare, re.IGNORECASE):
        bare = match[1]
    elif match := re.fullmatch(r"(https?)(?::/|//|/|：//)(.+)", bare, re.IGNORECASE):
        return f"{match[1].lower()}://{match[2]}"
    if re.fullmatch(r"https?://\S+", bare):
        return bare
    if re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}(:[0-9]+)?([/?]\S*)?", bare, re.IGNORECASE):
        return f"https://{bare}"
    return None


def _switch(text: str) -> str | None:
    said = text.casefold()
    return "true" if said in _TRUE else "false" if said in _FALSE else None


def _language(text: str) -> str | None:
    if re.fullmatch(r"[A-Za-z]{2,3}([_.][A-Za-z0-9-]+)+", text):  # zh_CN.UTF-8
        return text.partition(".")[0].replace("_", "-")
    return _LANGUAGES.get(text.casefold())


def _zone(text: str) -> str | None:
    if match := re.fullmatch(r"(?:UTC|GMT)?([+-])0?([0-9]{1,2})(?::?00)?", text, re.IGNORECASE):
        sign = "-" if match[1] == "+" else "+"  # POSIX counts westwards
        return f"Etc/GMT{sign}{match[2]}" if 0 < int(match[2]) <= 12 else "UTC" if int(match[2]) == 0 else None
    return _ZONES.get(text.upper())


_GUESSERS: dict[str, Callable[[str], str | None]] = {
    "not a duration": _duration,
    "not a size": _size,
    "not a web address": _address,
    "not a switch": _switch,
    "not a language": _language,
    "not a time zone": _zone,
}
