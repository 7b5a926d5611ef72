"""Numbers that the workers of one server share: a table in memory, each row written by one of them alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from socketspeak.limits.admission import CROWDED_SHARE, Admission, Refused

CELL_OCTETS = 8  # of a number in a board
COUNT_OCTETS = 4  # of a number of connections
# Groups of addresses share a place where their hashes do. One that has many connections could then be in the
# way of another; with so many places it is, for a hundred such, in the way of one address in six hundred.
PLACES = 65_536


class Board:
    """Rows of whole numbers under the same names; row 0 is that of the first process, which serves nobody.

    Whoever reads sees each number as it was written last, if not all of them of the same moment.
    """

    def __init__(self, rows: int, names: Sequence[str], memory: memoryview) -> None:
        """`memory` is as large as `octets` says, shared by all processes, and empty."""
        self.rows = rows
        self._at: Mapping[str, int] = {name: at for at, name in enumerate(names)}
        self._cells = memory.cast("q")

    @staticmethod
    def octets(rows: int, names: Sequence[str]) -> int:
        """How much memory it takes."""
        return rows * len(names) * CELL_OCTETS

    def get(self, row: int, name: str) -> int:
        """Read a number."""
        return self._cells[row * len(self._at) + self._at[name]]

    def put(self, row: int, numbers: Mapping[str, int]) -> None:
        """Write some numbers of one's own row."""
        start = row * len(self._at)
        for name, number in numbers.items():
            self._cells[start + self._at[name]] = number

    def clear(self, row: int) -> None:
        """Write 0 everywhere in a row whose process is gone."""
        self.put(row, dict.fromkeys(self._at, 0))


class SharedAdmission(Admission):
    """Counts those who are in at all workers together, by the group of their address.

    Two workers that look at the same moment may both take in the last one: as many as there are workers, less
    one, can be in beyond the numbers.
    """

    __slots__ = ("_cells", "_row", "_rows")

    def __init__(self, most: int, most_per_group: int, memory: memoryview, row: Callable[[], int]) -> None:
        """`memory` is shared by all, and as large as `octets` says; `row` tells which worker this is."""
        super().__init__(most, most_per_group)
        self._cells = memory.cast("I")
        self._rows = len(self._cells) // (PLACES + 1)
        self._row = row

    @staticmethod
    def octets(rows: int) -> int:
        """How much memory it takes; what is never written to takes none."""
        return rows * (PLACES + 1) * COUNT_OCTETS

    @property
    def crowded(self) -> bool:
        """Whether more than CROWDED_SHARE of the places are taken."""
        return self._sum(0) > self.most * CROWDED_SHARE

    def refused(self, group: str) -> Refused | None:
        """Why one more of this group cannot come in; None where it can."""
        if self._sum(0) >= self.most:
            return Refused.FULL
        if self._sum(_place(group)) >= self.most_per_group:
            return Refused.ADDRESS
        return None

    def ahead(self, others: Sequence[int]) -> int:
        """How many more are in here than at that one of the other workers which has the fewest."""
        own = self._cells[self._row() * (PLACES + 1)]
        return max((own - self._cells[row * (PLACES + 1)] for row in others), default=0)

    def enter(self, group: str) -> None:
        """One of this group has come in; whoever has entered must leave, once."""
        super().enter(group)
        self._add(group, 1)

    def leave(self, group: str) -> None:
        """One of this group is gone. Raises KeyError where none was in."""
        super().leave(group)
        self._add(group, -1)

    def empty(self, row: int) -> None:
        """Let all go whom a worker had taken in that is gone."""
        start = row * (PLACES + 1)
        self._cells[start : start + PLACES + 1] = memoryview(bytes((PLACES + 1) * COUNT_OCTETS)).cast("I")

    def _add(self, group: str, change: int) -> None:
        start = self._row() * (PLACES + 1)
        self._cells[start] += change
        self._cells[start + _place(group)] += change

    def _sum(self, place: int) -> int:
        return sum(self._cells[row * (PLACES + 1) + place] for row in range(self._rows))


def _place(group: str) -> int:
    """Where a group is counted: the same in all processes, and, as hashes go, another after each start."""
    return 1 + hash(group) % PLACES
