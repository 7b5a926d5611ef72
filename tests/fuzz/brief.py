"""Fuzz every target for a moment: `python -m tests.fuzz.brief SECONDS`.

What is to be instrumented is imported once, and each target is then fuzzed in a fork of this process, as many
at once as there are processors. The exit status is 1 where one broke; what its fuzzer said is printed.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.fuzz.corpus import unpack
from tests.fuzz.worker import TARGETS, fuzz_here

AT_ONCE = os.cpu_count() or 1


def main(seconds: str) -> int:
    """Fuzz all; the exit status."""
    with tempfile.TemporaryDirectory() as name:
        folder, left, broken = Path(name), list(TARGETS), list[str]()
        running: dict[int, str] = {}
        while left or running:
            if left and len(running) < AT_ONCE:
                target = left.pop(0)
                running[_forked(target, seconds, folder)] = target
                continue
            process, status = os.wait()
            target = running.pop(process)
            if status:
                broken.append(target)
        for target in broken:
            print((folder / f"{target}.log").read_text(errors="replace")[-5000:])
    return 1 if broken else 0


def _forked(target: str, seconds: str, folder: Path) -> int:
    seeds = folder / target
    seeds.mkdir()
    unpack(target, seeds)
    process = os.fork()
    if process:
        return process
    log = os.open(folder / f"{target}.log", os.O_WRONLY | os.O_CREAT)
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    fuzz_here(target, [f"-max_total_time={seconds}", f"-artifact_prefix={folder}/", str(seeds)])
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
