"""`python -m benchmarks.places`: what the places cost, in memory, at the start, and in the reactor."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import machine
from benchmarks.servers import ROOT
from benchmarks.table import Paint, aligned
from socketspeak.app.tzfiles import read_database
from socketspeak.app.world import load_world
from socketspeak.zones.atlas import Atlas
from socketspeak.zones.database import Database
from socketspeak.zones.engine import Engine
from socketspeak.zones.placefile import shipped

ROUNDS = 7
TIMES = 5  # that each look-up is measured; the least counts, since another process may take the processor
CHILD_SECONDS = 60

MEMORY_MIB = 12.0
START_MS = 150.0
LOOKUP_MS = 5.0

NOON = 1_795_457_045  # 2026-11-23T18:04:05Z
MIB = 1024 * 1024

# One letter, what most names hold, what is near to many, what a line can hold of letters that grow, and noise
HARD = (
    *("a", "e", "o", "an", "san", "city", "al", "Oran", "Î", "québec", "the " * 32, "a " * 60, "-" * 128),
    *("united states of amerikaa", "saint petersburgg", "new yrok city of america", "lisbom", "IST", "CST"),
    *("USA", "Россия", "argentina", "Australia", "Antarctica", "Canada", "kazakhstan", "santiago"),
    *("a" * 64, "ab" * 32, "e" * 20, "aeiou" * 12, "a\u0301" * 64, "ẩ" * 64, "\u0301" * 128, "ﷺ" * 128),
    *("ﷺ" * 333, "가" * 64, "日" * 128, "क्षि" * 32, "أ" * 128, "𒀀" * 120, "İ" * 128, "½" * 128, "x" * 1000),
    *("UTC+" + "9" * 990, "1.1,1.1", "1" * 9 + "." + "1" * 20 + ",1.1", "\u200c" * 128),
)


@dataclass(frozen=True)
class Cost:
    """What a process has taken so far: resident memory in octets, and seconds of the processor."""

    octets: float
    seconds: float


def child(places: bool) -> None:
    """In a process of its own: read the tz database, with the places or without, and print the cost.

    The code is imported in both, so that the places' data alone make the difference: the table, CLDR's names
    in three languages, and all that is made of them.
    """
    files = read_database("package")
    database, engine = Database(files), Engine(files.directory, files.names)
    kept: list[object] = [database, engine]
    if places:
        kept.append(Atlas(database, engine, shipped(), NOON))
    print(json.dumps({"octets": _resident_octets(), "seconds": time.process_time()}))


def _resident_octets() -> int:
    """Memory of this process that is not swapped, shared pages of libraries included."""
    found = re.search(
        r"^VmRSS:\s+(\d+) kB$", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE
    )
    assert found
    return int(found[1]) * 1024


def cost(places: bool) -> Cost:
    """What a fresh process takes to know the tz database, with the places or without."""
    command = [sys.executable, "-m", "benchmarks.places", "--child", "with" if places else "without"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=CHILD_SECONDS, check=True)
    return Cost(**json.loads(ran.stdout))


def of_the_places() -> Cost:
    """What a process takes more with the places: of memory the median over the rounds, of time the least."""
    pairs = [(cost(places=True), cost(places=False)) for _ in range(ROUNDS)]
    more, less = (min(each.seconds for each in side) for side in zip(*pairs, strict=True))
    return Cost(median(one.octets - other.octets for one, other in pairs), more - less)


def slowest() -> Iterator[tuple[str, float, str]]:
    """For each kind of look-up, the milliseconds of the slowest text, and the text."""
    atlas = load_world("package", ()).atlas
    names = tuple(atlas.cities.values())
    texts = (*HARD, *names, *(f"{name}q" for name in names))
    kinds: dict[str, Callable[[str], object]] = {
        "place": lambda text: atlas.resolve(text, NOON),
        "search": atlas.find,
        "near spellings": lambda text: atlas.near(text, ("TIME", "HELP")),
        "list": atlas.listing,
    }
    for kind, look_up in kinds.items():
        seconds, text = max((_least(look_up, text), text) for text in texts)
        yield kind, seconds * 1000, text


def _least(look_up: Callable[[str], object], text: str) -> float:
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        look_up(text)
        taken.append(time.perf_counter() - begun)
    return min(taken)


def main() -> int:
    """Measure, print, and tell by the exit status whether every target was met."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.places",
        description="Measure what the places cost on this machine, in fresh processes. It takes ten seconds; "
        "the exit status is 0 where every target was met, else 1.",
    )
    parser.add_argument("--child", choices=("with", "without"), help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.child:
        child(wanted.child == "with")
        return 0
    more = of_the_places()
    figures = [
        ("memory of all place data", more.octets / MIB, "MiB", MEMORY_MIB),
        ("start: processor time for it", more.seconds * 1000, "ms", START_MS),
    ]
    figures += [
        (f"slowest {kind}: {text[:20]!r}, {len(text)} letters", taken, "ms", LOOKUP_MS)
        for kind, taken, text in slowest()
    ]
    paint = Paint(sys.stdout.isatty())
    rows = [["", "", "target", ""]]
    for title, value, unit, target in figures:
        rows.append([title, f"{value:.2f} {unit}", f"<= {target:g} {unit}", paint.verdict(value <= target)])
    print(f"{machine.described()}\n\n{aligned(rows, paint)}")
    return 0 if all(value <= target for _, value, _, target in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
