"""The testimony: what the samples of each source, taken together, allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from socketspeak.clock.interval import Interval, Sample, intersection, measured


class Testimony:
    """One interval a source, of UTC minus the steady clock; every sample makes it as narrow as it can."""

    def __init__(self, order: Sequence[str], ppm: int) -> None:
        """Know nothing; `order` names the sources, the preferred first, `ppm` is the drift allowance."""
        self._order = tuple(order)
        self._ppm = ppm
        self._intervals: dict[str, Interval] = {}
        self._heard: dict[str, int] = {}
        self.contradictions: Counter[str] = Counter()  # source -> samples that could not be true with others

    def take_in(self, source: str, sample: Sample) -> bool:
        """Narrow a source's interval; False where the sample contradicts it, and so replaces it.

        Raises KeyError for a source that is not in the order.
        """
        if source not in self._order:
            raise KeyError(source)
        if not sample.lower_only:
            self._heard[source] = max(sample.received_ns, self._heard.get(source, sample.received_ns))
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
        self.contradictions[source] += 1
        if sample.lower_only:
            del self._intervals[source]
        else:
            self._intervals[source] = new
        return False

    def forget(self) -> bool:
        """Drop every interval; False where there was none."""
        had = bool(self._intervals)
        self._intervals.clear()
        self._heard.clear()
        return had

    def interval(self, source: str) -> Interval | None:
        """A source's interval as it stood when it was last narrowed; None where it has given none."""
        return self._intervals.get(source)

    def heard(self, source: str) -> int:
        """The steady instant at which a source that has an interval last gave a sample."""
        return self._heard[source]

    def all(self) -> tuple[tuple[str, Interval], ...]:
        """The sources that have an interval, with it, in order."""
        return tuple((name, self._intervals[name]) for name in self._order if name in self._intervals)
