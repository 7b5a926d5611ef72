"""The whole measurement, part by part: speed, fresh servers, workers, watchers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks import workers
from benchmarks.building import MeasuringError
from benchmarks.cases import CASES, DAEMON, Case
from benchmarks.figures import Found
from benchmarks.fleet import Fleet, lacking
from benchmarks.fresh import Fresh
from benchmarks.generator import Generator
from benchmarks.machine import Processors
from benchmarks.rounds import Measure, Progress, compare
from benchmarks.servers import Server
from benchmarks.watching import watch

ROUNDS, QUICK_ROUNDS = 7, 5
SECONDS, QUICK_SECONDS = 1.0, 0.3
FRESH_ROUNDS, QUICK_FRESH_ROUNDS = 3, 1

Part = Callable[[Found], None]


@dataclass(frozen=True)
class Bench:
    """What measuring is done with, and how thoroughly."""

    generator: Generator
    given: Processors
    files: int  # that a process may have open
    quick: bool
    say: Progress

    def measure(self, only: str) -> Found:
        """All parts whose name holds `only`."""
        found = Found()
        parts: tuple[tuple[str, Part], ...] = (
            ("start and idle connections", self._fresh),
            ("two workers", self._workers),
            ("watchers", self._watch),
        )
        cases = tuple(case for case in CASES if only in case.name)
        if cases:
            self._speed(cases, found)
        for name, part in parts:
            if only in name:
                try:
                    part(found)
                except MeasuringError as fault:
                    found.faults.append(f"{name}: {fault}")
        return found

    @property
    def _fleet(self) -> Fleet:
        return Fleet(self.given)

    @property
    def _how(self) -> Measure:
        rounds, seconds = (QUICK_ROUNDS, QUICK_SECONDS) if self.quick else (ROUNDS, SECONDS)
        return Measure(self.generator, rounds, seconds, self.say)

    def _speed(self, cases: tuple[Case, ...], found: Found) -> None:
        """All cases, with the servers running side by side, the measured one alone at work."""
        self.say("starting the servers")
        able = [case for case in cases if not self._left_out(case, found)]
        with ExitStack() as stack:
            servers = self._started({side.server for case in able for side in case.sides}, stack, found)
            for case in able:
                try:
                    found.speed += compare(case, servers, self._how)
                except MeasuringError as fault:
                    found.faults.append(f"{case.name}: {fault}")

    def _left_out(self, case: Case, found: Found) -> bool:
        lacks = lacking(*case.needs)
        if lacks:
            found.left_out.append(f"{case.name}: {lacks}")
        return bool(lacks)

    def _started(self, names: set[str], stack: ExitStack, found: Found) -> dict[str, Server]:
        """The servers; one that does not start is a fault, and the rows that need it are left out."""
        ours = self._fleet.start(DAEMON, stack, None)
        servers = {DAEMON: ours}
        for name in sorted(names - {DAEMON}):
            try:
                servers[name] = self._fleet.start(name, stack, ours.words)
            except MeasuringError as fault:
                found.faults.append(f"{name}: {fault}")
        return servers

    def _fresh(self, found: Found) -> None:
        fresh = Fresh(self._fleet, self.generator, self.files, self.say)
        figures, found.raw["fresh"] = fresh.measure(QUICK_FRESH_ROUNDS if self.quick else FRESH_ROUNDS)
        found.figures += figures
        found.left_out += fresh.left_out
        found.faults += fresh.faults

    def _workers(self, found: Found) -> None:
        lacks = lacking(workers.NEEDS)
        if not lacks and self.given.shared:
            lacks = "there is one processor only"
        if lacks:
            found.left_out.append(f"two workers: {lacks}")
            return
        figures, found.raw["workers"] = workers.two_workers(self.given, self._how)
        found.figures += figures

    def _watch(self, found: Found) -> None:
        watched = watch(self.given, self.quick, self.say)
        if watched is None:
            found.left_out.append("watchers: this daemon knows no WATCH")
            return
        figures, found.raw["watchers"] = watched
        found.figures += figures
