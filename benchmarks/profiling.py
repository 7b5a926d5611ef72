"""Where the daemon's time goes: twistd's own profiler while it is under load."""

from __future__ import annotations

import io
import pstats
import tempfile
from pathlib import Path

from benchmarks import commands
from benchmarks.cases import ONE_AT_A_TIME, REQUEST, SIXTEEN
from benchmarks.generator import Generator
from benchmarks.rounds import Progress
from benchmarks.servers import running

PROFILED = {"one at a time, 50 connections": ONE_AT_A_TIME, "16 pipelined, 50 connections": SIXTEEN}
SECONDS = "3"
FUNCTIONS = 22


def profile(generator: Generator, processors: frozenset[int], say: Progress) -> str:
    """For each of the first cases, the functions that take the most time themselves."""
    parts = []
    for name, load in PROFILED.items():
        say(f"profiling {name}")
        with tempfile.TemporaryDirectory() as folder:
            stats = Path(folder) / "stats"
            with running(commands.daemon(*commands.EMBEDDED, profile=stats), processors) as server:
                greeting = ("-g", str(server.words.greeting_lines))
                generator.run(["--crlf", "-r", REQUEST, *greeting, "-d", SECONDS, *load.options], server.port)
            text = io.StringIO()
            pstats.Stats(str(stats), stream=text).strip_dirs().sort_stats("tottime").print_stats(FUNCTIONS)
        parts.append(f"\n{name}\n{text.getvalue().rstrip()}")
    return "\n".join(parts)
