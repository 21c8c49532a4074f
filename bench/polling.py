"""Run the daemon's own `decide.pace` on a polling simulator, beside miniflux's entry_frequency and an oracle.

    python bench/polling.py --simulator PATH/polling_sim.py --sources 20000 --days 14 --budget 8 24

The simulator is a file of numpy code with `World`, `Policy`, `simulate` and `calibrate`; it is given by its path and
stays where it is. Ours runs twice: with the theta that a calibration found, and with theta tuned online by `pace.tune`
from the first hour on. It sees what a poller sees, and nothing else: the new items of each poll, with their dates
where the source has dates, and how many entries the document has.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from aggregator.decide import pace

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)  # the simulator's week begins on a Monday at its time 0
DAY = timedelta(days=1)


def load_simulator(path: Path) -> ModuleType:
    """The module in this file, wherever it lies."""
    spec = importlib.util.spec_from_file_location("polling_sim", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def our_policy(simulator: ModuleType, budget: float | None = None) -> Any:
    """A policy for the simulator that asks `decide.pace`; with a budget, theta is tuned online."""
    limits, nothing_asked = pace.Limits(timedelta(minutes=5), DAY), pace.Asked()

    class Ours(simulator.Policy):  # type: ignore[misc, name-defined]
        name = "ours, theta tuned online" if budget else "ours, theta calibrated"
        start, slope = 0.004, -0.5  # where calibration begins, and how polls answer to theta
        k: float  # theta

        def init(self) -> None:
            self.paces = [pace.new_pace()] * self.w.n
            self.polled: list[datetime | None] = [None] * self.w.n
            self.windows = [0] * self.w.n
            self.hours = [0]  # polls in each hour

        def next(self, i: Any, t: float, n: Any, obs: Any, seg: Any, first: bool) -> Any:
            self._tune(t)
            self.hours[-1] += 0 if first else len(i)
            now, ends, result = MONDAY + t * DAY, n.cumsum().tolist(), []
            dates, dated, counts = obs.tolist(), self.w.dated[i].tolist(), n.tolist()
            for row, source in enumerate(i.tolist()):
                mine = dates[ends[row] - counts[row] : ends[row]]
                fresh = [MONDAY + at * DAY for at in mine] if dated[row] else [] if first else [now] * len(mine)
                result.append(self._poll(source, now, fresh, counts[row]) / DAY)
            return result

        def _poll(self, source: int, now: datetime, fresh: list[datetime], new: int) -> timedelta:
            window = self.windows[source] = min(int(self.w.W[source]), self.windows[source] + new)
            before = self.polled[source]
            learned = pace.observe(self.paces[source], now=now, previous=before, fresh=fresh, window=window)
            self.paces[source], self.polled[source] = learned, now
            return pace.next_poll(
                learned,
                every=None,
                limits=limits,
                theta=self.k,
                asked=nothing_asked,
                now=now,
                jitter=0.0,  # the simulator's tick would make five minutes of every second of it
            ).interval

        def _tune(self, t: float) -> None:
            """Every hour, from the polls of the last 24 hours, as the daemon does."""
            if budget and int(t * 24 + 1e-6) >= len(self.hours):
                day = self.hours[-24:]
                self.k = pace.tune(self.k, rate=sum(day) / len(day) * 24 / self.w.n, budget=budget)
                self.hours.append(0)

    return Ours


def rows(simulator: ModuleType, world: Any, sample: Any, budget: float) -> Iterator[dict[str, Any]]:
    """One result per policy. Where nothing is tuned online, the policy's knob is calibrated to spend the budget."""
    ours = our_policy(simulator)
    ours.start = pace.first_theta(budget)
    for policy in (simulator.OracleBurst, simulator.EntryFreq, ours):
        began = time.monotonic()
        yield {**_calibrated(simulator, policy, world, sample, budget), "took": time.monotonic() - began}
    began = time.monotonic()
    online = simulator.simulate(world, our_policy(simulator, budget), pace.first_theta(budget))
    yield {**online, "took": time.monotonic() - began}


def _calibrated(simulator: ModuleType, policy: Any, world: Any, sample: Any, budget: float) -> dict[str, Any]:
    """As the simulator does it: on a sample, then at most one correction."""
    knob, slope, _ = simulator.calibrate(policy, sample, budget)
    result = simulator.simulate(world, policy, knob)
    if abs(result["per_day"] / budget - 1) > 0.012:
        result = simulator.simulate(world, policy, knob * (result["per_day"] / budget) ** (-1 / slope))
    return dict(result)


HEAD = (
    "| policy | polls a day | mean | median | p95 | lost % | requests per new item | mean beside the oracle's |\n"
    "|---|---|---|---|---|---|---|---|"
)


def line(result: dict[str, Any], oracle: float) -> str:
    """One row of the table: delays in minutes."""
    numbers = "{per_day:.2f} | {mean:.1f} | {p50:.1f} | {p95:.1f} | {lost_pct:.2f} | {per_item:.2f}".format(**result)
    return f"| {result['policy']} | {numbers} | {result['mean'] / oracle:.3f} |"


def main() -> None:
    """Print a table per budget."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--simulator", type=Path, required=True, help="path of polling_sim.py")
    parser.add_argument("--sources", type=int, default=20_000)
    parser.add_argument("--sample", type=int, default=2_000, help="sources that knobs are calibrated with")
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget", type=float, nargs="+", default=[8.0, 24.0], help="polls per source and day")
    asked = parser.parse_args()
    simulator = load_simulator(asked.simulator)
    world = simulator.World(asked.sources, asked.days, asked.seed)
    sample = simulator.World(asked.sample, asked.days, asked.seed + 1000)
    print(f"{asked.sources:,} sources, {asked.days} days, {world.items:,} items published, seed {asked.seed}")
    for budget in asked.budget:
        print(f"\nBudget: {budget:g} polls per source and day\n\n{HEAD}", flush=True)
        oracle = 0.0
        for result in rows(simulator, world, sample, budget):
            oracle = oracle or float(result["mean"])
            print(line(result, oracle), flush=True)
            print(f"{result['policy']}: knob {result['knob']:.4g}, {result['took']:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
