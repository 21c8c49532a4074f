"""Dates as publishers write them → UTC.

    text | _tidy | epoch · East Asian · ISO 8601 · words (RFC 822, 850, 1123, asctime, prose) | UTC

Each reader either understands the whole of what it is made for, or says None; nothing is guessed from a part, and
no reader is asked about a string that is longer than a date can be. None raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from aggregator.parse.datewords import AFTERNOON, ERAS, MONTHS, MORNING, ZONES
from aggregator.parse.limits import LIMITS


class _Clock(NamedTuple):
    """A time of day; 24:00 and a leap second are times too, so it is a distance from midnight."""

    since_midnight: timedelta = timedelta()
    zone: str = ""  # as written: "+0800", "EST", ""


def read_date(text: str, zone: tzinfo = UTC) -> datetime | None:
    """The moment that a string names, in UTC and whole seconds; `zone` is that of dates which name none."""
    if len(text) > 64 * LIMITS.date:
        return None
    tidy = _tidy(text)
    if not 4 <= len(tidy) <= LIMITS.date:
        return None
    for reader in (_epoch, _east_asian, _iso, _words):
        try:
            moment = reader(tidy, zone)
        except (ValueError, OverflowError):  # the 30th of February, the year 0, a zone 99 hours away
            moment = None
        if moment is not None:
            return moment
    return None


def first_date(texts: Iterable[str], zone: tzinfo = UTC) -> datetime | None:
    """The first of several strings that can be read."""
    return next((moment for text in texts if (moment := read_date(text, zone)) is not None), None)


def _tidy(text: str) -> str:
    """One line, ASCII digits, no comments: RFC 5322 section 3.2.2 allows "(CET)" and JavaScript adds it."""
    line = " ".join(text.split())
    if not line.isascii():
        line = "".join(str(int(char)) if char.isdecimal() else _PUNCTUATION.get(char, char) for char in line)
        line = re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]", "", line)
    line = re.sub(r"[(\[][^()\[\]]{0,60}[)\]]", " ", line).strip(" ,;\"'")
    return re.sub(
        r"\s?[A-Z][A-Za-z]{2,10}/[A-Za-z_/]{3,30}$", "", line
    )  # Asia/Shanghai: its offset is not ours to know


_PUNCTUATION = {
    "：": ":",
    "，": ",",
    "－": "-",
    "−": "-",
    "–": "-",
    "／": "/",
    "\u202f": " ",
    "（": "(",
    "）": ")",
    "．": ".",
}


def _moment(year: int, month: int, day: int, clock: _Clock, zone: tzinfo) -> datetime:
    """Hour 24 and second 60 roll over, as they do in POSIX time."""
    offset, in_zone = _offset(clock.zone), datetime(year, month, day, tzinfo=zone) + clock.since_midnight
    if offset is not None and in_zone.tzname() != clock.zone:
        in_zone = in_zone.replace(tzinfo=timezone(offset))
    return in_zone.astimezone(UTC).replace(microsecond=0)


def _offset(zone: str) -> timedelta | None:
    """The distance from UTC of a zone by name or number; None for one that we do not know."""
    numeric = re.search(r"([+-])(\d{1,2}):?(\d{2})?(?::?\d{2})?Z?$", zone)
    if numeric:
        distance = timedelta(hours=int(numeric[2]), minutes=int(numeric[3] or 0))
        # The widest offset on Earth is +14; what is wider is nonsense, and UTC is the least wrong (RFC 5322 4.3).
        return (distance if numeric[1] == "+" else -distance) if distance <= timedelta(hours=14) else timedelta()
    hours = ZONES.get(zone.lower())
    return None if hours is None else timedelta(hours=hours)


# ------------------------------------------------------------------------------------------------- seconds since 1970


def _epoch(text: str, _zone: tzinfo) -> datetime | None:
    """Unix time in seconds, or in milli-, micro- or nanoseconds, by its number of digits."""
    match = re.fullmatch(r"(\d{9,10}|\d{12,13}|\d{15,16}|\d{18,19})(?:\.\d{1,9})?", text)
    if not match or _looks_like_a_day(match[1]):
        return None
    number = int(match[1])
    while number >= 10**11:
        number //= 1000
    return datetime.fromtimestamp(number, UTC)


def _looks_like_a_day(digits: str) -> bool:
    return len(digits) == 12 and re.match(r"20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", digits) is not None


# ------------------------------------------------------------------------------------------------- 2020年5月4日 下午3时

_NUMERALS = {numeral: digit for digit, numeral in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "元": 1}
_EAST_ASIAN_DATE = re.compile(
    r"(?P<era>令和|平成|昭和|民[国國])?\s*(?P<year>\d{1,4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日号號일]?(?P<rest>.*)"
)
_EAST_ASIAN_CLOCK = re.compile(
    r"(?P<half>上午|下午|午前|午後|오전|오후|凌晨|早上|清晨|中午|傍晚|晚上|AM|PM)?\s*(?P<hour>\d{1,2})\s*(?:[时時点點시]|:)\s*"
    r"(?:(?P<minute>\d{1,2}|半)\s*[分분]?(?:\s*:?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*[秒초]?)?)?\s*(?P<late>AM|PM)?\s*(?P<zone>[A-Za-z]{0,4}(?:[+-]\d{1,2}:?\d{0,2})?)",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"^[\s,]*(?:(?:星期|周|週|礼拜|禮拜)[一二三四五六日天\d]|[月火水木金土日](?:曜日?)|[월화수목금토일]요일)?[\s,T]*"
)


def _east_asian(text: str, zone: tzinfo) -> datetime | None:
    match = _EAST_ASIAN_DATE.match(_arabic(text))
    if not match:
        return None
    year = ERAS[match["era"]] + int(match["year"]) if match["era"] else _year(match["year"])
    rest = _WEEKDAY.sub("", match["rest"])
    clock = _east_asian_clock(rest) if rest else _Clock()
    return _moment(year, int(match["month"]), int(match["day"]), clock, zone) if clock else None


def _arabic(text: str) -> str:
    """二〇二〇年五月二十三日 → 2020年5月23日; text without 年 is left alone."""
    if "年" not in text:
        return text
    return re.sub("[〇零○元一二三四五六七八九十]+(?=[年月日号號时時点點分秒])", lambda match: _number(match[0]), text)


def _number(numerals: str) -> str:
    if "十" not in numerals:
        return "".join(str(_NUMERALS[numeral]) for numeral in numerals)
    tens, _, ones = numerals.partition("十")
    return str(10 * (_NUMERALS.get(tens, 1) if tens else 1) + (_NUMERALS.get(ones, 0) if ones else 0))


def _east_asian_clock(text: str) -> _Clock | None:
    match = _EAST_ASIAN_CLOCK.match(text)
    if not match:
        return None
    minute = 30 if match["minute"] == "半" else int(match["minute"] or 0)
    half = match["half"] or match["late"] or ""
    return _clock(int(match["hour"]), minute, int(match["second"] or 0), half, match["zone"])


# ------------------------------------------------------------------------------------------------------- clock, years


def _clock(hour: int, minute: int, second: int, half: str = "", zone: str = "") -> _Clock | None:
    """Hours up to 29: Japanese timetables count on after midnight, and 25:00 is one o'clock."""
    if hour > 29 or minute > 59 or second > 60:
        return None
    half = half.lower()
    if half in AFTERNOON and hour < 12 and not (half == "中午" and hour == 11):
        hour += 12
    elif half in MORNING and hour == 12:
        hour = 0
    return _Clock(timedelta(hours=hour, minutes=minute, seconds=second), zone.strip())


