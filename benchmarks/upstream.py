"""What clients cost the sources: an hour of simulated time, with an almanac whose clock is turned by hand."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from benchmarks.table import Paint, aligned
from socketspeak.clock.discipline import Discipline
from socketspeak.sources.almanac import Almanac
from socketspeak.sources.rulebook import RuleBook
from socketspeak.sources.sample import Fault, FaultKind, Outcome, ZoneSample
from socketspeak.sources.specification import SourceSpec
from socketspeak.zones.values import Rule

SECOND_NS = 1_000_000_000
NOON = 1_795_435_200  # 2026-11-23T12:00Z
ANSWERS, ZONES, SECONDS = 10_000, 100, 3600.0
MOST_REQUESTS = 110  # one a zone, and what finds out that a source is well
ROUND_TRIP = 0.05  # seconds


@dataclass
class Failing:
    """A source that answers after a round trip, but for a share of the requests; it counts them."""

    clock: Clock
    share: float
    dice: random.Random
    asked: list[str] = field(default_factory=list)

    def fetch(self, source: SourceSpec, zone: str) -> Deferred[Outcome]:
        """Ask for a zone."""
        self.asked.append(zone)
        answer: Deferred[Outcome] = Deferred(lambda _: None)
        fails = self.dice.random() < self.share
        self.clock.callLater(ROUND_TRIP, self._answer, answer, source.name, zone, fails)
        return answer

    def close(self) -> Deferred[None]:
        """There is nothing to close."""
        return succeed(None)

    def _answer(self, answer: Deferred[Outcome], name: str, zone: str, fails: bool) -> None:
        if answer.called:
            return
        if fails:
            answer.callback(Fault(FaultKind.STATUS, "it answers with status 500"))
            return
        now_ns = round(self.clock.seconds() * SECOND_NS)
        sent_ns, stamp_ns = now_ns - round(ROUND_TRIP * SECOND_NS), NOON * SECOND_NS + now_ns
        answer.callback(ZoneSample(name, zone, zone, stamp_ns, 1000, sent_ns, now_ns, False, offset=0))


def requests(share: float, seed: int = 1) -> int:
    """How many requests an hour of clients costs a source that fails a share of them."""
    clock, dice = Clock(), random.Random(seed)
    source = Failing(clock, share, dice)
    almanac = Almanac(
        sources=[SourceSpec("lab", "worldtimeapi", "http://lab.example/api")],
        embedded=lambda zone, at: Rule(zone, 0, "UTC", dst=False),
        fetcher=source,
        discipline=Discipline(["lab"]),
        rulebook=RuleBook(),
        reactor=clock,
        steady_ns=lambda: round(clock.seconds() * SECOND_NS),
        wall_ns=lambda: NOON * SECOND_NS + round(clock.seconds() * SECOND_NS),
        patience=0.8,
        jitter=dice.random,
    )
    almanac.start()
    moments = sorted(dice.uniform(0, SECONDS) for _ in range(ANSWERS))
    for moment in moments:
        while clock.seconds() < moment:
            clock.advance(min(0.05, moment - clock.seconds()))
        almanac.ask([f"Zone/{dice.randrange(ZONES)}"], lambda: None)
    clock.advance(max(SECONDS - clock.seconds(), 0))
    almanac.stop()
    return len(source.asked)


def upstream_table(paint: Paint) -> tuple[str, bool]:
    """The table of what an hour costs, and whether it is as little as it should be."""
    rows = [[f"{ANSWERS:,} answers over {ZONES} zones in an hour", "requests", "target", ""]]
    well = requests(0.0)
    limits = {0.0: MOST_REQUESTS, 0.1: round(well * 1.2), 1.0: None}
    good = True
    for share, most in limits.items():
        found = well if share == 0 else requests(share)
        reached = None if most is None else found <= most
        good = good and reached is not False
        title = f"  {share:.0%} of the requests to the source fail"
        rows.append([title, str(found), "" if most is None else f"<= {most}", paint.verdict(reached)])
    return aligned(rows, paint), good
