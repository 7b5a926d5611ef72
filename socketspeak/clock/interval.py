"""Interval arithmetic in whole nanoseconds, after Cristian (1989), Marzullo (1984) and AWS ClockBound."""

from __future__ import annotations

from dataclasses import dataclass

DRIFT_PPM = 200  # parts in a million: quartz is off by 20 to 100, and a slewed clock by a little more
_FOREVER_NS = 1 << 80  # 38 million years: an upper end that bounds nothing


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading of a distant clock.

    The clock showed a time within [`stamp_ns`, `stamp_ns` + `quantum_ns`), in nanoseconds since 1970 UTC,
    at an instant between `sent_ns` and `received_ns` of the steady clock at hand. Where `lower_only` is set
    the answer came out of a cache: true time was at least the stamp, and nothing more is known.
    """

    stamp_ns: int
    quantum_ns: int
    sent_ns: int
    received_ns: int
    lower_only: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError where it was received before it was sent, or its quantum is not positive."""
        if self.received_ns < self.sent_ns:
            raise ValueError(f"received at {self.received_ns} ns, before it was sent at {self.sent_ns} ns")
        if self.quantum_ns <= 0:
            raise ValueError(f"a quantum of {self.quantum_ns} ns; it must be positive")


@dataclass(frozen=True, slots=True)
class Interval:
    """Where UTC minus the steady clock lies at the steady instant `at`: from `low` to `high` nanoseconds."""

    low: int
    high: int
    at: int


def drift(elapsed_ns: int, ppm: int) -> int:
    """How far a steady clock can have run off in so many of its own nanoseconds, rounded up.

    A clock that is at most `ppm` millionths too fast or too slow shows `d` where true time took between
    d / (1 + ppm) and d / (1 - ppm); the second is the further away.
    """
    return -(-elapsed_ns * ppm // (1_000_000 - ppm))


def measured(sample: Sample, ppm: int) -> Interval:
    """What one sample says at the steady instant at which it was received.

    The distant clock can have been read just as the answer came (then UTC - steady is the stamp less that
    instant) or just as the question went, at the very end of its quantum.
    """
    round_trip = sample.received_ns - sample.sent_ns
    low = sample.stamp_ns - sample.received_ns
    if sample.lower_only:
        return Interval(low, low + _FOREVER_NS, sample.received_ns)
    high = sample.stamp_ns + sample.quantum_ns - sample.sent_ns + drift(round_trip, ppm)
    return Interval(low, high, sample.received_ns)


def aged(interval: Interval, at: int, ppm: int) -> Interval:
    """The interval as it stands at a later steady instant; at an earlier one it is given back as it is."""
    if at <= interval.at:
        return interval
    grown = drift(at - interval.at, ppm)
    return Interval(interval.low - grown, interval.high + grown, at)


def intersection(one: Interval, other: Interval, ppm: int) -> Interval | None:
    """What both allow, at the later of their instants; None where they contradict each other."""
    at = max(one.at, other.at)
    one, other = aged(one, at, ppm), aged(other, at, ppm)
    low, high = max(one.low, other.low), min(one.high, other.high)
    return Interval(low, high, at) if low <= high else None
