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

FEW = 64  # sources
_LAST = "9999-12-31T23:59:59Z"


class SqliteBrowsing:
    """`store.browsing.Browsing`."""

    _connections: Connections

    def spots(self, sources: Collection[SourceId], behind: Spot | None, limit: int) -> list[Spot]:
        kinds = [(statements.SPOTS_OF_ONE, statements.SPOTS_OF_MANY)]
        return self._found(kinds, frozenset(sources), behind, limit)

    def head_spots(self, sources: Collection[SourceId], behind: Spot | None, limit: int) -> list[Spot]:
        wanted = frozenset(sources)
        kinds = [(statements.ALONE_SPOTS_OF_ONE, statements.ALONE_SPOTS_OF_MANY)]
        # Those of one source have to be sorted first; of several, it is less to go along the index of all.
        joined = statements.JOINED_SPOTS_OF_ONE if len(wanted) == 1 else None
        kinds.append((joined or "", statements.JOINED_SPOTS_OF_MANY))
        return self._found(kinds, wanted, behind, limit)

    def posted(self, since: datetime) -> Mapping[SourceId, Mapping[tuple[int, int], int]]:
        found: dict[SourceId, dict[tuple[int, int], int]] = defaultdict(dict)
        with self._connections.reading() as db:
            for row in db.execute(statements.POSTED, (rows.to_text(since),)):
                weekday = (int(row["weekday"]) + 6) % 7  # SQLite counts from Sunday
                found[SourceId(row["source"])][weekday, int(row["hour"])] = row["articles"]
        return found

    def _found(
        self, kinds: Iterable[tuple[str, str]], wanted: frozenset[SourceId], behind: Spot | None, limit: int
    ) -> list[Spot]:
        """Of few sources along the index of each, however much of others lies between what they have; of many along
        the index of all, which ends early."""
        first = rows.to_text(behind.sort_at) if behind else _LAST
        with self._connections.reading() as db:
            walks: list[Iterable[Row]] = []
            for of_one, of_many in kinds:
                if of_one and len(wanted) <= FEW:
                    walks += [db.execute(of_one, (first, source)) for source in sorted(wanted)]
                else:
                    walks.append(db.execute(of_many, (first,)))
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
