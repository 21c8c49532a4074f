"""Whether an article's page says more than its feed, and when to try a page again. Judges only.

An extractor never says that it failed: it gives a menu, a cookie notice, a comment. So what it gives is believed only
if it holds what the feed already told.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from aggregator.model.exchange import Failure, FetchFailed

MAX_TRIES = 6
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(days=1)
FEW_TRIES = 3  # for what seldom changes: a page that is not there, or not for us

_OPENING = 60  # words of the feed's text that must not be lost
_TELLS = 25  # words, from which on a text can be recognised
_RUN = 3  # words in a row that are looked for together
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_CRUMBS = 8  # words that a wall may leave of itself: the name of a button, a price
_SENTENCE = re.compile(r"[^.!?。！？]+[.!?。！？]*")
_WALLS = """
before you continue to|(?:we|us|our partners|will also|sites?) (?:value your privacy|(?:may |also )?use cookies)
(?:store|accept|manage|reject|necessary|advertising) (?:all )?cookies|cookie (?:policy|settings|preferences|consent)
accept all|reject all|consent to the (?:use|processing)|personali[sz]ed (?:ads|content)
(?:enable|turn on|requires?) javascript|checking your browser|verify (?:that )?you are (?:a )?human|unusual traffic
already a (?:subscriber|member)
subscri(?:be|ption)s? (?:now |today )?(?:to|is required to) (?:continue|keep|read|unlock|access)
(?:log|sign) ?in to (?:continue|read|your account)
create (?:a free|an|your) account|to continue reading|continue reading with
unlimited (?:access|articles|stories|digital)|cancel any ?time|free articles? (?:left|remaining|this month)
support (?:independent|quality|our) journalism|become a (?:member|subscriber)|start your (?:free )?trial|members[- ]only
wir verwenden cookies|cookies zustimmen|alle akzeptieren|jetzt (?:abonnieren|weiterlesen)
bereits abonnent|weiterlesen mit
nous utilisons des cookies|tout (?:accepter|refuser)|déjà abonné|réservé aux abonnés|abonnez-vous
utilizamos cookies|aceptar todas?|ya eres suscriptor|suscríbete para
登录后(?:查看|阅读|继续)|请先登录|订阅后|开通会员|会员专享|付费(?:阅读|内容|后)
我们使用.{0,6}cookie|安全验证|启用 ?javascript
ログインして|会員限定|有料会員|続きを読むには|クッキーを使用
"""
_WALL = re.compile("|".join(_WALLS.split("\n")[1:-1]), re.IGNORECASE)
_HOPELESS = frozenset({Failure.BLOCKED, Failure.TOO_LARGE, Failure.GONE, Failure.FILE, Failure.COMMAND})
_RARELY_CHANGES = frozenset({401, 402, 403, 404, 451})


def why_keep(feed: str, page: str, title: str) -> str | None:
    """Why the feed's own text is to be kept, as plain words; None if the page's is better. All are plain text.

    Measured in words, of which each Chinese, Japanese or Korean character is one.
    """
    ours, theirs = _words(feed), _words(page)
    if not theirs:
        return "its page holds no text that could be told from the rest"
    if len(theirs) <= len(ours):
        return "its page says no more than its feed"
    left = len(_words(_without_walls(page)))
    if left < len(theirs) and left <= len(ours) + _CRUMBS:
        return "its page asks for consent, a login or money in the place of the article"
    told = set(_runs(theirs))
    if len(ours) >= _TELLS:
        opening, whole = _runs(ours[:_OPENING]), _runs(ours)
        if _share(whole, told) < 0.3 and len(ours) >= 3 * _TELLS:
            return "its page tells something else"
        if _share(opening, told) < 0.4 <= _share(whole, told):
            return "the text of its page lacks the beginning"
    if _is_strange(_words(title) + ours, theirs):
        return "its page tells something else"
    return None


def _without_walls(text: str) -> str:
    """Without the sentences of what stands before an article until one has agreed, logged in or paid."""
    return " ".join(sentence for sentence in _SENTENCE.findall(text) if not _WALL.search(sentence))


def _is_strange(known: list[str], page: list[str]) -> bool:
    """A wall, a front page, an error: nearly nothing of what the title and the feed speak of."""
    wanted = {word for word in known if len(word) > 2 or not word.isascii()}
    return len(wanted) >= 3 and len(wanted & set(page)) < 0.25 * len(wanted)


def next_try(tries: int, failed: FetchFailed, now: datetime, chance: float) -> datetime | None:
    """When a page that has now failed so many times is tried again; None: never. 0 ≤ chance < 1 spreads them."""
    most = FEW_TRIES if failed.status in _RARELY_CHANGES else MAX_TRIES
    if tries >= most or failed.failure in _HOPELESS:
        return None
    wait = min(FIRST_WAIT * (1 << 2 * min(tries - 1, 8)), LONGEST_WAIT)
    asked = min(failed.retry_after or now, now + LONGEST_WAIT)
    return max(now + wait, asked) + wait * 0.2 * chance


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[at:] for at in range(_RUN)), strict=False))


def _share(wanted: list[tuple[str, ...]], found: set[tuple[str, ...]]) -> float:
    return sum(run in found for run in wanted) / len(wanted) if wanted else 1.0
