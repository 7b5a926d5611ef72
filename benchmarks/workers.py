"""Two worker processes beside one: what both answer, for the part of two processors that the load leaves."""

from __future__ import annotations

import time
from typing import Any

from benchmarks import commands
from benchmarks.cases import ONE_AT_A_TIME, Load
from benchmarks.figures import Figure
from benchmarks.generator import Generator
from benchmarks.idle import wait_for
from benchmarks.machine import Processors, children
from benchmarks.rounds import Figures, Measure, put
from benchmarks.servers import running

LEAST_TIMES = 1.7
WORKERS = 2
NEEDS = "workers"
STARTING_SECONDS = 10.0  # for the workers' processes to be there
SETTLE_SECONDS = 1.0  # after that, for both to accept
# Each worker has some of the connections, by chance; with many both have as good as half.
LOAD = Load(("-c", "200", "-P", "16", "--batch"), ONE_AT_A_TIME.lines)


def two_workers(given: Processors, how: Measure) -> tuple[list[Figure], dict[str, Any]]:
    """How many times as much two workers answer as one does. Raises MeasuringError.

    One has a processor to itself. Two have both, and share them with the load, which takes what two servers
    would have elsewhere; what they answer is divided by the part that it leaves them.
    """
    both = Measure(Generator(how.generator.program, given.both), how.rounds, how.seconds, how.say)
    one: list[Figures] = []
    two: list[Figures] = []
    with (
        running(commands.daemon(*commands.EMBEDDED), given.server) as single,
        running(commands.daemon(*commands.EMBEDDED, "--workers", str(WORKERS)), given.both) as pair,
    ):
        wait_for(lambda: len(children(pair.pid)) >= WORKERS, STARTING_SECONDS, "its workers")
        time.sleep(SETTLE_SECONDS)
        for number in range(1, how.rounds + 1):
            how.say(f"{WORKERS} workers: round {number} of {how.rounds}")
            one.append(put(LOAD, single, how))
            two.append(put(LOAD, pair, both))
    return _figures(one, two), {"one": [run.raw for run in one], "two": [run.raw for run in two]}


def _figures(one: list[Figures], two: list[Figures]) -> list[Figure]:
    loads = [run.raw["own_cpu"] for run in two]
    times = [after.per_second / before.per_second for before, after in zip(one, two, strict=True)]
    left = [gain * WORKERS / (WORKERS - load) for gain, load in zip(times, loads, strict=True)]
    return [
        Figure(
            "2 workers answer, of what one does, the load's share left out", left, "times", least=LEAST_TIMES
        ),
        Figure("  … with the load on the same two processors", times, "times"),
        Figure("  … of which the load takes", [load * 100 / WORKERS for load in loads], "%", digits=0),
    ]
