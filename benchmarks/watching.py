"""Ten thousand who watch three clocks: whether each gets every tick once and in time, and what that costs."""

from __future__ import annotations

import json
import time
from typing import Any

from benchmarks import building, commands
from benchmarks.building import MeasuringError
from benchmarks.cases import ADDRESSES
from benchmarks.figures import Figure
from benchmarks.generator import STDERR_CHARACTERS, ended, started
from benchmarks.machine import Processors, private_octets
from benchmarks.servers import Server, ask, running

WATCHERS, SECONDS = 10_000, 20
QUICK_WATCHERS, QUICK_SECONDS = 1000, 5
PLACES = ("tokyo", "lisbon", "new york")
WATCH = f"WATCH {', '.join(PLACES)} EVERY 1"
BEYOND_SECONDS = 90  # for opening, settling and latecomers
STEADY_SECONDS = 1.5  # of ticks; then the memory is that of watching

MOST_CPU_PERCENT = 40.0
NEAR_PERCENT = 99.0  # within 50 ms of the second
OCTETS_A_KIB = 1024


def knows_watch(server: Server) -> bool:
    """Whether a daemon can be watched."""
    return ask(server.port, WATCH)[1].startswith(b"255")


def watch(given: Processors, quick: bool) -> tuple[list[Figure], dict[str, Any]] | None:
    """Let many watch a fresh daemon; None where it does not know how. Raises MeasuringError."""
    watchers, seconds = (QUICK_WATCHERS, QUICK_SECONDS) if quick else (WATCHERS, SECONDS)
    with running(commands.daemon(*commands.EMBEDDED), given.server) as server:
        if not knows_watch(server):
            return None
        raw = watched(server, given.load, watchers, seconds)
    return _figures(raw), raw


def watched(server: Server, processors: frozenset[int], watchers: int, seconds: int) -> dict[str, Any]:
    """What so many watchers of a server have found, and the octets that each takes of its memory."""
    before = private_octets(server.pid)
    command = [str(building.watchers()), "-r", f"{WATCH}\r\n", "-s", str(ADDRESSES)]
    command += ["-g", str(server.words.greeting_lines), "-p", str(len(PLACES)), "-P", str(server.pid)]
    run = started([*command, "-c", str(watchers), "-d", str(seconds), str(server.port)], processors)
    try:
        assert run.stdout is not None
        run.stdout.readline()  # "watching", or nothing where it has failed
        time.sleep(STEADY_SECONDS)
        octets = 0 if run.poll() is not None else private_octets(server.pid) - before
        out, err = run.communicate(timeout=seconds + BEYOND_SECONDS)
    finally:
        ended(run)
    if not out.startswith("{"):
        raise MeasuringError(f"watching failed: {err.strip()[:STDERR_CHARACTERS]}")
    return {**json.loads(out), "octets": octets / watchers}


def _figures(raw: dict[str, Any]) -> list[Figure]:
    wrong = raw["lost"] + raw["doubled"] + raw["disordered"] + raw["disconnected"]
    of = f"{raw['watchers']:,} watchers, {raw['places']} places, {raw['seconds']} s"
    return [
        Figure(f"ticks lost, doubled or in disorder: {of}", [wrong], f"of {raw['expected']:,}", 0, digits=0),
        Figure("  … within 50 ms of their second", [raw["near"] * 100], "%", least=NEAR_PERCENT),
        Figure("  … that came before it", [raw["early"]], f"of {raw['expected']:,}", digits=0),
        Figure("  … half of them within", [raw["p50_ms"]], "ms"),
        Figure("  … 99 % of them within", [raw["p99_ms"]], "ms"),
        Figure("  … the last of them within", [raw["max_ms"]], "ms"),
        Figure("  … processor of the server", [raw["server_cpu"] * 100], "%", MOST_CPU_PERCENT, digits=1),
        Figure("  … memory of a watcher", [raw["octets"] / OCTETS_A_KIB], "KiB"),
    ]
