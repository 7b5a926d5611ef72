"""The probes: questions that no client has asked. They find a source well again, and keep the clock true."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from socketspeak.sources.flights import Flights
from socketspeak.sources.health import PROBE, Health
from socketspeak.sources.roster import Roster
from socketspeak.sources.specification import SourceSpec

SECOND_NS = 1_000_000_000
QUIET_NS = 900 * SECOND_NS  # without an answer; the clock's bound has grown by 0.18 s then, at 200 ppm
SPREAD = 0.1  # of that, by which probes come earlier, so that many daemons do not ask together
EAGER_NS = 2 * SECOND_NS  # after a failure: it may be a hiccup, or the network may just be coming up
LEAST_NS = SECOND_NS // 100  # the reactor's clock and the steady one differ in their rate


class Probes:
    """Asks each source for Etc/UTC when its rest is over, and when it has been quiet for long."""

    def __init__(
        self,
        roster: Roster,
        flights: Flights,
        reactor: IReactorTime,
        jitter: Callable[[], float],
    ) -> None:
        """Ask nothing yet; `jitter` gives a random number from 0 to 1 each time."""
        self._roster = roster
        self._flights = flights
        self._reactor = reactor
        self._jitter = jitter
        self._timers: dict[str, IDelayedCall] = {}
        self._runs = False

    def start(self) -> None:
        """Ask each source that may be asked, and the others when they may."""
        self._runs = True
        for source in self._roster.sources:
            self._ask(source)

    def ask_again(self) -> None:
        """Do the same, if they have been started."""
        if self._runs:
            self.start()

    def stop(self) -> None:
        """Ask nothing any more."""
        self._runs = False
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def moved(self, source: SourceSpec) -> None:
        """Something was heard of a source: work out anew when to ask it."""
        if not self._runs:
            return
        timer = self._timers.pop(source.name, None)
        if timer is not None:
            timer.cancel()
        if self._flights.under_way(source, PROBE):
            return  # more will be heard of it
        now_ns = self._roster.now_ns()
        delay_ns = max(self._due_ns(self._roster.order.health[source.name], now_ns) - now_ns, LEAST_NS)
        self._timers[source.name] = self._reactor.callLater(delay_ns / SECOND_NS, self._fire, source)

    def _due_ns(self, health: Health, now_ns: int) -> int:
        if not health.breaker.closed:
            return now_ns + health.breaker.rest_ns(now_ns)
        if health.last_success_ns is None or not health.answered or health.breaker.failures_in_row:
            return now_ns + EAGER_NS
        return health.last_success_ns + round(QUIET_NS * (1 - SPREAD * self._jitter()))

    def _fire(self, source: SourceSpec) -> None:
        del self._timers[source.name]
        self._ask(source)

    def _ask(self, source: SourceSpec) -> None:
        if self._roster.may_start(source, PROBE) and not self._flights.under_way(source, PROBE):
            # Of an answer was taken note as it landed; a probe that never had its turn is put off.
            self._flights.board(source, PROBE, lambda _: self.moved(source))
        else:
            self.moved(source)
