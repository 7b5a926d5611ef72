"""What each layer costs a request: a ladder of servers, each of which does a little more than the last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from benchmarks import commands
from benchmarks.cases import DAEMON, FLOOR, ONE_AT_A_TIME, SIXTEEN, Load
from benchmarks.fleet import Fleet
from benchmarks.rounds import Measure, put
from benchmarks.servers import Server, running
from benchmarks.table import Paint, aligned

LOADS: Mapping[str, Load] = {"one at a time": ONE_AT_A_TIME, "16 pipelined": SIXTEEN}
AT_ONCE = "turned"
THROUGH_THE_TRANSPORT = "written"


@dataclass(frozen=True)
class Layer:
    """What is measured as the difference of two servers' processor time a request."""

    title: str
    upper: str
    lower: str | None


# Each server is named by what it does besides the one before it.
LAYERS = (
    Layer("the kernel: wait, read, write (in C)", FLOOR, None),
    Layer("the same calls from Python", "interpreter", FLOOR),
    Layer("Twisted: the reactor's turn, the transport's read", AT_ONCE, "interpreter"),
    Layer("cutting the stream into lines", "split", AT_ONCE),
    Layer("looking up the kept answer, and the clock", "found", "split"),
    Layer("putting in the milliseconds, and joining", "joined", "found"),
    Layer("the session: limits, order, counts, idle time", DAEMON, "joined"),
    Layer("all of it: the daemon", DAEMON, None),
)
BESIDE = Layer("what sending at once saves of transport.write", THROUGH_THE_TRANSPORT, AT_ONCE)
SERVERS = (FLOOR, "interpreter", AT_ONCE, THROUGH_THE_TRANSPORT, "split", "found", "joined", DAEMON)

Times = Mapping[str, Mapping[str, Sequence[float]]]  # microseconds, by load and server, round by round


def measured(fleet: Fleet, how: Measure) -> Times:
    """The processor time that each server takes a request, in microseconds. Raises MeasuringError."""
    found: dict[str, dict[str, list[float]]] = {load: {name: [] for name in SERVERS} for load in LOADS}
    with ExitStack() as stack:
        servers = _started(fleet, stack)
        for number in range(1, how.rounds + 1):
            for title, load in LOADS.items():
                how.say(f"layers: round {number} of {how.rounds}, {title}")
                for name in SERVERS:
                    found[title][name].append(put(load, servers[name], how).cpu_us)
    return found


def _started(fleet: Fleet, stack: ExitStack) -> dict[str, Server]:
    ours = fleet.start(DAEMON, stack, None)
    servers = {DAEMON: ours}
    for name in SERVERS:
        if name not in servers:
            command = commands.floor() if name == FLOOR else commands.rung(name)
            servers[name] = stack.enter_context(running(command, fleet.given.server, ours.words))
    return servers


def rows(times: Times) -> Iterator[list[str]]:
    """The table: a layer, and its microseconds a request under each load."""
    for layer in (*LAYERS, BESIDE):
        yield [layer.title, *(f"{_cost(layer, times[load]):.2f}" for load in LOADS)]


def _cost(layer: Layer, times: Mapping[str, Sequence[float]]) -> float:
    """The median, over the rounds, of the difference within a round."""
    upper = times[layer.upper]
    if layer.lower is None:
        return median(upper)
    return median(more - less for more, less in zip(upper, times[layer.lower], strict=True))


def layers_table(times: Times, paint: Paint) -> str:
    """The table for people."""
    head = ["processor time a request, in µs", *LOADS, ""]
    return aligned([head, *([*row, ""] for row in rows(times))], paint)
