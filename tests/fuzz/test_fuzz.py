"""Every target holds for its seeds, and for what a fuzzer makes of them in a moment."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.fuzz.corpus import FOLDER, MOST_OCTETS, seeds_of
from tests.fuzz.fuzzing import ROOT, can_fuzz
from tests.fuzz.targets import TARGETS

SECONDS = 1  # for each target; `make fuzz` takes longer
MOST_SECONDS = 100.0


@pytest.mark.parametrize("target", TARGETS)
def test_what_has_to_hold_holds_for_every_seed(target: str) -> None:
    seeds = seeds_of(target)
    assert seeds
    for seed in seeds:
        TARGETS[target](seed)


def test_the_seeds_are_small_and_each_is_of_a_target() -> None:
    files = {path.stem: path.stat().st_size for path in FOLDER.iterdir()}
    assert files.keys() == TARGETS.keys()
    assert sum(files.values()) <= MOST_OCTETS


def test_nothing_breaks_in_a_moment_of_fuzzing() -> None:
    if not can_fuzz():
        return  # this Python has no fuzzer: the seeds have been tried above
    command = [sys.executable, "-m", "tests.fuzz.brief", str(SECONDS)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
