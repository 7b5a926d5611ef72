"""The discipline: what the time is by the samples of the most preferred source that has given any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from socketspeak.clock.interval import DRIFT_PPM, Interval, Sample, aged, drift, intersection, measured
from socketspeak.clock.values import Reading, State

FAR_NS = (
    600 * 1_000_000_000
)  # ten minutes: no host that anyone looks after is so far off, nor is a good source


@dataclass(frozen=True, slots=True)
class _Shown:
    """What reading needs, worked out once a sample: the interval's middle and half width, and the floor."""

    interval: Interval
    middle: int
    half: int
    floor_ns: int
    far: bool


class Discipline:
    """Learns from samples, and tells the time with its error bound.

    Instants of the steady clock and of the host's wall clock are nanoseconds, and come as arguments.
    `order` names the sources, the preferred first. Reading is pure: learning alone changes anything, and
    `edition` with it.
    """

    def __init__(self, order: Sequence[str], drift_ppm: int = DRIFT_PPM) -> None:
        """Start without a sample; the steady clock is at most `drift_ppm` millionths fast or slow."""
        self._order = tuple(order)
        self._ppm = drift_ppm
        self._intervals: dict[str, Interval] = {}
        self._shown: _Shown | None = None
        self.edition = (
            0  # changes whenever `read` would say otherwise for another reason than the passing of time
        )
        self.contradictions = (
            0  # samples that could not be true together with what their source had said before
        )

    def learn(self, source: str, sample: Sample, steady_ns: int, wall_ns: int) -> bool:
        """Take a sample in; False where it contradicts what the source said before, and so replaces it.

        `steady_ns` and `wall_ns` are now, never earlier than an instant that was read. Raises KeyError for a
        source that is not in the order, and ValueError for a sample from the future.
        """
        if source not in self._order:
            raise KeyError(source)
        if steady_ns < sample.received_ns:
            raise ValueError(f"a sample received at {sample.received_ns} ns, and it is {steady_ns} ns")
        agrees = self._take_in(source, sample)
        self._show(steady_ns, wall_ns)
        return agrees

    def read(self, steady_ns: int, wall_ns: int) -> Reading:
        """What the time is; before the first sample it is the host's, `wall_ns`, without a bound."""
        shown = self._shown
        if shown is None:
            return Reading(wall_ns, None, State.LOCAL)
        unix_ns = shown.middle + steady_ns
        held_back = 0
        if unix_ns < shown.floor_ns:
            held_back = shown.floor_ns - unix_ns
            unix_ns = shown.floor_ns
        if shown.far:
            return Reading(unix_ns, None, State.DISAGREE)
        elapsed = steady_ns - shown.interval.at
        grown = drift(elapsed, self._ppm) if elapsed > 0 else 0
        return Reading(unix_ns, shown.half + grown + held_back, State.SINGLE)

    def unix_ns(self, steady_ns: int) -> int | None:
        """The instant that `read` gives, for those who need nothing else; None where it is the host's."""
        shown = self._shown
        return None if shown is None else max(shown.middle + steady_ns, shown.floor_ns)

    def bound_ns(self, steady_ns: int) -> int | None:
        """The bound that `read` gives, in nanoseconds, for those who need nothing else."""
        return self.read(steady_ns, 0).bound_ns

    def interval(self, source: str, steady_ns: int) -> Interval | None:
        """Where a source's samples put UTC minus the steady clock by now; None where it has given none."""
        known = self._intervals.get(source)
        return None if known is None else aged(known, steady_ns, self._ppm)

    def _take_in(self, source: str, sample: Sample) -> bool:
        old = self._intervals.get(source)
        new = measured(sample, self._ppm)
        if old is None:
            if not sample.lower_only:  # a lower bound alone puts the time nowhere
                self._intervals[source] = new
            return True
        both = intersection(old, new, self._ppm)
        if both is not None:
            self._intervals[source] = both
            return True
        self.contradictions += 1
        if sample.lower_only:
            del self._intervals[source]
        else:
            self._intervals[source] = new
        return False

    def _show(self, steady_ns: int, wall_ns: int) -> None:
        interval = next((self._intervals[name] for name in self._order if name in self._intervals), None)
        before = self._shown
        if interval == (None if before is None else before.interval):
            return
        self.edition += 1
        if interval is None:
            self._shown = None
            return
        middle = (interval.low + interval.high) // 2
        self._shown = _Shown(
            interval=interval,
            middle=middle,
            half=interval.high - middle,
            floor_ns=self._floor(before, interval, steady_ns),
            far=abs(middle + steady_ns - wall_ns) > FAR_NS,
        )

    def _floor(self, before: _Shown | None, now: Interval, steady_ns: int) -> int:
        """The last time that was shown, which the next may not go behind.

        Where the two intervals contradict each other the clock was wrong, and to hold on to it would keep it
        wrong for as long as it was off: the floor is given up.
        """
        if before is None or intersection(before.interval, now, self._ppm) is None:
            return 0
        return max(before.floor_ns, before.middle + steady_ns)
