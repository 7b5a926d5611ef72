"""Where the daemon's time goes: twistd's own profiler while it is under load."""

from __future__ import annotations

import io
import pstats
import tempfile
from pathlib import Path

from benchmarks.cases import CASES
from benchmarks.generator import Generator
from benchmarks.rounds import Progress
from benchmarks.servers import REQUEST, daemon_command, running

PROFILED = CASES[:2]  # one at a time, and pipelined
SECONDS = "3"
FUNCTIONS = 22


def profile(load: Generator, processor: int, say: Progress) -> str:
    """For each of the first cases, the functions that take the most time themselves."""
    parts = []
    for case in PROFILED:
        say(f"profiling {case.name}")
        with tempfile.TemporaryDirectory() as folder:
            stats = Path(folder) / "stats"
            with running(daemon_command("--source", "embedded", profile=stats), processor) as server:
                greeting = ("-g", str(server.words.greeting_lines))
                load.run(["--crlf", "-r", REQUEST, *greeting, "-d", SECONDS, *case.options], server.port)
            text = io.StringIO()
            pstats.Stats(str(stats), stream=text).strip_dirs().sort_stats("tottime").print_stats(FUNCTIONS)
        parts.append(f"\n{case.name}\n{text.getvalue().rstrip()}")
    return "\n".join(parts)
