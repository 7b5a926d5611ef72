"""The desk that sessions in memory are served from, and the sources that it asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from socketspeak.clock.discipline import Discipline
from socketspeak.server.desk import About, Desk
from socketspeak.server.sharing import Sharing
from socketspeak.sources.almanac import Almanac
from socketspeak.sources.probes import Probes
from socketspeak.sources.rulebook import RuleBook
from socketspeak.sources.sample import Fault, FaultKind, Outcome, ZoneSample
from socketspeak.sources.specification import SourceSpec
from tests.kit.world import NOON_NS, the_world

NS = 1_000_000_000
LAB = SourceSpec("lab", "worldtimeapi", "http://lab.example/api")


class MemorySource:
    """A source that answers with the truth from memory, `delay` seconds after it is asked; None for never."""

    def __init__(self, clock: Clock, delay: float | None) -> None:
        self._clock = clock
        self.delay = delay
        self.asked: list[str] = []
        self.cancelled: list[str] = []

    def fetch(self, source: SourceSpec, zone: str) -> Deferred[Outcome]:
        self.asked.append(zone)
        sent_ns = steady_of(self._clock)
        answer: Deferred[Outcome] = Deferred(lambda _: self._cancel(zone))
        if self.delay is not None:
            self._clock.callLater(self.delay, self._answer, answer, source, zone, sent_ns)
        return answer

    def _cancel(self, zone: str) -> None:
        self.cancelled.append(zone)

    def _answer(self, answer: Deferred[Outcome], source: SourceSpec, zone: str, sent_ns: int) -> None:
        if answer.called:
            return
        received_ns = steady_of(self._clock)
        stamp_ns = NOON_NS + (sent_ns + received_ns) // 2
        rule = the_world().engine.rule(zone, stamp_ns // NS)
        answer.callback(
            ZoneSample(
                source=source.name,
                asked=zone,
                zone=zone,
                stamp_ns=stamp_ns // 1000 * 1000,
                quantum_ns=1000,
                sent_ns=sent_ns,
                received_ns=received_ns,
                cacheable=False,
                offset=rule.offset,
                abbreviation=rule.abbreviation,
                dst=rule.dst,
            )
        )

    def close(self) -> Deferred[None]:
        return succeed(None)


class NoSource(MemorySource):
    """A source that must not be asked, and says so in the answer if it is."""

    def fetch(self, source: SourceSpec, zone: str) -> Deferred[Outcome]:
        self.asked.append(zone)
        return succeed(Fault(FaultKind.INTERNAL, "nobody should have asked"))


def steady_of(clock: Clock) -> int:
    """The turned clock as a steady clock, in nanoseconds."""
    return round(clock.seconds() * NS)


def a_desk(clock: Clock, source: MemorySource | None = None, patience: float = 0.8) -> Desk:
    """A desk over the real database, whose wall clock shows NOON when the turned clock shows zero."""
    almanac = Almanac(
        sources=() if source is None else (LAB,),
        embedded=the_world().engine.rule,
        fetcher=source or NoSource(clock, None),
        discipline=Discipline([LAB.name]),
        rulebook=RuleBook(),
        reactor=clock,
        steady_ns=lambda: steady_of(clock),
        wall_ns=lambda: NOON_NS + steady_of(clock),
        patience=patience,
    )
    return Desk(almanac, About("1.0.0", "2026f"), clock)


def calls_left(clock: Clock) -> list[object]:
    """What is still to happen, but for what is the server's: a source's next probe, the next turn."""
    calls: Sequence[Any] = clock.getDelayedCalls()
    return [call for call in calls if not isinstance(getattr(call.func, "__self__", None), Probes | Sharing)]
