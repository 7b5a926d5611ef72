"""The clock by itself: what reading it costs, and how wide what it claims is beside its true error."""

from __future__ import annotations

import random
import time
import timeit
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks.table import Paint, aligned
from socketspeak.app.hostclock import HostClock, steady_ns
from socketspeak.clock.discipline import Discipline
from socketspeak.clock.interval import Sample
from socketspeak.clock.values import Host
from socketspeak.sources.sample import ZoneSample
from socketspeak.sources.timekeeper import Timekeeper

MS = 1_000_000
MINUTE = 60_000 * MS
UTC = 1_795_457_045_000 * MS
READ_TARGET_US = 5.0
NAMES = ("first", "second", "third")
CALLS, REPEATS = 20_000, 7
ROUND_TRIPS_MS = (20, 80, 300)
AGES_MINUTES = (0, 5, 60)
TRIALS = 2000
QUARTZ_PPM = 50  # by which a common quartz is off


@dataclass(frozen=True)
class Cost:
    """What one call costs, in microseconds of processor time, at best and in the middle of the repeats."""

    title: str
    best_us: float
    middle_us: float
    target_us: float | None = None


@dataclass(frozen=True)
class Width:
    """What is claimed, and by how much the time that is shown is truly off; milliseconds."""

    round_trip_ms: int
    minutes: int
    claimed_ms: float
    error_ms: float
    worst_ms: float


def costs() -> list[Cost]:
    """What is done for an answer, once a second, and with each sample; with three sources that agree."""
    host = HostClock()
    keeper = Timekeeper(Discipline(NAMES), steady_ns, time.time_ns, host)
    for name in NAMES:
        now_ns = steady_ns()
        keeper.learn(
            ZoneSample(name, "Etc/UTC", "Etc/UTC", UTC, 1000, now_ns - 80 * MS, now_ns, False, offset=0)
        )
    return [
        _cost("the time and its bound", keeper.now, READ_TARGET_US),
        _cost("the time alone, for a kept answer", keeper.unix_ns, READ_TARGET_US),
        _cost("a look at the host, once a second", keeper.look),
    ]


def _cost(title: str, call: Callable[[], object], target_us: float | None = None) -> Cost:
    runs = [
        seconds / CALLS * 1e6
        for seconds in timeit.repeat(call, timer=time.process_time, number=CALLS, repeat=REPEATS)
    ]
    return Cost(title, min(runs), median(runs), target_us)


def widths() -> list[Width]:
    """Simulated: a source's clock is read anywhere within the round trip, and the quartz runs fast."""
    dice = random.Random(20261123)  # the same figures each time
    return [_width(round_trip, minutes, dice) for round_trip in ROUND_TRIPS_MS for minutes in AGES_MINUTES]


def _width(round_trip_ms: int, minutes: int, dice: random.Random) -> Width:
    claimed, errors = [], []
    for _ in range(TRIALS):
        clock = Discipline(["lab"])
        there = dice.randrange(round_trip_ms * MS + 1)
        stamp = (UTC + there) // 1000 * 1000
        clock.learn("lab", Sample(stamp, 1000, 0, round_trip_ms * MS), Host(round_trip_ms * MS, UTC))
        elapsed = minutes * MINUTE
        steady = round_trip_ms * MS + elapsed + elapsed * QUARTZ_PPM // 1_000_000
        reading = clock.read(steady, 0)
        claimed.append((reading.bound_ns or 0) / MS)
        errors.append(abs(reading.unix_ns - (UTC + round_trip_ms * MS + elapsed)) / MS)
    return Width(round_trip_ms, minutes, max(claimed), median(errors), max(errors))


def good(found: list[Cost]) -> bool:
    """Whether reading costs no more than it may, at best, which other work on the machine sways least."""
    return all(cost.target_us is None or cost.best_us <= cost.target_us for cost in found)


def clock_tables(found: list[Cost], paint: Paint) -> str:
    """Both tables."""
    cost_rows = [["reading the clock", "best", "median", "target", ""]]
    for each in found:
        target = "" if each.target_us is None else f"<= {each.target_us:g} µs"
        verdict = paint.verdict(None if each.target_us is None else each.best_us <= each.target_us)
        cost_rows.append([each.title, f"{each.best_us:.2f} µs", f"{each.middle_us:.2f} µs", target, verdict])
    width_rows = [["round trip, age of the sample", "claimed", "true error", "greatest", ""]]
    for width in widths():
        title = f"{width.round_trip_ms} ms, {width.minutes} min"
        figures = (width.claimed_ms, width.error_ms, width.worst_ms)
        width_rows.append([title, *(f"{figure:.1f} ms" for figure in figures), ""])
    return f"{aligned(cost_rows, paint)}\n\n{aligned(width_rows, paint)}"
