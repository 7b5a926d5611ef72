"""The load generator: linebench.c beside this file, compiled on the spot."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import tied_to

SOURCE = Path(__file__).with_name("linebench.c")
BUILD = Path(__file__).with_name(".build")
COMPILERS = ("cc", "gcc", "clang")
PATIENCE_SECONDS = 40.0  # beyond the time that a run was asked to take
STDERR_CHARACTERS = 300


class MeasuringError(Exception):
    """A figure could not be taken; says why."""


@dataclass(frozen=True)
class Generator:
    """The compiled program, and the processor that it has."""

    program: Path
    processor: int

    def command(self, options: Sequence[str], port: int) -> list[str]:
        """The command that puts a load on a port."""
        return [str(self.program), *options, "127.0.0.1", str(port)]

    def start(self, options: Sequence[str], port: int) -> subprocess.Popen[str]:
        """Begin a run, and do not wait for it."""
        return subprocess.Popen(
            self.command(options, port),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=tied_to(self.processor),  # noqa: PLW1509 - no threads here
        )

    def run(self, options: Sequence[str], port: int) -> dict[str, Any]:
        """Run to the end; raises MeasuringError unless every request was answered exactly once."""
        return finished(self.start(options, port))


def finished(run: subprocess.Popen[str]) -> dict[str, Any]:
    """What a run has found; raises MeasuringError unless every request was answered exactly once."""
    try:
        out, err = run.communicate(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        raise MeasuringError("the load generator does not end") from None
    finally:
        if run.poll() is None:
            run.kill()
            run.wait()
    found: dict[str, Any] = json.loads(out) if out.startswith("{") else {}
    if run.returncode:
        faults = {name: count for name, count in found.get("errors", {}).items() if count}
        raise MeasuringError(f"the load generator found faults: {faults or err.strip()[:STDERR_CHARACTERS]}")
    return found


def build(processor: int) -> Generator:
    """Compile the load generator, where that has not been done; raises MeasuringError."""
    program = BUILD / "linebench"
    if not program.exists() or program.stat().st_mtime < SOURCE.stat().st_mtime:
        compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
        if compiler is None:
            raise MeasuringError(
                f"a C compiler is needed for the load generator; looked for {', '.join(COMPILERS)}"
            )
        BUILD.mkdir(exist_ok=True)
        command = [compiler, "-O2", "-o", str(program), str(SOURCE)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise MeasuringError(f"{compiler} could not compile {SOURCE.name}: {done.stderr.strip()[:600]}")
    return Generator(program, processor)
