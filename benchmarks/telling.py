"""What it costs to tell watchers: by their number, and by how many lines are rendered for them."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import commands
from benchmarks.building import MeasuringError
from benchmarks.cases import VOICES, zones
from benchmarks.generator import STDERR_CHARACTERS, ended, started
from benchmarks.machine import Processors, processor_ns
from benchmarks.rounds import Progress
from benchmarks.servers import running
from benchmarks.table import Paint, aligned

WATCHERS, QUICK_WATCHERS = (1000, 2000, 4000, 8000), (1000, 2000)
ROUNDS, QUICK_ROUNDS = 3, 1
SECONDS, QUICK_SECONDS = 6, 2
BETWEEN = 0.6  # of a second: what a tick costs is spent, and everybody has read
NS = 1_000_000_000
MS_NS = 1_000_000
MOST_OF_THE_SUM = 1.25  # of the two costs by themselves; were they multiplied, it would be several times that


def _watching(places: str, voice: str = VOICES[0][0]) -> str:
    return f"{voice}\nWATCH {places} EVERY 1\n"


# What watchers send, in turn. No kind has more lines than there are watchers at least.
KINDS: Mapping[str, tuple[str, ...]] = {
    "one zone": (_watching(zones()[0]),),
    "50 zones each, the same": (_watching(", ".join(zones(50))),),
    "one of 598 zones": tuple(map(_watching, zones())),
    "one of 166 zones, in two formats and three languages": tuple(
        _watching(zone, voice) for voice, _ in VOICES for zone in zones(166)
    ),
}
ONE_ZONE, *OTHERS = KINDS

Costs = Mapping[str, Mapping[int, list[float]]]  # by kind and watchers: milliseconds a second, round by round


def measured(given: Processors, quick: bool, say: Progress) -> Costs:
    """What telling costs, each time on a daemon just started. Raises MeasuringError."""
    watchers, rounds, seconds = (
        (QUICK_WATCHERS, QUICK_ROUNDS, QUICK_SECONDS) if quick else (WATCHERS, ROUNDS, SECONDS)
    )
    found: dict[str, dict[int, list[float]]] = {kind: {count: [] for count in watchers} for kind in KINDS}
    for number, count, kind in product(range(1, rounds + 1), watchers, KINDS):
        say(f"telling: round {number} of {rounds}, {count:,} watchers, {kind}")
        found[kind][count].append(cost(given, count, KINDS[kind], seconds))
    return found


def cost(given: Processors, watchers: int, firsts: Sequence[str], seconds: int) -> float:
    """What a fresh daemon takes of its processor to tell so many, in milliseconds a second."""
    with (
        running(commands.daemon(*commands.EMBEDDED), given.server) as server,
        _listeners(server.port, watchers, firsts, given.load),
    ):
        _between_two_seconds()
        before, began = processor_ns(server.pid), time.monotonic_ns()
        for _ in range(seconds):
            _between_two_seconds()
        return (processor_ns(server.pid) - before) / MS_NS / ((time.monotonic_ns() - began) / NS)


@contextmanager
def _listeners(port: int, count: int, firsts: Sequence[str], on: frozenset[int]) -> Iterator[None]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "firsts"
        file.write_text(json.dumps(firsts), encoding="utf-8")
        run = started([sys.executable, "-m", "benchmarks.listeners", str(port), str(count), str(file)], on)
        try:
            assert run.stdout is not None
            assert run.stderr is not None
            if run.stdout.readline() != "watching\n":
                raise MeasuringError(f"listening failed: {run.stderr.read()[-STDERR_CHARACTERS:]}")
            yield
            if run.poll() is not None:
                raise MeasuringError(f"listening failed: {run.stderr.read()[-STDERR_CHARACTERS:]}")
        finally:
            ended(run)


def _between_two_seconds() -> None:
    """Sleep until it is BETWEEN of a second."""
    time.sleep((BETWEEN - time.time()) % 1)


def telling_table(found: Costs, paint: Paint) -> tuple[str, bool]:
    """What each kind costs, and whether watchers and lines are added, and not multiplied."""
    counts = tuple(found[ONE_ZONE])
    rows = [
        ["milliseconds of the processor each second", *map("{:,} watchers".format, counts), "added up", ""]
    ]
    rows.append([ONE_ZONE, *_shown(found, ONE_ZONE), "", ""])
    good = True
    for kind in OTHERS:
        added = _added_up(found, kind)
        reached = median(found[kind][counts[-1]]) <= MOST_OF_THE_SUM * added
        good = good and reached
        rows.append([kind, *_shown(found, kind), f"{added:.1f}", paint.verdict(reached)])
    target = f"target: no more than {MOST_OF_THE_SUM:g} of what it is added up, for {counts[-1]:,} watchers"
    return f"{aligned(rows, paint)}\n{target}", good


def _shown(found: Costs, kind: str) -> Iterator[str]:
    return (f"{median(each):.1f}" for each in found[kind].values())


def _added_up(found: Costs, kind: str) -> float:
    """What the most watchers cost with one zone, and the fewest with this kind more than with one zone."""
    fewest, *_, most = found[ONE_ZONE]
    more = median(found[kind][fewest]) - median(found[ONE_ZONE][fewest])
    return median(found[ONE_ZONE][most]) + more
