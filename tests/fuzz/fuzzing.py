"""Runs the fuzzer on one target in a process of its own, and reads what it says."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.corpus import dictionary, pack, unpack

ROOT = Path(__file__).parents[2]
MOST_INPUT_OCTETS = 3000  # three overlong lines, or a reply of a screen
LONGEST_SECONDS = 5  # for one input; then it hangs
START_SECONDS = 60.0

_LINE = re.compile(r"#(\d+)\s+(\w+)\s+cov: (\d+) ft: (\d+) corp: (\d+)/\S+ .*?exec/s: (\d+)")
_EXCEPTION = " === Uncaught Python exception: ===\n"
LAST_LINES = 40  # of what a fuzzer says that ended otherwise


@dataclass
class Run:
    """What a run has come to: inputs tried, branches seen at first and at last, and what broke."""

    inputs: int = 0
    covered_at_first: int = 0
    covered: int = 0
    seeds: int = 0
    broke: str = ""
    by: bytes | None = None


def can_fuzz() -> bool:
    """Whether there is a fuzzer for this Python."""
    return importlib.util.find_spec("atheris") is not None


@contextmanager
def unpacked(target: str) -> Iterator[Path]:
    """A folder with a folder of the target's seeds in it, `seeds`, and one for what breaks, `found`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each in ("seeds", "found"):
            (folder / each).mkdir()
        unpack(target, folder / "seeds")
        (folder / "words").write_text(dictionary(target), encoding="ascii")
        yield folder


def fuzz(target: str, seconds: int, folder: Path, tell: Callable[[str], None]) -> Run:
    """Fuzz a target for so long; new seeds are put into the folder's `seeds`."""
    process = subprocess.Popen(
        [
            *_worker(target, folder),
            f"-max_total_time={seconds}",
            "-print_final_stats=1",
            str(folder / "seeds"),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    run, said = Run(), []
    assert process.stdout is not None
    with process, process.stdout as lines:
        for line in lines:
            said.append(line)
            if (found := _LINE.match(line)) is not None:
                run.inputs, run.covered, run.seeds = int(found[1]), int(found[3]), int(found[5])
                run.covered_at_first = run.covered_at_first or run.covered
                pace = f"{run.inputs:,} inputs, {found[6]} a second"
                tell(f"{target}: {pace}, {run.covered} branches, {run.seeds} seeds")
    if process.returncode:
        run.broke = "".join(said[said.index(_EXCEPTION) :] if _EXCEPTION in said else said[-LAST_LINES:])
        run.by = next((path.read_bytes() for path in (folder / "found").iterdir()), None)
    return run


def fewest(target: str, folder: Path) -> list[bytes]:
    """The fewest of the folder's seeds by which all is seen that is seen by any."""
    kept = folder / "kept"
    kept.mkdir()
    subprocess.run(
        [*_worker(target, folder), "-merge=1", str(kept), str(folder / "seeds")],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return pack(kept)


def _worker(target: str, folder: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "tests.fuzz.worker", target, f"-max_len={MOST_INPUT_OCTETS}"),
        *(
            f"-timeout={LONGEST_SECONDS}",
            f"-dict={folder / 'words'}",
            f"-artifact_prefix={folder / 'found'}/",
        ),
    ]
