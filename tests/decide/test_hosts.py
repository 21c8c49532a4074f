"""Who waits when a host is asked too often, and until when."""

from __future__ import annotations

from datetime import timedelta

from aggregator.decide.hosts import neighbourhoods, rest_until, who_waits
from aggregator.model.exchange import Failure, FetchFailed
from tests.builders import NOW, a_source

MINUTE = timedelta(minutes=1)


def refused(status: int | None = 429, **other) -> FetchFailed:
    return FetchFailed(url="https://a.example/", failure=Failure.STATUS, detail="", status=status, **other)


def test_neighbours_share_a_host_however_it_is_written() -> None:
    one, two = a_source("https://www.a.example/1"), a_source("http://A.example:80/2")
    alone, other = a_source("https://a.example/3", rate_limit="feed"), a_source("https://b.example/")
    files = a_source("file:///x.xml"), a_source("exec:y")
    assert neighbourhoods([one, two, alone, other, *files]) == {"a.example": [one, two], "b.example": [other]}


def test_only_a_429_speaks_for_the_whole_host() -> None:
    assert rest_until(refused(503, retry_after=NOW + MINUTE), NOW + MINUTE, NOW) is None
    assert rest_until(refused(None), NOW + MINUTE, NOW) is None


def test_the_host_rests_as_long_as_it_asks() -> None:
    hour = NOW + 60 * MINUTE
    assert rest_until(refused(retry_after=hour), hour + MINUTE, NOW) == hour


def test_without_retry_after_the_host_rests_like_the_feed_but_not_for_days() -> None:
    assert rest_until(refused(), NOW + 5 * MINUTE, NOW) == NOW + 5 * MINUTE
    assert rest_until(refused(), NOW + timedelta(days=1), NOW) == NOW + 15 * MINUTE


def test_who_waits_comes_back_one_after_another() -> None:
    sources = [a_source(f"https://a.example/{number}") for number in range(30)]
    waits = who_waits(sources, until=NOW + 60 * MINUTE, now=NOW, chance=0.25)
    times = [waits[source.id] for source in sources]
    assert times == sorted(set(times))
    assert times[0] > NOW + 60 * MINUTE
    assert times[-1] < NOW + 70 * MINUTE


def test_a_long_line_comes_back_in_twice_the_time() -> None:
    sources = [a_source(f"https://a.example/{number}") for number in range(3_000)]
    waits = who_waits(sources, until=NOW + MINUTE, now=NOW, chance=0.5)
    assert max(waits.values()) < NOW + 2 * MINUTE
