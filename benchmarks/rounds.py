"""Measuring in rounds: each server in turn, again and again, so that a busy moment strikes them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.cases import Case, Load, Row, Side
from benchmarks.generator import Generator
from benchmarks.servers import Server

WARMUP_SECONDS = 0.3
STALL_SECONDS = 5  # in which nothing happens; then a run has failed

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Figures:
    """One run: the server's processor time a request in microseconds, requests a second, and all else."""

    cpu_us: float
    per_second: float
    p99_us: float
    raw: Mapping[str, Any]

    def judged(self, row: Row) -> float:
        """What the row is judged by, in microseconds: less is better."""
        return self.p99_us if row.judged == "p99" else self.cpu_us


@dataclass(frozen=True)
class Spread:
    """A median, and between which values it stands."""

    middle: float
    low: float
    high: float


@dataclass
class Compared:
    """A row of the table as it grows: the runs of its yardstick and of the server, round by round."""

    row: Row
    unit: str
    yardstick: list[Figures] = field(default_factory=list)
    ours: list[Figures] = field(default_factory=list)

    @property
    def share(self) -> Spread:
        """The yardstick's time over the server's, a round at a time: 1 is as fast."""
        pairs = zip(self.yardstick, self.ours, strict=True)
        return spread([yard.judged(self.row) / ours.judged(self.row) for yard, ours in pairs])

    @property
    def rate_share(self) -> Spread:
        """The server's requests a second over the yardstick's, a round at a time."""
        pairs = zip(self.yardstick, self.ours, strict=True)
        return spread([ours.per_second / yard.per_second for yard, ours in pairs])

    @property
    def reached(self) -> bool | None:
        """Whether the target is met, by what the row is judged by."""
        return None if self.row.target is None else self.share.middle >= self.row.target


def spread(values: list[float]) -> Spread:
    """The median of some values, with the least and the greatest."""
    return Spread(median(values), min(values), max(values))


@dataclass(frozen=True)
class Measure:
    """With what, how often and for how long each load is put on each server."""

    generator: Generator
    rounds: int
    seconds: float
    say: Progress


def compare(case: Case, servers: Mapping[str, Server], how: Measure) -> list[Compared]:
    """Measure a case; raises MeasuringError where a server drops, adds or mixes up an answer."""
    found = [Compared(row, case.unit) for row in case.rows if _here(row, servers)]
    sides = [side for side in case.sides if side.server in servers]
    for number in range(1, how.rounds + 1):
        runs: dict[Side, Figures] = {}
        for side in sides:
            how.say(f"{case.name}: round {number} of {how.rounds}, {side.server}")
            runs[side] = put(side.load, servers[side.server], how)
        for compared in found:
            compared.yardstick.append(runs[compared.row.yardstick])
            compared.ours.append(runs[compared.row.ours])
    return found


def _here(row: Row, servers: Mapping[str, Server]) -> bool:
    return row.ours.server in servers and row.yardstick.server in servers


def put(load: Load, server: Server, how: Measure) -> Figures:
    """Put a load on a server; raises MeasuringError unless every request was answered exactly once."""
    with load_options(load, server) as options:
        times = ("-w", str(WARMUP_SECONDS), "-d", str(how.seconds))
        raw = how.generator.run([*options, *times], server.port)
    return Figures(raw["server_cpu_us_per_req"], raw["rps"], raw["us"]["p99"], raw)


@contextmanager
def load_options(load: Load, server: Server) -> Iterator[list[str]]:
    """What the load generator is told of a load and a server; how long is not among it."""
    with TemporaryDirectory() as folder:
        lines = Path(folder) / "lines"
        lines.write_text("\n".join(load.lines), encoding="utf-8")
        pairs = [("-f", str(lines)), ("-g", str(server.words.greeting_lines)), ("-t", str(STALL_SECONDS))]
        pairs += [("-x", expected) for expected in load.expect]
        pairs += [("--first", first) for first in load.first]
        pairs += [("--pid", str(pid)) for pid in server.pids]
        yield ["--crlf", *(word for pair in pairs for word in pair), *load.options]
