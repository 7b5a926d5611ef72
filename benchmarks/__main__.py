"""`python -m benchmarks`: measure the daemon beside a bare LineReceiver, and print a table."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from benchmarks import clock, machine, servers
from benchmarks.cases import AGAIN, BARE, CASES, DAEMON, IDLE_CONNECTIONS, SOURCED, Case
from benchmarks.fairness import fairness_table
from benchmarks.generator import Generator, MeasuringError, build
from benchmarks.profiling import profile
from benchmarks.rounds import Found, Measure, Progress, compare, idle_octets
from benchmarks.table import RED, Paint, fresh_table, speed_table
from benchmarks.upstream import upstream_table

LONGEST_SECONDS = 240  # a run that is not over by then never ends
ROUNDS, QUICK_ROUNDS = 7, 5
SECONDS, QUICK_SECONDS = 1.0, 0.3
FRESH_ROUNDS, QUICK_FRESH_ROUNDS = 3, 1
FILES_FOR_ITSELF = 100
EMBEDDED = ("--source", "embedded")

NOTE = """\
Each share is the median over the rounds of: bare's figure over ours, or ours over bare's; 1 is as fast as the
bare LineReceiver. Targets are judged by the processor time (user and system) that the server takes a request,
which other work on the machine sways less; the control row tells how far two equal servers come apart."""


def arguments() -> argparse.Namespace:
    """What the caller wants."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the daemon beside a bare Twisted LineReceiver on this machine. It takes two "
        "and a half minutes; the exit status is 0 where every target was met, else 1.",
    )
    parser.add_argument("--quick", action="store_true", help="shorter runs, less sure figures")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every raw number to FILE")
    parser.add_argument("--only", metavar="WORDS", help="measure only the cases whose name holds WORDS")
    parser.add_argument("--clock", action="store_true", help="measure the clock alone, and exit")
    parser.add_argument(
        "--upstream", action="store_true", help="count what clients cost the sources, and exit"
    )
    parser.add_argument(
        "--fairness", action="store_true", help="measure how long one waits whom another attacks, and exit"
    )
    parser.add_argument("--profile", action="store_true", help="show where the daemon's time goes, and exit")
    return parser.parse_args()


class Progression:
    """Tells on standard error what is being done: on one line of a terminal, else a line each."""

    def __init__(self) -> None:
        self._over = sys.stderr.isatty()
        self._begun = time.monotonic()

    def __call__(self, what: str) -> None:
        line = f"[{time.monotonic() - self._begun:5.0f} s] {what}"
        print(f"\r\033[K{line}" if self._over else line, end="" if self._over else "\n", file=sys.stderr)
        sys.stderr.flush()

    def done(self) -> None:
        """Leave the line to what follows."""
        if self._over:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Bench:
    """What measuring is done with, and how thoroughly."""

    load: Generator
    processor: int  # of the servers
    files: int  # that a process may have open
    quick: bool
    say: Progress

    def speed(self, cases: tuple[Case, ...], found: Found) -> None:
        """All cases, with the servers running side by side, the measured one alone at work."""
        rounds, seconds = (QUICK_ROUNDS, QUICK_SECONDS) if self.quick else (ROUNDS, SECONDS)
        how = Measure(self.load, rounds, seconds, self.say)
        self.say("starting the servers")
        with ExitStack() as stack:
            source = stack.enter_context(servers.local_source(self.load.processor))
            sourced = servers.daemon_command("--source", source)
            ours = stack.enter_context(servers.running(servers.daemon_command(*EMBEDDED), self.processor))
            running = {DAEMON: ours}
            running[SOURCED] = stack.enter_context(servers.running(sourced, self.processor))
            for name in (BARE, AGAIN):
                bare = servers.running(servers.bare_command(), self.processor, ours.words)
                running[name] = stack.enter_context(bare)
            for case in cases:
                try:
                    found.speed += compare(case, running, how)
                except MeasuringError as fault:
                    found.faults.append(f"{case.name}: {fault}")

    def fresh(self, found: Found) -> None:
        """Start each server anew, several times: how long that takes, and what idle connections cost."""
        words: servers.Words | None = None
        rounds = QUICK_FRESH_ROUNDS if self.quick else FRESH_ROUNDS
        for number in range(1, rounds + 1):
            for name in (DAEMON, BARE):
                self.say(f"start and idle connections: round {number} of {rounds}, {name}")
                command = servers.bare_command() if name == BARE else servers.daemon_command(*EMBEDDED)
                with servers.running(command, self.processor, words if name == BARE else None) as server:
                    words = server.words
                    found.start[name].append(server.start_seconds)
                    if self.files >= IDLE_CONNECTIONS + FILES_FOR_ITSELF:
                        self._idle(name, server, found)

    def _idle(self, name: str, server: servers.Server, found: Found) -> None:
        try:
            found.idle[name].append(idle_octets(server, self.load))
        except MeasuringError as fault:
            found.faults.append(f"{IDLE_CONNECTIONS:,} idle connections, {name}: {fault}")


def _end(number: int, _frame: FrameType | None) -> None:
    what = "took too long" if number == signal.SIGALRM else "stopped"
    raise SystemExit(f"benchmarks: {what}")


def main() -> int:
    """Measure, print, and tell by the exit status whether every target was met."""
    wanted = arguments()
    if wanted.clock:
        return alone()
    if wanted.upstream:
        text, good = upstream_table(Paint(sys.stdout.isatty()))
        print(text)
        return 0 if good else 1
    if wanted.fairness:
        text, good = fairness_table(Paint(sys.stdout.isatty()))
        print(f"{machine.described()}\n\n{text}")
        return 0 if good else 1
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, _end)
    signal.alarm(LONGEST_SECONDS)
    say = Progression()
    given, files = machine.processors(), machine.open_files()
    found = Found()
    try:
        bench = Bench(build(given.load), given.server, files, wanted.quick, say)
        if wanted.profile:
            print(profile(bench.load, given.server, say))
            return 0
        bench.speed(tuple(case for case in CASES if (wanted.only or "") in case.name), found)
        bench.fresh(found)
    except (MeasuringError, OSError) as error:
        raise SystemExit(f"benchmarks: {error}") from None
    finally:
        say.done()
    show(found, given.shared)
    if wanted.json is not None:
        values = {"machine": machine.described(), **asdict(found)}
        wanted.json.write_text(json.dumps(values, indent=1), encoding="utf-8")
    return 0 if found.good else 1


def alone() -> int:
    """Measure the clock by itself."""
    found = clock.costs()
    print(f"{machine.described()}\n\n{clock.clock_tables(found, Paint(sys.stdout.isatty()))}")
    return 0 if clock.good(found) else 1


def show(found: Found, shared: bool) -> None:
    """Print the tables, and what could not be measured."""
    paint = Paint(sys.stdout.isatty())
    print(machine.described())
    if shared:
        print("There is one processor only: requests a second say little, processor time says more.")
    for text in (speed_table(found, paint), fresh_table(found, paint)):
        print(f"\n{text}")
    print()
    for fault in found.faults:
        print(paint("FAIL", RED), fault)
    print(NOTE)


if __name__ == "__main__":
    sys.exit(main())
