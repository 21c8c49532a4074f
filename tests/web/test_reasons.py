"""Reasons in the visitor's language: each sentence that the program can write is known here."""

from __future__ import annotations

import ast
import re
from collections import deque
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import aggregator
from aggregator.decide.pace import Asked, Limits, next_poll, retry
from aggregator.decide.pace.portray import sentence
from aggregator.decide.pace.state import Pace
from aggregator.decide.pace.timetable import Timetable
from aggregator.decide.push import stretch
from aggregator.decide.similar.judge import Rule
from aggregator.fetch.coding import DamagedError, decode
from aggregator.fetch.guard import Guard
from aggregator.fetch.target import BadTargetError, parse
from aggregator.fetch.words import explained, status_words
from aggregator.model.entry import NotAFeed, Rhythm
from aggregator.model.exchange import Failure, FetchFailed
from aggregator.model.outcome import NextPoll
from aggregator.parse import parse_feed
from aggregator.web.reasons import Said, plainly, reason, trouble
from aggregator.web.words import RULES
from tests.builders import NOW

HOME = Path(aggregator.__file__).parent
ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")  # three words of a sentence; names begin with capitals


def is_chinese(said: Said) -> bool:
    return bool(re.search(r"[一-鿿]", said.text)) and not said.theirs and not ENGLISH.search(said.text)


@given(
    days=st.floats(0.01, 400),
    hours=st.lists(st.floats(0, 9), min_size=24, max_size=24),
    table=st.none() | st.sampled_from([0.5 / 24, 1 / 24, 6 / 24, 1.0, 7.0]),
)
def test_every_rhythm_is_said_in_chinese(days: float, hours: list[float], table: float | None) -> None:
    timetable = Timetable(table, 20_000.4, 0.0, 0) if table else None
    pace = Pace(at=20_000.0, since=20_000.0 - days, count=days, hours=tuple(hours), timetable=timetable)
    assert is_chinese(reason(f"learned: {sentence(pace)}", "zh"))


@pytest.mark.parametrize(
    "every", [None, timedelta(minutes=7), timedelta(hours=2), timedelta(seconds=90), timedelta(days=1)]
)
@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        Asked(rhythm=Rhythm(interval=timedelta(days=1))),
        Asked(rhythm=Rhythm(skip_hours=frozenset(range(23)))),
        Asked(not_before=NOW + timedelta(hours=30)),
        Asked(retry_after=NOW + timedelta(hours=60)),
    ],
)
def test_every_reason_of_a_next_poll_is_said_in_chinese(every: timedelta | None, asked: Asked) -> None:
    due = next_poll(
        Pace(), every=every, limits=Limits(max=timedelta(days=2)), theta=1.0, asked=asked, now=NOW, jitter=0.5
    )
    assert is_chinese(reason(due.reason, "zh")), due.reason
    assert reason(due.reason, "en") == Said(due.reason)
    assert is_chinese(reason(stretch(due, "https://hub.example/", timedelta(days=3)).reason, "zh"))


@pytest.mark.parametrize("wish", [None, NOW + timedelta(days=2)])
@pytest.mark.parametrize("failures", [1, 9])
def test_every_reason_of_a_retry_is_said_in_chinese(failures: int, wish: datetime | None) -> None:
    failed = FetchFailed(url="https://x.example/", failure=Failure.STATUS, detail="", status=503, retry_after=wish)
    due = retry(failures, failure=failed, every=None, limits=Limits(), now=NOW, jitter=0.5)
    assert isinstance(due, NextPoll)
    assert is_chinese(reason(due.reason, "zh")), due.reason


def test_every_reason_that_is_written_down_somewhere_else_is_said_in_chinese() -> None:
    """Those that the code hands to the store as they are."""
    found = set()
    for file in HOME.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in ("postpone", "poll_subscribed_by"):
                found |= {one.value for one in call.args if isinstance(one, ast.Constant)}
                found |= {_filled(one) for one in call.args if isinstance(one, ast.JoinedStr)}
    assert len(found) >= 4
    for written in found | {"gone: the publisher says that this feed is no more (410)"}:
        assert is_chinese(reason(written, "zh")), written


def _filled(string: ast.JoinedStr) -> str:
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "Name" for part in string.values)


def test_every_kind_of_failure_has_a_name_in_chinese() -> None:
    for failure in Failure:
        said = trouble(str(failure), "zh")
        assert is_chinese(said) or failure is Failure.PROTOCOL
        assert plainly(said) != failure


