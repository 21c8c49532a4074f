"""Rest after a look for what is to be done: the longer it took, the longer nobody looks again."""

from __future__ import annotations

from datetime import datetime, timedelta


class Rest:
    """Of one that is called again and again. For one thread at a time."""

    def __init__(self, times: int, longest: timedelta = timedelta(minutes=1)) -> None:
        """`times` as long as the look took, but never longer than `longest`."""
        self._times = times
        self._longest = longest
        self._until: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether to look again. A clock that was set back ends it, too."""
        return self._until is None or not self._until - self._longest <= now < self._until

    def begin(self, began: datetime, ended: datetime) -> None:
        """A look has taken from then till then."""
        self._until = began + min((self._times + 1) * (ended - began), self._longest)
