"""The clock's laws, over networks with any delays, clocks that drift as allowed, and cut-off stamps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from socketspeak.clock.discipline import Discipline
from socketspeak.clock.interval import DRIFT_PPM, Interval, Sample, aged, drift, intersection, measured

S = 1_000_000_000
EPOCH = 1_795_457_045 * S
MILLION = 1_000_000


@dataclass(frozen=True)
class Step:
    """A pause, and then an exchange with a source: delays in nanoseconds of true time."""

    pause: int
    there: int
    back: int
    quantum: int


delays = st.one_of(st.integers(0, 3 * S), st.integers(0, 1000), st.just(0))
steps = st.builds(
    Step,
    pause=st.integers(0, 30_000 * S),
    there=delays,
    back=delays,
    quantum=st.sampled_from([1, 1000, 1_000_000, S]),
)
rates = st.fractions(
    1 - Fraction(DRIFT_PPM, MILLION), 1 + Fraction(DRIFT_PPM, MILLION), max_denominator=10**7
)


@dataclass(frozen=True)
class World:
    """True time, and a steady clock that runs at a rate of its own."""

    rate: Fraction

    def steady(self, true: int) -> int:
        return int(true * self.rate)

    def exchanges(self, script: list[Step]) -> Iterator[tuple[int, Sample]]:
        """The true instant at the end of each exchange, and its sample."""
        true = 0
        for step in script:
            sent = true + step.pause
            read = sent + step.there
            true = read + step.back
            stamp = (EPOCH + read) // step.quantum * step.quantum
            yield true, Sample(stamp, step.quantum, self.steady(sent), self.steady(true))


worlds = st.builds(World, rates)


@given(worlds, st.lists(steps, min_size=1, max_size=6), st.integers(0, 10_000 * S))
def test_the_claimed_interval_always_holds_the_true_time(
    world: World, script: list[Step], later: int
) -> None:
    discipline = Discipline(["lab"])
    for true, sample in world.exchanges(script):
        assert discipline.learn("lab", sample, sample.received_ns, EPOCH + true)
        for instant in (true, true + later):
            reading = discipline.read(world.steady(instant), 0)
            assert reading.bound_ns is not None
            # The steady clock is read in whole nanoseconds, and may be one behind.
            assert abs(reading.unix_ns - (EPOCH + instant)) <= reading.bound_ns + 1


@given(worlds, steps)
def test_with_one_sample_the_width_is_quantum_and_round_trip_and_drift(world: World, step: Step) -> None:
    ((_, sample),) = world.exchanges([step])
    interval = measured(sample, DRIFT_PPM)
    round_trip = sample.received_ns - sample.sent_ns
    assert interval.high - interval.low == step.quantum + round_trip + drift(round_trip, DRIFT_PPM)


intervals = st.builds(
    lambda low, width, at: Interval(low, low + width, at),
    st.integers(-(10**20), 10**20),
    st.integers(0, 10**12),
    st.integers(0, 10**15),
)


@given(intervals, st.integers(0, 10**15), st.integers(0, 1000))
def test_an_interval_never_gets_narrower_by_ageing(interval: Interval, later: int, ppm: int) -> None:
    old = aged(interval, interval.at + later, ppm)
    assert old.low <= interval.low <= interval.high <= old.high
    assert (old.high - interval.high, interval.low - old.low) == (drift(later, ppm),) * 2


@given(intervals, intervals)
def test_an_interval_never_gets_wider_by_a_sample(one: Interval, other: Interval) -> None:
    both = intersection(one, other, DRIFT_PPM)
    if both is not None:
        for alone in (aged(one, both.at, DRIFT_PPM), aged(other, both.at, DRIFT_PPM)):
            assert alone.low <= both.low <= both.high <= alone.high


@given(worlds, st.lists(steps, min_size=2, max_size=6), st.lists(st.integers(0, S), min_size=1, max_size=4))
def test_the_time_shown_never_goes_back(world: World, script: list[Step], waits: list[int]) -> None:
    discipline = Discipline(["lab"])
    shown = 0
    for true, sample in world.exchanges(script):
        discipline.learn("lab", sample, sample.received_ns, EPOCH + true)
        for wait in (0, *sorted(waits)):
            if wait and any(step.pause < wait for step in script):
                continue  # the next exchange begins before
            reading = discipline.read(world.steady(true + wait), 0)
            assert reading.unix_ns >= shown
            shown = reading.unix_ns


@given(st.integers(0, 10**18), st.integers(0, 10**18))
def test_drift_in_parts_is_never_less_than_drift_in_one(one: int, other: int) -> None:
    whole = drift(one + other, DRIFT_PPM)
    assert whole <= drift(one, DRIFT_PPM) + drift(other, DRIFT_PPM) <= whole + 1
