"""Fuzz one target in this very process, which ends with it: `python -m tests.fuzz.worker TARGET OPTION…`.

The options are libFuzzer's; what is of the package is instrumented as it is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import atheris

with atheris.instrument_imports(include=["socketspeak"]):
    from tests.fuzz.targets import TARGETS

__all__ = ["TARGETS", "fuzz_here"]


def fuzz_here(target: str, options: Sequence[str]) -> None:
    """Fuzz until libFuzzer ends the process."""
    again = f"{sys.executable} -m {__package__}.worker {target}"  # how a merge starts this once more
    atheris.Setup([again, *options], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    fuzz_here(sys.argv[1], sys.argv[2:])
