"""What all sessions of a server share: the clock and the rules, the kept answers, the counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from twisted.internet.interfaces import IReactorTime

from socketspeak.clock.values import Reading
from socketspeak.language.acts import Outcome, Told
from socketspeak.language.memory import Memory
from socketspeak.language.replies import Source, Status
from socketspeak.sources.almanac import Almanac, SourceStatus, Waiting
from socketspeak.zones.values import EMBEDDED

# A kept answer is given for up to a second, in which a bound grows by the allowed drift, 200 ppm.
SECOND_OF_DRIFT_NS = 200_000


@dataclass(slots=True)
class Counts:
    """What has happened since the start; each is a number that only grows, but `sessions`."""

    sessions: int = 0
    connections: int = 0
    requests: int = 0
    faults: int = 0


@dataclass(frozen=True, slots=True)
class About:
    """What STATUS tells that never changes while the server runs."""

    version: str
    tzdb: str


class Desk:
    """The one place where sessions get what they ask for."""

    def __init__(self, almanac: Almanac, about: About, clock: IReactorTime) -> None:
        self.almanac = almanac
        self.memory = Memory()
        self.counts = Counts()
        self.clock = clock
        self._about = about
        self._started = clock.seconds()

    def ask(self, zones: Sequence[str], done: Callable[[], None]) -> Waiting | None:
        """None where the zones' rules are in memory; else `done` is called once, later, when they may be."""
        return self.almanac.ask(zones, done)

    def outcome(self, zones: Sequence[str]) -> Outcome:
        """The clock and the rules as they stand, without waiting."""
        reading = self.almanac.now()
        told: dict[str, Told] = {}
        for zone in zones:
            standing = self.almanac.standing(zone, reading.unix_ns)
            told[zone] = Told(standing.rule, standing.age)
        if reading.bound_ns is not None:
            reading = Reading(reading.unix_ns, reading.bound_ns + SECOND_OF_DRIFT_NS, reading.state)
        return Outcome(reading, told)

    def status(self) -> Status:
        """How the server is."""
        reading = self.almanac.now()
        sources = [*map(_source, self.almanac.status()), Source(EMBEDDED, "ready")]
        return Status(
            version=self._about.version,
            uptime=self.clock.seconds() - self._started,
            tzdb=self._about.tzdb,
            clock=reading.state.value,
            bound_ns=reading.bound_ns,
            sources=tuple(sources),
            counts={field.name: getattr(self.counts, field.name) for field in fields(Counts)},
        )


def _source(status: SourceStatus) -> Source:
    return Source(
        name=status.name,
        state=status.state,
        dialect=status.dialect,
        last_success=status.last_success,
        last_failure=status.last_failure,
        reason=status.reason,
        requests=status.requests,
        failures=status.failures,
        round_trip=status.round_trip,
        disagreements=status.disagreements,
    )
