"""What the workers of one server share: how each of them is, all that is counted, and who is in."""

from __future__ import annotations

import mmap
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from socketspeak.app.channel import FAILED
from socketspeak.language.statuses import Source, Status, Worker
from socketspeak.limits.admission import Admission
from socketspeak.limits.board import Board, SharedAdmission
from socketspeak.limits.counts import Counts
from socketspeak.limits.penalties import SharedPenalties

FOREMAN = 0  # the number of the first process; workers are 1, 2, …
LATE_SECONDS = 3.0  # a worker that has not noted how it is for so long is told of as late
MOST_AHEAD = 16  # sessions that a worker has more than another, before it lets that one go first
SECOND_NS = 1_000_000_000

Tell = Callable[..., None]  # a word of `channel`, and what belongs to it

STARTING, SERVING, STOPPING = 1, 2, 3
STATES = {0: "gone", STARTING: "starting", SERVING: "serving", STOPPING: "stopping"}

_COUNTS = tuple(Counts().told())
_OWN = ("pid", "state", "began", "noted")


class Crew:
    """The workers, seen from one of them or from the first process: it is made there, and each has a copy.

    What it holds in memory is shared. A worker notes how it is in its own row, and reads those of the others;
    what a worker had counted that is gone is kept in the first process's row.
    """

    def __init__(
        self,
        workers: int,
        sources: Sequence[str],
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """`sources` are the names of those that are asked; `monotonic_ns` is one clock for all processes."""
        self.workers = workers
        self.number = FOREMAN
        self._tell: Tell | None = None
        self.penalties = SharedPenalties(partial(self.tell, FAILED))
        self._now_ns = monotonic_ns
        self._asked = tuple(sources)
        figures = (_of(source, what) for source in sources for what in ("requests", "failures"))
        names = (*_OWN, *_COUNTS, *figures)
        self._kept = tuple(name for name in names if name not in (*_OWN, "sessions"))
        self._board = Board(workers + 1, names, _shared(Board.octets(workers + 1, names)))
        self._places = _shared(SharedAdmission.octets(workers + 1))
        self._admission = SharedAdmission(0, 0, self._places, lambda: self.number)

    @property
    def first(self) -> bool:
        """Whether this is the worker that does what is to be done once."""
        return self.number == 1

    def admission(self, most: int, most_per_group: int) -> Admission:
        """What counts those who are in, at all workers together."""
        self._admission.most, self._admission.most_per_group = most, most_per_group
        return self._admission

    # -- in a worker

    def join(self, number: int, tell: Tell) -> None:
        """This process is the worker of that number from now on; `tell` tells the others something."""
        self.number = number
        self._tell = tell
        self._board.put(number, {"pid": os.getpid()})

    def busier(self) -> bool:
        """Whether so many more sessions are here than elsewhere that another worker is to take the next."""
        serving = [row for row in range(1, self.workers + 1) if self._board.get(row, "state") == SERVING]
        return self._admission.ahead(serving) > MOST_AHEAD

    def tell(self, word: str, *rest: object) -> None:
        """Tell the other workers something."""
        if self._tell is not None:
            self._tell(word, *rest)

    def note(self, state: int, counts: Mapping[str, int], sources: Sequence[Source]) -> None:
        """Write down how this worker is, and what it has counted."""
        self._board.put(self.number, {"state": state, "noted": self._now_ns(), **counts})
        self._board.put(self.number, dict(self._figures(sources)))

    def whole(self, status: Status) -> Status:
        """What a worker's own status is once all the others are reckoned in."""
        counts = {name: count + self._others(name) for name, count in status.counts.items()}
        sources = tuple(
            replace(
                source,
                requests=source.requests + self._others(_of(source.name, "requests")),
                failures=source.failures + self._others(_of(source.name, "failures")),
            )
            if source.name in self._asked
            else source
            for source in status.sources
        )
        return replace(status, counts=counts, sources=sources, workers=self._told(status.counts["sessions"]))

    # -- in the first process

    def begins(self, number: int) -> None:
        """A worker is about to begin."""
        self._board.put(number, {"state": STARTING, "began": self._now_ns()})

    def gone(self, number: int) -> None:
        """A worker is gone: keep what it had counted, and let those go whom it had taken in."""
        board = self._board
        kept = {name: board.get(FOREMAN, name) + board.get(number, name) for name in self._kept}
        board.clear(number)
        board.put(FOREMAN, kept)
        self._admission.empty(number)

    def silent(self, number: int) -> float:
        """For how many seconds a worker has not noted how it is, be it since it began."""
        last_ns = max(self._board.get(number, "noted"), self._board.get(number, "began"))
        return (self._now_ns() - last_ns) / SECOND_NS

    # -- reading

    def _others(self, name: str) -> int:
        return sum(self._board.get(row, name) for row in range(self.workers + 1) if row != self.number)

    def _told(self, sessions: int) -> tuple[Worker, ...]:
        return tuple(self._worker(row, sessions) for row in range(1, self.workers + 1))

    def _worker(self, row: int, sessions: int) -> Worker:
        board, here = self._board, row == self.number
        pid, state = board.get(row, "pid"), STATES[board.get(row, "state")]
        late = not here and pid and self.silent(row) > LATE_SECONDS
        return Worker(
            number=row,
            state="late" if late else state,
            pid=pid or None,
            uptime=(self._now_ns() - board.get(row, "began")) / SECOND_NS if pid else None,
            sessions=sessions if here else board.get(row, "sessions"),
            answers=here,
        )

    def _figures(self, sources: Sequence[Source]) -> Mapping[str, int]:
        figures: dict[str, int] = {}
        for source in sources:
            if source.name in self._asked:
                figures[_of(source.name, "requests")] = source.requests
                figures[_of(source.name, "failures")] = source.failures
        return figures


def _of(source: str, what: str) -> str:
    return f"{what} {source}"


def _shared(octets: int) -> memoryview:
    """Memory that a process shares with those that it forks; what is never written to takes none."""
    return memoryview(mmap.mmap(-1, octets))
