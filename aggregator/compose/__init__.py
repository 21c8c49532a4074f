"""Which feeds there are, which stories each holds, and how a story is shown. Pure.

configuration ─► addresses ─► stories of each, newest first ─► Feed
"""

from aggregator.compose.addresses import ALL, addresses, as_published, as_seen
from aggregator.compose.feeds import Telling, compose

__all__ = ["ALL", "Telling", "addresses", "as_published", "as_seen", "compose"]
