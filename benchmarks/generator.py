"""The load generator: runs of linebench.c on a processor of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.building import MeasuringError
from benchmarks.machine import tied_to

PATIENCE_SECONDS = 60.0  # beyond which a run that does not end is ended
STDERR_CHARACTERS = 300


@dataclass(frozen=True)
class Generator:
    """A compiled program, and the processors that it has."""

    program: Path
    processors: frozenset[int]

    def command(self, options: Sequence[str], port: int) -> list[str]:
        """The command that puts a load on a port."""
        return [str(self.program), *options, "127.0.0.1", str(port)]

    def start(self, options: Sequence[str], port: int) -> subprocess.Popen[str]:
        """Begin a run, and do not wait for it."""
        return started(self.command(options, port), self.processors)

    def run(self, options: Sequence[str], port: int) -> dict[str, Any]:
        """Run to the end; raises MeasuringError unless every request was answered exactly once."""
        return finished(self.start(options, port))


def started(command: Sequence[str], processors: frozenset[int]) -> subprocess.Popen[str]:
    """A program that puts a load on a server, tied to its processors."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=tied_to(processors),  # noqa: PLW1509 - no threads here
    )


def finished(run: subprocess.Popen[str], patience: float = PATIENCE_SECONDS) -> dict[str, Any]:
    """What a run has found; raises MeasuringError unless every request was answered exactly once."""
    try:
        out, err = run.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        raise MeasuringError("the load generator does not end") from None
    finally:
        ended(run)
    found: dict[str, Any] = json.loads(out) if out.startswith("{") else {}
    if run.returncode:
        faults = {name: count for name, count in found.get("errors", {}).items() if count}
        raise MeasuringError(f"the load generator found faults: {faults or err.strip()[:STDERR_CHARACTERS]}")
    return found


def ended(run: subprocess.Popen[str]) -> None:
    """End a run that goes on, as where its server has failed."""
    if run.poll() is None:
        run.kill()
        run.wait()
    for stream in (run.stdout, run.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.close()
