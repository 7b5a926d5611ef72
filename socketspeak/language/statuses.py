"""What STATUS tells: how the server and each of its sources are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Source:
    """What STATUS tells of one source; times in seconds."""

    name: str
    state: str
    dialect: str | None = None
    last_success: float | None = None  # seconds ago
    last_failure: float | None = None  # seconds ago
    reason: str | None = None  # of the last failure
    requests: int = 0
    failures: int = 0
    round_trip: float | None = None
    disagreements: int = 0
    offset: float | None = None  # by which its clock is ahead of the agreed one
    agrees: bool | None = None  # with the agreed clock; None where its clock has no vote
    contradictions: int = 0  # answers whose time could not be true with what it had said before
    rest: float | None = None  # seconds for which it is not asked


@dataclass(frozen=True, slots=True)
class Worker:
    """What STATUS tells of one of the server's processes.

    `state` is `starting`, `serving`, `stopping`, `late` (it was not heard of for seconds) or `gone`: then it
    has no `pid` and no `uptime`, in seconds. `answers`: it is the one that answers this.
    """

    number: int
    state: str
    pid: int | None
    uptime: float | None
    sessions: int
    answers: bool = False


FIGURES = frozenset({"sessions", "connections", "requests", "faults"})


@dataclass(frozen=True, slots=True)
class Status:
    """211: how the server is; `uptime` in seconds, `bound_ns` the clock's; `workers`: of several."""

    code: ClassVar[int] = 211
    version: str
    uptime: float
    tzdb: str
    clock: str
    bound_ns: int | None
    sources: tuple[Source, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    workers: tuple[Worker, ...] = ()

    @property
    def voters(self) -> tuple[str, ...]:
        """The sources whose clocks have a vote."""
        return tuple(source.name for source in self.sources if source.agrees is not None)

    @property
    def falsetickers(self) -> tuple[str, ...]:
        """Those of them that do not agree with the clock."""
        return tuple(source.name for source in self.sources if source.agrees is False)

    @property
    def figures(self) -> Mapping[str, int]:
        """The counts that are told whatever they are."""
        return {name: count for name, count in self.counts.items() if name in FIGURES}

    @property
    def incidents(self) -> Mapping[str, int]:
        """The other counts, as far as there was anything to count: what limits have refused and ended."""
        return {name: count for name, count in self.counts.items() if count and name not in FIGURES}