@pytest.mark.parametrize("status", [*map(int, HTTPStatus), 418, 451, 499, 507, 521, 522, 523, 525, 526, 530, 599, 700])
def test_what_a_status_means_is_said_in_chinese(status: int) -> None:
    for detail in (status_words(status), f"{status_words(status)}: a challenge for browsers (bot protection)"):
        said = trouble(f"refused by the server: {detail}", "zh")
        assert said.text.startswith(f"服务器拒绝：{status}")
        assert is_chinese(said)


@pytest.mark.parametrize(
    ("failure", "detail"),
    [
        (Failure.DNS, "Could not resolve host: feeds.example"),
        (Failure.TIMEOUT, "Operation timed out after 20001 milliseconds with 0 bytes received"),
        (Failure.CONNECT, "Failed to connect to 127.0.0.1 port 9 after 0 ms: Could not connect to server"),
    ],
)
def test_what_the_library_says_every_day_is_said_in_chinese(failure: Failure, detail: str) -> None:
    assert is_chinese(trouble(f"{failure}: {explained(failure, detail)}", "zh"))


def test_what_nobody_has_translated_is_told_apart_from_what_it_means() -> None:
    theirs = "SSL certificate problem: certificate has expired"
    said = trouble(f"TLS failed: {explained(Failure.TLS, theirs)}", "zh")
    assert said == Said("TLS 失败：发布者须更新证书", theirs)
    assert trouble("our fault: KeyError: 'x'", "zh") == Said("本程序的问题", "KeyError: 'x'")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example/",
        "x",
        "http://",
        "http://a\\b/",
        "http://[::1%25eth0]/",
        "http://x:0/",
        "http://a..b/",
        "http://" + "a" * 9_000,
    ],
)
def test_what_is_wrong_with_an_address_is_said_in_chinese(url: str) -> None:
    with pytest.raises(BadTargetError) as wrong:
        parse(url)
    assert is_chinese(trouble(f"not HTTP: {wrong.value}", "zh")), str(wrong.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "::1"])
def test_a_private_address_is_said_in_chinese(host: str) -> None:
    refusal = Guard().refusal("feeds.example", host, 80)
    assert is_chinese(trouble(f"blocked: {refusal}", "zh"))
    assert is_chinese(trouble(f"blocked: {Guard().refusal(host, host, 80)}", "zh"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><title>One two three</title>",
        b"<html>",
        b"plain words only here",
        b"\x89PNG\r\n",
        b"%PDF-1.4",
        b"{}",
        b'{"error": "x"}',
        b"[",
        b"<svg/>",
        b"<opml/>",
        b"\1\2\3\4" * 99,
    ],
)
def test_what_is_no_feed_is_said_in_chinese(body: bytes) -> None:
    outcome = parse_feed(body)
    assert isinstance(outcome, NotAFeed)
    said = trouble(f"not a feed: {outcome.reason}", "zh")
    assert said.text.startswith("不是订阅源：")
    assert not said.theirs


def test_damage_is_said_in_chinese() -> None:
    with pytest.raises(DamagedError) as wrong:
        decode(deque([b"\x1f\x8b\x08"]), "gzip", 1000)
    assert not trouble(f"not HTTP: {wrong.value}", "zh").theirs


def test_every_rule_about_two_articles_has_a_name_in_chinese() -> None:
    assert set(RULES["zh"]) >= {str(rule) for rule in Rule}


def test_every_rule_of_cleaning_has_a_name_in_chinese() -> None:
    for file in ("html.py", "recurring.py"):
        tree = ast.parse((HOME / "refine" / file).read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            named = getattr(getattr(call, "func", None), "attr", "") or getattr(getattr(call, "func", None), "id", "")
            if isinstance(call, ast.Call) and named in ("cut", "_cut_minor", "_cut_line"):
                for rule in (one.value for one in call.args[1:] if isinstance(one, ast.Constant)):
                    if " " in str(rule) and not re.search(r"[#.\[,]", str(rule)):
                        assert is_chinese(reason(str(rule), "zh")), rule


@given(st.text(max_size=2_000))
def test_no_text_breaks_it_and_none_is_lost(written: str) -> None:
    said = reason(written, "zh")
    assert said.text or said.theirs == written


@given(
    st.lists(
        st.sampled_from(["; ", ": ", "404", " Not Found", "exit code 1", "learned", ", mostly ", "{x}", "（"]),
        max_size=200,
    )
)
def test_no_text_takes_long(parts: list[str]) -> None:
    reason("".join(parts), "zh")
