"""`python -m benchmarks`: measure the daemon beside its yardsticks, and print tables."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks import building, clock, layers, machine, scaling, telling
from benchmarks.bench import QUICK_ROUNDS, QUICK_SECONDS, ROUNDS, SECONDS, Bench
from benchmarks.fairness import fairness_table
from benchmarks.figures import Found
from benchmarks.fleet import Fleet
from benchmarks.fresh import FILES_FOR_ITSELF
from benchmarks.generator import Generator
from benchmarks.profiling import profile
from benchmarks.rounds import Measure
from benchmarks.table import RED, Paint, figures_table, speed_table
from benchmarks.upstream import upstream_table

LONGEST_SECONDS = 900  # a run that is not over by then never ends
SCALING_ROUNDS, QUICK_SCALING_ROUNDS = 5, 1

NOTE = """\
Each share is the median over the rounds of: the yardstick's figure over ours, or ours over the
yardstick's; 1 is as fast. The yardstick is the bare LineReceiver where no other is named; over TLS and
with 598 zones it is the daemon's own `TIME Asia/Tokyo`, one at a time. Targets are judged by the
processor time (user and system) that the server takes a request, which other work on the machine sways
less; the control rows tell how far two equal servers come apart."""


def arguments() -> argparse.Namespace:
    """What the caller wants."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the daemon beside a bare Twisted LineReceiver, a thread a connection and a "
        "floor in C, on this machine. It takes eight minutes; the exit status is 0 where every target was "
        "met, else 1.",
    )
    parser.add_argument("--quick", action="store_true", help="shorter runs, less sure figures")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every raw number to FILE")
    parser.add_argument(
        "--only", default="", metavar="WORDS", help="measure only the parts whose name holds WORDS"
    )
    other = parser.add_mutually_exclusive_group()
    other.add_argument(
        "--scaling", action="store_true", help="measure 1 to 10,000 connections and 1 to 598 zones, and exit"
    )
    other.add_argument("--layers", action="store_true", help="measure what each layer costs, and exit")
    other.add_argument(
        "--telling", action="store_true", help="measure what watchers and their lines cost, and exit"
    )
    other.add_argument("--clock", action="store_true", help="measure the clock alone, and exit")
    other.add_argument(
        "--upstream", action="store_true", help="count what clients cost the sources, and exit"
    )
    other.add_argument(
        "--fairness", action="store_true", help="measure how long one waits whom another attacks, and exit"
    )
    other.add_argument("--profile", action="store_true", help="show where the daemon's time goes, and exit")
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


def _end(number: int, _frame: FrameType | None) -> None:
    what = "took too long" if number == signal.SIGALRM else "stopped"
    raise SystemExit(f"benchmarks: {what}")


def main() -> int:
    """Measure, print, and tell by the exit status whether every target was met."""
    wanted = arguments()
    if wanted.clock:
        return _clock_alone()
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
    try:
        text, values, good = _measured(wanted, say)
    except (building.MeasuringError, OSError) as error:
        raise SystemExit(f"benchmarks: {error}") from None
    finally:
        say.done()
    print(text)
    if wanted.json is not None:
        wanted.json.write_text(
            json.dumps({"machine": machine.described(), **values}, indent=1), encoding="utf-8"
        )
    return 0 if good else 1


def _measured(wanted: argparse.Namespace, say: Progression) -> tuple[str, Mapping[str, Any], bool]:
    """What is to be printed, what is to be written, and whether every target was met."""
    given, files, paint = machine.processors(), machine.open_files(), Paint(sys.stdout.isatty())
    generator = Generator(building.linebench(), given.load)
    rounds, seconds = (QUICK_ROUNDS, QUICK_SECONDS) if wanted.quick else (ROUNDS, SECONDS)
    how = Measure(generator, rounds, seconds, say)
    if wanted.profile:
        return profile(generator, given.server, say), {}, True
    if wanted.layers:
        times = layers.measured(Fleet(given), how)
        return f"{machine.described()}\n\n{layers.layers_table(times, paint)}", {"layers": times}, True
    if wanted.telling:
        costs = telling.measured(given, wanted.quick, say)
        table, good = telling.telling_table(costs, paint)
        return f"{machine.described()}\n\n{table}", {"telling": costs}, good
    if wanted.scaling:
        fewer = Measure(generator, QUICK_SCALING_ROUNDS if wanted.quick else SCALING_ROUNDS, seconds, say)
        points = scaling.measured(Fleet(given), fewer, files - FILES_FOR_ITSELF)
        text = f"{machine.described()}\n\n{scaling.scaling_table(points, paint)}"
        return text, {"scaling": scaling.as_json(points)}, True
    found = Bench(generator, given, files, wanted.quick, say).measure(wanted.only)
    text = report(found, paint)
    if given.shared:
        text += "\nThere is one processor only: requests a second say little, processor time says more."
    return text, {**asdict(found), "report": report(found, Paint(False))}, found.good


def _clock_alone() -> int:
    """Measure the clock by itself."""
    found = clock.costs()
    print(f"{machine.described()}\n\n{clock.clock_tables(found, Paint(sys.stdout.isatty()))}")
    return 0 if clock.good(found) else 1


def report(found: Found, paint: Paint) -> str:
    """The tables, and what could not be measured."""
    parts = [machine.described()]
    if found.speed:
        parts += [speed_table(found, paint), NOTE]
    if found.figures:
        parts.append(figures_table(found, paint))
    said = [f"left out: {each}" for each in found.left_out]
    said += [f"{paint('FAIL', RED)} {fault}" for fault in found.faults]
    if said:
        parts.append("\n".join(said))
    return "\n\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
