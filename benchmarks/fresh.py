"""Servers just started: how long that took, and what silent connections cost them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from benchmarks.building import MeasuringError
from benchmarks.cases import BARE, DAEMON, THREADED, TLS
from benchmarks.figures import Figure
from benchmarks.fleet import NEEDS_TLS, Fleet, lacking
from benchmarks.generator import Generator
from benchmarks.idle import IDLE, Idle, idle_octets
from benchmarks.rounds import Progress
from benchmarks.servers import Words

FILES_FOR_ITSELF = 100
MOST_START_SECONDS = 0.8  # from the daemon's start to its listening
OCTETS_A_KIB = 1024

TITLES = {
    DAEMON: "memory of an idle connection",
    BARE: "  … of the bare LineReceiver",
    THREADED: "  … of a thread a connection",
    TLS: "  … over TLS",
}


class Fresh:
    """Starts each server anew, several times."""

    def __init__(self, fleet: Fleet, generator: Generator, files: int, say: Progress) -> None:
        self._fleet = fleet
        self._generator = generator
        self._files = files
        self._say = say
        self._start: defaultdict[str, list[float]] = defaultdict(list)
        self._kib: defaultdict[str, list[float]] = defaultdict(list)
        self.left_out: list[str] = []
        self.faults: list[str] = []

    def measure(self, rounds: int) -> tuple[list[Figure], dict[str, Any]]:
        """What was found, and the raw numbers. What fails is not tried again."""
        words: Words | None = None
        kinds = list(self._kinds())
        for number in range(1, rounds + 1):
            for idle in tuple(kinds):
                self._say(f"start and idle connections: round {number} of {rounds}, {idle.server}")
                try:
                    words = self._visit(idle, words)
                except MeasuringError as fault:
                    self.faults.append(f"start and idle connections, {idle.server}: {fault}")
                    kinds.remove(idle)
        figures = [*_memory(self._kib), *_starts(self._start)]
        return figures, {"start_seconds": dict(self._start), "idle_kib": dict(self._kib)}

    def _visit(self, idle: Idle, words: Words | None) -> Words:
        with ExitStack() as stack:
            server = self._fleet.start(idle.server, stack, words)
            self._start[idle.server].append(server.start_seconds)
            if self._has_files(idle):
                octets = idle_octets(server, self._generator, idle)
                self._kib[idle.server].append(octets / OCTETS_A_KIB)
            return words or server.words

    def _has_files(self, idle: Idle) -> bool:
        return self._files >= idle.connections + FILES_FOR_ITSELF

    def _kinds(self) -> Iterator[Idle]:
        """What can be measured here; the rest is said to be left out."""
        for idle in IDLE:
            lacks = lacking(NEEDS_TLS) if idle.server == TLS else ""
            if not lacks:
                yield idle
                if not self._has_files(idle):
                    lacks = f"a process may open {self._files:,} files only"
            if lacks:
                self.left_out.append(f"{idle.connections:,} idle connections, {idle.server}: {lacks}")


def _memory(kib: Mapping[str, Sequence[float]]) -> Iterator[Figure]:
    for idle in IDLE:
        if kib.get(idle.server):
            title = f"{TITLES[idle.server]}, of {idle.connections:,}"
            yield Figure(title, kib[idle.server], "KiB", most=idle.most_kib)
        if idle.least_times is not None and kib.get(idle.server) and kib.get(DAEMON):
            times = [more / ours for more, ours in zip(kib[idle.server], kib[DAEMON], strict=False)]
            yield Figure("  … which is, of the daemon's,", times, "times", least=idle.least_times)


def _starts(start: Mapping[str, Sequence[float]]) -> Iterator[Figure]:
    limits = {DAEMON: MOST_START_SECONDS, BARE: None, THREADED: None}
    titles = {**TITLES, DAEMON: "from start to listening"}
    for name, most in limits.items():
        if start.get(name):
            yield Figure(titles[name], start[name], "s", most=most)
