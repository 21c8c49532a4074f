"""Which feeds there are, which stories each holds, and how a story is shown. Pure.

configuration ─► addresses ─► stories of each, newest first ─► Feed
"""

from aggregator.compose.addresses import ALL, addresses
from aggregator.compose.feeds import Telling, compose

__all__ = ["ALL", "Telling", "addresses", "compose"]
