"""The chain: who is asked next, when, how often, and who wins; with a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from socketspeak.clock.discipline import Discipline
from socketspeak.sources.almanac import PROBE, Almanac
from socketspeak.sources.rulebook import RuleBook
from socketspeak.sources.sample import Fault, FaultKind, Outcome, ZoneSample
from socketspeak.sources.specification import SourceSpec
from socketspeak.zones.values import Rule

SECOND_NS = 1_000_000_000
NOON = 1_795_435_200  # 2026-11-23T12:00Z
NAMES = ("first", "second", "third")
FAULT = Fault(FaultKind.STATUS, "it answers with status 500")
TOKYO = "Asia/Tokyo"


@dataclass
class Answers:
    """A fetcher that is told of each source when it answers: in seconds, never (None), or a fault."""

    clock: Clock
    treatment: dict[str, float | Fault | Callable[[], float | Fault | None] | None] = field(
        default_factory=dict
    )
    asked: list[tuple[str, str]] = field(default_factory=list)
    cancelled: list[tuple[str, str, float]] = field(default_factory=list)

    def fetch(self, source: SourceSpec, zone: str) -> Deferred[Outcome]:
        self.asked.append((source.name, zone))
        how = self.treatment.get(source.name, 0.01)
        if callable(how):
            how = how()
        asking: Deferred[Outcome] = Deferred(
            lambda _: self.cancelled.append((source.name, zone, self.clock.seconds()))
        )
        delay = 1.5 if how is None else 0.01 if isinstance(how, Fault) else how
        outcome = Fault(FaultKind.DEADLINE, "no whole answer") if how is None else how
        self.clock.callLater(delay, self._answer, asking, source.name, zone, outcome)
        return asking

    def _answer(self, asking: Deferred[Outcome], name: str, zone: str, outcome: float | Fault) -> None:
        if not asking.called:
            asking.callback(outcome if isinstance(outcome, Fault) else self.sample(name, zone))

    def sample(self, name: str, zone: str) -> ZoneSample:
        now_ns = round(self.clock.seconds() * SECOND_NS)
        return ZoneSample(
            name, zone, zone, NOON * SECOND_NS + now_ns, 1000, now_ns, now_ns, cacheable=False, offset=32_400
        )

    def close(self) -> Deferred[None]:
        return succeed(None)


class House:
    """An almanac with so many sources, all of which have answered once."""

    def __init__(self, sources: int = 2) -> None:
        self.clock = Clock()
        self.answers = Answers(self.clock)
        names = NAMES[:sources]
        self.almanac = Almanac(
            sources=[SourceSpec(name, "worldtimeapi", f"http://{name}.example/api") for name in names],
            embedded=lambda zone, at: Rule(zone, 32_400, "JST", dst=False),
            fetcher=self.answers,
            discipline=Discipline(names),
            rulebook=RuleBook(),
            reactor=self.clock,
            steady_ns=lambda: round(self.clock.seconds() * SECOND_NS),
            wall_ns=lambda: round((NOON + self.clock.seconds()) * SECOND_NS),
            patience=0.8,
            jitter=lambda: 0.0,
        )
        self.almanac.start()
        self.turn(0.1)
        assert [status.state for status in self.almanac.status()] == ["ok"] * sources
        self.answers.asked.clear()

    def turn(self, seconds: float) -> None:
        """Let time pass, by milliseconds."""
        self.clock.pump([0.001] * round(seconds * 1000))

    def ask(self, zone: str = TOKYO) -> float:
        """Ask for a zone, and wait; for how many seconds."""
        begun, ended = self.clock.seconds(), []
        if self.almanac.ask([zone], lambda: ended.append(self.clock.seconds())) is None:
            return 0.0
        while not ended:
            self.turn(0.001)
        return ended[0] - begun

    def source_of(self, zone: str = TOKYO) -> str:
        return self.almanac.standing(zone, self.almanac.now().unix_ns).rule.source

    def states(self) -> list[str]:
        return [status.state for status in self.almanac.status()]


@pytest.fixture
def house() -> House:
    """A house with two sources."""
    return House()


def test_a_source_that_answers_in_time_is_asked_alone(house: House) -> None:
    house.answers.treatment["first"] = 0.39
    assert house.ask() == pytest.approx(0.39, abs=0.01)
    house.turn(2)
    assert house.answers.asked == [("first", TOKYO)]


def test_the_next_is_asked_when_the_first_has_not_answered_in_400_ms(house: House) -> None:
    house.answers.treatment.update(first=None, second=0.1)
    assert house.ask() == pytest.approx(0.5, abs=0.01)
    assert house.answers.asked == [("first", TOKYO), ("second", TOKYO)]
    assert house.source_of() == "second"


def test_the_first_may_still_win(house: House) -> None:
    house.answers.treatment.update(first=0.5, second=0.25)
    assert house.ask() == pytest.approx(0.5, abs=0.01)
    assert house.source_of() == "first"


def test_the_slower_of_two_is_cancelled_within_a_second_and_that_counts_as_a_failure(house: House) -> None:
    house.answers.treatment.update(first=None, second=0.1)
    house.ask()
    won = house.clock.seconds()
    house.turn(1)
    ((name, _, at),) = house.answers.cancelled
    assert name == "first"
    assert at - won == pytest.approx(0.5, abs=0.01)
    assert house.almanac.status()[0].failures == 1


def test_the_slower_of_two_that_answers_soon_after_is_no_failure(house: House) -> None:
    house.answers.treatment.update(first=0.8, second=0.1)
    house.ask()
    house.turn(1)
    assert house.answers.cancelled == []
    assert house.almanac.status()[0].failures == 0
    assert house.states() == ["ok", "ok"]


def test_a_source_that_always_hangs_is_found_out_and_rests_and_the_next_answers_at_once(house: House) -> None:
    house.answers.treatment.update(first=None, second=0.05)
    waits = []
    for number in range(20):
        waits.append(house.ask(f"Zone/{number}"))
        house.turn(1)
    assert waits[:5] == [pytest.approx(0.45, abs=0.01)] * 5
    assert waits[5:] == [pytest.approx(0.05, abs=0.01)] * 15
    assert house.states() == ["resting", "ok"]


def test_the_next_is_asked_at_once_when_the_first_has_failed(house: House) -> None:
    house.answers.treatment.update(first=FAULT, second=0.05)
    assert house.ask() == pytest.approx(0.06, abs=0.01)
    assert house.source_of() == "second"


def test_all_are_asked_before_the_database_answers() -> None:
    house = House(3)
    house.answers.treatment.update(first=FAULT, second=FAULT, third=FAULT)
    assert house.ask() == pytest.approx(0.03, abs=0.01)
    assert [name for name, _ in house.answers.asked] == ["first", "second", "third"]
    assert house.source_of() == "embedded"


def test_where_all_others_have_failed_the_slow_one_is_still_waited_for() -> None:
    house = House(3)
    house.answers.treatment.update(first=0.6, second=FAULT, third=FAULT)
    assert house.ask() == pytest.approx(0.6, abs=0.01)
    assert house.source_of() == "first"


def test_a_single_source_is_not_asked_twice() -> None:
    house = House(1)
    house.answers.treatment["first"] = FAULT
    assert house.ask() == pytest.approx(0.01, abs=0.005)
    house.turn(1)
    assert house.answers.asked == [("first", TOKYO)]


def test_nobody_waits_longer_than_patience_though_all_hang(house: House) -> None:
    house.answers.treatment.update(first=None, second=None)
    assert house.ask() == pytest.approx(0.8, abs=0.005)
    assert house.source_of() == "embedded"
    house.turn(1.01)
    assert [name for name, _, _ in house.answers.cancelled] == ["second"]  # the first met its deadline


def test_who_goes_away_takes_both_requests_along(house: House) -> None:
    house.answers.treatment.update(first=None, second=None)
    waiting = house.almanac.ask([TOKYO], lambda: pytest.fail("done"))
    assert waiting is not None
    house.turn(0.5)
    assert len(house.answers.asked) == 2
    waiting.leave()
    assert {name for name, _, _ in house.answers.cancelled} == {"first", "second"}
    assert house.almanac.status()[0].failures == 0


def test_the_retry_budget_bounds_what_a_shaky_source_costs_the_next(house: House) -> None:
    """Every other request to the first fails: half of them are retried until the purse is empty."""
    turns = iter(range(10_000))
    house.answers.treatment.update(first=lambda: 0.001 if next(turns) % 3 else FAULT, second=0.001)
    for number in range(300):
        house.ask(f"Zone/{number}")
    asked = [name for name, zone in house.answers.asked if zone != PROBE]
    first, second = asked.count("first"), asked.count("second")
    spent = house.clock.seconds()
    assert first == 300
    assert second <= 10 + 0.2 * 300 + spent + 1
    assert second < 100  # the third that failed


def test_what_is_fetched_behind_is_not_hedged(house: House) -> None:
    house.ask()
    house.clock.advance(3600)
    house.answers.asked.clear()
    house.answers.treatment["first"] = 1.2
    assert house.ask() == 0.0
    house.turn(1.3)
    assert [name for name, zone in house.answers.asked if zone == TOKYO] == ["first"]
