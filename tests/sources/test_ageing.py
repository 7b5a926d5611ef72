"""The almanac as hours go by, with a clock that the test turns and a fetcher that answers when told to."""

from __future__ import annotations

import pytest
from twisted.internet.task import Clock

from socketspeak.clock.discipline import Discipline
from socketspeak.clock.values import Host
from socketspeak.sources.almanac import PROBE, Almanac, Standing
from socketspeak.sources.rulebook import RuleBook
from socketspeak.sources.sample import Fault, FaultKind, ZoneSample
from socketspeak.zones.values import Rule
from tests.sources.test_flights import LAB, ByHand

SECOND_NS = 1_000_000_000
MIDNIGHT = 1_793_491_200  # 2026-11-01T00:00Z
CHANGE = 1_793_512_800  # 2026-11-01T06:00Z, when the clocks of New York go back
SUMMER = Rule("America/New_York", -14_400, "EDT", dst=True, valid_until=CHANGE)
WINTER = Rule("America/New_York", -18_000, "EST", dst=False, valid_from=CHANGE)
ZONE = "America/New_York"
HOUR = 3600


class House:
    """An almanac in a house whose clocks all follow the test's."""

    def __init__(self, patience: float = 0.8) -> None:
        self.clock, self.fetches = Clock(), ByHand()
        self.done = 0
        self.jitter = 0.0
        self.asleep = 0
        self.almanac = Almanac(
            sources=[LAB],
            embedded=lambda zone, at: SUMMER if at < CHANGE else WINTER,
            fetcher=self.fetches,
            discipline=Discipline(["lab"]),
            rulebook=RuleBook(),
            reactor=self.clock,
            steady_ns=self.steady_ns,
            wall_ns=self.now_ns,
            patience=patience,
            jitter=lambda: self.jitter,
            host=lambda: Host(self.steady_ns(), self.now_ns(), asleep_ns=self.asleep * SECOND_NS),
        )

    def steady_ns(self) -> int:
        return round(self.clock.seconds() * SECOND_NS)

    def now_ns(self) -> int:
        return (MIDNIGHT + self.asleep) * SECOND_NS + self.steady_ns()

    def ask(self) -> bool:
        """Whether a client has to wait."""

        def done() -> None:
            self.done += 1

        return self.almanac.ask([ZONE], done) is not None

    def answer(self, round_trip: float = 0.0) -> None:
        """Give the answer that a source with the true time gives."""
        rule = SUMMER if self.now_ns() < CHANGE * SECOND_NS else WINTER
        sent_ns = self.steady_ns() - round(round_trip * SECOND_NS)
        for zone in tuple(self.fetches.waiting):
            sample = ZoneSample(
                source="lab",
                asked=zone,
                zone=zone,
                stamp_ns=self.now_ns(),
                quantum_ns=1000,
                sent_ns=sent_ns,
                received_ns=self.steady_ns(),
                cacheable=False,
                offset=rule.offset,
                abbreviation=rule.abbreviation,
                dst=rule.dst,
            )
            self.fetches.answer(zone, sample)

    def fail(self) -> None:
        """Fail whatever was asked."""
        for zone in tuple(self.fetches.waiting):
            self.fetches.answer(zone, Fault(FaultKind.STATUS, "it answers with status 500"))

    def standing(self) -> Standing:
        return self.almanac.standing(ZONE, self.almanac.now().unix_ns)

    def asked(self) -> int:
        return self.fetches.asked.count(ZONE)


@pytest.fixture
def house() -> House:
    """A house whose source has answered for the zone."""
    house = House()
    house.almanac.start()
    house.answer()
    assert house.ask()
    house.answer()
    assert house.done == 1
    return house


def test_a_rule_is_fresh_for_an_hour(house: House) -> None:
    house.clock.advance(HOUR - 1)
    assert not house.ask()
    assert house.standing().age is None
    assert house.asked() == 1


def test_an_older_rule_is_served_at_once_with_its_age_and_fetched_behind(house: House) -> None:
    house.clock.advance(HOUR)
    assert not house.ask()
    assert (house.standing().rule.source, house.standing().age) == ("lab", HOUR)
    assert not house.ask()
    assert house.asked() == 2
    house.answer()
    assert house.standing().age is None
    assert not house.ask()
    assert house.asked() == 2


