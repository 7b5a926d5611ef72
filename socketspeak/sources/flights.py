"""Flights: requests under way, each shared by all who wait for it, and let go when nobody does."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from socketspeak.sources.sample import Fault, FaultKind, Outcome
from socketspeak.sources.specification import SourceSpec

PER_HOST = 4  # at once: as many connections as are kept open to a host
LINGER_SECONDS = 1.0  # an answer that comes just after patience ended is still worth having, but no longer

Told = Callable[[Outcome], None]


class Fetches(Protocol):
    """What brings answers: the fetcher, or in tests something that knows them by heart."""

    def fetch(self, source: SourceSpec, zone: str) -> Deferred[Outcome]:
        """Ask a source for a zone. Cancelling lets go at once, and what then comes is not looked at."""

    def close(self) -> Deferred[None]:
        """Close what is kept open; fires when it is closed."""


class Tower(Protocol):
    """What the flights ask and tell whoever keeps the sources' health."""

    def may_start(self, source: SourceSpec, zone: str) -> bool:
        """Whether a request that had to wait for its turn is still wanted of that source."""

    def started(self, source: SourceSpec) -> None:
        """Hear that a request was sent."""

    def landed(self, source: SourceSpec, zone: str, outcome: Outcome) -> None:
        """Hear what came of a request, before those who wait for it do."""

    def let_go(self, source: SourceSpec) -> None:
        """Hear that a request was cancelled, and what it would have brought is not known."""


class Seat:
    """A place in a flight."""

    def __init__(self, flight: Flight, told: Told) -> None:
        """Take a place; `told` hears how the flight went."""
        self._flight = flight
        self.told = told

    def leave(self, linger: float = 0.0) -> None:
        """Give the place up: `told` is not called any more. Once it was called, this does nothing.

        When the last has left, the request is cancelled, at once or `linger` seconds later.
        """
        self._flight.left_by(self, linger)


class Flight:
    """One request for a zone, waiting for its turn or under way."""

    def __init__(self, source: SourceSpec, zone: str, flights: Flights) -> None:
        """Wait on the ground."""
        self.source = source
        self.zone = zone
        self.request: Deferred[None] | None = None
        self.timer: IDelayedCall | None = None  # of its end: it lingers, or its answer came too early to tell
        self._flights = flights
        self._seats: dict[Seat, None] = {}  # in the order of coming

    def seat(self, told: Told) -> Seat:
        """Take one more on board."""
        if not self._seats:
            self.stop_timer()
        seat = Seat(self, told)
        self._seats[seat] = None
        return seat

    def left_by(self, seat: Seat, linger: float) -> None:
        """Let one go, and the request with the last."""
        if seat not in self._seats:
            return
        del self._seats[seat]
        if self._seats:
            return
        self.stop_timer()
        if linger and self.request is not None:
            self.timer = self._flights.reactor.callLater(linger, self._flights.outstayed, self)
        else:
            self._flights.give_up(self)

    def disembark(self) -> tuple[Seat, ...]:
        """Empty all seats, and give them back."""
        seats = tuple(self._seats)
        self._seats.clear()
        return seats

    def stop_timer(self) -> None:
        """Forget what was to happen later."""
        if self.timer is not None and self.timer.active():
            self.timer.cancel()
        self.timer = None


