"""Ten thousand who watch three clocks: whether each gets every tick once and in time, and what that costs."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from benchmarks import building, commands
from benchmarks.building import MeasuringError
from benchmarks.cases import ADDRESSES
from benchmarks.figures import Figure
from benchmarks.generator import STDERR_CHARACTERS, ended, started
from benchmarks.machine import Processors, private_octets
from benchmarks.rounds import Progress
from benchmarks.servers import Server, ask, running

WATCHERS, SECONDS, ROUNDS = 10_000, 20, 5
QUICK_WATCHERS, QUICK_SECONDS, QUICK_ROUNDS = 1000, 5, 1
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


def watch(given: Processors, quick: bool, say: Progress) -> tuple[list[Figure], list[dict[str, Any]]] | None:
    """Let many watch a fresh daemon, each round; None where it does not know how. Raises MeasuringError."""
    watchers, seconds, rounds = (
        (QUICK_WATCHERS, QUICK_SECONDS, QUICK_ROUNDS) if quick else (WATCHERS, SECONDS, ROUNDS)
    )
    found = []
    for number in range(1, rounds + 1):
        say(f"watchers: round {number} of {rounds}")
        with running(commands.daemon(*commands.EMBEDDED), given.server) as server:
            if not knows_watch(server):
                return None
            found.append(watched(server, given.load, watchers, seconds))
    return _figures(found), found


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


def _figures(rounds: Sequence[dict[str, Any]]) -> list[Figure]:
    """Of all rounds together what was lost; of the rest a figure a round."""
    faults = ("lost", "doubled", "disordered", "disconnected")
    wrong = sum(found[fault] for found in rounds for fault in faults)
    expected = sum(found["expected"] for found in rounds)
    one = rounds[0]
    times = f"{len(rounds)} times " if len(rounds) > 1 else ""
    of = f"{one['watchers']:,} watchers, {one['places']} places, {times}{one['seconds']} s"

    def each(key: str, factor: float = 1) -> list[float]:
        return [found[key] * factor for found in rounds]

    early = [found["early"] / found["received"] * 100 for found in rounds if found["received"]]
    return [
        Figure(f"ticks lost, doubled or in disorder: {of}", [wrong], f"of {expected:,}", 0, digits=0),
        Figure("  … within 50 ms of their second", each("near", 100), "%", least=NEAR_PERCENT),
        Figure("  … that came before it", early, "%"),
        Figure("  … half of them within", each("p50_ms"), "ms"),
        Figure("  … 99 % of them within", each("p99_ms"), "ms"),
        Figure("  … the last of them within", each("max_ms"), "ms"),
        Figure("  … processor of the server", each("server_cpu", 100), "%", MOST_CPU_PERCENT, digits=1),
        Figure("  … memory of a watcher", each("octets", 1 / OCTETS_A_KIB), "KiB"),
    ]
