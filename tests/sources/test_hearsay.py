"""What one process learns of a source another hears of, as the workers of one server do."""

from __future__ import annotations

import json
from collections import deque

import pytest
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from socketspeak.clock.discipline import Discipline
from socketspeak.sources.almanac import Almanac
from socketspeak.sources.hearsay import read, written
from socketspeak.sources.rulebook import RuleBook
from socketspeak.sources.sample import Fault, FaultKind, Outcome, ZoneSample
from socketspeak.sources.specification import SourceSpec
from tests.sources.rig import SECOND_NS, by_the_package

LAB = SourceSpec("lab", "worldtimeapi", "http://10.0.0.5:8083/api")
LIMITED = Fault(FaultKind.STATUS, "it answers with status 429", retry_after=60.0)
NOW_NS = 1_795_457_045 * SECOND_NS


class Lab:
    """The source, as one process asks it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails = False

    def fetch(self, source: SourceSpec, zone: str) -> Deferred[Outcome]:
        self.asked.append(zone)
        if self.fails:
            return succeed(LIMITED)
        offset = by_the_package(zone, NOW_NS // SECOND_NS).offset
        return succeed(
            ZoneSample(source.name, zone, zone, NOW_NS, 1, -2_000_000, 0, cacheable=False, offset=offset)
        )

    def close(self) -> Deferred[None]:
        return succeed(None)


class Process:
    """One process: its almanac, whom it asks, and what it tells the others."""

    def __init__(self, clock: Clock) -> None:
        self.lab = Lab()
        self.told: deque[str] = deque()
        self.clock = clock
        self.almanac = Almanac(
            sources=(LAB,),
            embedded=by_the_package,
            fetcher=self.lab,
            discipline=Discipline([LAB.name]),
            rulebook=RuleBook(),
            reactor=clock,
            steady_ns=lambda: round(clock.seconds() * SECOND_NS),
            wall_ns=lambda: NOW_NS,
            patience=0.8,
            tell=lambda *what: self.told.append(json.dumps([*what[:2], written(what[2])])),
        )

    def ask(self, zone: str) -> None:
        """Ask, and let what is asked come."""
        self.almanac.ask([zone], lambda: None)
        self.clock.advance(0)

    def hear(self, other: Process) -> None:
        """Hear all that another has told."""
        while other.told:
            source, zone, outcome = json.loads(other.told.popleft())
            self.almanac.hear(source, zone, read(outcome))


def two() -> tuple[Process, Process]:
    """Two processes on one host, of which only the first has begun."""
    clock = Clock()
    one, other = Process(clock), Process(clock)
    one.almanac.start()
    clock.advance(0)
    return one, other


@pytest.mark.parametrize(
    "outcome", [LIMITED, ZoneSample("lab", "Etc/UTC", "Etc/UTC", 1, 1, 0, 1, cacheable=True, offset=0)]
)
def test_an_outcome_is_read_as_it_was_written(outcome: Outcome) -> None:
    assert read(json.loads(json.dumps(written(outcome)))) == outcome


def test_what_one_has_asked_another_does_not_ask_and_has_the_time_and_the_rule() -> None:
    one, other = two()
    one.ask("Asia/Tokyo")
    other.hear(one)
    other.ask("Asia/Tokyo")
    assert (one.lab.asked, other.lab.asked) == (["Etc/UTC", "Asia/Tokyo"], [])
    standing = other.almanac.standing("Asia/Tokyo", other.almanac.unix_ns())
    assert standing.rule.source == "lab"
    assert other.almanac.now().state == one.almanac.now().state == "single"
    assert other.almanac.now().bound_ns == one.almanac.now().bound_ns
    assert other.almanac.changes > 0  # the one that writes the state file writes what it has heard


def test_what_is_heard_is_not_told_again_and_not_counted_as_asked() -> None:
    one, other = two()
    one.lab.fails = True
    one.ask("Asia/Tokyo")
    assert len(one.told) == 2
    other.hear(one)
    assert not other.told
    (status,) = other.almanac.status()
    assert (status.requests, status.failures) == (0, 0)


def test_whom_a_source_has_asked_to_wait_all_do() -> None:
    one, other = two()
    one.lab.fails = True
    one.ask("Asia/Tokyo")
    other.hear(one)
    other.ask("Europe/Lisbon")
    (status,) = other.almanac.status()
    assert (status.state, other.lab.asked) == ("resting", [])
    assert 59 < (status.rest or 0) <= 60


def test_what_is_heard_after_the_end_or_of_no_source_of_ours_is_not_looked_at() -> None:
    one, other = two()
    other.almanac.hear("another", "Etc/UTC", LIMITED)
    other.almanac.stop()
    other.hear(one)
    assert other.almanac.now().state == "local"


def test_a_process_that_has_not_begun_asks_nobody_when_the_machine_has_slept() -> None:
    one, other = two()
    other.almanac.renew(by_the_package, 0.8, "embedded")
    other.clock.advance(3600)
    assert other.lab.asked == []
    one.almanac.stop()
