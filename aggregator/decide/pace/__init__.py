"""When is a source polled next, and why: learned rates, one global price of a poll, and obedience to the publisher.

    state.py     Pace, what is learned of one source; to and from the text of one database column
    learn.py     observe: a successful poll teaches
    foresee.py   the rate that a Pace foresees, and how long to wait until `theta` is reached
    plan.py      next_poll after a success, retry after a failure
    budget.py    tune: theta follows the budget
    portray.py   describe: the rhythm in words

Everything is pure: time and jitter come in by the door. `docs/polling.md` tells operators how it decides.
"""

from aggregator.decide.pace.budget import first_theta, tune
from aggregator.decide.pace.learn import observe
from aggregator.decide.pace.plan import Asked, Limits, next_poll, retry
from aggregator.decide.pace.portray import Portrait, describe
from aggregator.decide.pace.state import Pace, dump, load, new_pace

__all__ = [
    "Asked",
    "Limits",
    "Pace",
    "Portrait",
    "describe",
    "dump",
    "first_theta",
    "load",
    "new_pace",
    "next_poll",
    "observe",
    "retry",
    "tune",
]
