"""Dates that are told from the moment of asking: "3 hours ago", 今天 12:30, 11月23日 12:30.

What names no year is of the last twelve months. A whole number of days, weeks, months or years ago keeps the time of
day; 昨天 alone is its midnight, in the zone of the source. None for everything else; nothing raises.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from unicodedata import normalize

from aggregator.parse.dates import read_date

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "M": 2_629_746, "y": 31_556_952}

_UNITS = {
    "s": "s sec secs second seconds 秒 秒钟 秒鐘 초 sekunde sekunden seconde secondes segundo segundos сек секунд",
    "m": "m min mins minute minutes 分 分钟 分鐘 분 minuten minuto minutos minuti мин минут минуты минуту",
    "h": "h hr hrs hour hours 小时 小時 个小时 個小時 时 時間 시간 "
    "stunde stunden std heure heures hora horas ore ora час часа часов",
    "d": "d day days 天 日 일 tag tage tagen jour jours día días dia dias giorno giorni день дня дней",
    "w": "w week weeks 周 週 星期 个星期 個星期 週間 주 "
    "woche wochen semaine semaines semana semanas settimana settimane",
    "M": "month months 月 个月 個月 か月 ヶ月 カ月 개월 monat monate monaten mois mes meses mese mesi",
    "y": "y year years 年 년 jahr jahre jahren an ans année années año años ano anos anno anni",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}

_NUMBERS = {
    word: number
    for number, words in {
        0.5: "半 half", 1: "a an one 一 eine einer einem einen un une una um uma", 2: "two 两 兩 二 zwei deux dos due",
        3: "three 三", 4: "four 四", 5: "five 五", 6: "six 六", 7: "seven 七", 8: "eight 八",
        9: "nine 九", 10: "ten 十",
    }.items()
    for word in words.split()
}  # fmt: skip

_BEFORE = re.compile(
    r"(?:(?:about|over|almost|around|大约|约|約)\s?)?"
    r"(?:(?P<lead>vor|il y a|hace|há)\s)?"
    r"(?P<number>\d{1,4}|[a-zäöüß]{1,5}(?=\s)|[半一二两兩三四五六七八九十])\s?(?:an\s)?"
    r"(?P<unit>[^\W\d_]{1,9}?)\.?\s?(?P<tail>ago|以?前|之前|전|fa|назад|atrás)?"
)
_NOW = frozenset(
    (
        *("now", "just now", "a moment ago", "moments ago", "seconds ago", "a few seconds ago", "gerade eben"),
        *("刚刚", "剛剛", "刚才", "剛才", "たった今", "今", "방금", "à l'instant"),
    )
)
_DAYS = {
    word: number
    for number, words in enumerate(
        (
            "today|今天|今日|本日|오늘|heute|aujourd'hui|hoy|oggi|hoje|сегодня",
            "yesterday|昨天|昨日|어제|gestern|hier|ayer|ieri|ontem|вчера",
            "前天|一昨日|おととい|그저께|vorgestern|avant-hier|anteayer|позавчера",
            "大前天",
        )
    )
    for word in words.split("|")
}
_DAY = re.compile(
    rf"(?P<day>{'|'.join(sorted(_DAYS, key=len, reverse=True))})[\s,]*(?:at\s|um\s|à\s|в\s)?(?P<clock>.*)"
)
_YEARLESS = re.compile(
    r"(?P<month>\d{1,2})(?:\s?[月월]\s?(?P<day>\d{1,2})\s?[日号號일]|[-/](?P<day2>\d{1,2})(?=\s\d))(?P<clock>.*)"
)
_LONGEST = 60


def read_ago(text: str, now: datetime, zone: tzinfo = UTC) -> datetime | None:
    """The moment that this meant when it was read `now`, in UTC and whole seconds."""
    said = " ".join(normalize("NFKC", text[: 4 * _LONGEST]).casefold().replace("’", "'").split()).strip(" .,;")
    if not said or len(said) > _LONGEST:
        return None
    if said in _NOW:
        return now.replace(microsecond=0)
    try:
        return _before(said, now) or _on_a_day(said, now.astimezone(zone), zone) or _in_a_year(said, now, zone)
    except (ValueError, OverflowError):  # the 31st of April, nine thousand years ago
        return None


def _before(said: str, now: datetime) -> datetime | None:
    match = _BEFORE.fullmatch(said)
    if match is None or bool(match["lead"]) == bool(match["tail"]) or match["unit"] not in _UNIT_OF:
        return None
    number = float(match["number"]) if match["number"].isdecimal() else _NUMBERS.get(match["number"])
    if number is None:
        return None
    return (now - timedelta(seconds=number * _SECONDS[_UNIT_OF[match["unit"]]])).replace(microsecond=0)


def _on_a_day(said: str, here: datetime, zone: tzinfo) -> datetime | None:
    match = _DAY.fullmatch(said)
    return _at(here.date() - timedelta(days=_DAYS[match["day"]]), match["clock"], zone) if match else None


def _in_a_year(said: str, now: datetime, zone: tzinfo) -> datetime | None:
    match = _YEARLESS.fullmatch(said)
    if match is None:
        return None
    month, day = int(match["month"]), int(match["day"] or match["day2"])
    for year in (now.year + 1, now.year, now.year - 1):  # next year's: where it is the first of January already
        moment = _at(date(year, month, day), match["clock"], zone) if _is_a_day(year, month, day) else None
        if moment is not None and moment <= now + timedelta(days=1):
            return moment
    return None


def _is_a_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _at(day: date, clock: str, zone: tzinfo) -> datetime | None:
    return read_date(f"{day.year}年{day.month}月{day.day}日 {clock}".strip(), zone)
