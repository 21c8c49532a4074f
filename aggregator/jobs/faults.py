"""What publishing and the rules could not do of late, as the store remembers it: to look takes no more than this."""

from __future__ import annotations

import json

from aggregator.store import Store

PUBLICATION = "publication faults"
RULES = "rule faults"


def publication_faults(store: Store) -> tuple[str, ...]:
    """Why documents could not be replaced the last time, in words; none if all is well."""
    return tuple(json.loads(store.recall(PUBLICATION) or "[]"))


def rule_faults(store: Store) -> tuple[str, ...]:
    """The rules that took too long when feeds were last put together, in words."""
    return tuple(json.loads(store.recall(RULES) or "[]"))
