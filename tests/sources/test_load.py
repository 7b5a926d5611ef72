"""Laws of load, with a turned clock: what failures cost a source, and what an hour of clients does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from socketspeak.sources.almanac import PROBE
from tests.sources.test_search import FAULT, House

ZONES = [f"Zone/{number}" for number in range(100)]
EVERY = 0.02  # seconds: fifty requests in one


def drive(house: House, seconds: float, zone_of: Callable[[int], str]) -> None:
    """Clients that ask fifty times a second, and wait for nothing."""
    for number in range(round(seconds / EVERY)):
        house.almanac.ask([zone_of(number)], lambda: None)
        house.turn(EVERY)


@pytest.mark.parametrize("treatment", [FAULT, None], ids=["fails", "hangs"])
@pytest.mark.parametrize(
    "zone_of",
    [lambda n: ZONES[n % 100], lambda n: f"Zone/{n}", lambda n: ZONES[0]],
    ids=["100", "new", "one"],
)
def test_a_source_that_fails_for_30_seconds_is_asked_20_times_at_most_and_answers_35_seconds_later(
    treatment: object, zone_of: Callable[[int], str]
) -> None:
    house = House(1)
    house.answers.treatment["first"] = treatment  # type: ignore[assignment]
    drive(house, 30, zone_of)
    assert 5 <= len(house.answers.asked) <= 20
    house.answers.treatment["first"] = 0.01
    repaired = house.clock.seconds()
    while house.source_of("Zone/0") != "first":
        house.almanac.ask(["Zone/0"], lambda: None)
        house.turn(EVERY)
        assert house.clock.seconds() - repaired <= 35


def test_a_source_that_was_down_at_the_start_costs_no_more() -> None:
    house = House(1)
    house.almanac._roster.order.health["first"].answered = False
    house.answers.treatment["first"] = FAULT
    drive(house, 30, lambda n: ZONES[n % 100])
    assert len(house.answers.asked) <= 20


def test_where_a_tenth_of_the_answers_fail_a_source_is_asked_a_fifth_more_at_most() -> None:
    house = House(1)
    turn = iter(range(100_000))
    house.answers.treatment["first"] = lambda: 0.01 if next(turn) % 10 else FAULT
    for start in range(0, 1000, 100):  # a thousand zones, each asked for until it is there
        for _ in range(4):
            for number in range(start, start + 100):
                house.almanac.ask([f"Zone/{number}"], lambda: None)
                house.turn(0.02)
    assert all(house.source_of(f"Zone/{number}") == "first" for number in range(1000))
    asked = sum(zone != PROBE for _, zone in house.answers.asked)
    assert 1000 < asked <= 1200
    assert len(house.answers.asked) <= 1200
    assert house.states() == ["ok"]


def test_ten_thousand_answers_over_a_hundred_zones_in_an_hour_cost_a_request_a_zone() -> None:
    house = House(1)
    for number in range(10_000):
        house.almanac.ask([ZONES[number * 37 % 100]], lambda: None)
        house.clock.pump([0.01, 0.35])
    assert [zone for _, zone in house.answers.asked].count(PROBE) <= 4
    assert len(house.answers.asked) <= 104
