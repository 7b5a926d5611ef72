"""What a majority of clocks allows, after Marzullo (1984), and who it is that agrees."""

from __future__ import annotations

from collections.abc import Sequence

from socketspeak.clock.interval import Interval, aged


def majority(intervals: Sequence[Interval], ppm: int) -> Interval | None:
    """The hull of the points that more than half of the intervals hold, at the latest of their instants.

    None where there is no such point. As long as fewer than half of the clocks lie, each point at which the
    honest ones agree is held by more than half, true time among them: so the hull is right. The points that
    most intervals hold need not be: liars can add their own to the edge of an honest one.
    """
    if not intervals:
        return None
    at = max(interval.at for interval in intervals)
    old = [aged(interval, at, ppm) for interval in intervals]
    needed = len(old) // 2 + 1
    # Intervals are closed: where one begins and another ends at the same point, both hold it.
    edges = sorted([(each.low, -1) for each in old] + [(each.high, 1) for each in old])
    holding = 0
    low: int | None = None
    high = 0
    for point, ends in edges:
        holding -= ends
        if ends < 0 and holding == needed and low is None:
            low = point
        elif ends > 0 and holding == needed - 1:
            high = point
    return None if low is None else Interval(low, high, at)


def meet(one: Interval, other: Interval, ppm: int) -> bool:
    """Whether two clocks can both be right: their intervals share a point at the later of their instants."""
    at = max(one.at, other.at)
    one, other = aged(one, at, ppm), aged(other, at, ppm)
    return max(one.low, other.low) <= min(one.high, other.high)
