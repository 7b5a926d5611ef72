"""Measuring in rounds: each server in turn, again and again, so that a busy moment strikes them all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.cases import ADDRESSES, BARE, DAEMON, IDLE_CONNECTIONS, IDLE_TARGET_KIB, Case, Row
from benchmarks.generator import Generator, MeasuringError, finished
from benchmarks.machine import descriptors, private_octets
from benchmarks.servers import REQUEST, Server

LOOK_SECONDS = 0.02
OPENING_SECONDS = 20.0  # for all idle connections together
SETTLE_SECONDS = 0.5  # after the last has been accepted: its greeting is on its way
HOLD_SECONDS = 1.5  # for which the load generator keeps them all
WARMUP_SECONDS = 0.3
STALL_SECONDS = 5  # in which nothing happens; then a run has failed

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Figures:
    """One run: the server's processor time a request in microseconds, requests a second, and all else."""

    cpu_us: float
    per_second: float
    raw: Mapping[str, Any]


@dataclass(frozen=True)
class Spread:
    """A median, and between which values it stands."""

    middle: float
    low: float
    high: float


@dataclass
class Compared:
    """A row of the table as it grows: the runs of the bare receiver and of a server, round by round."""

    row: Row
    unit: str
    bare: list[Figures] = field(default_factory=list)
    ours: list[Figures] = field(default_factory=list)

    @property
    def cpu_share(self) -> Spread:
        """The bare receiver's processor time over the server's, a round at a time: 1 is as fast."""
        return spread([bare.cpu_us / ours.cpu_us for bare, ours in zip(self.bare, self.ours, strict=True)])

    @property
    def rate_share(self) -> Spread:
        """The server's requests a second over the bare receiver's, a round at a time."""
        return spread(
            [ours.per_second / bare.per_second for bare, ours in zip(self.bare, self.ours, strict=True)]
        )

    @property
    def reached(self) -> bool | None:
        """Whether the target is met, by processor time, which other work on the machine sways less."""
        return None if self.row.target is None else self.cpu_share.middle >= self.row.target


def spread(values: list[float]) -> Spread:
    """The median of some values, with the least and the greatest."""
    return Spread(median(values), min(values), max(values))


@dataclass(frozen=True)
class Measure:
    """With what, how often and for how long each load is put on each server."""

    load: Generator
    rounds: int
    seconds: float
    say: Progress


def compare(case: Case, servers: Mapping[str, Server], how: Measure) -> list[Compared]:
    """Measure a case; raises MeasuringError where a server drops, adds or mixes up an answer."""
    found = [Compared(row, case.unit) for row in case.rows if row.server in servers]
    for number in range(1, how.rounds + 1):
        runs: dict[str, Figures] = {}
        for name in case.servers:
            if name in servers:
                how.say(f"{case.name}: round {number} of {how.rounds}, {name}")
                runs[name] = _run(case, servers[name], how)
        for compared in found:
            compared.bare.append(runs[BARE])
            compared.ours.append(runs[compared.row.server])
    return found


def _run(case: Case, server: Server, how: Measure) -> Figures:
    options = [
        *("--crlf", "-r", REQUEST, "-x", "250 ", "-g", str(server.words.greeting_lines)),
        *(
            "-t",
            str(STALL_SECONDS),
            "-w",
            str(WARMUP_SECONDS),
            "-d",
            str(how.seconds),
            "--pid",
            str(server.pid),
        ),
        *case.options,
    ]
    raw = how.load.run(options, server.port)
    return Figures(raw["server_cpu_us_per_req"], raw["rps"], raw)


def idle_octets(server: Server, load: Generator, connections: int = IDLE_CONNECTIONS) -> float:
    """Private memory that a fresh server takes for a connection that has been greeted and is silent."""
    before, files = private_octets(server.pid), descriptors(server.pid)
    greeting = ("-g", str(server.words.greeting_lines))
    hold = ("--idle", str(connections), "-d", str(HOLD_SECONDS), "--sources", str(ADDRESSES))
    run = load.start([*greeting, *hold], server.port)
    try:
        deadline = time.monotonic() + OPENING_SECONDS
        while descriptors(server.pid) < files + connections:
            if run.poll() is not None or time.monotonic() > deadline:
                raise MeasuringError(f"the server did not take {connections} connections")
            time.sleep(LOOK_SECONDS)
        time.sleep(SETTLE_SECONDS)
        after = private_octets(server.pid)
        finished(run)
    finally:
        if run.poll() is None:
            run.kill()
            run.wait()
    return (after - before) / connections


def _none_yet() -> dict[str, list[float]]:
    return {BARE: [], DAEMON: []}


@dataclass
class Found:
    """All that was measured; idle octets a connection and seconds to start are by the server's name."""

    speed: list[Compared] = field(default_factory=list)
    idle: dict[str, list[float]] = field(default_factory=_none_yet)
    start: dict[str, list[float]] = field(default_factory=_none_yet)
    faults: list[str] = field(default_factory=list)

    @property
    def lean(self) -> bool | None:
        """Whether an idle connection takes no more than it may; None where that was not measured."""
        idle = self.idle[DAEMON]
        return spread(idle).middle <= IDLE_TARGET_KIB * 1024 if idle else None

    @property
    def good(self) -> bool:
        """Whether nothing went wrong, and every target that was measured is met."""
        verdicts = [self.lean, *(each.reached for each in self.speed)]
        return not self.faults and False not in verdicts
