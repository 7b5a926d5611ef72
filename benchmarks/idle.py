"""What a connection costs that has been greeted and is silent."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.building import MeasuringError
from benchmarks.cases import BARE, DAEMON, SPREAD, THREADED, TLS
from benchmarks.generator import Generator, ended, finished
from benchmarks.machine import private_octets
from benchmarks.servers import Server

LOOK_SECONDS = 0.02
SETTLE_SECONDS = 0.5  # after the last has been greeted, for what is done a moment later
HOLD_SECONDS = 1.5  # for which the load generator keeps them all


@dataclass(frozen=True)
class Idle:
    """How many silent connections a kind of server is given, and how little each may take of its memory."""

    server: str
    connections: int
    most_kib: float | None = None
    options: tuple[str, ...] = ()
    least_times: float | None = None  # by which it takes more than the daemon


IDLE = (
    Idle(DAEMON, 10_000, 2.5),
    Idle(BARE, 10_000),
    # Ten thousand threads would be more than many a machine allows.
    Idle(THREADED, 1000, least_times=10),
    # Their handshakes would take half a minute; each takes as much as the next.
    Idle(TLS, 2000, 32.0, ("--tls",)),
)


def idle_octets(server: Server, load: Generator, idle: Idle) -> float:
    """Private memory that a fresh server takes for a connection that has been greeted and is silent.

    Raises MeasuringError where it does not take them all.
    """
    before = private_octets(server.pid)
    greeting = ("-g", str(server.words.greeting_lines))
    hold = ("--idle", str(idle.connections), "-d", str(HOLD_SECONDS), *SPREAD, *idle.options)
    run = load.start([*greeting, *hold], server.port)
    try:
        assert run.stderr is not None
        run.stderr.readline()  # "holding", or why not
        time.sleep(SETTLE_SECONDS)
        after = private_octets(server.pid)
        finished(run)
    finally:
        ended(run)
    return (after - before) / idle.connections


def wait_for(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Look again and again whether something is true; raises MeasuringError where it does not come true."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise MeasuringError(f"{what} did not come within {seconds:g} s")
        time.sleep(LOOK_SECONDS)