def test_a_sleep_makes_rules_older_and_all_sources_are_asked_at_once(house: House) -> None:
    house.asleep = 2 * HOUR
    probes = house.fetches.asked.count(PROBE)
    house.almanac.look()
    assert house.fetches.asked.count(PROBE) == probes + 1
    assert house.standing().age == 2 * HOUR
    house.asleep = 25 * HOUR
    house.almanac.look()
    assert house.standing().rule.source == "embedded"


def test_refreshes_of_zones_that_were_fetched_together_are_spread_over_three_minutes() -> None:
    house = House()
    house.jitter = 1.0
    house.almanac.start()
    house.answer()
    house.ask()
    house.answer()
    house.clock.advance(HOUR + 179)
    house.ask()
    assert (house.standing().age, house.asked()) == (HOUR + 179, 1)
    house.clock.advance(1)
    house.ask()
    assert house.asked() == 2


def test_a_failing_refresh_is_tried_again_until_the_source_rests(house: House) -> None:
    house.clock.advance(HOUR)
    house.answer()  # to the probe
    for _ in range(100):
        assert not house.ask()
        house.fail()
    assert house.asked() == 6  # one good answer, and five failures
    house.clock.advance(30)
    assert house.fetches.asked[-1] == PROBE
    house.answer()
    house.ask()
    house.answer()
    assert house.standing().age is None


def test_after_a_day_the_database_answers_and_clients_wait_again(house: House) -> None:
    house.clock.advance(5 * HOUR)  # still before the change
    assert house.standing().rule.source == "lab"
    house.clock.advance(19 * HOUR)
    assert house.standing().rule.source == "embedded"
    assert house.ask()


def test_a_rule_is_not_used_past_the_end_that_the_database_knows_of(house: House) -> None:
    house.clock.advance(6 * HOUR - 10)
    assert house.standing().rule.source == "lab"
    house.clock.advance(10)
    assert (house.standing().rule.source, house.standing().rule.offset) == ("embedded", -18_000)
    assert house.ask()
    house.answer()
    assert (house.standing().rule.source, house.standing().rule.offset) == ("lab", -18_000)


def test_where_the_bound_straddles_the_end_the_database_answers_and_nobody_waits() -> None:
    house = House()
    house.almanac.start()
    house.clock.advance(6 * HOUR - 10)
    house.answer(round_trip=3.0)
    house.ask()
    house.answer(round_trip=3.0)
    assert house.standing().rule.source == "lab"
    house.clock.advance(7)
    reading = house.almanac.now()
    assert reading.bound_ns is not None
    assert reading.unix_ns < CHANGE * SECOND_NS < reading.unix_ns + reading.bound_ns
    assert house.standing().rule == SUMMER
    assert not house.ask()


def test_the_edition_changes_with_every_answer_and_with_nothing_else(house: House) -> None:
    edition = house.almanac.edition
    house.clock.advance(2 * HOUR)
    house.standing()
    house.ask()
    assert house.almanac.edition == edition
    house.answer()
    assert house.almanac.edition > edition


def test_patience_ends_a_wait_once(house: House) -> None:
    house.clock.advance(24 * HOUR)
    assert house.ask()
    house.clock.advance(0.8)
    assert house.done == 2
    house.answer()
    assert house.done == 2


def test_without_patience_nobody_waits() -> None:
    house = House(patience=0.0)
    house.almanac.start()
    house.answer()
    assert not house.ask()
    assert house.asked() == 1


def test_a_source_whose_answers_never_hold_now_is_not_asked_at_each_question(house: House) -> None:
    house.clock.advance(6 * HOUR)  # past the end
    house.ask()
    wrong = ZoneSample(
        "lab", ZONE, ZONE, house.now_ns(), 1, 0, house.steady_ns(), False, -18_000, valid_from=CHANGE + HOUR
    )
    house.fetches.answer(ZONE, wrong)
    for _ in range(100):
        house.ask()
    assert house.asked() == 2
    house.clock.advance(10)
    house.ask()
    assert house.asked() == 3


def test_stopping_leaves_no_timer(house: House) -> None:
    house.clock.advance(24 * HOUR)
    house.ask()
    house.almanac.stop()
    assert house.clock.getDelayedCalls() == []
    assert house.done == 2
    assert sorted(house.fetches.cancelled) == [ZONE, PROBE]


def test_the_probe_is_a_zone_like_any_other(house: House) -> None:
    assert house.fetches.asked[0] == PROBE
    assert house.almanac.standing(PROBE, house.now_ns()).rule.source == "lab"
