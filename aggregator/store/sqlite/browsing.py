"""What the pages ask for, from the one SQLite file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from heapq import merge
from itertools import islice
from sqlite3 import Row

from aggregator.model.source import SourceId
from aggregator.model.story import Spot
from aggregator.store.sqlite import rows, statements
from aggregator.store.sqlite.connect import Connections

_LAST = "9999-12-31T23:59:59Z"


class SqliteBrowsing:
    """`store.browsing.Browsing`."""

    _connections: Connections

    def spots(self, sources: Collection[SourceId], behind: Spot | None, limit: int) -> list[Spot]:
        of_one, of_many = statements.SPOTS_OF_ONE, statements.SPOTS_OF_MANY
        return self._found([(of_one, of_many)], sources, behind, limit)

    def head_spots(self, sources: Collection[SourceId], behind: Spot | None, limit: int) -> list[Spot]:
        alone = statements.ALONE_SPOTS_OF_ONE, statements.ALONE_SPOTS_OF_MANY
        joined = statements.JOINED_SPOTS_OF_ONE, statements.JOINED_SPOTS_OF_MANY
        return self._found([alone, joined], sources, behind, limit)

    def posted(self, since: datetime) -> Mapping[SourceId, Mapping[tuple[int, int], int]]:
        found: dict[SourceId, dict[tuple[int, int], int]] = defaultdict(dict)
        with self._connections.reading() as db:
            for row in db.execute(statements.POSTED, (rows.to_text(since),)):
                weekday = (int(row["weekday"]) + 6) % 7  # SQLite counts from Sunday
                found[SourceId(row["source"])][weekday, int(row["hour"])] = row["articles"]
        return found

    def _found(
        self,
        kinds: Iterable[tuple[str, str]],
        sources: Collection[SourceId],
        behind: Spot | None,
        limit: int,
    ) -> list[Spot]:
        """Of one source along its own index; of many along the index of all, which ends early."""
        wanted = frozenset(sources)
        first = rows.to_text(behind.sort_at) if behind else _LAST
        with self._connections.reading() as db:
            if len(wanted) == 1:
                walks = [db.execute(of_one, (first, *wanted)) for of_one, _ in kinds]
            else:
                walks = [db.execute(of_many, (first,)) for _, of_many in kinds]
            return list(islice(_spots(walks, wanted, behind), limit))


def _spots(walks: Iterable[Iterable[Row]], wanted: frozenset[SourceId], behind: Spot | None) -> Iterator[Spot]:
    """Each story once: all who tell it stand at one place."""
    last = None
    for row in merge(*walks, key=rows.place):
        if row["source"] in wanted and row["story"] != last:
            spot = rows.to_spot(row)
            last = spot.story
            if behind is None or rows.place(row) > rows.place_of(behind):
                yield spot
