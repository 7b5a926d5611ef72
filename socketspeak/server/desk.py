"""What all sessions of a server share: the clock and the rules, the kept answers, the counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from twisted.internet.interfaces import IReactorTime

from socketspeak.clock.values import Reading
from socketspeak.language.acts import Outcome, Told
from socketspeak.language.memory import Memory
from socketspeak.language.statuses import Source, Status
from socketspeak.limits.counts import Counts
from socketspeak.server.ticker import Ticker
from socketspeak.sources.almanac import Almanac, SourceStatus, Waiting
from socketspeak.zones.values import EMBEDDED

MICROSECOND_NS = 1000
MILLION = 1_000_000
KEPT_NS = 1_000_000_000  # a kept answer is given for so long, in which its bound grows


@dataclass(frozen=True, slots=True)
class About:
    """What STATUS tells that changes with a reload at most."""

    version: str
    tzdb: str


class Desk:
    """The one place where sessions get what they ask for."""

    def __init__(
        self,
        almanac: Almanac,
        about: About,
        clock: IReactorTime,
        whole: Callable[[Status], Status] = lambda own: own,
    ) -> None:
        """`whole` makes the server's status of this process's own."""
        self.almanac = almanac
        self.memory = Memory()
        self.counts = Counts()
        self.clock = clock
        self.ticker = Ticker(self, clock)
        self._about = about
        self._whole = whole
        self._started = clock.seconds()

    def renew(self, about: About) -> None:
        """Tell something else of the server from now on."""
        self._about = about

    def ask(self, zones: Sequence[str], done: Callable[[], None]) -> Waiting | None:
        """None where the zones' rules are in memory; else `done` is called once, later, when they may be."""
        return self.almanac.ask(zones, done)

    def outcome(self, zones: Sequence[str]) -> Outcome:
        """The clock and the rules as they stand, without waiting."""
        reading = self.almanac.now()
        told = self._told(zones, reading.unix_ns)
        if reading.bound_ns is not None:
            bound_ns = reading.bound_ns + self.almanac.drift_ns(KEPT_NS)
            reading = Reading(reading.unix_ns, bound_ns, reading.state)
        return Outcome(reading, told)

    def unix_ns(self) -> int:
        """What the time is, in Unix nanoseconds."""
        return self.almanac.unix_ns()

    def at(self, zones: Sequence[str], unix_ns: int) -> Outcome:
        """The rules of zones at an instant, without waiting, and how sure the clock is now."""
        reading = self.almanac.now()
        return Outcome(Reading(unix_ns, reading.bound_ns, reading.state), self._told(zones, unix_ns))

    def refresh(self, zones: Sequence[str]) -> None:
        """See to it that the rules of zones stay fresh; nobody waits for that."""
        self.almanac.refresh(zones)

    def status(self) -> Status:
        """How the server is, whichever of its processes is asked."""
        return self._whole(self.own_status())

    def own_status(self) -> Status:
        """How this process is."""
        reading = self.almanac.now()
        sources = [*map(_source, self.almanac.status()), Source(EMBEDDED, "ready")]
        return Status(
            version=self._about.version,
            uptime=self.clock.seconds() - self._started,
            tzdb=self._about.tzdb,
            clock=reading.state.value,
            bound_ns=reading.bound_ns,
            sources=tuple(self._judged(sources)),
            counts=self.counts.told(),
        )

    def _told(self, zones: Sequence[str], unix_ns: int) -> dict[str, Told]:
        """The rules of zones at an instant."""
        told: dict[str, Told] = {}
        for zone in zones:
            standing = self.almanac.standing(zone, unix_ns)
            told[zone] = Told(standing.rule, standing.age)
        return told

    def _judged(self, sources: Iterable[Source]) -> Iterator[Source]:
        """The sources, with what their clocks say beside the agreed one."""
        voters = {voter.name: voter for voter in self.almanac.voters()}
        contradictions = self.almanac.contradictions()
        for source in sources:
            judged = replace(source, contradictions=contradictions.get(source.name, 0))
            if (voter := voters.get(source.name)) is not None:
                offset = round(voter.offset_ns / MICROSECOND_NS) / MILLION  # rounded first: -0 is no number
                judged = replace(judged, offset=offset, agrees=voter.agrees)
            yield judged


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
        rest=status.rest,
        disagreements=status.disagreements,
    )
