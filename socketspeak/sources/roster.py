"""The roster: the configured sources in order of preference, how each is, and whom to ask next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from twisted.logger import Logger

from socketspeak.sources.health import Health
from socketspeak.sources.rulebook import Disagreement
from socketspeak.sources.sample import Fault, FaultKind, Outcome, ZoneSample
from socketspeak.sources.specification import EMBEDDED_SOURCE, SourceSpec

SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How one source is. Ages and the round trip are in seconds; None where there has been none.

    `state` is one word: `untried`, `ok`, `failing` or `resting`. `reason` is the last failure's.
    """

    name: str
    dialect: str
    state: str
    last_success: float | None
    last_failure: float | None
    reason: str | None
    requests: int
    failures: int
    disagreements: int
    round_trip: float | None


class Roster:
    """Keeps the sources' health, and says in the log when it changes."""

    _log = Logger()

    def __init__(
        self,
        sources: Sequence[SourceSpec],
        steady_ns: Callable[[], int],
        heard: Callable[[ZoneSample], None],
    ) -> None:
        """Start with all of them untried; `embedded` is left out, for it is never asked.

        `steady_ns` reads the steady clock in nanoseconds; `heard` is given each good sample.
        """
        self.sources = tuple(source for source in sources if source != EMBEDDED_SOURCE)
        self._steady_ns = steady_ns
        self._heard = heard
        self._health = {source.name: Health() for source in self.sources}

    def choose(self, zone: str, tried: frozenset[str]) -> SourceSpec | None:
        """The most preferred source that may be asked for a zone, None where there is none."""
        now_ns = self._steady_ns()
        for source in self.sources:
            if source.name not in tried and self._health[source.name].available(zone, now_ns):
                return source
        return None

    def choose_proven(self, zone: str, tried: frozenset[str]) -> SourceSpec | None:
        """The same, of those that have answered once: nobody waits for the others."""
        return self.choose(zone, tried | {source.name for source in self.unproven()})

    def unproven(self) -> tuple[SourceSpec, ...]:
        """The sources that have never answered."""
        return tuple(source for source in self.sources if not self._health[source.name].answered)

    def may_start(self, source: SourceSpec, zone: str) -> bool:
        """Whether a request that had to wait for its turn is still wanted of that source."""
        return self._health[source.name].available(zone, self._steady_ns())

    def started(self, source: SourceSpec) -> None:
        """Count a request that was sent."""
        self._health[source.name].asked()

    def landed(self, source: SourceSpec, zone: str, outcome: Outcome) -> None:
        """Take note of what came of a request, and pass a good sample on."""
        if isinstance(outcome, ZoneSample):
            round_trip = outcome.received_ns - outcome.sent_ns
            if self._health[source.name].succeeded(self._steady_ns(), round_trip):
                self._log.info("source {name} answers", name=source.name)
            self._heard(outcome)
        else:
            self._failed(source, zone, outcome)

    def status(self, disagreements: Iterable[Disagreement]) -> tuple[SourceStatus, ...]:
        """How the sources are, in order of preference."""
        count = Counter(disagreement.source for disagreement in disagreements)
        return tuple(self._status(source, count[source.name]) for source in self.sources)

    def _failed(self, source: SourceSpec, zone: str, fault: Fault) -> None:
        health = self._health[source.name]
        if fault.kind is FaultKind.UNKNOWN_ZONE and health.answered:
            health.refused(zone, self._steady_ns(), fault)
        elif health.failed(self._steady_ns(), fault):
            self._log.warn("source {name} fails: {reason}", name=source.name, reason=fault.reason)

    def _status(self, source: SourceSpec, disagreements: int) -> SourceStatus:
        health, now_ns = self._health[source.name], self._steady_ns()

        def ago(then_ns: int | None) -> float | None:
            return None if then_ns is None else (now_ns - then_ns) / SECOND_NS

        return SourceStatus(
            name=source.name,
            dialect=source.dialect,
            state=health.word(now_ns).value,
            last_success=ago(health.last_success_ns),
            last_failure=ago(health.last_failure_ns),
            reason=None if health.last_failure is None else health.last_failure.reason,
            requests=health.requests,
            failures=health.failures,
            disagreements=disagreements,
            round_trip=None if health.round_trip_ns is None else health.round_trip_ns / SECOND_NS,
        )