def _year(digits: str) -> int:
    """RFC 5322 section 4.3: 00 to 49 are of this century, 50 to 99 and three digits count from 1900."""
    year = int(digits)
    if len(digits) > 3:
        return year
    return year + 2000 if year < 50 else year + 1900


# ----------------------------------------------------------------------------------------------------------- ISO 8601

_ZONE = r"(?P<zone>(?:\s*(?:GMT|UTC|UT|Z))?\s*[+-]\s?\d{1,2}(?::?\d{2}){0,2}Z?|\s*[A-Za-z]{1,5})?"
_CLOCK = (
    r"(?P<hour>\d{1,2})(?:(?P<colon>[:.h]?)(?P<minute>\d{2}|(?<=:)\d)(?:(?P=colon)(?P<second>\d{2}|(?<=:)\d)(?:[.,:]\d{1,12})?)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?(?![A-Za-z])|上午|下午|午前|午後|오전|오후)?"
)
_LATE = r"(?:\s*T\s*|\s*,\s*|\s+|t|(?<=\d{8})(?=\d))(?:(?P<early>上午|下午|午前|午後|오전|오후)\s*)?"
_ISO = re.compile(
    r"(?P<year>\d{4})(?:(?P<dash>[-/.]|\s?[.]\s)(?P<month>\d{1,2})(?:(?P=dash)(?P<day>\d{1,2})\.?)?|(?P<packed>\d{4}))"
    rf"(?:{_LATE}{_CLOCK}{_ZONE})?"
)
_ISO_ORDINAL = re.compile(rf"(?P<year>\d{{4}})-?(?P<ordinal>\d{{3}})(?:T{_CLOCK}{_ZONE})?")
_ISO_WEEK = re.compile(rf"(?P<year>\d{{4}})-?W(?P<week>\d{{2}})(?:-?(?P<weekday>[1-7]))?(?:T{_CLOCK}{_ZONE})?")


def _iso(text: str, zone: tzinfo) -> datetime | None:
    """ISO 8601 calendar, ordinal and week dates, RFC 3339, and their sloppy relatives: 2020/5/4 10:00 +8."""
    if match := _ISO.fullmatch(text):
        month, day = match["month"], match["day"] or "1"
        if match["packed"]:
            month, day = match["packed"][:2], match["packed"][2:]
        year, number, day_number = int(match["year"]), int(month), int(day)
    elif match := _ISO_ORDINAL.fullmatch(text):
        date = datetime(int(match["year"]), 1, 1, tzinfo=UTC) + timedelta(days=int(match["ordinal"]) - 1)
        year, number, day_number = date.year, date.month, date.day
        if match["ordinal"] == "000" or year != int(match["year"]):
            return None
    elif match := _ISO_WEEK.fullmatch(text):
        week = datetime.fromisocalendar(int(match["year"]), int(match["week"]), int(match["weekday"] or 1))
        year, number, day_number = week.year, week.month, week.day
    else:
        return None
    clock = _clock_of(match)
    return _moment(year, number, day_number, clock, zone) if clock else None


