"""The roster: how each of the configured sources is, and a line in the log when that changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from twisted.logger import Logger

from socketspeak.sources.health import PROBE
from socketspeak.sources.order import Order
from socketspeak.sources.rulebook import Disagreement
from socketspeak.sources.sample import Fault, FaultKind, Outcome, ZoneSample
from socketspeak.sources.specification import SourceSpec

SECOND_NS = 1_000_000_000

Tell = Callable[[str, str, Outcome], None]  # a source's name, a zone that it was asked for, what came


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How one source is. Ages, the round trip and the rest are in seconds; None where there is none.

    `state` is one word: `untried`, `ok`, `failing`, `resting` or `trying`. `reason` is the last failure's.
    `rest` is for how long the source is not asked.
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
    rest: float | None = None


class Roster:
    """Hears what comes of requests, and keeps the sources' health by it."""

    _log = Logger()

    def __init__(
        self,
        sources: Sequence[SourceSpec],
        steady_ns: Callable[[], int],
        heard: Callable[[ZoneSample], None],
        moved: Callable[[SourceSpec], None],
        tell: Tell | None = None,
    ) -> None:
        """Start with all of them untried; `embedded` is left out, for it is never asked.

        `steady_ns` reads the steady clock in nanoseconds; `heard` is given each good sample, and `moved` each
        source of which anything was heard, good or bad. `tell` is told what came of each request.
        """
        self.order = Order(sources)
        self.sources = self.order.sources
        self.now_ns = steady_ns
        self._heard = heard
        self._moved = moved
        self._tell = tell
        self._by_name = {source.name: source for source in self.sources}

    def choose(self, zone: str, tried: frozenset[str], *, fit: bool) -> SourceSpec | None:
        """The most preferred source that may be asked for a zone, None where there is none.

        With `fit` it must be one that somebody may wait for.
        """
        chosen = self.order.choose_fit if fit else self.order.choose
        return chosen(zone, tried, self.now_ns())

    def may_start(self, source: SourceSpec, zone: str) -> bool:
        """Whether a request that had to wait for its turn is still wanted of that source."""
        return self.order.health[source.name].available(zone, self.now_ns())

    def started(self, source: SourceSpec) -> None:
        """Count a request that was sent."""
        self.order.health[source.name].asked(self.now_ns())

    def let_go(self, source: SourceSpec) -> None:
        """Take note of a request that was cancelled."""
        self.order.health[source.name].breaker.let_go()
        self._moved(source)

    def landed(self, source: SourceSpec, zone: str, outcome: Outcome) -> None:
        """Take note of what came of a request, and pass a good sample on."""
        if self._note(source, zone, outcome):
            self._say(source, outcome)
        if self._tell is not None and not (isinstance(outcome, Fault) and outcome.kind is FaultKind.INTERNAL):
            self._tell(source.name, zone, outcome)

    def landed_elsewhere(self, name: str, zone: str, outcome: Outcome) -> None:
        """Take note of what came of a request of another process, which has counted and logged it."""
        source = self._by_name.get(name)
        if source is not None:
            health = self.order.health[name]
            failures = health.failures
            self._note(source, zone, outcome)
            health.failures = failures

    def _note(self, source: SourceSpec, zone: str, outcome: Outcome) -> bool:
        """Whether what came is news of the source."""
        health = self.order.health[source.name]
        news = False
        if isinstance(outcome, ZoneSample):
            round_trip = outcome.received_ns - outcome.sent_ns
            news = health.succeeded(zone, self.now_ns(), round_trip)
            self._heard(outcome)
        elif outcome.kind is FaultKind.UNKNOWN_ZONE and health.answered and zone != PROBE:
            health.refused(zone, self.now_ns(), outcome)
        else:
            news = health.failed(zone, self.now_ns(), outcome)
        self._moved(source)
        return news

    def _say(self, source: SourceSpec, outcome: Outcome) -> None:
        if isinstance(outcome, ZoneSample):
            self._log.info("source {name} answers", name=source.name)
        else:
            self._log.warn("source {name} fails: {reason}", name=source.name, reason=outcome.reason)

    def status(self, disagreements: Iterable[Disagreement]) -> tuple[SourceStatus, ...]:
        """How the sources are, in order of preference."""
        count = Counter(disagreement.source for disagreement in disagreements)
        return tuple(self._status(source, count[source.name]) for source in self.sources)

    def _status(self, source: SourceSpec, disagreements: int) -> SourceStatus:
        health, now_ns = self.order.health[source.name], self.now_ns()
        rest_ns = health.breaker.rest_ns(now_ns)

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
            rest=rest_ns / SECOND_NS if rest_ns else None,
        )
