"""`python -m tests.fuzz`: look for octets that break something, and tell what is found."""

from __future__ import annotations

import argparse
import sys

from tests.fuzz.corpus import seeds_of, write_seeds
from tests.fuzz.fuzzing import Run, can_fuzz, fewest, fuzz, unpacked
from tests.fuzz.targets import TARGETS


def main(arguments: list[str]) -> int:
    """Fuzz; the exit status is 1 where something broke."""
    parser = argparse.ArgumentParser(
        prog="make fuzz", description='Fuzz one target after another; args are given by ARGS="…".'
    )
    parser.add_argument(
        "--target", action="append", choices=TARGETS, help="repeatable [default: all of them]"
    )
    parser.add_argument("--seconds", type=int, default=60, help="for each target [default: 60]")
    parser.add_argument("--keep", action="store_true", help="add new seeds to those in tests/fuzz/corpus")
    options = parser.parse_args(arguments)
    if not can_fuzz():
        print(
            "there is no atheris for this Python: pip install '.[dev]' installs it where there is",
            file=sys.stderr,
        )
        return 2
    good = True
    for target in options.target or TARGETS:
        with unpacked(target) as folder:
            run = fuzz(target, options.seconds, folder, _tell)
            if options.keep and not run.broke:
                write_seeds(target, [*seeds_of(target), *fewest(target, folder)])
        print(f"\r\033[K{told(target, run)}" if sys.stderr.isatty() else told(target, run))
        good = good and not run.broke
    return 0 if good else 1


def _tell(progress: str) -> None:
    over = sys.stderr.isatty()
    print(f"\r\033[K{progress}" if over else progress, end="" if over else "\n", file=sys.stderr, flush=True)


def told(target: str, run: Run) -> str:
    """What came of a run, and what to do where something broke."""
    if run.broke:
        return f"{target} BROKE by {run.by!r}\n{run.broke}\nmake it a seed, and a test of its own"
    return (
        f"{target}: {run.inputs:,} inputs, nothing broke; {run.covered} branches, "
        f"{run.covered_at_first} of them by the seeds"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