class Flights:
    """All requests to all sources: one a source and zone, and a few at once a host."""

    _log = Logger()

    def __init__(
        self, fetches: Fetches, tower: Tower, reactor: IReactorTime, per_host: int = PER_HOST
    ) -> None:
        """Start with none; `reactor` keeps the time in which nobody waits."""
        self.reactor = reactor
        self._fetches = fetches
        self._tower = tower
        self._per_host = per_host
        self._flights: dict[tuple[str, str], Flight] = {}
        self._aloft: dict[str, int] = {}  # host -> requests under way
        self._queues: dict[str, deque[Flight]] = {}

    def board(self, source: SourceSpec, zone: str, told: Told) -> Seat:
        """Wait for a source's answer about a zone; `told` is called once, never before this has returned."""
        flight = self._flights.get((source.name, zone))
        if flight is not None:
            return flight.seat(told)
        flight = self._flights[source.name, zone] = Flight(source, zone, self)
        seat = flight.seat(told)
        if self._aloft.get(source.host, 0) < self._per_host:
            self._start(flight)
        else:
            self._queues.setdefault(source.host, deque()).append(flight)
        return seat

    def under_way(self, source: SourceSpec, zone: str) -> bool:
        """Whether that question is on its way, or waits for its turn."""
        return (source.name, zone) in self._flights

    def ground(self) -> None:
        """Cancel everything; nobody is told."""
        self._queues.clear()
        for flight in tuple(self._flights.values()):
            self.give_up(flight)

    def give_up(self, flight: Flight) -> None:
        """Cancel one flight; nobody is told."""
        if self._forget(flight):
            flight.disembark()
            if flight.request is not None:
                flight.request.cancel()
                self._aloft[flight.source.host] -= 1
                self._tower.let_go(flight.source)
                self._next(flight.source.host)

    def outstayed(self, flight: Flight) -> None:
        """Cancel a flight that nobody has waited for in a while: its source was too slow."""
        self._note(flight, Fault(FaultKind.ABANDONED, "no answer while anybody waited"))
        self.give_up(flight)

    def _start(self, flight: Flight) -> None:
        self._aloft[flight.source.host] = self._aloft.get(flight.source.host, 0) + 1
        self._tower.started(flight.source)
        request = self._fetches.fetch(flight.source, flight.zone)
        flight.request = request.addErrback(self._broken, flight).addCallback(self._arrived, flight)

    def _broken(self, failure: Failure, flight: Flight) -> Outcome:
        if self._flights.get((flight.source.name, flight.zone)) is flight:
            self._log.failure(
                "asking {source} for {zone} broke", failure, source=flight.source.name, zone=flight.zone
            )
        return Fault(FaultKind.INTERNAL, "an internal fault, see the log")

    def _arrived(self, outcome: Outcome, flight: Flight) -> None:
        if self._flights.get((flight.source.name, flight.zone)) is not flight:
            return  # cancelled
        if (
            flight.request is None
        ):  # at once, while it was being asked: those who board have no seat in hand yet
            flight.timer = self.reactor.callLater(0, self._land, flight, outcome)
        else:
            self._land(flight, outcome)

    def _land(self, flight: Flight, outcome: Outcome) -> None:
        if self._forget(flight):
            self._aloft[flight.source.host] -= 1
            self._note(flight, outcome)
            self._tell(flight, outcome)
            self._next(flight.source.host)

    def _next(self, host: str) -> None:
        """Start what waits for its turn; where the source rests by now, it is not asked."""
        queue = self._queues.get(host)
        while queue and self._aloft[host] < self._per_host:
            flight = queue.popleft()
            if self._flights.get((flight.source.name, flight.zone)) is not flight:
                continue  # given up
            if self._tower.may_start(flight.source, flight.zone):
                self._start(flight)
            elif self._forget(flight):
                self._tell(flight, Fault(FaultKind.RESTING, "resting after a failure"))

    def _forget(self, flight: Flight) -> bool:
        """Take a flight off the list; False where it was off already."""
        flight.stop_timer()
        key = (flight.source.name, flight.zone)
        return self._flights.get(key) is flight and self._flights.pop(key) is flight

    def _note(self, flight: Flight, outcome: Outcome) -> None:
        try:
            self._tower.landed(flight.source, flight.zone, outcome)
        except Exception:
            self._log.failure("taking note of {zone} broke", zone=flight.zone)

    def _tell(self, flight: Flight, outcome: Outcome) -> None:
        for seat in flight.disembark():
            try:
                seat.told(outcome)
            except Exception:
                self._log.failure("telling of {zone} broke", zone=flight.zone)
