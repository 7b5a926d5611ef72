"""How speed, delay and memory go with the number of connections, and of the zones that are asked for."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from benchmarks.cases import DAEMON, REQUEST, SPREAD, Load, zones
from benchmarks.fleet import Fleet
from benchmarks.generator import ended, finished
from benchmarks.idle import wait_for
from benchmarks.machine import descriptors, private_octets
from benchmarks.rounds import Measure, load_options, put
from benchmarks.servers import Server
from benchmarks.table import Paint, aligned

CONNECTIONS = (1, 10, 100, 1000, 10_000)
ZONES = (1, 6, 60, 598)
CONNECTIONS_FOR_ZONES = 50
STEADY_RATE = 5000  # requests a second: what any number of connections, one even, can ask without a queue
OPENING_SECONDS = 30.0
OCTETS_A_MIB = 1024 * 1024


@dataclass
class Point:
    """A number of connections and zones, and what was found there, round by round."""

    connections: int
    zones: int
    per_second: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    p99_us: list[float] = field(default_factory=list)  # as fast as it goes: each waits for all the others
    steady_p99_us: list[float] = field(default_factory=list)  # at STEADY_RATE
    mib: list[float] = field(default_factory=list)  # private memory of the process, under load

    @property
    def load(self) -> Load:
        """Each connection asks again as soon as it is answered."""
        lines = (REQUEST,) if self.zones == 1 else tuple(f"TIME {zone}" for zone in zones(self.zones))
        return Load(("-c", str(self.connections), *SPREAD), lines)

    @property
    def steady(self) -> Load:
        """So many requests a second in all, at even times."""
        return Load((*self.load.options, "-R", str(STEADY_RATE)), self.load.lines)


def points(most_connections: int) -> Iterator[Point]:
    """What is measured, as far as there are files for so many connections."""
    for connections in CONNECTIONS:
        if connections <= most_connections:
            yield Point(connections, 1)
    for count in ZONES:
        yield Point(CONNECTIONS_FOR_ZONES, count)


def measured(fleet: Fleet, how: Measure, most_connections: int) -> list[Point]:
    """Every point, on a daemon of its own each round. Raises MeasuringError."""
    found = list(points(most_connections))
    for number in range(1, how.rounds + 1):
        for point in found:
            how.say(f"scaling: round {number}, {point.connections:,} connections, {point.zones} zones")
            with ExitStack() as stack:
                _visit(point, fleet.start(DAEMON, stack, None), how)
    return found


def _visit(point: Point, server: Server, how: Measure) -> None:
    files = descriptors(server.pid)
    with load_options(point.load, server) as options:
        run = how.generator.start([*options, "-w", str(how.seconds), "-d", str(how.seconds)], server.port)
        try:
            wait_for(
                lambda: descriptors(server.pid) >= files + point.connections or run.poll() is not None,
                OPENING_SECONDS,
                f"{point.connections:,} connections",
            )
            time.sleep(how.seconds)
            octets = private_octets(server.pid)
            raw = finished(run)
        finally:
            ended(run)
    point.per_second.append(raw["rps"])
    point.cpu_us.append(raw["server_cpu_us_per_req"])
    point.p99_us.append(raw["us"]["p99"])
    point.mib.append(octets / OCTETS_A_MIB)
    point.steady_p99_us.append(put(point.steady, server, how).p99_us)


def as_json(found: Sequence[Point]) -> list[dict[str, Any]]:
    """The points for a file, with every number."""
    return [asdict(point) for point in found]


def from_json(values: Sequence[dict[str, Any]]) -> list[Point]:
    """The points of a file."""
    return [Point(**each) for each in values]


HEAD = (
    *("connections", "zones", "requests/s", "processor time a request"),
    *("99 % within, as fast as it goes", f"99 % within, at {STEADY_RATE:,}/s", "memory"),
)


def rows(found: Sequence[Point]) -> Iterator[list[str]]:
    """The table: medians of the rounds, with their units."""
    for point in found:
        yield [
            f"{point.connections:,}",
            f"{point.zones}",
            f"{median(point.per_second):,.0f}",
            f"{median(point.cpu_us):.1f} µs",
            f"{median(point.p99_us) / 1000:,.2f} ms",
            f"{median(point.steady_p99_us) / 1000:,.2f} ms",
            f"{median(point.mib):,.1f} MiB",
        ]


def scaling_table(found: Sequence[Point], paint: Paint) -> str:
    """The table for people."""
    return aligned([[*HEAD, ""], *([*row, ""] for row in rows(found))], paint)
