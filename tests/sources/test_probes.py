"""The probes: when a source is asked though no client asks, with a clock that the test turns."""

from __future__ import annotations

import pytest

from socketspeak.sources.almanac import PROBE
from socketspeak.sources.sample import Fault, FaultKind
from tests.sources.test_search import FAULT, TOKYO, House

MINUTE = 60


def probes(house: House) -> list[float]:
    """The seconds at which the first source is probed, from now on for as long as the clock is turned."""
    found: list[float] = []
    fetch = house.answers.fetch

    def noted(source, zone):  # type: ignore[no-untyped-def]
        if zone == PROBE and source.name == "first":
            found.append(house.clock.seconds())
        return fetch(source, zone)

    house.answers.fetch = noted  # type: ignore[method-assign]
    return found


def by_seconds(house: House, seconds: int) -> None:
    house.clock.pump([0.05] * (20 * seconds))


def test_a_quiet_source_is_asked_every_15_minutes_so_that_the_bound_stays_small() -> None:
    house = House(1)
    found = probes(house)
    for _ in range(61):
        by_seconds(house, MINUTE)
        bound_ns = house.almanac.now().bound_ns
        assert bound_ns is not None
        assert bound_ns < 200_000_000
    assert [round(at / MINUTE) for at in found] == [15, 30, 45, 60]


def test_a_source_that_clients_keep_asking_is_not_probed() -> None:
    house = House(1)
    found = probes(house)
    for number in range(60):
        house.ask(f"Zone/{number}")
        by_seconds(house, MINUTE)
    assert found == []


def test_a_failure_is_looked_into_two_seconds_later() -> None:
    house = House(1)
    found = probes(house)
    house.answers.treatment["first"] = FAULT
    house.ask()
    failed = house.clock.seconds()
    house.answers.treatment["first"] = 0.01
    by_seconds(house, 3)
    assert found == [pytest.approx(failed + 2, abs=0.1)]
    assert house.states() == ["ok"]


def test_a_source_that_stays_down_is_asked_five_times_and_then_less_and_less() -> None:
    house = House(1)
    found = probes(house)
    house.answers.treatment["first"] = FAULT
    house.ask()
    begun = house.clock.seconds()
    by_seconds(house, 1200)
    since = [at - begun for at in found]
    assert since == pytest.approx([2, 4, 6, 8, 38, 98, 218, 458, 758, 1058], abs=2)


def test_a_source_that_comes_back_is_found_without_any_client() -> None:
    house = House(1)
    house.answers.treatment["first"] = FAULT
    for number in range(5):
        house.ask(f"Zone/{number}")
    assert house.states() == ["resting"]
    house.answers.treatment["first"] = 0.01
    by_seconds(house, 31)
    assert house.states() == ["ok"]


def test_a_probe_that_hangs_is_no_reason_for_another() -> None:
    house = House(1)
    for number in range(5):
        house.answers.treatment["first"] = FAULT
        house.ask(f"Zone/{number}")
    found = probes(house)
    house.answers.treatment["first"] = None
    by_seconds(house, 32)
    assert len(found) == 1
    assert house.states() == ["resting"]


def test_while_a_probe_is_under_way_no_timer_runs_for_the_next() -> None:
    house = House(1)
    for number in range(5):
        house.answers.treatment["first"] = FAULT
        house.ask(f"Zone/{number}")
    house.answers.treatment["first"] = None
    house.turn(30.5)
    assert house.states() == ["trying"]
    house.almanac._probes.moved(house.almanac._roster.sources[0])
    assert house.almanac._probes._timers == {}


def test_a_probe_that_never_had_its_turn_is_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(1)
    rests = Fault(FaultKind.RESTING, "resting after a failure")
    monkeypatch.setattr(house.almanac._flights, "board", lambda source, zone, told: told(rests))
    timers = house.almanac._probes._timers
    timers.pop("first").cancel()
    house.almanac._probes._ask(house.almanac._roster.sources[0])
    assert list(timers) == ["first"]


def test_a_source_that_does_not_know_utc_fails() -> None:
    house = House(1)
    house.answers.treatment["first"] = Fault(FaultKind.UNKNOWN_ZONE, "it does not know the zone (404)")
    house.clock.advance(900)
    house.turn(0.1)
    assert house.states() == ["failing"]


def test_a_source_that_wants_an_hour_gets_it() -> None:
    house = House(1)
    found = probes(house)
    house.answers.treatment["first"] = Fault(FaultKind.STATUS, "busy", 3600.0)
    house.ask()
    begun = house.clock.seconds()
    house.answers.treatment["first"] = 0.01
    by_seconds(house, 3599)
    assert found == []
    assert house.ask(TOKYO) == 0.0
    by_seconds(house, 2)
    assert [round(at - begun) for at in found] == [3600]


def test_jitter_spreads_the_probes_of_many_daemons() -> None:
    house = House(1)
    found = probes(house)
    house.almanac._probes._jitter = lambda: 1.0
    house.almanac._probes.moved(house.almanac._roster.sources[0])
    by_seconds(house, 20 * MINUTE)
    assert [round(at) for at in found] == [810]


def test_after_the_end_nothing_is_asked() -> None:
    house = House(2)
    house.almanac.stop()
    assert house.clock.getDelayedCalls() == []
