"""The order of sources: which of them is asked next, by the operator's preference and by how each is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from socketspeak.sources.health import Health
from socketspeak.sources.specification import EMBEDDED_SOURCE, SourceSpec


class Order:
    """The configured sources, the preferred first, and the health of each. `embedded` is never asked."""

    def __init__(self, sources: Sequence[SourceSpec]) -> None:
        """Start with all of them untried."""
        self.sources = tuple(source for source in sources if source != EMBEDDED_SOURCE)
        self.health: Mapping[str, Health] = {source.name: Health() for source in self.sources}

    def choose(self, zone: str, tried: frozenset[str], now_ns: int) -> SourceSpec | None:
        """The most preferred source that may be asked for a zone and was not yet; None for none."""
        return self._first(tried, lambda health: health.available(zone, now_ns))

    def choose_fit(self, zone: str, tried: frozenset[str], now_ns: int) -> SourceSpec | None:
        """The same, of those that somebody may wait for."""
        return self._first(tried, lambda health: health.fit(zone, now_ns))

    def _first(self, tried: frozenset[str], fits: Callable[[Health], bool]) -> SourceSpec | None:
        for source in self.sources:
            if source.name not in tried and fits(self.health[source.name]):
                return source
        return None