def _clock_of(match: re.Match[str]) -> _Clock | None:
    groups = match.groupdict()
    if groups["hour"] is None:
        return _Clock()
    half = groups["half"] or groups.get("early") or ""
    zone = (groups["zone"] or "").replace(" ", "")
    return _clock(int(groups["hour"]), int(groups["minute"] or 0), int(groups["second"] or 0), half, zone)


# ----------------------------------------------------------------------------- Mon, 04 May 2020 10:00:00 GMT, and prose

_WORD_CLOCK = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})(?:(?P<colon>[:h.])(?P<minute>\d{2})(?:(?P=colon)(?P<second>\d{2})(?:[.,]\d{1,12})?)?\s*(?P<half>[AaPp]\.?[Mm]\b\.?|[πμ]\.?μ\.?)?|\s*(?P<half2>[AaPp]\.?[Mm]\b\.?))(?![\d:])"
)
_WORD_ZONE = re.compile(
    r"\s*(?P<zone>(?:GMT|UTC|UT|Z)?\s*[+-]\s?\d{1,2}(?::?\d{2})?(?!\d)|[A-Za-z]{1,5}(?![A-Za-zÀ-ɏ]))", re.IGNORECASE
)
_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:['’`][^\W\d_]+)?")
_NUMERIC = re.compile(r"(\d{1,2})([/.-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})\b")


def _words(text: str, zone: tzinfo) -> datetime | None:
    """A day, a month and a year in any order, a time if there is one, a zone behind it; other words are weekdays."""
    text = re.sub(r"\s*\b(?:tháng|thg)\s*(\d{1,2}),?\s*(?:năm\s*)?", r"-\1-", text)  # Vietnamese numbers its months
    clock, rest = _take_clock(text)
    if clock is None:
        return None
    date = _numeric_date(rest, us=bool(re.search(r"\d\s*[ap]\.?m", text, re.IGNORECASE))) or _named_date(rest)
    return _moment(*date, clock, zone) if date else None


def _take_clock(text: str) -> tuple[_Clock | None, str]:
    match = next((found for found in _WORD_CLOCK.finditer(text) if _is_clock(found, text)), None)
    if not match:
        return _Clock(), text
    named = _WORD_ZONE.match(text, match.end())
    if named and not _is_zone(named["zone"]):
        named = None
    groups = match.groupdict()
    clock = _clock(
        int(groups["hour"]),
        int(groups["minute"] or 0),
        int(groups["second"] or 0),
        groups["half"] or groups["half2"] or "",
        (named["zone"] if named else "").replace(" ", ""),
    )
    return clock, f"{text[: match.start()]} {text[named.end() if named else match.end() :]}"


def _is_clock(match: re.Match[str], text: str) -> bool:
    """Whether it is a time: "10.00" is, the beginning of "04.05.2020" is not."""
    return match["colon"] != "." or (not re.match(r"\.?\d", text[match.end() :]) and ":" not in text)


def _is_zone(word: str) -> bool:
    return word.strip().lower() not in MONTHS


def _numeric_date(text: str, *, us: bool) -> tuple[int, int, int] | None:
    """04.05.2020 has the day first everywhere; 05/04/2020 is American where a 12-hour clock is beside it or nothing
    tells, for .NET writes it so in its invariant culture."""
    match = _NUMERIC.search(text)
    if not match:
        return None
    first, second, year = int(match[1]), int(match[3]), _year(match[4])
    if match[2] == "-" and len(match[4]) == 2:
        return _year(match[1]), second, int(match[4])  # 20-05-04, the short form of ISO 8601:1988
    month_first = us or match[2] == "/"
    if first > 12 or (second <= 12 and not month_first):
        first, second = second, first
    return year, first, second


def _named_date(text: str) -> tuple[int, int, int] | None:
    month, numbers = None, []
    for token in _TOKEN.findall(text):
        if token.isdigit():
            numbers.append(token)
        else:
            month = _month(token) or month  # the last one: in "mar., 05 mai 2020" the first is a Tuesday
    if month is None:
        return None
    year = next((n for n in numbers if len(n) in (3, 4)), None)
    others = [n for n in numbers if n is not year]
    if year is None and len(others) == 2:
        year = others.pop()  # RFC 850: 04-May-20
    if year is None or len(others) > 1 or len(others[:1] and others[0]) > 2:
        return None
    return _year(year), month, int(others[0]) if others else 1


def _month(word: str) -> int | None:
    name = word.lower()
    if name in MONTHS or len(name) < 4:
        return MONTHS.get(name)
    return next((number for full, number in MONTHS.items() if full.startswith(name)), None)
