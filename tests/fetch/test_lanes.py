"""The queue: fair, and never over a limit."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.lanes import Lanes


def take_all(lanes: Lanes[str], now: float = 0.0) -> list[str]:
    return list(iter(lambda: lanes.take(now), None))


def test_hosts_take_turns() -> None:
    lanes: Lanes[str] = Lanes(total=10, per_host=2)
    for number in range(4):
        lanes.put("popular", f"p{number}")
    lanes.put("small", "s0")
    assert take_all(lanes) == ["p0", "s0", "p1"]
    lanes.free("popular", 0.0)
    assert take_all(lanes) == ["p2"]


def test_the_whole_is_limited_as_well() -> None:
    lanes: Lanes[str] = Lanes(total=2, per_host=2)
    for host in "abc":
        lanes.put(host, host)
    assert take_all(lanes) == ["a", "b"]
    lanes.free("a", 0.0)
    assert take_all(lanes) == ["c"]


def test_starts_at_one_host_are_spaced() -> None:
    lanes: Lanes[str] = Lanes(total=9, per_host=2, spacing=1.0)
    for item in ("a1", "a2", "a3"):
        lanes.put("a", item)
    lanes.put("b", "b1")
    assert take_all(lanes, 0.0) == ["a1", "b1"]
    assert lanes.opens_at() == 1.0
    assert take_all(lanes, 0.9) == []
    assert take_all(lanes, 1.0) == ["a2"]
    assert lanes.opens_at() is None  # two run: only `free` helps
    lanes.free("a", 1.5)
    assert take_all(lanes, 1.5) == []
    assert take_all(lanes, 2.0) == ["a3"]


def test_what_waits_can_be_drained() -> None:
    lanes: Lanes[str] = Lanes(total=1, per_host=1)
    for item in "abc":
        lanes.put("host", item)
    assert lanes.take(0.0) == "a"
    assert lanes.drain() == ["b", "c"]
    assert lanes.take(0.0) is None


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=80),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from([0.0, 2.0]),
)
def test_everything_starts_once_in_order_and_within_the_limits(
    steps: list[tuple[str, bool]], total: int, per_host: int, spacing: float
) -> None:
    lanes: Lanes[tuple[str, int]] = Lanes(total=total, per_host=per_host, spacing=spacing)
    running: list[str] = []
    started: list[tuple[str, int]] = []
    last: dict[str, float] = {}
    now = 0.0

    def start() -> None:
        while (item := lanes.take(now)) is not None:
            started.append(item)
            running.append(item[0])
            assert len(running) <= total
            assert Counter(running)[item[0]] <= per_host
            assert now - last.get(item[0], -9.0) >= spacing
            last[item[0]] = now

    def end() -> None:
        if running:
            lanes.free(running.pop(0), now)

    for number, (host, ends) in enumerate(steps):
        now += 0.5
        lanes.put(host, (host, number))
        start()
        if ends:
            end()
            start()
    while running or lanes.opens_at() is not None:
        now += 1.0
        end()
        start()
    assert len(started) == len(steps)
    for host in "abcd":
        mine = [number for name, number in started if name == host]
        assert mine == sorted(mine)
